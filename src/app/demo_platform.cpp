#include "src/app/demo_platform.h"

#include <stdexcept>

#include "src/app/demo_answer.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 40s;
constexpr http::JsonLimits kPageLimits{16, 1000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};

}  // namespace

DemoPlatform::DemoPlatform(std::string id, crypto::SigningKey key, std::string answers_key_pem,
                           DemoConnection connection, Random& random)
    : id_(std::move(id)),
      key_id_("key_" + id_.substr(id_.find('_') + 1)),
      key_(std::move(key)),
      answers_key_(crypto::VerifyKey::from_pem(crypto::SignatureAlgorithm::Ed25519, answers_key_pem).value()),
      service_(std::move(connection)),
      random_(random) {}

std::string DemoPlatform::key_json() const {
    http::JsonWriter json;
    json.open_object()
        .field("id", key_id_)
        .field("platform_id", id_)
        .field("algorithm", crypto::to_text(key_.algorithm()))
        .field("public_key", base64(key_.verify_key().raw()))
        .close_object();
    return json.take();
}

http::Outcome DemoPlatform::send(http::Method method, const std::string& target, const std::string& body,
                                 const std::string& idempotency_key) {
    http::OutgoingRequest request;
    request.method = method;
    request.base_url = service_.base_url;
    request.target = target;
    request.body = body;
    if (method == http::Method::Post) request.headers.set("Content-Type", "application/json");
    if (!idempotency_key.empty()) request.headers.set("Idempotency-Key", idempotency_key);
    request.max_answer_bytes = std::size_t{16} * 1024 * 1024;
    http::sign_request(request, {&key_, key_id_}, service_.clock.now(), random_);
    const std::string signature = http::request_signature_of(request);
    request.deadline = service_.clock.monotonic() + kTimeout;
    http::Outcome outcome = http::call(service_.client, std::move(request), service_.clock);
    if (outcome.kind == http::OutcomeKind::Answered && outcome.answer.status < 400) {
        const auto key_of = [this](std::string_view) { return std::optional(answers_key_); };
        if (!http::verify_response(outcome.answer, signature, key_of, service_.clock.now()))
            throw std::runtime_error(id_ + ": the answer to " + target + " is not signed by the service");
    }
    return outcome;
}

std::string DemoPlatform::submit(const std::string& batch_json, const std::string& idempotency_key) {
    const http::Outcome outcome = send(http::Method::Post, "/v1/orders/batch", batch_json, idempotency_key);
    if (outcome.kind != http::OutcomeKind::Answered)
        throw std::runtime_error(id_ + ": the batch was not answered: " + outcome.text);
    if (outcome.answer.status != 200)
        throw std::runtime_error(id_ + ": the batch was answered with " + std::to_string(outcome.answer.status) + ": " +
                                 outcome.answer.body.substr(0, 800));
    return outcome.answer.body;
}

std::vector<SeenOrder> DemoPlatform::orders() {
    std::vector<SeenOrder> seen;
    std::string target = "/v1/orders?limit=200";
    while (!target.empty()) {
        const http::Outcome outcome = send(http::Method::Get, target);
        if (outcome.kind != http::OutcomeKind::Answered || outcome.answer.status != 200)
            throw std::runtime_error(id_ + ": its orders cannot be listed: " + outcome.text + outcome.answer.body);
        const http::Json json = http::Json::parse(outcome.answer.body, kPageLimits).value();
        for (const http::JsonValue& order : json.root().find("orders")->items()) {
            seen.push_back({text_of(order, "id"), text_of(order, "platform_order_no"), text_of(order, "state"),
                            text_of(order, "declaration_state"), text_of(order, "payout_kind"),
                            text_of(order, "payout_currency"), text_of(order, "trade_kind")});
        }
        const std::string cursor = text_of(json.root(), "next_cursor");
        target = cursor.empty() ? "" : "/v1/orders?limit=200&cursor=" + cursor;
    }
    return seen;
}

}  // namespace huiqiao::app
