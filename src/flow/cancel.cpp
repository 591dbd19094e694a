#include "src/flow/cancel.h"

#include <map>

#include "src/base/sometimes.h"
#include "src/flow/save_orders.h"
#include "src/flow/unpaid_order.h"

namespace huiqiao::flow {

namespace {

class CancelWork final : public db::Work {
 public:
    CancelWork(std::span<const std::shared_ptr<db::Item>> items, const CloseTrades& trades) : trades_(trades) {
        for (const auto& item : items) items_.push_back(static_cast<CancelItem*>(item.get()));
    }

    void find(db::Reader& reader) override { unpaid_.find(reader, ids()); }
    void lock(db::Locks& locks) override { unpaid_.lock(locks); }

    void run(db::Group& group) override {
        std::map<std::string, orders::Order> orders;
        for (orders::Order& order : orders::OrderStore::load(group.tx, ids())) {
            std::string id = order.id;
            orders.emplace(std::move(id), std::move(order));
        }
        std::vector<std::string> ended;
        for (const CancelItem* item : items_) {
            const auto at = orders.find(item->order_id);
            if (item->skipped || at == orders.end() || at->second.platform_id != item->platform_id) continue;
            orders::Order& order = at->second;
            if (order.cancelled || !may_end_unpaid(order)) continue;
            order.cancelled = true;
            order.payment_open = false;
            ended.push_back(order.id);
        }
        std::vector<OrderChange> changes;
        for (const std::string& id : ended) changes.push_back({&orders.at(id), ""});
        unpaid_.close_payments(group, trades_, ended);
        save_orders(group, changes);
        for (CancelItem* item : items_) {
            if (!item->skipped) answer(*item, orders);
        }
    }

 private:
    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> ids;
        for (const CancelItem* item : items_) ids.push_back(item->order_id);
        return ids;
    }

    static void answer(CancelItem& item, const std::map<std::string, orders::Order>& orders) {
        item.order.reset();
        item.error.reset();
        const auto at = orders.find(item.order_id);
        if (at == orders.end() || at->second.platform_id != item.platform_id) {
            item.error = Error(cancel_error::kNoOrder);
        } else if (at->second.state != orders::OrderState::Cancelled) {
            sometimes("a cancel that comes too late");
            item.error =
                Error(cancel_error::kNotCancellable, {{"state", std::string(orders::to_text(at->second.state))}});
        } else {
            item.order = at->second;
        }
    }

    const CloseTrades& trades_;
    std::vector<CancelItem*> items_;
    UnpaidOrders unpaid_;
};

}  // namespace

std::unique_ptr<db::Work> Cancel::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<CancelWork>(items, trades_);
}

}  // namespace huiqiao::flow
