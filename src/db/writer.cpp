#include "src/base/crash_point.h"
#include "src/base/error.h"
#include "src/base/sometimes.h"
#include "src/db/write_queue_impl.h"

namespace huiqiao::db {

namespace {

constexpr int kResolveTries = 6;
constexpr int kPassTries = 2;

/// Where no other words may be shown to a caller.
constexpr const char* kUnexpected = "unexpected exception";

Tickets part_of(const Tickets& group, const std::vector<std::size_t>& places) {
    Tickets part;
    for (const std::size_t place : places) part.push_back(group[place]);
    return part;
}

}  // namespace

Writer::Writer(Connections& connections, const Clock& clock, IdSource& ids, int runs, WriterReports& reports)
    : connections_(connections),
      ids_(ids),
      runs_(runs),
      reports_(reports),
      lease_(ids.next("wrt"), clock,
             connections.settings().time_from_server && connections.settings().engine == Engine::MariaDb) {
    connect();
    lease_.take(*connection_);
}

void Writer::connect() {
    if (connection_ && connection_->usable()) return;
    connection_.reset();
    // A server that comes back may have lost its last commits, and with them rows that we saw stand.
    standing_ = {};
    connection_ = connections_.open(Role::Writes);
    if (leaves_log_) connection_->leave_log();
}

void Writer::leave_log() {
    leaves_log_ = true;
    if (connection_) connection_->leave_log();
}

void Writer::lease_another() {
    reports_.count({.slots_lost = 1});
    connect();
    lease_.take(*connection_);
}

void Writer::write(const Tickets& tickets) {
    if (dead_) throw LogicError("this writer has crashed");
    try {
        Groups rest{tickets};
        while (!rest.empty()) {
            const Tickets group = std::move(rest.front());
            rest.pop_front();
            write_group(group, rest);
        }
    } catch (const SimulatedCrash&) {
        dead_ = true;
        connection_.reset();
        throw;
    }
}

void Writer::write_group(const Tickets& group, Groups& rest) {
    if (reports_.is_resting()) return reports_.answer(group, Error(db_error::kDatabaseLost));
    std::vector<GroupEntry> entries;
    for (const auto& ticket : group) entries.push_back(ticket->entry);
    Locks also;
    // A work may ask for one row a run; each of its items may need one.
    const int most_locks = runs_ + static_cast<int>(group.size());
    int runs = 0;
    int locks = 0;
    while (true) {
        std::unique_ptr<GroupRun> run;
        try {
            connect();
            run = std::make_unique<GroupRun>(entries, standing_);
            const auto parts = run->parts();
            for (auto part = parts.rbegin(); part != parts.rend(); ++part) rest.push_front(part_of(group, *part));
            if (!parts.empty()) return;
            run->execute(*connection_, lease_, ids_, also);
            return publish(*run, group);
        } catch (const NeedLock& need) {
            also.add(*need.table, need.id);
            if (++locks > most_locks) return reports_.answer(group, Error(db_error::kBusy));
        } catch (const SlotTaken&) {
            try {
                lease_another();
            } catch (const DatabaseError& error) {
                note_failure(error);
                return reports_.answer(group, Error(db_error::kDatabaseLost));
            }
        } catch (const DatabaseError& error) {
            if (after(error, group, run.get(), ++runs, rest) == Next::Settled) return;
        } catch (const LogicError& error) {
            if (split(group, error.what(), rest) == Next::Settled) return;
        } catch (const std::exception&) {
            if (split(group, kUnexpected, rest) == Next::Settled) return;
        }
        reports_.count({.reruns = 1});
    }
}

void Writer::publish(GroupRun& run, const Tickets& group) {
    reports_.succeeded();
    run.committed();
    reports_.count({.groups = 1, .items = group.size()});
    reports_.log_grew(connection_->log_pages());
    crash_point("write_queue.before_publish");
    reports_.answer(group, Done{});
    crash_point("write_queue.after_publish");
}

Writer::Next Writer::after(const DatabaseError& error, const Tickets& group, GroupRun* run, int runs, Groups& rest) {
    switch (error.failure()) {
        case Failure::Data:
        case Failure::Bug: return split(group, error.what(), rest);
        case Failure::Unknown: return after_unknown(group, *run);
        case Failure::Again:
        case Failure::Lost: break;
    }
    const bool lost = error.failure() == Failure::Lost;
    // A trouble that stood at the last try too is tried once: the next try is a second away.
    if (runs < runs_ && !(lost && reports_.in_trouble())) {
        reports_.pause(runs);
        return Next::Again;
    }
    if (lost) {
        sometimes("a group that the database does not take");
        note_failure(error);
    }
    reports_.answer(group, Error(lost ? db_error::kDatabaseLost : db_error::kBusy));
    return Next::Settled;
}

Writer::Next Writer::split(const Tickets& group, const std::string& why, Groups& rest) {
    if (group.size() == 1) {
        reports_.answer(group, Error(db_error::kWriteFailed, {{"why", why}}));
        return Next::Settled;
    }
    reports_.count({.splits = 1});
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    rest.push_front(Tickets(middle, group.end()));
    rest.push_front(Tickets(group.begin(), middle));
    return Next::Settled;
}

void Writer::note_failure(const DatabaseError& error) {
    reports_.failed(trouble_of(connections_.settings().engine, error.number()));
}

Writer::Next Writer::after_unknown(const Tickets& group, GroupRun& run) {
    reports_.count({.unknown_commits = 1});
    switch (resolve(run.group_no())) {
        case Committed::Yes:
            sometimes("a COMMIT without an answer had taken effect");
            publish(run, group);
            return Next::Settled;
        case Committed::No: sometimes("a COMMIT without an answer had taken no effect"); return Next::Again;
        case Committed::CannotTell: break;
    }
    sometimes("a COMMIT of which nobody can tell");
    reports_.answer(group, Error(db_error::kOutcomeUnknown, {}, {}, Effect::Unknown));
    return Next::Settled;
}

/// The old transaction holds the slot row's lock until it has ended one way or the other, so a locking read of that
/// row on a new connection comes after its end. Where the server still thinks the old connection alive, it is ended.
Writer::Committed Writer::resolve(std::int64_t group_no) {
    const std::uint64_t old_number = connection_->server_number();
    connection_.reset();
    bool end_old = false;
    for (int tries = 1; tries <= kResolveTries; ++tries) {
        try {
            std::unique_ptr<Connection> fresh = connections_.open(Role::Writes);
            if (end_old && old_number != 0) {
                end_old = false;
                fresh->run("KILL " + std::to_string(old_number));
            }
            Committed answer = Committed::CannotTell;
            {
                const Transaction reading(*fresh);
                answer = lease_.lock(*fresh).slot.group_no >= group_no ? Committed::Yes : Committed::No;
            }
            connection_ = std::move(fresh);
            if (leaves_log_) connection_->leave_log();
            return answer;
        } catch (const DatabaseError& error) {
            end_old = error.failure() == Failure::Again;
            if (tries == kResolveTries) note_failure(error);
            reports_.pause(tries);
        } catch (const SlotTaken&) {
            // Whoever has the slot now has counted on from where we were, with or without our group.
            return Committed::CannotTell;
        }
    }
    return Committed::CannotTell;
}

void Writer::pass_time() {
    if (dead_) throw LogicError("this writer has crashed");
    for (int tries = 1;; ++tries) {
        try {
            raise_passed_at();
            return reports_.succeeded();
        } catch (const SlotTaken&) {
            return lease_another();
        } catch (const DatabaseError& error) {
            // One connection that broke says nothing of the database, and to raise the time twice does no harm.
            const bool is_gone = error.failure() == Failure::Lost || error.failure() == Failure::Unknown;
            if (is_gone && tries < kPassTries) continue;
            if (is_gone) note_failure(error);
            throw;
        }
    }
}

void Writer::raise_passed_at() {
    connect();
    Transaction transaction(*connection_);
    auto [slot, now] = lease_.lock(*connection_);
    slot.passed_at = now;
    lease_.write(*connection_, slot, now);
    transaction.commit();
}

void Writer::leave() noexcept {
    try {
        connect();
        lease_.give_back(*connection_);
    } catch (const DatabaseError&) {
        connection_.reset();  // the lease runs out by itself
    }
}

}  // namespace huiqiao::db
