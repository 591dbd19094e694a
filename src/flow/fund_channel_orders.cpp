// Money that came: the deposit is booked against its batch, and the batch's payments fund their orders, which pay the
// fee.

#include <algorithm>
#include <map>
#include <set>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/fund_channel_parts.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"
#include "src/flow/save_orders.h"
#include "src/ledger/journal.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/orders/payment_store.h"
#include "src/parties/party_store.h"
#include "src/reconciliation/settlement_store.h"

namespace huiqiao::flow {
namespace {

constexpr std::string_view kSettledNotPaid = "settled_but_not_paid";

using orders::Payment;
using reconciliation::SettlementBatch;
using reconciliation::SettlementPayment;
using reconciliation::SettlementStore;
using reconciliation::StatementLine;

std::vector<std::string> texts(const std::set<std::string>& set) {
    return {set.begin(), set.end()};
}

std::vector<Payment> payments_at(db::Reader& reader, const std::vector<SettlementPayment>& settled) {
    std::set<std::string> references;
    for (const SettlementPayment& one : settled) references.insert(one.reference);
    return references.empty() ? std::vector<Payment>()
                              : orders::PaymentStore().of_references(reader, texts(references));
}

std::map<std::string, parties::Merchant> merchants_of(db::Reader& reader, const std::vector<Payment>& payments) {
    std::set<std::string> ids;
    for (const Payment& payment : payments) ids.insert(payment.merchant_id);
    if (ids.empty()) return {};
    return parties::PartyStore::merchants(reader, texts(ids));
}

bool bears_cost(const std::map<std::string, parties::Merchant>& merchants, const std::string& id) {
    const auto found = merchants.find(id);
    return found != merchants.end() && found->second.agreement.channel_cost == parties::Bearer::Merchant;
}

class DepositTaking final : public LineTaking {
 public:
    explicit DepositTaking(const ChannelParts& parts) : parts_(parts) {}

    void find(db::Reader& reader, std::span<const StatementLine> lines) override {
        std::set<std::string> ids;
        for (const StatementLine& line : lines) {
            if (is_candidate(line)) ids.insert(parts_.settings.channel + "|" + line.end_to_end);
        }
        ids_ = texts(ids);
        for (SettlementBatch& batch : SettlementStore::batches(reader, ids_)) {
            std::string id = batch.id();
            batches_.emplace(std::move(id), std::move(batch));
        }
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }

    /// A batch has no lock of its own: whoever books its line has locked the line, and the entry's fact and the batch's
    /// line_key stand in the same COMMIT.
    std::vector<TakenLine> run(db::Group& group, std::span<const StatementLine> lines,
                               const std::vector<bool>& open) override {
        std::vector<TakenLine> taken(lines.size());
        batches_.clear();
        for (SettlementBatch& batch : SettlementStore::batches(group.tx, ids_)) {
            std::string id = batch.id();
            batches_.emplace(std::move(id), std::move(batch));
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!open[i] || !is_candidate(lines[i])) continue;
            const auto found = batches_.find(parts_.settings.channel + "|" + lines[i].end_to_end);
            if (found == batches_.end()) {
                const std::string& mark = parts_.settings.deposit_mark;
                taken[i].waits = !mark.empty() && lines[i].narrative.find(mark) != std::string::npos;
                taken[i].subject_id = parts_.settings.channel + "|" + lines[i].end_to_end;
                continue;
            }
            taken[i] = settle(group, found->second, lines[i]);
        }
        return taken;
    }

 private:
    [[nodiscard]] bool is_candidate(const StatementLine& line) const {
        return line.account == parts_.settings.account && line.is_credit && !line.end_to_end.empty();
    }

    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const auto& [id, batch] : batches_) {
            const Currency currency = batch.gross.currency();
            accounts.push_back(ledger::provision(parts_.settings.account, currency));
            add_settled(accounts, parts_.settings.channel, currency);
        }
        return accounts;
    }

    TakenLine settle(db::Group& group, SettlementBatch& batch, const StatementLine& line) {
        if (!is_deposit_of(batch, line)) {
            tell_deposit_differs(group, batch, line);
            return {};
        }
        // Whose money each payment was is known when it funds its orders: until then the cost is ours.
        const ledger::Draft entry =
            postings::channel_settled({"statement_line", line.key(), group.now, line.value_date, "system", ""},
                                      parts_.settings.account, parts_.settings.channel, batch.gross, batch.cost);
        const ledger::PostResult posted = parts_.ledger.post(group, std::span(&entry, 1));
        note_overdrawn(group, posted);
        batch.line_key = line.key();
        SettlementStore::set_money(group.tx, batch.id(), line.key());
        if (!is_planted(Bug::FeeFromUnfunded)) SettlementStore::release_payments(group.tx, batch.id(), group.now);
        return {true, "settlement_batch", batch.id(), posted.entries.front().entry_id, false};
    }

    const ChannelParts& parts_;
    std::vector<std::string> ids_;
    std::map<std::string, SettlementBatch> batches_;
};

class DepositLines final : public LineTaker {
 public:
    explicit DepositLines(const ChannelParts& parts) : parts_(parts) {}
    [[nodiscard]] std::unique_ptr<LineTaking> begin() override { return std::make_unique<DepositTaking>(parts_); }

 private:
    const ChannelParts& parts_;
};

class FundWork final : public db::Work {
 public:
    FundWork(const ChannelParts& parts, std::vector<FundOrdersItem*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        std::set<std::string> ids;
        for (const FundOrdersItem* item : items_) ids.insert(item->ids.begin(), item->ids.end());
        ids_ = texts(ids);
        const std::vector<SettlementPayment> settled = SettlementStore::payments(reader, ids_);
        payments_ = payments_at(reader, settled);
        merchants_ = merchants_of(reader, payments_);
        find_charged(reader, settled);
        std::vector<std::string> payment_ids;
        for (const Payment& payment : payments_) payment_ids.push_back(payment.id);
        if (payment_ids.empty()) return;
        allocations_ = orders::PaymentStore().allocations(reader, payment_ids);
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : ids_) locks.add(reconciliation::kSettlementLineLock, id);
        for (const auto& allocation : allocations_) locks.add(orders::kOrderLock, allocation.order_id);
        for (const Payment& payment : payments_) {
            if (!is_money_known(payment.state)) locks.add(orders::kPaymentLock, payment.id);
        }
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }

    void run(db::Group& group) override {
        load_orders(group.tx);
        const Date today = Date::in_shanghai(group.now);
        std::map<std::string, const Payment*> by_reference;
        for (const Payment& payment : payments_) by_reference.emplace(payment.reference, &payment);
        std::vector<std::string> done;
        std::vector<std::string> funded;                    // references of payments
        std::map<Instant, std::vector<std::string>> later;  // the channel's word on the payment itself may still come
        std::vector<std::string> unknown;                   // payments: settled, and not known to be paid (NTF-03)
        for (const SettlementPayment& settled : SettlementStore::payments(group.tx, ids_)) {
            if (!settled.due_at || *settled.due_at > group.now) continue;
            const auto payment = by_reference.find(settled.reference);
            if (payment == by_reference.end() || !fund(settled, *payment->second)) {
                note_unfunded(group, settled);
                sometimes("money settled before its payment is known");
                std::chrono::seconds pause = parts_.settings.ask_every;
                if (payment != by_reference.end() && !is_money_known(payment->second->state)) {
                    unknown.push_back(payment->second->id);
                    pause = parts_.settings.ask_again_after(Date::in_shanghai(payment->second->created_at), today);
                }
                later[group.now + pause].push_back(settled.id());
                continue;
            }
            done.push_back(settled.id());
            funded.push_back(settled.reference);
        }
        if (!fees_.empty() || !costs_.empty()) note_overdrawn(group, parts_.ledger.post(group, drafts(group)));
        std::vector<OrderChange> changes;
        for (const std::string& id : changed_) changes.push_back({&orders_.at(id), ""});
        save_orders(group, changes);
        ask_of(group, unknown);
        SettlementStore::set_due(group.tx, done, std::nullopt);
        close_unfunded(group, funded);
        for (const auto& [due, ids] : later) SettlementStore::set_due(group.tx, ids, due);
        items_.front()->taken = static_cast<int>(done.size());
    }

 private:
    struct Fee {
        std::string merchant;
        std::string source;  // "<payment>|<order>"
        Money amount;
    };

    /// Its schedule of queries may be over, and a notice of it may never have come: only the channel's own word on it
    /// books it, so it is asked for again, as often as its money is looked at.
    static void ask_of(db::Group& group, const std::vector<std::string>& ids) {
        if (ids.empty()) return;
        const orders::PaymentStore store;
        const std::vector<Payment> payments = store.load(group.tx, ids);
        std::vector<orders::PaymentStore::Change> asked;
        for (const Payment& payment : payments) {
            if (!is_money_known(payment.state)) asked.push_back({&payment, group.now});
        }
        store.save(group, asked);
    }

    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const auto& [id, merchant] : merchants_) {
            for (const Payment& payment : payments_) {
                if (payment.merchant_id != id) continue;
                accounts.push_back(ledger::merchant(id, payment.amount.currency()));
                break;
            }
        }
        if (payments_.empty()) return accounts;
        const Currency currency = payments_.front().amount.currency();
        for (const ledger::AccountKind kind : {ledger::AccountKind::DueToOwn, ledger::AccountKind::DueFromCustomers,
                                               ledger::AccountKind::FeeIncome, ledger::AccountKind::ChannelCost}) {
            accounts.push_back(ledger::single(kind, currency));
        }
        return accounts;
    }

    /// The deposit's own entry once charged the merchants who bear the cost. Such entries stand for ever, and their
    /// payments may be funded today. Read without locks: a payment is due here only after its deposit is booked, and an
    /// entry never changes.
    void find_charged(db::Reader& reader, const std::vector<SettlementPayment>& settled) {
        std::map<std::string, std::string> bearers;  // by payment reference
        for (const Payment& payment : payments_) {
            if (bears_cost(merchants_, payment.merchant_id)) bearers.emplace(payment.reference, payment.merchant_id);
        }
        std::map<std::string, std::set<std::string>> of_batch;  // merchants
        for (const SettlementPayment& one : settled) {
            const auto bearer = bearers.find(one.reference);
            if (bearer != bearers.end() && one.cost.is_positive()) of_batch[one.batch_id].insert(bearer->second);
        }
        std::set<std::string> ids;
        for (const auto& [batch, merchants] : of_batch) ids.insert(batch);
        if (ids.empty()) return;
        for (const SettlementBatch& batch : SettlementStore::batches(reader, texts(ids))) {
            const auto entry =
                ledger::find_entry(reader, ledger::Fact{"statement_line", batch.line_key, "channel_settled"});
            if (!entry) continue;
            for (const std::string& merchant : of_batch.at(batch.id())) {
                const std::string account = ledger::merchant(merchant, batch.gross.currency()).id();
                const auto is_its = [&](const ledger::Line& line) { return line.account_id == account; };
                if (std::any_of(entry->lines.begin(), entry->lines.end(), is_its))
                    charged_.insert({batch.id(), merchant});
            }
        }
    }

    void load_orders(db::Reader& reader) {
        std::set<std::string> ids;
        for (const auto& allocation : allocations_) ids.insert(allocation.order_id);
        if (ids.empty()) return;
        for (orders::Order& order : orders::OrderStore::load(reader, texts(ids))) {
            std::string id = order.id;
            orders_.emplace(std::move(id), std::move(order));
        }
    }

    /// False where the payment did not pay for orders what the channel settled.
    bool fund(const SettlementPayment& settled, const Payment& payment) {
        std::vector<const orders::PaymentAllocation*> mine;
        std::vector<std::int64_t> weights;
        Money sum = Money::zero(settled.gross.currency());
        for (const auto& allocation : allocations_) {
            if (allocation.payment_id != payment.id) continue;
            mine.push_back(&allocation);
            weights.push_back(allocation.amount.minor());
            sum += allocation.amount;
        }
        if (mine.empty() || sum != settled.gross) return false;
        const bool cost_is_merchants = bears_cost(merchants_, payment.merchant_id);
        const std::vector<Money> costs = settled.cost.split(weights);
        for (std::size_t i = 0; i < mine.size(); ++i) {
            orders::Order& order = orders_.at(mine[i]->order_id);
            const bool was_whole = order.amounts.funded >= order.amounts.due;
            order.amounts.funded += mine[i]->amount;
            // What the channel kept of the merchant's money is spent like our fee.
            if (cost_is_merchants && costs[i].is_positive()) {
                order.amounts.fee += costs[i];
                const bool is_charged = charged_.contains({settled.batch_id, order.merchant_id});
                if (!is_charged) costs_.push_back({order.merchant_id, payment.id + "|" + order.id, costs[i]});
            }
            if (!was_whole && order.amounts.funded >= order.amounts.due) take_fee(order, payment);
            changed_.insert(order.id);
        }
        return true;
    }

    void take_fee(orders::Order& order, const Payment& payment) {
        const auto merchant = merchants_.find(order.merchant_id);
        if (merchant == merchants_.end()) return;
        Money fee = merchant->second.agreement.fee_on(order.amounts.funded);
        const Money left = order.amounts.funded - order.amounts.fee;
        if (fee > left) fee = left;
        if (!fee.is_positive()) return;
        order.amounts.fee += fee;
        fees_.push_back({order.merchant_id, payment.id + "|" + order.id, fee});
    }

    std::vector<ledger::Draft> drafts(const db::Group& group) const {
        std::vector<ledger::Draft> drafts;
        const auto event = [&](const Fee& one) {
            return postings::Event{"payment_allocation", one.source, group.now, group.business_date, "system", ""};
        };
        for (const Fee& cost : costs_)
            drafts.push_back(postings::channel_cost_passed_on(event(cost), cost.merchant, cost.amount));
        for (const Fee& fee : fees_) drafts.push_back(postings::fee_taken(event(fee), fee.merchant, fee.amount));
        return drafts;
    }

    /// The channel's word on the payment came after its money.
    static void close_unfunded(db::Group& group, std::span<const std::string> references) {
        if (references.empty()) return;
        const operators::WorkItems work_items;
        for (const auto& [reference, text] : work_items.open_of(group.tx, kSettledNotPaid, references))
            work_items.close(group, kSettledNotPaid, reference, "its orders are funded");
    }

    static void note_unfunded(db::Group& group, const SettlementPayment& settled) {
        operators::WorkItems().open(
            group, operators::NewWorkItem{
                       std::string(kSettledNotPaid), "payment_reference", settled.reference,
                       "The channel settled " + settled.gross.text() + " for payment " + settled.reference +
                           ", which did not pay that for any order.",
                       "渠道已结算支付 " + settled.reference + "（" + settled.gross.text() + "），但与订单付款不符。"});
    }

    const ChannelParts& parts_;
    std::vector<FundOrdersItem*> items_;
    std::vector<std::string> ids_;
    std::vector<Payment> payments_;
    std::map<std::string, parties::Merchant> merchants_;
    std::vector<orders::PaymentAllocation> allocations_;
    std::map<std::string, orders::Order> orders_;
    std::set<std::string> changed_;
    std::vector<Fee> fees_;
    std::vector<Fee> costs_;                                 // of the channel, that the merchant bears
    std::set<std::pair<std::string, std::string>> charged_;  // batch and merchant: its cost is paid
};

}  // namespace

void add_settled(std::vector<ledger::Account>& accounts, const std::string& channel, Currency currency) {
    accounts.push_back(ledger::clearing(channel, currency));
    for (const ledger::AccountKind kind :
         {ledger::AccountKind::DueFromOwn, ledger::AccountKind::ChannelCost, ledger::AccountKind::DueToCustomers}) {
        accounts.push_back(ledger::single(kind, currency));
    }
}

bool is_deposit_of(const SettlementBatch& batch, const StatementLine& line) {
    return batch.line_key.empty() && line.amount.currency() == batch.gross.currency() &&
           line.amount == batch.gross - batch.cost;
}

void tell_deposit_differs(db::Group& group, const SettlementBatch& batch, const StatementLine& line) {
    operators::WorkItems().open(
        group,
        operators::NewWorkItem{"settlement_differs", "settlement_batch", batch.id(),
                               "Line " + line.key() + " of " + line.amount.text() + " does not fit batch " +
                                   batch.id() + ": gross " + batch.gross.text() + ", cost " + batch.cost.text() + ".",
                               "流水 " + line.key() + "（" + line.amount.text() + "）与结算批次不符。"});
}

std::unique_ptr<LineTaker> make_deposit_lines(const ChannelParts& parts) {
    return std::make_unique<DepositLines>(parts);
}
std::unique_ptr<db::Operation> make_fund_orders(const ChannelParts& parts) {
    return std::make_unique<OperationOf<FundWork, FundOrdersItem, ChannelParts>>(parts, "fund_orders");
}

}  // namespace huiqiao::flow
