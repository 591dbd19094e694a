#pragma once
// The inbox of channels' notices: raw and sealed, stored before they are acknowledged. Copies of one content meet at a
// key. Rank kNotice.
// Keys stay for ever, though notices go after their time: a genuine notice can be sent again at any time, by its
// channel or by whoever once heard it (its signature does not age), and is then known by its key alone (NTF-05). A key
// is one narrow row, as an order's number is.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::flow {

enum class NoticeState {
    Received,  // to be processed
    Applied,   // its payment was booked, or failed, by it
    Repeated,  // said what was known already
    Queried,   // only a hint: the channel is asked
    Parked,    // what it speaks of is not here yet
    Held,      // a person looks: unreadable, or parked for too long
};

inline constexpr NoticeState kNoticeStates[] = {NoticeState::Received, NoticeState::Applied, NoticeState::Repeated,
                                                NoticeState::Queried,  NoticeState::Parked,  NoticeState::Held};

/// Received and Parked go anywhere but back to Received; the others are final.
constexpr bool may_move(NoticeState from, NoticeState to) {
    return (from == NoticeState::Received || from == NoticeState::Parked) && to != NoticeState::Received;
}

std::string_view to_text(NoticeState state);
NoticeState notice_state_from_text(std::string_view text);

inline constexpr db::LockTable kNoticeLock{db::lock_rank::kNotice,
                                           "SELECT id FROM notice WHERE id IN (:list) ORDER BY id"};
/// Values: channel|content hash, notice id.
inline constexpr db::Claim kNoticeClaim{{"notice_key", "content_key, notice_id", "tt"}};

struct Notice {
    std::string id;
    std::string channel;
    NoticeState state = NoticeState::Received;
    std::string event_id;
    std::string payment_id;
    int tries = 0;
    Instant received_at{};
    std::optional<Instant> due_at;
};

struct RawNotice {
    Notice notice;
    std::string sealed;
};

struct DueNotice {
    std::string id;
    std::string channel;
};

class NoticeStore {
 public:
    static void insert(db::Tx& tx, std::span<const RawNotice> notices);
    /// Locked ones, as they stand.
    static std::vector<Notice> load(db::Reader& reader, std::span<const std::string> ids);
    static void save(db::Tx& tx, std::span<const Notice* const> notices);
    /// In order of arrival, after the given id: what pruning looks at.
    static std::vector<Notice> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Of locked rows those that are done; how many went. Their keys stay: a copy that comes later is still known.
    static int forget(db::Tx& tx, std::span<const std::string> ids);
    /// Candidates, oldest due first.
    static std::vector<DueNotice> due(db::Reader& reader, Instant now, int limit);
    /// As they were taken in, sealed; by id.
    static std::map<std::string, std::string> sealed(db::Reader& reader, std::span<const std::string> ids);
};

}  // namespace huiqiao::flow
