#pragma once
// The sandbox bank's prices: whole numbers of 1/10000 CNY for 1 or 100 units of a currency. A board is a pure function
// of the rates file and the minute, so that the bank can prove later what it showed. Its arithmetic is its own, apart
// from the institution's, so that a common mistake cannot hide.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::sandbox::bank {

struct Price {
    Currency currency;
    int unit = 1;
    std::int64_t buying_e4 = 0;  // the bank buys; CNY for unit
    std::int64_t mid_e4 = 0;
    std::int64_t selling_e4 = 0;
};

class PriceBook {
 public:
    /// Lines "date,currency,unit,mid" with that heading, mid with at most 4 decimals; '#' begins a comment line. The
    /// latest line of a currency that is not after the day holds. half_spread_bp: from mid to either side.
    static Result<PriceBook> parse(std::string_view csv, int half_spread_bp = 12);

    /// Every currency that has a price at that minute (minutes since 1970), in order of codes.
    [[nodiscard]] std::vector<Price> board(std::int64_t minute) const;
    [[nodiscard]] std::optional<Price> price(std::string_view currency, std::int64_t minute) const;

 private:
    struct Line {
        int unit;
        std::int64_t mid_e4;
    };
    std::map<std::string, std::map<Date, Line>, std::less<>> lines_;
    int half_spread_bp_ = 12;
};

/// "716.8500"
std::string price_text(std::int64_t price_e4);
/// nullopt where it is not digits with at most 4 decimals, or not positive.
std::optional<std::int64_t> price_from_text(std::string_view text);

/// What so much CNY buys at the price, cut to the currency's smallest unit; and what so much of the currency costs,
/// rounded half up to the fen.
Money bought_for(const Money& cny, Currency currency, int unit, std::int64_t price_e4);
Money cost_of(const Money& foreign, int unit, std::int64_t price_e4);

namespace fx_price_error {
inline constexpr ErrorCode kBadRatesFile{"bad_rates_file", ErrorGroup::Syntax,
                                         "The sandbox bank's rates file is wrong in line {line}.",
                                         "沙箱银行汇率文件第 {line} 行有误。"};
}  // namespace fx_price_error

}  // namespace huiqiao::sandbox::bank
