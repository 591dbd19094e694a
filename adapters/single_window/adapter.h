#pragma once
// A single window that carries DXP messages over HTTP (customs reference 3.4 and 3.5), as the port customs_gateway
// wants it:
//   POST /dxp/messages                      body: dxp:DxpMsg with the sealed message in base64; answer: dxp:DxpRep
//   GET  /dxp/receipts?dxp_id=&after=&limit= answer: JSON {"receipts":[{"number":7,"message":"base64 of a
//   DxpMsg"}],"more":false}
// A request for receipts is signed by us (x-dxp-signature over "dxp-1", method and target, line by line). Each DxpMsg
// that brings a receipt must be signed by the window's certificate; one that is not is told as a problem, never read.
// Codes of a DxpRep: 0000 taken; the listed refusals are final; every other answer is Unknown.

#include <optional>
#include <string>

#include "customs/customs_gateway.h"
#include "src/crypto/signing_key.h"
#include "src/xml/signature.h"

namespace huiqiao::single_window {

struct AdapterSettings {
    std::string receiver = "DXPEDCCEB0000002";    // import, national
    std::optional<crypto::VerifyKey> window_key;  // none: receipts are not proved (the transport proves the window)
    xml::SignatureProfile window_profile = xml::kRsaSha1;
    int page = 10;  // mails of up to 100 receipts each
};

class Adapter final : public customs::CustomsGateway {
 public:
    /// our_key must outlive it; it proves who asks for receipts.
    Adapter(const crypto::SigningKey& our_key, AdapterSettings settings);

    [[nodiscard]] Result<WireRequest> declare(const customs::Transmission& transmission) const override;
    [[nodiscard]] customs::CarrierAnswer read_declare(const std::string& message_id,
                                                      const WireAnswer& answer) const override;
    [[nodiscard]] WireRequest receipts(const std::string& dxp_id, std::int64_t after) const override;
    [[nodiscard]] Result<customs::MailPage> read_receipts(const std::string& dxp_id, std::int64_t after,
                                                          const WireAnswer& answer) const override;

 private:
    [[nodiscard]] customs::Mail read_mail(std::int64_t number, std::string_view encoded,
                                          const std::string& dxp_id) const;

    const crypto::SigningKey& our_key_;
    AdapterSettings settings_;
};

}  // namespace huiqiao::single_window
