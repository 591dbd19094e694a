#pragma once
// Customs' own books: one document a payment serial, the orders that it was told of, messages by sender and CopMsgId,
// the receipts that wait to be delivered, and the mailboxes. Knows no XML and no HTTP.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sandbox/customs_message.h"
#include "src/db/database.h"

namespace huiqiao::sandbox::port {

struct Document {
    std::string key;        // payCode|serial
    std::string order_key;  // ebpCode|orderNo
    std::string app_time;
    std::string amount;
    std::string payer_number;
    std::string payer_name;
    std::string sender;  // DXP number
    std::string state;   // stored, waiting (for the order), rejected, deleted
    std::int64_t versions = 0;
    std::int64_t inventory = 0;  // 1: the inventory is declared
};

struct KnownOrder {
    std::string key;
    std::string amount;
    std::string buyer_number;
    std::string buyer_name;
};

struct Waiting {
    std::string dxp_id;
    Instant deliver_at{};
    Return said;
    std::string message;  // a whole CEB900 instead, when not empty
};

struct Mail {
    std::int64_t number = 0;
    std::string body;
};

void create_customs_tables(db::Tx& tx);
std::int64_t next_number(db::Tx& tx, std::string_view kind);

std::optional<Document> document(db::Reader& reader, const std::string& key);
std::vector<Document> documents_of_order(db::Reader& reader, const std::string& order_key);
std::vector<Document> all_documents(db::Reader& reader);
void put_document(db::Tx& tx, const Document& document);
std::optional<KnownOrder> known_order(db::Reader& reader, const std::string& key);
void put_order(db::Tx& tx, const KnownOrder& order);

struct TakenMessage {
    std::string hash;
    std::string code;
    std::string text;
    std::int64_t payments = 0;
};
std::optional<TakenMessage> taken_message(db::Reader& reader, const std::string& key);
void put_message(db::Tx& tx, const std::string& key, const TakenMessage& message);
std::int64_t count_messages(db::Reader& reader);

void put_waiting(db::Tx& tx, const Waiting& waiting);
/// Those that are due, in order of delivery, taken out of the books.
std::vector<Waiting> take_due(db::Tx& tx, Instant now);
void put_mail(db::Tx& tx, const std::string& dxp_id, std::int64_t number, const std::string& body);
std::vector<Mail> mails(db::Reader& reader, const std::string& dxp_id, std::int64_t after, int limit);

}  // namespace huiqiao::sandbox::port
