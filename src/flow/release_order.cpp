#include "src/flow/release_order.h"

#include <algorithm>
#include <array>
#include <set>

#include "src/flow/order_hold.h"
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
    std::string subject_id;              // the matter; empty: all that hold them
    std::string outcome;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    Wish wish{json.texts("order_ids", 1, kMostOrdersReleased, kId), json.optional_text("subject_id", kId).value_or(""),
              json.choice("outcome", kOutcomes), read_grounds(json)};
    std::sort(wish.order_ids.begin(), wish.order_ids.end());
    wish.order_ids.erase(std::unique(wish.order_ids.begin(), wish.order_ids.end()), wish.order_ids.end());
    return wish;
}

struct ReleasePlan final : Plan {
    std::vector<Order> orders;
    std::vector<HeldOrder> rows;  // of the matter, or all of theirs
    std::string matter;
    bool is_release = false;
};

/// Reason and subject: what a work item of theirs is opened for.
std::set<std::pair<std::string, std::string>> matters_of(const std::vector<HeldOrder>& held) {
    std::set<std::pair<std::string, std::string>> matters;
    for (const HeldOrder& row : held) matters.insert({row.reason, row.subject_id});
    return matters;
}

/// What holds them, of the matter that is asked for.
std::vector<HeldOrder> rows_of(db::Reader& reader, const Wish& wish) {
    std::vector<HeldOrder> rows = HeldOrders::find(reader, wish.order_ids);
    if (!wish.subject_id.empty())
        std::erase_if(rows, [&](const HeldOrder& row) { return row.subject_id != wish.subject_id; });
    return rows;
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

/// Of a rejected remittance that holds it: the bank took its money nevertheless, and nobody has explained that debit.
/// Released, the order would be paid a second time.
bool is_debited_all_the_same(db::Reader& reader, const HeldOrder& row) {
    const std::vector<std::string> entries = reconciliation::StatementStore::entries_of(reader, row.subject_id);
    return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
        const Result<Suspended> item = SuspenseStore::find(reader, entry);
        return item && item->is_debit();
    });
}

/// Of a purchase that holds it: something of its deal is in suspense yet. Who had the order bought for anew would spend
/// on it what the first deal took.
bool is_in_suspense(db::Reader& reader, const HeldOrder& row) {
    return !SuspenseStore::of_source(reader, "purchase", row.subject_id).empty();
}

std::optional<Error> refusal(db::Reader& reader, const Order& order, const ReleasePlan& plan) {
    const auto with = [&](const ErrorCode& code) { return Error(code, {{"order", order.id}}); };
    if (order.hold_reason.empty()) return with(release_error::kNotHeld);
    std::vector<const HeldOrder*> rows;
    for (const HeldOrder& row : plan.rows)
        if (row.order_id == order.id) rows.push_back(&row);
    if (rows.empty() && !plan.matter.empty())
        return Error(release_error::kNotHeldForIt, {{"order", order.id}, {"subject", plan.matter}});
    for (const HeldOrder* row : rows) {
        if (is_in_suspense(reader, *row))
            return Error(release_error::kDealNotSettled, {{"order", order.id}, {"purchase", row->subject_id}});
    }
    if (!plan.is_release) {
        const auto is_kept = [](const HeldOrder* row) { return row->reason == orders::kHeldByPersons; };
        const bool is_new = rows.empty() ? order.hold_reason != orders::kHeldByPersons
                                         : !std::all_of(rows.begin(), rows.end(), is_kept);
        return is_new ? std::nullopt : std::optional(with(release_error::kKeptBefore));
    }
    for (const HeldOrder* row : rows) {
        if (is_debited_all_the_same(reader, *row))
            return Error(release_error::kDebitNotExplained, {{"order", order.id}, {"remittance", row->subject_id}});
    }
    if (order.payee_id.empty()) return std::nullopt;
    const auto facts = parties::PartyStore::payee_facts(reader, std::span(&order.payee_id, 1));
    const auto payee = facts.find(order.payee_id);
    if (payee != facts.end() && payee->second.state == parties::PartyState::Active) return std::nullopt;
    return Error(release_error::kPayeeNotUsable, {{"order", order.id}, {"payee", order.payee_id}});
}

/// "held: remittance_rejected"; of several matters each, so that one that came meanwhile is not released unseen,
/// and by its name the one that is asked for.
std::string held_by(const Order& order, const std::vector<HeldOrder>& rows, const std::string& matter) {
    std::string all;
    int count = 0;
    for (const HeldOrder& row : rows) {
        if (row.order_id != order.id) continue;
        all += (all.empty() ? "" : ", ") + row.reason + " (" + row.subject_id + ")";
        ++count;
    }
    return "held: " + (count > 1 || (count == 1 && !matter.empty()) ? all : order.hold_reason);
}

/// Free; or what holds it on, where another matter does.
std::string released_to(db::Reader& reader, const Order& order, const std::string& matter) {
    const std::string still = matter.empty() ? "" : held_without(reader, order, matter);
    return still.empty() ? next_of(order) : "held: " + still;
}

}  // namespace

std::string ReleaseOrder::read(http::JsonObject& json) const {
    const Wish wish = read_wish(json);
    http::JsonWriter out;
    out.open_object().key("order_ids").open_array();
    for (const std::string& id : wish.order_ids) out.value(id);
    out.close_array();
    if (!wish.subject_id.empty()) out.field("subject_id", wish.subject_id);
    out.field("outcome", wish.outcome);
    write_grounds(out, wish.grounds);
    return out.close_object().take();
}

Touched ReleaseOrder::touched(db::Reader& reader, const std::string& wish) const {
    Touched touched;
    const Wish asked = read_back(wish, read_wish);
    for (const std::string& id : asked.order_ids) touched.row(orders::kOrderLock, id);
    // Who releases other orders of the same matter counts what is left of it before or after this, not beside it.
    for (const auto& [reason, subject] : matters_of(rows_of(reader, asked))) {
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
    plan->matter = wish.subject_id;
    plan->rows = rows_of(reader, wish);
    plan->orders = orders::OrderStore::load(reader, wish.order_ids);
    for (const std::string& id : wish.order_ids) {
        const bool is_there =
            std::any_of(plan->orders.begin(), plan->orders.end(), [&](const Order& order) { return order.id == id; });
        if (!is_there) return Error(release_error::kNoOrder, {{"order", id}});
    }
    for (const Order& order : plan->orders) {
        if (auto error = refusal(reader, order, *plan)) return *std::move(error);
        plan->changes.push_back({order.id, held_by(order, plan->rows, plan->matter),
                                 plan->is_release ? released_to(reader, order, plan->matter)
                                                  : "held: " + std::string(orders::kHeldByPersons)});
    }
    const std::size_t more = wish.order_ids.size() - 1;
    plan->subject_id = wish.order_ids.front() + (more == 0 ? "" : " +" + std::to_string(more));
    return std::unique_ptr<Plan>(std::move(plan));
}

void ReleaseOrder::carry_out(db::Group& group, const Released& released, Plan& planned) const {
    auto& plan = static_cast<ReleasePlan&>(planned);
    std::vector<std::string> ids;
    std::vector<Order*> all;
    std::vector<OrderChange> changes;
    for (Order& order : plan.orders) {
        ids.push_back(order.id);
        all.push_back(&order);
        changes.push_back({&order, ""});
    }
    if (!plan.is_release) {
        HeldOrders::set_reason(group.tx, orders::kHeldByPersons, plan.matter, ids);
        for (Order* order : all) order->hold_reason = orders::kHeldByPersons;
    } else if (!plan.matter.empty()) {
        let_go(group, plan.matter, all);
    } else {
        HeldOrders::remove(group.tx, "", ids);
        for (Order* order : all) order->hold_reason.clear();
    }
    save_orders(group, changes);
    for (const auto& [reason, subject] : matters_of(plan.rows)) {
        if (HeldOrders::count(group.tx, subject, reason) > 0) continue;
        operators::WorkItems().close(group, reason, subject, closing_note(released));
    }
}

}  // namespace huiqiao::flow
