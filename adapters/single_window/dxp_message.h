#pragma once
// The DXP envelope (customs reference 3.4), namespace http://www.chinaport.gov.cn/dxp: writes the DxpMsg that carries a
// message, reads the DxpRep that answers it and the DxpMsg that brings a receipt. Pure mapping; signatures are the
// adapter's.

#include <string>
#include <string_view>

#include "customs/customs_gateway.h"

namespace huiqiao::single_window {

inline constexpr std::string_view kDxpNamespace = "http://www.chinaport.gov.cn/dxp";

/// Errors: kBadTransmission where a field is longer than the envelope allows.
Result<std::string> write_dxp_message(const customs::Transmission& transmission, std::string_view receiver);

struct DxpReply {
    std::string message_id;  // of the original
    std::string code;
    std::string text;
};
Result<DxpReply> read_dxp_reply(std::string_view xml);

struct DxpMessage {
    std::string sender;
    std::string receiver;
    std::string message_type;
    std::string content;  // decoded
};
/// xml: canonical content behind a verified signature, or as received where none is asked for.
Result<DxpMessage> read_dxp_message(std::string_view xml);

}  // namespace huiqiao::single_window
