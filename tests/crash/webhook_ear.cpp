#include "tests/crash/webhook_ear.h"

#include <charconv>
#include <stdexcept>

#include "src/http/json.h"
#include "src/http/webhook_signature.h"

namespace huiqiao::crash {

namespace {

constexpr std::uint64_t kTakenAndRefused = 8;  // one in so many

http::ServerSettings listener(int port) {
    http::ServerSettings settings;
    settings.port = static_cast<std::uint16_t>(port);
    settings.threads = 16;
    return settings;
}

/// When it says that it was signed. The world's clock runs hours a minute under load, so a webhook may well arrive
/// outside of the tolerance; whose signature it bears is judged all the same.
Instant signed_at(const http::Request& request) {
    const std::string* text = request.headers.only("webhook-timestamp");
    std::int64_t seconds = 0;
    if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), seconds);
    return from_us(seconds * 1'000'000);
}

}  // namespace

WebhookEar::WebhookEar(const Clock& clock, crypto::VerifyKey service_key, int port, std::uint64_t seed)
    : service_key_(std::move(service_key)), random_(seed), server_(clock, routes(), listener(port)) {
    if (const Status started = server_.start(); !started) throw std::runtime_error(started.error().english());
}

http::Router WebhookEar::routes() {
    http::Router router;
    router.post("/hooks/{platform}",
                [this](const http::Request& request, const http::PathParameters&) { return hear(request); });
    return router;
}

http::Response WebhookEar::hear(const http::Request& request) {
    const std::string* id = request.headers.only("webhook-id");
    const std::scoped_lock lock(mutex_);
    if (id == nullptr || !http::verify_webhook(request.headers, request.body, signed_at(request), {service_key_})) {
        faults_.push_back("a webhook came without our signature: " + request.body.substr(0, 200));
        return http::Response::text(401, "signature");
    }
    Heard& heard = heard_[*id];
    if (++heard.told == 1) heard.body = request.body;
    if (heard.body != request.body) faults_.push_back("webhook " + *id + " came with two bodies");
    if (random_.below(kTakenAndRefused) == 0) return http::Response::text(503, "");
    ++heard.taken;
    return http::Response::text(204, "");
}

WebhookEar::Tally WebhookEar::tally() const {
    const std::scoped_lock lock(mutex_);
    Tally tally;
    tally.events = heard_.size();
    for (const auto& [id, heard] : heard_) {
        tally.told += heard.told;
        tally.told_again += heard.told - 1;
    }
    return tally;
}

std::vector<std::string> WebhookEar::faults(db::Reader& ours) const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> faults = faults_;
    std::map<std::string, std::int64_t> known;  // sequences by event
    const db::Found events =
        ours.select({"SELECT id, object_id, sequence, state FROM event ORDER BY object_id, sequence", "ttit"});
    for (std::size_t row = 0; row < events.size(); ++row) {
        const std::string& id = events.text(row, 0);
        known[id] = events.integer(row, 2);
        const bool is_next = row > 0 && events.text(row - 1, 1) == events.text(row, 1);
        const std::int64_t expected = is_next ? events.integer(row - 1, 2) + 1 : 1;
        if (events.integer(row, 2) != expected)
            faults.push_back("events of " + events.text(row, 1) + " go from " + std::to_string(expected - 1) + " to " +
                             std::to_string(events.integer(row, 2)));
        const auto heard = heard_.find(id);
        if (heard == heard_.end() || heard->second.taken == 0)
            faults.push_back("event " + id + " is " + events.text(row, 3) + ", and its platform never took it");
    }
    for (const auto& [id, heard] : heard_) {
        const auto at = known.find(id);
        if (at == known.end()) {
            faults.push_back("a platform was told of " + id + ", which is not in our books");
            continue;
        }
        const http::Json body = http::Json::parse(heard.body).value();
        const auto sequence = body.root().find("sequence");
        if (!sequence || sequence->integer() != at->second)
            faults.push_back("webhook " + id + " has another sequence than its event");
    }
    return faults;
}

}  // namespace huiqiao::crash
