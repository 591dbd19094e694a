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

    void kill() { server_.kill(); }  // -9
    /// After kill(): on the same data, and waits until it answers.
    void restart();
    /// As root. Throws std::runtime_error where it fails.
    void run(const std::string& statement);

    /// Where the server of this process listens, or will.
    static std::string socket_of_this_process();
    [[nodiscard]] std::string socket() const { return socket_; }
    [[nodiscard]] std::string user() const;

 private:
    void await();

    std::filesystem::path directory_;
    std::string socket_;
    ChildProcess server_;
};

}  // namespace huiqiao::app
