#pragma once
// Enveloped XML signatures as China customs defines them (customs reference 3.1): one ds:Signature, last child of the
// root, one Reference with URI="", inclusive C14N, SignedInfo signed as a node of the document, KeyInfo with the
// certificate's serial number and the certificate. Pairs of algorithms are profiles, since ports differ.
// verify() trusts only the key it is given, never the certificate that the message carries, and refuses every shape
// but the one above, so that a signature cannot be wrapped around other content.

#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/crypto/certificate.h"
#include "src/crypto/signing_key.h"
#include "src/xml/document.h"

namespace huiqiao::xml {

enum class DigestMethod { Sha1, Sha256, Sm3 };

struct SignatureProfile {
    crypto::SignatureAlgorithm algorithm;
    DigestMethod digest;
    std::string_view signature_uri;
    std::string_view digest_uri;
};

/// The general pair: SHA-1 with RSA.
inline constexpr SignatureProfile kRsaSha1{crypto::SignatureAlgorithm::RsaSha1, DigestMethod::Sha1,
                                           "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
                                           "http://www.w3.org/2000/09/xmldsig#sha1"};
/// The national pair of the 2022 specification, which new certificates must use.
inline constexpr SignatureProfile kSm2Sm3{crypto::SignatureAlgorithm::Sm2Sm3, DigestMethod::Sm3,
                                          "http://www.chinaport.gov.cn/2022/04/xmldsig#sm2-sm3",
                                          "http://www.chinaport.gov.cn/2022/04/xmldsig#sm3"};
/// SM2 as one port has been seen to take it: older names and a SHA-1 digest (customs reference 3.1, field report).
inline constexpr SignatureProfile kSm2Sha1Field{crypto::SignatureAlgorithm::Sm2Sm3, DigestMethod::Sha1,
                                                "http://www.w3.org/2000/09/xmldsig#sm2-sm3",
                                                "http://www.w3.org/2000/09/xmldsig#sha1"};

/// Whom KeyInfo names.
struct Signer {
    std::string key_name;            // certificate serial, lower-case hex
    std::string certificate_base64;  // empty: no X509Data
};
Signer signer_of(const crypto::Certificate& certificate);

/// `text` with the Signature put directly before the root's end tag; every other byte stays. The key's algorithm is the
/// profile's, else LogicError. bad_xml where the text cannot be read, xml_signature_invalid where it is signed already.
Result<std::string> sign(std::string_view text, const SignatureProfile& profile, const crypto::SigningKey& key,
                         const Signer& signer, const Limits& limits = {});

/// What was found to be signed.
struct Signed {
    std::string content;  // canonical form of the document without its Signature: read this, not the text received
    Signer signer;        // as the message says; not proved by anything but the key that was given
};

/// xml_signature_invalid with a reason, or an error of the reader.
Result<Signed> verify(std::string_view text, const SignatureProfile& profile, const crypto::VerifyKey& key,
                      const Limits& limits = {});

/// Who claims to have signed, and by which SignatureMethod: to find the key and profile for verify(). Proves nothing.
struct Claim {
    Signer signer;
    std::string signature_uri;
};
Result<Claim> claimed_signer(std::string_view text, const Limits& limits = {});

}  // namespace huiqiao::xml
