// The people around the house: platforms, buyers, and who closes the day.

#include <algorithm>

#include "src/db/business_day.h"
#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

using namespace std::chrono_literals;

constexpr db::Select kUnpaidTrades{"SELECT reference, created_at, expires_at FROM trade WHERE state = 'NOTPAY'", "tii"};
constexpr http::JsonLimits kAnswerLimits{16, 100'000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};

/// The database would not, or said nothing: whoever is paid for it tries again later.
bool is_for_later(const Error& error) {
    return error.code->group == ErrorGroup::Retry || error.code->group == ErrorGroup::Unknown;
}

}  // namespace

void World::send_batches() {
    const Instant now = desk_->clock().true_now();
    const std::size_t waiting = batches_.size();
    for (std::size_t i = 0; i < waiting; ++i) {
        Batch batch = std::move(batches_.front());
        batches_.pop_front();
        if (batch.due > now) {
            batches_.push_back(std::move(batch));
            continue;
        }
        http::Response response;
        const bool lived =
            desk_->survive([&] { response = desk_->send(batch.platform, "/v1/orders/batch", batch.body, batch.key); });
        look();
        desk_->note("batch of " + batch.platform + (lived ? " answered " + response.body : " died"));
        if (lived && response.status == 200) take_answer(batch, response);
        // A clock that is wrong refuses signatures that are right; nothing was taken, so it is sent again.
        const bool is_refused_by_time = lived && response.status == 401 && desk_->clock().now() != now;
        if (lived && response.status != 200 && response.status != 503 && !is_refused_by_time)
            throw Broken("a platform's batch was answered " + std::to_string(response.status) + ": " +
                         response.body.substr(0, 500));
        const bool unheard = lived && weather_.strikes(FaultKind::PlatformAnswerLost);
        if (!lived || response.status != 200 || unheard) {
            batch.due = now + std::chrono::seconds(1 + random_.below(60));
            // One that has forgotten its key sends the same orders under another one (ORD-05).
            if (unheard && random_.below(3) == 0) {
                batch.key = "the-same-orders-" + std::to_string(random_.below(1'000'000'000));
                batch.first_answer.clear();
            }
            batches_.push_back(std::move(batch));
        }
    }
}

void World::take_answer(Batch& batch, const http::Response& response) {
    if (!batch.first_answer.empty() && batch.first_answer != response.body)
        throw Broken("a repeated batch of " + batch.platform + " got another answer: " + response.body.substr(0, 500) +
                     " instead of " + batch.first_answer.substr(0, 500));
    batch.first_answer = response.body;
    const auto json = http::Json::parse(response.body, kAnswerLimits);
    if (!json) throw Broken("a batch's answer is no JSON: " + response.body.substr(0, 500));
    for (const http::JsonValue& result : json->root().find("results")->items()) {
        const auto order = result.find("order");
        if (result.find("status")->text() == "refused" || !order)
            throw Broken("a good order was refused: " + response.body.substr(0, 500));
        const std::string number = batch.platform + "|" + std::string(order->find("platform_order_no")->text());
        const std::string id(order->find("id")->text());
        const auto [known, is_new] = acknowledged_.emplace(number, id);
        if (!is_new && known->second != id)
            throw Broken("order " + number + " was acknowledged as " + known->second + " and then as " + id);
    }
}

http::Response World::take_webhook(const http::Request& request) {
    for (const std::string& personal : personal_) {
        if (request.body.find(personal) != std::string::npos)
            throw Broken("I20: a webhook names a buyer: " + request.body.substr(0, 500));
    }
    if (weather_.strikes(FaultKind::WebhookRefused)) return http::Response::text(503, "later");
    const std::string* id = request.headers.find("webhook-id");
    if (id == nullptr) throw Broken("a webhook without an id: " + request.body.substr(0, 500));
    heard_.insert(*id);
    return http::Response::text(200, "");
}

bool World::buyers_act() {
    bool acted = false;
    const Instant now = desk_->clock().true_now();
    db::Found trades;
    desk_->sandbox().books("sandbox-pay").read([&](db::Reader& reader) { trades = reader.select(kUnpaidTrades); });
    for (std::size_t row = 0; row < trades.size(); ++row) {
        const std::string& reference = trades.text(row, 0);
        const Instant created = from_us(trades.integer(row, 1));
        const Instant expires = from_us(trades.integer(row, 2));
        const auto [place, is_new] = buyers_.emplace(reference, Buyer{});
        Buyer& buyer = place->second;
        if (is_new) {
            const auto after = std::chrono::seconds(20 + random_.below(2400));
            if (random_.below(20) != 0) buyer.pays_at = created + after;  // the others think better of it
            if (weather_.strikes(FaultKind::PaidAfterExpiry)) {
                buyer.pays_at = expires + std::chrono::seconds(weather_.below(FaultKind::PaidAfterExpiry, 7200));
                buyer.pays_late = true;
            }
            if (weather_.strikes(FaultKind::Cancelled))
                buyer.cancels_at = created + std::chrono::seconds(weather_.below(FaultKind::Cancelled, 3600));
        }
        if (buyer.cancels_at && now >= *buyer.cancels_at) {
            buyer.cancels_at.reset();
            cancel(reference);
            acted = true;
        }
        if (!buyer.pays_at || now < *buyer.pays_at) continue;
        buyer.pays_at.reset();
        if (now >= expires && !buyer.pays_late) continue;  // the counter is closed
        desk_->note("a buyer pays " + reference);
        static_cast<void>(
            desk_->ask("sandbox-pay", http::Method::Post, "/admin/pay", R"({"out_trade_no":")" + reference + R"("})"));
        acted = true;
    }
    return acted;
}

void World::cancel(const std::string& reference) {
    std::string found;
    desk_->parts().database.read([&](db::Reader& reader) {
        const db::Found order = reader.select({"SELECT o.platform_id || ' ' || o.id FROM orders o JOIN payment p ON "
                                               "p.order_id = o.id WHERE p.reference = :p1",
                                               "t"},
                                              {reference});
        if (!order.empty()) found = order.text(0, 0);
    });
    if (found.empty()) return;
    const std::size_t space = found.find(' ');
    const std::string id = found.substr(space + 1);
    http::Response response;
    if (!desk_->survive([&] {
            response = desk_->send(found.substr(0, space), "/v1/orders/" + id + "/cancel", "", "cancel-of-" + id);
        }))
        return;
    look();
    desk_->note("cancel of " + id + " answered " + std::to_string(response.status));
    const bool is_refused_by_time = response.status == 401 && desk_->clock().now() != desk_->clock().true_now();
    if (response.status != 200 && response.status != 409 && response.status != 503 && !is_refused_by_time)
        throw Broken("a cancel was answered " + std::to_string(response.status) + ": " + response.body);
    if (response.status == 200) cancelled_.insert(id);
}

bool World::close_day() {
    const Date today = Date::in_shanghai(desk_->clock().true_now());
    if (today <= day_ || desk_->clock().now() != desk_->clock().true_now()) return false;
    bool done = false;
    const auto close = [&] {
        std::optional<Date> open;
        desk_->parts().database.read([&](db::Reader& reader) { open = db::open_business_date(reader); });
        while (open && *open < today) {
            const auto closed = desk_->parts().close_day.close(*open);
            if (!closed && is_for_later(closed.error())) return;
            if (!closed) throw Broken("the day cannot be closed: " + closed.error().english());
            open = open->plus_days(1);
        }
        const auto reconciled = desk_->parts().reconcile.run();
        if (!reconciled && is_for_later(reconciled.error())) return;
        if (!reconciled) throw Broken("nothing can be reconciled: " + reconciled.error().english());
        done = true;
    };
    if (!desk_->survive(close) || !done) return true;  // it is tried again at the next step
    day_ = today;
    desk_->note("closed the day before " + today.text());
    look();
    each_day();
    return true;
}

}  // namespace huiqiao::testing::sim
