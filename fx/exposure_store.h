#pragma once
// Rows of the running totals by payout currency (fx_exposure). Each writer slot goes on in a series of its own, under
// its slot's lock, which every group has; so counting waits for nobody. Rows are only ever added, but for groups of one
// instant, which share one. Of those that were replaced long ago retention lets go: what they said of instants before
// kept_from() is told no more.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fx/exposure.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

/// The row by which one thins at a time: kExposureKept.
inline constexpr std::string_view kExposureKept = "all";
inline constexpr db::LockTable kExposureKeptLock{db::lock_rank::kExposureKept,
                                                 "SELECT id FROM fx_exposure_kept WHERE id IN (:list) ORDER BY id"};

/// Told to whoever follows live (src/db/change_tape.h), by currency code: of the totals, of a lock, of a purchase.
inline constexpr std::string_view kExposureChange = "exposure";

class ExposureStore {
 public:
    /// Adds changes, by currency code, to what stands. In step 7 of a group. One read and one write for all,
    /// whatever their number.
    static void add(db::Group& group, const std::map<std::string, ExposureTotals>& changes);
    /// By currency code, as they stood at that instant; absent: as they stand now. As many steps of the index as
    /// there are currencies and slots, whatever happened since.
    static std::map<std::string, ExposureTotals> totals(db::Reader& reader, const std::optional<Instant>& at);

    /// What another row of its series took the place of.
    struct Replaced {
        std::string series_id;  // "<currency>|<series>"
        Instant replaced_at{};
    };
    /// Those replaced longest ago, at most so many.
    static std::vector<Replaced> replaced(db::Reader& reader, int limit);
    /// Under kExposureKeptLock. Of each series all that was replaced up to the latest of its instants; how many
    /// went.
    static int forget(db::Tx& tx, std::span<const Replaced> rows);
    /// Under kExposureKeptLock: of instants before that one nothing can be told any more.
    static void keep_from(db::Tx& tx, Instant from);
    /// Of instants before it nothing can be told.
    static Instant kept_from(db::Reader& reader);
    /// The oldest instant at which totals stand; nullopt where nothing was ever counted.
    static std::optional<Instant> first(db::Reader& reader);
};

}  // namespace huiqiao::fx
