// Deals on the telephone beside the other prices of their moment: what orders agreed on, and what banks showed.

#include "tests/contract/phone_desk.h"

using namespace phone_desk;

TEST_CASE("a deal on the telephone takes no order whose agreed price is better than the one on the telephone") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string better = d.order("m1", "USD", "60.00");
        const std::string free = d.order("m2", "USD", "100.00");
        d.agree_on_price(better, std::chrono::minutes(10), "hold", "6.0000");
        const auto recorded = d.record(d.call(money("CNY", "100.00")));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        CHECK(d.get(better).amounts.converting.is_zero());
        CHECK_MESSAGE(orders::waiting_of(d.get(better)) == orders::Waiting::Convert, "its price may be had elsewhere");
        CHECK(d.get(free).amounts.converting == money("CNY", "100.00"));
        d.check_books();
    });
}

TEST_CASE("a deal on the telephone takes no order whose agreed price is over") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string over = d.order("m1", "USD", "60.00");
        const std::string free = d.order("m2", "USD", "100.00");
        d.agree_on_price(over, std::chrono::seconds(1));
        d.desk.clock.advance(std::chrono::seconds(1));
        const auto refused = d.record(d.call(money("CNY", "160.00")));
        REQUIRE(refused->error.has_value());
        CHECK(refused->error->code == &flow::phone_error::kPriceOver);
        const auto recorded = d.record(d.call(money("CNY", "100.00")));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        CHECK(d.get(over).amounts.converting.is_zero());
        CHECK(orders::waiting_of(d.get(over)) == orders::Waiting::Quote);
        CHECK(d.get(free).amounts.converting == money("CNY", "100.00"));
        d.check_books();
    });
}

TEST_CASE("best execution: what the banks showed when a deal on the telephone was recorded is kept beside it") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        (void)d.order("m1", "USD", "200.00");
        const auto recorded = d.record(d.call(money("CNY", "150.00")));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        std::optional<fx::QuoteStore::KeptOffers> kept;
        d.desk.database.read(
            [&](db::Reader& reader) { kept = fx::QuoteStore::offers(reader, recorded->deal->purchase_id); });
        REQUIRE(kept.has_value());
        CHECK(kept->cny == money("CNY", "150.00"));
        REQUIRE(kept->offers.size() == 1);
        CHECK(kept->offers[0].quote.bank == "sandbox-bank");
        CHECK(kept->offers[0].foreign.is_positive());
    });
}

TEST_CASE("a call that does not fit is not recorded, and what was told is kept with the reason until it is") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "100.00");
        const auto kept = [&] {
            std::map<std::string, std::string> open;
            d.desk.database.read(
                [&](db::Reader& reader) { open = operators::WorkItems().open_of(reader, flow::kPhoneDealRefused); });
            return open;
        };
        const fx::PhoneCall told = d.call(money("CNY", "50.00"));
        CHECK(d.refused(told, "opr_b") == "may_not_make");  // nothing of it counts
        CHECK(kept().empty());
        fx::PhoneCall off = told;
        off.price = PhoneDesk::price("7.9");
        CHECK(d.refused(off) == "phone_price_off_mid");
        CHECK(d.refused(off) == "phone_price_off_mid");
        REQUIRE(kept().size() == 1);
        const std::string text = kept().begin()->second;
        CHECK(kept().begin()->first == "phone-bank|REC-77");
        for (const char* part : {"opr_a", "phone-bank", "7.9", "CNY 50.00", "REC-77", "basis points from the mid"})
            CHECK_MESSAGE(text.find(part) != std::string::npos, part);
        CHECK_MESSAGE(text.find(told.dealer) == std::string::npos, "a name is stored sealed alone");
        fx::PhoneCall another = told;
        another.recording = "REC-78";
        another.amount = money("CNY", "100.01");
        CHECK(d.refused(another) == "phone_deal_not_collected");
        CHECK(kept().size() == 2);

        CHECK(d.refused(told) == "recorded");
        REQUIRE(kept().size() == 1);
        CHECK(kept().begin()->first == "phone-bank|REC-78");
        CHECK(d.refused(told) == "phone_deal_same_call");
        CHECK(kept().size() == 1);
        // Of the same size, and told of another recording: the bank may have dealt twice.
        fx::PhoneCall second = told;
        second.recording = "REC-79";
        CHECK(d.refused(second).starts_with("phone_deal_"));
        CHECK(kept().contains("phone-bank|REC-79"));
        d.check_books();
    });
}
