#include "fx/lock_end.h"

#include <array>

#include "fx/enum_texts.h"

namespace huiqiao::fx {

namespace {

using S = LockEndState;
using E = LockEndEvent;

struct Step {
    S from;
    E event;
    S to;
};
constexpr std::array kSteps{
    Step{S::Asked, E::Priced, S::Priced},    Step{S::Asked, E::NotOffered, S::NotOffered},
    Step{S::Asked, E::TooLate, S::Over},     Step{S::Priced, E::TooLate, S::Over},
    Step{S::Priced, E::Refused, S::Refused}, Step{S::Priced, E::Confirmed, S::Ordered},
    Step{S::Ordered, E::TooLate, S::Over},   Step{S::Ordered, E::Unsure, S::Unknown},
    Step{S::Ordered, E::Done, S::Done},      Step{S::Ordered, E::Rejected, S::Rejected},
    Step{S::Unknown, E::Done, S::Done},      Step{S::Unknown, E::Rejected, S::Rejected},
};

constexpr Texts<EndWay, 3> kWays{{{EndWay::Cancel, "cancel"}, {EndWay::CloseOut, "close_out"}, {EndWay::Roll, "roll"}}};
constexpr Texts<S, 9> kStates{{{S::Asked, "asked"},
                               {S::Priced, "priced"},
                               {S::NotOffered, "not_offered"},
                               {S::Over, "over"},
                               {S::Refused, "refused"},
                               {S::Ordered, "ordered"},
                               {S::Unknown, "unknown"},
                               {S::Done, "done"},
                               {S::Rejected, "rejected"}}};

}  // namespace

std::string_view to_text(EndWay way) {
    return text_of(kWays, way);
}
EndWay end_way_from_text(std::string_view text) {
    return value_of(kWays, text);
}
std::string_view to_text(LockEndState state) {
    return text_of(kStates, state);
}
LockEndState lock_end_state_from_text(std::string_view text) {
    return value_of(kStates, text);
}

bool is_line_awaited(const LockEnd& end) {
    return end.state == LockEndState::Done && end.settled_by.empty() &&
           (end.charged.we_pay.is_positive() || end.charged.we_get.is_positive());
}

std::optional<LockEndState> next(LockEndState state, LockEndEvent event) {
    for (const Step& step : kSteps)
        if (step.from == state && step.event == event) return step.to;
    return std::nullopt;
}

}  // namespace huiqiao::fx
