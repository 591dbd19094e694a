#include <algorithm>
#include <map>
#include <set>

#include "src/calls/calls.h"
#include "src/flow/can_pay.h"
#include "src/flow/explain_debit_parts.h"
#include "src/flow/order_hold.h"
#include "src/flow/remit_parts.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {

namespace {

using remittance::Allocation;
using remittance::Remittance;
using remittance::RemittanceStore;
using remittance::State;

constexpr ledger::AccountKind kProvision = ledger::AccountKind::Provision;

std::optional<Remittance> remittance_of(db::Reader& reader, const std::string& id) {
    auto found = RemittanceStore().load(reader, std::span(&id, 1));
    const auto at = found.find(id);
    if (at == found.end()) return std::nullopt;
    return std::move(at->second);
}

std::string why_not(const Suspended& item, const Remittance& one) {
    if (remittance::is_own(one.kind)) return "that pays no merchant's payee";
    if (item.entry.source_type != "statement_line") return "it is no line of a statement";
    if (item.owner_of(kProvision) != one.bank_account) return "it was taken from another account";
    if (item.amount.currency() != one.amount.currency() || item.amount != one.amount)
        return "that is of " + amount_with_currency(one.amount);
    if (one.debited.is_positive()) return "that was debited before";
    // Its message may not have left yet, and would leave after this.
    if (one.state == State::Ordered) return "nothing is known of it at the bank yet";
    return "";
}

std::vector<orders::Order> orders_of(db::Reader& reader, const std::vector<Allocation>& allocations) {
    std::vector<std::string> ids;
    for (const Allocation& allocation : allocations) ids.push_back(allocation.order_id);
    return orders::OrderStore::load(reader, ids);
}

/// Whose hold is this rejection's; what holds another for another reason is not ended by it.
std::set<std::string> held_by(db::Reader& reader, const std::vector<orders::Order>& orders,
                              const std::string& remittance_id) {
    std::vector<std::string> ids;
    for (const orders::Order& order : orders) ids.push_back(order.id);
    std::set<std::string> held;
    for (const HeldOrder& row : HeldOrders::find(reader, ids)) {
        if (row.subject_id == remittance_id && row.reason == orders::kHeldRejected) held.insert(row.order_id);
    }
    return held;
}

/// After a rejection the money was the merchant's again; it must not have gone out by another payment since.
std::string why_gone(const std::vector<Allocation>& allocations, const std::vector<orders::Order>& orders) {
    std::map<std::string, Money> paid;
    for (const Allocation& allocation : allocations) paid.emplace(allocation.order_id, allocation.amount);
    for (const orders::Order& order : orders) {
        if (order.amounts.remittable(order.payout) < paid.at(order.id))
            return "order " + order.id + " was paid by another remittance";
    }
    return "";
}

}  // namespace

void touch_remittance(db::Reader& reader, const std::string& remittance_id, Touched& touched) {
    const auto one = remittance_of(reader, remittance_id);
    if (!one || remittance::is_own(one->kind)) return;
    touched.row(remittance::kRemittanceLock, one->id);
    for (const Allocation& allocation : RemittanceStore().allocations(reader, std::span(&remittance_id, 1)))
        touched.row(orders::kOrderLock, allocation.order_id);
    for (const calls::InstructionRow& row :
         calls::Calls::instructions(reader, kPayOperation, kRemittanceSubject, std::span(&remittance_id, 1)))
        touched.call_ids.push_back(row.call_id);
    touched.accounts.push_back(ledger::remitting(one->bank_account, one->amount.currency()));
    touched.accounts.push_back(ledger::provision(one->bank_account, one->amount.currency()));  // its hold ends
    touched.accounts.push_back(ledger::merchant(one->merchant_id, one->amount.currency()));
}

Status plan_remittance(db::Reader& reader, const ledger::Ledger& ledger, const std::string& remittance_id,
                       const postings::Event& event, DebitPlan& plan) {
    plan.remittance = remittance_of(reader, remittance_id);
    if (!plan.remittance) return Error(debit_error::kNoSubject, {{"what", "remittance"}, {"subject", remittance_id}});
    const Remittance& one = *plan.remittance;
    const std::string subject = "remittance " + one.id;
    if (std::string why = why_not(*plan.item, one); !why.empty())
        return does_not_fit(*plan.item, subject, std::move(why));
    plan.allocations = RemittanceStore().allocations(reader, std::span(&remittance_id, 1));
    plan.orders = orders_of(reader, plan.allocations);
    const bool was_rejected = one.state == State::Rejected;
    ledger::Account paid_from = ledger::remitting(one.bank_account, one.amount.currency());
    if (was_rejected) {
        if (std::string why = why_gone(plan.allocations, plan.orders); !why.empty())
            return does_not_fit(*plan.item, subject, std::move(why));
        paid_from = ledger::merchant(one.merchant_id, one.amount.currency());
        const auto balances = ledger.balances(reader, std::span(&paid_from, 1));
        if (Status paid = can_pay(balances, paid_from, one.amount); !paid) return paid;
    }
    plan.changes.push_back({one.id, std::string(to_text(one.state)), std::string(to_text(State::Confirmed))});
    for (const orders::Order& order : plan.orders)
        plan.changes.push_back({order.id, std::string(orders::to_text(order.state)), "paid out"});
    if (was_rejected) {
        plan.held_by_it = held_by(reader, plan.orders, one.id);
        for (const orders::Order& order : plan.orders) {
            if (!plan.held_by_it.contains(order.id)) continue;
            const std::string still = held_without(reader, order, one.id);
            plan.changes.push_back({order.id, "held", still.empty() ? "free" : "held: " + still});
        }
    }
    plan.entries.push_back(postings::debit_explained(event, paid_from, one.amount));
    if (!was_rejected && !one.provision_hold.empty()) plan.entries.back().uses_holds.push_back(one.provision_hold);
    return Done{};
}

void settle_remittance(db::Group& group, DebitPlan& plan, const std::string& note) {
    Remittance& one = *plan.remittance;
    const bool was_rejected = one.state == State::Rejected;
    one.debited = one.amount;
    one.state = State::Confirmed;
    RemittanceStore().update(group.tx, std::span(&one, 1));
    std::map<std::string, Money> paid;
    for (const Allocation& allocation : plan.allocations) paid.emplace(allocation.order_id, allocation.amount);
    std::vector<OrderChange> changes;
    for (orders::Order& order : plan.orders) {
        if (!was_rejected) order.amounts.remitting -= paid.at(order.id);
        order.amounts.remitted += paid.at(order.id);
        changes.push_back({&order, ""});
    }
    if (was_rejected) {
        std::vector<orders::Order*> held;
        for (orders::Order& order : plan.orders)
            if (plan.held_by_it.contains(order.id)) held.push_back(&order);
        let_go(group, one.id, held);
        operators::WorkItems().close(group, orders::kHeldRejected, one.id, note);
    }
    save_orders(group, changes);
    confirm_instructions(group, one, note);
}

}  // namespace huiqiao::flow
