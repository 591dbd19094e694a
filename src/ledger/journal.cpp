#include "src/ledger/journal.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "src/base/encoding.h"
#include "src/crypto/hash_chain.h"
#include "src/ledger/ledger_store.h"

namespace huiqiao::ledger {

namespace {

constexpr std::uint8_t kEntryVersion = 1;  // of the list of fields below

crypto::Digest256 digest_of(const std::string& hex_text) {
    crypto::Digest256 digest = crypto::kChainStart;
    if (hex_text.empty()) return digest;
    // A previous hash that is no hash (somebody wrote into the row) gives another digest than any good chain has.
    const auto bytes = from_hex(hex_text);
    if (!bytes || bytes->size() != digest.size()) return crypto::sha256(hex_text);
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
}

Entry entry_at(const db::Found& found, std::size_t row) {
    Entry entry;
    entry.id = found.text(row, 0);
    entry.slot = found.integer(row, 1);
    entry.seq = found.integer(row, 2);
    entry.prev_hash = found.text(row, 3);
    entry.hash = found.text(row, 4);
    entry.booked_at_us = found.integer(row, 5);
    entry.occurred_at_us = found.integer(row, 6);
    entry.business_date = found.integer(row, 7);
    entry.value_date = found.integer(row, 8);
    entry.source_type = found.text(row, 9);
    entry.source_id = found.text(row, 10);
    entry.kind = found.text(row, 11);
    entry.actor = found.text(row, 12);
    entry.request_id = found.text(row, 13);
    entry.reverses = found.text(row, 14);
    entry.reason = found.text(row, 15);
    return entry;
}

std::vector<Entry> with_lines(db::Reader& reader, const db::Found& found) {
    std::vector<Entry> entries;
    std::vector<std::string> ids;
    std::unordered_map<std::string, std::size_t> place;
    for (std::size_t row = 0; row < found.size(); ++row) {
        entries.push_back(entry_at(found, row));
        ids.push_back(entries.back().id);
        place[ids.back()] = row;
    }
    if (ids.empty()) return entries;
    std::sort(ids.begin(), ids.end());
    const db::Found lines = reader.select(store::kPostingsOf, {}, ids);
    for (std::size_t row = 0; row < lines.size(); ++row) {
        entries[place.at(lines.text(row, 0))].lines.push_back(
            {lines.integer(row, 1), lines.text(row, 2), lines.text(row, 3), lines.integer(row, 4), lines.text(row, 5)});
    }
    return entries;
}

}  // namespace

std::string hash_of(const Entry& entry) {
    crypto::ChainContent content(kEntryVersion);
    content.text(entry.id).number(entry.slot).number(entry.seq);
    content.number(entry.booked_at_us).number(entry.occurred_at_us);
    content.number(entry.business_date).number(entry.value_date);
    content.text(entry.source_type).text(entry.source_id).text(entry.kind);
    content.text(entry.actor).text(entry.request_id).text(entry.reverses).text(entry.reason);
    content.number(static_cast<std::int64_t>(entry.lines.size()));
    for (const Line& line : entry.lines) {
        content.number(line.line_no).text(line.account_id).text(line.direction);
        content.number(line.amount_minor).text(line.currency);
    }
    return hex(crypto::next_hash(digest_of(entry.prev_hash), content.bytes()));
}

std::optional<Entry> find_entry(db::Reader& reader, const std::string& id) {
    std::vector<Entry> entries = with_lines(reader, reader.select(store::kEntryById, {id}));
    if (entries.empty()) return std::nullopt;
    return std::move(entries.front());
}

std::optional<Entry> find_entry(db::Reader& reader, const Fact& fact) {
    const db::Found found = reader.select(store::kFactByKey, {fact.text()});
    if (found.empty()) return std::nullopt;
    return find_entry(reader, found.text(0, 0));
}

std::vector<Entry> page_of_slot(db::Reader& reader, std::int64_t slot, std::int64_t after_seq) {
    return with_lines(reader, reader.select(store::kEntryPage, {slot, after_seq}));
}

std::vector<std::int64_t> slots(db::Reader& reader) {
    std::set<std::int64_t> numbers;
    const db::Found rows = reader.select(store::kSlots);
    for (std::size_t row = 0; row < rows.size(); ++row) numbers.insert(rows.integer(row, 0));
    const db::Found booked = reader.select(store::kJournalSlots);
    for (std::size_t row = 0; row < booked.size(); ++row) numbers.insert(booked.integer(row, 0));
    return {numbers.begin(), numbers.end()};
}

Draft reversal_of(const Entry& entry, std::string_view reason, std::string_view actor, Instant occurred_at,
                  Date value_date) {
    if (reason.empty()) throw LogicError("a reversal without a reason: " + entry.id);
    Draft draft;
    draft.fact = {"journal_entry", entry.id, "reversed"};
    draft.occurred_at = occurred_at;
    draft.value_date = value_date;
    draft.actor = actor;
    draft.reverses = entry.id;
    draft.reason = reason;
    for (const Line& line : entry.lines) {
        const auto account = Account::from_id(line.account_id);
        if (!account) throw LogicError("no account is called " + line.account_id + " (entry " + entry.id + ")");
        draft.postings.push_back({*account, line.direction == "debit" ? Direction::Credit : Direction::Debit,
                                  Money::of_minor(account->currency, line.amount_minor)});
    }
    return draft;
}

}  // namespace huiqiao::ledger
