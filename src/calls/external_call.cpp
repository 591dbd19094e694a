#include "src/calls/external_call.h"

#include "src/calls/call_store.h"
#include "src/calls/states.h"

namespace huiqiao::calls {

std::string_view to_text(CallState state) {
    switch (state) {
        case CallState::Prepared: return "prepared";
        case CallState::Sending: return "sending";
        case CallState::Answered: return "answered";
        case CallState::Unsure: return "unsure";
        case CallState::Withdrawn: return "withdrawn";
    }
    throw LogicError("unnamed call state");
}

std::string_view to_text(Recovery recovery) {
    switch (recovery) {
        case Recovery::QueryOnly: return "query_only";
        case Recovery::Resendable: return "resendable";
    }
    throw LogicError("unnamed recovery");
}

std::string_view to_text(InstructionOutcome outcome) {
    switch (outcome) {
        case InstructionOutcome::Open: return "open";
        case InstructionOutcome::Accepted: return "accepted";
        case InstructionOutcome::Confirmed: return "confirmed";
        case InstructionOutcome::Rejected: return "rejected";
        case InstructionOutcome::Unknown: return "unknown";
        case InstructionOutcome::Escalated: return "escalated";
        case InstructionOutcome::Withdrawn: return "withdrawn";
    }
    throw LogicError("unnamed outcome of an instruction");
}

CallState call_state_from_text(std::string_view text) {
    for (const CallState state : kCallStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no call state: " + std::string(text));
}

Recovery recovery_from_text(std::string_view text) {
    for (const Recovery recovery : {Recovery::QueryOnly, Recovery::Resendable}) {
        if (to_text(recovery) == text) return recovery;
    }
    throw LogicError("no recovery: " + std::string(text));
}

InstructionOutcome instruction_outcome_from_text(std::string_view text) {
    for (const InstructionOutcome outcome : kOutcomes) {
        if (to_text(outcome) == text) return outcome;
    }
    throw LogicError("no outcome of an instruction: " + std::string(text));
}

}  // namespace huiqiao::calls
