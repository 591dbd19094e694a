#include "fx/held_lock_left_store.h"

#include <algorithm>
#include <limits>

#include "fx/exposure_store.h"
#include "fx/lock_view.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"fx_held_lock_left",
                             "lock_id, booked_at, left_minor, rate_e10, rate_text, rate_unit, value_date", "tiiitii"};
constexpr db::Command kReplace{
    "UPDATE fx_held_lock_left SET left_minor = :p1, rate_e10 = :p2, rate_text = :p3, rate_unit = :p4, value_date = :p5 "
    "WHERE lock_id = :p6 AND booked_at = :p7"};
constexpr db::Select kLast{
    "SELECT booked_at, left_minor, rate_e10, rate_text, rate_unit, value_date FROM fx_held_lock_left "
    "WHERE lock_id = :p1 AND booked_at <= :p2 ORDER BY booked_at DESC LIMIT 1",
    "iiitii"};
constexpr db::Command kOver{"UPDATE fx_held_lock SET over_at = :p1 WHERE id = :p2 AND over_at IS NULL"};
constexpr db::Select kLive{
    "SELECT h.id, l.currency, l.fixed_side FROM fx_held_lock h JOIN fx_lock l ON l.id = h.id WHERE h.over_at IS NULL "
    "ORDER BY h.id",
    "ttt"};
constexpr db::Select kOverAfter{
    "SELECT h.id, l.currency, l.fixed_side FROM fx_held_lock h JOIN fx_lock l ON l.id = h.id WHERE h.over_at > :p1 "
    "ORDER BY h.id",
    "ttt"};

constexpr db::Select kAfter{
    "SELECT e.lock_id, e.booked_at, h.over_at FROM fx_held_lock_left e JOIN fx_held_lock h ON h.id = e.lock_id "
    "WHERE h.over_at IS NOT NULL AND (e.lock_id > :p1 OR (e.lock_id = :p1 AND e.booked_at > :p2)) "
    "ORDER BY e.lock_id, e.booked_at LIMIT :p3",
    "tii"};
constexpr db::Command kForget{"DELETE FROM fx_held_lock_left WHERE lock_id = :p1 AND booked_at = :p2"};

constexpr Instant kAnyTime = Instant(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max()));

/// Neither what was not promised yet nor what is over.
Money told_of(const Lock& lock, const HeldLock& held) {
    return lock.state == LockState::Locked ? left_of(lock, held) : Money::zero(lock.amount.currency());
}

std::optional<LeftOfLock> row_at(db::Reader& reader, const std::string& id, Currency currency, FixedSide side,
                                 Instant at) {
    const db::Found found = reader.select(kLast, {id, at});
    if (found.empty()) return std::nullopt;
    const Currency cny = Currency::known("CNY");
    return LeftOfLock{
        id, Money::of_minor(side == FixedSide::Cny ? cny : currency, found.integer(0, 1)),
        Rate::of_stored(currency, cny, static_cast<int>(found.integer(0, 4)), found.integer(0, 2), found.text(0, 3)),
        Date::of_number(found.integer(0, 5))};
}

}  // namespace

void HeldLockLeftStore::keep(db::Group& group, const Lock& lock, const HeldLock& held) {
    if (!is_live(lock.state)) group.tx.execute(kOver, {group.now, lock.id});
    const Money left = told_of(lock, held);
    const db::Found last = group.tx.select(kLast, {lock.id, kAnyTime});
    if (last.empty() && lock.state != LockState::Locked) return;
    if (!last.empty() && last.integer(0, 1) == left.minor() && last.integer(0, 2) == lock.rate.rate_e10() &&
        last.integer(0, 5) == lock.value_date.number()) {
        return;
    }
    group.tx.note_change(kExposureChange, lock.rate.base().code());
    // Several changes of one group, and a writer whose time is a little behind: the row stands for the later instant.
    if (!last.empty() && from_us(last.integer(0, 0)) >= group.now) {
        group.tx.execute(kReplace, {left.minor(), lock.rate.rate_e10(), lock.rate.text(), lock.rate.unit_base(),
                                    lock.value_date, lock.id, from_us(last.integer(0, 0))});
        return;
    }
    db::Rows rows;
    rows.add(lock.id, group.now, left.minor(), lock.rate.rate_e10(), lock.rate.text(), lock.rate.unit_base(),
             lock.value_date);
    group.tx.insert(kInsert, rows);
}

std::vector<LeftOfLock> HeldLockLeftStore::left(db::Reader& reader, const std::optional<Instant>& at) {
    std::vector<LeftOfLock> all;
    const auto take = [&](const db::Found& found) {
        for (std::size_t row = 0; row < found.size(); ++row) {
            auto one = row_at(reader, found.text(row, 0), Currency::known(found.text(row, 1)),
                              fixed_side_from_text(found.text(row, 2)), at.value_or(kAnyTime));
            if (one && one->left.is_positive()) all.push_back(std::move(*one));
        }
    };
    take(reader.select(kLive));
    if (at) take(reader.select(kOverAfter, {*at}));
    return all;
}

std::optional<Date> HeldLockLeftStore::value_date(db::Reader& reader, const std::string& lock_id, Instant at) {
    const db::Found found = reader.select(kLast, {lock_id, at});
    return found.empty() ? std::nullopt : std::optional(Date::of_number(found.integer(0, 5)));
}

std::vector<HeldLockLeftStore::Kept> HeldLockLeftStore::after(db::Reader& reader, const std::string& after_id,
                                                              int limit) {
    const std::size_t bar = std::min(after_id.find('|'), after_id.size());
    const std::int64_t booked = bar < after_id.size() ? std::stoll(after_id.substr(bar + 1)) : 0;
    const db::Found found = reader.select(kAfter, {after_id.substr(0, bar), booked, limit});
    std::vector<Kept> all;
    for (std::size_t row = 0; row < found.size(); ++row) {
        all.push_back({found.text(row, 0) + "|" + std::to_string(found.integer(row, 1)), from_us(found.integer(row, 1)),
                       from_us(found.integer(row, 2))});
    }
    return all;
}

int HeldLockLeftStore::forget(db::Tx& tx, std::span<const Kept> rows) {
    std::int64_t gone = 0;
    Instant kept_from{};
    for (const Kept& row : rows) {
        gone += tx.execute(kForget, {row.id.substr(0, row.id.find('|')), row.booked_at});
        kept_from = std::max(kept_from, row.over_at);
    }
    ExposureStore::keep_from(tx, kept_from);
    return static_cast<int>(gone);
}

}  // namespace huiqiao::fx
