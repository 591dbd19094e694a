#pragma once
// What channels say of payments, applied to a set of them in one write group: the decision of each, then few statements
// for all. Used by the notices' operation and by the answer handlers of orders and queries; only collect*.cpp includes
// it.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/calls/calls.h"
#include "src/flow/collect.h"
#include "src/flow/save_orders.h"
#include "src/orders/order_store.h"
#include "src/orders/payment_store.h"

namespace huiqiao::flow {

/// The part of Collect that facts need.
struct CollectParts {
    const ledger::Ledger& ledger;
    const calls::Calls& calls;
    const operators::WorkItems& work_items;
    const CloseTrades& trades;
    const CollectSettings& settings;
    CollectCounters& counters;

    [[nodiscard]] const orders::CollectionChannel* port(std::string_view channel) const { return trades.port(channel); }
};

struct ChannelFact {
    std::string payment_id;
    orders::ChannelPayment said{};
    bool asked = false;        // the channel's own answer to us; a notice is only a hint
    bool refused = false;      // the channel refused the order for good
    bool not_closed = false;   // the channel would not close it: it was paid before
    std::string request_id{};  // of the call or notice that brought it
};

enum class FactEffect { Nothing, Moved, Booked, Suspended, Repeated, NeedsQuery };

/// Steps 3 and 4 for one payment. `paid`: money may be booked.
void claim_payment(const CollectParts& parts, db::Claims& claims, const orders::PaymentPlace& payment);
void lock_payment(const CollectParts& parts, db::Locks& locks, const orders::PaymentPlace& payment, bool paid);

/// Locked payments and orders. The effects, one a fact; two facts of one payment see each other.
std::vector<FactEffect> apply_facts(db::Group& group, const CollectParts& parts, std::span<const ChannelFact> facts);

/// A query of this payment as a call; raises its polls, which number the calls.
calls::NewCall query_call(const CollectParts& parts, orders::Payment& payment);

}  // namespace huiqiao::flow
