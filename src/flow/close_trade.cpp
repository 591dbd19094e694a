#include "src/flow/close_trade.h"

#include <algorithm>
#include <set>

#include "src/base/sometimes.h"

namespace huiqiao::flow {

const orders::CollectionChannel* CloseTrades::port(std::string_view channel) const {
    const auto place = std::find_if(channels_.begin(), channels_.end(),
                                    [&](const CollectChannel& each) { return each.name == channel; });
    return place == channels_.end() ? nullptr : place->port;
}

calls::NewCall CloseTrades::close_call(const orders::Payment& payment) const {
    const orders::CollectionChannel* at = port(payment.channel);
    if (at == nullptr) throw LogicError("payment " + payment.id + " is at an unknown channel");
    return {"channel.close",
            payment.channel,
            calls::Recovery::Resendable,
            payment.reference,
            at->close(payment.reference),
            {{"payment", payment.id, 1, payment.reference, std::nullopt}},
            std::nullopt};
}

void CloseTrades::prepare(db::Group& group, std::span<const orders::Payment> payments) const {
    std::vector<calls::NewCall> closes;
    for (const orders::Payment& payment : payments) closes.push_back(close_call(payment));
    calls_.prepare(group, closes);
}

void CloseTrades::prepare_unasked(db::Group& group, std::span<const orders::Payment* const> payments) const {
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
        closes.push_back(close_call(*payment));
    }
    calls_.prepare(group, closes);
}

}  // namespace huiqiao::flow
