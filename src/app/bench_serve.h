#pragma once
// `huiqiao serve` as processes of their own over a database of the bench: an institution's keys in a directory, and the
// processes that share them. No counterparty is there: their calls find nobody, and wait.

#include <filesystem>
#include <string>
#include <vector>

#include "src/app/bench_world.h"
#include "src/app/child_process.h"

namespace huiqiao::app {

class BenchInstitution {
 public:
    /// Makes every key that a service needs.
    BenchInstitution(std::filesystem::path directory, const std::filesystem::path& config_directory);

    /// By which its services seal.
    [[nodiscard]] BenchKeys keys() const;
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    /// How a service over that database is started, on those ports.
    [[nodiscard]] std::vector<std::string> serve(const db::DatabaseSettings& database, int platforms_port,
                                                 int operators_port) const;

 private:
    std::filesystem::path directory_;
    std::filesystem::path config_file_;
};

class BenchService {
 public:
    /// Begins to start; ready() waits for it.
    BenchService(const BenchInstitution& institution, const db::DatabaseSettings& database);

    /// Microseconds from the start until it says that it can take work. Throws std::runtime_error with the log's path
    /// where it does not within a minute.
    std::int64_t ready();
    [[nodiscard]] int port() const { return platforms_port_; }
    void kill() { process_.kill(); }       // -9
    void stop() { process_.terminate(); }  // politely

 private:
    SystemClock clock_;
    int platforms_port_;
    int operators_port_;
    std::filesystem::path log_;
    Monotonic begun_;
    ChildProcess process_;
};

}  // namespace huiqiao::app
