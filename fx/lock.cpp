#include "fx/lock.h"

#include <array>

namespace huiqiao::fx {

namespace {

struct Step {
    LockState from;
    LockEvent event;
    LockState to;
};

constexpr std::array kSteps{
    Step{LockState::Requested, LockEvent::Confirmed, LockState::Locked},
    Step{LockState::Requested, LockEvent::Rejected, LockState::Rejected},
    Step{LockState::Requested, LockEvent::Unsure, LockState::Unknown},
    Step{LockState::Requested, LockEvent::TooLate, LockState::Lapsed},
    Step{LockState::Unknown, LockEvent::Confirmed, LockState::Locked},
    Step{LockState::Unknown, LockEvent::Rejected, LockState::Rejected},
    Step{LockState::Unknown, LockEvent::TooLate, LockState::Lapsed},
    Step{LockState::Locked, LockEvent::Dealt, LockState::Used},
    Step{LockState::Locked, LockEvent::TooLate, LockState::Expired},
    Step{LockState::Locked, LockEvent::Ended, LockState::Ended},
};

}  // namespace

std::optional<LockState> next(LockState state, LockEvent event) {
    for (const Step& step : kSteps) {
        if (step.from == state && step.event == event) return step.to;
    }
    return std::nullopt;
}

}  // namespace huiqiao::fx
