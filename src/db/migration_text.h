#pragma once
// A migration's portable text (src/db/schema/README.md) turned into statements of one engine. Pure text.

#include <string>
#include <string_view>
#include <vector>

#include "src/db/database.h"

namespace huiqiao::db {

struct Migration {
    int number;
    std::string name;  // "001_write_path"
    std::string text;
};

/// Those of src/db/schema, in order of their numbers.
const std::vector<Migration>& built_in_migrations();

/// Statements of one migration, macros replaced, comments gone. LogicError names a macro that is not known.
std::vector<std::string> statements_of(const Migration& migration, Engine engine);

/// migrate() of src/db/migrations.h with other migrations than the built-in ones, for tests of what stops midway.
Result<std::vector<std::string>> migrate(Database& database, const std::vector<Migration>& ours);

/// Tells one text from another; 16 hex digits. Guards against accidents, not against malice.
std::string digest_of(std::string_view text);

}  // namespace huiqiao::db
