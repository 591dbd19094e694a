#pragma once
// A price of one currency in another: one unit of base is worth r units of quote. Held exactly as an integer at
// scale 10 per 1 unit; the bank's own unit base (per 1 or per 100) and its text stand beside it, since they are the
// evidence. There is no inverse: a rate turned round is another number.

#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/money.h"
#include "src/base/rounding.h"

namespace huiqiao {

class Rate {
 public:
    static constexpr int kScale = 10;

    /// The price as the bank wrote it for unit_base units (1 or 100) of base. INP-03: a decimal string, greater than
    /// zero, at most 8 decimals and 9 whole digits; base and quote must differ.
    static Result<Rate> parse(Currency base, Currency quote, int unit_base, std::string_view text);
    /// From what we stored; LogicError where it is not positive.
    static Rate of_stored(Currency base, Currency quote, int unit_base, std::int64_t rate_e10, std::string text);

    [[nodiscard]] Currency base() const { return base_; }
    [[nodiscard]] Currency quote() const { return quote_; }
    [[nodiscard]] int unit_base() const { return unit_base_; }
    [[nodiscard]] std::int64_t rate_e10() const { return rate_e10_; }
    /// As received, per unit_base.
    [[nodiscard]] const std::string& text() const { return text_; }
    /// Per 1 unit, without trailing zeros: "7.1685".
    [[nodiscard]] std::string per_one() const;

    friend bool operator==(const Rate& a, const Rate& b) {
        return a.base_ == b.base_ && a.quote_ == b.quote_ && a.rate_e10_ == b.rate_e10_;
    }

 private:
    Rate(Currency base, Currency quote, int unit_base, std::int64_t rate_e10, std::string text)
        : base_(base), quote_(quote), unit_base_(unit_base), rate_e10_(rate_e10), text_(std::move(text)) {}

    Currency base_;
    Currency quote_;
    int unit_base_;
    std::int64_t rate_e10_;
    std::string text_;
};

/// Money in the base is multiplied into the quote; money in the quote is divided into the base; any other currency is
/// a LogicError. Exact in 128 bits, rounded once. kAmountTooLarge where the result does not fit.
Result<Money> convert(const Money& money, const Rate& rate, Rounding rounding);

namespace base_error {
inline constexpr ErrorCode kBadRate{"bad_rate", ErrorGroup::Rule,
                                    "'{text}' is not a rate: a decimal greater than zero with at most 8 decimals.",
                                    "“{text}”不是有效汇率：应为大于零且最多 8 位小数的数字。"};
}  // namespace base_error

}  // namespace huiqiao
