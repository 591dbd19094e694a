#include "src/flow/expire.h"

#include "src/flow/save_orders.h"
#include "src/flow/unpaid_order.h"

namespace huiqiao::flow {

namespace {

struct ExpireItem final : db::Item {
    std::vector<std::string> order_ids;
    Instant before{};  // orders that had to be paid by then
    int expired = 0;
};

class ExpireWork final : public db::Work {
 public:
    ExpireWork(std::span<const std::shared_ptr<db::Item>> items, const CloseTrades& trades) : trades_(trades) {
        for (const auto& item : items) items_.push_back(static_cast<ExpireItem*>(item.get()));
    }

    void find(db::Reader& reader) override {
        std::vector<std::string> ids;
        for (const ExpireItem* item : items_) ids.insert(ids.end(), item->order_ids.begin(), item->order_ids.end());
        unpaid_.find(reader, ids);
    }
    void lock(db::Locks& locks) override { unpaid_.lock(locks); }

    void run(db::Group& group) override {
        for (ExpireItem* item : items_) {
            item->expired = 0;
            // Loaded anew for each item, so that one named by two items is expired once.
            std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, item->order_ids);
            std::vector<std::string> ended;
            std::vector<OrderChange> changes;
            for (orders::Order& order : orders) {
                if (!may_end_unpaid(order) || order.expires_at > item->before) continue;
                order.expired = true;
                order.payment_open = false;
                ended.push_back(order.id);
                changes.push_back({&order, ""});
            }
            unpaid_.close_payments(group, trades_, ended);
            save_orders(group, changes);
            item->expired = static_cast<int>(ended.size());
        }
    }

 private:
    const CloseTrades& trades_;
    std::vector<ExpireItem*> items_;
    UnpaidOrders unpaid_;
};

}  // namespace

int Expire::step(Instant now) {
    auto item = std::make_shared<ExpireItem>();
    item->before = now - settings_.grace;
    database_.look([&](db::Reader& reader) {
        item->order_ids = orders::OrderStore::to_expire(reader, item->before, settings_.orders_at_once);
    });
    if (item->order_ids.empty()) return 0;
    item->weight = item->order_ids.size();
    // What could not be written now is found again by the next step.
    return queue_.run(*this, item) ? item->expired : 0;
}

std::unique_ptr<db::Work> Expire::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ExpireWork>(items, trades_);
}

}  // namespace huiqiao::flow
