#pragma once
// Proves the books from their rows alone, or says what is wrong with them: chains, slot rows, anchors (the table's and
// the file's against each other), day seals, facts; every entry balanced; every balance equal to its postings and every
// held amount to its open holds; the equations of the trial balance. It reads in pages and adds up for itself; it never
// mends anything (LED-10).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/crypto/signing_key.h"
#include "src/db/database.h"
#include "src/ledger/account.h"
#include "src/ledger/anchor_file.h"
#include "src/ledger/verify_problems.h"

namespace huiqiao::ledger {

struct VerifySettings {
    AnchorPlace anchor_file{};  // no path: the table's anchors only
    /// How often heads are anchored; zero: an empty table of anchors is no fault.
    std::chrono::seconds anchors_every{0};
    /// Whether a purchase is closed, so that its positions must be zero. The books do not know purchases; without it
    /// positions are not judged.
    std::function<bool(db::Reader&, const std::string& purchase)> is_closed_purchase;
    std::size_t most_problems = 100;  // kept; the others are only counted
};

struct VerifyReport {
    std::vector<Error> problems;  // each names its entry, account or slot and the numbers
    std::vector<Error> notices;   // worth knowing, and no fault
    std::uint64_t problem_count = 0;
    std::uint64_t entries = 0;
    std::uint64_t postings = 0;
    std::uint64_t accounts = 0;
    std::uint64_t anchors = 0;
    std::uint64_t sealed_days = 0;

    std::uint64_t file_problems = 0;  // of problem_count: what is wrong with the file of anchors alone

    [[nodiscard]] bool is_good() const { return problem_count == 0; }
    /// Chains, tables and sums are right, whatever became of the file beside them.
    [[nodiscard]] bool are_rows_good() const { return problem_count == file_problems; }
    /// One line a problem and a last line of figures, for people.
    [[nodiscard]] std::string text_english() const;
    [[nodiscard]] std::string text_chinese() const;
};

/// Reads the file first and then one snapshot of the database, so that writers may go on meanwhile.
VerifyReport verify(db::Database& database, const Chart& chart, const crypto::VerifyKey& key,
                    const VerifySettings& settings);
/// The same in a snapshot that is open already: for books that nobody writes to, since a line that comes into the file
/// after the snapshot would look like one that was removed from the database.
VerifyReport verify(db::Reader& reader, const Chart& chart, const crypto::VerifyKey& key,
                    const VerifySettings& settings);

}  // namespace huiqiao::ledger
