#pragma once
// One look at what waits, in one reading: a bounded number of orders, of merchants and of merchants that are told
// already, each behind the place of the look before, and all other matters that are told. What is wrong with them, in
// words. It writes nothing.

#include <vector>

#include "src/flow/watch_place_store.h"
#include "src/flow/watch_waiting.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

struct WaitingLook {
    std::vector<operators::NewWorkItem> opened;
    std::vector<operators::NewWorkItem> changed;
    std::vector<std::pair<std::string_view, std::string>> over;  // kind, subject
    WatchPlace next;                                             // where the next look goes on
};

WaitingLook look_at_waiting(db::Reader& reader, const ledger::Ledger& ledger, const WatchWaiting::Banks& banks,
                            int orders_a_purchase, const WatchPlace& place, Instant now);

}  // namespace huiqiao::flow
