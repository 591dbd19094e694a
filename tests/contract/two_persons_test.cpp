// Verbs of two persons: orders released, suspense and debits settled.

#include <atomic>
#include <thread>

#include "src/base/crash_point.h"
#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;

namespace {

/// While it lives the function is called at every named point, on whatever thread comes by.
class AtPoints {
 public:
    explicit AtPoints(std::function<void(std::string_view)> look) { install_crash_hook(std::move(look)); }
    ~AtPoints() { install_crash_hook({}); }
    AtPoints(const AtPoints&) = delete;
    AtPoints& operator=(const AtPoints&) = delete;
};

/// By the server's counter: innodb_trx is a copy that is not renewed as long as somebody reads it all the time.
bool somebody_waits_for_a_lock(db::Database& database) {
    bool waits = false;
    database.read([&](db::Reader& reader) {
        waits = reader
                    .select({"SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS WHERE "
                             "VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'",
                             "i"})
                    .integer(0, 0) > 0;
    });
    return waits;
}

}  // namespace

TEST_CASE(
    "PAY-03 XCT-08 payouts of an order are serial: the next is a remittance of its own, after a proved rejection and a "
    "release by two persons (SEC-06)") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "160.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("reject");
        d.run();
        d.advance(std::chrono::minutes(5));
        REQUIRE(d.get(id).hold_reason == orders::kHeldRejected);
        REQUIRE(d.has_work("remittance_rejected"));
        // Held: it waits for ever, while another order of the same merchant is paid beside it.
        const std::string other = d.order("m1", "USD", "60.00");
        d.advance(std::chrono::minutes(5));
        CHECK(d.get(other).state == orders::OrderState::Completed);
        CHECK(d.remittances().size() == 2);

        const auto asked = d.two.ask("release_order", ids(id));
        REQUIRE(asked.ok());
        CHECK(asked->content.find(R"("from":"held: remittance_rejected","to":"to be paid out: USD 100.00")") !=
              std::string::npos);
        CHECK(code_of(d.two.release(*asked, "opr_a")) == "may_not_check");
        CHECK(d.two.refused("release_order", ids(id)) == "already_asked");
        CHECK(d.get(id).hold_reason == orders::kHeldRejected);
        REQUIRE(d.two.release(*asked).ok());
        CHECK(d.get(id).hold_reason.empty());
        CHECK(!d.has_work("remittance_rejected"));
        CHECK(code_of(d.two.release(*asked)) == "approval_not_waiting");  // once

        d.fault("timeout_after_effect", R"(,"match":{"path":"/v1/payments"})");
        d.run();
        // The second one is under way and unknown: no third, and nothing to release.
        REQUIRE(d.remittances().size() == 3);
        CHECK(d.remittances().at(0).state == State::Unknown);
        CHECK(d.remit.step(d.desk.clock.now()) == 0);
        CHECK(d.two.refused("release_order", ids(id)) == "order_not_held");
        d.advance(std::chrono::minutes(5));
        CHECK(d.get(id).state == orders::OrderState::Completed);
        CHECK(d.remittances().size() == 3);
        CHECK(d.client.count("POST /v1/payments") == 3);
        d.check_books();
    });
}

TEST_CASE("PAY-04 a remittance's reference is random, of the bank's alphabet and length, and unique for ever") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "30.00");
        std::set<std::string> seen;
        for (int i = 0; i < 3; ++i) {
            d.order("m1", "USD", "10.00");
            d.advance(std::chrono::minutes(5));
        }
        for (const remittance::Remittance& one : d.remittances()) {
            CAPTURE(one.reference);
            CHECK(seen.insert(one.reference).second);
            CHECK(one.reference.size() <= 35);            // pain.001: Max35Text
            CHECK((one.reference.size() - 2) * 5 >= 80);  // random bits after "RM"
            CHECK(one.reference.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == std::string::npos);
        }
        REQUIRE(seen.size() == 3);
        // The database itself refuses a second remittance under it, whatever became of the first.
        remittance::Remittance second = d.remittances().front();
        second.id = d.desk.ids.next("rem");
        const Status again = d.desk.run(
            {}, [&](db::Group& group) { remittance::RemittanceStore().insert(group.tx, std::span(&second, 1), {}); });
        CHECK(!again.ok());
        CHECK(d.remittances().size() == 3);
        // Echoed and compared in every answer: another amount under it is no answer.
        d.fund("m1", "USD", "10.00");
        d.order("m1", "USD", "10.00");
        d.fault("wrong_echo");
        d.run();
        CHECK(d.has_work("answer_disagrees"));
        d.advance(std::chrono::minutes(5));
        d.check_books();
    });
}

TEST_CASE("an order that two persons keep stays on hold, and may be released after all") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("reject");
        d.run();
        d.advance(std::chrono::minutes(5));
        const auto stale = d.two.ask("release_order", ids(id));
        REQUIRE(stale.ok());
        // Not released yet; in the meantime somebody else's decision to keep it is carried out.
        d.desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE approval SET open_key = NULL WHERE id = :p1"}, {stale->id}); });
        d.two.settle("release_order", ids(id, "kept"));
        CHECK(d.get(id).hold_reason == orders::kHeldByPersons);
        CHECK(!d.has_work("remittance_rejected"));
        CHECK(code_of(d.two.release(*stale)) == "plan_changed");
        CHECK(d.get(id).hold_reason == orders::kHeldByPersons);
        CHECK(d.two.refused("release_order", ids(id, "kept")) == "order_kept_before");
        d.advance(std::chrono::hours(24));
        CHECK(d.remittances().size() == 1);

        d.two.settle("release_order", ids(id));
        d.advance(std::chrono::minutes(5));
        CHECK(d.get(id).state == orders::OrderState::Completed);
        d.check_books();
    });
}

TEST_CASE("two processes release the last two orders of a matter at once, and its work item is closed all the same") {
    TestDatabase on = TestDatabase::fresh(db::Engine::MariaDb);
    Desk d(on);
    d.fund("m1", "USD", "100.00");
    const std::string first = d.order("m1", "USD", "40.00");
    const std::string second = d.order("m1", "USD", "60.00");
    d.fault("reject");
    d.run();
    d.advance(std::chrono::minutes(5));
    REQUIRE(d.has_work("remittance_rejected"));
    LedgerDesk beside(on, 8);
    flow::ReleaseOrder beside_release{beside.books};
    TwoPersons beside_two{beside.database, *beside.queue, d.resolve, beside.books, {&beside_release}};
    const auto asked = d.two.ask("release_order", ids(first));
    const auto beside_asked = beside_two.ask("release_order", ids(second));
    REQUIRE(asked.ok());
    REQUIRE(beside_asked.ok());

    // The first has counted what is left and not committed yet, when the second comes; it goes on when that one has
    // counted too, or waits for a lock of the first.
    db::Database watch(on.settings(), d.desk.clock);
    const std::thread::id here = std::this_thread::get_id();
    std::atomic<bool> has_counted = false;
    std::thread other;
    Status done_beside = Done{};
    {
        const AtPoints points([&](std::string_view point) {
            if (std::this_thread::get_id() != here) {
                if (point == "write_queue.after_run") has_counted = true;
                return;
            }
            if (point != "write_queue.before_commit" || other.joinable()) return;
            other = std::thread([&] { done_beside = beside_two.release(*beside_asked); });
            while (!has_counted && !somebody_waits_for_a_lock(watch)) std::this_thread::yield();
        });
        CHECK(d.two.release(*asked).ok());
        other.join();
    }
    CHECK(done_beside.ok());
    CHECK(d.get(first).hold_reason.empty());
    CHECK(d.get(second).hold_reason.empty());
    CHECK(!d.has_work("remittance_rejected"));
}

TEST_CASE("an order whose payee is not usable cannot be released; unknown and free orders neither") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "10.00");
        d.desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE payee SET state = 'suspended' WHERE id = 'pye_1'"}); });
        const std::string id = d.order("m1", "USD", "10.00");
        d.run();
        REQUIRE(d.get(id).hold_reason == orders::kHeldPayee);
        CHECK(d.two.refused("release_order", ids(id)) == "payee_not_usable");
        CHECK(d.two.refused("release_order", ids("ord_none")) == "no_such_order");
        d.desk.database.write([](db::Tx& tx) { tx.execute({"UPDATE payee SET state = 'active' WHERE id = 'pye_1'"}); });
        d.two.settle("release_order", ids(id));
        CHECK(!d.has_work("payee_not_usable"));
        d.advance(std::chrono::minutes(5));
        CHECK(d.get(id).state == orders::OrderState::Completed);
        d.check_books();
    });
}

TEST_CASE(
    "OPS-01 a stranger's credit is settled once, as previewed, with who and why in the books; sending it back is "
    "refused") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        const std::string entry = d.stray_credit("70.00");
        const std::string to = R"("entry_id":")" + entry + R"(","to":")";
        REQUIRE(d.has_work("line_in_suspense"));
        CHECK(d.two.refused("resolve_suspense", to + "channel\"") == "no_way_back");
        CHECK(d.two.refused("resolve_suspense", to + "bank\"") == "no_way_back");
        CHECK(d.two.refused("resolve_suspense", to + "order\"") == "not_of_a_payment");
        CHECK(d.two.refused("resolve_suspense", to + R"(merchant","merchant_id":"m_none")") == "no_such_merchant");
        CHECK(d.two.refused("resolve_suspense", R"("entry_id":"ent_none","to":"order")") == "not_in_suspense");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "given_up")) == "is_a_credit");
        CHECK(d.booked(kSuspense) == "70.00");

        const std::string content = d.two.settle("resolve_suspense", to + R"(merchant","merchant_id":"m1")");
        CHECK(content.find(
                  R"({"account":"suspense:USD","direction":"debit","amount":{"currency":"USD","amount":"70.00"}})") !=
              std::string::npos);
        CHECK(d.booked(kSuspense) == "0.00");
        CHECK(d.booked(kMerchant) == "70.00");
        CHECK(!d.has_work("line_in_suspense"));
        CHECK(d.suspended().empty());
        CHECK(d.two.refused("resolve_suspense", to + R"(merchant","merchant_id":"m1")") == "suspense_settled");
        std::optional<ledger::Entry> booked;
        d.desk.database.read([&](db::Reader& reader) {
            const db::Found found =
                reader.select({"SELECT id FROM journal_entry WHERE kind = 'suspense_revived'", "t"});
            REQUIRE(found.size() == 1);
            booked = ledger::find_entry(reader, found.text(0, 0));
        });
        CHECK(booked->actor == "opr_a+opr_b");
        CHECK(booked->request_id == "req_of_checker");
        CHECK(booked->source_type == "approval");
        d.check_books();
    });
}

TEST_CASE("two approvals of one amount in suspense settle it once") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        const std::string entry = d.stray_credit("70.00");
        const std::string fields = R"("entry_id":")" + entry + R"(","to":"merchant","merchant_id":"m1")";
        const auto first = d.two.ask("resolve_suspense", fields);
        d.desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE approval SET open_key = NULL WHERE id = :p1"}, {first->id}); });
        const auto second = d.two.ask("resolve_suspense", fields);
        REQUIRE(second.ok());
        REQUIRE(d.two.release(*first).ok());
        CHECK(code_of(d.two.release(*second)) == "suspense_settled");
        CHECK(d.booked(kMerchant) == "70.00");
        d.check_books();
    });
}

TEST_CASE("a second debit of a remittance is given up by two persons: own funds owe it, on both sides of the books") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(5));
        REQUIRE(d.has_work("duplicate_payout"));
        const std::string entry = d.only_suspended(true);
        CHECK(d.two.refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"order")") == "is_a_debit");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "refund")) == "no_refunds");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "purchase", "pur_none")) == "no_such_subject");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "remittance", d.remittances().at(0).id)) ==
              "debit_does_not_fit");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "merchant", "m_none")) == "no_such_subject");
        d.two.settle("explain_debit", debit_as(entry, "given_up"));
        CHECK(d.booked(kSuspenseDebit) == "0.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, Currency::known("USD"))) == "40.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::Loss, Currency::known("USD"))) == "40.00");
        CHECK(!d.has_work("duplicate_payout"));
        CHECK(d.two.refused("explain_debit", debit_as(entry, "given_up")) == "suspense_settled");
        d.check_books();
    });
}

TEST_CASE("a debit that came back is recalled: the credit in suspense is turned round and clears it") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(5));
        const std::string debit = d.only_suspended(true);
        const std::string credit = d.stray_credit("40.00");
        REQUIRE(d.waiting("line_in_suspense") == 2);  // the deposit that funded the merchant, and the recalled money
        d.two.settle("explain_debit", debit_as(debit, "recalled", credit));
        CHECK(d.booked(kSuspenseDebit) == "0.00");
        CHECK(d.booked(kSuspense) == "0.00");
        CHECK(d.booked(kProvision) == "60.00");
        CHECK(d.waiting("line_in_suspense") == 1);
        const std::string other = d.stray_credit("5.00");
        CHECK(d.two.refused("explain_debit", debit_as(debit, "recalled", other)) == "suspense_settled");
        d.check_books();
    });
}

TEST_CASE("a debit may be a merchant's, within what the merchant has") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string entry = d.stray_debit("30.00");
        const auto asked = d.two.ask("explain_debit", debit_as(entry, "merchant", "m1"));
        REQUIRE(asked.ok());
        d.order("m1", "USD", "70.00");
        d.run();
        CHECK(d.two.release(*asked).ok());
        CHECK(d.booked(kMerchant) == "0.00");
        const std::string more = [&] {
            flow::postings::Event event = d.desk.event("sb-usd|X2");
            event.source_type = "statement_line";
            return d.desk.post({flow::postings::debit_suspended(event, "sb-usd", money("USD", "0.01"))})
                .entries.at(0)
                .entry_id;
        }();
        CHECK(d.two.refused("explain_debit", debit_as(more, "merchant", "m1")) == "insufficient_funds");
        CHECK(d.proves_itself());
    });
}

TEST_CASE("REC-04 a debit without a reference is a remittance's where two persons say so, and what waited goes on") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("timeout_before_effect", R"(,"match":{"path":"/v1/payments"})");
        d.run();
        const std::string remittance = d.remittances().at(0).id;
        const std::string wrong = d.stray_debit("100.00");
        const auto asked = d.two.ask("explain_debit", debit_as(wrong, "remittance", remittance));
        REQUIRE(asked.ok());
        CHECK(asked->content.find("remitting:sb-usd:USD") != std::string::npos);
        CHECK(d.two.release(*asked).ok());
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.get(id).state == orders::OrderState::Completed);
        CHECK(d.booked(kRemitting) == "0.00");
        CHECK(d.desk.balance(kProvision).held.is_zero());
        CHECK(d.two.refused("explain_debit", debit_as(wrong, "remittance", remittance)) == "suspense_settled");
        // Its queries end: nothing is asked of the bank any more.
        const auto asked_before = d.client.sent.size();
        d.advance(std::chrono::hours(30));
        CHECK(d.client.count("GET /v1/payments") == 0);
        CHECK(d.client.sent.size() > asked_before);  // statements go on
        CHECK(d.proves_itself());
    });
}

TEST_CASE("a bank that debits what it had rejected is believed where its orders were not paid again") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("reject");
        d.run();
        d.advance(std::chrono::minutes(5));
        const std::string remittance = d.remittances().at(0).id;
        const std::string entry = d.stray_debit("100.00");
        d.name_line("sb-usd|X1", remittance, entry);
        // Released now, the order would be paid a second time.
        CHECK(d.two.refused("release_order", ids(id)) == "debit_not_explained");
        const auto asked = d.two.ask("explain_debit", debit_as(entry, "remittance", remittance));
        REQUIRE(asked.ok());
        CHECK(asked->content.find("merchant:m1:USD") != std::string::npos);
        CHECK(asked->content.find(R"("from":"held","to":"free")") != std::string::npos);
        CHECK(d.two.release(*asked).ok());
        CHECK(d.get(id).state == orders::OrderState::Completed);
        CHECK(d.get(id).hold_reason.empty());
        CHECK(!d.has_work("remittance_rejected"));
        CHECK(d.remit.step(d.desk.clock.now()) == 0);
        CHECK(d.booked(kMerchant) == "0.00");
        CHECK(d.proves_itself());
    });
}

TEST_CASE("a debit is no payout's whose message may not have left yet") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "100.00");
        d.remit.step(d.desk.clock.now());
        REQUIRE(d.remittances().at(0).state == State::Ordered);
        const std::string entry = d.stray_debit("100.00");
        CHECK(d.two.refused("explain_debit", debit_as(entry, "remittance", d.remittances().at(0).id)) ==
              "debit_does_not_fit");
    });
}

TEST_CASE("a debit that is explained frees the orders that its rejection holds, and none that two persons keep") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("reject");
        d.run();
        d.advance(std::chrono::minutes(5));
        const std::string remittance = d.remittances().at(0).id;
        d.two.settle("release_order", ids(id, "kept"));
        const std::string entry = d.stray_debit("100.00");
        d.name_line("sb-usd|X1", remittance, entry);
        const std::string content = d.two.settle("explain_debit", debit_as(entry, "remittance", remittance));
        CHECK(content.find(R"("from":"held","to":"free")") == std::string::npos);
        CHECK(d.get(id).hold_reason == orders::kHeldByPersons);
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.proves_itself());
    });
}

TEST_CASE("a matter of several debits stays open until the last of them is settled") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(5));
        const std::string second = d.only_suspended(true);
        const std::string third = d.stray_debit("40.00");
        d.name_line("sb-usd|X1", d.remittances().at(0).id, third);
        d.two.settle("explain_debit", debit_as(second, "given_up"));
        CHECK(d.has_work("duplicate_payout"));
        d.two.settle("explain_debit", debit_as(third, "given_up"));
        CHECK(!d.has_work("duplicate_payout"));
        CHECK(d.proves_itself());
    });
}
