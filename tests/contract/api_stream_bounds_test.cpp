// What the desk's stream costs at most: how many may read, how much is told at once and how often, and what becomes of
// readers who do not keep up.

#include "fx/exposure_store.h"
#include "fx/purchase_store.h"
#include "tests/contract/stream_reading.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

void order_more(ApiDesk& desk, std::int64_t minor) {
    desk.write([&](db::Group& group) {
        fx::ExposureTotals more;
        more.at(fx::Figure::Ordered) = minor;
        fx::ExposureStore::add(group, {{"USD", more}});
    });
}

/// Purchases whose deal is awaited, each with its lock.
void open_purchases(ApiDesk& desk, const std::string& prefix, int count, fx::LockState state) {
    const Rate rate = Rate::parse(Currency::known("USD"), Currency::known("CNY"), 1, "7.1").value();
    const Date value_date = Date::of_number(20261124);
    desk.write([&](db::Group& group) {
        for (int i = 0; i < count; ++i) {
            const std::string number = prefix + std::to_string(i);
            const Money cny = Money::of_minor(Currency::known("CNY"), 71'000);
            fx::QuoteStore::insert_lock(group.tx,
                                        {.id = "lck_" + number,
                                         .quote_id = "qot_" + number,
                                         .purchase_id = "pur_" + number,
                                         .bank = "sandbox-bank",
                                         .reference = "ref_" + number,
                                         .bank_reference = "",
                                         .rate = rate,
                                         .fixed_side = fx::FixedSide::Cny,
                                         .amount = cny,
                                         .value_date = value_date,
                                         .requested_at = group.now,
                                         .expires_at = group.now + std::chrono::minutes(1),
                                         .state = state},
                                        group.now + std::chrono::minutes(1));
            const fx::Purchase purchase{.id = "pur_" + number,
                                        .bank = "sandbox-bank",
                                        .lock_id = "lck_" + number,
                                        .reference = "ref_" + number,
                                        .currency = Currency::known("USD"),
                                        .fixed_side = fx::FixedSide::Cny,
                                        .cny = cny,
                                        .foreign = Money::of_minor(Currency::known("USD"), 10'000),
                                        .state = fx::PurchaseState::Ordered,
                                        .cny_account = "cny",
                                        .foreign_account = "usd",
                                        .deal = std::nullopt,
                                        .provision_hold = "",
                                        .created_at = group.now,
                                        .dealt_at = {},
                                        .over_at = std::nullopt};
            fx::PurchaseStore::insert(group.tx, purchase, {});
        }
    });
}

int times(const std::string& text, std::string_view what) {
    int count = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

}  // namespace

TEST_CASE("there are so many streams and no more, and one that its reader left makes room") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on, 1, std::nullopt, {.most_streams = 2});
        const std::uint16_t port = desk.listen_to_operators();
        Reading first(desk, port);
        Reading second(desk, port);
        first.event();
        second.event();
        Reading third(desk, port);
        CHECK(third.head().find("503") != std::string::npos);
        CHECK(third.head().find("Retry-After") != std::string::npos);
        // Open streams hold no thread: more than the listener has are answered beside them.
        first.connection().close();
        for (int i = 0; i < 200 && desk.desk_stream.open_streams() == 2; ++i) {
            ::poll(nullptr, 0, 10);
            desk.desk_stream.step(desk.clock.now());
        }
        Reading fourth(desk, port);
        CHECK(fourth.event().type == "reset");
    });
}

TEST_CASE("who reads too slowly is cut off instead of filling the memory, and the others are told on") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on, 1, std::nullopt, {.most_unsent = 64 * 1024});
        const std::uint16_t port = desk.listen_to_operators();
        Reading slow(desk, port);
        slow.event();
        Reading good(desk, port);
        good.event();
        const std::string text(20'000, 'x');
        for (int i = 0; i < 2000 && desk.desk_stream.open_streams() == 2; ++i) {
            desk.clock.advance(std::chrono::seconds(1));
            open_matter(desk, "pur_" + std::to_string(i), text);
            CHECK(good.event().data.find("\"pur_" + std::to_string(i) + "\"") != std::string::npos);
        }
        CHECK(desk.desk_stream.open_streams() == 1);
        CHECK(slow.is_closed());
        CHECK(desk.server->streams_cut() == 1);
    });
}

TEST_CASE("many changes at once come in portions, and nobody who reads is cut off for them") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on, 1, std::nullopt, {.most_unsent = 64 * 1024});
        Reading reading(desk, desk.listen_to_operators());
        reading.event();
        const std::string text(1'000, 'x');
        desk.write([&](db::Group& group) {
            for (int i = 0; i < 300; ++i)
                desk.work_items.open(group, {"deal_differs", "purchase", "pur_" + std::to_string(i), text, "请看"});
        });
        std::set<std::string> told;
        for (int i = 0; i < 300; ++i) told.insert(field(reading.event(), "subject_id"));
        CHECK(told.size() == 300);
        CHECK(reading.is_quiet());
    });
}

TEST_CASE(
    "however much stands open, the stream begins: live locks and work items are told so far, and how many there are") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on, 1, std::nullopt, {.most_unsent = 256 * 1024});
        open_purchases(desk, "used_", 700, fx::LockState::Used);
        open_purchases(desk, "live_", 230, fx::LockState::Locked);
        for (int i = 0; i < 20; ++i) open_matter(desk, "pur_" + std::to_string(i), std::string(10'000, 'x'));
        Reading reading(desk, desk.listen_to_operators());
        const Event reset = reading.event();
        CHECK(reset.type == "reset");
        CHECK(reset.data.size() < 256 * 1024);
        CHECK(times(reset.data, R"("lck_used_)") == 0);
        CHECK(times(reset.data, R"("lck_live_)") == 200);
        CHECK(reset.data.find(R"("locks_live":230,)") != std::string::npos);
        CHECK(reset.data.find(R"("work_items_waiting":20,)") != std::string::npos);
        const int items = times(reset.data, R"("kind":"deal_differs")");
        CHECK(items > 0);
        CHECK(items < 20);
    });
}

TEST_CASE("exposure is told at most once a second, as it stands then, and holds up nothing else") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::uint16_t port = desk.listen_to_operators();
        Event rate;
        {
            Reading reading(desk, port);
            reading.event();
            order_more(desk, 100'00);
            CHECK(reading.event().data.find("\"100.00\"") != std::string::npos);
            order_more(desk, 1'00);
            order_more(desk, 2'00);
            CHECK(reading.is_quiet());
            desk.clock.advance(std::chrono::seconds(1));
            const Event both = reading.event();
            CHECK(both.type == "exposure");
            CHECK(both.data.find("\"103.00\"") != std::string::npos);
            CHECK(reading.is_quiet());
            order_more(desk, 4'00);
            show_quote(desk, "qot_1", "7.1");
            rate = reading.event();
            CHECK(rate.type == "rate");
            CHECK(reading.is_quiet());
        }
        // It left before its second was over: it is told when it is back.
        Reading back(desk, port, rate.id);
        back.head();
        desk.clock.advance(std::chrono::seconds(1));
        const Event owed = back.event();
        CHECK(owed.type == "exposure");
        CHECK(owed.data.find("\"107.00\"") != std::string::npos);
        CHECK(back.is_quiet());
    });
}

TEST_CASE("one operator has four streams and no more, and the others have theirs") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::uint16_t port = desk.listen_to_operators();
        std::vector<std::unique_ptr<Reading>> readings;
        for (int i = 0; i < 4; ++i) {
            readings.push_back(std::make_unique<Reading>(desk, port));
            CHECK(readings.back()->event().type == "reset");
        }
        {
            Reading fifth(desk, port);
            CHECK(fifth.head().find("503") != std::string::npos);
            CHECK(fifth.says("\"too_many_own_streams\""));
        }
        Reading other(desk, port, "", "opr_checker");
        CHECK(other.event().type == "reset");
        readings.front()->connection().close();
        for (int i = 0; i < 200 && desk.desk_stream.open_streams() == 5; ++i) {
            ::poll(nullptr, 0, 10);
            desk.desk_stream.step(desk.clock.now());
        }
        Reading again(desk, port);
        CHECK(again.event().type == "reset");
    });
}
