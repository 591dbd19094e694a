#include "src/base/exchange.h"

namespace huiqiao {

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::NotSent: return "not_sent";
        case Outcome::Accepted: return "accepted";
        case Outcome::Confirmed: return "confirmed";
        case Outcome::RejectedFinal: return "rejected";
        case Outcome::Unknown: return "unknown";
    }
    throw LogicError("unnamed outcome");
}

Outcome outcome_from_text(std::string_view text) {
    for (const Outcome outcome :
         {Outcome::NotSent, Outcome::Accepted, Outcome::Confirmed, Outcome::RejectedFinal, Outcome::Unknown}) {
        if (to_text(outcome) == text) return outcome;
    }
    throw LogicError("no outcome: " + std::string(text));
}

}  // namespace huiqiao
