// Quotes to platforms by the whole API: made, taken by an order, over before its money was there, accepted anew. On
// both engines; every answer is held against openapi.json.

#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/flow/check_quotes.h"
#include "src/flow/save_orders.h"
#include "src/flow/watch_waiting.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr std::chrono::seconds kLife{60};
const char* const kSell = R"({"merchant_id":"mch_1","currency":"USD","sell":{"currency":"CNY","amount":"219.00"}})";
const char* const kBuy = R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"30.00"}})";

struct QuoteDesk {
    explicit QuoteDesk(TestDatabase& on) : api(on), check(api.database, *api.queue, ApiDesk::quote_sources()) {
        bank("7.1200");
    }

    /// sandbox-bank's price from now on.
    void bank(const char* price) {
        const Currency usd = Currency::known("USD");
        const auto rate = [&](const char* text) { return Rate::parse(usd, Currency::known("CNY"), 1, text).value(); };
        api.database.write([&](db::Tx& tx) {
            const fx::Quote quote{.id = api.ids.next("quo"),
                                  .bank = "sandbox-bank",
                                  .bank_rate = rate(price),
                                  .client_rate = rate(price),
                                  .mid = rate("7.0900"),
                                  .markup_bp = 0,
                                  .bank_reference = "B1",
                                  .received_at = api.clock.now(),
                                  .valid_until = api.clock.now() + kLife,
                                  .buying = rate("7.0800"),
                                  .value_date = Date::of_number(20261120)};
            const std::string why;
            fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
            const fx::Board board{fx::board_id("sandbox-bank", usd), api.clock.now(), api.clock.now(), quote.id, {}};
            db::Rows rows;
            rows.add(board.id, "");
            tx.insert_absent(fx::kBoardClaim.insert, rows);
            fx::QuoteStore::save_boards(tx, std::span(&board, 1));
        });
    }
    void agree(const char* rule, int fee_bp = 0) {
        api.database.write([&](db::Tx& tx) {
            tx.execute({"UPDATE merchant SET quote_expiry = :p1, fee_basis_points = :p2 WHERE id = 'mch_1'"},
                       {rule, fee_bp});
        });
    }
    http::Response quote(const std::string& body, const std::string& key = "") {
        return api.ask(
            api.post("/v1/quotes", body, key.empty() ? "quote-key-" + std::to_string(1'000'000 + ++keys) : key));
    }
    std::string quoted(const char* body = kSell) {
        const http::Response made = quote(body);
        REQUIRE_MESSAGE(made.status == 201, made.body);
        return ApiDesk::field(made, "id");
    }
    http::Response take(const std::string& number, const std::string& quote_id) {
        const std::string body = ApiDesk::replaced(ApiDesk::order_json(number), R"("payee_id")",
                                                   R"("quote_id":")" + quote_id + R"(","payee_id")");
        return api.ask(api.post("/v1/orders", body, "order-key-" + std::to_string(1'000'000 + ++keys)));
    }
    std::string taken(const std::string& number) {
        const http::Response order = take(number, quoted());
        REQUIRE_MESSAGE(order.status == 201, order.body);
        return ApiDesk::field(order, "id");
    }
    /// The buyer's money is at the bank; then the worker has its turn.
    void fund(const std::string& order_id) {
        pay(order_id);
        check.step(api.clock.now());
    }
    void pay(const std::string& order_id) {
        api.write([&](db::Group& group) {
            orders::Order order = orders::OrderStore::find(group.tx, order_id).value();
            order.payment_open = false;
            order.amounts.paid = order.amounts.funded = order.amounts.due;
            const flow::OrderChange change{&order, ""};
            flow::save_orders(group, std::span(&change, 1));
        });
    }
    /// Later, another turn.
    void look_after(std::chrono::seconds time) {
        api.clock.advance(time);
        check.step(api.clock.now());
    }
    std::string order(const std::string& id) { return api.ask(api.get("/v1/orders/" + id)).body; }
    std::string waiting(const std::string& id) { return api.text("SELECT waiting FROM orders WHERE id = :p1", id); }
    std::string state(const std::string& id) { return api.text("SELECT state FROM platform_quote WHERE id = :p1", id); }
    std::string offered(const std::string& order_id) {
        return api.text("SELECT id FROM platform_quote WHERE order_id = :p1 AND replaces <> ''", order_id);
    }
    bool has_event(const std::string& type) {
        return api.text("SELECT type FROM event WHERE type = :p1 AND platform_id = 'plt_1'", type) == type;
    }
    bool is_told(const std::string& order_id) {
        bool told = false;
        api.database.read([&](db::Reader& reader) {
            told = api.work_items.find_open(reader, orders::kHeldQuote, order_id).has_value();
        });
        return told;
    }

    ApiDesk api;
    flow::CheckQuotes check;
    int keys = 0;
};

bool holds(const http::Response& answer, std::string_view what) {
    return answer.body.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "a quote fixes what the buyer pays or what the merchant gets, and shows bank rate, client rate, fee and mid "
    "apart") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        d.agree("hold", 30);
        const http::Response sell = d.quote(kSell);
        CHECK(sell.status == 201);
        CHECK(holds(sell, R"("sell":{"currency":"CNY","amount":"219.00"},"fee":{"currency":"CNY","amount":"0.66"})"));
        CHECK(holds(sell, R"("buy":{"currency":"USD","amount":"30.66"},"bank_rate":"7.12","client_rate":"7.12")"));
        CHECK(holds(sell, R"("markup_bp":0,"mid":"7.09","value_date":"2026-11-20","on_expiry":"hold")"));
        CHECK(holds(sell, R"("cover":"indicative","fixed_side":"sell")"));
        CHECK(holds(sell, R"("expires_in_ms":60000)"));
        // 30.00 * 7.12 = 213.60, and 214.24 is the least total that leaves it after a fee of 0.64.
        const http::Response buy = d.quote(kBuy);
        CHECK(holds(buy, R"("sell":{"currency":"CNY","amount":"214.24"},"fee":{"currency":"CNY","amount":"0.64"})"));
        CHECK(holds(buy, R"("buy":{"currency":"USD","amount":"30.00"})"));
        const std::string id = ApiDesk::field(buy, "id");
        d.api.clock.advance(std::chrono::seconds(61));
        CHECK(holds(d.api.ask(d.api.get("/v1/quotes/" + id)), R"("state":"expired")"));
        CHECK(d.api.send_as("key_2", d.api.get("/v1/quotes/" + id)).status == 404);
        CHECK(ApiDesk::code(d.quote(kSell)) == "no_price_now");
    });
}

TEST_CASE("a quote is asked for with one side, of a foreign currency, for a merchant of one's own, and once a key") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        const auto code = [&](const char* body) { return ApiDesk::code(d.quote(body)); };
        CHECK(code(R"({"merchant_id":"mch_1"})") == "quote_one_side");
        CHECK(code(R"({"merchant_id":"mch_1","currency":"USD","sell":{"currency":"CNY","amount":"9.00"},)"
                   R"("buy":{"currency":"USD","amount":"1.00"}})") == "quote_one_side");
        CHECK(code(R"({"merchant_id":"mch_1","currency":"CNY","sell":{"currency":"CNY","amount":"9.00"}})") ==
              "quote_currency");
        CHECK(code(R"({"merchant_id":"mch_2","buy":{"currency":"USD","amount":"1.00"}})") == "merchant_not_found");
        d.agree("hold", 10'000);
        CHECK(code(kSell) == "quote_too_small");
        d.agree("hold");
        CHECK(d.quote(R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"-1.00"}})").status / 100 == 4);
        CHECK(code(R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"0.00"}})") == "quote_amount");
        CHECK(code(R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"10000000000.01"}})") == "quote_amount");
        const http::Response first = d.quote(kSell, "the-same-key-0001");
        d.api.clock.advance(std::chrono::seconds(10));
        CHECK(d.quote(kSell, "the-same-key-0001").body == first.body);
        const http::Response shown = d.api.ask(d.api.get("/v1/quotes/" + ApiDesk::field(first, "id")));
        CHECK(holds(shown, R"("expires_in_ms":50000)"));  // the repeated answer says what it said first
        CHECK(ApiDesk::code(d.quote(kBuy, "the-same-key-0001")) == "idempotency_key_reused");
        CHECK(d.api.count("platform_quote") == 1);
    });
}

TEST_CASE("a quote above what an order may be is refused with the limit, whichever side is fixed") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        const auto sell = [&](const std::string& amount) {
            return d.quote(R"({"merchant_id":"mch_1","currency":"USD","sell":{"currency":"CNY","amount":")" + amount +
                           R"("}})");
        };
        CHECK(sell("5000000.00").status == 201);
        const http::Response over = sell("5000000.01");
        CHECK(over.status == 422);
        CHECK(ApiDesk::code(over) == "over_limit");
        CHECK(holds(over, "5000000.00"));
        CHECK(holds(over, "/sell"));
        const http::Response buy = d.quote(R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"702248.00"}})");
        CHECK(ApiDesk::code(buy) == "over_limit");  // at 7.12 that is 5,000,005.76
        CHECK(holds(buy, "/buy"));
        CHECK(d.quote(R"({"merchant_id":"mch_1","buy":{"currency":"USD","amount":"702247.00"}})").status == 201);
        CHECK(d.api.count("platform_quote") == 2);
    });
}

TEST_CASE("an order takes a quote once, and only one of its own merchant, currency and total that is not over") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        const std::string id = d.quoted();
        CHECK(ApiDesk::code(d.take("N1", "pqt_unknown")) == "quote_not_found");
        CHECK(ApiDesk::code(d.take("N1", d.quoted(kBuy))) == "quote_mismatch");
        CHECK(d.api.count("orders") == 0);
        const http::Response order = d.take("N1", id);
        CHECK(order.status == 201);
        CHECK(holds(order, R"("quote_id":")" + id));
        CHECK(d.take("N1", id).status == 200);  // the same order again
        CHECK(ApiDesk::code(d.take("N2", id)) == "quote_taken");
        const std::string late = d.quoted();
        d.api.clock.advance(kLife);
        CHECK(ApiDesk::code(d.take("N3", late)) == "quote_expired");
        CHECK(d.api.count("orders") == 1);
    });
}

TEST_CASE("nothing is bought for an order before its quote was looked at; one that stands sets it free") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        const std::string id = d.taken("N1");
        d.fund(id);
        CHECK(d.waiting(id) == "convert:USD");
        CHECK_FALSE(d.has_event("order.quote_expired"));
    });
}

TEST_CASE("a quote that was over is handled as the merchant agreed, and a worse price is shown before it is accepted") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        SUBCASE("at_market: the order goes on, and the platform is told") {
            d.agree("at_market");
            const std::string id = d.taken("N1");
            d.api.clock.advance(kLife);
            d.fund(id);
            CHECK(d.waiting(id) == "convert:USD");
            CHECK(d.has_event("order.quote_expired"));
        }
        SUBCASE("re_quote: a price that is no worse is taken without a word") {
            const std::string id = d.taken("N1");
            d.api.clock.advance(kLife);
            d.bank("7.1100");
            d.fund(id);
            CHECK(d.waiting(id) == "convert:USD");
            CHECK_FALSE(d.has_event("order.quote_expired"));
        }
        SUBCASE("re_quote: a worse one is offered with the difference, and accepted once") {
            const std::string id = d.taken("N1");
            d.api.clock.advance(kLife);
            d.bank("7.2000");
            d.fund(id);
            CHECK(d.order(id).find(R"("hold_reason":"quote_expired")") != std::string::npos);
            CHECK(d.has_event("order.quote_expired"));
            CHECK(d.has_event("quote.offered"));
            CHECK(d.is_told(id));
            const std::string offered = d.offered(id);
            CHECK(holds(d.api.ask(d.api.get("/v1/quotes/" + offered)),
                        R"("replaced_client_rate":"7.12","difference":{"currency":"USD","amount":"-0.34"})"));
            CHECK(d.api.send_as("key_2", d.api.post("/v1/quotes/" + offered + "/accept", "")).status == 404);
            CHECK(d.api.ask(d.api.post("/v1/quotes/" + offered + "/accept", "")).status == 200);
            CHECK(d.api.ask(d.api.post("/v1/quotes/" + offered + "/accept", "")).status == 200);
            CHECK(d.waiting(id) == "convert:USD");
            CHECK_FALSE(d.is_told(id));
            CHECK(ApiDesk::code(d.take("N2", offered)) == "quote_not_found");
        }
        SUBCASE("hold: the platform asks for a new price; one that is over is not accepted") {
            d.agree("hold");
            const std::string id = d.taken("N1");
            CHECK(ApiDesk::code(d.api.ask(d.api.post("/v1/orders/" + id + "/re-quote", ""))) ==
                  "order_not_held_for_quote");
            d.api.clock.advance(kLife);
            d.fund(id);
            CHECK(d.is_told(id));
            CHECK(d.offered(id) == "none");
            d.bank("7.2000");
            const http::Response first = d.api.ask(d.api.post("/v1/orders/" + id + "/re-quote", ""));
            CHECK(first.status == 201);
            // However often it asks, the offer that stands is the answer, and one row.
            const std::int64_t quotes = d.api.count("platform_quote");
            const http::Response again = d.api.ask(d.api.post("/v1/orders/" + id + "/re-quote", ""));
            CHECK(ApiDesk::field(again, "id") == ApiDesk::field(first, "id"));
            CHECK(d.api.count("platform_quote") == quotes);
            d.api.clock.advance(kLife);
            const std::string late = ApiDesk::field(first, "id");
            CHECK(ApiDesk::code(d.api.ask(d.api.post("/v1/quotes/" + late + "/accept", ""))) == "quote_expired");
            d.bank("7.2100");
            const http::Response second = d.api.ask(d.api.post("/v1/orders/" + id + "/re-quote", ""));
            CHECK(d.api.ask(d.api.post("/v1/quotes/" + ApiDesk::field(second, "id") + "/accept", "")).status == 200);
            CHECK(d.waiting(id) == "convert:USD");
        }
    });
}

TEST_CASE("an order whose quote is over while no bank has a price is looked at again, and held only after a day") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        const std::string id = d.taken("N1");
        d.api.clock.advance(kLife);
        d.fund(id);
        CHECK(d.waiting(id) == "quote:USD");
        CHECK_FALSE(d.is_told(id));
        d.look_after(std::chrono::hours(23));
        CHECK(d.waiting(id) == "quote:USD");
        SUBCASE("a price that is no worse comes, and stands in the old one's place") {
            d.bank("7.1100");
            d.look_after(std::chrono::seconds(1));
            CHECK(d.waiting(id) == "convert:USD");
            CHECK_FALSE(d.is_told(id));
            CHECK(d.state(d.offered(id)) == "met");
        }
        SUBCASE("a worse one comes, and is offered") {
            d.bank("7.2000");
            d.look_after(std::chrono::seconds(1));
            CHECK(d.is_told(id));
            CHECK(d.state(d.offered(id)) == "open");
        }
        SUBCASE("none comes") {
            d.look_after(std::chrono::hours(1));
            CHECK(d.is_told(id));
            CHECK(d.offered(id) == "none");
        }
    });
}

TEST_CASE("orders whose quotes have long waited for a price are told to a person, in a currency that no bank has too") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        flow::CheckQuotes without_banks(d.api.database, *d.api.queue, {});
        flow::WatchWaiting watch(d.api.database, *d.api.queue, d.api.books, {});
        const auto told = [&] {
            watch.step(d.api.clock.now());
            bool found = false;
            d.api.database.read([&](db::Reader& reader) {
                found = d.api.work_items.find_open(reader, flow::kOrdersWithoutPrice, "USD").has_value();
            });
            return found;
        };
        const std::string id = d.taken("N1");
        d.api.clock.advance(kLife);
        d.pay(id);
        without_banks.step(d.api.clock.now());
        CHECK_FALSE(told());
        d.api.clock.advance(std::chrono::hours(13));
        CHECK(told());
        d.api.clock.advance(std::chrono::hours(12));
        CHECK(without_banks.step(d.api.clock.now()) == 1);
        CHECK(d.is_told(id));
        CHECK_FALSE(told());
    });
}

TEST_CASE("a full look at orders without a price does not hide those behind them") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        std::vector<std::string> ids;
        for (int i = 0; i < 200; ++i) ids.push_back(d.taken("N" + std::to_string(i)));
        d.agree("at_market");
        ids.push_back(d.taken("the-last"));
        d.api.clock.advance(kLife);
        for (const std::string& id : ids) d.pay(id);
        CHECK(d.check.step(d.api.clock.now()) == 0);
        CHECK(d.check.step(d.api.clock.now()) == 1);
        CHECK(d.waiting(ids.back()) == "convert:USD");
        CHECK(d.waiting(ids.front()) == "quote:USD");
    });
}

TEST_CASE("a quote whose client's rate is not the bank's is found, and the quotes that were made have none") {
    each_engine([](TestDatabase& on) {
        QuoteDesk d(on);
        (void)d.quoted();
        d.api.database.read([](db::Reader& reader) { CHECK(flow::marked_up_quotes(reader).empty()); });
        d.api.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE platform_quote SET client_rate_e10 = client_rate_e10 + 1"}); });
        d.api.database.read([](db::Reader& reader) { CHECK(flow::marked_up_quotes(reader).size() == 1); });
    });
}
