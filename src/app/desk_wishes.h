#pragma once
// What is typed at the desk's commands: a currency, an amount, a bank's name, read with a sentence for each that cannot
// be meant. It knows no quotes and no tables.

#include <string>

#include "src/app/config.h"
#include "src/base/money.h"

namespace huiqiao::app {

/// One that is bought with CNY: wish_error::kNotForeign for CNY itself.
Result<Currency> foreign_currency(const std::string& code);
/// Above zero: wish_error::kNothingWanted.
Result<Money> amount_wanted(Currency currency, const std::string& text);
/// wish_error::kNoSuchBank, which names those that are there. Empty: any bank is meant.
Status check_bank_is_known(const Config& config, const std::string& bank);

namespace wish_error {
inline constexpr ErrorCode kNotForeign{"currency_not_foreign", ErrorGroup::Rule,
                                       "The desk buys foreign currencies with CNY; {currency} is not bought. Name "
                                       "another currency.",
                                       "交易台以人民币购买外币，不购买 {currency}。请指定其他币种。"};
inline constexpr ErrorCode kNothingWanted{"quote_of_nothing", ErrorGroup::Rule,
                                          "There is nothing to offer for {amount}: the amount must be above zero.",
                                          "金额 {amount} 无可报价：金额须大于零。"};
inline constexpr ErrorCode kNoSuchBank{"bank_not_configured", ErrorGroup::NotFound,
                                       "The configuration names no bank {bank}. These are there: {banks}.",
                                       "配置中没有银行 {bank}。已配置的银行：{banks}。"};
}  // namespace wish_error

}  // namespace huiqiao::app
