#pragma once
// A difference between our books and a bank's statement that somebody must explain: it has an age and an owner, and is
// closed when it is explained, never deleted. Its id says what differs, so that finding it again opens no second one.

#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::reconciliation {

enum class BreakKind {
    Balance,         // our provision account against the bank's balance
    OpeningDiffers,  // the bank's statement contradicts itself
    ClosingDiffers,
    LineGap,
    NumberGap,
    MissingAtBank,  // 短款
    MissingHere,    // 长款
    AmountDiffers,  // 金额不符
    DirectionDiffers,
    Duplicate,  // 重复
};
std::string_view to_text(BreakKind kind);
BreakKind break_kind_from_text(std::string_view text);

struct Break {
    std::string id;  // kind|account|what
    BreakKind kind = BreakKind::Balance;
    std::string account;
    Money difference;  // bank's minus ours; zero where it is no amount
    bool is_open = true;
    std::string owner;
    std::string text_en;
    std::string text_zh;
    Instant opened_at{};
    Instant closed_at{};  // zero while open

    /// Whole days since it was opened.
    [[nodiscard]] int age_days(Instant now) const;
};

std::string break_id(BreakKind kind, std::string_view account, std::string_view what);

}  // namespace huiqiao::reconciliation
