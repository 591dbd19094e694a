#pragma once
// Tells a person of orders that no worker can take on, since no worker is late with them: an order above every bank's
// largest deal, orders that together buy nothing, a payout currency in which no bank deals, or none has had a price for
// orders whose quotes are over, a merchant whose account
// has less than its waiting orders need (a debit that two persons laid on it took the rest). One work item a matter,
// opened when it is found, its amounts brought up to date, closed when it is over. It moves no order and no money, and
// leaves out what ends by itself: a board awaited, money not yet at the bank, payouts that are stopped. What a look
// costs does not grow with the number of orders that wait: sums are of the oldest ("at least").

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "src/db/write_queue.h"
#include "src/flow/convert.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

inline constexpr std::string_view kOrderAboveDeals = "order_above_deals";          // subject: the order
inline constexpr std::string_view kOrdersBelowDeals = "orders_below_deals";        // subject: the currency
inline constexpr std::string_view kCurrencyWithoutBank = "currency_without_bank";  // subject: the currency
inline constexpr std::string_view kOrdersWithoutPrice = "orders_without_price";    // subject: the currency
inline constexpr std::string_view kMerchantFunds = "merchant_funds_missing";       // subject: the merchant's account

class WatchWaiting {
 public:
    using Banks = std::map<std::string, ConvertSettings::BankAccounts>;
    static constexpr std::chrono::seconds kEvery{60};
    static constexpr std::chrono::hours kSmallMayWait{1};   // for others to be bought with
    static constexpr std::chrono::hours kPriceMayWait{12};  // longer than banks are closed between two days of dealing
    static constexpr int kAtMost = 500;                     // orders above the deals, and merchants, told at a time
    struct Parts;

    /// The references must outlive it; banks, and how many orders a purchase takes: as convert deals.
    WatchWaiting(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, Banks banks,
                 int orders_a_purchase = ConvertSettings{}.orders_a_purchase);
    ~WatchWaiting();

    /// One process looks a minute; a look reads a bounded number of orders and merchants, and the next one goes on
    /// behind them. How many work items were opened, changed or closed.
    int step(Instant now);

 private:
    std::unique_ptr<Parts> parts_;
    std::unique_ptr<db::Operation> turn_;
    std::unique_ptr<db::Operation> tell_;
    Instant next_{};  // not before that is it asked whose turn it is
};

}  // namespace huiqiao::flow
