#include "customs/declaration_store.h"

#include <unordered_map>

namespace huiqiao::customs {

namespace {

constexpr db::Insert kInsert{
    "declaration",
    "id, order_id, sub_order_no, customs_port, pay_code, serial, amount_minor, paid_at, state, app_type, part_no, "
    "app_time, stands, return_code, decided_at, tries, created_at, due_at",
    "ttttttiittiiitiiiI"};
constexpr db::Update kSave{
    "declaration", "id",
    "amount_minor, paid_at, state, app_type, part_no, app_time, stands, return_code, decided_at, "
    "tries, due_at",
    "tiittiiitiiI"};
constexpr std::string_view kKinds = "ttttttiittiiitiiiI";
constexpr db::Select kLoad{
    "SELECT id, order_id, sub_order_no, customs_port, pay_code, serial, amount_minor, paid_at, state, app_type, "
    "part_no, "
    "app_time, stands, return_code, decided_at, tries, created_at, due_at FROM declaration WHERE id IN (:list)",
    kKinds};
constexpr db::Select kOfOrders{
    "SELECT id, order_id, sub_order_no, customs_port, pay_code, serial, amount_minor, paid_at, state, app_type, "
    "part_no, "
    "app_time, stands, return_code, decided_at, tries, created_at, due_at FROM declaration WHERE order_id IN (:list) "
    "ORDER BY id",
    kKinds};
constexpr db::Select kHolders{
    "SELECT declaration_key, declaration_id FROM declaration_key WHERE declaration_key IN (:list)", "tt"};
constexpr db::Insert kInsertPart{
    "declaration_part", "guid, declaration_id, part_no, message_id, app_type, app_time, content_hash", "ttittit"};
constexpr db::Select kParts{
    "SELECT guid, declaration_id, part_no, message_id, app_type, app_time, content_hash FROM declaration_part "
    "WHERE declaration_id IN (:list) ORDER BY declaration_id, part_no",
    "ttittit"};
constexpr db::Select kPartsOfMessage{
    "SELECT guid, declaration_id, part_no, message_id, app_type, app_time, content_hash FROM declaration_part "
    "WHERE message_id = :p1 ORDER BY declaration_id",
    "ttittit"};
constexpr db::Insert kInsertMessage{"customs_message", "id, dxp_id, call_id, payments, created_at", "tttii"};
constexpr db::Select kReceipts{
    "SELECT id, part_no, return_status, returned_at, sealed_text FROM customs_receipt "
    "WHERE declaration_id = :p1 ORDER BY returned_at, id",
    "tiiit"};
constexpr db::Select kDue{
    "SELECT id FROM declaration WHERE due_at IS NOT NULL AND due_at <= :p1 AND state = :p2 ORDER BY due_at, id LIMIT "
    ":p3",
    "t"};
// A range, so that the index leads past all that have nothing due: "IS NOT NULL" walks over them.
constexpr db::Select kAnyOpen{"SELECT id FROM declaration WHERE due_at >= 0 LIMIT 1", "t"};
constexpr db::Select kMailbox{"SELECT id, asking, asked_at, last_number FROM customs_mailbox WHERE id = :p1", "ttii"};
constexpr db::Update kSaveMailbox{"customs_mailbox", "id", "asking, asked_at, last_number", "ttii"};

Declaration declaration_of(const db::Found& found, std::size_t row) {
    Declaration d{.id = found.text(row, 0),
                  .order_id = found.text(row, 1),
                  .sub_order_no = found.text(row, 2),
                  .customs_port = found.text(row, 3),
                  .pay_code = found.text(row, 4),
                  .serial = found.text(row, 5),
                  .amount = Money::of_minor(Currency::known("CNY"), found.integer(row, 6)),
                  .paid_at = from_us(found.integer(row, 7)),
                  .state = declaration_state_from_text(found.text(row, 8)),
                  .app_type = app_type_from_text(found.text(row, 9)),
                  .part_no = static_cast<int>(found.integer(row, 10)),
                  .app_time = from_us(found.integer(row, 11)),
                  .stands = found.integer(row, 12) != 0,
                  .return_code = found.text(row, 13),
                  .decided_at = from_us(found.integer(row, 14)),
                  .tries = static_cast<int>(found.integer(row, 15)),
                  .created_at = from_us(found.integer(row, 16)),
                  .due_at = std::nullopt};
    if (!found.is_null(row, 17)) d.due_at = from_us(found.integer(row, 17));
    return d;
}

DeclarationPart part_of(const db::Found& found, std::size_t row) {
    return {found.text(row, 0),
            found.text(row, 1),
            static_cast<int>(found.integer(row, 2)),
            found.text(row, 3),
            app_type_from_text(found.text(row, 4)),
            from_us(found.integer(row, 5)),
            found.text(row, 6)};
}

db::Value due_value(const Declaration& d) {
    return d.due_at ? db::Value(*d.due_at) : db::kNull;
}

}  // namespace

std::string place_key(const Declaration& d) {
    return "place|" + d.order_id + "|" + d.sub_order_no + "|" + d.customs_port;
}

std::string serial_key(std::string_view pay_code, std::string_view serial) {
    return "serial|" + std::string(pay_code) + "|" + std::string(serial);
}

void DeclarationStore::insert(db::Tx& tx, std::span<const Declaration> declarations) {
    if (declarations.empty()) return;
    db::Rows rows;
    for (const Declaration& d : declarations) {
        rows.add(d.id, d.order_id, d.sub_order_no, d.customs_port, d.pay_code, d.serial, d.amount.minor(), d.paid_at,
                 to_text(d.state), to_text(d.app_type), d.part_no, d.app_time, d.stands ? 1 : 0, d.return_code,
                 d.decided_at, d.tries, d.created_at, due_value(d));
    }
    tx.insert(kInsert, rows);
}

void DeclarationStore::save(db::Tx& tx, std::span<const Declaration* const> declarations) {
    if (declarations.empty()) return;
    db::Rows rows;
    for (const Declaration* d : declarations) {
        rows.add(d->id, d->amount.minor(), d->paid_at, to_text(d->state), to_text(d->app_type), d->part_no, d->app_time,
                 d->stands ? 1 : 0, d->return_code, d->decided_at, d->tries, due_value(*d));
    }
    tx.update(kSave, rows);
}

void DeclarationStore::insert_parts(db::Tx& tx, std::span<const DeclarationPart> parts) {
    if (parts.empty()) return;
    db::Rows rows;
    for (const DeclarationPart& p : parts) {
        rows.add(p.guid, p.declaration_id, p.part_no, p.message_id, to_text(p.app_type), p.app_time, p.content_hash);
    }
    tx.insert(kInsertPart, rows);
}

void DeclarationStore::insert_message(db::Tx& tx, const DeclarationMessage& message) {
    db::Rows rows;
    rows.add(message.id, message.dxp_id, message.call_id, message.payments, message.created_at);
    tx.insert(kInsertMessage, rows);
}

std::vector<Declaration> DeclarationStore::load(db::Reader& reader, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    const db::Found found = reader.select(kLoad, {}, ids);
    std::unordered_map<std::string, std::size_t> row_of;
    for (std::size_t row = 0; row < found.size(); ++row) row_of.emplace(found.text(row, 0), row);
    std::vector<Declaration> declarations;
    for (const std::string& id : ids) {
        if (const auto at = row_of.find(id); at != row_of.end())
            declarations.push_back(declaration_of(found, at->second));
    }
    return declarations;
}

std::vector<Declaration> DeclarationStore::of_orders(db::Reader& reader, std::span<const std::string> order_ids) {
    if (order_ids.empty()) return {};
    const db::Found found = reader.select(kOfOrders, {}, order_ids);
    std::vector<Declaration> declarations;
    for (std::size_t row = 0; row < found.size(); ++row) declarations.push_back(declaration_of(found, row));
    return declarations;
}

std::map<std::string, std::string> DeclarationStore::holders(db::Reader& reader, std::span<const std::string> keys) {
    std::map<std::string, std::string> holders;
    if (keys.empty()) return holders;
    const db::Found found = reader.select(kHolders, {}, keys);
    for (std::size_t row = 0; row < found.size(); ++row) holders.emplace(found.text(row, 0), found.text(row, 1));
    return holders;
}

std::map<std::string, std::vector<DeclarationPart>> DeclarationStore::parts(
    db::Reader& reader, std::span<const std::string> declaration_ids) {
    std::map<std::string, std::vector<DeclarationPart>> parts;
    if (declaration_ids.empty()) return parts;
    const db::Found found = reader.select(kParts, {}, declaration_ids);
    for (std::size_t row = 0; row < found.size(); ++row) parts[found.text(row, 1)].push_back(part_of(found, row));
    return parts;
}

std::vector<DeclarationPart> DeclarationStore::parts_of_message(db::Reader& reader, const std::string& message_id) {
    const db::Found found = reader.select(kPartsOfMessage, {message_id});
    std::vector<DeclarationPart> parts;
    for (std::size_t row = 0; row < found.size(); ++row) parts.push_back(part_of(found, row));
    return parts;
}

std::vector<Receipt> DeclarationStore::receipts(db::Reader& reader, const std::string& declaration_id) {
    const db::Found found = reader.select(kReceipts, {declaration_id});
    std::vector<Receipt> receipts;
    for (std::size_t row = 0; row < found.size(); ++row) {
        receipts.push_back({found.text(row, 0), static_cast<int>(found.integer(row, 1)), found.integer(row, 2),
                            from_us(found.integer(row, 3)), found.text(row, 4)});
    }
    return receipts;
}

std::vector<std::string> DeclarationStore::due(db::Reader& reader, DeclarationState state, Instant now, int limit) {
    const db::Found found = reader.select(kDue, {now, to_text(state), limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

bool DeclarationStore::any_open(db::Reader& reader) {
    return !reader.select(kAnyOpen).empty();
}

std::optional<Mailbox> DeclarationStore::mailbox(db::Reader& reader, const std::string& dxp_id) {
    const db::Found found = reader.select(kMailbox, {dxp_id});
    if (found.empty()) return std::nullopt;
    return Mailbox{found.text(0, 0), found.text(0, 1), from_us(found.integer(0, 2)), found.integer(0, 3)};
}

void DeclarationStore::save_mailbox(db::Tx& tx, const Mailbox& mailbox) {
    db::Rows rows;
    rows.add(mailbox.dxp_id, mailbox.asking, mailbox.asked_at, mailbox.last_number);
    tx.update(kSaveMailbox, rows);
}

}  // namespace huiqiao::customs
