// The contract of a bank that deals, over FIX: the cases of convert_*_test.cpp that a bank without a query for locks
// has, with the same verbs, books and dealing room, and the FIX adapter and door between them.

#include <doctest/doctest.h>

#include "adapters/fix44/adapter.h"
#include "adapters/fix44/dialogue.h"
#include "adapters/fix44/unawaited.h"
#include "adapters/sandbox/bank/fix_desk.h"
#include "fx/quote_store.h"
#include "src/flow/unasked_fill.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

/// Hands each message of a request to the bank's FIX door, on this thread; what came is the answer.
class FixDoorClient final : public http::Client {
 public:
    FixDoorClient(sandbox::Counterparty& bank, const Clock& clock) : bank_(bank), clock_(clock) {}

    http::CallHandle start(http::OutgoingRequest request) override {
        CHECK(request.base_url == "fix://sandbox-bank.invalid:1");  // what deals goes to the dealing address
        done_.push_back({++last_, carry(request.body)});
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}

    [[nodiscard]] std::size_t count(std::string_view type) const {
        return static_cast<std::size_t>(std::count(sent.begin(), sent.end(), type));
    }

    std::vector<std::string> sent;  // "rates", "R", "D", "H"
    bool is_down = false;
    std::string down_after;  // the message whose answer is the last one for a while; empty: none

 private:
    http::Outcome carry(const std::string& body) {
        if (body.empty()) return {http::OutcomeKind::Answered, {}, ""};
        if (is_down) return {http::OutcomeKind::NotSent, {}, "down"};
        const auto asked = fix44::parse_messages(body).value();
        fix44::Dialogue dialogue;
        dialogue.expect(1, asked, clock_.monotonic());
        sent.push_back(asked.front().only(537) == "0" ? "rates" : asked.front().type());
        for (const fix44::Message& message : asked) {
            http::Request arrived;
            arrived.method = http::Method::Post;
            arrived.path = arrived.target = bank::kFixPath;
            arrived.peer = bank::kFixPeer;
            arrived.body = message.text();
            const http::Response response = bank_.answer(arrived, clock_.now());
            if (response.status != 200) continue;
            const auto answers = fix44::parse_messages(response.body).value();
            for (const fix44::Message& answer : answers) (void)dialogue.take(answer);
        }
        if (!down_after.empty() && sent.back() == down_after) is_down = true;
        return dialogue.take_completed(clock_.monotonic()).at(0).outcome;
    }

    sandbox::Counterparty& bank_;
    const Clock& clock_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
};

std::vector<std::unique_ptr<bank::BankPart>> parts_with_fix() {
    std::vector<std::unique_ptr<bank::BankPart>> parts;
    auto room = std::make_unique<bank::ForeignExchange>(bank::FxSettings{.prices = shipped_prices()});
    auto desk = std::make_unique<bank::FixDesk>(
        *room, bank::FixDeskSettings{.prices = shipped_prices(),
                                     .accounts = {{"USD", "sb-usd"}, {"JPY", "sb-jpy"}, {"KWD", "sb-kwd"}}});
    parts.push_back(std::move(room));
    parts.push_back(std::move(desk));
    return parts;
}

/// ConvertDesk's books, orders and bank file, with a bank over that file which deals over FIX alone.
struct FixConvert {
    explicit FixConvert(TestDatabase& where)
        : d(where),
          fix_bank(d.bank_books, bank_settings(d.customer_key, ConvertDesk::seeded_key(6)), parts_with_fix(),
                   d.desk.clock.now()),
          convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings()),
          client(fix_bank, d.desk.clock) {
        handlers.add(convert.rates_handler());
        handlers.add(convert.lock_handler());
        handlers.add(convert.purchase_handler());
        operations = std::make_unique<calls::CallOperations>(handlers, d.escalations, d.sealer, d.desk.random,
                                                             calls::CallRules{});
        worker = std::make_unique<calls::CallWorker>(
            d.desk.clock, d.desk.random, d.desk.database, *d.desk.queue, client, *operations,
            calls::CallWorkerSettings{.owner = "test",
                                      .counterparties = {{.name = "sandbox-bank",
                                                          .base_url = "http://sandbox-bank.invalid",
                                                          .dealing_url = "fix://sandbox-bank.invalid:1"}}});
    }

    flow::ConvertSettings settings() {
        flow::ConvertSettings settings = d.settings();
        settings.banks.at("sandbox-bank").bank = &adapter;
        return settings;
    }
    void run() {
        for (int round = 0; round < 200; ++round) {
            fix_bank.due(d.desk.clock.now());
            const int done = convert.step(d.desk.clock.now()) + worker->step();
            if (done == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    void advance(std::chrono::seconds by) {
        d.desk.clock.advance(by);
        run();
    }
    /// type: of the message that it concerns, where it is a fault of the FIX door.
    void fault(const std::string& name, const std::string& type = "") {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, "/admin/faults").ok());
        const std::string match = type.empty() ? "" : R"(,"match":{"type":")" + type + R"("})";
        request.body = R"({"fault":")" + name + R"(","count":1)" + match + "}";
        const http::Response answer = fix_bank.answer(request, d.desk.clock.now());
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
    }
    bool has_work(std::string_view kind) {
        const std::vector<std::string> kinds = d.work_items();
        return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    }

    bool has_work_of(std::string_view kind, const std::string& subject) {
        bool found = false;
        d.desk.database.read(
            [&](db::Reader& reader) { found = operators::WorkItems().find_open(reader, kind, subject).has_value(); });
        return found;
    }

    ConvertDesk d;
    bank::Bank fix_bank;
    fix44::Fix44FxBank adapter{
        {.currencies = {Currency::known("USD"), Currency::known("JPY"), Currency::known("KWD")}}};
    flow::Convert convert;
    FixDoorClient client;
    calls::AnswerHandlers handlers;
    std::unique_ptr<calls::CallOperations> operations;
    std::unique_ptr<calls::CallWorker> worker;
};

}  // namespace

TEST_CASE("FIX orders of many merchants are bought in one deal a currency, and closed by the statement") {
    each_engine([](TestDatabase& on) {
        for (const std::string code : {"USD", "JPY", "KWD"}) {
            CAPTURE(code);
            TestDatabase fresh = TestDatabase::fresh(on.engine());
            FixConvert f(fresh);
            const std::string account = code == "USD" ? "sb-usd" : code == "JPY" ? "sb-jpy" : "sb-kwd";
            const std::vector<std::string> ids{f.d.order("m1", code, "100.00"), f.d.order("m2", code, "1234.56")};
            f.run();
            const fx::Purchase purchase = f.d.purchase_of(ids[0]);
            REQUIRE(purchase.deal.has_value());
            CHECK(purchase.deal->cny == money("CNY", "1334.56"));
            CHECK(f.client.sent == std::vector<std::string>{"rates", "R", "D"});
            for (const std::string& id : ids) CHECK(f.d.get(id).state == orders::OrderState::Converted);
            CHECK(f.d.get(ids[0]).amounts.bought + f.d.get(ids[1]).amounts.bought == purchase.deal->foreign);
            if (code == "KWD") f.d.desk.clock.set(parse_rfc3339("2026-11-23T02:00:00Z").value());
            f.fix_bank.due(f.d.desk.clock.now());
            CHECK(f.d.offer(f.d.statement({"sb-cny", account})).size() == 2);
            CHECK(f.d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
            CHECK(f.d.booked(ledger::provision(account, currency(code))) == f.d.at_bank(account));
            CHECK(f.d.work_items().empty());
            f.d.check_books();
        }
    });
}

TEST_CASE("FIX PAY-01 FX-05 a purchase that was made but not answered is only queried, and booked once") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("timeout_after_effect", "D");
        f.run();
        CHECK(f.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        f.advance(120s);
        CHECK(f.d.purchase_of(id).state == fx::PurchaseState::Dealt);
        CHECK(f.client.count("D") == 1);
        CHECK(f.client.count("H") >= 1);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
        f.d.check_books();
    });
}

TEST_CASE("FIX XCT-07 a purchase that the bank never got is unknown, also when it says that it knows no such order") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("timeout_before_effect", "D");
        f.run();
        for (int hours = 0; hours < 8; ++hours) f.advance(3600s);
        CHECK(f.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        CHECK(f.client.count("D") == 1);
        CHECK(f.client.count("H") == 8);
        CHECK(f.d.escalations.told == std::vector<std::string>{"fx.purchase"});
        CHECK(f.d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "100.00"));
        f.d.check_books();
    });
}

TEST_CASE("FIX FX-02 a lock that was not answered cannot be asked for: it lapses, and only then is another asked for") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("fix_garbage", "R");  // the first R: rates of USD, so no board comes
        f.run();
        f.advance(60s);
        f.fault("timeout_after_effect", "R");
        f.advance(200s);
        for (int minutes = 0; minutes < 15 && f.d.get(id).state != orders::OrderState::Converted; ++minutes)
            f.advance(60s);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
        CHECK(f.client.count("H") == 0);
        f.d.check_books();
    });
}

TEST_CASE("FIX FX-03 FX-04 an expired lock, a withdrawn quote and a refusal cost nobody anything") {
    each_engine([](TestDatabase& on) {
        for (const char* fault : {"fx_lock_expires", "fx_stale_rate", "fx_reject", "fix_cancelled_quote"}) {
            CAPTURE(fault);
            TestDatabase fresh = TestDatabase::fresh(on.engine());
            FixConvert f(fresh);
            const std::string id = f.d.order("m1", "KWD", "100.00");
            f.fault(fault);
            f.run();
            CHECK(f.d.get(id).state == orders::OrderState::Funded);
            CHECK(f.d.desk.balance(ledger::provision("sb-cny", currency("CNY"))).available() == money("CNY", "100.00"));
            f.advance(60s);
            CHECK(f.d.get(id).state == orders::OrderState::Converted);
            f.d.check_books();
        }
    });
}

TEST_CASE("FIX FX-03 a lock at a rate worse than its quote is not used, and a person is told") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("fx_lock_rate");
        f.run();
        CHECK(f.client.count("D") == 0);
        CHECK(f.has_work("lock_rate_differs"));
        f.advance(60s);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
    });
}

TEST_CASE("FIX FX-06 a partial fill buys for the first orders; the rest is a new order, and all is bought in the end") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string first = f.d.order("m1", "USD", "60.00");
        const std::string second = f.d.order("m2", "USD", "140.00");
        f.fault("fx_partial");
        f.run();
        CHECK(f.d.get(first).state == orders::OrderState::Converted);
        CHECK(f.d.get(second).amounts.converted == money("CNY", "40.00"));
        CHECK(f.d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "100.00"));
        f.d.check_books();
    });
}

TEST_CASE("FIX FX-07 a second fill above the order is booked as reported, and what is beyond it is in dispute") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "1000.00");
        f.fault("fx_over_fill");
        f.run();
        CHECK(f.d.purchase_of(id).deal->cny == money("CNY", "2000.00"));
        CHECK(f.d.get(id).amounts.converted == money("CNY", "1000.00"));
        CHECK(f.d.booked(ledger::suspense_debit(currency("CNY"))) == money("CNY", "1000.00"));
        CHECK(f.has_work("deal_differs"));
        f.d.check_books();
    });
}

TEST_CASE("FIX FX-07 a fill at a worse rate than locked: orders pay the locked rate, the rest is in dispute") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "1000.00");
        f.fault("fx_other_rate");
        f.run();
        const Money disputed = f.d.booked(ledger::suspense_debit(currency("CNY")));
        CHECK(disputed.is_positive());
        CHECK(f.d.get(id).amounts.converted + disputed == money("CNY", "1000.00"));
        CHECK(f.has_work("deal_differs"));
        f.d.check_books();
    });
}

TEST_CASE("FIX a deal that the bank takes its time over is asked for until it is done") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("fx_pending");
        f.run();
        CHECK(f.d.purchase_of(id).state == fx::PurchaseState::Accepted);
        for (int minutes = 0; minutes < 20; ++minutes) f.advance(60s);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
        CHECK(f.client.count("D") == 1);
        f.d.check_books();
    });
}

TEST_CASE("FIX garbage for an answer, and a message that is not taken up, leave a purchase to be queried") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.fault("fix_garbage", "D");
        f.run();
        CHECK(f.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        f.advance(60s);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
        const std::string other = f.d.order("m1", "USD", "200.00");
        f.fault("fix_business_reject", "D");
        f.advance(60s);
        CHECK(f.d.purchase_of(other).state == fx::PurchaseState::Unknown);
        CHECK(f.d.held(ledger::merchant("m1", currency("CNY"))) == money("CNY", "200.00"));
        f.d.check_books();
    });
}

TEST_CASE(
    "FIX FX-04 an order that could not leave while its quote stood does not leave hours later: it is asked anew") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "100.00");
        f.client.down_after = "R";
        f.run();
        REQUIRE(f.client.is_down);
        REQUIRE(f.d.purchase_of(id).state == fx::PurchaseState::Ordered);
        // A person is told while there is still time, and nothing is left of it behind.
        CHECK_FALSE(f.has_work("lock_expiring"));
        bool was_told = false;
        for (int i = 0; i < 40; ++i) {
            f.advance(10s);
            const bool is_told = f.has_work("lock_expiring");
            CHECK((!is_told || f.d.purchase_of(id).state == fx::PurchaseState::Ordered));
            was_told = was_told || is_told;
        }
        CHECK(was_told);
        CHECK_FALSE(f.has_work("lock_expiring"));
        CHECK(f.d.get(id).state == orders::OrderState::Funded);
        CHECK(f.d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        for (int hours = 0; hours < 3; ++hours) f.advance(3600s);
        CHECK(f.client.count("D") == 0);
        f.client.down_after.clear();
        f.client.is_down = false;
        for (int i = 0; i < 40 && f.d.get(id).state != orders::OrderState::Converted; ++i) f.advance(10s);
        CHECK(f.d.get(id).state == orders::OrderState::Converted);
        CHECK(f.client.count("D") == 1);
        CHECK(f.client.count("R") == 2);
        f.d.check_books();
    });
}

TEST_CASE(
    "FIX FX-08 a fill that comes behind a deal that was read is told, and stops payouts; a late copy is nothing") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "1000.00");
        f.run();
        const fx::Purchase purchase = f.d.purchase_of(id);
        REQUIRE(purchase.state == fx::PurchaseState::Dealt);
        fix44::Unawaited unawaited;
        flow::UnaskedFills fills(f.d.desk.database, *f.d.desk.queue, f.d.desk.books, {"sb-cny"});
        const auto comes = [&](const std::string& reference, const std::string& cny) {
            unawaited.took(fix44::parse_messages("35=8|37=" + purchase.deal->bank_reference + "|11=" + reference +
                                                 "|17=E-2|150=F|39=2|15=CNY|14=" + cny + "|")
                               .value()
                               .at(0),
                           f.d.desk.clock.now());
            flow::CameFills came;
            for (const fix44::UnawaitedFill& fill : unawaited.take_fills().fills)
                came.fills.push_back({fill.reference, fill.order_id, fill.dealt_in_all});
            return fills.step(std::move(came), f.d.desk.clock.now());
        };
        const auto are_stopped = [&] {
            std::map<std::string, std::string> stopped;
            f.d.desk.database.read([&](db::Reader& reader) { stopped = f.d.desk.books.stopped_payouts(reader); });
            return stopped.contains("USD");
        };
        CHECK(comes(purchase.reference, "1000.00") == 1);  // the report of that deal, once more
        CHECK_FALSE(f.has_work("unasked_fill"));
        CHECK_FALSE(are_stopped());
        CHECK(comes(purchase.reference, "2000.00") == 1);
        CHECK(f.has_work("unasked_fill"));
        CHECK(are_stopped());
        CHECK(comes("nobody's order \xe4", "5.00") == 1);
        CHECK(f.d.work_items().size() == 2);
        CHECK(unawaited.messages() == 3);
        // The same report again is no second fill; another one of the same deal stands beside it.
        CHECK(comes(purchase.reference, "2000.00") == 0);
        CHECK(comes(purchase.reference, "3000.00") == 1);
        CHECK(f.d.work_items().size() == 2);
        std::string told;
        f.d.desk.database.read([&](db::Reader& reader) {
            told = operators::WorkItems().open_of(reader, flow::kUnaskedFill).at(purchase.id);
        });
        CHECK(told.find("CNY 2000.00 in all") != std::string::npos);
        CHECK(told.find("CNY 3000.00 in all") != std::string::npos);
        // A person looked at it: it is not told anew, however often the bank repeats itself.
        REQUIRE(f.d.desk
                    .run({},
                         [&](db::Group& group) {
                             operators::WorkItems().close(group, flow::kUnaskedFill, purchase.id, "the bank was asked");
                         })
                    .ok());
        CHECK(comes(purchase.reference, "3000.00") == 1);  // over with that
        f.d.desk.clock.advance(31s);
        CHECK(fills.step({}, f.d.desk.clock.now()) == 1);  // so is the other
        CHECK(comes(purchase.reference, "3000.00") == 0);
        CHECK(comes(purchase.reference, "2000.00") == 0);
        CHECK_FALSE(f.has_work_of("unasked_fill", purchase.id));
        // Nothing of it was booked.
        CHECK(f.d.purchase_of(id).deal->cny == money("CNY", "1000.00"));
        f.d.check_books();
    });
}

TEST_CASE(
    "FIX FX-08 a fill of a purchase that is asked for waits for the answer; where persons decide, they are told") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "1000.00");
        f.client.down_after = "R";
        f.run();
        const fx::Purchase purchase = f.d.purchase_of(id);
        REQUIRE(purchase.state == fx::PurchaseState::Ordered);
        flow::UnaskedFills fills(f.d.desk.database, *f.d.desk.queue, f.d.desk.books, {"sb-cny"});
        const flow::UnaskedFill fill{purchase.reference, "FX1", money("CNY", "1000.00")};
        CHECK(fills.step({{fill}}, f.d.desk.clock.now()) == 0);
        CHECK(fills.step({}, f.d.desk.clock.now()) == 0);
        CHECK_FALSE(f.has_work("unasked_fill"));
        // As it stands when the last query told nothing.
        f.d.desk.database.write([&](db::Tx& tx) {
            tx.execute({"UPDATE instruction SET outcome = 'escalated' WHERE subject_id = :p1"}, {purchase.id});
        });
        // The process that took the report is gone by then.
        flow::UnaskedFills after_crash(f.d.desk.database, *f.d.desk.queue, f.d.desk.books, {"sb-cny"});
        CHECK(after_crash.step({}, f.d.desk.clock.now() + 31s) == 1);
        CHECK(f.has_work("unasked_fill"));
    });
}

TEST_CASE("FIX FX-08 a fill that was told is over once what is booked says the same") {
    each_engine([](TestDatabase& on) {
        FixConvert f(on);
        const std::string id = f.d.order("m1", "USD", "1000.00");
        f.run();
        const fx::Purchase purchase = f.d.purchase_of(id);
        REQUIRE(purchase.state == fx::PurchaseState::Dealt);
        flow::UnaskedFills fills(f.d.desk.database, *f.d.desk.queue, f.d.desk.books, {"sb-cny"});
        const auto set_deal = [&](const std::string& reference) {
            f.d.desk.database.write([&](db::Tx& tx) {
                tx.execute({"UPDATE purchase SET deal_reference = :p2 WHERE id = :p1"}, {purchase.id, reference});
            });
        };
        set_deal("ANOTHER");
        const flow::UnaskedFill fill{purchase.reference, purchase.deal->bank_reference, money("CNY", "1000.00")};
        CHECK(fills.step({{fill}}, f.d.desk.clock.now()) == 1);
        REQUIRE(f.has_work("unasked_fill"));
        set_deal(purchase.deal->bank_reference);
        CHECK(fills.step({}, f.d.desk.clock.now() + 31s) == 1);
        CHECK_FALSE(f.has_work("unasked_fill"));
    });
}
