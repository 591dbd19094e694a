#pragma once
// What is left of a held lock is ended at its bank before its time (fx/lock_end.h). A dealer asks what one way costs; a
// second person confirms that very cost while it stands, or refuses. By his word the bank is told, once: an unknown
// outcome is only queried, and nothing is drawn on the lock meanwhile. What the bank takes or pays for it is ours,
// since such a lock has no customer: a loss that own funds among customers' money do not cover is not confirmed, and
// what a bank did all the same is booked. What it takes is held until its line on the statement settles it
// (LockEndLines); a line that does not come is told, and what it would bring is no own fund before.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fx/lock_end_bank.h"
#include "src/flow/convert.h"
#include "src/flow/line_taker.h"

namespace huiqiao::flow {

inline constexpr std::string_view kLockEndWaits = "lock_end_waits";  // work items; subject: the end
inline constexpr std::string_view kLockEndDiffers = "lock_end_differs";
inline constexpr std::string_view kLockEndRejected = "lock_end_rejected";
inline constexpr std::string_view kLockEndLineMissing = "lock_end_line_missing";

struct AskLockEnd : db::Item {
    std::string operator_id;
    std::string lock_id;
    fx::EndWay way = fx::EndWay::Cancel;
    bool is_look = false;
    std::optional<Instant> until;      // of a roll alone
    std::optional<fx::LockEnd> asked;  // answer
    std::optional<Error> error;        // answer
};

struct DecideLockEnd : db::Item {
    std::string operator_id;
    std::string end_id;
    std::optional<fx::EndCost> confirmed;  // absent: refused
    std::string rate;                      // per unit, of a roll: as it was offered
    std::string reason;                    // of a refusal
    std::optional<fx::LockEnd> decided;    // answer
    std::optional<Error> error;            // answer
};

/// A way in which a lock may end, as a person chooses among them. No way: it is kept, and costs nothing now.
struct EndChoice {
    std::optional<fx::EndWay> way;
    std::optional<Error> why_not;       // absent: it can be asked for
    std::optional<fx::LockEnd> latest;  // what was asked of the bank last
};

class LockEnds {
 public:
    /// All references, and what the settings name, must outlive it; settings as convert's.
    LockEnds(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
             const fx::ValueDates& value_dates, ConvertSettings settings);
    ~LockEnds();

    /// Take AskLockEnd and DecideLockEnd.
    [[nodiscard]] db::Operation& ask();
    [[nodiscard]] db::Operation& decide();
    /// Costs that no longer stand, orders that could not leave in time, lines that did not come. How many.
    int step(Instant now);
    /// To be registered with the call worker: "fx.end_cost", "fx.end_lock".
    [[nodiscard]] calls::AnswerHandler& cost_handler();
    [[nodiscard]] calls::AnswerHandler& end_handler();

    /// Side by side, the one that costs nothing now first. Empty where there is no such held lock. Asks nobody.
    [[nodiscard]] std::vector<EndChoice> choices(db::Reader& reader, const std::string& lock_id, Instant now) const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Lines of statements that are of an end of a lock, by its reference. One whose end is not known yet waits; one that
/// does not agree with it, or a second one, goes to suspense under it, told.
class LockEndLines final : public LineTaker {
 public:
    explicit LockEndLines(const ledger::Ledger& ledger) : ledger_(ledger) {}
    [[nodiscard]] std::unique_ptr<LineTaking> begin() override;

 private:
    const ledger::Ledger& ledger_;
};

namespace lock_end_error {
inline constexpr ErrorCode kNotHeld{
    "lock_end_not_held", ErrorGroup::Rule,
    "Lock {lock} was asked for by purchase {purchase} alone, and ends with it. Nothing was asked of {bank}.",
    "锁汇 {lock} 仅用于购汇 {purchase}，随其结束。未向 {bank} 提出请求。"};
inline constexpr ErrorCode kLockOver{
    "lock_end_lock_over", ErrorGroup::Conflict,
    "Lock {lock} of {bank} is {state} or is just ending, so that there is nothing to end. Nothing was asked of it.",
    "{bank} 的锁汇 {lock} 状态为 {state} 或即将到期，没有可结束的部分。未向其提出请求。"};
inline constexpr ErrorCode kNothingLeft{
    "lock_end_nothing_left", ErrorGroup::Conflict,
    "Nothing is left of lock {lock}: purchases drew all of it, so that there is nothing to end. Nothing was asked of "
    "{bank}.",
    "锁汇 {lock} 已全部使用，没有可结束的部分。未向 {bank} 提出请求。"};
inline constexpr ErrorCode kCannot{
    "lock_end_not_offered", ErrorGroup::Rule,
    "By its agreement {bank} does not end a lock by {way}. Nothing was asked of it; huiqiao lock ends shows what it "
    "does.",
    "按约定，{bank} 不以 {way} 方式结束锁汇。未向其提出请求；可查看该锁汇的可选方式。"};
inline constexpr ErrorCode kDrawnOn{
    "lock_end_drawn_on", ErrorGroup::Conflict,
    "Purchase {purchase} was ordered by lock {lock}, and its outcome is not known yet, so that nobody knows what is "
    "left. "
    "Nothing was asked of {bank}; ask again when it is known.",
    "购汇 {purchase} 已按锁汇 {lock} 下单，结果尚未知，剩余金额无法确定。未向 {bank} 提出请求；请待其结果明确后再试。"};
inline constexpr ErrorCode kAlready{
    "lock_end_open", ErrorGroup::Conflict,
    "The end {end} of lock {lock} is {state} already, and there is one at a time. Nothing was asked of {bank}.",
    "锁汇 {lock} 已有结束申请 {end}，状态为 {state}；同一时间只能有一项。未向 {bank} 提出请求。"};
inline constexpr ErrorCode kNoEnd{"lock_end_not_found", ErrorGroup::NotFound, "There is no end {end} of a lock.",
                                  "没有锁汇结束申请 {end}。"};
inline constexpr ErrorCode kNotAwaited{
    "lock_end_not_awaited", ErrorGroup::Conflict,
    "The end {end} is {state}: nobody's confirmation is awaited. Nothing was changed.",
    "结束申请 {end} 状态为 {state}，不等待确认。未作任何改动。"};
inline constexpr ErrorCode kOnlyLook{
    "lock_end_only_look", ErrorGroup::Rule,
    "Of {end} only the cost was asked, to look at it. Nothing was changed; a dealer asks for the end itself.",
    "{end} 仅为查看费用。未作任何改动；请由交易员正式申请结束。"};
inline constexpr ErrorCode kCostOver{
    "lock_end_cost_over", ErrorGroup::Conflict,
    "The order to end by {end} could leave until {until}, while its cost and its lock stand, and that is over. Nothing "
    "was ended; a dealer asks anew.",
    "{end} 须在费用及锁汇有效期内发出，最迟为 {until}，现已过时。未结束任何部分；请由交易员重新申请。"};
inline constexpr ErrorCode kOtherCost{
    "lock_end_other_cost", ErrorGroup::Conflict,
    "The bank offered {end} for CNY {pay} to pay and {get} to get, and that is not what was confirmed. Nothing was "
    "ended.",
    "银行对 {end} 的报价为支付人民币 {pay}、收取 {get}，与所确认的不符。未结束任何部分。"};
inline constexpr ErrorCode kOtherRate{
    "lock_end_other_rate", ErrorGroup::Conflict,
    "The bank offered {end} at the rate {rate}, and that is not what was confirmed. Nothing was ended.",
    "银行对 {end} 报出的汇率为 {rate}，与所确认的不符。未结束任何部分。"};
inline constexpr ErrorCode kNoRate{
    "lock_end_has_no_rate", ErrorGroup::Conflict,
    "The bank offered {end} ({way}) without a rate, and {rate} was confirmed: only a roll has one. Nothing was ended; "
    "confirm it without a rate.",
    "银行对 {end}（{way}）的报价没有汇率，而所确认的汇率为 {rate}：只有展期才有汇率。未结束任何部分；请不带汇率确认。"};
inline constexpr ErrorCode kRolledOther{
    "lock_end_rolled_other", ErrorGroup::Conflict,
    "The bank did {end} at the rate {rate} for CNY {pay} to pay and {get} to get, and that is not what was confirmed. "
    "Nothing was changed: the lock stays frozen.",
    "银行按汇率 {rate} 执行了 {end}，支付人民币 {pay}、收取 {get}，与所确认的不符。未作任何改动：锁汇仍冻结。"};
inline constexpr ErrorCode kRolledOver{
    "lock_end_rolled_over", ErrorGroup::Conflict,
    "The terms at which the bank did {end} ran out at {until}. Nothing was changed: the lock stays frozen; refuse "
    "them.",
    "银行执行 {end} 的条件已于 {until} 到期。未作任何改动：锁汇仍冻结；请予以拒绝。"};
inline constexpr ErrorCode kUntil{
    "lock_end_until", ErrorGroup::Rule,
    "A roll is until a time after {expires}, and no other way has such a time. Nothing was asked of {bank}.",
    "展期须指定晚于 {expires} 的时间，其他方式不得指定。未向 {bank} 提出请求。"};
inline constexpr ErrorCode kNotCovered{
    "lock_end_not_covered", ErrorGroup::Rule,
    "What is left at the new rate, where there is one, and the cost of the end take CNY {cost}, and the account "
    "{account} has only CNY {free} for it. Nothing was ended; transfer money there first.",
    "剩余部分（如展期，按新汇率）及结束费用共需人民币 {cost}，而账户 {account} 可用于此的仅 {free}。未结束任何部分；"
    "请先调入资金。"};
inline constexpr ErrorCode kNeverDealt{
    "lock_end_never_dealt", ErrorGroup::Conflict,
    "By the terms offered for {end} the lock could never be drawn on: until {until} the bank does not deal for {date}. "
    "Nothing was ended; a dealer asks anew.",
    "按 {end} 的报价条件，锁汇无法使用：至 {until} 银行不办理起息日为 {date} "
    "的交易。未结束任何部分；请由交易员重新申请。"};
inline constexpr ErrorCode kMoved{
    "lock_end_lock_moved", ErrorGroup::Conflict,
    "When the cost of {end} was asked, {asked} of lock {lock} were left, and now it is {left}. Nothing was ended; a "
    "dealer "
    "asks anew.",
    "询价 {end} 时锁汇 {lock} 剩余 {asked}，现为 {left}。未结束任何部分；请由交易员重新申请。"};
inline constexpr ErrorCode kOwnFunds{
    "lock_end_own_funds", ErrorGroup::Rule,
    "The end costs CNY {cost}, which is ours to bear, and of what is ours only CNY {own} stand among customers' money. "
    "Nothing was ended: let the lock run out, or ask again when more was earned and not swept out.",
    "结束费用为人民币 {cost}，由本机构承担，而备付金中属于本机构的仅 {own}。未结束任何部分："
    "可任其到期，或待有更多未划出的收入后再申请。"};
}  // namespace lock_end_error

}  // namespace huiqiao::flow
