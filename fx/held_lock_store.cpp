#include "fx/held_lock_store.h"

#include "fx/lock_view.h"
#include "fx/quote_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"fx_held_lock",
                             "id, taken_by, cny_account, foreign_account, drawn_minor, cny_minor, hold_id", "ttttiit"};
constexpr db::Update kSave{"fx_held_lock", "id", "drawn_minor, cny_minor, hold_id, end_id", "tiitt"};
constexpr db::Select kOf{
    "SELECT id, taken_by, cny_account, foreign_account, drawn_minor, cny_minor, hold_id, end_id FROM fx_held_lock "
    "WHERE id IN (:list)",
    "ttttiitt"};
constexpr db::Select kLive{
    "SELECT h.id FROM fx_lock l JOIN fx_held_lock h ON h.id = l.id WHERE l.currency = :p1 AND l.state IN (:list) ORDER "
    "BY h.id",
    "t"};

}  // namespace

void HeldLockStore::insert(db::Tx& tx, const HeldLock& held) {
    db::Rows rows;
    rows.add(held.id, held.taken_by, held.cny_account, held.foreign_account, held.drawn.minor(), held.cny.minor(),
             held.hold_id);
    tx.insert(kInsert, rows);
}

void HeldLockStore::save(db::Tx& tx, const HeldLock& held) {
    tx.note_change(kLockChange, held.id);
    db::Rows rows;
    rows.add(held.id, held.drawn.minor(), held.cny.minor(), held.hold_id, held.end_id);
    tx.update(kSave, rows);
}

std::map<std::string, HeldLock> HeldLockStore::of(db::Reader& reader, std::span<const Lock> locks) {
    std::map<std::string, Currency> fixed;
    std::vector<std::string> ids;
    for (const Lock& lock : locks) {
        if (!is_held(lock)) continue;
        ids.push_back(lock.id);
        fixed.emplace(lock.id, lock.amount.currency());
    }
    std::map<std::string, HeldLock> all;
    if (ids.empty()) return all;
    const db::Found found = reader.select(kOf, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        const std::string id = found.text(row, 0);
        all.emplace(id, HeldLock{.id = id,
                                 .taken_by = found.text(row, 1),
                                 .cny_account = found.text(row, 2),
                                 .foreign_account = found.text(row, 3),
                                 .drawn = Money::of_minor(fixed.at(id), found.integer(row, 4)),
                                 .cny = Money::of_minor(Currency::known("CNY"), found.integer(row, 5)),
                                 .hold_id = found.text(row, 6),
                                 .end_id = found.text(row, 7)});
    }
    return all;
}

std::optional<HeldLockStore::Row> HeldLockStore::find(db::Reader& reader, const std::string& id) {
    std::optional<Lock> lock = QuoteStore::lock(reader, id);
    if (!lock) return std::nullopt;
    std::map<std::string, HeldLock> held = of(reader, std::span(&*lock, 1));
    if (held.empty()) return std::nullopt;
    return Row{std::move(*lock), std::move(held.begin()->second)};
}

std::vector<HeldLockStore::Row> HeldLockStore::live(db::Reader& reader, Currency currency) {
    const db::Found found = reader.select(
        kLive, {std::string(currency.code())},
        std::vector<std::string>{std::string(to_text(LockState::Requested)), std::string(to_text(LockState::Unknown)),
                                 std::string(to_text(LockState::Locked))});
    std::vector<Row> all;
    for (std::size_t row = 0; row < found.size(); ++row) {
        if (std::optional<Row> one = find(reader, found.text(row, 0))) all.push_back(std::move(*one));
    }
    return all;
}

}  // namespace huiqiao::fx
