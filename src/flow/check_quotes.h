#pragma once
// An order that took a quote is looked at once its money is there, before anything is bought for it. Where the quote
// still stands it goes to its conversion. Where it is over, what its merchant agreed happens: re_quote shows a new
// price and waits for the platform to accept it (one that is no worse is not asked about), hold waits until the
// platform asks, at_market converts at the price of the moment. The platform is told in each of these cases, and what
// waits is a work item. Nothing is bought here.

#include <memory>
#include <vector>

#include "src/base/currency.h"
#include "src/db/write_queue.h"
#include "src/flow/platform_quotes.h"

namespace huiqiao::flow {

class CheckQuotes {
 public:
    /// currencies: that orders are paid out in.
    CheckQuotes(db::Database& database, db::WriteQueue& queue, QuoteSources sources, std::vector<Currency> currencies);
    ~CheckQuotes();

    /// How many orders were looked at.
    int step(Instant now);

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    QuoteSources sources_;
    std::vector<Currency> currencies_;
    Instant rests_until_{};
    std::unique_ptr<db::Operation> check_;
};

}  // namespace huiqiao::flow
