// Orders that one bank's limit does not carry: bought at several banks side by side, in one look.

#include <doctest/doctest.h>

#include "tests/contract/banks_desk.h"

using namespace banks_desk;

namespace {

/// Two banks that deal so much at once; the second one charges a tenth of a percent.
struct TwoBanks {
    TwoBanks(TestDatabase& on, const char* most_cheap, const char* most_dear)
        : b(on, {Kind::Rest, Kind::DirectLink}, true, 30s, terms(most_cheap, most_dear)) {
        b.run();  // what each shows is known before an order is there
    }
    static BanksDesk::Terms terms(const char* most_cheap, const char* most_dear) {
        BanksDesk::Terms made;
        made[Kind::Rest].largest_deal = money("CNY", most_cheap);
        made[Kind::DirectLink].largest_deal = money("CNY", most_dear);
        made[Kind::DirectLink].fee_basis_points = 10;
        return made;
    }
    std::vector<std::string> orders(int many) {
        std::vector<std::string> ids;
        for (int i = 0; i < many; ++i) ids.push_back(b.d.order("m" + std::to_string(i % 3), "USD", "100.00"));
        return ids;
    }
    /// By bank, those that the orders are in; an order is in one alone.
    std::map<std::string, fx::Purchase> purchases(const std::vector<std::string>& ids) {
        std::map<std::string, fx::Purchase> found;
        for (const std::string& id : ids) {
            const auto lines = b.d.lines_of(id);
            if (lines.empty()) continue;
            CHECK(lines.size() == 1);
            const fx::Purchase purchase = b.d.purchase_of(id);
            const auto known = found.emplace(purchase.bank, purchase).first;
            CHECK(known->second.id == purchase.id);
        }
        return found;
    }
    fx::QuoteStore::KeptOffers offers(const fx::Purchase& purchase) {
        std::optional<fx::QuoteStore::KeptOffers> kept;
        b.d.desk.database.read([&](db::Reader& reader) { kept = fx::QuoteStore::offers(reader, purchase.id); });
        return kept.value();
    }
    BanksDesk b;
};

const std::string kCheap = name_of(Kind::Rest);
const std::string kDear = name_of(Kind::DirectLink);

}  // namespace

TEST_CASE("thirty orders at two banks that carry 60 percent each are bought in one look, the cheaper bank first") {
    each_engine([](TestDatabase& on) {
        TwoBanks two(on, "1800.00", "1800.00");
        const std::vector<std::string> ids = two.orders(30);
        CHECK(two.b.convert.step(two.b.d.desk.clock.now()) == 2);
        const auto opened = two.purchases(ids);
        REQUIRE(opened.size() == 2);
        CHECK(opened.at(kCheap).cny == money("CNY", "1800.00"));
        CHECK(opened.at(kDear).cny == money("CNY", "1200.00"));
        CHECK(two.b.held() == money("CNY", "3000.00"));

        // The first paid have the better price, and each part says what it was chosen from.
        CHECK(two.b.d.purchase_of(ids.front()).bank == kCheap);
        const auto cheap = two.offers(opened.at(kCheap));
        CHECK(cheap.cny == money("CNY", "1800.00"));
        REQUIRE(cheap.offers.size() == 2);
        CHECK(cheap.offers[0].quote.bank == kCheap);
        CHECK(cheap.offers[1].unfit == fx::Unfit::No);
        const auto dear = two.offers(opened.at(kDear));
        CHECK(dear.cny == money("CNY", "1200.00"));
        REQUIRE(dear.offers.size() == 2);
        CHECK(dear.offers[0].quote.bank == kDear);
        CHECK(dear.offers[1].quote.bank == kCheap);
        CHECK(dear.offers[1].foreign > dear.offers[0].foreign);
        CHECK(dear.offers[1].unfit == fx::Unfit::Used);

        REQUIRE(two.b.buys(ids.back()));
        for (const std::string& id : ids) CHECK(two.b.d.get(id).state == orders::OrderState::Converted);
        CHECK(two.b.deals().size() == 2);
        CHECK(two.b.doors.count(Step::Deal) == 2);
        two.b.d.check_books();
    });
}

TEST_CASE("FX-10 what several banks buy in one look is never more than the account that pays them has free") {
    each_engine([](TestDatabase& on) {
        TwoBanks two(on, "1800.00", "1800.00");
        const std::vector<std::string> ids = two.orders(30);
        // Of the 3000.00 at the bank, somebody else has spoken for 950.00.
        REQUIRE(two.b.d.desk
                    .hold({{ledger::provision("sb-cny", currency("CNY")), money("CNY", "950.00"), "remittance", "r1"}})
                    .ok());
        two.b.run();
        const auto opened = two.purchases(ids);
        REQUIRE(opened.size() == 2);
        CHECK(opened.at(kCheap).cny + opened.at(kDear).cny == money("CNY", "2000.00"));
        CHECK(two.b.d.desk.balance(ledger::provision("sb-cny", currency("CNY"))).available() == money("CNY", "50.00"));
        two.b.d.check_books();
    });
}

TEST_CASE("a bank that refuses its part costs the other's nothing, and its orders are bought for anew") {
    each_engine([](TestDatabase& on) {
        TwoBanks two(on, "1800.00", "1800.00");
        const std::vector<std::string> ids = two.orders(30);
        two.b.fault("fx_reject");
        two.b.run();
        CHECK(two.b.deals().size() == 1);
        REQUIRE(two.b.buys(ids.front()));
        REQUIRE(two.b.buys(ids.back()));
        CHECK(two.b.deals().size() == 2);
        std::int64_t bought = 0;
        for (const std::string& id : ids) bought += two.b.d.get(id).amounts.bought.minor();
        std::int64_t dealt = 0;
        for (const bank::FxDealRow& deal : two.b.deals()) dealt += deal.foreign_minor;
        CHECK(bought == dealt);
        two.b.d.check_books();
    });
}

TEST_CASE("orders that one bank carries are one deal, however many banks there are") {
    each_engine([](TestDatabase& on) {
        TwoBanks two(on, "3000.00", "3000.00");
        const std::vector<std::string> ids = two.orders(30);
        two.b.run();
        CHECK(two.purchases(ids).size() == 1);
        CHECK(two.b.deals().size() == 1);
    });
}

TEST_CASE("an agreed price that only the cheaper bank meets waits for it, and is not looked at for the dearer part") {
    each_engine([](TestDatabase& on) {
        TwoBanks two(on, "100.00", "100.00");
        const std::vector<std::string> ids = two.orders(2);
        two.b.d.agree_on_price(ids.back(), std::chrono::minutes(30), "hold", "6.0000");
        CHECK(two.b.convert.step(two.b.d.desk.clock.now()) == 1);
        CHECK(two.b.d.lines_of(ids.front()).size() == 1);
        CHECK(two.b.d.lines_of(ids.back()).empty());
        CHECK(orders::waiting_of(two.b.d.get(ids.back())) == orders::Waiting::Convert);
    });
}
