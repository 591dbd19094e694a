#include <doctest/doctest.h>

#include "src/flow/suspense_store.h"
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

TEST_CASE("a page without lines that is not the last one is asked for again in its turn, not at once") {
    class EmptyPages final : public reconciliation::AccountBank {
     public:
        WireRequest statement(const reconciliation::StatementRequest&) const override {
            return {"GET", "/nothing", {}, ""};
        }
        Result<reconciliation::Statement> read_statement(
            const WireAnswer&, const reconciliation::StatementRequest& request) const override {
            const Money none = Money::zero(request.currency);
            return reconciliation::Statement{request.account, request.day, 1, none, none, false, false, {}};
        }
    };
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        const EmptyPages pages;
        flow::Fund fund(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, pages, {},
                        BankDesk::fund_settings());
        calls::AnswerHandlers handlers;
        handlers.add(fund.statement_handler());
        calls::CallOperations operations(handlers, d.escalations, d.sealer, d.desk.random, calls::CallRules{});
        calls::CallWorker worker(
            d.desk.clock, d.desk.random, d.desk.database, *d.desk.queue, d.client, operations,
            {.owner = "test", .counterparties = {{.name = "sandbox-bank", .base_url = "http://a.invalid"}}});
        int asked = 0;
        for (int round = 0; round < 10; ++round) {
            asked += fund.request_statements(d.desk.clock.now());
            for (int step = 0; step < 3; ++step) worker.step();
            d.desk.clock.advance(std::chrono::seconds(1));
        }
        CHECK(asked == 2);  // one an account
        d.desk.clock.advance(std::chrono::seconds(61));
        CHECK(fund.request_statements(d.desk.clock.now()) == 2);
    });
}

TEST_CASE("REC-02: a break that was closed and is found again is opened again") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             const remittance::Remittance lie{.id = "rem_lie",
                                                              .kind = remittance::Kind::Foreign,
                                                              .merchant_id = "m1",
                                                              .payee_id = "pye_1",
                                                              .bank_account = "sb-usd",
                                                              .amount = money("USD", "40.00"),
                                                              .reference = "RMLIE",
                                                              .batch_reference = "RB1",
                                                              .uetr = "",
                                                              .state = remittance::State::Confirmed,
                                                              .their_reference = "X",
                                                              .reason_code = "",
                                                              .provision_hold = "",
                                                              .debited = money("USD", "0.00"),
                                                              .returned = money("USD", "0.00"),
                                                              .created_at = group.now};
                             remittance::RemittanceStore().insert(group.tx, std::span(&lie, 1), {});
                         })
                    .ok());
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        const auto found = d.reconciled();
        REQUIRE(found.open.size() == 1);
        reconciliation::Break closed = found.open[0];
        closed.is_open = false;
        REQUIRE(d.desk.run({}, [&](db::Group& group) { StatementStore::save_breaks(group.tx, std::span(&closed, 1)); })
                    .ok());
        const auto again = d.reconciled();
        CHECK(again.opened == 1);
        REQUIRE(again.open.size() == 1);
        CHECK(again.open[0].kind == BreakKind::MissingAtBank);
    });
}

namespace {

/// A payout that the bank says is done and never debited.
void plant_lie(BankDesk& d) {
    const remittance::Remittance lie{.id = "rem_lie",
                                     .kind = remittance::Kind::Foreign,
                                     .merchant_id = "m1",
                                     .payee_id = "pye_1",
                                     .bank_account = "sb-usd",
                                     .amount = money("USD", "40.00"),
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
    const auto insert = [&](db::Group& group) {
        remittance::RemittanceStore().insert(group.tx, std::span(&lie, 1), {});
    };
    REQUIRE(d.desk.run({}, insert).ok());
}

void change(BankDesk& d, const std::string& text) {
    d.desk.database.write([&](db::Tx& tx) { REQUIRE(tx.execute({text}) > 0); });
}

}  // namespace

TEST_CASE("REC-03: a payout ordered on Friday and debited on Monday is no break while Monday is still open") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const Instant friday = d.desk.clock.now();
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        d.advance(std::chrono::minutes(2));
        d.order("m1", "USD", "40.00");
        d.run();
        d.advance(std::chrono::minutes(2));
        REQUIRE(d.at_bank("sb-usd").text() == "60.00");
        change(d, "UPDATE remittance SET created_at = " + std::to_string(to_us(friday)));
        const auto found = d.reconciled();
        CHECK(found.open.empty());
        CHECK(found.opened == 0);
    });
}

TEST_CASE(
    "REC-01 REC-06: a break says in words what differs, is a work item after a day, and is closed when explained") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        plant_lie(d);
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        const auto found = d.reconciled();
        REQUIRE(found.open.size() == 1);
        CHECK(found.open[0].text_en ==
              "Remittance rem_lie of USD 40.00, made on 2026-11-20, reference RMLIE: the bank confirmed it, and no "
              "statement line up to 2026-11-22 shows its debit.");
        CHECK(found.open[0].text_zh.find("对账单上没有其扣款") != std::string::npos);
        CHECK_FALSE(d.has_work("break_overdue"));
        d.advance(std::chrono::hours(25));
        CHECK(d.reconciled().opened == 0);
        CHECK(d.has_work("break_overdue"));
        // Long after the days that are compared it is still open, until its debit is booked.
        for (int day = 0; day < 10; ++day) d.advance(std::chrono::hours(24));
        CHECK(d.reconciled().open.size() == 1);
        change(d, "UPDATE remittance SET debited_minor = amount_minor");
        const auto last = d.reconciled();
        CHECK(last.closed == 1);
        CHECK(last.open.empty());
        CHECK_FALSE(d.has_work("break_overdue"));
    });
}

TEST_CASE("PAY-06: a second debit is a break until what it left in suspense is settled") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "250.00");
        d.order("m1", "USD", "100.00");
        d.fault("duplicate_payout");
        d.run();
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        const auto found = d.reconciled();
        REQUIRE(found.open.size() == 1);
        CHECK(found.open[0].kind == BreakKind::Duplicate);
        CHECK(found.open[0].text_en.find("is one more under the same reference") != std::string::npos);
        const auto settle = [](db::Group& group) {
            const auto open = flow::SuspenseStore::open(group.tx, "", 10);
            REQUIRE(open.size() == 1);
            flow::SuspenseStore::settle(group, open.front(), "apr_1");
        };
        REQUIRE(d.desk.run({}, settle).ok());
        const auto again = d.reconciled();
        CHECK(again.closed == 1);
        CHECK(again.open.empty());
        CHECK(d.reconciled().opened == 0);
    });
}
