#pragma once
// LED-11: the seal of a closed business date. A manifest over the count of its entries, what each account was debited
// and credited and stands at, and the heads of all slots, is hashed and signed. Balances of accounts that moved on the
// day are stored, so that later questions need not add up the whole journal. A sealed date takes no entry any more.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "src/ledger/anchor.h"
#include "src/ledger/ledger.h"

namespace huiqiao::ledger {

struct DayAccount {
    std::int64_t debits_minor = 0;
    std::int64_t credits_minor = 0;
    std::int64_t closing_minor = 0;  // normal sign, after the day
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
};

/// The last seal at or before a date, or whose complete_at is at or before an instant.
std::optional<DaySeal> last_seal(db::Reader& reader, Date at_or_before);
std::optional<DaySeal> last_seal_complete(db::Reader& reader, Instant at_or_before);
std::vector<DaySeal> all_seals(db::Reader& reader);

/// Adds the date up out of its postings, from the heads of the seal before to the given ones.
DayManifest day_manifest(db::Reader& reader, const Chart& chart, Date business_date,
                         const std::optional<DaySeal>& before, const std::map<std::int64_t, Head>& heads);

/// In the closing group, after its last entry: stores the balances and the signed seal.
DaySeal seal_day(db::Group& group, const Ledger& ledger, const Anchors& anchors);

/// Currencies that have a bridge between customers' money and ours.
std::vector<Currency> bridge_currencies(db::Reader& reader);
/// Has the group run again with this account locked as well (db::NeedLock).
[[noreturn]] void need_lock(const Account& account);

/// Whether the line is this seal's and its signature is good.
bool is_good_seal(const DaySeal& seal, const crypto::VerifyKey& key);

}  // namespace huiqiao::ledger
