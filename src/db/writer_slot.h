#pragma once
// A writer's numbered slot: the row that is locked first by each of its groups and updated in each COMMIT. It holds
// the count of its groups, by which an unknown COMMIT is resolved, and the end of its chain of journal entries.
// A slot belongs to one process at a time, by lease and epoch.

#include <cstdint>
#include <string>

#include "src/base/date.h"

namespace huiqiao::db {

struct WriterSlot {
    int number = 0;
    std::int64_t epoch = 0;
    std::int64_t group_no = 0;
    std::int64_t seq = 0;  // of the last journal entry of this slot; 0 before the first
    std::string head;      // hash of that entry, hex; empty before the first
    Instant passed_at{};   // no entry of this slot will be booked before it
};

}  // namespace huiqiao::db
