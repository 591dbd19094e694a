#pragma once
// Rows of the running totals by payout currency (fx_exposure). Each writer slot goes on in a series of its own, under
// its slot's lock, which every group has; so counting waits for nobody. Rows are only ever added, but for groups of one
// instant, which share one.

#include <map>
#include <optional>
#include <string>

#include "fx/exposure.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

/// Told to whoever follows live (src/db/change_tape.h), by currency code: of the totals, of a lock, of a purchase.
inline constexpr std::string_view kExposureChange = "exposure";

class ExposureStore {
 public:
    /// Adds changes, by currency code, to what stands. In step 7 of a group.
    static void add(db::Group& group, const std::map<std::string, ExposureTotals>& changes);
    /// By currency code, as they stood at that instant; absent: as they stand now. As many steps of the index as there
    /// are currencies and slots, whatever happened since.
    static std::map<std::string, ExposureTotals> totals(db::Reader& reader, const std::optional<Instant>& at);
};

}  // namespace huiqiao::fx
