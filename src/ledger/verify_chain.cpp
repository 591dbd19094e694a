// The journal's half of verify: chains, their ends, anchors, facts, and every entry's own balance.

#include <algorithm>

#include "src/ledger/ledger_store.h"
#include "src/ledger/verifier.h"

namespace huiqiao::ledger {

using namespace verify_problem;

struct Verifier::Link {
    std::int64_t seq = 0;
    std::string hash;
    std::int64_t booked_at_us = 0;
    std::int64_t business_date = 0;
    std::size_t seal = 0;  // the first that can hold the next entry
};

namespace {

// Beyond the anchoring period: an anchor comes a step of the hourly work later.
constexpr std::chrono::minutes kAnchoredWithin{10};

}  // namespace

void Verifier::read_anchors() {
    read_table_lines();
    read_file_lines();
    look_for_missing_lines();
}

/// By the rule that the writing of the file goes by too. Without a memory of this host's file the writing takes it for
/// a new one; here it is a fault once its lines are old, since nothing outside the database proves the journal.
void Verifier::look_for_missing_lines() {
    if (file_.place.path.empty()) return;
    const AnchorGap gap = gap_of(table_lines_, file_, held_before_);
    // The tables never lose a line: fewer than this file once held of them were taken out there.
    if (held_before_ && static_cast<std::int64_t>(gap.all) < *held_before_ && !file_has_removed_) {
        report(kAnchorsFewer, {{"file", file_.place.path.string()},
                               {"before", std::to_string(*held_before_)},
                               {"now", std::to_string(gap.all)}});
    }
    if (gap.missing.empty()) return;
    if (gap.is_cut || (!held_before_ && gap.is_old)) {
        report(file_.is_there ? kAnchorFileLacks : kAnchorFileGone, gap.parameters(file_.place));
    } else {
        report_.notices.emplace_back(kAnchorNotYetWritten, gap.parameters(file_.place));
    }
}

/// Entries older than the anchoring period and no anchor at all: the table was emptied, or the hourly work never ran.
void Verifier::look_for_anchors() {
    if (settings_.anchors_every.count() == 0 || report_.anchors > 0 || report_.entries == 0) return;
    std::int64_t passed_us = 0;
    const db::Found ends = reader_.select(store::kSlots);
    for (std::size_t row = 0; row < ends.size(); ++row) passed_us = std::max(passed_us, ends.integer(row, 4));
    const Instant first = from_us(first_booked_us_);
    if (from_us(passed_us) <= first + settings_.anchors_every + kAnchoredWithin) return;
    report(kNoAnchors, {{"entries", std::to_string(report_.entries)}, {"since", rfc3339(first)}});
}

void Verifier::read_table_lines() {
    for (std::string after;;) {
        const db::Found page = reader_.select(store::kAnchorPage, {after});
        if (page.empty()) break;
        for (std::size_t row = 0; row < page.size(); ++row) {
            const std::string& line = page.text(row, 1);
            table_lines_.insert(line);
            const auto anchor = crypto::read_anchor(line, key_);
            if (anchor) {
                anchors_[anchor->slot].emplace(anchor->seq, hex(anchor->head));
            } else {
                report(kAnchorForged, {{"line", line.substr(0, 100)}});
            }
            ++report_.anchors;
        }
        after = page.text(page.size() - 1, 0);
    }
    for (const DaySeal& seal : seals_) table_lines_.insert(seal.line);
}

void Verifier::read_file_lines() {
    for (const std::string& line : file_.lines) {
        if (table_lines_.contains(line)) continue;  // read there, seals are judged by their dates
        const auto longer = table_lines_.lower_bound(line);
        if (longer != table_lines_.end() && longer->starts_with(line)) continue;  // cut off by a crash, written again
        const auto anchor = crypto::read_anchor(line, key_);
        if (anchor) {
            file_has_removed_ = true;
            report(kAnchorRemoved, {{"line", line.substr(0, 100)}});
            anchors_[anchor->slot].emplace(anchor->seq, hex(anchor->head));
        } else if (is_seal_line(line, key_)) {
            file_has_removed_ = true;
            report(kAnchorRemoved, {{"line", line.substr(0, 100)}});
        } else {
            report(kAnchorFileForged, {{"line", line.substr(0, 100)}});
        }
    }
}

void Verifier::walk_slots() {
    const std::vector<std::int64_t> rows = slots(reader_);
    std::set<std::int64_t> numbers(rows.begin(), rows.end());
    for (const auto& [slot, anchors] : anchors_) numbers.insert(slot);
    for (const std::int64_t slot : numbers) walk_slot(slot);
}

void Verifier::walk_slot(std::int64_t slot) {
    Link link;
    for (;;) {
        const std::vector<Entry> page = page_of_slot(reader_, slot, link.seq);
        if (page.empty()) break;
        for (const Entry& entry : page) {
            first_booked_us_ =
                report_.entries == 0 ? entry.booked_at_us : std::min(first_booked_us_, entry.booked_at_us);
            check_place(entry, link);
            add_up(entry);
            ++report_.entries;
            report_.postings += entry.lines.size();
        }
        check_facts(page);
    }
    const db::Found ends = reader_.select(store::kSlots);
    Link told;
    for (std::size_t row = 0; row < ends.size(); ++row) {
        if (ends.integer(row, 0) != slot) continue;
        told.seq = ends.integer(row, 1);
        told.hash = ends.text(row, 2);
    }
    if (told.seq != link.seq || told.hash != link.hash) {
        report(kTailDiffers, {{"slot", std::to_string(slot)},
                              {"slot_seq", std::to_string(told.seq)},
                              {"slot_head", told.hash},
                              {"seq", std::to_string(link.seq)},
                              {"head", link.hash}});
    }
    const auto anchors = anchors_.find(slot);
    if (anchors == anchors_.end()) return;
    for (auto at = anchors->second.upper_bound(link.seq); at != anchors->second.end(); ++at) {
        report(kAnchorBroken, {{"slot", std::to_string(slot)},
                               {"seq", std::to_string(at->first)},
                               {"anchored", at->second},
                               {"is", "nothing"}});
    }
}

void Verifier::check_place(const Entry& entry, Link& link) {
    const Parameters place{
        {"entry", entry.id}, {"slot", std::to_string(entry.slot)}, {"seq", std::to_string(entry.seq)}};
    const auto with = [&place](Parameters more) {
        more.insert(more.begin(), place.begin(), place.end());
        return more;
    };
    const bool follows = entry.seq == link.seq + 1;
    if (!follows) {
        report(kEntryMissing, {{"slot", std::to_string(entry.slot)},
                               {"from", std::to_string(link.seq + 1)},
                               {"to", std::to_string(entry.seq - 1)}});
    }
    if (follows && entry.prev_hash != link.hash) {
        report(kChainBroken, with({{"named", entry.prev_hash}, {"is", link.hash}}));
    }
    const std::string is = hash_of(entry);
    if (is != entry.hash) report(kEntryChanged, with({{"is", is}, {"was", entry.hash}}));
    if (entry.booked_at_us < link.booked_at_us) {
        report(kEntryDisordered, with({{"field", "booked_at"},
                                       {"is", std::to_string(entry.booked_at_us)},
                                       {"was", std::to_string(link.booked_at_us)}}));
    }
    if (entry.business_date < link.business_date) {
        report(kEntryDisordered, with({{"field", "business_date"},
                                       {"is", std::to_string(entry.business_date)},
                                       {"was", std::to_string(link.business_date)}}));
    }
    check_anchor(entry.slot, entry.seq, is);
    check_sealed(entry, link);
    link = {entry.seq, entry.hash, entry.booked_at_us, entry.business_date, link.seal};
}

/// An entry belongs to the date whose seal has it, or to a date after the last seal.
void Verifier::check_sealed(const Entry& entry, Link& link) {
    const auto end_of = [&](const DaySeal& seal) {
        const auto head = seal.heads.find(entry.slot);
        return head == seal.heads.end() ? 0 : head->second.seq;
    };
    while (link.seal < seals_.size() && end_of(seals_[link.seal]) < entry.seq) ++link.seal;
    const bool is_sealed = link.seal < seals_.size();
    if (!is_sealed && (seals_.empty() || entry.business_date > seals_.back().business_date.number())) return;
    const DaySeal& seal = is_sealed ? seals_[link.seal] : seals_.back();
    if (is_sealed && entry.business_date == seal.business_date.number()) return;
    report(kSealBroken, {{"date", seal.business_date.text()},
                         {"why", "entry " + entry.id + " of " + std::to_string(entry.business_date) + " is " +
                                     (is_sealed ? "within" : "behind") + " it"}});
}

void Verifier::check_anchor(std::int64_t slot, std::int64_t seq, const std::string& hash) {
    const auto anchors = anchors_.find(slot);
    if (anchors == anchors_.end()) return;
    const auto [from, to] = anchors->second.equal_range(seq);
    for (auto at = from; at != to; ++at) {
        if (at->second == hash) continue;
        report(kAnchorBroken,
               {{"slot", std::to_string(slot)}, {"seq", std::to_string(seq)}, {"anchored", at->second}, {"is", hash}});
    }
}

void Verifier::check_facts(const std::vector<Entry>& page) {
    std::map<std::string, std::string> owner_of;
    std::vector<std::string> keys;
    for (const Entry& entry : page) keys.push_back(Fact{entry.source_type, entry.source_id, entry.kind}.text());
    const std::vector<std::string> in_order = keys;
    std::sort(keys.begin(), keys.end());
    const db::Found found = reader_.select(store::kFactsOf, {}, keys);
    for (std::size_t row = 0; row < found.size(); ++row) owner_of[found.text(row, 0)] = found.text(row, 1);
    for (std::size_t at = 0; at < page.size(); ++at) {
        const auto owner = owner_of.find(in_order[at]);
        if (owner != owner_of.end() && owner->second == page[at].id) continue;
        report(kFactWrong, {{"entry", page[at].id},
                            {"fact", in_order[at]},
                            {"owner", owner == owner_of.end() ? "nobody" : owner->second}});
    }
}

void Verifier::add_up(const Entry& entry) {
    std::vector<std::pair<Account, const Line*>> lines;
    for (const Line& line : entry.lines) {
        const auto complain = [&](const std::string& why) {
            report(kPostingUnreadable, {{"entry", entry.id}, {"line", std::to_string(line.line_no)}, {"why", why}});
        };
        const auto account = Account::from_id(line.account_id);
        const bool is_debit = line.direction == "debit";
        if (!account) {
            complain("no account is called " + line.account_id);
            continue;
        }
        if (account->currency.code() != line.currency) complain("its currency is not that of " + line.account_id);
        if (line.amount_minor <= 0) complain("its amount is not positive");
        if (!is_debit && line.direction != "credit") complain("it is neither debit nor credit");
        const bool is_normal = is_debit == (chart_.row(account->kind).normal == Direction::Debit);
        std::int64_t& sum = sums_[line.account_id];
        const bool overflows = is_normal ? __builtin_add_overflow(sum, line.amount_minor, &sum)
                                         : __builtin_sub_overflow(sum, line.amount_minor, &sum);
        if (overflows) complain("the sum of " + line.account_id + " overflows");
        lines.emplace_back(*account, &line);
    }
    check_sides(entry, lines);
}

void Verifier::check_sides(const Entry& entry, const std::vector<std::pair<Account, const Line*>>& lines) {
    std::map<std::pair<Currency, Side>, std::pair<std::int64_t, std::int64_t>> sums;
    for (const auto& [account, line] : lines) {
        auto& [debits, credits] = sums[{account.currency, chart_.row(account.kind).side}];
        std::int64_t& sum = line->direction == "debit" ? debits : credits;
        if (__builtin_add_overflow(sum, line->amount_minor, &sum)) {
            report(kPostingUnreadable,
                   {{"entry", entry.id}, {"line", std::to_string(line->line_no)}, {"why", "its entry overflows"}});
        }
    }
    if (lines.size() < 2) sums.try_emplace({Currency::known("CNY"), Side::Customer}, 0, 0);
    for (const auto& [key, sum] : sums) {
        if (sum.first == sum.second && lines.size() >= 2) continue;
        report(kEntryUnbalanced, {{"entry", entry.id},
                                  {"currency", std::string(key.first.code())},
                                  {"debits", Money::of_minor(key.first, sum.first).text()},
                                  {"credits", Money::of_minor(key.first, sum.second).text()},
                                  {"side", std::string(to_text(key.second))}});
    }
}

/// Rows that no walk has met: postings and facts whose entry is gone.
void Verifier::check_counts() {
    const db::Found counts = reader_.select(store::kCounts);
    if (static_cast<std::uint64_t>(counts.integer(0, 1)) != report_.postings) {
        const db::Found orphans = reader_.select(store::kOrphanPostings);
        for (std::size_t row = 0; row < orphans.size(); ++row) {
            report(kPostingWithoutEntry,
                   {{"entry", orphans.text(row, 0)}, {"line", std::to_string(orphans.integer(row, 1))}});
        }
    }
    if (static_cast<std::uint64_t>(counts.integer(0, 2)) != report_.entries) {
        const db::Found orphans = reader_.select(store::kOrphanFacts);
        for (std::size_t row = 0; row < orphans.size(); ++row) {
            report(kFactWithoutEntry, {{"fact", orphans.text(row, 0)}, {"entry", orphans.text(row, 1)}});
        }
    }
}

}  // namespace huiqiao::ledger
