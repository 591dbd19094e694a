#include "src/flow/own_transfer_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Insert kInsert{"own_transfer", "remittance_id, currency, amount_minor, open_key", "ttiT"};
constexpr db::Command kClose{"UPDATE own_transfer SET open_key = NULL WHERE remittance_id = :p1"};
constexpr db::Select kIsOpen{"SELECT COUNT(*) FROM own_transfer WHERE remittance_id = :p1 AND open_key IS NOT NULL",
                             "i"};
constexpr db::Select kUnderWay{"SELECT amount_minor FROM own_transfer WHERE open_key = :p1", "i"};

std::string key_of(remittance::Kind kind, Currency currency) {
    return std::string(remittance::to_text(kind)) + "|" + std::string(currency.code());
}

}  // namespace

void OwnTransfers::add(db::Tx& tx, const remittance::Remittance& one) {
    const Currency currency = one.amount.currency();
    db::Rows rows;
    rows.add(one.id, currency.code(), one.amount.minor(), key_of(one.kind, currency));
    tx.insert(kInsert, rows);
}

void OwnTransfers::close(db::Tx& tx, const std::string& remittance_id) {
    tx.execute(kClose, {remittance_id});
}

bool OwnTransfers::is_open(db::Reader& reader, const std::string& remittance_id) {
    return reader.select(kIsOpen, {remittance_id}).integer(0, 0) > 0;
}

Money OwnTransfers::under_way(db::Reader& reader, remittance::Kind kind, Currency currency) {
    Money sum = Money::zero(currency);
    const db::Found found = reader.select(kUnderWay, {key_of(kind, currency)});
    for (std::size_t row = 0; row < found.size(); ++row) sum += Money::of_minor(currency, found.integer(row, 0));
    return sum;
}

}  // namespace huiqiao::flow
