#pragma once
// The claims of one group, table by table, sorted by key once they are written. Inside the db room only.

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "src/db/statement_text.h"
#include "src/db/write_queue.h"

namespace huiqiao::db {

/// Keys of usually_there claims that one writer saw committed. Bounded: a table with more is learned anew.
class StandingKeys {
 public:
    static constexpr std::size_t kMostOfATable = 200'000;

    [[nodiscard]] bool has(const Insert& insert, const std::string& key) const;
    void note(const Insert& insert, const std::vector<Value>& keys);

 private:
    std::map<std::string_view, std::unordered_set<std::string>, std::less<>> by_table_;
};

struct Claims::Impl {
    struct Table {
        Claim claim;
        Rows rows;                        // settled: sorted by key, each key once
        bool all_ours = true;             // every row was absent before
        std::vector<std::string> owners;  // beside rows; read when the first is asked for, unless all are ours

        void settle(Tx& tx);
        void insert_missing(Tx& tx);
        void read_owners(Reader& from);
        [[nodiscard]] Found read_standing(Reader& from) const;
        [[nodiscard]] const std::string& owner(const std::string& key) const;
    };

    Table* table_of(const Insert& insert);
    void settle(Tx& tx);
    /// After COMMIT: every row that was claimed stands.
    void note_standing(StandingKeys& into) const;

    const StandingKeys& standing;
    std::vector<Table> tables;
    bool settled = false;
    Reader* reader = nullptr;  // the group's, until its COMMIT
};

}  // namespace huiqiao::db
