#pragma once
// Messages as customs' side reads and writes them: the DXP envelope, CEB411 in, DxpRep, CEB412 and CEB900 out. Written
// apart from the institution's own reading and writing, and stricter: it is the schema.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"

namespace huiqiao::sandbox::port {

struct Envelope {
    std::string message_id;
    std::string sender;
    std::string receiver;
    std::string created;
    std::string message_type;
    std::string content;  // decoded
};
/// nullopt with why; message_id and sender are filled in as far as they were found.
std::optional<Envelope> read_envelope(std::string_view body, Envelope& found, std::string& why);

struct ReceivedPayments {
    std::vector<std::map<std::string, std::string>> heads;  // by element name
    std::string transmitter;                                // copCode
    std::string dxp_id;
};
/// nullopt with why where the schema is broken anywhere.
std::optional<ReceivedPayments> read_payments(std::string_view canonical, std::string& why);

std::string write_reply(const Envelope& original, std::string_view code, std::string_view text, Instant now);

struct Return {
    std::string guid;
    std::string pay_code;
    std::string serial;
    std::int64_t status = 0;
    Instant returned_at{};
    std::string text;
};
std::string write_returns(const std::string& guid, const std::vector<Return>& returns);
std::string write_malformed(const std::string& guid, const Envelope& original, std::int64_t status, Instant at,
                            const std::string& text);
std::string write_envelope(const std::string& message_id, const std::string& receiver, std::string_view message_type,
                           std::string_view content, Instant at);

}  // namespace huiqiao::sandbox::port
