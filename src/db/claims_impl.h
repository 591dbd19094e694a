#pragma once
// The claims of one group, table by table, sorted by key once they are written. Inside the db room only.

#include <string>
#include <vector>

#include "src/db/statement_text.h"
#include "src/db/write_queue.h"

namespace huiqiao::db {

struct Claims::Impl {
    struct Table {
        Claim claim;
        Rows rows;                        // settled: sorted by key, each key once
        bool all_ours = true;             // every row was absent before
        std::vector<std::string> owners;  // beside rows; read when the first is asked for, unless all are ours

        void settle(Tx& tx);
        void insert_missing(Tx& tx);
        void read_owners(Reader& reader);
        [[nodiscard]] Found read_standing(Reader& reader) const;
        [[nodiscard]] const std::string& owner(const std::string& key) const;
    };

    Table* table_of(const Insert& insert);
    void settle(Tx& tx);

    std::vector<Table> tables;
    bool settled = false;
    Reader* reader = nullptr;  // the group's, until its COMMIT
};

}  // namespace huiqiao::db
