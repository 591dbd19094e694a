#pragma once
// What is booked for the end of a lock is too much by so much: the mirrors of lock_ended_at_cost and
// lock_ended_at_gain (postings.h). What is booked for it falls, and what is owed on its account with it.

#include "src/flow/postings.h"

namespace huiqiao::flow::postings {

Draft lock_end_cost_lowered(const Event&, const std::string& bank, Money by);
Draft lock_end_gain_lowered(const Event&, const std::string& bank, Money by);

}  // namespace huiqiao::flow::postings
