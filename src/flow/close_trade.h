#pragma once
// Closing a payment's trade at its channel once we hold it closed, so that nobody can pay it there any more (NTF-07).
// A close may be sent again: a trade that is closed is closed. It moves no money and decides nothing of the payment;
// what the channel answers is collect's matter. A trade that the channel never heard of is not closed: it is never
// placed.

#include <span>
#include <string_view>
#include <vector>

#include "src/calls/calls.h"
#include "src/orders/collection_channel.h"
#include "src/orders/payment.h"

namespace huiqiao::flow {

/// A channel by its configured name: "sandbox-pay", in payments, calls, accounts and the notices' path.
struct CollectChannel {
    std::string name;
    const orders::CollectionChannel* port;
};

class CloseTrades {
 public:
    CloseTrades(const calls::Calls& calls, std::vector<CollectChannel> channels)
        : calls_(calls), channels_(std::move(channels)) {}

    /// nullptr where there is no channel of that name.
    [[nodiscard]] const orders::CollectionChannel* port(std::string_view channel) const;

    /// Locked payments that become closed in this group and that the channel has.
    void prepare(db::Group& group, std::span<const orders::Payment> payments) const;
    /// The same for locked payments that were closed before, and of which the channel says that they are still open
    /// there: those whose close was asked already are left out, whatever came of it.
    void prepare_unasked(db::Group& group, std::span<const orders::Payment* const> payments) const;

 private:
    [[nodiscard]] calls::NewCall close_call(const orders::Payment& payment) const;

    const calls::Calls& calls_;
    std::vector<CollectChannel> channels_;
};

}  // namespace huiqiao::flow
