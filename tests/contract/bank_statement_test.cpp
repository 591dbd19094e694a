#include <doctest/doctest.h>

#include "src/flow/suspense_store.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;
using reconciliation::BreakKind;
using reconciliation::StatementStore;

namespace {
const Currency kUsd = Currency::known("USD");
const ledger::Account kProvision = ledger::provision("sb-usd", kUsd);

/// One dollar comes in; the statement is not read yet.
void deposit(BankDesk& d, const std::string& id) {
    const http::Response answer = d.post(
        "/internal/deposits", R"({"deposit_id":")" + id +
                                  R"(","account":"sb-usd","amount":{"currency":"USD","amount":"1.00"},"reference":")" +
                                  id + R"(","narrative":"in"})");
    REQUIRE(answer.status == 200);
}

int asked_for(BankDesk& d, const std::string& day) {
    int asked = 0;
    d.desk.database.read([&](db::Reader& reader) {
        asked = static_cast<int>(
            reader.select({"SELECT COUNT(*) FROM instruction WHERE subject_id LIKE :p1", "i"}, {"sb-usd|" + day + "|%"})
                .integer(0, 0));
    });
    return asked;
}

void live_until_midnight(BankDesk& d) {
    const Date today = Date::in_shanghai(d.desk.clock.now());
    d.desk.clock.set(today.plus_days(1).at_shanghai(0, 0));
}
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
            deposit(d, "P" + std::to_string(i / 2));  // each one twice
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
        flow::Fund fund(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows,
                        flow::AccountBanks({{"sandbox-bank", &pages}}), {}, BankDesk::fund_settings());
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

TEST_CASE("REC-05: a line that one answer left out is read again on the same day") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1");
        deposit(d, "P2");
        d.fault("statement_line_missing");
        d.advance(std::chrono::minutes(2));
        CHECK(d.booked(kProvision) == "1.00");
        for (int i = 0; i < 3; ++i) d.advance(std::chrono::minutes(2));
        CHECK(d.booked(kProvision) == "2.00");
        CHECK_FALSE(d.has_work("statement_day_disagrees"));
        d.check_books();
        const int asked = asked_for(d, "20261120");
        deposit(d, "P3");
        d.advance(std::chrono::minutes(2));
        CHECK(asked_for(d, "20261120") == asked + 1);  // what agrees is not read twice
    });
}

TEST_CASE("REC-05: a day whose lines do not come to its closing balance is read again, and its breaks are closed") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1");
        d.advance(std::chrono::minutes(2));
        deposit(d, "P2");
        d.fault("statement_line_missing");
        live_until_midnight(d);
        d.run();
        CHECK(d.booked(kProvision) == "1.00");
        const auto found = d.reconciled();
        CHECK(std::any_of(found.open.begin(), found.open.end(),
                          [](const auto& each) { return each.kind == BreakKind::ClosingDiffers; }));
        d.advance(std::chrono::minutes(2));
        CHECK(d.booked(kProvision) == "2.00");
        CHECK(d.reconciled().open.empty());
        d.check_books();
    });
}

TEST_CASE("REC-05: a day that never adds up is asked for so many times, then a person is told its account and date") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1");
        deposit(d, "P2");
        const http::Response lies =
            d.post("/admin/faults", R"({"fault":"statement_line_missing","count":-1,"match":{"reference":"P1"}})");
        REQUIRE(lies.status / 100 == 2);
        d.advance(std::chrono::minutes(2));
        for (int hour = 0; hour < 48; ++hour) d.advance(std::chrono::hours(1));
        REQUIRE(d.has_work("statement_day_disagrees"));
        d.desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) {
                if (item.kind == "statement_day_disagrees") CHECK(item.subject_id == "sb-usd|20261120");
            }
            const std::vector<std::string> names{"sb-usd"};
            const auto places = StatementStore::places(reader, names);
            CHECK(places.at("sb-usd").day == Date::in_shanghai(d.desk.clock.now()));  // the days behind it are read
        });
        for (int day = 0; day < 20; ++day) d.advance(std::chrono::hours(24));
        const int asked = asked_for(d, "20261120");
        for (int day = 0; day < 20; ++day) d.advance(std::chrono::hours(24));
        CHECK(asked_for(d, "20261120") == asked);
        CHECK(d.has_work("statement_day_disagrees"));
        CHECK(d.booked(kProvision) == "1.00");
    });
}

TEST_CASE("REC-05: a day that adds up in the end takes its work item away") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1");
        deposit(d, "P2");
        const http::Response lies =
            d.post("/admin/faults", R"({"fault":"statement_line_missing","count":-1,"match":{"reference":"P1"}})");
        REQUIRE(lies.status / 100 == 2);
        d.advance(std::chrono::minutes(2));
        for (int hour = 0; hour < 24; ++hour) d.advance(std::chrono::hours(1));
        REQUIRE(d.has_work("statement_day_disagrees"));
        http::Request forget;
        forget.method = http::Method::Delete;
        REQUIRE(http::set_target(forget, "/admin/faults").ok());
        REQUIRE(d.bank.answer(forget, d.desk.clock.now()).status / 100 == 2);
        for (int hour = 0; hour < 26; ++hour) d.advance(std::chrono::hours(1));
        CHECK_FALSE(d.has_work("statement_day_disagrees"));
        CHECK(d.booked(kProvision) == "2.00");
        CHECK(d.reconciled().open.empty());
        d.check_books();
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
