#pragma once
// Where the look at waiting orders goes on, for all processes. Who changes the row has locked it.

#include <optional>
#include <string>

#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::flow {

/// Behind which row of one kind of waiting a reading goes on; empty: from the first.
struct BehindRow {
    std::string kind;  // "convert:USD"
    std::string id;

    bool operator==(const BehindRow&) const = default;
};

struct WatchPlace {
    Instant due_at{};
    BehindRow orders;
    BehindRow merchants;
    std::string told;  // behind which told account
};

inline constexpr db::LockTable kWatchPlaceLock{db::lock_rank::kEvent + 1,
                                               "SELECT id FROM watch_place WHERE id IN (:list) ORDER BY id"};
/// The only row.
inline constexpr const char* kWatchPlace = "waiting_orders";

class WatchPlaces {
 public:
    /// Step 3: the row, due at once where it is absent.
    static void claim(db::Claims& claims);
    static std::optional<WatchPlace> find(db::Reader& reader);
    static void set_due(db::Tx& tx, Instant due_at);
    /// due_at stays.
    static void move(db::Tx& tx, const WatchPlace& to);
};

}  // namespace huiqiao::flow
