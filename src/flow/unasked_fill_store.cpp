#include "src/flow/unasked_fill_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Claim kClaim{{"unasked_fill",
                            "fill_key, reference, deal_reference, currency, dealt_minor, state, is_open, received_at",
                            "ttttitii"}};
constexpr db::Select kLoad{
    "SELECT fill_key, reference, deal_reference, currency, dealt_minor, state, received_at FROM unasked_fill WHERE "
    "fill_key IN (:list)",
    "ttttiti"};
constexpr db::Select kOpen{
    "SELECT fill_key, reference, deal_reference, currency, dealt_minor, state, received_at FROM unasked_fill WHERE "
    "is_open = 1 AND fill_key > :p1 ORDER BY fill_key LIMIT :p2",
    "ttttiti"};
constexpr db::Select kTold{
    "SELECT fill_key, reference, deal_reference, currency, dealt_minor, state, received_at FROM unasked_fill WHERE "
    "reference = :p1 AND state = 'told' ORDER BY fill_key LIMIT :p2",
    "ttttiti"};
constexpr db::Update kSave{"unasked_fill", "fill_key", "state, is_open", "tti"};

std::string_view to_text(FillState state) {
    switch (state) {
        case FillState::Waiting: return "waiting";
        case FillState::Told: return "told";
        case FillState::Over: return "over";
    }
    throw LogicError("unnamed state of a fill");
}

FillState state_from_text(std::string_view text) {
    for (const FillState state : {FillState::Waiting, FillState::Told, FillState::Over}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("'" + std::string(text) + "' is no state of a fill");
}

std::vector<StoredFill> rows_of(const db::Found& found) {
    std::vector<StoredFill> fills;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const std::string& code = found.text(row, 3);
        std::optional<Money> dealt;
        if (!code.empty()) dealt = Money::of_minor(Currency::known(code), found.integer(row, 4));
        fills.push_back({found.text(row, 0), found.text(row, 1), found.text(row, 2), dealt,
                         state_from_text(found.text(row, 5)), from_us(found.integer(row, 6))});
    }
    return fills;
}

}  // namespace

void UnaskedFillStore::claim(db::Claims& claims, const StoredFill& fill) {
    const std::string code = fill.dealt_in_all ? std::string(fill.dealt_in_all->currency().code()) : std::string();
    claims.add(kClaim, fill.key, fill.reference, fill.deal_reference, code,
               fill.dealt_in_all ? fill.dealt_in_all->minor() : 0, to_text(FillState::Waiting), 1, fill.received_at);
}

std::vector<StoredFill> UnaskedFillStore::load(db::Reader& reader, std::span<const std::string> keys) {
    if (keys.empty()) return {};
    return rows_of(reader.select(kLoad, {}, keys));
}

void UnaskedFillStore::save(db::Tx& tx, std::span<const StoredFill> fills) {
    db::Rows rows;
    for (const StoredFill& fill : fills) rows.add(fill.key, to_text(fill.state), fill.state == FillState::Over ? 0 : 1);
    if (!rows.empty()) tx.update(kSave, rows);
}

std::vector<StoredFill> UnaskedFillStore::open(db::Reader& reader, std::string_view behind_key, int limit) {
    return rows_of(reader.select(kOpen, {behind_key, limit}));
}

std::vector<StoredFill> UnaskedFillStore::told(db::Reader& reader, const std::string& reference, int limit) {
    return rows_of(reader.select(kTold, {reference, limit}));
}

}  // namespace huiqiao::flow
