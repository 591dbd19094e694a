#include "src/flow/unpaid_order.h"

#include <algorithm>
#include <set>

#include "src/calls/calls.h"
#include "src/flow/undelivered.h"
#include "src/orders/payment_store.h"

namespace huiqiao::flow {

void UnpaidOrders::find(db::Reader& reader, std::span<const std::string> order_ids) {
    order_ids_.assign(order_ids.begin(), order_ids.end());
    payment_ids_.clear();
    for (const orders::Payment& payment : orders::PaymentStore().of_orders(reader, order_ids)) {
        payment_ids_.push_back(payment.id);
    }
    calls_.clear();
    if (payment_ids_.empty()) return;
    for (const auto& row : calls::Calls::instructions(reader, "channel.order", "payment", payment_ids_)) {
        calls_.emplace(row.instruction.subject_id, row.call_id);
    }
}

void UnpaidOrders::lock(db::Locks& locks) const {
    for (const std::string& id : order_ids_) locks.add(orders::kOrderLock, id);
    for (const std::string& id : payment_ids_) locks.add(orders::kPaymentLock, id);
    for (const auto& [payment, call] : calls_) calls::Calls::lock(locks, call);
}

void UnpaidOrders::close_payments(db::Group& group, const CloseTrades& trades,
                                  std::span<const std::string> order_ids) const {
    std::vector<orders::Payment> open;
    std::vector<orders::Payment> placed;
    for (orders::Payment& payment : orders::PaymentStore().of_orders(group.tx, order_ids)) {
        const orders::PaymentMove* move = orders::payment_move(payment.state, orders::PaymentEvent::ClosedUnpaid);
        if (move == nullptr) continue;
        if (std::find(payment_ids_.begin(), payment_ids_.end(), payment.id) == payment_ids_.end()) {
            throw db::NeedLock{&orders::kPaymentLock, payment.id};
        }
        const bool is_placed = payment.state == orders::PaymentState::Pending;
        payment.state = move->to;
        if (is_placed) placed.push_back(payment);
        open.push_back(std::move(payment));
    }
    if (open.empty()) return;
    const std::set<std::string> untold = withdraw_calls(group, open);
    std::vector<orders::PaymentStore::Change> changes;
    // The channel is asked on as before: money may have come although its notice was lost. Not where it never heard.
    for (const orders::Payment& payment : open) {
        changes.push_back({&payment, untold.contains(payment.id)
                                         ? std::nullopt
                                         : orders::next_query(payment.created_at, payment.polls, group.now)});
    }
    orders::PaymentStore().save(group, changes);
    trades.prepare(group, placed);
}

std::set<std::string> UnpaidOrders::withdraw_calls(db::Group& group, std::span<const orders::Payment> payments) const {
    std::map<std::string, std::string> payment_of;
    std::vector<std::string> call_ids;
    for (const orders::Payment& payment : payments) {
        const auto [from, to] = calls_.equal_range(payment.id);
        for (auto call = from; call != to; ++call) {
            payment_of.emplace(call->second, payment.id);
            call_ids.push_back(call->second);
        }
    }
    std::set<std::string> untold;
    if (call_ids.empty()) return untold;
    for (const std::string& id : flow::withdraw_calls(group, call_ids)) untold.insert(payment_of.at(id));
    return untold;
}

bool may_end_unpaid(const orders::Order& order) {
    return order.state == orders::OrderState::Created || order.state == orders::OrderState::AwaitingPayment;
}

}  // namespace huiqiao::flow
