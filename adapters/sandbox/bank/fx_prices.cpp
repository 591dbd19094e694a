#include "adapters/sandbox/bank/fx_prices.h"

#include <array>
#include <charconv>

#include "src/base/lines.h"

namespace huiqiao::sandbox::bank {

namespace {

using Wide = unsigned __int128;

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

Wide power_of_ten(int digits) {
    Wide power = 1;
    for (int i = 0; i < digits; ++i) power *= 10;
    return power;
}

Wide wide(std::int64_t positive) {
    return static_cast<Wide>(positive);
}

/// From -4 to 4 half basis points, another by currency and minute.
std::int64_t drift(std::string_view currency, std::int64_t minute) {
    std::int64_t seed = minute * 7;
    for (const char letter : currency) seed += std::int64_t{letter} * 13;
    return seed % 9 - 4;
}

}  // namespace

std::optional<std::int64_t> price_from_text(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
    const std::optional<std::int64_t> before = whole(text.substr(0, point));
    const std::optional<std::int64_t> after = whole(fraction);
    if (!before || !after || fraction.size() > 4 || *before > 1'000'000'000) return std::nullopt;
    std::int64_t scaled = *after;
    for (std::size_t i = fraction.size(); i < 4; ++i) scaled *= 10;
    const std::int64_t price = *before * 10'000 + scaled;
    return price > 0 ? std::optional(price) : std::nullopt;
}

std::string price_text(std::int64_t price_e4) {
    std::string fraction = std::to_string(price_e4 % 10'000);
    fraction.insert(0, 4 - fraction.size(), '0');
    return std::to_string(price_e4 / 10'000) + "." + fraction;
}

Result<PriceBook> PriceBook::parse(std::string_view csv, int half_spread_bp) {
    PriceBook book;
    book.half_spread_bp_ = half_spread_bp;
    for (Lines lines(csv); lines.next();) {
        std::string_view line = lines.line();
        if (line.empty() || line.front() == '#' || line == "date,currency,unit,mid") continue;
        std::array<std::string_view, 4> parts;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const std::size_t comma = i + 1 < parts.size() ? line.find(',') : std::string_view::npos;
            parts[i] = line.substr(0, comma);
            line = comma == std::string_view::npos ? std::string_view{} : line.substr(comma + 1);
        }
        const Result<Date> date = Date::parse(parts[0]);
        const Result<Currency> currency = Currency::find(parts[1]);
        const std::optional<std::int64_t> unit = whole(parts[2]);
        const std::optional<std::int64_t> mid = price_from_text(parts[3]);
        if (!date || !currency || !unit || (*unit != 1 && *unit != 100) || !mid) {
            return Error(fx_price_error::kBadRatesFile, {{"line", std::to_string(lines.number())}});
        }
        book.lines_[std::string(parts[1])].insert_or_assign(*date, Line{static_cast<int>(*unit), *mid});
    }
    return book;
}

std::optional<Price> PriceBook::price(std::string_view currency, std::int64_t minute) const {
    const auto lines = lines_.find(currency);
    if (lines == lines_.end()) return std::nullopt;
    const Date day = Date::in_shanghai(from_us(minute * 60'000'000));
    auto line = lines->second.upper_bound(day);
    if (line == lines->second.begin()) return std::nullopt;
    --line;
    const std::int64_t mid = line->second.mid_e4 + line->second.mid_e4 * drift(currency, minute) / 20'000;
    const std::int64_t spread = (mid * half_spread_bp_ + 9'999) / 10'000;
    return Price{Currency::known(currency), line->second.unit, mid - spread, mid, mid + spread};
}

std::vector<Price> PriceBook::board(std::int64_t minute) const {
    std::vector<Price> prices;
    for (const auto& [currency, lines] : lines_) {
        if (const std::optional<Price> one = price(currency, minute)) prices.push_back(*one);
    }
    return prices;
}

// cny / 100 yuan buy cny / 100 / (price / 10^4) units of "unit", that is * unit * 10^digits smallest units.
Money bought_for(const Money& cny, Currency currency, int unit, std::int64_t price_e4) {
    const Wide smallest = wide(cny.minor()) * 100 * wide(unit) * power_of_ten(currency.digits()) / wide(price_e4);
    return Money::of_minor(currency, static_cast<std::int64_t>(smallest));
}

Money cost_of(const Money& foreign, int unit, std::int64_t price_e4) {
    const Wide divisor = power_of_ten(foreign.currency().digits()) * wide(unit) * 100;
    const Wide fen = (wide(foreign.minor()) * wide(price_e4) * 2 + divisor) / (divisor * 2);
    return Money::of_minor(Currency::known("CNY"), static_cast<std::int64_t>(fen));
}

}  // namespace huiqiao::sandbox::bank
