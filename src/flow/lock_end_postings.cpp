#include "src/flow/lock_end_postings.h"

#include "src/flow/postings_entry.h"

namespace huiqiao::flow::postings {

using ledger::AccountKind;
using ledger::credit;
using ledger::debit;
using ledger::single;

// Customer: Dr fx_payable / Cr due_from_own. Own: Dr due_to_customers / Cr fx_result.
Draft lock_end_cost_lowered(const Event& event, const std::string& bank, Money by) {
    const Currency cny = by.currency();
    return entry(event, "lock_end_cost_lowered",
                 {debit(ledger::fx_payable(bank, cny), by), credit(single(AccountKind::DueFromOwn, cny), by),
                  debit(single(AccountKind::DueToCustomers, cny), by), credit(single(AccountKind::FxResult, cny), by)});
}

// Customer: Dr due_to_own / Cr fx_receivable. Own: Dr fx_result / Cr due_from_customers.
Draft lock_end_gain_lowered(const Event& event, const std::string& bank, Money by) {
    const Currency cny = by.currency();
    return entry(
        event, "lock_end_gain_lowered",
        {debit(single(AccountKind::DueToOwn, cny), by), credit(ledger::fx_receivable(bank, cny), by),
         debit(single(AccountKind::FxResult, cny), by), credit(single(AccountKind::DueFromCustomers, cny), by)});
}

}  // namespace huiqiao::flow::postings
