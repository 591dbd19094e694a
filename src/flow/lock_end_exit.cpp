#include "src/flow/lock_end_exit.h"

#include "fx/lock_end_settled_store.h"
#include "fx/lock_end_store.h"
#include "fx/quote_store.h"
#include "src/flow/explain_debit_parts.h"
#include "src/flow/lock_end_parts.h"
#include "src/flow/resolve_suspense.h"

namespace huiqiao::flow {

namespace {

Error refused(const Suspended& item, const std::string& end_id, std::string why) {
    const std::string subject = "end " + end_id + " of a lock";
    if (item.is_debit()) return does_not_fit(item, subject, std::move(why));
    return Error(suspense_error::kDoesNotFit,
                 {{"amount", amount_with_currency(item.amount)}, {"subject", subject}, {"why", std::move(why)}});
}

}  // namespace

void touch_lock_end(db::Reader& reader, const std::string& end_id, Touched& touched) {
    const std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, end_id);
    if (!end) return;
    const Currency cny = Currency::known("CNY");
    touched.row(fx::kLockLock, end->lock_id);
    touched.accounts.push_back(ledger::provision(end->cny_account, cny));
    touched.accounts.push_back(ledger::fx_payable(end->bank, cny));
    touched.accounts.push_back(ledger::fx_receivable(end->bank, cny));
}

Result<fx::LockEnd> plan_lock_end(db::Reader& reader, const Suspended& item, const std::string& end_id,
                                  const postings::Event& event, Plan& plan) {
    std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, end_id);
    if (!end) return Error(lock_end_error::kNoEnd, {{"end", end_id}});
    const Money& due = item.is_debit() ? end->charged.we_pay : end->charged.we_get;
    if (item.entry.source_type != "statement_line") return refused(item, end_id, "it is no line of a statement");
    if (end->state != fx::LockEndState::Done) return refused(item, end_id, "the bank has not done it");
    if (!end->settled_by.empty()) {
        return refused(item, end_id,
                       fx::is_on_statement(*end) ? "its line came before" : "two persons said that nothing comes");
    }
    if (item.owner_of(ledger::AccountKind::Provision) != end->cny_account)
        return refused(item, end_id, "it was booked on another account");
    if (item.amount.currency() != due.currency() || item.amount != due)
        return refused(item, end_id, "it is of " + amount_with_currency(due));
    plan.changes.push_back({end_id, "its line due", item.is_debit() ? "paid" : "received"});
    const Currency cny = due.currency();
    plan.entries.push_back(item.is_debit()
                               ? postings::debit_explained(event, ledger::fx_payable(end->bank, cny), item.amount)
                               : postings::credit_explained(event, ledger::fx_receivable(end->bank, cny), item.amount));
    return *std::move(end);
}

void settle_lock_end(db::Group& group, const ledger::Ledger& ledger, fx::LockEnd& end, const Suspended& item) {
    settle_end(group, ledger, end, item.entry.source_id, "its line has come");
}

}  // namespace huiqiao::flow
