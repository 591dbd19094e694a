// A holiday that is announced when deals for its day are booked already: they stay as they were booked, and only what
// is not booked yet is dealt for the next day that is open.

#include "tests/contract/lock_end_desk.h"

using namespace convert_desk;

namespace {

const Date kBooked = Date::parse("2026-11-24").value();  // T+2 of Friday, 20 November
const Date kNext = Date::parse("2026-11-25").value();

fx::ValueDates announced(const std::string& date) {
    std::map<std::string, Calendar, std::less<>> calendars;
    for (const char* code : {"CNY", "USD"}) {
        std::ifstream file(std::string("config/calendars/") + code + ".csv");
        std::stringstream text;
        text << file.rdbuf() << '\n';
        if (code == std::string("CNY")) text << date << ",holiday,announced\n";
        calendars.emplace(code, Calendar::parse(text.str()).value());
    }
    return fx::ValueDates(std::move(calendars));
}

/// Its service is started again with the holiday in its calendar: what was `before` is `after`.
struct HolidayDesk : LockDesk {
    HolidayDesk(TestDatabase& on, const std::string& holiday) : LockDesk(on), new_dates(announced(holiday)) {}

    flow::ConvertSettings spot() {
        flow::ConvertSettings two_days = settings();
        two_days.tenor = fx::Tenor::Spot;
        return two_days;
    }
    fx::Lock lock_of(const std::string& order) { return lock(purchase_of(order).lock_id); }
    fx::Lock lock(const std::string& id) {
        std::optional<fx::Lock> found;
        desk.database.read([&](db::Reader& reader) { found = fx::QuoteStore::lock(reader, id); });
        return found.value();
    }
    /// Some minutes of the service that knows of it.
    void pass_with_holiday() {
        for (int i = 0; i < 3; ++i) {
            desk.clock.advance(70s);
            bank.due(desk.clock.now());
            show_rates();
            (void)after.step(desk.clock.now());
            run_calls();
        }
    }

    fx::ValueDates new_dates;
    flow::Convert before{desk.database, *desk.queue, desk.books, call_rows, value_dates, spot()};
    flow::HeldLocks locks_before{desk.database, *desk.queue, desk.books, call_rows, value_dates, spot()};
    flow::Convert after{desk.database, *desk.queue, desk.books, call_rows, new_dates, spot()};
};

}  // namespace

TEST_CASE(
    "CLK-06 a holiday that is announced after a deal was ordered moves what is not booked yet, and not the deal") {
    each_engine([](TestDatabase& on) {
        HolidayDesk d(on, "2026-11-24");
        d.show_rates();
        const std::string booked = d.order("m1", "USD", "600.00");
        d.fault("fx_pending");
        REQUIRE(d.before.step(d.desk.clock.now()) >= 1);
        d.run_calls();
        REQUIRE(d.purchase_of(booked).state == fx::PurchaseState::Accepted);
        CHECK(d.lock_of(booked).value_date == kBooked);

        const std::string unbooked = d.order("m2", "USD", "400.00");
        d.pass_with_holiday();
        REQUIRE(d.purchase_of(booked).deal.has_value());
        CHECK(d.purchase_of(booked).deal->value_date == kBooked);
        CHECK(d.lock_of(unbooked).value_date == kNext);
        REQUIRE(d.purchase_of(unbooked).deal.has_value());
        CHECK(d.purchase_of(unbooked).deal->value_date == kNext);
        CHECK_FALSE(d.has_work("deal_value_date_differs"));
        d.check_books();
    });
}

TEST_CASE(
    "CLK-06 a lock that a bank promised before the holiday was announced is drawn on, for the day it was promised") {
    // The day itself, and one before it that moves the day of what is dealt now.
    for (const std::string holiday : {"2026-11-24", "2026-11-23"}) {
        each_engine([&](TestDatabase& on) {
            CAPTURE(holiday);
            HolidayDesk d(on, holiday);
            d.show_rates();
            const std::string first = d.order("m1", "USD", "600.00");
            const auto item = std::make_shared<flow::TakeLock>(
                flow::LockWish{"sandbox-bank", currency("USD"), money("CNY", "600.00")});
            item->operator_id = "opr_dealer";
            REQUIRE(d.desk.queue->run(d.locks_before.take(), item).ok());
            REQUIRE(item->taken.has_value());
            const std::string lock = item->taken->lock.id;
            d.run_calls();
            REQUIRE(d.row(lock).lock.state == fx::LockState::Locked);
            REQUIRE(d.row(lock).lock.value_date == kBooked);

            REQUIRE(d.after.step(d.desk.clock.now()) >= 1);
            d.run_calls();
            CHECK(d.purchase_of(first).lock_id == lock);
            REQUIRE(d.purchase_of(first).deal.has_value());
            CHECK(d.purchase_of(first).deal->value_date == kBooked);
            CHECK(d.row(lock).lock.state == fx::LockState::Used);

            const std::string second = d.order("m2", "USD", "400.00");
            d.pass_with_holiday();
            CHECK(d.lock_of(second).value_date == kNext);
            d.check_books();
        });
    }
}

TEST_CASE(
    "CLK-06 a lock that was rolled before a holiday was announced is drawn on, for the day to which it was rolled") {
    each_engine([](TestDatabase& on) {
        EndDesk d(on);
        d.earn("20.00");
        flow::ConvertSettings spot = d.with_ends();
        spot.tenor = fx::Tenor::Spot;
        const Date booked = Date::parse("2026-12-03").value();
        // A minute before midnight in Shanghai: the first promise is of Monday, for Wednesday.
        d.desk.clock.set(parse_rfc3339("2026-11-30T15:59:20Z").value());
        d.show_rates();
        const std::string order = d.order("m1", "USD", "600.00");
        flow::HeldLocks locks{d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, spot};
        const auto item =
            std::make_shared<flow::TakeLock>(flow::LockWish{"sandbox-bank", currency("USD"), money("CNY", "600.00")});
        item->operator_id = "opr_dealer";
        REQUIRE(d.desk.queue->run(locks.take(), item).ok());
        REQUIRE_MESSAGE(item->taken.has_value(), (item->error ? item->error->english() : ""));
        const std::string lock = item->taken->lock.id;
        d.run_calls();
        REQUIRE(d.row(lock).lock.value_date == Date::parse("2026-12-02").value());
        // The roll is of Tuesday, for Thursday, as the bank's deals of that day are.
        d.desk.clock.advance(60s);
        d.bank_books.write([](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET value_date = 20261203"}, {}); });
        flow::LockEnds ends{d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, spot};
        calls::AnswerHandlers handlers;
        handlers.add(ends.cost_handler());
        handlers.add(ends.end_handler());
        calls::CallOperations operations(handlers, d.escalations, d.sealer, d.desk.random, calls::CallRules{});
        calls::CallWorker worker(
            d.desk.clock, d.desk.random, d.desk.database, *d.desk.queue, d.client, operations,
            {.owner = "ends", .counterparties = {{.name = "sandbox-bank", .base_url = "http://b"}}});
        const auto run = [&] {
            while (worker.step() != 0 || worker.under_way() != 0) d.bank.due(d.desk.clock.now());
        };
        const std::string end = d.asked(lock, EndWay::Roll);
        run();
        REQUIRE_MESSAGE(d.end(end).state == LockEndState::Priced, d.end(end).why);
        CHECK(d.decide(end, d.end(end).cost) == "lock_end_never_dealt");  // by the desk of another tenor
        auto confirmed = std::make_shared<flow::DecideLockEnd>();
        confirmed->operator_id = "opr_checker";
        confirmed->end_id = end;
        confirmed->confirmed = d.end(end).cost;
        confirmed->rate = d.end(end).to->rate.per_one();
        REQUIRE(d.desk.queue->run(ends.decide(), confirmed).ok());
        REQUIRE_FALSE(confirmed->error.has_value());
        run();
        REQUIRE(d.row(lock).lock.value_date == booked);
        // Then its day becomes a holiday.
        const fx::ValueDates new_dates = announced("2026-12-03");
        flow::Convert after{d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, new_dates, spot};
        REQUIRE(after.step(d.desk.clock.now()) >= 1);
        d.run_calls();
        REQUIRE_FALSE(d.lines_of(order).empty());
        CHECK(d.purchase_of(order).lock_id == lock);
        REQUIRE(d.purchase_of(order).deal.has_value());
        CHECK(d.purchase_of(order).deal->value_date == booked);
        d.check_books();
    });
}
