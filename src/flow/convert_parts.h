#pragma once
// What the steps of a conversion share: the rooms they work with, and the rows and money of one purchase while it moves
// in a write group. Only for src/flow/convert*.cpp.

#include <any>
#include <set>
#include <unordered_map>

#include "fx/desk.h"
#include "fx/held_lock_store.h"
#include "fx/lock_view.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/flow/agreed_price.h"
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

/// Orders that may put in, first paid first, and their merchants, all under lock.
struct PutInCandidates {
    const std::set<std::string>& merchants;
    const std::vector<std::string>& order_ids;
    const AgreedPrices& agreed;  // with their platforms
};
/// Of step 1, which merchants and which quotes orders that may put in will need.
struct FoundCandidates {
    std::set<std::string> merchants;
    std::vector<std::string> quoted;  // orders that took a quote

    static FoundCandidates of(db::Reader& reader, std::span<const std::string> order_ids);
};
struct PutInLimits {
    Money free_at_bank;         // CNY
    std::optional<Money> most;  // of the whole purchase
    bool may_cut = false;       // the order that does not fit whole puts in what still fits
    bool is_best_price = true;  // else an order whose agreed price is better only waits for another
};
/// What can be put in, first paid first. An order whose money is not there now is passed over; one whose agreed price
/// is over, or is not met by the best rate that is to be had, goes back to be looked at.
void put_in_orders(db::Group& group, const ConvertParts& parts, const PutInCandidates& candidates,
                   const PutInLimits& limits, PurchaseInHand& in_hand);
/// Without lines and without a lock, which has the rate alone.
PurchaseInHand new_purchase(db::Group& group, const ConvertParts& parts, const std::string& bank_name,
                            const Rate& rate);
/// The purchase with its lines, and its orders as converting.
void write_opened(db::Group& group, PurchaseInHand& in_hand);

struct LockAccounts {
    std::string cny;  // provision accounts at the lock's bank
    std::string foreign;
};
/// Writes the lock, uses its quote up; the call that asks for it, to be prepared.
calls::NewCall ask_for_lock(db::Group& group, const ConvertParts& parts, const fx::Lock& lock,
                            const LockAccounts& accounts, int details);
/// What the bank told of a lock that was asked for, under lock: its rate and its end. False where it is not to be used:
/// its rate is worse than what was asked for, or far better, of which a person is told, or it came too late. The row is
/// not written.
bool take_promise(db::Group& group, const ConvertParts& parts, fx::Lock& lock, const fx::LockReading& told);

/// A lock that purchases draw on, under lock (fx/held_lock.h). convert_held.cpp.
struct HeldLockInHand {
    fx::Lock lock;
    fx::HeldLock held;
    static HeldLockInHand load(db::Reader& reader, const std::string& lock_id);
};
/// Whether a purchase may be made by it now: promised, long enough, with something left that is not being ended, for
/// the date that the bank deals for now, and not frozen by refusals.
bool can_draw(db::Reader& reader, const ConvertParts& parts, const fx::HeldLockStore::Row& row, Instant now);
/// CNY that those of a currency's live locks cost of which nobody knows yet whether they were given: as many of the
/// orders that wait, first paid first, are theirs, and nothing else is locked for these until it is known (FX-02).
Money awaited_by_locks(std::span<const fx::HeldLockStore::Row> live);
/// The last of these orders; empty where none is. Those that wait are read so many at a time.
std::string reserved_for_locks(db::Reader& reader, Currency currency, Money awaited, int page_size);
/// What is left of it is covered as far as the provision account has that much free beside `reserved`; where nothing is
/// left, or nothing may come of it any more, nothing is held. The row is written.
void hold_for_left(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const Money& reserved);
/// The answer to its asking moved it.
void move_held_lock(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, const calls::Moved& moved,
                    const calls::Reading& reading);
/// Nothing more is drawn on it: its money is free, and where the bank had promised something that nobody drew on a
/// person is told. It stays due while purchases by it are open, since what has not left by its time is withdrawn then.
void end_held_lock(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, fx::LockEvent event);
/// A purchase that drew on it was dealt; or nothing was bought by it. The purchase's new state is written. Of other
/// locks they change nothing.
void draw_dealt(db::Group& group, const ConvertParts& parts, const PurchaseInHand& drawn, const fx::Deal& deal);
void draw_given_back(db::Group& group, const ConvertParts& parts, const PurchaseInHand& drawn);
/// The bank refused a purchase that drew on it, which was given back. The lock is over where the bank says so; else it
/// stands, and after several refusals in a row nothing is drawn on it until a person closes what is told of it.
void draw_refused(db::Group& group, const ConvertParts& parts, const std::string& lock_id, const calls::Moved& moved);
/// By refusals, and nobody has closed what was told of it.
bool is_frozen(db::Reader& reader, const ConvertParts& parts, const std::string& lock_id);

/// By more than so many basis points of the rate that was compared (FX-03); more CNY a unit is worse, another pair too.
bool is_worse(const Rate& given, const Rate& compared, int tolerance_bp);
/// Better than it was asked by, by more than this many basis points, no price is believed (fx/word_of_bank.h). What was
/// asked by is never below its own mid, so that this holds against the mid as well.
int guard_bp(const ConvertParts& parts);

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
enum class LateDeal {
    Withdrawn,  // proved not to have left; the money is free again
    OnItsWay,   // being sent just now: to be looked at again
    Left,       // it may have left, or is not awaited any more
};
/// Of an order that did not leave while what its bank promised stood. Its calls are under lock. convert_late.cpp.
LateDeal withdraw_late(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand,
                       std::span<const std::string> purchase_calls);
/// How soon to look again at an order that is just being sent.
inline constexpr std::chrono::seconds kLookAgain{5};
/// The order to deal did not leave by then: it is withdrawn and the money free again. False where it may have left. Its
/// calls are under lock. convert_late.cpp.
bool withdraw_late_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand,
                        std::span<const std::string> purchase_calls);

/// Holds each merchant's share, and the whole at the bank. An error where the books refuse (payouts stopped).
Status hold_put_in(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand);

/// One hold of `whole` in place of `hold_id` (empty: none), which has `held`. nullopt, and all stays as it is, where
/// the difference is not free or payouts are stopped.
std::optional<std::string> raise_hold(db::Group& group, const ConvertParts& parts, const std::string& hold_id,
                                      const Money& held, const ledger::HoldRequest& whole);

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
    bool is_best_price = true;      // false: a cheaper bank is dealt with for other orders in the same look
    Money left_to_locks = Money::zero(Currency::known("CNY"));  // orders of so much were left out (awaited_by_locks)
    std::string purchase_id;                                    // answer; empty: nothing could be bought
};
/// A purchase by a lock that the desk holds.
struct DrawOnLock : db::Item {
    std::string lock_id;
    std::vector<std::string> order_ids;    // candidates, first paid first
    std::optional<fx::Offer> better = {};  // a price at hand that buys more, of which a person is told
    std::string purchase_id = {};          // answer; empty: nothing could be bought
};
struct EndHeldLock : db::Item {
    std::string lock_id;
    bool ended = false;  // answer
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
std::unique_ptr<db::Operation> make_draw_on_lock(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_end_held_lock(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_lapse_lock(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_accept_rate(const ConvertParts& parts);

/// The call that orders the purchase by its lock.
calls::NewCall purchase_call(const ConvertParts& parts, const fx::Purchase& purchase, const fx::Lock& lock);

}  // namespace huiqiao::flow
