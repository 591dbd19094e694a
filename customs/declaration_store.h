#pragma once
// Rows of declarations, their parts, messages and receipts, and of the mailboxes. Parts, messages, keys and receipts
// are only ever added. It decides nothing. Texts of receipts may name persons: they come sealed.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "customs/declaration.h"
#include "src/db/lock_ranks.h"
#include "src/db/write_queue.h"

namespace huiqiao::customs {

inline constexpr db::LockTable kDeclarationLock{db::lock_rank::kDeclaration,
                                                "SELECT id FROM declaration WHERE id IN (:list) ORDER BY id"};
/// Between declarations and work items.
inline constexpr db::LockTable kMailboxLock{db::lock_rank::kDeclaration + 2,
                                            "SELECT id FROM customs_mailbox WHERE id IN (:list) ORDER BY id"};

/// Keys that are good once for ever: key, declaration id. Of a place (order, sub-order, port) and of a serial.
inline constexpr db::Claim kDeclarationClaim{{"declaration_key", "declaration_key, declaration_id", "tt"}, false};
std::string place_key(const Declaration& declaration);
std::string serial_key(std::string_view pay_code, std::string_view serial);

/// values: receipt_key, arrival (the question's reference, the mail's number and the place in it), declaration id ("" :
/// not ours), part_no, return status, returned_at, sealed text.
inline constexpr db::Claim kReceiptClaim{
    {"customs_receipt", "id, arrival, declaration_id, part_no, return_status, returned_at, sealed_text", "tttiiit"},
    false};

/// values: DXP number, "".
inline constexpr db::Claim kMailboxClaim{{"customs_mailbox", "id, asking", "tt"}, true};

struct Mailbox {
    std::string dxp_id;
    std::string asking;  // reference of the question under way; empty: none
    Instant asked_at{};
    std::int64_t last_number = 0;  // all up to it are processed
};

struct Receipt {
    std::string id;
    int part_no = 0;
    std::int64_t status = 0;
    Instant returned_at{};
    std::string sealed_text;  // at ("customs_receipt", id, "text")
};

class DeclarationStore {
 public:
    static void insert(db::Tx& tx, std::span<const Declaration> declarations);
    /// All that may change of locked declarations.
    static void save(db::Tx& tx, std::span<const Declaration* const> declarations);
    static void insert_parts(db::Tx& tx, std::span<const DeclarationPart> parts);
    static void insert_message(db::Tx& tx, const DeclarationMessage& message);

    /// In the order of the ids; those that are absent are left out.
    static std::vector<Declaration> load(db::Reader& reader, std::span<const std::string> ids);
    static std::vector<Declaration> of_orders(db::Reader& reader, std::span<const std::string> order_ids);
    /// Who holds each key; those that nobody holds are left out.
    static std::map<std::string, std::string> holders(db::Reader& reader, std::span<const std::string> keys);
    /// Of each declaration, by part number.
    static std::map<std::string, std::vector<DeclarationPart>> parts(db::Reader& reader,
                                                                     std::span<const std::string> declaration_ids);
    static std::vector<DeclarationPart> parts_of_message(db::Reader& reader, const std::string& message_id);
    static std::vector<Receipt> receipts(db::Reader& reader, const std::string& declaration_id);

    /// Candidates, longest due first: in this state, due by now.
    static std::vector<std::string> due(db::Reader& reader, DeclarationState state, Instant now, int limit);
    /// Something is due or awaited.
    static bool any_open(db::Reader& reader);

    static std::optional<Mailbox> mailbox(db::Reader& reader, const std::string& dxp_id);
    static void save_mailbox(db::Tx& tx, const Mailbox& mailbox);
};

}  // namespace huiqiao::customs
