#pragma once
// Statements, their lines, where the reading of each account stands, and breaks, in the database. A line is stored once
// for ever by (account, bank reference). Decides nothing; who changes a row has locked it.

#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"
#include "src/reconciliation/break.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::reconciliation {

// Between notices and statement lines; and after work items, before parties.
inline constexpr int kStatementAccountRank = db::lock_rank::kStatement - 1;
inline constexpr int kBreakRank = db::lock_rank::kWorkItem + 1;

inline constexpr db::LockTable kStatementAccountLock{
    kStatementAccountRank, "SELECT account FROM statement_account WHERE account IN (:list) ORDER BY account"};
inline constexpr db::LockTable kStatementLineLock{db::lock_rank::kStatement,
                                                  "SELECT id FROM statement_line WHERE id IN (:list) ORDER BY id"};
inline constexpr db::LockTable kBreakLock{kBreakRank,
                                          "SELECT id FROM reconciliation_break WHERE id IN (:list) ORDER BY id"};

enum class LineState {
    New,      // not looked at
    Waiting,  // known, but what it needs is not here yet
    Booked,
};
std::string_view to_text(LineState state);

struct StoredLine {
    StatementLine line;
    LineState state = LineState::New;
    std::string subject_kind;
    std::string subject_id;
    std::string entry_id;
    std::optional<Instant> due_at;
};

/// Where the reading of an account stands.
struct ReadingPlace {
    std::string account;
    Currency currency;
    Date day;                      // being read
    int seen_sequence = 0;         // lines of that day that are here
    std::optional<Money> balance;  // the bank's, after those lines; none before the first statement
    Instant balance_at{};
    std::optional<ClosedDay> closed;
    std::optional<Instant> due_at;
};

/// A day that is read again, since its lines do not add up.
struct DoubtfulDay {
    std::string account;
    Date day;
    int seen_sequence = 0;  // of this reading
    int tries = 0;          // readings after which it still did not add up
    std::optional<Instant> due_at = std::nullopt;

    [[nodiscard]] std::string id() const { return account + "|" + std::to_string(day.number()); }
};

class StatementStore {
 public:
    /// Step 3. Opens the account's row where it is absent (due at once), and stores lines that are new, due at once.
    static void claim_account(db::Claims& claims, const std::string& account, Currency currency, Date first_day);
    static void claim_line(db::Claims& claims, const StatementLine& line, const std::string& call_id);

    static std::vector<std::string> accounts_due(db::Reader& reader, Instant now);
    static std::map<std::string, ReadingPlace> places(db::Reader& reader, std::span<const std::string> accounts);
    static void save_places(db::Tx& tx, std::span<const ReadingPlace> places);

    /// Doubts are changed under their account's lock.
    static std::vector<DoubtfulDay> doubts_due(db::Reader& reader, Instant now, int limit);
    static std::optional<DoubtfulDay> doubt(db::Reader& reader, const std::string& id);
    static void insert_doubt(db::Tx& tx, const DoubtfulDay& doubt);
    static void save_doubts(db::Tx& tx, std::span<const DoubtfulDay> doubts);

    static std::vector<std::string> lines_due(db::Reader& reader, Instant now, int limit);
    static std::vector<StoredLine> lines(db::Reader& reader, std::span<const std::string> keys);
    /// What the bank booked under those subjects, or what may be of them once they are known.
    static std::vector<StoredLine> lines_of(db::Reader& reader, std::span<const std::string> subject_ids);
    /// Of one day, at most that many of those behind the given one.
    static std::vector<StoredLine> lines_of_day(db::Reader& reader, const std::string& account, Date day,
                                                const StatementLine* behind, int limit);
    /// Adds the day's lines that are here, of these numbers, read so many at a time.
    struct Numbers {
        int behind = 0;
        int up_to = std::numeric_limits<int>::max();
    };
    static void add_lines(db::Reader& reader, const std::string& account, Date day, Numbers numbers, int page,
                          DaySum& sum);
    /// What the lines that are here and not booked come to, credits less debits; none where there are more than so
    /// many.
    static std::optional<Money> open_amount(db::Reader& reader, const std::string& account, Currency currency,
                                            int at_most);
    /// The entries of all lines that were booked under one remittance or purchase.
    static std::vector<std::string> entries_of(db::Reader& reader, const std::string& subject_id);
    static void save_lines(db::Tx& tx, std::span<const StoredLine> lines);

    static std::map<std::string, Break> breaks(db::Reader& reader, std::span<const std::string> ids);
    static std::vector<Break> open_breaks(db::Reader& reader, int limit);
    /// Those whose id is there already are passed over.
    static void insert_breaks(db::Tx& tx, std::span<const Break> breaks);
    static void save_breaks(db::Tx& tx, std::span<const Break> breaks);
};

}  // namespace huiqiao::reconciliation
