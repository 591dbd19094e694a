#include "src/reconciliation/statement.h"

namespace huiqiao::reconciliation {

std::string_view to_text(StatementFault fault) {
    switch (fault) {
        case StatementFault::OpeningDiffers: return "opening_differs";
        case StatementFault::ClosingDiffers: return "closing_differs";
        case StatementFault::LineGap: return "line_gap";
        case StatementFault::NumberGap: return "number_gap";
    }
    throw LogicError("a statement fault has no text");
}

void DaySum::add(int sequence, const Money& amount, bool is_credit) {
    net_ = is_credit ? net_ + amount : net_ - amount;
    ++lines_;
    if (first_gap_ == 0 && sequence != static_cast<int>(lines_)) first_gap_ = static_cast<int>(lines_);
}

std::vector<Finding> check_day(const Statement& closed, const DaySum& lines, const std::optional<ClosedDay>& previous) {
    std::vector<Finding> findings;
    const std::string day = closed.day.text();
    const Money none = Money::zero(closed.opening.currency());
    if (previous && previous->closing != closed.opening) {
        findings.push_back({StatementFault::OpeningDiffers,
                            "Opening " + closed.opening.text() + " of " + day + " differs from the closing " +
                                previous->closing.text() + " of " + previous->day.text() + ".",
                            day + " 期初余额 " + closed.opening.text() + " 与 " + previous->day.text() + " 期末余额 " +
                                previous->closing.text() + " 不符。",
                            closed.opening - previous->closing});
    }
    if (previous && previous->number != 0 && closed.number != previous->number + 1) {
        findings.push_back({StatementFault::NumberGap,
                            "Statement number " + std::to_string(closed.number) + " does not follow " +
                                std::to_string(previous->number) + ".",
                            "对账单编号 " + std::to_string(closed.number) + " 与前一编号 " +
                                std::to_string(previous->number) + " 不连续。",
                            none});
    }
    if (const int gap = lines.first_gap(); gap != 0) {
        findings.push_back({StatementFault::LineGap, "Line " + std::to_string(gap) + " of " + day + " is missing.",
                            day + " 缺少第 " + std::to_string(gap) + " 笔明细。", none});
    }
    if (const Money sum = closed.opening + lines.net(); sum != closed.balance) {
        findings.push_back({StatementFault::ClosingDiffers,
                            "Closing " + closed.balance.text() + " of " + day + " differs from " + sum.text() +
                                ", the opening and its lines.",
                            day + " 期末余额 " + closed.balance.text() + " 与期初及明细合计 " + sum.text() + " 不符。",
                            closed.balance - sum});
    }
    return findings;
}

}  // namespace huiqiao::reconciliation
