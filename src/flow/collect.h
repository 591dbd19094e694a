#pragma once
// Collecting: orders placed at a channel, its notices taken in and processed, payments asked for on a schedule, and
// what a confirmed payment does to the books and to its order, always for sets. A notice is a hint: small and exactly
// as asked, it is booked; anything else is asked of the channel first (NTF-10), and the channel's answer decides. Money
// that is not as asked (amount, too late, surplus) is booked to suspense with a work item, never dropped, never marked
// paid.

#include <any>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/crypto/sealer.h"
#include "src/db/write_queue.h"
#include "src/flow/close_trade.h"
#include "src/ledger/ledger.h"
#include "src/operators/work_item.h"
#include "src/orders/collection_channel.h"

namespace huiqiao::flow {

struct CollectSettings {
    std::int64_t query_above_minor = 500'000;  // CNY 5,000: above it a notice only makes us ask (NTF-10)
    std::chrono::seconds parked_for{86'400};   // a notice of something unknown, then a person looks (NTF-06)
    std::chrono::seconds parked_pause{300};
    int failed_tries = 5;  // of a notice whose processing fails, parked_pause apart; then a person looks
    int notices_a_step = 500;
    int queries_a_step = 200;
};

struct CollectCounters {
    std::atomic<std::uint64_t> stored{0}, repeated{0}, forged{0}, booked{0}, suspended{0}, queried{0}, parked{0},
        held{0};
};

/// A notice that is proved to be the channel's, sealed and ready to be stored.
struct NoticeItem final : db::Item {
    std::string id;
    std::string channel;
    std::string content_key;
    std::string sealed;
    std::optional<orders::ChannelNotice> notice;  // absent: genuine, but it cannot be read
    bool is_new = false;                          // answer; false: a copy stands already, and this one changes nothing
};

class Collect {
 public:
    /// All references must outlive it.
    Collect(db::Database& database, db::WriteQueue& queue, IdSource& ids, const ledger::Ledger& ledger,
            const calls::Calls& calls, const crypto::Sealer& sealer, const operators::WorkItems& work_items,
            CloseTrades trades, CollectSettings settings);
    ~Collect();
    Collect(const Collect&) = delete;
    Collect& operator=(const Collect&) = delete;

    /// On the listener's thread: pure. kForgedNotice (401, counted, nothing is stored), kUnknownChannel. Who gets an
    /// item submits it to store_notice() and answers 200 only after its COMMIT, whether it is new or a copy.
    Result<std::shared_ptr<NoticeItem>> check_notice(std::string_view channel, const orders::WireHeaders& headers,
                                                     std::string_view body);
    [[nodiscard]] db::Operation& store_notice();
    /// Both of the above, waiting for the COMMIT.
    Status take_notice(std::string_view channel, const orders::WireHeaders& headers, std::string_view body);

    /// Operations "channel.order", "channel.query" and "channel.close", for the call worker.
    [[nodiscard]] calls::AnswerHandler& order_handler();
    [[nodiscard]] calls::AnswerHandler& query_handler();
    [[nodiscard]] calls::AnswerHandler& close_handler();

    /// Notices that wait, one set. How many were taken up.
    int process_notices(Instant now);
    /// Prepares queries of payments whose notice has not come (NTF-03), one set. How many.
    int query_due(Instant now);
    int step(Instant now) { return process_notices(now) + query_due(now); }

    [[nodiscard]] const CollectCounters& counters() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace collect_error {
inline constexpr ErrorCode kUnknownChannel{"unknown_channel", ErrorGroup::NotFound, "There is no channel {channel}.",
                                           "没有渠道 {channel}。"};
}  // namespace collect_error

}  // namespace huiqiao::flow
