// Statement lines that carry a remittance's reference. The debit is the proof and books the payout; whatever else the
// bank did under that reference is booked too: a second debit (PAY-06), a return (PAY-07), a charge.

#include <algorithm>
#include <set>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/order_hold.h"
#include "src/flow/own_transfer.h"
#include "src/flow/postings.h"
#include "src/flow/provision_transfer.h"
#include "src/flow/remit_parts.h"
#include "src/flow/undelivered.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {
namespace {

using reconciliation::StatementLine;
using remittance::Remittance;
using remittance::State;

bool is_charge(const StatementLine& line) {
    return !line.is_credit && line.code.ends_with("/CHRG");
}
bool comes_back(const StatementLine& line) {
    return !is_planted(Bug::ReturnIgnored) && line.is_credit && is_return(line);
}

class RemittanceTaking final : public LineTaking {
 public:
    explicit RemittanceTaking(const RemitParts& parts) : parts_(parts) {}

    void find(db::Reader& reader, std::span<const StatementLine> lines) override {
        std::set<std::string> references;
        for (const StatementLine& line : lines) {
            if (!line.end_to_end.empty()) references.insert(line.end_to_end);
        }
        by_reference_ = store_.find(reader, std::vector<std::string>(references.begin(), references.end()));
        for (const auto& [reference, id] : by_reference_) ids_.push_back(id);
        remittances_ = store_.load(reader, ids_);
        allocations_ = store_.allocations(reader, ids_);
        instructions_ = calls::Calls::instructions(reader, kPayOperation, kRemittanceSubject, ids_);
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts_of(remittances_)) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const calls::InstructionRow& row : instructions_) calls::Calls::lock(locks, row.call_id);
        for (const std::string& id : ids_) locks.add(remittance::kRemittanceLock, id);
        for (const auto& allocation : allocations_) locks.add(orders::kOrderLock, allocation.order_id);
        for (const ledger::Account& account : accounts_of(remittances_)) parts_.ledger.lock(locks, account);
    }

    std::vector<TakenLine> run(db::Group& group, std::span<const StatementLine> lines,
                               const std::vector<bool>& open) override {
        std::vector<TakenLine> taken(lines.size());
        if (ids_.empty()) return taken;
        remittances_ = store_.load(group.tx, ids_);
        AllocatedOrders orders(group.tx, allocations_);
        std::vector<ledger::Draft> entries;
        std::vector<std::size_t> of_line;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto known = open[i] ? by_reference_.find(lines[i].end_to_end) : by_reference_.end();
            if (known == by_reference_.end()) continue;
            Remittance& one = remittances_.at(known->second);
            std::optional<ledger::Draft> entry = entry_for(group, one, lines[i], orders);
            if (!entry) continue;
            entries.push_back(std::move(*entry));
            of_line.push_back(i);
            taken[i] = {true, std::string(kRemittanceSubject), one.id, "", false};
        }
        if (entries.empty()) return taken;
        const ledger::PostResult posted = parts_.ledger.post(group, entries);
        note_overdrawn(group, posted);
        for (std::size_t i = 0; i < of_line.size(); ++i) taken[of_line[i]].entry_id = posted.entries[i].entry_id;
        orders.save(group, "");
        save(group);
        return taken;
    }

 private:
    static postings::Event event_of(db::Group& group, const StatementLine& line) {
        return {"statement_line", line.key(), group.now, line.value_date, "system", ""};
    }

    std::optional<ledger::Draft> entry_for(db::Group& group, Remittance& one, const StatementLine& line,
                                           AllocatedOrders& orders) {
        if (remittance::is_own(one.kind)) {
            const bool was_done = one.debited.is_positive();
            auto entry =
                one.kind == remittance::Kind::Transfer ? transfer_line(group, one, line) : own_line(group, one, line);
            if (!was_done && one.debited.is_positive()) confirmed_.insert(one.id);
            return entry;
        }
        const bool ours = line.account == one.bank_account && line.amount.currency() == one.amount.currency();
        if (!ours) return std::nullopt;  // to suspense, with a work item
        if (is_charge(line)) return postings::charge_borne_by_us(event_of(group, line), one.bank_account, line.amount);
        if (comes_back(line)) return returned(group, one, line, orders);
        if (line.is_credit) return std::nullopt;
        const bool first = one.debited.is_zero() || is_planted(Bug::SecondDebitAsPayout);
        if (first && one.state != State::Rejected && line.amount == one.amount) {
            return debited(group, one, line, orders);
        }
        return unexplained_debit(group, one, line);
    }

    ledger::Draft debited(db::Group& group, Remittance& one, const StatementLine& line, AllocatedOrders& orders) {
        ledger::Draft entry = postings::remittance_debited(event_of(group, line), one.bank_account, one.amount);
        if (!one.provision_hold.empty()) entry.uses_holds.push_back(one.provision_hold);
        one.debited = one.amount;
        one.state = State::Confirmed;
        if (one.their_reference.empty()) one.their_reference = line.bank_reference;
        confirmed_.insert(one.id);
        for (const remittance::Allocation& allocation : allocations_) {
            if (allocation.remittance_id != one.id) continue;
            orders::Order& order = orders.at(allocation.order_id);
            order.amounts.remitting -= allocation.amount;
            order.amounts.remitted += allocation.amount;
        }
        return entry;
    }

    static ledger::Draft unexplained_debit(db::Group& group, const Remittance& one, const StatementLine& line) {
        const bool twice = one.debited.is_positive();
        sometimes("a debit that was not ordered");
        const std::string kind = twice                          ? "duplicate_payout"
                                 : one.state == State::Rejected ? "debit_of_rejected"
                                                                : "debit_differs";
        operators::WorkItems().open(
            group, operators::NewWorkItem{
                       kind, std::string(kRemittanceSubject), one.id,
                       "Line " + line.bank_reference + " debits " + line.amount.text() + " for remittance " + one.id +
                           " of " + one.amount.text() + (twice ? ", which was debited before." : "."),
                       "流水 " + line.bank_reference + " 就汇款 " + one.id + "（" + one.amount.text() + "）扣款 " +
                           line.amount.text() + (twice ? "，属重复扣款。" : "。")});
        return postings::debit_suspended(event_of(group, line), one.bank_account, line.amount);
    }

    /// The debit stays; what came back is the merchant's again, and a charge on the way is ours. More than was paid out
    /// is nobody's yet.
    std::optional<ledger::Draft> returned(db::Group& group, Remittance& one, const StatementLine& line,
                                          AllocatedOrders& orders) {
        const Money gross = line.instructed && *line.instructed > line.amount ? *line.instructed : line.amount;
        if (one.returned + gross > one.debited) return std::nullopt;
        give_back(one, gross, orders);
        sometimes("a payout comes back");
        one.returned += gross;
        one.reason_code = reconciliation::reason_of_return(line);
        operators::WorkItems().open(
            group, operators::NewWorkItem{
                       std::string(orders::kHeldReturned), std::string(kRemittanceSubject), one.id,
                       "Remittance " + one.id + " came back: " + gross.text() + ", reason " + one.reason_code + ".",
                       "汇款 " + one.id + " 已退回 " + gross.text() + "，原因 " + one.reason_code + "。"});
        return postings::remittance_returned(event_of(group, line), one.bank_account, one.merchant_id, line.amount,
                                             gross - line.amount);
    }

    void give_back(const Remittance& one, const Money& gross, AllocatedOrders& orders) {
        std::vector<const remittance::Allocation*> mine;
        std::vector<std::int64_t> weights;
        for (const remittance::Allocation& allocation : allocations_) {
            if (allocation.remittance_id != one.id) continue;
            mine.push_back(&allocation);
            weights.push_back(allocation.amount.minor());
        }
        const std::vector<Money> shares = gross.split(weights);
        for (std::size_t i = 0; i < mine.size(); ++i) {
            orders::Order& order = orders.at(mine[i]->order_id);
            order.amounts.remitted -= std::min(shares[i], order.amounts.remitted);
            hold(order, orders::kHeldReturned, one.id, held_);
        }
    }

    void save(db::Group& group) {
        std::vector<Remittance> rows;
        for (auto& [id, one] : remittances_) rows.push_back(one);
        store_.update(group.tx, rows);
        HeldOrders::put(group, held_);
        std::vector<calls::OutsideFact> facts;
        for (const calls::InstructionRow& row : instructions_) {
            if (!confirmed_.contains(row.instruction.subject_id)) continue;
            facts.push_back({row.instruction.id, calls::InstructionOutcome::Confirmed,
                             remittances_.at(row.instruction.subject_id).their_reference});
        }
        if (!facts.empty()) settle_calls(group, facts);
    }

    const RemitParts& parts_;
    remittance::RemittanceStore store_;
    std::map<std::string, std::string> by_reference_;
    std::vector<std::string> ids_;
    std::map<std::string, Remittance> remittances_;
    std::vector<remittance::Allocation> allocations_;
    std::vector<calls::InstructionRow> instructions_;
    std::set<std::string> confirmed_;
    std::vector<HeldOrder> held_;
};

class RemittanceLines final : public LineTaker {
 public:
    explicit RemittanceLines(const RemitParts& parts) : parts_(parts) {}
    [[nodiscard]] std::unique_ptr<LineTaking> begin() override { return std::make_unique<RemittanceTaking>(parts_); }

 private:
    const RemitParts& parts_;
};

}  // namespace

std::unique_ptr<LineTaker> make_remittance_lines(const RemitParts& parts) {
    return std::make_unique<RemittanceLines>(parts);
}

}  // namespace huiqiao::flow
