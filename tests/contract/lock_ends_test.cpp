// What is left of a held lock is ended before its time, at a cost that is shown first and confirmed by a second person.

#include "src/flow/lock_end_settle.h"
#include "tests/contract/lock_end_desk.h"

using namespace convert_desk;

TEST_CASE("a lock is ended either way: cost first, a second person, told once, booked once, its CNY free") {
    for (const EndWay way : {EndWay::Cancel, EndWay::CloseOut}) {
        each_engine([way](TestDatabase& on) {
            CAPTURE(fx::to_text(way));
            EndDesk d(on);
            d.earn("20.00");
            const std::string lock = d.held_for("1000.00");
            CHECK(d.covered(lock) == cny("1000.00"));
            const LockEnd offered = d.priced(lock, way);
            CHECK(offered.amount == cny("1000.00"));
            CHECK(offered.cost.we_pay.is_positive());
            CHECK(d.told(flow::kLockEndWaits, offered.id).find(offered.cost.we_pay.text()) != std::string::npos);
            CHECK(d.ends_sent() == 0);
            CHECK(d.covered(lock) == cny("1000.00"));

            CHECK(d.decide(offered.id, offered.cost) == "decided");
            CHECK(d.row(lock).held.end_id == offered.id);
            d.settle();
            const LockEnd done = d.end(offered.id);
            CHECK(done.state == LockEndState::Done);
            CHECK(done.charged == offered.cost);
            CHECK(d.row(lock).lock.state == fx::LockState::Ended);
            CHECK(d.row(lock).held.end_id.empty());
            CHECK(d.covered(lock).is_zero());
            CHECK(d.held(payer()) == offered.cost.we_pay);  // until its line
            CHECK(d.own_result() == offered.cost.we_pay);
            CHECK(d.owed_to_bank() == offered.cost.we_pay);
            CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
            CHECK_FALSE(d.has_work(flow::kLockEndWaits));
            REQUIRE(d.ends_at_bank().size() == 1);
            CHECK(d.ends_sent() == 1);
            CHECK(d.used_at_bank(lock) == cny("1000.00"));

            d.bank.due(d.desk.clock.now());
            const std::vector<flow::TakenLine> lines = d.offer_ends();
            REQUIRE(lines.size() == 1);
            CHECK(lines[0].taken);
            CHECK(lines[0].subject_id == offered.id);
            CHECK(d.held(payer()).is_zero());
            CHECK(d.owed_to_bank().is_zero());
            CHECK(d.booked(payer()) == d.at_bank("sb-cny"));
            CHECK(d.offer_ends()[0].subject_kind == "suspense");  // a second one is none of ours
            CHECK(d.owed_to_bank().is_zero());
            CHECK(d.told(flow::kLockEndLineDiffers, d.statement({"sb-cny"}).at(0).key()).find(lines[0].subject_id) !=
                  std::string::npos);
            d.pass(200s);
            CHECK(d.row(lock).lock.state == fx::LockState::Ended);
            CHECK(d.locks_sent() == 1);
            CHECK_FALSE(d.has_work(flow::kHeldLockUnused));
            d.check_books();
        });
    }
}

TEST_CASE("a close-out that brings something is ours to have, and its credit on the statement settles it") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("1000.00");
        // As if the market had moved since.
        d.bank_books.write(
            [](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET price_e4 = price_e4 * 9 / 10"}, {}); });
        const LockEnd offered = d.priced(lock, EndWay::CloseOut);
        CHECK(offered.cost.we_pay.is_zero());
        CHECK(offered.cost.we_get.is_positive());
        CHECK(d.decide(offered.id, pays(offered.cost.we_get)) == "lock_end_other_cost");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.own_result() == -offered.cost.we_get);
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueToOwn, currency("CNY"))) == offered.cost.we_get);
        d.bank.due(d.desk.clock.now());
        REQUIRE(d.offer_ends().at(0).taken);
        CHECK(d.booked(ledger::fx_receivable("sandbox-bank", currency("CNY"))).is_zero());
        CHECK(d.booked(payer()) == d.at_bank("sb-cny"));
        d.check_books();
    });
}

TEST_CASE("a roll keeps one lock: what is left is promised anew, at the named rate, until later, with its history") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const std::string drawn = d.order("m2", "USD", "400.00");
        d.settle();
        REQUIRE(d.purchase_of(drawn).lock_id == lock);
        // As if the market had moved since it was promised.
        d.promised_at(lock, "7.0000");
        const fx::Lock before = d.row(lock).lock;
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        REQUIRE(offered.to.has_value());
        CHECK(offered.from == fx::LockTerms::of(before));
        CHECK(offered.to->expires_at == offered.wanted_until);
        CHECK(offered.to->rate.per_one() != before.rate.per_one());
        CHECK(d.told(flow::kLockEndWaits, offered.id).find(offered.to->rate.per_one()) != std::string::npos);
        CHECK(d.decide(offered.id, offered.cost, "opr_checker", "7.0000") == "lock_end_other_rate");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Done);
        const fx::Lock rolled = d.row(lock).lock;
        CHECK(rolled.state == fx::LockState::Locked);
        CHECK(fx::LockTerms::of(rolled) == *offered.to);
        CHECK(d.left(lock) == cny("600.00"));
        CHECK(d.covered(lock) == cny("600.00"));
        CHECK(d.used_at_bank(lock) == cny("400.00"));
        CHECK(d.own_result() == offered.cost.we_pay);
        CHECK(d.locks_sent() == 1);
        // Behind its first end it is alive, and drawn on at the new rate.
        for (int i = 0; i < 20; ++i) d.pass(10s);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK_FALSE(d.has_work(flow::kLockExpiring));
        d.let_go(d.kept_back);
        d.pass(2s);
        const fx::Purchase next = d.purchases_of(d.kept_back).at(0);
        CHECK(next.lock_id == lock);
        CHECK(next.cny == cny("600.00"));
        CHECK(next.deal->rate.per_one() == offered.to->rate.per_one());
        CHECK(d.row(lock).lock.state == fx::LockState::Used);
        d.bank.due(d.desk.clock.now());
        CHECK(d.offer_ends().size() >= 1);
        CHECK(d.owed_to_bank() == cny("1400.00"));  // the deals alone: the fee is paid
        d.check_books();
    });
}

TEST_CASE(
    "a roll is until a later time, no longer than the bank has it, and covered at its new rate before it is done") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        d.show_rates();
        d.kept_back = d.order("m1", "USD", "800.00");
        const std::string lock = d.taken(money("USD", "100.00"));
        d.keep_back(d.kept_back);
        d.run_calls();
        d.roll_until = d.row(lock).lock.expires_at;
        CHECK(d.refused_ask(lock, EndWay::Roll) == "lock_end_until");
        d.roll_until = d.desk.clock.now() + 48h;
        const std::string too_long = d.asked(lock, EndWay::Roll);
        d.run_calls();
        CHECK(d.end(too_long).state == LockEndState::NotOffered);
        CHECK(d.end(too_long).why == "too_long");
        d.roll_until.reset();
        d.promised_at(lock, "6.0000");
        d.order("m2", "USD", "6.00");  // a draw, behind which what is held is for the rest alone
        d.settle();
        REQUIRE(d.covered(lock) == cny("594.00"));
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        const Money dearer = fx::cost_of(money("USD", "99.00"), offered.to->rate);
        d.hold_all_but(d.covered(lock), dearer + offered.cost.we_pay - cny("0.01"));
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_not_covered");
        d.deposit("more", "0.01");
        d.desk.collect("m1", "0.01");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK(d.covered(lock) == dearer);
        d.check_books();
    });
}

TEST_CASE("only what is left is ended: what was drawn stays dealt, and the end is for the rest alone") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const std::string drawn = d.order("m2", "USD", "400.00");
        d.settle();
        REQUIRE(d.purchase_of(drawn).lock_id == lock);
        CHECK(d.left(lock) == cny("600.00"));
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost, "opr_checker", "7.0000") == "lock_end_has_no_rate");
        CHECK(offered.amount == cny("600.00"));
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.row(lock).lock.state == fx::LockState::Ended);
        CHECK(d.covered(lock).is_zero());
        CHECK(d.get(drawn).state == orders::OrderState::Converted);
        // The order that was kept back is bought by another lock.
        d.let_go(d.kept_back);
        d.pass(60s);
        CHECK(d.purchase_of(d.kept_back).lock_id != lock);
        d.check_books();
    });
}

TEST_CASE("what a bank does not do is refused on our side, with the reason, and nothing is asked of it") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on, {.can_cancel = true, .can_close_out = false, .can_roll = false});
        const std::string lock = d.held_for("500.00");
        const auto item = d.ask(lock, EndWay::CloseOut);
        REQUIRE(item->error.has_value());
        CHECK(item->error->code->text == std::string_view("lock_end_not_offered"));
        CHECK(item->error->english().find("sandbox-bank does not end a lock by close_out") != std::string::npos);
        std::vector<flow::EndChoice> choices;
        d.desk.database.read([&](db::Reader& reader) { choices = d.ends.choices(reader, lock, d.desk.clock.now()); });
        REQUIRE(choices.size() == 4);
        CHECK_FALSE(choices[0].way.has_value());  // kept, at no cost now
        CHECK_FALSE(choices[0].why_not.has_value());
        CHECK_FALSE(choices[1].why_not.has_value());
        CHECK(choices[2].why_not.has_value());
        CHECK(choices[3].why_not.has_value());
        d.run_calls();
        CHECK(d.costs_sent() == 0);
        CHECK(d.refused_ask("fxl_none", EndWay::Cancel) == "lock_not_found");
        CHECK(d.refused_ask(lock, EndWay::Cancel, "opr_checker") == "may_not_make");
    });
}

TEST_CASE("who asked does not confirm, by another operator of his neither; a cost that differs is never taken") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost, "opr_dealer") == "may_not_check");
        CHECK(d.decide(offered.id, offered.cost, "opr_dealer_too") == "same_person");
        CHECK(d.decide(offered.id, pays(offered.cost.we_pay - cny("0.01"))) == "lock_end_other_cost");
        CHECK(d.decide(offered.id, EndCost{money("USD", "0.50"), cny("0.00")}) == "lock_end_other_cost");
        CHECK(d.decide("lke_none", offered.cost) == "lock_end_not_found");
        d.settle();
        CHECK(d.ends_sent() == 0);
        CHECK(d.decide(offered.id, std::nullopt) == "decided");
        CHECK(d.end(offered.id).state == LockEndState::Refused);
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_not_awaited");
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        CHECK_FALSE(d.has_work(flow::kLockEndWaits));
        // Refused, the rest is drawn on as before.
        d.let_go(d.kept_back);
        d.pass(2s);
        CHECK(d.purchase_of(d.kept_back).lock_id == lock);
        d.check_books();
    });
}

TEST_CASE("after its time a cost is not taken, and is asked anew; a look can never be confirmed") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("500.00");
        const auto look = d.ask(lock, EndWay::CloseOut, true);
        REQUIRE(look->asked.has_value());
        d.run_calls();
        CHECK(d.end(look->asked->id).state == LockEndState::Priced);
        CHECK_FALSE(d.has_work(flow::kLockEndWaits));
        CHECK(d.decide(look->asked->id, d.end(look->asked->id).cost) == "lock_end_only_look");
        const LockEnd first = d.priced(lock, EndWay::Cancel);
        CHECK(d.refused_ask(lock, EndWay::CloseOut) == "lock_end_open");
        d.pass(56s);  // of 60, with 5 to spare for the way
        CHECK(d.decide(first.id, first.cost) == "lock_end_cost_over");
        d.pass(5s);
        CHECK(d.end(first.id).state == LockEndState::Over);
        CHECK_FALSE(d.has_work(flow::kLockEndWaits));
        CHECK(d.decide(first.id, first.cost) == "lock_end_not_awaited");
        const LockEnd second = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(second.id, second.cost) == "decided");
        d.settle();
        CHECK(d.row(lock).lock.state == fx::LockState::Ended);
        CHECK(d.ends_at_bank().size() == 1);
        d.check_books();
    });
}

TEST_CASE("a draw in flight, and one since the cost was named, keep a lock from being ended") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        const std::string drawn = d.order("m2", "USD", "400.00");
        REQUIRE(d.convert.step(d.desk.clock.now()) >= 1);  // ordered, not sent
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_drawn_on");
        d.run_calls();
        REQUIRE(d.get(drawn).state == orders::OrderState::Converted);
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_lock_moved");
        CHECK(d.decide(offered.id, std::nullopt) == "decided");
        const std::string next = d.order("m2", "USD", "100.00");
        REQUIRE(d.convert.step(d.desk.clock.now()) >= 1);
        CHECK(d.refused_ask(lock, EndWay::Cancel) == "lock_end_drawn_on");
        d.run_calls();
        CHECK(d.priced(lock, EndWay::Cancel).amount == cny("500.00"));
        CHECK(d.ends_sent() == 0);
        d.check_books();
    });
}

TEST_CASE("customers' money pays no cost of ours: an end is confirmed only where own funds among it cover that") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.decide(offered.id, offered.cost) == "lock_end_own_funds");
        d.settle();
        CHECK(d.ends_sent() == 0);
        CHECK(d.row(lock).lock.state == fx::LockState::Locked);
        d.earn(offered.cost.we_pay.text());
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        CHECK(d.end(offered.id).state == LockEndState::Done);
        d.check_books();
    });
}
