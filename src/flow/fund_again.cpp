#include "src/flow/fund_again.h"

#include "src/base/sometimes.h"
#include "src/flow/closed_days.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

using reconciliation::DoubtfulDay;
using reconciliation::Statement;
using reconciliation::StatementRequest;
using reconciliation::StatementStore;

constexpr std::string_view kWorkItem = "statement_day_disagrees";

operators::NewWorkItem told(const DoubtfulDay& doubt) {
    const std::string what = doubt.account + " of " + doubt.day.text();
    return {std::string(kWorkItem), "statement_day", doubt.id(),
            "The statement of " + what + " was read " + std::to_string(doubt.tries) +
                " times again, and its lines still leave one out, do not come to its closing balance, or its balances "
                "are not those of the days beside it. What is here is booked; the bank must say what is missing.",
            doubt.account + " 账户 " + doubt.day.text() + " 的对账单已重读 " + std::to_string(doubt.tries) +
                " 次，明细仍缺号、与期末余额不符，或余额与前后日不衔接。已有明细均已入账，请向银行查明缺少的部分。"};
}

/// Whether the ordinary reading has closed that day and gone on; its place is locked.
bool is_behind(db::Reader& reader, const StatementRequest& asked) {
    const auto places = StatementStore::places(reader, std::span(&asked.account, 1));
    const auto place = places.find(asked.account);
    return place != places.end() && asked.day < place->second.day;
}

/// A bank that corrects one day has often corrected the one beside it too: those that are closed here are read once
/// more, and all that then agree are in doubt no longer.
void doubt_days_beside(db::Group& group, const FundSettings& settings, const StatementRequest& asked) {
    for (const Date day : {asked.day.plus_days(-1), asked.day.plus_days(1)}) {
        if (reconciliation::closed_word(group.tx, asked.account, day)) doubt_day(group, settings, asked.account, day);
    }
}

}  // namespace

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
                 const ReadStatement* came, const std::string& call_id) {
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
        if (!is_behind(group.tx, asked)) {
            agrees = reconciliation::adds_up(*statement, lines);
        } else if (statement->is_closed) {
            // An answer of before the day was closed says nothing of its closing balance.
            const LaterWord judged = take_later_word(group, *statement, lines, call_id);
            agrees = judged.agrees;
            if (judged.corrected) doubt_days_beside(group, settings, asked);
        }
    }
    if (agrees) {
        doubt->due_at.reset();
        operators::WorkItems().close(group, kWorkItem, doubt->id(), "it agrees");
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
