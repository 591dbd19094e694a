#include "tests/contract/declare_desk.h"
#include "tests/support/ledger_chart.h"
#include "tests/support/two_persons.h"

using namespace declare_desk;
using huiqiao::customs::AppType;
using huiqiao::customs::DeclarationState;
using huiqiao::testing::shipped_chart;
using huiqiao::testing::TwoPersons;

namespace {

std::size_t count(const std::vector<std::string>& list, std::string_view what) {
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), what));
}

/// Two persons have it declared again; what the checker saw.
Result<std::string> again(DeclareDesk& d, const std::string& order_id) {
    const ledger::Ledger books(shipped_chart());
    const auto decision = d.declare->again(books);
    calls::Resolve resolve(d.handlers, d.escalations);
    TwoPersons two(d.database, *d.queue, resolve, books, {decision.get()});
    const auto asked = two.ask("declare_again", R"("order_id":")" + order_id + "\"");
    if (!asked) return asked.error();
    if (const Status done = two.release(*asked); !done) return done.error();
    return asked->content;
}

}  // namespace

TEST_CASE("a paid order is declared, and customs' receipts carry it to accepted") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order({.amount = "358.00"});
        d.run();
        CHECK(d.get(id).declaration_state == "declaring");
        CHECK(d.declaration(id).state == DeclarationState::Sent);
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        const auto declaration = d.declaration(id);
        CHECK(declaration.state == DeclarationState::Accepted);
        CHECK(declaration.part_no == 1);
        CHECK(declaration.return_code == "120");
        CHECK(declaration.stands);
        CHECK_FALSE(declaration.due_at.has_value());
        CHECK(d.receipts(declaration.id) == 3);
        CHECK(d.events(id) == std::vector<std::string>{"order.declared"});
        REQUIRE(d.instructions(declaration.id).size() == 1);
        CHECK(d.instructions(declaration.id)[0].instruction.outcome == calls::InstructionOutcome::Confirmed);
        CHECK(d.in_books("\"state\":\"stored\"") == 1);
        CHECK(d.in_books("\"amount\":\"358.00\"") == 1);
        CHECK(d.work_items().empty());
        CHECK(d.declare->is_idle(d.clock.now()));
    });
}

TEST_CASE("a seal by SM2 with SM3 is taken as one by RSA with SHA-1 is") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on, {.profile = xml::kSm2Sm3});
        const std::string id = d.order();
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
    });
}

TEST_CASE("101 payments go in a message of 100 and one of 1") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        std::vector<std::string> ids;
        d.write([&](db::Group& group) {
            for (int i = 0; i < 101; ++i) {
                ids.push_back(d.ids.next("ord"));
                d.put_order(group, ids.back(), {});
            }
        });
        d.settle();
        CHECK(d.client.messages.size() == 2);
        CHECK(d.declare->counters().messages == 2);
        CHECK(d.declare->counters().payments == 101);
        CHECK(d.in_books("\"state\":\"stored\"") == 101);
        for (const std::string& id : ids) CHECK(d.get(id).declaration_state == "accepted");
    });
}

TEST_CASE("what customs rejects waits for a person, who has it sent again as the next part") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("reject");
        d.settle();
        CHECK(d.get(id).declaration_state == "rejected");
        CHECK(d.declaration(id).return_code == "100");
        CHECK(count(d.work_items(), "declaration_rejected") == 1);
        CHECK(d.events(id) == std::vector<std::string>{"order.declaration_rejected"});
        CHECK(d.declare->is_idle(d.clock.now()));

        const auto seen = again(d, id);
        REQUIRE(seen.ok());
        CHECK(seen->find(R"("from":"rejected","to":"due again as part 2, appType 1 (new): CNY )") != std::string::npos);
        CHECK(d.declaration(id).app_type == AppType::New);
        CHECK(d.get(id).declaration_state == "declaring");
        CHECK(d.work_items().empty());
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.declaration(id).part_no == 2);
        const auto twice = again(d, id);
        REQUIRE_FALSE(twice.ok());
        CHECK(twice.error().code == &flow::declare_error::kNotCorrectable);
    });
}

TEST_CASE("CST-03: an order paid by another person, or not in full, is held before it leaves") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string other_payer = d.order({.payer = "李娜"});
        const std::string part_paid = d.order({.amount = "100.00", .paid = "99.99"});
        const std::string no_platform = d.order({.platform = "plt_3"});
        const std::string verified = d.order({.payer = "李娜", .platform = "plt_2"});
        const std::string good = d.order();
        d.settle();
        for (const std::string& id : {other_payer, part_paid, no_platform}) {
            CHECK(d.get(id).declaration_state == "held");
            CHECK(d.declaration(id).part_no == 0);
        }
        CHECK(d.get(verified).declaration_state == "accepted");
        CHECK(d.get(good).declaration_state == "accepted");
        CHECK(count(d.work_items(), "declaration_held") == 3);
        CHECK(d.work_item_of(d.declaration(other_payer).id).find("different identity numbers") != std::string::npos);
        CHECK(d.work_item_of(d.declaration(part_paid).id).find("amount paid differs") != std::string::npos);
        CHECK(d.work_item_of(d.declaration(no_platform).id).find("not registered") != std::string::npos);
        CHECK(d.in_books("\"serial\"") == 2);
    });
}

TEST_CASE("an order that others collected is declared in the collecting institution's name, once a serial") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string first = d.order({.evidence = "TEN0001"});
        d.settle();
        CHECK(d.get(first).declaration_state == "accepted");
        CHECK(d.in_books("\"pay_code\":\"4403169D3W\",\"serial\":\"TEN0001\"") == 1);
        const std::string second = d.order({.evidence = "TEN0001"});
        const std::string unknown = d.order({.evidence = "TEN0002", .evidence_code = "1234567890"});
        d.settle();
        CHECK(d.get(second).declaration_state == "held");
        CHECK(d.get(unknown).declaration_state == "held");
        CHECK(d.in_books("\"serial\"") == 1);
    });
}

TEST_CASE("an amount that falls after the declaration is declared as a change, until the inventory stands") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order({.amount = "100.00"});
        d.settle();
        const auto refund = [&](std::string_view amount) {
            d.write([&](db::Group& group) {
                orders::Order order = orders::OrderStore::find(group.tx, id).value();
                order.amounts.refunded += cny(amount);
                const orders::Order* rows[] = {&order};
                orders::OrderStore::update(group.tx, rows);
            });
        };
        refund("10.00");
        const auto seen = again(d, id);
        REQUIRE(seen.ok());
        CHECK(seen->find(R"("to":"due again as part 2, appType 2 (change): CNY 90.00")") != std::string::npos);
        CHECK(d.declaration(id).app_type == AppType::Change);
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.in_books("\"amount\":\"90.00\"") == 1);
        CHECK(d.in_books("\"versions\":2") == 1);

        const auto answer = d.post("/admin/inventory", R"({"platform_code":"4403160H7K","order_no":")" +
                                                           d.get(id).platform_order_no + R"("})");
        REQUIRE(answer.status == 200);
        refund("10.00");
        REQUIRE(again(d, id).ok());
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.declaration(id).return_code == "-401008");
        CHECK(count(d.work_items(), "declaration_change_refused") == 1);
        CHECK(d.in_books("\"amount\":\"90.00\"") == 1);
    });
}

TEST_CASE("an order held for what its payment may be is not declared before its hold is lifted") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.hold(id, "sanctions list");
        d.settle();
        CHECK(d.client.messages.empty());
        CHECK(d.get(id).declaration_state == "due");
        d.hold(id, "");
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
    });
}

TEST_CASE("a payout on hold, or a deal that persons ask about, keeps no payment from being declared") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        for (const std::string_view reason : {orders::kHeldRejected, orders::kHeldReturned, orders::kHeldPayee,
                                              orders::kHeldDeal, orders::kHeldByPersons}) {
            const std::string id = d.order();
            d.hold(id, std::string(reason));
            d.settle();
            CHECK(d.get(id).declaration_state == "accepted");
            CHECK(d.get(id).hold_reason == reason);
        }
    });
}

TEST_CASE("customs that waits for the platform's order decides when it has come") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on, {.strict = true});
        const std::string good = d.order({.amount = "50.00"});
        const std::string bad = d.order({.amount = "60.00"});
        d.settle();
        CHECK(d.declaration(good).state == DeclarationState::AtCustoms);
        const auto tell = [&](const std::string& id, const std::string& amount) {
            const auto answer =
                d.post("/admin/orders", R"({"platform_code":"4403160H7K","order_no":")" + d.get(id).platform_order_no +
                                            R"(","actual_paid":{"currency":"CNY","amount":")" + amount +
                                            R"("},"buyer_id_number":"11010519491231002X","buyer_name":"张伟"})");
            REQUIRE_MESSAGE(answer.status == 200, answer.body);
        };
        tell(good, "50.00");
        tell(bad, "59.00");
        d.settle();
        CHECK(d.get(good).declaration_state == "accepted");
        CHECK(d.get(bad).declaration_state == "rejected");
    });
}
