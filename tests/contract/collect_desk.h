#pragma once
// A desk for collecting: our side on one database, the sandbox's channel with books of its own, one thread, one clock.
// desk.order("219.00"); desk.buyer_pays(order); desk.run(); desk.check_books().

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "adapters/sandbox/channel.h"
#include "adapters/simple_pay/adapter.h"
#include "src/calls/call_worker.h"
#include "src/flow/collect.h"
#include "src/flow/escalate.h"
#include "tests/contract/orders_desk.h"
#include "tests/support/ledger_chart.h"
#include "tests/support/simulated_client.h"

namespace collect_desk {

using namespace huiqiao;
using huiqiao::testing::each_engine;
using huiqiao::testing::SimulatedClient;
using huiqiao::testing::TestDatabase;
using Network = SimulatedClient::Network;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline crypto::SigningKey key_of(std::uint64_t seed) {
    SeededRandom random(seed);
    return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
}

struct Desk {
    explicit Desk(const TestDatabase& base, flow::CollectSettings settings = {}, std::uint64_t seed = 11)
        : random(seed),
          channel_base(TestDatabase::fresh(db::Engine::Sqlite)),
          channel_books(channel_base.settings(), clock),
          database(huiqiao::testing::migrated(base, clock), clock),
          queue(database, clock, ids, {}),
          channel(channel_books, ids, key_of(1), key_of(2).verify_key(), nullptr, {}),
          intake(clock, ids, parties, index, calls, port, {}),
          cancel({calls, {{"sandbox-pay", &port}}}),
          expire(database, queue, {calls, {{"sandbox-pay", &port}}}, {}),
          collect(database, queue, ids, books, calls, sealer, work_items,
                  flow::CloseTrades(calls, {{"sandbox-pay", &port}}), settings),
          client(clock) {
        handlers.add(collect.order_handler());
        handlers.add(collect.query_handler());
        handlers.add(collect.close_handler());
        calls::CallWorkerSettings worker_settings{
            "w1", {{.name = "sandbox-pay", .base_url = "http://pay", .timeout = seconds(10), .concurrency = 8}}};
        worker.emplace(clock, random, database, queue, client, operations, worker_settings);
        client.add("http://pay", channel);
        auto item = std::make_shared<flow::RegisterItem>();
        parties::Platform platform;
        platform.id = "plt_1";
        platform.name = "Platform";
        platform.created_at = clock.now();
        parties::Merchant merchant;
        merchant.id = "mch_1";
        merchant.platform_id = "plt_1";
        merchant.name = "Merchant";
        merchant.created_at = clock.now();
        item->platforms = {platform};
        item->merchants = {merchant};
        item->payees = {payee()};
        REQUIRE(queue.run(registration, item).ok());
        REQUIRE(!item->error);
    }

    parties::Payee payee() {
        parties::Payee p;
        p.id = "pye_usd";
        p.merchant_id = "mch_1";
        p.currency = Currency::known("USD");
        p.country = "US";
        p.residence = "US";
        p.name = "Payee Ltd";
        p.account = "1234567890";
        p.clearing_code = "021000021";
        p.bank_name = "Bank";
        p.created_at = clock.now();
        return p;
    }

    /// Takes orders in, without stepping anything. Ids in order.
    std::vector<std::string> take_in(int count, std::string_view amount) {
        std::vector<flow::IntakeOrder> wanted;
        const Money total = Money::parse(Currency::known("CNY"), amount).value();
        for (int i = 0; i < count; ++i) {
            flow::IntakeOrder order;
            order.platform_order_no = "N" + std::to_string(++numbers);
            order.merchant_id = "mch_1";
            order.trade_kind = "hotel";
            order.payout_kind = "fx";
            order.payout_currency = Currency::known("USD");
            order.payee_id = "pye_usd";
            order.total = total;
            order.freight = order.tax = order.discount = Money::zero(total.currency());
            order.lines = {{"Room", 1, total, total}};
            order.buyer = {"张三", "resident_id", "11010519491231002X", "13800000000"};
            wanted.push_back(std::move(order));
        }
        auto item = intake.prepare({"plt_1", "req_1", std::move(wanted)}).value();
        REQUIRE(queue.run(intake, item).ok());
        std::vector<std::string> taken;
        for (const auto& answer : item->answers) {
            if (answer.error) FAIL(answer.error->english());
            taken.push_back(answer.order->id);
        }
        return taken;
    }
    /// An order that the channel has.
    std::string order(std::string_view amount = "219.00") {
        const std::string id = take_in(1, amount).front();
        run_calls();
        return id;
    }
    orders::Payment payment(const std::string& order_id) {
        std::vector<orders::Payment> found;
        database.read(
            [&](db::Reader& reader) { found = orders::PaymentStore().of_orders(reader, std::span(&order_id, 1)); });
        return found.at(0);
    }
    orders::Order stored(const std::string& order_id) {
        std::optional<orders::Order> found;
        database.read([&](db::Reader& reader) { found = orders::OrderStore::find(reader, order_id); });
        return *found;
    }
    http::Response admin(http::Method method, const std::string& target, std::string body = "") {
        http::Request request;
        request.method = method;
        REQUIRE(http::set_target(request, target).ok());
        request.body = std::move(body);
        return channel.answer(request, clock.now());
    }
    void buyer_pays(const std::string& order_id, const std::string& amount = "") {
        const std::string with = amount.empty() ? "" : R"(,"amount":")" + amount + R"(")";
        const auto answer = admin(http::Method::Post, "/admin/pay",
                                  R"({"out_trade_no":")" + payment(order_id).reference + R"(")" + with + "}");
        REQUIRE(answer.status == 200);
    }
    /// Cancelled by its platform, or expired after its time and the grace, with the channel's notices unheard.
    void end(const std::string& order_id, bool cancelled) {
        if (cancelled) {
            auto item = std::make_shared<flow::CancelItem>();
            item->order_id = order_id;
            item->platform_id = "plt_1";
            REQUIRE(queue.run(cancel, item).ok());
            REQUIRE(item->order.has_value());
            return;
        }
        clock.advance(hours(2) + minutes(11));
        REQUIRE(expire.step(clock.now()) == 1);
    }
    void run_calls(int rounds = 3) {
        for (int i = 0; i < rounds; ++i) worker->step();
    }
    /// What the channel sends now reaches our listener, as the API's route does it: 200 only after the COMMIT.
    int deliver_notices() {
        int delivered = 0;
        for (sandbox::Sending& sending : channel.due(clock.now())) {
            ++delivered;
            http::Outcome outcome{http::OutcomeKind::Answered, http::Response::text(200, ""), ""};
            if (sending.to == "institution") {
                if (!listening) {
                    outcome = {http::OutcomeKind::NotSent, {}, "down"};
                } else {
                    const Status status = collect.take_notice("sandbox-pay", sending.headers.all(), sending.body);
                    if (!status)
                        outcome.answer.status = status.error().code->group == ErrorGroup::Unauthenticated ? 401 : 503;
                }
            } else {
                deposits.push_back(sending.body);
            }
            channel.sent(sending.id, outcome, clock.now());
        }
        return delivered;
    }
    /// Everything that is due now, until nothing is.
    void run() {
        for (int i = 0; i < 6; ++i) {
            deliver_notices();
            collect.step(clock.now());
            run_calls(2);
        }
    }
    void pass(std::chrono::seconds time, std::chrono::seconds by = seconds(60)) {
        for (seconds gone{0}; gone < time; gone += by) {
            clock.advance(by);
            deliver_notices();
            collect.step(clock.now());
            run_calls(2);
        }
    }
    std::int64_t number(std::string_view sql) {
        std::int64_t value = 0;
        database.read([&](db::Reader& reader) { value = reader.select({sql, "i"}).integer(0, 0); });
        return value;
    }
    std::string balance(const ledger::Account& account) {
        std::string text;
        database.read([&](db::Reader& reader) {
            const auto all = books.balances(reader, std::span(&account, 1));
            const auto place = all.find(account.id());
            text = place == all.end() ? "0.00" : place->second.booked.text();
        });
        return text;
    }
    std::string merchant() { return balance(ledger::merchant("mch_1", Currency::known("CNY"))); }
    std::string suspense() { return balance(ledger::suspense(Currency::known("CNY"))); }
    std::string clearing() { return balance(ledger::clearing("sandbox-pay", Currency::known("CNY"))); }
    std::int64_t entries() { return number("SELECT COUNT(*) FROM journal_entry"); }
    std::int64_t work_items_of(const std::string& kind) {
        std::int64_t value = 0;
        database.read([&](db::Reader& reader) {
            value = reader.select({"SELECT COUNT(*) FROM work_item WHERE kind = :p1", "i"}, {kind}).integer(0, 0);
        });
        return value;
    }
    /// What the channel received from buyers and told us of is what stands in its clearing account.
    void check_books() {
        const auto answer = admin(http::Method::Get, "/admin/books");
        CHECK(answer.body.find(R"("paid":{"currency":"CNY","amount":")" + clearing() + R"("})") != std::string::npos);
    }

    ManualClock clock{parse_rfc3339("2026-11-20T03:00:00Z").value()};
    SeededRandom random;
    IdSource ids{clock, random};
    TestDatabase channel_base;
    db::Database channel_books;
    db::Database database;
    db::WriteQueue queue;
    crypto::Sealer sealer{huiqiao::testing::test_ring(), random};
    crypto::BlindIndex index{Secret(std::string(32, 'i'))};
    parties::PartyStore parties{sealer, index};
    flow::RegisterParties registration{parties, true};
    ledger::Ledger books{huiqiao::testing::shipped_chart()};
    calls::Calls calls{sealer};
    operators::WorkItems work_items;
    simple_pay::Adapter port{clock, ids, key_of(2), key_of(1).verify_key(), {"1900000109", "hq-1", "pay-1"}};
    sandbox::Channel channel;
    flow::Intake intake;
    flow::Cancel cancel;
    flow::Expire expire;
    flow::Collect collect;
    flow::EscalateToOperators escalations{work_items};
    calls::AnswerHandlers handlers;
    calls::CallOperations operations{handlers, escalations, sealer, random, {}};
    SimulatedClient client;
    std::optional<calls::CallWorker> worker;
    std::vector<std::string> deposits;
    bool listening = true;
    int numbers = 0;
};

}  // namespace collect_desk
