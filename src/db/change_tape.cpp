#include "src/db/change_tape.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace huiqiao::db {

namespace {

constexpr Insert kInsert{"change_tape", "slot, group_no, place, kind, subject_id, noted_at", "iiitti"};
constexpr Select kEnd{"SELECT number, group_no FROM writer_slot ORDER BY number", "ii"};
// group_no bounds the range of the key on both engines; the rest only drops what was seen of its first group.
constexpr Select kFollowing{
    "SELECT group_no, place, kind, subject_id, noted_at FROM change_tape WHERE slot = :p1 AND group_no >= :p2 AND "
    "group_no < :p3 AND (group_no > :p2 OR place >= :p4) ORDER BY group_no, place LIMIT :p5",
    "iitti"};
constexpr Select kLastPlace{
    "SELECT place FROM change_tape WHERE slot = :p1 AND group_no = :p2 ORDER BY place DESC LIMIT 1", "i"};
constexpr Select kOldest{
    "SELECT group_no, noted_at FROM change_tape WHERE slot = :p1 ORDER BY group_no, place LIMIT :p2", "ii"};
constexpr Command kForget{"DELETE FROM change_tape WHERE slot = :p1 AND group_no <= :p2"};

// Rows go after kKept at the earliest; clocks of machines differ a little, and a group is told of when it began.
constexpr std::chrono::hours kMargin{1};
constexpr std::size_t kMostSlots = 1000;
constexpr std::int64_t kMostPlaces = 1'000'000;  // no group notes so many changes

/// The whole text as a number; nullopt where it is none, is negative or has a leading zero.
std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = fault == std::errc() && end == text.data() + text.size();
    if (!is_whole || number < 0 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    return number;
}

std::string_view cut_at(std::string_view& rest, char mark) {
    const std::size_t end = std::min(rest.find(mark), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

}  // namespace

void TapePosition::pass(const Change& change) {
    next[change.slot] = {change.group_no, change.place + 1};
    at = std::max(at, change.noted_at);
}

std::string TapePosition::text() const {
    std::string all = std::to_string(to_us(at)) + '/';
    for (const auto& [slot, place] : next) {
        if (all.back() != '/') all += ',';
        all += std::to_string(slot) + ':' + std::to_string(place.group_no) + '.' + std::to_string(place.place);
    }
    return all;
}

std::optional<TapePosition> TapePosition::from_text(std::string_view text) {
    TapePosition position;
    std::string_view rest = text;
    const auto at = number_of(cut_at(rest, '/'));
    if (!at) return std::nullopt;
    position.at = from_us(*at);
    while (!rest.empty() && position.next.size() < kMostSlots) {
        std::string_view one = cut_at(rest, ',');
        const auto slot = number_of(cut_at(one, ':'));
        const auto group_no = number_of(cut_at(one, '.'));
        const auto place = number_of(one);
        constexpr std::int64_t kMost = std::numeric_limits<int>::max();
        if (!slot || !group_no || !place || *slot > kMost || *place > kMostPlaces) return std::nullopt;
        position.next[static_cast<int>(*slot)] = {*group_no, static_cast<int>(*place)};
    }
    if (position.text() != text) return std::nullopt;
    return position;
}

TapePosition ChangeTape::end(Reader& reader, Instant now) {
    TapePosition end;
    end.at = now;
    const Found found = reader.select(kEnd);
    for (std::size_t row = 0; row < found.size(); ++row) {
        end.next[static_cast<int>(found.integer(row, 0))] = {found.integer(row, 1) + 1, 0};
    }
    return end;
}

bool ChangeTape::is_kept(const TapePosition& position, const TapePosition& end) {
    return position.at >= end.at - (kKept - kMargin);
}

bool ChangeTape::goes_on_from(Reader& reader, const TapePosition& position, const TapePosition& end) {
    if (!is_kept(position, end) || position.at > end.at + kMargin) return false;
    return std::all_of(position.next.begin(), position.next.end(), [&](const auto& one) {
        const auto& [slot, from] = one;
        const auto known = end.next.find(slot);
        if (known == end.next.end() || from > known->second) return false;
        if (from.place == 0) return true;
        // Of a group that is forgotten by now, every place is behind it.
        const Found last = reader.select(kLastPlace, {slot, from.group_no});
        return last.empty() || from.place <= last.integer(0, 0) + 1;
    });
}

std::vector<Change> ChangeTape::read(Reader& reader, TapePosition& position, const TapePosition& end, int limit) {
    std::vector<Change> changes;
    bool is_whole = true;
    for (const auto& [slot, behind] : end.next) {
        const TapePosition::Place from = position.next[slot];
        if (from >= behind) continue;
        const Found found = reader.select(kFollowing, {slot, from.group_no, behind.group_no, from.place, limit});
        for (std::size_t row = 0; row < found.size(); ++row) {
            changes.push_back({slot, found.integer(row, 0), static_cast<int>(found.integer(row, 1)), found.text(row, 2),
                               found.text(row, 3), from_us(found.integer(row, 4))});
        }
        const bool is_cut = found.size() == static_cast<std::size_t>(limit);
        position.next[slot] = behind;
        if (is_cut) position.pass(changes.back());
        is_whole = is_whole && !is_cut;
    }
    if (is_whole) position.at = end.at;
    // Within a slot instants never go back, so each slot keeps its order.
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.noted_at < b.noted_at; });
    return changes;
}

bool ChangeTape::any_before(Reader& reader, Instant before) {
    for (const auto& [slot, place] : end(reader, before).next) {
        const Found found = reader.select(kOldest, {slot, 1});
        if (!found.empty() && from_us(found.integer(0, 1)) < before) return true;
    }
    return false;
}

std::int64_t ChangeTape::forget(Tx& tx, Instant before, int at_most) {
    std::int64_t gone = 0;
    for (const auto& [slot, place] : end(tx, before).next) {
        const Found found = tx.select(kOldest, {slot, at_most});
        std::optional<std::int64_t> last;
        for (std::size_t row = 0; row < found.size() && from_us(found.integer(row, 1)) < before; ++row)
            last = found.integer(row, 0);
        if (last) gone += tx.execute(kForget, {slot, *last});
    }
    return gone;
}

void ChangeTape::write(Tx& tx, int slot, std::int64_t group_no, Instant now) {
    std::set<std::pair<std::string, std::string>> noted;
    Rows rows;
    int place = 0;
    for (const auto& [kind, subject_id] : tx.changes()) {
        if (noted.emplace(kind, subject_id).second) rows.add(slot, group_no, place++, kind, subject_id, now);
    }
    if (!rows.empty()) tx.insert(kInsert, rows);
}

}  // namespace huiqiao::db
