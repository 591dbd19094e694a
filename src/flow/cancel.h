#pragma once
// A platform takes an order back before it is paid. Of a cancel and a payment that meet exactly one wins (ORD-09): both
// hold the order's row; the loser is told. In the same COMMIT its trade at the channel is asked to be closed.
// Cancelling a cancelled order again changes nothing and is answered the same.

#include <optional>
#include <string>

#include "src/db/write_queue.h"
#include "src/flow/close_trade.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

struct CancelItem final : db::Item {
    std::string platform_id;  // authenticated: another platform's order is not found
    std::string order_id;
    std::optional<orders::Order> order;  // as it stands after it
    std::optional<Error> error;          // kNoOrder, kNotCancellable
};

class Cancel final : public db::Operation {
 public:
    explicit Cancel(CloseTrades trades) : trades_(std::move(trades)) {}
    [[nodiscard]] std::string_view name() const override { return "cancel"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    CloseTrades trades_;
};

namespace cancel_error {
inline constexpr ErrorCode kNoOrder{"not_found", ErrorGroup::NotFound, "You have no order of this id.",
                                    "您没有此编号的订单。"};
inline constexpr ErrorCode kNotCancellable{"order_not_cancellable", ErrorGroup::Conflict,
                                           "The order is {state}; only an unpaid order can be cancelled.",
                                           "订单状态为 {state}，仅未支付的订单可以取消。"};
}  // namespace cancel_error

}  // namespace huiqiao::flow
