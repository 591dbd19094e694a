#pragma once
// Our provision accounts against the banks: the balance after the last statement line that is here, less lines not
// booked yet, must be what our books say, to the minor unit (REC-02); and what we hold for done must stand on a closed
// statement (REC-03). A difference is a break with age and owner; it is closed when explained, a work item after a day.
// Days of payouts are read and matched before anything is locked; the balances and what is in transit, which must be of
// one moment, are read under the locks and are a few rows.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"
#include "src/flow/provision_account.h"
#include "src/ledger/ledger.h"
#include "src/reconciliation/break.h"

namespace huiqiao::flow {

/// The work item of a break that is open for more than a day; its subject is the break.
inline constexpr std::string_view kBreakOverdue = "break_overdue";

struct ReconcileSettings {
    std::vector<ProvisionAccount> accounts;
    int grace_days =
        1;  // a payout that the bank confirmed must be on a statement of that many days later at the latest
    std::string owner = "treasury";  // of new breaks
    int days_back = 7;               // of payouts that are compared
    int lines_in_transit = 20'000;   // more lines not booked yet than these: the account is compared another time
    int page = 1000;                 // rows of one read
};

struct AccountProof {
    std::string account;
    bool compared = false;  // false: no whole statement is here yet, or too many of its lines wait to be booked
    Money ours;             // booked in our provision account
    Money bank;             // the bank's balance
    Money in_transit;       // lines that are here and not booked: credits less debits
    [[nodiscard]] Money difference() const { return bank - in_transit - ours; }
};

struct Reconciliation {
    std::vector<AccountProof> proofs;
    int opened = 0;
    int closed = 0;
    std::vector<reconciliation::Break> open;  // all that are open now, oldest first
};

class Reconcile {
 public:
    Reconcile(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, ReconcileSettings settings);
    ~Reconcile();

    /// Compares all accounts in one group. Errors: the write queue's.
    Result<Reconciliation> run();

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::flow
