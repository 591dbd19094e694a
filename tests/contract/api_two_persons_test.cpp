// The verbs of two persons over HTTP: proposed with a preview, approved as seen, and what cannot be is refused.

#include "src/flow/held_order_store.h"
#include "src/flow/suspense_store.h"
#include "tests/support/api_desk.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

const std::string kHash(64, 'b');

std::string proposal(const std::string& action, const std::string& fields) {
    return R"({"action":")" + action + R"(","content":{)" + fields +
           R"(,"reason":"as the bank's letter of 19 November says","evidence_sha256":")" + kHash + R"("}})";
}

std::string approve_body(const http::Response& approval) {
    return R"({"content_hash":")" + ApiDesk::field(approval, "content_hash") + R"("})";
}

/// An amount that nobody can explain, booked as the bank's line of that name; its entry.
std::string suspended(ApiDesk& desk, const std::string& line, const char* amount, bool is_credit) {
    BookOperation books(desk.books);
    auto item = std::make_shared<BookItem>();
    const Money usd = Money::parse(Currency::known("USD"), amount).value();
    const flow::postings::Event event{.source_type = "statement_line",
                                      .source_id = "sb-usd|" + line,
                                      .occurred_at = desk.clock.now(),
                                      .value_date = Date::in_shanghai(desk.clock.now())};
    const ledger::Draft draft = is_credit ? flow::postings::credit_suspended(event, "sb-usd", usd)
                                          : flow::postings::debit_suspended(event, "sb-usd", usd);
    item->accounts = accounts_of(std::span(&draft, 1));
    std::string entry;
    item->run = [&](db::Group& group) { entry = desk.books.post(group, std::span(&draft, 1)).entries.at(0).entry_id; };
    REQUIRE(desk.queue->run(books, item).ok());
    return entry;
}

/// An order of plt_1 that is held because of a remittance, with the work item that says so; its id.
std::string held(ApiDesk& desk, const std::string& number) {
    const std::string id = desk.order(number);
    desk.write([&](db::Group& group) {
        group.tx.execute({"UPDATE orders SET hold_reason = 'remittance_rejected' WHERE id = :p1"}, {id});
        const flow::HeldOrder row{id, "remittance_rejected", "rem_" + number, group.now};
        flow::HeldOrders::put(group, std::span(&row, 1));
        desk.work_items.open(group, {"remittance_rejected", "remittance", "rem_" + number, "Look.", "看。"});
    });
    return id;
}

std::string hold_reason(ApiDesk& desk, const std::string& id) {
    return desk.text("SELECT hold_reason FROM orders WHERE id = :p1", id);
}

}  // namespace

TEST_CASE("SEC-06 an order on hold is listed, and released by two persons who saw what follows") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const std::string other = held(desk, "H2");
        const http::Response list = desk.send_as("opr_maker", desk.get("/v1/ops/held-orders?subject_id=rem_H1"));
        CHECK(list.body.find(id) != std::string::npos);
        CHECK(list.body.find(other) == std::string::npos);
        CHECK(list.body.find(R"("amount":{"currency":"CNY","amount":")") != std::string::npos);
        CHECK(list.body.find(R"("remittable":{"currency":)") != std::string::npos);
        CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/held-orders?limit=1")).body.find("next_cursor") !=
              std::string::npos);

        const std::string body = proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"released")");
        CHECK(desk.send_as("opr_checker", desk.post("/v1/ops/approvals", body)).status == 403);
        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
        REQUIRE(asked.status == 201);
        CHECK(asked.body.find(R"("from":"held: remittance_rejected")") != std::string::npos);
        CHECK(desk.code(desk.send_as("opr_maker_2", desk.post("/v1/ops/approvals", body))) == "already_asked");

        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        CHECK(desk.send_as("opr_maker", desk.post(path, approve_body(asked))).status == 403);
        CHECK(desk.send_as("opr_gone", desk.post(path, approve_body(asked))).status == 403);
        desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE operator SET role = 'confirmer' WHERE id = 'opr_maker'"}); });
        CHECK(desk.code(desk.send_as("opr_maker", desk.post(path, approve_body(asked)))) == "same_person");
        CHECK(hold_reason(desk, id) == "remittance_rejected");

        const http::OutgoingRequest approval = desk.signed_by(desk.post(path, approve_body(asked)), "opr_checker");
        CHECK(desk.field(desk.send(approval), "state") == "used");
        CHECK(hold_reason(desk, id).empty());
        CHECK(desk.count("order_hold") == 1);
        CHECK(desk.text("SELECT state FROM work_item WHERE subject_id = :p1", "rem_H1") == "closed");
        CHECK(desk.text("SELECT state FROM work_item WHERE subject_id = :p1", "rem_H2") == "open");
        CHECK(desk.code(desk.send(approval)) == "nonce_used");
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, approve_body(asked)))) == "approval_not_waiting");
    });
}

TEST_CASE("an order that two matters hold is listed for each, page by page, and released from one of them alone") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const flow::HeldOrder another{id, "remittance_returned", "rem_H9"};
        desk.write([&](db::Group& group) { flow::HeldOrders::put(group, std::span(&another, 1)); });
        const auto page = [&](const std::string& query) {
            return desk.send_as("opr_maker", desk.get("/v1/ops/held-orders?limit=1" + query));
        };
        const http::Response first = page("");
        const http::Response last = page("&cursor=" + desk.field(first, "next_cursor"));
        CHECK(first.body.find("rem_H1") != std::string::npos);
        CHECK(last.body.find("rem_H9") != std::string::npos);
        CHECK(last.body.find("next_cursor") == std::string::npos);

        const std::string ids = R"("order_ids":[")" + id + R"("],"outcome":"released")";
        const auto ask = [&](const std::string& fields) {
            return desk.send_as("opr_maker", desk.post("/v1/ops/approvals", proposal("release_order", fields)));
        };
        CHECK(desk.code(ask(ids + R"(,"subject_id":"rem_none")")) == "order_not_held_for_it");
        const http::Response asked = ask(ids + R"(,"subject_id":"rem_H1")");
        REQUIRE_MESSAGE(asked.status == 201, asked.body);
        CHECK(asked.body.find(R"("to":"held: remittance_returned")") != std::string::npos);
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        CHECK(desk.field(desk.send_as("opr_checker", desk.post(path, approve_body(asked))), "state") == "used");
        CHECK(hold_reason(desk, id) == "remittance_returned");
        CHECK(desk.text("SELECT state FROM work_item WHERE subject_id = :p1", "rem_H1") == "closed");
        CHECK(page("").body.find("rem_H1") == std::string::npos);
    });
}

TEST_CASE("an order that a second matter came to hold is not released by what was asked before it came") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const http::Response asked = desk.send_as(
            "opr_maker", desk.post("/v1/ops/approvals",
                                   proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"released")")));
        REQUIRE(asked.status == 201);
        const flow::HeldOrder another{id, "remittance_returned", "rem_H9"};
        desk.write([&](db::Group& group) { flow::HeldOrders::put(group, std::span(&another, 1)); });
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, approve_body(asked)))) == "plan_changed");
        CHECK(hold_reason(desk, id) == "remittance_rejected");
        CHECK(desk.count("order_hold") == 2);
    });
}

TEST_CASE("an approval is stale where its order is not on hold any more, or a day has passed") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const std::string body = proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"kept")");
        const http::Response old = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
        const std::string old_path = "/v1/ops/approvals/" + desk.field(old, "id");
        desk.clock.advance(std::chrono::hours(25));
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(old_path + "/approve", approve_body(old)))) ==
              "approval_expired");
        CHECK(desk.send_as("opr_checker", desk.post(old_path + "/refuse", R"({"reason":"too old"})")).status == 200);

        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
        REQUIRE(asked.status == 201);
        desk.database.write([&](db::Tx& tx) {
            tx.execute({"UPDATE orders SET hold_reason = 'remittance_returned' WHERE id = :p1"}, {id});
        });
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
        const http::Response changed = desk.send_as("opr_checker", desk.post(path, approve_body(asked)));
        CHECK(changed.status == 409);
        CHECK(desk.code(changed) == "plan_changed");
        CHECK(hold_reason(desk, id) == "remittance_returned");
        desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET hold_reason = '' WHERE id = :p1"}, {id}); });
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path, approve_body(asked)))) == "order_not_held");
    });
}

TEST_CASE("an approval that nobody released within a day gives way to who asks again, and waits for nobody") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const std::string body = proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"kept")");
        const auto ask = [&] { return desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body)); };
        const auto listed = [&] { return desk.send_as("opr_maker", desk.get("/v1/ops/approvals")).body; };
        const auto lists = [&](const http::Response& asked) {
            return listed().find(desk.field(asked, "id")) != std::string::npos;
        };
        const auto path = [&](const http::Response& asked) { return "/v1/ops/approvals/" + desk.field(asked, "id"); };
        const auto approve = [&](const http::Response& asked) {
            return desk.send_as("opr_checker", desk.post(path(asked) + "/approve", approve_body(asked)));
        };
        const http::Response first = ask();
        desk.clock.advance(std::chrono::hours(23));
        CHECK(desk.code(ask()) == "already_asked");
        CHECK(lists(first));
        desk.clock.advance(std::chrono::hours(2));
        CHECK(listed() == R"({"approvals":[]})");
        // Nobody asked again, and it waits no more all the same.
        const auto read_state = [&](const http::Response& asked) {
            return desk.field(desk.send_as("opr_maker", desk.get(path(asked))), "state");
        };
        CHECK(read_state(first) == "expired");
        const http::Response second = ask();
        REQUIRE(second.status == 201);
        CHECK(read_state(first) == "expired");
        CHECK(read_state(second) == "waiting");
        CHECK(desk.code(ask()) == "already_asked");  // by the second
        CHECK(lists(second));
        CHECK_FALSE(lists(first));
        CHECK(approve(first).status == 409);
        CHECK(hold_reason(desk, id) == "remittance_rejected");
        // Released, not carried out, and a day old: it waits for nobody either.
        desk.database.write([&](db::Tx& tx) {
            tx.execute({"UPDATE orders SET hold_reason = 'remittance_returned' WHERE id = :p1"}, {id});
        });
        CHECK(desk.code(approve(second)) == "plan_changed");
        CHECK(lists(second));
        CHECK(read_state(second) == "released");
        desk.clock.advance(std::chrono::hours(25));
        CHECK(listed() == R"({"approvals":[]})");
        CHECK(read_state(second) == "expired");
    });
}

TEST_CASE("what two persons signed and could not be carried out is withdrawn by its maker or refused by a checker") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const std::string body = proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"released")");
        const auto reason = [&](const std::string& text) {
            desk.database.write([&](db::Tx& tx) {
                tx.execute({"UPDATE orders SET hold_reason = :p2 WHERE id = :p1"}, {id, text});
            });
        };
        // Signed by both, and not used: the order was held for another reason meanwhile.
        const auto released = [&] {
            reason("remittance_rejected");
            const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
            REQUIRE(asked.status == 201);
            reason("remittance_returned");
            const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id");
            CHECK(desk.code(desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(asked)))) ==
                  "plan_changed");
            reason("remittance_rejected");
            CHECK(desk.field(desk.send_as("opr_maker", desk.get(path)), "state") == "released");
            CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/approvals")).body.find(desk.field(asked, "id")) !=
                  std::string::npos);
            return asked;
        };
        const std::string why = R"({"reason":"asked in error"})";
        for (const auto& [who, verb, state] :
             {std::tuple("opr_maker", "/withdraw", "withdrawn"), std::tuple("opr_checker", "/refuse", "refused")}) {
            const http::Response asked = released();
            const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id");
            CHECK(desk.code(desk.send_as("opr_maker_2", desk.post(path + "/withdraw", why))) == "not_its_maker");
            CHECK(desk.send_as(who, desk.post(path + verb, "{}")).status == 400);
            const http::Response ended = desk.send_as(who, desk.post(path + verb, why));
            CHECK(desk.field(ended, "state") == state);
            CHECK(desk.field(ended, "ended_by") == who);
            CHECK(desk.field(ended, "checker") == "opr_checker");
            // It could be carried out now, and is not.
            CHECK(desk.code(desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(asked)))) ==
                  "approval_not_waiting");
            CHECK(hold_reason(desk, id) == "remittance_rejected");
            CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/approvals")).body.find(desk.field(asked, "id")) ==
                  std::string::npos);
        }
    });
}

TEST_CASE("SEC-06 a second operator of the maker's own person cannot approve or refuse it") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string id = held(desk, "H1");
        const std::string body = proposal("release_order", R"("order_ids":[")" + id + R"("],"outcome":"released")");
        const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
        const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id");
        desk.database.write([](db::Tx& tx) {
            tx.execute({"UPDATE operator SET person_id = 'person_of_opr_maker' WHERE id = 'opr_checker'"});
        });
        const http::Response refused = desk.send_as("opr_checker", desk.post(path + "/approve", approve_body(asked)));
        CHECK(refused.status == 422);
        CHECK(desk.code(refused) == "same_person");
        CHECK(desk.code(desk.send_as("opr_checker", desk.post(path + "/refuse", R"({"reason":"not so"})"))) ==
              "same_person");
        CHECK(hold_reason(desk, id) == "remittance_rejected");
    });
}

TEST_CASE("OPS-01 OPS-02 amounts in suspense are listed and settled by balanced entries that were previewed") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string credit = suspended(desk, "C1", "70.00", true);
        const std::string debit = suspended(desk, "D1", "30.00", false);
        const auto list = [&] { return desk.send_as("opr_maker", desk.get("/v1/ops/suspense")).body; };
        CHECK(list().find(credit) != std::string::npos);
        CHECK(list().find(debit) != std::string::npos);
        CHECK(desk.send_as("opr_maker", desk.get("/v1/ops/suspense?limit=1")).body.find("next_cursor") !=
              std::string::npos);

        const auto carry_out = [&](const std::string& body) {
            const http::Response asked = desk.send_as("opr_maker", desk.post("/v1/ops/approvals", body));
            REQUIRE(asked.status == 201);
            const std::string path = "/v1/ops/approvals/" + desk.field(asked, "id") + "/approve";
            const http::Response done = desk.send_as("opr_checker", desk.post(path, approve_body(asked)));
            CHECK(desk.field(done, "state") == "used");
            return asked.body;
        };
        const std::string to_merchant =
            proposal("resolve_suspense", R"("entry_id":")" + credit + R"(","to":"merchant","merchant_id":"mch_1")");
        CHECK(carry_out(to_merchant).find("merchant:mch_1:USD") != std::string::npos);
        CHECK(desk.code(desk.send_as("opr_maker", desk.post("/v1/ops/approvals", to_merchant))) == "suspense_settled");
        CHECK(list().find(credit) == std::string::npos);
        carry_out(proposal("explain_debit", R"("entry_id":")" + debit + R"(","as":"given_up")"));
        CHECK(list() == R"({"suspense":[]})");
        CHECK(desk.text("SELECT actor FROM journal_entry WHERE kind = :p1", "suspense_revived") ==
              "opr_maker+opr_checker");
        CHECK(desk.text("SELECT source_type FROM journal_entry WHERE kind = :p1", "debit_given_up") == "approval");
    });
}

TEST_CASE("a work item about money in suspense is not closed by hand while the money is there") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string credit = suspended(desk, "C1", "70.00", true);
        desk.write([&](db::Group& group) {
            desk.work_items.open(group, {"line_in_suspense", "statement_line", "sb-usd|C1", "Look.", "看。"});
            desk.work_items.open(group, {"line_in_suspense", "statement_line", "sb-usd|C", "Look.", "看。"});
        });
        const auto close = [&](const char* subject) {
            const std::string id = desk.text("SELECT id FROM work_item WHERE subject_id = :p1", subject);
            return desk.send_as("opr_maker", desk.post("/v1/ops/work-items/" + id + "/close", R"({"note":"seen"})"));
        };
        const http::Response refused = close("sb-usd|C1");
        CHECK(refused.status == 409);
        CHECK(desk.code(refused) == "still_in_suspense");
        CHECK(refused.body.find("USD 70.00, which entry " + credit) != std::string::npos);
        CHECK(refused.body.find("resolve_suspense") != std::string::npos);
        CHECK(desk.text("SELECT state FROM work_item WHERE subject_id = :p1", "sb-usd|C1") == "open");
        CHECK(close("sb-usd|C").status == 200);  // another line's money is not its own
        const auto settle = [&](db::Group& group) {
            flow::SuspenseStore::settle(group, flow::SuspenseStore::find(group.tx, credit).value(), "apr_1");
        };
        desk.write(settle);
        CHECK(close("sb-usd|C1").status == 200);
    });
}

TEST_CASE("a work item of orders on hold is not closed by hand while any of them is") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const flow::HeldOrder held{"ord_1", "remittance_rejected", "rem_1"};
        desk.write([&](db::Group& group) {
            flow::HeldOrders::put(group, std::span(&held, 1));
            desk.work_items.open(group, {"remittance_rejected", "remittance", "rem_1", "Look.", "看。"});
        });
        const std::string id = desk.text("SELECT id FROM work_item WHERE subject_id = :p1", "rem_1");
        const auto close = [&] {
            return desk.send_as("opr_maker", desk.post("/v1/ops/work-items/" + id + "/close", R"({"note":"seen"})"));
        };
        const http::Response refused = close();
        CHECK(refused.status == 409);
        CHECK(desk.code(refused) == "orders_on_hold");
        CHECK(refused.body.find("1 order(s)") != std::string::npos);
        desk.write(
            [&](db::Group& group) { flow::HeldOrders::remove(group.tx, "rem_1", std::vector<std::string>{"ord_1"}); });
        CHECK(close().status == 200);
    });
}

TEST_CASE("what two persons cannot do is refused before anybody is asked, and changes nothing") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        const std::string credit = suspended(desk, "C1", "70.00", true);
        const std::string debit = suspended(desk, "D1", "30.00", false);
        const std::string rows = desk.rows();
        const auto of = [](const std::string& entry, const std::string& rest) {
            return R"("entry_id":")" + entry + "\"," + rest;
        };
        const std::tuple<std::string, std::string, int, std::string> table[] = {
            {"release_order", R"("order_ids":[],"outcome":"released")", 400, "/content/order_ids"},
            {"release_order", R"("order_ids":["ord_none"],"outcome":"paid")", 400, "/content/outcome"},
            {"release_order", R"("order_ids":["ord_none"],"outcome":"released")", 404, "no_such_order"},
            {"settle_far_off_deal", R"("purchase_id":"pur_none","outcome":"void")", 400, "/content/bank_word"},
            {"settle_far_off_deal", R"("purchase_id":"pur_none","outcome":"corrected","bank_word":"FX-1")", 400,
             "/content/outcome"},
            {"settle_far_off_deal", R"("purchase_id":"pur_none","outcome":"void","bank_word":"FX-1")", 404,
             "no_such_subject"},
            {"resolve_suspense", R"("entry_id":"ent_none","to":"order")", 404, "not_in_suspense"},
            {"resolve_suspense", of(credit, R"("to":"me")"), 400, "/content/to"},
            {"resolve_suspense", of(credit, R"("to":"merchant")"), 400, "/content/merchant_id"},
            {"resolve_suspense", of(credit, R"("to":"order","merchant_id":"mch_1")"), 400, "/content/merchant_id"},
            {"resolve_suspense", of(credit, R"("to":"order")"), 422, "not_of_a_payment"},
            {"resolve_suspense", of(credit, R"("to":"channel")"), 422, "no_way_back"},
            {"resolve_suspense", of(credit, R"("to":"bank")"), 422, "no_way_back"},
            {"resolve_suspense", of(credit, R"("to":"merchant","merchant_id":"mch_none")"), 404, "no_such_merchant"},
            {"resolve_suspense", of(credit, R"("to":"own_transfer")"), 400, "/content/remittance_id"},
            {"resolve_suspense", of(credit, R"("to":"own_transfer","remittance_id":"rem_none")"), 404,
             "no_such_transfer"},
            {"resolve_suspense", of(credit, R"("to":"purchase")"), 400, "/content/purchase_id"},
            {"resolve_suspense", of(credit, R"("to":"purchase","purchase_id":"pur_none")"), 404, "no_such_subject"},
            {"resolve_suspense", of(debit, R"("to":"order")"), 422, "is_a_debit"},
            {"explain_debit", of(credit, R"("as":"given_up")"), 422, "is_a_credit"},
            {"explain_debit", of(debit, R"("as":"remittance")"), 400, "/content/subject_id"},
            {"explain_debit", of(debit, R"("as":"remittance","subject_id":"rem_none")"), 404, "no_such_subject"},
            {"explain_debit", of(debit, R"("as":"own_transfer","subject_id":"rem_none")"), 404, "no_such_transfer"},
            {"explain_debit", of(debit, R"("as":"recalled","subject_id":")" + credit + "\""), 422,
             "debit_does_not_fit"},
            {"explain_debit", of(debit, R"("as":"merchant","subject_id":"mch_1")"), 422, "insufficient_funds"},
            {"explain_debit", of(debit, R"("as":"refund")"), 422, "no_refunds"}};
        for (const auto& [action, fields, status, what] : table) {
            CAPTURE(action);
            CAPTURE(fields);
            const http::Response answer =
                desk.send_as("opr_maker", desk.post("/v1/ops/approvals", proposal(action, fields)));
            CHECK(answer.status == status);
            CHECK(answer.body.find(what) != std::string::npos);
            CHECK(desk.rows() == rows);
        }
        // Without a reason, or the hash of what shows it, nothing is asked (OPS-01).
        const std::string good = proposal("explain_debit", of(debit, R"("as":"given_up")"));
        for (const auto& [from, to, pointer] :
             {std::tuple("as the bank's letter of 19 November says", "so", "/content/reason"),
              std::tuple(kHash.c_str(), "none", "/content/evidence_sha256"),
              std::tuple("bbbb", "zzzz", "/content/evidence_sha256")}) {
            const http::Response answer =
                desk.send_as("opr_maker", desk.post("/v1/ops/approvals", ApiDesk::replaced(good, from, to)));
            CHECK(answer.status == 400);
            CHECK(answer.body.find(pointer) != std::string::npos);
        }
        CHECK(desk.rows() == rows);
    });
}
