#include "src/parties/platform.h"

#include <algorithm>
#include <array>

#include "src/base/error.h"

namespace huiqiao::parties {

namespace {

// GB 32100: the alphabet leaves out I, O, S, V and Z; a character's value is its place.
constexpr std::string_view kCreditCodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::array<int, 17> kCreditCodeWeights{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};

bool is_credit_code(std::string_view code) {
    int sum = 0;
    for (std::size_t at = 0; at < kCreditCodeWeights.size(); ++at) {
        const std::size_t value = kCreditCodeAlphabet.find(code[at]);
        if (value == std::string_view::npos) return false;
        sum += static_cast<int>(value) * kCreditCodeWeights[at];
    }
    const auto check = static_cast<std::size_t>((31 - sum % 31) % 31);
    return code[17] == kCreditCodeAlphabet[check];
}

}  // namespace

std::string_view to_text(KeyState state) {
    switch (state) {
        case KeyState::Pending: return "pending";
        case KeyState::Active: return "active";
        case KeyState::Retiring: return "retiring";
        case KeyState::Revoked: return "revoked";
    }
    throw LogicError("key state out of range");
}

KeyState key_state_from_text(std::string_view text) {
    for (const KeyState state : {KeyState::Pending, KeyState::Active, KeyState::Retiring, KeyState::Revoked}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no key state: " + std::string(text));
}

bool PlatformKey::counts_at(Instant now) const {
    return (state == KeyState::Active || state == KeyState::Retiring) && not_before <= now && now < not_after;
}

bool is_customs_code(std::string_view code) {
    if (code.size() == 18) return is_credit_code(code);
    return code.size() == 10 && std::all_of(code.begin(), code.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace huiqiao::parties
