#include "src/flow/agreed_price.h"

#include "fx/platform_quote_store.h"
#include "src/flow/save_orders.h"

namespace huiqiao::flow {

std::set<std::string> with_price_over(db::Reader& reader, std::span<const orders::Order> orders, Instant now) {
    std::vector<std::string> quoted;
    for (const orders::Order& order : orders) {
        if (!order.quote_id.empty()) quoted.push_back(order.id);
    }
    std::set<std::string> over;
    for (const auto& [order_id, quote] : fx::PlatformQuotes::agreed(reader, quoted)) {
        if (quote.state == fx::PlatformQuoteState::Met && quote.is_over(now)) over.insert(order_id);
    }
    return over;
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
