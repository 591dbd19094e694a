// Deals at the rate of the moment, end to end: prices that move before them, and answers that cannot be believed.

#include <doctest/doctest.h>

#include "tests/contract/direct_link_desk.h"

using namespace direct_link_desk;

TEST_CASE("FX-03 when the rounds took longer than the price stands, nothing is dealt at it: compared and opened anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        run_until_down_after(d, kRound);
        for (int i = 0; i < 10; ++i) d.advance(10s);
        d.client.is_down = false;
        for (int i = 0; i < 30; ++i) d.advance(4s);
        CHECK(d.client.count(kOpens) == 2);
        REQUIRE(records_at_bank(d).size() == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-03 FX-09 a price that is worse by more than the tolerance when the bank could deal is not ordered") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        run_until_down_after(d, kOpens);
        show_newer_price(d, 11);
        d.client.is_down = false;
        d.advance(2s);
        CHECK(d.client.count(kRound) >= 1);
        CHECK(d.deals_sent() == 0);
        CHECK(deals_at_bank(d).empty());
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        d.advance(70s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a price that is worse within the tolerance, or better, is dealt at") {
    for (const std::int64_t basis_points : {9, -50}) {
        CAPTURE(basis_points);
        by_direct_link([&](ConvertDesk& d) {
            const std::vector<std::string> ids = orders_of(d, 3);
            run_until_down_after(d, kOpens);
            show_newer_price(d, basis_points);
            d.client.is_down = false;
            d.advance(2s);
            check_bought_once(d, ids);
            CHECK(d.client.count(kOpens) == 1);
            CHECK(d.work_items().empty());
        });
    }
}

TEST_CASE(
    "a deal at the rate of the moment, a little off the compared one, is the orders' whole, and none is in dispute") {
    const bank::PriceBook prices = shipped_prices();
    for (const bool is_worse : {true, false}) {
        CAPTURE(is_worse);
        by_direct_link([&](ConvertDesk& d) {
            // A minute after which the bank's price moves that way, by less than the tolerance.
            std::int64_t minute = to_us(d.desk.clock.now()) / 60'000'000;
            const auto moves = [&] {
                const std::int64_t from = prices.price("USD", minute)->selling_e4;
                const std::int64_t to = prices.price("USD", minute + 1)->selling_e4;
                return (is_worse ? to > from : to < from) && std::abs(to - from) < from / 1000;
            };
            for (int tries = 0; tries < 300 && !moves(); ++tries) ++minute;
            REQUIRE(moves());
            d.desk.clock.set(from_us(minute * 60'000'000) + 45s);
            const std::vector<std::string> ids{d.order("m1", "USD", "90000.00"), d.order("m2", "USD", "70000.37")};
            run_until_down_after(d, kOpens);
            d.advance(16s);
            d.client.is_down = false;
            for (int i = 0; i < 6; ++i) d.advance(4s);
            const fx::Purchase purchase = d.purchase_of(ids[0]);
            REQUIRE(purchase.deal.has_value());
            CHECK((purchase.deal->rate.rate_e10() > compared_rate(d).rate_e10()) == is_worse);
            const Money at_compared = convert(purchase.deal->cny, compared_rate(d), Rounding::Down).value();
            CHECK((purchase.deal->foreign < at_compared) == is_worse);
            CHECK(purchase.deal->foreign != at_compared);
            check_bought_once(d, ids);
            CHECK(d.work_items().empty());
            CHECK(d.booked(ledger::suspense_debit(currency("CNY"))).is_zero());
            CHECK(d.booked(ledger::suspense(currency("USD"))).is_zero());
        });
    }
}

TEST_CASE("FX-03 an order to deal that cannot leave while the price stands is withdrawn, and its money is free") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        run_until_down_after(d, kRound);
        REQUIRE(d.purchase_of(ids[0]).state == fx::PurchaseState::Ordered);
        for (int i = 0; i < 7; ++i) d.advance(10s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Rejected);
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        CHECK(deals_at_bank(d).empty());
        d.client.is_down = false;
        for (int i = 0; i < 30; ++i) d.advance(10s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-03 an order to deal never leaves behind the end of the price, though nobody has withdrawn it yet") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        run_until_down_after(d, kRound);
        REQUIRE(d.purchase_of(ids[0]).state == fx::PurchaseState::Ordered);
        const std::size_t tried = d.deals_sent();
        // The bank is back when the price is over, and the call's worker is the first to wake.
        d.desk.clock.advance(70s);
        d.client.is_down = false;
        d.run_calls();
        CHECK(d.deals_sent() == tried);
        CHECK(deals_at_bank(d).empty());
        d.run();
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("PAY-01 FX-05 a deal that the bank made but did not answer is found by the list, and booked once") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_silent", "NTSBMEXC");
        d.run();
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        d.advance(70s);
        CHECK(d.deals_sent() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("XCT-07 an order to deal that the bank never got is only queried, until the bank says that it expired") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_lost", "NTSBMEXC");
        d.run();
        for (int i = 0; i < 4; ++i) d.advance(60s);
        CHECK(d.deals_sent() == 1);
        CHECK(d.get(ids[0]).state == orders::OrderState::Converting);
        for (int i = 0; i < 20; ++i) d.advance(60s);
        CHECK(d.deals_sent() == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a deal that stays under way, in whatever state, keeps its money held and is dealt once it is done") {
    for (const std::string state : {"NTE", "AUT", "WCF", "BNK", "APD", "OPR", "ACK", "ODD"}) {
        CAPTURE(state);
        by_direct_link([&](ConvertDesk& d) {
            const std::vector<std::string> ids = orders_of(d, 3);
            fault(d, "direct_stays", "", "", R"({"state":")" + state + R"("})");
            d.run();
            for (int i = 0; i < 5; ++i) d.advance(600s);
            const bool is_known = state != "OPR" && state != "ACK" && state != "ODD";
            CHECK(d.purchase_of(ids[0]).state == (is_known ? fx::PurchaseState::Accepted : fx::PurchaseState::Unknown));
            CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == d.purchase_of(ids[0]).cny);
            CHECK(d.deals_sent() == 1);
            for (int i = 0; i < 12; ++i) d.advance(600s);
            CHECK(d.deals_sent() == 1);
            check_bought_once(d, ids);
        });
    }
}

TEST_CASE("a deal that is rejected after it was accepted gives its money back, and is bought anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_rejects_later", "");
        d.run();
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Accepted);
        for (int i = 0; i < 3; ++i) d.advance(60s);
        CHECK(deals_at_bank(d, "rejected").size() == 1);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a round that the bank said it took and dropped makes it refuse the deal: nothing is lost") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_drops_round", "", "3");
        d.run();
        REQUIRE(deals_at_bank(d, "rejected").size() == 1);
        CHECK(deals_at_bank(d, "rejected")[0].code == "DETAIL");
        d.advance(70s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a serial that the bank says it has seen says nothing of the round: the money is free after its time") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_serial", "NTPAYVEN");
        d.run();
        d.advance(200s);
        CHECK(d.get(ids[0]).state == orders::OrderState::Converting);
        CHECK(d.client.count(kRound) == 1);
        d.advance(200s);
        check_bought_once(d, ids);
    });
}

TEST_CASE(
    "FX-08 a list that shows two deals of one reference books neither, stops that currency's payouts and is told") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_silent", "NTSBMEXC");
        fault(d, "direct_twice", "", "", "{}", -1);
        d.run();
        d.advance(70s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        CHECK(is_told(d, "several_deals"));
        CHECK(d.booked(ledger::provision("sb-usd", currency("USD"))).is_zero());
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == d.purchase_of(ids[0]).cny);
        const std::size_t items = d.work_items().size();
        d.advance(300s);
        CHECK(d.work_items().size() == items);
        d.desk.database.read([&](db::Reader& reader) { CHECK(d.desk.books.stopped_payouts(reader).contains("USD")); });
    });
}

TEST_CASE("bytes that do not decode are refused with the reason and kept as evidence, and nothing is dealt by them") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_encoding", "NTEXRQAB");
        d.run();
        CHECK(d.client.count(kOpens) == 0);
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        constexpr db::Select kAnswers{"SELECT COUNT(*) FROM call_answer", "i"};
        constexpr db::Select kReasons{"SELECT reason_code, reason FROM instruction WHERE operation = 'fx.rates'", "tt"};
        d.desk.database.read([&](db::Reader& reader) {
            CHECK(reader.select(kAnswers).integer(0, 0) == 1);
            const db::Found said = reader.select(kReasons);
            REQUIRE(said.size() == 1);
            CHECK(said.text(0, 0) == "undecodable_text");
            CHECK(said.text(0, 1).find("GBK at byte") != std::string::npos);
        });
        fault(d, "direct_encoding", "NTSBMEXC");
        d.advance(20s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        d.advance(70s);
        CHECK(d.deals_sent() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-09 a board that jumps is refused, and what was compared before it is not dealt at either") {
    by_direct_link([](ConvertDesk& d) {
        const std::string first = orders_of(d, 1)[0];
        d.run();
        REQUIRE(d.get(first).state == orders::OrderState::Converted);
        const std::string second = d.order("m1", "USD", "100.00");
        d.fault("fx_jump", -1);
        d.advance(60s);
        CHECK(d.get(second).state == orders::OrderState::Funded);
        CHECK(is_told(d, "rate_refused"));
        CHECK(d.client.count(kOpens) == 1);
        CHECK(deals_at_bank(d).size() == 1);
    });
}
