#include "src/reconciliation/break.h"

#include <array>
#include <utility>

namespace huiqiao::reconciliation {
namespace {

constexpr std::array<std::pair<BreakKind, std::string_view>, 10> kKinds{{
    {BreakKind::Balance, "balance"},
    {BreakKind::OpeningDiffers, "opening_differs"},
    {BreakKind::ClosingDiffers, "closing_differs"},
    {BreakKind::LineGap, "line_gap"},
    {BreakKind::NumberGap, "number_gap"},
    {BreakKind::MissingAtBank, "missing_at_bank"},
    {BreakKind::MissingHere, "missing_here"},
    {BreakKind::AmountDiffers, "amount_differs"},
    {BreakKind::DirectionDiffers, "direction_differs"},
    {BreakKind::Duplicate, "duplicate"},
}};

}  // namespace

std::string_view to_text(BreakKind kind) {
    for (const auto& [known, text] : kKinds) {
        if (known == kind) return text;
    }
    throw LogicError("a break kind has no text");
}

BreakKind break_kind_from_text(std::string_view text) {
    for (const auto& [kind, known] : kKinds) {
        if (known == text) return kind;
    }
    throw LogicError("'" + std::string(text) + "' is no break kind");
}

int Break::age_days(Instant now) const {
    return static_cast<int>(std::chrono::floor<std::chrono::days>(now - opened_at).count());
}

std::string break_id(BreakKind kind, std::string_view account, std::string_view what) {
    return std::string(to_text(kind)) + "|" + std::string(account) + "|" + std::string(what);
}

}  // namespace huiqiao::reconciliation
