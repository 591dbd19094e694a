// Locks over HTTP that a dealer takes before there is a purchase for them: shown first, taken once, seen with what they
// cover, and refused with the reason.

#include "fx/lock_end_store.h"
#include "fx/quote_store.h"
#include "tests/support/funded_order.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

constexpr const char* kKey = "lock-key-of-a-dealer-1";

/// What the bank shows: it sells at 7.1050 around 7.10, for three minutes.
void show_board(ApiDesk& desk) {
    desk.database.write([&](db::Tx& tx) {
        const Currency usd = Currency::known("USD");
        const auto rate = [&](const char* text) { return Rate::parse(usd, Currency::known("CNY"), 1, text).value(); };
        const fx::Quote quote{.id = desk.ids.next("quo"),
                              .bank = "sandbox-bank",
                              .bank_rate = rate("7.1050"),
                              .client_rate = rate("7.1050"),
                              .mid = rate("7.10"),
                              .markup_bp = 0,
                              .bank_reference = "BRD29384620",
                              .received_at = desk.clock.now(),
                              .valid_until = desk.clock.now() + std::chrono::seconds(180),
                              .buying = rate("7.0950"),
                              .tradable = true,
                              .value_date = std::nullopt};
        const std::string why;
        fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
        const fx::Board board{fx::board_id("sandbox-bank", usd), desk.clock.now(), desk.clock.now(), quote.id,
                              rate("7.10")};
        db::Rows rows;
        rows.add(board.id, "");
        tx.insert_absent(fx::kBoardClaim.insert, rows);
        fx::QuoteStore::save_boards(tx, std::span(&board, 1));
    });
}

std::string wish(const std::string& amount, const std::string& code = "CNY", const std::string& bank = "sandbox-bank") {
    return R"({"bank":")" + bank + R"(","currency":"USD","amount":{"currency":")" + code + R"(","amount":")" + amount +
           R"("}})";
}

bool has(const http::Response& answer, const std::string& text) {
    return answer.body.find(text) != std::string::npos;
}

/// A lock that a dealer took and its bank promised.
std::string locked(ApiDesk& desk) {
    funded_order(desk, "T1");
    show_board(desk);
    const http::Response taken = desk.send_as("opr_maker", desk.post("/v1/ops/locks", wish("142.10"), kKey));
    REQUIRE_MESSAGE(taken.status == 201, taken.body);
    const std::string id = desk.field(taken, "id");
    desk.database.write([&](db::Tx& tx) {
        fx::Lock lock = fx::QuoteStore::lock(tx, id).value();
        lock.state = fx::LockState::Locked;
        lock.bank_reference = "LK100001";
        lock.expires_at = desk.clock.now() + std::chrono::minutes(2);
        fx::QuoteStore::save_lock(tx, lock, std::nullopt);
    });
    return id;
}

/// As if the bank had named its cost: CNY 1.45 for us to get.
void name_cost(ApiDesk& desk, const std::string& end_id) {
    desk.database.write([&](db::Tx& tx) {
        fx::LockEnd end = fx::LockEndStore::find(tx, end_id).value();
        end.state = fx::LockEndState::Priced;
        end.offer_reference = "LC100001";
        end.cost.we_get = Money::of_minor(Currency::known("CNY"), 145);
        end.stands_until = desk.clock.now() + std::chrono::minutes(1);
        fx::LockEndStore::save(tx, end, end.stands_until);
    });
}

std::string cost(const std::string& pay, const std::string& get) {
    return R"({"we_pay":{"currency":"CNY","amount":")" + pay + R"("},"we_get":{"currency":"CNY","amount":")" + get +
           R"("}})";
}

}  // namespace

TEST_CASE("a lock is shown with its cost before it is taken, taken once by a dealer, and seen with what it covers") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        funded_order(desk, "T1");
        show_board(desk);
        const std::string path = "/v1/ops/locks";
        const std::string offer = "/v1/ops/lock-offer?bank=sandbox-bank&currency=USD";
        const http::Response shown = desk.send_as("opr_viewer", desk.get(offer + "&foreign=20.00"));
        REQUIRE_MESSAGE(shown.status == 200, shown.body);
        CHECK(desk.field(shown, "rate") == "7.1050");
        CHECK(has(shown, R"("cny":{"currency":"CNY","amount":"142.10"})"));
        CHECK(has(shown, R"("collected":{"currency":"CNY","amount":"219.00"})"));
        CHECK(desk.count("fx_lock") == 0);

        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, wish("142.10"), kKey))) == "may_not_make");
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, wish("20.00", "USD")))) == "idempotency_key_missing");
        const http::OutgoingRequest call = desk.post(path, wish("20.00", "USD"), kKey);
        const http::Response taken = desk.send_as("opr_maker", call);
        REQUIRE_MESSAGE(taken.status == 201, taken.body);
        CHECK(desk.field(taken, "state") == "requested");
        CHECK(desk.field(taken, "taken_by") == "opr_maker");
        CHECK_FALSE(has(taken, R"("expires_at":)"));  // an end that nobody promised
        CHECK_FALSE(has(taken, R"("time_left_s":)"));
        CHECK(has(taken, R"("may_last_until":)"));
        CHECK(has(taken, R"("left":{"currency":"USD","amount":"20.00"})"));
        CHECK(has(taken, R"("covered":{"currency":"CNY","amount":"142.10"})"));
        // The same key again is the same answer, and no second lock.
        CHECK(desk.send_as("opr_maker", call).body == taken.body);
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, wish("19.00", "USD"), kKey))) ==
              "idempotency_key_reused");
        CHECK(desk.count("fx_lock") == 1);
        CHECK(desk.count("external_call") >= 1);

        // A line that was printed anew has a key of its own: the lock is the same, until it is said not to be.
        const std::string id = desk.field(taken, "id");
        const http::Response twice =
            desk.send_as("opr_maker", desk.post(path, wish("20.00", "USD"), "lock-key-anew-0000001"));
        CHECK(twice.status == 409);
        CHECK(desk.code(twice) == "lock_twice");
        CHECK(has(twice, id));
        const std::string another =
            ApiDesk::replaced(wish("20.00", "USD"), "}}", R"(},"another_lock":[")" + id + R"("]})");
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, another, "lock-key-anew-0000002"))) ==
              "lock_no_price");
        CHECK(desk.count("fx_lock") == 1);

        const http::Response one = desk.send_as("opr_viewer", desk.get(path + "/" + desk.field(taken, "id")));
        REQUIRE_MESSAGE(one.status == 200, one.body);
        CHECK(has(one, R"("allocations":[])"));
        // Best execution: what the banks showed then.
        const http::Response compared =
            desk.send_as("opr_viewer", desk.get(path + "/" + desk.field(taken, "id") + "/offers"));
        REQUIRE_MESSAGE(compared.status == 200, compared.body);
        CHECK(desk.field(compared, "lock_id") == desk.field(taken, "id"));
        CHECK(
            has(compared, R"("cny":{"currency":"CNY","amount":"142.10"},"offers":[{"place":1,"bank":"sandbox-bank")"));
        CHECK(desk.send_as("opr_viewer", desk.get(path + "/fxl_none/offers")).status == 404);
        CHECK(has(desk.send_as("opr_viewer", desk.get(path)), R"("taken_by":"opr_maker")"));
    });
}

TEST_CASE("a lock that cannot be taken is refused with the figure, and no row is written") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(on);
    const std::string path = "/v1/ops/locks";
    int asked = 0;
    const auto refused = [&](const std::string& body) {
        const std::string key = "lock-key-000000000" + std::to_string(++asked);
        return desk.code(desk.send_as("opr_maker", desk.post(path, body, key)));
    };
    CHECK(refused(wish("100.00")) == "lock_no_price");
    show_board(desk);
    CHECK(refused(wish("100.00")) == "lock_not_collected");
    funded_order(desk, "T1");
    CHECK(refused(wish("100.00", "CNY", "phone-bank")) == "bank_holds_no_locks");
    CHECK(refused(wish("100.00", "CNY", "no-bank")) == "lock_no_such_bank");
    CHECK(refused(wish("1000", "JPY")) == "lock_amount");
    const http::Response over = desk.send_as("opr_maker", desk.post(path, wish("219.01"), kKey));
    CHECK(over.status == 422);
    CHECK(has(over, "219.00"));
    const std::string offer = "/v1/ops/lock-offer?bank=sandbox-bank&currency=USD";
    CHECK(desk.code(desk.send_as("opr_viewer", desk.get(offer))) == "lock_one_side");
    CHECK(desk.code(desk.send_as("opr_viewer", desk.get(offer + "&cny=219.01"))) == "lock_not_collected");
    CHECK(desk.count("fx_lock") == 0);
    CHECK(desk.count("fx_held_lock") == 0);
}

TEST_CASE("an end of a lock is asked for by a dealer and confirmed at its very cost by another person, each once") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string lock = locked(desk);
        const std::string path = "/v1/ops/locks/" + lock + "/ends";
        const http::Response before = desk.send_as("opr_viewer", desk.get(path));
        REQUIRE_MESSAGE(before.status == 200, before.body);
        CHECK(has(before, R"({"by":"keep","possible":true,)"));
        CHECK(has(before, R"({"by":"cancel","possible":true})"));
        CHECK(has(before, R"({"by":"close_out","possible":false,"why_not":"By its agreement sandbox-bank)"));
        CHECK(desk.count("fx_lock_end") == 0);

        const std::string key = "end-key-of-a-dealer-01";
        const std::string cancel = R"({"by":"cancel"})";
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, cancel, key))) == "may_not_make");
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, cancel))) == "idempotency_key_missing");
        CHECK(desk.send_as("opr_maker", desk.post(path, R"({"by":"lapse"})", key)).status == 400);
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, R"({"by":"close_out"})", key))) ==
              "lock_end_not_offered");
        const http::OutgoingRequest call = desk.post(path, cancel, "end-key-of-a-dealer-02");
        const http::Response asked = desk.send_as("opr_maker", call);
        REQUIRE_MESSAGE(asked.status == 201, asked.body);
        CHECK(desk.field(asked, "state") == "asked");
        CHECK(has(asked, R"("amount":{"currency":"CNY","amount":"142.10"})"));
        CHECK(desk.send_as("opr_maker", call).body == asked.body);
        CHECK(desk.count("fx_lock_end") == 1);
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, cancel, "end-key-of-a-dealer-03"))) ==
              "lock_end_open");

        const std::string id = desk.field(asked, "id");
        const std::string end = "/v1/ops/lock-ends/" + id;
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(end + "/confirm", cost("0.00", "1.45")))) ==
              "lock_end_not_awaited");
        name_cost(desk, id);
        const http::Response shown = desk.send_as("opr_viewer", desk.get(end));
        CHECK(has(shown, R"("cost":{"we_pay":{"currency":"CNY","amount":"0.00"},)"));
        CHECK(has(shown, R"("booked_to":"own")"));
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(end + "/confirm", cost("0.00", "1.45")))) ==
              "may_not_check");
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(end + "/confirm", cost("0.00", "1.46")))) ==
              "lock_end_other_cost");
        CHECK(desk.send_as("opr_checker", desk.post(end + "/confirm", "{}")).status == 400);
        const http::Response confirmed = desk.send_as("opr_checker", desk.post(end + "/confirm", cost("0.00", "1.45")));
        REQUIRE_MESSAGE(confirmed.status == 200, confirmed.body);
        CHECK(desk.field(confirmed, "state") == "ordered");
        CHECK(desk.field(confirmed, "checker") == "opr_checker");
        CHECK(has(desk.send_as("opr_viewer", desk.get("/v1/ops/locks/" + lock)), R"("end_id":")" + id));
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(end + "/confirm", cost("0.00", "1.45")))) ==
              "lock_end_not_awaited");
        CHECK(desk.text("SELECT COUNT(*) || '' FROM external_call WHERE operation = :p1", "fx.end_lock") == "1");
    });
}

TEST_CASE("a refused end says why, and an end or lock that is not there is told so") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    ApiDesk desk(on);
    const std::string lock = locked(desk);
    const http::Response asked = desk.send_as(
        "opr_maker", desk.post("/v1/ops/locks/" + lock + "/ends", R"({"by":"cancel"})", "end-key-of-a-dealer-01"));
    REQUIRE(asked.status == 201);
    const std::string id = desk.field(asked, "id");
    name_cost(desk, id);
    const std::string refuse = "/v1/ops/lock-ends/" + id + "/refuse";
    CHECK(desk.send_as("opr_checker", desk.post(refuse, "{}")).status == 400);
    const http::Response refused =
        desk.send_as("opr_checker", desk.post(refuse, R"({"reason":"orders come this afternoon"})"));
    REQUIRE_MESSAGE(refused.status == 200, refused.body);
    CHECK(desk.field(refused, "state") == "refused");
    CHECK(desk.field(refused, "why") == "orders come this afternoon");
    CHECK(desk.code(desk.send_as("opr_viewer", desk.get("/v1/ops/lock-ends/lke_none"))) == "lock_end_not_found");
    CHECK(desk.code(desk.send_as("opr_viewer", desk.get("/v1/ops/locks/fxl_none/ends"))) == "lock_not_found");
    CHECK(has(desk.send_as("opr_viewer", desk.get("/v1/ops/locks/" + lock + "/ends")), R"("ends":[{"id":")" + id));
    CHECK(desk.text("SELECT COUNT(*) || '' FROM external_call WHERE operation = :p1", "fx.end_lock") == "0");

    const std::string ways = "/v1/ops/locks/" + lock + "/ends";
    CHECK(has(desk.send_as("opr_viewer", desk.get(ways)), R"("by":"keep","possible":true)"));
    desk.database.write([&](db::Tx& tx) {
        fx::Lock over = fx::QuoteStore::lock(tx, lock).value();
        over.state = fx::LockState::Expired;
        fx::QuoteStore::save_lock(tx, over, std::nullopt);
    });
    const http::Response over = desk.send_as("opr_viewer", desk.get(ways));
    CHECK(has(over, R"("by":"keep","possible":false)"));
    CHECK_FALSE(has(over, R"("possible":true)"));
}
