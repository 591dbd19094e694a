#pragma once
// A request or an answer as one text: what is hashed, sealed and stored. Length-prefixed, so that no two messages share
// a text, whatever their bytes.

#include <string>
#include <string_view>

#include "src/base/exchange.h"

namespace huiqiao::calls {

std::string encode(const WireRequest& request);
/// LogicError where it is not what encode wrote: it was sealed by us.
WireRequest decode_request(std::string_view text);
/// Headers and at most max_body bytes of the body.
std::string encode(const WireAnswer& answer, std::size_t max_body);
WireAnswer decode_answer(std::string_view text);
/// SHA-256 of encode(request), hex.
std::string request_hash(const WireRequest& request);
std::string hash_of_encoded(std::string_view encoded);

}  // namespace huiqiao::calls
