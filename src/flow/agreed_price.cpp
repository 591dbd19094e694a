#include "src/flow/agreed_price.h"

#include "fx/platform_quote_store.h"
#include "src/base/sometimes.h"
#include "src/flow/save_orders.h"

namespace huiqiao::flow {

namespace {

std::vector<std::string> quoted(std::span<const orders::Order> orders) {
    std::vector<std::string> ids;
    for (const orders::Order& order : orders) {
        if (!order.quote_id.empty()) ids.push_back(order.id);
    }
    return ids;
}

}  // namespace

void AgreedPrices::find(db::Reader& reader, std::span<const std::string> order_ids) {
    for (const auto& [order_id, quote] : fx::PlatformQuotes::agreed(reader, order_ids)) quote_ids_.insert(quote.id);
}

void AgreedPrices::lock(db::Locks& locks) const {
    for (const std::string& id : quote_ids_) locks.add(fx::kPlatformQuoteLock, id);
}

AgreedPrices::ByOrder AgreedPrices::not_met(db::Group& group, std::span<const orders::Order> orders,
                                            const Rate& at_hand) const {
    ByOrder unmet;
    for (auto& [order_id, quote] : fx::PlatformQuotes::agreed(group.tx, quoted(orders))) {
        if (quote.state != fx::PlatformQuoteState::Met) continue;
        const bool is_over = quote.is_over(group.now);
        // More CNY a unit than was agreed: not a ten-thousandth of it is let pass here.
        if (is_over || at_hand.rate_e10() > quote.client_rate.rate_e10())
            unmet.emplace(order_id, Unmet{is_over, quote});
    }
    return unmet;
}

void AgreedPrices::look_again(db::Group& group, std::vector<orders::Order> orders, const ByOrder& unmet,
                              const std::string& worse_at) const {
    std::vector<OrderChange> changes;
    std::vector<fx::PlatformQuote> worse;
    for (orders::Order& order : orders) {
        const Unmet& why = unmet.at(order.id);
        if (!why.is_over && quote_ids_.contains(why.quote.id)) {
            sometimes("an agreed price that the offer at hand does not meet");
            worse.push_back(why.quote);
            worse.back().unmet_at = worse_at;
        }
        order.quote_open = true;
        changes.push_back({&order, ""});
    }
    fx::PlatformQuotes::save(group.tx, worse);
    save_orders(group, changes);
}

}  // namespace huiqiao::flow
