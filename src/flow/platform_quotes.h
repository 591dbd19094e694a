#pragma once
// Quotes to platforms: a price for an amount, one side of it fixed, from the banks' latest prices as the desk ranks
// them; a new price for an order that is held because its quote was over; and the platform's word that it takes that
// price, which sets the order free. The client's rate is the bank's rate, unchanged. No bank is asked, and nothing is
// locked: a quote is indicative. What becomes of a quote that was taken is check_quotes.h's.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fx/platform_quote.h"
#include "fx/rates_book.h"
#include "src/db/write_queue.h"
#include "src/flow/quote_sources.h"
#include "src/http/json_writer.h"
#include "src/orders/order.h"
#include "src/parties/merchant.h"

namespace huiqiao::flow {

/// The banks' latest prices, read once for all that is priced in a group.
class StandingPrices {
 public:
    /// The sources must outlive it.
    StandingPrices(db::Reader& reader, const QuoteSources& sources);
    /// The best one that stands, as the desk ranks them: all-in, of the banks that deal now and can be paid so much by
    /// the time of the purchase, so that what is shown is what would be dealt at. life: that it must still have.
    [[nodiscard]] std::optional<fx::BookPrice> best(Currency currency, const Money& fixed, Instant now,
                                                    std::chrono::seconds life = {}) const;
    [[nodiscard]] std::chrono::seconds to_be_dealt() const { return sources_.to_be_dealt; }

 private:
    fx::RatesBook book_;
    const QuoteSources& sources_;
    std::map<std::string, Money> payable_;
};

struct MakeQuoteItem final : db::Item {
    std::string platform_id;  // authenticated
    std::string merchant_id;
    std::optional<Currency> currency;  // bought; with `sell`
    std::optional<Money> sell;         // CNY that the buyer pays, our fee included
    std::optional<Money> buy;          // what the merchant shall get
    // answer
    std::optional<fx::PlatformQuote> quote;
    std::optional<Error> error;
};

/// A new price for an order of the platform that is held for its quote.
struct RequoteItem final : db::Item {
    std::string platform_id;
    std::string order_id;
    // answer
    std::optional<fx::PlatformQuote> quote;
    std::optional<fx::PlatformQuote> replaced;
    std::optional<Error> error;
};

struct AcceptQuoteItem final : db::Item {
    std::string platform_id;
    std::string quote_id;
    // answer
    std::optional<fx::PlatformQuote> quote;
    std::optional<fx::PlatformQuote> replaced;
    std::optional<Error> error;
};

std::unique_ptr<db::Operation> make_quote_maker(QuoteSources sources);
std::unique_ptr<db::Operation> make_requoter(QuoteSources sources);
std::unique_ptr<db::Operation> make_quote_acceptor(QuoteSources sources);

/// kNoPrice where no bank's price can be dealt at for the amount.
Result<fx::PlatformQuote> price_of(const StandingPrices& prices, const MakeQuoteItem& wish,
                                   const parties::Agreement& agreement, Instant now);
/// For what the order still has to convert; its fee was taken. Without an id.
Result<fx::PlatformQuote> price_of(const StandingPrices& prices, const orders::Order& order,
                                   const fx::PlatformQuote& replaced, Instant now);

/// The new quote, told to its platform.
void offer(db::Group& group, const fx::PlatformQuote& quote, const fx::PlatformQuote& replaced);

/// One object, as answers and webhooks show it; without now, no time left is told.
void write_platform_quote(http::JsonWriter& json, const fx::PlatformQuote& quote,
                          const std::optional<fx::PlatformQuote>& replaced, std::optional<Instant> now);

/// Quotes of any kind whose client's rate is not the bank's: an invariant, so there are none; the first of them where
/// there are. Walks over every quote, in pages.
std::vector<Error> marked_up_quotes(db::Reader& reader);

namespace quote_error {
inline constexpr ErrorCode kNoPrice{
    "no_price_now", ErrorGroup::Retry,
    "No bank has a price of {currency} for this amount now. Nothing was quoted; ask again in some seconds, within the "
    "banks' hours.",
    "目前没有银行对该金额的 {currency} 报价，未生成报价；请在银行营业时间内稍后再试。"};
inline constexpr ErrorCode kOneSide{"quote_one_side", ErrorGroup::Rule,
                                    "A quote fixes one side: give sell (CNY) with currency, or buy.",
                                    "报价只固定一边：请填写 sell（人民币）与 currency，或填写 buy。"};
inline constexpr ErrorCode kNotForeign{"quote_currency", ErrorGroup::Rule,
                                       "A quote buys a foreign currency with CNY: {currency} does not stand there.",
                                       "报价为用人民币购买外币，此处不能填 {currency}。"};
inline constexpr ErrorCode kBadAmount{"quote_amount", ErrorGroup::Rule,
                                      "A quote is for an amount above zero and of a size that an order can have.",
                                      "报价金额须大于零，且不超过订单可能的金额。"};
inline constexpr ErrorCode kOverLimit{"over_limit", ErrorGroup::Declined,
                                      "The limit of an order's total is CNY {limit}; this quote would be for {amount}. "
                                      "Nothing was quoted.",
                                      "订单总额的限额为人民币 {limit}，此报价为 {amount}，未生成报价。"};
inline constexpr ErrorCode kTooSmall{"quote_too_small", ErrorGroup::Rule,
                                     "After our fee of CNY {fee} nothing is left to be bought with.",
                                     "扣除手续费 {fee} 元后没有可用于购汇的金额。"};
inline constexpr ErrorCode kNotFound{"not_found", ErrorGroup::NotFound, "You have no such quote or order.",
                                     "您没有此报价或订单。"};
inline constexpr ErrorCode kNotHeld{"order_not_held_for_quote", ErrorGroup::Conflict,
                                    "Order {order} is not held because its quote was over: it is {state}.",
                                    "订单 {order} 未因报价失效而暂停，状态为 {state}。"};
inline constexpr ErrorCode kOver{"quote_expired", ErrorGroup::Conflict,
                                 "Quote {quote} was over at {until}; the order stays held. Ask for a new one by POST "
                                 "/v1/orders/{order}/re-quote.",
                                 "报价 {quote} 已于 {until} 失效，订单仍暂停；请用 POST /v1/orders/{order}/re-quote "
                                 "重新询价。"};
inline constexpr ErrorCode kAmountMoved{"quote_amount_moved", ErrorGroup::Conflict,
                                        "The order's amount has changed since quote {quote} was made; it stays held. "
                                        "Ask for a new one by POST /v1/orders/{order}/re-quote.",
                                        "报价 {quote} 之后订单金额已变化，订单仍暂停；请用 POST "
                                        "/v1/orders/{order}/re-quote 重新询价。"};
inline constexpr ErrorCode kMarkedUp{"quote_marked_up", ErrorGroup::Internal,
                                     "The client's rate of quote {quote} is not the bank's.",
                                     "报价 {quote} 的客户汇率不是银行汇率。"};
}  // namespace quote_error

}  // namespace huiqiao::flow
