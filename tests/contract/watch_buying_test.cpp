// The end of T+1: CNY that came in and is not bought with is told in time, once a currency and day.

#include <doctest/doctest.h>

#include "src/flow/watch_buying.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

constexpr const char* kHours =
    "bank,operation,currency,tenor,date,time,zone\n"
    "sandbox-bank,deal,*,T+0,,12:00,Asia/Shanghai\n"
    "sandbox-bank,deal,*,T+1,,15:00,Asia/Shanghai\n";

Date day(const char* text) {
    return Date::parse(text).value();
}

/// The house with a watch over its deadlines. It is Friday, 20 November 2026, 10:00 in Shanghai.
struct House {
    explicit House(TestDatabase& on)
        : d(on),
          hours(d.value_dates, fx::CutOffs::parse(kHours).value()),
          convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings()),
          watch(d.desk.database, *d.desk.queue, d.value_dates, &hours,
                {{"USD", {"sandbox-bank"}}, {"JPY", {"sandbox-bank"}}}, 4h) {}
    flow::ConvertSettings settings() {
        flow::ConvertSettings settings = d.settings();
        settings.hours = &hours;
        return settings;
    }
    /// Its money comes in now.
    std::string order(const std::string& merchant, std::string_view code, std::string_view amount) {
        const std::string id = d.order(merchant, code, amount);
        change(id, [](orders::Order&) {});
        return id;
    }
    template <class Change>
    void change(const std::string& id, Change how) {
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             orders::Order order = *orders::OrderStore::find(group.tx, id);
                             how(order);
                             const flow::OrderChange changed{&order, ""};
                             flow::save_orders(group, std::span(&changed, 1));
                         })
                    .ok());
    }
    /// What is told at that time in Shanghai.
    std::vector<operators::WorkItem> at(const char* date, int hour, int minute = 0) {
        d.desk.clock.set(day(date).at_shanghai(hour, minute));
        watch.step(d.desk.clock.now());
        return work();
    }
    std::vector<operators::WorkItem> work() {
        std::vector<operators::WorkItem> all;
        d.desk.database.read([&](db::Reader& reader) { all = operators::WorkItems().waiting(reader, "", 100); });
        std::erase_if(all, [](const operators::WorkItem& one) { return one.kind != flow::kBuyingDue; });
        return all;
    }
    void buy() {
        for (int round = 0; round < 30; ++round) {
            d.bank.due(d.desk.clock.now());
            convert.step(d.desk.clock.now());
            d.run_calls();
        }
    }

    ConvertDesk d;
    fx::BankHours hours;
    flow::Convert convert;
    flow::WatchBuying watch;
};

bool holds(const operators::WorkItem& item, std::string_view english, std::string_view chinese) {
    return item.text_en.find(english) != std::string::npos && item.text_zh.find(chinese) != std::string::npos;
}

}  // namespace

TEST_CASE("CLK-05 CNY must be bought with by the end of the next working day, made-up ones included, holidays not") {
    const fx::ValueDates dates = shipped_value_dates();
    const fx::BankHours hours(dates, fx::CutOffs::parse(kHours).value());
    const std::vector<std::string> banks{"sandbox-bank"};
    struct Row {
        const char* came_on;
        const char* deadline;
        const char* last_dealing_day;
    };
    for (const Row& row :
         {Row{"2026-11-19", "2026-11-20", "2026-11-20"}, Row{"2026-11-20", "2026-11-23", "2026-11-23"},
          Row{"2026-11-21", "2026-11-23", "2026-11-23"}, Row{"2026-09-30", "2026-10-08", "2026-10-08"},
          // Saturday, 14 February, is worked, but no desk deals on it.
          Row{"2026-02-13", "2026-02-14", "2026-02-13"}, Row{"2026-02-14", "2026-02-24", "2026-02-24"}}) {
        CAPTURE(row.came_on);
        const auto deadline = flow::buying_deadline(dates, &hours, banks, currency("USD"), day(row.came_on)).value();
        CHECK(deadline.day == day(row.deadline));
        CHECK(deadline.ends == day(row.deadline).plus_days(1).at_shanghai(0));
        CHECK(deadline.last_cut_off == day(row.last_dealing_day).at_shanghai(15));
        CHECK(deadline.ahead(4h) == day(row.last_dealing_day).at_shanghai(11));
    }
    const auto no_bank = flow::buying_deadline(dates, &hours, {}, currency("USD"), day("2026-11-20")).value();
    CHECK_FALSE(no_bank.last_cut_off.has_value());
    CHECK(no_bank.ahead(0h) == day("2026-11-24").at_shanghai(0));
    CHECK_FALSE(flow::buying_deadline(dates, &hours, banks, currency("USD"), day("2027-12-31")).ok());
}

TEST_CASE("CLK-05 a bank in the west deals until the cut-off of its own date, and never behind the end of T+1") {
    const fx::ValueDates dates = shipped_value_dates();
    const std::vector<std::string> banks{"west-bank"};
    struct Row {
        const char* zone_and_time;
        const char* came_on;
        Instant last;
    };
    for (const Row& row : {Row{"16:30,Europe/London", "2026-11-20", day("2026-11-24").at_shanghai(0)},
                           Row{"16:30,Europe/London", "2026-07-13", day("2026-07-14").at_shanghai(23, 30)},
                           Row{"15:00,America/New_York", "2026-11-20", day("2026-11-24").at_shanghai(0)},
                           Row{"08:00,America/New_York", "2026-11-20", day("2026-11-23").at_shanghai(21)},
                           Row{"08:00,America/New_York", "2026-07-13", day("2026-07-14").at_shanghai(20)},
                           // Saturday, 14 February, is worked, but nobody deals on it: in New York it is still Friday.
                           Row{"15:00,America/New_York", "2026-02-13", day("2026-02-14").at_shanghai(4)}}) {
        CAPTURE(row.zone_and_time);
        CAPTURE(row.came_on);
        const fx::BankHours hours(dates, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n"
                                                            "west-bank,deal,*,T+0,," +
                                                            std::string(row.zone_and_time) + "\n")
                                             .value());
        const auto deadline = flow::buying_deadline(dates, &hours, banks, currency("USD"), day(row.came_on)).value();
        REQUIRE(deadline.last_cut_off.has_value());
        CHECK(rfc3339(*deadline.last_cut_off) == rfc3339(row.last));
        CHECK(*deadline.last_cut_off <= deadline.ends);
    }
}

TEST_CASE(
    "CLK-05 what is not bought with is told before the last cut-off of T+1, once a currency and day, until it is") {
    each_engine([](TestDatabase& on) {
        House house(on);
        const std::string first = house.order("m1", "USD", "100.00");
        const std::string second = house.order("m2", "USD", "50.00");
        house.order("m1", "JPY", "70.00");
        CHECK(house.watch.left(house.d.desk.clock.now()) == flow::WatchBuying::kAWeek);
        CHECK(house.at("2026-11-23", 10, 59).empty());
        CHECK(house.watch.left(house.d.desk.clock.now()) == 4h + 1min);

        const auto told = house.at("2026-11-23", 11);
        REQUIRE(told.size() == 2);
        CHECK(told[0].subject_id == "20261120|JPY");
        CHECK(told[1].subject_id == "20261120|USD");
        for (const std::string& what : {first, second, std::string("CNY 150.00"), std::string("2026-11-23"),
                                        std::string("2026-11-23T07:00:00")}) {
            CAPTURE(what);
            CHECK(holds(told[1], what, what));
        }
        CHECK(holds(told[1], "2 waiting for a bank", "2 笔等待银行"));

        // The same matter with other figures; and when all of it is bought, it is over.
        house.change(second, [](orders::Order& order) { order.hold_reason = "payee_not_usable"; });
        house.buy();
        const auto left = house.at("2026-11-23", 11, 1);
        REQUIRE(left.size() == 1);
        CHECK(left[0].id == told[1].id);
        CHECK(holds(left[0], "CNY 50.00 of 1 orders", "1 笔订单的 CNY 50.00"));
        CHECK(holds(left[0], "1 held", "1 笔被暂停"));
        CHECK(house.d.get(first).state == orders::OrderState::Converted);
        house.change(second, [](orders::Order& order) { order.hold_reason.clear(); });
        house.buy();
        CHECK(house.at("2026-11-23", 11, 2).empty());
        CHECK(house.watch.left(house.d.desk.clock.now()) == flow::WatchBuying::kAWeek);
        house.d.check_books();
    });
}

TEST_CASE(
    "what is in a purchase that is not dealt is still to be bought, and what a refusal gives back has its old day") {
    each_engine([](TestDatabase& on) {
        House house(on);
        house.d.fault("fx_pending");
        const std::string id = house.order("m1", "USD", "100.00");
        house.buy();
        REQUIRE(house.d.get(id).amounts.converting.is_positive());
        const auto told = house.at("2026-11-23", 11);
        REQUIRE(told.size() == 1);
        CHECK(holds(told[0], "1 in a purchase that is not dealt", "1 笔在未成交的购汇中"));
        house.change(id, [](orders::Order& order) { order.amounts.converting -= order.amounts.converting; });
        CHECK(house.d.get(id).to_buy_since == day("2026-11-20"));
    });
}

TEST_CASE("a deadline that is over is told as that, and one by which no bank deals at once") {
    each_engine([](TestDatabase& on) {
        House house(on);
        house.order("m1", "USD", "100.00");
        CHECK(holds(house.at("2026-11-23", 15, 1).at(0), "the last bank dealt until", "全部截止"));
        const auto over = house.at("2026-11-24", 0);
        REQUIRE(over.size() == 1);
        CHECK(holds(over[0], "(T+1), which is over", "已逾期"));
        CHECK(house.watch.left(house.d.desk.clock.now()) == flow::WatchBuying::kAWeek);
        CHECK(house.watch.overdue() == 1);
        house.order("m1", "EUR", "30.00");
        const auto both = house.at("2026-11-25", 20);
        REQUIRE(both.size() == 2);
        CHECK(holds(both[1], "no bank deals by then", "此前没有银行办理"));
    });
}

TEST_CASE("money that comes to an order behind its purchase has a day of its own") {
    each_engine([](TestDatabase& on) {
        House house(on);
        const std::string id = house.order("m1", "USD", "100.00");
        house.buy();
        CHECK_FALSE(house.d.get(id).to_buy_since.has_value());
        house.d.desk.clock.set(day("2026-11-24").at_shanghai(10));
        house.change(id, [](orders::Order& order) { order.amounts.funded += money("CNY", "5.00"); });
        CHECK(house.d.get(id).to_buy_since == day("2026-11-24"));
    });
}

TEST_CASE("of very many orders the sum of the oldest is told, and the look reads no more of them") {
    each_engine([](TestDatabase& on) {
        House house(on);
        for (int i = 0; i < 501; ++i) house.order("m1", "USD", "1.00");
        const auto told = house.at("2026-11-23", 11);
        REQUIRE(told.size() == 1);
        CHECK(holds(told[0], "At least CNY 500.00 of 500 orders", "至少 500 笔订单的 CNY 500.00"));
        CHECK(holds(told[0], " and others.", " 等。"));
    });
}

TEST_CASE("CLK-05 days that are long over hide neither the next deadline nor one another") {
    each_engine([](TestDatabase& on) {
        House house(on);
        std::string oldest;
        for (int i = 0; i < 110; ++i) {
            const std::string id = house.order("m1", "USD", "1.00");
            house.change(id, [&](orders::Order& order) {
                order.hold_reason = "payee_not_usable";
                order.to_buy_since = day("2026-06-01").plus_days(i);
            });
            if (i == 0) oldest = id;
        }
        house.order("m2", "USD", "100.00");
        const auto is_told = [](const std::vector<operators::WorkItem>& told, std::string_view subject) {
            return std::any_of(told.begin(), told.end(),
                               [&](const operators::WorkItem& one) { return one.subject_id == subject; });
        };
        const auto told_first = house.at("2026-11-23", 11);
        CHECK(is_told(told_first, "20261120|USD"));
        CHECK(is_told(told_first, "20260601|USD"));
        CHECK(house.watch.left(house.d.desk.clock.now()) == 4h);
        for (int minute = 1; minute < 5; ++minute) house.at("2026-11-23", 11, minute);
        CHECK(house.watch.overdue() == 110);
        int count = 0;
        house.d.desk.database.read(
            [&](db::Reader& reader) { count = operators::WorkItems().count_open(reader, flow::kBuyingDue, 1000); });
        CHECK(count == 111);

        // One of them is over, and is closed when its turn comes.
        house.change(oldest, [](orders::Order& order) { order.amounts.paid = money("CNY", "0.00"); });
        for (int minute = 5; minute < 11; ++minute) house.at("2026-11-23", 11, minute);
        CHECK_FALSE(is_told(house.work(), "20260601|USD"));
        CHECK(is_told(house.work(), "20260602|USD"));
        CHECK(house.watch.overdue() == 109);
        house.d.check_books();
    });
}

TEST_CASE("what came before days were kept is told, and stands in no gauge") {
    each_engine([](TestDatabase& on) {
        House house(on);
        const std::string id = house.order("m1", "USD", "100.00");
        house.change(id, [](orders::Order& order) { order.to_buy_since = day("1970-01-01"); });
        CHECK(holds(house.at("2026-11-20", 11).at(0), "its deadline is not known", "截止日不明"));
        CHECK(house.watch.left(house.d.desk.clock.now()) == flow::WatchBuying::kAWeek);
        CHECK(house.watch.overdue() == 0);
    });
}
