#pragma once
// The worker that lets go of what the law does not need, in small groups, oldest first: polls that brought nothing,
// events whose webhook was told (or not wanted), processed notices, quotes to platforms that no order took and offers
// that no platform accepted, quotes of banks that nothing speaks of, closed work items, approvals that were never used,
// running totals of the exposure that others took the place of, what was left of the desk's locks since they are over,
// and, after many years, the evidence of best execution: what a purchase, lock or deal on the telephone was compared
// with. Each kind has its age. It never touches the journal, postings, orders, payments, calls that moved or bound
// anything, declarations, purchases and locks, or what still waits for somebody: a call under way, a webhook that is
// due or parked, a notice that a person holds, an open work item. Keys of notices stay too: see
// src/flow/notice_store.h.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/db/write_queue.h"

namespace huiqiao::flow {

struct RetentionSettings {
    std::chrono::hours polls{24 * 30};
    std::chrono::hours events{24 * 180};
    std::chrono::hours notices{24 * 3660};  // of the payment they confirm: ten years, by law five at least
    std::chrono::hours quotes{24 * 180};    // those to platforms since they were over
    std::chrono::hours work_items{
        24 * 1830};  // since they were closed: who looked at what, five years; approvals too, since they were asked
    std::chrono::hours exposure{24 * 180};  // how far back it can be asked for; of locks since they were over
    std::chrono::hours offers{24 * 3660};   // comparisons: transaction records, ten years; by law five at least
};

class Retention {
 public:
    static constexpr int kAtMost = 200;             // rows a group
    static constexpr std::chrono::hours kPause{1};  // after a walk through a kind
    enum class Kind {
        Poll,
        Event,
        Notice,
        PlatformQuote,
        Quote,
        WorkItem,
        Approval,
        Exposure,
        LeftOfLock,
        Offers,
    };
    static constexpr std::array kKinds{Kind::Poll,       Kind::Event,    Kind::Notice,   Kind::PlatformQuote,
                                       Kind::Quote,      Kind::WorkItem, Kind::Approval, Kind::Exposure,
                                       Kind::LeftOfLock, Kind::Offers};

    Retention(db::Database& database, db::WriteQueue& queue, RetentionSettings settings);
    ~Retention();

    /// At most one group of one kind. How many rows went.
    int step(Instant now);
    /// Rows that went since the start. Any thread.
    [[nodiscard]] std::uint64_t forgotten(Kind kind) const;

    class Shelf;

 private:
    class Forget;
    struct Walk {
        std::unique_ptr<Shelf> shelf;
        std::string after_id;  // rows up to here stay, or are gone
        Instant not_before{};
        std::atomic<std::uint64_t> forgotten{0};
    };
    int step(Walk& walk, Instant now);

    db::Database& database_;
    db::WriteQueue& queue_;
    std::unique_ptr<Forget> forget_;
    std::array<Walk, kKinds.size()> walks_;
};

std::string_view to_text(Retention::Kind kind);

}  // namespace huiqiao::flow
