#pragma once
// A currency of ISO 4217: code, number, minor digits. The table (config/currencies.csv) is read once at start,
// before any thread, and does not change afterwards: it is a fact of the world, not a setting of a component.
// That a currency's digits never change under stored amounts is checked against the database at start (ledger room).

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace huiqiao {

class Currency {
 public:
    /// "USD". Unknown codes and any other spelling are refused with kUnknownCurrency.
    static Result<Currency> find(std::string_view code);
    /// The same for a code that we stored ourselves; LogicError where the table has lost it.
    static Currency known(std::string_view code);

    [[nodiscard]] std::string_view code() const { return {code_, 3}; }
    [[nodiscard]] int iso_number() const { return number_; }
    [[nodiscard]] int digits() const { return digits_; }

    friend bool operator==(const Currency& a, const Currency& b) { return a.code() == b.code(); }
    friend auto operator<=>(const Currency& a, const Currency& b) { return a.code() <=> b.code(); }

 private:
    friend class CurrencyTable;
    char code_[3] = {'X', 'X', 'X'};
    std::int16_t number_ = 999;
    std::int8_t digits_ = 0;
};

class CurrencyTable {
 public:
    /// Reads "code,number,digits,name" lines with that heading; '#' begins a comment line. Errors name the line.
    static Result<CurrencyTable> parse(std::string_view csv);
    /// Makes this the process's table. Once; a second table that differs is a LogicError.
    static void install(CurrencyTable table);

    [[nodiscard]] const std::vector<Currency>& all() const { return currencies_; }

 private:
    std::vector<Currency> currencies_;  // sorted by code
};

namespace base_error {
inline constexpr ErrorCode kUnknownCurrency{"unknown_currency", ErrorGroup::Rule,
                                            "'{code}' is not a currency that we know. Use the ISO 4217 code.",
                                            "不认识货币“{code}”，请使用 ISO 4217 代码。"};
inline constexpr ErrorCode kBadCurrencyTable{"bad_currency_table", ErrorGroup::Syntax,
                                             "The currency table is wrong in line {line}: {why}.",
                                             "货币表第 {line} 行有误：{why}。"};
}  // namespace base_error

}  // namespace huiqiao
