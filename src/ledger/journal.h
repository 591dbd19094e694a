#pragma once
// The journal as it is booked: entries with their place in a slot's chain, read back by id or in pages, their canonical
// hash, and the draft that reverses one. It changes nothing.
// Invariant of a good chain: seq counts 1, 2, 3 … within a slot; hash = SHA-256(previous hash || canonical content).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/database.h"
#include "src/ledger/journal_entry.h"

namespace huiqiao::ledger {

/// A posting as it stands in the database, readable even where somebody has changed it.
struct Line {
    std::int64_t line_no = 0;  // from 1
    std::string account_id;
    std::string direction;
    std::int64_t amount_minor = 0;
    std::string currency;
};

struct Entry {
    std::string id;
    std::int64_t slot = 0;
    std::int64_t seq = 0;
    std::string prev_hash;  // hex; empty for the first of a slot
    std::string hash;       // hex
    std::int64_t booked_at_us = 0;
    std::int64_t occurred_at_us = 0;
    std::int64_t business_date = 0;  // yyyymmdd
    std::int64_t value_date = 0;     // yyyymmdd
    std::string source_type;
    std::string source_id;
    std::string kind;
    std::string actor;
    std::string request_id;
    std::string reverses;
    std::string reason;
    std::vector<Line> lines;
};

/// Of everything that is stored of the entry and its lines but `hash` itself; lower-case hex.
std::string hash_of(const Entry& entry);

std::optional<Entry> find_entry(db::Reader& reader, const std::string& id);
/// The entry that booked a fact.
std::optional<Entry> find_entry(db::Reader& reader, const Fact& fact);
/// At most 500 entries of a slot behind `after_seq`, in order, with their lines. Empty at the end.
std::vector<Entry> page_of_slot(db::Reader& reader, std::int64_t slot, std::int64_t after_seq);
/// Every slot that has a row or an entry, ascending.
std::vector<std::int64_t> slots(db::Reader& reader);

/// LED-04: the same postings with their directions turned, linked to the entry. Its fact is the entry itself, so that
/// an entry is reversed at most once. Accounts must be claimed and locked as for any draft.
Draft reversal_of(const Entry& entry, std::string_view reason, std::string_view actor, Instant occurred_at,
                  Date value_date);

}  // namespace huiqiao::ledger
