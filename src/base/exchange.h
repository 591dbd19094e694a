#pragma once
// What crosses a port to a counterparty: the exact bytes that we send, what came back, and what that means for each
// instruction. Adapters are pure: they make a WireRequest and read a WireAnswer; the calls room stores, sends and
// records. Paths are relative to the counterparty's base address, which only configuration knows.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/money.h"

namespace huiqiao {

struct WireRequest {
    std::string method;  // "POST"
    std::string target;  // "/v1/payments?x=y"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

struct WireAnswer {
    enum class Kind {
        Answered,  // status, headers and body are whole
        NotSent,   // proved: no byte of the request left
        Unknown,   // bytes may have left, and no whole answer came
    };
    Kind kind = Kind::Unknown;
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string why;  // for NotSent and Unknown, safe to log
};

/// What an answer says of one instruction. Whatever is not on the adapter's explicit list is Unknown; "not found" to a
/// query is Unknown, not a rejection.
enum class Outcome { NotSent, Accepted, Confirmed, RejectedFinal, Unknown };

std::string_view to_text(Outcome outcome);
Outcome outcome_from_text(std::string_view text);

struct InstructionAnswer {
    std::string reference;  // ours, of the instruction
    Outcome outcome = Outcome::Unknown;
    std::string their_reference;  // empty where none was given
    std::optional<Money> amount;  // of a confirmation that is partial
    std::string reason_code;      // theirs, empty where none
    std::string reason;           // theirs, without personal data
};

}  // namespace huiqiao
