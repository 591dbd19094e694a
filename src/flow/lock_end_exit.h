#pragma once
// A line in suspense that was what the end of a lock cost or brought, and came without its reference. Two persons say
// so, by explain_debit for what the bank took and resolve_suspense for what it paid; the end is settled as if the line
// had found it.

#include <string>

#include "fx/lock_end.h"
#include "src/flow/decision.h"
#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

void touch_lock_end(db::Reader& reader, const std::string& end_id, Touched& touched);
/// Adds the change and the entry to the plan.
Result<fx::LockEnd> plan_lock_end(db::Reader& reader, const Suspended& item, const std::string& end_id,
                                  const postings::Event& event, Plan& plan);
void settle_lock_end(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, const Suspended& item);

}  // namespace huiqiao::flow
