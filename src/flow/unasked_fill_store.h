#pragma once
// Fills that nobody awaited, as they stand in the database: written when they come, before anything is decided, so that
// none is lost with the process and a report that is repeated is no second fill. Rows are never deleted.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/base/money.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::flow {

inline constexpr db::LockTable kUnaskedFillLock{
    db::lock_rank::kUnaskedFill, "SELECT fill_key FROM unasked_fill WHERE fill_key IN (:list) ORDER BY fill_key"};

enum class FillState {
    Waiting,  // for what the bank says of the purchase when it is asked
    Told,     // to a person, until that person or what is booked explains it
    Over,
};

struct StoredFill {
    std::string key;
    std::string reference;       // printable
    std::string deal_reference;  // printable
    std::optional<Money> dealt_in_all;
    FillState state = FillState::Waiting;
    Instant received_at{};
};

class UnaskedFillStore {
 public:
    static void claim(db::Claims& claims, const StoredFill& fill);
    static std::vector<StoredFill> load(db::Reader& reader, std::span<const std::string> keys);
    /// Under lock.
    static void save(db::Tx& tx, std::span<const StoredFill> fills);
    /// Waiting and told, by key behind the given one.
    static std::vector<StoredFill> open(db::Reader& reader, std::string_view behind_key, int limit);
    /// Told ones of a reference, by key.
    static std::vector<StoredFill> told(db::Reader& reader, const std::string& reference, int limit);
};

}  // namespace huiqiao::flow
