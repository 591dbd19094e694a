#include "src/flow/unpaid_order.h"

#include <algorithm>

#include "src/orders/payment_store.h"

namespace huiqiao::flow {

void UnpaidOrders::find(db::Reader& reader, std::span<const std::string> order_ids) {
    order_ids_.assign(order_ids.begin(), order_ids.end());
    payment_ids_.clear();
    for (const orders::Payment& payment : orders::PaymentStore().of_orders(reader, order_ids)) {
        payment_ids_.push_back(payment.id);
    }
}

void UnpaidOrders::lock(db::Locks& locks) const {
    for (const std::string& id : order_ids_) locks.add(orders::kOrderLock, id);
    for (const std::string& id : payment_ids_) locks.add(orders::kPaymentLock, id);
}

void UnpaidOrders::close_payments(db::Group& group, std::span<const std::string> order_ids) const {
    std::vector<orders::Payment> open;
    for (orders::Payment& payment : orders::PaymentStore().of_orders(group.tx, order_ids)) {
        const orders::PaymentMove* move = orders::payment_move(payment.state, orders::PaymentEvent::ClosedUnpaid);
        if (move == nullptr) continue;
        if (std::find(payment_ids_.begin(), payment_ids_.end(), payment.id) == payment_ids_.end()) {
            throw db::NeedLock{&orders::kPaymentLock, payment.id};
        }
        payment.state = move->to;
        open.push_back(std::move(payment));
    }
    std::vector<orders::PaymentStore::Change> changes;
    // The channel is asked on as before: money may have come although its notice was lost.
    for (const orders::Payment& payment : open) {
        changes.push_back({&payment, orders::next_query(payment.created_at, payment.polls, group.now)});
    }
    if (!changes.empty()) orders::PaymentStore().save(group, changes);
}

bool may_end_unpaid(const orders::Order& order) {
    return order.state == orders::OrderState::Created || order.state == orders::OrderState::AwaitingPayment;
}

}  // namespace huiqiao::flow
