#include <thread>

#include "src/flow/note_overdrawn.h"
#include "src/ledger/payout_stops.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using testing::currency;
using testing::each_engine;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

HoldRequest request(const Account& account, std::string_view amount, std::string subject = "rem_1") {
    return {account, money(account.currency.code(), amount), "remittance", std::move(subject)};
}

}  // namespace

TEST_CASE("LED-10: a hold is made smaller while payouts are stopped, for the same subject and never larger") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "100.00");
        const Account bank = provision("sb-cny", currency("CNY"));
        const auto holds = desk.hold({request(bank, "60.00")});
        REQUIRE(holds.ok());
        std::string smaller;
        const auto reduce = [&](const std::string& id, std::string_view to) {
            return desk.run({bank},
                            [&](db::Group& group) { smaller = desk.books.reduce_hold(group, id, money("CNY", to)); });
        };
        REQUIRE(
            desk.run({}, [&](db::Group& group) { desk.books.stop_payouts(group, currency("CNY"), "a test"); }).ok());
        REQUIRE(reduce(holds->at(0), "40.00").ok());
        CHECK(smaller != holds->at(0));
        CHECK(desk.balance(bank).held == money("CNY", "40.00"));
        CHECK(desk.verify().is_good());
        for (const auto& [id, to] : {std::pair<std::string, const char*>{holds->at(0), "10.00"},  // not open any more
                                     {smaller, "40.01"},
                                     {smaller, "0.00"},
                                     {"hld_never", "1.00"}}) {
            CHECK_FALSE(reduce(id, to).ok());
        }
        REQUIRE(desk.run({bank},
                         [&](db::Group& group) {
                             desk.books.release(group, std::vector<std::string>{holds->at(0), smaller});
                         })
                    .ok());
        CHECK(desk.balance(bank).held.is_zero());
        CHECK(desk.verify().is_good());
    });
}

TEST_CASE("a hold keeps money back, an entry uses it up, a release gives it back") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "100.00");
        const Account payer = merchant("m1", currency("CNY"));
        const Account bank = provision("sb-cny", currency("CNY"));
        const auto holds = desk.hold({request(payer, "60.00"), request(bank, "60.00")});
        REQUIRE(holds.ok());
        CHECK(desk.balance(payer).held == money("CNY", "60.00"));
        CHECK(desk.balance(payer).available() == money("CNY", "40.00"));
        const auto refused = desk.hold({request(bank, "1.00"), request(payer, "40.01")});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().english() == "Account merchant:m1:CNY has CNY 40.00 available; CNY 40.01 are needed.");
        CHECK(desk.balance(bank).held == money("CNY", "60.00"));  // all or none

        Draft ordered = postings::remittance_ordered(desk.event("rem_1"), "m1", "sb-cny", money("CNY", "60.00"));
        ordered.uses_holds = {(*holds)[0]};
        desk.post({ordered});
        desk.post({ordered});  // a repeat changes nothing, its holds neither
        CHECK(desk.balance(payer).booked == money("CNY", "40.00"));
        CHECK(desk.balance(payer).held.is_zero());
        for (int times = 0; times < 2; ++times) {
            REQUIRE(desk.run({payer, bank}, [&](db::Group& group) { desk.books.release(group, *holds); }).ok());
            CHECK(desk.balance(payer).held.is_zero());
            CHECK(desk.balance(bank).held.is_zero());
        }
        CHECK(desk.verify().is_good());
        CHECK_FALSE(
            desk.run({payer},
                     [&](db::Group& group) { desk.books.release(group, std::vector<std::string>{"hld_never"}); })
                .ok());
        CHECK_FALSE(
            desk.run({payer},
                     [&](db::Group& group) { (void)desk.books.hold(group, std::vector{request(payer, "0.00")}); })
                .ok());
    });
}

TEST_CASE("LED-05: holds of two writers at once never take more than there is, on an account that is new as well") {
    for (const bool is_new : {false, true}) {
        CAPTURE(is_new);
        TestDatabase where = TestDatabase::fresh(db::Engine::MariaDb);
        LedgerDesk desk(where);
        db::WriteQueue second(desk.database, desk.clock, desk.ids, {});
        const Account payer = merchant("m1", currency("CNY"));
        if (!is_new) desk.collect("m1", "10.00");
        std::atomic<int> granted{0};
        std::atomic<int> failed{0};
        const auto ask = [&](db::WriteQueue& queue) {
            for (int round = 0; round < 30; ++round) {
                auto item = std::make_shared<testing::BookItem>();
                auto got = std::make_shared<bool>(false);
                item->accounts = {payer};
                item->run = [&desk, &payer, got](db::Group& group) {
                    *got = desk.books.hold(group, std::vector{request(payer, "1.00")}).ok();
                };
                if (!queue.run(desk.operation, item)) ++failed;
                if (*got) ++granted;
            }
        };
        std::thread other([&] { ask(second); });
        ask(*desk.queue);
        other.join();
        CHECK(failed == 0);
        CHECK(granted == (is_new ? 0 : 10));
        CHECK(desk.balance(payer).available() == Money::zero(currency("CNY")));
        CHECK(desk.verify().is_good());
    }
}

TEST_CASE("two writers that end one hold end it once") {
    TestDatabase where = TestDatabase::fresh(db::Engine::MariaDb);
    LedgerDesk desk(where);
    db::WriteQueue second(desk.database, desk.clock, desk.ids, {});
    const Account payer = merchant("m1", currency("CNY"));
    desk.collect("m1", "50.00");
    std::vector<std::string> holds;
    for (int at = 0; at < 40; ++at) holds.push_back(desk.hold({request(payer, "1.00")}).value().front());
    const auto end = [&](db::WriteQueue& queue) {
        for (const std::string& hold : holds) {
            auto item = std::make_shared<testing::BookItem>();
            item->accounts = {payer};
            item->run = [&desk, &hold](db::Group& group) { desk.books.release(group, std::span(&hold, 1)); };
            (void)queue.run(desk.operation, item);
        }
    };
    std::thread other([&] { end(second); });
    end(*desk.queue);
    other.join();
    CHECK(desk.balance(payer).held.is_zero());
    CHECK(desk.verify().is_good());
}

TEST_CASE("LED-05: a fact is booked even below zero; payouts of that currency stop, and no other's") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "10.00");
        const Account payer = merchant("m1", currency("CNY"));
        const auto fee =
            desk.post({postings::charge_borne_by_merchant(desk.event("chg_1"), "m1", "sb-cny", money("CNY", "10.01"))});
        std::vector<std::string> overdrawn = fee.overdrawn;
        std::sort(overdrawn.begin(), overdrawn.end());
        CHECK(overdrawn == std::vector<std::string>{"merchant:m1:CNY", "provision:sb-cny:CNY"});
        CHECK(desk.balance(payer).booked.text() == "-0.01");
        CHECK(desk.verify().is_good());  // below zero, but stopped
        desk.collect("m2", "10.00");
        const auto refused = desk.hold({request(merchant("m2", currency("CNY")), "1.00")});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code->text == "payouts_stopped");
        desk.post({postings::received_leg_settled(desk.event("usd"), "bank", "sb-usd", money("USD", "5.00"))});
        CHECK(desk.hold({request(provision("sb-usd", currency("USD")), "1.00")}).ok());

        // Resumed too early, verify says so.
        REQUIRE(desk.run({}, [&](db::Group& group) { desk.books.resume_payouts(group, currency("CNY")); }).ok());
        const VerifyReport report = desk.verify();
        REQUIRE(report.problem_count == 1);
        CHECK(report.problems[0].code->text == "guarded_below_zero");
        CHECK(desk.hold({request(merchant("m2", currency("CNY")), "1.00")}).ok());
    });
}

TEST_CASE("an account that a fact took below zero or below its holds is told to a person, once") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const PostResult posted{{}, {"merchant:m1:CNY", "provision:sb-cny:CNY"}};
        for (int twice = 0; twice < 2; ++twice) {
            REQUIRE(desk.run({}, [&](db::Group& group) { flow::note_overdrawn(group, posted); }).ok());
        }
        desk.database.read([&](db::Reader& reader) {
            const db::Found found = reader.select(
                {"SELECT subject_id FROM work_item WHERE kind = 'account_overdrawn' ORDER BY subject_id", "t"});
            REQUIRE(found.size() == 2);
            CHECK(found.text(0, 0) == "merchant:m1:CNY");
            CHECK(found.text(1, 0) == "provision:sb-cny:CNY");
        });
    });
}

TEST_CASE("an entry that leaves less than what is held is reported as overdrawn") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "10.00");
        REQUIRE(desk.hold({request(merchant("m1", currency("CNY")), "9.00")}).ok());
        const auto posted =
            desk.post({postings::charge_borne_by_merchant(desk.event("chg_1"), "m1", "sb-cny", money("CNY", "2.00"))});
        CHECK(posted.overdrawn == std::vector<std::string>{"merchant:m1:CNY"});
        desk.database.read([&](db::Reader& reader) { CHECK(desk.books.stopped_payouts(reader).empty()); });
    });
}

TEST_CASE("LED-10: when verify finds an imbalance payouts stop, collecting goes on, and nothing is mended") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.collect("m1", "10.00");
        const Account payer = merchant("m1", currency("CNY"));
        desk.database.write([](db::Tx& tx) {
            tx.execute({"UPDATE account SET balance_minor = balance_minor + 1 WHERE id = 'merchant:m1:CNY'"});
        });
        const VerifyReport report = desk.verify();
        REQUIRE(report.problem_count == 1);
        CHECK(report.problems[0].english() ==
              "Account merchant:m1:CNY stands at CNY 10.01; its postings sum to CNY 10.00.");
        PayoutStops stops(desk.database, *desk.queue, desk.books);
        REQUIRE(stops.stop_after(report).ok());
        CHECK(desk.hold({request(payer, "1.00")}).error().code->text == "payouts_stopped");
        desk.collect("m1", "5.00");
        CHECK(desk.balance(payer).booked == money("CNY", "15.01"));
        CHECK_FALSE(desk.verify().is_good());
        REQUIRE(desk.run({}, [&](db::Group& group) { desk.books.resume_payouts(group, currency("CNY")); }).ok());
        CHECK(desk.hold({request(payer, "1.00")}).ok());
        REQUIRE(stops.stop_after(VerifyReport{}).ok());  // good books stop nothing
        CHECK(desk.hold({request(payer, "1.00")}).ok());
    });
}
