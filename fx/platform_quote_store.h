#pragma once
// Rows of quotes to platforms. What was shown is written once; state and order change under kPlatformQuoteLock.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fx/marked_up.h"
#include "fx/platform_quote.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::fx {

inline constexpr db::LockTable kPlatformQuoteLock{db::lock_rank::kPlatformQuote,
                                                  "SELECT id FROM platform_quote WHERE id IN (:list) ORDER BY id"};

class PlatformQuotes {
 public:
    static void insert(db::Tx& tx, std::span<const PlatformQuote> quotes);
    /// State, order, since when there was no price, and where it could not be met.
    static void save(db::Tx& tx, std::span<const PlatformQuote> quotes);
    /// By id; those that do not exist are left out.
    static std::map<std::string, PlatformQuote> load(db::Reader& reader, std::span<const std::string> ids);
    static std::optional<PlatformQuote> find(db::Reader& reader, const std::string& id);
    /// By order: the quote that counts for it, which it took or whose price was accepted last. Orders without are left
    /// out. Under the order's lock it stays what it is.
    static std::map<std::string, PlatformQuote> agreed(db::Reader& reader, std::span<const std::string> order_ids);
    /// The newest offer for the order that may still be accepted.
    static std::optional<PlatformQuote> offered(db::Reader& reader, const std::string& order_id, Instant now);
    /// By id, behind the given one, with what forget() must know.
    struct Kept {
        std::string id;
        Instant created_at{};
        Instant expires_at{};
        bool is_unused = false;  // no order took it, and no platform accepted it for the order that it was made for
    };
    static std::vector<Kept> after(db::Reader& reader, const std::string& after_id, int limit);
    /// Of locked rows those that are still unused; how many went.
    static int forget(db::Tx& tx, std::span<const std::string> ids);
    static MarkedUpPage marked_up(db::Reader& reader, const std::string& after_id, int rows);
};

}  // namespace huiqiao::fx
