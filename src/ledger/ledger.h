#pragma once
// The double-entry books. Every change of money in the program is a post() inside a write group, in the same COMMIT as
// the fact it books; balances are updated there, and the slot's hash chain goes on. Facts are always booked, even where
// a guarded account falls below zero; only intents (hold) are refused. It does not decide which accounts an event
// debits and credits: that is src/flow/postings.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/ledger/journal_entry.h"

namespace huiqiao::ledger {

struct Balance {
    Money booked;  // in the account's normal sign
    Money held;
    [[nodiscard]] Money available() const { return booked - held; }
};

struct Posted {
    std::string entry_id;
    bool is_new = false;  // false: the fact was booked before, by this entry; nothing happened
};

struct PostResult {
    std::vector<Posted> entries;  // one a draft, in order
    /// Guarded accounts that this call lowered and that are now below zero, or whose available is. Payouts of a
    /// currency with a balance below zero are stopped in the same commit.
    std::vector<std::string> overdrawn;
};

struct HoldRequest {
    Account account;
    Money amount;
    std::string subject_kind;  // "remittance", "purchase" …
    std::string subject_id;
};

class Ledger {
 public:
    explicit Ledger(Chart chart) : chart_(std::move(chart)) {}

    /// Steps 3 and 4 of a group, for every account that the work may post to or hold: opens it where it is absent,
    /// and locks its balance.
    void claim(db::Claims& claims, const Account& account) const;
    void lock(db::Locks& locks, const Account& account) const;
    /// The same for every account of a draft.
    void claim(db::Claims& claims, const Draft& draft) const;
    void lock(db::Locks& locks, const Draft& draft) const;

    /// Books the drafts in order; each touched balance is updated once. Accounts must be claimed and locked.
    /// Where the fact of a draft stands already, nothing of it happens, its holds included. A hold that is used but
    /// not open any more is left alone: the fact counts.
    PostResult post(db::Group& group, std::span<const Draft> drafts) const;

    /// Balances of locked accounts, or of any for a plain reader. Absent accounts are zero.
    std::map<std::string, Balance> balances(db::Reader& reader, std::span<const Account> accounts) const;

    /// Their accounts must be claimed and locked.
    /// All of them or none: holds the amounts, each at most what is available on its account. nullopt and the first
    /// account that cannot (kInsufficientFunds names account and amounts) where one cannot. Returns hold ids in order.
    Result<std::vector<std::string>> hold(db::Group& group, std::span<const HoldRequest> requests) const;
    /// Ends open holds without an entry (a proved rejection, a withdrawal). A hold that is not open is left alone.
    /// The accounts of the holds must be locked: that is what keeps two from ending one hold.
    void release(db::Group& group, std::span<const std::string> hold_ids) const;
    /// A smaller hold in the place of an open one, for the same subject; returns its id. No intent: it happens while
    /// payouts are stopped as well. LogicError where the hold is not open, or to is not above zero and at most its
    /// amount. Its account must be locked.
    [[nodiscard]] std::string reduce_hold(db::Group& group, const std::string& hold_id, const Money& to) const;

    /// LED-10: from now on no hold in this currency, until two persons resume it; facts and collecting go on.
    void stop_payouts(db::Group& group, Currency currency, std::string_view reason) const;
    void resume_payouts(db::Group& group, Currency currency) const;
    /// Stopped currencies with the reason.
    std::map<std::string, std::string> stopped_payouts(db::Reader& reader) const;

    /// At start, before any thread: a currency's digits must be what they were at its first use (kDigitsChanged).
    /// Currencies that were used before cost nothing more in a group.
    Status check_currencies(db::Reader& reader);

    [[nodiscard]] const Chart& chart() const { return chart_; }

 private:
    struct Movements;
    struct Drafted;
    [[nodiscard]] bool is_frozen(Currency currency) const;
    void require_digits(const db::Group& group, std::span<const Draft> drafts) const;
    void close_holds(db::Group& group, std::span<const std::pair<std::string, std::string>> hold_and_entry,
                     std::string_view state, Movements& movements) const;
    void apply(db::Group& group, const Movements& movements, std::vector<std::string>* overdrawn) const;

    Chart chart_;
    std::vector<Currency> frozen_;  // seen in the database at start
};

namespace ledger_error {
inline constexpr ErrorCode kInsufficientFunds{"insufficient_funds", ErrorGroup::Declined,
                                              "Account {account} has {available} available; {wanted} are needed.",
                                              "账户 {account} 可用 {available}，需要 {wanted}。"};
inline constexpr ErrorCode kPayoutsStopped{
    "payouts_stopped", ErrorGroup::Retry, "Payouts in {currency} are stopped ({reason}) until two persons resume them.",
    "{currency} 的付款已停止（{reason}），须经两人恢复。"};
inline constexpr ErrorCode kDigitsChanged{
    "currency_digits_changed", ErrorGroup::Internal,
    "{currency} had {was} digits when it was first booked; the table now says {is}.",
    "{currency} 首次记账时小数位为 {was}，现货币表为 {is}。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
