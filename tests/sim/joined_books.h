#pragma once
// Our rows and the books of banks, channel and customs, opened side by side in one SQLite connection that only reads.
// Each rule is one SELECT over all of them: what it finds, a sentence with numbers, breaks it. Rules hold at any
// moment, not only at rest; to add one is to add a row to the table in the source. Kept apart from the product's own
// checks, so that a mistake in those cannot hide here.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/banks.h"
#include "tests/support/test_desk.h"

namespace huiqiao::testing::sim {

class JoinedBooks {
 public:
    JoinedBooks(TestDesk& desk, std::vector<SimBank> banks);
    ~JoinedBooks();

    /// Looks at the next rule in turn, so that it may be called after every turn: what breaks a rule stays to be seen.
    [[nodiscard]] std::optional<std::string> look();
    /// Looks at all of them: the first that is broken.
    [[nodiscard]] std::optional<std::string> look_at_all();

 private:
    class Connection;
    void connect();

    TestDesk& desk_;
    std::vector<SimBank> banks_;
    int crashes_ = 0;  // of the house, when its file was opened: each leaves another file
    std::unique_ptr<Connection> connection_;
    std::size_t next_ = 0;
};

}  // namespace huiqiao::testing::sim
