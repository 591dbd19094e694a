#include <doctest/doctest.h>

#include <set>

#include "fx/split.h"
#include "src/base/random.h"

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

const Currency kCny = Currency::known("CNY");
const Currency kUsd = Currency::known("USD");
const Instant kNow = from_us(1'000'000);

Money cny(std::string_view text) {
    return *Money::parse(kCny, text);
}
Quote quote(const std::string& bank, std::string_view rate) {
    const Rate price = *Rate::parse(kUsd, kCny, 100, rate);
    return Quote{"quo_" + bank,   bank, price, price, price, 0, "B1", {}, kNow + std::chrono::seconds(60),
                 QuoteState::Open};
}

/// Banks and what they deal at once; each is paid from its own account, but where `one_account` says so.
struct Market {
    explicit Market(bool one_account = false) : is_one_account(one_account) {}
    Market& bank(const std::string& name, std::string_view rate, std::string_view most,
                 std::string_view free = "9999") {
        quotes.push_back(quote(name, rate));
        if (!most.empty()) terms[name].largest_deal = cny(most);
        need.free.emplace(name, cny(free));
        need.paid_from.emplace(name, is_one_account ? "sb-cny" : name + "-cny");
        return *this;
    }
    [[nodiscard]] std::vector<DealPart> split(std::span<const Money> amounts) const {
        return split_over_banks(amounts, quotes, terms, need);
    }
    bool is_one_account;
    std::vector<Quote> quotes;
    std::map<std::string, BankTerms> terms;
    SplitNeed need{kNow, std::chrono::seconds(5), {}, {}};
};

std::string bank_of(const DealPart& part) {
    return part.offers.front().quote.bank;
}
Unfit unfit_at(const DealPart& part, const std::string& bank) {
    for (const Offer& offer : part.offers) {
        if (offer.quote.bank == bank) return offer.unfit;
    }
    FAIL("not compared: ", bank);
    return Unfit::No;
}
Money sum(const std::vector<DealPart>& parts) {
    Money all = Money::zero(kCny);
    for (const DealPart& part : parts) all += part.cny;
    return all;
}

}  // namespace

TEST_CASE("orders that no bank carries alone go to two, the cheaper first, and the dearer says why it was taken") {
    const std::vector<Money> amounts(30, cny("100.00"));
    const auto parts = Market().bank("cheap", "716", "1800").bank("dear", "717", "1800").split(amounts);
    REQUIRE(parts.size() == 2);
    CHECK(bank_of(parts[0]) == "cheap");
    CHECK(parts[0].cny == cny("1800.00"));
    CHECK(unfit_at(parts[0], "dear") == Unfit::No);
    CHECK(bank_of(parts[1]) == "dear");
    CHECK(parts[1].cny == cny("1200.00"));
    CHECK(unfit_at(parts[1], "cheap") == Unfit::Used);
    CHECK(parts[0].places.front() == 0);  // first paid at the better price
    CHECK(parts[1].places.front() == 18);
}

TEST_CASE("a small limit at the cheapest bank is used up before the rest goes to one that would carry all of them") {
    const std::vector<Money> amounts(10, cny("100.00"));
    const auto parts = Market().bank("dear", "717", "").bank("cheap", "716", "250").split(amounts);
    REQUIRE(parts.size() == 2);
    CHECK(bank_of(parts[0]) == "cheap");
    CHECK(parts[0].cny == cny("200.00"));
    CHECK(sum(parts) == cny("1000.00"));
}

TEST_CASE("one bank is enough where it buys as much, and where the other's flat fee would eat what is won by it") {
    const std::vector<Money> amounts(10, cny("100.00"));
    CHECK(Market().bank("a", "716", "").bank("b", "716", "500").split(amounts).size() == 1);
    Market market;
    market.need.most_dearer_bp = 100;
    market.bank("dear", "717", "").bank("cheap", "716", "200");
    market.terms["dear"].flat_fee = cny("5.00");
    CHECK(market.split(amounts).size() == 2);
    market.terms["cheap"].flat_fee = cny("1.00");
    REQUIRE(market.split(amounts).size() == 1);
    CHECK(bank_of(market.split(amounts)[0]) == "dear");
    CHECK(unfit_at(market.split(amounts)[0], "cheap") == Unfit::TooLarge);
}

TEST_CASE("a further part that is much dearer than the first waits, and one bank does not carry all of it instead") {
    const std::vector<Money> amounts(10, cny("100.00"));
    const auto split = [&](std::string_view dear) {
        return Market().bank("cheap", "716", "500").bank("dear", dear, "").split(amounts);
    };
    CHECK(sum(split("717.4")) == cny("1000.00"));  // 19.6 basis points
    const auto parts = split("717.7");             // 23.7
    REQUIRE(parts.size() == 1);
    CHECK(bank_of(parts[0]) == "cheap");
    CHECK(parts[0].cny == cny("500.00"));
    // Nobody cheaper deals: then it is the first.
    CHECK(sum(Market().bank("dear", "750", "").split(amounts)) == cny("1000.00"));
}

TEST_CASE("a part of which a flat fee would eat waits, and a larger one does not") {
    const auto split = [&](std::size_t orders) {
        Market market;
        market.bank("a", "716", "1000").bank("b", "716", "600");
        market.terms["b"].flat_fee = cny("1.00");
        return market.split(std::vector<Money>(orders, cny("100.00")));
    };
    CHECK(sum(split(11)) == cny("1000.00"));
    CHECK(sum(split(16)) == cny("1600.00"));
}

TEST_CASE("banks that are paid from one account do not spend what it has twice") {
    const std::vector<Money> amounts(30, cny("100.00"));
    const auto parts = Market(true).bank("a", "716", "1800", "2050").bank("b", "717", "1800", "2050").split(amounts);
    REQUIRE(parts.size() == 2);
    CHECK(sum(parts) == cny("2000.00"));
    CHECK(unfit_at(parts[1], "b") == Unfit::No);
}

TEST_CASE("an order that fits at no bank is in no part, and hides none behind it") {
    const std::vector<Money> amounts{cny("500.00"), cny("90.00"), cny("0.00"), cny("80.00")};
    const auto parts = Market().bank("a", "716", "100").bank("b", "717", "100").split(amounts);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].places == std::vector<std::size_t>{1});
    CHECK(parts[1].places == std::vector<std::size_t>{3});
    CHECK(Market().bank("a", "716", "10").split(amounts).empty());
    CHECK(Market().split(amounts).empty());
}

TEST_CASE("property: an order is in one part, a bank too, no limit is passed, and no bank alone does better") {
    SeededRandom random(20261122);
    for (int run = 0; run < 2000; ++run) {
        CAPTURE(run);
        Market market(random.below(2) == 0);
        market.need.most_dearer_bp = 100'000'000;
        const std::string shared = std::to_string(random.below(4000));
        for (const char* name : {"a", "b", "c"}) {
            const std::string most = random.below(4) == 0 ? "" : std::to_string(1 + random.below(1500));
            market.bank(name, "71" + std::to_string(random.below(10)) + ".25", most,
                        market.is_one_account ? shared : std::to_string(random.below(2500)));
            market.terms[name].flat_fee = Money::of_minor(kCny, static_cast<std::int64_t>(random.below(300)));
            market.terms[name].fee_basis_points = static_cast<int>(random.below(20));
        }
        std::vector<Money> amounts;
        for (std::uint64_t i = random.below(25); i > 0; --i)
            amounts.push_back(Money::of_minor(kCny, static_cast<std::int64_t>(random.below(30000))));
        const auto parts = market.split(amounts);
        std::set<std::size_t> places;
        std::set<std::string> banks;
        std::int64_t bought = 0;
        std::map<std::string, Money> spent;
        for (const DealPart& part : parts) {
            const Offer& taken = part.offers.front();
            CHECK(taken.unfit == Unfit::No);
            CHECK(banks.insert(taken.quote.bank).second);
            Money of_part = Money::zero(kCny);
            for (const std::size_t place : part.places) {
                CHECK(places.insert(place).second);
                of_part += amounts[place];
            }
            CHECK(of_part == part.cny);
            const auto& most = market.terms.at(taken.quote.bank).largest_deal;
            CHECK((!most || part.cny <= *most));
            spent.try_emplace(market.need.paid_from.at(taken.quote.bank), Money::zero(kCny)).first->second += part.cny;
            bought += taken.foreign.minor();
        }
        for (const auto& [bank, account] : market.need.paid_from) {
            if (spent.contains(account)) CHECK(spent.at(account) <= market.need.free.at(bank));
        }
        for (const char* name : {"a", "b", "c"}) {
            Market alone(market);
            std::erase_if(alone.quotes, [&](const Quote& each) { return each.bank != name; });
            const auto one = alone.split(amounts);
            if (one.empty()) continue;
            CHECK(sum(parts) >= one[0].cny);
            if (sum(parts) == one[0].cny) CHECK(bought >= one[0].offers.front().foreign.minor());
        }
    }
}
