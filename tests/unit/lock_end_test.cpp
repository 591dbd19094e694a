// Ends of locks: states by their table, and the sandbox bank's messages in golden bytes.

#include <doctest/doctest.h>

#include <map>

#include "adapters/sandbox_bank/lock_end_wire.h"

using namespace huiqiao;
using fx::EndWay;

TEST_CASE("ends of locks move as the table says; what is unknown is never told again, and what is over stays over") {
    using S = fx::LockEndState;
    using E = fx::LockEndEvent;
    const std::map<std::pair<S, E>, S> allowed{
        {{S::Asked, E::Priced}, S::Priced},    {{S::Asked, E::NotOffered}, S::NotOffered},
        {{S::Asked, E::TooLate}, S::Over},     {{S::Priced, E::TooLate}, S::Over},
        {{S::Priced, E::Refused}, S::Refused}, {{S::Priced, E::Confirmed}, S::Ordered},
        {{S::Ordered, E::TooLate}, S::Over},   {{S::Ordered, E::Unsure}, S::Unknown},
        {{S::Ordered, E::Done}, S::Done},      {{S::Ordered, E::Rejected}, S::Rejected},
        {{S::Unknown, E::Done}, S::Done},      {{S::Unknown, E::Rejected}, S::Rejected}};
    for (const S state :
         {S::Asked, S::Priced, S::NotOffered, S::Over, S::Refused, S::Ordered, S::Unknown, S::Done, S::Rejected}) {
        CHECK(fx::lock_end_state_from_text(fx::to_text(state)) == state);
        for (const E event :
             {E::Priced, E::NotOffered, E::TooLate, E::Refused, E::Confirmed, E::Unsure, E::Done, E::Rejected}) {
            const auto found = allowed.find({state, event});
            CHECK(fx::next(state, event) == (found == allowed.end() ? std::nullopt : std::optional(found->second)));
        }
    }
    for (const EndWay way : {EndWay::Cancel, EndWay::CloseOut, EndWay::Roll})
        CHECK(fx::end_way_from_text(fx::to_text(way)) == way);
}

TEST_CASE("the end of a lock is written for the sandbox bank byte by byte") {
    const Currency cny = Currency::known("CNY");
    const WireRequest ask = sandbox_bank::write_lock_end(
        fx::AskEndCost{"LE1-0", "LK100001", EndWay::CloseOut, Money::of_minor(cny, 60'000), "sb-cny"});
    CHECK(ask.method == "POST");
    CHECK(ask.target == "/v1/fx/lock-end-costs");
    CHECK(ask.body ==
          R"({"reference":"LE1-0","lock":"LK100001","way":"close_out","amount":{"currency":"CNY","amount":"600.00"},)"
          R"("cny_account":"sb-cny"})");
    const WireRequest order =
        sandbox_bank::write_lock_end(fx::OrderEnd{"LE1", "LC100001", {Money::of_minor(cny, 145), Money::zero(cny)}});
    CHECK(order.body == R"({"reference":"LE1","offer":"LC100001","pays":{"currency":"CNY","amount":"1.45"},)"
                        R"("gets":{"currency":"CNY","amount":"0.00"}})");
    const fx::LockTerms to{Rate::parse(Currency::known("USD"), cny, 100, "716.8500").value(),
                           parse_rfc3339("2026-11-20T06:00:00Z").value(), Date::parse("2026-11-20").value()};
    const WireRequest roll =
        sandbox_bank::write_lock_end(fx::OrderEnd{"LE2", "LC2", {Money::of_minor(cny, 60), Money::zero(cny)}, to});
    CHECK(roll.body == R"({"reference":"LE2","offer":"LC2","pays":{"currency":"CNY","amount":"0.60"},)"
                       R"("gets":{"currency":"CNY","amount":"0.00"},"currency":"USD","unit":100,"rate":"716.8500",)"
                       R"("expires_at":"2026-11-20T06:00:00.000Z","value_date":"2026-11-20"})");
    CHECK(sandbox_bank::write_lock_end(fx::QueryEnd{"LE1"}).target == "/v1/fx/lock-ends/LE1");
    CHECK(sandbox_bank::write_lock_end(fx::QueryEndCost{"LE1-0"}).target == "/v1/fx/lock-end-costs/LE1-0");
}

TEST_CASE("an answer about the end of a lock that is no whole one says nothing") {
    const auto offered = [](const std::string& pays, const std::string& gets, const std::string& code = "CNY") {
        return R"({"reference":"LE1-0","status":"offered","offer":"LC1","pays":{"currency":")" + code +
               R"(","amount":")" + pays + R"("},"gets":{"currency":"CNY","amount":")" + gets +
               R"("},"stands_until":"2026-11-20T03:01:00Z"})";
    };
    const auto good = sandbox_bank::read_lock_end(offered("1.45", "0.00"));
    REQUIRE(good.has_value());
    CHECK(good->number == "LC1");
    CHECK(good->cost->we_pay.minor() == 145);
    CHECK(good->stands_until.has_value());
    CHECK_FALSE(sandbox_bank::read_lock_end(offered("1.45", "2.00")).has_value());  // both a loss and a gain
    CHECK_FALSE(sandbox_bank::read_lock_end(offered("-1.45", "0.00")).has_value());
    CHECK_FALSE(sandbox_bank::read_lock_end(offered("1.45", "0.00", "USD")).has_value());
    CHECK_FALSE(sandbox_bank::read_lock_end(R"({"reference":"LE1","status":"ended","end":"LE7"})").has_value());
    CHECK_FALSE(sandbox_bank::read_lock_end("[]").has_value());
    const auto rolled = [](const std::string& rate, const std::string& unit) {
        return R"({"reference":"LE2","status":"ended","end":"LE7","pays":{"currency":"CNY","amount":"0.60"},)"
               R"("gets":{"currency":"CNY","amount":"0.00"},"currency":"USD","unit":)" +
               unit + R"(,"rate":")" + rate + R"(","expires_at":"2026-11-20T06:00:00Z","value_date":"2026-11-20"})";
    };
    const auto told = sandbox_bank::read_lock_end(rolled("716.8500", "100"));
    REQUIRE(told.has_value());
    CHECK(told->to->rate.per_one() == "7.1685");
    CHECK_FALSE(sandbox_bank::read_lock_end(rolled("716.8500", "10")).has_value());
    CHECK_FALSE(sandbox_bank::read_lock_end(rolled("-7", "1")).has_value());
}
