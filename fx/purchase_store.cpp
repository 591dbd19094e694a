#include "fx/purchase_store.h"

#include "fx/exposure_store.h"
#include "fx/purchase_rows.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"purchase",
                             "id, bank, lock_id, reference, currency, fixed_side, cny_minor, foreign_minor, state, "
                             "cny_account, foreign_account, "
                             "provision_hold, created_at",
                             "ttttttiitttti"};
constexpr db::Update kSave{
    "purchase", "id",
    "state, deal_reference, dealt_cny_minor, dealt_foreign_minor, deal_rate_e10, deal_rate_text, "
    "deal_rate_unit, value_date, provision_hold, dealt_at, over_at",
    "tttiiitiitiI"};
constexpr db::Select kLoad{
    "SELECT id, bank, lock_id, reference, currency, fixed_side, cny_minor, foreign_minor, state, cny_account, "
    "foreign_account, provision_hold, created_at, deal_reference, dealt_cny_minor, dealt_foreign_minor, deal_rate_e10, "
    "deal_rate_text, deal_rate_unit, value_date, dealt_at, over_at FROM purchase WHERE id IN (:list) ORDER BY id",
    "ttttttiittttitiiitiiiI"};

constexpr db::Insert kInsertLines{
    "purchase_allocation",
    "id, purchase_id, order_id, merchant_id, line_no, currency, put_in_minor, carried_minor, hold_id", "ttttitiit"};
constexpr db::Update kSaveLines{"purchase_allocation", "id",
                                "cny_minor, foreign_minor, rest_minor, back_minor, borne_minor", "tiiiii"};
constexpr db::Select kLines{
    "SELECT purchase_id, order_id, merchant_id, line_no, currency, put_in_minor, carried_minor, cny_minor, "
    "foreign_minor, "
    "rest_minor, back_minor, borne_minor, hold_id FROM purchase_allocation WHERE purchase_id = :p1 ORDER BY line_no",
    "tttitiiiiiiit"};
constexpr db::Select kLinesOfOrder{
    "SELECT purchase_id, order_id, merchant_id, line_no, currency, put_in_minor, carried_minor, cny_minor, "
    "foreign_minor, "
    "rest_minor, back_minor, borne_minor, hold_id FROM purchase_allocation WHERE order_id = :p1 ORDER BY purchase_id",
    "tttitiiiiiiit"};

constexpr db::Select kBoughtInto{
    "SELECT a.order_id, p.foreign_account, p.currency, a.foreign_minor FROM purchase_allocation a "
    "JOIN purchase p ON p.id = a.purchase_id WHERE a.order_id IN (:list) AND a.foreign_minor > 0",
    "ttti"};
constexpr db::Select kOpen{"SELECT id FROM purchase WHERE over_at IS NULL ORDER BY id", "t"};
constexpr db::Select kOverAfter{"SELECT id FROM purchase WHERE over_at > :p1 ORDER BY id", "t"};
constexpr db::Select kAllocated{
    "SELECT purchase_id, currency, CAST(SUM(foreign_minor) AS SIGNED) FROM purchase_allocation "
    "WHERE purchase_id IN (:list) GROUP BY purchase_id, currency",
    "tti"};

constexpr db::Select kRests{"SELECT id, amount_minor FROM merchant_rest WHERE id IN (:list)", "ti"};
constexpr db::Update kAddToRests{"merchant_rest", "id", "+amount_minor", "ti"};

std::string line_id(const PurchaseLine& line) {
    return line.purchase_id + "|" + line.order_id;
}

Purchase purchase_of(const db::Found& found, std::size_t row) {
    const Currency cny = Currency::known("CNY");
    const Currency currency = Currency::known(found.text(row, 4));
    Purchase purchase{
        .id = found.text(row, 0),
        .bank = found.text(row, 1),
        .lock_id = found.text(row, 2),
        .reference = found.text(row, 3),
        .currency = currency,
        .fixed_side = fixed_side_from_text(found.text(row, 5)),
        .cny = Money::of_minor(cny, found.integer(row, 6)),
        .foreign = Money::of_minor(currency, found.integer(row, 7)),
        .state = purchase_state_from_text(found.text(row, 8)),
        .cny_account = found.text(row, 9),
        .foreign_account = found.text(row, 10),
        .deal = std::nullopt,
        .provision_hold = found.text(row, 11),
        .created_at = from_us(found.integer(row, 12)),
        .dealt_at = from_us(found.integer(row, 20)),
        .over_at = found.is_null(row, 21) ? std::nullopt : std::optional(from_us(found.integer(row, 21)))};
    if (!found.text(row, 13).empty()) {
        purchase.deal = Deal{found.text(row, 13), Money::of_minor(cny, found.integer(row, 14)),
                             Money::of_minor(currency, found.integer(row, 15)),
                             Rate::of_stored(currency, cny, static_cast<int>(found.integer(row, 18)),
                                             found.integer(row, 16), found.text(row, 17)),
                             Date::of_number(found.integer(row, 19))};
    }
    return purchase;
}

std::vector<PurchaseLine> lines_of(const db::Found& found) {
    std::vector<PurchaseLine> lines;
    const Currency cny = Currency::known("CNY");
    for (std::size_t row = 0; row < found.size(); ++row) {
        const auto in_cny = [&](std::size_t column) { return Money::of_minor(cny, found.integer(row, column)); };
        lines.push_back(
            PurchaseLine{.purchase_id = found.text(row, 0),
                         .order_id = found.text(row, 1),
                         .merchant_id = found.text(row, 2),
                         .line_no = static_cast<int>(found.integer(row, 3)),
                         .put_in = in_cny(5),
                         .carried = in_cny(6),
                         .cny = in_cny(7),
                         .foreign = Money::of_minor(Currency::known(found.text(row, 4)), found.integer(row, 8)),
                         .rest = in_cny(9),
                         .back = in_cny(10),
                         .borne = in_cny(11),
                         .hold_id = found.text(row, 12)});
    }
    return lines;
}

constexpr db::Select kByLock{"SELECT id FROM purchase WHERE lock_id = :p1 ORDER BY id", "t"};

}  // namespace

void PurchaseStore::insert(db::Tx& tx, const Purchase& purchase, std::span<const PurchaseLine> lines) {
    db::Rows row;
    row.add(purchase.id, purchase.bank, purchase.lock_id, purchase.reference, purchase.currency.code(),
            to_text(purchase.fixed_side), purchase.cny.minor(), purchase.foreign.minor(), to_text(purchase.state),
            purchase.cny_account, purchase.foreign_account, purchase.provision_hold, purchase.created_at);
    tx.insert(kInsert, row);
    db::Rows rows;
    for (const PurchaseLine& line : lines) {
        rows.add(line_id(line), line.purchase_id, line.order_id, line.merchant_id, line.line_no,
                 purchase.currency.code(), line.put_in.minor(), line.carried.minor(), line.hold_id);
    }
    tx.insert(kInsertLines, rows);
    insert_legs(tx, purchase);
}

void PurchaseStore::save(db::Tx& tx, const Purchase& purchase) {
    tx.note_change(kExposureChange, purchase.currency.code());
    db::Rows row;
    const db::Value over_at = purchase.over_at ? db::Value(*purchase.over_at) : db::kNull;
    if (purchase.deal) {
        const Deal& deal = *purchase.deal;
        row.add(purchase.id, to_text(purchase.state), deal.bank_reference, deal.cny.minor(), deal.foreign.minor(),
                deal.rate.rate_e10(), deal.rate.text(), deal.rate.unit_base(), deal.value_date, purchase.provision_hold,
                purchase.dealt_at, over_at);
    } else {
        row.add(purchase.id, to_text(purchase.state), "", 0, 0, 0, "", 1, 0, purchase.provision_hold, 0, over_at);
    }
    tx.update(kSave, row);
}

std::vector<Purchase> PurchaseStore::load(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kLoad, {}, ids);
    std::vector<Purchase> purchases;
    for (std::size_t row = 0; row < found.size(); ++row) purchases.push_back(purchase_of(found, row));
    return purchases;
}

std::optional<Purchase> PurchaseStore::find(db::Reader& reader, const std::string& id) {
    std::vector<Purchase> found = load(reader, std::span(&id, 1));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

bool PurchaseStore::is_closed(db::Reader& reader, const std::string& id) {
    const std::optional<Purchase> purchase = find(reader, id);
    return purchase && !is_open(purchase->state);
}

std::vector<std::string> PurchaseStore::open_at(db::Reader& reader, const std::optional<Instant>& at) {
    std::vector<std::string> ids;
    const auto take = [&](const db::Found& found) {
        for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    };
    take(reader.select(kOpen));
    if (!at) return ids;
    take(reader.select(kOverAfter, {*at}));
    return ids;
}

std::vector<std::string> PurchaseStore::by_lock(db::Reader& reader, const std::string& lock_id) {
    const db::Found found = reader.select(kByLock, {lock_id});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

std::vector<std::string> PurchaseStore::open_by_lock(db::Reader& reader, const std::string& lock_id) {
    std::vector<std::string> open;
    for (const Purchase& purchase : load(reader, by_lock(reader, lock_id)))
        if (is_open(purchase.state)) open.push_back(purchase.id);
    return open;
}

std::map<std::string, Money> PurchaseStore::allocated(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, Money> sums;
    const db::Found found = reader.select(kAllocated, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Money sum = Money::of_minor(Currency::known(found.text(row, 1)), found.integer(row, 2));
        sums.emplace(found.text(row, 0), sum);
    }
    return sums;
}

std::vector<PurchaseLine> PurchaseStore::lines(db::Reader& reader, const std::string& purchase_id) {
    return lines_of(reader.select(kLines, {purchase_id}));
}

std::vector<PurchaseLine> PurchaseStore::lines_of_order(db::Reader& reader, const std::string& order_id) {
    return lines_of(reader.select(kLinesOfOrder, {order_id}));
}

std::map<std::string, std::map<std::string, Money>> PurchaseStore::bought_into(db::Reader& reader,
                                                                               std::span<const std::string> order_ids) {
    std::map<std::string, std::map<std::string, Money>> bought;
    if (order_ids.empty()) return bought;
    const db::Found found = reader.select(kBoughtInto, {}, order_ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency currency = Currency::known(found.text(row, 2));
        Money& sum = bought[found.text(row, 0)].try_emplace(found.text(row, 1), Money::zero(currency)).first->second;
        sum += Money::of_minor(currency, found.integer(row, 3));
    }
    return bought;
}

void PurchaseStore::save_lines(db::Tx& tx, std::span<const PurchaseLine> lines) {
    db::Rows rows;
    for (const PurchaseLine& line : lines) {
        rows.add(line_id(line), line.cny.minor(), line.foreign.minor(), line.rest.minor(), line.back.minor(),
                 line.borne.minor());
    }
    if (!rows.empty()) tx.update(kSaveLines, rows);
}

std::map<std::string, Money> PurchaseStore::rests(db::Reader& reader, std::span<const std::string> merchants) {
    std::map<std::string, Money> rests;
    const db::Found found = reader.select(kRests, {}, merchants);
    for (std::size_t row = 0; row < found.size(); ++row) {
        rests.emplace(found.text(row, 0), Money::of_minor(Currency::known("CNY"), found.integer(row, 1)));
    }
    return rests;
}

void PurchaseStore::add_to_rests(db::Tx& tx, const std::map<std::string, Money>& by_merchant) {
    db::Rows rows;
    for (const auto& [merchant, amount] : by_merchant) {
        if (!amount.is_zero()) rows.add(merchant, amount.minor());
    }
    if (!rows.empty()) tx.update(kAddToRests, rows);
}

}  // namespace huiqiao::fx
