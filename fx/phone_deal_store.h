#pragma once
// Rows of telephone deals. What the dealer told is written once; state, slip and checker change only under the lock of
// the deal's purchase (kPurchaseLock). The dealer's name is sealed by who writes and opened by who shows it.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/phone_deal.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

class PhoneDealStore {
 public:
    /// call.dealer: as sealed.
    static void insert(db::Tx& tx, const PhoneDeal& deal);
    /// State, checker, slip, decided_at.
    static void save(db::Tx& tx, const PhoneDeal& deal);
    static std::optional<PhoneDeal> find(db::Reader& reader, const std::string& id);
    static std::optional<PhoneDeal> of_purchase(db::Reader& reader, const std::string& purchase_id);
    /// The deals' ids by their purchases; of other purchases nothing.
    static std::map<std::string, std::string> ids_of_purchases(db::Reader& reader,
                                                               std::span<const std::string> purchase_ids);
    /// Of one bank, called between the two instants, both in it.
    static std::vector<PhoneDeal> called_between(db::Reader& reader, const std::string& bank, Instant from,
                                                 Instant until);
    /// Which deal the bank's slip of that number, however it is spelled, was entered for; empty: none.
    static std::string of_slip(db::Reader& reader, const std::string& bank, const std::string& number);
    /// Newest first, before the given id ("": from the newest).
    static std::vector<PhoneDeal> list(db::Reader& reader, const std::string& before_id, int limit);
};

}  // namespace huiqiao::fx
