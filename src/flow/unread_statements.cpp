#include "src/flow/unread_statements.h"

#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

/// A place between two pages has no balance yet: then its day says how long it stands.
bool stands_too_long(const reconciliation::ReadingPlace& place, Instant now) {
    if (place.balance_at != Instant{}) return now - place.balance_at >= kUnreadMayWait;
    return now >= place.day.plus_days(2).at_shanghai(0);
}

}  // namespace

void tell_of_unread(db::Group& group, const reconciliation::ReadingPlace& place) {
    if (!stands_too_long(place, group.now)) return;
    const std::string line = std::to_string(place.seen_sequence);
    operators::WorkItems().open(
        group, operators::NewWorkItem{
                   std::string(kStatementUnread), "account", place.account,
                   "The bank's statement of account " + place.account + " for " + place.day.text() +
                       " cannot be read behind line " + line +
                       ", for hours: nothing behind it is booked, and nothing of it is lost. The last call "
                       "bank.statement says what is wrong with it; ask the bank for one that can be read. It is read "
                       "again by itself, and this is closed then.",
                   "账户 " + place.account + " " + place.day.text() + " 的银行对账单第 " + line +
                       " 行之后的内容已数小时无法读取：其后的流水均未入账，但没有丢失。原因见最近一次 bank.statement "
                       "调用；请向银行索取可读取的对账单。系统会自动重读，读通后本事项自动关闭。"});
}

void close_unread(db::Group& group, const reconciliation::ReadingPlace& place) {
    if (stands_too_long(place, group.now))
        operators::WorkItems().close(group, kStatementUnread, place.account, "its statement was read");
}

}  // namespace huiqiao::flow
