#include "src/calls/backlog.h"

#include "src/base/date.h"

namespace huiqiao::calls {

namespace {

// One that backs off is due later than others that came after it, so some are looked at, not one. A call that is meant
// for later and was never tried is not behind.
constexpr db::Select kOldestUnsent{
    "SELECT MIN(created_at) FROM (SELECT created_at FROM external_call WHERE counterparty = :p1 AND due_at IS NOT NULL "
    "AND state = 'prepared' AND (due_at <= :p2 OR not_sent > 0) ORDER BY due_at LIMIT 10000) oldest",
    "I"};

}  // namespace

std::optional<Instant> oldest_unsent(db::Reader& reader, std::string_view counterparty, Instant now) {
    const db::Found found = reader.select(kOldestUnsent, {counterparty, now});
    if (found.empty() || found.is_null(0, 0)) return std::nullopt;
    return from_us(found.integer(0, 0));
}

}  // namespace huiqiao::calls
