#pragma once
// How messages to and from the sandbox bank are signed. Stored requests are sent again byte by byte, so a signature has
// no time in it: the bank de-duplicates by the message's own reference instead.
//   request   x-bank-client: <client id>
//             x-bank-signature: base64 of Ed25519 over "sandbox-bank-1" LF method LF target LF hex SHA-256 of the body
//   answer    x-bank-signature: base64 of Ed25519 by the bank over "sandbox-bank-1" LF status LF hex SHA-256 of the
//   body
// An answer with a missing or wrong signature says nothing: whoever reads it takes it as Unknown.

#include <optional>
#include <string>

#include "src/base/exchange.h"
#include "src/crypto/signing_key.h"

namespace huiqiao::sandbox_bank {

class BankSignature {
 public:
    /// our_key must outlive it. Without a bank_key answers are not verified (only where the transport proves the bank).
    BankSignature(std::string client_id, const crypto::SigningKey& our_key, std::optional<crypto::VerifyKey> bank_key)
        : client_id_(std::move(client_id)), our_key_(our_key), bank_key_(std::move(bank_key)) {}

    void sign(WireRequest& request) const;
    [[nodiscard]] bool is_genuine(const WireAnswer& answer) const;

 private:
    std::string client_id_;
    const crypto::SigningKey& our_key_;
    std::optional<crypto::VerifyKey> bank_key_;
};

}  // namespace huiqiao::sandbox_bank
