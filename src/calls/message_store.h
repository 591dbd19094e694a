#pragma once
// The messages themselves, unsealed, for whoever must hand them over: an auditor, customs, the demo. Reading only; what
// is read here holds personal data, so the caller answers for where it goes. Polls that brought nothing are here until
// they are pruned.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/exchange.h"
#include "src/crypto/sealer.h"
#include "src/db/database.h"

namespace huiqiao::calls {

struct Message {
    std::string call_id;
    std::string reference;
    WireRequest request;
    std::vector<WireAnswer> answers;  // in order of arrival, bodies cut where they were stored cut
};

/// Every call of an operation, in order of making, one at a time. Throws LogicError where a seal does not open.
void for_each_message(db::Reader& reader, const crypto::Sealer& sealer, std::string_view operation,
                      const std::function<void(const Message&)>& with);

}  // namespace huiqiao::calls
