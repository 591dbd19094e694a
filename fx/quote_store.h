#pragma once
// Rows of boards, quotes, offers and locks. Quotes are evidence: appended, their state moves on, nothing else changes.
// A board row says when a bank was asked last and which quote of a currency is the latest; it is the row that whoever
// asks or answers locks.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/desk.h"
#include "fx/lock.h"
#include "fx/marked_up.h"
#include "fx/quote.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

inline constexpr db::LockTable kBoardLock{db::lock_rank::kQuote,
                                          "SELECT id FROM fx_board WHERE id IN (:list) ORDER BY id"};
inline constexpr db::LockTable kLockLock{db::lock_rank::kFxLock,
                                         "SELECT id FROM fx_lock WHERE id IN (:list) ORDER BY id"};
/// Opens a board row: id, then its latest quote (empty).
inline constexpr db::Claim kBoardClaim{{"fx_board", "id, quote_id", "tt"}};

/// Told to whoever follows live (src/db/change_tape.h), by id.
inline constexpr std::string_view kQuoteChange = "rate";
inline constexpr std::string_view kLockChange = "lock";

inline constexpr int kMostBoards = 1000;

std::string board_id(std::string_view bank, Currency currency);
/// LogicError of a bank's own row.
Currency currency_of_board(std::string_view board_id);

struct Board {
    std::string id;  // bank, or bank|currency
    Instant asked_at{};
    Instant answered_at{};
    std::string quote_id;
    std::optional<Rate> good_mid;  // never of a bank's own row
    bool is_by_persons = false;    // two persons accepted that mid
    Instant unanswered_since{};    // of a bank's own row: its first asking since it answered last; {}: none is open

    static constexpr std::chrono::minutes kAnswerDue{1};
    static constexpr std::chrono::hours kStands{1};
    /// The bank told its rates when it was last asked, and not long ago. While it is asked, the answer before stands,
    /// until this one is in or late.
    [[nodiscard]] bool is_answering(Instant now) const {
        const bool is_late = unanswered_since != Instant{} && now >= unanswered_since + kAnswerDue;
        return answered_at != Instant{} && now < answered_at + kStands && !is_late;
    }
    /// It was asked and has said nothing for so long that nobody goes on waiting for it.
    [[nodiscard]] bool is_silent(Instant now) const {
        return unanswered_since != Instant{} && now >= unanswered_since + kStands;
    }
};

class QuoteStore {
 public:
    static std::vector<Board> boards(db::Reader& reader, std::span<const std::string> ids);
    /// The latest quote of every bank and currency, by currency and bank; at most kMostBoards.
    static std::vector<Quote> latest(db::Reader& reader);
    /// The same, by currency code: of all, or of one.
    static std::map<std::string, std::vector<Quote>> latest_by_currency(db::Reader& reader,
                                                                        const std::optional<Currency>& only);
    static void save_boards(db::Tx& tx, std::span<const Board> boards);

    /// refused_why stands beside each: empty where it was not refused.
    static void insert_quotes(db::Tx& tx, std::span<const Quote> quotes, std::span<const std::string> refused_why);
    static std::vector<Quote> quotes(db::Reader& reader, std::span<const std::string> ids);
    /// In order of arrival, between the two ids (earliest_id.h makes ids of instants), both left out.
    static std::vector<Quote> between(db::Reader& reader, const std::string& after_id, const std::string& before_id,
                                      int limit);
    /// Those that were refused, newest first, before the given id.
    static std::vector<Quote> refused(db::Reader& reader, const std::string& before_id, int limit);
    static MarkedUpPage marked_up(db::Reader& reader, const std::string& after_id, int rows);
    /// In order of arrival, after the given id: what pruning looks at.
    struct Kept {
        std::string id;
        std::string board_id;
        Instant received_at{};
        bool is_spoken_of = false;  // by a lock, a purchase's offers, a platform's quote, or as its board's latest
    };
    static std::vector<Kept> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Of quotes whose boards are locked those that nothing speaks of; how many went.
    static int forget(db::Tx& tx, std::span<const std::string> ids);
    static void set_quote_state(db::Tx& tx, const std::string& id, QuoteState state);

    /// What was compared for a purchase, in the order of the desk's choice; never changed.
    static void insert_offers(db::Tx& tx, const std::string& purchase_id, const Money& cny,
                              std::span<const Offer> offers);
    struct KeptOffers {
        Money cny;  // the amount that was compared
        std::vector<Offer> offers;
    };
    /// nullopt where no purchase of that id was opened. A quote's state is today's.
    static std::optional<KeptOffers> offers(db::Reader& reader, const std::string& purchase_id);

    /// due: when it is looked at, should nothing have moved it by then.
    static void insert_lock(db::Tx& tx, const Lock& lock, Instant due);
    /// State, the bank's reference, rate and expiry. due: when it lapses; absent: nothing more is awaited.
    static void save_lock(db::Tx& tx, const Lock& lock, std::optional<Instant> due);
    /// Its bank promised it anew: value date too.
    static void save_rolled(db::Tx& tx, const Lock& lock, std::optional<Instant> due);
    static std::optional<Lock> lock(db::Reader& reader, const std::string& id);
    /// By id; those that do not exist are left out.
    static std::map<std::string, Lock> locks(db::Reader& reader, std::span<const std::string> ids);
    /// Those that may still lead to a deal (is_live), newest first; and how many there are in all.
    static std::vector<Lock> live_locks(db::Reader& reader, int limit);
    static std::int64_t count_live_locks(db::Reader& reader);
    /// Newest first, behind the given id ("": from the newest).
    static std::vector<Lock> latest_locks(db::Reader& reader, const std::string& behind_id, int limit);
    /// Locks whose outcome is awaited and whose longest life is over; read without locks.
    static std::vector<std::string> lapsing(db::Reader& reader, Instant now, int limit);
};

}  // namespace huiqiao::fx
