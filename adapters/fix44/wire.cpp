#include "adapters/fix44/wire.h"

#include "adapters/fix44/tags.h"

namespace huiqiao::fix44 {

namespace {

Currency cny() {
    return Currency::known("CNY");
}

std::string symbol_of(Currency foreign) {
    return std::string(foreign.code()) + "/CNY";
}

Message quote_request(const std::string& reference, Currency foreign) {
    Message message("R");
    message.add(tag::kQuoteReqId, reference).add(tag::kNoRelatedSym, "1").add(tag::kSymbol, symbol_of(foreign));
    return message;
}

}  // namespace

std::string rates_reference(const std::string& reference, Currency currency) {
    return reference + "." + std::string(currency.code());
}

std::vector<Message> write_ask_rates(const fx::AskRates& ask, const std::vector<Currency>& currencies) {
    std::vector<Message> messages;
    for (const Currency currency : currencies) {
        messages.push_back(quote_request(rates_reference(ask.reference, currency), currency));
        messages.back().add(tag::kQuoteType, kIndicative);
    }
    return messages;
}

Message write_lock(const fx::LockOrder& order, SideOf side) {
    Message message = quote_request(order.reference, order.rate.base());
    return message.add(tag::kQuoteType, kTradeable)
        .add(tag::kSide, buying_side(side, order.amount.currency()))
        .add(tag::kOrderQty, order.amount.text())
        .add(tag::kSettlDate, market_date(order.value_date))
        .add(tag::kCurrency, order.amount.currency().code())
        .add(tag::kPrice, order.rate.per_one());
}

std::optional<Message> write_purchase(const fx::PurchaseOrder& order, SideOf side) {
    if (!order.rate) return std::nullopt;
    Message message("D");
    return message.add(tag::kAccount, order.cny_account)
        .add(tag::kClOrdId, order.reference)
        .add(tag::kCurrency, order.amount.currency().code())
        .add(tag::kHandlInst, "1")
        .add(tag::kOrderQty, order.amount.text())
        .add(tag::kOrdType, "D")
        .add(tag::kPrice, order.rate->per_one())
        .add(tag::kSide, buying_side(side, order.amount.currency()))
        .add(tag::kSymbol, symbol_of(order.foreign))
        .add(tag::kTimeInForce, "4")
        .add(tag::kSettlDate, market_date(order.value_date))
        .add(tag::kQuoteId, order.lock_reference);
}

Message write_ask_purchase(const fx::AskPurchase& ask) {
    Message message("H");
    return message.add(tag::kClOrdId, ask.reference).add(tag::kSide, "1").add(tag::kSymbol, kNoSymbol);
}

std::optional<Currency> foreign_of(std::string_view symbol) {
    if (symbol.size() != 7 || symbol.substr(3) != "/CNY") return std::nullopt;
    const Result<Currency> currency = Currency::find(symbol.substr(0, 3));
    return currency && *currency != cny() ? std::optional(*currency) : std::nullopt;
}

std::optional<Rate> price_of(Currency foreign, std::string_view text) {
    const Result<Rate> rate = Rate::parse(foreign, cny(), 1, without_trailing_zeros(text));
    return rate ? std::optional(*rate) : std::nullopt;
}

std::optional<Money> quantity_of(Currency currency, std::string_view text) {
    const Result<Money> amount = Money::parse(currency, without_trailing_zeros(text));
    return amount ? std::optional(*amount) : std::nullopt;
}

std::string_view buying_side(SideOf side, Currency dealt) {
    return side == SideOf::DealtCurrency && dealt == cny() ? "2" : "1";
}

ReportOrFault read_report(const Message& message, const std::string& reference, SideOf side) {
    if (message.only(tag::kClOrdId) != reference) return {std::nullopt, "a report on another order"};
    const std::optional<Currency> foreign = foreign_of(message.only(tag::kSymbol));
    if (!foreign) return {std::nullopt, "the pair is not one of a foreign currency against CNY"};
    const Result<Currency> dealt = Currency::find(message.only(tag::kCurrency));
    if (!dealt || (*dealt != *foreign && *dealt != cny())) return {std::nullopt, "the currency is none of the pair"};
    if (message.only(tag::kSide) != buying_side(side, *dealt)) return {std::nullopt, "the side is not ours"};
    const std::optional<Money> quantity = quantity_of(*dealt, message.only(tag::kOrderQty));
    const std::optional<Money> cumulated = quantity_of(*dealt, message.only(tag::kCumQty));
    if (!quantity || !cumulated) return {std::nullopt, "a quantity cannot be read"};
    Report report{.exec_id = std::string(message.only(tag::kExecId)),
                  .order_id = std::string(message.only(tag::kOrderId)),
                  .exec_type = std::string(message.only(tag::kExecType)),
                  .status = std::string(message.only(tag::kOrdStatus)),
                  .reject_reason = std::string(message.only(tag::kOrdRejReason)),
                  .foreign = *foreign,
                  .quantity = *quantity,
                  .cumulated = *cumulated,
                  .last = quantity_of(*dealt, message.only(tag::kLastQty)),
                  .last_price = price_of(*foreign, message.only(tag::kLastPx)),
                  .average = price_of(*foreign, message.only(tag::kAvgPx)),
                  .counter = std::nullopt,
                  .value_date = parse_market_date(message.only(tag::kSettlDate))};
    if (report.exec_id.empty() || report.order_id.empty()) return {std::nullopt, "it names no order or no execution"};
    const Currency other = *dealt == cny() ? *foreign : cny();
    if (message.only(tag::kSettlCurrency) == other.code())
        report.counter = quantity_of(other, message.only(tag::kNetMoney));
    return {std::move(report), ""};
}

}  // namespace huiqiao::fix44
