#include "adapters/sandbox_bank/fx_adapter.h"

#include <algorithm>
#include <array>

#include "adapters/sandbox_bank/fx_wire.h"
#include "adapters/sandbox_bank/opened_answer.h"
#include "fx/word_of_bank.h"

namespace huiqiao::sandbox_bank {

namespace {

// The bank refused before it took anything up; each of these is final for that reference.
constexpr std::array<std::string_view, 4> kLockRefusals{"stale_rate", "not_tradable", "over_limit", "desk_closed"};
constexpr std::array<std::string_view, 7> kPurchaseRefusals{"lock_expired",      "lock_used",   "no_such_lock",
                                                            "not_as_locked",     "desk_closed", "amount_too_small",
                                                            "insufficient_funds"};

template <std::size_t N>
bool is_listed(const std::array<std::string_view, N>& list, const std::string& code) {
    return std::find(list.begin(), list.end(), code) != list.end();
}

}  // namespace

fx::FxBankTraits SandboxFxBank::traits() const {
    return fx::FxBankTraits{.deals_cny_fixed = true, .longest_lock = std::chrono::seconds(300), .draws_in_parts = true};
}

WireRequest SandboxFxBank::write(const fx::Message& message) const {
    WireRequest request = write_fx(message);
    signature_.sign(request);
    return request;
}

fx::RatesReading SandboxFxBank::read_rates(const std::string& reference, const WireAnswer& answer) const {
    if (InstructionAnswer said = opened(signature_, reference, answer); !said.reason.empty())
        return {std::move(said), {}};
    std::optional<FxBoard> board = read_fx_board(answer.body);
    const auto refused = [&](std::string code, std::string why) {
        InstructionAnswer said = unknown(reference, std::move(why));
        said.reason_code = std::move(code);
        return fx::RatesReading{std::move(said), {}};
    };
    if (!board) return refused("bad_board", "the board cannot be read");
    // An older board, kept by somebody and sent again, does not carry this asking's reference.
    if (board->request != reference) return refused("other_request", "the board answers another request");
    return {InstructionAnswer{reference, Outcome::Confirmed, "", std::nullopt, "", ""}, std::move(board->lines)};
}

fx::LockReading SandboxFxBank::read_lock(const std::string& reference, const WireAnswer& answer, bool) const {
    fx::LockReading reading{opened(signature_, reference, answer), std::nullopt, {}};
    if (!reading.answer.reason.empty()) return reading;
    const std::optional<FxLockAnswer> told = read_fx_lock(answer.body);
    if (!told || told->reference != reference) {
        reading.answer.reason = "the answer cannot be read, or names another reference";
        return reading;
    }
    reading.answer.reason_code = told->code;
    reading.answer.reason = told->text;
    if (told->status == "locked" && told->expires_at) {
        reading.answer.outcome = Outcome::Confirmed;
        reading.answer.their_reference = told->lock;
        reading.rate = told->rate;
        reading.expires_at = *told->expires_at;
    } else if (told->status == "rejected" && is_listed(kLockRefusals, told->code)) {
        reading.answer.outcome = Outcome::RejectedFinal;
    }
    return reading;
}

fx::PurchaseReading SandboxFxBank::read_purchase(const std::string& reference, const WireAnswer& answer, bool) const {
    fx::PurchaseReading reading{opened(signature_, reference, answer), std::nullopt};
    if (!reading.answer.reason.empty()) return reading;
    const std::optional<FxPurchaseAnswer> told = read_fx_purchase(answer.body);
    if (!told || told->reference != reference) {
        reading.answer.reason = "the answer cannot be read, or names another reference";
        return reading;
    }
    reading.answer.reason_code = told->code;
    reading.answer.reason = told->text;
    if (told->status == "dealt" && told->deal && !fx::agrees(*told->deal)) {
        reading.answer.reason_code = "deal_amounts";
        reading.answer.reason = "the deal's rate and amounts do not agree";
    } else if (told->status == "dealt" && told->deal) {
        reading.answer.outcome = Outcome::Confirmed;
        reading.answer.their_reference = told->deal->bank_reference;
        reading.answer.amount = told->deal->foreign;
        reading.deal = told->deal;
    } else if (told->status == "processing") {
        reading.answer.outcome = Outcome::Accepted;
    } else if (told->status == "rejected" && is_listed(kPurchaseRefusals, told->code)) {
        reading.answer.outcome = Outcome::RejectedFinal;
    }
    return reading;
}

}  // namespace huiqiao::sandbox_bank
