#pragma once
// Remittances and their allocations in the database. References are unique for ever; allocations never change.
// Decides nothing; who changes a row has locked it (kRemittanceLock).

#include <map>
#include <span>
#include <string>
#include <vector>

#include "src/db/database.h"
#include "src/db/lock_ranks.h"
#include "src/remittance/remittance.h"

namespace huiqiao::remittance {

inline constexpr db::LockTable kRemittanceLock{db::lock_rank::kRemittance,
                                               "SELECT id FROM remittance WHERE id IN (:list) ORDER BY id"};

class RemittanceStore {
 public:
    /// New ones with their references and allocations.
    void insert(db::Tx& tx, std::span<const Remittance> remittances, std::span<const Allocation> allocations) const;
    /// State, their reference, reason, hold and the sums of statement lines.
    void update(db::Tx& tx, std::span<const Remittance> remittances) const;

    /// Those that are there, by id.
    [[nodiscard]] std::map<std::string, Remittance> load(db::Reader& reader, std::span<const std::string> ids) const;
    /// Reference to id, of those that are there.
    [[nodiscard]] std::map<std::string, std::string> find(db::Reader& reader,
                                                          std::span<const std::string> references) const;
    /// In order of order id within each remittance.
    [[nodiscard]] std::vector<Allocation> allocations(db::Reader& reader,
                                                      std::span<const std::string> remittance_ids) const;
    [[nodiscard]] std::vector<Allocation> of_order(db::Reader& reader, const std::string& order_id) const;
    /// Newest first, after (older than) the given id where it is not empty; "" as merchant lists all.
    [[nodiscard]] std::vector<Remittance> list(db::Reader& reader, const std::string& merchant_id,
                                               const std::string& before_id, int limit) const;
    /// Of one paying account, made in [from, to), oldest first; at most that many of those behind the given one.
    [[nodiscard]] std::vector<Remittance> made_between(db::Reader& reader, const std::string& bank_account,
                                                       Instant from, Instant to, const Remittance* behind,
                                                       int limit) const;
};

}  // namespace huiqiao::remittance
