#pragma once
// A MariaDB server of our own for the demo: its data in one directory, reached by a unix socket only, started and ended
// with the program. It needs the packages mariadb-server and mariadb-client and no privileges.

#include <filesystem>
#include <string>

#include "src/app/child_process.h"

namespace huiqiao::app {

class PrivateMariaDb {
 public:
    /// Makes the data directory where it is absent, starts the server, waits until it answers, and makes the database
    /// "huiqiao". Throws std::runtime_error with the log's path.
    explicit PrivateMariaDb(const std::filesystem::path& directory);
    ~PrivateMariaDb();
    PrivateMariaDb(const PrivateMariaDb&) = delete;
    PrivateMariaDb& operator=(const PrivateMariaDb&) = delete;

    [[nodiscard]] std::string socket() const { return socket_; }
    [[nodiscard]] std::string user() const;

 private:
    std::filesystem::path directory_;
    std::string socket_;
    ChildProcess server_;
};

}  // namespace huiqiao::app
