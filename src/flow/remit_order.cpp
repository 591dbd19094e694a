// Ordering remittances: what waits is grouped, cut to what the accounts really have, held, booked and asked for.

#include <algorithm>
#include <set>
#include <tuple>

#include "src/flow/held_order_store.h"
#include "src/flow/postings.h"
#include "src/flow/remit_parts.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {
namespace {

using remittance::Allocation;
using remittance::Payment;
using remittance::Remittance;

remittance::Kind kind_of(orders::PayoutKind payout) {
    switch (payout) {
        case orders::PayoutKind::Fx: return remittance::Kind::Foreign;
        case orders::PayoutKind::Cny: return remittance::Kind::CnyAbroad;
        case orders::PayoutKind::Domestic: return remittance::Kind::Domestic;
        case orders::PayoutKind::None: break;
    }
    throw LogicError("an order without payout cannot be remitted");
}

/// ISO purpose codes (reference 6.2).
std::string_view purpose_of(orders::TradeKind trade) {
    switch (trade) {
        case orders::TradeKind::Goods9610:
        case orders::TradeKind::Goods1210:
        case orders::TradeKind::General: return "GDDS";
        case orders::TradeKind::StudyAbroad: return "STDY";
        case orders::TradeKind::AirTicket: return "AIRB";
        case orders::TradeKind::Hotel:
        case orders::TradeKind::Conference: return "SCVE";
    }
    throw LogicError("a trade kind has no purpose code");
}

/// One remittance in the making.
struct Draft {
    Remittance remittance;
    std::vector<orders::Order*> orders;
    std::vector<Money> amounts;
    Payment payment;
};

class OrderWork final : public db::Work {
 public:
    OrderWork(const RemitParts& parts, std::vector<RemitItem*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        std::set<std::string> payee_ids;
        for (const RemitItem* item : items_) {
            for (const orders::Order& order : orders::OrderStore::load(reader, item->order_ids)) {
                merchants_.insert({order.merchant_id, item->account.name});
                payee_ids.insert(order.payee_id);
            }
        }
        for (const std::string& id : payee_ids) read_payee(reader, id);
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const RemitItem* item : items_) {
            for (const std::string& id : item->order_ids) locks.add(orders::kOrderLock, id);
        }
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }

    void run(db::Group& group) override {
        for (RemitItem* item : items_) order_item(group, *item);
    }

 private:
    /// A payee that does not open stays out, and its orders are flagged.
    void read_payee(db::Reader& reader, const std::string& id) {
        auto read = parts_.parties.payees(reader, std::span(&id, 1));
        if (!read) return;
        const auto found = read->find(id);
        if (found != read->end()) payees_.emplace(id, found->second);
    }

    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const RemitItem* item : items_) {
            accounts.push_back(ledger::provision(item->account.name, item->account.currency));
            accounts.push_back(ledger::remitting(item->account.name, item->account.currency));
            for (const auto& [merchant, name] : merchants_) {
                if (name == item->account.name) accounts.push_back(ledger::merchant(merchant, item->account.currency));
            }
        }
        return accounts;
    }

    void order_item(db::Group& group, RemitItem& item) {
        const std::optional<Date> execution_date = parts_.execution_date(item.account, group.now);
        if (!execution_date) return;
        execution_date_ = *execution_date;
        std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, item.order_ids);
        std::vector<Draft> drafts = cut_to_funds(group, item, orders);
        std::vector<remittance::PaymentBatch> batches = into_batches(group, item.account, drafts);
        std::erase_if(drafts, [](const Draft& draft) { return draft.orders.empty(); });
        std::vector<OrderChange> flagged;
        for (orders::Order* order : unusable_) flagged.push_back({order, ""});
        unusable_.clear();
        save_orders(group, flagged);
        if (drafts.empty()) return;
        if (!hold_and_book(group, drafts)) return;
        write(group, item.account, drafts, batches);
        item.made = static_cast<int>(drafts.size());
    }

    /// Groups of merchant, payee, payout and purpose, each with the orders that the merchant's and the provision
    /// account can pay now, oldest first; an order is paid whole or not now.
    std::vector<Draft> cut_to_funds(db::Group& group, const RemitItem& item, std::vector<orders::Order>& orders) {
        std::map<std::string, Money> left;
        for (const auto& [id, balance] : parts_.ledger.balances(group.tx, accounts())) {
            left.emplace(id, balance.available());
        }
        const Money none = Money::zero(item.account.currency);
        const std::string provision = ledger::provision(item.account.name, item.account.currency).id();
        left.try_emplace(provision, none);
        std::map<std::tuple<std::string, std::string, orders::PayoutKind, std::string_view>, Draft> groups;
        for (orders::Order& order : orders) {
            if (orders::waiting_of(order) != orders::Waiting::Remit || order.payout_currency != item.account.currency)
                continue;
            if (!payee_is_usable(group, order)) {
                flag(group, order);
                continue;
            }
            const Money amount = order.amounts.remittable(order.payout);
            Money& of_merchant =
                left.try_emplace(ledger::merchant(order.merchant_id, item.account.currency).id(), none).first->second;
            Money& of_provision = left.at(provision);
            if (amount > of_merchant || amount > of_provision) continue;
            of_merchant -= amount;
            of_provision -= amount;
            const auto key = std::tuple(order.merchant_id, order.payee_id, order.payout, purpose_of(order.trade));
            const auto place = groups.try_emplace(key, new_draft(order, item.account)).first;
            place->second.orders.push_back(&order);
            place->second.amounts.push_back(amount);
            place->second.remittance.amount += amount;
        }
        std::vector<Draft> drafts;
        for (auto& [key, draft] : groups) drafts.push_back(std::move(draft));
        return drafts;
    }

    Draft new_draft(const orders::Order& order, const ProvisionAccount& account) const {
        const Money none = Money::zero(account.currency);
        const parties::Payee& payee = payees_.at(order.payee_id);
        const remittance::Kind kind = kind_of(order.payout);
        return Draft{.remittance = Remittance{.id = "",
                                              .kind = kind,
                                              .merchant_id = order.merchant_id,
                                              .payee_id = order.payee_id,
                                              .bank_account = account.name,
                                              .amount = none,
                                              .reference = "",
                                              .batch_reference = "",
                                              .uetr = "",
                                              .state = remittance::State::Ordered,
                                              .their_reference = "",
                                              .reason_code = "",
                                              .provision_hold = "",
                                              .debited = none,
                                              .returned = none,
                                              .created_at = {}},
                     .orders = {},
                     .amounts = {},
                     .payment = Payment{
                         .reference = "",
                         .uetr = "",
                         .kind = kind,
                         .amount = none,
                         .payee = {payee.name, payee.street, "", payee.post_code, payee.town, "", payee.residence},
                         .account = {payee.account, payee.has_iban(), payee.bic, payee.clearing_code, payee.country,
                                     payee.bank_name},
                         .purpose = std::string(purpose_of(order.trade)),
                         .charges = parts_.settings.charges,
                         .information = ""}};
    }

    bool payee_is_usable(db::Group& group, const orders::Order& order) {
        if (!payees_.contains(order.payee_id)) return false;
        const auto known = states_.find(order.payee_id);
        if (known != states_.end()) return known->second;
        // The account never changes; whether it may be used does, so that is read under the order's lock.
        const auto facts = parties::PartyStore::payee_facts(group.tx, std::span(&order.payee_id, 1));
        const auto found = facts.find(order.payee_id);
        const bool usable = found != facts.end() && found->second.state == parties::PartyState::Active;
        states_.emplace(order.payee_id, usable);
        return usable;
    }

    void flag(db::Group& group, orders::Order& order) {
        order.hold_reason = std::string(orders::kHeldPayee);
        unusable_.push_back(&order);
        const HeldOrder held{order.id, order.hold_reason, order.payee_id};
        HeldOrders::put(group, std::span(&held, 1));
        operators::WorkItems().open(
            group, operators::NewWorkItem{std::string(orders::kHeldPayee), "payee", order.payee_id,
                                          "Orders for payee " + order.payee_id + " cannot be paid: it is not usable.",
                                          "收款人 " + order.payee_id + " 不可用，相关订单暂停付款。"});
    }

    remittance::PaymentBatch new_batch(db::Group& group, const ProvisionAccount& account) const {
        return remittance::PaymentBatch{.reference = group.ids.random_reference("RB", 24),
                                        .created_at = group.now,
                                        .execution_date = execution_date_,
                                        .debtor = parts_.settings.debtor,
                                        .debtor_account = account.name,
                                        .debtor_bank_bic = parts_.settings.debtor_bank_bic,
                                        .payments = {}};
    }

    /// Messages for the drafts. A payment that cannot be written loses its orders, which are flagged.
    std::vector<remittance::PaymentBatch> into_batches(db::Group& group, const ProvisionAccount& account,
                                                       std::vector<Draft>& drafts) {
        std::vector<remittance::PaymentBatch> batches;
        for (Draft& draft : drafts) {
            draft.remittance.id = group.ids.next("rem");
            draft.remittance.reference = group.ids.random_reference("RM", 24);  // 120 bits (PAY-04)
            draft.remittance.uetr = group.ids.uuid();
            draft.remittance.created_at = group.now;
            draft.payment.reference = draft.remittance.reference;
            draft.payment.uetr = draft.remittance.uetr;
            draft.payment.amount = draft.remittance.amount;
            draft.payment.information = std::to_string(draft.orders.size()) + " ORDERS " + draft.remittance.reference;
            remittance::PaymentBatch alone = new_batch(group, account);
            alone.payments.push_back(draft.payment);
            if (!parts_.banks.at(account.bank).pay(alone)) {
                for (orders::Order* order : draft.orders) flag(group, *order);
                draft.orders.clear();
                continue;
            }
            if (batches.empty() || batches.back().payments.size() >= parts_.settings.payments_a_message) {
                batches.push_back(new_batch(group, account));
            }
            draft.remittance.batch_reference = batches.back().reference;
            batches.back().payments.push_back(draft.payment);
        }
        return batches;
    }

    /// False where payouts of the currency were stopped since the candidates were read: nothing happens then.
    [[nodiscard]] bool hold_and_book(db::Group& group, std::vector<Draft>& drafts) {
        std::vector<ledger::HoldRequest> requests;
        for (const Draft& draft : drafts) {
            const Remittance& one = draft.remittance;
            const Currency currency = one.amount.currency();
            requests.push_back(
                {ledger::merchant(one.merchant_id, currency), one.amount, std::string(kRemittanceSubject), one.id});
            requests.push_back(
                {ledger::provision(one.bank_account, currency), one.amount, std::string(kRemittanceSubject), one.id});
        }
        const auto held = parts_.ledger.hold(group, requests);
        if (!held && held.error().code == &ledger::ledger_error::kPayoutsStopped) return false;
        if (!held) throw LogicError("what was counted as available could not be held: " + held.error().english());
        std::vector<ledger::Draft> entries;
        for (std::size_t i = 0; i < drafts.size(); ++i) {
            Remittance& one = drafts[i].remittance;
            one.provision_hold = (*held)[2 * i + 1];
            entries.push_back(postings::remittance_ordered(
                postings::Event{std::string(kRemittanceSubject), one.id, group.now, group.business_date, "system", ""},
                one.merchant_id, one.bank_account, one.amount));
            entries.back().uses_holds.push_back((*held)[2 * i]);
        }
        parts_.ledger.post(group, entries);
        return true;
    }

    void write(db::Group& group, const ProvisionAccount& account, std::vector<Draft>& drafts,
               const std::vector<remittance::PaymentBatch>& batches) {
        std::vector<Remittance> remittances;
        std::vector<Allocation> allocations;
        std::vector<OrderChange> changes;
        std::map<std::string, const Remittance*> by_reference;
        for (Draft& draft : drafts) {
            for (std::size_t i = 0; i < draft.orders.size(); ++i) {
                draft.orders[i]->amounts.remitting += draft.amounts[i];
                changes.push_back({draft.orders[i], ""});
                allocations.push_back({draft.remittance.id, draft.orders[i]->id, draft.amounts[i]});
            }
            by_reference.emplace(draft.remittance.reference, &draft.remittance);
            remittances.push_back(draft.remittance);
        }
        remittance::RemittanceStore().insert(group.tx, remittances, allocations);
        save_orders(group, changes);

        std::vector<calls::NewCall> new_calls;
        for (const remittance::PaymentBatch& batch : batches) {
            Result<WireRequest> request = parts_.banks.at(account.bank).pay(batch);
            if (!request) throw LogicError("payments that could be written alone cannot be written together");
            calls::NewCall call{.operation = std::string(kPayOperation),
                                .counterparty = account.bank,
                                .recovery = calls::Recovery::QueryOnly,
                                .reference = batch.reference,
                                .request = std::move(request).value(),
                                .instructions = {},
                                .not_before = std::nullopt};
            for (const Payment& payment : batch.payments) {
                call.instructions.push_back({std::string(kRemittanceSubject), by_reference.at(payment.reference)->id, 1,
                                             payment.reference, payment.amount});
            }
            new_calls.push_back(std::move(call));
        }
        parts_.calls.prepare(group, new_calls);
    }

    const RemitParts& parts_;
    std::vector<RemitItem*> items_;
    std::set<std::pair<std::string, std::string>> merchants_;  // merchant, paying account
    std::map<std::string, parties::Payee> payees_;
    std::map<std::string, bool> states_;
    std::vector<orders::Order*> unusable_;
    Date execution_date_;  // of the item at hand
};

}  // namespace

std::unique_ptr<db::Operation> make_order_remittances(const RemitParts& parts) {
    return std::make_unique<OperationOf<OrderWork, RemitItem, RemitParts>>(parts, "remit");
}

}  // namespace huiqiao::flow
