#include "src/flow/remit.h"

#include <algorithm>
#include <set>

#include "src/calls/states.h"
#include "src/flow/bought_parts_store.h"
#include "src/flow/candidate_pages.h"
#include "src/flow/keep_level.h"
#include "src/flow/own_transfer.h"
#include "src/flow/provision_transfer.h"
#include "src/flow/remit_parts.h"
#include "src/flow/save_orders.h"
#include "src/flow/undelivered.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {

using remittance::Remittance;

std::vector<ledger::Account> accounts_of(const std::map<std::string, Remittance>& remittances) {
    std::vector<ledger::Account> accounts;
    for (const auto& [id, one] : remittances) {
        const Currency currency = one.amount.currency();
        if (remittance::is_own(one.kind)) {
            const std::vector<ledger::Account> own =
                one.kind == remittance::Kind::Transfer ? accounts_of_transfer(one) : accounts_of_own(one);
            accounts.insert(accounts.end(), own.begin(), own.end());
            continue;
        }
        accounts.push_back(ledger::merchant(one.merchant_id, currency));
        accounts.push_back(ledger::provision(one.bank_account, currency));
        accounts.push_back(ledger::remitting(one.bank_account, currency));
        accounts.push_back(ledger::suspense_debit(currency));
        for (const ledger::AccountKind kind :
             {ledger::AccountKind::DueFromOwn, ledger::AccountKind::BankCharge, ledger::AccountKind::DueToCustomers}) {
            accounts.push_back(ledger::single(kind, currency));
        }
    }
    return accounts;
}

void confirm_instructions(db::Group& group, const Remittance& one, const std::string& note) {
    std::vector<calls::OutsideFact> facts;
    for (const calls::InstructionRow& row :
         calls::Calls::instructions(group.tx, kPayOperation, kRemittanceSubject, std::span(&one.id, 1))) {
        const calls::Instruction& instruction = row.instruction;
        if (!calls::may_move(instruction.outcome, calls::InstructionOutcome::Confirmed)) continue;
        facts.push_back({instruction.id, calls::InstructionOutcome::Confirmed, one.their_reference});
        operators::WorkItems().close(group, "instruction_escalated", instruction.id, note);
    }
    if (!facts.empty()) settle_calls(group, facts);
}

remittance::Remittance new_remittance(remittance::Kind kind, const std::string& bank_account,
                                      const std::string& payee_id, const Money& amount) {
    const Money none = Money::zero(amount.currency());
    return remittance::Remittance{.id = "",
                                  .kind = kind,
                                  .merchant_id = "",
                                  .payee_id = payee_id,
                                  .bank_account = bank_account,
                                  .amount = amount,
                                  .reference = "",
                                  .batch_reference = "",
                                  .uetr = "",
                                  .state = remittance::State::Ordered,
                                  .their_reference = "",
                                  .reason_code = "",
                                  .provision_hold = "",
                                  .debited = none,
                                  .returned = none,
                                  .created_at = {}};
}

const ProvisionAccount* find_account(const std::vector<ProvisionAccount>& accounts, const std::string& name,
                                     Currency currency) {
    const auto at = std::find_if(accounts.begin(), accounts.end(), [&](const ProvisionAccount& account) {
        return account.name == name && account.currency == currency;
    });
    return at == accounts.end() ? nullptr : &*at;
}

AllocatedOrders::AllocatedOrders(db::Reader& reader, std::span<const remittance::Allocation> allocations) {
    std::set<std::string> ids;
    for (const remittance::Allocation& allocation : allocations) ids.insert(allocation.order_id);
    if (ids.empty()) return;
    const std::vector<std::string> wanted(ids.begin(), ids.end());
    for (orders::Order& order : orders::OrderStore::load(reader, wanted)) {
        std::string id = order.id;
        orders_.emplace(std::move(id), std::move(order));
    }
}

orders::Order& AllocatedOrders::at(const std::string& order_id) {
    const auto found = orders_.find(order_id);
    if (found == orders_.end()) throw LogicError("order " + order_id + " of a remittance is not there");
    if (std::find(changed_.begin(), changed_.end(), order_id) == changed_.end()) changed_.push_back(order_id);
    return found->second;
}

void AllocatedOrders::save(db::Group& group, const std::string& event_type) {
    std::vector<OrderChange> changes;
    for (const std::string& id : changed_) changes.push_back({&orders_.at(id), event_type});
    save_orders(group, changes);
    changed_.clear();
}

std::vector<ProvisionAccount> RemitParts::accounts_in(Currency currency) const {
    std::vector<ProvisionAccount> found;
    for (const ProvisionAccount& account : settings.accounts) {
        if (account.currency == currency) found.push_back(account);
    }
    return found;
}

std::optional<Date> RemitParts::execution_date(const ProvisionAccount& account, Instant now) const {
    if (settings.hours == nullptr) return Date::in_shanghai(now);
    const auto open =
        settings.hours->open_until(account.bank, fx::BankOperation::Remit, account.currency, fx::Tenor::Today, now);
    if (!open || !*open) return std::nullopt;
    return (*open)->value_date;
}

Date RemitParts::own_transfer_date(const ProvisionAccount& account, Instant now) const {
    const Date today = Date::in_shanghai(now);
    if (const auto date = execution_date(account, now)) return *date;
    const Result<Date> next = settings.hours->next_open_day(account.currency, today);
    return next ? *next : today;
}

class Remit::Impl {
 public:
    explicit Impl(RemitParts parts)
        : parts_(std::move(parts)),
          order_(make_order_remittances(parts_)),
          handler_(make_pay_handler(parts_)),
          lines_(make_remittance_lines(parts_)),
          levels_(parts_),
          pages_(parts_.settings.orders_a_group) {}

    int step(Instant now) {
        int made = 0;
        for (const Currency currency : able_to_pay(now))
            made += order_waiting(currency, now) + order_parts(currency, now);
        return made;
    }

    int keep_levels(Instant now) { return levels_.step(now); }
    [[nodiscard]] std::unique_ptr<Decision> own_transfer() const { return make_own_transfer(parts_); }
    calls::AnswerHandler& handler() { return *handler_; }
    LineTaker& lines() { return *lines_; }

 private:
    /// Currencies in which an account has money and its bank pays now, and payouts are not stopped; by one read for
    /// all.
    std::vector<Currency> able_to_pay(Instant now) {
        std::vector<ledger::Account> provisions;
        for (const ProvisionAccount& account : parts_.settings.accounts) {
            if (!pages_.may_look(account.currency, now) || !parts_.execution_date(account, now)) continue;
            provisions.push_back(ledger::provision(account.name, account.currency));
        }
        if (provisions.empty()) return {};
        std::vector<Currency> able;
        parts_.database.look([&](db::Reader& reader) {
            able.clear();
            const auto balances = parts_.ledger.balances(reader, provisions);
            for (const ledger::Account& account : provisions) {
                const auto found = balances.find(account.id());
                const bool has_money = found != balances.end() && found->second.available().is_positive();
                const bool is_new = std::find(able.begin(), able.end(), account.currency) == able.end();
                if (has_money && is_new) able.push_back(account.currency);
            }
            if (able.empty()) return;
            const auto stopped = parts_.ledger.stopped_payouts(reader);
            std::erase_if(able, [&](Currency currency) { return stopped.contains(std::string(currency.code())); });
        });
        return able;
    }

    int order_waiting(Currency currency, Instant now) {
        auto item = std::make_shared<RemitItem>(currency);
        parts_.database.look([&](db::Reader& reader) {
            item->order_ids =
                orders::OrderStore::waiting(reader, orders::Waiting::Remit, currency,
                                            static_cast<int>(parts_.settings.orders_a_group), pages_.behind(currency));
        });
        item->weight = item->order_ids.size();
        // Where the group was not written, nothing happened and the candidates are there the next time.
        const bool is_written = !item->order_ids.empty() && parts_.queue.run(*order_, item).ok();
        const int made = is_written ? item->made : 0;
        pages_.looked(currency, item->order_ids, made > 0, now);
        return made;
    }

    /// Rarely there are any, and they have waited for long: one look a minute, at the page behind the last look's, so
    /// that those whose money is missing do not hide the others.
    int order_parts(Currency currency, Instant now) {
        const auto looked = looked_for_parts_.find(currency);
        if (looked != looked_for_parts_.end() && now >= looked->second && now < looked->second + kLookForParts)
            return 0;
        looked_for_parts_.insert_or_assign(currency, now);
        auto item = std::make_shared<RemitItem>(currency);
        item->is_of_parts = true;
        std::string& behind = parts_behind_[currency];
        parts_.database.look([&](db::Reader& reader) {
            item->order_ids = orders_with_old_parts(reader, currency, now - parts_.settings.part_may_wait, behind,
                                                    static_cast<int>(parts_.settings.orders_a_group));
        });
        behind = item->order_ids.size() < parts_.settings.orders_a_group ? "" : item->order_ids.back();
        item->weight = item->order_ids.size();
        return !item->order_ids.empty() && parts_.queue.run(*order_, item).ok() ? item->made : 0;
    }

    static constexpr std::chrono::minutes kLookForParts{1};
    RemitParts parts_;
    std::unique_ptr<db::Operation> order_;
    std::unique_ptr<calls::AnswerHandler> handler_;
    std::unique_ptr<LineTaker> lines_;
    KeepLevel levels_;
    CandidatePages pages_;
    std::map<Currency, Instant> looked_for_parts_;
    std::map<Currency, std::string> parts_behind_;
};

Remit::Remit(RemitParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Remit::~Remit() = default;
int Remit::step(Instant now) {
    return impl_->step(now);
}
int Remit::keep_levels(Instant now) {
    return impl_->keep_levels(now);
}
calls::AnswerHandler& Remit::pay_handler() {
    return impl_->handler();
}
std::unique_ptr<Decision> Remit::own_transfer() const {
    return impl_->own_transfer();
}
LineTaker& Remit::statement_lines() {
    return impl_->lines();
}

}  // namespace huiqiao::flow
