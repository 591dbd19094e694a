// The deal's record and its rounds of details, end to end: their order, and a bank that goes down among them.

#include <doctest/doctest.h>

#include <mutex>

#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/direct_link_desk.h"

using namespace direct_link_desk;

TEST_CASE(
    "two hundred and fifty orders go to the bank in three rounds in their order, then one deal, in GBK and UTF-8") {
    for (const Charset charset : {Charset::Gbk, Charset::Utf8}) {
        CAPTURE(to_text(charset));
        each_engine([&](TestDatabase& on) {
            ConvertDesk d(on, Way::DirectLink, charset);
            const std::vector<std::string> ids = orders_of(d, 250);
            d.run();
            const std::string post = "POST /direct-link ";
            CHECK(d.client.sent == std::vector<std::string>{post + "NTEXRQAB", post + "NTOPREXB", post + "NTPAYVEN",
                                                            post + "NTPAYVEN", post + "NTPAYVEN", post + "NTSBMEXC"});
            REQUIRE(records_at_bank(d).size() == 1);
            CHECK(records_at_bank(d)[0].rounds == 3);
            CHECK(records_at_bank(d)[0].rows_taken == 250);
            CHECK(records_at_bank(d)[0].taken_minor == d.purchase_of(ids[0]).cny.minor());
            check_bought_once(d, ids);
            CHECK(d.work_items().empty());
            CHECK(d.purchase_of(ids[0]).reference.starts_with("EXB"));
            d.bank.due(d.desk.clock.now());
            for (const flow::TakenLine& line : d.offer(d.statement({"sb-cny", "sb-usd"}))) CHECK(line.taken);
            CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
            CHECK(d.booked(ledger::provision("sb-usd", currency("USD"))) == d.at_bank("sb-usd"));
            d.check_books();
        });
    }
}

TEST_CASE("a hundred orders are one round, a hundred and one are two") {
    by_direct_link([](ConvertDesk& d) {
        std::vector<std::string> ids = orders_of(d, 100);
        d.run();
        CHECK(d.client.count(kRound) == 1);
        const std::vector<std::string> more = orders_of(d, 101);
        d.advance(60s);
        CHECK(d.client.count(kRound) == 3);
        CHECK(d.deals_sent() == 2);
    });
}

TEST_CASE("FX-02 a round that the bank took but did not answer is found by the list, never sent again, and dealt") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_silent", "NTPAYVEN", "2");
        d.run();
        CHECK(d.client.count(kRound) == 2);
        CHECK(d.deals_sent() == 0);
        d.advance(3s);
        CHECK(d.client.count(kLists) == 1);
        CHECK(d.client.count(kRound) == 3);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-02 a round that the bank never got ends in nothing: its money is free after that time, and bought anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_lost", "NTPAYVEN", "2");
        d.run();
        d.advance(200s);
        // Not found is no rejection: until the record's time is over nothing else is bought with this money.
        CHECK(d.client.count(kOpens) == 1);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Locking);
        d.advance(200s);
        CHECK(d.client.count(kOpens) == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        REQUIRE(records_at_bank(d).size() == 2);
        CHECK(records_at_bank(d)[0].rounds + records_at_bank(d)[1].rounds == 4);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-02 a record that was opened but not answered is found by the list; one that never was is opened anew") {
    for (const std::string name : {"direct_silent", "direct_lost"}) {
        CAPTURE(name);
        by_direct_link([&](ConvertDesk& d) {
            const std::vector<std::string> ids = orders_of(d, 3);
            fault(d, name, "NTOPREXB");
            d.run();
            d.advance(3s);
            CHECK(d.client.count(kOpens) == 1);
            CHECK(d.deals_sent() == (name == "direct_silent" ? 1 : 0));
            d.advance(200s);
            CHECK(d.client.count(kOpens) == 1);
            d.advance(200s);
            CHECK(d.client.count(kOpens) == (name == "direct_silent" ? 1 : 2));
            CHECK(records_at_bank(d).size() == 1);
            check_bought_once(d, ids);
        });
    }
}

TEST_CASE("the bank takes rounds in their order only, and each serial once; a refusal says nothing final") {
    by_direct_link([](ConvertDesk& d) {
        const auto ask = [&](const fx::Message& message) {
            const WireRequest wire = d.direct.write(message);
            http::Request request;
            request.method = http::Method::Post;
            REQUIRE(http::set_target(request, wire.target).ok());
            for (const auto& [name, value] : wire.headers) request.headers.set(name, value);
            request.body = wire.body;
            const http::Response response = d.bank.answer(request, d.desk.clock.now());
            WireAnswer answer{WireAnswer::Kind::Answered, response.status, {}, response.body, ""};
            for (const auto& [name, value] : response.headers.all()) answer.headers.emplace_back(name, value);
            return answer;
        };
        const Money ten = money("CNY", "10.00");
        const Date today = Date::in_shanghai(d.desk.clock.now());
        const Rate rate = *Rate::parse(currency("USD"), currency("CNY"), 100, "717.1");
        const fx::LockOrder opens{"EXB1-0", rate, "", fx::FixedSide::Cny, ten, today, "sb-cny", "sb-usd", 2};
        const fx::LockReading opened = d.direct.read_lock("EXB1-0", ask(opens), false);
        REQUIRE(opened.answer.outcome == Outcome::Confirmed);
        const std::string number = opened.answer.their_reference;
        const auto round = [&](int no, const std::string& serial) {
            const fx::DetailRound message{serial, number, no, 2, {{no, money("CNY", "5.00")}}};
            return d.direct.read_lock(serial, ask(message), false).answer;
        };
        CHECK(round(2, "EXB1-2").outcome == Outcome::Unknown);
        CHECK(round(1, "EXB1-1").outcome == Outcome::Confirmed);
        CHECK(round(1, "EXB1-1").outcome == Outcome::Unknown);
        CHECK(round(2, "EXB1-2").reason == "not carried out: 流水号重复");
        CHECK(records_at_bank(d).at(0).rows_taken == 1);
        // Half of the details is no deal.
        const fx::PurchaseOrder deals{"EXB1",          number,   fx::FixedSide::Cny, ten,
                                      currency("USD"), "sb-cny", "sb-usd",           today};
        const fx::PurchaseReading refused = d.direct.read_purchase("EXB1", ask(deals), false);
        CHECK(refused.answer.outcome == Outcome::RejectedFinal);
        CHECK(refused.answer.reason_code == "DETAIL");
    });
}

TEST_CASE("a deal that counts on another day than it was wanted for is booked as the bank says, and told") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_value_date", "");
        d.run();
        const Date wanted = Date::in_shanghai(d.desk.clock.now());
        CHECK(d.purchase_of(ids[0]).deal->value_date == wanted.plus_days(1));
        CHECK(is_told(d, "deal_value_date_differs"));
        check_bought_once(d, ids);
    });
}

TEST_CASE("a bank that cannot be reached between two rounds gets the next one when it is back, and deals") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        run_until_down_after(d, kRound);
        d.advance(10s);
        CHECK(records_at_bank(d)[0].rounds == 1);
        d.client.is_down = false;
        for (int i = 0; i < 15; ++i) d.advance(2s);
        CHECK(records_at_bank(d)[0].rounds == 3);
        CHECK(records_at_bank(d).size() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("the adapter and the sandbox's direct link agree over sockets, in GBK and UTF-8") {
    for (const Charset charset : {Charset::Gbk, Charset::Utf8}) {
        CAPTURE(to_text(charset));
        each_engine([&](TestDatabase& on) {
            ConvertDesk d(on, Way::DirectLink, charset);
            std::mutex one_at_a_time;
            http::Router router;
            router.post("/direct-link", [&](const http::Request& request, const http::PathParameters&) {
                const std::lock_guard guard(one_at_a_time);
                return d.bank.answer(request, d.desk.clock.now());
            });
            SystemClock system;
            http::Server server(system, std::move(router), {.threads = 4});
            REQUIRE(server.start().ok());
            http::CpprestClient sockets(d.desk.clock, {});
            d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));
            const std::vector<std::string> ids = orders_of(d, 120);
            for (int round = 0; round < 2000 && d.get(ids[0]).state != orders::OrderState::Converted; ++round) {
                if (d.convert.step(d.desk.clock.now()) + d.worker->step() == 0) sockets.wait(20ms);
            }
            check_bought_once(d, ids);
            d.check_books();
            server.stop();
        });
    }
}
