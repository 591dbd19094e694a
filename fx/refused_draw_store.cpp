#include "fx/refused_draw_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"fx_refused_draws", "id, in_a_row", "ti"};
constexpr db::Update kSave{"fx_refused_draws", "id", "in_a_row", "ti"};
constexpr db::Select kFind{"SELECT in_a_row FROM fx_refused_draws WHERE id = :p1", "i"};
constexpr db::Command kClear{"DELETE FROM fx_refused_draws WHERE id = :p1"};

}  // namespace

bool says_lock_is_over(std::string_view reason_code) {
    return reason_code == "lock_expired" || reason_code == "no_such_lock";
}

int RefusedDraws::in_a_row(db::Reader& reader, const std::string& lock_id) {
    const db::Found found = reader.select(kFind, {lock_id});
    return found.empty() ? 0 : static_cast<int>(found.integer(0, 0));
}

int RefusedDraws::add(db::Tx& tx, const std::string& lock_id) {
    const int before = in_a_row(tx, lock_id);
    const int now = before < kRefusedDraws ? before + 1 : 1;
    db::Rows rows;
    rows.add(lock_id, now);
    if (before == 0) {
        tx.insert(kInsert, rows);
    } else {
        tx.update(kSave, rows);
    }
    return now;
}

void RefusedDraws::clear(db::Tx& tx, const std::string& lock_id) {
    if (in_a_row(tx, lock_id) > 0) tx.execute(kClear, {lock_id});
}

}  // namespace huiqiao::fx
