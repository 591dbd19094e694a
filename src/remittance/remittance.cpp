#include "src/remittance/remittance.h"

#include <array>
#include <utility>

namespace huiqiao::remittance {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 6> kKinds{{{Kind::Foreign, "foreign"},
                                                                   {Kind::CnyAbroad, "cny_abroad"},
                                                                   {Kind::Domestic, "domestic"},
                                                                   {Kind::TopUp, "own_top_up"},
                                                                   {Kind::Sweep, "own_sweep"},
                                                                   {Kind::Transfer, "transfer"}}};

constexpr std::array<std::pair<State, std::string_view>, 5> kStates{{{State::Ordered, "ordered"},
                                                                     {State::Accepted, "accepted"},
                                                                     {State::Confirmed, "confirmed"},
                                                                     {State::Rejected, "rejected"},
                                                                     {State::Unknown, "unknown"}}};

template <class Table, class Enum>
std::string_view text_in(const Table& table, Enum value) {
    for (const auto& [known, text] : table) {
        if (known == value) return text;
    }
    throw LogicError("an enum value of a remittance has no text");
}

template <class Table>
auto value_in(const Table& table, std::string_view wanted) {
    for (const auto& [known, text] : table) {
        if (text == wanted) return known;
    }
    throw LogicError("'" + std::string(wanted) + "' is no stored text of a remittance");
}

}  // namespace

std::string_view to_text(Kind kind) {
    return text_in(kKinds, kind);
}
std::string_view to_text(State state) {
    return text_in(kStates, state);
}
Kind kind_from_text(std::string_view text) {
    return value_in(kKinds, text);
}
State state_from_text(std::string_view text) {
    return value_in(kStates, text);
}

}  // namespace huiqiao::remittance
