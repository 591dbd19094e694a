#pragma once
// A writer's lease of its slot row (src/db/writer_slot.h): taken when the writer starts, renewed in each of its
// COMMITs, given back when it stops. Whoever finds another epoch in the row has lost the slot, whatever the clock
// says. Inside the db room only.

#include <chrono>
#include <optional>
#include <string>

#include "src/db/connection.h"
#include "src/db/writer_slot.h"

namespace huiqiao::db {

/// Another writer has this slot now; nothing of ours was committed in this transaction.
struct SlotTaken {};

class WriterLease {
 public:
    WriterLease(std::string owner, const Clock& clock, bool time_from_server)
        : owner_(std::move(owner)), clock_(clock), time_from_server_(time_from_server) {}

    /// Leases the first slot whose lease has run out, else a new one; a transaction of its own.
    void take(Connection& connection);
    void give_back(Connection& connection);

    struct Locked {
        WriterSlot slot;
        Instant now;  // of the database where it has a time, never before slot.passed_at
    };
    /// The first lock of a group. Throws SlotTaken.
    Locked lock(Connection& connection) const;
    /// The last write of a group, with the lease renewed.
    void write(Connection& connection, const WriterSlot& slot, Instant now) const;

    [[nodiscard]] int number() const { return number_; }

 private:
    [[nodiscard]] Instant time(Connection& connection) const;
    bool try_take(Connection& connection);

    std::string owner_;
    const Clock& clock_;
    bool time_from_server_;
    int number_ = 0;
    std::int64_t epoch_ = 0;
};

}  // namespace huiqiao::db
