#pragma once
// The bounded pool of connections for reading, and the makers of all others. A connection that broke is closed and made
// anew, never given back. Safe to call from several threads. Inside the db room only.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "src/db/connection.h"

namespace huiqiao::db {

class Connections {
 public:
    explicit Connections(DatabaseSettings settings) : settings_(std::move(settings)) {}

    /// One reader on loan: goes back where it is still usable.
    class Loan {
     public:
        Loan(Connections& of, std::unique_ptr<Connection> connection) : of_(of), connection_(std::move(connection)) {}
        ~Loan() { of_.give_back(std::move(connection_)); }
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        Connection& operator*() { return *connection_; }
        /// Closes it and opens another.
        void replace() {
            connection_.reset();
            connection_ = of_.open(Role::Reads);
        }

     private:
        Connections& of_;
        std::unique_ptr<Connection> connection_;
    };

    /// DatabaseError Lost where none comes free within the lease timeout.
    std::unique_ptr<Connection> take_reader();
    std::unique_ptr<Connection> open(Role role) const;
    [[nodiscard]] const DatabaseSettings& settings() const { return settings_; }

 private:
    void give_back(std::unique_ptr<Connection> connection);

    DatabaseSettings settings_;
    std::mutex mutex_;
    std::condition_variable came_back_;
    std::vector<std::unique_ptr<Connection>> idle_;
    int lent_ = 0;
};

}  // namespace huiqiao::db
