#pragma once
// A day that the bank has closed, held against its lines and against the days beside it: each difference is a break,
// and it is closed when it is gone. A bank may change its word on a closed day: the newest counts, here and for the day
// behind it; the earlier ones stand beside it, and a person is told. All under the account's lock.

#include <optional>
#include <string>

#include "src/db/write_queue.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::flow {

/// Step 4: the breaks that a later word opens or closes, those of the day behind it among them. Its account is locked
/// beside.
void lock_breaks_of_day(db::Locks& locks, const std::string& account, Date day);

/// The day is closed. Whether its opening is the closing of the day before.
bool take_first_word(db::Group& group, const reconciliation::Statement& statement, const reconciliation::DaySum& lines,
                     const std::optional<reconciliation::ClosedDay>& previous, const std::string& call_id);

struct LaterWord {
    bool agrees = false;     // with its lines and with the days beside it
    bool corrected = false;  // it is not what the bank said before
};
/// statement: of a day that take_first_word has closed.
LaterWord take_later_word(db::Group& group, const reconciliation::Statement& statement,
                          const reconciliation::DaySum& lines, const std::string& call_id);

}  // namespace huiqiao::flow
