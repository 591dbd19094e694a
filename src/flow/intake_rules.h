#pragma once
// The rules that a new order must keep which need no database: what is served, how amounts and lines make the total,
// limits, persons, and how the payout kind, trade kind and evidence go together. Pure. Those about platform, merchant
// and payee are intake_parties'. The first broken rule is told, with the JSON pointer of its field.

#include <string>

#include "src/flow/intake.h"
#include "src/orders/order_line.h"

namespace huiqiao::flow {

/// An order's fields that passed: kinds read, persons normalised (without ids), charges summed.
struct CheckedOrder {
    orders::PayoutKind payout;
    orders::TradeKind trade;
    Currency payout_currency;
    parties::Person buyer;
    parties::Person payer;
    bool payer_differs;  // allowed only where the platform verifies identities
    std::chrono::seconds pay_within;
};

Result<CheckedOrder> check_order(const IntakeOrder& order, const IntakeSettings& settings, Instant now);

/// 1 to 60 printable ASCII characters without space.
bool is_order_no(std::string_view text);

/// All that a repeat must bring again, length by length, so that no two requests read alike.
std::string canonical_text(const IntakeOrder& order);

}  // namespace huiqiao::flow
