#pragma once
// What stands in suspense or suspense_debit: each amount that an entry put there and no approval took out yet. An
// amount is taken out whole, once for ever. Who settles one has locked its suspense account. Decides nothing.

#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"
#include "src/ledger/journal.h"

namespace huiqiao::flow {

struct Suspended {
    ledger::Entry entry;  // that put it there
    ledger::Account account;
    Money amount;

    [[nodiscard]] bool is_debit() const { return account.kind == ledger::AccountKind::SuspenseDebit; }
    /// Whose the entry's other side is: "sb-usd" of a provision account, a channel, a purchase. Empty where none is.
    [[nodiscard]] std::string owner_of(ledger::AccountKind kind) const;
};

class SuspenseStore {
 public:
    /// kNotInSuspense where the entry put nothing there, kSettledBefore where it is out again.
    static Result<Suspended> find(db::Reader& reader, const std::string& entry_id);
    /// Not settled yet, in order of entries, after the given id ("" for the first page).
    static std::vector<Suspended> open(db::Reader& reader, std::string_view after_entry, int limit);
    /// What entries of one source put there and is there still: ("payment", "pay_…").
    static std::vector<Suspended> of_source(db::Reader& reader, std::string_view source_type,
                                            const std::string& source_id);
    static void settle(db::Group& group, const Suspended& item, const std::string& approval_id);
};

namespace suspense_error {
inline constexpr ErrorCode kNotInSuspense{"not_in_suspense", ErrorGroup::NotFound,
                                          "Entry {entry} put nothing into suspense.", "分录 {entry} 未挂账任何金额。"};
inline constexpr ErrorCode kSettledBefore{"suspense_settled", ErrorGroup::Conflict,
                                          "What entry {entry} put into suspense was settled by approval {approval}.",
                                          "分录 {entry} 的挂账已由审批 {approval} 处理。"};
}  // namespace suspense_error

}  // namespace huiqiao::flow
