#pragma once
// Rows of purchases, their legs, their lines (purchase_allocation), and what merchants have left over (merchant_rest).
// Which lines and accounts a purchase touches never changes after it was made, so that it may be read without locks.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/purchase.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

inline constexpr db::LockTable kPurchaseLock{db::lock_rank::kPurchase,
                                             "SELECT id FROM purchase WHERE id IN (:list) ORDER BY id"};
inline constexpr db::LockTable kRestLock{db::lock_rank::kPurchase + 5,
                                         "SELECT id FROM merchant_rest WHERE id IN (:list) ORDER BY id"};
/// Opens a merchant's rest: merchant id, then who opens it.
inline constexpr db::Claim kRestClaim{{"merchant_rest", "id, opened_by", "tt"}};

std::string leg_id(std::string_view reference, std::string_view account);

class PurchaseStore {
 public:
    /// With both its legs, which have no amount yet.
    static void insert(db::Tx& tx, const Purchase& purchase, std::span<const PurchaseLine> lines);
    /// State, the deal and the hold.
    static void save(db::Tx& tx, const Purchase& purchase);
    static std::optional<Purchase> find(db::Reader& reader, const std::string& id);
    /// Nothing is under way with the bank any more, so its positions must be zero: for the books' verification.
    static bool is_closed(db::Reader& reader, const std::string& id);
    /// Of a lock, in the order in which they drew on it; and those of them of which something is open.
    static std::vector<std::string> by_lock(db::Reader& reader, const std::string& lock_id);
    static std::vector<std::string> open_by_lock(db::Reader& reader, const std::string& lock_id);
    static std::vector<Purchase> load(db::Reader& reader, std::span<const std::string> ids);
    /// Those of which something is open; with an instant, also those of which something was open after it.
    static std::vector<std::string> open_at(db::Reader& reader, const std::optional<Instant>& at);
    /// Foreign currency that their orders got, by purchase.
    static std::map<std::string, Money> allocated(db::Reader& reader, std::span<const std::string> ids);

    /// In the order of their numbers.
    static std::vector<PurchaseLine> lines(db::Reader& reader, const std::string& purchase_id);
    /// What they got of the deal.
    static void save_lines(db::Tx& tx, std::span<const PurchaseLine> lines);
    static std::vector<PurchaseLine> lines_of_order(db::Reader& reader, const std::string& order_id);
    /// What was bought for each of these orders, by the account into which its bank pays it: order -> account -> sum.
    static std::map<std::string, std::map<std::string, Money>> bought_into(db::Reader& reader,
                                                                           std::span<const std::string> order_ids);

    /// By leg_id; those that do not exist are left out. A leg that is not dealt yet has amount zero.
    static std::vector<PurchaseLeg> legs(db::Reader& reader, std::span<const std::string> ids);
    static void save_legs(db::Tx& tx, std::span<const PurchaseLeg> legs);

    /// CNY; merchants without a row are left out.
    static std::map<std::string, Money> rests(db::Reader& reader, std::span<const std::string> merchants);
    static void add_to_rests(db::Tx& tx, const std::map<std::string, Money>& by_merchant);
};

}  // namespace huiqiao::fx
