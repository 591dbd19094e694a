#pragma once
// Rows of the dealing room's ends of locks: costs that were named, and ends by them, by the customer's reference.

#include <optional>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/db/database.h"

namespace huiqiao::sandbox::bank {

struct EndCostRow {
    std::string reference;
    std::string body_hash;
    std::string offer_no;  // empty: refused
    std::string lock_no;
    std::string way;
    std::int64_t amount_minor = 0;  // what was left, of the lock's fixed side
    std::int64_t pays_minor = 0;    // by the customer, in CNY
    std::int64_t gets_minor = 0;
    std::string cny_account;
    Instant stands_until{};
    std::string code;  // of a refusal
    // Of a roll: what the lock promises then; the price is 0 of any other.
    std::int64_t price_e4 = 0;
    Instant expires_at{};
    Date value_date = {};
    std::string currency = {};
    int unit = 1;
};

struct EndRow {
    std::string reference;
    std::string body_hash;
    std::string status;  // "processing", "ended", "rejected"
    std::string end_no;
    std::string offer_no;
    std::int64_t pays_minor = 0;
    std::int64_t gets_minor = 0;
    std::string cny_account;
    std::string code;
    Instant due_at{};  // ended when processing, booked when ended
    bool settled = false;
};

void create_lock_end_tables(db::Tx& tx);
std::optional<EndCostRow> find_cost(db::Reader& reader, const std::string& reference);
std::optional<EndCostRow> find_cost_by_no(db::Reader& reader, const std::string& offer_no);
void insert_cost(db::Tx& tx, const EndCostRow& cost);
/// At its price now.
void reprice_cost(db::Tx& tx, const EndCostRow& cost);

std::optional<EndRow> find_end(db::Reader& reader, const std::string& reference);
/// An offer is good for one end; one that was refused used none.
bool is_used(db::Reader& reader, const std::string& offer_no);
void insert_end(db::Tx& tx, const EndRow& end);
void save_end(db::Tx& tx, const EndRow& end);
std::vector<EndRow> due_ends(db::Reader& reader, Instant now, int limit);
std::vector<EndRow> all_ends(db::Reader& reader);

}  // namespace huiqiao::sandbox::bank
