#pragma once
// What is left of polls that brought nothing, and how it goes once it is old: the passing answers, and their calls
// where nothing else is kept of them. A call with an answer of another kind, or with something still to do, stays.

#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"

namespace huiqiao::calls {

struct PassingAnswer {
    std::string id;
    std::string call_id;
    Instant received_at{};
};

/// In order of arrival, after the given id.
std::vector<PassingAnswer> passing_answers(db::Reader& reader, const std::string& after_id, int limit);
/// Step 4 of the group that forgets.
void lock_reads(db::Locks& locks, std::span<const PassingAnswer> answers);
/// How many answers went. Calls that have been locked.
int forget_reads(db::Tx& tx, std::span<const PassingAnswer> answers);

}  // namespace huiqiao::calls
