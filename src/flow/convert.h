#pragma once
// Conversion: orders' CNY becomes foreign currency, many orders in one deal. For each payout currency with funded
// orders: ask the banks' boards, take the best offer for the amount, hold the money and ask for a lock, order the
// purchase by it, and share what was dealt among the orders. Bought is only what is funded and free at the provision
// account (FX-10); what a bank refuses, partly fills or lets expire goes back to its orders and is taken up anew. An
// unknown outcome is only queried, and its orders and holds stay where they are. Legs settle from statement lines: see
// convert_legs.h.

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fx/bank_terms.h"
#include "fx/cut_offs.h"
#include "fx/fx_bank.h"
#include "fx/lock_end_bank.h"
#include "fx/value_date.h"
#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/db/write_queue.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

/// When a lock that the desk holds is drawn on.
enum class UseHeldLocks {
    First,  // before any other price, since what nobody draws may be charged for; a person is told where it is worse
    Best,   // only where no price at hand is better all-in
};

struct ConvertSettings {
    struct BankAccounts {
        const fx::FxBank* bank = nullptr;            // absent: dealt with by telephone alone (phone.h)
        std::string cny;                             // provision account that pays: "sb-cny"
        std::map<std::string, std::string> foreign;  // currency code -> provision account: "USD" -> "sb-usd"
        fx::BankTerms terms = {};                    // by which the desk compares it with others
        const fx::LockEndBank* ends = nullptr;       // absent: its locks end by use or by time alone (lock_ends.h)
    };
    std::map<std::string, BankAccounts> banks;  // by counterparty name; the desk's order does not matter
    fx::Tenor tenor = fx::Tenor::Today;         // wanted; past its cut-off, the next that the bank still deals
    const fx::BankHours* hours = nullptr;       // outlives it; absent: banks deal at any hour of a CNY working day
    int orders_a_purchase = 500;
    /// Between two purchases of one currency opened by this process, so that orders gather. An order for which a price
    /// was agreed on waits for no others, and they go along with it; nor does one that draws on a lock.
    std::chrono::seconds gather{0};
    std::chrono::seconds ask_again{15};  // for a board, after the last asking
    std::chrono::seconds wait_boards{
        3};                             // for boards that were just asked, so that the fastest bank does not win by it
    std::chrono::seconds ask_every{0};  // for every board though no order waits, so that rates are known; 0: not
    std::chrono::seconds quote_needs{5};    // life that a quote must still have to be locked
    std::chrono::seconds lock_needs{5};     // clock skew, 3 s and the time of a booking call (FX-04)
    std::chrono::seconds alert_before{15};  // of the last instant at which an order by a lock may leave
    int max_move_bp = 300;                  // of a mid against the last good one (FX-09)
    int max_spread_bp = 300;                // of the selling rate above the mid
    int max_off_parity_bp = 500;            // of a mid from the central parity, where that was imported
    UseHeldLocks held_locks = UseHeldLocks::First;
    int lock_tolerance_bp = 10;  // by how much a lock may be worse than its quote (FX-03)
};

/// The refused quote that persons looked at and accept, though newer ones may have come since.
struct AcceptedRate {
    std::string bank;
    Currency currency;
    std::string quote_id;
    std::string operator_id;
    std::string approval_id{};  // used with it, in one COMMIT
};

inline constexpr std::string_view kLockExpiring = "lock_expiring";  // work items; subject: the lock
inline constexpr std::string_view kHeldLockWorse = "held_lock_worse";
inline constexpr std::string_view kHeldLockUnused = "held_lock_unused";

class Decision;

class Convert {
 public:
    /// All references, and the banks in the settings, must outlive it.
    Convert(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
            const fx::ValueDates& value_dates, ConvertSettings settings);
    ~Convert();

    /// What is due now: boards asked, purchases opened, locks that lapsed. How many of them. A currency in which
    /// nothing could be opened is left alone for a second; while payouts in CNY are stopped, none is opened. A bank
    /// whose cut-offs are over is neither asked nor dealt with until its next day.
    int step(Instant now);

    /// To be registered with the call worker: "fx.rates", "fx.lock", "fx.purchase".
    [[nodiscard]] calls::AnswerHandler& rates_handler();
    [[nodiscard]] calls::AnswerHandler& lock_handler();
    [[nodiscard]] calls::AnswerHandler& purchase_handler();

    /// The mid of this refused quote is the new reference for the sanity check; the next board is measured against it.
    /// kNoRefusedQuote as may_accept() says; kNotReleased where the approval was refused or withdrawn meanwhile.
    Status accept_rate(const AcceptedRate& rate);
    /// settle_far_off_deal, by two persons (settle_far_off.h).
    [[nodiscard]] std::unique_ptr<Decision> settle_far_off() const;
    /// kNoRefusedQuote where the quote is not of that bank and currency, was not refused, or is older than an hour.
    static Status may_accept(db::Reader& reader, const AcceptedRate& rate, Instant now);

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace convert_error {
inline constexpr ErrorCode kNoRefusedQuote{
    "no_refused_quote", ErrorGroup::Conflict,
    "{quote} is no quote of {currency} from {bank} that was refused within an hour.",
    "{quote} 不是 {bank} 一小时内被拒绝的 {currency} 报价。"};
}  // namespace convert_error

}  // namespace huiqiao::flow
