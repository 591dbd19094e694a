// Ends of held locks where something goes amiss: answers that do not come, banks that take their time, refuse or charge
// otherwise, processes that die, lines without a reference; and the same over sockets.

#include <mutex>

#include "src/flow/explain_debit.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/resolve_suspense.h"
#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/lock_end_desk.h"
#include "tests/support/two_persons.h"

using namespace convert_desk;

TEST_CASE("FX-02 an end that was done but not answered is found by query; until then nothing is drawn on its lock") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.fault("timeout_after_effect", 1, "/v1/fx/lock-ends");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.let_go(d.kept_back);
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Unknown);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK(d.covered(lock) == cny("500.00"));
        CHECK(d.refused_ask(lock, EndWay::Cancel) == "lock_end_open");
        CHECK(d.left(lock) == cny("500.00"));
        // The bank's line comes before its answer: it waits for it.
        d.bank.due(d.desk.clock.now());
        REQUIRE(d.offer_ends().size() == 1);
        CHECK(d.offer_ends()[0].waits);
        d.pass(3s);
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.row(lock).lock.state == fx::LockState::Ended);
        CHECK(d.ends_sent() == 1);
        CHECK(d.offer_ends()[0].taken);
        CHECK(d.ends_at_bank().size() == 1);
        d.check_books();
    });
}

TEST_CASE(
    "FX-02 an end that nobody knows of stays frozen and is never sent again, though its lock runs out meanwhile") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.fault("timeout_before_effect", 1, "/v1/fx/lock-ends");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.let_go(d.kept_back);
        d.settle();
        for (int i = 0; i < 30; ++i) d.pass(10s);
        CHECK(d.end(offered.id).state == LockEndState::Unknown);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK(d.row(lock).held.end_id == offered.id);
        CHECK(d.covered(lock) == cny("500.00"));
        CHECK(d.ends_sent() == 1);
        CHECK(d.used_at_bank(lock).is_zero());
        CHECK(d.own_result().is_zero());
        d.check_books();
    });
}

TEST_CASE("a bank that takes its time with an end is asked until it is done, and the lock is over by the end") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        d.pass(70s);  // what is left of its life is less than the bank takes
        const LockEnd offered = d.priced(lock, EndWay::CloseOut);
        d.fault("lock_end_pending");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Ordered);
        for (int i = 0; i < 12; ++i) d.pass(10s);
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.row(lock).lock.state == fx::LockState::Ended);
        CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
        CHECK(d.ends_sent() == 1);
        CHECK(d.own_result() == offered.cost.we_pay);
        d.check_books();
    });
}

TEST_CASE("a bank that refuses an end leaves the lock as it is, tells a person, and costs nothing") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.fault("lock_end_reject");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Rejected);
        CHECK(d.end(offered.id).why == "desk_closed");
        CHECK(d.has_work(flow::kLockEndRejected));
        CHECK(d.row(lock).held.end_id.empty());
        CHECK(d.own_result().is_zero());
        d.let_go(d.kept_back);
        d.pass(2s);
        CHECK(d.purchase_of(d.kept_back).lock_id == lock);
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        d.check_books();
    });
}

TEST_CASE("an end that could not leave while the bank's word stood is withdrawn, and the lock runs out as any other") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.client.is_down = true;
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Ordered);
        // A process that dies here leaves nothing behind that another one does not take up.
        d.use(d.client);
        for (int i = 0; i < 7; ++i) d.pass(10s);
        CHECK(d.end(offered.id).state == LockEndState::Over);
        CHECK(d.row(lock).held.end_id.empty());
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        d.bank_is_back();
        for (int i = 0; i < 8; ++i) d.pass(10s);
        CHECK(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.has_work(flow::kHeldLockUnused));
        CHECK(d.ends_at_bank().empty());
        CHECK(d.own_result().is_zero());
        d.check_books();
    });
}

TEST_CASE("a process that dies after the second person's word has another one tell the bank, once") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.use(d.client);
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.ends_sent() == 1);
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_not_awaited");
        d.check_books();
    });
}

TEST_CASE("what a bank charges otherwise than it offered is booked as it did it, and a person is told both") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.fault("lock_end_other_cost");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        const LockEnd done = d.end(offered.id);
        CHECK(done.charged.we_pay == offered.cost.we_pay + cny("1.00"));
        CHECK(d.own_result() == done.charged.we_pay);
        const std::string told = d.told(flow::kLockEndDiffers, offered.id);
        CHECK(told.find(done.charged.we_pay.text()) != std::string::npos);
        CHECK(told.find(offered.cost.we_pay.text()) != std::string::npos);
        d.bank.due(d.desk.clock.now());
        CHECK(d.offer_ends().at(0).taken);
        CHECK(d.booked(payer()) == d.at_bank("sb-cny"));
        d.check_books();
    });
}

TEST_CASE("a roll done at a worse rate than was confirmed freezes its lock until a second person takes or refuses it") {
    for (const bool is_taken : {true, false}) {
        CAPTURE(is_taken);
        each_engine([&](TestDatabase& on) {
            EndDesk d(on);
            d.earn("20.00");
            const std::string lock = d.held_for("500.00");
            const fx::LockTerms before = fx::LockTerms::of(d.row(lock).lock);
            const LockEnd offered = d.priced(lock, EndWay::Roll);
            d.fault("lock_end_other_rate");
            CHECK(d.decide(offered.id, offered.cost) == "decided");
            d.let_go(d.kept_back);
            d.settle();
            CHECK(d.end(offered.id).state == LockEndState::Done);
            // What was offered is kept apart from what was done; the lock promises neither, and nothing is drawn on it.
            CHECK(d.end(offered.id).to == offered.to);
            const std::optional<fx::LockTerms> done = d.done_terms(offered.id);
            REQUIRE(done.has_value());
            CHECK(fx::LockTerms::of(d.row(lock).lock) == before);
            CHECK(d.row(lock).held.end_id == offered.id);
            CHECK(d.left(lock) == cny("500.00"));
            CHECK(d.own_result() == offered.cost.we_pay);
            const std::string told = d.told(flow::kLockEndDiffers, offered.id);
            CHECK(told.find(done->rate.per_one()) != std::string::npos);
            CHECK(told.find(offered.to->rate.per_one()) != std::string::npos);
            CHECK(d.refused_ask(lock, EndWay::Cancel) == "lock_end_open");
            CHECK(d.decide(offered.id, offered.cost) == "lock_end_rolled_other");
            CHECK(d.decide(offered.id, offered.cost, "opr_dealer_too", done->rate.per_one()) == "same_person");
            if (is_taken) {
                CHECK(d.decide(offered.id, offered.cost, "opr_checker", done->rate.per_one()) == "decided");
                CHECK(fx::LockTerms::of(d.row(lock).lock) == *done);
                CHECK(d.row(lock).held.end_id.empty());
            } else {
                CHECK(d.decide(offered.id, std::nullopt) == "decided");
                CHECK(d.row(lock).lock.state == fx::LockState::Ended);
                CHECK(d.left(lock) == cny("500.00"));
            }
            CHECK_FALSE(d.has_work(flow::kLockEndDiffers));
            CHECK(d.decide(offered.id, offered.cost) == "lock_end_not_awaited");
            d.check_books();
        });
    }
}

TEST_CASE("a roll at a price of another scale is not offered, and says why") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("500.00");
        d.fault("timeout_after_effect", 1, "/v1/fx/lock-end-costs");
        const std::string id = d.asked(lock, EndWay::Roll);
        d.run_calls();
        d.bank_books.write([](db::Tx& tx) { tx.execute({"UPDATE fx_end_cost SET price_e4 = 71200"}, {}); });
        d.pass(3s);
        CHECK(d.end(id).state == LockEndState::NotOffered);
        CHECK(d.end(id).why.find("far better") != std::string::npos);
        CHECK_FALSE(d.has_work(flow::kLockEndWaits));
        CHECK(d.row(lock).held.end_id.empty());
        d.check_books();
    });
}

TEST_CASE("a roll done at a price of another scale freezes its lock until a second person refuses it") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const fx::LockTerms before = fx::LockTerms::of(d.row(lock).lock);
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        d.fault("timeout_after_effect", 1, "/v1/fx/lock-ends");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.let_go(d.kept_back);
        d.settle();
        REQUIRE(d.end(offered.id).state == LockEndState::Unknown);
        d.bank_books.write([](db::Tx& tx) { tx.execute({"UPDATE fx_end_cost SET price_e4 = 71200"}, {}); });
        d.pass(3s);
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(fx::LockTerms::of(d.row(lock).lock) == before);
        CHECK(d.row(lock).held.end_id == offered.id);
        CHECK(d.left(lock) == cny("500.00"));
        const std::string told = d.told(flow::kLockEndDiffers, offered.id);
        CHECK(told.find("0.0712") != std::string::npos);
        CHECK(told.find("frozen") != std::string::npos);
        CHECK(d.decide(offered.id, std::nullopt) == "decided");
        CHECK(d.row(lock).lock.state == fx::LockState::Ended);
        d.check_books();
    });
}

TEST_CASE(
    "a roll whose answer leaves out its terms is not taken for what was offered: it is asked, and frozen until then") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        d.fault("lock_end_no_terms");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Unknown);
        CHECK(d.row(lock).held.end_id == offered.id);
        d.pass(3s);
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(fx::LockTerms::of(d.row(lock).lock) == *offered.to);
        CHECK(d.ends_sent() == 1);
        d.check_books();
    });
}

TEST_CASE("a roll for a date that the bank never deals for in its life is not offered, and says why") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("500.00");
        d.bank_books.write(
            [](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET value_date = value_date + 10000"}, {}); });
        const std::string id = d.asked(lock, EndWay::Roll);
        d.run_calls();
        CHECK(d.end(id).state == LockEndState::NotOffered);
        CHECK(d.end(id).why.find("value date") != std::string::npos);
        CHECK_FALSE(d.has_work(flow::kLockEndWaits));
        d.check_books();
    });
}

TEST_CASE("a roll says from when it can be drawn on, and is not confirmed where the bank deals otherwise by then") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        CHECK(d.told(flow::kLockEndWaits, offered.id).find("drawn on from " + rfc3339(d.desk.clock.now())) !=
              std::string::npos);
        d.desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE fx_lock_end SET to_value_date = to_value_date + 10000"}, {}); });
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_never_dealt");
        CHECK(d.row(lock).held.end_id.empty());
        d.check_books();
    });
}

TEST_CASE("what one end that is confirmed will cost, and what a sweep takes, is not there for another end") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string first = d.held_for("500.00");
        d.show_again();
        const std::string waits = d.order("m2", "USD", "1000.00");
        const std::string second = d.taken(cny("500.00"), {first});
        d.keep_back(waits);
        d.run_calls();
        const LockEnd one = d.priced(first, EndWay::Cancel);
        const LockEnd other = d.priced(second, EndWay::Cancel);
        d.earn(other.cost.we_pay.text());
        d.desk.database.write([&](db::Tx& tx) {
            tx.execute({"INSERT INTO own_transfer (remittance_id, currency, amount_minor, open_key) VALUES "
                        "('rem_sweep', 'CNY', 1, 'own_sweep|CNY')"},
                       {});
        });
        CHECK(d.decide(one.id, one.cost) == "lock_end_own_funds");
        d.desk.database.write([&](db::Tx& tx) { flow::OwnTransfers::close(tx, "rem_sweep"); });
        d.fault("timeout_before_effect", 1, "/v1/fx/lock-ends");
        CHECK(d.decide(one.id, one.cost) == "decided");
        CHECK(d.decide(other.id, other.cost) == "lock_end_own_funds");
        d.settle();
        CHECK(d.end(one.id).state == LockEndState::Unknown);
        CHECK(d.decide(other.id, other.cost) == "lock_end_own_funds");
        d.check_books();
    });
}

TEST_CASE("the sandbox bank takes an offer once, and a roll only with the currency and the unit that it offered") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        const auto told_to_bank = [&](const std::string& reference, const fx::LockTerms& terms) {
            const WireRequest wire =
                d.end_port.write(fx::OrderEnd{reference, offered.offer_reference, offered.cost, terms});
            http::Request request;
            request.method = http::Method::Post;
            REQUIRE(http::set_target(request, wire.target).ok());
            for (const auto& [name, value] : wire.headers) request.headers.add(name, value);
            request.body = wire.body;
            return d.bank.answer(request, d.desk.clock.now()).body;
        };
        fx::LockTerms foreign = *offered.to;
        foreign.rate = Rate::parse(currency("EUR"), currency("CNY"), 100, offered.to->rate.text()).value();
        CHECK(told_to_bank("LE-foreign", foreign).find("not_as_offered") != std::string::npos);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        REQUIRE(d.end(offered.id).state == LockEndState::Done);
        CHECK(told_to_bank("LE-again", *offered.to).find("no_such_offer") != std::string::npos);
        CHECK(d.ends_at_bank().size() == 1);
        d.check_books();
    });
}

TEST_CASE("of a bank whose ends left the configuration nothing is asked, and what it answered late settles nothing") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    EndDesk d(on);
    flow::LockEnds without{d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, d.settings()};
    calls::Call call;
    call.counterparty = "sandbox-bank";
    call.reference = "LE1";
    for (calls::AnswerHandler* handler : {&without.cost_handler(), &without.end_handler()}) {
        CHECK_FALSE(handler->query(call).has_value());
        const calls::Reading reading = handler->read(call, WireAnswer{}, true);
        REQUIRE(reading.answers.size() == 1);
        CHECK(reading.answers[0].outcome == Outcome::Unknown);
    }
}

TEST_CASE("a bank that does not name its cost in time is not waited for, and names none to anybody later") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("500.00");
        d.fault("timeout_before_effect", 1, "/v1/fx/lock-end-costs");
        const std::string id = d.asked(lock, EndWay::Cancel);
        d.run_calls();
        CHECK(d.end(id).state == LockEndState::Asked);
        for (int i = 0; i < 7; ++i) d.pass(10s);
        CHECK(d.end(id).state == LockEndState::Over);
        CHECK(d.end(id).why == "no cost was named in time");
        CHECK(d.costs_sent() == 1);
        CHECK(d.escalations.told.empty());
        CHECK(d.priced(lock, EndWay::Cancel).id != id);
        // Its own time: what was asked of a lock that is just ending is refused.
        d.pass(50s);
        CHECK(d.refused_ask(lock, EndWay::Cancel) == "lock_end_lock_over");
        d.check_books();
    });
}

TEST_CASE("an end whose line came without its reference is explained by two persons, for its very amount, and once") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const flow::ExplainDebit explain(d.desk.books);
        const flow::ResolveSuspense resolve_suspense(d.desk.books);
        calls::Resolve resolve(d.handlers, d.escalations);
        TwoPersons two(d.desk.database, *d.desk.queue, resolve, d.desk.books, {&explain, &resolve_suspense});
        const auto line = [&](const std::string& key, const Money& amount, bool is_credit) {
            flow::postings::Event event = d.desk.event("sb-cny|" + key);
            event.source_type = "statement_line";
            const auto entry = is_credit ? flow::postings::credit_suspended(event, "sb-cny", amount)
                                         : flow::postings::debit_suspended(event, "sb-cny", amount);
            return d.desk.post({entry}).entries.at(0).entry_id;
        };
        const auto debit = [](const std::string& entry, const std::string& end) {
            return R"("entry_id":")" + entry + R"(","as":"lock_end","subject_id":")" + end + "\"";
        };
        const auto credit = [](const std::string& entry, const std::string& end) {
            return R"("entry_id":")" + entry + R"(","to":"lock_end","end_id":")" + end + "\"";
        };
        d.earn("20.00");
        const std::string first = d.held_for("1000.00");
        const LockEnd cost = d.priced(first, EndWay::Cancel);
        const std::string taken = line("X1", cost.cost.we_pay, false);
        CHECK(two.refused("explain_debit", debit(taken, cost.id)) == "debit_does_not_fit");  // not done yet
        CHECK(d.decide(cost.id, cost.cost) == "decided");
        d.settle();
        CHECK(two.refused("explain_debit", debit(line("X2", cny("0.50"), false), cost.id)) == "debit_does_not_fit");
        CHECK(two.refused("explain_debit", debit(taken, "lke_none")) == "lock_end_not_found");
        two.settle("explain_debit", debit(taken, cost.id));
        CHECK(d.owed_to_bank().is_zero());
        CHECK(d.end(cost.id).settled_by == "sb-cny|X1");
        CHECK(two.refused("explain_debit", debit(line("X3", cost.cost.we_pay, false), cost.id)) ==
              "debit_does_not_fit");
        // What another one brings.
        d.let_go(d.kept_back);
        d.show_again();
        const std::string second = d.taken(cny("1000.00"));
        d.keep_back(d.kept_back);
        d.run_calls();
        d.bank_books.write(
            [](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET price_e4 = price_e4 * 9 / 10"}, {}); });
        const LockEnd gain = d.priced(second, EndWay::CloseOut);
        CHECK(d.decide(gain.id, gain.cost) == "decided");
        d.settle();
        two.settle("resolve_suspense", credit(line("X4", gain.cost.we_get, true), gain.id));
        CHECK(d.booked(ledger::fx_receivable("sandbox-bank", currency("CNY"))).is_zero());
        d.check_books();
    });
}

TEST_CASE("the adapter and the sandbox bank agree about ends over sockets as they do in process") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    EndDesk d(on);
    d.earn("20.00");
    const std::string lock = d.held_for("500.00");
    std::mutex one_at_a_time;
    http::Router router;
    const auto answer = [&](const http::Request& request, const http::PathParameters&) {
        const std::lock_guard guard(one_at_a_time);
        return d.bank.answer(request, d.desk.clock.now());
    };
    router.post("/v1/fx/lock-end-costs", answer);
    router.post("/v1/fx/lock-ends", answer);
    SystemClock system;
    http::Server server(system, std::move(router), {.threads = 4});
    REQUIRE(server.start().ok());
    http::CpprestClient sockets(d.desk.clock, {});
    d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));
    const std::string id = d.asked(lock, EndWay::CloseOut);
    const auto until = [&](LockEndState state) {
        for (int round = 0; round < 2000 && d.end(id).state != state; ++round)
            if (d.worker->step() == 0) sockets.wait(std::chrono::milliseconds(20));
        REQUIRE(d.end(id).state == state);
    };
    until(LockEndState::Priced);
    CHECK(d.decide(id, d.end(id).cost) == "decided");
    until(LockEndState::Done);
    CHECK(d.row(lock).lock.state == fx::LockState::Ended);
    CHECK(d.ends_at_bank().size() == 1);
    d.check_books();
    server.stop();
}
