#pragma once
// What customs' returnStatus means, and what follows from it (customs reference 1.8). Numbers that are not in the table
// are information while positive, and a rejection that a person reads while negative.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace huiqiao::customs {

enum class Meaning {
    AtPort,
    AtCustoms,
    Accepted,
    Rejected,       // final for this document as it is
    AgainLater,     // nothing was stored; the same again after a pause
    AgainAsChange,  // a document of this number is there: send it as a change
    AgainAsNew,     // nothing is there to be changed: send it as new
    AgainNewer,     // appTime was not newer than the stored one
    Stands,         // customs has it and lets it be changed no more
    Information,
};

struct ReturnCode {
    std::int64_t number;
    Meaning meaning;
    std::string_view english;
    std::string_view chinese;
};

std::span<const ReturnCode> return_codes();

/// Never fails for a number: see above.
ReturnCode return_code(std::int64_t number);
/// A signed integer of at most 10 characters; nullopt for anything else.
std::optional<std::int64_t> parse_return_status(std::string_view text);

}  // namespace huiqiao::customs
