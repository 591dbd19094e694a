#pragma once
// Rows of the direct link: the records of deals (mother deals) with what was taken of their details, and the serials
// that came. The deals themselves stand with the dealing room's (fx_deals.h), by the same reference.

#include <optional>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/db/database.h"

namespace huiqiao::sandbox::bank {

struct DirectRecord {
    std::string reference;  // YURREF
    std::string number;     // REQNBR
    std::string currency;   // bought
    bool cny_fixed = true;
    std::int64_t amount_minor = 0;  // of the fixed side
    std::string cny_account;
    std::string foreign_account;
    Date value_date;
    int all_rows = 0;
    int rows_taken = 0;
    int rounds = 0;
    std::int64_t taken_minor = 0;
    Instant opened_at{};
    std::string shown;     // a state shown instead of the true one, while a fault wants it; empty: none
    Instant rejects_at{};  // while a fault wants it
};

void create_direct_tables(db::Tx& tx);
std::optional<DirectRecord> find_record(db::Reader& reader, const std::string& reference);
void insert_record(db::Tx& tx, const DirectRecord& record);
/// What was taken, what is shown, and when it is rejected; the rest never changes.
void save_record(db::Tx& tx, const DirectRecord& record);
/// Those that are to be rejected by now.
std::vector<DirectRecord> rejecting_records(db::Reader& reader, Instant now);
std::vector<DirectRecord> all_records(db::Reader& reader);

/// False where the serial came before.
bool take_serial(db::Tx& tx, const std::string& serial);

}  // namespace huiqiao::sandbox::bank
