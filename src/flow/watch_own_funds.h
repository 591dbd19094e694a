#pragma once
// Tells a person that customers' money at the banks is short by what is ours to bear (charges, losses, costs that we
// carry), currency by currency: what own funds owe, less what we earned and have not swept out. While it is short the
// last orders of a currency find too little on its provision account and wait (reference 3.1: losses are covered from
// own funds, never from other customers' money). One work item a currency, its amount brought up to date, closed when
// nothing is owed. It moves no money: two persons do, by own_transfer.

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "src/db/write_queue.h"
#include "src/ledger/ledger.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

inline constexpr std::string_view kOwnFundsOwed = "own_funds_owed";  // subject: the currency

class WatchOwnFunds {
 public:
    static constexpr std::chrono::seconds kEvery{60};
    /// A channel's cost is ours until its payments fund their orders, minutes later: that alone is told to nobody.
    static constexpr std::chrono::minutes kAfter{10};

    /// currencies: codes of those with provision accounts. The references must outlive it.
    WatchOwnFunds(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                  std::set<std::string> currencies);
    ~WatchOwnFunds();

    /// Looks once a minute. How many work items were opened, changed or closed.
    int step(Instant now);

 private:
    [[nodiscard]] std::map<std::string, Money> owed(db::Reader& reader, const std::set<std::string>& codes) const;

    db::Database& database_;
    db::WriteQueue& queue_;
    const ledger::Ledger& ledger_;
    const std::set<std::string> currencies_;
    operators::WorkItems work_items_;
    std::unique_ptr<db::Operation> tell_;
    std::map<std::string, Instant> owed_since_;
    Instant looked_at_{};
};

}  // namespace huiqiao::flow
