// Statements with a line that moves nothing, and statements that nobody can read.

#include <doctest/doctest.h>

#include "adapters/sandbox/bank/accounts.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;

namespace {
const Currency kUsd = Currency::known("USD");
const ledger::Account kProvision = ledger::provision("sb-usd", kUsd);
}  // namespace

TEST_CASE("REC-05: a line of nothing books nothing and does not hide the payout behind it") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "12.34");
        d.order("m1", "USD", "12.34");
        d.bank_books.write([&](db::Tx& tx) {
            REQUIRE(sb::book(tx,
                             sb::Booking{.key = "waived",
                                         .account = "sb-usd",
                                         .amount = money("USD", "0.00"),
                                         .is_credit = false,
                                         .code = sb::kCharge,
                                         .end_to_end = "",
                                         .narrative = "charge waived",
                                         .value_date = Date::in_shanghai(d.desk.clock.now()),
                                         .return_reason = "",
                                         .instructed = std::nullopt,
                                         .may_overdraw = true},
                             d.desk.clock.now())
                        .ok());
        });
        d.run();
        d.advance(std::chrono::minutes(2));
        REQUIRE(d.remittances().size() == 1);
        CHECK(d.remittances()[0].state == remittance::State::Confirmed);
        CHECK(d.remittances()[0].debited == money("USD", "12.34"));
        CHECK(d.booked(kProvision) == "0.00");
        CHECK(d.booked(ledger::suspense_debit(kUsd)) == "0.00");
        for (int day = 0; day < 2; ++day) d.advance(std::chrono::hours(24));
        d.advance(std::chrono::minutes(2));
        CHECK(d.reconciled().open.empty());
        d.check_books();
    });
}

TEST_CASE("a statement that cannot be read for hours is told to a person, and no more once it can") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "12.34");
        const http::Response second = d.post(
            "/internal/deposits",
            R"({"deposit_id":"second","account":"sb-usd","amount":{"currency":"USD","amount":"1.00"},"reference":"second","narrative":"in"})");
        REQUIRE(second.status == 200);
        const std::string too_long(40, 'X');
        const auto rewrite = [&](const std::string& from, const std::string& to) {
            d.bank_books.write([&](db::Tx& tx) {
                tx.execute({"UPDATE bank_entry SET end_to_end = :p1 WHERE end_to_end = :p2"}, {to, from});
            });
        };
        rewrite("second", too_long);
        for (int hour = 0; hour < 5; ++hour) d.advance(std::chrono::hours(1));
        CHECK_FALSE(d.has_work("statement_unread"));
        for (int hour = 0; hour < 3; ++hour) d.advance(std::chrono::hours(1));
        CHECK(d.has_work("statement_unread"));
        CHECK(d.booked(kProvision) == "12.34");
        rewrite(too_long, "second");
        d.advance(std::chrono::hours(1));
        CHECK_FALSE(d.has_work("statement_unread"));
        CHECK(d.booked(kProvision) == "13.34");
        d.check_books();
    });
}
