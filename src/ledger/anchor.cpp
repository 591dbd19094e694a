#include "src/ledger/anchor.h"

#include <algorithm>

#include "src/ledger/ledger_store.h"

namespace huiqiao::ledger {

namespace {

std::map<std::int64_t, std::int64_t> anchored(db::Reader& reader) {
    std::map<std::int64_t, std::int64_t> seqs;
    const db::Found found = reader.select(store::kLastAnchors);
    for (std::size_t row = 0; row < found.size(); ++row) seqs[found.integer(row, 0)] = found.integer(row, 1);
    return seqs;
}

bool is_newer(const std::map<std::int64_t, std::int64_t>& anchored, std::int64_t slot, const Head& head) {
    const auto at = anchored.find(slot);
    return at == anchored.end() || at->second < head.seq;
}

}  // namespace

std::map<std::int64_t, Head> Anchors::committed_heads(db::Reader& reader) {
    std::map<std::int64_t, Head> heads;
    const db::Found slots = reader.select(store::kSlots);
    for (std::size_t row = 0; row < slots.size(); ++row) {
        if (slots.integer(row, 1) > 0) heads[slots.integer(row, 0)] = {slots.integer(row, 1), slots.text(row, 2)};
    }
    return heads;
}

std::map<std::int64_t, Head> Anchors::heads(db::Group& group) {
    std::map<std::int64_t, Head> heads = committed_heads(group.tx);
    if (group.slot.seq > 0) heads[group.slot.number] = {group.slot.seq, group.slot.head};
    return heads;
}

void Anchors::write(db::Group& group, std::string_view reason) const {
    const auto last = anchored(group.tx);
    db::Rows rows;
    for (const auto& [slot, head] : heads(group)) {
        if (!is_newer(last, slot, head)) continue;
        crypto::Anchor anchor{.slot = slot, .seq = head.seq, .head = {}, .at = group.now};
        const auto bytes = from_hex(head.hash);
        if (!bytes || bytes->size() != anchor.head.size()) {
            throw LogicError("the head of slot " + std::to_string(slot) + " is no hash");
        }
        std::copy(bytes->begin(), bytes->end(), anchor.head.begin());
        rows.add(group.ids.next("anc"), slot, head.seq, head.hash, group.now, reason,
                 crypto::sign_anchor(anchor, key_));
    }
    group.tx.insert(store::kAnchorInsert, rows);
}

Instant Anchors::last_at(db::Reader& reader) {
    return from_us(reader.select(store::kLastAnchorTime).integer(0, 0));
}

bool Anchors::has_news(db::Reader& reader) {
    const auto seqs = anchored(reader);
    for (const auto& [slot, head] : committed_heads(reader)) {
        if (is_newer(seqs, slot, head)) return true;
    }
    return false;
}

}  // namespace huiqiao::ledger
