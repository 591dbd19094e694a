#pragma once
// Where a SQLite file may stand: its write-ahead log is shared by memory that a network file system does not share, and
// locks there are promises (DB-06).

#include <cstdint>
#include <string>

namespace huiqiao::db {

/// By the system's number of a file system (statfs: f_type).
bool is_network_file_system(std::int64_t type);
/// Throws DatabaseError Bug where the file's directory stands on a network file system. What the system does not tell
/// is taken for local.
void require_local_file(const std::string& path);

}  // namespace huiqiao::db
