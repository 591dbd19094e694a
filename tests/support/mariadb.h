#pragma once
// Real databases for contract tests: fresh SQLite files, and fresh databases on a private MariaDB server that is
// started when the first test of a binary asks (own data directory in memory, unix socket only) and is gone when the
// binary ends, however it ends. Not for measuring what a disk does.

#include <functional>
#include <memory>
#include <string>

#include "src/db/database.h"

namespace huiqiao::testing {

/// One empty database, kept until it goes. It may be opened several times, as after a crash.
class TestDatabase {
 public:
    static TestDatabase fresh(db::Engine engine);
    ~TestDatabase();
    TestDatabase(TestDatabase&&) = default;
    TestDatabase& operator=(TestDatabase&&) = delete;
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    /// For db::Database; time from the injected clock on both engines.
    [[nodiscard]] db::DatabaseSettings settings() const;
    [[nodiscard]] db::Engine engine() const { return engine_; }

 private:
    explicit TestDatabase(db::Engine engine) : engine_(engine) {}
    db::Engine engine_;
    std::string path_;    // SQLite: the file, in a directory of its own
    std::string socket_;  // MariaDB
    std::string name_;
};

/// Runs a test on both engines, one after the other, each with a database of its own.
void each_engine(const std::function<void(TestDatabase&)>& test);

/// A fresh directory (in memory where there is /dev/shm); the caller removes it.
std::string fresh_directory(const std::string& name);

}  // namespace huiqiao::testing
