#pragma once
// The rates book: what each bank bids and asks for a currency now, and which price is best for an actual amount. A
// price comes in through take() alone: one that is crossed, wrongly scaled, off the mid or the central parity, not
// tradable, over when it came or older than the one that stands is refused with its reason. A price that is refused
// leaves what stood before as it was; whether that may still be dealt at is the caller's to say. Best is by the all-in
// cost of the amount, fees included, for one side and one value date. It lives in memory, on one thread: rows are
// quote_store's. It asks nobody and promises nothing.

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fx/bank_terms.h"
#include "fx/quote.h"
#include "src/base/date.h"

namespace huiqiao::fx {

struct BookRules {
    int max_move_bp = 300;        // of a mid against the bank's last good one (FX-09)
    int max_spread_bp = 300;      // of the selling rate above the mid
    int max_off_parity_bp = 500;  // of a mid against the central parity, where one is known
};

/// Which way the foreign currency goes.
enum class DealSide { Buy, SellBack };

/// A bank's price as the book keeps it.
struct BookPrice {
    std::string bank;
    std::string quote_id;
    Rate buying;   // the bank's
    Rate selling;  // the bank's
    Rate mid;
    Instant received_at{};
    Instant valid_until{};
    std::optional<Date> value_date;  // absent: whatever is asked for
};

/// What somebody wants to deal.
struct DealWish {
    DealSide side = DealSide::Buy;
    Currency currency;
    Money fixed;  // CNY or the currency: the other amount follows
    Instant now{};
    std::chrono::seconds life{};  // that a price must still have
    std::optional<Date> value_date = std::nullopt;
    /// Buy: CNY that can be paid at each bank, the fee included; at a bank that is not here, any amount.
    const std::map<std::string, Money>* payable = nullptr;
    const std::set<std::string>* closed = nullptr;  // banks that do not deal in it now
};

struct BestPrice {
    const BookPrice* price = nullptr;  // until the next take()
    Money cny;                         // Buy: paid, the bank's fee included; SellBack: got, less its fee
    Money foreign;                     // bought, or sold
    Money fee;                         // CNY, the bank's
};

class RatesBook {
 public:
    explicit RatesBook(BookRules rules, std::map<std::string, BankTerms> terms = {});
    RatesBook(const RatesBook&) = delete;
    RatesBook& operator=(const RatesBook&) = delete;

    /// What the next price of that bank is measured against. by_persons: two of them accepted it, so that the central
    /// parity does not refuse what lies near it.
    void know_mid(std::string_view bank, const Rate& mid, bool by_persons = false);
    /// The latest of its pair, in either orientation.
    void know_parity(const Rate& parity);

    /// What comes with a line beside its prices.
    struct Arrival {
        std::string quote_id;
        Instant received_at{};
        Instant valid_until{};
        std::optional<Date> value_date = std::nullopt;
    };
    /// Taken, and the reference for the next one; or why it was refused (fx_error).
    Status take(std::string_view bank, const BoardLine& line, Arrival arrival);

    /// A price that was taken before, from its row. One that was refused or used is no price.
    void put(const Quote& quote);

    /// Whether what the bank's next price is measured against stands by two persons' word, off the central parity.
    [[nodiscard]] bool is_by_persons(std::string_view bank, Currency currency) const;

    /// nullopt where no bank's price can be dealt at for that amount.
    [[nodiscard]] std::optional<BestPrice> best(const DealWish& wish) const;

 private:
    struct Standing {
        std::string bank;
        const BankTerms* terms = nullptr;
        std::optional<BookPrice> price;
        std::optional<Rate> good_mid;
        bool is_by_persons = false;
    };
    struct Pair {
        Currency currency;
        std::optional<Rate> parity;
        std::vector<Standing> banks;
    };
    Pair& pair_of(Currency currency);
    Standing& standing_of(Pair& pair, std::string_view bank);
    [[nodiscard]] Status judge(const Pair& pair, const Standing& standing, const BoardLine& line,
                               const Arrival& arrival) const;
    [[nodiscard]] static bool can_be_paid(const BestPrice& offer, const DealWish& wish);
    [[nodiscard]] static std::optional<BestPrice> offer_of(const Standing& standing, const DealWish& wish);

    BookRules rules_;
    std::map<std::string, BankTerms> terms_;
    BankTerms free_;           // of a bank without terms
    std::vector<Pair> pairs_;  // some ten of them
};

namespace fx_error {
inline constexpr ErrorCode kWrongScale{
    "rate_wrong_scale", ErrorGroup::Rule,
    "The rate of {pair} is {rate} per 1, about a hundred times off {reference}: a price per 100 was taken for one per "
    "1, "
    "or the other way about.",
    "{pair} 汇率为每 1 单位 {rate}，与 {reference} 相差约一百倍：每 100 单位与每 1 单位的价格被混淆。"};
inline constexpr ErrorCode kOffParity{
    "rate_off_parity", ErrorGroup::Rule,
    "The mid of {pair} is {rate}, more than {bp} basis points from the central parity {reference}.",
    "{pair} 的中间价 {rate} 与人民币汇率中间价 {reference} 相差超过 {bp} 个基点。"};
inline constexpr ErrorCode kStaleRate{"rate_stale", ErrorGroup::Retry,
                                      "The price of {pair} was over at {until}, before it came.",
                                      "{pair} 的价格到达前已于 {until} 失效。"};
inline constexpr ErrorCode kLateRate{"rate_late", ErrorGroup::Retry,
                                     "The price of {pair} is older than the one of {since} that stands.",
                                     "{pair} 的价格早于现行的 {since} 报价。"};
}  // namespace fx_error

}  // namespace huiqiao::fx
