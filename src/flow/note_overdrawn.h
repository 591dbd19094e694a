#pragma once
// Tells a person of guarded accounts that facts took below zero, or below what is held on them. Every flow that posts
// facts calls it with what the ledger answered; the stop of payouts itself is the ledger's. It books nothing.

#include "src/ledger/ledger.h"

namespace huiqiao::flow {

/// One work item an account; idempotent while it is open.
void note_overdrawn(db::Group& group, const ledger::PostResult& posted);

}  // namespace huiqiao::flow
