#include "src/remittance/remittance_store.h"

namespace huiqiao::remittance {
namespace {

constexpr db::Insert kInsertRemittance{
    "remittance",
    "id, kind, merchant_id, payee_id, bank_account, currency, amount_minor, reference, batch_reference, uetr, "
    "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor, created_at",
    "ttttttitttttttiii"};
constexpr db::Insert kInsertReference{"remittance_reference", "reference, remittance_id", "tt"};
constexpr db::Insert kInsertAllocation{"remittance_allocation", "id, order_id, remittance_id, amount_minor", "ttti"};
constexpr db::Update kUpdateRemittance{
    "remittance", "id", "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor",
    "tttttii"};

constexpr std::string_view kColumnKinds = "ttttttitttttttiii";
constexpr db::Select kLoad{
    "SELECT id, kind, merchant_id, payee_id, bank_account, currency, amount_minor, reference, batch_reference, uetr, "
    "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor, created_at "
    "FROM remittance WHERE id IN (:list) ORDER BY id",
    kColumnKinds};
constexpr db::Select kListAll{
    "SELECT id, kind, merchant_id, payee_id, bank_account, currency, amount_minor, reference, batch_reference, uetr, "
    "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor, created_at "
    "FROM remittance WHERE id < :p1 ORDER BY id DESC LIMIT :p2",
    kColumnKinds};
constexpr db::Select kListOfMerchant{
    "SELECT id, kind, merchant_id, payee_id, bank_account, currency, amount_minor, reference, batch_reference, uetr, "
    "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor, created_at "
    "FROM remittance WHERE merchant_id = :p1 AND id < :p2 ORDER BY id DESC LIMIT :p3",
    kColumnKinds};
constexpr db::Select kMadeBetween{
    "SELECT id, kind, merchant_id, payee_id, bank_account, currency, amount_minor, reference, batch_reference, uetr, "
    "state, their_reference, reason_code, provision_hold, debited_minor, returned_minor, created_at "
    "FROM remittance WHERE bank_account = :p1 AND created_at >= :p2 AND created_at < :p3 AND (created_at > :p2 OR id > "
    ":p4) ORDER BY created_at, id LIMIT :p5",
    kColumnKinds};
constexpr db::Select kFind{"SELECT reference, remittance_id FROM remittance_reference WHERE reference IN (:list)",
                           "tt"};
constexpr db::Select kAllocations{
    "SELECT a.remittance_id, a.order_id, a.amount_minor, r.currency FROM remittance_allocation a "
    "JOIN remittance r ON r.id = a.remittance_id WHERE a.remittance_id IN (:list) ORDER BY a.remittance_id, a.order_id",
    "ttit"};
constexpr db::Select kOfOrder{
    "SELECT a.remittance_id, a.order_id, a.amount_minor, r.currency FROM remittance_allocation a "
    "JOIN remittance r ON r.id = a.remittance_id WHERE a.id >= :p1 AND a.id < :p2 ORDER BY a.id",
    "ttit"};

// Sorts after every id: ids are a prefix and characters up to 'Z'.
constexpr std::string_view kAfterAllIds = "~";

std::vector<Remittance> read_rows(const db::Found& found) {
    std::vector<Remittance> rows;
    rows.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 5));
        rows.push_back(Remittance{.id = found.text(i, 0),
                                  .kind = kind_from_text(found.text(i, 1)),
                                  .merchant_id = found.text(i, 2),
                                  .payee_id = found.text(i, 3),
                                  .bank_account = found.text(i, 4),
                                  .amount = Money::of_minor(currency, found.integer(i, 6)),
                                  .reference = found.text(i, 7),
                                  .batch_reference = found.text(i, 8),
                                  .uetr = found.text(i, 9),
                                  .state = state_from_text(found.text(i, 10)),
                                  .their_reference = found.text(i, 11),
                                  .reason_code = found.text(i, 12),
                                  .provision_hold = found.text(i, 13),
                                  .debited = Money::of_minor(currency, found.integer(i, 14)),
                                  .returned = Money::of_minor(currency, found.integer(i, 15)),
                                  .created_at = from_us(found.integer(i, 16))});
    }
    return rows;
}

std::vector<Allocation> read_allocations(const db::Found& found) {
    std::vector<Allocation> rows;
    rows.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        rows.push_back({found.text(i, 0), found.text(i, 1),
                        Money::of_minor(Currency::known(found.text(i, 3)), found.integer(i, 2))});
    }
    return rows;
}

}  // namespace

void RemittanceStore::insert(db::Tx& tx, std::span<const Remittance> remittances,
                             std::span<const Allocation> allocations) const {
    if (remittances.empty()) return;
    db::Rows rows;
    db::Rows references;
    for (const Remittance& r : remittances) {
        rows.add(r.id, to_text(r.kind), r.merchant_id, r.payee_id, r.bank_account, r.amount.currency().code(),
                 r.amount.minor(), r.reference, r.batch_reference, r.uetr, to_text(r.state), r.their_reference,
                 r.reason_code, r.provision_hold, r.debited.minor(), r.returned.minor(), r.created_at);
        references.add(r.reference, r.id);
    }
    tx.insert(kInsertRemittance, rows);
    tx.insert(kInsertReference, references);
    if (allocations.empty()) return;
    db::Rows lines;
    for (const Allocation& a : allocations) {
        lines.add(a.order_id + "|" + a.remittance_id, a.order_id, a.remittance_id, a.amount.minor());
    }
    tx.insert(kInsertAllocation, lines);
}

void RemittanceStore::update(db::Tx& tx, std::span<const Remittance> remittances) const {
    if (remittances.empty()) return;
    db::Rows rows;
    for (const Remittance& r : remittances) {
        rows.add(r.id, to_text(r.state), r.their_reference, r.reason_code, r.provision_hold, r.debited.minor(),
                 r.returned.minor());
    }
    tx.update(kUpdateRemittance, rows);
}

std::map<std::string, Remittance> RemittanceStore::load(db::Reader& reader, std::span<const std::string> ids) const {
    std::map<std::string, Remittance> by_id;
    if (ids.empty()) return by_id;
    for (Remittance& row : read_rows(reader.select(kLoad, {}, ids))) {
        std::string id = row.id;
        by_id.emplace(std::move(id), std::move(row));
    }
    return by_id;
}

std::map<std::string, std::string> RemittanceStore::find(db::Reader& reader,
                                                         std::span<const std::string> references) const {
    std::map<std::string, std::string> ids;
    if (references.empty()) return ids;
    const db::Found found = reader.select(kFind, {}, references);
    for (std::size_t i = 0; i < found.size(); ++i) ids.emplace(found.text(i, 0), found.text(i, 1));
    return ids;
}

std::vector<Allocation> RemittanceStore::allocations(db::Reader& reader,
                                                     std::span<const std::string> remittance_ids) const {
    if (remittance_ids.empty()) return {};
    return read_allocations(reader.select(kAllocations, {}, remittance_ids));
}

std::vector<Allocation> RemittanceStore::of_order(db::Reader& reader, const std::string& order_id) const {
    return read_allocations(reader.select(kOfOrder, {order_id + "|", order_id + "|" + std::string(kAfterAllIds)}));
}

std::vector<Remittance> RemittanceStore::list(db::Reader& reader, const std::string& merchant_id,
                                              const std::string& before_id, int limit) const {
    const std::string before = before_id.empty() ? std::string(kAfterAllIds) : before_id;
    if (merchant_id.empty()) return read_rows(reader.select(kListAll, {before, limit}));
    return read_rows(reader.select(kListOfMerchant, {merchant_id, before, limit}));
}

std::vector<Remittance> RemittanceStore::made_between(db::Reader& reader, const std::string& bank_account, Instant from,
                                                      Instant to, const Remittance* behind, int limit) const {
    const Instant first = behind == nullptr ? from : behind->created_at;
    const std::string id = behind == nullptr ? "" : behind->id;
    return read_rows(reader.select(kMadeBetween, {bank_account, first, to, id, limit}));
}

}  // namespace huiqiao::remittance
