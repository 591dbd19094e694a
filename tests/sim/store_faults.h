#pragma once
// A connection for writing that fails as the weather has it: a COMMIT that takes effect or does not and says neither,
// a database that is busy, a disk that is full for a while, a file that cannot be written for a while; and a place to
// die between any two statements of a group. What reads is left alone, and so is whatever is not the house's.

#include <memory>
#include <string_view>

#include "src/db/connection.h"

namespace huiqiao::testing::sim {

enum class StoreFault { None, Busy, Full, ReadOnly, LostBeforeCommit, LostAfterCommit };

/// The crash point at which a group dies between two of its statements.
inline constexpr std::string_view kBetweenStatements = "store.between_statements";

/// What becomes of each BEGIN, each statement that writes and each COMMIT.
class StoreFaults {
 public:
    virtual ~StoreFaults() = default;
    virtual StoreFault at_begin() = 0;
    /// May die here.
    virtual StoreFault at_statement() = 0;
    virtual StoreFault at_commit() = 0;
};

/// faults outlives the connection.
std::unique_ptr<db::Connection> failing(std::unique_ptr<db::Connection> connection, StoreFaults& faults);

}  // namespace huiqiao::testing::sim
