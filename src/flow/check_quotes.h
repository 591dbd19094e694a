#pragma once
// An order that took a quote is looked at once its money is there, before anything is bought for it, and once more
// where the price that was agreed on is over when its purchase is opened, or is not met by the bank's price there
// (agreed_price.h). Where the quote still stands it goes to its conversion. Where it is over or not met, what its
// merchant agreed happens: re_quote shows a new price and waits for the platform to accept it (one that is no worse
// takes the place of the old one, and nobody is asked), hold waits until the platform asks, at_market converts at the
// price of the moment. The platform is told in each of these cases, and what waits is a work item. Where no bank has a
// price for a new one, the order is looked at again for a day, then held. Nothing is bought here.

#include <memory>
#include <string>

#include "src/db/write_queue.h"
#include "src/flow/platform_quotes.h"

namespace huiqiao::flow {

class CheckQuotes {
 public:
    CheckQuotes(db::Database& database, db::WriteQueue& queue, QuoteSources sources);
    ~CheckQuotes();

    /// Looks at the next so many orders, whatever currency they are paid out in. How many moved on.
    int step(Instant now);

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    QuoteSources sources_;
    struct Place {
        std::string kind;  // "quote:USD"; empty: from the first
        std::string order_id;
    };
    Place place_;  // the next look goes on behind it, so that those without a price hide none
    Instant rests_until_{};
    std::unique_ptr<db::Operation> check_;
};

}  // namespace huiqiao::flow
