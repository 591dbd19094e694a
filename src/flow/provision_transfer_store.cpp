#include "src/flow/provision_transfer_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Insert kInsert{"provision_transfer",
                             "remittance_id, to_account, currency, amount_minor, left_minor, arrived_minor, "
                             "returned_minor, since, open_key",
                             "tttiiiiiT"};
constexpr db::Command kSave{
    "UPDATE provision_transfer SET left_minor = :p1, arrived_minor = :p2, returned_minor = :p3, settled_minor = :p4, "
    "since = :p5 WHERE remittance_id = :p6"};
constexpr db::Command kClose{"UPDATE provision_transfer SET open_key = NULL WHERE remittance_id = :p1"};
constexpr db::Command kOpen{"UPDATE provision_transfer SET open_key = to_account WHERE remittance_id = :p1"};
constexpr db::Select kFind{
    "SELECT remittance_id, to_account, currency, amount_minor, left_minor, arrived_minor, returned_minor, "
    "settled_minor, since, CASE WHEN open_key IS NULL THEN 0 ELSE 1 END FROM provision_transfer WHERE remittance_id = "
    ":p1",
    "tttiiiiiii"};
constexpr db::Select kOpenTo{
    "SELECT remittance_id, to_account, currency, amount_minor, left_minor, arrived_minor, returned_minor, "
    "settled_minor, since, 1 "
    "FROM provision_transfer WHERE open_key = :p1 ORDER BY remittance_id",
    "tttiiiiiii"};
constexpr db::Select kFailed{
    "SELECT COUNT(*) FROM provision_transfer WHERE to_account = :p1 AND since >= :p2 AND open_key IS NULL AND "
    "left_minor = returned_minor",
    "i"};
constexpr db::Select kOpenSince{
    "SELECT remittance_id, to_account, currency, amount_minor, left_minor, arrived_minor, returned_minor, "
    "settled_minor, since, 1 "
    "FROM provision_transfer WHERE open_key IS NOT NULL AND since <= :p1 ORDER BY since, remittance_id LIMIT :p2",
    "tttiiiiiii"};

std::vector<ProvisionTransfer> read(const db::Found& found) {
    std::vector<ProvisionTransfer> all;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency currency = Currency::known(found.text(row, 2));
        const auto money = [&](std::size_t column) { return Money::of_minor(currency, found.integer(row, column)); };
        all.push_back({found.text(row, 0), found.text(row, 1), money(3), money(4), money(5), money(6), money(7),
                       from_us(found.integer(row, 8)), found.integer(row, 9) != 0});
    }
    return all;
}

}  // namespace

void ProvisionTransfers::add(db::Tx& tx, const ProvisionTransfer& one) {
    db::Rows rows;
    rows.add(one.remittance_id, one.to_account, one.amount.currency().code(), one.amount.minor(), one.left.minor(),
             one.arrived.minor(), one.returned.minor(), to_us(one.since), one.to_account);
    tx.insert(kInsert, rows);
}

void ProvisionTransfers::save(db::Tx& tx, const ProvisionTransfer& one) {
    tx.execute(kSave, {one.left.minor(), one.arrived.minor(), one.returned.minor(), one.settled.minor(),
                       to_us(one.since), one.remittance_id});
    tx.execute(one.is_open ? kOpen : kClose, {one.remittance_id});
}

std::optional<ProvisionTransfer> ProvisionTransfers::find(db::Reader& reader, const std::string& remittance_id) {
    std::vector<ProvisionTransfer> found = read(reader.select(kFind, {remittance_id}));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<ProvisionTransfer> ProvisionTransfers::open_to(db::Reader& reader, const std::string& account) {
    return read(reader.select(kOpenTo, {account}));
}

bool ProvisionTransfers::has_failed_since(db::Reader& reader, const std::string& account, Instant time) {
    return reader.select(kFailed, {account, to_us(time)}).integer(0, 0) > 0;
}

std::vector<ProvisionTransfer> ProvisionTransfers::open_since(db::Reader& reader, Instant at_the_latest, int limit) {
    return read(reader.select(kOpenSince, {to_us(at_the_latest), limit}));
}

}  // namespace huiqiao::flow
