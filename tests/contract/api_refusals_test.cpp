// What every route refuses: the status, the code, the place, and that nothing was changed.

#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr const char* kKey = "key-0000000000000001";

struct Bad {
    std::string name;
    std::string body;
    int status;
    std::string code;
    std::string pointer;  // empty: the whole body
};

}  // namespace

TEST_CASE("INP-01 INP-04 bodies that are not acceptable name the fault and its place, and change nothing") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string good = desk.order_json("N1");
        const auto with = [&](std::string_view what, std::string_view other) {
            return desk.replaced(good, what, other);
        };
        const Bad table[] = {
            {"no body", "", 400, "bad_json", ""},
            {"no JSON", "order", 400, "bad_json", ""},
            {"an array", "[]", 400, "wrong_type", ""},
            {"a key twice", with(R"("merchant_id":"mch_1")", R"("merchant_id":"mch_1","merchant_id":"mch_2")"), 400,
             "bad_json", ""},
            {"too deep", R"({"a":[[[[[[[[[[1]]]]]]]]]]})", 400, "bad_json", ""},
            {"more behind it", good + "{}", 400, "bad_json", ""},
            {"a number as money", with(R"("amount":"219.00")", R"("amount":219.00)"), 400, "bad_json", "/total/amount"},
            {"an integer as money", with(R"("amount":"219.00")", R"("amount":219)"), 400, "wrong_type",
             "/total/amount"},
            {"a sign", with(R"("amount":"219.00")", R"("amount":"+219.00")"), 422, "bad_amount", "/total/amount"},
            {"an exponent", with(R"("amount":"219.00")", R"("amount":"2.19e2")"), 422, "bad_amount", "/total/amount"},
            {"a leading zero", with(R"("amount":"219.00")", R"("amount":"0219.00")"), 422, "bad_amount",
             "/total/amount"},
            {"full-width digits", with(R"("amount":"219.00")", R"("amount":"２１９.00")"), 422, "bad_amount",
             "/total/amount"},
            {"three decimals", with(R"("amount":"219.00")", R"("amount":"219.000")"), 422, "bad_amount",
             "/total/amount"},
            {"an unknown currency", with(R"("total":{"currency":"CNY")", R"("total":{"currency":"RMB")"), 422,
             "unknown_currency", "/total/currency"},
            {"another currency", with(R"("freight":{"currency":"CNY")", R"("freight":{"currency":"USD")"), 422,
             "not_cny", "/freight"},
            {"a missing field", with(R"("merchant_id":"mch_1",)", ""), 400, "missing_field", "/merchant_id"},
            {"an unknown field", with(R"("merchant_id")", R"("colour":"red","merchant_id")"), 400, "unknown_field",
             "/colour"},
            {"null for a text", with(R"("merchant_id":"mch_1")", R"("merchant_id":null)"), 400, "wrong_type",
             "/merchant_id"},
            {"a control character", with("张三", "张\\u0007三"), 400, "bad_json", "/buyer/name"},
            {"a direction mark in a name", with("张三", "张\\u202e三"), 400, "bad_character", "/buyer/name"},
            {"half a surrogate", with("张三", "\\ud800"), 400, "bad_json", ""},
            {"a number too long", with("N1", std::string(61, 'N')), 400, "bad_length", "/platform_order_no"},
            {"no lines",
             with(good.substr(good.find(R"("lines":[)") + 9, good.find(R"(],"buyer")") - good.find(R"("lines":[)") - 9),
                  ""),
             400, "bad_length", "/lines"},
            {"a quantity of zero", with(R"("quantity":2)", R"("quantity":0)"), 400, "out_of_range",
             "/lines/0/quantity"},
            {"a line that does not multiply", with(R"("quantity":2)", R"("quantity":3)"), 422, "bad_line", "/lines/0"},
            {"a wrong check digit", with("11010519491231002X", "110105194912310021"), 422, "bad_person",
             "/buyer/identity_number"},
            {"virtual goods", with("goods_9610", "virtual_goods"), 422, "trade_refused", "/trade_kind"},
            {"contradictory payout", with(R"("payout_kind":"fx")", R"("payout_kind":"cny")"), 422, "payout_refused",
             "/payout_currency"},
            {"a customs port of letters", with("5165", "PORT"), 422, "bad_customs_port", "/customs_port"},
            {"another platform's merchant", with("mch_1", "mch_2"), 422, "merchant_not_found", "/merchant_id"},
            {"another platform's payee", with("pye_1", "pye_2"), 422, "payee_not_found", "/payee_id"},
            {"evidence where none belongs",
             with(
                 R"(,"customs_port")",
                 R"(,"evidence":{"institution":"4403169D3W","transaction_no":"T1","paid_at":"2026-11-19T00:00:00Z"},"customs_port")"),
             422, "evidence_needed", "/evidence"},
            {"time to pay beyond the bounds", with(R"(,"customs_port")", R"(,"pay_within_s":59,"customs_port")"), 400,
             "out_of_range", "/pay_within_s"},
        };
        desk.order("N0");
        const std::string tables = "orders order_number order_line payment person external_call event";
        std::map<std::string, std::int64_t> before;
        std::istringstream names(tables);
        for (std::string name; names >> name;) before[name] = desk.count(name);
        int number = 0;
        for (const Bad& row : table) {
            CAPTURE(row.name);
            const std::string key = "key-00000000000-bad-" + std::to_string(++number);
            const http::Response answer = desk.ask(desk.post("/v1/orders", row.body, key));
            CHECK(answer.status == row.status);
            CHECK(desk.code(answer) == row.code);
            if (!row.pointer.empty())
                CHECK(answer.body.find("\"pointer\":\"" + row.pointer + "\"") != std::string::npos);
            CHECK(desk.field(answer, "effect") == "none");
            CHECK(answer.body.find(R"("retryable":false)") != std::string::npos);
            for (const auto& [name, rows] : before) {
                CAPTURE(name);
                CHECK(desk.count(name) == rows);
            }
        }
    });
}

TEST_CASE("signatures that do not count are one and the same 401 on every signed route, and nothing is changed") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        const std::string rows = desk.rows();
        for (const http::Router* router : {&desk.platforms_router, &desk.operators_router}) {
            const bool of_operators = router == &desk.operators_router;
            const std::string good_key = of_operators ? "opr_maker" : "key_1";
            for (const http::Route* route : router->routes()) {
                if (!route->pattern.starts_with("/v1/")) continue;
                CAPTURE(route->pattern);
                std::string path = route->pattern;
                if (const std::size_t at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, id);
                const http::OutgoingRequest plain =
                    route->method == http::Method::Post ? desk.post(path, "{}", kKey) : desk.get(path);
                http::OutgoingRequest stale = desk.signed_by(plain, good_key);
                desk.clock.advance(std::chrono::seconds(601));
                std::vector<http::OutgoingRequest> bad{plain, stale, desk.signed_by(plain, "key_unknown"),
                                                       desk.signed_by(plain, of_operators ? "key_1" : "opr_maker")};
                if (!of_operators) bad.push_back(desk.signed_by(plain, "key_1_revoked"));
                http::OutgoingRequest moved = desk.signed_by(plain, good_key);
                moved.target += "?limit=1";
                bad.push_back(moved);
                http::OutgoingRequest twice = desk.signed_by(plain, good_key);
                twice.headers.add("Signature", twice.headers.value("Signature"));
                bad.push_back(twice);
                std::set<std::string> bodies;
                for (const http::OutgoingRequest& request : bad) {
                    const http::Response answer = desk.send(request);
                    CHECK(answer.status == 401);
                    std::string body = answer.body;
                    body.erase(body.find("\"request_id\""));
                    bodies.insert(body);
                }
                CHECK(bodies.size() == 1);  // SEC-02: nobody learns which it was
            }
        }
        CHECK(desk.rows() == rows);
    });
}

TEST_CASE("a batch of none and one of 501 orders are refused by the same rule") {
    TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(base);
    for (const int count : {0, 501}) {
        std::string orders;
        for (int i = 0; i < count; ++i) orders += (i == 0 ? "" : ",") + desk.order_json("N" + std::to_string(i));
        const http::Response answer = desk.ask(desk.post("/v1/orders/batch", R"({"orders":[)" + orders + "]}", kKey));
        CHECK(answer.status == 400);
        CHECK(desk.code(answer) == "bad_length");
        CHECK(answer.body.find("'orders' must have 1 to 500 items.") != std::string::npos);
    }
    CHECK(desk.count("orders") == 0);
}

TEST_CASE("an order that is not there is told by one code, read or cancelled") {
    TestDatabase base = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(base);
    const std::string path = "/v1/orders/ord_00000000000000000000000000";
    const http::Response read = desk.ask(desk.get(path));
    const http::Response cancelled = desk.ask(desk.post(path + "/cancel", ""));
    for (const http::Response* answer : {&read, &cancelled}) {
        CHECK(answer->status == 404);
        CHECK(desk.code(*answer) == "not_found");
        CHECK(desk.field(*answer, "detail") == "You have no order of this id.");
    }
}

TEST_CASE("a suspended platform and a suspended operator are told so, and change nothing") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string rows = desk.rows();
        const http::Response platform = desk.send_as("key_3", desk.post("/v1/orders", desk.order_json("N1"), kKey));
        CHECK(platform.status == 403);
        CHECK(desk.code(platform) == "platform_suspended");
        const http::Response person = desk.send_as("opr_gone", desk.get("/v1/ops/accounts"));
        CHECK(person.status == 403);
        CHECK(desk.code(person) == "operator_not_active");
        CHECK(desk.rows() == rows);
    });
}

TEST_CASE("what is another platform's does not exist: each id is 404, the same as one that nobody has") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = desk.order("N1");
        const std::string payment = desk.text("SELECT id FROM payment WHERE order_id = :p1", id);
        const std::string rows = desk.rows();
        const std::string absent = "_00000000000000000000000000";
        const std::pair<std::string, std::string> pairs[] = {
            {"/v1/orders/" + id, "/v1/orders/ord" + absent},
            {"/v1/orders/" + id + "/events", "/v1/orders/ord" + absent + "/events"},
            {"/v1/orders/" + id + "/payments", "/v1/orders/ord" + absent + "/payments"},
            {"/v1/orders/" + id + "/declarations", "/v1/orders/ord" + absent + "/declarations"},
            {"/v1/payments/" + payment, "/v1/payments/pay" + absent},
            {"/v1/merchants/mch_1/balances", "/v1/merchants/mch_none/balances"},
            {"/v1/remittances?merchant_id=mch_1", "/v1/remittances?merchant_id=mch_none"}};
        for (const auto& [theirs, nobodys] : pairs) {
            CAPTURE(theirs);
            CHECK(desk.ask(desk.get(theirs)).status == 200);
            http::Response a = desk.send_as("key_2", desk.get(theirs));
            http::Response b = desk.send_as("key_2", desk.get(nobodys));
            CHECK(a.status == 404);
            a.body.erase(a.body.find("\"request_id\""));
            b.body.erase(b.body.find("\"request_id\""));
            CHECK(a.body == b.body);
        }
        const http::Response cancel = desk.send_as("key_2", desk.post("/v1/orders/" + id + "/cancel", ""));
        CHECK(cancel.status == 404);
        CHECK(desk.send_as("key_2", desk.get("/v1/orders")).body == R"({"orders":[]})");
        CHECK(desk.rows() == rows);
    });
}

TEST_CASE("cursors, page sizes and filters that are not ours are refused") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        for (int i = 0; i < 3; ++i) desk.order("N" + std::to_string(i));
        const std::string cursor = desk.field(desk.ask(desk.get("/v1/orders?limit=1")), "next_cursor");
        REQUIRE_FALSE(cursor.empty());
        std::string forged = cursor;
        forged[3] = forged[3] == 'A' ? 'B' : 'A';
        const std::tuple<std::string, std::string, std::string> table[] = {
            {"key_1", "/v1/orders?cursor=" + forged, "bad_cursor"},
            {"key_1", "/v1/orders?cursor=abc", "bad_cursor"},
            {"key_2", "/v1/orders?cursor=" + cursor, "bad_cursor"},             // another platform's
            {"key_1", "/v1/orders?state=paid&cursor=" + cursor, "bad_cursor"},  // another list's
            {"key_1", "/v1/remittances?cursor=" + cursor, "bad_cursor"},
            {"key_1", "/v1/orders?limit=0", "bad_page_size"},
            {"key_1", "/v1/orders?limit=201", "bad_page_size"},
            {"key_1", "/v1/orders?limit=1&limit=2", "bad_query"},
            {"key_1", "/v1/orders?sort=id", "bad_query"},
            {"key_1", "/v1/orders?state=rich", "bad_filter"},
            {"key_1", "/v1/quotes?limit=1", "bad_query"},
            {"key_1", "/v1/merchants/mch_1/balances?at=yesterday", "bad_time"},
            {"opr_maker", "/v1/ops/accounts?cursor=" + cursor, "bad_cursor"},
            {"opr_maker", "/v1/ops/work-items?limit=-1", "bad_page_size"}};
        for (const auto& [key, target, code] : table) {
            CAPTURE(target);
            const http::Response answer = desk.send_as(key, desk.get(target));
            CHECK(answer.status == 400);
            CHECK(desk.code(answer) == code);
        }
    });
}

TEST_CASE(
    "RSC-04 over a socket a body beyond its route's limit is 413 before it is read, and the next caller is served") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::OutgoingRequest good =
            desk.signed_by(desk.post("/v1/orders", desk.order_json("N1"), kKey), "key_1");
        const std::uint16_t port = desk.listen();
        auto connection = test::RawConnection::to(port);
        REQUIRE(
            connection.send("POST /v1/orders HTTP/1.1\r\nHost: api.example\r\nContent-Type: application/json\r\n"
                            "Content-Length: 262145\r\n\r\n"));
        const http::Response refused = read_answer(connection.message());
        CHECK(refused.status == 413);
        CHECK(desk.openapi.schema_faults("Problem", refused.body).empty());
        auto other = test::RawConnection::to(port);
        REQUIRE(other.send(wire_form(good)));
        CHECK(read_answer(other.message()).status == 201);
        CHECK(desk.count("orders") == 1);
    });
}
