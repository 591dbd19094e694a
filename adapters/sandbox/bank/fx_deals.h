#pragma once
// Rows of the dealing room: locks and deals, by the customer's reference.

#include <optional>
#include <string>
#include <vector>

#include "src/base/money.h"
#include "src/db/database.h"

namespace huiqiao::sandbox::bank {

struct FxLockRow {
    std::string reference;
    std::string body_hash;
    std::string lock_no;  // empty: refused
    std::string currency;
    int unit = 1;
    std::int64_t price_e4 = 0;
    std::string fixed_side;
    std::int64_t amount_minor = 0;
    Date value_date;
    Instant expires_at{};
    std::int64_t used_minor = 0;  // of the fixed side, by deals
    std::string code;             // of a refusal
};

struct FxDealRow {
    std::string reference;
    std::string body_hash;
    std::string status;  // "processing", "dealt", "rejected"
    std::string deal_no;
    std::string lock_reference;
    std::string currency;
    int unit = 1;
    std::int64_t price_e4 = 0;
    std::int64_t cny_minor = 0;
    std::int64_t foreign_minor = 0;
    Date value_date;
    std::string cny_account;
    std::string foreign_account;
    std::string code;
    Instant due_at{};  // dealt when processing, settled when dealt
    bool settled = false;
};

void create_fx_tables(db::Tx& tx);
std::optional<FxLockRow> find_lock(db::Reader& reader, const std::string& reference);
std::optional<FxLockRow> find_lock_by_no(db::Reader& reader, const std::string& lock_no);
void insert_lock(db::Tx& tx, const FxLockRow& lock);
/// So much more of it was dealt by.
void use_lock(db::Tx& tx, const std::string& reference, std::int64_t minor);
/// The same lock, promised anew.
void roll_lock(db::Tx& tx, const std::string& reference, std::int64_t price_e4, Instant expires_at, Date value_date);

std::optional<FxDealRow> find_deal(db::Reader& reader, const std::string& reference);
void insert_deal(db::Tx& tx, const FxDealRow& deal);
void save_deal(db::Tx& tx, const FxDealRow& deal);
/// Processing or dealt, not settled, and due.
std::vector<FxDealRow> due_deals(db::Reader& reader, Instant now, int limit);
std::vector<FxDealRow> all_deals(db::Reader& reader);
/// CNY of deals that are not settled yet.
std::int64_t promised_cny(db::Reader& reader, const std::string& cny_account);

}  // namespace huiqiao::sandbox::bank
