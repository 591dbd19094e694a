// The line of a statement by which a bank takes what the end of a lock cost, or pays what it brought. A line under its
// reference that is not what the bank said, comes a second time, or after two persons said that none comes, stands in
// suspense and is told: two persons settle the end by it.

#include <map>
#include <set>

#include "fx/lock_end_store.h"
#include "fx/quote_store.h"
#include "src/flow/decision.h"
#include "src/flow/lock_end_parts.h"
#include "src/flow/lock_end_settle.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

namespace {

using fx::LockEnd;
using fx::LockEndState;
using reconciliation::StatementLine;

bool is_its(const LockEnd& end, const StatementLine& line) {
    return end.reference == line.end_to_end && end.cny_account == line.account && end.decided_at != Instant{};
}

class EndTaking final : public LineTaking {
 public:
    explicit EndTaking(const ledger::Ledger& ledger) : ledger_(ledger) {}

    void find(db::Reader& reader, std::span<const StatementLine> lines) override {
        std::set<std::string> references;
        for (const StatementLine& line : lines)
            if (!line.end_to_end.empty()) references.insert(line.end_to_end);
        found_ = fx::LockEndStore::by_reference(reader, std::vector<std::string>(references.begin(), references.end()));
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) ledger_.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const LockEnd& end : found_) locks.add(fx::kLockLock, end.lock_id);
        for (const ledger::Account& account : accounts()) ledger_.lock(locks, account);
    }
    std::vector<TakenLine> run(db::Group& group, std::span<const StatementLine> lines,
                               const std::vector<bool>& open) override {
        std::vector<TakenLine> taken(lines.size());
        if (found_.empty()) return taken;
        std::map<std::string, LockEnd> ends;
        for (const LockEnd& found : found_) {
            LockEnd end = fx::LockEndStore::find(group.tx, found.id).value();
            std::string reference = end.reference;
            ends.emplace(std::move(reference), std::move(end));
        }
        std::vector<ledger::Draft> drafts;
        std::vector<std::size_t> of_line;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const auto at = open[i] ? ends.find(lines[i].end_to_end) : ends.end();
            if (at == ends.end() || !is_its(at->second, lines[i])) continue;
            LockEnd& end = at->second;
            taken[i].subject_id = end.id;
            if (end.state == LockEndState::Ordered || end.state == LockEndState::Unknown) {
                taken[i].waits = true;
                continue;
            }
            const bool is_it = fits(end, lines[i]);
            if (is_it) {
                settle_end(group, ledger_, end, lines[i].key(), "its line has come");
            } else {
                tell_differs(group, end, lines[i]);
            }
            drafts.push_back(draft_of(end, lines[i], is_it, group.now));
            of_line.push_back(i);
            taken[i].taken = true;
            taken[i].subject_kind = is_it ? "fx_lock_end" : "suspense";
        }
        if (drafts.empty()) return taken;
        const ledger::PostResult posted = ledger_.post(group, drafts);
        for (std::size_t at = 0; at < of_line.size(); ++at) taken[of_line[at]].entry_id = posted.entries[at].entry_id;
        note_overdrawn(group, posted);
        return taken;
    }

 private:
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        const Currency cny = Currency::known("CNY");
        std::vector<ledger::Account> all;
        for (const LockEnd& end : found_) {
            all.push_back(ledger::provision(end.cny_account, cny));
            all.push_back(ledger::fx_payable(end.bank, cny));
            all.push_back(ledger::fx_receivable(end.bank, cny));
        }
        if (!all.empty()) {
            all.push_back(ledger::suspense(cny));
            all.push_back(ledger::suspense_debit(cny));
        }
        return all;
    }

    static bool fits(const LockEnd& end, const StatementLine& line) {
        const Money& due = line.is_credit ? end.charged.we_get : end.charged.we_pay;
        return end.state == LockEndState::Done && end.settled_by.empty() && !line.is_reversal && due.is_positive() &&
               due.currency() == line.amount.currency() && due == line.amount;
    }

    static void tell_differs(db::Group& group, const LockEnd& end, const StatementLine& line) {
        const std::string amount = amount_with_currency(line.amount);
        const bool is_done = end.state == LockEndState::Done;
        operators::WorkItems().open(
            group, operators::NewWorkItem{
                       std::string(kLockEndLineDiffers), "statement_line", line.key(),
                       "Line " + line.key() + ", a " + (line.is_credit ? "credit" : "debit") + " of " + amount +
                           ", names the end " + end.id + " of lock " + end.lock_id + " at " + end.bank + ", which is " +
                           std::string(to_text(end.state)) + " (" + cost_in_words(end.charged) +
                           (end.settled_by.empty() ? "" : ", settled before by " + end.settled_by) +
                           "). It stands in suspense: ask the bank, then two persons " +
                           (is_done ? "settle the end by it (settle_lock_end)."
                                    : "say what it was (explain_debit, resolve_suspense)."),
                       "流水 " + line.key() + "（" + (line.is_credit ? "贷" : "借") + "记 " + amount + "）指向 " +
                           end.bank + " 锁汇 " + end.lock_id + " 的结束申请 " + end.id + "，其状态为 " +
                           std::string(to_text(end.state)) + "（" + cost_in_words_zh(end.charged) +
                           (end.settled_by.empty() ? "" : "，此前已由 " + end.settled_by + " 处理") +
                           "）。该笔已挂账：请向银行核实，再由两人以 " +
                           (is_done ? "settle_lock_end" : "explain_debit、resolve_suspense") + " 处理。"});
    }

    static ledger::Draft draft_of(const LockEnd& end, const StatementLine& line, bool is_it, Instant now) {
        const postings::Event event{.source_type = "statement_line",
                                    .source_id = line.key(),
                                    .occurred_at = now,
                                    .value_date = line.value_date};
        if (!is_it) {
            return line.is_credit ? postings::credit_suspended(event, line.account, line.amount)
                                  : postings::debit_suspended(event, line.account, line.amount);
        }
        return line.is_credit ? postings::received_leg_settled(event, end.bank, line.account, line.amount)
                              : postings::paid_leg_settled(event, end.bank, line.account, line.amount);
    }

    const ledger::Ledger& ledger_;
    std::vector<LockEnd> found_;
};

}  // namespace

std::unique_ptr<LineTaking> LockEndLines::begin() {
    return std::make_unique<EndTaking>(ledger_);
}

}  // namespace huiqiao::flow
