#include "src/flow/platform_quotes.h"

#include <algorithm>

#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/events/event.h"

namespace huiqiao::flow {

namespace {

constexpr std::size_t kMostMarkedUp = 20;
constexpr int kLookedAtOnce = 1000;
constexpr std::int64_t kMostFixed = 1'000'000'000'000;  // minor units: far above any order, far below any overflow

Error no_price(Currency currency) {
    return Error(quote_error::kNoPrice, {{"currency", std::string(currency.code())}});
}

/// The least total that leaves the net amount once our fee is taken; nullopt where the fee eats whatever is added.
std::optional<Money> total_for(const Money& net, const parties::Agreement& agreement) {
    constexpr int kRounds = 64;
    Money total = net;
    for (int round = 0; round < kRounds; ++round) {
        const Money missing = net - (total - agreement.fee_on(total));
        if (!missing.is_positive()) return total;
        total += missing;
    }
    return std::nullopt;
}

fx::PlatformQuote quote_at(const fx::BookPrice& price, const Money& cny, const Money& fee, const Money& foreign) {
    return {.id = "",
            .platform_id = "",
            .merchant_id = "",
            .cny = cny,
            .fee = fee,
            .foreign = foreign,
            .bank_quote_id = price.quote_id,
            .bank_rate = price.selling,
            .client_rate = price.selling,  // passed on unchanged (reference 3.2)
            .mid = price.mid,
            .value_date = price.value_date,
            .on_expiry = "",
            .created_at = {},
            .expires_at = price.valid_until};
}

Result<fx::PlatformQuote> price_selling(const StandingPrices& prices, Currency currency, const Money& total,
                                        const Money& fee, Instant now, std::chrono::seconds life = {}) {
    const Money net = total - fee;
    if (!net.is_positive()) return Error(quote_error::kTooSmall, {{"fee", fee.text()}});
    const auto price = prices.best(currency, net, now, life);
    if (!price) return no_price(currency);
    const Result<Money> foreign = convert(net, price->selling, Rounding::Down);
    if (!foreign) return foreign.error();
    if (!foreign->is_positive()) return Error(quote_error::kTooSmall, {{"fee", fee.text()}});
    return quote_at(*price, total, fee, *foreign);
}

Result<fx::PlatformQuote> price_buying(const StandingPrices& prices, const Money& foreign,
                                       const parties::Agreement& agreement, Instant now) {
    const auto price = prices.best(foreign.currency(), foreign, now);
    if (!price) return no_price(foreign.currency());
    const Result<Money> net = convert(foreign, price->selling, Rounding::Up);
    if (!net) return net.error();
    const std::optional<Money> total = total_for(*net, agreement);
    if (!total) return Error(quote_error::kTooSmall, {{"fee", agreement.fee_on(*net).text()}});
    fx::PlatformQuote quote = quote_at(*price, *total, agreement.fee_on(*total), foreign);
    quote.fixed_side = fx::FixedSide::Foreign;
    return quote;
}

std::string payload_of(const fx::PlatformQuote& quote, const fx::PlatformQuote& replaced) {
    http::JsonWriter json(768);
    write_platform_quote(json, quote, replaced, std::nullopt);
    return json.take();
}

}  // namespace

StandingPrices::StandingPrices(db::Reader& reader, const QuoteSources& sources)
    : book_({}, sources.terms), sources_(sources), payable_(free_in_time(reader, sources)) {
    std::vector<std::string> quote_ids;
    for (const fx::Board& board : fx::QuoteStore::boards(reader, sources.board_ids)) {
        if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
    }
    for (const fx::Quote& quote : fx::QuoteStore::quotes(reader, quote_ids)) book_.put(quote);
}

std::optional<fx::BookPrice> StandingPrices::best(Currency currency, const Money& fixed, Instant now,
                                                  std::chrono::seconds life) const {
    const std::set<std::string> not_now = closed(sources_, currency, now);
    const auto best = book_.best({.side = fx::DealSide::Buy,
                                  .currency = currency,
                                  .fixed = fixed,
                                  .now = now,
                                  .life = life,
                                  .payable = &payable_,
                                  .closed = &not_now});
    return best ? std::optional(*best->price) : std::nullopt;
}

Result<fx::PlatformQuote> price_of(const StandingPrices& prices, const MakeQuoteItem& wish,
                                   const parties::Agreement& agreement, Instant now) {
    if (wish.sell.has_value() == wish.buy.has_value() || wish.sell.has_value() != wish.currency.has_value())
        return Error(quote_error::kOneSide);
    const Currency currency = wish.buy ? wish.buy->currency() : *wish.currency;
    if (wish.sell && wish.sell->currency().code() != "CNY")
        return Error(quote_error::kNotForeign, {{"currency", std::string(wish.sell->currency().code())}}, "/sell");
    if (currency.code() == "CNY")
        return Error(quote_error::kNotForeign, {{"currency", "CNY"}}, wish.buy ? "/buy" : "/currency");
    const Money& fixed = wish.buy ? *wish.buy : *wish.sell;
    if (!fixed.is_positive() || fixed.minor() > kMostFixed)
        return Error(quote_error::kBadAmount, {}, wish.buy ? "/buy" : "/sell");
    Result<fx::PlatformQuote> priced =
        wish.buy ? price_buying(prices, *wish.buy, agreement, now)
                 : price_selling(prices, currency, *wish.sell, agreement.fee_on(*wish.sell), now);
    if (!priced) return priced.error();
    fx::PlatformQuote quote = *std::move(priced);
    quote.platform_id = wish.platform_id;
    quote.merchant_id = wish.merchant_id;
    quote.on_expiry = parties::to_text(agreement.quote_expiry);
    quote.created_at = now;
    return quote;
}

Result<fx::PlatformQuote> price_of(const StandingPrices& prices, const orders::Order& order,
                                   const fx::PlatformQuote& replaced, Instant now) {
    const Money& fee = order.amounts.fee;
    Result<fx::PlatformQuote> priced =
        price_selling(prices, order.payout_currency, order.amounts.convertible() + fee, fee, now, prices.to_be_dealt());
    if (!priced) return priced.error();
    fx::PlatformQuote quote = *std::move(priced);
    quote.platform_id = order.platform_id;
    quote.merchant_id = order.merchant_id;
    quote.on_expiry = replaced.on_expiry;
    quote.created_at = now;
    quote.replaces = replaced.id;
    quote.order_id = order.id;
    return quote;
}

void offer(db::Group& group, const fx::PlatformQuote& quote, const fx::PlatformQuote& replaced) {
    fx::PlatformQuotes::insert(group.tx, std::span(&quote, 1));
    const events::Event told{group.ids.next("evt"),       "quote",  quote.id, 1, "quote.offered", quote.platform_id,
                             payload_of(quote, replaced), group.now};
    events::EventStore::append(group.tx, std::span(&told, 1));
}

void write_platform_quote(http::JsonWriter& json, const fx::PlatformQuote& quote,
                          const std::optional<fx::PlatformQuote>& replaced, std::optional<Instant> now) {
    const bool is_lapsing = quote.state == fx::PlatformQuoteState::Open && now && quote.is_over(*now);
    json.open_object()
        .field("id", quote.id)
        .field("merchant_id", quote.merchant_id)
        .field("state", is_lapsing ? "expired" : to_text(quote.state))
        .field("cover", "indicative")
        .field("fixed_side", quote.fixed_side == fx::FixedSide::Cny ? "sell" : "buy")
        .field("sell", quote.cny)
        .field("fee", quote.fee)
        .field("buy", quote.foreign)
        .field("bank_rate", quote.bank_rate.per_one())
        .field("client_rate", quote.client_rate.per_one())
        .field("markup_bp", 0)
        .field("mid", quote.mid.per_one());
    if (quote.value_date) json.field("value_date", quote.value_date->text());
    json.field("on_expiry", quote.on_expiry)
        .field("created_at", quote.created_at)
        .field("expires_at", quote.expires_at);
    if (now) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(quote.expires_at - *now);
        json.field("expires_in_ms", std::max<std::int64_t>(left.count(), 0));
    }
    if (!quote.order_id.empty()) json.field("order_id", quote.order_id);
    if (replaced) {
        json.field("replaces", replaced->id)
            .field("replaced_client_rate", replaced->client_rate.per_one())
            .field("difference", quote.foreign - replaced->foreign);
    }
    json.close_object();
}

std::vector<Error> marked_up_quotes(db::Reader& reader) {
    std::vector<Error> errors;
    for (const auto page_of : {&fx::QuoteStore::marked_up, &fx::PlatformQuotes::marked_up}) {
        std::string behind;
        do {
            const fx::MarkedUpPage page = page_of(reader, behind, kLookedAtOnce);
            behind = page.last;
            for (const std::string& id : page.ids)
                errors.emplace_back(quote_error::kMarkedUp,
                                    std::vector{std::pair<std::string, std::string>{"quote", id}});
        } while (!behind.empty() && errors.size() < kMostMarkedUp);
    }
    return errors;
}

}  // namespace huiqiao::flow
