#include "fx/purchase_rows.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{"purchase_leg", "id, purchase_id, bank, reference, account, credit, currency", "tttttit"};
constexpr db::Update kSave{"purchase_leg", "id", "amount_minor, value_date, settled_by, settled_at", "tiiti"};
constexpr db::Select kLegs{
    "SELECT purchase_id, bank, reference, account, credit, currency, amount_minor, value_date, settled_by, settled_at "
    "FROM purchase_leg WHERE id IN (:list) ORDER BY id",
    "ttttitiiti"};

}  // namespace

std::string leg_id(std::string_view reference, std::string_view account) {
    return std::string(reference) + "|" + std::string(account);
}

void insert_legs(db::Tx& tx, const Purchase& purchase) {
    db::Rows rows;
    rows.add(leg_id(purchase.reference, purchase.cny_account), purchase.id, purchase.bank, purchase.reference,
             purchase.cny_account, 0, purchase.cny.currency().code());
    rows.add(leg_id(purchase.reference, purchase.foreign_account), purchase.id, purchase.bank, purchase.reference,
             purchase.foreign_account, 1, purchase.currency.code());
    tx.insert(kInsert, rows);
}

std::vector<PurchaseLeg> PurchaseStore::legs(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kLegs, {}, ids);
    std::vector<PurchaseLeg> legs;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const std::int64_t value_date = found.integer(row, 7);
        legs.push_back(
            PurchaseLeg{.purchase_id = found.text(row, 0),
                        .bank = found.text(row, 1),
                        .reference = found.text(row, 2),
                        .account = found.text(row, 3),
                        .credit = found.integer(row, 4) != 0,
                        .amount = Money::of_minor(Currency::known(found.text(row, 5)), found.integer(row, 6)),
                        .value_date = value_date == 0 ? Date() : Date::of_number(value_date),
                        .settled_by = found.text(row, 8),
                        .settled_at = from_us(found.integer(row, 9))});
    }
    return legs;
}

void PurchaseStore::save_legs(db::Tx& tx, std::span<const PurchaseLeg> legs) {
    db::Rows rows;
    for (const PurchaseLeg& leg : legs) {
        rows.add(leg_id(leg.reference, leg.account), leg.amount.minor(), leg.value_date, leg.settled_by,
                 leg.settled_at);
    }
    if (!rows.empty()) tx.update(kSave, rows);
}

}  // namespace huiqiao::fx
