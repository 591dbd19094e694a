// Deals on the telephone over HTTP: told by a maker, confirmed by a checker, seen by all operators, and refused with
// the reason where they are told wrongly.

#include "fx/quote_store.h"
#include "tests/support/funded_order.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// Another bank's mid of 7.10, by which a price is measured.
void show_mid(ApiDesk& desk) {
    desk.database.write([&](db::Tx& tx) {
        const Currency usd = Currency::known("USD");
        const fx::Board board{fx::board_id("phone-bank", usd), desk.clock.now(), desk.clock.now(), "",
                              Rate::parse(usd, Currency::known("CNY"), 1, "7.10").value()};
        db::Rows rows;
        rows.add(board.id, "");
        tx.insert_absent(fx::kBoardClaim.insert, rows);
        fx::QuoteStore::save_boards(tx, std::span(&board, 1));
    });
}

std::string told(const std::string& price = "710.50", int unit_base = 100, const std::string& pair = "USD/CNY") {
    return R"({"bank":"phone-bank","dealer":"Wang Fang","called_at":"2026-11-20T02:59:00Z","pair":")" + pair +
           R"(","price":")" + price + R"(","unit_base":)" + std::to_string(unit_base) +
           R"(,"amount":{"currency":"CNY","amount":"200.00"},"value_date":"2026-11-20",)"
           R"("expires_at":"2026-11-20T04:00:00Z","recording":"REC-77"})";
}

/// 200.00 at 7.105 is USD 28.14, rounded down.
std::string slip(const std::string& foreign = "28.14", const std::string& price = "7.105") {
    return R"({"slip_number":"88123","pair":"USD/CNY","price":")" + price +
           R"(","unit_base":1,)"
           R"("cny":{"currency":"CNY","amount":"200.00"},"foreign":{"currency":"USD","amount":")" +
           foreign + R"("},"value_date":"2026-11-20"})";
}

}  // namespace

TEST_CASE("SEC-06 a deal on the telephone is told by a maker and confirmed by a checker, and both are seen") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        funded_order(desk, "T1");
        show_mid(desk);
        const std::string path = "/v1/ops/phone-deals";
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, told()))) == "may_not_make");
        const http::Response recorded = desk.send_as("opr_maker", desk.post(path, told()));
        REQUIRE_MESSAGE(recorded.status == 201, recorded.body);
        CHECK(recorded.body.find(R"("dealer":"Wang Fang")") != std::string::npos);
        CHECK(recorded.body.find(R"("foreign":{"currency":"USD","amount":"28.14"})") != std::string::npos);
        CHECK(desk.text("SELECT dealer FROM phone_deal WHERE id = :p1", desk.field(recorded, "id")).find("Wang") ==
              std::string::npos);
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post(path, told()))) == "phone_deal_same_call");
        // Said to be another, it is measured as any: no order is left to be bought for.
        std::string another = told();
        another.replace(another.find("REC-77"), 6, "REC-78");
        another.replace(another.find("710.50"), 6, "711.50");
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post(path, another))) == "phone_deal_twice");
        another.insert(another.size() - 1, R"(,"another_deal":[")" + desk.field(recorded, "id") + R"("])");
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post(path, another))) == "phone_deal_not_collected");

        const std::string one = path + "/" + desk.field(recorded, "id");
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post(one + "/confirm", slip()))) == "may_not_check");
        const http::Response confirmed = desk.send_as("opr_checker", desk.post(one + "/confirm", slip()));
        REQUIRE_MESSAGE(confirmed.status == 200, confirmed.body);
        CHECK(desk.field(confirmed, "state") == "dealt");
        CHECK(confirmed.body.find(R"("differences":[])") != std::string::npos);
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(one + "/confirm", slip()))) == "phone_deal_not_awaited");
        CHECK(desk.field(desk.send_as("opr_checker", desk.get(one)), "state") == "dealt");
        CHECK(desk.send_as("opr_maker", desk.get(path + "?limit=1")).body.find(R"("checker":"opr_checker")") !=
              std::string::npos);
        CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/exposure")).body.find(R"("value_date":"2026-11-20")") !=
              std::string::npos);
        CHECK(desk.code(desk.send_as("opr_maker", desk.get(path + "/phd_none"))) == "phone_deal_not_found");
        CHECK(desk.ask(desk.get(path)).status == 401);  // a platform is nobody here
    });
}

TEST_CASE("a lock tells how much of it is used and left, for how long, and what each order put in and got") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        funded_order(desk, "T1");
        show_mid(desk);
        const std::string path = "/v1/ops/locks";
        CHECK(desk.send_as("opr_maker", desk.get(path)).body.find(R"("locks":[])") != std::string::npos);
        const http::Response recorded = desk.send_as("opr_maker", desk.post("/v1/ops/phone-deals", told()));
        REQUIRE_MESSAGE(recorded.status == 201, recorded.body);
        const http::Response listed = desk.send_as("opr_checker", desk.get(path + "?limit=1"));
        REQUIRE_MESSAGE(listed.status == 200, listed.body);
        const std::size_t at = listed.body.find(R"("id":")") + 6;
        const std::string one = path + "/" + listed.body.substr(at, listed.body.find('"', at) - at);

        const http::Response held = desk.send_as("opr_maker", desk.get(one));
        REQUIRE_MESSAGE(held.status == 200, held.body);
        CHECK(desk.field(held, "state") == "requested");
        CHECK(desk.field(held, "phone_deal_id") == desk.field(recorded, "id"));
        CHECK(listed.body.find(desk.field(recorded, "id")) != std::string::npos);
        const auto has = [](const http::Response& answer, const std::string& text) {
            return answer.body.find(text) != std::string::npos;
        };
        CHECK(has(held, R"("used":{"currency":"CNY","amount":"0.00"},"left":{"currency":"CNY","amount":"200.00"})"));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
            parse_rfc3339("2026-11-20T04:00:00Z").value() - desk.clock.now());
        CHECK(has(held, R"("time_left_s":)" + std::to_string(seconds.count() - 5)));
        CHECK(has(held, R"("put_in":{"currency":"CNY","amount":"200.00"},"cny":{"currency":"CNY","amount":"0.00"})"));

        const std::string deal = "/v1/ops/phone-deals/" + desk.field(recorded, "id") + "/confirm";
        REQUIRE(desk.send_as("opr_checker", desk.post(deal, slip())).status == 200);
        const http::Response used = desk.send_as("opr_maker", desk.get(one));
        CHECK(desk.field(used, "state") == "used");
        CHECK(desk.field(used, "purchase_state") == "dealt");
        CHECK(has(used, R"("used":{"currency":"CNY","amount":"200.00"},"left":{"currency":"CNY","amount":"0.00"})"));
        CHECK(has(used, R"("time_left_s":0)"));
        CHECK(has(used, R"("foreign":{"currency":"USD","amount":"28.14"})"));

        CHECK(desk.code(desk.send_as("opr_maker", desk.get(path + "/fxl_none"))) == "lock_not_found");
        CHECK(desk.ask(desk.get(path)).status == 401);  // a platform is nobody here
    });
}

TEST_CASE(
    "SEC-04 a call that was refused and is sent again in the same signed bytes, when it would be taken, is no call") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        show_mid(desk);
        const http::OutgoingRequest once = desk.signed_by(desk.post("/v1/ops/phone-deals", told()), "opr_maker");
        CHECK(desk.code(desk.send(once)) == "phone_deal_not_collected");
        funded_order(desk, "T1");
        CHECK(desk.code(desk.send(once)) == "nonce_used");
        CHECK(desk.count("phone_deal") == 0);
        CHECK(desk.count("purchase") == 0);
    });
}

TEST_CASE("record and slip that differ are settled by an approval") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(on);
    funded_order(desk, "T1");
    show_mid(desk);
    const http::Response recorded = desk.send_as("opr_maker", desk.post("/v1/ops/phone-deals", told()));
    const std::string id = desk.field(recorded, "id");
    const http::Response confirmed =
        desk.send_as("opr_checker", desk.post("/v1/ops/phone-deals/" + id + "/confirm", slip("28.10", "7.1175")));
    CHECK(desk.field(confirmed, "state") == "differs");
    CHECK(confirmed.body.find("amount: USD 28.14 recorded, USD 28.10 on the slip") != std::string::npos);
    const http::Response asked = desk.send_as(
        "opr_maker",
        desk.post("/v1/ops/approvals", R"({"action":"settle_phone_deal","content":{"phone_deal_id":")" + id +
                                           R"(","outcome":"as_slip","reason":"the recording says 28.10",)" +
                                           R"("evidence_sha256":")" + std::string(64, 'b') + R"("}})"));
    REQUIRE_MESSAGE(asked.status == 201, asked.body);
    const http::Response released =
        desk.send_as("opr_checker", desk.post("/v1/ops/approvals/" + desk.field(asked, "id") + "/approve",
                                              R"({"content_hash":")" + desk.field(asked, "content_hash") + R"("})"));
    CHECK_MESSAGE(released.status == 200, released.body);
    CHECK(desk.field(desk.send_as("opr_maker", desk.get("/v1/ops/phone-deals/" + id)), "state") == "dealt");
    const http::Response compared = desk.send_as("opr_maker", desk.get("/v1/ops/phone-deals/" + id + "/offers"));
    REQUIRE_MESSAGE(compared.status == 200, compared.body);
    CHECK(desk.field(compared, "phone_deal_id") == id);
}

TEST_CASE(
    "a call that is told wrongly is refused with the reason; all that is written is the work item that keeps it") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(on);
    funded_order(desk, "T1");
    show_mid(desk);
    const std::string before = desk.rows();
    const auto code = [&](const std::string& body) {
        return desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/phone-deals", body)));
    };
    CHECK(code(told("7.105", 1, "CNY/USD")) == "phone_pair_inverted");
    CHECK(code(told("7.105", 1, "USD/USD")) == "phone_pair_inverted");
    CHECK(code(told("7.105", 1, "USD-CNY")) == "phone_pair_inverted");
    CHECK(code(told("710.50", 1)) == "phone_price_unit");
    CHECK(code(told("7.105", 100)) == "phone_price_unit");
    CHECK(code(told("0.1408", 1)) == "phone_price_inverted");
    CHECK(code(told("0", 1)) == "bad_rate");
    CHECK(code(told("-7.105", 1)) == "bad_rate");
    CHECK(code(told("7.105", 10)) == "phone_price_units");
    CHECK(code(told("7.105", 1000)) == "out_of_range");
    CHECK(code(ApiDesk::replaced(told(), "2026-11-20\"", "2026-11-21\"")) == "phone_value_date");
    CHECK(code(ApiDesk::replaced(told(), "2026-11-20T04:00", "2026-11-20T02:59")) == "phone_deal_over");
    CHECK(code(ApiDesk::replaced(told(), "200.00", "0.00")) == "amount_not_positive");
    CHECK(code(ApiDesk::replaced(told(), "200.00", "219.01")) == "phone_deal_not_collected");
    CHECK(code(ApiDesk::replaced(told(), "phone-bank", "sandbox-bank")) == "phone_no_such_bank");
    CHECK(code(ApiDesk::replaced(told(), R"("pair")", R"("pairs")")) == "missing_field");
    CHECK(ApiDesk::replaced(desk.rows(), "work_item=1", "work_item=0") == before);
    CHECK(desk.text("SELECT subject_id FROM work_item WHERE kind = :p1", "phone_deal_refused") == "phone-bank|REC-77");
    CHECK(desk.count("phone_deal") == 0);
    CHECK(desk.count("purchase") == 0);
}
