#pragma once
// A line in suspense that was a leg of a purchase: the purchase was found only after the line had waited its days. Two
// persons say so, by explain_debit for the CNY that was paid and resolve_suspense for the foreign currency that came;
// the leg is settled as if the line had found it, and with its last leg the purchase closes.

#include <string>
#include <vector>

#include "fx/purchase.h"
#include "src/flow/decision.h"
#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

struct LegExit {
    fx::Purchase purchase;
    std::vector<fx::PurchaseLeg> legs;
};

void touch_leg(db::Reader& reader, const std::string& purchase_id, Touched& touched);
/// Adds the change and the entry to the plan.
Result<LegExit> plan_leg(db::Reader& reader, const Suspended& item, const std::string& purchase_id,
                         const postings::Event& event, Plan& plan);
void settle_leg(db::Group& group, const ledger::Ledger& ledger, LegExit& exit, const Suspended& item);

}  // namespace huiqiao::flow
