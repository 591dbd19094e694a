#pragma once
// What the steps of a lock's end share. Only for src/flow/lock_end*.cpp.

#include "fx/lock_end_store.h"
#include "src/flow/convert_parts.h"
#include "src/flow/lock_ends.h"

namespace huiqiao::flow {

inline constexpr std::string_view kEndCostCall = "fx.end_cost";
inline constexpr std::string_view kEndCall = "fx.end_lock";
inline constexpr std::string_view kEndSubject = "fx_lock_end";
/// A bank that has not named its cost by then is not waited for.
inline constexpr std::chrono::seconds kCostAwaited{60};
/// A line that has not come so long after the end was done is told.
inline constexpr std::chrono::hours kLineAwaited{48};
/// How soon to try again to hold what an end takes, where it could not be held: not free, or payouts are stopped.
inline constexpr std::chrono::seconds kHoldAgain{30};

/// nullptr where the bank ends no locks, or is not configured any more.
const fx::LockEndBank* end_bank(const ConvertParts& parts, const std::string& bank);

/// Why what is left of the lock cannot be ended now, whatever the way.
Status may_end(db::Reader& reader, const ConvertParts& parts, const HeldLockInHand& in_hand, Instant now);
/// The one of which something may still come; looks are none.
std::optional<fx::LockEnd> open_end(db::Reader& reader, const std::string& lock_id);

/// "CNY 12.30 to pay", "CNY 4.00 to get", "nothing to pay".
std::string cost_in_words(const fx::EndCost& cost);
std::string cost_in_words_zh(const fx::EndCost& cost);

/// What a roll promises then; empty of any other end.
std::string terms_in_words(const fx::LockEnd& end);
std::string terms_in_words_zh(const fx::LockEnd& end);
std::string terms_in_words(const fx::LockTerms& terms);
std::string terms_in_words_zh(const fx::LockTerms& terms);

/// The end moves, where its table says so; nothing is written. False: the event changes nothing.
bool move(fx::LockEnd& end, fx::LockEndEvent event);
/// Nothing of it is under way any more: the lock may be drawn on again, covered as before, and is looked at in its
/// time. The paying account must be locked.
void unfreeze(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand);

/// From when a lock with these terms can be drawn on, by the date for which its bank deals then; absent: never in its
/// life.
std::optional<Instant> drawn_from(const ConvertParts& parts, const std::string& bank, const fx::LockTerms& terms,
                                  Instant now);
/// The bank rolled it at terms that were not confirmed, and no person has taken or refused them yet.
bool is_held_back(const fx::LockEnd& end, const HeldLockInHand& in_hand);
/// Not for a person's word on what was offered: a rate worse beyond the tolerance, or better than any bank means; for
/// less time, or for another date, at all.
bool is_unlike_roll(const ConvertParts& parts, const fx::LockTerms& done, const fx::LockTerms& offered);
/// One lock still, with other terms: covered anew, looked at in its new time.
void take_roll(db::Group& group, const ConvertParts& parts, const fx::LockTerms& terms, HeldLockInHand& in_hand);
/// A second person's word about one that is held back.
Status decide_rolled(db::Group& group, const ConvertParts& parts, const DecideLockEnd& item, const fx::LockEnd& end,
                     HeldLockInHand& in_hand);

/// CNY: what the end costs, and of a roll what the rest costs at the new rate.
Money cost_in_all(const fx::LockEnd& end);
/// The end's own cost, and of a roll what is not held for the lock, is held for the end; of the lock's only what
/// neither the account has free nor the rest needs. An error where the books refuse (payouts are stopped). The paying
/// account must be locked, here and below; the end is saved by settle_end alone.
Status hold_for_end(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, fx::LockEnd& end);
/// Of one that was done: what the bank takes for it is held for it, and what is left of the lock for the lock, as far
/// as it is there and may be held.
void settle_holds(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand, fx::LockEnd& end);
/// When the clock looks at one that was done: soon where not all of it is held, else when its line is missing.
std::optional<Instant> next_look(const fx::LockEnd& end, Instant now);
/// Where less is held, it stays so.
void lower_hold(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, const Money& to);
/// As much of what is wanted as is free; what is held stays so.
void hold_what_is_free(db::Group& group, const ConvertParts& parts, fx::LockEnd& end, const Money& wanted);
/// By the key of the statement's line, or by the approval by which none comes: nothing is held for it any more.
void settle_end(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, std::string by,
                std::string_view note);

/// Calls of these ends, of one operation.
std::vector<std::string> calls_of_end(db::Reader& reader, std::string_view operation, const std::string& end_id);

struct LapseLockEnd : db::Item {
    std::string end_id;
    bool lapsed = false;  // answer
};

std::unique_ptr<db::Operation> make_ask_lock_end(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_decide_lock_end(const ConvertParts& parts);
std::unique_ptr<db::Operation> make_lapse_lock_end(const ConvertParts& parts);
std::unique_ptr<calls::AnswerHandler> make_end_cost_handler(const ConvertParts& parts);
std::unique_ptr<calls::AnswerHandler> make_end_handler(const ConvertParts& parts);

}  // namespace huiqiao::flow
