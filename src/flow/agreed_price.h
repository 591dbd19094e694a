#pragma once
// The last look at a quote before money is put in for the order that took it: what was agreed with a platform is not
// bought past silently, neither once its time is over nor at a price that is worse. Its order goes back to be looked at
// (check_quotes.h), where its merchant's rule says what becomes of it. A quote that lapsed before was dealt with by
// that rule and is not asked about again. Orders and quotes are under lock.

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fx/platform_quote.h"
#include "src/db/write_queue.h"
#include "src/orders/order.h"

namespace huiqiao::flow {

class AgreedPrices {
 public:
    /// Steps 1 and 4: the quotes that count for these orders, which took one.
    void find(db::Reader& reader, std::span<const std::string> order_ids);
    void lock(db::Locks& locks) const;
    [[nodiscard]] bool is_empty() const { return quote_ids_.empty(); }

    /// Those orders whose agreed price is over, or better than the one at hand.
    struct Unmet {
        bool is_over = false;
        fx::PlatformQuote quote;
    };
    using ByOrder = std::map<std::string, Unmet>;
    [[nodiscard]] ByOrder not_met(db::Group& group, std::span<const orders::Order> orders, const Rate& at_hand) const;

    /// Nothing is bought for these of them until their quotes were looked at again. `worse_at`: the bank whose price,
    /// the best that is to be had, did not meet those that are not over; written down with their quotes.
    void look_again(db::Group& group, std::vector<orders::Order> orders, const ByOrder& unmet,
                    const std::string& worse_at) const;

 private:
    std::set<std::string> quote_ids_;
};

}  // namespace huiqiao::flow
