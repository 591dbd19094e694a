#include "src/db/trouble.h"

namespace huiqiao::db {

namespace {

// SQLite's primary result codes (sqlite3.h stands behind SOCI, in sqlite_connection.cpp only).
constexpr int kSqliteReadOnly = 8;
constexpr int kSqliteFull = 13;
constexpr int kSqliteCannotOpen = 14;

Trouble of_sqlite(int number) {
    switch (number) {
        case kSqliteFull: return Trouble::DiskFull;
        case kSqliteReadOnly: return Trouble::ReadOnly;
        case kSqliteCannotOpen: return Trouble::Unreachable;
        default: return Trouble::Broken;
    }
}

Trouble of_mariadb(int number) {
    switch (number) {
        case 1021:  // disk full
        case 1026:  // error on writing a file
        case 1030:  // error of the storage engine; 28 (no space) is the usual one
        case 1114: return Trouble::DiskFull;
        case 1047:  // Galera: not primary
        case 1290:  // --read-only
        case 1792:  // read-only transaction
        case 1836: return Trouble::ReadOnly;
        case 1040:
        case 1203: return Trouble::TooManyConnections;
        default: return Trouble::Unreachable;
    }
}

}  // namespace

Trouble trouble_of(Engine engine, int number) {
    // Ours, not the engine's: no connection came free, since those who have them wait for the database.
    if (number == 0) return Trouble::Slow;
    return engine == Engine::Sqlite ? of_sqlite(number) : of_mariadb(number);
}

const ErrorCode& words_of(Trouble trouble) {
    switch (trouble) {
        case Trouble::DiskFull: return trouble_error::kDiskFull;
        case Trouble::ReadOnly: return trouble_error::kReadOnly;
        case Trouble::Unreachable: return trouble_error::kUnreachable;
        case Trouble::TooManyConnections: return trouble_error::kTooManyConnections;
        case Trouble::Slow: return trouble_error::kSlow;
        case Trouble::Broken: return trouble_error::kBroken;
    }
    throw LogicError("unnamed trouble");
}

void WriterHealth::failed(Trouble trouble, Monotonic now) {
    const std::lock_guard lock(mutex_);
    trouble_ = trouble;
    next_try_ = now + kRest;
    in_trouble_ = true;
    ++failures_;
}

void WriterHealth::clear() {
    const std::lock_guard lock(mutex_);
    in_trouble_ = false;
}

std::optional<Trouble> WriterHealth::trouble() const {
    const std::lock_guard lock(mutex_);
    return in_trouble_ ? std::optional(trouble_) : std::nullopt;
}

bool WriterHealth::is_resting(Monotonic now) const {
    const std::lock_guard lock(mutex_);
    return in_trouble_ && now < next_try_;
}

}  // namespace huiqiao::db
