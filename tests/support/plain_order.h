#pragma once
// An order for tests that begin behind intake: paid out in foreign currency, without lines, buyer or customs. Its
// amounts and state are the test's.

#include "src/orders/order.h"

namespace huiqiao::testing {

inline orders::Order plain_order(const std::string& id, const std::string& merchant,
                                 const orders::OrderAmounts& amounts, orders::OrderState state, Instant now) {
    return orders::Order{.id = id,
                         .platform_id = "plt_1",
                         .merchant_id = merchant,
                         .platform_order_no = id,
                         .payout = orders::PayoutKind::Fx,
                         .trade = orders::TradeKind::General,
                         .payout_currency = amounts.bought.currency(),
                         .payee_id = "pye_1",
                         .buyer_id = "",
                         .payer_id = "",
                         .amounts = amounts,
                         .state = state,
                         .payment_open = false,
                         .expired = false,
                         .cancelled = false,
                         .hold_reason = "",
                         .customs_port = "",
                         .declaration_state = "none",
                         .event_sequence = 0,
                         .created_at = now,
                         .expires_at = now};
}

}  // namespace huiqiao::testing
