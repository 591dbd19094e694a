#include "src/api/authentication.h"

#include <mutex>
#include <string_view>

#include "src/parties/party_store.h"

namespace huiqiao::api {

std::shared_ptr<const Authentication::Known> Authentication::read(const std::string& key_id) {
    std::shared_ptr<const Known> found;
    database_.read([&](db::Reader& reader) {
        const std::optional<parties::PlatformKey> key = parties::PartyStore::key(reader, key_id);
        if (!key) return;
        auto platforms = parties::PartyStore::platforms(reader, std::vector{key->platform_id});
        const auto platform = platforms.find(key->platform_id);
        if (platform == platforms.end()) return;
        const Result<crypto::VerifyKey> verify = crypto::VerifyKey::from_text(key->algorithm, key->public_key);
        if (!verify) return;
        found = std::make_shared<const Known>(Known{*key, platform->second, *verify, clock_.monotonic()});
    });
    return found;
}

std::shared_ptr<const Authentication::Known> Authentication::find(const std::string& key_id) {
    {
        const std::shared_lock lock(mutex_);
        const auto at = known_.find(key_id);
        if (at != known_.end() && clock_.monotonic() - at->second->read_at < kKeysKept) return at->second;
    }
    std::shared_ptr<const Known> fresh = read(key_id);
    const std::scoped_lock lock(mutex_);
    if (known_.size() >= kMostKeysKept) known_.clear();
    if (fresh == nullptr) {
        known_.erase(key_id);
    } else {
        known_[key_id] = fresh;
    }
    return fresh;
}

std::optional<std::string> Authentication::claims_to_be(const http::Request& request) {
    constexpr std::string_view kKeyId = "keyid=\"";
    const std::string* input = request.headers.find("signature-input");
    if (input == nullptr) return std::nullopt;
    const std::size_t begin = input->find(kKeyId);
    if (begin == std::string::npos) return std::nullopt;
    const std::size_t end = input->find('"', begin + kKeyId.size());
    if (end == std::string::npos) return std::nullopt;
    const std::string_view key_id = std::string_view(*input).substr(begin + kKeyId.size(), end - begin - kKeyId.size());
    const std::shared_lock lock(mutex_);
    const auto at = known_.find(key_id);
    if (at == known_.end()) return std::nullopt;
    return at->second->platform.id;
}

Result<Caller> Authentication::authenticate(const http::Request& request) {
    std::shared_ptr<const Known> known;
    const Instant now = clock_.now();
    const auto lookup = [&](std::string_view key_id) -> std::optional<crypto::VerifyKey> {
        known = find(std::string(key_id));
        if (known == nullptr || !known->key.counts_at(now)) return std::nullopt;
        return known->verify;
    };
    Result<http::VerifiedSignature> verified = http::verify_request(request, lookup, now, authorities_);
    if (!verified) return verified.error();
    if (known->platform.state != parties::PartyState::Active) return Error(api_error::kPlatformSuspended);
    return Caller{known->platform, std::move(verified).value()};
}

}  // namespace huiqiao::api
