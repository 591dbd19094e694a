#pragma once
// Orders whose time to pay is over, with a grace in which notices of payments made in time may still arrive. Money
// that comes after that is real and goes to suspense (collect's matter, NTF-07); so that none comes, the trade at the
// channel is asked to be closed in the same COMMIT.

#include <chrono>
#include <memory>

#include "src/db/write_queue.h"
#include "src/flow/close_trade.h"

namespace huiqiao::flow {

struct ExpireSettings {
    std::chrono::seconds grace{std::chrono::minutes(10)};
    int orders_at_once = 500;
};

class Expire final : public db::Operation {
 public:
    Expire(db::Database& database, db::WriteQueue& queue, CloseTrades trades, ExpireSettings settings)
        : database_(database), queue_(queue), trades_(std::move(trades)), settings_(settings) {}

    /// The next set of orders whose time is over at `now`. How many expired.
    int step(Instant now);

    [[nodiscard]] std::string_view name() const override { return "expire"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    CloseTrades trades_;
    ExpireSettings settings_;
};

}  // namespace huiqiao::flow
