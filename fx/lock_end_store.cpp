#include "fx/lock_end_store.h"

#include "fx/quote_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "fx_lock_end",
    "id, lock_id, bank, cny_account, way, is_look, amount_currency, amount_minor, state, maker, reference, asked_at, "
    "wanted_until, due_at",
    "tttttititttiiI"};
constexpr db::Update kSave{
    "fx_lock_end", "id",
    "state, checker, offer_reference, bank_reference, pay_minor, get_minor, charged_pay_minor, charged_get_minor, why, "
    "settled_by, stands_until, decided_at, over_at, currency, from_rate_e10, from_rate_text, from_rate_unit, "
    "from_expires_at, from_value_date, to_rate_e10, to_rate_text, to_rate_unit, to_expires_at, to_value_date, "
    "held_minor, "
    "hold_id, line_awaited, due_at",
    "tttttiiiittiiititiiiitiiiitiI"};

constexpr std::string_view kKinds = "tttttititttttttiiiitiiiiititiiiitiiiit";
constexpr db::Select kFind{
    "SELECT id, lock_id, bank, cny_account, way, is_look, amount_currency, amount_minor, state, maker, checker, "
    "reference, offer_reference, bank_reference, why, pay_minor, get_minor, charged_pay_minor, charged_get_minor, "
    "settled_by, asked_at, stands_until, decided_at, over_at, wanted_until, currency, from_rate_e10, from_rate_text, "
    "from_rate_unit, from_expires_at, from_value_date, to_rate_e10, to_rate_text, to_rate_unit, to_expires_at, "
    "to_value_date, held_minor, hold_id FROM fx_lock_end WHERE id = :p1",
    kKinds};
constexpr db::Select kOfLock{
    "SELECT id, lock_id, bank, cny_account, way, is_look, amount_currency, amount_minor, state, maker, checker, "
    "reference, offer_reference, bank_reference, why, pay_minor, get_minor, charged_pay_minor, charged_get_minor, "
    "settled_by, asked_at, stands_until, decided_at, over_at, wanted_until, currency, from_rate_e10, from_rate_text, "
    "from_rate_unit, from_expires_at, from_value_date, to_rate_e10, to_rate_text, to_rate_unit, to_expires_at, "
    "to_value_date, held_minor, hold_id FROM fx_lock_end WHERE lock_id = :p1 ORDER BY id DESC "
    "LIMIT :p2",
    kKinds};
constexpr db::Select kByReference{
    "SELECT id, lock_id, bank, cny_account, way, is_look, amount_currency, amount_minor, state, maker, checker, "
    "reference, offer_reference, bank_reference, why, pay_minor, get_minor, charged_pay_minor, charged_get_minor, "
    "settled_by, asked_at, stands_until, decided_at, over_at, wanted_until, currency, from_rate_e10, from_rate_text, "
    "from_rate_unit, from_expires_at, from_value_date, to_rate_e10, to_rate_text, to_rate_unit, to_expires_at, "
    "to_value_date, held_minor, hold_id FROM fx_lock_end WHERE reference IN (:list)",
    kKinds};
constexpr db::Select kDue{
    "SELECT id FROM fx_lock_end WHERE due_at IS NOT NULL AND due_at <= :p1 ORDER BY due_at LIMIT :p2", "t"};

constexpr db::Select kIsDue{"SELECT id FROM fx_lock_end WHERE id = :p1 AND due_at IS NOT NULL AND due_at <= :p2", "t"};
constexpr db::Select kPromised{"SELECT pay_minor FROM fx_lock_end WHERE state IN (:list)", "i"};
constexpr db::Select kNotPaid{"SELECT charged_get_minor FROM fx_lock_end WHERE line_awaited = 1", "i"};

Money sum_of(const db::Found& found) {
    Money sum = Money::zero(Currency::known("CNY"));
    for (std::size_t row = 0; row < found.size(); ++row) sum += Money::of_minor(sum.currency(), found.integer(row, 0));
    return sum;
}

/// Absent where no rate was stored.
std::optional<LockTerms> terms_of(const db::Found& found, std::size_t row, std::size_t column) {
    if (found.integer(row, column) == 0) return std::nullopt;
    const Currency base = Currency::known(found.text(row, 25));
    return LockTerms{Rate::of_stored(base, Currency::known("CNY"), static_cast<int>(found.integer(row, column + 2)),
                                     found.integer(row, column), found.text(row, column + 1)),
                     from_us(found.integer(row, column + 3)), Date::of_number(found.integer(row, column + 4))};
}

LockEnd end_of(const db::Found& found, std::size_t row) {
    const auto fen = [&](std::size_t column) {
        return Money::of_minor(Currency::known("CNY"), found.integer(row, column));
    };
    return LockEnd{.id = found.text(row, 0),
                   .lock_id = found.text(row, 1),
                   .bank = found.text(row, 2),
                   .cny_account = found.text(row, 3),
                   .way = end_way_from_text(found.text(row, 4)),
                   .is_look = found.integer(row, 5) != 0,
                   .amount = Money::of_minor(Currency::known(found.text(row, 6)), found.integer(row, 7)),
                   .state = lock_end_state_from_text(found.text(row, 8)),
                   .maker = found.text(row, 9),
                   .checker = found.text(row, 10),
                   .reference = found.text(row, 11),
                   .offer_reference = found.text(row, 12),
                   .bank_reference = found.text(row, 13),
                   .cost = {fen(15), fen(16)},
                   .charged = {fen(17), fen(18)},
                   .why = found.text(row, 14),
                   .settled_by = found.text(row, 19),
                   .held = fen(36),
                   .hold_id = found.text(row, 37),
                   .wanted_until = from_us(found.integer(row, 24)),
                   .from = terms_of(found, row, 26),
                   .to = terms_of(found, row, 31),
                   .asked_at = from_us(found.integer(row, 20)),
                   .stands_until = from_us(found.integer(row, 21)),
                   .decided_at = from_us(found.integer(row, 22)),
                   .over_at = from_us(found.integer(row, 23))};
}

std::vector<LockEnd> ends_of(const db::Found& found) {
    std::vector<LockEnd> ends;
    for (std::size_t row = 0; row < found.size(); ++row) ends.push_back(end_of(found, row));
    return ends;
}

}  // namespace

void LockEndStore::insert(db::Tx& tx, const LockEnd& end, std::optional<Instant> due) {
    tx.note_change(kLockChange, end.lock_id);
    db::Rows rows;
    rows.add(end.id, end.lock_id, end.bank, end.cny_account, to_text(end.way), end.is_look ? 1 : 0,
             end.amount.currency().code(), end.amount.minor(), to_text(end.state), end.maker, end.reference,
             end.asked_at, end.wanted_until, due ? db::Value(*due) : db::kNull);
    tx.insert(kInsert, rows);
}

void LockEndStore::save(db::Tx& tx, const LockEnd& end, std::optional<Instant> due) {
    tx.note_change(kLockChange, end.lock_id);
    db::Rows rows;
    const auto e10 = [](const std::optional<LockTerms>& terms) { return terms ? terms->rate.rate_e10() : 0; };
    const auto text = [](const std::optional<LockTerms>& terms) { return terms ? terms->rate.text() : ""; };
    const auto unit = [](const std::optional<LockTerms>& terms) { return terms ? terms->rate.unit_base() : 1; };
    const auto until = [](const std::optional<LockTerms>& terms) { return terms ? to_us(terms->expires_at) : 0; };
    const auto date = [](const std::optional<LockTerms>& terms) { return terms ? terms->value_date.number() : 0; };
    const std::string currency = end.to ? std::string(end.to->rate.base().code()) : "";
    rows.add(end.id, to_text(end.state), end.checker, end.offer_reference, end.bank_reference, end.cost.we_pay.minor(),
             end.cost.we_get.minor(), end.charged.we_pay.minor(), end.charged.we_get.minor(), end.why, end.settled_by,
             end.stands_until, end.decided_at, end.over_at, currency, e10(end.from), text(end.from), unit(end.from),
             until(end.from), date(end.from), e10(end.to), text(end.to), unit(end.to), until(end.to), date(end.to),
             end.held.minor(), end.hold_id, is_line_awaited(end) ? 1 : 0, due ? db::Value(*due) : db::kNull);
    tx.update(kSave, rows);
}

std::optional<LockEnd> LockEndStore::find(db::Reader& reader, const std::string& id) {
    const db::Found found = reader.select(kFind, {id});
    return found.empty() ? std::nullopt : std::optional(end_of(found, 0));
}

std::vector<LockEnd> LockEndStore::of_lock(db::Reader& reader, const std::string& lock_id, int limit) {
    return ends_of(reader.select(kOfLock, {lock_id, limit}));
}

std::vector<LockEnd> LockEndStore::by_reference(db::Reader& reader, std::span<const std::string> references) {
    if (references.empty()) return {};
    return ends_of(reader.select(kByReference, {}, references));
}

Money LockEndStore::promised(db::Reader& reader) {
    const std::vector<std::string> states{std::string(to_text(LockEndState::Ordered)),
                                          std::string(to_text(LockEndState::Unknown))};
    return sum_of(reader.select(kPromised, {}, states));
}

Money LockEndStore::not_paid(db::Reader& reader) {
    return sum_of(reader.select(kNotPaid, {}));
}

bool LockEndStore::is_due(db::Reader& reader, const std::string& id, Instant now) {
    return !reader.select(kIsDue, {id, now}).empty();
}

std::vector<std::string> LockEndStore::due(db::Reader& reader, Instant now, int limit) {
    std::vector<std::string> ids;
    const db::Found found = reader.select(kDue, {now, limit});
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

}  // namespace huiqiao::fx
