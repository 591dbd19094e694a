#pragma once
// What a maker proposes, as text: one canonical JSON object an action, which is hashed, shown to the checker, and read
// back when it is carried out. Reading back is for what this file wrote.

#include <memory>
#include <string>

#include "fx/quote.h"
#include "src/calls/resolve.h"
#include "src/http/json.h"

namespace huiqiao::api {

struct ResolutionAsked {
    std::string instruction_id;
    std::string outcome;          // "confirmed" or "rejected"
    std::string their_reference;  // of the proof; may be empty
    std::string reason;
};

struct RateAsked {
    std::string bank;
    std::string currency;
    std::string quote_id;  // the refused quote that is accepted, and no later one
    std::string reason;
};

struct ResumeAsked {
    std::string currency;
    std::string reason;
};

/// Reads what the maker sends; faults are noted in the reader.
ResolutionAsked read_resolution(http::JsonObject& json);
RateAsked read_rate(http::JsonObject& json);
ResumeAsked read_resume(http::JsonObject& json);

std::string content_of(const ResolutionAsked& asked);
std::string content_of(const RateAsked& asked);
std::string content_of(const ResumeAsked& asked);

/// Without maker and checker.
std::shared_ptr<calls::ResolveItem> resolution_of(const std::string& content);
RateAsked rate_of(const std::string& content);
ResumeAsked resume_of(const std::string& content);

}  // namespace huiqiao::api
