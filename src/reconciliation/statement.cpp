#include "src/reconciliation/statement.h"

#include <algorithm>

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

bool is_return(const StatementLine& line) {
    return line.is_reversal || !line.return_reason.empty() || line.code.ends_with(kReturnMark) ||
           line.narrative.find(kReturnMark) != std::string::npos;
}

std::string reason_of_return(const StatementLine& line) {
    return line.return_reason.empty() ? "unspecified" : line.return_reason;
}

void GapFinder::add(int number) {
    if (first_gap_ == 0 && number > last_ + 1) first_gap_ = last_ + 1;
    last_ = std::max(last_, number);
}

void DaySum::add(int sequence, const Money& amount, bool is_credit) {
    net_ = is_credit ? net_ + amount : net_ - amount;
    ++lines_;
    numbers_.add(sequence);
}

int first_gap(std::span<const StatementLine> lines, int after) {
    std::vector<int> numbers;
    numbers.reserve(lines.size());
    for (const StatementLine& line : lines) numbers.push_back(line.sequence);
    std::sort(numbers.begin(), numbers.end());
    GapFinder gaps(after);
    for (const int number : numbers) gaps.add(number);
    return gaps.first_gap();
}

bool adds_up(const Statement& statement, const DaySum& lines) {
    if (lines.first_gap() != 0) return false;
    return !statement.is_closed || statement.opening + lines.net() == statement.balance;
}

std::vector<Finding> check_follows(Date day, std::int64_t number, const Money& opening, const ClosedDay& previous) {
    std::vector<Finding> findings;
    if (previous.closing != opening) {
        findings.push_back({StatementFault::OpeningDiffers,
                            "Opening " + opening.text() + " of " + day.text() + " differs from the closing " +
                                previous.closing.text() + " of " + previous.day.text() + ".",
                            day.text() + " 期初余额 " + opening.text() + " 与 " + previous.day.text() + " 期末余额 " +
                                previous.closing.text() + " 不符。",
                            opening - previous.closing});
    }
    if (previous.number != 0 && number != previous.number + 1) {
        findings.push_back(
            {StatementFault::NumberGap,
             "Statement number " + std::to_string(number) + " does not follow " + std::to_string(previous.number) + ".",
             "对账单编号 " + std::to_string(number) + " 与前一编号 " + std::to_string(previous.number) + " 不连续。",
             Money::zero(opening.currency())});
    }
    return findings;
}

std::vector<Finding> check_day(const Statement& closed, const DaySum& lines, const std::optional<ClosedDay>& previous) {
    std::vector<Finding> findings;
    const std::string day = closed.day.text();
    const Money none = Money::zero(closed.opening.currency());
    if (previous) findings = check_follows(closed.day, closed.number, closed.opening, *previous);
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
