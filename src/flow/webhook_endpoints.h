#pragma once
// Where the webhooks of platforms go, and who sees those that nobody takes, as the events room asks for it: it knows
// neither parties nor operators.

#include "src/events/webhook_sender.h"
#include "src/operators/work_item.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

/// Active platforms with a webhook address. The store outlives the function.
events::EndpointsOf platform_endpoints(const parties::PartyStore& store);

/// A work item for each parked webhook, closed when it leaves that place.
events::OnParking parked_webhooks_as_work_items();

}  // namespace huiqiao::flow
