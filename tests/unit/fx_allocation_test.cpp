#include <doctest/doctest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <numeric>

#include "fx/allocation.h"
#include "fx/purchase.h"
#include "src/base/random.h"

using namespace huiqiao;
using namespace huiqiao::fx;
using Big = boost::multiprecision::cpp_int;

namespace {

Currency ccy(std::string_view code) {
    return Currency::known(code);
}
Money cny(std::int64_t fen) {
    return Money::of_minor(ccy("CNY"), fen);
}

std::vector<AllocationLine> lines_of(const std::vector<std::int64_t>& put_in) {
    std::vector<AllocationLine> lines;
    for (const std::int64_t fen : put_in) lines.push_back({cny(fen), std::nullopt});
    return lines;
}

/// Largest remainder by sorting, in unbounded integers: written apart from Money::split.
std::vector<Big> fair_shares(const Big& amount, const std::vector<Big>& weights) {
    const Big total = std::accumulate(weights.begin(), weights.end(), Big(0));
    std::vector<Big> shares;
    std::vector<std::pair<Big, std::size_t>> remainders;
    Big given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Big product = amount * weights[i];
        shares.push_back(product / total);
        remainders.emplace_back(product % total, i);
        given += shares.back();
    }
    std::stable_sort(remainders.begin(), remainders.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; given < amount; ++i, ++given) shares[remainders[i].second] += 1;
    return shares;
}

std::vector<Big> bigs(const std::vector<std::int64_t>& numbers) {
    return {numbers.begin(), numbers.end()};
}

}  // namespace

TEST_CASE("FX-11 a whole fill gives each line its fair share, as an independent calculation in big integers says") {
    SeededRandom random(20261121);
    const std::vector<Currency> currencies{ccy("USD"), ccy("JPY"), ccy("KWD")};
    for (int round = 0; round < 20'000; ++round) {
        const std::size_t count = 1 + random.below(12);
        std::vector<std::int64_t> put_in;
        for (std::size_t i = 0; i < count; ++i)
            put_in.push_back(static_cast<std::int64_t>(random.below(round % 3 == 0 ? 50 : 90'000'000)));
        const std::int64_t total = std::accumulate(put_in.begin(), put_in.end(), std::int64_t{0});
        if (total == 0) continue;
        // Up to a few fen less than was put in: what a fixed foreign side costs.
        const std::int64_t dealt = std::max<std::int64_t>(1, total - static_cast<std::int64_t>(random.below(5)));
        const Currency currency = currencies[random.below(3)];
        const auto bought = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(total)));
        const auto shares = allocate(cny(dealt), Money::of_minor(currency, bought), lines_of(put_in), true);
        REQUIRE(shares.ok());
        const std::vector<Big> paid = fair_shares(dealt, bigs(put_in));
        const std::vector<Big> got = fair_shares(bought, paid);
        for (std::size_t i = 0; i < count; ++i) {
            REQUIRE(Big((*shares)[i].cny.minor()) == paid[i]);
            REQUIRE(Big((*shares)[i].foreign.minor()) == got[i]);
            REQUIRE((*shares)[i].cny.minor() <= put_in[i]);
            REQUIRE((*shares)[i].rest.minor() == put_in[i] - (*shares)[i].cny.minor());
            REQUIRE((*shares)[i].back.is_zero());
            REQUIRE((*shares)[i].borne.is_zero());
        }
    }
}

TEST_CASE(
    "FX-11 two million lines: nothing is lost, nobody pays more than was put in, each is within one unit of exact") {
    SeededRandom random(7);
    std::int64_t lines_seen = 0;
    while (lines_seen < 2'000'000) {
        const std::size_t count = 500 + random.below(1500);
        std::vector<std::int64_t> put_in;
        for (std::size_t i = 0; i < count; ++i)
            put_in.push_back(static_cast<std::int64_t>(1 + random.below(5'000'000)));
        const std::int64_t total = std::accumulate(put_in.begin(), put_in.end(), std::int64_t{0});
        const bool whole = random.below(2) == 0;
        const std::int64_t dealt =
            whole ? total : static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(total)));
        const auto bought = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(dealt)));
        const auto shares = allocate(cny(dealt), Money::of_minor(ccy("USD"), bought), lines_of(put_in), whole);
        REQUIRE(shares.ok());
        std::int64_t paid = 0;
        std::int64_t got = 0;
        bool good = true;
        for (std::size_t i = 0; i < count; ++i) {
            const AllocationShare& share = (*shares)[i];
            paid += share.cny.minor();
            got += share.foreign.minor();
            good = good && share.cny + share.rest + share.back == cny(put_in[i]) && !share.cny.is_negative();
            const auto exact = static_cast<__int128>(bought) * share.cny.minor();
            const auto given = static_cast<__int128>(share.foreign.minor()) * dealt;
            good = good && given - exact < dealt && exact - given < dealt;
        }
        REQUIRE(good);
        REQUIRE(paid == dealt);
        REQUIRE(got == bought);
        lines_seen += static_cast<std::int64_t>(count);
    }
}

TEST_CASE("FX-06 a partial fill serves the first lines whole, one in part, and gives the rest back") {
    const auto shares = allocate(cny(250), Money::of_minor(ccy("USD"), 35), lines_of({100, 200, 300}), false);
    REQUIRE(shares.ok());
    CHECK((*shares)[0].cny == cny(100));
    CHECK((*shares)[1].cny == cny(150));
    CHECK((*shares)[1].back == cny(50));
    CHECK((*shares)[2].cny.is_zero());
    CHECK((*shares)[2].back == cny(300));
    CHECK((*shares)[2].rest.is_zero());
    CHECK((*shares)[0].foreign.minor() == 14);
    CHECK((*shares)[1].foreign.minor() == 21);
}

TEST_CASE("a promised line gets exactly its promise, pays at most what it put in, and the rest is borne") {
    std::vector<AllocationLine> lines{{cny(10'000), Money::of_minor(ccy("USD"), 1'400)},
                                      {cny(20'000), Money::of_minor(ccy("USD"), 2'600)}};
    const auto shares = allocate(cny(28'800), Money::of_minor(ccy("USD"), 4'000), lines, true);
    REQUIRE(shares.ok());
    CHECK((*shares)[0].foreign.minor() == 1'400);
    CHECK((*shares)[0].cny == cny(10'000));
    CHECK((*shares)[0].borne == cny(80));  // its share is 100.80
    CHECK((*shares)[1].foreign.minor() == 2'600);
    CHECK((*shares)[1].cny == cny(18'720));
    CHECK((*shares)[1].rest == cny(1'280));

    SUBCASE("lines without a promise share what the promises leave") {
        lines.push_back({cny(7'000), std::nullopt});
        const auto mixed = allocate(cny(35'800), Money::of_minor(ccy("USD"), 5'000), lines, true);
        REQUIRE(mixed.ok());
        CHECK((*mixed)[2].foreign.minor() == 1'000);
        Money sum = cny(0);
        for (const AllocationShare& share : *mixed) sum += share.cny + share.borne;
        CHECK(sum == cny(35'800));
    }
    SUBCASE("promises above the deal are refused") {
        CHECK_FALSE(allocate(cny(20'000), Money::of_minor(ccy("USD"), 3'999), lines, true).ok());
    }
    SUBCASE("foreign currency that nobody was promised is refused") {
        CHECK_FALSE(allocate(cny(20'000), Money::of_minor(ccy("USD"), 4'001), lines, true).ok());
    }
}

TEST_CASE("a deal that costs more than was put in, or is not positive, is not shared") {
    CHECK_FALSE(allocate(cny(301), Money::of_minor(ccy("USD"), 40), lines_of({100, 200}), true).ok());
    CHECK_FALSE(allocate(cny(0), Money::of_minor(ccy("USD"), 40), lines_of({100, 200}), true).ok());
    CHECK_FALSE(allocate(cny(300), Money::of_minor(ccy("USD"), 0), lines_of({100, 200}), true).ok());
}

namespace {

Purchase purchase_of(std::string_view currency, std::int64_t fen, std::int64_t expected,
                     FixedSide side = FixedSide::Cny) {
    return Purchase{.id = "pur_1",
                    .bank = "b",
                    .lock_id = "l",
                    .reference = "FP1",
                    .currency = ccy(currency),
                    .fixed_side = side,
                    .cny = cny(fen),
                    .foreign = Money::of_minor(ccy(currency), expected),
                    .state = PurchaseState::Ordered,
                    .cny_account = "sb-cny",
                    .foreign_account = "sb-x",
                    .deal = std::nullopt,
                    .provision_hold = "",
                    .created_at = {},
                    .dealt_at = {}};
}
Deal deal_of(std::string_view currency, std::int64_t fen, std::int64_t foreign, const Rate& rate) {
    return Deal{"D1", cny(fen), Money::of_minor(ccy(currency), foreign), rate, Date()};
}
Rate rate_of(std::string_view currency, int unit, std::string_view text) {
    return *Rate::parse(ccy(currency), ccy("CNY"), unit, text);
}

}  // namespace

TEST_CASE(
    "a deal at the locked rate is no difference, whichever way the bank rounds: per 100, per 1, no or three decimals") {
    struct Row {
        const char* name;
        const char* currency;
        int unit;
        const char* rate;
        std::int64_t fen;
        std::int64_t down;
    };
    for (const Row& row : {Row{"USD per 100", "USD", 100, "716.85", 10'000, 1394},
                           Row{"JPY per 100", "JPY", 100, "4.6325", 10'000, 2158},
                           Row{"KWD per 1", "KWD", 1, "23.3350", 10'000, 4285}}) {
        CAPTURE(row.name);
        const Rate rate = rate_of(row.currency, row.unit, row.rate);
        for (const std::int64_t foreign : {row.down, row.down + 1}) {
            const auto judged = judge(purchase_of(row.currency, row.fen, row.down), rate,
                                      deal_of(row.currency, row.fen, foreign, rate));
            REQUIRE(judged.ok());
            CHECK_FALSE(judged->differs());
            CHECK(judged->whole);
            CHECK(judged->foreign.minor() == foreign);
        }
    }
}

TEST_CASE("FX-07 what the bank takes or gives beyond the order and the locked rate is in dispute, to the unit") {
    const Rate rate = rate_of("USD", 100, "700");
    const Purchase purchase = purchase_of("USD", 70'000, 10'000);
    SUBCASE("over-fill on both sides") {
        const auto judged = judge(purchase, rate, deal_of("USD", 140'000, 20'000, rate));
        CHECK(judged->cny == cny(70'000));
        CHECK(judged->surplus_cny == cny(70'000));
        CHECK(judged->foreign.minor() == 10'001);
        CHECK(judged->surplus_foreign.minor() == 9'999);
        CHECK(judged->whole);
    }
    SUBCASE("a worse rate: the orders pay for what came, at the locked rate") {
        const auto judged = judge(purchase, rate, deal_of("USD", 70'000, 9'900, rate));
        CHECK(judged->foreign.minor() == 9'900);
        CHECK(judged->cny == cny(69'300));
        CHECK(judged->surplus_cny == cny(700));
        CHECK_FALSE(judged->whole);
    }
    SUBCASE("a better rate: what is above waits in suspense") {
        const auto judged = judge(purchase, rate, deal_of("USD", 70'000, 10'100, rate));
        CHECK(judged->cny == cny(70'000));
        CHECK(judged->surplus_foreign.minor() == 99);
    }
    SUBCASE("a fixed foreign amount whose price is rounded up by one unit differs in nothing, and by two it does") {
        Purchase fixed = purchase;
        fixed.fixed_side = FixedSide::Foreign;
        const auto judged = judge(fixed, rate, deal_of("USD", 70'001, 10'000, rate));
        CHECK_FALSE(judged->differs());
        CHECK(judged->whole);
        CHECK(judged->cny == cny(70'001));
        CHECK(judge(fixed, rate, deal_of("USD", 70'002, 10'000, rate))->surplus_cny == cny(2));
        CHECK(judge(purchase, rate, deal_of("USD", 70'001, 10'000, rate))->surplus_cny == cny(1));
    }
    SUBCASE("a partial fill differs in nothing") {
        const auto judged = judge(purchase, rate, deal_of("USD", 35'000, 5'000, rate));
        CHECK_FALSE(judged->differs());
        CHECK_FALSE(judged->whole);
        CHECK(judged->cny == cny(35'000));
    }
}

TEST_CASE(
    "FX-07 property: whatever is dealt, allocated and disputed amounts sum to it, and no order pays above the lock") {
    SeededRandom random(99);
    for (int round = 0; round < 200'000; ++round) {
        const auto price = static_cast<std::int64_t>(1 + random.below(20'000'000));
        const Rate rate = rate_of(
            "USD", 100, std::to_string(price / 10'000) + "." + std::to_string(10'000 + price % 10'000).substr(1));
        const auto fen = static_cast<std::int64_t>(1 + random.below(1'000'000'000));
        const auto worth = convert(cny(fen), rate, Rounding::Down);
        REQUIRE(worth.ok());
        const auto dealt_cny = static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(fen) * 2));
        const auto dealt_foreign =
            static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(worth->minor() + 1) * 2));
        const auto judged =
            judge(purchase_of("USD", fen, worth->minor()), rate, deal_of("USD", dealt_cny, dealt_foreign, rate));
        REQUIRE(judged.ok());
        REQUIRE(judged->cny + judged->surplus_cny == cny(dealt_cny));
        REQUIRE(judged->foreign.minor() + judged->surplus_foreign.minor() == dealt_foreign);
        REQUIRE_FALSE(judged->surplus_cny.is_negative());
        REQUIRE_FALSE(judged->surplus_foreign.is_negative());
        REQUIRE(judged->cny.minor() <= fen);
        // One unit of the currency is what a bank's rounding may take.
        const auto cost = convert(judged->foreign + Money::of_minor(ccy("USD"), 2), rate, Rounding::Up);
        REQUIRE(judged->cny.minor() <= cost->minor());
    }
}
