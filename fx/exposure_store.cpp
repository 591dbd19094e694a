#include "fx/exposure_store.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "fx_exposure",
    "currency, series, booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, "
    "converting_minor, converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, "
    "remitted_minor",
    "ttiiiiiiiiiiiiii"};
constexpr db::Insert kInsertLast{
    "fx_exposure_last",
    "id, booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, converting_minor, "
    "converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, remitted_minor",
    "tiiiiiiiiiiiiii"};
constexpr db::Update kUpdateLast{
    "fx_exposure_last", "id",
    "booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, converting_minor, "
    "converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, remitted_minor",
    "tiiiiiiiiiiiiii"};
constexpr db::Select kLasts{
    "SELECT id, booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, "
    "converting_minor, converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, "
    "remitted_minor FROM fx_exposure_last WHERE id IN (:list)",
    "tiiiiiiiiiiiiii"};
constexpr db::Select kOldest{
    "SELECT booked_at FROM fx_exposure WHERE currency = :p1 AND series = :p2 ORDER BY booked_at LIMIT :p3", "i"};
constexpr db::Command kForget{"DELETE FROM fx_exposure WHERE currency = :p1 AND series = :p2 AND booked_at < :p3"};
constexpr db::Select kKeptFrom{"SELECT kept_from FROM fx_exposure_kept WHERE id = :p1", "i"};
constexpr db::Command kKeep{"UPDATE fx_exposure_kept SET kept_from = :p1 WHERE id = :p2 AND kept_from < :p1"};
constexpr db::Command kAddToLast{
    "UPDATE fx_exposure SET ordered_minor = ordered_minor + :p1, collected_minor = collected_minor + :p2, "
    "fees_minor = fees_minor + :p3, refunding_minor = refunding_minor + :p4, refunded_minor = refunded_minor + :p5, "
    "converting_minor = converting_minor + :p6, converted_minor = converted_minor + :p7, "
    "rest_minor = rest_minor + :p8, dealt_cny_minor = dealt_cny_minor + :p9, dealt_minor = dealt_minor + :p10, "
    "allocated_minor = allocated_minor + :p11, remitting_minor = remitting_minor + :p12, "
    "remitted_minor = remitted_minor + :p13 WHERE currency = :p14 AND series = :p15 AND booked_at = :p16"};
constexpr db::Select kLast{
    "SELECT booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, converting_minor, "
    "converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, remitted_minor "
    "FROM fx_exposure WHERE currency = :p1 AND series = :p2 AND booked_at <= :p3 ORDER BY booked_at DESC LIMIT 1",
    "iiiiiiiiiiiiii"};
// One step of the index each: the next currency, the next series of it.
constexpr db::Select kNextCurrency{"SELECT currency FROM fx_exposure WHERE currency > :p1 ORDER BY currency LIMIT 1",
                                   "t"};
constexpr db::Select kNextSeries{
    "SELECT series FROM fx_exposure WHERE currency = :p1 AND series > :p2 ORDER BY series LIMIT 1", "t"};

struct Last {
    Instant at{};
    ExposureTotals totals;
};

std::optional<Last> last_of(db::Reader& reader, const std::string& currency, const std::string& series, Instant until) {
    const db::Found found = reader.select(kLast, {currency, series, until});
    if (found.empty()) return std::nullopt;
    Last last{from_us(found.integer(0, 0)), {}};
    std::size_t column = 0;
    for (const Figure figure : kFigures) last.totals.at(figure) = found.integer(0, ++column);
    return last;
}

std::string series_id(const std::string& currency, const std::string& series) {
    return currency + "|" + series;
}

std::map<std::string, Last> lasts_of(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, Last> lasts;
    const db::Found found = reader.select(kLasts, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        Last last{from_us(found.integer(row, 1)), {}};
        std::size_t column = 1;
        for (const Figure figure : kFigures) last.totals.at(figure) = found.integer(row, ++column);
        lasts.emplace(found.text(row, 0), last);
    }
    return lasts;
}

/// Every series of every currency, by one step of the index each.
void each_series(db::Reader& reader, const std::function<void(const std::string&, const std::string&)>& with) {
    for (std::string currency;;) {
        const db::Found next = reader.select(kNextCurrency, {currency});
        if (next.empty()) return;
        currency = next.text(0, 0);
        for (std::string series;;) {
            const db::Found one = reader.select(kNextSeries, {currency, series});
            if (one.empty()) break;
            series = one.text(0, 0);
            with(currency, series);
        }
    }
}

constexpr Instant kAnyTime = Instant(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max()));

void add_to_last(db::Tx& tx, const std::string& currency, const std::string& series, Instant at,
                 const ExposureTotals& more) {
    tx.execute(kAddToLast,
               {more.at(Figure::Ordered), more.at(Figure::Collected), more.at(Figure::Fees), more.at(Figure::Refunding),
                more.at(Figure::Refunded), more.at(Figure::Converting), more.at(Figure::Converted),
                more.at(Figure::Rest), more.at(Figure::DealtCny), more.at(Figure::Dealt), more.at(Figure::Allocated),
                more.at(Figure::Remitting), more.at(Figure::Remitted), currency, series, at});
}

}  // namespace

void ExposureStore::add(db::Group& group, const std::map<std::string, ExposureTotals>& changes) {
    const std::string series = std::to_string(group.slot.number);
    std::vector<std::string> ids;
    for (const auto& [currency, change] : changes) {
        if (!change.is_zero()) ids.push_back(series_id(currency, series));
    }
    if (ids.empty()) return;
    const std::map<std::string, Last> lasts = lasts_of(group.tx, ids);
    db::Rows rows;
    db::Rows opened;
    db::Rows moved;
    for (const auto& [currency, change] : changes) {
        if (change.is_zero()) continue;
        group.tx.note_change(kExposureChange, currency);
        const std::string id = series_id(currency, series);
        const auto known = lasts.find(id);
        // Of a series that stood before this table did, the row is found by the index, once.
        const std::optional<Last> last =
            known == lasts.end() ? last_of(group.tx, currency, series, kAnyTime) : known->second;
        Last next = last.value_or(Last{});
        next.totals += change;
        if (last && next.at >= group.now) {
            add_to_last(group.tx, currency, series, next.at, change);
        } else {
            next.at = group.now;
            const ExposureTotals& t = next.totals;
            rows.add(currency, series, next.at, t.at(Figure::Ordered), t.at(Figure::Collected), t.at(Figure::Fees),
                     t.at(Figure::Refunding), t.at(Figure::Refunded), t.at(Figure::Converting), t.at(Figure::Converted),
                     t.at(Figure::Rest), t.at(Figure::DealtCny), t.at(Figure::Dealt), t.at(Figure::Allocated),
                     t.at(Figure::Remitting), t.at(Figure::Remitted));
        }
        const ExposureTotals& t = next.totals;
        (known == lasts.end() ? opened : moved)
            .add(id, next.at, t.at(Figure::Ordered), t.at(Figure::Collected), t.at(Figure::Fees),
                 t.at(Figure::Refunding), t.at(Figure::Refunded), t.at(Figure::Converting), t.at(Figure::Converted),
                 t.at(Figure::Rest), t.at(Figure::DealtCny), t.at(Figure::Dealt), t.at(Figure::Allocated),
                 t.at(Figure::Remitting), t.at(Figure::Remitted));
    }
    if (!rows.empty()) group.tx.insert(kInsert, rows);
    if (!opened.empty()) group.tx.insert(kInsertLast, opened);
    if (!moved.empty()) group.tx.update(kUpdateLast, moved);
}

std::map<std::string, ExposureTotals> ExposureStore::totals(db::Reader& reader, const std::optional<Instant>& at) {
    std::map<std::string, ExposureTotals> all;
    each_series(reader, [&](const std::string& currency, const std::string& series) {
        ExposureTotals& sum = all[currency];
        if (const auto last = last_of(reader, currency, series, at.value_or(kAnyTime))) sum += last->totals;
    });
    return all;
}

std::vector<ExposureStore::Replaced> ExposureStore::replaced(db::Reader& reader, int limit) {
    std::vector<Replaced> all;
    each_series(reader, [&](const std::string& currency, const std::string& series) {
        const db::Found oldest = reader.select(kOldest, {currency, series, limit + 1});
        for (std::size_t row = 1; row < oldest.size(); ++row)
            all.push_back({series_id(currency, series), from_us(oldest.integer(row, 0))});
    });
    std::stable_sort(all.begin(), all.end(),
                     [](const Replaced& a, const Replaced& b) { return a.replaced_at < b.replaced_at; });
    if (all.size() > static_cast<std::size_t>(limit)) all.erase(all.begin() + limit, all.end());
    return all;
}

int ExposureStore::forget(db::Tx& tx, std::span<const Replaced> rows) {
    std::map<std::string, Instant> until;
    Instant kept_from{};
    for (const Replaced& row : rows) {
        Instant& latest = until.emplace(row.series_id, row.replaced_at).first->second;
        latest = std::max(latest, row.replaced_at);
        kept_from = std::max(kept_from, row.replaced_at);
    }
    std::int64_t gone = 0;
    for (const auto& [id, replaced_at] : until) {
        const std::size_t bar = id.find('|');
        gone += tx.execute(kForget, {id.substr(0, bar), id.substr(bar + 1), replaced_at});
    }
    keep_from(tx, kept_from);
    return static_cast<int>(gone);
}

void ExposureStore::keep_from(db::Tx& tx, Instant from) {
    tx.execute(kKeep, {from, kExposureKept});
}

Instant ExposureStore::kept_from(db::Reader& reader) {
    const db::Found found = reader.select(kKeptFrom, {kExposureKept});
    return found.empty() ? Instant{} : from_us(found.integer(0, 0));
}

std::optional<Instant> ExposureStore::first(db::Reader& reader) {
    std::optional<Instant> first;
    each_series(reader, [&](const std::string& currency, const std::string& series) {
        const db::Found oldest = reader.select(kOldest, {currency, series, 1});
        const Instant at = from_us(oldest.integer(0, 0));
        if (!first || at < *first) first = at;
    });
    return first;
}

}  // namespace huiqiao::fx
