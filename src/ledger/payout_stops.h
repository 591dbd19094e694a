#pragma once
// Stopping payouts after a bad verify, as a commit of its own (LED-10). While a currency is stopped no hold is given in
// it; facts, collecting and reading go on. Resuming is for two persons, in the commit of their approval (src/api).

#include "src/db/write_queue.h"
#include "src/ledger/ledger.h"
#include "src/ledger/verify.h"

namespace huiqiao::ledger {

class PayoutStops final : public db::Operation {
 public:
    PayoutStops(db::Database& database, db::WriteQueue& queue, const Ledger& ledger)
        : database_(database), queue_(queue), ledger_(ledger) {}

    /// Nothing where the rows are right (the file of anchors alone stops no payout); else stops every currency that has
    /// an account, since books that are wrong in one place can be trusted in none.
    Status stop_after(const VerifyReport& report);

    [[nodiscard]] std::string_view name() const override { return "payout_stops"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    const Ledger& ledger_;
};

}  // namespace huiqiao::ledger
