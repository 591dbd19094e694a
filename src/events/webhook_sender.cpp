#include "src/events/webhook_sender.h"

#include <algorithm>

#include "src/http/json_writer.h"
#include "src/http/webhook_signature.h"

namespace huiqiao::events {

namespace {

constexpr std::size_t kMostAnswerBytes = std::size_t{4} * 1024;
constexpr int kGone = 410;

}  // namespace

std::string webhook_body(const Event& event) {
    http::JsonWriter json(event.payload.size() + 256);
    json.open_object()
        .field("id", event.id)
        .field("type", event.type)
        .field("timestamp", event.created_at)
        .field("sequence", event.sequence)
        .field("object", event.object_kind)
        .raw_field("data", event.payload)
        .close_object();
    return json.take();
}

WebhookSender::WebhookSender(const Clock& clock, db::Database& database, db::WriteQueue& queue, http::Client& client,
                             const crypto::SigningKey& key, EndpointsOf endpoints, Resolve resolve,
                             WebhookSettings settings, OnParking on_parking)
    : clock_(clock),
      database_(database),
      queue_(queue),
      client_(client),
      key_(key),
      endpoints_(std::move(endpoints)),
      resolve_(std::move(resolve)),
      settings_(settings),
      moves_(std::move(on_parking)) {}

int WebhookSender::step(Instant now) {
    return record(now) + claim(now);
}

Result<int> WebhookSender::send_again(const std::vector<std::string>& event_ids) {
    auto item = std::make_shared<DeliveryItem>();
    for (const std::string& id : event_ids) {
        item->moves.push_back({DeliveryMove::Kind::SendAgain, id, 0, {}, 0});
    }
    const Status status = queue_.run(moves_, item);
    if (!status) return status.error();
    return static_cast<int>(item->done.size());
}

int WebhookSender::record(Instant now) {
    std::vector<DeliveryMove> moves;
    for (const http::Completion& completion : client_.take_completed(clock_.monotonic())) {
        const auto at = under_way_.find(completion.handle);
        if (at == under_way_.end()) continue;
        const http::Outcome& outcome = completion.outcome;
        const int status = outcome.kind == http::OutcomeKind::Answered ? outcome.answer.status : 0;
        const bool taken = status >= 200 && status < 300;
        const DeliveryMove::Kind kind = taken             ? DeliveryMove::Kind::Taken
                                        : status == kGone ? DeliveryMove::Kind::Gone
                                                          : DeliveryMove::Kind::NotTaken;
        moves.push_back({kind, at->second.event_id, at->second.epoch, {}, status});
        note(at->second.platform_id, taken, now);
        under_way_.erase(at);
    }
    // Where this cannot be written the lease runs out and the webhook goes out once more: at least once.
    return static_cast<int>(move(std::move(moves)).size());
}

int WebhookSender::claim(Instant now) {
    const int room = settings_.claimed_at_once - static_cast<int>(under_way_.size());
    if (room <= 0) return 0;
    std::vector<Delivery> due;
    std::map<std::string, Endpoint> endpoints;
    database_.look([&](db::Reader& reader) {
        due = EventStore::load(reader, EventStore::due(reader, now, room));
        std::set<std::string> platforms;
        for (const Delivery& delivery : due) platforms.insert(delivery.event.platform_id);
        if (!platforms.empty()) endpoints = endpoints_(reader, platforms);
    });

    std::vector<DeliveryMove> moves;
    for (const Delivery& delivery : due) {
        const std::string& platform = delivery.event.platform_id;
        const Health& health = health_[platform];
        if (!endpoints.contains(platform)) {
            moves.push_back({DeliveryMove::Kind::NotWanted, delivery.event.id, 0, {}, 0});
        } else if (health.rests_until > now) {
            moves.push_back({DeliveryMove::Kind::Postpone, delivery.event.id, 0, health.rests_until, 0});
        } else {
            moves.push_back({DeliveryMove::Kind::Claim, delivery.event.id, 0, now + settings_.lease, 0});
        }
    }
    const std::vector<Delivery> moved = move(std::move(moves));

    // One look at an endpoint's address a round: what does not lead outside is a failed try, and tells nobody why.
    std::map<std::string, std::optional<WebhookUrl>> urls;
    std::vector<DeliveryMove> refused;
    for (const Delivery& delivery : moved) {
        if (delivery.state != DeliveryState::Due || delivery.due_at != now + settings_.lease) continue;
        const std::string& platform = delivery.event.platform_id;
        const Endpoint& endpoint = endpoints.at(platform);
        if (!urls.contains(platform)) {
            const Result<WebhookUrl> url = parse_webhook_url(endpoint.url, settings_.allow_loopback);
            const bool good = url.ok() && leads_outside(*url, resolve_, settings_.allow_loopback);
            urls[platform] = good ? std::optional(*url) : std::nullopt;
            if (!good) note(platform, false, now);
        }
        if (const auto& url = urls[platform]) {
            start(delivery, endpoint, *url, now);
        } else {
            refused.push_back({DeliveryMove::Kind::NotTaken, delivery.event.id, delivery.epoch, {}, 0});
        }
    }
    move(std::move(refused));
    return static_cast<int>(moved.size());
}

std::vector<Delivery> WebhookSender::move(std::vector<DeliveryMove> moves) {
    if (moves.empty()) return {};
    auto item = std::make_shared<DeliveryItem>();
    item->weight = moves.size();
    item->moves = std::move(moves);
    if (!queue_.run(moves_, item)) return {};
    return std::move(item->done);
}

void WebhookSender::start(const Delivery& delivery, const Endpoint& endpoint, const WebhookUrl& url, Instant now) {
    http::OutgoingRequest request;
    request.method = http::Method::Post;
    request.base_url = url.base_url;
    request.target = url.target;
    request.body = webhook_body(delivery.event);
    request.headers.add("Content-Type", "application/json");
    std::vector<const Secret*> secrets;
    if (!endpoint.secret.empty()) secrets.push_back(&endpoint.secret);
    http::sign_webhook(request.headers, delivery.event.id, now, request.body, {&key_}, secrets);
    request.deadline = clock_.monotonic() + settings_.timeout;
    request.max_answer_bytes = kMostAnswerBytes;
    request.may_be_sent_twice = true;  // receivers know a webhook again by its id
    const http::CallHandle handle = client_.start(std::move(request));
    under_way_.emplace(handle, Sent{delivery.event.id, delivery.event.platform_id, delivery.epoch});
}

void WebhookSender::note(const std::string& platform_id, bool taken, Instant now) {
    Health& health = health_[platform_id];
    health.failures = taken ? 0 : health.failures + 1;
    if (health.failures >= settings_.failures_until_rest) {
        health.rests_until = now + settings_.rest;
        health.failures = settings_.failures_until_rest - 1;  // after its rest one more failure is enough
    }
}

}  // namespace huiqiao::events
