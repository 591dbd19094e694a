// Ordering remittances: what waits is grouped, cut to what the accounts really have, held, booked and asked for.

#include <algorithm>
#include <set>
#include <tuple>

#include "fx/purchase_store.h"
#include "src/base/sometimes.h"
#include "src/flow/held_order_store.h"
#include "src/flow/paying_account.h"
#include "src/flow/postings.h"
#include "src/flow/remit_parts.h"
#include "src/flow/save_orders.h"
#include "src/ledger/available.h"
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
    const ProvisionAccount* account;  // that pays
    Remittance remittance;
    std::vector<orders::Order*> orders;
    std::vector<Money> amounts;
    Payment payment;
};

/// A message in the making, from one account.
struct Batch {
    const ProvisionAccount* account;
    remittance::PaymentBatch message;
};

/// An account that may pay; without a date its bank carries nothing out now.
struct Paying {
    ProvisionAccount account;
    std::optional<Date> date;
};

class OrderWork final : public db::Work {
 public:
    OrderWork(const RemitParts& parts, std::vector<RemitItem*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        std::set<std::string> payee_ids;
        for (const RemitItem* item : items_) {
            for (const orders::Order& order : orders::OrderStore::load(reader, item->order_ids)) {
                merchants_.insert({order.merchant_id, std::string(item->currency.code())});
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
            for (const ProvisionAccount& account : parts_.accounts_in(item->currency)) {
                accounts.push_back(ledger::provision(account.name, account.currency));
                accounts.push_back(ledger::remitting(account.name, account.currency));
            }
            for (const auto& [merchant, code] : merchants_) {
                if (code == item->currency.code()) accounts.push_back(ledger::merchant(merchant, item->currency));
            }
        }
        return accounts;
    }

    void order_item(db::Group& group, RemitItem& item) {
        paying_.clear();
        for (ProvisionAccount& account : parts_.accounts_in(item.currency)) {
            const std::optional<Date> date = parts_.execution_date(account, group.now);
            paying_.push_back({std::move(account), date});
        }
        std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, item.order_ids);
        std::vector<Draft> drafts = cut_to_funds(group, item, orders);
        std::vector<Batch> batches = into_batches(group, drafts);
        std::erase_if(drafts, [](const Draft& draft) { return draft.orders.empty(); });
        std::vector<OrderChange> changes;
        for (orders::Order* order : changed_) changes.push_back({order, ""});
        changed_.clear();
        save_orders(group, changes);
        if (drafts.empty()) return;
        if (!hold_and_book(group, drafts)) return;
        write(group, drafts, batches);
        item.made = static_cast<int>(drafts.size());
    }

    /// Groups of account, merchant, payee, payout and purpose, each with the orders that the merchant's and the
    /// provision account can pay now, oldest first; an order is paid whole or not now.
    std::vector<Draft> cut_to_funds(db::Group& group, const RemitItem& item, std::vector<orders::Order>& orders) {
        std::map<std::string, Money> of_merchants;
        const auto balances = parts_.ledger.balances(group.tx, accounts());
        const Money none = Money::zero(item.currency);
        const auto free_of = [&](const ledger::Account& account) { return ledger::available(balances, account); };
        // An account that is closed now has nothing to pay with; what was bought into it waits for it.
        std::vector<PaidFrom> left;
        for (const Paying& each : paying_)
            left.push_back(
                {each.account.name, each.date ? free_of(ledger::provision(each.account.name, item.currency)) : none});
        std::map<std::string, std::map<std::string, Money>> bought;
        if (paying_.size() > 1) bought = fx::PurchaseStore::bought_into(group.tx, item.order_ids);
        std::map<std::tuple<std::string, std::string, std::string, orders::PayoutKind, std::string_view>, Draft> groups;
        for (orders::Order& order : orders) {
            if (order.payout_currency != item.currency || !is_to_be_paid(order, item)) continue;
            if (!payee_is_usable(group, order)) {
                flag(group, order);
                continue;
            }
            const Money amount = order.amounts.remittable(order.payout);
            const ledger::Account merchant = ledger::merchant(order.merchant_id, item.currency);
            Money& of_merchant = of_merchants.try_emplace(order.merchant_id, free_of(merchant)).first->second;
            if (amount > of_merchant) continue;
            std::map<std::string, Money>& bought_for_it = bought[order.id];
            take_off_paid(group.tx, order, bought_for_it);
            const std::vector<PaidFrom> parts = paid_from(amount, left, bought_for_it);
            if (parts.empty()) continue;
            of_merchant -= amount;
            for (const PaidFrom& part : parts) {
                take(left, part);
                const auto key =
                    std::tuple(part.account, order.merchant_id, order.payee_id, order.payout, purpose_of(order.trade));
                const auto place = groups.try_emplace(key, new_draft(order, paying(part.account))).first;
                place->second.orders.push_back(&order);
                place->second.amounts.push_back(part.amount);
                place->second.remittance.amount += part.amount;
            }
        }
        std::vector<Draft> drafts;
        for (auto& [key, draft] : groups) drafts.push_back(std::move(draft));
        return drafts;
    }

    /// An order's row may say that it waits to be paid where an earlier version would have paid a part: it is saved
    /// anew, so that the rest of its money is bought with.
    bool is_to_be_paid(orders::Order& order, const RemitItem& item) {
        const orders::Waiting waits = orders::waiting_of(order);
        if (waits == orders::Waiting::Remit) return true;
        if (!item.is_of_parts) {
            changed_.push_back(&order);
            return false;
        }
        const bool rest_waits =
            waits == orders::Waiting::Convert || waits == orders::Waiting::Quote || waits == orders::Waiting::Part;
        if (!rest_waits || !order.amounts.remittable(order.payout).is_positive()) return false;
        sometimes("a bought part is paid before the rest is bought");
        return true;
    }

    /// Takes off what was remitted for the order before from where it was bought, and did not come back. Rarely there
    /// is any: of an order that is bought in two deals, the first of which was remitted before the second was made.
    static void take_off_paid(db::Reader& reader, const orders::Order& order, std::map<std::string, Money>& bought) {
        if (bought.empty() || (order.amounts.remitting.is_zero() && order.amounts.remitted.is_zero())) return;
        const std::vector<remittance::Allocation> paid = remittance::RemittanceStore().of_order(reader, order.id);
        std::vector<std::string> ids;
        for (const remittance::Allocation& each : paid) ids.push_back(each.remittance_id);
        const std::map<std::string, Remittance> remittances = remittance::RemittanceStore().load(reader, ids);
        for (const remittance::Allocation& each : paid) {
            const Remittance& one = remittances.at(each.remittance_id);
            if (one.state == remittance::State::Rejected || one.returned.is_positive()) continue;
            const auto account = bought.find(one.bank_account);
            if (account != bought.end()) account->second -= each.amount;
        }
    }

    static void take(std::vector<PaidFrom>& left, const PaidFrom& part) {
        for (PaidFrom& each : left) {
            if (each.account == part.account) each.amount -= part.amount;
        }
    }

    [[nodiscard]] const Paying& paying_from(const std::string& name) const {
        const auto found =
            std::find_if(paying_.begin(), paying_.end(), [&](const Paying& each) { return each.account.name == name; });
        if (found == paying_.end()) throw LogicError("no account " + name + " pays");
        return *found;
    }
    [[nodiscard]] const ProvisionAccount& paying(const std::string& name) const { return paying_from(name).account; }

    Draft new_draft(const orders::Order& order, const ProvisionAccount& account) const {
        const Money none = Money::zero(account.currency);
        const parties::Payee& payee = payees_.at(order.payee_id);
        const remittance::Kind kind = kind_of(order.payout);
        Remittance remittance = new_remittance(kind, account.name, order.payee_id, none);
        remittance.merchant_id = order.merchant_id;
        return Draft{.account = &account,
                     .remittance = std::move(remittance),
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
        if (!order.hold_reason.empty()) return;  // by its other part
        order.hold_reason = std::string(orders::kHeldPayee);
        changed_.push_back(&order);
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
                                        .execution_date = paying_from(account.name).date.value(),
                                        .debtor = parts_.settings.debtor,
                                        .debtor_account = account.name,
                                        .debtor_bank_bic = parts_.settings.debtor_bank_bic,
                                        .payments = {}};
    }

    /// Messages for the drafts, each from one account. A payment that cannot be written loses its orders, which are
    /// flagged.
    std::vector<Batch> into_batches(db::Group& group, std::vector<Draft>& drafts) {
        std::vector<Batch> batches;
        for (Draft& draft : drafts) {
            draft.remittance.id = group.ids.next("rem");
            draft.remittance.reference = group.ids.random_reference("RM", 24);  // 120 bits (PAY-04)
            draft.remittance.uetr = group.ids.uuid();
            draft.remittance.created_at = group.now;
            draft.payment.reference = draft.remittance.reference;
            draft.payment.uetr = draft.remittance.uetr;
            draft.payment.amount = draft.remittance.amount;
            draft.payment.information = std::to_string(draft.orders.size()) + " ORDERS " + draft.remittance.reference;
            remittance::PaymentBatch alone = new_batch(group, *draft.account);
            alone.payments.push_back(draft.payment);
            if (!parts_.banks.at(draft.account->bank).pay(alone)) {
                for (orders::Order* order : draft.orders) flag(group, *order);
                draft.orders.clear();
                continue;
            }
            // Drafts stand in the order of their accounts.
            if (batches.empty() || batches.back().account != draft.account ||
                batches.back().message.payments.size() >= parts_.settings.payments_a_message) {
                batches.push_back({draft.account, new_batch(group, *draft.account)});
            }
            draft.remittance.batch_reference = batches.back().message.reference;
            batches.back().message.payments.push_back(draft.payment);
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

    void write(db::Group& group, std::vector<Draft>& drafts, const std::vector<Batch>& batches) {
        std::vector<Remittance> remittances;
        std::vector<Allocation> allocations;
        std::set<orders::Order*> changed;  // one that is paid in two parts stands in two drafts
        std::vector<OrderChange> changes;
        std::map<std::string, const Remittance*> by_reference;
        for (Draft& draft : drafts) {
            for (std::size_t i = 0; i < draft.orders.size(); ++i) {
                draft.orders[i]->amounts.remitting += draft.amounts[i];
                if (changed.insert(draft.orders[i]).second) changes.push_back({draft.orders[i], ""});
                allocations.push_back({draft.remittance.id, draft.orders[i]->id, draft.amounts[i]});
            }
            by_reference.emplace(draft.remittance.reference, &draft.remittance);
            remittances.push_back(draft.remittance);
        }
        remittance::RemittanceStore().insert(group.tx, remittances, allocations);
        save_orders(group, changes);

        std::vector<calls::NewCall> new_calls;
        for (const auto& [account, batch] : batches) {
            Result<WireRequest> request = parts_.banks.at(account->bank).pay(batch);
            if (!request) throw LogicError("payments that could be written alone cannot be written together");
            calls::NewCall call{.operation = std::string(kPayOperation),
                                .counterparty = account->bank,
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
    std::set<std::pair<std::string, std::string>> merchants_;  // merchant, currency
    std::map<std::string, parties::Payee> payees_;
    std::map<std::string, bool> states_;
    std::vector<orders::Order*> changed_;  // that are not paid now: flagged, or waiting for something else
    std::vector<Paying> paying_;           // of the item at hand
};

}  // namespace

std::unique_ptr<db::Operation> make_order_remittances(const RemitParts& parts) {
    return std::make_unique<OperationOf<OrderWork, RemitItem, RemitParts>>(parts, "remit");
}

}  // namespace huiqiao::flow
