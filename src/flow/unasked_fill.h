#pragma once
// A fill that a bank reports and nobody awaited (FX-08): a second deal behind one that was read and booked, or the late
// report of that very deal. The books tell them apart: what is more than was dealt, or of another deal number, is told
// to a person and stops payouts of its currency, as any second deal, until the statement shows what the bank did. It
// books nothing. While the purchase is still asked for, the answer to the query tells all, and the fill waits for it,
// to be compared then; where nobody asks any more and persons are to decide, they are told. Each fill is a row before
// it is looked at (unasked_fill_store.h): it outlives the process, and a report that comes again is nothing new. What
// was told is over when a person closes it, or when what is booked of the purchase has come to say the same. While the
// database cannot be written a bounded number of fills is kept; of how many more there were a person is told once it
// can, since nobody else knows of them: in one work item, whose number grows until a person closes it.

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

inline constexpr std::string_view kUnaskedFill = "unasked_fill";     // subject: the purchase, else its reference
inline constexpr std::string_view kFillsNotKept = "fills_not_kept";  // subject: since when

struct UnaskedFill {
    std::string reference;       // our own of the purchase, as the bank repeats it
    std::string deal_reference;  // the bank's
    std::optional<Money> dealt_in_all;
    std::string bank = {};  // as its session calls itself
};

/// Fills that could not be kept, of which nothing else is known.
struct LostFills {
    std::uint64_t count = 0;
    Instant from{};  // none of them came before it
    Instant to{};
    std::set<std::string> banks{};  // as their sessions call themselves, where known

    void add(const LostFills& more);
};

struct CameFills {
    std::vector<UnaskedFill> fills;
    LostFills lost{};  // that came beside them, more than could be kept
};

class UnaskedFills {
 public:
    /// cny_accounts: of every bank that deals, by which a purchase is found. The references must outlive it.
    UnaskedFills(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                 std::vector<std::string> cny_accounts);
    ~UnaskedFills();

    /// What came since the last step, and twice a minute what waits for an answer or for a person. How many went on.
    int step(CameFills came, Instant now);

 private:
    struct NoteFill;
    class NoteWork;
    class NoteOperation;
    int look_again();
    int tell_lost();
    std::vector<bool> note(const std::vector<std::shared_ptr<NoteFill>>& items);

    db::Database& database_;
    db::WriteQueue& queue_;
    std::unique_ptr<db::Operation> note_;
    std::unique_ptr<db::Operation> tell_;
    std::vector<UnaskedFill> unwritten_;  // the database could not be written
    LostFills lost_;                      // and there were these, which nobody was told of yet
    LostFills told_;                      // these, in the work item that is open
    Instant stepped_at_{};
    std::string behind_;  // the next look goes on behind this key
    Instant looked_at_{};
};

}  // namespace huiqiao::flow
