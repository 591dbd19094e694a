#pragma once
// Reading and writing Signature-Input, Signature and Content-Digest as huiqiao-sig-1 allows them: a strict subset of
// RFC 8941, where every allowed value has one spelling. Private to src/http.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/encoding.h"
#include "src/crypto/signing_key.h"
#include "src/http/message.h"

namespace huiqiao::http {

struct SignatureParameters {
    std::int64_t created = 0;
    std::int64_t expires = 0;
    std::string nonce;
    std::string key_id;
};

struct SignatureFields {
    std::vector<std::string> components;  // as written: "\"@method\""
    SignatureParameters parameters;
    std::string parameter_text;  // what stands behind "sig1=", the last line of the base
    std::string signature_text;  // ":base64:"
    Bytes signature;
};

/// nullopt where a header is missing, given twice, or holds anything but exactly one signature of the profile.
std::optional<SignatureFields> read_signature_fields(const Headers& headers);

std::string write_parameters(const std::vector<std::string>& components, const SignatureParameters& parameters);

/// True where the header is the one digest of the body that this algorithm goes with.
bool digest_fits(const Headers& headers, std::string_view body, crypto::SignatureAlgorithm algorithm);

}  // namespace huiqiao::http
