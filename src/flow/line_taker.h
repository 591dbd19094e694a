#pragma once
// How a verb takes the statement lines that are its own (legs of deals, remittances, channel batches). fund.cpp runs
// all takers in one write group, in order; a line goes to the first that knows it, and one that nobody knows goes to
// suspense. A taker recognises by reference only, never by amount; it books what the bank did, even what it refuses to
// understand, or leaves the line to the next.

#include <memory>
#include <span>
#include <vector>

#include "src/db/write_queue.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::flow {

struct TakenLine {
    bool taken = false;
    std::string subject_kind;  // "remittance", "purchase", "channel_batch", "bank_charge", "suspense", "nothing"
    std::string subject_id;    // also of a line that is not taken: what it will be of once that is known here
    std::string entry_id;      // the journal entry that books it; empty where nothing moved
    bool waits = false;        // known, but what it needs (a settlement file) is not here yet: offered again later
};

/// One run of a group; made anew for each.
class LineTaking {
 public:
    virtual ~LineTaking() = default;
    /// Step 1. The lines of this group, which stay where they are until run() ends. Only columns that never change.
    virtual void find(db::Reader& reader, std::span<const reconciliation::StatementLine> lines) = 0;
    virtual void claim(db::Claims& claims) = 0;
    virtual void lock(db::Locks& locks) = 0;
    /// `open[i]`: the line is locked, not booked yet and taken by nobody before. Answers one a line. An entry's fact is
    /// source_type "statement_line", source_id line.key().
    virtual std::vector<TakenLine> run(db::Group& group, std::span<const reconciliation::StatementLine> lines,
                                       const std::vector<bool>& open) = 0;
};

class LineTaker {
 public:
    virtual ~LineTaker() = default;
    [[nodiscard]] virtual std::unique_ptr<LineTaking> begin() = 0;
};

}  // namespace huiqiao::flow
