#include <doctest/doctest.h>

#include <map>

#include "fx/desk.h"
#include "fx/platform_quote.h"
#include "fx/purchase.h"
#include "fx/quote.h"

using namespace huiqiao;
using namespace huiqiao::fx;

namespace {

Rate usd(std::string_view text, int unit = 100) {
    return *Rate::parse(Currency::known("USD"), Currency::known("CNY"), unit, text);
}
BoardLine line(std::string_view buying, std::string_view mid, std::string_view selling) {
    return BoardLine{usd(buying), usd(selling), usd(mid), true, from_us(1'000'000), "B1"};
}
Quote quote(std::string id, std::string bank, std::string_view rate, std::int64_t valid_until_s) {
    return Quote{std::move(id),
                 std::move(bank),
                 usd(rate),
                 usd(rate),
                 usd(rate),
                 0,
                 "B1",
                 {},
                 from_us(valid_until_s * 1'000'000),
                 QuoteState::Open};
}

}  // namespace

TEST_CASE("the bank's rate is passed on unchanged, and a markup is refused unless it is allowed") {
    CHECK(*client_rate(usd("716.85"), 0, false) == usd("716.85"));
    CHECK(client_rate(usd("716.85"), 50, false).error().code == &fx_error::kMarkupForbidden);
    CHECK(client_rate(usd("716.85"), -1, true).error().code == &fx_error::kMarkupForbidden);
    // The worked example of reference 1.1: 0.8057 with half a percent is 0.8097285.
    const Rate core = *Rate::parse(Currency::known("EUR"), Currency::known("GBP"), 1, "0.8057");
    const auto marked = client_rate(core, 50, true);
    REQUIRE(marked.ok());
    CHECK(marked->text() == "0.8097285");
    CHECK(marked->per_one() == "0.8097285");
}

TEST_CASE("FX-09 a board out of order, a spread too wide or a jump of more than three percent is refused") {
    const std::optional<Rate> none;
    CHECK(check_board_line(line("716.0", "716.85", "717.7"), none, 300, 300).ok());
    CHECK(check_board_line(line("717.7", "716.85", "716.0"), none, 300, 300).error().code == &fx_error::kInvertedBoard);
    CHECK(check_board_line(line("716.0", "716.85", "740.0"), none, 300, 300).error().code == &fx_error::kInvertedBoard);
    SUBCASE("per 1 and per 100 are compared as the same thing") {
        BoardLine mixed{usd("7.16", 1), usd("717.7"), usd("716.85"), true, {}, "B1"};
        CHECK(check_board_line(mixed, usd("7.17", 1), 300, 300).ok());
    }
    SUBCASE("exactly three percent is allowed, a hair more is not") {
        CHECK(check_board_line(line("720", "721.01", "722"), usd("700.0"), 300, 300).error().code ==
              &fx_error::kRateMoved);
        CHECK(check_board_line(line("720", "721.00", "722"), usd("700.0"), 300, 300).ok());
    }
    SUBCASE("a currency that is not tradable is refused as such") {
        BoardLine closed = line("716.0", "716.85", "717.7");
        closed.tradable = false;
        CHECK(check_board_line(closed, none, 300, 300).error().code == &fx_error::kNotTradable);
    }
}

TEST_CASE("the desk takes what buys most all-in among the quotes that live long enough") {
    std::vector<Quote> quotes{quote("q1", "bank-b", "717.00", 100), quote("q2", "bank-a", "716.90", 100),
                              quote("q3", "bank-c", "716.10", 12), quote("q4", "bank-d", "715.00", 100)};
    quotes[3].state = QuoteState::Refused;
    const Instant now = from_us(10'000'000);
    const Money cny = Money::of_minor(Currency::known("CNY"), 100'000'00);
    const auto first = [&](Instant at, int life_s) {
        return compare(quotes, {}, {cny, at, std::chrono::seconds(life_s)}).front();
    };
    CHECK(first(now, 5).quote.id == "q2");
    CHECK(first(now, 5).foreign.text() == "13948.94");  // 100000.00 / 7.1690
    CHECK(first(now, 1).quote.id == "q3");
    CHECK(first(from_us(95'000'000), 5).unfit != Unfit::No);
    SUBCASE("what cannot be taken stands behind, each with its reason") {
        const std::vector<Offer> all = compare(quotes, {}, {cny, now, std::chrono::seconds(5)});
        REQUIRE(all.size() == 4);
        CHECK(all[1].quote.id == "q1");
        CHECK(all[2].unfit == Unfit::Refused);
        CHECK(all[3].unfit == Unfit::TooOld);
    }
    SUBCASE("a fee turns a lower rate into the dearer offer for a small amount, not for a large one") {
        BankTerms with_fee;
        with_fee.flat_fee = Money::of_minor(cny.currency(), 20'00);
        const std::map<std::string, BankTerms> terms{{"bank-a", with_fee}};
        const Need large{Money::of_minor(cny.currency(), 1'000'000'00), now, std::chrono::seconds(5)};
        const Need small{cny, now, std::chrono::seconds(5)};
        CHECK(compare(quotes, terms, large).front().quote.id == "q2");
        CHECK(compare(quotes, terms, small).front().quote.id == "q1");
        CHECK(compare(quotes, terms, small)[1].fee.text() == "20.00");
    }
    SUBCASE("more than a bank deals at once, and less than its fee, it does not offer for") {
        BankTerms narrow;
        narrow.largest_deal = Money::of_minor(cny.currency(), 99'999'99);
        CHECK(compare(quotes, {{"bank-a", narrow}}, {cny, now, std::chrono::seconds(5)}).front().quote.id == "q1");
        BankTerms dear;
        dear.least_fee = cny;
        const std::vector<Offer> all = compare(quotes, {{"bank-a", dear}}, {cny, now, std::chrono::seconds(5)});
        CHECK(all.back().quote.id == "q2");
        CHECK(all.back().unfit == Unfit::TooSmall);
        CHECK(all.back().foreign.is_zero());
    }
}

TEST_CASE("a bank's fee is its flat part and its basis points, rounded up to the fen, and never under its minimum") {
    const Currency cny = Currency::known("CNY");
    BankTerms terms;
    terms.flat_fee = Money::of_minor(cny, 5'00);
    terms.fee_basis_points = 3;
    terms.least_fee = Money::of_minor(cny, 10'00);
    CHECK(terms.fee_of(Money::of_minor(cny, 100'000'00)).text() == "35.00");
    CHECK(terms.fee_of(Money::of_minor(cny, 100'000'01)).text() == "35.01");
    CHECK(terms.fee_of(Money::of_minor(cny, 100'00)).text() == "10.00");
}

TEST_CASE("the distance of a rate to the mid is told in hundredths of a basis point") {
    Quote above = quote("q", "b", "716.85", 1);
    above.mid = usd("716.00");
    CHECK(spread_to_mid_e2bp(above) == 1187);
    above.mid = usd("717.70");
    CHECK(spread_to_mid_e2bp(above) == -1184);
}

TEST_CASE("locks move as the table says, and nowhere else") {
    const std::map<std::pair<LockState, LockEvent>, LockState> allowed{
        {{LockState::Requested, LockEvent::Confirmed}, LockState::Locked},
        {{LockState::Requested, LockEvent::Rejected}, LockState::Rejected},
        {{LockState::Requested, LockEvent::Unsure}, LockState::Unknown},
        {{LockState::Requested, LockEvent::TooLate}, LockState::Lapsed},
        {{LockState::Unknown, LockEvent::Confirmed}, LockState::Locked},
        {{LockState::Unknown, LockEvent::Rejected}, LockState::Rejected},
        {{LockState::Unknown, LockEvent::TooLate}, LockState::Lapsed},
        {{LockState::Locked, LockEvent::Dealt}, LockState::Used},
        {{LockState::Locked, LockEvent::TooLate}, LockState::Expired},
        {{LockState::Locked, LockEvent::Ended}, LockState::Ended}};
    for (const LockState state : {LockState::Requested, LockState::Unknown, LockState::Locked, LockState::Used,
                                  LockState::Expired, LockState::Ended, LockState::Lapsed, LockState::Rejected}) {
        CHECK(lock_state_from_text(to_text(state)) == state);
        for (const LockEvent event : {LockEvent::Confirmed, LockEvent::Rejected, LockEvent::Unsure, LockEvent::Dealt,
                                      LockEvent::TooLate, LockEvent::Ended}) {
            const auto found = allowed.find({state, event});
            CHECK(next(state, event) == (found == allowed.end() ? std::nullopt : std::optional(found->second)));
        }
    }
}

TEST_CASE("purchases move as the table says; what is unknown is never ordered again, and a rejection is final") {
    using S = PurchaseState;
    using E = PurchaseEvent;
    const std::map<std::pair<S, E>, S> allowed{
        {{S::Locking, E::LockHeld}, S::Ordered},  {{S::Locking, E::LockLost}, S::Withdrawn},
        {{S::Ordered, E::Accepted}, S::Accepted}, {{S::Ordered, E::Dealt}, S::Dealt},
        {{S::Ordered, E::Rejected}, S::Rejected}, {{S::Ordered, E::Unsure}, S::Unknown},
        {{S::Accepted, E::Dealt}, S::Dealt},      {{S::Accepted, E::Rejected}, S::Rejected},
        {{S::Accepted, E::Unsure}, S::Unknown},   {{S::Unknown, E::Accepted}, S::Accepted},
        {{S::Unknown, E::Dealt}, S::Dealt},       {{S::Unknown, E::Rejected}, S::Rejected},
        {{S::Dealt, E::LegsSettled}, S::Settled}, {{S::Dealt, E::Annulled}, S::Annulled},
        {{S::Settled, E::Annulled}, S::Annulled}};
    for (const S state : {S::Locking, S::Ordered, S::Accepted, S::Unknown, S::Dealt, S::Settled, S::Rejected,
                          S::Withdrawn, S::Annulled}) {
        CHECK(purchase_state_from_text(to_text(state)) == state);
        for (const E event :
             {E::LockHeld, E::LockLost, E::Accepted, E::Dealt, E::Rejected, E::Unsure, E::LegsSettled, E::Annulled}) {
            const auto found = allowed.find({state, event});
            CHECK(next(state, event) == (found == allowed.end() ? std::nullopt : std::optional(found->second)));
        }
    }
}

TEST_CASE("a platform's quote moves as the README's table says, and nowhere else") {
    using S = PlatformQuoteState;
    using E = PlatformQuoteEvent;
    const std::map<std::pair<S, E>, S> allowed{{{S::Open, E::Taken}, S::Taken},
                                               {{S::Open, E::Accepted}, S::Met},
                                               {{S::Taken, E::Met}, S::Met},
                                               {{S::Taken, E::Over}, S::Lapsed},
                                               {{S::Met, E::Over}, S::Lapsed}};
    for (const S state : {S::Open, S::Taken, S::Met, S::Lapsed}) {
        CHECK(platform_quote_state_from_text(to_text(state)) == state);
        for (const E event : {E::Taken, E::Accepted, E::Met, E::Over}) {
            const auto found = allowed.find({state, event});
            CHECK(next(state, event) == (found == allowed.end() ? std::nullopt : std::optional(found->second)));
        }
    }
}
