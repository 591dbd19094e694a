#pragma once
// A payment: one attempt to collect an order's CNY at a channel. It is found by our reference (random, unique for ever)
// and by the channel's number (unique per channel). Its state moves only by the table below. What it paid for stands
// in allocation rows (payment, order, amount): many to many. It does not know the books.

#include <optional>
#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/base/result.h"

namespace huiqiao::orders {

enum class PaymentState {
    Created,    // the order at the channel is being placed; its call decides
    Pending,    // the channel has it; the buyer is awaited, and the query schedule runs
    Succeeded,  // the channel confirmed exactly its amount, and the order took it
    Failed,     // the channel refused it, or said that it failed
    Closed,     // expired or withdrawn unpaid
    Disputed,   // money came, but not as asked (amount, too late, surplus): in suspense, a person decides
};

/// What happens to a payment; the table says which events a state takes.
enum class PaymentEvent {
    Placed,     // the channel took the order
    Refused,    // the channel refused it for good
    Paid,       // confirmed as asked
    PaidAmiss,  // confirmed otherwise than asked
    ClosedUnpaid,
    Resolved,  // a person found what the disputed money is
};

inline constexpr PaymentState kPaymentStates[] = {PaymentState::Created, PaymentState::Pending, PaymentState::Succeeded,
                                                  PaymentState::Failed,  PaymentState::Closed,  PaymentState::Disputed};
inline constexpr PaymentEvent kPaymentEvents[] = {PaymentEvent::Placed,       PaymentEvent::Refused,
                                                  PaymentEvent::Paid,         PaymentEvent::PaidAmiss,
                                                  PaymentEvent::ClosedUnpaid, PaymentEvent::Resolved};

struct PaymentMove {
    PaymentState from;
    PaymentEvent event;
    PaymentState to;
};

/// Whether what its buyer paid is booked: the channel's word on it is here, and nothing more is asked for.
constexpr bool is_money_known(PaymentState state) {
    return state == PaymentState::Succeeded || state == PaymentState::Disputed;
}

/// Money that comes for a failed or closed payment is real: it is Disputed, never dropped (NTF-07).
inline constexpr PaymentMove kPaymentMoves[] = {
    {PaymentState::Created, PaymentEvent::Placed, PaymentState::Pending},
    {PaymentState::Created, PaymentEvent::Refused, PaymentState::Failed},
    {PaymentState::Created, PaymentEvent::Paid, PaymentState::Succeeded},  // the notice overtook the order's answer
    {PaymentState::Created, PaymentEvent::PaidAmiss, PaymentState::Disputed},
    {PaymentState::Created, PaymentEvent::ClosedUnpaid, PaymentState::Closed},
    {PaymentState::Pending, PaymentEvent::Refused, PaymentState::Failed},
    {PaymentState::Pending, PaymentEvent::Paid, PaymentState::Succeeded},
    {PaymentState::Pending, PaymentEvent::PaidAmiss, PaymentState::Disputed},
    {PaymentState::Pending, PaymentEvent::ClosedUnpaid, PaymentState::Closed},
    {PaymentState::Failed, PaymentEvent::PaidAmiss, PaymentState::Disputed},
    {PaymentState::Closed, PaymentEvent::PaidAmiss, PaymentState::Disputed},
    {PaymentState::Disputed, PaymentEvent::Resolved, PaymentState::Succeeded},
};

/// nullptr where the state does not take the event.
const PaymentMove* payment_move(PaymentState from, PaymentEvent event);

std::string_view to_text(PaymentState state);
std::string_view to_text(PaymentEvent event);
PaymentState payment_state_from_text(std::string_view text);  // LogicError: only for what we stored

struct Payment {
    std::string id;              // pay_…
    std::string order_id;        // whose attempt it is
    std::string merchant_id;     // of that order
    std::string channel;         // "sandbox-pay"
    std::string reference;       // ours, at the channel: out_trade_no
    std::string channel_number;  // theirs; empty until known
    PaymentState state = PaymentState::Created;
    Money amount;    // asked for, CNY
    Money received;  // confirmed by the channel; zero before
    Instant created_at{};
    Instant expires_at{};  // after it money is late
    Instant paid_at{};     // as the channel says; zero before
    std::string pay_url;   // what the buyer opens; empty before the channel took the order
    std::string reason;    // why it failed or is disputed
    int polls = 0;         // queries made by the schedule (NTF-03)
};

/// Whether a buyer may still be sent to pay_url.
inline bool is_payable(PaymentState state) {
    return state == PaymentState::Created || state == PaymentState::Pending;
}

/// "<channel>|<their number>": one payment stands under it.
inline std::string channel_key(const Payment& payment, std::string_view number) {
    return payment.channel + "|" + std::string(number);
}

/// The schedule by which a payment is asked for at the channel while no notice has come (NTF-03): 1, 2, 5, 10, 30
/// minutes, 1, 3, 6, 24 hours after it was made; then the channel's settlement file decides. polls: queries made.
std::optional<Instant> next_query(Instant created_at, int polls, Instant now);

struct PaymentAllocation {
    std::string payment_id;
    std::string order_id;
    Money amount;
};

}  // namespace huiqiao::orders
