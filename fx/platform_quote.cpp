#include "fx/platform_quote.h"

#include <array>
#include <utility>

namespace huiqiao::fx {

namespace {

using State = PlatformQuoteState;
using Event = PlatformQuoteEvent;

constexpr std::array<std::pair<State, std::string_view>, 4> kTexts{
    {{State::Open, "open"}, {State::Taken, "taken"}, {State::Met, "met"}, {State::Lapsed, "lapsed"}}};

}  // namespace

std::optional<State> next(State state, Event event) {
    if (state == State::Open && event == Event::Taken) return State::Taken;
    if (state == State::Open && event == Event::Accepted) return State::Met;
    if (state == State::Taken && event == Event::Met) return State::Met;
    if (state == State::Taken && event == Event::Over) return State::Lapsed;
    if (state == State::Met && event == Event::Over) return State::Lapsed;
    return std::nullopt;
}

std::string_view to_text(State state) {
    for (const auto& [known, text] : kTexts) {
        if (known == state) return text;
    }
    throw LogicError("an enumerator without a text");
}

State platform_quote_state_from_text(std::string_view text) {
    for (const auto& [state, known] : kTexts) {
        if (known == text) return state;
    }
    throw LogicError("'" + std::string(text) + "' is no state of a platform's quote");
}

}  // namespace huiqiao::fx
