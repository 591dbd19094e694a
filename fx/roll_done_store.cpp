#include "fx/roll_done_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"fx_roll_done", "id, currency, rate_e10, rate_text, rate_unit, expires_at, value_date",
                             "ttitiii"};
constexpr db::Update kDecided{"fx_roll_done", "id", "decided_by, decided_at", "tti"};
constexpr db::Select kFind{
    "SELECT currency, rate_e10, rate_text, rate_unit, expires_at, value_date FROM fx_roll_done WHERE id = :p1",
    "titiii"};

}  // namespace

void RollDoneStore::insert(db::Tx& tx, const std::string& end_id, const LockTerms& done) {
    db::Rows rows;
    rows.add(end_id, done.rate.base().code(), done.rate.rate_e10(), done.rate.text(), done.rate.unit_base(),
             done.expires_at, done.value_date.number());
    tx.insert(kInsert, rows);
}

void RollDoneStore::decided(db::Tx& tx, const std::string& end_id, const std::string& by, Instant at) {
    db::Rows rows;
    rows.add(end_id, by, at);
    tx.update(kDecided, rows);
}

std::optional<LockTerms> RollDoneStore::find(db::Reader& reader, const std::string& end_id) {
    const db::Found found = reader.select(kFind, {end_id});
    if (found.empty()) return std::nullopt;
    return LockTerms{Rate::of_stored(Currency::known(found.text(0, 0)), Currency::known("CNY"),
                                     static_cast<int>(found.integer(0, 3)), found.integer(0, 1), found.text(0, 2)),
                     from_us(found.integer(0, 4)), Date::of_number(found.integer(0, 5))};
}

}  // namespace huiqiao::fx
