#include "adapters/direct_link/states.h"

#include <algorithm>
#include <array>

namespace huiqiao::direct_link {

namespace {

constexpr std::array kStates{
    // Under way. A flag beside one of these is not documented, so such a pair is not here.
    State{"OPR", "", Outcome::Confirmed, Outcome::Unknown},   // receiving data: it did not take the order to deal
    State{"AUT", "", Outcome::Accepted, Outcome::Accepted},   // waits for the enterprise's own approval
    State{"NTE", "", Outcome::Confirmed, Outcome::Accepted},  // approved, all data there
    State{"WCF", "", Outcome::Accepted, Outcome::Accepted},   // waits for confirmation
    State{"BNK", "", Outcome::Unknown, Outcome::Accepted},    // the bank processes: a deal that nobody ordered yet?
    State{"APD", "", Outcome::Unknown, Outcome::Accepted},    // the bank's international business confirms
    State{"ACK", "", Outcome::Unknown, Outcome::Unknown},     // its meaning is not documented
    // Finished.
    State{"FIN", "S", Outcome::Unknown, Outcome::Confirmed},            // success
    State{"FIN", "F", Outcome::RejectedFinal, Outcome::RejectedFinal},  // failed
    State{"FIN", "R", Outcome::RejectedFinal, Outcome::RejectedFinal},  // refused by the enterprise's approver
    State{"FIN", "D", Outcome::RejectedFinal, Outcome::RejectedFinal},  // expired
    State{"FIN", "C", Outcome::RejectedFinal, Outcome::RejectedFinal},  // withdrawn
    // Something was done and then undone, or is held by the bank: nothing to decide by a program.
    State{"FIN", "B", Outcome::Unknown, Outcome::Unknown},  // returned after success
    State{"FIN", "T", Outcome::Unknown, Outcome::Unknown},  // refunded
    State{"FIN", "U", Outcome::Unknown, Outcome::Unknown},  // in the bank's suspense
    State{"FIN", "M", Outcome::Unknown, Outcome::Unknown},  // not documented further
    State{"FIN", "V", Outcome::Unknown, Outcome::Unknown},  // not documented further
};

const State* find(std::string_view reqsts, std::string_view rtnflg) {
    const auto* found = std::find_if(kStates.begin(), kStates.end(), [&](const State& state) {
        return state.reqsts == reqsts && state.rtnflg == rtnflg;
    });
    return found == kStates.end() ? nullptr : found;
}

}  // namespace

std::span<const State> states() {
    return kStates;
}

Outcome outcome_of_opening(std::string_view reqsts, std::string_view rtnflg) {
    const State* state = find(reqsts, rtnflg);
    return state == nullptr ? Outcome::Unknown : state->opening;
}

Outcome outcome_of_deal(std::string_view reqsts, std::string_view rtnflg) {
    const State* state = find(reqsts, rtnflg);
    return state == nullptr ? Outcome::Unknown : state->deal;
}

}  // namespace huiqiao::direct_link
