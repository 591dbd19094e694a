// What can be read, and that the document says exactly what there is.

#include "customs/declaration_store.h"
#include "fx/quote_store.h"
#include "src/api/prune.h"
#include "src/api/request_store.h"
#include "src/http/json.h"
#include "src/remittance/remittance_store.h"
#include "tests/support/api_desk.h"
#include "tests/support/ledger_chart.h"

using namespace huiqiao;
using namespace huiqiao::testing;

TEST_CASE("the document's operations are the routers' routes, no more and no fewer") {
    TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(base);
    std::set<std::string> served;
    for (const http::Router* router : {&desk.platforms_router, &desk.notices_router, &desk.operators_router}) {
        for (const http::Route* route : router->routes())
            served.insert(std::string(http::to_text(route->method)) + " " + route->pattern);
    }
    CHECK(served == desk.openapi.operations());
    const http::Response document = desk.send(desk.get("/openapi.json"));
    CHECK(document.status == 200);
    CHECK(document.body.find(R"("openapi": "3.1.0")") != std::string::npos);
}

TEST_CASE("an order is read with its lines and payments, and no name or identity number") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        const http::Response order = desk.ask(desk.get("/v1/orders/" + id));
        CHECK(order.status == 200);
        CHECK(order.body.find("奶粉 800g") != std::string::npos);
        CHECK(order.body.find(R"("payments":[{"id":"pay_)") != std::string::npos);
        for (const char* secret : {"张三", "11010519491231002X", "13800000000"}) {
            CHECK(order.body.find(secret) == std::string::npos);
            CHECK(desk.ask(desk.get("/v1/orders/" + id + "/events")).body.find(secret) == std::string::npos);
        }
        const std::string payment = desk.text("SELECT id FROM payment WHERE order_id = :p1", id);
        CHECK(desk.field(desk.ask(desk.get("/v1/payments/" + payment)), "order_id") == id);
        CHECK(desk.ask(desk.get("/v1/orders/" + id + "/payments")).body.find(payment) != std::string::npos);
    });
}

TEST_CASE("an order is found by its platform's own number, and by no other platform") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("SHOP-0001");
        desk.order("SHOP-0002");
        const auto found = [&](const std::string& query) {
            const http::Response answer = desk.ask(desk.get("/v1/orders?" + query));
            CHECK(answer.status == 200);
            CHECK(answer.body.find("SHOP-0002") == std::string::npos);
            return answer.body.find(id) != std::string::npos;
        };
        CHECK(found("platform_order_no=SHOP-0001"));
        CHECK(found("platform_order_no=SHOP-0001&limit=1"));
        CHECK(!found("platform_order_no=shop-0001"));
        CHECK(!found("platform_order_no=SHOP-0001&state=cancelled"));
        const http::Response theirs = desk.send_as("key_2", desk.get("/v1/orders?platform_order_no=SHOP-0001"));
        CHECK(theirs.body == R"({"orders":[]})");
        CHECK(desk.code(desk.ask(desk.get("/v1/orders?platform_order_no=%E5%8D%95"))) == "bad_filter");
    });
}

TEST_CASE("the page to pay at is shown as long as somebody shall pay there, and no longer") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE payment SET pay_url = 'http://pay/1', state = 'pending'"}, {}); });
        CHECK(desk.ask(desk.get("/v1/orders/" + id)).body.find("http://pay/1") != std::string::npos);
        CHECK(desk.ask(desk.post("/v1/orders/" + id + "/cancel", "")).status == 200);
        CHECK(desk.ask(desk.get("/v1/orders/" + id)).body.find("pay_url") == std::string::npos);
        CHECK(desk.ask(desk.get("/v1/orders/" + id + "/payments")).body.find("pay_url") == std::string::npos);
        CHECK(desk.count("external_call") == 2);  // placed, closed
    });
}

TEST_CASE("lists go on from their cursor, newest first, each order once, also by state") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        std::vector<std::string> ids;
        for (int i = 0; i < 5; ++i) ids.push_back(desk.order("N" + std::to_string(i)));
        desk.ask(desk.post("/v1/orders/" + ids[2] + "/cancel", ""));
        std::string all;
        std::string cursor;
        int pages = 0;
        do {
            const std::string target = "/v1/orders?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor);
            const http::Response page = desk.ask(desk.get(target));
            REQUIRE(page.status == 200);
            all += page.body;
            cursor = desk.field(page, "next_cursor");
            ++pages;
        } while (!cursor.empty());
        CHECK(pages == 3);
        std::size_t last = 0;
        for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
            const std::size_t at = all.find("\"id\":\"" + *id + "\"");
            REQUIRE(at != std::string::npos);
            CHECK(at >= last);
            CHECK(all.find("\"id\":\"" + *id + "\"", at + 1) == std::string::npos);
            last = at;
        }
        const http::Response cancelled = desk.ask(desk.get("/v1/orders?state=cancelled"));
        CHECK(cancelled.body.find(ids[2]) != std::string::npos);
        CHECK(cancelled.body.find(ids[1]) == std::string::npos);
    });
}

TEST_CASE("an order's events are read by sequence, and the cursor goes on with what comes later") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        const std::string target = "/v1/orders/" + id + "/events?limit=200";
        const http::Response first = desk.ask(desk.get(target));
        REQUIRE(first.status == 200);
        const std::string cursor = desk.field(first, "next_cursor");
        const http::Response nothing = desk.ask(desk.get(target + (cursor.empty() ? "" : "&cursor=" + cursor)));
        desk.ask(desk.post("/v1/orders/" + id + "/cancel", ""));
        const http::Response later = desk.ask(desk.get(target + (cursor.empty() ? "" : "&cursor=" + cursor)));
        CHECK(later.body.find("order.cancelled") != std::string::npos);
        CHECK(nothing.body.find("order.cancelled") == std::string::npos);
        CHECK(later.body.find("order.created") == std::string::npos);
    });
}

TEST_CASE("the best usable quote of each currency is shown, with bank rate, client rate, markup and mid apart") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        CHECK(desk.ask(desk.get("/v1/quotes")).body == R"({"quotes":[]})");
        const Currency usd = Currency::known("USD");
        const Currency cny = Currency::known("CNY");
        const auto rate = [&](const char* text) { return Rate::parse(usd, cny, 1, text).value(); };
        desk.database.write([&](db::Tx& tx) {
            const auto put = [&](const char* bank, const char* price, fx::QuoteState state, std::chrono::seconds life) {
                const fx::Quote quote{.id = desk.ids.next("quo"),
                                      .bank = bank,
                                      .bank_rate = rate(price),
                                      .client_rate = rate(price),
                                      .mid = rate("7.0900"),
                                      .markup_bp = 0,
                                      .bank_reference = "B1",
                                      .received_at = desk.clock.now(),
                                      .valid_until = desk.clock.now() + life,
                                      .state = state};
                const std::string why;
                fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
                const fx::Board board{fx::board_id(bank, usd), desk.clock.now(), desk.clock.now(), quote.id,
                                      std::nullopt};
                db::Rows rows;
                rows.add(board.id, "");
                tx.insert_absent(fx::kBoardClaim.insert, rows);
                fx::QuoteStore::save_boards(tx, std::span(&board, 1));
            };
            put("sandbox-bank", "7.1200", fx::QuoteState::Open, std::chrono::seconds(60));
            put("other-bank", "7.1100", fx::QuoteState::Open, std::chrono::seconds(30));
            put("gone-bank", "7.0000", fx::QuoteState::Open, std::chrono::seconds(90));  // not set up any more
        });
        CHECK(desk.ask(desk.get("/v1/quotes")).body.find(R"("client_rate":"7.11")") != std::string::npos);
        // Operators see both banks side by side, and how the other bank's flat fee of 100 turns the ranking.
        const auto seen = [&](const std::string& query) {
            const http::Response answer = desk.send_as("opr_maker", desk.get("/v1/ops/rates" + query));
            CHECK(answer.status == 200);
            return answer.body;
        };
        const std::string large = seen("?cny=1000000.00&currency=USD");
        CHECK(large.find(R"("place":1,"bank":"other-bank")") != std::string::npos);
        CHECK(large.find(R"("above_mid_bp":"28.21")") != std::string::npos);
        CHECK(large.find("gone-bank") == std::string::npos);
        const std::string small = seen("?cny=1000.00");
        CHECK(small.find(R"("place":1,"bank":"sandbox-bank")") != std::string::npos);
        CHECK(small.find(R"("fee":{"currency":"CNY","amount":"100.00"})") != std::string::npos);
        CHECK(small.find(R"("buys":{"currency":"USD","amount":"126.58"})") != std::string::npos);  // 900.00 / 7.11
        CHECK(seen("?currency=EUR").find(R"("rates":[])") != std::string::npos);
        for (const char* bad : {"?cny=0", "?cny=-1", "?cny=1.234", "?currency=US", "?amount=1"})
            CHECK(desk.send_as("opr_maker", desk.get(std::string("/v1/ops/rates") + bad)).status / 100 == 4);
        desk.clock.advance(std::chrono::seconds(31));
        CHECK(desk.ask(desk.get("/v1/quotes")).body.find(R"("client_rate":"7.12")") != std::string::npos);
        desk.clock.advance(std::chrono::seconds(30));
        CHECK(desk.ask(desk.get("/v1/quotes")).body == R"({"quotes":[]})");
    });
}

TEST_CASE("operators read a day's quotes and those that were refused, each with its reason, in pages that end") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const Currency usd = Currency::known("USD");
        const Currency jpy = Currency::known("JPY");
        std::vector<std::string> dollars;
        desk.database.write([&](db::Tx& tx) {
            for (int i = 0; i < 6; ++i) {
                desk.clock.advance(std::chrono::milliseconds(5));
                const bool is_refused = i % 2 == 1;
                const Rate rate = Rate::parse(i == 5 ? jpy : usd, Currency::known("CNY"), 100, "710.5").value();
                const fx::Quote quote{.id = desk.ids.next("quo"),
                                      .bank = "sandbox-bank",
                                      .bank_rate = rate,
                                      .client_rate = rate,
                                      .mid = rate,
                                      .bank_reference = "R",
                                      .received_at = desk.clock.now(),
                                      .valid_until = desk.clock.now() + std::chrono::seconds(60),
                                      .state = is_refused ? fx::QuoteState::Refused : fx::QuoteState::Open};
                const std::string why = is_refused ? "rate_moved USD/CNY" : "";
                fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
                if (i != 5) dollars.push_back(quote.id);
            }
        });
        const auto read = [&](const std::string& target) {
            const http::Response answer = desk.send_as("opr_viewer", desk.get("/v1/ops/rates/" + target));
            CAPTURE(answer.body);
            REQUIRE(answer.status == 200);
            return answer.body;
        };
        const auto ids_of = [](const std::string& body) {
            const http::Json json = http::Json::parse(body).value();
            std::vector<std::string> ids;
            for (const http::JsonValue& each : json.root().find("quotes")->items())
                ids.emplace_back(each.find("id")->text());
            return ids;
        };
        const auto all_of = [&](const std::string& target) {
            std::vector<std::string> all;
            std::string page = read(target);
            for (int pages = 1;; ++pages) {
                REQUIRE(pages < 10);
                for (const std::string& id : ids_of(page)) all.push_back(id);
                const http::Json json = http::Json::parse(page).value();
                const auto cursor = json.root().find("next_cursor");
                if (!cursor) return all;
                page = read(target + "&cursor=" + std::string(cursor->text()));
            }
        };
        CHECK(all_of("history?currency=USD&limit=2") == dollars);
        CHECK(all_of("history?currency=USD&limit=200") == dollars);
        CHECK(ids_of(read("history?currency=JPY")).size() == 1);
        CHECK(ids_of(read("history?currency=USD&date=2020-01-01")).empty());
        const std::string refused = read("refused?limit=2");
        CHECK(ids_of(refused).size() == 2);
        CHECK(ids_of(refused)[1] == dollars[3]);  // newest first: the yen's, then this one
        CHECK(refused.find(R"("refused_why":"rate_moved USD/CNY")") != std::string::npos);
        CHECK(all_of("refused?limit=1").size() == 3);
        for (const char* bad : {"history", "history?currency=US", "history?currency=USD&date=today",
                                "history?currency=USD&limit=0", "refused?currency=USD"}) {
            CAPTURE(bad);
            CHECK(desk.send_as("opr_viewer", desk.get(std::string("/v1/ops/rates/") + bad)).status / 100 == 4);
        }
    });
}

TEST_CASE("remittances are seen by the platform of their merchant alone, one by one and in pages") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string order = desk.order("N1");
        std::vector<std::string> ids;
        desk.database.write([&](db::Tx& tx) {
            for (int i = 0; i < 4; ++i) {
                remittance::Remittance row{.id = desk.ids.next("rem"),
                                           .kind = remittance::Kind::Foreign,
                                           .merchant_id = i == 3 ? "mch_2" : "mch_1",
                                           .payee_id = "pye_1",
                                           .bank_account = "sb-usd",
                                           .amount = money("USD", "30.00"),
                                           .reference = desk.ids.random_reference("R"),
                                           .batch_reference = "B1",
                                           .uetr = desk.ids.uuid(),
                                           .state = remittance::State::Ordered,
                                           .their_reference = "",
                                           .reason_code = "",
                                           .provision_hold = "",
                                           .debited = money("USD", "0.00"),
                                           .returned = money("USD", "0.00"),
                                           .created_at = desk.clock.now()};
                const remittance::Allocation paid{row.id, order, row.amount};
                remittance::RemittanceStore().insert(tx, std::span(&row, 1), std::span(&paid, 1));
                ids.push_back(row.id);
            }
        });
        const http::Response one = desk.ask(desk.get("/v1/remittances/" + ids[0]));
        CHECK(one.status == 200);
        CHECK(one.body.find(order) != std::string::npos);
        CHECK(desk.ask(desk.get("/v1/remittances/" + ids[3])).status == 404);
        CHECK(desk.send_as("key_2", desk.get("/v1/remittances/" + ids[0])).status == 404);
        const http::Response page = desk.ask(desk.get("/v1/remittances?limit=2"));
        CHECK(page.body.find(ids[2]) < page.body.find(ids[1]));
        CHECK(page.body.find(ids[3]) == std::string::npos);
        const http::Response rest =
            desk.ask(desk.get("/v1/remittances?limit=2&cursor=" + desk.field(page, "next_cursor")));
        CHECK(rest.body.find(ids[0]) != std::string::npos);
        CHECK(desk.field(rest, "next_cursor").empty());
        CHECK(desk.ask(desk.get("/v1/remittances?merchant_id=mch_1")).body.find(ids[0]) != std::string::npos);
    });
}

TEST_CASE("declarations are read by their own id and by their order") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string order = desk.order("N1");
        CHECK(desk.ask(desk.get("/v1/orders/" + order + "/declarations")).body == R"({"declarations":[]})");
        const customs::Declaration declaration{.id = desk.ids.next("dec"),
                                               .order_id = order,
                                               .sub_order_no = "",
                                               .customs_port = "5165",
                                               .pay_code = "4403169D3W",
                                               .serial = "S1",
                                               .amount = money("CNY", "219.00"),
                                               .paid_at = desk.clock.now(),
                                               .return_code = "",
                                               .created_at = desk.clock.now(),
                                               .due_at = std::nullopt};
        desk.database.write([&](db::Tx& tx) { customs::DeclarationStore::insert(tx, std::span(&declaration, 1)); });
        const http::Response one = desk.ask(desk.get("/v1/declarations/" + declaration.id));
        CHECK(one.status == 200);
        // What customs said of an earlier message is no decision on the one that is under way.
        for (const auto& [state, decided] :
             {std::pair(customs::DeclarationState::Rejected, true),
              std::pair(customs::DeclarationState::AtCustoms, false), std::pair(customs::DeclarationState::Due, false),
              std::pair(customs::DeclarationState::Accepted, true)}) {
            customs::Declaration now = declaration;
            now.state = state;
            now.return_code = "100";
            now.decided_at = desk.clock.now();
            const customs::Declaration* changed = &now;
            desk.database.write([&](db::Tx& tx) { customs::DeclarationStore::save(tx, std::span(&changed, 1)); });
            const http::Response shown = desk.ask(desk.get("/v1/declarations/" + declaration.id));
            CAPTURE(shown.body);
            CHECK((desk.field(shown, "return_code") == "100") == decided);
            CHECK(desk.field(shown, "decided_at").empty() != decided);
        }
        CHECK(desk.field(one, "state") == "due");
        CHECK(desk.ask(desk.get("/v1/orders/" + order + "/declarations")).body.find(declaration.id) !=
              std::string::npos);
        CHECK(desk.send_as("key_2", desk.get("/v1/declarations/" + declaration.id)).status == 404);
    });
}

TEST_CASE("a merchant's balances are the books', now and at a past instant, and operators see every account") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        CHECK(desk.ask(desk.get("/v1/merchants/mch_1/balances")).body == R"({"merchant_id":"mch_1","balances":[]})");
        struct Book final : db::Operation {
            ApiDesk& desk;
            explicit Book(ApiDesk& which) : desk(which) {}
            std::string_view name() const override { return "book"; }
            std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>>) override {
                struct BookWork final : db::Work {
                    ApiDesk& desk;
                    explicit BookWork(ApiDesk& which) : desk(which) {}
                    std::vector<ledger::Account> accounts{ledger::merchant("mch_1", currency("CNY")),
                                                          ledger::clearing("sandbox-pay", currency("CNY"))};
                    void claim(db::Claims& claims) override {
                        for (const auto& account : accounts) desk.books.claim(claims, account);
                    }
                    void lock(db::Locks& locks) override {
                        for (const auto& account : accounts) desk.books.lock(locks, account);
                    }
                    void run(db::Group& group) override {
                        ledger::Draft draft;
                        draft.fact = {"payment", "pay_1", "collected"};
                        draft.occurred_at = group.now;
                        draft.value_date = group.business_date;
                        draft.actor = "test";
                        draft.postings = {{accounts[1], ledger::Direction::Debit, money("CNY", "219.00")},
                                          {accounts[0], ledger::Direction::Credit, money("CNY", "219.00")}};
                        desk.books.post(group, std::span(&draft, 1));
                    }
                };
                return std::make_unique<BookWork>(desk);
            }
        } book(desk);
        desk.clock.advance(std::chrono::seconds(10));
        const Instant before = desk.clock.now();
        desk.clock.advance(std::chrono::seconds(10));
        REQUIRE(desk.queue->run(book, std::make_shared<AnyItem>()).ok());
        const Instant after = desk.clock.now();
        desk.clock.advance(std::chrono::seconds(10));
        desk.queue->pass_time();
        const std::string target = "/v1/merchants/mch_1/balances";
        const http::Response now = desk.ask(desk.get(target));
        CHECK(now.body.find(R"("available":{"currency":"CNY","amount":"219.00"})") != std::string::npos);
        CHECK(desk.ask(desk.get(target + "?at=" + rfc3339(before))).body.find(R"("amount":"0.00")") !=
              std::string::npos);
        CHECK(desk.ask(desk.get(target + "?at=" + rfc3339(after))).body.find(R"("amount":"219.00")") !=
              std::string::npos);
        const http::Response future = desk.ask(desk.get(target + "?at=2026-12-01T00:00:00Z"));
        CHECK(future.status == 400);
        CHECK(desk.code(future) == "instant_in_future");
        // The same for a merchant without any account.
        CHECK(desk.ask(desk.get("/v1/merchants/mch_3/balances?at=2026-12-01T00:00:00Z")).status == 400);

        const http::Response page = desk.send_as("opr_maker", desk.get("/v1/ops/accounts?limit=1"));
        CHECK(page.body.find("clearing:sandbox-pay:CNY") != std::string::npos);
        const http::Response rest =
            desk.send_as("opr_maker", desk.get("/v1/ops/accounts?cursor=" + desk.field(page, "next_cursor")));
        CHECK(rest.body.find("merchant:mch_1:CNY") != std::string::npos);
        CHECK(desk.field(rest, "next_cursor").empty());
    });
}

TEST_CASE("pruning takes a bounded number of expired rows at a time and rests when there are none") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        api::Prune prune(desk.database, *desk.queue);
        CHECK(prune.step(desk.clock.now()) == 0);
        desk.database.write([&](db::Tx& tx) {
            db::Rows rows;
            for (int i = 0; i < api::Prune::kAtMost + 7; ++i)
                rows.add("key_1|" + std::to_string(i), "req", desk.clock.now() + std::chrono::seconds(1));
            tx.insert(api::kNonceClaim.insert, rows);
        });
        desk.clock.advance(std::chrono::hours(1));
        CHECK(prune.step(desk.clock.now()) == api::Prune::kAtMost);
        CHECK(prune.step(desk.clock.now()) == 7);
        CHECK(desk.count("request_nonce") == 0);
        CHECK(prune.step(desk.clock.now()) == 0);
    });
}

TEST_CASE("operators see the exposure of the orders that were taken in, now and at a past instant, and nobody else") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        desk.order("E1");
        const Instant taken_in = desk.clock.now();
        desk.clock.advance(std::chrono::seconds(2));
        desk.queue->pass_time();
        const auto seen = [&](const std::string& query) {
            return desk.send_as("opr_checker", desk.get("/v1/ops/exposure" + query));
        };
        const http::Response now = seen("");
        REQUIRE(now.status == 200);
        CHECK(now.body.find(R"("ordered":{"currency":"CNY","amount":)") != std::string::npos);
        CHECK(now.body.find(R"("value_dates":[])") != std::string::npos);
        const http::Response then = seen("?at=" + rfc3339(taken_in));
        REQUIRE(then.status == 200);
        CHECK(then.body.substr(then.body.find("exposure")) == now.body.substr(now.body.find("exposure")));
        const http::Response before = seen("?at=" + rfc3339(taken_in - std::chrono::hours(1)));
        CHECK(before.status == 422);
        CHECK(before.body.find("exposure_before_first") != std::string::npos);
        CHECK(before.body.find(rfc3339(taken_in)) != std::string::npos);
        CHECK(seen("?currency=KWD").body.find(R"("exposure":[])") != std::string::npos);
        const http::Response to_come = seen("?at=2099-01-01T00:00:00Z");
        CHECK(to_come.status == 422);
        CHECK(to_come.body.find("exposure_to_come") != std::string::npos);
        for (const char* bad : {"?at=yesterday", "?currency=US", "?cny=1"}) CHECK(seen(bad).status / 100 == 4);
        CHECK(desk.ask(desk.get("/v1/ops/exposure")).status == 401);  // a platform is nobody here
    });
}
