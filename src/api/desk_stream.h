#pragma once
// Who follows the desk live, and where each of them stands on the tape of changes (src/db/change_tape.h): one step
// reads what is new and sends it to all. The order is the database's, so it makes no difference which process a reader
// comes back to, or what died meanwhile. Exposure, which is dear to count, is told at most once in kExposure, as it
// stands then; who comes back is told all of it. Bounded: so many streams, of one operator too, so many unsent bytes
// each: who has a portion before it is told on once it is rid of that, and cut off where that takes too long; who is
// suspended is cut off within kLook. It keeps nothing of what it sent.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/api/desk_events.h"
#include "src/base/clock.h"
#include "src/base/result.h"
#include "src/http/byte_stream.h"

namespace huiqiao::api {

struct DeskStreamSettings {
    int most_streams = 32;
    int most_of_operator = 4;
    std::chrono::milliseconds heartbeat{15'000};
    std::chrono::milliseconds most_held{30'000};             // how long a reader may have a portion before it
    std::size_t most_unsent = std::size_t{1} * 1024 * 1024;  // of one reader; a reset must fit
    int page = 500;                                          // changes of a slot read at once
    /// Bytes told at once.
    [[nodiscard]] std::size_t portion() const { return most_unsent / 4; }
};

class DeskStream {
 public:
    static constexpr std::chrono::seconds kLook{1};  // whether its operator may still read
    static constexpr std::chrono::seconds kExposure{1};

    DeskStream(const Clock& clock, db::Database& database, const operators::WorkItems& work_items,
               DeskStreamSettings settings)
        : clock_(clock), database_(database), events_(work_items, settings.portion()), settings_(settings) {}

    /// last_event_id: the last that the reader saw; empty: none. kTooManyStreams, kTooManyOwnStreams. Any thread.
    Result<std::shared_ptr<http::ByteStream>> open(const std::string& operator_id, std::string last_event_id);
    /// Sends what is new; how many readers were told something. One thread.
    int step(Instant now);
    [[nodiscard]] int open_streams() const { return open_; }

 private:
    struct Follower {
        std::shared_ptr<http::ByteStream> stream;
        std::string operator_id;
        std::string last_event_id;
        std::optional<db::TapePosition> position;  // none: not begun yet
        Monotonic told_at{0};
        std::optional<Monotonic> held_since;  // since when it has a portion before it
        std::set<std::string> exposure_owed;  // currencies
    };
    void adopt();
    void drop_over();
    void drop_suspended();
    void hold_up();
    [[nodiscard]] bool is_any_behind();
    [[nodiscard]] bool is_exposure_due() const;
    int tell(db::Reader& reader, Instant now);
    /// Its position, or a reset where it has none that goes on.
    void begin(db::Reader& reader, Follower& follower, const db::TapePosition& end, StandingExposure& standing);
    int tell_exposure(StandingExposure& standing);
    void beat(Instant now);

    const Clock& clock_;
    db::Database& database_;
    DeskEvents events_;
    DeskStreamSettings settings_;
    std::atomic<int> open_{0};
    std::mutex mutex_;
    std::map<std::string, int> open_of_;  // streams by operator; those with none are left out
    std::vector<Follower> fresh_;
    std::vector<Follower> followers_;  // of the stepping thread alone
    Monotonic looked_at_{0};
    std::optional<Monotonic> exposure_told_at_;
};

namespace api_error {
inline constexpr ErrorCode kTooManyStreams{
    "too_many_streams", ErrorGroup::Retry,
    "As many streams are open as there may be. Nothing was opened. Close one that nobody looks at, or try again later.",
    "实时数据流已达上限，未打开新的数据流。请关闭无人查看的数据流，或稍后重试。"};
inline constexpr ErrorCode kTooManyOwnStreams{
    "too_many_own_streams", ErrorGroup::Retry,
    "You have {most} streams open, and one operator may have no more. Nothing was opened. Close one of yours, and open "
    "this one again.",
    "您已打开 {most} 条实时数据流，达到每位操作员的上限，未打开新的数据流。请关闭其中一条后再打开。"};
}  // namespace api_error

}  // namespace huiqiao::api
