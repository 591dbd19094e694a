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

TEST_CASE(
    "REC-05: a day of many polls is closed over all its lines, though few are read at a time, and one too few is "
    "found") {
    each_engine([](TestDatabase& on) {
        for (const bool is_one_lost : {false, true}) {
            CAPTURE(is_one_lost);
            TestDatabase of_case = TestDatabase::fresh(on.engine());
            BankDesk d(of_case);
            for (int i = 0; i < 10; ++i) {
                const std::string id = "P" + std::to_string(i);
                const http::Response answer =
                    d.post("/internal/deposits",
                           R"({"deposit_id":")" + id +
                               R"(","account":"sb-usd","amount":{"currency":"USD","amount":"1.00"},"reference":")" +
                               id + R"(","narrative":"in"})");
                REQUIRE(answer.status == 200);
                if (i % 4 == 0) d.advance(std::chrono::minutes(2));
            }
            d.advance(std::chrono::minutes(2));
            if (is_one_lost) {
                d.desk.database.write([](db::Tx& tx) {
                    tx.execute({"DELETE FROM statement_line WHERE account = 'sb-usd' AND day_sequence = 5"});
                });
            }
            d.advance(std::chrono::hours(24));
            d.desk.database.read([&](db::Reader& reader) {
                const db::Found closed = reader.select(
                    {"SELECT line_count FROM statement WHERE account = 'sb-usd' AND day = 20261120", "i"});
                REQUIRE(closed.size() == 1);
                CHECK(closed.integer(0, 0) == (is_one_lost ? 9 : 10));
                std::vector<std::string> found;
                for (const auto& open : reconciliation::StatementStore::open_breaks(reader, 10))
                    found.push_back(std::string(to_text(open.kind)) + " " + open.difference.text());
                if (is_one_lost) {
                    CHECK(found == std::vector<std::string>{"closing_differs 1.00", "line_gap 0.00"});
                } else {
                    CHECK(found.empty());
                }
            });
        }
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
