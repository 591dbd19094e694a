#pragma once
// Who follows the desk live, and where each of them stands on the tape of changes (src/db/change_tape.h): one step
// reads what is new and sends it to all. The order is the database's, so it makes no difference which process a reader
// comes back to, or what died meanwhile. Bounded: so many streams, so many unsent bytes each; who is suspended is cut
// off within kLook. It keeps nothing of what it sent.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "src/api/desk_events.h"
#include "src/base/clock.h"
#include "src/http/byte_stream.h"

namespace huiqiao::api {

struct DeskStreamSettings {
    int most_streams = 32;
    std::chrono::milliseconds heartbeat{15'000};
    std::size_t most_unsent = std::size_t{1} * 1024 * 1024;  // of one reader; a reset must fit
    int page = 500;                                          // changes of a slot read at once
};

class DeskStream {
 public:
    static constexpr std::chrono::seconds kLook{1};  // whether its operator may still read

    DeskStream(const Clock& clock, db::Database& database, const operators::WorkItems& work_items,
               DeskStreamSettings settings)
        : clock_(clock), database_(database), events_(work_items), settings_(settings) {}

    /// last_event_id: the last that the reader saw; empty: none. nullptr where there are too many streams. Any thread.
    std::shared_ptr<http::ByteStream> open(std::string operator_id, std::string last_event_id);
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
    };
    void adopt();
    void drop_over();
    void drop_suspended();
    [[nodiscard]] bool is_any_behind();
    int tell(db::Reader& reader, Instant now);
    /// Its position, or a reset where it has none that goes on.
    void begin(db::Reader& reader, Follower& follower, const db::TapePosition& end, Instant now);
    void beat(Instant now);

    const Clock& clock_;
    db::Database& database_;
    DeskEvents events_;
    DeskStreamSettings settings_;
    std::atomic<int> open_{0};
    std::mutex mutex_;
    std::vector<Follower> fresh_;
    std::vector<Follower> followers_;  // of the stepping thread alone
    Monotonic looked_at_{0};
};

}  // namespace huiqiao::api
