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

void AgreedPrices::find(db::Reader& reader, std::span<const orders::Order> orders) {
    find(reader, quoted(orders));
}

void AgreedPrices::find(db::Reader& reader, std::span<const std::string> order_ids) {
    for (const auto& [order_id, quote] : fx::PlatformQuotes::agreed(reader, order_ids)) quote_ids_.insert(quote.id);
}

void AgreedPrices::lock(db::Locks& locks) const {
    for (const std::string& id : quote_ids_) locks.add(fx::kPlatformQuoteLock, id);
}

std::set<std::string> AgreedPrices::not_met(db::Group& group, std::span<const orders::Order> orders,
                                            const PriceAtHand& at_hand) const {
    std::set<std::string> not_met;
    std::vector<fx::PlatformQuote> worse;
    for (auto& [order_id, quote] : fx::PlatformQuotes::agreed(group.tx, quoted(orders))) {
        if (quote.state != fx::PlatformQuoteState::Met) continue;
        // More CNY a unit than was agreed: not a ten-thousandth of it is let pass here.
        const bool is_met = at_hand.rate.rate_e10() <= quote.client_rate.rate_e10();
        if (!is_met && !quote.is_over(group.now) && quote_ids_.contains(quote.id)) {
            sometimes("an agreed price that the offer at hand does not meet");
            worse.push_back(quote);
            worse.back().unmet_at = at_hand.bank;
        }
        if (!is_met || quote.is_over(group.now)) not_met.insert(order_id);
    }
    fx::PlatformQuotes::save(group.tx, worse);
    return not_met;
}

void look_at_quotes_again(db::Group& group, std::vector<orders::Order> orders) {
    std::vector<OrderChange> changes;
    for (orders::Order& order : orders) {
        order.quote_open = true;
        changes.push_back({&order, ""});
    }
    save_orders(group, changes);
}

}  // namespace huiqiao::flow
