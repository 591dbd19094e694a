#pragma once
// What a Database is made of; the write queue shares it. Inside the db room only.

#include <memory>
#include <mutex>

#include "src/db/connections.h"
#include "src/db/database.h"

namespace huiqiao::db {

class Database::Impl {
 public:
    Impl(DatabaseSettings settings, const Clock& its_clock) : connections(std::move(settings)), clock(its_clock) {}

    Connections connections;
    const Clock& clock;
    std::mutex writing;  // guards the spare writer below
    std::unique_ptr<Connection> writer;
};

}  // namespace huiqiao::db
