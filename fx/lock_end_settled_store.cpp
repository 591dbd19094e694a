#include "fx/lock_end_settled_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"fx_lock_end_settled", "id, taken_minor, paid_minor, approval_id, settled_at", "tiiti"};
constexpr db::Update kSave{"fx_lock_end_settled", "id", "taken_minor, paid_minor, approval_id, settled_at", "tiiti"};
constexpr db::Select kFind{
    "SELECT taken_minor, paid_minor, approval_id, settled_at FROM fx_lock_end_settled WHERE id = :p1", "iiti"};

}  // namespace

void LockEndSettledStore::save(db::Tx& tx, const LockEndSettled& settled) {
    db::Rows rows;
    rows.add(settled.end_id, settled.lines.taken.minor(), settled.lines.paid.minor(), settled.approval_id,
             settled.settled_at);
    if (tx.insert_absent(kInsert, rows) == 0) tx.update(kSave, rows);
}

std::optional<LockEndSettled> LockEndSettledStore::find(db::Reader& reader, const std::string& end_id) {
    const db::Found found = reader.select(kFind, {end_id});
    if (found.empty()) return std::nullopt;
    const Currency cny = Currency::known("CNY");
    return LockEndSettled{end_id,
                          {Money::of_minor(cny, found.integer(0, 0)), Money::of_minor(cny, found.integer(0, 1))},
                          found.text(0, 2),
                          from_us(found.integer(0, 3))};
}

LockEndLinesSum booked_for(const LockEnd& end, const std::optional<LockEndSettled>& settled) {
    return settled ? settled->lines : LockEndLinesSum{end.charged.we_pay, end.charged.we_get};
}

LockEndLinesSum came_for(const LockEnd& end, const std::optional<LockEndSettled>& settled) {
    return !settled && end.settled_by.empty() ? LockEndLinesSum{} : booked_for(end, settled);
}

bool is_on_statement(const LockEnd& end) {
    return !end.settled_by.empty() && !end.settled_by.starts_with("apr_");
}

}  // namespace huiqiao::fx
