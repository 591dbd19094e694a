// Evidence of best execution beyond what is bought by a price: what all banks showed when a lock was taken and when a
// purchase drew on it is kept beside them, and does not go while they stand.

#include "src/flow/retention.h"
#include "tests/contract/held_lock_desk.h"

using namespace convert_desk;

namespace {

struct EvidenceDesk : LockDesk {
    using LockDesk::LockDesk;

    fx::QuoteStore::KeptOffers offers(const std::string& subject) {
        std::optional<fx::QuoteStore::KeptOffers> kept;
        desk.database.read([&](db::Reader& reader) { kept = fx::QuoteStore::offers(reader, subject); });
        REQUIRE_MESSAGE(kept.has_value(), subject);
        return *kept;
    }
    void forget_old() {
        desk.clock.advance(std::chrono::hours(24 * 400));
        flow::Retention retention(desk.database, *desk.queue, flow::RetentionSettings{});
        for (int step = 0; step < 20; ++step) (void)retention.step(desk.clock.now());
    }

    flow::Convert both{desk.database, *desk.queue, desk.books,
                       call_rows,     value_dates, two_banks(flow::UseHeldLocks::First)};
    flow::HeldLocks both_locks{desk.database, *desk.queue, desk.books,
                               call_rows,     value_dates, two_banks(flow::UseHeldLocks::First)};
};

}  // namespace

TEST_CASE("best execution: a lock and each purchase that draws on it keep what all banks showed then, for years") {
    each_engine([](TestDatabase& on) {
        EvidenceDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "1000.00");
        const auto item =
            std::make_shared<flow::TakeLock>(flow::LockWish{"sandbox-bank", currency("USD"), money("USD", "100.00")});
        item->operator_id = "opr_dealer";
        REQUIRE(d.desk.queue->run(d.both_locks.take(), item).ok());
        REQUIRE(item->taken.has_value());
        const fx::Lock lock = item->taken->lock;
        const fx::QuoteStore::KeptOffers taken = d.offers(lock.id);
        CHECK(taken.cny == item->taken->held.cny);
        REQUIRE(taken.offers.size() == 1);
        CHECK(taken.offers[0].quote.id == lock.quote_id);
        CHECK(taken.offers[0].unfit == fx::Unfit::No);  // as it stood before it was used
        d.run_calls();

        // Meanwhile another bank shows better.
        d.show_again();
        d.show_cheaper();
        REQUIRE(d.both.step(d.desk.clock.now()) >= 1);
        const fx::Purchase purchase = d.purchase_of(order);
        REQUIRE(purchase.lock_id == lock.id);
        const fx::QuoteStore::KeptOffers drawn = d.offers(purchase.id);
        CHECK(drawn.cny == purchase.cny);
        REQUIRE(drawn.offers.size() == 2);
        CHECK(drawn.offers[0].quote.bank == "cheap-bank");
        CHECK(drawn.offers[0].foreign > purchase.foreign);
        CHECK(drawn.offers[1].quote.bank == "sandbox-bank");

        d.forget_old();
        CHECK(d.offers(lock.id).offers[0].quote.id == lock.quote_id);
        CHECK(d.offers(purchase.id).offers.size() == 2);
    });
}

TEST_CASE("best execution: a bank where too little of our CNY was free is kept as one that could not be paid") {
    each_engine([](TestDatabase& on) {
        EvidenceDesk d(on);
        flow::ConvertSettings settings = d.two_banks(flow::UseHeldLocks::First);
        settings.banks.at("cheap-bank").cny = "cb-cny";
        flow::Convert apart{d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings};
        d.show_rates();
        const std::string order = d.order("m1", "USD", "500.00");
        const std::string lock = d.taken(money("CNY", "500.00"));
        d.run_calls();
        d.show_again();
        d.show_cheaper();
        REQUIRE(apart.step(d.desk.clock.now()) >= 1);
        const fx::Purchase purchase = d.purchase_of(order);
        REQUIRE(purchase.lock_id == lock);
        const fx::QuoteStore::KeptOffers drawn = d.offers(purchase.id);
        REQUIRE(drawn.offers.size() == 2);
        CHECK(drawn.offers[0].quote.bank == "sandbox-bank");
        CHECK(drawn.offers[0].unfit == fx::Unfit::No);
        CHECK(drawn.offers[1].quote.bank == "cheap-bank");
        CHECK(drawn.offers[1].unfit == fx::Unfit::NoCny);
    });
}
