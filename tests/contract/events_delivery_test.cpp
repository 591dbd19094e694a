#include <doctest/doctest.h>

#include <deque>
#include <map>

#include "src/events/webhook_sender.h"
#include "src/flow/webhook_endpoints.h"
#include "src/http/json.h"
#include "src/http/webhook_signature.h"
#include "tests/contract/orders_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// A client in process: keeps what was sent, answers what the test says, when it says so.
class ScriptedClient final : public http::Client {
 public:
    http::CallHandle start(http::OutgoingRequest request) override {
        sent.push_back(std::move(request));
        waiting_.push_back(++last_);
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}

    /// Answers all that waits; 0: the connection was lost.
    void answer(int status) {
        for (const http::CallHandle handle : std::exchange(waiting_, {})) {
            http::Outcome outcome;
            outcome.kind = status == 0 ? http::OutcomeKind::Unknown : http::OutcomeKind::Answered;
            outcome.answer.status = status;
            done_.push_back({handle, outcome});
        }
    }
    std::deque<http::OutgoingRequest> sent;

 private:
    http::CallHandle last_ = 0;
    std::vector<http::CallHandle> waiting_;
    std::vector<http::Completion> done_;
};

constexpr const char* kSecretText = "0123456789abcdef0123456789abcdef";

struct WebhookDesk : OrderDesk {
    crypto::SigningKey key = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    ScriptedClient client;
    std::vector<std::string> addresses{"93.184.216.34"};
    events::WebhookSender sender;

    explicit WebhookDesk(const TestDatabase& base, std::uint64_t seed = 1)
        : OrderDesk(base, seed),
          sender(
              clock, database, queue, client, key, flow::platform_endpoints(parties),
              [this](const std::string&) { return addresses; }, {}, flow::parked_webhooks_as_work_items()) {}

    void open(const std::string& url) {
        auto item = std::make_shared<flow::RegisterItem>();
        item->platforms = {platform("plt_1", "4403169D3W")};
        item->platforms[0].webhook_url = url;
        item->platforms[0].sealed_webhook_secret = parties.seal_webhook_secret("plt_1", kSecretText);
        item->merchants = {merchant("mch_1", "plt_1")};
        item->payees = {payee("pye_usd", "USD", "US")};
        if (!queue.run(registration, item) || item->error) throw LogicError("not registered");
    }

    events::Delivery delivery() {
        std::vector<events::Delivery> all;
        database.read([&](db::Reader& reader) {
            const db::Found found = reader.select({"SELECT id FROM event ORDER BY id", "t"});
            all = events::EventStore::load(reader, std::vector{found.text(0, 0)});
        });
        return all.at(0);
    }
};

}  // namespace

TEST_CASE("NTF-12: an event is sent signed after its commit, and not again once it was taken") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks?a=1");
        const std::string id = desk.take_one(OrderDesk::good("A")).order->id;
        CHECK(desk.sender.step(desk.clock.now()) == 1);
        REQUIRE(desk.client.sent.size() == 1);
        const http::OutgoingRequest& request = desk.client.sent[0];
        CHECK(request.base_url == "https://shop.example.com");
        CHECK(request.target == "/hooks?a=1");
        const Secret secret{std::string(kSecretText)};
        CHECK(http::verify_webhook(request.headers, request.body, desk.clock.now(), {desk.key.verify_key()}));
        CHECK(http::verify_webhook(request.headers, request.body, desk.clock.now(), {}, {&secret}));
        CHECK_FALSE(
            http::verify_webhook(request.headers, request.body + " ", desk.clock.now(), {desk.key.verify_key()}));
        const auto body = http::Json::parse(request.body).value();
        CHECK(body.root().find("type")->text() == "order.created");
        CHECK(body.root().find("sequence")->integer() == 1);
        CHECK(body.root().find("data")->find("id")->text() == id);
        CHECK(request.headers.value("webhook-id") == desk.delivery().event.id);

        CHECK(desk.sender.step(desk.clock.now()) == 0);  // claimed: nobody else takes it
        desk.client.answer(204);
        CHECK(desk.sender.step(desk.clock.now()) == 1);
        CHECK(desk.delivery().state == events::DeliveryState::Delivered);
        desk.clock.advance(std::chrono::hours(100));
        CHECK(desk.sender.step(desk.clock.now()) == 0);
        CHECK(desk.client.sent.size() == 1);
    });
}

TEST_CASE(
    "NTF-12: a webhook that nobody takes is tried on schedule, parked after 72 hours, and sent again by a click") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        (void)desk.take_one(OrderDesk::good("A"));
        int minutes = 0;
        while (desk.delivery().state == events::DeliveryState::Due) {
            desk.sender.step(desk.clock.now());
            desk.client.answer(minutes % 2 == 0 ? 500 : 0);
            desk.sender.step(desk.clock.now());
            desk.clock.advance(std::chrono::minutes(1));
            REQUIRE(++minutes < 80 * 60);
        }
        CHECK(minutes <= 72 * 60 + 1);
        CHECK(minutes > 59 * 60);
        CHECK(desk.client.sent.size() >= 15);
        CHECK(desk.client.sent.size() <= 19);
        desk.database.read([&](db::Reader& reader) { CHECK(events::EventStore::parked(reader, "", 10).size() == 1); });
        desk.database.read([&](db::Reader& reader) {
            const auto waiting = operators::WorkItems().waiting(reader, "", 10);
            REQUIRE(waiting.size() == 1);
            CHECK(waiting[0].subject_id == desk.delivery().event.id);
        });
        const std::size_t before = desk.client.sent.size();
        desk.clock.advance(std::chrono::hours(500));
        CHECK(desk.sender.step(desk.clock.now()) == 0);
        CHECK(desk.sender.send_again({desk.delivery().event.id}).value() == 1);
        desk.sender.step(desk.clock.now());
        CHECK(desk.client.sent.size() == before + 1);
        desk.client.answer(200);
        desk.sender.step(desk.clock.now());
        CHECK(desk.delivery().state == events::DeliveryState::Delivered);
        CHECK(desk.sender.send_again({desk.delivery().event.id}).value() == 0);
        desk.database.read([&](db::Reader& reader) { CHECK(events::EventStore::parked(reader, "", 10).empty()); });
        desk.database.read([&](db::Reader& reader) { CHECK(operators::WorkItems().count_waiting(reader) == 0); });
    });
}

TEST_CASE("a sender that dies is followed by another when its lease is over, and its late answer changes nothing") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        (void)desk.take_one(OrderDesk::good("A"));
        ScriptedClient other_client;
        events::WebhookSender other(desk.clock, desk.database, desk.queue, other_client, desk.key,
                                    flow::platform_endpoints(desk.parties),
                                    [](const std::string&) { return std::vector<std::string>{"8.8.8.8"}; }, {});
        desk.sender.step(desk.clock.now());
        CHECK(other.step(desk.clock.now()) == 0);
        desk.clock.advance(std::chrono::seconds(61));
        CHECK(other.step(desk.clock.now()) == 1);
        REQUIRE(other_client.sent.size() == 1);
        CHECK(other_client.sent[0].headers.value("webhook-id") == desk.client.sent[0].headers.value("webhook-id"));
        desk.client.answer(500);
        CHECK(desk.sender.step(desk.clock.now()) == 0);
        other_client.answer(200);
        CHECK(other.step(desk.clock.now()) == 1);
        CHECK(desk.delivery().state == events::DeliveryState::Delivered);
        CHECK(desk.delivery().attempts == 2);
    });
}

TEST_CASE("410 parks at once, and a redirect is no success") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        (void)desk.take_one(OrderDesk::good("A"));
        desk.sender.step(desk.clock.now());
        desk.client.answer(302);
        desk.sender.step(desk.clock.now());
        CHECK(desk.delivery().state == events::DeliveryState::Due);
        CHECK(desk.delivery().last_status == 302);
        desk.clock.advance(std::chrono::seconds(15));
        desk.sender.step(desk.clock.now());
        desk.client.answer(410);
        desk.sender.step(desk.clock.now());
        CHECK(desk.delivery().state == events::DeliveryState::Parked);
    });
}

TEST_CASE("nothing is sent to a name that resolves into our own network") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        (void)desk.take_one(OrderDesk::good("A"));
        desk.addresses = {"93.184.216.34", "169.254.169.254"};
        CHECK(desk.sender.step(desk.clock.now()) == 1);
        CHECK(desk.client.sent.empty());
        CHECK(desk.delivery().state == events::DeliveryState::Due);
        CHECK(*desk.delivery().due_at == desk.clock.now() + std::chrono::seconds(15));
    });
}

TEST_CASE("a platform without a webhook has its events marked and never asked for again") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("");
        (void)desk.take_one(OrderDesk::good("A"));
        CHECK(desk.sender.step(desk.clock.now()) == 1);
        CHECK(desk.delivery().state == events::DeliveryState::NotWanted);
        CHECK(desk.sender.step(desk.clock.now()) == 0);
        CHECK(desk.client.sent.empty());
    });
}

TEST_CASE("an endpoint that keeps failing rests, without counting tries") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        for (int i = 0; i < 6; ++i) (void)desk.take_one(OrderDesk::good("A-" + std::to_string(i)));
        desk.sender.step(desk.clock.now());
        CHECK(desk.client.sent.size() == 6);
        desk.client.answer(503);
        desk.sender.step(desk.clock.now());
        desk.clock.advance(std::chrono::seconds(15));
        CHECK(desk.sender.step(desk.clock.now()) == 6);  // postponed
        CHECK(desk.client.sent.size() == 6);
        CHECK(desk.delivery().attempts == 1);
        desk.clock.advance(std::chrono::seconds(60));
        desk.sender.step(desk.clock.now());
        CHECK(desk.client.sent.size() == 12);
    });
}

TEST_CASE("parties are taken in once, all or none, and their sealed fields come back whole") {
    each_engine([](TestDatabase& base) {
        WebhookDesk desk(base);
        desk.open("https://shop.example.com/hooks");
        auto again = std::make_shared<flow::RegisterItem>();
        again->merchants = {desk.merchant("mch_9", "plt_1"), desk.merchant("mch_1", "plt_1")};
        REQUIRE(desk.queue.run(desk.registration, again).ok());
        CHECK(again->error->code->text == "party_taken");
        auto inside = std::make_shared<flow::RegisterItem>();
        inside->platforms = {desk.platform("plt_9", "")};
        inside->platforms[0].webhook_url = "https://10.0.0.1/";
        REQUIRE(desk.queue.run(desk.registration, inside).ok());
        CHECK(inside->error->code->text == "bad_webhook_url");
        desk.database.read([&](db::Reader& reader) {
            CHECK(parties::PartyStore::merchants(reader, std::vector<std::string>{"mch_9"}).empty());
            const auto payees = desk.parties.payees_of(reader, "mch_1").value();
            REQUIRE(payees.size() == 1);
            CHECK(payees[0].account == "1234567890");
            CHECK(payees[0].clearing_code == "021000021");
            const auto platforms = parties::PartyStore::all_platforms(reader);
            REQUIRE(platforms.size() == 1);
            const Secret secret = desk.parties.webhook_secret(platforms[0]).value();
            CHECK(std::string(secret.reveal().begin(), secret.reveal().end()) == kSecretText);
            const db::Found row = reader.select({"SELECT sealed, account_index FROM payee", "tt"});
            CHECK(row.text(0, 0).find("1234567890") == std::string::npos);
        });
    });
}
