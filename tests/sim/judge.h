#pragma once
// The invariants. What the house says is held against its own postings, which are added up here a second time, and
// against the books of bank, channel and customs, which are the truth about money and declarations. Reads only; a
// broken one is thrown as Broken, with its numbers. Cheap after every turn: only what was added is read, and the few
// rows that can change.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

class Judge {
 public:
    explicit Judge(World& world);

    /// After each turn. False where the house wrote nothing since the last look: then nothing is looked at.
    bool look();
    /// What leaves the house: prepared and committed before (XCT-01, XCT-02), and never told twice where it moves
    /// money.
    void look_at(const http::OutgoingRequest& request, SimulatedClient::Network fate);
    /// After each close: the whole proof of the books from their rows.
    void each_day();
    /// What the desk's exposure says is what a walk over everything counts.
    void exposure();
    /// When nothing goes wrong any more: what is neither final nor in a queue that a person sees, as sentences.
    std::vector<std::string> unfinished();
    /// At the end, when nothing is unfinished.
    void at_the_end();

 private:
    void new_entries(db::Reader& reader);
    void one_entry(db::Reader& reader, const db::Found& entries, std::size_t row);
    void accounts(db::Reader& reader);
    void orders(db::Reader& reader);
    void instructions(db::Reader& reader);
    void acknowledged(db::Reader& reader);
    void banks(db::Reader& ours);
    void channel(db::Reader& ours, db::Reader& theirs);
    void customs(db::Reader& ours, db::Reader& theirs);
    void confirmed_by_a_bank();
    /// Of every account that a bank keeps for us, by its own books.
    [[nodiscard]] std::map<std::string, std::int64_t> balances_at_banks();
    [[nodiscard]] std::vector<std::string> open_orders();
    [[nodiscard]] std::vector<std::string> lines_to_come();
    [[nodiscard]] bool is_of_a_day_given_up(const std::string& sentence) const;
    [[nodiscard]] bool waits_for_a_line(const std::string& currency) const;
    void balances_at_the_end();
    void facts_at_the_end();

    World& world_;
    std::int64_t groups_seen_ = -1;
    std::map<std::int64_t, std::int64_t> last_seq_;  // by slot
    std::map<std::string, std::int64_t> sums_;       // by account, in its normal sign
    struct Standing {
        std::string outcome;
        std::string operation;
        std::string reference;
    };
    std::map<std::string, Standing> instructions_;
    std::vector<Standing> newly_settled_;
    bool news_ = false;           // entries or outcomes since the last look
    std::set<std::string> told_;  // references of what moves money, that may have arrived
    std::map<std::string, std::string> acknowledged_;
};

}  // namespace huiqiao::testing::sim
