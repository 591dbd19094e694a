#include "fx/phone_deal_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "phone_deal",
    "id, purchase_id, bank, currency, state, maker, dealer, called_at, price_e10, price_text, price_unit, fixed_side, "
    "cny_minor, foreign_minor, value_date, expires_at, recording, recorded_at",
    "tttttttiititiiiiti"};
constexpr db::Update kSave{
    "phone_deal", "id",
    "state, checker, slip_key, slip_normal, slip_number, slip_price_e10, slip_price_text, slip_price_unit, "
    "slip_cny_minor, slip_foreign_minor, slip_value_date, decided_at",
    "tttTTtitiiiii"};

constexpr std::string_view kKinds = "ttttttttiititiiiitititiiiii";
constexpr db::Select kFind{
    "SELECT id, purchase_id, bank, currency, state, maker, checker, dealer, called_at, price_e10, price_text, "
    "price_unit, fixed_side, cny_minor, foreign_minor, value_date, expires_at, recording, recorded_at, slip_number, "
    "slip_price_e10, slip_price_text, slip_price_unit, slip_cny_minor, slip_foreign_minor, slip_value_date, decided_at "
    "FROM phone_deal WHERE id = :p1",
    kKinds};
constexpr db::Select kOfPurchase{
    "SELECT id, purchase_id, bank, currency, state, maker, checker, dealer, called_at, price_e10, price_text, "
    "price_unit, fixed_side, cny_minor, foreign_minor, value_date, expires_at, recording, recorded_at, slip_number, "
    "slip_price_e10, slip_price_text, slip_price_unit, slip_cny_minor, slip_foreign_minor, slip_value_date, decided_at "
    "FROM phone_deal WHERE purchase_id = :p1",
    kKinds};
constexpr db::Select kIdsOfPurchases{"SELECT purchase_id, id FROM phone_deal WHERE purchase_id IN (:list)", "tt"};
constexpr db::Select kCalledBetween{
    "SELECT id, purchase_id, bank, currency, state, maker, checker, dealer, called_at, price_e10, price_text, "
    "price_unit, fixed_side, cny_minor, foreign_minor, value_date, expires_at, recording, recorded_at, slip_number, "
    "slip_price_e10, slip_price_text, slip_price_unit, slip_cny_minor, slip_foreign_minor, slip_value_date, decided_at "
    "FROM phone_deal WHERE bank = :p1 AND called_at >= :p2 AND called_at <= :p3 ORDER BY called_at, id",
    kKinds};
constexpr db::Select kList{
    "SELECT id, purchase_id, bank, currency, state, maker, checker, dealer, called_at, price_e10, price_text, "
    "price_unit, fixed_side, cny_minor, foreign_minor, value_date, expires_at, recording, recorded_at, slip_number, "
    "slip_price_e10, slip_price_text, slip_price_unit, slip_cny_minor, slip_foreign_minor, slip_value_date, decided_at "
    "FROM phone_deal WHERE id < :p1 ORDER BY id DESC LIMIT :p2",
    kKinds};
constexpr db::Select kOfSlip{"SELECT id FROM phone_deal WHERE slip_normal = :p1 AND bank = :p2", "t"};

// Above every id: ULIDs end below 'z'.
constexpr std::string_view kAboveAll = "z";

/// Unique. Of slips that were entered before spellings were compared it is the number as it was spelled; those are
/// found by slip_normal.
std::string slip_key(std::string_view bank, std::string_view number) {
    return std::string(bank) + "|" + normal_reference(number);
}

PhoneDeal deal_of(const db::Found& found, std::size_t row) {
    const Currency cny = Currency::known("CNY");
    const Currency currency = Currency::known(found.text(row, 3));
    const auto fen = [&](std::size_t column) { return Money::of_minor(cny, found.integer(row, column)); };
    const auto foreign = [&](std::size_t column) { return Money::of_minor(currency, found.integer(row, column)); };
    const auto rate = [&](std::size_t first) {
        return Rate::of_stored(currency, cny, static_cast<int>(found.integer(row, first + 2)),
                               found.integer(row, first), found.text(row, first + 1));
    };
    const bool cny_fixed = fixed_side_from_text(found.text(row, 12)) == FixedSide::Cny;
    PhoneDeal deal{.id = found.text(row, 0),
                   .purchase_id = found.text(row, 1),
                   .state = phone_deal_state_from_text(found.text(row, 4)),
                   .maker = found.text(row, 5),
                   .checker = found.text(row, 6),
                   .call = {.bank = found.text(row, 2),
                            .dealer = found.text(row, 7),
                            .called_at = from_us(found.integer(row, 8)),
                            .price = rate(9),
                            .amount = cny_fixed ? fen(13) : foreign(14),
                            .value_date = Date::of_number(found.integer(row, 15)),
                            .expires_at = from_us(found.integer(row, 16)),
                            .recording = found.text(row, 17)},
                   .amounts = {fen(13), foreign(14)},
                   .slip = std::nullopt,
                   .recorded_at = from_us(found.integer(row, 18)),
                   .decided_at = from_us(found.integer(row, 26))};
    if (!found.text(row, 19).empty()) {
        deal.slip =
            PhoneSlip{found.text(row, 19), rate(20), fen(23), foreign(24), Date::of_number(found.integer(row, 25))};
    }
    return deal;
}

std::vector<PhoneDeal> deals_of(const db::Found& found) {
    std::vector<PhoneDeal> deals;
    for (std::size_t row = 0; row < found.size(); ++row) deals.push_back(deal_of(found, row));
    return deals;
}

std::optional<PhoneDeal> first_of(const db::Found& found) {
    return found.empty() ? std::nullopt : std::optional(deal_of(found, 0));
}

}  // namespace

void PhoneDealStore::insert(db::Tx& tx, const PhoneDeal& deal) {
    const PhoneCall& call = deal.call;
    db::Rows row;
    row.add(deal.id, deal.purchase_id, call.bank, call.currency().code(), to_text(deal.state), deal.maker, call.dealer,
            call.called_at, call.price.rate_e10(), call.price.text(), call.price.unit_base(),
            to_text(call.fixed_side()), deal.amounts.cny.minor(), deal.amounts.foreign.minor(), call.value_date,
            call.expires_at, call.recording, deal.recorded_at);
    tx.insert(kInsert, row);
}

void PhoneDealStore::save(db::Tx& tx, const PhoneDeal& deal) {
    db::Rows row;
    if (deal.slip) {
        const PhoneSlip& slip = *deal.slip;
        // The slip of what was not dealt says something else, and may yet be another deal's.
        const bool is_its = deal.state != PhoneDealState::NotDealt;
        row.add(deal.id, to_text(deal.state), deal.checker,
                is_its ? db::Value(slip_key(deal.call.bank, slip.number)) : db::kNull,
                is_its ? db::Value(normal_reference(slip.number)) : db::kNull, slip.number, slip.price.rate_e10(),
                slip.price.text(), slip.price.unit_base(), slip.cny.minor(), slip.foreign.minor(), slip.value_date,
                deal.decided_at);
    } else {
        row.add(deal.id, to_text(deal.state), deal.checker, db::kNull, db::kNull, "", 0, "", 1, 0, 0, 0,
                deal.decided_at);
    }
    tx.update(kSave, row);
}

std::optional<PhoneDeal> PhoneDealStore::find(db::Reader& reader, const std::string& id) {
    return first_of(reader.select(kFind, {id}));
}

std::optional<PhoneDeal> PhoneDealStore::of_purchase(db::Reader& reader, const std::string& purchase_id) {
    return first_of(reader.select(kOfPurchase, {purchase_id}));
}

std::map<std::string, std::string> PhoneDealStore::ids_of_purchases(db::Reader& reader,
                                                                    std::span<const std::string> purchase_ids) {
    std::map<std::string, std::string> ids;
    if (purchase_ids.empty()) return ids;
    const db::Found found = reader.select(kIdsOfPurchases, {}, purchase_ids);
    for (std::size_t row = 0; row < found.size(); ++row) ids.emplace(found.text(row, 0), found.text(row, 1));
    return ids;
}

std::vector<PhoneDeal> PhoneDealStore::called_between(db::Reader& reader, const std::string& bank, Instant from,
                                                      Instant until) {
    return deals_of(reader.select(kCalledBetween, {bank, from, until}));
}

std::string PhoneDealStore::of_slip(db::Reader& reader, const std::string& bank, const std::string& number) {
    const db::Found found = reader.select(kOfSlip, {normal_reference(number), bank});
    return found.empty() ? std::string() : found.text(0, 0);
}

std::vector<PhoneDeal> PhoneDealStore::list(db::Reader& reader, const std::string& before_id, int limit) {
    return deals_of(reader.select(kList, {before_id.empty() ? kAboveAll : std::string_view(before_id), limit}));
}

}  // namespace huiqiao::fx
