#include "src/flow/close_trade.h"

#include <algorithm>
#include <set>

#include "src/base/sometimes.h"

namespace huiqiao::flow {

namespace {

calls::NewCall close_call(std::span<const CollectChannel> channels, const orders::Payment& payment) {
    const orders::CollectionChannel* port = port_of(channels, payment.channel);
    if (port == nullptr) throw LogicError("payment " + payment.id + " is at an unknown channel");
    return {"channel.close",
            payment.channel,
            calls::Recovery::Resendable,
            payment.reference,
            port->close(payment.reference),
            {{"payment", payment.id, 1, payment.reference, std::nullopt}},
            std::nullopt};
}

}  // namespace

const orders::CollectionChannel* port_of(std::span<const CollectChannel> channels, std::string_view name) {
    const auto place =
        std::find_if(channels.begin(), channels.end(), [&](const CollectChannel& each) { return each.name == name; });
    return place == channels.end() ? nullptr : place->port;
}

void CloseTrades::prepare(db::Group& group, std::span<const orders::Payment> payments) const {
    std::vector<calls::NewCall> closes;
    for (const orders::Payment& payment : payments) closes.push_back(close_call(channels_, payment));
    calls_.prepare(group, closes);
}

void close_unasked(db::Group& group, const calls::Calls& calls, std::span<const CollectChannel> channels,
                   std::span<const orders::Payment* const> payments) {
    if (payments.empty()) return;
    std::vector<std::string> ids;
    for (const orders::Payment* payment : payments) ids.push_back(payment->id);
    // Closes are prepared under the lock of their payment, so nobody adds one meanwhile.
    std::set<std::string> asked;
    for (const auto& row : calls::Calls::instructions(group.tx, "channel.close", "payment", ids)) {
        asked.insert(row.instruction.subject_id);
    }
    std::vector<calls::NewCall> closes;
    for (const orders::Payment* payment : payments) {
        if (asked.contains(payment->id)) continue;
        sometimes("a trade that was placed after its order had ended is closed");
        closes.push_back(close_call(channels, *payment));
    }
    calls.prepare(group, closes);
}

}  // namespace huiqiao::flow
