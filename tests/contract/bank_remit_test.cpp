#include <doctest/doctest.h>

#include <mutex>

#include "src/calls/resolve.h"
#include "src/flow/remit_parts.h"
#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;
using orders::OrderState;
using remittance::State;

namespace {

const Currency kUsd = Currency::known("USD");
const ledger::Account kMerchant = ledger::merchant("m1", kUsd);
const ledger::Account kProvision = ledger::provision("sb-usd", kUsd);
const ledger::Account kRemitting = ledger::remitting("sb-usd", kUsd);

constexpr std::string_view kPay = "POST /v1/payments";
constexpr std::string_view kQuery = "GET /v1/payments/";

flow::RemitParts parts_of(BankDesk& d, flow::RemitSettings settings) {
    return {d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.parties, d.remitters(), std::move(settings)};
}

void stop_usd(BankDesk& d) {
    REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.stop_payouts(group, kUsd, "a test"); }).ok());
}

}  // namespace

TEST_CASE("many orders of one payee become one remittance, which is completed by the debit on the statement") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string a = d.order("m1", "USD", "60.00");
        const std::string b = d.order("m1", "USD", "40.00");
        CHECK(d.remit.step(d.desk.clock.now()) == 1);
        CHECK(d.get(a).state == OrderState::Remitting);
        CHECK(d.booked(kRemitting) == "100.00");
        CHECK(d.booked(kMerchant) == "0.00");
        CHECK(d.desk.balance(kProvision).held.text() == "100.00");

        d.run();
        REQUIRE(d.remittances().size() == 1);
        const remittance::Remittance before = d.remittances()[0];
        CHECK(before.reference.size() <= 35);
        CHECK(d.get(a).amounts.remitted.is_zero());  // the bank's word counts, and that is the statement

        d.advance(std::chrono::minutes(2));
        CHECK(d.remittances()[0].state == State::Confirmed);
        CHECK(d.remittances()[0].debited.text() == "100.00");
        CHECK(d.get(a).state == OrderState::Completed);
        CHECK(d.get(b).amounts.remitted.text() == "40.00");
        CHECK(d.booked(kRemitting) == "0.00");
        CHECK(d.desk.balance(kProvision).held.is_zero());
        CHECK(d.at_bank("sb-usd").is_zero());
        CHECK(d.client.count(kPay) == 1);
        d.check_books();
    });
}

TEST_CASE("a payout at home is the same verb from the CNY account") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "CNY", "88.80");
        const std::string id = d.order("m1", "CNY", "88.80");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.get(id).state == OrderState::Completed);
        CHECK(d.remittances().at(0).kind == remittance::Kind::Domestic);
        CHECK(d.at_bank("sb-cny").is_zero());
        d.check_books();
    });
}

TEST_CASE(
    "only what the provision account really has is remitted, oldest orders first, and the rest when money comes") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "70.00");
        const std::string a = d.order("m1", "USD", "60.00");
        const std::string b = d.order("m1", "USD", "40.00");
        d.run();
        CHECK(d.get(a).amounts.remitting.text() == "60.00");
        CHECK(d.get(b).state == OrderState::Converted);
        d.fund("m1", "USD", "30.00");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.get(b).state == OrderState::Completed);
        CHECK(d.remittances().size() == 2);
        d.check_books();
    });
}

TEST_CASE("PAY-01 PAY-02: a payment whose answer was lost is never sent again, and its query finds it done") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "100.00");
        d.fault("timeout_after_effect", R"(,"match":{"path":"/v1/payments"})");
        d.run();
        CHECK(d.remittances().at(0).state == State::Unknown);
        CHECK(d.remit.step(d.desk.clock.now()) == 0);
        d.advance(std::chrono::minutes(5));
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.client.count(kPay) == 1);
        CHECK(d.at_bank("sb-usd").is_zero());
        d.check_books();
    });
}

TEST_CASE("XCT-07: a payment that queries find only after half an hour is asked after until then, and paid once") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        // After the bank's cut-off: until midnight no line of a statement can prove it.
        const Instant late = Date::in_shanghai(d.desk.clock.now()).at_shanghai(23, 5);
        d.desk.clock.advance(std::chrono::duration_cast<std::chrono::seconds>(late - d.desk.clock.now()));
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("seen_late");
        d.run();
        for (int minute = 0; minute < 29; ++minute) d.advance(std::chrono::minutes(1));
        CHECK(d.client.count(kQuery) >= 3);
        CHECK(d.remittances().at(0).state == State::Unknown);
        CHECK(d.get(id).hold_reason.empty());
        for (int minute = 0; minute < 24; ++minute) d.advance(std::chrono::minutes(1));
        CHECK(d.remittances().at(0).state == State::Accepted);
        for (int hour = 0; hour < 12; ++hour) d.advance(std::chrono::hours(1));
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.client.count(kPay) == 1);
        CHECK(d.at_bank("sb-usd").is_zero());
        d.check_books();
    });
}

TEST_CASE("PAY-01 XCT-07: a payment that never arrived stays unknown for persons, with its money held") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_before_effect", R"(,"match":{"path":"/v1/payments"})");
        d.run();
        for (int day = 0; day < 12; ++day) d.advance(std::chrono::hours(24));
        CHECK(d.client.count(kPay) == 1);
        CHECK(d.client.count(kQuery) >= 5);
        CHECK(d.remittances().at(0).state == State::Unknown);
        CHECK(d.get(id).amounts.remitting.text() == "100.00");
        CHECK(d.desk.balance(kProvision).held.text() == "100.00");
        CHECK(d.has_work("instruction_escalated"));
        d.check_books();
    });
}

TEST_CASE(
    "a proved rejection gives the money back, flags the order and tells a person; it is not paid again by itself") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("reject");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.remittances().at(0).state == State::Rejected);
        CHECK(d.remittances().at(0).reason_code == "AC04");
        CHECK(d.booked(kMerchant) == "100.00");
        CHECK(d.booked(kRemitting) == "0.00");
        CHECK(d.desk.balance(kProvision).held.is_zero());
        CHECK(d.get(id).amounts.remitting.is_zero());
        CHECK(d.get(id).hold_reason == orders::kHeldRejected);
        CHECK(d.has_work("remittance_rejected"));
        d.advance(std::chrono::hours(1));
        CHECK(d.client.count(kPay) == 1);
        d.check_books();
    });
}

TEST_CASE("two payments of one message that persons reject in one commit both give their orders' money back") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        d.fund("m2", "USD", "30.00");
        const std::string a = d.order("m1", "USD", "100.00");
        const std::string b = d.order("m2", "USD", "30.00");
        d.fault("timeout_before_effect", R"(,"match":{"path":"/v1/payments"})");
        d.run();
        for (int day = 0; day < 12; ++day) d.advance(std::chrono::hours(24));
        REQUIRE(d.client.count(kPay) == 1);
        std::vector<std::string> ids;
        for (const remittance::Remittance& one : d.remittances()) ids.push_back(one.id);
        REQUIRE(ids.size() == 2);
        std::vector<std::shared_ptr<db::Item>> decisions;
        d.desk.database.read([&](db::Reader& reader) {
            decisions.clear();
            for (const auto& row : calls::Calls::instructions(reader, "remittance.pay", "remittance", ids)) {
                const auto item = std::make_shared<calls::ResolveItem>();
                item->instruction_id = row.instruction.id;
                item->reason = "the bank wrote that it never came";
                item->maker = "opr_1";
                item->checker = "opr_2";
                decisions.push_back(item);
            }
        });
        calls::Resolve resolve(d.handlers, d.escalations);
        const std::uint64_t groups = d.desk.queue->counters().groups;
        for (const Status& status : d.desk.queue->run(resolve, decisions)) CHECK(status.ok());
        CHECK(d.desk.queue->counters().groups == groups + 1);
        for (const remittance::Remittance& one : d.remittances()) CHECK(one.state == State::Rejected);
        for (const std::string& id : {a, b}) {
            CHECK(d.get(id).amounts.remitting.is_zero());
            CHECK(d.get(id).hold_reason == orders::kHeldRejected);
        }
        CHECK(d.booked(kMerchant) == "100.00");
        CHECK(d.desk.balance(kProvision).held.is_zero());
        d.check_books();
    });
}

TEST_CASE("LED-10: while a currency's payouts are stopped nothing is tried in it; resumed, its orders are paid") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "60.00");
        const std::string id = d.order("m1", "USD", "60.00");
        stop_usd(d);
        const std::uint64_t groups = d.desk.queue->counters().groups;
        for (int times = 0; times < 3; ++times) CHECK(d.remit.step(d.desk.clock.now()) == 0);
        CHECK(d.desk.queue->counters().groups == groups);

        // Stopped between the reading of the candidates and the group: the group ends well and changes nothing.
        const flow::RemitParts parts = parts_of(d, BankDesk::remit_settings());
        const std::unique_ptr<db::Operation> operation = flow::make_order_remittances(parts);
        const auto item = std::make_shared<flow::RemitItem>(parts.settings.accounts[0].currency);
        item->order_ids = {id};
        const Status status = d.desk.queue->run(*operation, item);
        CHECK_MESSAGE(status.ok(), (status.ok() ? "" : status.error().english()));
        CHECK(item->made == 0);
        CHECK(d.get(id).state == OrderState::Converted);

        REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.resume_payouts(group, kUsd); }).ok());
        d.advance(std::chrono::seconds(2));
        CHECK(d.get(id).state == OrderState::Remitting);
        d.advance(std::chrono::minutes(2));
        d.check_books();
    });
}

TEST_CASE("orders whose money is missing are not tried again in the same second") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "10.00");
        d.order("m1", "USD", "60.00");
        d.remit.step(d.desk.clock.now());
        const std::uint64_t groups = d.desk.queue->counters().groups;
        for (int times = 0; times < 5; ++times) CHECK(d.remit.step(d.desk.clock.now()) == 0);
        CHECK(d.desk.queue->counters().groups == groups);
        const std::string other = d.order("m1", "USD", "10.00");
        d.advance(std::chrono::seconds(1));
        CHECK(d.get(other).state == OrderState::Remitting);
    });
}

TEST_CASE("a full page of orders whose money is missing does not hide those behind it, and is looked at again") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "50.00");
        flow::RemitSettings settings = BankDesk::remit_settings();
        settings.orders_a_group = 2;
        flow::Remit remit(parts_of(d, settings));
        const std::string first = d.order("m2", "USD", "60.00");
        for (int i = 0; i < 3; ++i) d.order("m2", "USD", "60.00");
        const std::string behind = d.order("m1", "USD", "40.00");
        for (int times = 0; times < 4; ++times) remit.step(d.desk.clock.now());
        CHECK(d.get(behind).state == OrderState::Remitting);

        d.desk.post({flow::postings::suspense_revived(d.desk.event("more"), "m2", money("USD", "10.00")),
                     flow::postings::suspense_revived(d.desk.event("most"), "m2", money("USD", "50.00"))});
        const std::string small = d.order("m2", "USD", "10.00");
        for (int round = 0; round < 3; ++round) {
            d.desk.clock.advance(std::chrono::seconds(1));
            for (int times = 0; times < 4; ++times) remit.step(d.desk.clock.now());
        }
        CHECK(d.get(small).state == OrderState::Remitting);
        CHECK(d.get(first).state == OrderState::Converted);  // the provision account does not have it
    });
}

TEST_CASE("PAY-05: an answer that names another amount is unknown and an alarm, until the bank says what was sent") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "100.00");
        d.fault("wrong_echo");
        d.run();
        CHECK(d.remittances().at(0).state == State::Unknown);
        CHECK(d.has_work("answer_disagrees"));
        d.advance(std::chrono::minutes(5));
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.client.count(kPay) == 1);
        d.check_books();
    });
}

TEST_CASE("PAY-06: a second debit under one reference is booked as what it is, and a person is told") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "250.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.at_bank("sb-usd").text() == "50.00");
        CHECK(d.booked(ledger::suspense_debit(kUsd)) == "100.00");
        CHECK(d.has_work("duplicate_payout"));
        CHECK(d.get(id).amounts.remitted.text() == "100.00");
        CHECK(d.booked(kMerchant) == "150.00");
        d.check_books();
    });
}

TEST_CASE("PAY-07: a payment that comes back days later is a new entry; the original and its outcome stay") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("return_next_day", R"(,"with":{"minor":"2500","code":"AC04"})");
        d.run();
        d.advance(std::chrono::minutes(2));
        CHECK(d.get(id).state == OrderState::Completed);
        d.advance(std::chrono::hours(24));
        d.advance(std::chrono::minutes(2));
        const remittance::Remittance one = d.remittances().at(0);
        CHECK(one.state == State::Confirmed);
        CHECK(one.debited.text() == "100.00");
        CHECK(one.returned.text() == "100.00");
        CHECK(d.get(id).amounts.remitted.is_zero());
        CHECK(d.get(id).hold_reason == orders::kHeldReturned);
        CHECK(d.booked(kMerchant) == "100.00");  // the charge of 25.00 is ours
        CHECK(d.booked(ledger::single(ledger::AccountKind::BankCharge, kUsd)) == "25.00");
        CHECK(d.at_bank("sb-usd").text() == "75.00");
        CHECK(d.has_work("remittance_returned"));
        CHECK(d.client.count(kPay) == 1);
        d.check_books();
    });
}

TEST_CASE("the statement is the proof: a payment that the bank's queries do not find is confirmed by its debit") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_after_effect", R"(,"match":{"path":"/v1/payments"})");
        for (int i = 0; i < 20; ++i) d.fault("lost_status");
        d.run();
        CHECK(d.remittances().at(0).state == State::Unknown);
        d.advance(std::chrono::minutes(2));
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.get(id).state == OrderState::Completed);
        const std::size_t queries = d.client.count(kQuery);
        d.advance(std::chrono::hours(2));
        CHECK(d.client.count(kQuery) == queries);  // settled: nobody asks any more
        d.check_books();
    });
}

TEST_CASE("remittance and statement work over sockets as they do in process, with signatures on both sides") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        std::mutex one_at_a_time;
        http::Router router;
        const auto answer = [&](const http::Request& request, const http::PathParameters&) {
            const std::lock_guard guard(one_at_a_time);
            return d.bank.answer(request, d.desk.clock.now());
        };
        router.post("/v1/payments", answer);
        router.get("/v1/payments/{id}", answer);
        router.get("/v1/accounts/{id}/statement", answer);
        SystemClock system;
        http::Server server(system, std::move(router), {.threads = 4});
        REQUIRE(server.start().ok());
        http::CpprestClient sockets(d.desk.clock, {});
        d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));
        const std::string id = d.order("m1", "USD", "100.00");
        for (int round = 0; round < 2000 && d.get(id).state != OrderState::Completed; ++round) {
            if (round % 50 == 49) d.desk.clock.advance(std::chrono::minutes(2));
            const Instant now = d.desk.clock.now();
            if (d.remit.step(now) + d.fund_flow.step(now) + d.worker->step() == 0)
                sockets.wait(std::chrono::milliseconds(5));
        }
        CHECK(d.get(id).state == OrderState::Completed);
        d.check_books();
        server.stop();
    });
}

TEST_CASE("the bank refuses who does not sign, and an answer that the bank did not sign says nothing") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        http::Request unsigned_request;
        unsigned_request.method = http::Method::Post;
        REQUIRE(http::set_target(unsigned_request, "/v1/payments").ok());
        CHECK(d.bank.answer(unsigned_request, d.desk.clock.now()).status == 401);
        const std::vector<remittance::Sent> sent{{"RM1", money("USD", "1.00"), ""}};
        const WireAnswer forged{WireAnswer::Kind::Answered, 422, {}, "<Document/>", ""};
        CHECK(d.remitter.read_pay(forged, "RB1", sent).at(0).answer.outcome == Outcome::Unknown);
    });
}

TEST_CASE("CLK-06 a payment past its bank's cut-off, or on a day that is closed there, waits for the next open one") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        const fx::ValueDates days({{"USD", Calendar::parse("year,2026\n2026-11-23,holiday,a test\n").value()},
                                   {"CNY", Calendar::parse("year,2026\n").value()}});
        const fx::BankHours hours(days, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n"
                                                           "sandbox-bank,remit,*,T+0,,12:00,Asia/Shanghai\n")
                                            .value());
        flow::RemitSettings settings = BankDesk::remit_settings();
        settings.hours = &hours;
        flow::Remit remit(parts_of(d, settings));
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "100.00");
        d.desk.clock.advance(std::chrono::hours(2));  // Friday, 12:00
        CHECK(remit.step(d.desk.clock.now()) == 0);
        d.desk.clock.advance(std::chrono::hours(71));  // Monday, a holiday there, 11:00
        CHECK(remit.step(d.desk.clock.now()) == 0);
        const flow::RemitParts parts = parts_of(d, settings);
        CHECK(parts.own_transfer_date(settings.own_accounts.front(), d.desk.clock.now()).text() == "2026-11-24");
        d.desk.clock.advance(std::chrono::hours(24));  // Tuesday
        CHECK(parts.execution_date(settings.accounts.front(), d.desk.clock.now())->text() == "2026-11-24");
        CHECK(remit.step(d.desk.clock.now()) == 1);
        CHECK(d.remittances().size() == 1);
    });
}
