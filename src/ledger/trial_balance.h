#pragma once
// The trial balance: what all accounts of a kind sum to, per currency, and the equations that must hold between kinds.
// Two currencies never meet in a sum. Sums come from account rows here (trial_balance) or from postings (verify).

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "src/db/database.h"
#include "src/ledger/account.h"

namespace huiqiao::ledger {

class TrialBalance {
 public:
    struct Row {
        std::int64_t balance_minor = 0;  // in the kind's normal sign
        std::int64_t held_minor = 0;
        std::int64_t accounts = 0;
    };
    using Key = std::pair<std::string, AccountKind>;  // currency code, kind

    /// Throws LogicError where a sum overflows.
    void add(const std::string& currency, AccountKind kind, std::int64_t balance_minor, std::int64_t held_minor,
             std::int64_t accounts = 1);
    [[nodiscard]] const std::map<Key, Row>& rows() const { return rows_; }
    [[nodiscard]] std::int64_t balance_minor(const std::string& currency, AccountKind kind) const;
    [[nodiscard]] std::vector<std::string> currencies() const;

    /// Each broken equation as an Error with its numbers: the two sides of the customers' books, the own books, and the
    /// two bridges with their mirrors.
    [[nodiscard]] std::vector<Error> broken(const Chart& chart) const;

 private:
    std::map<Key, Row> rows_;
};

TrialBalance trial_balance(db::Reader& reader);

namespace ledger_error {
inline constexpr ErrorCode kCustomerBooksUnequal{
    "customer_books_unequal", ErrorGroup::Internal,
    "{currency}: customers' assets and positions are {assets}, their liabilities {liabilities}.",
    "{currency}：客户侧资产及头寸为 {assets}，负债为 {liabilities}。"};
inline constexpr ErrorCode kOwnBooksUnequal{
    "own_books_unequal", ErrorGroup::Internal,
    "{currency}: own debit balances are {debits}, own credit balances {credits}.",
    "{currency}：自有侧借方余额为 {debits}，贷方余额为 {credits}。"};
inline constexpr ErrorCode kBridgeUnequal{"bridge_unequal", ErrorGroup::Internal,
                                          "{currency}: {bridge} is {amount}, its mirror {mirror} is {mirror_amount}.",
                                          "{currency}：{bridge} 为 {amount}，对应科目 {mirror} 为 {mirror_amount}。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
