#pragma once
// Which requests to a bank move money or bind it, in each bank's own language: the judge watches them leave. Written
// apart from the adapters that write them.

#include <string>
#include <string_view>

#include "src/http/client.h"

namespace huiqiao::testing::sim {

/// "remittance.pay", "fx.lock", "fx.purchase"; empty where the request only asks. For a bank without locks each step
/// before the deal is an "fx.lock".
std::string_view binding_operation(const http::OutgoingRequest& request);

/// Whether the request is made under that reference of ours. By the direct link all steps of a deal go under the deal's
/// own, and the round of details says which it is.
bool is_made_under(const http::OutgoingRequest& request, const std::string& reference);

bool is_over_fix(const http::OutgoingRequest& request);

/// At the rate of the moment: nobody promised anything.
bool is_deal_without_lock(const http::OutgoingRequest& request);

}  // namespace huiqiao::testing::sim
