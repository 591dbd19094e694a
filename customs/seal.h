#pragma once
// The seal (加签) on messages to customs: an enveloped XML signature by the institution's customs certificate, by one
// of the pairs of algorithms that customs knows. Immutable; may be used from several threads.

#include <string>
#include <string_view>

#include "src/crypto/certificate.h"
#include "src/crypto/signing_key.h"
#include "src/xml/signature.h"

namespace huiqiao::customs {

class Seal {
 public:
    /// The profile's algorithm is the key's. LogicError otherwise. key and certificate must outlive it.
    Seal(const xml::SignatureProfile& profile, const crypto::SigningKey& key, const crypto::Certificate& certificate);

    /// The message with its Signature as the root's last child.
    [[nodiscard]] Result<std::string> put_on(std::string_view message) const;

 private:
    xml::SignatureProfile profile_;
    const crypto::SigningKey& key_;
    xml::Signer signer_;
};

/// "rsa_sha1", "sm2_sm3", "sm2_sha1_field"; nullptr for anything else.
const xml::SignatureProfile* seal_profile(std::string_view name);

}  // namespace huiqiao::customs
