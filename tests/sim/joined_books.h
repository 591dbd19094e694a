#pragma once
// Our rows and the books of bank, channel and customs, opened side by side in one SQLite connection that only reads.
// Each rule is one SELECT over all four: what it finds, a sentence with numbers, breaks it. Rules hold at any moment, not
// only at rest; to add one is to add a row to the table in the source. Kept apart from the product's own checks, so that
// a mistake in those cannot hide here.

#include <memory>
#include <optional>
#include <string>

#include "tests/support/test_desk.h"

namespace huiqiao::testing::sim {

class JoinedBooks {
 public:
    explicit JoinedBooks(TestDesk& desk);
    ~JoinedBooks();

    /// The first rule that is broken, with what breaks it.
    [[nodiscard]] std::optional<std::string> first_broken();

 private:
    class Connection;
    void connect();

    TestDesk& desk_;
    std::string path_;  // of the house's file, which a crash replaces
    std::unique_ptr<Connection> connection_;
};

}  // namespace huiqiao::testing::sim
