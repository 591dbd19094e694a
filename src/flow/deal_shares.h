#pragma once
// What each order of a purchase gets of its deal, by fx/allocation.h, and what that does to the books and the orders.
// One way for a deal that is shared as it is booked (convert_deal.cpp) and for one that was in dispute as a whole and
// that two persons let stand (settle_far_off.h). It does not judge what of a deal is to be shared (fx::judge).

#include <string_view>
#include <vector>

#include "src/flow/convert_parts.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

/// The kind of the entry that gives merchants their shares, of all entries of a deal the one that uses their holds.
inline constexpr std::string_view kAllocatedEntry = "allocated";

/// Fills in the lines what each got. A deal too small to buy or to cost anything is nobody's: all of it is in dispute.
void share_deal(const ConvertParts& parts, PurchaseInHand& in_hand, fx::JudgedDeal& judged, const Rate& rate);

/// Allocated and borne, as the lines say; nothing where none got anything.
std::vector<ledger::Draft> drafts_of_shares(const PurchaseInHand& in_hand, const postings::Event& event);

/// The orders, converting until now, with what their lines say; saved, with their merchants' rests.
void give_shares(db::Group& group, PurchaseInHand& in_hand);

}  // namespace huiqiao::flow
