#include "src/flow/undelivered.h"

#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

/// Mostly none was told of, which one statement says for all.
void close_told(db::Group& group, std::span<const std::string> call_ids, std::string_view note) {
    if (call_ids.empty()) return;
    const operators::WorkItems work_items;
    for (const auto& [call, text] : work_items.open_of(group.tx, kCallUndelivered, call_ids))
        work_items.close(group, kCallUndelivered, call, note);
}

}  // namespace

std::vector<std::string> withdraw_calls(db::Group& group, std::span<const std::string> call_ids) {
    std::vector<std::string> withdrawn = calls::Calls::withdraw(group, call_ids);
    close_told(group, withdrawn, "withdrawn unsent");
    return withdrawn;
}

void settle_calls(db::Group& group, std::span<const calls::OutsideFact> facts) {
    close_told(group, calls::Calls::settle(group, facts), "settled without its answer");
}

}  // namespace huiqiao::flow
