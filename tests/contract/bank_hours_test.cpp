// Banks' hours in what is dealt and paid: past a cut-off nobody is asked, and what is ordered counts on an open day.

#include "fx/rate_history.h"
#include "src/flow/watch_calendars.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

/// The same house, whose bank keeps hours. It is Friday, 20 November 2026, 10:00 in Shanghai.
struct House {
    House(ConvertDesk& of, const std::string& lines, std::chrono::seconds ask_boards_every = 0s)
        : d(of),
          ask_every(ask_boards_every),
          hours(d.value_dates, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n" + lines).value()),
          convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings()) {}
    flow::ConvertSettings settings() {
        flow::ConvertSettings settings = d.settings();
        settings.hours = &hours;
        settings.ask_every = ask_every;
        return settings;
    }
    void run_for(std::chrono::minutes time) {
        for (std::chrono::minutes spent{0}; spent < time; spent += 10min) {
            d.desk.clock.advance(10min);
            for (int round = 0; round < 20; ++round) {
                d.bank.due(d.desk.clock.now());
                convert.step(d.desk.clock.now());
                d.run_calls();
            }
        }
    }
    /// Of the latest lock.
    std::int64_t value_date() {
        std::int64_t date = 0;
        d.desk.database.read([&](db::Reader& reader) {
            date = reader.select({"SELECT value_date FROM fx_lock ORDER BY id DESC LIMIT 1", "i"}).integer(0, 0);
        });
        return date;
    }
    ConvertDesk& d;
    std::chrono::seconds ask_every;
    fx::BankHours hours;
    flow::Convert convert;
};

constexpr const char* kHours =
    "sandbox-bank,deal,*,T+0,,12:00,Asia/Shanghai\n"
    "sandbox-bank,deal,*,T+1,,15:00,Asia/Shanghai\n";

}  // namespace

TEST_CASE("CLK-03 a purchase past the bank's cut-off is for the next value date, and past the last one waits a day") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        House house(d, kHours);
        const std::string early = d.order("m1", "USD", "100.00");
        house.run_for(60min);
        CHECK(d.get(early).amounts.converted == money("CNY", "100.00"));
        CHECK(house.value_date() == 20261120);

        house.run_for(120min);  // 13:00
        const std::string late = d.order("m1", "USD", "50.00");
        house.run_for(60min);
        CHECK(d.get(late).amounts.converted == money("CNY", "50.00"));
        CHECK(house.value_date() == 20261123);

        house.run_for(60min);  // 15:00
        const std::string too_late = d.order("m1", "USD", "30.00");
        const std::size_t asked = d.client.sent.size();
        house.run_for(18h);
        CHECK(d.get(too_late).state == orders::OrderState::Funded);
        CHECK(d.client.sent.size() == asked);
        house.run_for(48h);  // Monday
        CHECK(d.get(too_late).amounts.converted == money("CNY", "30.00"));
        CHECK(house.value_date() == 20261123);
        d.check_books();
    });
}

TEST_CASE("CLK-05 a bank whose hours are not known is not dealt with") {
    TestDatabase database = TestDatabase::fresh(db::Engine::Sqlite);
    ConvertDesk d(database);
    House house(d, "another-bank,deal,*,T+0,,12:00,Asia/Shanghai\n");
    const std::string order = d.order("m1", "USD", "100.00");
    house.run_for(60min);
    CHECK(d.get(order).state == orders::OrderState::Funded);
    CHECK(d.client.sent.empty());
}

TEST_CASE("CLK-05 from November on a person is told of each calendar without the next year, once, until it is there") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const auto waiting = [&] {
            std::vector<operators::WorkItem> items;
            d.desk.database.read([&](db::Reader& reader) { items = operators::WorkItems().waiting(reader, "", 100); });
            return items;
        };
        const auto days = [](const char* years) { return Calendar::parse(years).value(); };
        const fx::ValueDates lacking({{"CNY", days("year,2026\n")}, {"USD", days("year,2026\nyear,2027\n")}});
        flow::WatchCalendars watch(d.desk.database, *d.desk.queue, lacking, {"CNY", "USD"});
        CHECK(watch.step(*parse_rfc3339("2026-10-31T15:59:00Z")) == 0);
        CHECK(watch.step(*parse_rfc3339("2026-10-31T17:00:00Z")) == 1);  // 1 November in Shanghai
        CHECK(watch.step(*parse_rfc3339("2026-11-20T17:00:00Z")) == 0);
        REQUIRE(waiting().size() == 1);
        CHECK(waiting().front().kind == flow::kCalendarYear);
        CHECK(waiting().front().subject_id == "CNY");
        for (const std::string& text : {waiting().front().text_en, waiting().front().text_zh}) {
            CHECK(text.find("config/calendars/CNY.csv") != std::string::npos);
            CHECK(text.find("2027") != std::string::npos);
        }
        flow::WatchCalendars with_another(d.desk.database, *d.desk.queue, lacking, {"AUD", "CNY"});
        CHECK(with_another.step(*parse_rfc3339("2026-11-21T16:00:00Z")) == 1);  // a currency without any calendar
        REQUIRE(waiting().size() == 2);
        CHECK(waiting().back().text_en.find("config/calendars/AUD.csv has no days of 2026") != std::string::npos);

        const fx::ValueDates whole({{"CNY", days("year,2026\nyear,2027\n")}, {"USD", days("year,2026\nyear,2027\n")}});
        flow::WatchCalendars after_restart(d.desk.database, *d.desk.queue, whole, {"CNY", "USD"});
        CHECK(after_restart.step(*parse_rfc3339("2026-11-21T17:00:00Z")) == 2);  // AUD is in use no more
        CHECK(waiting().empty());
    });
}

TEST_CASE(
    "rates are known though no order waits: every board is asked in its turn, within the bank's hours, for nothing") {
    TestDatabase database = TestDatabase::fresh(db::Engine::Sqlite);
    ConvertDesk d(database);
    House house(d, kHours, 10min);
    house.run_for(60min);  // 11:00
    CHECK(d.client.count("GET ") + d.client.count("POST ") == d.client.sent.size());
    CHECK(d.client.sent.size() == 6);
    std::vector<fx::RatePoint> points;
    const fx::RateStretch stretch{currency("USD"), *parse_rfc3339("2026-11-20T02:00:00Z"), d.desk.clock.now()};
    d.desk.database.read([&](db::Reader& reader) { points = fx::rate_history(reader, stretch); });
    CHECK(points.size() == 5);  // the last came at the stretch's end
    house.run_for(240min);      // 15:00, the last cut-off
    const std::size_t asked = d.client.sent.size();
    CHECK(asked == 29);
    house.run_for(180min);
    CHECK(d.client.sent.size() == asked);
    d.check_books();
}
