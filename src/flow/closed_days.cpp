#include "src/flow/closed_days.h"

#include <algorithm>
#include <array>

#include "src/base/sometimes.h"
#include "src/flow/decision.h"
#include "src/flow/reconcile.h"
#include "src/operators/work_item.h"
#include "src/reconciliation/closed_day.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {
namespace {

using reconciliation::Break;
using reconciliation::BreakKind;
using reconciliation::ClosedWord;
using reconciliation::DaySum;
using reconciliation::Finding;
using reconciliation::Statement;
using reconciliation::StatementFault;
using reconciliation::StatementStore;

constexpr std::string_view kWorkItem = "statement_corrected";
constexpr std::array kOfDay{BreakKind::OpeningDiffers, BreakKind::NumberGap, BreakKind::LineGap,
                            BreakKind::ClosingDiffers};
constexpr std::array kOfDayBehind{BreakKind::OpeningDiffers, BreakKind::NumberGap};

std::string break_of(BreakKind kind, const std::string& account, Date day) {
    return reconciliation::break_id(kind, account, std::to_string(day.number()));
}

Break opened(const Finding& finding, const std::string& account, Date day, Instant now) {
    const auto kind = reconciliation::break_kind_from_text(to_text(finding.fault));
    return {.id = break_of(kind, account, day),
            .kind = kind,
            .account = account,
            .difference = finding.difference,
            .is_open = true,
            .owner = "",
            .text_en = finding.text_en,
            .text_zh = finding.text_zh,
            .opened_at = now,
            .closed_at = {}};
}

bool has(std::span<const Finding> findings, StatementFault fault) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& one) { return one.fault == fault; });
}

/// What was found of these kinds is open as it is now, and what was not is closed.
void settle(db::Group& group, const std::string& account, Date day, std::span<const BreakKind> kinds,
            std::span<const Finding> findings) {
    std::vector<std::string> ids;
    for (const BreakKind kind : kinds) ids.push_back(break_of(kind, account, day));
    std::map<std::string, Break> standing = StatementStore::breaks(group.tx, ids);
    std::vector<Break> fresh;
    std::vector<Break> changed;
    for (const Finding& finding : findings) {
        Break now = opened(finding, account, day, group.now);
        const auto before = standing.find(now.id);
        if (before == standing.end()) {
            fresh.push_back(std::move(now));
            continue;
        }
        if (before->second.is_open) now.opened_at = before->second.opened_at;  // it ages from when it was first seen
        now.owner = before->second.owner;
        standing.erase(before);
        changed.push_back(std::move(now));
    }
    for (auto& [id, gone] : standing) {
        if (!gone.is_open) continue;
        gone.is_open = false;
        gone.closed_at = group.now;
        operators::WorkItems().close(group, kBreakOverdue, id, "explained");
        changed.push_back(std::move(gone));
    }
    StatementStore::insert_breaks(group.tx, fresh);
    StatementStore::save_breaks(group.tx, changed);
}

void tell(db::Group& group, const Statement& statement, const ClosedWord& before) {
    const operators::NewWorkItem item{
        std::string(kWorkItem), "statement_day", statement.account + "|" + std::to_string(statement.day.number()),
        "The bank changed its word on the closed day " + statement.day.text() + " of " + statement.account +
            ": opening " + amount_with_currency(before.opening) + " and closing " +
            amount_with_currency(before.closing) + " became opening " + amount_with_currency(statement.opening) +
            " and closing " + amount_with_currency(statement.balance) +
            ". Both are kept, and the newer one counts: see whether anything was reported by the first.",
        "银行更改了 " + statement.account + " 账户已结日 " + statement.day.text() + " 的对账单：期初 " +
            amount_with_currency(before.opening) + "、期末 " + amount_with_currency(before.closing) + " 改为期初 " +
            amount_with_currency(statement.opening) + "、期末 " + amount_with_currency(statement.balance) +
            "。两者均保留，以新者为准；请核实是否已有报送依据原余额。"};
    // One that stands open from an earlier change tells the latest.
    operators::WorkItems().open(group, item);
    operators::WorkItems().retell(group, item);
}

/// Where reading has closed this day last, the day that is read next is compared with its new closing.
void correct_place(db::Group& group, const Statement& statement) {
    auto places = StatementStore::places(group.tx, std::span(&statement.account, 1));
    const auto place = places.find(statement.account);
    if (place == places.end() || !place->second.closed || place->second.closed->day != statement.day) return;
    place->second.closed = reconciliation::ClosedDay{statement.day, statement.number, statement.balance};
    StatementStore::save_places(group.tx, std::span(&place->second, 1));
}

}  // namespace

void lock_breaks_of_day(db::Locks& locks, const std::string& account, Date day) {
    for (const BreakKind kind : kOfDay) locks.add(reconciliation::kBreakLock, break_of(kind, account, day));
    for (const BreakKind kind : kOfDayBehind) {
        locks.add(reconciliation::kBreakLock, break_of(kind, account, day.plus_days(1)));
    }
}

bool take_first_word(db::Group& group, const Statement& statement, const DaySum& lines,
                     const std::optional<reconciliation::ClosedDay>& previous, const std::string& call_id) {
    reconciliation::insert_first_word(group.tx, statement, lines.lines(), call_id);
    const std::vector<Finding> findings = reconciliation::check_day(statement, lines, previous);
    std::vector<Break> breaks;
    for (const Finding& finding : findings)
        breaks.push_back(opened(finding, statement.account, statement.day, group.now));
    StatementStore::insert_breaks(group.tx, breaks);
    return !has(findings, StatementFault::OpeningDiffers);
}

LaterWord take_later_word(db::Group& group, const Statement& statement, const DaySum& lines,
                          const std::string& call_id) {
    const std::string& account = statement.account;
    const Date day = statement.day;
    const std::optional<ClosedWord> before = reconciliation::closed_word(group.tx, account, day);
    if (!before) throw LogicError("a later word on " + day.text() + " of " + account + ", which is not closed");
    LaterWord judged{.agrees = reconciliation::adds_up(statement, lines), .corrected = !before->says(statement)};
    if (judged.corrected) {
        reconciliation::insert_correction(group.tx, statement, *before, call_id, group.now);
        correct_place(group, statement);
        tell(group, statement, *before);
        sometimes("a bank corrects a closed day");
    }
    reconciliation::save_line_count(group.tx, statement, lines.lines());

    std::optional<reconciliation::ClosedDay> previous;
    if (const auto word = reconciliation::closed_word(group.tx, account, day.plus_days(-1)))
        previous = word->as_closed();
    const std::vector<Finding> findings = reconciliation::check_day(statement, lines, previous);
    settle(group, account, day, kOfDay, findings);
    judged.agrees = judged.agrees && !has(findings, StatementFault::OpeningDiffers);

    if (const auto behind = reconciliation::closed_word(group.tx, account, day.plus_days(1))) {
        const std::vector<Finding> follows = reconciliation::check_follows(behind->day, behind->number, behind->opening,
                                                                           {day, statement.number, statement.balance});
        settle(group, account, behind->day, kOfDayBehind, follows);
        judged.agrees = judged.agrees && !has(follows, StatementFault::OpeningDiffers);
    }
    return judged;
}

}  // namespace huiqiao::flow
