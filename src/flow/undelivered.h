#pragma once
// A call that could not be sent for many tries was told to a person (escalate.h). What withdraws such a call unsent, or
// learns its end by another way, takes that away in the same group: nobody need look at the network for its sake. The
// calls are under lock.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/calls/calls.h"

namespace huiqiao::flow {

inline constexpr std::string_view kCallUndelivered = "call_undelivered";  // work item; subject: the call

/// Calls::withdraw, and what was told of those that it withdrew. Their ids.
std::vector<std::string> withdraw_calls(db::Group& group, std::span<const std::string> call_ids);

/// Calls::settle, and what was told of the calls that rest by it.
void settle_calls(db::Group& group, std::span<const calls::OutsideFact> facts);

}  // namespace huiqiao::flow
