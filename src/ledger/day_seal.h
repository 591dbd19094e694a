#pragma once
// LED-11: the seal of a closed business date. A manifest over the count of its entries, what each account was debited
// and credited and stands at, and the heads of all slots, is hashed and signed. Balances of accounts that moved on the
// day are stored, so that later questions need not add up the whole journal. A sealed date takes no entry any more.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/ledger/anchor.h"
#include "src/ledger/ledger.h"

namespace huiqiao::ledger {

struct DayAccount {
    std::int64_t debits_minor = 0;
    std::int64_t credits_minor = 0;
    std::int64_t closing_minor = 0;  // normal sign, after the day
};

/// The sums of an open date as far as they are added up. Entries never change, so a sum over some of them is right for
/// ever: most of a day is added up before it is locked for its close, page by page, and only the rest after that.
struct DayTotals {
    Date business_date;
    std::map<std::int64_t, std::int64_t> up_to;  // by slot: the last entry that is in the sums
    std::optional<Date> behind;                  // the seal they begin behind; none: no date was sealed before
    std::int64_t entries = 0;
    std::map<std::string, DayAccount> accounts;  // closing_minor: what stood before the day
};

struct DayManifest {
    Date business_date;
    std::int64_t entries = 0;
    std::map<std::string, DayAccount> accounts;  // that moved on the day
    std::map<std::int64_t, Head> heads;          // of all slots at its close

    [[nodiscard]] std::string hash() const;  // hex
};

struct DaySeal {
    Date business_date;
    Instant closed_at{};
    Instant complete_at{};  // no entry of the date was booked after it
    std::int64_t entries = 0;
    std::string manifest_hash;
    std::string line;  // signed: "seal1 yyyymmdd entries manifest_hash closed_at_us signature"
    std::map<std::int64_t, Head> heads;
    std::int64_t entries_at_close = 0;  // of them, added up while the date was locked; not stored
};

/// The last seal at or before a date, or whose complete_at is at or before an instant.
std::optional<DaySeal> last_seal(db::Reader& reader, Date at_or_before);
std::optional<DaySeal> last_seal_complete(db::Reader& reader, Instant at_or_before);
std::vector<DaySeal> all_seals(db::Reader& reader);

/// Nothing added up yet.
DayTotals begin_totals(Date business_date, const std::optional<DaySeal>& before);
/// Adds at most that many of the date's entries that are booked, to the heads that the reader sees or to the given
/// ones; how many. Fewer than at_most: it has them all.
std::int64_t add_up(db::Reader& reader, DayTotals& totals, std::int64_t at_most);
std::int64_t add_up(db::Reader& reader, DayTotals& totals, const std::map<std::int64_t, Head>& heads,
                    std::int64_t at_most);

/// Adds the date up out of its postings, from the heads of the seal before to the given ones.
DayManifest day_manifest(db::Reader& reader, const Chart& chart, Date business_date,
                         const std::optional<DaySeal>& before, const std::map<std::int64_t, Head>& heads);

/// In the closing group, after its last entry: stores the balances and the signed seal. so_far: what was added up
/// before; of another date or behind another seal it is passed over.
DaySeal seal_day(db::Group& group, const Ledger& ledger, const Anchors& anchors, const DayTotals& so_far);

/// Currencies that have a bridge between customers' money and ours.
std::vector<Currency> bridge_currencies(db::Reader& reader);
/// Has the group run again with this account locked as well (db::NeedLock).
[[noreturn]] void need_lock(const Account& account);

/// Whether the line is this seal's and its signature is good.
bool is_good_seal(const DaySeal& seal, const crypto::VerifyKey& key);
/// Whether the line is a seal that was signed by this key, of whatever date.
bool is_seal_line(std::string_view line, const crypto::VerifyKey& key);

}  // namespace huiqiao::ledger
