#include "src/orders/payment.h"

#include <algorithm>
#include <iterator>

namespace huiqiao::orders {

std::optional<Instant> next_query(Instant created_at, int polls, Instant now) {
    using std::chrono::minutes;
    static constexpr minutes kAfter[] = {minutes(1),  minutes(2),   minutes(5),   minutes(10),  minutes(30),
                                         minutes(60), minutes(180), minutes(360), minutes(1440)};
    if (polls < 0 || static_cast<std::size_t>(polls) >= std::size(kAfter)) return std::nullopt;
    // Where the workers stood still for a while, the places passed are not made up for all at once.
    return std::max(created_at + kAfter[polls], polls == 0 ? created_at : now + minutes(1));
}

const PaymentMove* payment_move(PaymentState from, PaymentEvent event) {
    for (const PaymentMove& move : kPaymentMoves) {
        if (move.from == from && move.event == event) return &move;
    }
    return nullptr;
}

std::string_view to_text(PaymentState state) {
    switch (state) {
        case PaymentState::Created: return "created";
        case PaymentState::Pending: return "pending";
        case PaymentState::Succeeded: return "succeeded";
        case PaymentState::Failed: return "failed";
        case PaymentState::Closed: return "closed";
        case PaymentState::Disputed: return "disputed";
    }
    throw LogicError("unnamed state of a payment");
}

std::string_view to_text(PaymentEvent event) {
    switch (event) {
        case PaymentEvent::Placed: return "placed";
        case PaymentEvent::Refused: return "refused";
        case PaymentEvent::Paid: return "paid";
        case PaymentEvent::PaidAmiss: return "paid_amiss";
        case PaymentEvent::ClosedUnpaid: return "closed_unpaid";
        case PaymentEvent::Resolved: return "resolved";
    }
    throw LogicError("unnamed event of a payment");
}

PaymentState payment_state_from_text(std::string_view text) {
    for (const PaymentState state : kPaymentStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no state of a payment: " + std::string(text));
}

}  // namespace huiqiao::orders
