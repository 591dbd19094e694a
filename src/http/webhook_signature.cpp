#include "src/http/webhook_signature.h"

#include <charconv>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::http {

namespace {

constexpr std::size_t kLeastSecretBytes = 24;
constexpr std::size_t kMostSecretBytes = 64;
constexpr std::size_t kMaxSignatures = 10;

std::string_view version_of(crypto::SignatureAlgorithm algorithm) {
    switch (algorithm) {
        case crypto::SignatureAlgorithm::Ed25519: return "v1a";
        case crypto::SignatureAlgorithm::Sm2Sm3: return "v1sm";
        case crypto::SignatureAlgorithm::RsaSha1:
        case crypto::SignatureAlgorithm::RsaSha256: break;
    }
    throw LogicError("webhooks are signed by Ed25519 or SM2");
}

std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
    std::string content;
    content.reserve(id.size() + timestamp.size() + body.size() + 2);
    content.append(id).append(".").append(timestamp).append(".").append(body);
    return content;
}

bool fits(std::string_view version, const Bytes& signature, std::string_view content,
          const std::vector<crypto::VerifyKey>& keys, const std::vector<const Secret*>& secrets) {
    if (version == "v1") {
        for (const Secret* secret : secrets) {
            const auto mac = crypto::hmac_sha256(secret->reveal(), as_bytes(content));
            if (crypto::constant_time_equal(mac, signature)) return true;
        }
        return false;
    }
    for (const crypto::VerifyKey& key : keys) {
        if (version == version_of(key.algorithm()) && key.verify(content, signature)) return true;
    }
    return false;
}

}  // namespace

void sign_webhook(Headers& headers, std::string_view id, Instant at, std::string_view body,
                  const std::vector<const crypto::SigningKey*>& keys, const std::vector<const Secret*>& secrets) {
    if (keys.empty() && secrets.empty()) throw LogicError("a webhook without a key");
    if (id.empty() || id.find('.') != std::string_view::npos) throw LogicError("a webhook's id holds no dot");
    const std::string timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
    const std::string content = signed_content(id, timestamp, body);
    std::string signatures;
    const auto append = [&](std::string_view version, std::span<const std::uint8_t> signature) {
        if (!signatures.empty()) signatures += ' ';
        signatures.append(version).append(",").append(base64(signature));
    };
    for (const crypto::SigningKey* key : keys) append(version_of(key->algorithm()), key->sign(content));
    for (const Secret* secret : secrets) {
        const std::size_t length = secret->reveal().size();
        if (length < kLeastSecretBytes || length > kMostSecretBytes)
            throw LogicError("a webhook secret has 24 to 64 bytes");
        append("v1", crypto::hmac_sha256(secret->reveal(), as_bytes(content)));
    }
    headers.set("webhook-id", id);
    headers.set("webhook-timestamp", timestamp);
    headers.set("webhook-signature", signatures);
}

bool verify_webhook(const Headers& headers, std::string_view body, Instant now,
                    const std::vector<crypto::VerifyKey>& keys, const std::vector<const Secret*>& secrets) {
    const std::string* id = headers.only("webhook-id");
    const std::string* timestamp = headers.only("webhook-timestamp");
    const std::string* signatures = headers.only("webhook-signature");
    if (!id || id->empty() || id->find('.') != std::string::npos || !timestamp || !signatures) return false;

    std::int64_t seconds = 0;
    const char* end = timestamp->data() + timestamp->size();
    const auto read = std::from_chars(timestamp->data(), end, seconds);
    if (read.ec != std::errc() || read.ptr != end || std::to_string(seconds) != *timestamp) return false;
    const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    // Compared without a difference, which a huge timestamp could overflow.
    if (seconds < now_s - kWebhookTolerance.count() || seconds > now_s + kWebhookTolerance.count()) return false;

    const std::string content = signed_content(*id, *timestamp, body);
    std::size_t tried = 0;
    for (std::size_t at = 0; at <= signatures->size() && tried < kMaxSignatures; ++tried) {
        const std::size_t space = std::min(signatures->find(' ', at), signatures->size());
        const std::string_view one = std::string_view(*signatures).substr(at, space - at);
        const std::size_t comma = one.find(',');
        at = space + 1;
        if (comma == std::string_view::npos) continue;
        const auto signature = from_base64(one.substr(comma + 1));
        if (signature && fits(one.substr(0, comma), *signature, content, keys, secrets)) return true;
    }
    return false;
}

}  // namespace huiqiao::http
