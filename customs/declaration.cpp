#include "customs/declaration.h"

namespace huiqiao::customs {

std::string_view to_text(DeclarationState state) {
    switch (state) {
        case DeclarationState::Due: return "due";
        case DeclarationState::Sent: return "sent";
        case DeclarationState::AtPort: return "at_port";
        case DeclarationState::AtCustoms: return "at_customs";
        case DeclarationState::Accepted: return "accepted";
        case DeclarationState::Rejected: return "rejected";
        case DeclarationState::Held: return "held";
    }
    throw LogicError("declaration state out of range");
}

std::string_view to_text(DeclarationEvent event) {
    switch (event) {
        case DeclarationEvent::Send: return "send";
        case DeclarationEvent::Hold: return "hold";
        case DeclarationEvent::ReachPort: return "reach_port";
        case DeclarationEvent::ReachCustoms: return "reach_customs";
        case DeclarationEvent::Accept: return "accept";
        case DeclarationEvent::Reject: return "reject";
        case DeclarationEvent::Again: return "again";
        case DeclarationEvent::Correct: return "correct";
    }
    throw LogicError("declaration event out of range");
}

DeclarationState declaration_state_from_text(std::string_view text) {
    for (const DeclarationState state : kDeclarationStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("not a declaration state: " + std::string(text));
}

std::string_view order_text(DeclarationState state) {
    switch (state) {
        case DeclarationState::Due:
        case DeclarationState::Sent:
        case DeclarationState::AtPort:
        case DeclarationState::AtCustoms: return "declaring";
        case DeclarationState::Accepted: return "accepted";
        case DeclarationState::Rejected: return "rejected";
        case DeclarationState::Held: return "held";
    }
    throw LogicError("declaration state out of range");
}

std::string declaration_moves_table() {
    std::string table = "| Declaration |";
    for (const DeclarationEvent event : kDeclarationEvents) table.append(" ").append(to_text(event)).append(" |");
    table.append("\n|---|");
    for (std::size_t i = 0; i < std::size(kDeclarationEvents); ++i) table.append("---|");
    table.append("\n");
    for (const DeclarationState state : kDeclarationStates) {
        table.append("| ").append(to_text(state)).append(" |");
        for (const DeclarationEvent event : kDeclarationEvents) {
            const auto to = next(state, event);
            table.append(" ").append(to ? to_text(*to) : "").append(to ? " |" : "|");
        }
        table.append("\n");
    }
    return table;
}

}  // namespace huiqiao::customs
