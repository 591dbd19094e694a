// Two persons settle a deal far off what was agreed: it stands and is shared, or is void and nothing of it stays but
// what the bank owes.

#include "tests/contract/far_off_desk.h"

using namespace far_off_desk;

namespace {

bool says(const std::string& content, std::string_view text) {
    return content.find(text) != std::string::npos;
}

const ledger::Account kSuspense = ledger::suspense(kUsd);
const ledger::Account kSuspenseDebit = ledger::suspense_debit(kCny);
const ledger::Account kPayable = ledger::fx_payable("rest-bank", kCny);
const ledger::Account kReceivable = ledger::fx_receivable("rest-bank", kUsd);

}  // namespace

TEST_CASE("FX-07 a far-off deal that stands is shared among its orders as any deal, and once") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        const auto asked = f.two.ask("settle_far_off_deal", f.as("stands"));
        REQUIRE_MESSAGE(asked.ok(), asked.error().english());
        CHECK(says(asked->content, "USD 153.84, CNY 1000.00"));
        CHECK(says(asked->content, "to 2 orders"));
        CHECK(says(asked->content, "FX-2026-118"));
        REQUIRE(f.two.release(*asked).ok());
        CHECK(f.b.d.get(f.first).amounts.bought == money("USD", "61.54"));
        CHECK(f.b.d.get(f.second).amounts.bought == money("USD", "92.30"));
        for (const std::string& id : {f.first, f.second}) {
            const orders::Order order = f.b.d.get(id);
            CHECK(order.hold_reason.empty());
            CHECK(order.state == orders::OrderState::Converted);
            CHECK(order.amounts.converted == order.amounts.due);
        }
        CHECK(f.at(kSuspense).is_zero());
        CHECK(f.at(kSuspenseDebit).is_zero());
        CHECK(f.at(ledger::merchant("m2", kUsd)) == money("USD", "92.30"));
        CHECK_FALSE(f.b.has_work(orders::kHeldDeal));
        CHECK_FALSE(f.b.has_work("deal_differs"));
        f.b.d.check_books();

        CHECK_FALSE(f.two.release(*asked, "opr_c").ok());
        CHECK(f.two.refused("settle_far_off_deal", f.as("stands")) == "suspense_settled");
        CHECK(f.two.refused("settle_far_off_deal", f.as("void")) == "suspense_settled");
        CHECK(f.pay_cny());
        CHECK(f.receive_foreign());
        CHECK(f.purchase().state == fx::PurchaseState::Settled);
        f.b.d.check_books();
    });
}

TEST_CASE("what a far-off deal that stands gives or takes beyond its orders' money stays in dispute") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.deal("2000.00", "307.69", "650.00");
        f.two.settle("settle_far_off_deal", f.as("stands"));
        CHECK(f.b.d.get(f.first).amounts.converted == money("CNY", "400.00"));
        CHECK(f.b.d.get(f.second).amounts.converted == money("CNY", "600.00"));
        const Money got = f.b.d.get(f.first).amounts.bought + f.b.d.get(f.second).amounts.bought;
        CHECK(got == money("USD", "153.86"));
        CHECK(f.at(kSuspense) == money("USD", "307.69") - got);
        CHECK(f.at(kSuspenseDebit) == money("CNY", "1000.00"));
        CHECK(f.b.has_work("deal_differs"));
        CHECK_FALSE(f.b.has_work(orders::kHeldDeal));
        f.b.d.check_books();
        // That is no matter of the whole deal any more, and leaves suspense as any such amount does.
        for (const flow::Suspended& item : f.suspended()) {
            if (item.is_debit())
                f.two.settle("explain_debit", R"("entry_id":")" + item.entry.id + R"(","as":"given_up")");
        }
        CHECK(f.b.has_work("deal_differs"));
        f.b.d.check_books();
    });
}

TEST_CASE("FX-07 orders of a far-off deal that stands pay no more than was agreed; the rest is in dispute") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.deal("20000.00", "100.00", "20000.00");
        const Rate agreed = f.b.lock_of(f.purchase()).rate;
        const Money price = convert(money("USD", "100.00"), agreed, Rounding::HalfUp).value();
        f.two.settle("settle_far_off_deal", f.as("stands"));
        const orders::Order first = f.b.d.get(f.first);
        const orders::Order second = f.b.d.get(f.second);
        CHECK(first.amounts.bought + second.amounts.bought == money("USD", "100.00"));
        CHECK(first.amounts.converted + second.amounts.converted == price);
        CHECK(second.amounts.convertible() == money("CNY", "1000.00") - price);
        CHECK(f.at(kSuspense).is_zero());
        CHECK(f.at(kSuspenseDebit) == money("CNY", "20000.00") - price);
        f.b.d.check_books();
        f.two.settle("explain_debit", R"("entry_id":")" + f.only_suspended().entry.id + R"(","as":"agreement")");
        CHECK(f.at(ledger::single(ledger::AccountKind::FxResult, kCny)) == money("CNY", "20000.00") - price);
        CHECK_FALSE(f.b.has_work("deal_differs"));
        f.b.d.check_books();
    });
}

TEST_CASE("FX-07 a far-off deal that is annulled before it settled leaves nothing, and its orders are bought anew") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        REQUIRE(f.b.held() == money("CNY", "1000.00"));
        const std::string content = f.two.settle("settle_far_off_deal", f.as("void"));
        CHECK(says(content, "USD 153.84, CNY 1000.00"));
        CHECK(says(content, "2 orders is to be bought with anew"));
        CHECK(says(content, "leg of CNY 1000.00 on sb-cny not awaited any more"));
        for (const ledger::Account& account : {kSuspense, kSuspenseDebit, kPayable, kReceivable})
            CHECK(f.at(account).is_zero());
        const fx::Purchase annulled = f.purchase();
        CHECK(annulled.state == fx::PurchaseState::Annulled);
        CHECK(annulled.provision_hold.empty());
        CHECK(f.b.held().is_zero());
        CHECK_FALSE(f.b.has_work(orders::kHeldDeal));
        CHECK_FALSE(f.b.has_work(flow::kAnnulledLeg));
        CHECK(f.two.refused("settle_far_off_deal", f.as("void")) == "suspense_settled");
        CHECK_FALSE(f.pay_cny());  // what comes all the same is nobody's here, and goes to suspense
        f.b.d.check_books();

        f.b.d.deposit("more", "1000.00");  // the bank's own books know of a deal that it did
        REQUIRE(f.b.buys(f.first));
        REQUIRE(f.b.buys(f.second));
        CHECK(f.purchase().id != annulled.id);
        CHECK(f.b.d.get(f.second).amounts.converted == money("CNY", "600.00"));
        f.b.d.check_books();
    });
}

TEST_CASE("the CNY that was paid for a deal that the bank annuls is owed by it, and visible until it comes back") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        REQUIRE(f.pay_cny());
        const std::string content = f.two.settle("settle_far_off_deal", f.as("void"));
        CHECK(says(content, "leg of CNY 1000.00 on sb-cny to come back from the bank"));
        CHECK(f.at(kSuspenseDebit) == money("CNY", "1000.00"));
        CHECK(f.at(kSuspense).is_zero());
        CHECK(f.at(kPayable).is_zero());
        CHECK(f.at(kReceivable).is_zero());
        // Whoever had its orders bought for anew would spend others' CNY.
        CHECK(says(content, "until then on hold: 2 orders"));
        CHECK(f.hold_of(f.first) == orders::kHeldDeal);
        CHECK(f.b.has_work(orders::kHeldDeal));
        CHECK(f.b.has_work(flow::kAnnulledLeg));
        const std::string release = R"("order_ids":[")" + f.first + R"(",")" + f.second + R"("],"outcome":"released")";
        CHECK(f.two.refused("release_order", release) == "deal_not_settled");
        f.b.d.check_books();

        const flow::Suspended owed = f.only_suspended();
        const std::string item = R"("entry_id":")" + owed.entry.id + "\"";
        CHECK(f.two.refused("explain_debit", item + R"(,"as":"merchant","subject_id":"m1")") == "leg_owed_by_the_bank");
        CHECK(f.two.refused("settle_far_off_deal", f.as("void")) == "suspense_settled");
        const std::string back = f.stray("sb-cny", money("CNY", "1000.00"), true);
        f.two.settle("explain_debit", item + R"(,"as":"recalled","subject_id":")" + back + "\"");
        CHECK(f.at(kSuspenseDebit).is_zero());
        CHECK(f.at(ledger::suspense(kCny)).is_zero());
        CHECK_FALSE(f.b.has_work(flow::kAnnulledLeg));
        f.b.d.desk.database.write([&](db::Tx& tx) { tx.execute({"UPDATE orders SET payee_id = ''"}, {}); });
        f.two.settle("release_order", release);
        CHECK(f.hold_of(f.first).empty());
        CHECK_FALSE(f.b.has_work(orders::kHeldDeal));
        f.b.d.check_books();
    });
}

TEST_CASE("a deal that the bank annuls after both legs settled is owed back on both sides") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        REQUIRE(f.pay_cny());
        REQUIRE(f.receive_foreign());
        REQUIRE(f.purchase().state == fx::PurchaseState::Settled);
        f.two.settle("settle_far_off_deal", f.as("void"));
        CHECK(f.purchase().state == fx::PurchaseState::Annulled);
        CHECK(f.at(kSuspenseDebit) == money("CNY", "1000.00"));
        CHECK(f.at(kSuspense) == money("USD", "153.84"));
        f.b.d.check_books();
        std::string given;
        for (const flow::Suspended& item : f.suspended())
            if (!item.is_debit()) given = item.entry.id;
        const std::string to_m1 = R"(","to":"merchant","merchant_id":"m1")";
        CHECK(f.two.refused("resolve_suspense", R"("entry_id":")" + given + to_m1) == "leg_is_the_banks");
        const std::string taken = f.stray("sb-usd", money("USD", "153.84"), false);
        f.two.settle("explain_debit", R"("entry_id":")" + taken + R"(","as":"recalled","subject_id":")" + given + "\"");
        CHECK(f.at(kSuspense).is_zero());
        CHECK(f.at(ledger::suspense_debit(kUsd)).is_zero());
        CHECK(f.b.has_work(flow::kAnnulledLeg));  // the CNY is still owed
        const std::string owed = f.only_suspended().entry.id;
        const std::string back = f.stray("sb-cny", money("CNY", "1000.00"), true);
        f.two.settle("explain_debit", R"("entry_id":")" + owed + R"(","as":"recalled","subject_id":")" + back + "\"");
        CHECK_FALSE(f.b.has_work(flow::kAnnulledLeg));
        f.b.d.check_books();
    });
}

TEST_CASE("a far-off deal is not settled where its facts moved between the asking and the release") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        const auto leg_moved = f.two.ask("settle_far_off_deal", f.as("void"));
        REQUIRE(leg_moved.ok());
        REQUIRE(f.pay_cny());
        CHECK(code_of(f.two.release(*leg_moved)) == "plan_changed");
        CHECK(f.purchase().state == fx::PurchaseState::Dealt);
        CHECK(f.hold_of(f.first) == orders::kHeldDeal);
        f.b.d.check_books();
    });
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        const auto money_moved = f.two.ask("settle_far_off_deal", f.as("stands"));
        REQUIRE(money_moved.ok());
        REQUIRE(f.b.d.desk.hold({{ledger::merchant("m2", kCny), money("CNY", "0.01"), "test", "t1"}}).ok());
        CHECK(code_of(f.two.release(*money_moved)) == "merchant_cannot_pay_deal");
        f.b.d.desk.database.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE orders SET refunded_minor = 100 WHERE id = :p1"}, {f.first}); });
        CHECK(code_of(f.two.release(*money_moved)) == "order_cannot_take_deal");
        CHECK(f.suspended().size() == 2);
        CHECK(f.b.d.get(f.second).amounts.bought.is_zero());
    });
}

TEST_CASE("while a far-off deal is open nobody gives one side of it to a merchant or to loss") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        for (const flow::Suspended& item : f.suspended()) {
            const std::string entry = R"("entry_id":")" + item.entry.id + "\"";
            if (item.is_debit()) {
                CHECK(f.two.refused("explain_debit", entry + R"(,"as":"given_up")") == "far_off_deal_open");
                CHECK(f.two.refused("explain_debit", entry + R"(,"as":"merchant","subject_id":"m1")") ==
                      "far_off_deal_open");
            } else {
                CHECK(f.two.refused("resolve_suspense", entry + R"(,"to":"merchant","merchant_id":"m1")") ==
                      "far_off_deal_open");
            }
        }
        const std::string ids = R"("order_ids":[")" + f.first + R"("],"outcome":")";
        CHECK(f.two.refused("release_order", ids + "released\"") == "deal_not_settled");
        CHECK(f.two.refused("release_order", ids + "kept\"") == "deal_not_settled");
        CHECK(f.two.refused("settle_far_off_deal", R"("purchase_id":"pur_none","outcome":"void","bank_word":"x")") ==
              "no_such_subject");
    });
}

TEST_CASE("a deal that was shared when it was booked is none that two persons settle as far off") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.deal("1000.00", "139.49", "716.90");
        CHECK(f.two.refused("settle_far_off_deal", f.as("void")) == "deal_not_far_off");
    });
}

TEST_CASE("an order that is held for its payee and then for a far-off deal is not free until both are settled") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.on_its_way = [&] { f.hold_for(orders::kHeldPayee, "pye_1"); };
        f.cheap();
        REQUIRE(f.hold_of(f.first) == orders::kHeldPayee);
        REQUIRE(f.hold_of(f.second) == orders::kHeldDeal);
        const std::string ids = R"("order_ids":[")" + f.first + R"("],"outcome":"released")";
        const std::string content = f.two.settle("settle_far_off_deal", f.as("void"));
        CHECK(says(content, "released: 2 orders, of which another matter holds on 1"));
        CHECK(f.hold_of(f.first) == orders::kHeldPayee);
        CHECK(f.hold_of(f.second).empty());
        CHECK(f.b.has_work(orders::kHeldPayee));
        f.b.d.deposit("more", "1000.00");
        REQUIRE(f.b.buys(f.second));
        CHECK(f.b.d.get(f.first).amounts.converting.is_zero());
        CHECK(f.b.d.get(f.first).amounts.bought.is_zero());
        CHECK(f.two.refused("release_order", ids + R"(,"subject_id":"pye_2")") == "order_not_held_for_it");
        f.two.settle("release_order", ids + R"(,"subject_id":"pye_1")");
        CHECK(f.hold_of(f.first).empty());
        CHECK_FALSE(f.b.has_work(orders::kHeldPayee));
        REQUIRE(f.b.buys(f.first));
        f.b.d.check_books();
    });
}

TEST_CASE("an order that is held for two matters is released from the other one and still waits for its far-off deal") {
    each_engine([](TestDatabase& on) {
        FarOffDesk f(on);
        f.cheap();
        f.hold_for(orders::kHeldPayee, "pye_1");
        const std::string ids = R"("order_ids":[")" + f.first + R"("],"outcome":"released")";
        CHECK(f.two.refused("release_order", ids) == "deal_not_settled");
        const std::string content = f.two.settle("release_order", ids + R"(,"subject_id":"pye_1")");
        CHECK(says(content, "held: deal_far_off"));
        CHECK(f.hold_of(f.first) == orders::kHeldDeal);
        f.b.d.check_books();
    });
}
