#pragma once
// Rows of reference rates: appended, never changed. Who imports locks the source's row, so that of two imports one
// comes after the other. load() and parities() read.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/reference_rate.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

inline constexpr db::LockTable kReferenceSourceLock{db::lock_rank::kReferenceSource,
                                                    "SELECT id FROM reference_source WHERE id IN (:list) ORDER BY id"};
/// Opens a source's row: id, then the file that brought it first.
inline constexpr db::Claim kReferenceSourceClaim{{"reference_source", "id, first_file", "tt"}, true};

/// How old a parity may be and still guard: the longest holidays are within.
inline constexpr std::chrono::days kParityGuards{10};
/// How far back a figure is looked for that a new one is compared with.
inline constexpr std::chrono::days kKnownFor{400};

class ReferenceRates {
 public:
    /// What tells one figure from another: kind, pair's foreign currency, source and time.
    static std::string id_of(const ReferenceRate& rate);

    static void insert(db::Tx& tx, std::span<const ReferenceRate> rates, const std::string& file_name, Instant now);
    /// Those that stand under these ids, by id.
    static std::map<std::string, ReferenceRate> load(db::Reader& reader, std::span<const std::string> ids);

    /// The latest central parity of each, not older than kParityGuards; of currencies without one, none.
    static std::vector<ReferenceRate> parities(db::Reader& reader, std::span<const Currency> currencies, Instant now);
    /// The latest figure of each kind, as far back as kKnownFor; by "kind|currency".
    static std::map<std::string, ReferenceRate> latest(db::Reader& reader, ReferenceKind kind,
                                                       std::span<const Currency> currencies, Instant now);
};

}  // namespace huiqiao::fx
