#include "src/parties/party_state.h"

#include <string>

#include "src/base/error.h"

namespace huiqiao::parties {

std::string_view to_text(PartyState state) {
    switch (state) {
        case PartyState::Active: return "active";
        case PartyState::Suspended: return "suspended";
        case PartyState::Closed: return "closed";
    }
    throw LogicError("party state out of range");
}

PartyState party_state_from_text(std::string_view text) {
    for (const PartyState state : {PartyState::Active, PartyState::Suspended, PartyState::Closed}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no party state: " + std::string(text));
}

}  // namespace huiqiao::parties
