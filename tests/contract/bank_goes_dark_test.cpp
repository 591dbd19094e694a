// A bank that nobody reaches any more in the midst of a purchase, by every kind of bank and at every step: what becomes
// of the money, where the orders are bought for, and what happens when the bank is back.

#include <doctest/doctest.h>

#include "adapters/sandbox/bank/direct_link_records.h"
#include "tests/contract/banks_desk.h"

using namespace banks_desk;

namespace {

/// All three kinds, that one far the cheapest; every board was asked before an order is there.
struct Market {
    Market(TestDatabase& on, Kind cheapest) : b(on, {kKinds.begin(), kKinds.end()}, true, 30s, dear_but(cheapest)) {}

    static BanksDesk::Terms dear_but(Kind cheapest) {
        BanksDesk::Terms terms;
        for (const Kind kind : kKinds) terms[kind].fee_basis_points = kind == cheapest ? 0 : 50;
        return terms;
    }

    [[nodiscard]] std::size_t reached(Kind kind, Step step) const {
        std::size_t count = 0;
        for (const Doors::Said& said : b.doors.all(step)) count += said.kind == kind ? 1 : 0;
        return count;
    }
    /// Until the order is bought for somewhere; how long it took.
    std::chrono::seconds buy(const std::string& order, std::chrono::seconds at_most) {
        const Instant from = b.d.desk.clock.now();
        while (b.d.get(order).state != orders::OrderState::Converted && b.d.desk.clock.now() - from < at_most)
            b.advance(5s);
        return std::chrono::floor<std::chrono::seconds>(b.d.desk.clock.now() - from);
    }
    fx::Purchase first_purchase(const std::string& order) {
        std::optional<fx::Purchase> found;
        const std::string id = b.d.lines_of(order).front().purchase_id;
        b.d.desk.database.read([&](db::Reader& reader) { found = fx::PurchaseStore::find(reader, id); });
        return found.value();
    }

    BanksDesk b;
};

template <class Scenario>
void each_dark(const Scenario& scenario) {
    for (const Kind dark : kKinds) {
        CAPTURE(name_of(dark));
        each_engine([&](TestDatabase& on) {
            Market market(on, dark);
            scenario(market, dark);
            market.b.d.check_books();
        });
    }
}

}  // namespace

TEST_CASE("a bank that goes dark once its price is kept is given up when that price is over: bought at another, once") {
    each_dark([](Market& market, Kind dark) {
        BanksDesk& b = market.b;
        b.run();
        b.doors.down = {dark};
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.run();
        REQUIRE(b.d.purchase_of(id).bank == name_of(dark));
        const Instant price_ends = b.quotes().at(fx::board_id(name_of(dark), currency("USD"))).valid_until;
        const auto left = std::chrono::ceil<std::chrono::seconds>(price_ends - b.d.desk.clock.now());
        CHECK(market.buy(id, 600s) <= left + 10s);
        CHECK(market.first_purchase(id).state == fx::PurchaseState::Withdrawn);
        CHECK(b.d.lines_of(id).size() == 2);
        CHECK(b.d.purchase_of(id).bank != name_of(dark));
        check_dealt_once(b, id);

        // Back, and the first to wake is who sends: nothing is asked for by a price that is over.
        b.doors.down.clear();
        for (int i = 0; i < 5; ++i) b.advance(60s);
        CHECK(market.reached(dark, Step::Lock) == 0);
        CHECK(market.reached(dark, Step::Deal) == 0);
        CHECK(b.deals().size() == 1);
        CHECK(b.held() == b.d.purchase_of(id).deal->cny);
    });
}

TEST_CASE("a bank that is back before its kept price is over is asked for it then, and dealt with, once") {
    each_dark([](Market& market, Kind dark) {
        BanksDesk& b = market.b;
        b.run();
        b.doors.down = {dark};
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.run();
        b.advance(10s);
        b.doors.down.clear();
        CHECK(market.buy(id, 40s) <= 40s);
        CHECK(b.d.lines_of(id).size() == 1);
        CHECK(b.d.purchase_of(id).bank == name_of(dark));
        check_dealt_once(b, id);
    });
}

TEST_CASE("a bank that goes dark while boards are asked is waited for some seconds; bought at what the others say") {
    for (const bool is_lost : {false, true}) {
        CAPTURE(is_lost);
        each_dark([is_lost](Market& market, Kind dark) {
            BanksDesk& b = market.b;
            b.run();
            b.advance(400s);  // what was shown before is over
            b.doors.down = {kKinds.begin(), kKinds.end()};
            b.advance(400s);
            b.doors.down.clear();
            if (is_lost) {
                // The question reaches the bank, and no answer comes.
                b.doors.changes = Step::Rates;
                b.doors.liar = dark;
                b.doors.change = [](const std::string&) { return std::string(); };
            } else {
                b.doors.down = {dark};
            }
            const std::string id = b.d.order("m1", "USD", "100.00");
            CHECK(market.buy(id, 60s) <= 30s);
            const fx::Purchase purchase = b.d.purchase_of(id);
            CHECK(purchase.bank != name_of(dark));
            b.d.desk.database.read([&](db::Reader& reader) {
                const auto kept = fx::QuoteStore::offers(reader, purchase.id);
                REQUIRE(kept.has_value());
                for (const fx::Offer& offer : kept->offers)
                    CHECK((offer.quote.bank != name_of(dark) || offer.unfit == fx::Unfit::TooOld));
            });
            check_dealt_once(b, id);
            // What it says when it is back is known, and buys nothing more.
            b.doors.down.clear();
            b.doors.changes.reset();
            b.advance(600s);
            CHECK(b.quotes().at(fx::board_id(name_of(dark), currency("USD"))).valid_until > b.d.desk.clock.now());
            CHECK(b.deals().size() == 1);
        });
    }
}

TEST_CASE("PAY-01 a bank dark for hours behind the order to deal keeps that money held; other orders are bought for") {
    each_dark([](Market& market, Kind dark) {
        BanksDesk& b = market.b;
        b.run();
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.doors.is_lost = Step::Deal;
        b.doors.down_after = Step::Deal;
        b.run();
        REQUIRE(b.d.purchase_of(id).bank == name_of(dark));
        CHECK(b.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        const std::string other = b.d.order("m2", "USD", "200.00");
        CHECK(market.buy(other, 300s) < 300s);
        for (int i = 0; i < 12; ++i) b.advance(600s);
        CHECK(b.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        CHECK(b.d.lines_of(id).size() == 1);
        CHECK(b.held() == money("CNY", "300.00"));
        CHECK(b.d.purchase_of(other).bank != name_of(dark));

        b.doors.down.clear();
        REQUIRE(b.buys(id, 600s));
        CHECK(market.reached(dark, Step::Deal) == 1);
        CHECK(b.deals().size() == 2);
        CHECK(b.d.lines_of(id).size() == 1);
    });
}

TEST_CASE("a direct link that goes dark behind round k of n goes on with the next one in its order once it is back") {
    for (const int taken : {0, 1, 2, 3}) {
        CAPTURE(taken);
        each_engine([taken](TestDatabase& on) {
            Market market(on, Kind::DirectLink);
            BanksDesk& b = market.b;
            b.run();
            std::vector<std::string> ids;
            for (int i = 0; i < 250; ++i) ids.push_back(b.d.order("m1", "USD", "10.00"));
            b.doors.down_after = taken == 0 ? Step::Lock : Step::Round;
            b.doors.down_after_times = std::max(taken, 1);
            b.run();
            CHECK(b.doors.count(Step::Round) == static_cast<std::size_t>(taken));
            b.advance(10s);
            CHECK(b.deals().empty());
            b.doors.down.clear();
            CHECK(market.buy(ids.back(), 40s) <= 40s);
            CHECK(b.doors.count(Step::Lock) == 1);
            CHECK(b.doors.count(Step::Round) == 3);
            CHECK(b.doors.count(Step::Deal) == 1);
            b.d.bank_books.read([&](db::Reader& reader) {
                const std::vector<bank::DirectRecord> records = bank::all_records(reader);
                REQUIRE(records.size() == 1);
                CHECK(records[0].rounds == 3);
                CHECK(records[0].rows_taken == 250);
            });
            check_dealt_once(b, ids.front());
            b.d.check_books();
        });
    }
}

TEST_CASE("a direct link that goes dark behind round k of n for longer than its price stands deals nothing there") {
    for (const int taken : {0, 1, 2, 3}) {
        CAPTURE(taken);
        each_engine([taken](TestDatabase& on) {
            Market market(on, Kind::DirectLink);
            BanksDesk& b = market.b;
            b.run();
            std::vector<std::string> ids;
            for (int i = 0; i < 250; ++i) ids.push_back(b.d.order("m1", "USD", "10.00"));
            b.doors.down_after = taken == 0 ? Step::Lock : Step::Round;
            b.doors.down_after_times = std::max(taken, 1);
            b.run();
            CHECK(market.buy(ids.back(), 900s) <= b.link.traits().longest_lock + 30s);
            CHECK(b.d.purchase_of(ids.back()).bank != name_of(Kind::DirectLink));
            // Back: the record that it has stays without a deal, and its details without further ones.
            b.doors.down.clear();
            for (int i = 0; i < 5; ++i) b.advance(60s);
            CHECK(b.doors.count(Step::Round) == static_cast<std::size_t>(taken));
            CHECK(market.reached(Kind::DirectLink, Step::Deal) == 0);
            CHECK(b.d.lines_of(ids.front()).size() == 2);
            check_dealt_once(b, ids.front());
            CHECK(b.held() == b.d.purchase_of(ids.front()).deal->cny);
            b.d.check_books();
        });
    }
}
