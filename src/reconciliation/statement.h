#pragma once
// A bank's statement of one account and day: balances, and lines that are facts for ever, each with the bank's own
// reference. A statement of a day that is not over has no closing balance; lines may come in pages.
// Arithmetic is checked here, once the day is closed: closing = opening + credits - debits, opening = the closing
// before, no gap in the numbers (REC-05). What a line means is not decided here.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::reconciliation {

struct StatementLine {
    std::string account;         // ours: "sb-usd"
    std::string bank_reference;  // theirs, unique for ever per account; never empty
    int sequence = 0;            // of the account and day, from 1
    Date booked_on;
    Date value_date;
    Money amount;  // not negative; of zero nothing is booked
    bool is_credit = false;
    bool is_reversal = false;
    std::string code;                 // ISO bank transaction code: "PMNT/ICDT/RRTN"
    std::string end_to_end;           // our reference, or the payer's; empty where there is none
    std::string narrative;            // the bank's free text as read; of it flow stores only known words
    std::string return_reason;        // of a returned payment
    std::optional<Money> instructed;  // what was sent, where a return came back short

    /// "<account>|<bank_reference>": by this a line is stored once.
    [[nodiscard]] std::string key() const { return account + "|" + bank_reference; }
};

/// By this a bank says in its code or its text that a line brings back what was sent.
inline constexpr std::string_view kReturnMark = "/RRTN";
/// Something that was sent comes back: a fact of its own, not the thing that was sent. Banks mark it in different ways.
bool is_return(const StatementLine& line);
/// The bank's code for why it came back; "unspecified" where it says none.
std::string reason_of_return(const StatementLine& line);

struct Statement {
    std::string account;
    Date day;
    std::int64_t number = 0;  // electronic sequence number, rising by one a day
    Money opening;
    Money balance;           // closing where is_closed, else interim
    bool is_closed = false;  // the day is over: no line will follow
    bool is_last_page = true;
    std::vector<StatementLine> lines;
};

/// What is wrong with a day's statement: each finding is a break.
enum class StatementFault { OpeningDiffers, ClosingDiffers, LineGap, NumberGap };
std::string_view to_text(StatementFault fault);

struct Finding {
    StatementFault fault;
    std::string text_en;
    std::string text_zh;
    Money difference;  // zero for gaps
};

/// Which number a row of rising numbers leaves out first. One that comes twice leaves nothing out.
class GapFinder {
 public:
    explicit GapFinder(int after = 0) : last_(after) {}
    void add(int number);
    /// The first number that is left out, or 0.
    [[nodiscard]] int first_gap() const { return first_gap_; }

 private:
    int last_;
    int first_gap_ = 0;
};

/// A day's lines as far as its check needs them, added in the order of their sequence.
class DaySum {
 public:
    explicit DaySum(Currency currency) : net_(Money::zero(currency)) {}
    void add(int sequence, const Money& amount, bool is_credit);
    [[nodiscard]] const Money& net() const { return net_; }  // credits less debits
    [[nodiscard]] std::size_t lines() const { return lines_; }
    /// The first number that is left out, or 0.
    [[nodiscard]] int first_gap() const { return numbers_.first_gap(); }

 private:
    Money net_;
    std::size_t lines_ = 0;
    GapFinder numbers_;
};

/// Checks a closed day. `lines`: all of the day, whatever page brought them. previous: of the last closed day, if any.
struct ClosedDay {
    Date day;
    std::int64_t number = 0;
    Money closing;
};
/// What does not follow from the day before: an opening that is not its closing, a number that is not the next.
std::vector<Finding> check_follows(Date day, std::int64_t number, const Money& opening, const ClosedDay& previous);
std::vector<Finding> check_day(const Statement& closed, const DaySum& lines, const std::optional<ClosedDay>& previous);
/// The first number behind `after` that the lines of a page, in whatever order, leave out, or 0.
int first_gap(std::span<const StatementLine> lines, int after);
/// Whether the day's lines, as far as they are here, can be all: no number is left out and, once the day is closed,
/// they come to its closing balance.
bool adds_up(const Statement& statement, const DaySum& lines);

namespace statement_error {
inline constexpr ErrorCode kBadStatement{"bad_statement", ErrorGroup::Rule,
                                         "The bank's statement cannot be used: {why}.", "银行对账单无法使用：{why}。"};
}  // namespace statement_error

}  // namespace huiqiao::reconciliation
