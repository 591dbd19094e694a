#pragma once
// An amount of one currency, exact: a signed 64-bit number of minor units. Two ways in (parse, of_minor), no double,
// no multiplication, no division. Amounts of two currencies never meet: that is a LogicError, and so is overflow
// of + and -. Converting is the Rate's work.

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/currency.h"

namespace huiqiao {

class Money {
 public:
    static Money of_minor(Currency currency, std::int64_t minor) { return Money(currency, minor); }
    static Money zero(Currency currency) { return Money(currency, 0); }

    /// INP-01: ^(0|[1-9][0-9]{0,12})(\.[0-9]{1,n})?$ with n the currency's digits; no sign, exponent, space, comma or
    /// full-width digit, and never rounded. Zero is an amount; who needs more than zero checks it.
    static Result<Money> parse(Currency currency, std::string_view text);

    [[nodiscard]] Currency currency() const { return currency_; }
    [[nodiscard]] std::int64_t minor() const { return minor_; }
    /// At the currency's digits: "1234.56", "-0.05", "2158".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool is_zero() const { return minor_ == 0; }
    [[nodiscard]] bool is_positive() const { return minor_ > 0; }
    [[nodiscard]] bool is_negative() const { return minor_ < 0; }

    Money operator+(const Money& other) const;
    Money operator-(const Money& other) const;
    Money operator-() const;
    Money& operator+=(const Money& other) { return *this = *this + other; }
    Money& operator-=(const Money& other) { return *this = *this - other; }

    /// The sum where it may overflow by what somebody sent: kAmountTooLarge instead of a LogicError.
    [[nodiscard]] Result<Money> plus(const Money& other) const;

    /// Shares in proportion to the weights (>= 0, at least one > 0) that sum to this amount exactly: each gets the
    /// floor of its share, and the units left over go one each to the largest remainders, ties to the earlier line.
    /// For a negative amount the shares are those of the positive one, negated.
    [[nodiscard]] std::vector<Money> split(std::span<const std::int64_t> weights) const;

    friend bool operator==(const Money& a, const Money& b) { return a.compare(b) == 0; }
    friend auto operator<=>(const Money& a, const Money& b) { return a.compare(b) <=> 0; }

 private:
    Money(Currency currency, std::int64_t minor) : currency_(currency), minor_(minor) {}
    [[nodiscard]] int compare(const Money& other) const;

    Currency currency_;
    std::int64_t minor_;
};

namespace base_error {
inline constexpr ErrorCode kBadAmount{
    "bad_amount", ErrorGroup::Rule,
    "'{text}' is not an amount in {currency}: write digits with at most {digits} "
    "decimals, such as \"{example}\".",
    "“{text}”不是有效的 {currency} 金额：只写数字，小数最多 {digits} 位，例如“{example}”。"};
inline constexpr ErrorCode kAmountTooLarge{"amount_too_large", ErrorGroup::Rule,
                                           "The amount in {currency} is too large.", "{currency} 金额过大。"};
}  // namespace base_error

}  // namespace huiqiao
