#include <fstream>

#include "src/db/business_day.h"
#include "src/ledger/balance_at.h"
#include "src/ledger/day_seal.h"
#include "src/ledger/journal.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using flow::AnchorHeads;
using testing::currency;
using testing::each_engine;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

const Date kFirst = Date::of_number(20261120);

/// As the job does in the night: not before the date is over.
Result<flow::ClosedDay> close(LedgerDesk& desk, Date date, std::optional<Date> next = std::nullopt) {
    desk.clock.set(std::max(desk.clock.now(), date.plus_days(1).at_shanghai(0, 5)));
    flow::CloseDay closing(desk.database, *desk.queue, desk.books, desk.anchors);
    return closing.close(date, next);
}

Result<Money> balance_then(LedgerDesk& desk, const Account& account, Instant at) {
    std::optional<Result<Money>> found;
    desk.database.read([&](db::Reader& reader) {
        found.emplace(balance_at(reader, desk.books.chart(), account, at, desk.clock.now()));
    });
    return *found;
}

}  // namespace

TEST_CASE("LED-11: closing a day sets the bridges off, seals it, and later facts go to the next day") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const Money gross = money("CNY", "100.00");
        desk.post({postings::collected(desk.event("pay_1"), "ch", "m1", gross),
                   postings::channel_settled(desk.event("b1"), "sb-cny", "ch", gross, money("CNY", "0.60")),
                   postings::fee_taken(desk.event("fee_1"), "m1", money("CNY", "1.00"))});
        const auto closed = close(desk, kFirst);
        REQUIRE(closed.ok());
        CHECK(closed->entries == 4);  // three and the set-off
        CHECK(closed->set_off == 1);
        CHECK(closed->opened == Date::of_number(20261121));
        CHECK(desk.balance(single(AccountKind::DueFromOwn, currency("CNY"))).booked.is_zero());
        CHECK(desk.balance(single(AccountKind::DueToOwn, currency("CNY"))).booked == money("CNY", "0.40"));
        CHECK(desk.balance(single(AccountKind::DueToCustomers, currency("CNY"))).booked.is_zero());

        const auto again = close(desk, kFirst);
        REQUIRE_FALSE(again.ok());
        CHECK(again.error().english() == "2026-11-20 is not the open business date; that is 2026-11-21.");
        flow::CloseDay closing(desk.database, *desk.queue, desk.books, desk.anchors);
        CHECK_FALSE(closing.close(Date::of_number(20261122)).ok());
        CHECK(closing.close(Date::of_number(20261121), kFirst).error().code->text == "next_date_not_later");

        const auto late = postings::collected(desk.event("pay_2"), "ch", "m1", gross);
        desk.post({late});
        desk.database.read([&](db::Reader& reader) {
            CHECK(db::open_business_date(reader) == Date::of_number(20261121));
            CHECK(find_entry(reader, late.fact)->business_date == 20261121);
            const auto seal = last_seal(reader, kFirst);
            REQUIRE(seal);
            CHECK(is_good_seal(*seal, desk.key.verify_key()));
            CHECK(seal->manifest_hash == closed->manifest_hash);
        });
        // Skipping over a holiday, and a day without any entry.
        REQUIRE(close(desk, Date::of_number(20261121), Date::of_number(20261124)).ok());
        REQUIRE(close(desk, Date::of_number(20261124)).ok());
        const VerifyReport report = desk.verify();
        CAPTURE(report.text_english());
        CHECK(report.is_good());
        CHECK(report.sealed_days == 3);
    });
}

TEST_CASE("LED-11: a day that is not over, or has not begun, is not closed, and nothing changes") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "100.00");
        flow::CloseDay closing(desk.database, *desk.queue, desk.books, desk.anchors);
        const auto refused = [&](Date date) {
            const auto closed = closing.close(date);
            REQUIRE_FALSE(closed.ok());
            desk.database.read([&](db::Reader& reader) {
                CHECK(db::open_business_date(reader) == date);
                const auto seal = last_seal(reader, date);
                CHECK_FALSE((seal && seal->business_date == date));
            });
            return closed.error();
        };
        // The first of these two is the day's own morning, the second its last second.
        CHECK(refused(kFirst).code->text == "business_date_not_over");
        desk.clock.set(kFirst.at_shanghai(23, 59, 59));
        CHECK(refused(kFirst).english() ==
              "The business date 2026-11-20 is open and ends at 2026-11-21 00:00:00 (Asia/Shanghai); by this clock it "
              "is 2026-11-20 23:59:59. Nothing was closed. Close it after its end.");
        desk.clock.set(kFirst.plus_days(1).at_shanghai(0));
        REQUIRE(closing.close(kFirst).ok());
        // A second run at one in the morning does not close the day that has just begun.
        desk.clock.set(kFirst.plus_days(1).at_shanghai(1));
        CHECK(refused(kFirst.plus_days(1)).code->text == "business_date_not_over");
        const auto paid = postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "1.00"));
        desk.post({paid});
        desk.database.read(
            [&](db::Reader& reader) { CHECK(find_entry(reader, paid.fact)->business_date == 20261121); });
    });
}

TEST_CASE("LED-11: a close adds up under its lock only what came since the day was added up") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        for (int times = 0; times < 3; ++times) desk.collect("m1", "100.00");
        const auto closed = close(desk, kFirst);
        REQUIRE(closed.ok());
        CHECK(closed->entries == 6);
        CHECK(closed->entries_at_close == 0);

        // What was added up ahead, in pages of any size, and what came later make the same seal as all at once.
        const Date second = Date::of_number(20261121);
        desk.collect("m1", "1.00");
        desk.collect("m2", "2.00");
        DayTotals ahead;
        desk.database.read([&](db::Reader& reader) {
            ahead = begin_totals(second, last_seal(reader, second));
            CHECK(add_up(reader, ahead, 3) == 3);
            CHECK(add_up(reader, ahead, 3) == 1);
            CHECK(add_up(reader, ahead, 3) == 0);
        });
        desk.collect("m1", "0.50");
        DayTotals of_another_day = ahead;
        of_another_day.behind.reset();
        const auto sealed = [&](const DayTotals& so_far) {
            DaySeal made;
            const Status failed = desk.run({}, [&](db::Group& group) {
                made = seal_day(group, desk.books, desk.anchors, so_far);
                throw LogicError("only to see it");
            });
            REQUIRE_FALSE(failed.ok());
            return made;
        };
        const DaySeal at_once = sealed(DayTotals{});
        CHECK(at_once.entries == 6);
        CHECK(at_once.entries_at_close == 6);
        CHECK(sealed(of_another_day).entries_at_close == 6);
        const DaySeal rest = sealed(ahead);
        CHECK(rest.entries == 6);
        CHECK(rest.entries_at_close == 2);
        CHECK(rest.manifest_hash == at_once.manifest_hash);
    });
}

TEST_CASE("LED-11: whoever changes a sealed day, its balances or its seal is found") {
    each_engine([](TestDatabase& where) {
        const auto found_after = [&](const char* trigger, const char* change) {
            TestDatabase fresh = TestDatabase::fresh(where.engine());
            LedgerDesk desk(fresh);
            desk.collect("m1", "100.00");
            REQUIRE(close(desk, kFirst).ok());
            desk.collect("m1", "50.00");
            desk.database.write([&](db::Tx& tx) { tx.execute({trigger}); });
            desk.database.write([&](db::Tx& tx) { tx.execute({change}); });
            const VerifyReport report = desk.verify();
            REQUIRE_FALSE(report.is_good());
            return std::string(report.problems.back().code->text);
        };
        CHECK(found_after("DROP TRIGGER day_balance_no_update",
                          "UPDATE day_balance SET balance_minor = balance_minor + 1") == "seal_broken");
        CHECK(found_after("DROP TRIGGER day_balance_no_delete",
                          "DELETE FROM day_balance WHERE account_id = 'merchant:m1:CNY'") == "seal_broken");
        CHECK(found_after("DROP TRIGGER day_seal_no_update", "UPDATE day_seal SET entries = 1") == "seal_broken");
        CHECK(found_after("DROP TRIGGER day_head_no_update", "UPDATE day_head SET seq = seq + 1") == "seal_broken");
        CHECK(found_after("DROP TRIGGER day_seal_no_delete", "DELETE FROM day_seal") == "anchor_removed");
    });
}

TEST_CASE("a balance at a past instant is what was booked by then, across closed days") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const Account payee = merchant("m1", currency("CNY"));
        std::vector<std::pair<Instant, std::string>> expected;
        expected.emplace_back(desk.clock.now() - std::chrono::hours(1), "0.00");
        Date date = kFirst;
        std::int64_t minor = 0;
        for (int day = 0; day < 4; ++day) {
            for (int times = 0; times < 3; ++times) {
                desk.clock.advance(std::chrono::hours(2));
                if (times == 1 && day == 2) continue;
                desk.collect("m1", "1.50");
                minor += 150;
                expected.emplace_back(desk.clock.now(), Money::of_minor(currency("CNY"), minor).text());
                expected.emplace_back(desk.clock.now() - std::chrono::microseconds(1),
                                      Money::of_minor(currency("CNY"), minor - 150).text());
            }
            desk.clock.advance(std::chrono::hours(18));
            REQUIRE(close(desk, date).ok());
            date = date.plus_days(1);
        }
        desk.collect("m1", "0.01");
        desk.clock.advance(std::chrono::seconds(1));
        desk.queue->pass_time();
        for (const auto& [at, text] : expected) {
            CAPTURE(rfc3339(at));
            const auto balance = balance_then(desk, payee, at);
            REQUIRE(balance.ok());
            CHECK(balance->text() == text);
        }
        CHECK(balance_then(desk, clearing("ch", currency("CNY")), expected.back().first)->is_zero());
        const auto ahead = balance_then(desk, payee, desk.clock.now() + std::chrono::seconds(1));
        REQUIRE_FALSE(ahead.ok());
        CHECK(ahead.error().code->text == "instant_still_open");
    });
}

TEST_CASE("a balance is not told for an instant before which a live writer may still book") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "1.00");
        const Instant booked = desk.clock.now();
        desk.clock.advance(std::chrono::seconds(5));
        const Account payee = merchant("m1", currency("CNY"));
        CHECK_FALSE(balance_then(desk, payee, booked).ok());  // the writer has passed no later instant yet
        desk.queue->pass_time();
        const auto told = balance_then(desk, payee, booked);
        REQUIRE(told.ok());
        CHECK(told->text() == "1.00");
        CHECK_FALSE(balance_then(desk, payee, desk.clock.now()).ok());
    });
}

TEST_CASE("heads are anchored hourly when something was booked, and the file gets every line once") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        AnchorHeads hourly(desk.database, *desk.queue, desk.anchors);
        CHECK(hourly.step(desk.clock.now()) == 0);  // nothing to sign
        desk.collect("m1", "1.00");
        CHECK(hourly.step(desk.clock.now()) == 1);
        desk.collect("m1", "1.00");
        CHECK(hourly.step(desk.clock.now()) == 0);  // not an hour ago
        desk.clock.advance(std::chrono::minutes(61));
        CHECK(hourly.step(desk.clock.now()) == 1);
        CHECK(hourly.step(desk.clock.now() + std::chrono::hours(2)) == 0);  // nothing new
        CHECK(desk.complete_file() == 0);
        // A crash between COMMIT and file, and one in the middle of a line, are made good.
        desk.collect("m1", "1.00");
        REQUIRE(desk.run({}, [&](db::Group& group) { desk.anchors.write(group, "hour"); }).ok());
        std::ofstream(desk.anchors.settings().file, std::ios::app) << "anchor1 1 6 ";
        CHECK(desk.complete_file() == 1);
        const VerifyReport report = desk.verify();
        CAPTURE(report.text_english());
        CHECK(report.is_good());
        CHECK(report.anchors == 3);
        // A file that cannot be written is an error, and is tried again.
        Anchors nowhere(desk.key, {desk.directory / "no such folder" / "anchors.txt"});
        AnchorHeads failing(desk.database, *desk.queue, nowhere);
        for (int times = 0; times < 2; ++times) {
            CHECK(failing.step(desk.clock.now()) == 0);
            REQUIRE(failing.failure().has_value());
            CHECK(failing.failure()->code->text == "anchor_file");
        }
        CHECK_FALSE(hourly.failure().has_value());
    });
}
