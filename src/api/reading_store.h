#pragma once
// Reads that join rows of several rooms for one answer of the API. Reads only; through keys and indexes.

#include <string>
#include <vector>

#include "src/base/money.h"
#include "src/db/database.h"

namespace huiqiao::api {

struct AccountBalance {
    std::string account_id;
    Money booked;  // in the account's normal sign
    Money held;
};

class ReadingStore {
 public:
    /// Of all merchants of a platform, newest first, before the given id where it is not empty.
    static std::vector<std::string> remittance_ids(db::Reader& reader, const std::string& platform_id,
                                                   const std::string& before_id, int limit);
    /// In order of ids, between the two (both excluded).
    static std::vector<AccountBalance> accounts(db::Reader& reader, const std::string& after, const std::string& before,
                                                int limit);
    /// All accounts of a merchant, one a currency that it ever had.
    static std::vector<AccountBalance> merchant_accounts(db::Reader& reader, const std::string& merchant_id);
};

}  // namespace huiqiao::api
