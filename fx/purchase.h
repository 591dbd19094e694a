#pragma once
// A purchase of foreign currency for many orders in one deal (购汇): its lines (what each order puts in), what the bank
// dealt, and the two legs that settle by the bank's word. What was sent has the instruction's states; a purchase whose
// outcome is unknown is only queried, and the money it holds stays held. CNY amounts first, foreign second.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fx/lock.h"
#include "src/base/date.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

enum class PurchaseState {
    Locking,    // its lock is being asked for
    Ordered,    // fx.purchase is prepared or sent
    Accepted,   // the bank has it, not dealt yet
    Unknown,    // only queried
    Dealt,      // done at the bank; allocated to orders; legs not all settled
    Settled,    // both legs on the bank's word: closed, positions are zero
    Rejected,   // refused, proved: the orders' money is free again
    Withdrawn,  // never sent: the lock was refused, came too late or lapsed
    Annulled,   // dealt, and annulled by the bank in writing: reversed; a leg that was settled is expected back
};

enum class PurchaseEvent { LockHeld, LockLost, Accepted, Dealt, Rejected, Unsure, LegsSettled, Annulled };

/// nullopt: the event changes nothing in that state.
std::optional<PurchaseState> next(PurchaseState state, PurchaseEvent event);
constexpr bool is_open(PurchaseState state) {
    return state == PurchaseState::Locking || state == PurchaseState::Ordered || state == PurchaseState::Accepted ||
           state == PurchaseState::Unknown;
}

std::string_view to_text(PurchaseState state);
PurchaseState purchase_state_from_text(std::string_view text);

/// What the bank says it dealt.
struct Deal {
    std::string bank_reference;  // deal number
    Money cny;
    Money foreign;
    Rate rate;
    Date value_date;
};

struct Purchase {
    std::string id;
    std::string bank;
    std::string lock_id;
    std::string reference;  // ours, random; the bank writes it on both legs of its statements
    Currency currency;      // bought
    FixedSide fixed_side = FixedSide::Cny;
    Money cny;      // put in by the lines: the most that may be spent
    Money foreign;  // at the quoted rate: ordered where that side is fixed, else expected
    PurchaseState state = PurchaseState::Locking;
    std::string cny_account;      // provision account debited
    std::string foreign_account;  // provision account credited
    std::optional<Deal> deal;
    std::string provision_hold;  // hold on the CNY provision account; empty once used or released
    Instant created_at{};
    Instant dealt_at{};
    std::optional<Instant> over_at{};  // since when nothing of it is open: refused, never sent, settled, annulled
};

/// What one order puts into a purchase, and what it got of it.
struct PurchaseLine {
    std::string purchase_id;
    std::string order_id;
    std::string merchant_id;
    int line_no = 0;      // in the order of filling: first paid first
    Money put_in;         // CNY
    Money carried;        // of put_in: rests of the merchant's earlier purchases
    Money cny;            // spent, once dealt
    Money foreign;        // bought, once dealt
    Money rest;           // CNY left over by rounding of a whole fill
    Money back;           // CNY not used by a partial fill or a refusal: convertible again
    Money borne;          // CNY above what the order held, borne by agreement
    std::string hold_id;  // on the merchant's CNY account; one for all lines of a merchant
};

/// One side of a deal on its way over a provision account.
struct PurchaseLeg {
    std::string purchase_id;
    std::string bank;
    std::string reference;  // the purchase's, as on the statement line
    std::string account;    // provision account
    bool credit = false;    // true: foreign currency comes in; false: CNY goes out
    Money amount;
    Date value_date;
    std::string settled_by;  // statement line; empty: not yet
    Instant settled_at{};
};

/// The bank's deal against what was ordered at the locked rate (FX-07): what goes to the orders, and what the bank
/// took or gave beyond it. The bank's rounding of one minor unit is no difference.
struct JudgedDeal {
    Money cny;              // to be allocated, at most what was put in but for a fixed foreign amount's last unit
    Money foreign;          // to be allocated
    Money surplus_cny;      // taken beyond the locked rate or the order: in dispute
    Money surplus_foreign;  // given beyond it: in dispute
    bool whole = false;     // the fixed side was filled; else partial
    [[nodiscard]] bool differs() const { return !surplus_cny.is_zero() || !surplus_foreign.is_zero(); }
};
Result<JudgedDeal> judge(const Purchase& purchase, const Rate& locked, const Deal& deal);

}  // namespace huiqiao::fx
