#include "adapters/sandbox_bank/lock_end_adapter.h"

#include <algorithm>
#include <array>

#include "adapters/sandbox_bank/lock_end_wire.h"
#include "adapters/sandbox_bank/opened_answer.h"

namespace huiqiao::sandbox_bank {

namespace {

// The bank refused before it took anything up; each of these is final for that reference.
constexpr std::array<std::string_view, 6> kCostRefusals{"no_such_lock", "lock_expired", "not_as_left",
                                                        "not_offered",  "too_long",     "desk_closed"};
constexpr std::array<std::string_view, 6> kEndRefusals{"no_such_offer", "offer_over",   "not_as_offered",
                                                       "not_as_left",   "lock_expired", "desk_closed"};

template <std::size_t N>
bool is_listed(const std::array<std::string_view, N>& list, const std::string& code) {
    return std::find(list.begin(), list.end(), code) != list.end();
}

}  // namespace

WireRequest SandboxLockEnds::write(const fx::LockEndMessage& message) const {
    WireRequest request = write_lock_end(message);
    signature_.sign(request);
    return request;
}

fx::EndCostReading SandboxLockEnds::read_cost(const std::string& reference, const WireAnswer& answer) const {
    fx::EndCostReading reading{opened(signature_, reference, answer), {}, {}};
    if (!reading.answer.reason.empty()) return reading;
    const std::optional<LockEndAnswer> told = read_lock_end(answer.body);
    if (!told || told->reference != reference) {
        reading.answer.reason = "the answer cannot be read, or names another reference";
        return reading;
    }
    reading.answer.reason_code = told->code;
    reading.answer.reason = told->text;
    if (told->status == "offered" && told->cost && told->stands_until) {
        reading.answer.outcome = Outcome::Confirmed;
        reading.answer.their_reference = told->number;
        reading.cost = *told->cost;
        reading.stands_until = *told->stands_until;
        reading.to = told->to;
    } else if (told->status == "rejected" && is_listed(kCostRefusals, told->code)) {
        reading.answer.outcome = Outcome::RejectedFinal;
    }
    return reading;
}

fx::EndReading SandboxLockEnds::read_end(const std::string& reference, const WireAnswer& answer) const {
    fx::EndReading reading{opened(signature_, reference, answer), std::nullopt};
    if (!reading.answer.reason.empty()) return reading;
    const std::optional<LockEndAnswer> told = read_lock_end(answer.body);
    if (!told || told->reference != reference) {
        reading.answer.reason = "the answer cannot be read, or names another reference";
        return reading;
    }
    reading.answer.reason_code = told->code;
    reading.answer.reason = told->text;
    if (told->status == "ended" && told->cost) {
        reading.answer.outcome = Outcome::Confirmed;
        reading.answer.their_reference = told->number;
        reading.charged = told->cost;
        reading.to = told->to;
    } else if (told->status == "processing") {
        reading.answer.outcome = Outcome::Accepted;
    } else if (told->status == "rejected" && is_listed(kEndRefusals, told->code)) {
        reading.answer.outcome = Outcome::RejectedFinal;
    }
    return reading;
}

}  // namespace huiqiao::sandbox_bank
