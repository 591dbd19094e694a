#include "adapters/sandbox/bank/accounts.h"

#include <cstdio>

namespace huiqiao::sandbox::bank {
namespace {

constexpr db::Command kAccountTable{
    "CREATE TABLE IF NOT EXISTS bank_account (account TEXT NOT NULL PRIMARY KEY, currency TEXT NOT NULL, "
    "balance_minor INTEGER NOT NULL, opened_on INTEGER NOT NULL) STRICT"};
constexpr db::Command kEntryTable{
    "CREATE TABLE IF NOT EXISTS bank_entry (booking_key TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, "
    "booked_on INTEGER NOT NULL, sequence INTEGER NOT NULL, bank_reference TEXT NOT NULL UNIQUE, "
    "amount_minor INTEGER NOT NULL, is_credit INTEGER NOT NULL, code TEXT NOT NULL, end_to_end TEXT NOT NULL, "
    "narrative TEXT NOT NULL, value_date INTEGER NOT NULL, booked_at INTEGER NOT NULL, return_reason TEXT NOT NULL, "
    "instructed_minor INTEGER NOT NULL, balance_after INTEGER NOT NULL, UNIQUE (account, booked_on, sequence)) STRICT"};

constexpr db::Insert kInsertAccount{"bank_account", "account, currency, balance_minor, opened_on", "ttii"};
constexpr db::Select kFindAccount{
    "SELECT account, currency, balance_minor, opened_on FROM bank_account WHERE account = :p1", "ttii"};
constexpr db::Select kAllAccounts{
    "SELECT account, currency, balance_minor, opened_on FROM bank_account ORDER BY account", "ttii"};
constexpr db::Command kSetBalance{"UPDATE bank_account SET balance_minor = :p1 WHERE account = :p2"};

constexpr db::Insert kInsertEntry{
    "bank_entry",
    "booking_key, account, booked_on, sequence, bank_reference, amount_minor, is_credit, code, end_to_end, narrative, "
    "value_date, booked_at, return_reason, instructed_minor, balance_after",
    "ttiitiitttiitii"};
constexpr db::Select kFindEntry{"SELECT bank_reference FROM bank_entry WHERE booking_key = :p1", "t"};
constexpr db::Select kLastSequence{
    "SELECT sequence FROM bank_entry WHERE account = :p1 AND booked_on = :p2 ORDER BY sequence DESC LIMIT 1", "i"};
constexpr db::Select kEntries{
    "SELECT account, booked_on, sequence, bank_reference, amount_minor, is_credit, code, end_to_end, narrative, "
    "value_date, booked_at, return_reason, instructed_minor FROM bank_entry "
    "WHERE account = :p1 AND booked_on = :p2 AND sequence > :p3 ORDER BY sequence LIMIT :p4",
    "tiitiitttiiti"};
constexpr db::Select kBalanceBefore{
    "SELECT balance_after FROM bank_entry WHERE account = :p1 AND booked_on < :p2 "
    "ORDER BY booked_on DESC, sequence DESC LIMIT 1",
    "i"};

AccountState account_at(const db::Found& found, std::size_t row) {
    const Currency currency = Currency::known(found.text(row, 1));
    return {found.text(row, 0), currency, Money::of_minor(currency, found.integer(row, 2)),
            Date::of_number(found.integer(row, 3))};
}

Money balance_before(db::Reader& reader, const std::string& account, Date day) {
    const std::optional<AccountState> state = find_account(reader, account);
    if (!state) throw LogicError("the sandbox bank has no account " + account);
    const db::Found found = reader.select(kBalanceBefore, {account, day});
    return found.empty() ? Money::zero(state->currency) : Money::of_minor(state->currency, found.integer(0, 0));
}

}  // namespace

void create_account_tables(db::Tx& tx) {
    tx.execute(kAccountTable);
    tx.execute(kEntryTable);
}

void open_account(db::Tx& tx, const std::string& account, Currency currency, Instant now) {
    if (find_account(tx, account)) return;
    db::Rows rows;
    rows.add(account, currency.code(), 0, Date::in_shanghai(now));
    tx.insert(kInsertAccount, rows);
}

std::optional<AccountState> find_account(db::Reader& reader, const std::string& account) {
    const db::Found found = reader.select(kFindAccount, {account});
    if (found.empty()) return std::nullopt;
    return account_at(found, 0);
}

std::vector<AccountState> all_accounts(db::Reader& reader) {
    const db::Found found = reader.select(kAllAccounts);
    std::vector<AccountState> accounts;
    for (std::size_t i = 0; i < found.size(); ++i) accounts.push_back(account_at(found, i));
    return accounts;
}

Result<std::string> book(db::Tx& tx, const Booking& booking, Instant now) {
    if (const db::Found before = tx.select(kFindEntry, {booking.key}); !before.empty()) return before.text(0, 0);
    const std::optional<AccountState> state = find_account(tx, booking.account);
    if (!state) return Error(account_error::kNoAccount, {{"account", booking.account}});
    if (state->currency != booking.amount.currency()) {
        return Error(account_error::kWrongCurrency,
                     {{"account", booking.account}, {"currency", std::string(state->currency.code())}});
    }
    const Money after = booking.is_credit ? state->balance + booking.amount : state->balance - booking.amount;
    if (after.is_negative() && !booking.is_credit && !booking.may_overdraw) {
        return Error(account_error::kNotEnough, {{"account", booking.account}, {"balance", state->balance.text()}});
    }
    const Date today = Date::in_shanghai(now);
    const db::Found last = tx.select(kLastSequence, {booking.account, today});
    const std::int64_t sequence = last.empty() ? 1 : last.integer(0, 0) + 1;
    char reference[48];
    std::snprintf(reference, sizeof reference, "SB%lld%s%06lld", static_cast<long long>(today.number()),
                  std::string(state->currency.code()).c_str(), static_cast<long long>(sequence));
    db::Rows rows;
    // The account's name tells apart two accounts of one currency.
    const std::string bank_reference = std::string(reference) + "-" + booking.account.substr(0, 12);
    rows.add(booking.key, booking.account, today, sequence, bank_reference, booking.amount.minor(),
             booking.is_credit ? 1 : 0, booking.code, booking.end_to_end, booking.narrative,
             booking.value_date == Date() ? today : booking.value_date, now, booking.return_reason,
             booking.instructed ? booking.instructed->minor() : std::int64_t{0}, after.minor());
    tx.insert(kInsertEntry, rows);
    tx.execute(kSetBalance, {after.minor(), booking.account});
    return bank_reference;
}

std::vector<Entry> entries_of_day(db::Reader& reader, const std::string& account, Date day, int after_sequence,
                                  int limit) {
    const std::optional<AccountState> state = find_account(reader, account);
    std::vector<Entry> entries;
    if (!state) return entries;
    const db::Found found = reader.select(kEntries, {account, day, after_sequence, limit});
    for (std::size_t i = 0; i < found.size(); ++i) {
        Entry entry{.account = account,
                    .booked_on = day,
                    .sequence = static_cast<int>(found.integer(i, 2)),
                    .bank_reference = found.text(i, 3),
                    .amount = Money::of_minor(state->currency, found.integer(i, 4)),
                    .is_credit = found.integer(i, 5) != 0,
                    .code = found.text(i, 6),
                    .end_to_end = found.text(i, 7),
                    .narrative = found.text(i, 8),
                    .value_date = Date::of_number(found.integer(i, 9)),
                    .booked_at = from_us(found.integer(i, 10)),
                    .return_reason = found.text(i, 11),
                    .instructed = std::nullopt};
        if (found.integer(i, 12) != 0) entry.instructed = Money::of_minor(state->currency, found.integer(i, 12));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Money opening_balance(db::Reader& reader, const std::string& account, Date day) {
    return balance_before(reader, account, day);
}

Money closing_balance(db::Reader& reader, const std::string& account, Date day) {
    return balance_before(reader, account, day.plus_days(1));
}

}  // namespace huiqiao::sandbox::bank
