// The operators' listener and the channels' notices.

#include "fx/quote_store.h"
#include "src/api/proposal.h"
#include "src/base/crash_point.h"
#include "src/reconciliation/statement_store.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// An instruction that nobody knows the outcome of, waiting for two persons; its id.
std::string escalated(ApiDesk& desk, const std::string& reference) {
    desk.write([&](db::Group& group) {
        const calls::NewCall call{"test.pay",
                                  "bank",
                                  calls::Recovery::QueryOnly,
                                  "M-" + reference,
                                  {"POST", "/pay", {}, ""},
                                  {{"thing", reference, 1, reference, std::nullopt}},
                                  std::nullopt};
        desk.calls.prepare(group, std::span(&call, 1));
    });
    const std::string id = desk.text("SELECT id FROM instruction WHERE reference = :p1", reference);
    desk.database.write(
        [&](db::Tx& tx) { tx.execute({"UPDATE instruction SET outcome = 'escalated' WHERE id = :p1"}, {id}); });
    return id;
}

std::string resolution(const std::string& instruction, const std::string& outcome = "confirmed") {
    return R"({"action":"resolve_instruction","content":{"instruction_id":")" + instruction + R"(","outcome":")" +
           outcome + R"(","their_reference":"STMT-1","reason":"seen on the bank's statement"}})";
}

std::string outcome(ApiDesk& desk, const std::string& id) {
    return desk.text("SELECT outcome FROM instruction WHERE id = :p1", id);
}

std::string approve_body(const http::Response& approval) {
    return R"({"content_hash":")" + ApiDesk::field(approval, "content_hash") + R"("})";
}

}  // namespace

TEST_CASE("SEC-06 an escalated instruction is resolved by two persons: a maker asks, a checker releases what he saw") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = escalated(desk, "R1");
        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", resolution(id)));
        REQUIRE(asked.status == 201);
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id");
        CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/approvals")).body.find(desk.field(asked, "id")) !=
              std::string::npos);
        CHECK(outcome(desk, id) == "escalated");

        // Neither the maker, nor another maker, nor a suspended checker, nor who saw something else.
        CHECK(desk.send_as("opr_maker", desk.post(path + "/approve", approve_body(asked))).status == 403);
        CHECK(desk.send_as("opr_maker_2", desk.post(path + "/approve", approve_body(asked))).status == 403);
        CHECK(desk.send_as("opr_gone", desk.post(path + "/approve", approve_body(asked))).status == 403);
        const std::string other(64, 'a');
        const http::Response unseen =
            desk.send_as("opr_checker", desk.post(path + "/approve", R"({"content_hash":")" + other + R"("})"));
        CHECK(desk.code(unseen) == "content_differs");
        CHECK(desk.send_as("opr_checker", desk.post("/v1/ops/approvals", resolution(id))).status == 403);
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post("/v1/ops/approvals", resolution(id)))) ==
              "already_asked");
        CHECK(outcome(desk, id) == "escalated");
        CHECK(desk.handler.applied.empty());

        const http::OutgoingRequest release =
            desk.signed_by(desk.post(path + "/approve", approve_body(asked)), "opr_checker");
        const http::Response done = desk.send(release);
        CHECK(done.status == 200);
        CHECK(desk.field(done, "state") == "used");
        CHECK(desk.field(done, "maker") == "opr_maker");
        CHECK(desk.field(done, "checker") == "opr_checker");
        CHECK(outcome(desk, id) == "confirmed");
        CHECK(desk.handler.applied == std::vector<std::string>{"confirmed"});
        CHECK(desk.code(desk.send(release)) == "nonce_used");
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(asked)))) ==
              "approval_not_waiting");
        CHECK(desk.handler.applied.size() == 1);
    });
}

TEST_CASE("one person cannot be both, even where the same key holder changed roles in between") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = escalated(desk, "R1");
        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", resolution(id)));
        desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE operator SET role = 'confirmer' WHERE id = 'opr_maker'"}); });
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id");
        const http::Response answer = desk.send_as("opr_maker", desk.post(path + "/approve", approve_body(asked)));
        CHECK(answer.status == 422);
        CHECK(desk.code(answer) == "same_person");
        CHECK(outcome(desk, id) == "escalated");
    });
}

TEST_CASE("an approval ends after a day, can be refused, and what cannot be carried out any more says so") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = escalated(desk, "R1");
        const auto ask = [&] {
            return desk.send_as("opr_maker", desk.post("/v1/ops/approvals", resolution(id, "rejected")));
        };
        const http::Response first = ask();
        const std::string first_path = "/v1/ops/approvals/" + desk.field(first, "id");
        desk.clock.advance(std::chrono::hours(25));
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(first_path + "/approve", approve_body(first)))) ==
              "approval_expired");
        CHECK(desk.field(desk.send_as("opr_checker", desk.post(first_path + "/refuse", R"({"reason":"too old"})")),
                         "state") == "refused");
        CHECK(outcome(desk, id) == "escalated");

        const http::Response second = ask();
        REQUIRE(second.status == 201);
        desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE instruction SET outcome = 'confirmed' WHERE id = :p1"}, {id}); });
        const std::string path = "/v1/ops/approvals/" + desk.field(second, "id");
        const http::Response late = desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(second)));
        CHECK(late.status == 409);
        CHECK(desk.code(late) == "not_escalated");
        CHECK(desk.field(desk.send_as("opr_maker", desk.get(path)), "state") == "released");
        desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE instruction SET outcome = 'escalated' WHERE id = :p1"}, {id}); });
        CHECK(desk.send_as("opr_maker_2", desk.post(path + "/approve", approve_body(second))).status == 403);
        CHECK(desk.field(desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(second))), "state") ==
              "used");
        CHECK(outcome(desk, id) == "rejected");
    });
}

TEST_CASE("a refused rate is accepted by two persons: the one they looked at, within an hour, whatever came since") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const Currency usd = Currency::known("USD");
        const auto put = [&](const std::string& mid) {
            std::string id;
            desk.database.write([&](db::Tx& tx) {
                const Rate rate = Rate::parse(usd, Currency::known("CNY"), 1, mid).value();
                const fx::Quote quote{.id = desk.ids.next("quo"),
                                      .bank = "sandbox-bank",
                                      .bank_rate = rate,
                                      .client_rate = rate,
                                      .mid = rate,
                                      .markup_bp = 0,
                                      .bank_reference = "B1",
                                      .received_at = desk.clock.now(),
                                      .valid_until = desk.clock.now() + std::chrono::seconds(60),
                                      .state = fx::QuoteState::Refused};
                const std::string why = "rate_moved";
                fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
                db::Rows rows;
                rows.add(fx::board_id("sandbox-bank", usd), "");
                tx.insert_absent(fx::kBoardClaim.insert, rows);
                const fx::Board board{fx::board_id("sandbox-bank", usd), desk.clock.now(), desk.clock.now(), quote.id,
                                      std::nullopt};
                fx::QuoteStore::save_boards(tx, std::span(&board, 1));
                id = quote.id;
            });
            return id;
        };
        const auto body = [](const std::string& quote) {
            return R"({"action":"accept_rate","content":{"bank":"sandbox-bank","currency":"USD","quote_id":")" + quote +
                   R"(","reason":"confirmed by telephone with the bank's desk"}})";
        };
        const auto good_mid = [&] {
            return desk.text("SELECT good_mid_text FROM fx_board WHERE id = :p1", "sandbox-bank|USD");
        };
        CHECK(desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body("quo_none")))) ==
              "no_refused_quote");
        const http::Response first = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body(put("8.5000"))));
        REQUIRE(first.status == 201);
        const std::string newer = put("8.7000");
        const std::string path = "/v1/ops/approvals/" + desk.field(first, "id");
        CHECK(good_mid() == "");
        const http::Response done = desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(first)));
        CHECK(done.status == 200);
        CHECK(desk.field(done, "state") == "used");
        CHECK(good_mid() == "8.5000");
        // Of another currency it is no quote at all.
        CHECK(desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/approvals",
                                                            ApiDesk::replaced(body(newer), R"("USD")", R"("EUR")")))) ==
              "no_refused_quote");
        const http::Response second = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body(newer)));
        REQUIRE(second.status == 201);
        const std::string second_path = "/v1/ops/approvals/" + desk.field(second, "id");
        desk.clock.advance(std::chrono::minutes(61));
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(second_path + "/approve", approve_body(second)))) ==
              "no_refused_quote");
        CHECK(good_mid() == "8.5000");
        // Released and not used, it is withdrawn; by then the quote is there again, and the approval is not.
        const http::Response gone =
            desk.send_as("opr_maker", desk.post(second_path + "/withdraw", R"({"reason":"too late"})"));
        CHECK(desk.field(gone, "state") == "withdrawn");
        desk.clock.advance(-std::chrono::minutes(30));
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(second_path + "/approve", approve_body(second)))) ==
              "approval_not_waiting");
        CHECK(good_mid() == "8.5000");
    });
}

TEST_CASE("LED-10 payouts that were stopped are resumed by two persons, and by nobody alone") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string body =
            R"({"action":"resume_payouts","content":{"currency":"CNY","reason":"the bank paid the charge back"}})";
        const auto stops = [&] { return desk.send_as("opr_maker", desk.get("/v1/ops/payout-stops")).body; };
        CHECK(stops() == R"({"payout_stops":[]})");
        CHECK(desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body))) == "payouts_not_stopped");
        const auto stop = [&] {
            desk.write([&](db::Group& group) {
                desk.books.stop_payouts(group, Currency::known("CNY"), "provision:sb-cny:CNY is below zero");
            });
        };
        stop();
        CHECK(stops() == R"({"payout_stops":[{"currency":"CNY","reason":"provision:sb-cny:CNY is below zero"}]})");
        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
        REQUIRE(asked.status == 201);
        CHECK(desk.field(asked, "subject_id") == "CNY");
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        CHECK(desk.send_as("opr_maker", desk.post(path, approve_body(asked))).status == 403);
        CHECK(desk.count("payout_stop") == 1);
        const http::Response done = desk.send_as("opr_checker", desk.post(path, approve_body(asked)));
        CHECK(done.status == 200);
        CHECK(desk.field(done, "state") == "used");
        CHECK(desk.count("payout_stop") == 0);
        // Used up: a later stop is for two persons again.
        stop();
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, approve_body(asked)))) == "approval_not_waiting");
        CHECK(desk.count("payout_stop") == 1);
    });
}

TEST_CASE("work items are listed with their age, taken by one operator and closed with a note") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        desk.write([&](db::Group& group) {
            desk.work_items.open(group, {"kind_a", "order", "ord_1", "Look at it.", "请查看。"});
            desk.work_items.open(group, {"kind_b", "order", "ord_2", "Look at it.", "请查看。"});
        });
        desk.clock.advance(std::chrono::seconds(90));
        const http::Response page = desk.send_as("opr_maker", desk.get("/v1/ops/work-items?limit=1"));
        CHECK(page.body.find(R"("waiting":2)") != std::string::npos);
        CHECK(page.body.find(R"("age_s":90)") != std::string::npos);
        const http::Response rest =
            desk.send_as("opr_maker", desk.get("/v1/ops/work-items?cursor=" + desk.field(page, "next_cursor")));
        CHECK(rest.body.find("kind_b") != std::string::npos);
        CHECK(rest.body.find("kind_a") == std::string::npos);

        const std::string id = desk.text("SELECT id FROM work_item WHERE kind = :p1", "kind_a");
        const std::string path = "/v1/ops/work-items/" + id;
        CHECK(desk.send_as("opr_maker", desk.post(path + "/take", "")).status == 200);
        const http::Response taken = desk.send_as("opr_checker", desk.post(path + "/take", ""));
        CHECK(taken.status == 409);
        CHECK(desk.code(taken) == "work_item_taken");
        CHECK(desk.send_as("opr_maker", desk.post(path + "/close", R"({"note":""})")).status == 400);
        CHECK(desk.send_as("opr_maker", desk.post(path + "/close", R"({"note":"paid back"})")).status == 200);
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path + "/close", R"({"note":"again"})"))) ==
              "work_item_closed");
        CHECK(desk.text("SELECT closing_note FROM work_item WHERE id = :p1", id) == "paid back");
    });
}

TEST_CASE("what 'propose' makes is taken by the service, also for actions that take no evidence") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const auto ask = [&](const std::string& action, const std::string& content) {
            const Result<std::string> body =
                api::proposal_body({action, content, "as the bank's letter says", std::nullopt});
            REQUIRE(body.ok());
            return desk.send_as("opr_maker", desk.post("/v1/ops/approvals", *body));
        };
        const std::string id = escalated(desk, "R1");
        CHECK(ask("resolve_instruction", R"({"instruction_id":")" + id + R"(","outcome":"rejected"})").status == 201);
        desk.write([&](db::Group& group) { desk.books.stop_payouts(group, Currency::known("CNY"), "below zero"); });
        CHECK(ask("resume_payouts", R"( {"currency":"CNY"})").status == 201);
        CHECK(desk.code(ask("accept_rate", R"({"bank":"sandbox-bank","currency":"USD","quote_id":"quo_none"})")) ==
              "no_refused_quote");
        const Result<std::string> settle =
            api::proposal_body({"resolve_suspense", R"({"entry_id":"ent_none","to":"order"})",
                                "as the bank's letter says", std::string(64, 'b')});
        CHECK(desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/approvals", *settle))) == "not_in_suspense");
    });
}

TEST_CASE("one work item is read by its id, with its note once it is closed") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        desk.write([&](db::Group& group) {
            desk.work_items.open(group, {"kind_a", "order", "ord_1", "Look at it.", "请查看。"});
        });
        const std::string path =
            "/v1/ops/work-items/" + desk.text("SELECT id FROM work_item WHERE kind = :p1", "kind_a");
        const http::Response open = desk.send_as("opr_checker", desk.get(path));
        CHECK(open.status == 200);
        CHECK(desk.field(open, "text") == "Look at it.");
        CHECK(desk.field(open, "state") == "open");
        CHECK(open.body.find("closed_at") == std::string::npos);
        CHECK(desk.send_as("opr_maker", desk.post(path + "/close", R"({"note":"paid back"})")).status == 200);
        const http::Response closed = desk.send_as("opr_maker", desk.get(path));
        CHECK(desk.field(closed, "state") == "closed");
        CHECK(desk.field(closed, "closing_note") == "paid back");
        CHECK(closed.body.find("closed_at") != std::string::npos);
        const http::Response none = desk.send_as("opr_maker", desk.get("/v1/ops/work-items/wki_none"));
        CHECK(none.status == 404);
        CHECK(desk.code(none) == "no_such_work_item");
        CHECK(desk.send_as("opr_maker", desk.get(path + "?x=1")).status == 400);
    });
}

TEST_CASE("REC-06: open breaks are listed oldest first and in pages, with what differs in words") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const auto break_of = [&](const char* what, bool is_open) {
            using reconciliation::BreakKind;
            return reconciliation::Break{.id = reconciliation::break_id(BreakKind::MissingAtBank, "sb-usd", what),
                                         .kind = BreakKind::MissingAtBank,
                                         .account = "sb-usd",
                                         .difference = Money::of_minor(Currency::known("USD"), -125),
                                         .is_open = is_open,
                                         .owner = "treasury",
                                         .text_en = std::string("No debit of ") + what + ".",
                                         .text_zh = "没有扣款。",
                                         .opened_at = desk.clock.now(),
                                         .closed_at = {}};
        };
        const auto put = [&](const char* what, bool is_open) {
            const reconciliation::Break one = break_of(what, is_open);
            desk.write(
                [&](db::Group& group) { reconciliation::StatementStore::insert_breaks(group.tx, std::span(&one, 1)); });
        };
        const auto list = [&](const std::string& query) {
            return desk.send_as("opr_maker", desk.get("/v1/ops/breaks" + query));
        };
        CHECK(list("").body == R"({"breaks":[]})");
        put("rem_z", true);
        put("rem_closed", false);
        put("rem_a", true);  // of the same instant: by its id
        desk.clock.advance(std::chrono::hours(30));
        put("rem_b", true);
        std::vector<std::string> seen;
        for (std::string cursor;;) {
            const http::Response page = list("?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
            REQUIRE(page.status == 200);
            const std::size_t at = page.body.find("No debit of ");
            seen.push_back(page.body.substr(at, page.body.find('.', at) - at));
            if (page.body.find("next_cursor") == std::string::npos) break;
            cursor = desk.field(page, "next_cursor");
        }
        CHECK(seen == std::vector<std::string>{"No debit of rem_a", "No debit of rem_z", "No debit of rem_b"});
        const std::string all = list("").body;
        CHECK(all.find(R"("owner":"treasury")") != std::string::npos);
        CHECK(all.find(R"("age_s":108000)") != std::string::npos);
        CHECK(all.find("rem_closed") == std::string::npos);
        CHECK(list("?state=open").status == 400);
        CHECK(list("?cursor=x").status == 400);
    });
}

TEST_CASE("health says that the schema, the reads and the writer are there; metrics count what was done") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        CHECK(desk.send(desk.get("/health/live")).status == 200);
        CHECK(desk.send(desk.get("/health/ready")).body ==
              R"({"ready":true,"database":true,"schema":true,"writer":true,"causes":[]})");
        CHECK(desk.send(desk.get("/health/idle")).status == 200);
        desk.order("N1");
        desk.write([&](db::Group& group) {
            desk.work_items.open(group, {"kind_a", "order", "ord_1", "Look.", "看。"});
        });
        const auto groups = desk.queue->counters().groups;
        const http::Response first = desk.send(desk.get("/metrics"));
        CHECK(first.body.find("huiqiao_work_items_waiting 1\n") != std::string::npos);
        CHECK(first.body.find("huiqiao_write_queue_groups_total " + std::to_string(groups) + "\n") !=
              std::string::npos);
        CHECK(desk.send(desk.get("/metrics")).body == first.body);  // asking counts nothing twice
        desk.database.write([](db::Tx& tx) { tx.execute({"DELETE FROM schema_version"}); });
        desk.clock.advance(std::chrono::seconds(2));
        CHECK(desk.send(desk.get("/health/ready")).status == 503);
    });
}

TEST_CASE("DB-02 DB-03 health names what keeps the database from taking writes, and orders get 503 with effect none") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const int full = on.engine() == db::Engine::Sqlite ? 13 : 1021;
        install_crash_hook([&](std::string_view name) {
            if (name == "write_queue.after_begin") throw db::DatabaseError(db::Failure::Lost, full, "no space");
        });
        const http::Response ready = desk.send(desk.get("/health/ready"));
        CHECK(ready.status == 503);
        CHECK(ready.headers.only("Retry-After") != nullptr);
        CHECK(ready.body.find(R"("writer":false,"causes":[{"code":"disk_full","detail":"The disk)") !=
              std::string::npos);
        CHECK(desk.send(desk.get("/metrics")).body.find("huiqiao_database_trouble{cause=\"disk_full\"} 1\n") !=
              std::string::npos);
        const http::Response refused =
            desk.ask(desk.post("/v1/orders", ApiDesk::order_json("N1"), "key-of-16-characters"));
        CHECK(refused.status == 503);
        CHECK(refused.headers.only("Retry-After") != nullptr);
        CHECK(ApiDesk::field(refused, "effect") == "none");
        CHECK(desk.ask(desk.get("/v1/orders")).status == 200);
        install_crash_hook({});
        desk.clock.advance(std::chrono::seconds(2));
        CHECK(desk.send(desk.get("/health/ready")).status == 200);
        CHECK(desk.send(desk.get("/metrics")).body.find("huiqiao_database_trouble{cause=\"disk_full\"} 0\n") !=
              std::string::npos);
        desk.order("N1");
    });
}

TEST_CASE(
    "NTF-01 NTF-02 a notice is acknowledged in the channel's form once it is stored, a copy alike and stored once") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const http::OutgoingRequest notice = desk.notice(R"({"event_id":"E1"})");
        const http::Response first = desk.send(notice);
        CHECK(first.status == 200);
        CHECK(first.body == R"({"code":"SUCCESS"})");
        CHECK(desk.count("notice") == 1);
        CHECK(desk.send(notice).status == 200);
        CHECK(desk.send(desk.notice(R"({"event_id":"E1"})")).status == 200);
        CHECK(desk.count("notice") == 1);
        CHECK(desk.text("SELECT raw FROM notice WHERE state = :p1", "received").find("E1") == std::string::npos);
    });
}

TEST_CASE("NTF-04 forged notices are 401, counted and not stored; more than five a minute are told to a person") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        http::OutgoingRequest unsigned_one = desk.notice("{}");
        unsigned_one.headers.remove("X-Pay-Signature");
        CHECK(desk.send(unsigned_one).status == 401);
        for (int i = 0; i < 4; ++i) CHECK(desk.code(desk.send(desk.notice("{}", true))) == "forged_notice");
        while (desk.queue->step()) {
        }
        CHECK(desk.count("work_item") == 0);
        desk.clock.advance(std::chrono::seconds(61));
        for (int i = 0; i < 6; ++i) CHECK(desk.send(desk.notice("{}", true)).status == 401);
        while (desk.queue->step()) {
        }
        CHECK(desk.count("work_item") == 1);
        CHECK(desk.text("SELECT subject_id FROM work_item WHERE kind = :p1", "forged_notices") == "sandbox-pay");
        CHECK(desk.count("notice") == 0);
        CHECK(desk.page.text().find(R"(huiqiao_notices_total{channel="sandbox-pay",status="401"} 11)") !=
              std::string::npos);
        http::OutgoingRequest stranger = desk.notice("{}");
        stranger.target = "/notices/no-such-channel";
        CHECK(desk.send(stranger).status == 404);
    });
}

TEST_CASE("what an operator sends that cannot be read is refused with its place, and nothing is changed") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = escalated(desk, "R1");
        const std::string rows = desk.rows();
        const std::string good = resolution(id);
        const std::tuple<std::string, std::string, int, std::string> table[] = {
            {"/v1/ops/approvals", "", 400, ""},
            {"/v1/ops/approvals", ApiDesk::replaced(good, "resolve_instruction", "print_money"), 400, "/action"},
            {"/v1/ops/approvals", ApiDesk::replaced(good, "confirmed", "accepted"), 400, "/content/outcome"},
            {"/v1/ops/approvals", ApiDesk::replaced(good, "seen on the bank's statement", "yes"), 400,
             "/content/reason"},
            {"/v1/ops/approvals", ApiDesk::replaced(good, R"("outcome")", R"("amount":"1","outcome")"), 400,
             "/content/amount"},
            {"/v1/ops/approvals/apr_none/approve", R"({"content_hash":"x"})", 400, "/content_hash"},
            {"/v1/ops/approvals/apr_none/approve", R"({"content_hash":")" + std::string(64, 'a') + R"("})", 404, ""},
            {"/v1/ops/approvals/apr_none/refuse", R"({"reason":"not so"})", 404, ""},
            {"/v1/ops/work-items/wki_none/take", R"({"x":1})", 400, "/x"},
            {"/v1/ops/work-items/wki_none/take", "", 404, ""},
            {"/v1/ops/work-items/wki_none/close", R"({"note":"done"})", 404, ""},
            {"/v1/ops/work-items/wki_none/close", R"({})", 400, "/note"}};
        for (const auto& [target, body, status, pointer] : table) {
            CAPTURE(target);
            CAPTURE(body);
            const std::string key =
                target.find("/approve") != std::string::npos || target.find("/refuse") != std::string::npos
                    ? "opr_checker"
                    : "opr_maker";
            const http::Response answer = desk.send_as(key, desk.post(target, body));
            CHECK(answer.status == status);
            if (!pointer.empty()) CHECK(answer.body.find("\"pointer\":\"" + pointer + "\"") != std::string::npos);
            CHECK(desk.rows() == rows);
        }
    });
}
