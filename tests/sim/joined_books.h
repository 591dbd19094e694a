#pragma once
// Our rows and the books of bank, channel and customs, opened side by side in one SQLite connection that only reads.
// Each rule is one SELECT over all four: what it finds, a sentence with numbers, breaks it. Rules hold at any moment,
// not only at rest; to add one is to add a row to the table in the source. Kept apart from the product's own checks, so
// that a mistake in those cannot hide here.

#include <memory>
#include <optional>
#include <string>

#include "tests/support/test_desk.h"

namespace huiqiao::testing::sim {

class JoinedBooks {
 public:
    explicit JoinedBooks(TestDesk& desk);
    ~JoinedBooks();

    /// Looks at the next rule in turn, so that it may be called after every turn: what breaks a rule stays to be seen.
    [[nodiscard]] std::optional<std::string> look();
    /// Looks at all of them: the first that is broken.
    [[nodiscard]] std::optional<std::string> look_at_all();

 private:
    class Connection;
    void connect();

    TestDesk& desk_;
    int crashes_ = 0;  // of the house, when its file was opened: each leaves another file
    std::unique_ptr<Connection> connection_;
    std::size_t next_ = 0;
};

}  // namespace huiqiao::testing::sim
