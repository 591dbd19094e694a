#include "src/flow/note_overdrawn.h"

#include "src/base/sometimes.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

void note_overdrawn(db::Group& group, const ledger::PostResult& posted) {
    std::vector<operators::NewWorkItem> items;
    for (const std::string& account : posted.overdrawn) {
        sometimes("an account goes below zero by a fact");
        items.push_back({"account_overdrawn", "account", account,
                         "Account " + account + " is below what is held or zero.",
                         "账户 " + account + " 可用余额为负。"});
    }
    if (!items.empty()) operators::WorkItems().open(group, items);
}

}  // namespace huiqiao::flow
