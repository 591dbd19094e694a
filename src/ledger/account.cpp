#include "src/ledger/account.h"

#include <algorithm>
#include <array>

namespace huiqiao::ledger {

namespace {

constexpr std::size_t kLongestId = 64;  // the column's width on MariaDB

struct KindText {
    AccountKind kind;
    std::string_view text;
    bool has_owner;
};

constexpr std::array<KindText, kAccountKinds> kKinds{{
    {AccountKind::Provision, "provision", true},
    {AccountKind::Clearing, "clearing", true},
    {AccountKind::Transfer, "transfer", false},
    {AccountKind::FxReceivable, "fx_receivable", true},
    {AccountKind::SuspenseDebit, "suspense_debit", false},
    {AccountKind::DueFromOwn, "due_from_own", false},
    {AccountKind::Merchant, "merchant", true},
    {AccountKind::Remitting, "remitting", true},
    {AccountKind::Refunding, "refunding", true},
    {AccountKind::FxPayable, "fx_payable", true},
    {AccountKind::Suspense, "suspense", false},
    {AccountKind::DueToOwn, "due_to_own", false},
    {AccountKind::Position, "position", true},
    {AccountKind::OwnBank, "own_bank", true},
    {AccountKind::DueFromCustomers, "due_from_customers", false},
    {AccountKind::DueToCustomers, "due_to_customers", false},
    {AccountKind::FeeIncome, "fee_income", false},
    {AccountKind::ChannelCost, "channel_cost", false},
    {AccountKind::BankCharge, "bank_charge", false},
    {AccountKind::FxResult, "fx_result", false},
    {AccountKind::Loss, "loss", false},
    {AccountKind::Equity, "equity", false},
}};

constexpr bool is_in_order() {
    for (std::size_t at = 0; at < kKinds.size(); ++at) {
        if (static_cast<std::size_t>(kKinds[at].kind) != at) return false;
    }
    return true;
}
static_assert(is_in_order(), "kKinds stands in the order of AccountKind");

bool is_owner_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

bool is_good_owner(AccountKind kind, std::string_view owner) {
    if (!has_owner(kind)) return owner.empty();
    return !owner.empty() && std::all_of(owner.begin(), owner.end(), is_owner_character);
}

}  // namespace

std::string_view to_text(Side side) {
    return side == Side::Customer ? "customer" : "own";
}
std::string_view to_text(Direction direction) {
    return direction == Direction::Debit ? "debit" : "credit";
}
std::string_view to_text(AccountKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind)).text;
}
bool has_owner(AccountKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind)).has_owner;
}

AccountKind account_kind_from_text(std::string_view text) {
    for (const KindText& known : kKinds) {
        if (known.text == text) return known.kind;
    }
    throw LogicError("no kind of account is called '" + std::string(text) + "'");
}

std::string Account::id() const {
    const std::string_view text = to_text(kind);
    if (!is_good_owner(kind, owner) || text.size() + owner.size() + 5 > kLongestId) {
        throw LogicError("no account can be called " + std::string(text) + " of '" + owner + "'");
    }
    std::string id;
    id.reserve(text.size() + owner.size() + 5);
    id.append(text);
    if (!owner.empty()) id.append(1, ':').append(owner);
    id.append(1, ':').append(currency.code());
    return id;
}

std::optional<Account> Account::from_id(std::string_view id) {
    const std::size_t first = id.find(':');
    const std::size_t last = id.rfind(':');
    if (first == std::string_view::npos || id.size() > kLongestId) return std::nullopt;
    const std::string_view text = id.substr(0, first);
    const auto* known =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const KindText& each) { return each.text == text; });
    const Result<Currency> found = Currency::find(id.substr(last + 1));
    if (known == kKinds.end() || !found) return std::nullopt;
    Account account{known->kind, "", *found};
    if (last > first) account.owner = id.substr(first + 1, last - first - 1);
    if (last != first && account.owner.empty()) return std::nullopt;
    if (!is_good_owner(account.kind, account.owner)) return std::nullopt;
    return account;
}

}  // namespace huiqiao::ledger
