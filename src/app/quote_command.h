#pragma once
// huiqiao quote: what each bank offers for one amount now, side by side, whichever side of the deal is fixed. It reads
// what stands in the books, asks no bank and promises nothing.

#include <iosfwd>
#include <span>

#include "fx/all_in.h"
#include "src/app/command_line.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

void add_quote_command(CommandLine& line);

/// Best first, each with what it costs all-in and why it is not taken. fixed: the amount that they are offers for.
void print_quote(std::span<const fx::AllIn> offers, const Money& fixed, Instant now, std::ostream& out);
/// The same as an array of objects, for scripts.
void write_quote(http::JsonWriter& json, std::span<const fx::AllIn> offers, const Money& fixed, Instant now);

namespace quote_error {
inline constexpr ErrorCode kNotForeign{"quote_of_foreign_currency", ErrorGroup::Rule,
                                       "A quote is of a foreign currency that is bought with CNY, not of {currency}.",
                                       "询价的币种须为以人民币购买的外币，不能是 {currency}。"};
inline constexpr ErrorCode kNothingWanted{"quote_of_nothing", ErrorGroup::Rule,
                                          "There is nothing to offer for {amount}: the amount must be above zero.",
                                          "金额 {amount} 无可报价：金额须大于零。"};
}  // namespace quote_error

}  // namespace huiqiao::app
