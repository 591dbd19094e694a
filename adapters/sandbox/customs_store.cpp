#include "adapters/sandbox/customs_store.h"

namespace huiqiao::sandbox::port {

namespace {

constexpr db::Command kTables[] = {
    {"CREATE TABLE IF NOT EXISTS customs_number (kind TEXT NOT NULL PRIMARY KEY, last INTEGER NOT NULL) STRICT"},
    {"CREATE TABLE IF NOT EXISTS document (id TEXT NOT NULL PRIMARY KEY, order_id TEXT NOT NULL, app_time TEXT NOT "
     "NULL, "
     "amount TEXT NOT NULL, payer_number TEXT NOT NULL, payer_name TEXT NOT NULL, sender TEXT NOT NULL, state TEXT NOT "
     "NULL, "
     "versions INTEGER NOT NULL, inventory INTEGER NOT NULL) STRICT"},
    {"CREATE INDEX IF NOT EXISTS document_by_order ON document (order_id)"},
    {"CREATE TABLE IF NOT EXISTS known_order (id TEXT NOT NULL PRIMARY KEY, amount TEXT NOT NULL, buyer_number TEXT "
     "NOT NULL, "
     "buyer_name TEXT NOT NULL) STRICT"},
    {"CREATE TABLE IF NOT EXISTS taken_message (id TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL, code TEXT NOT NULL, "
     "text TEXT NOT NULL, payments INTEGER NOT NULL) STRICT"},
    {"CREATE TABLE IF NOT EXISTS waiting (number INTEGER NOT NULL PRIMARY KEY, dxp_id TEXT NOT NULL, deliver_at "
     "INTEGER NOT NULL, "
     "guid TEXT NOT NULL, pay_code TEXT NOT NULL, serial TEXT NOT NULL, status INTEGER NOT NULL, returned_at INTEGER "
     "NOT NULL, "
     "text TEXT NOT NULL, message TEXT NOT NULL) STRICT"},
    {"CREATE INDEX IF NOT EXISTS waiting_by_time ON waiting (deliver_at)"},
    {"CREATE TABLE IF NOT EXISTS mail (dxp_id TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, "
     "PRIMARY KEY (dxp_id, number)) STRICT"},
};
constexpr db::Insert kInsertNumber{"customs_number", "kind, last", "ti"};
constexpr db::Command kRaiseNumber{"UPDATE customs_number SET last = last + 1 WHERE kind = :p1"};
constexpr db::Select kLastNumber{"SELECT last FROM customs_number WHERE kind = :p1", "i"};

constexpr std::string_view kDocumentKinds = "ttttttttii";
constexpr db::Select kDocument{
    "SELECT id, order_id, app_time, amount, payer_number, payer_name, sender, state, versions, inventory FROM document "
    "WHERE id = :p1",
    kDocumentKinds};
constexpr db::Select kDocumentsOfOrder{
    "SELECT id, order_id, app_time, amount, payer_number, payer_name, sender, state, versions, inventory FROM document "
    "WHERE order_id = :p1 ORDER BY id",
    kDocumentKinds};
constexpr db::Select kAllDocuments{
    "SELECT id, order_id, app_time, amount, payer_number, payer_name, sender, state, versions, inventory FROM document "
    "ORDER BY id",
    kDocumentKinds};
constexpr db::Command kDropDocument{"DELETE FROM document WHERE id = :p1"};
constexpr db::Insert kInsertDocument{
    "document", "id, order_id, app_time, amount, payer_number, payer_name, sender, state, versions, inventory",
    kDocumentKinds};
constexpr db::Select kOrder{"SELECT id, amount, buyer_number, buyer_name FROM known_order WHERE id = :p1", "tttt"};
constexpr db::Command kDropOrder{"DELETE FROM known_order WHERE id = :p1"};
constexpr db::Insert kInsertOrder{"known_order", "id, amount, buyer_number, buyer_name", "tttt"};
constexpr db::Select kMessage{"SELECT hash, code, text, payments FROM taken_message WHERE id = :p1", "ttti"};
constexpr db::Select kCountMessages{"SELECT COUNT(*) FROM taken_message", "i"};
constexpr db::Insert kInsertMessage{"taken_message", "id, hash, code, text, payments", "tttti"};
constexpr db::Insert kInsertWaiting{
    "waiting", "number, dxp_id, deliver_at, guid, pay_code, serial, status, returned_at, text, message", "ititttiitt"};
constexpr db::Select kDue{
    "SELECT dxp_id, deliver_at, guid, pay_code, serial, status, returned_at, text, message FROM waiting "
    "WHERE deliver_at <= :p1 ORDER BY deliver_at, number",
    "titttiitt"};
constexpr db::Command kDropDue{"DELETE FROM waiting WHERE deliver_at <= :p1"};
constexpr db::Insert kInsertMail{"mail", "dxp_id, number, body", "tit"};
constexpr db::Select kMails{
    "SELECT number, body FROM mail WHERE dxp_id = :p1 AND number > :p2 ORDER BY number LIMIT :p3", "it"};

Document document_of(const db::Found& found, std::size_t row) {
    return {found.text(row, 0), found.text(row, 1), found.text(row, 2), found.text(row, 3),    found.text(row, 4),
            found.text(row, 5), found.text(row, 6), found.text(row, 7), found.integer(row, 8), found.integer(row, 9)};
}

std::vector<Document> documents_of(const db::Found& found) {
    std::vector<Document> documents;
    for (std::size_t row = 0; row < found.size(); ++row) documents.push_back(document_of(found, row));
    return documents;
}

}  // namespace

void create_customs_tables(db::Tx& tx) {
    for (const db::Command& table : kTables) tx.execute(table);
}

std::int64_t next_number(db::Tx& tx, std::string_view kind) {
    db::Rows first;
    first.add(kind, 0);
    tx.insert_absent(kInsertNumber, first);
    tx.execute(kRaiseNumber, {kind});
    return tx.select(kLastNumber, {kind}).integer(0, 0);
}

std::optional<Document> document(db::Reader& reader, const std::string& key) {
    const db::Found found = reader.select(kDocument, {key});
    if (found.empty()) return std::nullopt;
    return document_of(found, 0);
}

std::vector<Document> documents_of_order(db::Reader& reader, const std::string& order_key) {
    return documents_of(reader.select(kDocumentsOfOrder, {order_key}));
}

std::vector<Document> all_documents(db::Reader& reader) {
    return documents_of(reader.select(kAllDocuments));
}

void put_document(db::Tx& tx, const Document& d) {
    tx.execute(kDropDocument, {d.key});
    db::Rows rows;
    rows.add(d.key, d.order_key, d.app_time, d.amount, d.payer_number, d.payer_name, d.sender, d.state, d.versions,
             d.inventory);
    tx.insert(kInsertDocument, rows);
}

std::optional<KnownOrder> known_order(db::Reader& reader, const std::string& key) {
    const db::Found found = reader.select(kOrder, {key});
    if (found.empty()) return std::nullopt;
    return KnownOrder{found.text(0, 0), found.text(0, 1), found.text(0, 2), found.text(0, 3)};
}

void put_order(db::Tx& tx, const KnownOrder& order) {
    tx.execute(kDropOrder, {order.key});
    db::Rows rows;
    rows.add(order.key, order.amount, order.buyer_number, order.buyer_name);
    tx.insert(kInsertOrder, rows);
}

std::optional<TakenMessage> taken_message(db::Reader& reader, const std::string& key) {
    const db::Found found = reader.select(kMessage, {key});
    if (found.empty()) return std::nullopt;
    return TakenMessage{found.text(0, 0), found.text(0, 1), found.text(0, 2), found.integer(0, 3)};
}

void put_message(db::Tx& tx, const std::string& key, const TakenMessage& message) {
    db::Rows rows;
    rows.add(key, message.hash, message.code, message.text, message.payments);
    tx.insert(kInsertMessage, rows);
}

std::int64_t count_messages(db::Reader& reader) {
    return reader.select(kCountMessages).integer(0, 0);
}

void put_waiting(db::Tx& tx, const Waiting& w) {
    db::Rows rows;
    rows.add(next_number(tx, "waiting"), w.dxp_id, w.deliver_at, w.said.guid, w.said.pay_code, w.said.serial,
             w.said.status, w.said.returned_at, w.said.text, w.message);
    tx.insert(kInsertWaiting, rows);
}

std::vector<Waiting> take_due(db::Tx& tx, Instant now) {
    const db::Found found = tx.select(kDue, {now});
    std::vector<Waiting> due;
    for (std::size_t row = 0; row < found.size(); ++row) {
        due.push_back({found.text(row, 0),
                       from_us(found.integer(row, 1)),
                       {found.text(row, 2), found.text(row, 3), found.text(row, 4), found.integer(row, 5),
                        from_us(found.integer(row, 6)), found.text(row, 7)},
                       found.text(row, 8)});
    }
    if (!due.empty()) tx.execute(kDropDue, {now});
    return due;
}

void put_mail(db::Tx& tx, const std::string& dxp_id, std::int64_t number, const std::string& body) {
    db::Rows rows;
    rows.add(dxp_id, number, body);
    tx.insert(kInsertMail, rows);
}

std::vector<Mail> mails(db::Reader& reader, const std::string& dxp_id, std::int64_t after, int limit) {
    const db::Found found = reader.select(kMails, {dxp_id, after, limit});
    std::vector<Mail> read;
    for (std::size_t row = 0; row < found.size(); ++row) read.push_back({found.integer(row, 0), found.text(row, 1)});
    return read;
}

}  // namespace huiqiao::sandbox::port
