#pragma once
// A dealer has a bank promise a rate before any purchase for it, where locks may be drawn on in parts. What it costs
// is held at the bank first: no more than funded orders of that currency have that nobody bought for, less what other
// locks like it are for, so customers' money is locked for customers' orders alone. One like another that still stands
// must be said to be another. The asking is convert's own call (fx.lock): an unknown outcome is only queried, and
// convert draws on what was promised. offer() tells rate and cost and asks nobody; take() does it, under the same
// checks.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fx/held_lock_store.h"
#include "src/flow/convert.h"

namespace huiqiao::flow {

/// Work items; subject: the lock. Closed by a person, it is drawn on again.
inline constexpr std::string_view kHeldLockRefused = "held_lock_refused";

/// What is wanted: so much CNY to spend, or so much of the currency to buy.
struct LockWish {
    std::string bank;
    Currency currency = Currency::known("CNY");
    Money amount;  // of the fixed side
};

/// What it would be, by the bank's latest price; figures that bound it.
struct LockOffer {
    fx::Quote quote;
    Date value_date;
    Money cny;        // that is held for it
    Money foreign;    // that it buys
    Money fee;        // the bank's beside its rate, by its terms
    Money collected;  // CNY of funded orders that wait, beside what other held locks are for
    Money free;       // CNY at the account that pays
    std::chrono::seconds quote_left{};
};

struct TakeLock : db::Item {
    std::string operator_id;
    LockWish wish;
    std::vector<std::string> another_than;        // locks of the same bank, amount and value date which it is not
    std::optional<fx::HeldLockStore::Row> taken;  // answer
    std::optional<Error> error;                   // answer
    explicit TakeLock(LockWish wanted) : wish(std::move(wanted)) {}
};

class HeldLocks {
 public:
    /// All references, and what the settings name, must outlive it; settings as convert's.
    HeldLocks(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
              const fx::ValueDates& value_dates, ConvertSettings settings);
    ~HeldLocks();

    /// Takes TakeLock.
    [[nodiscard]] db::Operation& take();
    /// Why it cannot be taken, or what it costs.
    [[nodiscard]] Result<LockOffer> offer(db::Reader& reader, const LockWish& wish, Instant now) const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace held_lock_error {
inline constexpr ErrorCode kNoBank{
    "lock_no_such_bank", ErrorGroup::NotFound,
    "No bank {bank} is set up for buying {currency} with CNY. Nothing was asked of anybody.",
    "未配置可用人民币购买 {currency} 的银行 {bank}。未向任何银行提出请求。"};
inline constexpr ErrorCode kNoLocks{
    "bank_holds_no_locks", ErrorGroup::Rule,
    "{bank} gives no locks that can be held and drawn on. Nothing was asked of it. Choose another bank, or let orders "
    "be "
    "bought at its price of the moment.",
    "{bank} 不提供可持有并分次使用的锁汇。未向其提出请求。请选择其他银行，或由订单按其即时价格购汇。"};
inline constexpr ErrorCode kAmount{
    "lock_amount", ErrorGroup::Rule,
    "A lock is over CNY or over {currency}, and buys something. Nothing was asked of {bank}.",
    "锁汇金额须为人民币或 {currency}，且须能买入外币。未向 {bank} 提出请求。"};
inline constexpr ErrorCode kBankClosed{
    "lock_bank_closed", ErrorGroup::Conflict,
    "{bank} does not deal in {currency} now. Nothing was asked of it; huiqiao cut-offs says when it does.",
    "{bank} 当前不办理 {currency}。未向其提出请求；交易时间见 huiqiao cut-offs。"};
inline constexpr ErrorCode kNoPrice{
    "lock_no_price", ErrorGroup::Conflict,
    "No price of {bank} for {currency} stands that a lock could be asked by. Nothing was asked of it; try again when "
    "its "
    "next rates have come.",
    "{bank} 目前没有可用于锁汇的 {currency} 报价。未向其提出请求；请待其下一次报价后重试。"};
inline constexpr ErrorCode kOffMid{
    "lock_price_off_mid", ErrorGroup::Rule,
    "The price {price} of {bank} is more than {bp} basis points above the mid {mid}. Nothing was asked of it.",
    "{bank} 的报价 {price} 高于中间价 {mid} 超过 {bp} 个基点。未向其提出请求。"};
inline constexpr ErrorCode kTooLarge{
    "lock_too_large", ErrorGroup::Rule,
    "The lock costs CNY {cost}, and {bank} deals at most CNY {largest} at once. Nothing was asked of it.",
    "该锁汇需人民币 {cost}，而 {bank} 单笔最多 {largest}。未向其提出请求。"};
inline constexpr ErrorCode kNotCollected{
    "lock_not_collected", ErrorGroup::Rule,
    "The lock costs CNY {cost}, and orders that wait for {currency} have only CNY {collected} funded that no other "
    "lock is for. Nothing was asked of {bank}.",
    "该锁汇需人民币 {cost}，而待购 {currency} 的订单中已到账且未被其他锁汇占用的仅 {collected}。未向 {bank} "
    "提出请求。"};
inline constexpr ErrorCode kNotFree{
    "lock_not_free", ErrorGroup::Rule,
    "The lock costs CNY {cost}, and the account {account} has only CNY {free} free. Nothing was asked of {bank}. "
    "The service moves money there up to keep in [account {account}] of the configuration, no command does: raise it "
    "and "
    "start again (the account into which the channel pays has none: wait for its money), or take the lock at a bank "
    "with "
    "more (huiqiao quote).",
    "该锁汇需人民币 {cost}，而账户 {account} 可用仅 {free}。未向 {bank} 提出请求。资金只由服务按配置中 [account "
    "{account}] 的 keep "
    "自动调入，没有手工命令：请调高该值并重新启动（渠道直接入账的账户无此设置，请等待其到账），或在资金较多的银行锁汇"
    "。"};
inline constexpr ErrorCode kTwice{
    "lock_twice", ErrorGroup::Conflict,
    "{lock} of {taken_by} is the same: {bank}, {amount}, value date {value_date}; it is {state}. Nothing was asked of "
    "the bank. Where one more is meant, take it with another_lock (--another), which names {lock} and whatever else of "
    "that amount stands.",
    "{taken_by} 的锁汇 {lock} 与此相同：{bank}，{amount}，起息日 {value_date}，状态为 {state}。未向银行提出请求。"
    "如确需再锁一笔，请在 another_lock（--another）中列明 {lock} 及其他同额锁汇。"};
}  // namespace held_lock_error

}  // namespace huiqiao::flow
