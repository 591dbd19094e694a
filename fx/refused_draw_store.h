#pragma once
// Draws on a lock that its bank refused, in a row (fx_refused_draws). One may be refused for its amount or its moment,
// and the bank's promise stands for others; after several the lock is a person's matter. Where the bank's word says
// that the lock itself is over, it is. Written only under the lock's row (kLockLock); freezes nothing by itself.

#include <string>
#include <string_view>

#include "src/db/write_queue.h"

namespace huiqiao::fx {

/// With the last of so many refusals in a row nothing more is drawn, until a person lets it go on.
inline constexpr int kRefusedDraws = 3;

/// By the code of a refused purchase: the bank knows no such lock, or none any more. Adapters of banks whose locks are
/// drawn on in parts give these codes.
bool says_lock_is_over(std::string_view reason_code);

class RefusedDraws {
 public:
    static int in_a_row(db::Reader& reader, const std::string& lock_id);
    /// One more; how many it is in a row. After kRefusedDraws, when a person let it go on, it is the first again.
    static int add(db::Tx& tx, const std::string& lock_id);
    /// A draw was dealt.
    static void clear(db::Tx& tx, const std::string& lock_id);
};

}  // namespace huiqiao::fx
