#include "src/ledger/day_seal.h"

#include <algorithm>
#include <limits>

#include "src/crypto/hash_chain.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"

namespace huiqiao::ledger {

namespace {

constexpr std::uint8_t kManifestVersion = 1;
constexpr std::string_view kSealWord = "seal1 ";

std::string signed_part(const DaySeal& seal) {
    return std::string(kSealWord) + std::to_string(seal.business_date.number()) + " " + std::to_string(seal.entries) +
           " " + seal.manifest_hash + " " + std::to_string(to_us(seal.closed_at));
}

std::vector<DaySeal> seals_of(db::Reader& reader, const db::Found& found) {
    std::vector<DaySeal> seals;
    for (std::size_t row = 0; row < found.size(); ++row) {
        DaySeal seal;
        seal.business_date = Date::of_number(found.integer(row, 0));
        seal.closed_at = from_us(found.integer(row, 1));
        seal.complete_at = from_us(found.integer(row, 2));
        seal.entries = found.integer(row, 3);
        seal.manifest_hash = found.text(row, 4);
        seal.line = found.text(row, 5);
        const db::Found heads = reader.select(store::kDayHeads, {seal.business_date});
        for (std::size_t head = 0; head < heads.size(); ++head) {
            seal.heads[heads.integer(head, 0)] = {heads.integer(head, 1), heads.text(head, 2)};
        }
        seals.push_back(std::move(seal));
    }
    return seals;
}

std::optional<DaySeal> only(std::vector<DaySeal> seals) {
    if (seals.empty()) return std::nullopt;
    return std::move(seals.front());
}

/// What stood before the day on accounts that are new among the totals.
void read_before(db::Reader& reader, DayTotals& totals, const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    const db::Found before = reader.select(store::kBalancesBeforeDay, {totals.business_date}, ids);
    for (std::size_t row = 0; row < before.size(); ++row) {
        totals.accounts.at(before.text(row, 0)).closing_minor = before.integer(row, 1);
    }
}

void add_slot(db::Reader& reader, DayTotals& totals, std::int64_t slot, std::int64_t from, std::int64_t to) {
    totals.entries += reader.select(store::kDayEntries, {slot, from, to}).integer(0, 0);
    const db::Found sums = reader.select(store::kDayTotals, {slot, from, to});
    std::vector<std::string> fresh;
    for (std::size_t row = 0; row < sums.size(); ++row) {
        const std::string& id = sums.text(row, 0);
        const auto [place, is_new] = totals.accounts.try_emplace(id);
        if (is_new) fresh.push_back(id);
        add_checked(place->second.debits_minor, sums.integer(row, 1), id);
        add_checked(place->second.credits_minor, sums.integer(row, 2), id);
    }
    read_before(reader, totals, fresh);
    totals.up_to[slot] = to;
}

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

DayManifest manifest_of(const Chart& chart, DayTotals totals, const std::map<std::int64_t, Head>& heads) {
    DayManifest manifest{totals.business_date, totals.entries, std::move(totals.accounts), heads};
    for (auto& [id, account] : manifest.accounts) {
        const auto known = Account::from_id(id);
        if (!known) throw LogicError("no account is called " + id);
        const bool is_debit = chart.row(known->kind).normal == Direction::Debit;
        add_checked(account.closing_minor, is_debit ? account.debits_minor : -account.debits_minor, id);
        add_checked(account.closing_minor, is_debit ? -account.credits_minor : account.credits_minor, id);
    }
    return manifest;
}

}  // namespace

std::string DayManifest::hash() const {
    crypto::ChainContent content(kManifestVersion);
    content.number(business_date.number()).number(entries);
    content.number(static_cast<std::int64_t>(accounts.size()));
    for (const auto& [id, account] : accounts) {
        content.text(id).number(account.debits_minor).number(account.credits_minor).number(account.closing_minor);
    }
    content.number(static_cast<std::int64_t>(heads.size()));
    for (const auto& [slot, head] : heads) content.number(slot).number(head.seq).text(head.hash);
    return hex(crypto::next_hash(crypto::kChainStart, content.bytes()));
}

std::optional<DaySeal> last_seal(db::Reader& reader, Date at_or_before) {
    return only(seals_of(reader, reader.select(store::kSealAtDate, {at_or_before})));
}

std::optional<DaySeal> last_seal_complete(db::Reader& reader, Instant at_or_before) {
    return only(seals_of(reader, reader.select(store::kSealAtInstant, {at_or_before})));
}

std::vector<DaySeal> all_seals(db::Reader& reader) {
    return seals_of(reader, reader.select(store::kSeals));
}

DayTotals begin_totals(Date business_date, const std::optional<DaySeal>& before) {
    DayTotals totals;
    totals.business_date = business_date;
    if (!before) return totals;
    totals.behind = before->business_date;
    for (const auto& [slot, head] : before->heads) totals.up_to[slot] = head.seq;
    return totals;
}

std::int64_t add_up(db::Reader& reader, DayTotals& totals, std::int64_t at_most) {
    return add_up(reader, totals, Anchors::committed_heads(reader), at_most);
}

std::int64_t add_up(db::Reader& reader, DayTotals& totals, const std::map<std::int64_t, Head>& heads,
                    std::int64_t at_most) {
    std::int64_t added = 0;
    for (const auto& [slot, head] : heads) {
        const std::int64_t from = totals.up_to[slot];
        if (head.seq < from) throw LogicError("entries that were added up ahead are gone");
        const std::int64_t count = std::min(head.seq - from, at_most - added);
        if (count <= 0) continue;
        add_slot(reader, totals, slot, from, from + count);
        added += count;
    }
    return added;
}

DayManifest day_manifest(db::Reader& reader, const Chart& chart, Date business_date,
                         const std::optional<DaySeal>& before, const std::map<std::int64_t, Head>& heads) {
    DayTotals totals = begin_totals(business_date, before);
    add_up(reader, totals, heads, kAll);
    return manifest_of(chart, std::move(totals), heads);
}

DaySeal seal_day(db::Group& group, const Ledger& ledger, const Anchors& anchors, const DayTotals& so_far) {
    const std::optional<DaySeal> before = last_seal(group.tx, group.business_date);
    if (before && before->business_date >= group.business_date) {
        throw LogicError(group.business_date.text() + " is sealed already");
    }
    DayTotals totals = begin_totals(group.business_date, before);
    if (so_far.business_date == totals.business_date && so_far.behind == totals.behind) totals = so_far;
    const std::map<std::int64_t, Head> all_heads = Anchors::heads(group);
    const std::int64_t at_close = add_up(group.tx, totals, all_heads, kAll);
    const DayManifest manifest = manifest_of(ledger.chart(), std::move(totals), all_heads);
    DaySeal seal;
    seal.business_date = group.business_date;
    seal.closed_at = group.now;
    seal.complete_at = group.now;
    const db::Found slots = group.tx.select(store::kSlots);
    for (std::size_t row = 0; row < slots.size(); ++row) {
        seal.complete_at = std::max(seal.complete_at, from_us(slots.integer(row, 4)));
    }
    seal.entries = manifest.entries;
    seal.entries_at_close = at_close;
    seal.manifest_hash = manifest.hash();
    seal.heads = manifest.heads;
    const std::string part = signed_part(seal);
    seal.line = part + " " + hex(anchors.key().sign(part));

    db::Rows balances;
    for (const auto& [id, account] : manifest.accounts) {
        balances.add(id, seal.business_date, account.debits_minor, account.credits_minor, account.closing_minor);
    }
    group.tx.insert(store::kDayBalanceInsert, balances);
    db::Rows heads;
    for (const auto& [slot, head] : manifest.heads) heads.add(seal.business_date, slot, head.seq, head.hash);
    group.tx.insert(store::kDayHeadInsert, heads);
    db::Rows seals;
    seals.add(seal.business_date, seal.closed_at, seal.complete_at, seal.entries, seal.manifest_hash, seal.line);
    group.tx.insert(store::kDaySealInsert, seals);
    return seal;
}

std::vector<Currency> bridge_currencies(db::Reader& reader) {
    std::vector<Currency> currencies;
    const db::Found found = reader.select(store::kBridges);
    for (std::size_t row = 0; row < found.size(); ++row) currencies.push_back(Currency::known(found.text(row, 0)));
    return currencies;
}

void need_lock(const Account& account) {
    throw db::NeedLock{&store::kAccountLock, account.id()};
}

bool is_good_seal(const DaySeal& seal, const crypto::VerifyKey& key) {
    const std::string part = signed_part(seal);
    if (!seal.line.starts_with(part + " ")) return false;
    const auto signature = from_hex(std::string_view(seal.line).substr(part.size() + 1));
    return signature && key.verify(part, *signature);
}

bool is_seal_line(std::string_view line, const crypto::VerifyKey& key) {
    const std::size_t end = line.rfind(' ');
    if (!line.starts_with(kSealWord) || end < kSealWord.size()) return false;
    const auto signature = from_hex(line.substr(end + 1));
    return signature && key.verify(line.substr(0, end), *signature);
}

}  // namespace huiqiao::ledger
