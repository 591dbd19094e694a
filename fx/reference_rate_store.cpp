#include "fx/reference_rate_store.h"

#include "src/db/database.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "reference_rate",
    "id, pair_kind, source, base, quote, price_e10, price_text, price_unit, published_at, imported_at, file_name",
    "tttttitiiit"};
constexpr db::Select kLoad{
    "SELECT id, pair_kind, source, base, quote, price_e10, price_text, price_unit, published_at FROM reference_rate "
    "WHERE id IN (:list)",
    "tttttitii"};
constexpr db::Select kLatest{
    "SELECT id, pair_kind, source, base, quote, price_e10, price_text, price_unit, published_at FROM reference_rate r "
    "WHERE pair_kind IN (:list) AND published_at > :p1 AND published_at <= :p2 AND NOT EXISTS (SELECT 1 FROM "
    "reference_rate n WHERE n.pair_kind = r.pair_kind AND n.published_at > r.published_at AND n.published_at <= :p2) "
    "ORDER BY id",
    "tttttitii"};

std::string pair_kind(ReferenceKind kind, Currency currency) {
    return std::string(to_text(kind)) + "|" + std::string(currency.code());
}

ReferenceRate read_row(const db::Found& found, std::size_t row) {
    const std::string& key = found.text(row, 1);
    return ReferenceRate{
        reference_kind_from_text(std::string_view(key).substr(0, key.find('|'))), found.text(row, 2),
        Rate::of_stored(Currency::known(found.text(row, 3)), Currency::known(found.text(row, 4)),
                        static_cast<int>(found.integer(row, 7)), found.integer(row, 5), found.text(row, 6)),
        from_us(found.integer(row, 8)), 0};
}

std::map<std::string, ReferenceRate> latest_since(db::Reader& reader, ReferenceKind kind,
                                                  std::span<const Currency> currencies, Instant since, Instant now) {
    std::vector<std::string> keys;
    for (const Currency currency : currencies) keys.push_back(pair_kind(kind, currency));
    std::map<std::string, ReferenceRate> by_key;
    if (keys.empty()) return by_key;
    const db::Found found = reader.select(kLatest, {since, now}, keys);
    for (std::size_t row = 0; row < found.size(); ++row) by_key.emplace(found.text(row, 1), read_row(found, row));
    return by_key;
}

}  // namespace

std::string ReferenceRates::id_of(const ReferenceRate& rate) {
    return pair_kind(rate.kind, rate.currency()) + "|" + rate.source + "|" + std::to_string(to_us(rate.published_at));
}

void ReferenceRates::insert(db::Tx& tx, std::span<const ReferenceRate> rates, const std::string& file_name,
                            Instant now) {
    db::Rows rows;
    for (const ReferenceRate& rate : rates) {
        rows.add(id_of(rate), pair_kind(rate.kind, rate.currency()), rate.source, rate.price.base().code(),
                 rate.price.quote().code(), rate.price.rate_e10(), rate.price.text(), rate.price.unit_base(),
                 rate.published_at, now, file_name);
    }
    if (!rows.empty()) tx.insert(kInsert, rows);
}

std::map<std::string, ReferenceRate> ReferenceRates::load(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, ReferenceRate> by_id;
    const db::Found found = reader.select(kLoad, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) by_id.emplace(found.text(row, 0), read_row(found, row));
    return by_id;
}

std::vector<ReferenceRate> ReferenceRates::parities(db::Reader& reader, std::span<const Currency> currencies,
                                                    Instant now) {
    std::vector<ReferenceRate> rates;
    for (auto& [key, rate] : latest_since(reader, ReferenceKind::Parity, currencies, now - kParityGuards, now))
        rates.push_back(std::move(rate));
    return rates;
}

std::map<std::string, ReferenceRate> ReferenceRates::latest(db::Reader& reader, ReferenceKind kind,
                                                            std::span<const Currency> currencies, Instant now) {
    return latest_since(reader, kind, currencies, now - kKnownFor, now);
}

}  // namespace huiqiao::fx
