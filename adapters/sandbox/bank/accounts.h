#pragma once
// The sandbox bank's own books: accounts in one currency each, and their entries, which never change. Every booking has
// a key of its own (a deposit, a payment, a leg of a deal), so that booking it again changes nothing. Entries are
// numbered from 1 a day and account, without a gap, and carry the bank's reference, unique for ever.
// Knows nothing of payments, deals or messages; shares no code with the books of the institution.

#include <optional>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/db/database.h"

namespace huiqiao::sandbox::bank {

/// Where the entry comes from, as ISO 20022 bank transaction codes (domain/family/sub-family).
inline constexpr std::string_view kReceived = "PMNT/RCDT/DMCT";         // credit transfer received at home
inline constexpr std::string_view kIssued = "PMNT/ICDT/XBCT";           // cross-border transfer issued
inline constexpr std::string_view kIssuedHome = "PMNT/ICDT/DMCT";       // transfer issued at home
inline constexpr std::string_view kReturned = "PMNT/ICDT/RRTN";         // our transfer came back
inline constexpr std::string_view kCharge = "ACMT/MDOP/CHRG";           // a charge of the bank
inline constexpr std::string_view kForeignExchange = "FORX/SPOT/OTHR";  // a leg of a deal

struct Booking {
    std::string key;         // of what is booked: "deposit:…", "payment:…", "deal:…:cny"
    std::string account;     // "sb-usd"; also what stands as the account number in messages
    Money amount;            // positive, in the account's currency
    bool is_credit = false;  // credit: more money for the account's owner
    std::string_view code = kReceived;
    std::string end_to_end;  // the customer's reference of the payment, deal or deposit; may be empty
    std::string narrative;   // at most 140 characters
    Date value_date;
    std::string return_reason;        // "AC04" of a returned payment, else empty
    std::optional<Money> instructed;  // of a returned payment: what was sent, where the bank kept a charge
    bool may_overdraw = false;        // what the bank does by itself is booked even below zero
};

struct Entry {
    std::string account;
    Date booked_on;  // in Shanghai
    int sequence = 0;
    std::string bank_reference;
    Money amount;
    bool is_credit = false;
    std::string code;
    std::string end_to_end;
    std::string narrative;
    Date value_date;
    Instant booked_at{};
    std::string return_reason;
    std::optional<Money> instructed;
};

struct AccountState {
    std::string account;
    Currency currency;
    Money balance;
    Date opened_on;
};

void create_account_tables(db::Tx& tx);
/// Nothing where the account is there.
void open_account(db::Tx& tx, const std::string& account, Currency currency, Instant now);
std::optional<AccountState> find_account(db::Reader& reader, const std::string& account);
std::vector<AccountState> all_accounts(db::Reader& reader);

/// The entry's bank reference; that of the first booking where the key was booked before.
/// Errors: kNoAccount, kWrongCurrency, kNotEnough (and the amount would take the account below zero).
Result<std::string> book(db::Tx& tx, const Booking& booking, Instant now);

/// In order of booking; entries of that day with a higher sequence, at most `limit`.
std::vector<Entry> entries_of_day(db::Reader& reader, const std::string& account, Date day, int after_sequence,
                                  int limit);
/// Balance before the first entry of the day.
Money opening_balance(db::Reader& reader, const std::string& account, Date day);
/// Of one day: opening + credits - debits.
Money closing_balance(db::Reader& reader, const std::string& account, Date day);

namespace account_error {
inline constexpr ErrorCode kNoAccount{"no_account", ErrorGroup::NotFound, "There is no account {account}.",
                                      "账户 {account} 不存在。"};
inline constexpr ErrorCode kWrongCurrency{"wrong_currency", ErrorGroup::Rule,
                                          "Account {account} is kept in {currency}.",
                                          "账户 {account} 的币种为 {currency}。"};
inline constexpr ErrorCode kNotEnough{"not_enough", ErrorGroup::Declined, "Account {account} has {balance} only.",
                                      "账户 {account} 余额仅 {balance}。"};
}  // namespace account_error

}  // namespace huiqiao::sandbox::bank
