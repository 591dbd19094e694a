#pragma once
// Inside of explain_debit: a debit that was a remittance, in a file of its own.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fx/lock_end.h"
#include "src/flow/explain_debit.h"
#include "src/flow/own_transfer_exit.h"
#include "src/flow/purchase_leg_exit.h"
#include "src/flow/suspense_store.h"
#include "src/orders/order.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

struct DebitPlan final : Plan {
    std::optional<Suspended> item;
    // What it is, where it is one of these.
    std::optional<remittance::Remittance> remittance;
    std::vector<remittance::Allocation> allocations;
    std::vector<orders::Order> orders;
    std::set<std::string> held_by_it;  // of these, whose hold is the rejection's
    std::optional<LegExit> leg;
    std::optional<fx::LockEnd> lock_end;
    std::optional<Suspended> credit;
    std::optional<OwnExit> own;
};

Error does_not_fit(const Suspended& item, const std::string& subject, std::string why);

void touch_remittance(db::Reader& reader, const std::string& remittance_id, Touched& touched);
/// Not debited yet: what was ordered is paid. Proved rejected, and debited all the same: its orders' money went out
/// again, which is fine where it is still there.
Status plan_remittance(db::Reader& reader, const ledger::Ledger& ledger, const std::string& remittance_id,
                       const postings::Event& event, DebitPlan& plan);
void settle_remittance(db::Group& group, DebitPlan& plan, const std::string& note);

}  // namespace huiqiao::flow
