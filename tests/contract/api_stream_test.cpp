// The desk live over real sockets: what is told and in which order, coming back to another process, and beginning anew.

#include "fx/exposure_store.h"
#include "src/api/prune.h"
#include "src/db/change_tape.h"
#include "tests/contract/stream_reading.h"

using namespace huiqiao;
using namespace huiqiao::testing;

TEST_CASE("the stream begins with what stands, and then tells each change in the order of its commit") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        open_matter(desk, "pur_0");
        const std::uint16_t port = desk.listen_to_operators();
        Reading reading(desk, port);
        CHECK(reading.head().find("200 OK") != std::string::npos);
        CHECK(reading.head().find("text/event-stream") != std::string::npos);
        CHECK(reading.head().find("Content-Length") == std::string::npos);
        const Event reset = reading.event();
        CHECK(reset.type == "reset");
        CHECK(reset.data.find(R"("why":"new")") != std::string::npos);
        CHECK(reset.data.find("pur_0") != std::string::npos);

        show_quote(desk, "qot_1", "7.1");
        open_matter(desk, "pur_1");
        desk.write([&](db::Group& group) {
            fx::ExposureTotals more;
            more.at(fx::Figure::Ordered) = 21900;
            fx::ExposureStore::add(group, {{"USD", more}});
        });
        const Event rate = reading.event();
        CHECK(rate.type == "rate");
        CHECK(field(rate, "id") == "qot_1");
        CHECK(field(rate, "bank_rate") == "7.1");
        const Event item = reading.event();
        CHECK(item.type == "work_item");
        CHECK(field(item, "subject_id") == "pur_1");
        CHECK(field(item, "state") == "open");
        const Event exposure = reading.event();
        CHECK(exposure.type == "exposure");
        CHECK(exposure.data.find(R"("ordered":{"currency":"CNY","amount":"219.00"})") != std::string::npos);
        CHECK(std::set<std::string>{reset.id, rate.id, item.id, exposure.id}.size() == 4);
        CHECK(reading.is_quiet());

        SUBCASE("a matter that is told again as it stands is no change, and a closed one is told as closed") {
            open_matter(desk, "pur_1");
            CHECK(reading.is_quiet());
            desk.write([&](db::Group& group) { desk.work_items.close(group, "deal_differs", "pur_1", "done"); });
            CHECK(field(reading.event(), "state") == "closed");
        }
    });
}

TEST_CASE("a reset tells the quotes that can still be taken, and none that is over or was refused") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const auto latest = [&](const char* bank, const char* id, fx::QuoteState state) {
            desk.write([&](db::Group& group) {
                fx::Quote one = quote(id, "7.1", group.now);
                one.bank = bank;
                one.state = state;
                const std::string why = state == fx::QuoteState::Refused ? "rate_moved USD/CNY" : "";
                fx::QuoteStore::insert_quotes(group.tx, std::span(&one, 1), std::span(&why, 1));
                const fx::Board board{fx::board_id(bank, one.currency()), group.now, group.now, id, std::nullopt};
                db::Rows rows;
                rows.add(board.id, "");
                group.tx.insert_absent(fx::kBoardClaim.insert, rows);
                fx::QuoteStore::save_boards(group.tx, std::span(&board, 1));
            });
        };
        latest("old-bank", "qot_old", fx::QuoteState::Open);
        desk.clock.advance(std::chrono::minutes(2));
        latest("new-bank", "qot_new", fx::QuoteState::Open);
        latest("odd-bank", "qot_odd", fx::QuoteState::Refused);
        Reading reading(desk, desk.listen_to_operators());
        const std::string reset = reading.event().data;
        CHECK(reset.find("qot_new") != std::string::npos);
        CHECK(reset.find("qot_old") == std::string::npos);
        CHECK(reset.find("qot_odd") == std::string::npos);
    });
}

TEST_CASE("a reader comes back to another process behind the last event that it saw, and misses and repeats nothing") {
    each_engine([](TestDatabase& on) {
        Event seen;
        {
            ApiDesk desk(on);
            Reading reading(desk, desk.listen_to_operators());
            reading.event();
            desk.write([&](db::Group& group) {
                for (const char* subject : {"pur_1", "pur_2", "pur_3"})
                    desk.work_items.open(group, {"deal_differs", "purchase", subject, "look", "请看"});
            });
            seen = reading.event();
            CHECK(field(seen, "subject_id") == "pur_1");
        }
        // The first process is gone, with whatever it had in memory; another slot writes beside it.
        ApiDesk desk(on, 2);
        open_matter(desk, "pur_4");
        Reading back(desk, desk.listen_to_operators(), seen.id);
        for (const char* subject : {"pur_2", "pur_3", "pur_4"}) {
            const Event next = back.event();
            CHECK(next.type == "work_item");
            CHECK(field(next, "subject_id") == subject);
        }
        CHECK(back.is_quiet());
    });
}

TEST_CASE("two processes write at once, and a reader of either sees all of both") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        db::WriteQueue other(desk.database, desk.clock, desk.ids, {});
        Reading reading(desk, desk.listen_to_operators());
        reading.event();
        std::set<std::string> told;
        for (int i = 0; i < 4; ++i) {
            const std::string subject = "pur_" + std::to_string(i);
            if (i % 2 == 0) {
                open_matter(desk, subject);
                continue;
            }
            auto item = std::make_shared<AnyItem>();
            item->run = [&](db::Group& group) {
                desk.work_items.open(group, {"deal_differs", "purchase", subject, "look", "请看"});
            };
            REQUIRE(other.run(desk.any, item).ok());
        }
        for (int i = 0; i < 4; ++i) told.insert(field(reading.event(), "subject_id"));
        CHECK(told == std::set<std::string>{"pur_0", "pur_1", "pur_2", "pur_3"});
        other.stop();
    });
}

TEST_CASE("what changed many times while nobody looked is told once, as it stands") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        Reading reading(desk, desk.listen_to_operators());
        reading.event();
        open_matter(desk, "pur_1");
        for (const char* text : {"a", "b", "c"}) {
            desk.write([&](db::Group& group) {
                desk.work_items.retell(group, {"deal_differs", "purchase", "pur_1", text, "请看"});
            });
        }
        CHECK(field(reading.event(), "text") == "c");
        CHECK(reading.is_quiet());
    });
}

TEST_CASE("an id that is too old, from elsewhere or no id at all begins anew with a snapshot") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        open_matter(desk, "pur_1");
        const std::uint16_t port = desk.listen_to_operators();
        std::string id;
        {
            Reading first(desk, port);
            id = first.event().id;
        }
        CHECK(db::TapePosition::from_text(id).has_value());
        const auto begins = [&](const std::string& last) {
            Reading reading(desk, port, last);
            const Event event = reading.event();
            CHECK(event.type == "reset");
            CHECK(event.data.find("pur_1") != std::string::npos);
            return field(event, "why");
        };
        CHECK(begins("nonsense") == "unknown");
        CHECK(begins(id + "0") == "unknown");
        CHECK(begins("99999999999999999/0:1.0") == "unknown");
        // No group has such a place, so it is no event's.
        const std::size_t slot = id.find('/') + 1;
        const std::string group =
            id.substr(0, id.find(':') + 1) + std::to_string(std::stoll(id.substr(id.find(':', slot) + 1)) - 1);
        for (const char* place : {".2147483647", ".2147483600", ".1000001", ".2"}) {
            CAPTURE(place);
            CHECK(begins(group + place) == "unknown");
        }
        desk.clock.advance(std::chrono::hours(25));
        CHECK(begins(id) == "too_old");
    });
}

TEST_CASE("changes are forgotten after a day, and not before") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        api::Prune prune(desk.database, *desk.queue);
        open_matter(desk, "pur_1");
        prune.step(desk.clock.now());
        CHECK(desk.count("change_tape") == 1);
        desk.clock.advance(std::chrono::hours(23));
        open_matter(desk, "pur_2");
        prune.step(desk.clock.now());
        CHECK(desk.count("change_tape") == 2);
        desk.clock.advance(std::chrono::hours(2));
        prune.step(desk.clock.now());
        CHECK(desk.count("change_tape") == 1);
    });
}

TEST_CASE("a quiet stream beats, and its reader's place moves on with it") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        Reading reading(desk, desk.listen_to_operators());
        const std::string first = reading.event().id;
        desk.clock.advance(std::chrono::seconds(16));
        desk.desk_stream.step(desk.clock.now());
        open_matter(desk, "pur_1");
        reading.event();
        CHECK(reading.last_comment.starts_with(": "));
        CHECK(reading.last_comment.find("\nid: ") != std::string::npos);
        CHECK(reading.last_comment.find(first) == std::string::npos);
    });
}

TEST_CASE("SEC-07 the stream of an operator who is suspended ends, and who is none gets none") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::uint16_t port = desk.listen_to_operators();
        Reading nobody(desk, port, "", "key_1");
        CHECK(nobody.head().find("401") != std::string::npos);
        Reading gone(desk, port, "", "opr_gone");
        CHECK(gone.head().find("403") != std::string::npos);
        Reading reading(desk, port);
        reading.event();
        desk.write([&](db::Group& group) {
            operators::OperatorStore::set_state(group.tx, "opr_maker", operators::OperatorState::Suspended);
        });
        desk.clock.advance(std::chrono::seconds(2));
        desk.desk_stream.step(desk.clock.now());
        CHECK(reading.is_closed());
    });
}

TEST_CASE("a place on the tape is read as it was written, and in no other way") {
    const std::string good = "1763780000000000/0:123.0,1:45.2";
    const auto position = db::TapePosition::from_text(good);
    REQUIRE(position.has_value());
    CHECK(position->text() == good);
    for (const char* bad : {"", "/", "1", "1/0:1", "1/0:1.", "1/1:1.0,0:1.0", "01/0:1.0", "1/0:-1.0", "1/0:1.0,",
                            "1/0:1.0 ", "x/0:1.0", "1/0:1.99999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(db::TapePosition::from_text(bad).has_value());
    }
    CHECK(db::TapePosition::from_text("1/").has_value());
}
