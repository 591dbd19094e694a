#pragma once
// Every route that platforms call, each behind the same frame (signed_frame.h): what is too much is turned away
// (admission.h), and before it is known who asks that answer is unsigned. A route that changes something goes through
// record(): nonce, key, effect and answer in one COMMIT. Routes themselves stand in *_routes.h; the order of checks is
// reliability 5.1's.

#include <functional>
#include <memory>
#include <string>

#include "src/api/admission.h"
#include "src/api/authentication.h"
#include "src/api/recorder.h"
#include "src/api/signed_frame.h"
#include "src/crypto/sealer.h"
#include "src/http/cursor.h"
#include "src/http/message_signature.h"
#include "src/http/router.h"

namespace huiqiao::api {

/// A request that has been authenticated.
struct Call {
    const http::Request& request;
    const http::PathParameters& path;
    const Caller& caller;
    std::string request_id;
    Admission::Visit& visit;
};

using PlatformApiSettings = RecorderSettings;

class PlatformApi {
 public:
    using Route = std::function<http::Response(const Call&)>;

    /// answers: the key by which answers are signed. admission: who is let in under load; none: everybody.
    PlatformApi(const Clock& clock, IdSource& ids, Random& random, db::Database& database, db::WriteQueue& queue,
                Authentication& authentication, const http::CursorCodec& cursors, http::SignatureKey answers,
                PlatformApiSettings settings, Admission* admission = nullptr)
        : clock_(clock),
          database_(database),
          authentication_(authentication),
          cursors_(cursors),
          frame_(clock, ids, random, std::move(answers),
                 [settings, admission] { return admission ? admission->retry_after_s() : settings.retry_after_s; }),
          recorder_(clock, queue, settings),
          admission_(admission) {}

    /// Registers a route behind authentication.
    void add(http::Router& router, http::Method method, std::string_view pattern, http::RouteLimits limits,
             Route route);

    /// Runs an inner item once. needs_key: ORD-04, the Idempotency-Key must be there; else it may be. answer as in
    /// RecordedItem.
    http::Response record(const Call& call, RecordedOperation& operation, std::shared_ptr<db::Item> inner,
                          bool needs_key, std::function<http::Response(const db::Item&)> answer);

    [[nodiscard]] db::Database& database() { return database_; }
    [[nodiscard]] const http::CursorCodec& cursors() const { return cursors_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
    http::Response answer(const http::Request& request, const http::PathParameters& path, const Route& route);

    const Clock& clock_;
    db::Database& database_;
    Authentication& authentication_;
    const http::CursorCodec& cursors_;
    SignedFrame frame_;
    Recorder recorder_;
    Admission* admission_;
};

/// Faults noted while a body was read, as a problem; nullopt where there was none.
std::optional<http::Response> refusal(const std::vector<Error>& errors, std::string_view request_id);

/// "You have no order of this id": the same whether it does not exist or is another platform's.
Error not_found(std::string what, std::string what_zh);

namespace api_error {
inline constexpr ErrorCode kNotFound{"not_found", ErrorGroup::NotFound, "You have no {what} of this id.",
                                     "您没有此编号的{what_zh}。"};
}  // namespace api_error

}  // namespace huiqiao::api
