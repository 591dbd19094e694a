#include "src/flow/release_order.h"

#include <algorithm>
#include <array>
#include <set>

#include "src/flow/held_order_store.h"
#include "src/flow/save_orders.h"
#include "src/flow/suspense_store.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/parties/party_store.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

namespace {

using orders::Order;

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kReleased = "released";
constexpr std::array<std::string_view, 2> kOutcomes{kReleased, "kept"};

struct Wish {
    std::vector<std::string> order_ids;  // sorted, each once
    std::string outcome;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    Wish wish{json.texts("order_ids", 1, kMostOrdersReleased, kId), json.choice("outcome", kOutcomes),
              read_grounds(json)};
    std::sort(wish.order_ids.begin(), wish.order_ids.end());
    wish.order_ids.erase(std::unique(wish.order_ids.begin(), wish.order_ids.end()), wish.order_ids.end());
    return wish;
}

struct ReleasePlan final : Plan {
    std::vector<Order> orders;
    bool is_release = false;
};

/// Reason and subject: what a work item of theirs is opened for.
std::set<std::pair<std::string, std::string>> matters_of(const std::vector<HeldOrder>& held) {
    std::set<std::pair<std::string, std::string>> matters;
    for (const HeldOrder& row : held) matters.insert({row.reason, row.subject_id});
    return matters;
}

/// What its money does next, once it is free.
std::string next_of(const Order& order) {
    Order free = order;
    free.hold_reason.clear();
    switch (orders::waiting_of(free)) {
        case orders::Waiting::Remit:
            return "to be paid out: " + amount_with_currency(free.amounts.remittable(free.payout));
        case orders::Waiting::Part:
            return "to be paid out once the rest of its money is here: " +
                   amount_with_currency(free.amounts.remittable(free.payout));
        case orders::Waiting::Quote: return "its quote is looked at";
        case orders::Waiting::Convert: return "to be converted: " + amount_with_currency(free.amounts.convertible());
        case orders::Waiting::Nothing: return "free: " + std::string(orders::to_text(free.state));
    }
    throw LogicError("an order waits for nothing that is known");
}

/// The rejected remittance that holds the order, where the bank took its money nevertheless and nobody has explained
/// that debit: released, the order would be paid a second time. Empty where there is none.
std::string debited_all_the_same(db::Reader& reader, const Order& order) {
    for (const HeldOrder& row : HeldOrders::find(reader, std::span(&order.id, 1))) {
        for (const std::string& entry : reconciliation::StatementStore::entries_of(reader, row.subject_id)) {
            const Result<Suspended> item = SuspenseStore::find(reader, entry);
            if (item && item->is_debit()) return row.subject_id;
        }
    }
    return "";
}

/// The purchase that holds the order and of whose deal something is in suspense yet: who had the order bought for anew
/// would spend on it what the first deal took. Empty where there is none.
std::string deal_in_suspense(db::Reader& reader, const Order& order) {
    for (const HeldOrder& row : HeldOrders::find(reader, std::span(&order.id, 1)))
        if (!SuspenseStore::of_source(reader, "purchase", row.subject_id).empty()) return row.subject_id;
    return "";
}

std::optional<Error> refusal(db::Reader& reader, const Order& order, bool is_release) {
    const auto with = [&](const ErrorCode& code) { return Error(code, {{"order", order.id}}); };
    if (order.hold_reason.empty()) return with(release_error::kNotHeld);
    if (!is_release) {
        if (order.hold_reason == orders::kHeldByPersons) return with(release_error::kKeptBefore);
        return std::nullopt;
    }
    if (const std::string remittance = debited_all_the_same(reader, order); !remittance.empty())
        return Error(release_error::kDebitNotExplained, {{"order", order.id}, {"remittance", remittance}});
    if (const std::string purchase = deal_in_suspense(reader, order); !purchase.empty())
        return Error(release_error::kDealNotSettled, {{"order", order.id}, {"purchase", purchase}});
    if (order.payee_id.empty()) return std::nullopt;
    const auto facts = parties::PartyStore::payee_facts(reader, std::span(&order.payee_id, 1));
    const auto payee = facts.find(order.payee_id);
    if (payee != facts.end() && payee->second.state == parties::PartyState::Active) return std::nullopt;
    return Error(release_error::kPayeeNotUsable, {{"order", order.id}, {"payee", order.payee_id}});
}

}  // namespace

std::string ReleaseOrder::read(http::JsonObject& json) const {
    const Wish wish = read_wish(json);
    http::JsonWriter out;
    out.open_object().key("order_ids").open_array();
    for (const std::string& id : wish.order_ids) out.value(id);
    out.close_array().field("outcome", wish.outcome);
    write_grounds(out, wish.grounds);
    return out.close_object().take();
}

Touched ReleaseOrder::touched(db::Reader& reader, const std::string& wish) const {
    Touched touched;
    const std::vector<std::string> ids = read_back(wish, read_wish).order_ids;
    for (const std::string& id : ids) touched.row(orders::kOrderLock, id);
    // Who releases other orders of the same matter counts what is left of it before or after this, not beside it.
    for (const auto& [reason, subject] : matters_of(HeldOrders::find(reader, ids))) {
        if (auto item = operators::WorkItems().find_open(reader, reason, subject))
            touched.work_item_ids.push_back(*std::move(item));
    }
    return touched;
}

Result<std::unique_ptr<Plan>> ReleaseOrder::plan(db::Reader& reader, const std::string& text,
                                                 const postings::Event&) const {
    const Wish wish = read_back(text, read_wish);
    auto plan = std::make_unique<ReleasePlan>();
    plan->is_release = wish.outcome == kReleased;
    plan->orders = orders::OrderStore::load(reader, wish.order_ids);
    for (const std::string& id : wish.order_ids) {
        const bool is_there =
            std::any_of(plan->orders.begin(), plan->orders.end(), [&](const Order& order) { return order.id == id; });
        if (!is_there) return Error(release_error::kNoOrder, {{"order", id}});
    }
    for (const Order& order : plan->orders) {
        if (auto error = refusal(reader, order, plan->is_release)) return *std::move(error);
        plan->changes.push_back({order.id, "held: " + order.hold_reason,
                                 plan->is_release ? next_of(order) : "held: " + std::string(orders::kHeldByPersons)});
    }
    const std::size_t more = wish.order_ids.size() - 1;
    plan->subject_id = wish.order_ids.front() + (more == 0 ? "" : " +" + std::to_string(more));
    return std::unique_ptr<Plan>(std::move(plan));
}

void ReleaseOrder::carry_out(db::Group& group, const Released& released, Plan& planned) const {
    auto& plan = static_cast<ReleasePlan&>(planned);
    std::vector<std::string> ids;
    std::vector<OrderChange> changes;
    for (Order& order : plan.orders) {
        order.hold_reason = plan.is_release ? "" : std::string(orders::kHeldByPersons);
        ids.push_back(order.id);
        changes.push_back({&order, ""});
    }
    const std::vector<HeldOrder> held = HeldOrders::find(group.tx, ids);
    if (plan.is_release) HeldOrders::remove(group.tx, ids);
    if (!plan.is_release) HeldOrders::set_reason(group.tx, orders::kHeldByPersons, ids);
    save_orders(group, changes);
    for (const auto& [reason, subject] : matters_of(held)) {
        if (HeldOrders::count(group.tx, subject, reason) > 0) continue;
        operators::WorkItems().close(group, reason, subject, closing_note(released));
    }
}

}  // namespace huiqiao::flow
