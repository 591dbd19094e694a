// The desk live over real sockets: what is told and in which order, coming back to another process, beginning anew,
// and its bounds.

#include "fx/exposure_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/api/prune.h"
#include "src/db/change_tape.h"
#include "src/http/json.h"
#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using huiqiao::test::RawConnection;

namespace {

struct Event {
    std::string id;
    std::string type;
    std::string data;
};

/// One reader of the stream on a socket of its own.
class Reading {
 public:
    Reading(ApiDesk& desk, std::uint16_t port, const std::string& last_event_id = "",
            const std::string& who = "opr_maker")
        : desk_(desk), connection_(RawConnection::to(port)) {
        http::OutgoingRequest request = desk.signed_by(ApiDesk::get("/v1/ops/stream"), who);
        if (!last_event_id.empty()) request.headers.set("Last-Event-ID", last_event_id);
        REQUIRE(connection_.send(wire_form(request)));
    }
    std::string head() {
        while (head_.empty()) {
            const std::size_t end = kept_.find("\r\n\r\n");
            if (end == std::string::npos) {
                take();
                continue;
            }
            head_ = kept_.substr(0, end);
            kept_.erase(0, end + 4);
        }
        return head_;
    }
    /// The next event; steps the desk's stream until it is there. Comments, and ids without data, are passed over.
    Event event() {
        head();
        for (;;) {
            const std::size_t end = kept_.find("\n\n");
            if (end == std::string::npos) {
                desk_.desk_stream.step(desk_.clock.now());
                take();
                continue;
            }
            const std::string block = kept_.substr(0, end + 1);
            kept_.erase(0, end + 2);
            Event event{line(block, "id: "), line(block, "event: "), line(block, "data: ")};
            if (!event.data.empty()) return event;
            last_comment = block;
        }
    }
    /// Whether everything that is there was read, and nothing of it is an event.
    bool is_quiet() {
        head();
        desk_.desk_stream.step(desk_.clock.now());
        while (connection_.readable(50)) {
            const std::string part = connection_.some();
            if (part.empty()) return false;
            kept_ += part;
        }
        return kept_.find("data: ") == std::string::npos;
    }
    /// What is no stream says it in its body.
    bool says(const std::string& text) {
        head();
        while (kept_.find(text) == std::string::npos && connection_.readable(5'000)) take();
        return kept_.find(text) != std::string::npos;
    }
    bool is_closed() {
        try {
            kept_ += connection_.until_closed();
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }
    RawConnection& connection() { return connection_; }
    std::string last_comment;

 private:
    void take() {
        const std::string part = connection_.some();
        if (part.empty()) throw std::runtime_error("the stream was closed");
        kept_ += part;
    }
    static std::string line(const std::string& block, const std::string& begin) {
        const std::size_t at = block.find(begin);
        if (at == std::string::npos) return "";
        return block.substr(at + begin.size(), block.find('\n', at) - at - begin.size());
    }
    ApiDesk& desk_;
    RawConnection connection_;
    std::string head_;
    std::string kept_;
};

void open_matter(ApiDesk& desk, const std::string& subject, const std::string& text = "look") {
    desk.write([&](db::Group& group) {
        desk.work_items.open(group, {"deal_differs", "purchase", subject, text, "请看"});
    });
}

fx::Quote quote(const std::string& id, const std::string& price, Instant now) {
    const Rate rate = Rate::parse(Currency::known("USD"), Currency::known("CNY"), 1, price).value();
    return {.id = id,
            .bank = "sandbox-bank",
            .bank_rate = rate,
            .client_rate = rate,
            .mid = rate,
            .markup_bp = 0,
            .bank_reference = "r",
            .received_at = now,
            .valid_until = now + std::chrono::minutes(1),
            .state = fx::QuoteState::Open};
}

void show_quote(ApiDesk& desk, const std::string& id, const std::string& price) {
    desk.write([&](db::Group& group) {
        const fx::Quote one = quote(id, price, group.now);
        const std::string none;
        fx::QuoteStore::insert_quotes(group.tx, std::span(&one, 1), std::span(&none, 1));
    });
}

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
            fx::QuoteStore::insert_lock(group.tx, {.id = "lck_" + number,
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
                                                   .state = state});
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

std::string field(const Event& event, const char* name) {
    const Result<http::Json> json = http::Json::parse(event.data);
    REQUIRE(json.ok());
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    return object.text(name, {1, 200, false, false});
}

}  // namespace

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
