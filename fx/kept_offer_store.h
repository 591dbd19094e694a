#pragma once
// Comparisons of what the desk had to choose from (fx_offer, written by QuoteStore::insert_offers), as retention walks
// through them: one is whole, or gone. What stands beside a comparison, its purchase, lock or deal on the telephone, is
// not touched; the quotes that were compared are retention's own matter once nothing speaks of them.

#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"

namespace huiqiao::fx {

class KeptOffers {
 public:
    struct Comparison {
        std::string id;       // "<quote taken>|<purchase>": in the order of the walk
        std::string made_of;  // the purchase, lock or telephone deal
        Instant made_at{};    // of the quote that was taken
    };
    /// Oldest first, behind that id; empty: from the first.
    static std::vector<Comparison> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Each with all its offers; how many comparisons went.
    static int forget(db::Tx& tx, std::span<const std::string> made_of);
};

}  // namespace huiqiao::fx
