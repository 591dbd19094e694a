#pragma once
// What two persons said of ends of locks whose line did not come as their banks had said (fx_lock_end_settled): nothing
// comes, or these lines were it. What they named is a sum of whole lines, so that another line later adds to it, and it
// is what stands booked for the end. Written only under the lock's row (kLockLock); decides nothing.

#include <optional>
#include <string>

#include "fx/lock_end.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

/// Gross, in CNY: a bank may take something and pay some of it back.
struct LockEndLinesSum {
    Money taken = Money::zero(Currency::known("CNY"));
    Money paid = Money::zero(Currency::known("CNY"));
};

struct LockEndSettled {
    std::string end_id;
    LockEndLinesSum lines;  // none: nothing comes
    std::string approval_id;
    Instant settled_at{};
};

class LockEndSettledStore {
 public:
    /// In the place of what was said before.
    static void save(db::Tx& tx, const LockEndSettled& settled);
    /// Absent where nobody had to say anything.
    static std::optional<LockEndSettled> find(db::Reader& reader, const std::string& end_id);
};

/// What stands in the books for an end that was done: as its bank said, or as two persons did since.
LockEndLinesSum booked_for(const LockEnd& end, const std::optional<LockEndSettled>& settled);
/// What came on statements for it so far.
LockEndLinesSum came_for(const LockEnd& end, const std::optional<LockEndSettled>& settled);
/// Whether what settled it is a line; else two persons said that none comes.
bool is_on_statement(const LockEnd& end);

}  // namespace huiqiao::fx
