#pragma once
// A deal that was made on the telephone (reference 2.5): what our dealer says was agreed, and what the bank's slip
// says, entered by another person. Pure: the checks of a record, and where record and slip differ. Nothing is dealt by
// a record; it keeps money and orders for the deal until the slip comes, or two persons say that the bank did not deal.
// The price is CNY for one or for a hundred units, as it was said; which one is told, never guessed.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fx/lock.h"
#include "fx/purchase.h"

namespace huiqiao::fx {

enum class PhoneDealState {
    Recorded,  // a second person enters the slip
    Dealt,     // record and slip are one
    Differs,   // they are not; two persons settle it
    Overdue,   // no slip came until expires_at, or a wrong one did: it is still awaited, and a person knows
    NotDealt,  // two persons: the bank did not deal
};
std::string_view to_text(PhoneDealState state);
PhoneDealState phone_deal_state_from_text(std::string_view text);

/// What the dealer tells.
struct PhoneCall {
    std::string bank;
    std::string dealer;  // at the bank: personal data, stored sealed alone
    Instant called_at{};
    Rate price;
    Money amount;  // of the side that is fixed: CNY, or the currency that is bought
    Date value_date;
    Instant expires_at{};   // until when the bank keeps its word
    std::string recording;  // where the call can be heard again

    [[nodiscard]] Currency currency() const { return price.base(); }
    [[nodiscard]] FixedSide fixed_side() const {
        return amount.currency() == currency() ? FixedSide::Foreign : FixedSide::Cny;
    }
};

/// Both amounts at the price: CNY half up as banks do, foreign currency down.
struct PhoneAmounts {
    Money cny;
    Money foreign;
};
Result<PhoneAmounts> amounts_of(const PhoneCall& call);

/// What the bank's slip says.
struct PhoneSlip {
    std::string number;
    Rate price;
    Money cny;
    Money foreign;
    Date value_date;
};

struct PhoneDeal {
    std::string id;
    std::string purchase_id;
    PhoneDealState state = PhoneDealState::Recorded;
    std::string maker;    // operator
    std::string checker;  // operator; empty until a slip was entered
    PhoneCall call;
    PhoneAmounts amounts;
    std::optional<PhoneSlip> slip;
    Instant recorded_at{};
    Instant decided_at{};
};

inline constexpr std::chrono::hours kCallMayBeOld{24};     // when it is recorded
inline constexpr std::chrono::minutes kCallMayBeAhead{2};  // of our clock
inline constexpr std::chrono::minutes kOneCall{15};        // by which two tellers may differ about its time

/// FX-09 for what is typed: nullopt mid is kNoMid, since nothing else would catch a slip of the finger. Names an
/// inverted pair and a price per hundred that was taken for one of one, where it looks like that.
Status check_price(const Rate& price, const std::optional<Rate>& mid, int max_move_bp);
/// Pair, times and amount of a call that is recorded now. value_dates: those for which the bank may deal on that day;
/// kNoValueDate where there are none.
Status check_call(const PhoneCall& call, std::span<const Date> value_dates, Instant now);
/// Same bank, currency and amount on the same day in Shanghai, at whatever price: one call told twice, unless who tells
/// it says that it is another deal. Of amounts told in two currencies, one side of both deals is the same.
bool is_same_size(const PhoneCall& one, const PhoneCall& other);
/// Of one bank, and either of one recording, whatever else is told, or of the same currency, amount and price within
/// kOneCall, also across midnight: one call told twice, whatever is said. Of amounts told in two currencies, both sides
/// of both deals are the same, to what rounding does. A bank that deals twice in one call is asked for two recordings.
bool is_same_call(const PhoneCall& one, const PhoneCall& other);

/// Of a bank's reference, what two persons who type it agree on: without case, spaces, dashes and slashes. The text as
/// it is where nothing else is in it.
std::string normal_reference(std::string_view text);

/// "price: 7.1685 recorded, 7.1658 on the slip".
struct SlipDifference {
    std::string english;
    std::string chinese;
};
/// Empty where they are one: the price, the fixed amount and the value date equal, the other amount within one minor
/// unit.
std::vector<SlipDifference> differences(const PhoneDeal& deal, const PhoneSlip& slip);

namespace phone_error {
inline constexpr ErrorCode kPairInverted{
    "phone_pair_inverted", ErrorGroup::Rule,
    "{pair} is not how prices are told: CNY for one or a hundred units of the currency, as USD/CNY. Nothing was "
    "recorded.",
    "{pair} 的报价方向不符：应为每一或每百单位外币的人民币价格，例如 USD/CNY。未作记录。"};
inline constexpr ErrorCode kUnit{"phone_price_units", ErrorGroup::Rule,
                                 "A price is told for 1 or for 100 units of the currency, not for {unit}. Nothing was "
                                 "recorded.",
                                 "价格按每 1 或每 100 单位外币填写，不能是每 {unit} 单位。未作记录。"};
inline constexpr ErrorCode kPriceInverted{
    "phone_price_inverted", ErrorGroup::Rule,
    "{price} looks like the price of CNY in {currency}: the mid is {mid} CNY. Turn nothing round; ask the dealer what "
    "was said. Nothing was recorded.",
    "{price} 像是以 {currency} 计的人民币价格：中间价为 {mid} 元。请勿自行换算，向交易员核对。未作记录。"};
inline constexpr ErrorCode kPriceUnit{
    "phone_price_unit", ErrorGroup::Rule,
    "{price} per {unit} is a hundred times off the mid {mid}: it was probably said per {other}. Nothing was recorded.",
    "每 {unit} 单位 {price} 与中间价 {mid} 相差百倍：可能是每 {other} 单位的价格。未作记录。"};
inline constexpr ErrorCode kPriceOff{
    "phone_price_off_mid", ErrorGroup::Rule,
    "{price} is more than {bp} basis points from the mid {mid}. Nothing was recorded: listen to the recording again.",
    "{price} 与中间价 {mid} 相差超过 {bp} 个基点。未作记录，请复听录音。"};
inline constexpr ErrorCode kNoMid{
    "phone_no_mid", ErrorGroup::Retry,
    "No bank has shown a good rate of {currency}, so the price cannot be compared with anything. Nothing was recorded.",
    "尚无任何银行的 {currency} 有效报价，无法核对该价格。未作记录。"};
inline constexpr ErrorCode kWrongAmount{
    "phone_amount_wrong", ErrorGroup::Rule,
    "{amount} is no amount of this deal: more than zero, in CNY or {currency}, and enough for both sides of it. "
    "Nothing "
    "was recorded.",
    "{amount} 不是该交易的金额：须大于零，币种为 CNY 或 {currency}，且足以构成双方金额。未作记录。"};
inline constexpr ErrorCode kCallTime{
    "phone_call_time", ErrorGroup::Rule,
    "A call at {called} cannot be recorded at {now}: it may be a day old, and not to come. Nothing was recorded.",
    "通话时间 {called} 不可于 {now} 记录：须为一天之内的过去时间。未作记录。"};
inline constexpr ErrorCode kOver{
    "phone_deal_over", ErrorGroup::Rule,
    "The bank's word was good until {expires}, and it is {now}. Nothing was recorded: call the bank again.",
    "银行报价有效至 {expires}，现在为 {now}。未作记录，请重新致电银行。"};
inline constexpr ErrorCode kNoValueDate{
    "phone_no_value_date", ErrorGroup::Rule,
    "A deal of {currency} on {day} has no value date: CNY is not dealt on that day (a day off). Nothing was recorded.",
    "{day} 的 {currency} 交易没有起息日：当日不办理人民币购汇（休息日）。未作记录。"};
inline constexpr ErrorCode kValueDate{
    "phone_value_date", ErrorGroup::Rule,
    "{asked} is no value date of a deal of {currency} on that day; these are: {allowed}. Nothing was recorded.",
    "{asked} 不是当日 {currency} 交易的起息日，可用的为：{allowed}。未作记录。"};
}  // namespace phone_error

}  // namespace huiqiao::fx
