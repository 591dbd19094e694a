#pragma once
// What the desk's stream says (stream_routes.h): each change of the tape (src/db/change_tape.h) as an event of the kind
// rate, lock, exposure or work_item, whose data is its subject as it stands now; and everything that stands, as one
// event `reset`. An id names the place behind its event. It reads alone, and keeps nothing.

#include <span>
#include <string>
#include <string_view>

#include "src/db/change_tape.h"
#include "src/operators/work_item.h"

namespace huiqiao::api {

/// Why a reader begins anew.
enum class ResetWhy {
    New,      // it named no event
    Unknown,  // what it named is no event of this tape
    TooOld,   // what followed its event is not kept any more
};
std::string_view to_text(ResetWhy why);

class DeskEvents {
 public:
    /// Work items of a reset; how many there are is told beside them.
    static constexpr int kMostWorkItems = 200;

    explicit DeskEvents(const operators::WorkItems& work_items) : work_items_(work_items) {}

    /// In order, each subject once: what changed several times is told behind its last change. position: before them.
    std::string told(db::Reader& reader, std::span<const db::Change> changes, db::TapePosition position,
                     Instant now) const;
    /// position: read before what stands.
    std::string reset(db::Reader& reader, const db::TapePosition& position, ResetWhy why, Instant now) const;

 private:
    const operators::WorkItems& work_items_;
};

}  // namespace huiqiao::api
