#include "src/flow/fund_again.h"

#include "src/base/sometimes.h"
#include "src/flow/reconcile.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

using reconciliation::Break;
using reconciliation::BreakKind;
using reconciliation::DoubtfulDay;
using reconciliation::Statement;
using reconciliation::StatementRequest;
using reconciliation::StatementStore;

constexpr std::string_view kWorkItem = "statement_day_disagrees";

std::vector<std::string> breaks_of(const std::string& account, Date day) {
    const std::string number = std::to_string(day.number());
    return {reconciliation::break_id(BreakKind::LineGap, account, number),
            reconciliation::break_id(BreakKind::ClosingDiffers, account, number)};
}

operators::NewWorkItem told(const DoubtfulDay& doubt) {
    const std::string what = doubt.account + " of " + doubt.day.text();
    return {std::string(kWorkItem), "statement_day", doubt.id(),
            "The statement of " + what + " was read " + std::to_string(doubt.tries) +
                " times again, and its lines still leave one out or do not come to its closing balance. What is here "
                "is booked; the bank must say what is missing.",
            doubt.account + " 账户 " + doubt.day.text() + " 的对账单已重读 " + std::to_string(doubt.tries) +
                " 次，明细仍缺号或与期末余额不符。已有明细均已入账，请向银行查明缺少的部分。"};
}

/// Whether the ordinary reading has closed that day and gone on; its place is locked.
bool is_behind(db::Reader& reader, const StatementRequest& asked) {
    const auto places = StatementStore::places(reader, std::span(&asked.account, 1));
    const auto place = places.find(asked.account);
    return place != places.end() && asked.day < place->second.day;
}

void settle(db::Group& group, const Statement& statement) {
    std::vector<Break> closed;
    for (auto& [id, found] : StatementStore::breaks(group.tx, breaks_of(statement.account, statement.day))) {
        if (!found.is_open) continue;
        found.is_open = false;
        found.closed_at = group.now;
        operators::WorkItems().close(group, kBreakOverdue, id, "explained");
        closed.push_back(std::move(found));
    }
    StatementStore::save_breaks(group.tx, closed);
}

}  // namespace

void lock_breaks_of_day(db::Locks& locks, const std::string& account, Date day) {
    for (const std::string& id : breaks_of(account, day)) locks.add(reconciliation::kBreakLock, id);
}

void doubt_day(db::Group& group, const FundSettings& settings, const std::string& account, Date day) {
    DoubtfulDay doubt{.account = account, .day = day};
    const auto standing = StatementStore::doubt(group.tx, doubt.id());
    if (standing && standing->due_at) return;
    doubt.due_at = group.now + settings.again_after.front();
    if (standing)
        StatementStore::save_doubts(group.tx, std::span(&doubt, 1));
    else
        StatementStore::insert_doubt(group.tx, doubt);
    sometimes("a statement leaves a line out");
}

void judge_again(db::Group& group, const FundSettings& settings, const StatementRequest& asked,
                 const ReadStatement* came) {
    const Statement* statement = came == nullptr ? nullptr : &came->statement;
    std::optional<DoubtfulDay> doubt = StatementStore::doubt(group.tx, DoubtfulDay{asked.account, asked.day}.id());
    if (!doubt || !doubt->due_at || doubt->seen_sequence != asked.after_sequence) return;
    if (statement != nullptr && !statement->is_last_page && !statement->lines.empty()) {
        doubt->seen_sequence = statement->lines.back().sequence;
        doubt->due_at = group.now;
        StatementStore::save_doubts(group.tx, std::span(&*doubt, 1));
        return;
    }
    doubt->seen_sequence = 0;
    bool agrees = false;
    if (statement != nullptr && statement->is_last_page) {
        reconciliation::DaySum lines = came->before;
        StatementStore::add_lines(group.tx, asked.account, asked.day, {.behind = asked.after_sequence},
                                  settings.lines_a_page, lines);
        // An answer of before the day was closed says nothing of its closing balance.
        const bool behind = is_behind(group.tx, asked);
        agrees = reconciliation::adds_up(*statement, lines) && (statement->is_closed || !behind);
        if (agrees) settle(group, *statement);
        // Closed by the bank and not yet read so far: the ordinary reading will count them.
        if (agrees && behind) StatementStore::save_line_count(group.tx, *statement, lines.lines());
    }
    if (agrees) {
        doubt->due_at.reset();
        operators::WorkItems().close(group, kWorkItem, doubt->id(), "its lines are complete");
        sometimes("a statement day adds up when it is read again");
    } else {
        ++doubt->tries;
        const auto next = static_cast<std::size_t>(doubt->tries);
        doubt->due_at.reset();
        if (next < settings.again_after.size()) doubt->due_at = group.now + settings.again_after[next];
        if (doubt->tries >= settings.tell_after || !doubt->due_at) operators::WorkItems().open(group, told(*doubt));
    }
    StatementStore::save_doubts(group.tx, std::span(&*doubt, 1));
}

}  // namespace huiqiao::flow
