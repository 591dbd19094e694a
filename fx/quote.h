#pragma once
// A price that a bank offered for selling us foreign currency (base) against CNY (quote), as it came: bank rate, mid
// and the client's rate stand apart. Orientation is stored, never inferred. What is passed on to merchants is the
// bank's rate unchanged (reference 3.2): a markup is refused unless a setting allows it, and is 0 by default.
// A quote that fails the sanity checks (FX-09) is kept as evidence, refused. It promises nothing: that is the lock.

#include <optional>
#include <string>
#include <string_view>

#include "src/base/date.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

enum class QuoteState {
    Open,     // may be locked until valid_until
    Used,     // a lock was asked for by it
    Refused,  // failed the sanity checks; a person looks at it
};

std::string_view to_text(QuoteState state);
QuoteState quote_state_from_text(std::string_view text);

/// One line of a bank's board, from the bank's view: it buys foreign currency at buying, sells it to us at selling.
struct BoardLine {
    Rate buying;
    Rate selling;
    Rate mid;
    bool tradable = true;
    Instant valid_until{};
    std::string bank_reference;  // of the board or the price, theirs
};

struct Quote {
    std::string id;
    std::string bank;
    Rate bank_rate;    // the bank's selling rate
    Rate client_rate;  // what the merchant gets: bank_rate with the markup
    Rate mid;
    int markup_bp = 0;
    std::string bank_reference;
    Instant received_at{};
    Instant valid_until{};
    QuoteState state = QuoteState::Open;
    std::optional<Rate> buying = {};  // the bank's; absent of quotes kept before it was
    bool tradable = true;
    std::optional<Date> value_date = {};  // of a deal made at it when it came; absent: none could be made
    std::string refused_why = {};         // as it was kept: the code's text and the pair; empty: it was not refused

    [[nodiscard]] Currency currency() const { return bank_rate.base(); }
};

/// The bank's rate with the markup added (we sell the base to the merchant, so more CNY a unit), half up at scale 10.
/// kMarkupForbidden where the markup is not 0 and not allowed, or is negative.
Result<Rate> client_rate(const Rate& bank_rate, int markup_bp, bool markup_allowed);

/// FX-09: the line is tradable, all three rates are of one pair with CNY as quote, buying <= mid <= selling, selling is
/// at most max_spread_bp above mid, and mid lies within max_move_bp of the last good mid (none known: not compared).
Status check_board_line(const BoardLine& line, const std::optional<Rate>& last_good_mid, int max_move_bp,
                        int max_spread_bp);

namespace fx_error {
inline constexpr ErrorCode kMarkupForbidden{"markup_forbidden", ErrorGroup::Rule,
                                            "A markup of {bp} basis points on the bank's rate is not allowed.",
                                            "不允许在银行汇率上加 {bp} 个基点。"};
inline constexpr ErrorCode kNotTradable{"rate_not_tradable", ErrorGroup::Retry,
                                        "The bank shows {pair} as not tradable now.", "银行目前不可交易 {pair}。"};
inline constexpr ErrorCode kInvertedBoard{
    "rate_board_inverted", ErrorGroup::Rule,
    "The board of {pair} is not in order: buying {buying}, mid {mid}, selling {selling}.",
    "{pair} 牌价次序有误：买入 {buying}，中间价 {mid}，卖出 {selling}。"};
inline constexpr ErrorCode kRateMoved{"rate_moved", ErrorGroup::Rule,
                                      "The rate of {pair} is {rate}, more than {bp} basis points from {reference}.",
                                      "{pair} 汇率 {rate} 与 {reference} 相差超过 {bp} 个基点。"};
}  // namespace fx_error

}  // namespace huiqiao::fx
