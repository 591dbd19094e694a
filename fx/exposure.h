#pragma once
// How far the money of orders that are paid out in a foreign currency has come, in all, and what is locked and bought
// for which value date: what a desk still has to buy and to send. Pure: figures and their sums; where they come from is
// exposure_store.h's and flow's.
// An order has no value date before it is locked, so ordered, paid, refunded and remitted stand by currency alone.
// Whatever is shown ties: ordered = paid + to be paid; paid = fees + refunding + refunded + converting + converted +
// rest + to buy; dealt = allocated + unallocated; allocated = to remit + remitting + remitted.

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "fx/lock.h"
#include "fx/purchase.h"

namespace huiqiao::fx {

enum class Figure {
    Ordered,     // CNY due of orders that were neither cancelled nor expired
    Collected,   // CNY that channels confirmed: paid, though it may not be at the bank yet
    Fees,        // CNY, ours
    Refunding,   // CNY on its way back to buyers
    Refunded,    // CNY
    Converting,  // CNY in purchases that are not dealt yet
    Converted,   // CNY spent
    Rest,        // CNY left over by rounding, for the merchants' next purchases of any currency
    DealtCny,    // CNY that banks take for their deals
    Dealt,       // from here on the payout currency: what banks sold
    Allocated,   // to orders
    Remitting,   // ordered at banks
    Remitted,
};
inline constexpr std::array kFigures{Figure::Ordered,  Figure::Collected,  Figure::Fees,      Figure::Refunding,
                                     Figure::Refunded, Figure::Converting, Figure::Converted, Figure::Rest,
                                     Figure::DealtCny, Figure::Dealt,      Figure::Allocated, Figure::Remitting,
                                     Figure::Remitted};
std::string_view to_text(Figure figure);
constexpr bool is_cny(Figure figure) {
    return figure < Figure::Dealt;
}

/// Minor units by figure, of one currency.
class ExposureTotals {
 public:
    [[nodiscard]] std::int64_t& at(Figure figure) { return minor_.at(static_cast<std::size_t>(figure)); }
    [[nodiscard]] std::int64_t at(Figure figure) const { return minor_.at(static_cast<std::size_t>(figure)); }
    [[nodiscard]] bool is_zero() const { return minor_ == std::array<std::int64_t, kFigures.size()>{}; }
    ExposureTotals& operator+=(const ExposureTotals& other);
    ExposureTotals& operator-=(const ExposureTotals& other);

 private:
    std::array<std::int64_t, kFigures.size()> minor_{};
};

/// What is open of the purchases of one value date. A deal counts until both its legs are settled.
struct ValueDateExposure {
    Date value_date;
    Money locked_cny;  // put into purchases whose lock is asked for or held, or whose deal is awaited; and what it
                       // costs to draw what is left of the locks that the desk holds (fx/held_lock_left.h)
    Money locked;      // what that buys at the quoted rate, or the lock's
    Money bought_cny;  // dealt
    Money bought;
    Money allocated;
};

struct CurrencyExposure {
    explicit CurrencyExposure(Currency which) : currency(which) {}
    Currency currency;
    ExposureTotals totals;
    std::vector<ValueDateExposure> value_dates;  // earliest first

    [[nodiscard]] Money of(Figure figure) const;
    [[nodiscard]] Money locked_cny() const;
    [[nodiscard]] Money locked() const;
    /// CNY that channels have not confirmed yet. Below zero by what was paid in part for orders that expired.
    [[nodiscard]] Money to_be_paid() const;
    /// Paid CNY that is neither ours, nor the buyers' again, nor in a purchase: still to be bought with. Below
    /// zero by what merchants' rests of other currencies put in. No less for a lock that the desk holds: that fixes a
    /// rate and buys nothing, and can run out undrawn.
    [[nodiscard]] Money open_cny() const;
    /// What banks sold and no order got: more than was ordered, or at another rate.
    [[nodiscard]] Money unallocated() const;
    /// Bought for orders and not yet ordered at a bank.
    [[nodiscard]] Money open() const;
};

/// A purchase as it stood at an instant.
struct OpenPurchaseView {
    const Purchase& purchase;
    Date value_date;  // the deal's, else the lock's
    bool is_dealt = false;
    Money allocated;
};
/// Puts it into the line of its value date, which is made where it is the first.
void add(CurrencyExposure& exposure, const OpenPurchaseView& view);

}  // namespace huiqiao::fx
