// The money behind the end of a lock, from the second person's word until the bank's line.

#include "tests/contract/lock_end_desk.h"

using namespace convert_desk;

namespace {

/// USD 100.00 locked at less than the rate of today, USD 1.00 of them drawn: what is held is for the rest alone.
std::string locked_cheaply(EndDesk& d) {
    d.earn("20.00");
    d.show_rates();
    d.kept_back = d.order("m1", "USD", "900.00");
    std::string lock = d.taken(money("USD", "100.00"));
    d.keep_back(d.kept_back);
    d.run_calls();
    d.promised_at(lock, "6.0000");
    d.order("m2", "USD", "6.00");
    d.settle();
    return lock;
}

void stop_payouts(EndDesk& d) {
    REQUIRE(
        d.desk.run({}, [&](db::Group& group) { d.desk.books.stop_payouts(group, currency("CNY"), "a test"); }).ok());
}
void resume_payouts(EndDesk& d) {
    REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.resume_payouts(group, currency("CNY")); }).ok());
}

}  // namespace

TEST_CASE("what a dearer roll takes is held from the second person's word: nothing else spends it meanwhile") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = locked_cheaply(d);
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        const Money dearer = fx::cost_of(money("USD", "99.00"), offered.to->rate);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        CHECK(d.end(offered.id).held == dearer + offered.cost.we_pay - d.covered(lock));
        // Whatever is free now goes to somebody else before the bank answers.
        REQUIRE(d.desk.hold({{payer(), d.desk.balance(payer()).available(), "test", "other"}}).ok());
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.covered(lock) == dearer);
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        d.bank.due(d.desk.clock.now());
        for (const flow::TakenLine& line : d.offer_ends()) CHECK(line.taken == (line.subject_id == offered.id));
        CHECK(d.end(offered.id).held.is_zero());
        CHECK(d.booked(payer()) == d.at_bank("sb-cny") + cny("6.00"));  // the draw's own line is another taker's
        d.check_books();
    });
}

TEST_CASE("an end that the bank refuses, or that could not leave, holds nothing any more") {
    for (const bool is_sent : {true, false}) {
        each_engine([is_sent](TestDatabase& on) {
            EndDesk d(on);
            d.earn("20.00");
            const std::string lock = d.held_for("1000.00");
            const LockEnd offered = d.priced(lock, EndWay::Roll);
            if (is_sent) {
                d.fault("lock_end_reject");
            } else {
                d.client.is_down = true;
            }
            CHECK(d.decide(offered.id, offered.cost) == "decided");
            CHECK(d.end(offered.id).held == offered.cost.we_pay);
            d.settle();
            for (int i = 0; i < 40; ++i) d.pass(10s);
            CHECK(d.end(offered.id).state == (is_sent ? LockEndState::Rejected : LockEndState::Over));
            CHECK(d.end(offered.id).held.is_zero());
            CHECK(d.held(payer()) == d.covered(lock));
            d.check_books();
        });
    }
}

TEST_CASE("while payouts are stopped no end is confirmed that costs something") {
    for (const EndWay way : {EndWay::Cancel, EndWay::Roll}) {
        each_engine([way](TestDatabase& on) {
            EndDesk d(on);
            d.earn("20.00");
            const std::string lock = d.held_for("1000.00");
            const LockEnd offered = d.priced(lock, way);
            stop_payouts(d);
            CHECK(d.decide(offered.id, offered.cost) == "payouts_stopped");
            CHECK(d.end(offered.id).state == LockEndState::Priced);
            CHECK(d.row(lock).held.end_id.empty());
            CHECK(d.covered(lock) == cny("1000.00"));
            d.check_books();
        });
    }
}

TEST_CASE("what an end costs stays held where payouts are stopped before the bank's answer, until its line") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        stop_payouts(d);
        d.settle();
        REQUIRE(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.covered(lock).is_zero());
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        CHECK(d.held(payer()) == offered.cost.we_pay);
        d.bank.due(d.desk.clock.now());
        REQUIRE(d.offer_ends().at(0).taken);
        CHECK(d.held(payer()).is_zero());
        d.check_books();
    });
}

TEST_CASE("what a dearer roll takes stays held where payouts are stopped before the bank's answer") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = locked_cheaply(d);
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        const Money dearer = fx::cost_of(money("USD", "99.00"), offered.to->rate);
        const Money before = d.covered(lock);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        stop_payouts(d);
        d.settle();
        REQUIRE(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.covered(lock) == before);
        CHECK(d.end(offered.id).held == dearer - before + offered.cost.we_pay);
        resume_payouts(d);
        d.pass(31s);
        CHECK(d.covered(lock) == dearer);
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        d.check_books();
    });
}

TEST_CASE("what a bank takes beyond the cost that was confirmed is held as soon as payouts are resumed") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.fault("lock_end_other_cost");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        stop_payouts(d);
        d.settle();
        REQUIRE(d.end(offered.id).state == LockEndState::Done);
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        d.pass(31s);
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        resume_payouts(d);
        d.pass(31s);
        CHECK(d.end(offered.id).held == offered.cost.we_pay + cny("1.00"));
        d.pass(49h);
        CHECK(d.has_work(flow::kLockEndLineMissing));
        d.check_books();
    });
}

TEST_CASE(
    "an end whose cost is free nowhere else takes it from its lock's cover, which is whole again if it is refused") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        d.hold_all_but(cny("0.00"), cny("0.10"));
        d.fault("lock_end_reject");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        CHECK(d.end(offered.id).held == offered.cost.we_pay);
        CHECK(d.covered(lock) == cny("1000.10") - offered.cost.we_pay);
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Rejected);
        CHECK(d.end(offered.id).held.is_zero());
        CHECK(d.covered(lock) == cny("1000.00"));
        d.check_books();
    });
}

TEST_CASE("what a bank owes us for an end is no own fund before it is paid: no other end is paid by it") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string first = d.held_for("500.00");
        d.show_again();
        const std::string waits = d.order("m2", "USD", "1000.00");
        const std::string second = d.taken(cny("500.00"), {first});
        d.keep_back(waits);
        d.run_calls();
        const LockEnd costs = d.priced(second, EndWay::Cancel);
        d.bank_books.write(
            [](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET price_e4 = price_e4 * 9 / 10"}, {}); });
        const LockEnd brings = d.priced(first, EndWay::CloseOut);
        REQUIRE(brings.cost.we_get > costs.cost.we_pay);
        CHECK(d.decide(brings.id, brings.cost) == "decided");
        d.settle();
        REQUIRE(d.end(brings.id).state == LockEndState::Done);
        CHECK(d.decide(costs.id, costs.cost) == "lock_end_own_funds");
        d.bank.due(d.desk.clock.now());
        REQUIRE(d.offer_ends().at(0).taken);
        CHECK(d.decide(costs.id, costs.cost) == "decided");
        d.check_books();
    });
}

TEST_CASE("a line that does not come within two days of its end is told, and the line closes what was told") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        d.bank.due(d.desk.clock.now());
        const auto late = std::make_shared<LinesItem>();
        late->lines = d.statement({"sb-cny"});
        d.pass(47h);
        CHECK_FALSE(d.has_work(flow::kLockEndLineMissing));
        d.pass(2h);
        CHECK(d.told(flow::kLockEndLineMissing, offered.id).find("sb-cny") != std::string::npos);
        REQUIRE(d.desk.queue->run(d.end_lines, late).ok());
        REQUIRE(late->taken.at(0).taken);
        CHECK_FALSE(d.has_work(flow::kLockEndLineMissing));
        d.pass(50h);
        CHECK_FALSE(d.has_work(flow::kLockEndLineMissing));
        d.check_books();
    });
}
