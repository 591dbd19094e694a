#include "fx/exposure_store.h"

#include <limits>

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "fx_exposure",
    "currency, series, booked_at, ordered_minor, collected_minor, fees_minor, refunding_minor, refunded_minor, "
    "converting_minor, converted_minor, rest_minor, dealt_cny_minor, dealt_minor, allocated_minor, remitting_minor, "
    "remitted_minor",
    "ttiiiiiiiiiiiiii"};
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
    db::Rows rows;
    for (const auto& [currency, change] : changes) {
        if (change.is_zero()) continue;
        group.tx.note_change(kExposureChange, currency);
        const std::optional<Last> last = last_of(group.tx, currency, series, kAnyTime);
        if (last && last->at >= group.now) {
            add_to_last(group.tx, currency, series, last->at, change);
            continue;
        }
        ExposureTotals t = last ? last->totals : ExposureTotals{};
        t += change;
        rows.add(currency, series, group.now, t.at(Figure::Ordered), t.at(Figure::Collected), t.at(Figure::Fees),
                 t.at(Figure::Refunding), t.at(Figure::Refunded), t.at(Figure::Converting), t.at(Figure::Converted),
                 t.at(Figure::Rest), t.at(Figure::DealtCny), t.at(Figure::Dealt), t.at(Figure::Allocated),
                 t.at(Figure::Remitting), t.at(Figure::Remitted));
    }
    if (!rows.empty()) group.tx.insert(kInsert, rows);
}

std::map<std::string, ExposureTotals> ExposureStore::totals(db::Reader& reader, const std::optional<Instant>& at) {
    std::map<std::string, ExposureTotals> all;
    for (std::string currency;;) {
        const db::Found next = reader.select(kNextCurrency, {currency});
        if (next.empty()) return all;
        currency = next.text(0, 0);
        ExposureTotals& sum = all[currency];
        for (std::string series;;) {
            const db::Found one = reader.select(kNextSeries, {currency, series});
            if (one.empty()) break;
            series = one.text(0, 0);
            if (const auto last = last_of(reader, currency, series, at.value_or(kAnyTime))) sum += last->totals;
        }
    }
}

}  // namespace huiqiao::fx
