#pragma once
// What the desk's stream says (stream_routes.h): each change of the tape (src/db/change_tape.h) as an event of the kind
// rate, lock, exposure or work_item, whose data is its subject as it stands now; and everything that stands, as one
// event `reset`, whose size does not grow with what is open. An id names the place behind its event; an exposure's only
// where its reader stands, since it is told apart. It reads alone, and keeps nothing.

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fx/exposure.h"
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

/// The exposure as a step of the stream finds it: counting it is dear, so it is done where it is first asked for, once.
class StandingExposure {
 public:
    StandingExposure(db::Reader& reader, Instant now) : reader_(reader), now_(now) {}
    const std::vector<fx::CurrencyExposure>& all();
    /// Zero where nothing stands.
    fx::CurrencyExposure of(const std::string& code);
    [[nodiscard]] Instant at() const { return now_; }

 private:
    db::Reader& reader_;
    const Instant now_;
    std::optional<std::vector<fx::CurrencyExposure>> all_;
};

class DeskEvents {
 public:
    /// Of a reset; how many there are is told beside them.
    static constexpr int kMostWorkItems = 200;
    static constexpr int kMostLocks = 200;

    /// portion: of bytes; what is told at once ends with the event that reaches it, and a reset's work items stay
    /// below it.
    DeskEvents(const operators::WorkItems& work_items, std::size_t portion)
        : work_items_(work_items), portion_(portion) {}

    struct Told {
        std::string text;
        db::TapePosition behind;
        std::set<std::string> exposure;  // currencies; not in the text, told by exposure()
    };
    /// In order, each subject once: what changed several times is told behind its last change. from: before them;
    /// behind: all of them. Where a portion is full before, it ends behind the last that was told.
    Told told(db::Reader& reader, std::span<const db::Change> changes, db::TapePosition from,
              const db::TapePosition& behind, Instant now) const;
    /// One event a currency.
    std::string exposure(StandingExposure& standing, const db::TapePosition& position,
                         const std::set<std::string>& currencies) const;
    /// position: read before what stands.
    std::string reset(db::Reader& reader, StandingExposure& standing, const db::TapePosition& position,
                      ResetWhy why) const;

 private:
    std::string oldest_work_items(db::Reader& reader, Instant now) const;

    const operators::WorkItems& work_items_;
    const std::size_t portion_;
};

}  // namespace huiqiao::api
