#pragma once
// The money of a deal far off what was agreed (doubtful_deal.h), while the matter is open: both amounts as they were
// put into suspense with the deal, whole. It leaves there only by settle_far_off_deal, so nobody gives one leg to a
// merchant or to loss while persons find out what the bank dealt. And what is left behind by a deal that the bank
// annulled after a leg had settled: it is the bank's, or owed by it, and no merchant's. Reads only.

#include <optional>
#include <string>
#include <string_view>

#include "fx/purchase.h"
#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

inline constexpr std::string_view kPaidLegToComeBack = "paid_leg_to_come_back";  // kinds of entries
inline constexpr std::string_view kReceivedLegToGoBack = "received_leg_to_go_back";
inline constexpr std::string_view kSurplusLeft = "surplus_left_suspended";
inline constexpr std::string_view kExcessCostLeft = "excess_cost_left_suspended";

struct FarOffMatter {
    fx::Purchase purchase;
    Suspended cny;
    Suspended foreign;
};

/// kNoSubject; kNotFarOff where its deal is none of these, kSettledBefore where some of it left suspense.
Result<FarOffMatter> far_off_matter(db::Reader& reader, const std::string& purchase_id);

/// Why the amount is not settled so by itself: the matter is open, or it is a leg that the bank owes or is owed.
/// as: the way out as it is asked for ("merchant", "recalled").
std::optional<Error> not_alone(db::Reader& reader, const Suspended& item, std::string_view as);

/// Of a work item: by what action the amount leaves suspense.
std::string_view way_out(db::Reader& reader, const Suspended& item);

namespace far_off_error {
inline constexpr ErrorCode kNotFarOff{
    "deal_not_far_off", ErrorGroup::Conflict,
    "The deal of purchase {purchase} is not in suspense as a whole: it is none that is far off what was agreed.",
    "购汇 {purchase} 的成交并未全部挂账，不属于与约定相差过大的成交。"};
inline constexpr ErrorCode kMatterOpen{
    "far_off_deal_open", ErrorGroup::Conflict,
    "What entry {entry} put into suspense is of purchase {purchase}, whose deal is far off what was agreed. It is "
    "settled with the whole deal by two persons (settle_far_off_deal).",
    "分录 {entry} 的挂账属于购汇 {purchase}，其成交与约定相差过大，须由两人连同整笔成交一并处理（settle_far_off_"
    "deal）。"};
inline constexpr ErrorCode kIsBanks{
    "leg_is_the_banks", ErrorGroup::Conflict,
    "What entry {entry} put into suspense came from a deal that the bank annulled (purchase {purchase}): it goes back "
    "to the bank. When the bank has taken it, explain that debit (explain_debit) as recalled, with this entry as "
    "subject_id.",
    "分录 {entry} 的挂账来自银行已撤销的成交（购汇 {purchase}），应退还银行。银行扣回后，请以 explain_debit 的 "
    "recalled "
    "说明该笔扣款，subject_id 填写本分录。"};
inline constexpr ErrorCode kOwedByBank{
    "leg_owed_by_the_bank", ErrorGroup::Conflict,
    "What entry {entry} put into suspense was paid for a deal that the bank annulled (purchase {purchase}): the bank "
    "owes it. Explain it as recalled, with the entry of the credit that brings it back, or as given_up.",
    "分录 {entry} 的挂账为银行已撤销的成交所付（购汇 {purchase}），应由银行退还。请以 recalled（附退回入账的分录）或 "
    "given_up 处理。"};
}  // namespace far_off_error

}  // namespace huiqiao::flow
