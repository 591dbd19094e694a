#pragma once
// A platform: who calls our API for its merchants, under which name customs knows it, and where its webhooks go.
// Its request keys are public halves only; validity and state decide whether a signature by them counts.

#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/crypto/signing_key.h"
#include "src/parties/party_state.h"

namespace huiqiao::parties {

struct Platform {
    std::string id;
    std::string name;
    PartyState state = PartyState::Active;
    std::string customs_code;  // ebpCode: 10 or 18 characters; empty: not registered, so nothing is declared for it
    std::string customs_name;  // ebpName, exactly as registered, at most 100 characters
    bool identity_verified = false;     // proves its buyers' identity itself, so that buyer and payer may differ
    std::string webhook_url;            // empty: no webhooks
    std::string sealed_webhook_secret;  // base64 of a seal at ("platform", id, "webhook_secret"); empty: Ed25519 only
    Instant created_at{};
};

/// pending -> active -> retiring (still verifies) -> revoked.
enum class KeyState { Pending, Active, Retiring, Revoked };

std::string_view to_text(KeyState state);
KeyState key_state_from_text(std::string_view text);

struct PlatformKey {
    std::string id;  // keyid of the signature, random, never used again
    std::string platform_id;
    crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::Ed25519;
    std::string public_key;  // PEM, or the raw form in base64 (crypto::VerifyKey::from_text)
    KeyState state = KeyState::Active;
    Instant not_before{};
    Instant not_after{};

    /// Active or retiring, and inside its validity.
    [[nodiscard]] bool counts_at(Instant now) const;
};

/// A customs registration: 10 capitals or digits, or an 18-character social credit code with a right check character.
bool is_customs_code(std::string_view code);

}  // namespace huiqiao::parties
