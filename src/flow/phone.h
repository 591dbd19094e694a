#pragma once
// Deals made on the telephone: the fourth way to deal, behind which a deal is what any deal is. A dealer (a maker)
// records the call: orders that wait are put in, first paid first and up to what the deal costs, their money is held,
// and a purchase with a lock stands for it (FX-10: never more than is funded and free). Of a call that does not fit a
// work item keeps what was told and why, since the bank may have dealt. Another person (a checker)
// enters the bank's slip: where it is what was recorded the purchase is dealt in the same COMMIT, and its legs settle
// from statement lines under its reference, which the dealer gives the bank. Where they differ nothing is dealt until
// two persons settle it (settle_phone_deal). Without a slip until expires_at a work item says so, and nothing else
// changes: the bank may have dealt, so the money stays held until the slip comes or two persons say that it did not.
// Nothing is sent to anybody: a bank may be in the settings without a port.

#include <memory>
#include <optional>
#include <string>

#include "fx/phone_deal.h"
#include "src/crypto/sealer.h"
#include "src/flow/convert.h"
#include "src/flow/decision.h"

namespace huiqiao::flow {

inline constexpr std::string_view kPhoneDealDiffers = "phone_deal_differs";  // work items; subject: the phone deal
inline constexpr std::string_view kPhoneDealOverdue = "phone_deal_overdue";
inline constexpr std::string_view kPhoneDealRefused = "phone_deal_refused";  // subject: the bank and its recording

/// Orders that one deal on the telephone may be for.
inline constexpr int kMostPhoneOrders = 5000;

struct RecordPhone : db::Item {
    std::string operator_id;
    fx::PhoneCall call;
    std::vector<std::string> another_than;  // deals of the same size on that day which it is not: whoever tells it
    std::optional<fx::PhoneDeal> deal;      // answer
    std::string reference;                  // answer: the purchase's, for the bank
    std::optional<Error> error;             // answer
    explicit RecordPhone(fx::PhoneCall told) : call(std::move(told)) {}
};

struct ConfirmPhone : db::Item {
    std::string operator_id;
    std::string deal_id;
    std::string request_id;
    fx::PhoneSlip slip;
    std::optional<fx::PhoneDeal> deal;  // answer
    std::string reference;              // answer: the purchase's
    std::optional<Error> error;         // answer
    explicit ConfirmPhone(fx::PhoneSlip told) : slip(std::move(told)) {}
};

class PhoneDeals {
 public:
    /// All references, and what the settings name, must outlive it; settings as convert's.
    PhoneDeals(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
               const crypto::Sealer& sealer, const fx::ValueDates& value_dates, ConvertSettings settings);
    ~PhoneDeals();

    /// Take RecordPhone and ConfirmPhone.
    [[nodiscard]] db::Operation& record();
    [[nodiscard]] db::Operation& confirm();
    /// settle_phone_deal, by two persons: dealt as the slip says, or not dealt.
    [[nodiscard]] std::unique_ptr<Decision> settle(const ledger::Ledger& ledger) const;
    /// The dealer's name at the bank.
    [[nodiscard]] std::string dealer_of(const fx::PhoneDeal& deal) const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace phone_error {
inline constexpr ErrorCode kNoBank{"phone_no_such_bank", ErrorGroup::NotFound,
                                   "No bank {bank} is set up for buying {currency} with CNY. Nothing was recorded.",
                                   "未配置可用人民币购买 {currency} 的银行 {bank}。未作记录。"};
inline constexpr ErrorCode kTwice{
    "phone_deal_twice", ErrorGroup::Conflict,
    "{maker} recorded a deal of the same size with that bank for the day as {deal}, called at {called}. Nothing was "
    "recorded. If the bank dealt once more, ask it, then tell this call again with another_deal, which names {deal} "
    "and "
    "whatever else of that size stands.",
    "{maker} 已为当日与该银行的同额交易记录 {deal}（通话时间 {called}）。未作记录。"
    "如银行确实另成交一笔，请先向银行核实，再重新提交该通话，并在 another_deal 中列明 {deal} 及当日其他同额记录。"};
inline constexpr ErrorCode kSameCall{
    "phone_deal_same_call", ErrorGroup::Conflict,
    "{maker} recorded this call as {deal}, called at {called}: bank and recording are the same, or bank, currency, "
    "price and amount, told in either currency, within 15 minutes. Nothing was recorded. If the bank dealt twice "
    "within that time, have it put both on one slip, or ask it in writing; a later call is told with its own time and "
    "recording.",
    "{maker} 已将此通话记录为 {deal}（通话时间 {called}）：银行与录音编号相同，或 15 "
    "分钟内银行、币种、价格及金额（以任一币种计）相同。未作记录。如银行在此期间确实成交两笔，请其合并出具成交单或书面确"
    "认；此后的通话请填写其自己的时间与录音编"
    "号。"};
inline constexpr ErrorCode kNotCollected{
    "phone_deal_not_collected", ErrorGroup::Rule,
    "The deal costs CNY {cost}, and only CNY {free} of waiting orders is funded and free. Nothing was recorded; "
    "tell "
    "the bank.",
    "该交易需人民币 {cost}，而待购汇订单中已到账且可用的仅 {free}。未作记录，请告知银行。"};
inline constexpr ErrorCode kPriceOver{
    "phone_deal_price_over", ErrorGroup::Conflict,
    "The price that was agreed on for {count} of the waiting orders is over or not met by this one, and they are being "
    "looked at again. "
    "Nothing was recorded; record the call again in some seconds. Orders that are then held wait for their platform.",
    "待购汇订单中有 {count} "
    "笔的约定价格已过期或优于此价格，正在重新核对。未作记录，请数秒后重新记录；届时被挂起的订单须等待其平台确认。"};
inline constexpr ErrorCode kNoPhoneDeal{"phone_deal_not_found", ErrorGroup::NotFound,
                                        "There is no deal on the telephone {deal}.", "没有电话交易 {deal}。"};
inline constexpr ErrorCode kNotAwaited{"phone_deal_not_awaited", ErrorGroup::Conflict,
                                       "Phone deal {deal} is {state}: no slip is awaited. Nothing was changed.",
                                       "电话交易 {deal} 状态为 {state}，不再等待成交单。未作任何改动。"};
inline constexpr ErrorCode kSlipTaken{
    "phone_slip_taken", ErrorGroup::Conflict,
    "The slip {number} of {bank} was entered for {deal} already. Nothing was changed.",
    "{bank} 的成交单 {number} 已用于 {deal}。未作任何改动。"};
inline constexpr ErrorCode kSlipCurrency{
    "phone_slip_currency", ErrorGroup::Rule,
    "The slip must be of {currency} against CNY, with both amounts above zero. Nothing was changed.",
    "成交单须为 {currency} 兑人民币，且双方金额大于零。未作任何改动。"};
inline constexpr ErrorCode kSlipDisagrees{
    "phone_slip_disagrees", ErrorGroup::Rule,
    "The slip {number} says {foreign} for {cny} at {price}: its price and amounts do not agree, so it cannot be what "
    "was dealt. Nothing was changed. Ask the bank for a right slip (slip_wrong).",
    "成交单 {number} 载明 {cny} 换 {foreign}，价格 {price}：价格与双方金额互不相符，不能据此成交。未作任何改动。"
    "请向银行索取正确的成交单（slip_wrong）。"};
inline constexpr ErrorCode kNothingToSettle{"phone_deal_nothing_to_settle", ErrorGroup::Conflict,
                                            "Phone deal {deal} is {state}: that is not to be settled so.",
                                            "电话交易 {deal} 状态为 {state}，不能如此处理。"};
}  // namespace phone_error

}  // namespace huiqiao::flow
