#pragma once
// A deal far off what was agreed, and the two persons who settle it: FarOffDesk f(database); f.deal("1000.00",
// "153.84", "650.00"); f.two.settle("settle_far_off_deal", f.as("stands")). The bank's word is changed on its way, so
// its own books know of another deal: legs come by f.settle_leg.

#include "src/flow/explain_debit.h"
#include "src/flow/far_off_matter.h"
#include "src/flow/order_hold.h"
#include "src/flow/release_order.h"
#include "src/flow/resolve_suspense.h"
#include "src/flow/settle_far_off.h"
#include "tests/contract/banks_desk.h"
#include "tests/support/two_persons.h"

namespace far_off_desk {

using namespace banks_desk;

inline const Currency kCny = Currency::known("CNY");
inline const Currency kUsd = Currency::known("USD");

struct FarOffDesk {
    explicit FarOffDesk(TestDatabase& on) : b(on, {Kind::Rest}) {}

    /// Two orders of two merchants are bought for, CNY 1000.00 in all, and the bank tells these figures. rate: per 100.
    void deal(const std::string& cny, const std::string& foreign, const std::string& rate) {
        first = b.d.order("m1", "USD", "400.00");
        second = b.d.order("m2", "USD", "600.00");
        b.doors.changes = Step::Deal;
        b.doors.change = [=, this](std::string body) {
            if (on_its_way) std::exchange(on_its_way, nullptr)();
            body = put(std::move(body), R"("dealt")", R"("rate":")", "\"", rate);
            body = put(std::move(body), R"("cny":)", R"("amount":")", "\"", cny);
            return put(std::move(body), R"("foreign":)", R"("amount":")", "\"", foreign);
        };
        b.run();
        b.doors.changes.reset();
        purchase_id = b.d.purchase_of(first).id;
        REQUIRE(purchase().deal.has_value());
        REQUIRE(b.d.purchase_of(second).id == purchase_id);
    }
    void cheap() { deal("1000.00", "153.84", "650.00"); }

    [[nodiscard]] fx::Purchase purchase() { return b.d.purchase_of(first); }
    [[nodiscard]] std::string as(const std::string& outcome) const {
        return R"("purchase_id":")" + purchase_id + R"(","outcome":")" + outcome + R"(","bank_word":"FX-2026-118")";
    }
    std::vector<flow::Suspended> suspended() {
        std::vector<flow::Suspended> found;
        b.d.desk.database.read(
            [&](db::Reader& reader) { found = flow::SuspenseStore::of_source(reader, "purchase", purchase_id); });
        return found;
    }
    flow::Suspended only_suspended() {
        std::vector<flow::Suspended> all = suspended();
        REQUIRE(all.size() == 1);
        return all.front();
    }
    /// A line of the bank under the purchase's reference. Whether the purchase took it.
    bool line(const char* account, const Money& amount, bool is_credit) {
        const reconciliation::StatementLine one{.account = account,
                                                .bank_reference = "B" + std::to_string(++lines),
                                                .sequence = lines,
                                                .booked_on = Date::in_shanghai(b.d.desk.clock.now()),
                                                .value_date = Date::in_shanghai(b.d.desk.clock.now()),
                                                .amount = amount,
                                                .is_credit = is_credit,
                                                .is_reversal = false,
                                                .code = std::string(bank::kForeignExchange),
                                                .end_to_end = purchase().reference,
                                                .narrative = "",
                                                .return_reason = "",
                                                .instructed = std::nullopt};
        return b.d.offer({one}).at(0).taken;
    }
    bool pay_cny() { return line("sb-cny", purchase().deal->cny, false); }
    bool receive_foreign() { return line("sb-usd", purchase().deal->foreign, true); }
    /// What a line that nobody took does to the books; its entry.
    std::string stray(const char* account, const Money& amount, bool is_credit) {
        flow::postings::Event event = b.d.desk.event(std::string(account) + "|S" + std::to_string(++lines));
        event.source_type = "statement_line";
        const ledger::Draft draft = is_credit ? flow::postings::credit_suspended(event, account, amount)
                                              : flow::postings::debit_suspended(event, account, amount);
        return b.d.desk.post({draft}).entries.at(0).entry_id;
    }
    /// As remit holds an order of which a part was bought before.
    void hold_for(std::string_view reason, const std::string& subject) {
        const Status held = b.d.desk.run({}, [&](db::Group& group) {
            orders::Order order = orders::OrderStore::find(group.tx, first).value();
            std::vector<flow::HeldOrder> rows;
            flow::hold(order, reason, subject, rows);
            flow::HeldOrders::put(group, rows);
            const flow::OrderChange change{&order, ""};
            flow::save_orders(group, std::span(&change, 1));
            operators::WorkItems().open(group, {std::string(reason), "any", subject, "Look.", "看。"});
        });
        REQUIRE(held.ok());
        b.d.desk.database.write([&](db::Tx& tx) { tx.execute({"UPDATE orders SET payee_id = ''"}, {}); });
    }
    std::string hold_of(const std::string& order) { return b.d.get(order).hold_reason; }
    Money at(const ledger::Account& account) { return b.d.booked(account); }

    BanksDesk b;
    std::function<void()> on_its_way;  // before the bank's word on the deal is read
    std::string first;
    std::string second;
    std::string purchase_id;
    int lines = 0;
    flow::ReleaseOrder release_order{b.d.desk.books};
    flow::ResolveSuspense resolve_suspense{b.d.desk.books};
    flow::ExplainDebit explain_debit{b.d.desk.books};
    std::unique_ptr<flow::Decision> settle = b.convert.settle_far_off();
    calls::Resolve resolve{b.handlers, b.d.escalations};
    TwoPersons two{b.d.desk.database,
                   *b.d.desk.queue,
                   resolve,
                   b.d.desk.books,
                   {&release_order, &resolve_suspense, &explain_debit, settle.get()}};
};

}  // namespace far_off_desk
