#pragma once
// One run of verify: what its steps share. Private to this room.

#include <map>
#include <set>
#include <unordered_map>

#include "src/crypto/hash_chain.h"
#include "src/ledger/anchor_file.h"
#include "src/ledger/day_seal.h"
#include "src/ledger/journal.h"
#include "src/ledger/verify.h"

namespace huiqiao::ledger {

class Verifier {
 public:
    Verifier(db::Reader& reader, const Chart& chart, const crypto::VerifyKey& key, const VerifySettings& settings,
             const AnchorFile& file, const HeldBefore& before)
        : reader_(reader), chart_(chart), key_(key), settings_(settings), file_(file), held_before_(before) {}

    VerifyReport run();

 private:
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    struct Link;  // where a walk along a chain stands

    void report(const ErrorCode& code, Parameters parameters);

    // verify_chain.cpp
    void read_anchors();
    void read_table_lines();
    void read_file_lines();
    void look_for_missing_lines();
    void look_for_anchors();
    void walk_slots();
    void walk_slot(std::int64_t slot);
    void check_place(const Entry& entry, Link& link);
    void check_sealed(const Entry& entry, Link& link);
    void check_anchor(std::int64_t slot, std::int64_t seq, const std::string& hash);
    void check_facts(const std::vector<Entry>& page);
    void add_up(const Entry& entry);
    void check_sides(const Entry& entry, const std::vector<std::pair<Account, const Line*>>& lines);
    void check_counts();

    // verify.cpp
    void check_accounts();
    void check_account(const db::Found& page, std::size_t row, std::int64_t open_holds);
    void check_left_over();
    void check_equations();
    void check_seals();
    void check_seal(const DaySeal& seal, const std::optional<DaySeal>& before);
    void check_digits();
    [[nodiscard]] std::map<std::string, std::int64_t> open_holds();

    db::Reader& reader_;
    const Chart& chart_;
    const crypto::VerifyKey& key_;
    const VerifySettings& settings_;
    const AnchorFile& file_;
    const HeldBefore& held_before_;
    VerifyReport report_;
    std::unordered_map<std::string, std::int64_t> sums_;  // of postings, by account, in its normal sign
    std::map<std::int64_t, std::multimap<std::int64_t, std::string>> anchors_;  // slot, seq, hash
    std::set<std::string> table_lines_;
    bool file_has_removed_ = false;     // genuine lines that the tables do not have
    std::int64_t first_booked_us_ = 0;  // of all entries
    std::vector<DaySeal> seals_;
};

}  // namespace huiqiao::ledger
