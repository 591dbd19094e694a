#pragma once
// Rows of orders, their lines, the number that each stands under for ever, and the evidence of payments that others
// collected. load() reads; change orders in flow only by flow/save_orders. What waits for a worker is found by an
// index: to expire (due_at), to convert or remit (waiting), to declare (declare_at); those three are computed at every
// save from the order itself and never set by hand.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"
#include "src/orders/order.h"
#include "src/orders/order_line.h"

namespace huiqiao::orders {

inline constexpr db::LockTable kOrderLock{db::lock_rank::kOrder,
                                          "SELECT id FROM orders WHERE id IN (:list) ORDER BY id"};

/// Claims a platform's own number; values: number_key(), order id, fingerprint of the request, order's created_at.
inline constexpr db::Claim kOrderNumberClaim{{"order_number", "order_key, order_id, fingerprint, created_at", "ttti"}};

/// "platform|number": our platform ids hold no '|', so no two pairs meet.
std::string number_key(std::string_view platform_id, std::string_view platform_order_no);

/// What an order waits for that a worker can do. Nothing while it is held.
/// Quote: its money could be converted, but the quote that it took comes first.
/// Part: all that is here is bought with, and more of its money is on its way from the channel.
enum class Waiting { Nothing, Quote, Convert, Part, Remit };
/// Of an order that is bought in parts all is bought before anything is remitted: its payee gets one payment, and no
/// bank charges for two.
Waiting waiting_of(const Order& order);
/// As the row says it: "convert:USD"; empty for Nothing.
std::string waiting_text(Waiting what, Currency payout_currency);

/// Declaration states that intake and save_orders write; all others are the declaration's own verbs'.
inline constexpr std::string_view kNotDeclared = "none";
inline constexpr std::string_view kDeclarationWaits = "waiting";  // for the payment
inline constexpr std::string_view kDeclarationDue = "due";        // paid in full, or collected by others

struct NumberHolder {
    std::string order_id;
    std::string fingerprint;
};

/// A candidate of a purchase.
struct ConvertibleOrder {
    std::string id;
    std::string merchant_id;
    Money cny;
    bool has_quote = false;
};

class OrderStore {
 public:
    static void insert(db::Tx& tx, std::span<const Order> orders);
    static void insert_lines(db::Tx& tx, std::span<const OrderLine> lines);
    static void insert_evidence(db::Tx& tx, std::span<const PaymentEvidence> evidence);
    /// All that may change of orders that are locked: amounts, flags, state, sequence.
    static void update(db::Tx& tx, std::span<const Order* const> orders);

    /// In the order of the ids asked for; those that do not exist are left out.
    static std::vector<Order> load(db::Reader& reader, std::span<const std::string> ids);
    static std::optional<Order> find(db::Reader& reader, const std::string& id);
    static std::optional<Order> by_number(db::Reader& reader, std::string_view platform_id,
                                          std::string_view platform_order_no);
    /// By number_key, in the order of the keys; nullopt where nobody holds it.
    static std::vector<std::optional<NumberHolder>> holders(db::Reader& reader, std::span<const std::string> keys);
    /// Gives up claims of this group whose orders were refused.
    static void release_numbers(db::Tx& tx, std::span<const std::string> keys);

    /// What can be bought with now for each, in the order of the ids; a few columns instead of the whole order.
    static std::vector<ConvertibleOrder> convertible(db::Reader& reader, std::span<const std::string> ids);

    /// Newest first, before the given id ("" : from the newest); state empty: all.
    static std::vector<Order> list(db::Reader& reader, const std::string& platform_id, std::string_view state,
                                   const std::string& before_id, int limit);
    static std::vector<OrderLine> lines(db::Reader& reader, const std::string& order_id);
    static std::optional<PaymentEvidence> evidence(db::Reader& reader, const std::string& order_id);

    /// Candidates, oldest first, read without locks: check again under kOrderLock.
    static std::vector<std::string> to_expire(db::Reader& reader, Instant now, int limit);
    /// Behind the given id ("": from the oldest).
    static std::vector<std::string> waiting(db::Reader& reader, Waiting what, Currency payout_currency, int limit,
                                            std::string_view behind_id = "");
    static std::vector<std::string> to_declare(db::Reader& reader, Instant now, int limit);
};

}  // namespace huiqiao::orders
