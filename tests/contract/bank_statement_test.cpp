#include <doctest/doctest.h>

#include "tests/contract/bank_desk.h"

using namespace bank_desk;
using reconciliation::BreakKind;
using reconciliation::StatementStore;

namespace {
const Currency kUsd = Currency::known("USD");
const ledger::Account kProvision = ledger::provision("sb-usd", kUsd);
}  // namespace

TEST_CASE(
    "a credit that fits nothing stands in suspense with a work item, and is booked once however often it is read") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "12.34");
        CHECK(d.has_work("line_in_suspense"));
        CHECK(d.booked(kProvision) == "12.34");
        for (int i = 0; i < 5; ++i) d.advance(std::chrono::minutes(2));
        CHECK(d.booked(kProvision) == "12.34");
        CHECK(d.booked(ledger::suspense(kUsd)) == "0.00");
        d.check_books();
    });
}

TEST_CASE("a charge of the bank is borne by us and topped up from own funds") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "120.00");
        d.order("m1", "USD", "100.00");
        d.fault("charge", R"(,"with":{"minor":"1500"})");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.at_bank("sb-usd").text() == "5.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kUsd)) == "15.00");
        CHECK(d.booked(ledger::merchant("m1", kUsd)) == "20.00");
        d.check_books();
    });
}

TEST_CASE("an outage of the bank delays the statement and loses nothing") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        for (int i = 0; i < 4; ++i) d.fault("outage");
        d.advance(std::chrono::minutes(2));
        d.fund("m1", "USD", "12.34");
        for (int i = 0; i < 5; ++i) d.advance(std::chrono::minutes(2));
        CHECK(d.booked(kProvision) == "12.34");
        d.check_books();
    });
}

TEST_CASE("REC-05: days are closed one after another, and a clean bank leaves no break") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "30.00");
        d.run();
        for (int day = 0; day < 4; ++day) d.advance(std::chrono::hours(24));
        d.advance(std::chrono::minutes(2));
        std::vector<std::string> names{"sb-usd", "sb-cny"};
        d.desk.database.read([&](db::Reader& reader) {
            const auto places = StatementStore::places(reader, names);
            CHECK(places.at("sb-usd").closed->day == Date::of_number(20261123));
            CHECK(places.at("sb-usd").closed->closing.text() == "70.00");
            CHECK(StatementStore::open_breaks(reader, 10).empty());
        });
        const auto found = d.reconciled();
        CHECK(found.open.empty());
        CHECK(found.proofs.at(0).compared);
        CHECK(found.proofs.at(0).difference().is_zero());
        d.check_books();
    });
}

TEST_CASE("REC-02: a difference to the bank is one break that ages, and is closed when it is explained") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        CHECK(d.reconciled().opened == 0);
        d.desk.post({flow::postings::credit_suspended(d.desk.event("planted"), "sb-usd", money("USD", "1.00"))});
        const auto first = d.reconciled();
        CHECK(first.opened == 1);
        REQUIRE(first.open.size() == 1);
        CHECK(first.open[0].kind == BreakKind::Balance);
        CHECK(first.open[0].difference.text() == "-1.00");
        CHECK(first.open[0].owner == "treasury");

        d.desk.clock.advance(std::chrono::hours(49));
        const auto again = d.reconciled();
        CHECK(again.opened == 0);
        REQUIRE(again.open.size() == 1);
        CHECK(again.open[0].age_days(d.desk.clock.now()) == 2);

        d.desk.post({flow::postings::debit_suspended(d.desk.event("explained"), "sb-usd", money("USD", "1.00"))});
        const auto last = d.reconciled();
        CHECK(last.closed == 1);
        CHECK(last.open.empty());
    });
}

TEST_CASE("REC-03: a payout that the bank confirmed and its statements do not show becomes a break") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const Money amount = money("USD", "40.00");
        const remittance::Remittance lie{.id = "rem_lie",
                                         .kind = remittance::Kind::Foreign,
                                         .merchant_id = "m1",
                                         .payee_id = "pye_1",
                                         .bank_account = "sb-usd",
                                         .amount = amount,
                                         .reference = "RMLIE",
                                         .batch_reference = "RB1",
                                         .uetr = "",
                                         .state = remittance::State::Confirmed,
                                         .their_reference = "X",
                                         .reason_code = "",
                                         .provision_hold = "",
                                         .debited = money("USD", "0.00"),
                                         .returned = money("USD", "0.00"),
                                         .created_at = d.desk.clock.now()};
        REQUIRE(
            d.desk
                .run({},
                     [&](db::Group& group) { remittance::RemittanceStore().insert(group.tx, std::span(&lie, 1), {}); })
                .ok());
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        const auto found = d.reconciled();
        REQUIRE(found.open.size() == 1);
        CHECK(found.open[0].kind == BreakKind::MissingAtBank);
        CHECK(d.reconciled().opened == 0);
    });
}

TEST_CASE("the bank's deposits are idempotent and its statements come in pages without a gap") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        for (int i = 0; i < 450; ++i) {
            const std::string id = "P" + std::to_string(i / 2);  // each one twice
            const http::Response answer =
                d.post("/internal/deposits",
                       R"({"deposit_id":")" + id +
                           R"(","account":"sb-usd","amount":{"currency":"USD","amount":"1.00"},"reference":")" + id +
                           R"(","narrative":"in"})");
            REQUIRE(answer.status == 200);
        }
        d.advance(std::chrono::minutes(2));
        CHECK(d.at_bank("sb-usd").text() == "225.00");
        CHECK(d.booked(kProvision) == "225.00");
        d.check_books();
    });
}
