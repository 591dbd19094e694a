#pragma once
// What groups changed, as whoever follows it live sees it: a row a change, noted by Tx::note_change and written by the
// write queue in the same COMMIT. The order is the database's own: a slot's groups are numbered in the order of their
// COMMITs (writer_slot.h), so a reader who keeps one place a slot misses nothing and sees nothing twice, whichever
// process wrote it and whatever died in between. Only what changed is told, never how: it is read as it stands now.
// Rows are kept for kKept; who stood still longer begins anew.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/database.h"

namespace huiqiao::db {

struct Change {
    int slot = 0;
    std::int64_t group_no = 0;
    int place = 0;
    std::string kind;
    std::string subject_id;
    Instant noted_at{};
};

/// Where a reader stands: the next change of each slot.
struct TapePosition {
    struct Place {
        std::int64_t group_no = 0;
        int place = 0;
        auto operator<=>(const Place&) const = default;
    };
    std::map<int, Place> next;
    Instant at{};  // up to about then it has seen everything

    void pass(const Change& change);
    /// "1763780000000000/0:123.0,1:45.2"
    [[nodiscard]] std::string text() const;
    /// nullopt for whatever text() does not write.
    static std::optional<TapePosition> from_text(std::string_view text);
};

class ChangeTape {
 public:
    static constexpr std::chrono::hours kKept{24};

    /// Behind everything that is committed.
    static TapePosition end(Reader& reader, Instant now);
    /// Whether what follows the position is still whole.
    static bool is_kept(const TapePosition& position, const TapePosition& end);
    /// That, and the position is one of this tape: what a reader brings may be made up.
    static bool goes_on_from(Reader& reader, const TapePosition& position, const TapePosition& end);
    /// What follows, at most so many a slot, in order; the position moves behind it. Where nothing was left out it is
    /// the end then.
    static std::vector<Change> read(Reader& reader, TapePosition& position, const TapePosition& end, int limit);

    /// Whether there are rows older than that.
    static bool any_before(Reader& reader, Instant before);
    /// Of each slot at most so many, oldest first, and what belongs to the same group; how many went.
    static std::int64_t forget(Tx& tx, Instant before, int at_most);
    /// In a group, last of its writes but the slot's.
    static void write(Tx& tx, int slot, std::int64_t group_no, Instant now);
};

}  // namespace huiqiao::db
