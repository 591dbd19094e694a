#include "fx/rate_history.h"

#include "fx/quote_store.h"
#include "src/base/earliest_id.h"

namespace huiqiao::fx {

namespace {

constexpr int kPage = 5'000;

}  // namespace

std::vector<RatePoint> rate_history(db::Reader& reader, const RateStretch& stretch) {
    std::vector<RatePoint> points;
    const std::string until = earliest_id("quo", stretch.until);
    for (std::string after = earliest_id("quo", stretch.from);;) {
        const std::vector<Quote> page = QuoteStore::between(reader, after, until, kPage);
        for (const Quote& quote : page) {
            if (quote.currency() != stretch.currency) continue;
            points.push_back({quote.bank, quote.received_at, quote.bank_rate, quote.state == QuoteState::Refused});
            if (points.size() == static_cast<std::size_t>(kMostPoints)) return points;
        }
        if (page.size() < static_cast<std::size_t>(kPage)) return points;
        after = page.back().id;
    }
}

RatePage rate_page(db::Reader& reader, const RateStretch& stretch, const std::string& behind_id, int limit) {
    const std::string after = behind_id.empty() ? earliest_id("quo", stretch.from) : behind_id;
    RatePage page;
    const std::vector<Quote> looked_at =
        QuoteStore::between(reader, after, earliest_id("quo", stretch.until), kMostLookedAt);
    for (const Quote& quote : looked_at) {
        if (quote.currency() != stretch.currency) continue;
        if (page.quotes.size() == static_cast<std::size_t>(limit)) {
            page.goes_on_behind = page.quotes.back().id;
            return page;
        }
        page.quotes.push_back(quote);
    }
    if (looked_at.size() == static_cast<std::size_t>(kMostLookedAt)) page.goes_on_behind = looked_at.back().id;
    return page;
}

std::map<std::string, Candle> candles(std::span<const RatePoint> points) {
    std::map<std::string, Candle> by_bank;
    for (const RatePoint& point : points) {
        if (point.is_refused) continue;
        const auto [place, is_first] =
            by_bank.try_emplace(point.bank, Candle{point.rate, point.rate, point.rate, point.rate, 0});
        Candle& candle = place->second;
        if (point.rate.rate_e10() > candle.high.rate_e10()) candle.high = point.rate;
        if (point.rate.rate_e10() < candle.low.rate_e10()) candle.low = point.rate;
        candle.close = point.rate;
        ++candle.quotes;
    }
    return by_bank;
}

}  // namespace huiqiao::fx
