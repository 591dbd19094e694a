#pragma once
// Payouts that the bank confirmed against the debits on its statements, of one snapshot and without locks: what is
// missing a moment later is found by the next comparison, what has come since is explained by it. Also which open
// breaks of payouts the books have explained meanwhile. It opens and closes nothing.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/flow/reconcile.h"
#include "src/reconciliation/matching.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

/// A payout and what the statements say of it.
struct PayoutMatch {
    reconciliation::Match match;
    Money amount;  // as ordered
    Date made_on;
};

class PayoutMatches {
 public:
    PayoutMatches(db::Reader& reader, const ReconcileSettings& settings) : reader_(reader), settings_(settings) {}

    /// Payouts of the days that must be on statements by now, against all lines that are here: also those of the day
    /// that is being read, since a payout ordered on a Friday may be executed on the Monday.
    std::vector<PayoutMatch> of(const ProvisionAccount& account, const reconciliation::ReadingPlace& place);

    /// Whether the books have explained it: the debit that was missing is booked; what was debited amiss was put into
    /// suspense and is settled. Breaks of other kinds are not judged here.
    [[nodiscard]] bool is_explained(reconciliation::BreakKind kind, const std::string& what);

 private:
    struct Payout {
        reconciliation::Expected expected;
        Date made_on;
    };
    std::vector<Payout> confirmed(const ProvisionAccount& account, Date first, Date last);
    void add_lines(const ProvisionAccount& account, Date day, std::vector<reconciliation::StatementLine>& lines);
    [[nodiscard]] bool is_debited(const std::string& remittance);
    [[nodiscard]] bool is_settled(const std::string& line_key);

    db::Reader& reader_;
    const ReconcileSettings& settings_;
};

/// The break of a payout that does not match, in words.
reconciliation::Break break_of(const ProvisionAccount& account, const PayoutMatch& found, Date closed,
                               const std::string& owner, Instant now);

}  // namespace huiqiao::flow
