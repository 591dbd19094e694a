// What the worker of src/flow/retention.h lets go, and above all what it must keep, on real rows of both engines.

#include "src/flow/retention.h"
#include "fx/exposure_store.h"
#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/events/event.h"
#include "src/flow/notice_store.h"
#include "src/operators/approval.h"
#include "src/operators/work_item.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using std::chrono::hours;

namespace {

constexpr hours kDay{24};
constexpr flow::RetentionSettings kTimes{.polls = kDay * 30,
                                         .events = kDay * 60,
                                         .notices = kDay * 90,
                                         .quotes = kDay * 40,
                                         .work_items = kDay * 50,
                                         .exposure = kDay * 45,
                                         .offers = kDay * 70};

struct Desk : ApiDesk {
    explicit Desk(const TestDatabase& on) : ApiDesk(on), retention(database, *queue, kTimes) {}

    /// Steps until a whole hour's walk found nothing more; how many rows went.
    int forget() {
        int gone = 0;
        clock.advance(flow::Retention::kPause);
        for (int idle = 0; idle < 3;) {
            const int now_gone = retention.step(clock.now());
            CHECK(now_gone <= flow::Retention::kAtMost);
            gone += now_gone;
            idle = now_gone == 0 ? idle + 1 : 0;
        }
        return gone;
    }
    /// A poll of the bank's statement that was answered. Its call's id.
    std::string poll(bool over, bool brought_something) {
        std::string id;
        write([&](db::Group& group) {
            const std::string reference = group.ids.random_reference("ST", 20);
            const calls::NewCall call{.operation = "bank.statement",
                                      .counterparty = "sandbox-bank",
                                      .recovery = calls::Recovery::Resendable,
                                      .reference = reference,
                                      .request = {"GET", "/v1/statements", {}, ""},
                                      .instructions = {{"statement", reference, 1, reference, std::nullopt}},
                                      .not_before = std::nullopt};
            id = calls.prepare(group, std::span(&call, 1)).front();
            for (const char* table : {"passing_answer", "call_answer"}) {
                if (table == std::string_view("call_answer") && !brought_something) continue;
                db::Rows rows;
                rows.add(group.ids.next("ans"), id, 1, 0, 0, "answered", 200, "", "", group.now);
                group.tx.insert(
                    {table, "id, call_id, epoch, of_query, late, kind, status, answer_hash, answer, received_at",
                     "ttiiititti"},
                    rows);
            }
            if (over)
                group.tx.execute({"UPDATE external_call SET due_at = NULL, state = 'answered' WHERE id = :p1"}, {id});
        });
        return id;
    }
    std::int64_t rows_of(const char* table, const char* column, const std::string& id) {
        const std::string sql = std::string("SELECT COUNT(*) FROM ") + table + " WHERE " + column + " = :p1";
        std::int64_t rows = 0;
        database.read([&](db::Reader& reader) { rows = reader.select({sql, "i"}, {id}).integer(0, 0); });
        return rows;
    }
    /// "110": whether the call, its instruction and its passing answer stand.
    std::string standing(const std::string& call_id) {
        return std::to_string(rows_of("external_call", "id", call_id)) +
               std::to_string(rows_of("instruction", "call_id", call_id)) +
               std::to_string(rows_of("passing_answer", "call_id", call_id));
    }
    /// An order, whose first event comes into that state.
    std::string event(const std::string& number, events::DeliveryState state) {
        const std::string id = order(number);
        write([&](db::Group& group) {
            const auto written = events::EventStore::of_object(group.tx, id, 0, 10);
            std::vector<std::string> event_ids;
            for (const events::Event& each : written) event_ids.push_back(each.id);
            std::vector<events::Delivery> deliveries = events::EventStore::load(group.tx, event_ids);
            for (events::Delivery& delivery : deliveries) {
                delivery.state = state;
                if (state != events::DeliveryState::Due) delivery.due_at.reset();
            }
            events::EventStore::update(group.tx, deliveries);
        });
        return id;
    }
    bool has_events(const std::string& order_id) { return rows_of("event", "object_id", order_id) > 0; }
    /// A genuine notice, which comes into that state. Its body.
    std::string noted(const std::string& name, flow::NoticeState state) {
        const std::string body = R"({"id":")" + name + "\"}";
        REQUIRE(send(notice(body)).status == 200);
        write([&](db::Group& group) {
            std::vector<flow::Notice> found = flow::NoticeStore::after(group.tx, "", 1000);
            flow::Notice& last = found.back();
            last.state = state;
            last.event_id = name;
            if (state != flow::NoticeState::Received && state != flow::NoticeState::Parked) last.due_at.reset();
            const flow::Notice* one = &last;
            flow::NoticeStore::save(group.tx, std::span(&one, 1));
        });
        return body;
    }
    /// A quote for USD, received now. Its id.
    std::string quote(fx::QuoteState state) {
        std::string id;
        write([&](db::Group& group) {
            const Rate rate = Rate::parse(Currency::known("USD"), Currency::known("CNY"), 100, "716.85").value();
            const fx::Quote quote{.id = id = group.ids.next("quo"),
                                  .bank = "sandbox-bank",
                                  .bank_rate = rate,
                                  .client_rate = rate,
                                  .mid = rate,
                                  .markup_bp = 0,
                                  .bank_reference = "Q",
                                  .received_at = group.now,
                                  .valid_until = group.now,
                                  .state = state};
            const std::string why;
            fx::QuoteStore::insert_quotes(group.tx, std::span(&quote, 1), std::span(&why, 1));
        });
        return id;
    }
    /// A platform was shown that bank's quote; open: it was over at once, and no order took it.
    std::string shown(const std::string& bank_quote_id, fx::PlatformQuoteState state) {
        std::string id;
        write([&](db::Group& group) {
            const Currency cny = Currency::known("CNY");
            const fx::Quote bank = fx::QuoteStore::quotes(group.tx, std::span(&bank_quote_id, 1)).at(0);
            const fx::PlatformQuote quote{.id = id = group.ids.next("pqt"),
                                          .platform_id = "plt_1",
                                          .merchant_id = "mch_1",
                                          .cny = Money::of_minor(cny, 100'00),
                                          .fee = Money::zero(cny),
                                          .foreign = Money::of_minor(Currency::known("USD"), 14'00),
                                          .bank_quote_id = bank.id,
                                          .bank_rate = bank.bank_rate,
                                          .client_rate = bank.bank_rate,
                                          .mid = bank.mid,
                                          .value_date = std::nullopt,
                                          .on_expiry = "hold",
                                          .created_at = group.now,
                                          .expires_at = group.now,
                                          .state = state,
                                          .order_id = state == fx::PlatformQuoteState::Open ? "" : "ord_1"};
            fx::PlatformQuotes::insert(group.tx, std::span(&quote, 1));
        });
        return id;
    }
    /// An offer for an order whose quote was over, itself over at once.
    std::string offered(const std::string& bank_quote_id, fx::PlatformQuoteState state) {
        const std::string id = shown(bank_quote_id, state);
        desk_command("UPDATE platform_quote SET order_id = 'ord_1', replaces = 'pqt_1' WHERE id = :p1", id);
        return id;
    }
    void desk_command(std::string_view sql, const std::string& parameter) {
        write([&](db::Group& group) { group.tx.execute({sql}, {parameter}); });
    }
    bool has_quote(const std::string& id) { return rows_of("fx_quote", "id", id) == 1; }
    void open_work(const std::string& subject) {
        write([&](db::Group& group) {
            operators::WorkItems().open(group, operators::NewWorkItem{"test_matter", "test", subject, "en", "zh"});
        });
    }
    void close_work(const std::string& subject) {
        write([&](db::Group& group) { operators::WorkItems().close(group, "test_matter", subject, "done"); });
    }
    /// What a purchase, a lock or a deal on the telephone was compared with: two banks' quotes, of now.
    std::vector<std::string> compared(const std::string& made_of) {
        const std::vector<std::string> both{quote(fx::QuoteState::Used), quote(fx::QuoteState::Open)};
        write([&](db::Group& group) {
            const Money none = Money::zero(Currency::known("CNY"));
            std::vector<fx::Offer> offers;
            for (const std::string& id : both) {
                const fx::Quote one = fx::QuoteStore::quotes(group.tx, std::span(&id, 1)).at(0);
                offers.push_back({one, fx::Unfit::No, none, none, Money::zero(Currency::known("USD"))});
            }
            fx::QuoteStore::insert_offers(group.tx, made_of, none, offers);
        });
        return both;
    }
    /// What was left of a lock, told twice on its first day; it is over so many days later.
    void lock_of_desk(const std::string& id, std::optional<int> over_after) {
        write([&](db::Group& group) {
            for (int i = 0; i < 2; ++i) {
                group.tx.execute({"INSERT INTO fx_held_lock_left (lock_id, booked_at) VALUES (:p1, :p2)"},
                                 {id, group.now + hours(i)});
            }
            group.tx.execute({"INSERT INTO fx_held_lock (id, over_at) VALUES (:p1, :p2)"},
                             {id, over_after ? db::Value(group.now + kDay * *over_after) : db::kNull});
        });
    }
    std::string notices_left() {
        return text("SELECT COALESCE(GROUP_CONCAT(event_id), '') FROM notice WHERE id <> :p1", "");
    }

    flow::Retention retention;
};

}  // namespace

TEST_CASE("polls that brought nothing go after their time with their calls; anything else of a call stays for ever") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const std::string order = desk.order("P1");  // with a call to the channel that may move money
        const std::string empty = desk.poll(true, false);
        const std::string with_lines = desk.poll(true, true);
        const std::string under_way = desk.poll(false, false);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 31);
        const std::string young = desk.poll(true, false);

        CHECK(desk.forget() == 2);
        CHECK(desk.standing(empty) == "000");
        CHECK(desk.standing(with_lines) == "110");
        CHECK(desk.rows_of("call_answer", "call_id", with_lines) == 1);
        CHECK(desk.standing(under_way) == "111");
        CHECK(desk.standing(young) == "111");
        CHECK(desk.rows_of("external_call", "operation", "channel.order") == 1);
        CHECK(desk.retention.forgotten(flow::Retention::Kind::Poll) == 2);

        // What was under way is over: it goes with the next walk.
        desk.write([&](db::Group& group) {
            group.tx.execute({"UPDATE external_call SET due_at = NULL WHERE id = :p1"}, {under_way});
        });
        CHECK(desk.forget() == 1);
        CHECK(desk.standing(under_way) == "000");
        CHECK(desk.rows_of("orders", "id", order) == 1);
    });
}

TEST_CASE("events go when they were told and are old; one that is due or parked waits for somebody and stays") {
    each_engine([](TestDatabase& on) {
        using events::DeliveryState;
        Desk desk(on);
        const std::string told = desk.event("E1", DeliveryState::Delivered);
        const std::string unwanted = desk.event("E2", DeliveryState::NotWanted);
        const std::string parked = desk.event("E3", DeliveryState::Parked);
        const std::string due = desk.event("E4", DeliveryState::Due);
        desk.clock.advance(kDay * 61);
        const std::string young = desk.event("E5", DeliveryState::Delivered);
        CHECK(desk.forget() > 0);
        CHECK_FALSE(desk.has_events(told));
        CHECK_FALSE(desk.has_events(unwanted));
        CHECK(desk.has_events(parked));
        CHECK(desk.has_events(due));
        CHECK(desk.has_events(young));
        CHECK(desk.count("orders") == 5);
        // The order still answers, and its next event takes the next number.
        CHECK(desk.ask(desk.get("/v1/orders/" + told + "/events")).status == 200);
        CHECK(desk.ask(ApiDesk::post("/v1/orders/" + told + "/cancel", "{}", "cancel-0000000000000001")).status == 200);
        CHECK(desk.text("SELECT MIN(type) FROM event WHERE object_id = :p1", told) != "none");
        CHECK(desk.rows_of("event", "sequence", "1") == 3);
    });
}

TEST_CASE("processed notices go after their time, held ones stay, and a late copy of one that went changes nothing") {
    each_engine([](TestDatabase& on) {
        using flow::NoticeState;
        Desk desk(on);
        const std::string applied = desk.noted("applied", NoticeState::Applied);
        desk.noted("repeated", NoticeState::Repeated);
        desk.noted("queried", NoticeState::Queried);
        desk.noted("held", NoticeState::Held);
        desk.noted("parked", NoticeState::Parked);
        desk.noted("received", NoticeState::Received);
        desk.clock.advance(kDay * 89);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        desk.noted("young", NoticeState::Applied);
        CHECK(desk.forget() == 3);
        CHECK(desk.notices_left() == "held,parked,received,young");
        CHECK(desk.count("notice_key") == 7);
        CHECK(desk.send(desk.notice(applied)).status == 200);
        CHECK(desk.count("notice") == 4);
    });
}

TEST_CASE("quotes go after their time, but what a lock, a purchase's offers or a board speaks of stays as evidence") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const std::string refused = desk.quote(fx::QuoteState::Refused);
        const std::string unused = desk.quote(fx::QuoteState::Open);
        const std::string locked = desk.quote(fx::QuoteState::Used);
        const std::string taken = desk.quote(fx::QuoteState::Used);
        const std::string lost = desk.quote(fx::QuoteState::Open);
        const std::string latest = desk.quote(fx::QuoteState::Open);
        desk.write([&](db::Group& group) {
            group.tx.execute({"INSERT INTO fx_lock (id, quote_id) VALUES ('fxl_1', :p1)"}, {locked});
            group.tx.execute({"INSERT INTO fx_board (id, quote_id) VALUES ('sandbox-bank|USD', :p1)"}, {latest});
            std::vector<fx::Offer> offers;
            for (const fx::Quote& quote : fx::QuoteStore::quotes(group.tx, std::vector{taken, lost})) {
                const Money none = Money::zero(Currency::known("CNY"));
                offers.push_back({quote, fx::Unfit::No, none, none, Money::zero(Currency::known("USD"))});
            }
            fx::QuoteStore::insert_offers(group.tx, "pur_1", Money::zero(Currency::known("CNY")), offers);
        });
        desk.clock.advance(kDay * 39);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        const std::string young = desk.quote(fx::QuoteState::Refused);
        CHECK(desk.forget() == 2);
        CHECK_FALSE(desk.has_quote(refused));
        CHECK_FALSE(desk.has_quote(unused));
        for (const std::string& kept : {locked, taken, lost, latest, young}) {
            CAPTURE(kept);
            CHECK(desk.has_quote(kept));
        }
        desk.database.read([&](db::Reader& reader) {
            REQUIRE(fx::QuoteStore::offers(reader, "pur_1"));
            CHECK(fx::QuoteStore::offers(reader, "pur_1")->offers.size() == 2);
        });
        CHECK(desk.retention.forgotten(flow::Retention::Kind::Quote) == 2);
    });
}

TEST_CASE("what was compared goes whole after its time, whatever it was for, and the quotes of it behind it") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        std::vector<std::string> quotes;
        const std::array<std::string, 3> made_of{"pur_1", "fxl_1", "phd_1"};
        for (const std::string& one : made_of) {
            for (std::string& id : desk.compared(one)) quotes.push_back(std::move(id));
        }
        desk.clock.advance(kDay * 69);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        const std::vector<std::string> young = desk.compared("fxl_2");
        CHECK(desk.forget() == 3);
        CHECK(desk.retention.forgotten(flow::Retention::Kind::Offers) == 3);
        for (const std::string& one : made_of) CHECK(desk.rows_of("fx_offer", "purchase_id", one) == 0);
        CHECK(desk.rows_of("fx_offer", "purchase_id", "fxl_2") == 2);
        CHECK(desk.forget() == 6);
        for (const std::string& id : quotes) CHECK_FALSE(desk.has_quote(id));
        for (const std::string& id : young) CHECK(desk.has_quote(id));
    });
}

TEST_CASE("what was left of a lock goes so long after it is over, and its instants can be asked for no more") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const Instant start = desk.clock.now();
        desk.lock_of_desk("fxl_1", 1);
        desk.lock_of_desk("fxl_2", std::nullopt);
        desk.lock_of_desk("fxl_3", 30);
        desk.clock.advance(kDay * 45);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        CHECK(desk.forget() == 2);
        CHECK(desk.rows_of("fx_held_lock_left", "lock_id", "fxl_1") == 0);
        CHECK(desk.rows_of("fx_held_lock_left", "lock_id", "fxl_2") == 2);
        CHECK(desk.rows_of("fx_held_lock_left", "lock_id", "fxl_3") == 2);
        CHECK(desk.retention.forgotten(flow::Retention::Kind::LeftOfLock) == 2);
        Instant kept_from{};
        desk.database.read([&](db::Reader& reader) { kept_from = fx::ExposureStore::kept_from(reader); });
        CHECK(kept_from == start + kDay);
        desk.clock.advance(kDay * 100);
        CHECK(desk.forget() == 2);
        CHECK(desk.rows_of("fx_held_lock_left", "lock_id", "fxl_2") == 2);
    });
}

TEST_CASE("an offer that took no quote's place goes like a quote that no order took; an accepted one stays") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const std::string of_left = desk.quote(fx::QuoteState::Open);
        const std::string of_accepted = desk.quote(fx::QuoteState::Open);
        const std::string left = desk.offered(of_left, fx::PlatformQuoteState::Open);
        const std::string accepted = desk.offered(of_accepted, fx::PlatformQuoteState::Met);
        desk.clock.advance(kDay * 39);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        CHECK(desk.forget() == 2);
        CHECK(desk.rows_of("platform_quote", "id", left) == 0);
        CHECK(desk.rows_of("platform_quote", "id", accepted) == 1);
        CHECK_FALSE(desk.has_quote(of_left));
        CHECK(desk.has_quote(of_accepted));
    });
}

TEST_CASE("quotes to platforms that no order took go with the banks' quotes behind them; those that one took stay") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const std::string of_unused = desk.quote(fx::QuoteState::Open);
        const std::string of_taken = desk.quote(fx::QuoteState::Open);
        const std::string unused = desk.shown(of_unused, fx::PlatformQuoteState::Open);
        const std::string taken = desk.shown(of_taken, fx::PlatformQuoteState::Taken);
        desk.clock.advance(kDay * 39);
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 2);
        CHECK(desk.forget() == 2);
        CHECK(desk.rows_of("platform_quote", "id", unused) == 0);
        CHECK(desk.rows_of("platform_quote", "id", taken) == 1);
        CHECK_FALSE(desk.has_quote(of_unused));
        CHECK(desk.has_quote(of_taken));
        CHECK(desk.retention.forgotten(flow::Retention::Kind::PlatformQuote) == 1);
    });
}

TEST_CASE("work items go so long after they were closed; open ones stay however old they are") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        for (const char* subject : {"open", "closed", "closed late"}) desk.open_work(subject);
        desk.close_work("closed");
        desk.clock.advance(kDay * 45);
        desk.close_work("closed late");
        CHECK(desk.forget() == 0);
        desk.clock.advance(kDay * 6);
        CHECK(desk.forget() == 1);
        CHECK(desk.rows_of("work_item", "subject_id", "closed") == 0);
        CHECK(desk.rows_of("work_item", "subject_id", "closed late") == 1);
        desk.clock.advance(kDay * 100);
        CHECK(desk.forget() == 1);
        CHECK(desk.rows_of("work_item", "subject_id", "open") == 1);
    });
}

TEST_CASE("approvals that were never used go after their time; what was used stays with what it did") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        desk.write([](db::Group& group) {
            const auto maker = operators::OperatorStore::find(group.tx, "opr_maker");
            for (const char* state : {"waiting", "released", "refused", "withdrawn", "expired", "used"}) {
                const auto asked = operators::Approvals::ask(group, *maker, "release", state, "{}");
                group.tx.execute({"UPDATE approval SET state = :p2 WHERE id = :p1"}, {asked->id, state});
            }
        });
        desk.clock.advance(kDay * 49);
        desk.forget();
        CHECK(desk.count("approval") == 6);
        desk.clock.advance(kDay * 2);
        CHECK(desk.forget() >= 5);
        CHECK(desk.text("SELECT state FROM approval WHERE state <> :p1", "") == "used");
        CHECK(desk.count("approval") == 1);
    });
}

TEST_CASE("much goes in small groups, and what must stay does not stop the walk") {
    each_engine([](TestDatabase& on) {
        Desk desk(on);
        const std::string order = desk.order("M1");
        desk.write([&](db::Group& group) {
            std::vector<events::Event> many;
            for (int at = 0; at < 700; ++at)
                many.push_back(
                    {group.ids.next("evt"), "order", order, 100 + at, "order.test", "plt_1", "{}", group.now});
            events::EventStore::append(group.tx, many);
            std::vector<events::Delivery> deliveries;
            for (std::size_t at = 0; at < many.size(); ++at) {
                events::Delivery delivery;
                delivery.event = many[at];
                delivery.state = at < 250 ? events::DeliveryState::Parked : events::DeliveryState::Delivered;
                deliveries.push_back(std::move(delivery));
            }
            events::EventStore::update(group.tx, deliveries);
        });
        desk.clock.advance(kDay * 61);
        CHECK(desk.forget() == 450);
        CHECK(desk.rows_of("event", "state", "parked") == 250);
    });
}
