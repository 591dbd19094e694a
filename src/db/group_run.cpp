#include "src/db/group_run.h"

#include <algorithm>

#include "src/base/crash_point.h"
#include "src/base/error.h"
#include "src/db/business_day_lock.h"
#include "src/db/change_tape.h"
#include "src/db/claims_impl.h"

namespace huiqiao::db {

namespace {

/// Claims may read owners until the group's transaction ends, and not after it.
class ReaderOfClaims {
 public:
    explicit ReaderOfClaims(Reader*& reader) : reader_(reader) {}
    ~ReaderOfClaims() { reader_ = nullptr; }
    ReaderOfClaims(const ReaderOfClaims&) = delete;
    ReaderOfClaims& operator=(const ReaderOfClaims&) = delete;

 private:
    Reader*& reader_;
};

}  // namespace

GroupRun::GroupRun(std::span<const GroupEntry> entries, StandingKeys& standing)
    : standing_(standing), claims_(standing) {
    for (std::size_t place = 0; place < entries.size(); ++place) {
        const GroupEntry& entry = entries[place];
        auto share = std::find_if(shares_.begin(), shares_.end(),
                                  [&](const Share& known) { return known.operation == entry.operation; });
        if (share == shares_.end()) {
            shares_.push_back({entry.operation, {}, {}, nullptr});
            share = shares_.end() - 1;
        }
        entry.item->skipped = false;
        share->items.push_back(entry.item);
        share->places.push_back(place);
    }
    for (Share& share : shares_) share.work = share.operation->begin(share.items);
}

bool GroupRun::closes_day() const {
    return std::any_of(shares_.begin(), shares_.end(), [](const Share& share) { return share.work->closes_day(); });
}

std::vector<std::vector<std::size_t>> GroupRun::parts() const {
    std::vector<std::vector<std::size_t>> parts;
    if (shares_.size() == 1 || !closes_day()) return parts;
    bool alone = true;
    for (const Share& share : shares_) {
        const bool closes = share.work->closes_day();
        if (alone || closes) {
            parts.push_back(share.places);
        } else {
            parts.back().insert(parts.back().end(), share.places.begin(), share.places.end());
        }
        alone = closes;
    }
    return parts;
}

void GroupRun::merge(Locks& into, const Locks& from) {
    for (const auto& [rank, wanted] : from.wanted_) {
        for (const std::string& id : wanted.ids) into.add(*wanted.table, id);
    }
}

void GroupRun::take_locks(Tx& tx, const Locks& also) {
    for (const Share& share : shares_) share.work->lock(locks_);
    merge(locks_, also);
    if (tx.engine() == Engine::Sqlite) return;
    for (const auto& [rank, wanted] : locks_.wanted_) {
        std::vector<std::string> sorted = wanted.ids;
        std::sort(sorted.begin(), sorted.end());
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        tx.lock(*wanted.table, sorted);
    }
}

void GroupRun::execute(Connection& connection, const WriterLease& lease, IdSource& ids, const Locks& also) {
    crash_point("write_queue.before_find");
    Reader reader(connection);
    for (const Share& share : shares_) share.work->find(reader);
    for (const Share& share : shares_) share.work->claim(claims_);
    crash_point("write_queue.before_begin");
    Transaction transaction(connection);
    crash_point("write_queue.after_begin");
    auto [slot, now] = lease.lock(connection);
    const Date date = lock_business_date(connection, closes_day() ? RowLock::Exclusive : RowLock::Share, now);
    crash_point("write_queue.after_slot");
    Tx tx(connection);
    const ReaderOfClaims only_now(claims_.impl_->reader);
    claims_.impl_->settle(tx);
    crash_point("write_queue.after_claims");
    take_locks(tx, also);
    crash_point("write_queue.after_locks");
    slot.passed_at = now;
    Group group{tx, now, date, slot, ids, claims_};
    for (const Share& share : shares_) share.work->run(group);
    crash_point("write_queue.after_run");
    for (const Share& share : shares_) crash_point("write_queue.ran", share.operation->name());
    slot.passed_at = now;
    group_no_ = ++slot.group_no;
    ChangeTape::write(tx, slot.number, slot.group_no, now);
    lease.write(connection, slot, now);
    crash_point("write_queue.before_commit");
    transaction.commit();
    crash_point("write_queue.after_commit");
    for (const Share& share : shares_) crash_point("write_queue.committed", share.operation->name());
}

void GroupRun::committed() noexcept {
    claims_.impl_->note_standing(standing_);
    for (const Share& share : shares_) share.work->committed();
}

}  // namespace huiqiao::db
