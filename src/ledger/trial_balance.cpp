#include "src/ledger/trial_balance.h"

#include <array>
#include <set>
#include <span>

#include "src/base/money.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"

namespace huiqiao::ledger {

namespace {

std::string amount_text(const std::string& currency, std::int64_t minor) {
    const auto known = Currency::find(currency);
    return known ? Money::of_minor(*known, minor).text() : std::to_string(minor) + " minor units";
}

struct Bridge {
    AccountKind customer;
    AccountKind own;
};
/// What customers' books owe to ours and the other way, as either side has it.
constexpr std::array<Bridge, 2> kBridges{
    {{AccountKind::DueFromOwn, AccountKind::DueToCustomers}, {AccountKind::DueToOwn, AccountKind::DueFromCustomers}}};

}  // namespace

void TrialBalance::add(const std::string& currency, AccountKind kind, std::int64_t balance_minor,
                       std::int64_t held_minor, std::int64_t accounts) {
    Row& row = rows_[{currency, kind}];
    add_checked(row.balance_minor, balance_minor, currency);
    add_checked(row.held_minor, held_minor, currency);
    row.accounts += accounts;
}

std::int64_t TrialBalance::balance_minor(const std::string& currency, AccountKind kind) const {
    const auto at = rows_.find({currency, kind});
    return at == rows_.end() ? 0 : at->second.balance_minor;
}

std::vector<std::string> TrialBalance::currencies() const {
    std::set<std::string> codes;
    for (const auto& [key, row] : rows_) codes.insert(key.first);
    return {codes.begin(), codes.end()};
}

std::vector<Error> TrialBalance::broken(const Chart& chart) const {
    std::vector<Error> broken;
    for (const std::string& currency : currencies()) {
        // By side (customer, own) and normal direction (debit, credit).
        std::array<std::array<std::int64_t, 2>, 2> sums{};
        for (std::size_t at = 0; at < kAccountKinds; ++at) {
            const Chart::Row& kind = chart.row(static_cast<AccountKind>(at));
            add_checked(sums[static_cast<std::size_t>(kind.side)][static_cast<std::size_t>(kind.normal)],
                        balance_minor(currency, kind.kind), currency);
        }
        const auto& [customer, own] = sums;
        if (customer[0] != customer[1]) {
            broken.emplace_back(
                ledger_error::kCustomerBooksUnequal,
                std::vector<std::pair<std::string, std::string>>{{"currency", currency},
                                                                 {"assets", amount_text(currency, customer[0])},
                                                                 {"liabilities", amount_text(currency, customer[1])}});
        }
        if (own[0] != own[1]) {
            broken.emplace_back(ledger_error::kOwnBooksUnequal, std::vector<std::pair<std::string, std::string>>{
                                                                    {"currency", currency},
                                                                    {"debits", amount_text(currency, own[0])},
                                                                    {"credits", amount_text(currency, own[1])}});
        }
        for (const Bridge& bridge : kBridges) {
            const std::int64_t here = balance_minor(currency, bridge.customer);
            const std::int64_t there = balance_minor(currency, bridge.own);
            if (here == there) continue;
            broken.emplace_back(ledger_error::kBridgeUnequal, std::vector<std::pair<std::string, std::string>>{
                                                                  {"currency", currency},
                                                                  {"bridge", std::string(to_text(bridge.customer))},
                                                                  {"amount", amount_text(currency, here)},
                                                                  {"mirror", std::string(to_text(bridge.own))},
                                                                  {"mirror_amount", amount_text(currency, there)}});
        }
    }
    return broken;
}

TrialBalance trial_balance(db::Reader& reader) {
    TrialBalance balance;
    const db::Found found = reader.select(store::kTrialSums);
    for (std::size_t row = 0; row < found.size(); ++row) {
        balance.add(found.text(row, 0), account_kind_from_text(found.text(row, 1)), found.integer(row, 2),
                    found.integer(row, 3), found.integer(row, 4));
    }
    return balance;
}

}  // namespace huiqiao::ledger
