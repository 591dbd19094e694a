#pragma once
// Who asks: the platform whose registered key signed the request (profile huiqiao-sig-1, src/http/message_signature.h).
// Keys are read from the database and kept for a few seconds, so a revoked key ends within kKeysKept. Every refusal is
// the same 401. Whether the nonce was used before is the write's to say (recorded_operation.h).

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/db/database.h"
#include "src/http/message_signature.h"
#include "src/parties/platform.h"

namespace huiqiao::api {

struct Caller {
    parties::Platform platform;
    http::VerifiedSignature signature;
};

class Authentication {
 public:
    static constexpr std::chrono::seconds kKeysKept{5};
    static constexpr std::size_t kMostKeysKept = 10'000;

    /// authorities: the names by which platforms reach us; empty allows any.
    Authentication(const Clock& clock, db::Database& database, std::vector<std::string> authorities)
        : clock_(clock), database_(database), authorities_(std::move(authorities)) {}

    /// The platform of the key that the request names, where it was seen a moment ago. It proves nothing.
    std::optional<std::string> claims_to_be(const http::Request& request);
    /// kSignatureInvalid for everything that is wrong with key or signature; kPlatformSuspended (403) after that.
    Result<Caller> authenticate(const http::Request& request);

 private:
    struct Known {
        parties::PlatformKey key;
        parties::Platform platform;
        crypto::VerifyKey verify;
        Monotonic read_at;
    };
    std::shared_ptr<const Known> find(const std::string& key_id);
    std::shared_ptr<const Known> read(const std::string& key_id);

    const Clock& clock_;
    db::Database& database_;
    std::vector<std::string> authorities_;
    std::shared_mutex mutex_;
    std::map<std::string, std::shared_ptr<const Known>, std::less<>> known_;  // shared with readers that hold one
};

namespace api_error {
inline constexpr ErrorCode kPlatformSuspended{"platform_suspended", ErrorGroup::Forbidden,
                                              "This platform may not call at present.", "该平台目前不可调用。"};
}  // namespace api_error

}  // namespace huiqiao::api
