#pragma once
// An account of the books: kind, whose (owner), currency. Its id is a readable path that says all three:
// "merchant:mch_01J…:CNY", "provision:sb-usd", "due_to_own:CNY". The chart (config/chart_of_accounts.csv) says for each
// kind its side (customer or own), its normal sign and whether it is guarded; sides never mix in an entry.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/currency.h"

namespace huiqiao::ledger {

enum class Side { Customer, Own };
enum class Direction { Debit, Credit };

enum class AccountKind {
    // customer side, assets
    Provision,
    Clearing,
    Transfer,
    FxReceivable,
    SuspenseDebit,
    DueFromOwn,
    // customer side, liabilities
    Merchant,
    Remitting,
    Refunding,
    FxPayable,
    Suspense,
    DueToOwn,
    // customer side, neither: zero when its purchase closes
    Position,
    // own side
    OwnBank,
    DueFromCustomers,
    DueToCustomers,
    FeeIncome,
    ChannelCost,
    BankCharge,
    FxResult,
    Loss,
    Equity,
};

inline constexpr std::size_t kAccountKinds = 22;

std::string_view to_text(Side side);
std::string_view to_text(Direction direction);
std::string_view to_text(AccountKind kind);
/// LogicError where the text is none of ours.
AccountKind account_kind_from_text(std::string_view text);
/// Whether an account of this kind belongs to somebody (a bank account, a channel, a merchant, a purchase).
bool has_owner(AccountKind kind);

struct Account {
    AccountKind kind;
    std::string owner;  // bank account, channel, bank, merchant or purchase; empty for one-per-currency kinds
    Currency currency;

    /// kind[:owner]:currency, at most 64 characters. LogicError where an owner is missing, is there for a kind that has
    /// none, or has other characters than [A-Za-z0-9._-].
    [[nodiscard]] std::string id() const;
    /// Back from an id; nullopt where id() would not have written it.
    static std::optional<Account> from_id(std::string_view id);
    friend bool operator==(const Account&, const Account&) = default;
};

inline Account provision(std::string bank_account, Currency c) {
    return {AccountKind::Provision, std::move(bank_account), c};
}
inline Account clearing(std::string channel, Currency c) {
    return {AccountKind::Clearing, std::move(channel), c};
}
inline Account transfer(Currency c) {
    return {AccountKind::Transfer, "", c};
}
inline Account fx_receivable(std::string bank, Currency c) {
    return {AccountKind::FxReceivable, std::move(bank), c};
}
inline Account fx_payable(std::string bank, Currency c) {
    return {AccountKind::FxPayable, std::move(bank), c};
}
inline Account suspense(Currency c) {
    return {AccountKind::Suspense, "", c};
}
inline Account suspense_debit(Currency c) {
    return {AccountKind::SuspenseDebit, "", c};
}
inline Account merchant(std::string id, Currency c) {
    return {AccountKind::Merchant, std::move(id), c};
}
inline Account remitting(std::string bank_account, Currency c) {
    return {AccountKind::Remitting, std::move(bank_account), c};
}
inline Account refunding(std::string channel, Currency c) {
    return {AccountKind::Refunding, std::move(channel), c};
}
inline Account position(std::string purchase, Currency c) {
    return {AccountKind::Position, std::move(purchase), c};
}
inline Account own_bank(std::string bank_account, Currency c) {
    return {AccountKind::OwnBank, std::move(bank_account), c};
}
/// The kinds of which there is one a currency: due_from_own, due_to_own, due_from_customers, fee_income …
inline Account single(AccountKind kind, Currency c) {
    return {kind, "", c};
}

/// The chart of accounts: what config/chart_of_accounts.csv says of each kind. Errors name the line.
class Chart {
 public:
    struct Row {
        AccountKind kind;
        Side side;
        Direction normal;  // the sign in which a balance is kept: debit for assets and costs
        bool guarded;      // below zero only by facts, and then with an open break
        std::string path;  // in reports and exports, before the owner: "customer:assets:provision"
        std::string english;
        std::string chinese;
    };
    /// Reads "kind,side,normal,guarded,path,english,chinese" lines with that heading, each kind once; '#' begins a
    /// comment line.
    static Result<Chart> parse(std::string_view csv);
    [[nodiscard]] const Row& row(AccountKind kind) const { return rows_.at(static_cast<std::size_t>(kind)); }

 private:
    std::vector<Row> rows_;
};

namespace ledger_error {
inline constexpr ErrorCode kBadChart{"bad_chart_of_accounts", ErrorGroup::Syntax,
                                     "The chart of accounts is wrong in line {line}: {why}.",
                                     "会计科目表第 {line} 行有误：{why}。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
