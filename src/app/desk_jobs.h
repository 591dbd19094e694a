#pragma once
// The treasury desk's commands that only look: cut-offs, rates, quotes, exposure. They read configuration, tables and
// the database, ask no bank and change nothing.

#include <iosfwd>
#include <span>

#include "fx/cut_offs.h"
#include "fx/desk.h"
#include "src/app/command_line.h"
#include "src/app/config.h"

namespace huiqiao::app {

void add_desk_jobs(CommandLine& line);

/// Times in tables are Shanghai's, and their headings say so; what scripts read is RFC 3339 in UTC. "2026-11-20 16:00".
std::string minute_in_shanghai(Instant instant);
/// "2026-11-20 16:00:05", where seconds count.
std::string second_in_shanghai(Instant instant);

/// No quote is there: of "USD" (" USD " in Chinese), of "this currency"; empty: of any.
void say_not_quoted(std::ostream& out, const std::string& english, const std::string& chinese);

/// "4 s", "12 min", "3 h 05 min".
std::string age_in_words(std::chrono::microseconds age);
/// "95 s", and beyond two minutes "12 min", "1 h 19 min".
std::string time_in_words(std::chrono::microseconds left);
/// How long a price may still be taken: "over" once it may not.
std::string left_in_words(const fx::Quote& quote, Instant now);

/// kCutOffMissing for the first account whose bank's hours the table does not name: a bank that would never be dealt
/// with, found at start.
Status check_bank_hours(const Config& config, const fx::CutOffs& cut_offs);

/// Each bank of the configuration, what it does in each currency, until when on its own clock and on ours, the time
/// left, and the value date: as a table, or as a JSON array of objects.
void print_cut_offs(const Config& config, const fx::BankHours& hours, Instant now, bool as_json, std::ostream& out);

namespace desk_error {
inline constexpr ErrorCode kChartOfOne{"chart_of_one_currency", ErrorGroup::Syntax,
                                       "A chart is of one currency: add {option}.",
                                       "走势图只画一个币种，请加 {option}。"};
inline constexpr ErrorCode kNoQuotes{
    "no_quotes_kept", ErrorGroup::NotFound,
    "No quotes of {currency} are kept for {date} in Shanghai; nothing was written. Banks quote on working days, while "
    "a "
    "service runs.",
    "没有保存 {date}（上海）的 {currency} 报价，未写入任何文件。银行仅在工作日、服务运行时报价。"};
inline constexpr ErrorCode kNoQuote{"quote_not_kept", ErrorGroup::NotFound,
                                    "No quote {quote} is kept. Take its id from huiqiao rates --refused.",
                                    "没有保存报价 {quote}。编号见被拒绝报价的列表。"};
inline constexpr ErrorCode kNotWritten{"file_not_written", ErrorGroup::Retry, "{file} cannot be written.",
                                       "无法写入 {file}。"};
}  // namespace desk_error

}  // namespace huiqiao::app
