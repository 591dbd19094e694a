#pragma once
// A deal whose amounts are far off what was agreed (fx/word_of_bank.h): a hundred times too cheap, say. It is a fact
// and is booked as the bank reports it, but nobody can say which of its figures is meant. Shared by them, the first
// orders would get, and be paid out, what is others'. So nothing of it is allocated: all of it is in dispute, each
// order has its CNY again and is on hold, and persons are told. They ask the bank, and two of them settle the deal
// (settle_far_off.h): it stands and is shared, or is annulled and its orders are bought for anew. None of that happens
// by itself.

#include "fx/purchase.h"
#include "src/flow/convert_parts.h"

namespace huiqiao::flow {

/// The orders' hold_reason, and the kind of the work item; subject: the purchase.
using orders::kHeldDeal;

/// Against the lock, or where the bank has none against the price that was compared.
bool is_doubtful(const ConvertParts& parts, const PurchaseInHand& in_hand, const fx::Deal& deal);

/// No line gets anything of it, and all of it is in dispute.
void dispute_whole(PurchaseInHand& in_hand, fx::JudgedDeal& judged);

/// The orders, under lock and loaded, are on hold in memory, which the caller saves; their matter is written and told.
void hold_for_persons(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::Deal& deal);

}  // namespace huiqiao::flow
