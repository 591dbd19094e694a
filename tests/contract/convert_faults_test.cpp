#include <doctest/doctest.h>

#include "fx/quote_store.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

bool has(const std::vector<std::string>& kinds, std::string_view kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

TEST_CASE("PAY-01 FX-05 a purchase that the bank made but did not answer is only queried, and booked once") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_after_effect", 1, "/v1/fx/purchases");
        d.run();
        const fx::Purchase purchase = d.purchase_of(id);
        CHECK(purchase.state == fx::PurchaseState::Unknown);
        CHECK(d.get(id).state == orders::OrderState::Converting);
        CHECK(d.held(ledger::merchant("m1", currency("CNY"))) == money("CNY", "100.00"));
        // Its money is bound: nothing else is bought with it.
        d.advance(5s);
        CHECK(d.client.count("POST /v1/fx/purchases") == 1);
        d.advance(120s);
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Dealt);
        CHECK(d.client.count("POST /v1/fx/purchases") == 1);
        CHECK(d.client.count("GET /v1/fx/purchases") >= 1);
        CHECK(d.get(id).state == orders::OrderState::Converted);
        d.check_books();
    });
}

TEST_CASE(
    "XCT-07 a purchase that the bank never got is unknown: not found is no rejection, and nothing is sent again") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_before_effect", 1, "/v1/fx/purchases");
        d.run();
        for (int hours = 0; hours < 8; ++hours) d.advance(3600s);
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Unknown);
        CHECK(d.client.count("POST /v1/fx/purchases") == 1);
        CHECK(d.client.count("GET /v1/fx/purchases") == 8);
        CHECK(d.escalations.told == std::vector<std::string>{"fx.purchase"});
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "100.00"));
        d.check_books();
    });
}

TEST_CASE(
    "FX-02 a lock whose outcome is never known lapses after its longest life, and only then is another asked for") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_before_effect", 1, "/v1/fx/locks");
        d.run();
        CHECK(d.client.count("POST /v1/fx/locks") == 1);
        d.advance(200s);
        CHECK(d.client.count("POST /v1/fx/locks") == 1);
        CHECK(d.get(id).state == orders::OrderState::Converting);
        d.advance(200s);
        CHECK(d.client.count("POST /v1/fx/locks") == 2);
        CHECK(d.get(id).state == orders::OrderState::Converted);
        CHECK(d.lines_of(id).size() == 2);
        CHECK(d.lines_of(id)[0].back == money("CNY", "100.00"));
        d.check_books();
    });
}

TEST_CASE("FX-02 a lock that was given but not answered is found by query and used") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_after_effect", 1, "/v1/fx/locks");
        d.run();
        d.advance(3s);
        CHECK(d.client.count("POST /v1/fx/locks") == 1);
        CHECK(d.client.count("GET /v1/fx/locks") == 1);
        CHECK(d.get(id).state == orders::OrderState::Converted);
    });
}

TEST_CASE("FX-03 an expired lock is a final rejection: nothing is lost, and a new quote is asked for") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("fx_lock_expires");
        d.run();
        d.advance(60s);
        REQUIRE(d.lines_of(id).size() == 2);
        CHECK(d.lines_of(id)[0].back == money("CNY", "100.00"));
        CHECK(d.client.count("POST /v1/fx/purchases") == 2);
        CHECK(d.client.count("GET /v1/fx/rates") == 2);
        CHECK(d.get(id).state == orders::OrderState::Converted);
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Dealt);
        CHECK(d.held(ledger::merchant("m1", currency("CNY"))).is_zero());
        d.check_books();
    });
}

TEST_CASE("FX-03 a lock confirmed at a rate worse than its quote is not used, and a person is told") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("fx_lock_rate");
        d.run();
        CHECK(d.client.count("POST /v1/fx/purchases") == 0);
        CHECK(has(d.work_items(), "lock_rate_differs"));
        CHECK(d.get(id).state == orders::OrderState::Funded);
        d.advance(60s);
        CHECK(d.get(id).state == orders::OrderState::Converted);
    });
}

TEST_CASE("a bank that cannot be reached for hours is asked for its rates by one call, not by one each time") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.client.is_down = true;
        const Instant since = d.desk.clock.now();
        const auto asked_in_vain_since = [&] {
            Instant found{};
            d.desk.database.read([&](db::Reader& reader) {
                const std::string bank = "sandbox-bank";
                found = fx::QuoteStore::boards(reader, std::span(&bank, 1)).at(0).unanswered_since;
            });
            return found;
        };
        for (int minute = 0; minute < 60; ++minute) d.advance(60s);
        // From the first time on, however often it was asked since; and over with its answer.
        CHECK(asked_in_vain_since() == since + 60s);
        std::int64_t calls = 0;
        d.desk.database.read([&](db::Reader& reader) {
            calls =
                reader.select({"SELECT COUNT(*) FROM external_call WHERE operation = 'fx.rates'", "i"}).integer(0, 0);
        });
        CHECK(calls == 1);
        d.client.is_down = false;
        const std::size_t tried = d.client.count("GET /v1/fx/rates");
        for (int minute = 0; minute < 12; ++minute) d.advance(60s);
        CHECK(d.get(id).state == orders::OrderState::Converted);
        CHECK(d.client.count("GET /v1/fx/rates") <= tried + 2);
        CHECK(asked_in_vain_since() == Instant{});
        d.check_books();
    });
}

TEST_CASE("a bank that refuses a lock or a purchase costs nobody anything") {
    each_engine([](TestDatabase& on) {
        for (const char* fault : {"fx_stale_rate", "fx_reject"}) {
            CAPTURE(fault);
            TestDatabase fresh = TestDatabase::fresh(on.engine());
            ConvertDesk d(fresh);
            const std::string id = d.order("m1", "KWD", "100.00");
            d.fault(fault);
            d.run();
            CHECK(d.get(id).state == orders::OrderState::Funded);
            CHECK(d.desk.balance(ledger::provision("sb-cny", currency("CNY"))).available() == money("CNY", "100.00"));
            d.advance(60s);
            CHECK(d.get(id).state == orders::OrderState::Converted);
            d.check_books();
        }
    });
}

TEST_CASE(
    "FX-06 a partial fill buys for the first orders; the rest is a new instruction, and all is bought in the end") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string first = d.order("m1", "USD", "60.00");
        const std::string second = d.order("m2", "USD", "100.00");
        const std::string third = d.order("m3", "USD", "40.00");
        d.fault("fx_partial");
        d.run();
        CHECK(d.get(first).state == orders::OrderState::Converted);
        CHECK(d.get(second).amounts.converted == money("CNY", "40.00"));
        CHECK(d.get(second).amounts.convertible() == money("CNY", "60.00"));
        CHECK(d.get(third).amounts.converted.is_zero());
        // The provision account is held for the leg of what was dealt, and no more.
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "100.00"));
        d.check_books();
        d.advance(60s);
        CHECK(d.deals_sent() == 2);
        CHECK(d.get(third).state == orders::OrderState::Converted);
        // An order is bought whole before any of it is remitted.
        for (const std::string& id : {first, second, third}) CHECK(d.get(id).amounts.convertible().is_zero());
        CHECK(d.lines_of(second).size() == 2);
        CHECK(d.work_items().empty());
        d.check_books();
    });
}

TEST_CASE("FX-06 what a partial fill leaves and no bank deals in goes with the merchant's next order") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "JPY", "0.15");
        d.fault("fx_partial");
        d.run();
        CHECK(d.get(id).amounts.converted == money("CNY", "0.07"));
        CHECK(d.get(id).amounts.rest == money("CNY", "0.08"));
        CHECK(d.get(id).amounts.bought == money("JPY", "1"));
        CHECK(d.get(id).state == orders::OrderState::Converted);
        d.advance(60s);
        CHECK(d.deals_sent() == 1);
        d.check_books();
        const std::string next = d.order("m1", "JPY", "100.00");
        d.advance(60s);
        REQUIRE(d.lines_of(next).size() == 1);
        CHECK(d.lines_of(next)[0].put_in == money("CNY", "100.08"));
        CHECK(d.get(next).state == orders::OrderState::Converted);
        d.check_books();
    });
}

TEST_CASE("a bank that fills half of what comes to nothing by halves fills it whole, and takes no money for nothing") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "JPY", "0.08");
        d.fault("fx_partial");
        d.run();
        CHECK(d.get(id).amounts.bought == money("JPY", "1"));
        CHECK(d.get(id).state == orders::OrderState::Converted);
        CHECK(d.work_items().empty());
        d.check_books();
    });
}

TEST_CASE("FX-06 LED-10 a partial fill while payouts are stopped keeps the money of its leg held") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const Currency cny = currency("CNY");
        const std::string first = d.order("m1", "USD", "60.00");
        const std::string second = d.order("m2", "USD", "140.00");
        d.fault("fx_partial");
        for (int round = 0; round < 50 && d.get(first).state != orders::OrderState::Converting; ++round) {
            d.convert.step(d.desk.clock.now());
            d.worker->step();
        }
        REQUIRE(d.get(first).state == orders::OrderState::Converting);
        REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.stop_payouts(group, cny, "a test"); }).ok());
        d.run();
        REQUIRE(d.purchase_of(first).state == fx::PurchaseState::Dealt);
        CHECK(d.purchase_of(first).deal->cny == money("CNY", "100.00"));
        CHECK(d.held(ledger::provision("sb-cny", cny)) == money("CNY", "100.00"));
        CHECK_FALSE(d.purchase_of(first).provision_hold.empty());
        d.check_books();
        d.bank.due(d.desk.clock.now());
        d.offer(d.statement({"sb-cny", "sb-usd"}));
        CHECK(d.held(ledger::provision("sb-cny", cny)).is_zero());
        d.check_books();
    });
}

TEST_CASE("FX-07 an over-fill is booked as the bank reports, and what is beyond the order is in dispute") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "USD", "1000.00");
        d.fault("fx_over_fill");
        d.run();
        const fx::Purchase purchase = d.purchase_of(id);
        CHECK(purchase.deal->cny == money("CNY", "2000.00"));
        CHECK(d.get(id).amounts.converted == money("CNY", "1000.00"));
        CHECK(d.booked(ledger::suspense_debit(currency("CNY"))) == money("CNY", "1000.00"));
        // More than is there cannot be held; what was held for the order stays so until the leg settles.
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "1000.00"));
        CHECK(d.booked(ledger::suspense(currency("USD"))) == purchase.deal->foreign - d.get(id).amounts.bought);
        CHECK(has(d.work_items(), "deal_differs"));
        d.check_books();
    });
}

TEST_CASE("FX-07 a deal at a worse rate than locked: orders pay the locked rate, the rest is in dispute") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "USD", "1000.00");
        d.fault("fx_other_rate");
        d.run();
        const fx::Purchase purchase = d.purchase_of(id);
        const Money disputed = d.booked(ledger::suspense_debit(currency("CNY")));
        CHECK(disputed.is_positive());
        CHECK(d.get(id).amounts.bought == purchase.deal->foreign);
        CHECK(d.get(id).amounts.converted + disputed == money("CNY", "1000.00"));
        CHECK(has(d.work_items(), "deal_differs"));
        d.check_books();
    });
}

TEST_CASE("FX-09 a board that jumps is refused until a person accepts it") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string first = d.order("m1", "USD", "100.00");
        d.run();
        CHECK(d.get(first).state == orders::OrderState::Converted);
        const auto accept = [&d](const std::string& quote) {
            return d.convert.accept_rate({"sandbox-bank", currency("USD"), quote, "opr_1"});
        };
        const auto latest = [&d] {
            std::string quote;
            d.desk.database.read([&](db::Reader& reader) {
                const std::vector<std::string> id{fx::board_id("sandbox-bank", currency("USD"))};
                quote = fx::QuoteStore::boards(reader, id).at(0).quote_id;
            });
            return quote;
        };
        CHECK(accept(latest()).error().code == &flow::convert_error::kNoRefusedQuote);
        const std::string second = d.order("m1", "USD", "100.00");
        d.fault("fx_jump", -1);
        d.advance(60s);
        CHECK(d.get(second).state == orders::OrderState::Funded);
        CHECK(d.client.count("POST /v1/fx/locks") == 1);
        const std::size_t waiting = d.work_items().size();
        CHECK(waiting == 6);  // one a currency of the board
        const std::string seen = latest();
        d.advance(60s);
        CHECK(d.work_items().size() == waiting);
        CHECK(latest() != seen);
        REQUIRE(accept(seen).ok());
        CHECK(d.work_items().size() == waiting - 1);
        d.advance(60s);
        // The board is at the accepted level now, so a lock is asked for. The bank refuses it: the jump was a fault of
        // its board alone.
        CHECK(d.client.count("POST /v1/fx/locks") == 2);
        CHECK(d.get(second).state == orders::OrderState::Funded);
    });
}

TEST_CASE("XCT-06 an outage, or a bank that is down, changes nothing but time") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "USD", "100.00");
        d.client.is_down = true;
        d.run();
        d.advance(30s);
        CHECK(d.get(id).state == orders::OrderState::Funded);
        d.client.is_down = false;
        d.fault("outage", 2);
        for (int i = 0; i < 20; ++i) d.advance(30s);
        CHECK(d.get(id).state == orders::OrderState::Converted);
        d.check_books();
    });
}

TEST_CASE("the bank's desk is closed on a Chinese holiday and on weekends: nothing is asked for") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        d.desk.clock.set(parse_rfc3339("2026-11-21T02:00:00Z").value());
        const std::string id = d.order("m1", "USD", "100.00");
        d.run();
        CHECK(d.client.sent.empty());
        d.desk.clock.set(parse_rfc3339("2026-11-23T02:00:00Z").value());
        d.run();
        CHECK(d.get(id).state == orders::OrderState::Converted);
    });
}
