#pragma once
// What the steps of a conversion share: the rooms they work with, and the rows and money of one purchase while it moves
// in a write group. Only for src/flow/convert*.cpp.

#include <any>
#include <set>
#include <unordered_map>

#include "fx/desk.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/flow/convert.h"
#include "src/flow/operation_of.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {

struct ConvertParts {
    db::Database& database;
    db::WriteQueue& queue;
    const ledger::Ledger& ledger;
    const calls::Calls& calls;
    const fx::ValueDates& value_dates;
    ConvertSettings settings;
    operators::WorkItems work_items;

    /// LogicError where no such bank is configured any more: its calls cannot be read.
    [[nodiscard]] const fx::FxBank& bank(const std::string& name) const;
    /// Whether a deal there stands on a lock. On the telephone it does: what was said on it is the lock.
    [[nodiscard]] bool has_locks(const std::string& bank_name) const;
    /// Of a deal that is made at this bank now; nullopt: none can be.
    [[nodiscard]] std::optional<Date> value_date(const std::string& bank_name, Currency currency, Instant now) const;
};

/// The rows that a purchase touches, none of which changes after it was made: gathered in step 1, locked in step 4.
struct PurchaseRows {
    std::string purchase_id;
    std::string lock_id;
    std::string bank;
    std::string cny_account;
    Currency currency = Currency::known("CNY");
    std::vector<std::string> order_ids;
    std::set<std::string> merchants;

    static PurchaseRows find(db::Reader& reader, const std::string& purchase_id);
    /// Every account that a deal may post to or a release may touch.
    [[nodiscard]] std::vector<ledger::Account> accounts() const;
    void claim(db::Claims& claims, const ConvertParts& parts) const;
    void lock(db::Locks& locks, const ConvertParts& parts) const;
};

/// A purchase under lock.
struct PurchaseInHand {
    fx::Purchase purchase;
    fx::Lock lock;
    std::vector<fx::PurchaseLine> lines;
    std::vector<orders::Order> orders;  // in the order of the lines; of a loaded one, only behind load_orders

    static PurchaseInHand load(db::Reader& reader, const std::string& purchase_id);
    /// Where they are not there yet. Most steps of a purchase do not touch its orders, of which there are thousands.
    void load_orders(db::Reader& reader);
    /// One order more, with that much CNY, of which `carried` is its merchant's rest of earlier purchases.
    void put_in(orders::Order order, const Money& cny, const Money& carried);
};

/// By more than so many basis points of the rate that was compared (FX-03); more CNY a unit is worse, another pair too.
bool is_worse(const Rate& given, const Rate& compared, int tolerance_bp);

/// Of a bank without locks, where a step before the deal was taken: what comes next is prepared, the next round of
/// details, or after the last one the order to deal. False, and nothing prepared, where the price that was compared no
/// longer stands. convert_unlocked.cpp.
bool go_on_to_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::LockReading& told,
                   int part_no);
/// Until when the order to deal may leave, by what the bank promised: a margin before its lock expires, or before the
/// price that was compared does. nullopt: at any time.
std::optional<Instant> may_leave_until(const ConvertParts& parts, const fx::Lock& lock);
/// When to look at the held lock next: at the time of its alert, behind that at its end. nullopt: never.
std::optional<Instant> look_at_lock(const ConvertParts& parts, const fx::Lock& lock, Instant now);
/// Its order has not left, and soon may not any more: a person is told, who may see why, or call the bank.
void tell_expiring(db::Group& group, const ConvertParts& parts, const PurchaseInHand& in_hand);
/// It is dealt, or given up: what was told of it is over.
void close_expiring(db::Group& group, const ConvertParts& parts, const fx::Lock& lock, std::string_view note);
/// The order to deal did not leave by then: it is withdrawn and the money free again. False where it may have left. Its
/// calls are under lock. convert_late.cpp.
bool withdraw_late_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand,
                        std::span<const std::string> purchase_calls);

/// Holds each merchant's share, and the whole at the bank. An error where the books refuse (payouts stopped).
Status hold_put_in(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand);

/// Nothing was bought: the orders' money is free again, the holds end, rests go back. state: Withdrawn or Rejected.
void give_back(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, fx::PurchaseState state);

/// The bank dealt: booked as it says, shared among the orders, legs awaited.
void book_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::Deal& deal,
               const std::string& request_id);

/// What step 1 found for the calls of one group, kept by a handler until the group's last step. The writer's thread
/// alone uses it.
class FoundRows {
 public:
    void put(const std::string& call_id, PurchaseRows rows);
    [[nodiscard]] PurchaseRows get(const std::string& call_id) const;
    void clear();

 private:
    std::unordered_map<std::string, PurchaseRows> by_call_;
};

std::unique_ptr<calls::AnswerHandler> make_rates_handler(const ConvertParts& parts);
std::unique_ptr<calls::AnswerHandler> make_lock_handler(const ConvertParts& parts);
std::unique_ptr<calls::AnswerHandler> make_purchase_handler(const ConvertParts& parts);

/// Operations; one item each.
struct OpenPurchase : db::Item {
    std::string bank;
    Currency currency = Currency::known("CNY");
    std::string quote_id;
    std::vector<std::string> order_ids;  // candidates, first paid first
    std::vector<std::string> quoted;     // of these, that took a quote
    std::set<std::string> merchants;     // theirs
    Money compared = Money::zero(Currency::known("CNY"));
    std::vector<fx::Offer> offers;  // as compared for that amount, the chosen one first
    std::string purchase_id;        // answer; empty: nothing could be bought
};
struct LapseLock : db::Item {
    std::string lock_id;
    std::string purchase_id;
    bool lapsed = false;  // answer
};
struct AcceptRate : db::Item {
    explicit AcceptRate(AcceptedRate wanted) : rate(std::move(wanted)) {}
    AcceptedRate rate;
    Status accepted = Done{};  // answer
};
std::unique_ptr<db::Operation> make_ask_board(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_open_purchase(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_lapse_lock(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_accept_rate(const ConvertParts& parts);

/// The call that orders the purchase by its lock.
calls::NewCall purchase_call(const ConvertParts& parts, const fx::Purchase& purchase, const fx::Lock& lock);

}  // namespace huiqiao::flow
