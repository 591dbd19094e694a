#pragma once
// What is left of a held lock, ended at its bank before its time: cancelled, closed out at the bank's price, or rolled,
// which ends the promise and gives another one, at another rate until a later time, in its place: one lock still. First
// the bank says what that costs and how long it keeps its word; a second person confirms that very cost while it
// stands; only then is the bank told. From there on what is left is frozen until the outcome is known, and an unknown
// one is only queried. A look asks for the cost alone and can never be confirmed. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "fx/lock.h"

namespace huiqiao::fx {

enum class EndWay {
    Cancel,    // the bank lets go of its promise for a fee
    CloseOut,  // the bank takes the rest back at its price of the moment: a loss or a gain
    Roll,      // the bank promises the rest anew, until a later time
};
std::string_view to_text(EndWay way);
EndWay end_way_from_text(std::string_view text);

/// Which of the ways a bank's contract knows.
struct LockEndTraits {
    bool can_cancel = false;
    bool can_close_out = false;
    bool can_roll = false;

    [[nodiscard]] constexpr bool can(EndWay way) const {
        return way == EndWay::Roll ? can_roll : way == EndWay::Cancel ? can_cancel : can_close_out;
    }
    [[nodiscard]] constexpr bool can_any() const { return can_cancel || can_close_out || can_roll; }
};

/// In CNY, neither below zero, and one of them zero.
struct EndCost {
    Money we_pay = Money::zero(Currency::known("CNY"));
    Money we_get = Money::zero(Currency::known("CNY"));

    friend bool operator==(const EndCost&, const EndCost&) = default;
};

/// What a lock promises: before a roll, and after it.
struct LockTerms {
    Rate rate;
    Instant expires_at{};
    Date value_date;

    static LockTerms of(const Lock& lock) { return {lock.rate, lock.expires_at, lock.value_date}; }
    friend bool operator==(const LockTerms& a, const LockTerms& b) {
        return a.rate.per_one() == b.rate.per_one() && a.rate.base() == b.rate.base() && a.expires_at == b.expires_at &&
               a.value_date == b.value_date;
    }
};

enum class LockEndState {
    Asked,       // the bank is asked what it costs
    Priced,      // its cost stands until stands_until; a second person confirms it
    NotOffered,  // the bank does not end it so
    Over,        // not confirmed in time, or it never left us: nothing ended
    Refused,     // by the second person
    Ordered,     // confirmed; the bank is being told
    Unknown,     // told, outcome not known: only queried
    Done,        // what was left is ended, at what the bank says it costs
    Rejected,    // the bank refused, proved: the lock is what it was
};
std::string_view to_text(LockEndState state);
LockEndState lock_end_state_from_text(std::string_view text);

enum class LockEndEvent { Priced, NotOffered, TooLate, Refused, Confirmed, Unsure, Done, Rejected };

/// nullopt: the event changes nothing in that state.
std::optional<LockEndState> next(LockEndState state, LockEndEvent event);
/// Something may still come of it; while one is, nobody asks for another.
constexpr bool is_open(LockEndState state) {
    return state == LockEndState::Asked || state == LockEndState::Priced || state == LockEndState::Ordered ||
           state == LockEndState::Unknown;
}

struct LockEnd {
    std::string id;
    std::string lock_id;
    std::string bank;
    std::string cny_account;  // where the bank takes what it costs, or pays what it brings
    EndWay way = EndWay::Cancel;
    bool is_look = false;
    Money amount;  // of the lock's fixed side: what was left when it was asked
    LockEndState state = LockEndState::Asked;
    std::string maker;                                 // operators
    std::string checker;                               // who confirmed or refused; empty until then
    std::string reference;                             // ours, of the end; its cost is asked for by part 0 of it
    std::string offer_reference;                       // theirs, of the cost
    std::string bank_reference;                        // theirs, of the end
    EndCost cost;                                      // as it was offered, once it is priced
    EndCost charged;                                   // as the bank did it, once it is done
    std::string why;                                   // the bank's reason where it did not
    std::string settled_by;                            // the statement's line; empty until it came
    Money held = Money::zero(Currency::known("CNY"));  // on cny_account for it, beside what is held for the lock
    std::string hold_id = {};                          // empty: nothing is held
    Instant wanted_until{};                            // of a roll: until when it is wanted
    std::optional<LockTerms> from =
        {};  // of a roll, once it is priced: what the lock promised, and what takes its place
    std::optional<LockTerms> to = {};
    Instant asked_at{};
    Instant stands_until{};
    Instant decided_at{};
    Instant over_at{};
};

/// The bank did it, and what it takes or pays for it has not come on a statement.
bool is_line_awaited(const LockEnd& end);

}  // namespace huiqiao::fx
