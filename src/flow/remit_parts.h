#pragma once
// Inside of remit: its three operations, each in a file of its own, and what they share.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/flow/operation_of.h"
#include "src/flow/remit.h"
#include "src/orders/order.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {

inline constexpr std::string_view kPayOperation = "remittance.pay";
inline constexpr std::string_view kRemittanceSubject = "remittance";

/// Candidates of one currency, oldest first.
struct RemitItem final : db::Item {
    std::vector<std::string> order_ids;
    Currency currency;
    bool is_of_parts = false;  // bought parts, though the rest of their orders' money waits
    int made = 0;              // answer
    explicit RemitItem(Currency paid) : currency(paid) {}
};

std::unique_ptr<db::Operation> make_order_remittances(const RemitParts& parts);
std::unique_ptr<calls::AnswerHandler> make_pay_handler(const RemitParts& parts);
std::unique_ptr<LineTaker> make_remittance_lines(const RemitParts& parts);

std::unique_ptr<Decision> make_own_transfer(const RemitParts& parts);

/// Ordered, and yet without id, references, time and merchant. payee_id: a payee, or the account of ours that is paid.
remittance::Remittance new_remittance(remittance::Kind kind, const std::string& bank_account,
                                      const std::string& payee_id, const Money& amount);

/// nullptr where there is none of that name and currency.
const ProvisionAccount* find_account(const std::vector<ProvisionAccount>& accounts, const std::string& name,
                                     Currency currency);

/// Accounts that any event of these remittances may touch.
std::vector<ledger::Account> accounts_of(const std::map<std::string, remittance::Remittance>& remittances);

/// Confirmed without the bank's answer, from the books: its instructions are settled, and no query follows.
void confirm_instructions(db::Group& group, const remittance::Remittance& one, const std::string& note);

/// Orders of allocations, loaded under lock, to be changed and saved together.
class AllocatedOrders {
 public:
    AllocatedOrders(db::Reader& reader, std::span<const remittance::Allocation> allocations);
    /// One call an allocation; LogicError where the order is gone.
    [[nodiscard]] orders::Order& at(const std::string& order_id);
    /// Saves those that at() gave out.
    void save(db::Group& group, const std::string& event_type);

 private:
    std::map<std::string, orders::Order> orders_;
    std::vector<std::string> changed_;
};

}  // namespace huiqiao::flow
