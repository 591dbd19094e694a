#pragma once
// What banks' prices were: the quotes of a stretch of time, in the order of their arrival, and their open, high, low
// and close by bank. Refused quotes are part of the evidence and stay in, marked; they move no open, high, low or
// close. It reads what is kept: [retention] lets go of quotes that nothing was decided by.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "fx/quote.h"
#include "src/db/database.h"

namespace huiqiao::fx {

/// One bank's selling rate at an instant.
struct RatePoint {
    std::string bank;
    Instant at{};
    Rate rate;
    bool is_refused = false;
};

struct RateStretch {
    Currency currency;
    Instant from{};
    Instant until{};  // not in it
};

inline constexpr int kMostPoints = 100'000;

/// By arrival. Where there are more than kMostPoints, the first of them.
std::vector<RatePoint> rate_history(db::Reader& reader, const RateStretch& stretch);

/// A part of the same, for who reads it piece by piece.
struct RatePage {
    std::vector<Quote> quotes;   // by arrival
    std::string goes_on_behind;  // the id after which the next page begins; empty: the stretch is over
};
/// At most limit quotes behind that id ("": from the beginning). It looks at no more than kMostLookedAt quotes of all
/// currencies, so a page may hold fewer, or none, and still go on.
inline constexpr int kMostLookedAt = 5'000;
RatePage rate_page(db::Reader& reader, const RateStretch& stretch, const std::string& behind_id, int limit);

/// CNY per unit, selling.
struct Candle {
    Rate open;
    Rate high;
    Rate low;
    Rate close;
    int quotes = 0;
};

/// By bank; a bank with refused quotes alone has none.
std::map<std::string, Candle> candles(std::span<const RatePoint> points);

}  // namespace huiqiao::fx
