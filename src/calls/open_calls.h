#pragma once
// What is open at a counterparty, for those who ask before they start or ask again. It changes nothing.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/database.h"

namespace huiqiao::calls {

struct OpenCalls {
    std::string counterparty;
    std::int64_t calls = 0;
};

/// Counterparties that are none of these, with how many calls to each a worker would still take up; none without any.
std::vector<OpenCalls> open_calls_elsewhere(db::Reader& reader, const std::set<std::string>& counterparties);

/// Whether a call of this operation is open there. Reads the counterparty's open calls by index.
bool is_open(db::Reader& reader, std::string_view counterparty, std::string_view operation);

}  // namespace huiqiao::calls
