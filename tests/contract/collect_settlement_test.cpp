#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/collect_desk.h"

#include <mutex>

using namespace collect_desk;

TEST_CASE(
    "the channel settles a Friday's payments on Monday at ten: one deposit net of its cost, and a file that sums up") {
    const TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    Desk desk(base);  // 2026-11-20 is a Friday
    const std::string first = desk.order("219.00");
    const std::string second = desk.order("100.10");
    desk.buyer_pays(first);
    desk.buyer_pays(second);
    desk.run();
    const Date friday = Date::parse("2026-11-20").value();
    const auto file = [&] {
        WireRequest wire = desk.port.settlement_file(friday);
        desk.port.sign(wire);
        http::Request request;
        REQUIRE(http::set_target(request, wire.target).ok());
        for (const auto& [name, value] : wire.headers) request.headers.add(name, value);
        const http::Response response = desk.channel.answer(request, desk.clock.now());
        return desk.port.read_settlement_file(
            friday, {WireAnswer::Kind::Answered, response.status, response.headers.all(), response.body, ""});
    };
    desk.clock.set(Date::parse("2026-11-23").value().at_shanghai(9, 59));
    desk.deliver_notices();
    CHECK(desk.deposits.empty());
    CHECK(file().error().code == &orders::channel_error::kNoSettlementYet);
    desk.clock.set(Date::parse("2026-11-23").value().at_shanghai(10, 0));
    desk.deliver_notices();
    REQUIRE(desk.deposits.size() == 1);
    // 60 basis points, each rounded half up: 1.31 and 0.60.
    CHECK(desk.deposits[0].find(R"("amount":{"currency":"CNY","amount":"317.19"})") != std::string::npos);
    const auto settlement = file();
    REQUIRE(settlement.ok());
    CHECK(settlement->lines.size() == 2);
    CHECK(settlement->gross.text() == "319.10");
    CHECK(settlement->cost.text() == "1.91");
    CHECK(settlement->lines[0].reference == desk.payment(first).reference);
    CHECK(settlement->lines[0].channel_number == desk.payment(first).channel_number);
    CHECK(desk.deposits[0].find(settlement->deposit_reference) != std::string::npos);
    desk.deliver_notices();
    CHECK(desk.deposits.size() == 1);
}

TEST_CASE("the channel sends a notice until it is acknowledged, and no more than its schedule says (NTF-11)") {
    const TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    Desk desk(base);
    const std::string id = desk.order();
    desk.listening = false;
    desk.buyer_pays(id);
    int tries = 0;
    for (int i = 0; i < 26 * 60 * 4; ++i) {
        tries += desk.deliver_notices();
        desk.clock.advance(seconds(15));
    }
    CHECK(tries == 16);
    CHECK(desk.deliver_notices() == 0);
}

TEST_CASE("a simulated buyer pays by himself after the delay that is set") {
    const TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    ManualClock clock(parse_rfc3339("2026-11-20T03:00:00Z").value());
    SeededRandom random(3);
    IdSource ids(clock, random);
    db::Database books(base.settings(), clock);
    sandbox::ChannelSettings settings;
    settings.buyer_pays_after = seconds(30);
    sandbox::Channel channel(books, ids, key_of(1), key_of(2).verify_key(), nullptr, settings);
    const simple_pay::Adapter port(clock, ids, key_of(2), key_of(1).verify_key(), {"1900000109", "hq-1", "pay-1"});
    WireRequest wire =
        port.order({"PABCDEF", Money::of_minor(Currency::known("CNY"), 100), "x", clock.now() + hours(1)});
    port.sign(wire);
    http::Request request;
    request.method = http::Method::Post;
    REQUIRE(http::set_target(request, wire.target).ok());
    for (const auto& [name, value] : wire.headers) request.headers.add(name, value);
    request.body = wire.body;
    CHECK(channel.answer(request, clock.now()).status == 200);
    clock.advance(seconds(29));
    CHECK(channel.due(clock.now()).empty());
    clock.advance(seconds(1));
    const auto sendings = channel.due(clock.now());
    REQUIRE(sendings.size() == 1);
    const auto notice = port.read_notice(sendings[0].headers.all(), sendings[0].body);
    REQUIRE(notice.ok());
    CHECK(notice->payment.amount->minor() == 100);
    CHECK(channel.due(clock.now()).empty());  // in somebody's hands
}

TEST_CASE("the channel keeps one trade a reference and refuses another content under it, and strangers altogether") {
    const TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    Desk desk(base);
    const auto send = [&](const simple_pay::Adapter& from, std::int64_t fen) {
        WireRequest wire = from.order({"PABCDEF", Money::of_minor(Currency::known("CNY"), fen), "x",
                                             from_us(to_us(desk.clock.now()) + 3'600'000'000)});
        from.sign(wire);
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, wire.target).ok());
        for (const auto& [name, value] : wire.headers) request.headers.add(name, value);
        request.body = wire.body;
        const http::Response response = desk.channel.answer(request, desk.clock.now());
        return from
            .read_answer("PABCDEF",
                         {WireAnswer::Kind::Answered, response.status, response.headers.all(), response.body, ""})
            .instruction;
    };
    CHECK(send(desk.port, 100).outcome == Outcome::Confirmed);
    CHECK(send(desk.port, 100).outcome == Outcome::Confirmed);
    CHECK(send(desk.port, 101).outcome == Outcome::RejectedFinal);
    const simple_pay::Adapter stranger(desk.clock, desk.ids, key_of(9), key_of(1).verify_key(),
                                       {"1900000109", "hq-1", "pay-1"});
    CHECK(send(stranger, 100).outcome == Outcome::Unknown);
}

TEST_CASE("over sockets the same wire places an order, is paid and answers a query") {
    const TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    Desk desk(base);
    std::mutex one_at_a_time;
    http::Router router;
    const auto serve = [&](const http::Request& request, const http::PathParameters&) {
        const std::lock_guard lock(one_at_a_time);
        return desk.channel.answer(request, desk.clock.now());
    };
    router.post("/pay/v1/orders", serve);
    router.get("/pay/v1/orders/{reference}", serve);
    const SystemClock system;
    http::Server server(system, std::move(router), {});
    REQUIRE(server.start().ok());
    http::CpprestClient client(system, {});
    calls::CallWorkerSettings settings{"w2",
                                       {{.name = "sandbox-pay",
                                         .base_url = "http://127.0.0.1:" + std::to_string(server.port()),
                                         .timeout = seconds(10),
                                         .concurrency = 8}}};
    calls::CallWorker worker(system, desk.random, desk.database, desk.queue, client, desk.operations, settings);
    desk.clock.set(system.now());
    const std::string id = desk.take_in(1, "6000.00").front();
    const auto until = [&](const std::function<bool()>& reached) {
        for (int i = 0; i < 2000 && !reached(); ++i) {
            worker.step();
            client.wait(std::chrono::milliseconds(10));
            desk.clock.set(system.now());
        }
        CHECK(reached());
    };
    until([&] { return desk.payment(id).state == orders::PaymentState::Pending; });
    {
        const std::lock_guard lock(one_at_a_time);
        desk.buyer_pays(id);
    }
    desk.deliver_notices();
    desk.collect.process_notices(desk.clock.now());
    until([&] { return desk.payment(id).state == orders::PaymentState::Succeeded; });
    CHECK(desk.merchant() == "6000.00");
    server.stop();
}
