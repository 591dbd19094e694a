// Orders that wait for the desk's locks of unknown outcome: the first-paid ones over all pages, and no others.

#include "src/flow/candidate_pages.h"
#include "tests/contract/held_lock_desk.h"

using namespace convert_desk;

namespace {

/// Five orders of CNY 100 for which a lock was asked that nobody answers, at a desk that looks at two orders at once
/// and has another bank, with CNY beside what is held for the lock.
struct ReservedDesk : LockDesk {
    explicit ReservedDesk(TestDatabase& on) : LockDesk(on) {
        show_rates();
        for (int i = 0; i < 5; ++i) reserved.push_back(order("m1", "USD", "100.00"));
        deposit("more", "500.00");
        desk.collect("m1", "500.00");
        fault("timeout_before_effect", 1, "/v1/fx/locks");
        lock = taken(money("CNY", "500.00"));
        run_calls();
    }
    flow::ConvertSettings small_pages() {
        flow::ConvertSettings small = two_banks(flow::UseHeldLocks::Best);
        small.orders_a_purchase = 2;
        return small;
    }
    void live(std::chrono::seconds by) {
        for (std::chrono::seconds lived{0}; lived < by; lived += 5s) {
            desk.clock.advance(5s);
            look();
        }
    }
    void look() {
        show_cheaper();
        both.step(desk.clock.now());
        run_calls();
    }
    bool are_untouched() {
        return std::all_of(reserved.begin(), reserved.end(),
                           [&](const std::string& order) { return lines_of(order).empty(); });
    }

    std::vector<std::string> reserved;
    std::string lock;
    flow::Convert both{desk.database, *desk.queue, desk.books, call_rows, value_dates, small_pages()};
};

}  // namespace

TEST_CASE(
    "FX-02 orders behind those that a lock of unknown outcome is for are bought, though these fill several pages") {
    each_engine([](TestDatabase& on) {
        ReservedDesk d(on);
        std::vector<std::string> others;
        for (int i = 0; i < 3; ++i) others.push_back(d.order("m2", "USD", "100.00"));
        d.live(60s);
        REQUIRE(d.row(d.lock).lock.state == fx::LockState::Unknown);
        CHECK(d.are_untouched());
        for (const std::string& other : others) {
            REQUIRE_FALSE(d.lines_of(other).empty());
            CHECK(d.purchase_of(other).bank == "cheap-bank");
        }
        d.live(280s);
        CHECK(d.row(d.lock).lock.state == fx::LockState::Lapsed);
        CHECK_FALSE(d.are_untouched());
        d.check_books();
    });
}

TEST_CASE("FX-02 where all that wait are a lock's, they are not looked at again at once, but as soon as it is known") {
    each_engine([](TestDatabase& on) {
        ReservedDesk d(on);
        for (int i = 0; i < 3; ++i) d.look();
        const std::string other = d.order("m2", "USD", "100.00");
        d.look();
        CHECK(d.lines_of(other).empty());
        d.desk.clock.advance(1s);
        for (int i = 0; i < 3; ++i) d.look();
        CHECK(d.purchase_of(other).bank == "cheap-bank");
        // Its outcome: at the very instant at which it is known.
        d.look();
        d.desk.database.write([&](db::Tx& tx) {
            fx::Lock over = fx::QuoteStore::lock(tx, d.lock).value();
            over.state = fx::LockState::Lapsed;
            fx::QuoteStore::save_lock(tx, over, std::nullopt);
        });
        for (int i = 0; i < 3; ++i) d.look();
        CHECK_FALSE(d.lines_of(d.reserved.front()).empty());
    });
}

TEST_CASE("a worker that pauses begins with the oldest, and what kept orders back ends the pause") {
    const Currency usd = Currency::known("USD");
    const Instant now{1h};
    flow::CandidatePages pages(2);
    const std::vector<std::string> page{"ord_1", "ord_2"};
    pages.looked(usd, page, false, now);
    CHECK(pages.behind(usd) == "ord_2");
    pages.pause(usd, now);
    CHECK(pages.behind(usd).empty());
    CHECK_FALSE(pages.may_look(usd, now));
    CHECK(pages.may_look(usd, now + 1s));
    pages.begin_anew(usd);
    CHECK(pages.may_look(usd, now));
}
