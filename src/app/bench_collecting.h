#pragma once
// Payments of taken-in orders, confirmed by notices of the channel, in groups as large as a commit: what the writer
// does of an order's life after intake. In process; the notices' signatures are not part of it.

#include <optional>

#include "src/app/bench_world.h"
#include "src/flow/collect_notices.h"

namespace huiqiao::app {

class Collecting {
 public:
    static constexpr int kGroup = 500;

    explicit Collecting(BenchWorld& world);

    /// One group's orders, taken in, with their notices stored: ready to be processed.
    std::vector<std::shared_ptr<db::Item>> confirmed(std::int64_t first, std::optional<int> merchant = std::nullopt);
    /// The same of orders that were taken in.
    std::vector<std::shared_ptr<db::Item>> confirmed(const std::vector<std::shared_ptr<db::Item>>& taken_in);
    /// Throws std::runtime_error where one was not written.
    void process(const std::vector<std::shared_ptr<db::Item>>& items);
    [[nodiscard]] std::uint64_t booked() const { return counters_.booked; }

 private:
    BenchWorld& world_;
    flow::CloseTrades trades_;
    flow::CollectSettings settings_;
    flow::CollectCounters counters_;
    flow::CollectParts parts_;
    flow::FreshNotices fresh_;
    flow::StoreNotices store_;
    flow::ProcessNotices process_;
};

}  // namespace huiqiao::app
