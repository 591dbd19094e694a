#include "src/api/reading_store.h"

namespace huiqiao::api {

namespace {

constexpr db::Select kRemittances{
    "SELECT r.id FROM remittance r JOIN merchant m ON m.id = r.merchant_id "
    "WHERE m.platform_id = :p1 AND r.id < :p2 ORDER BY r.id DESC LIMIT :p3",
    "t"};
constexpr db::Select kAccounts{
    "SELECT id, currency, balance_minor, held_minor FROM account WHERE id > :p1 AND id < :p2 ORDER BY id LIMIT :p3",
    "ttii"};

// Sorts after every id of ours.
constexpr std::string_view kAfterAll = "~";
// More than there are currencies.
constexpr int kMostCurrencies = 1'000;

}  // namespace

std::vector<std::string> ReadingStore::remittance_ids(db::Reader& reader, const std::string& platform_id,
                                                      const std::string& before_id, int limit) {
    const db::Found found =
        reader.select(kRemittances, {platform_id, before_id.empty() ? std::string(kAfterAll) : before_id, limit});
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

std::vector<AccountBalance> ReadingStore::accounts(db::Reader& reader, const std::string& after,
                                                   const std::string& before, int limit) {
    const db::Found found = reader.select(kAccounts, {after, before.empty() ? std::string(kAfterAll) : before, limit});
    std::vector<AccountBalance> accounts;
    accounts.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency currency = Currency::known(found.text(row, 1));
        accounts.push_back({found.text(row, 0), Money::of_minor(currency, found.integer(row, 2)),
                            Money::of_minor(currency, found.integer(row, 3))});
    }
    return accounts;
}

std::vector<AccountBalance> ReadingStore::merchant_accounts(db::Reader& reader, const std::string& merchant_id) {
    // "merchant:<id>:<currency>": ';' is the character behind ':'.
    const std::string beginning = "merchant:" + merchant_id;
    return accounts(reader, beginning + ":", beginning + ";", kMostCurrencies);
}

}  // namespace huiqiao::api
