#pragma once
// A declaration: one order (and sub-order) at one customs port, declared by one payment serial of its own, apart from
// the clearing number. It is sent as parts: each sending (new, again, changed) is the next part with a guid and an
// appTime of its own. Its state moves only by the table below; what moves it are customs' receipts, never the answer of
// the carrier. Invariant: one declaration a place (order, sub-order, port), by a unique key.

#include <optional>
#include <string>
#include <string_view>

#include "customs/payment_document.h"
#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::customs {

enum class DeclarationState {
    Due,        // the next message takes it: first sending, again, or changed
    Sent,       // in a message; customs' receipts are awaited
    AtPort,     // the e-port has it (2)
    AtCustoms,  // customs was given it (3)
    Accepted,   // stored by customs (120, 399)
    Rejected,   // refused by customs (100, or an error that is not mended by itself); a person corrects it
    Held,       // our own checks refuse to send it; a person corrects it
};

enum class DeclarationEvent {
    Send,
    Hold,
    ReachPort,
    ReachCustoms,
    Accept,
    Reject,
    Again,    // to be sent once more by itself: not forwarded, asked for in another form, or nothing was heard
    Correct,  // a person, or a change of the amount, makes it due again
};

inline constexpr DeclarationState kDeclarationStates[] = {
    DeclarationState::Due,      DeclarationState::Sent,     DeclarationState::AtPort, DeclarationState::AtCustoms,
    DeclarationState::Accepted, DeclarationState::Rejected, DeclarationState::Held};
inline constexpr DeclarationEvent kDeclarationEvents[] = {
    DeclarationEvent::Send,   DeclarationEvent::Hold,   DeclarationEvent::ReachPort, DeclarationEvent::ReachCustoms,
    DeclarationEvent::Accept, DeclarationEvent::Reject, DeclarationEvent::Again,     DeclarationEvent::Correct};

struct DeclarationMove {
    DeclarationState from;
    DeclarationEvent event;
    DeclarationState to;
};

/// A receipt may come late: while the next part waits, or after a decision. A later decision of customs stands before
/// an earlier one (CST-02); a lower stage changes no decision.
inline constexpr DeclarationMove kDeclarationMoves[] = {
    {DeclarationState::Due, DeclarationEvent::Send, DeclarationState::Sent},
    {DeclarationState::Due, DeclarationEvent::Hold, DeclarationState::Held},
    {DeclarationState::Due, DeclarationEvent::Accept, DeclarationState::Accepted},
    {DeclarationState::Due, DeclarationEvent::Reject, DeclarationState::Rejected},
    {DeclarationState::Sent, DeclarationEvent::ReachPort, DeclarationState::AtPort},
    {DeclarationState::Sent, DeclarationEvent::ReachCustoms, DeclarationState::AtCustoms},
    {DeclarationState::Sent, DeclarationEvent::Accept, DeclarationState::Accepted},
    {DeclarationState::Sent, DeclarationEvent::Reject, DeclarationState::Rejected},
    {DeclarationState::Sent, DeclarationEvent::Again, DeclarationState::Due},
    {DeclarationState::AtPort, DeclarationEvent::ReachCustoms, DeclarationState::AtCustoms},
    {DeclarationState::AtPort, DeclarationEvent::Accept, DeclarationState::Accepted},
    {DeclarationState::AtPort, DeclarationEvent::Reject, DeclarationState::Rejected},
    {DeclarationState::AtPort, DeclarationEvent::Again, DeclarationState::Due},
    {DeclarationState::AtCustoms, DeclarationEvent::Accept, DeclarationState::Accepted},
    {DeclarationState::AtCustoms, DeclarationEvent::Reject, DeclarationState::Rejected},
    {DeclarationState::AtCustoms, DeclarationEvent::Again, DeclarationState::Due},
    {DeclarationState::Accepted, DeclarationEvent::Reject, DeclarationState::Rejected},
    {DeclarationState::Accepted, DeclarationEvent::Correct, DeclarationState::Due},
    {DeclarationState::Rejected, DeclarationEvent::Accept, DeclarationState::Accepted},
    {DeclarationState::Rejected, DeclarationEvent::Correct, DeclarationState::Due},
    {DeclarationState::Held, DeclarationEvent::Correct, DeclarationState::Due},
};

constexpr std::optional<DeclarationState> next(DeclarationState from, DeclarationEvent event) {
    for (const DeclarationMove& move : kDeclarationMoves)
        if (move.from == from && move.event == event) return move.to;
    return std::nullopt;
}

/// Customs' receipts are awaited.
constexpr bool is_open(DeclarationState state) {
    return state == DeclarationState::Sent || state == DeclarationState::AtPort || state == DeclarationState::AtCustoms;
}

std::string_view to_text(DeclarationState state);
std::string_view to_text(DeclarationEvent event);
DeclarationState declaration_state_from_text(std::string_view text);
/// What an order shows: "declaring", "accepted", "rejected", "held".
std::string_view order_text(DeclarationState state);
/// States and events as a Markdown table, as the README prints it.
std::string declaration_moves_table();

struct Declaration {
    std::string id;  // dec_…
    std::string order_id;
    std::string sub_order_no;  // empty: the whole order
    std::string customs_port;
    std::string pay_code;  // whose payment: ours, or of the institution that collected
    std::string serial;
    Money amount;  // CNY, as the current or next part says
    Instant paid_at{};
    DeclarationState state = DeclarationState::Due;
    AppType app_type = AppType::New;  // of the current or next part
    int part_no = 0;                  // last one sent; 0: none yet
    Instant app_time{};               // of that part
    bool stands = false;              // customs has taken in a version of it
    std::string return_code;          // of the last receipt that moved it
    Instant decided_at{};             // customs' time of the receipt that decided
    int tries = 0;                    // sendings made by itself since a person or a decision
    Instant created_at{};
    std::optional<Instant> due_at;  // to be sent, or to be looked after; absent: nothing to do
};

/// One sending of it; never changed.
struct DeclarationPart {
    std::string guid;  // also the instruction's reference
    std::string declaration_id;
    int part_no = 0;
    std::string message_id;
    AppType app_type = AppType::New;
    Instant app_time{};
    std::string content_hash;
};

/// A message of up to 100 parts; never changed.
struct DeclarationMessage {
    std::string id;  // CopMsgId of the envelope
    std::string dxp_id;
    std::string call_id;
    int payments = 0;
    Instant created_at{};
};

}  // namespace huiqiao::customs
