// The bank's answers to remittances. Accepted and confirmed book nothing: the debit is booked from the statement. A
// proved rejection gives the money back to the merchant and flags the orders. Unknown is only queried (PAY-01).

#include <set>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/order_hold.h"
#include "src/flow/own_transfer.h"
#include "src/flow/postings.h"
#include "src/flow/provision_transfer.h"
#include "src/flow/remit_parts.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {
namespace {

using calls::InstructionOutcome;
using remittance::PaymentAnswer;
using remittance::Remittance;

constexpr std::string_view kOtherPayee = "the bank's answer names another payee's account than was sent";

class PayHandler final : public calls::AnswerHandler {
 public:
    explicit PayHandler(const RemitParts& parts) : parts_(parts) {}

    [[nodiscard]] std::string_view operation() const override { return kPayOperation; }

    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override {
        return parts_.banks.at(call.counterparty).query(call.reference);
    }

    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override {
        const auto at = static_cast<std::size_t>(queries);
        if (at >= parts_.settings.queries.size()) return std::nullopt;
        return parts_.settings.queries[at];
    }

    /// Compares with what was sent: amounts and payees' accounts are columns that never change.
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool of_query) const override {
        std::map<std::string, Remittance> sent;
        std::map<std::string, std::string> accounts;
        parts_.database.read([&](db::Reader& reader) {
            sent = remittance::RemittanceStore().load(reader, ids_of(call));
            accounts = payee_accounts(reader, sent);
        });
        std::vector<remittance::Sent> wanted;
        for (const auto& [id, one] : sent) wanted.push_back({one.reference, one.amount, one.uetr});
        const remittance::RemittanceBank& bank = parts_.banks.at(call.counterparty);
        const std::vector<PaymentAnswer> answers =
            of_query ? bank.read_query(answer, call.reference, wanted) : bank.read_pay(answer, call.reference, wanted);
        calls::Reading reading;
        for (const auto& [id, one] : sent) {
            for (const PaymentAnswer& found : answers) {
                if (found.answer.reference == one.reference) {
                    reading.answers.push_back(judged(one, accounts, found));
                }
            }
        }
        return reading;
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading& reading) override {
        // A group may hold several answers to one call (two decisions of persons): what each needs is added up.
        Found& found = found_[call.id];
        found.remittances = remittance::RemittanceStore().load(reader, ids_of(call));
        std::vector<std::string> rejected;
        for (const auto& [id, one] : found.remittances) {
            if (is_rejected(reading, one)) rejected.push_back(id);
        }
        for (const remittance::Allocation& each : remittance::RemittanceStore().allocations(reader, rejected)) {
            found.order_ids.insert(each.order_id);
        }
    }
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading&) override {
        for (const ledger::Account& account : accounts_of(found_[call.id].remittances))
            parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        const Found& found = found_[call.id];
        for (const auto& [id, one] : found.remittances) locks.add(remittance::kRemittanceLock, id);
        for (const std::string& order : found.order_ids) locks.add(orders::kOrderLock, order);
        for (const ledger::Account& account : accounts_of(found.remittances)) parts_.ledger.lock(locks, account);
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading&,
               std::span<const calls::Moved> moved) override {
        std::map<std::string, Remittance> now = remittance::RemittanceStore().load(group.tx, ids_of(call));
        std::vector<std::string> rejected;
        for (const calls::Moved& move : moved) {
            if (move.to == InstructionOutcome::Rejected) rejected.push_back(move.instruction->subject_id);
        }
        // Allocations never change, so these are the ones whose orders find() had locked.
        const std::vector<remittance::Allocation> allocations =
            remittance::RemittanceStore().allocations(group.tx, rejected);
        AllocatedOrders orders(group.tx, allocations);
        std::vector<Remittance> changed;
        for (const calls::Moved& move : moved) {
            const auto at = now.find(move.instruction->subject_id);
            if (at == now.end()) continue;
            apply_one(group, at->second, move, allocations, orders);
            changed.push_back(at->second);
        }
        remittance::RemittanceStore().update(group.tx, changed);
        orders.save(group, "");
    }

    void finish(db::Group&) override { found_.clear(); }

 private:
    struct Found {
        std::map<std::string, Remittance> remittances;
        std::set<std::string> order_ids;  // of those that are rejected
    };

    static std::vector<std::string> ids_of(const calls::Call& call) {
        std::vector<std::string> ids;
        for (const calls::Instruction& instruction : call.instructions) ids.push_back(instruction.subject_id);
        return ids;
    }

    std::map<std::string, std::string> payee_accounts(db::Reader& reader,
                                                      const std::map<std::string, Remittance>& sent) const {
        std::set<std::string> ids;
        std::map<std::string, std::string> accounts;
        for (const auto& [id, one] : sent) {
            if (remittance::is_own(one.kind)) accounts.emplace(one.payee_id, one.payee_id);
            if (!remittance::is_own(one.kind)) ids.insert(one.payee_id);
        }
        for (const std::string& id : ids) {
            const auto payees = parts_.parties.payees(reader, std::span(&id, 1));
            if (payees && payees->contains(id)) accounts.emplace(id, payees->at(id).account);
        }
        return accounts;
    }

    /// PAY-05, and the statement before all: what it shows as debited is done, whatever the bank's answer says.
    static InstructionAnswer judged(const Remittance& one, const std::map<std::string, std::string>& accounts,
                                    const PaymentAnswer& found) {
        InstructionAnswer answer = found.answer;
        const auto account = accounts.find(one.payee_id);
        const bool other_payee =
            !found.payee_account.empty() && (account == accounts.end() || account->second != found.payee_account);
        if (is_planted(Bug::NotFoundAsFailed) && answer.reason.starts_with("status 404"))
            answer.outcome = Outcome::RejectedFinal;
        if (other_payee) {
            answer.outcome = Outcome::Unknown;
            answer.reason = std::string(kOtherPayee);
            sometimes("a bank names another payee");
        }
        if (one.debited.is_positive()) {
            answer.outcome = Outcome::Confirmed;
            answer.their_reference = one.their_reference;
        }
        return answer;
    }

    static bool is_rejected(const calls::Reading& reading, const Remittance& one) {
        for (const InstructionAnswer& answer : reading.answers) {
            if (answer.reference == one.reference) return answer.outcome == Outcome::RejectedFinal;
        }
        // Two persons may reject what no answer speaks of.
        return reading.answers.empty();
    }

    void apply_one(db::Group& group, Remittance& one, const calls::Moved& move,
                   const std::vector<remittance::Allocation>& allocations, AllocatedOrders& orders) const {
        const std::string theirs = move.answer == nullptr ? "" : move.answer->their_reference;
        note_second_reference(group, one, theirs);
        if (!theirs.empty() && one.their_reference.empty()) one.their_reference = theirs;
        switch (move.to) {
            case InstructionOutcome::Accepted:
                if (one.state != remittance::State::Confirmed) one.state = remittance::State::Accepted;
                break;
            case InstructionOutcome::Confirmed: one.state = remittance::State::Confirmed; break;
            case InstructionOutcome::Rejected: reject(group, one, move, allocations, orders); break;
            case InstructionOutcome::Unknown:
                if (one.state != remittance::State::Confirmed) one.state = remittance::State::Unknown;
                note_disagreement(group, one, move);
                break;
            case InstructionOutcome::Open:
            case InstructionOutcome::Escalated:
            case InstructionOutcome::Withdrawn: break;
        }
    }

    /// PAY-06: one reference of ours, two of the bank's. Only a second debit on a statement is booked.
    static void note_second_reference(db::Group& group, const Remittance& one, const std::string& theirs) {
        if (theirs.empty() || one.their_reference.empty() || theirs == one.their_reference) return;
        sometimes("a second bank reference");
        operators::WorkItems().open(
            group, operators::NewWorkItem{"duplicate_payout_suspected", std::string(kRemittanceSubject), one.id,
                                          "The bank names a second reference for remittance " + one.id + ".",
                                          "银行对汇款 " + one.id + " 给出了第二个流水号，疑似重复付款。"});
    }

    /// An answer that is readable and contradicts what was sent is an alarm; silence is not.
    static void note_disagreement(db::Group& group, const Remittance& one, const calls::Moved& move) {
        if (move.answer == nullptr || move.answer->reason.find("than was sent") == std::string::npos) return;
        sometimes("a bank answers of another payment than was sent");
        operators::WorkItems().open(group,
                                    operators::NewWorkItem{"answer_disagrees", std::string(kRemittanceSubject), one.id,
                                                           "Remittance " + one.id + ": " + move.answer->reason + ".",
                                                           "汇款 " + one.id + "：银行应答与所发指令不一致。"});
    }

    void reject(db::Group& group, Remittance& one, const calls::Moved& move,
                const std::vector<remittance::Allocation>& allocations, AllocatedOrders& orders) const {
        if (one.state == remittance::State::Rejected || one.debited.is_positive()) return;
        sometimes("a payout is rejected");
        one.state = remittance::State::Rejected;
        one.reason_code = move.answer == nullptr ? "" : move.answer->reason_code;
        if (one.kind == remittance::Kind::Transfer) return reject_transfer(group, parts_.ledger, one);
        if (remittance::is_own(one.kind)) return reject_own(group, parts_.ledger, one);
        const ledger::Draft entry = postings::remittance_rejected(
            postings::Event{std::string(kRemittanceSubject), one.id, group.now, group.business_date, "system", ""},
            one.merchant_id, one.bank_account, one.amount);
        note_overdrawn(group, parts_.ledger.post(group, std::span(&entry, 1)));
        parts_.ledger.release(group, std::span(&one.provision_hold, 1));
        std::vector<HeldOrder> held;
        for (const remittance::Allocation& allocation : allocations) {
            if (allocation.remittance_id != one.id) continue;
            orders::Order& order = orders.at(allocation.order_id);
            order.amounts.remitting -= allocation.amount;
            hold(order, orders::kHeldRejected, one.id, held);
        }
        HeldOrders::put(group, held);
        operators::WorkItems().open(
            group, operators::NewWorkItem{std::string(orders::kHeldRejected), std::string(kRemittanceSubject), one.id,
                                          "Remittance " + one.id + " of " + one.amount.text() + " " +
                                              std::string(one.amount.currency().code()) +
                                              " was rejected: " + one.reason_code + ".",
                                          "汇款 " + one.id + "（" + std::string(one.amount.currency().code()) + " " +
                                              one.amount.text() + "）被银行拒绝：" + one.reason_code + "。"});
    }

    const RemitParts& parts_;
    std::map<std::string, Found> found_;  // by call, from find() to lock() on the writer's thread
};

}  // namespace

std::unique_ptr<calls::AnswerHandler> make_pay_handler(const RemitParts& parts) {
    return std::make_unique<PayHandler>(parts);
}

}  // namespace huiqiao::flow
