#pragma once
// How messages reach customs and how its receipts come back: the carrier (an e-port node, a local single window). Pure:
// makes requests and reads answers, keeps nothing. The carrier's answer proves the carrying only; what customs decided
// comes as receipts in the mailbox of our DXP number, numbered in the order in which they arrived there.

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/base/exchange.h"
#include "src/base/result.h"

namespace huiqiao::customs {

/// One business message on its way, sealed.
struct Transmission {
    std::string message_id;    // CopMsgId: unique for ever, the same when the same bytes are sent again (CST-01)
    std::string dxp_id;        // sender
    std::string message_type;  // "CEB411Message"
    std::string file_name;     // CEB_CEB411_<dxpId>_EPORT_<yyyyMMddHHmmssSSS><4 digits>.xml
    std::string xml;
    Instant created_at{};
};

/// Accepted: the carrier has it. RejectedFinal: the carrier refused it as a whole and forwarded nothing, with its code.
/// NotSent: it took nothing in, the same again. Unknown: anything else.
struct CarrierAnswer {
    Outcome outcome = Outcome::Unknown;
    std::string code;
    std::string reason;
};

struct Mail {
    std::int64_t number = 0;   // rising in one mailbox
    std::string message_type;  // "CEB412Message", "CEB900Message", another
    std::string xml;           // as customs wrote it; empty where it is not proved to be theirs
    std::string problem;       // why not; empty where it is
};

struct MailPage {
    std::vector<Mail> mails;  // ascending
    bool more = false;        // the carrier has further ones behind these
};

class CustomsGateway {
 public:
    virtual ~CustomsGateway() = default;
    [[nodiscard]] virtual Result<WireRequest> declare(const Transmission& transmission) const = 0;
    [[nodiscard]] virtual CarrierAnswer read_declare(const std::string& message_id, const WireAnswer& answer) const = 0;
    /// Mails with a higher number; by it the carrier learns that we have those up to it.
    [[nodiscard]] virtual WireRequest receipts(const std::string& dxp_id, std::int64_t after) const = 0;
    /// kNoMail where the answer brings no page: nothing was taken, ask again later.
    [[nodiscard]] virtual Result<MailPage> read_receipts(const std::string& dxp_id, std::int64_t after,
                                                         const WireAnswer& answer) const = 0;
};

namespace customs_error {
inline constexpr ErrorCode kNoMail{"no_customs_mail", ErrorGroup::Retry,
                                   "The single window gave no page of receipts: {why}.", "单一窗口未返回回执：{why}。"};
inline constexpr ErrorCode kBadTransmission{"bad_transmission", ErrorGroup::Rule,
                                            "The message cannot be carried: {why}.", "报文无法传输：{why}。"};
}  // namespace customs_error

}  // namespace huiqiao::customs
