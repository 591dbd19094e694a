#include "src/ledger/balance_at.h"

#include <algorithm>

#include "src/ledger/day_seal.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"

namespace huiqiao::ledger {

namespace {

/// A writer whose lease has just run out may still have a COMMIT on its way.
constexpr std::chrono::seconds kLeaseGrace{60};
/// Ids are cut by their time only to keep the range short; which entries count is said by dates and instants. So clocks
/// of two processes may differ by as much as this.
constexpr std::chrono::hours kIdMargin{24};

/// The smallest entry id of an instant: a ULID's first 10 characters are its milliseconds.
std::string lowest_entry_id(Instant instant) {
    constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string id = "ent_0000000000";
    std::int64_t ms = std::max<std::int64_t>(to_us(instant) / 1000, 0);
    for (std::size_t at = id.size(); ms > 0 && at > 4; ms /= 32)
        id[--at] = kCrockford[static_cast<std::size_t>(ms % 32)];
    return id;
}

}  // namespace

Instant settled_until(db::Reader& reader, Instant now) {
    Instant settled = now;
    const db::Found slots = reader.select(store::kSlots);
    for (std::size_t row = 0; row < slots.size(); ++row) {
        if (from_us(slots.integer(row, 3)) + kLeaseGrace <= now) continue;
        settled = std::min(settled, from_us(slots.integer(row, 4)));
    }
    return settled - std::chrono::microseconds(1);
}

Result<Money> balance_at(db::Reader& reader, const Chart& chart, const Account& account, Instant at, Instant now) {
    const Instant settled = settled_until(reader, now);
    if (at > settled) {
        return Error(ledger_error::kInstantOpen, {{"settled", rfc3339(settled)}, {"asked", rfc3339(at)}});
    }
    const std::string id = account.id();
    const std::optional<DaySeal> seal = last_seal_complete(reader, at);
    std::int64_t balance = 0;
    std::int64_t after_date = 0;
    std::string from_id = lowest_entry_id(Instant{});
    if (seal) {
        const db::Found stored =
            reader.select(store::kBalancesBeforeDay, {seal->business_date.plus_days(1)}, std::span(&id, 1));
        if (!stored.empty()) balance = stored.integer(0, 1);
        after_date = seal->business_date.number();
        from_id = lowest_entry_id(seal->closed_at - kIdMargin);
    }
    const db::Found since = reader.select(store::kSince, {id, from_id, after_date, at});
    const std::string_view normal = to_text(chart.row(account.kind).normal);
    for (std::size_t row = 0; row < since.size(); ++row) {
        add_checked(balance, since.text(row, 0) == normal ? since.integer(row, 1) : -since.integer(row, 1), id);
    }
    return Money::of_minor(account.currency, balance);
}

}  // namespace huiqiao::ledger
