// The people around the house: platforms, buyers, operators, and who closes the day.

#include <algorithm>

#include "src/db/business_day.h"
#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

using namespace std::chrono_literals;

constexpr db::Select kUnpaidTrades{"SELECT reference, created_at, expires_at FROM trade WHERE state = 'NOTPAY'", "tii"};
constexpr http::JsonLimits kAnswerLimits{16, 100'000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};

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

bool World::decide_escalated() {
    bool acted = false;
    for (const std::string& row : desk_->texts("SELECT id || ' ' || operation || ' ' || reference FROM instruction "
                                               "WHERE outcome = 'escalated' ORDER BY id")) {
        const std::size_t first = row.find(' ');
        const std::size_t last = row.rfind(' ');
        const std::string operation = row.substr(first + 1, last - first - 1);
        const std::string reference = row.substr(last + 1);
        const std::optional<bool> took_place = what_the_books_say(operation, reference);
        if (!took_place) continue;  // the bank has not made up its own mind, or a person must look at the deal
        const auto item = std::make_shared<calls::ResolveItem>();
        item->instruction_id = row.substr(0, first);
        item->confirmed = *took_place;
        item->their_reference = *took_place ? "by letter" : "";
        item->reason = "as the books of the counterparty say";
        item->maker = "op_maker";
        // One of them is in a hurry and would rather do both himself.
        const bool sloppy = random_.below(3) == 0;
        item->checker = sloppy ? "op_maker" : "op_checker";
        acted = true;
        Status written = Done{};
        if (!desk_->survive([&] { written = desk_->parts().queue.run(desk_->parts().resolve, item); })) continue;
        look();
        desk_->note("decided " + row + (item->done.ok() ? "" : ": " + item->done.error().english()));
        if (sloppy && written.ok() && item->done.ok())
            throw Broken("one person alone decided on the escalated instruction " + row);
        if (!sloppy && (!written.ok() || !item->done.ok()))
            throw Broken("two persons could not decide on " + row + ": " +
                         (written.ok() ? item->done.error() : written.error()).english());
    }
    return acted;
}

std::optional<bool> World::what_the_books_say(const std::string& operation, const std::string& reference) {
    std::optional<bool> says = false;
    const auto look_up = [&](const char* counterparty, const db::Select& select) {
        desk_->sandbox().books(counterparty).read([&](db::Reader& reader) {
            const db::Found found = reader.select(select, {reference});
            if (found.empty()) return;
            const std::string& status = found.text(0, 0);
            if (status == "ACSC") says = true;
            if (status == "ACSP" || status == "processing" || status == "dealt") says.reset();
        });
    };
    if (operation == "remittance.pay")
        look_up("sandbox-bank", {"SELECT status FROM bank_payment WHERE end_to_end = :p1", "t"});
    if (operation == "fx.purchase") look_up("sandbox-bank", {"SELECT status FROM fx_deal WHERE reference = :p1", "t"});
    return says;
}

bool World::close_day() {
    const Date today = Date::in_shanghai(desk_->clock().true_now());
    if (today <= day_ || desk_->clock().now() != desk_->clock().true_now()) return false;
    const auto close = [&] {
        std::optional<Date> open;
        desk_->parts().database.read([&](db::Reader& reader) { open = db::open_business_date(reader); });
        while (open && *open < today) {
            const auto closed = desk_->parts().close_day.close(*open);
            if (!closed) throw Broken("the day cannot be closed: " + closed.error().english());
            open = open->plus_days(1);
        }
        const auto reconciled = desk_->parts().reconcile.run();
        if (!reconciled) throw Broken("nothing can be reconciled: " + reconciled.error().english());
    };
    if (!desk_->survive(close)) return true;  // it is tried again at the next step
    day_ = today;
    desk_->note("closed the day before " + today.text());
    look();
    each_day();
    return true;
}

}  // namespace huiqiao::testing::sim
