#pragma once
// The two tables of the call protocol: how transport moves, and how an outcome moves. Whatever is not in them does not
// happen; a test walks all pairs.

#include "src/calls/external_call.h"

namespace huiqiao::calls {

inline constexpr CallState kCallStates[] = {CallState::Prepared, CallState::Sending, CallState::Answered,
                                            CallState::Unsure, CallState::Withdrawn};

inline constexpr InstructionOutcome kOutcomes[] = {InstructionOutcome::Open,      InstructionOutcome::Accepted,
                                                   InstructionOutcome::Confirmed, InstructionOutcome::Rejected,
                                                   InstructionOutcome::Unknown,   InstructionOutcome::Escalated,
                                                   InstructionOutcome::Withdrawn};

struct CallMove {
    CallState from;
    CallState to;
};

inline constexpr CallMove kCallMoves[] = {
    {CallState::Prepared, CallState::Sending},
    {CallState::Prepared, CallState::Withdrawn},
    {CallState::Sending, CallState::Answered},
    {CallState::Sending, CallState::Unsure},
    {CallState::Sending, CallState::Prepared},   // proved that no byte left; or the lease of a resendable call ran out
    {CallState::Answered, CallState::Prepared},  // resendable only: the answer was not understood, the same bytes go
                                                 // again
    {CallState::Unsure, CallState::Prepared},    // resendable only
};

struct OutcomeMove {
    InstructionOutcome from;
    InstructionOutcome to;
};

inline constexpr OutcomeMove kOutcomeMoves[] = {
    {InstructionOutcome::Open, InstructionOutcome::Accepted},
    {InstructionOutcome::Open, InstructionOutcome::Confirmed},
    {InstructionOutcome::Open, InstructionOutcome::Rejected},
    {InstructionOutcome::Open, InstructionOutcome::Unknown},
    {InstructionOutcome::Open, InstructionOutcome::Withdrawn},
    {InstructionOutcome::Accepted, InstructionOutcome::Confirmed},
    {InstructionOutcome::Accepted, InstructionOutcome::Rejected},
    {InstructionOutcome::Accepted, InstructionOutcome::Unknown},
    {InstructionOutcome::Unknown, InstructionOutcome::Accepted},
    {InstructionOutcome::Unknown, InstructionOutcome::Confirmed},
    {InstructionOutcome::Unknown, InstructionOutcome::Rejected},
    {InstructionOutcome::Unknown, InstructionOutcome::Escalated},
    {InstructionOutcome::Escalated, InstructionOutcome::Confirmed},  // by two persons
    {InstructionOutcome::Escalated, InstructionOutcome::Rejected},   // by two persons
};

constexpr bool may_move(CallState from, CallState to) {
    for (const CallMove& move : kCallMoves)
        if (move.from == from && move.to == to) return true;
    return false;
}

constexpr bool may_move(InstructionOutcome from, InstructionOutcome to) {
    for (const OutcomeMove& move : kOutcomeMoves)
        if (move.from == from && move.to == to) return true;
    return false;
}

/// Nothing is known to follow: neither queried nor sent again.
constexpr bool is_settled(InstructionOutcome outcome) {
    return outcome == InstructionOutcome::Confirmed || outcome == InstructionOutcome::Rejected ||
           outcome == InstructionOutcome::Withdrawn;
}

/// Forbids a second attempt for the same subject: everything but what is proved not to have happened.
constexpr bool holds_slot(InstructionOutcome outcome) {
    return outcome != InstructionOutcome::Rejected && outcome != InstructionOutcome::Withdrawn;
}

}  // namespace huiqiao::calls
