#pragma once
// Statements as constants of a store: portable SQL text, and what flows through it. Nothing here holds a connection.
// Parameters are always bound: ":p1", ":p2" … in the order given; ":list" stands once, as "IN (:list)", and is
// widened to 1, 8, 64 or 512 bound texts (a longer list runs in several rounds). Kinds are one letter a column:
// 'i' integer, 't' text; 'I', 'T' where it may be null.
// Only the db room makes SQL out of these; no other text is ever built.

#include <string_view>

namespace huiqiao::db {

/// Rows read. text: one SELECT; kinds: of its result columns.
struct Select {
    std::string_view text;
    std::string_view kinds;
};

/// Many rows appended by as few statements as the engine allows. columns: "id, state, due_at".
struct Insert {
    std::string_view table;
    std::string_view columns;
    std::string_view kinds;
};

/// Rows inserted where their key is absent, inside step 3 of a write group (src/db/write_queue.h). The first column
/// is the unique key, the second the owner: the text by which a caller knows whether it was first (often the id of
/// the thing that the key stands for). Both 't'.
struct Claim {
    Insert insert;
    /// For rows that nearly always stand already (balance rows): those that stand are found by a plain read, and only
    /// the others are inserted. An insert that meets a row shares its lock on MariaDB, and two writers who share a hot
    /// row before both want it alone are a deadlock. Rows of such a table are never deleted.
    bool usually_there = false;
};

/// Many rows changed by one statement (or one prepared statement run in a vector). sets: "state, +balance_minor":
/// a '+' adds to what stands, else it replaces. Rows hold the key first, then the sets in order. Every row must be
/// there and be locked; a missing one is a LogicError. kinds: of key and sets.
struct Update {
    std::string_view table;
    std::string_view key;
    std::string_view sets;
    std::string_view kinds;
};

/// One UPDATE or DELETE with ":p1" … (and at most one ":list"): for rare statements and prunes.
struct Command {
    std::string_view text;
};

/// A table whose rows operations lock. Ranks fix the order of tables in every group (lower first; registered in
/// src/db/lock_ranks.h); select: "SELECT id FROM orders WHERE id IN (:list) ORDER BY id" (the dialect adds FOR UPDATE).
struct LockTable {
    int rank;
    std::string_view select;
};

}  // namespace huiqiao::db
