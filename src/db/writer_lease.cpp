#include "src/db/writer_lease.h"

#include <algorithm>

#include "src/base/error.h"

namespace huiqiao::db {

namespace {

/// Longer than any pause a healthy writer makes between two groups: pass_time() renews it every second.
constexpr std::chrono::seconds kLeaseLength{60};
constexpr int kTakeTries = 50;

constexpr Select kExpired{"SELECT number FROM writer_slot WHERE expires_at <= :p1 ORDER BY number LIMIT 1", "i"};
constexpr Select kHighest{"SELECT COALESCE(MAX(number), 0) FROM writer_slot", "i"};
constexpr Select kLease{"SELECT epoch, expires_at, passed_at FROM writer_slot WHERE number = :p1", "iii"};
constexpr Insert kNew{"writer_slot", "number, owner, epoch, expires_at, passed_at", "itiii"};
constexpr Command kTake{
    "UPDATE writer_slot SET owner = :p2, epoch = :p3, expires_at = :p4, passed_at = :p5 WHERE number = :p1"};
constexpr Command kGiveBack{"UPDATE writer_slot SET expires_at = 0 WHERE number = :p1 AND epoch = :p2"};
constexpr Select kSlot{"SELECT epoch, group_no, seq, head, passed_at, 0 FROM writer_slot WHERE number = :p1", "iiitii"};
constexpr Select kSlotAndTime{
    "SELECT epoch, group_no, seq, head, passed_at, CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED) "
    "FROM writer_slot WHERE number = :p1",
    "iiitii"};
constexpr Command kWrite{
    "UPDATE writer_slot SET group_no = :p3, seq = :p4, head = :p5, passed_at = :p6, expires_at = :p7 "
    "WHERE number = :p1 AND epoch = :p2"};

}  // namespace

Instant WriterLease::time(Connection& connection) const {
    if (!time_from_server_) return clock_.now();
    return connection.server_time().value_or(clock_.now());
}

bool WriterLease::try_take(Connection& connection) {
    Transaction transaction(connection);
    const Instant now = time(connection);
    const Value now_value(now);
    const Found expired = connection.select(kExpired, {&now_value, 1}, {}, RowLock::None);
    if (expired.empty()) {
        const int number = static_cast<int>(connection.select(kHighest, {}, {}, RowLock::None).integer(0, 0)) + 1;
        Rows rows;
        rows.add(number, owner_, 1, now + kLeaseLength, now);
        if (connection.insert_absent(kNew, rows) == 0) return false;  // another writer was first
        transaction.commit();
        number_ = number;
        epoch_ = 1;
        return true;
    }
    const Value number(expired.integer(0, 0));
    const Found lease = connection.select(kLease, {&number, 1}, {}, RowLock::Exclusive);
    if (lease.empty() || lease.integer(0, 1) > to_us(now)) return false;
    // Nothing of this lease is booked before now: one who only looks holds up nobody who asks for a past instant.
    const Instant passed_at = std::max(from_us(lease.integer(0, 2)), now);
    const Value parameters[] = {number, owner_, lease.integer(0, 0) + 1, now + kLeaseLength, passed_at};
    connection.execute(kTake, parameters, {});
    transaction.commit();
    number_ = static_cast<int>(number.integer());
    epoch_ = lease.integer(0, 0) + 1;
    return true;
}

void WriterLease::take(Connection& connection) {
    for (int tries = 0; tries < kTakeTries; ++tries) {
        try {
            if (try_take(connection)) return;
        } catch (const DatabaseError& error) {
            if (error.failure() != Failure::Again) throw;
        }
    }
    throw DatabaseError(Failure::Again, 0, "no writer slot could be leased");
}

void WriterLease::give_back(Connection& connection) {
    Transaction transaction(connection);
    const Value parameters[] = {number_, epoch_};
    connection.execute(kGiveBack, parameters, {});
    transaction.commit();
}

WriterLease::Locked WriterLease::lock(Connection& connection) const {
    const bool server = time_from_server_ && connection.engine() == Engine::MariaDb;
    const Value number(number_);
    const Found found = connection.select(server ? kSlotAndTime : kSlot, {&number, 1}, {}, RowLock::Exclusive);
    if (found.empty() || found.integer(0, 0) != epoch_) throw SlotTaken{};
    Locked locked;
    locked.slot.number = number_;
    locked.slot.epoch = epoch_;
    locked.slot.group_no = found.integer(0, 1);
    locked.slot.seq = found.integer(0, 2);
    locked.slot.head = found.text(0, 3);
    locked.slot.passed_at = from_us(found.integer(0, 4));
    const Instant now = server ? from_us(found.integer(0, 5)) : clock_.now();
    locked.now = std::max(now, locked.slot.passed_at);
    return locked;
}

void WriterLease::write(Connection& connection, const WriterSlot& slot, Instant now) const {
    const Value parameters[] = {number_,   epoch_,         slot.group_no,     slot.seq,
                                slot.head, slot.passed_at, now + kLeaseLength};
    if (connection.execute(kWrite, parameters, {}) != 1) throw LogicError("the writer's locked slot row is gone");
}

}  // namespace huiqiao::db
