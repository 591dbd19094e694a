// Booking lines: each taker in turn takes what is its own; the rest is a charge of the bank's, or goes to suspense. A
// line is booked whatever it says, once for ever; one of zero moved nothing, so that nothing is posted for it.

#include <algorithm>
#include <map>
#include <tuple>

#include "src/base/sometimes.h"
#include "src/flow/fund_parts.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {
namespace {

constexpr std::string_view kReturnedNothing = "returned_nothing";  // work item; subject: the statement's line

using reconciliation::LineState;
using reconciliation::StatementLine;
using reconciliation::StatementStore;
using reconciliation::StoredLine;

class BookWork final : public db::Work {
 public:
    BookWork(const FundParts& parts, std::vector<BookItem*> items) : parts_(parts), items_(std::move(items)) {
        for (LineTaker* taker : parts_.takers) takings_.push_back(taker->begin());
    }

    void find(db::Reader& reader) override {
        for (const BookItem* item : items_) keys_.insert(keys_.end(), item->keys.begin(), item->keys.end());
        for (const StoredLine& stored : StatementStore::lines(reader, keys_)) lines_.push_back(stored.line);
        std::sort(lines_.begin(), lines_.end(), [](const StatementLine& a, const StatementLine& b) {
            return std::tie(a.booked_on, a.account, a.sequence) < std::tie(b.booked_on, b.account, b.sequence);
        });
        for (const auto& taking : takings_) taking->find(reader, lines_);
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
        for (const auto& taking : takings_) taking->claim(claims);
    }
    void lock(db::Locks& locks) override {
        for (const StatementLine& line : lines_) locks.add(reconciliation::kStatementLineLock, line.key());
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
        for (const auto& taking : takings_) taking->lock(locks);
    }

    void run(db::Group& group) override {
        std::map<std::string, StoredLine> stored;
        for (StoredLine& line : StatementStore::lines(group.tx, keys_)) {
            std::string key = line.line.key();
            stored.emplace(std::move(key), std::move(line));
        }
        std::vector<bool> open(lines_.size());
        std::vector<TakenLine> taken(lines_.size());
        for (std::size_t i = 0; i < lines_.size(); ++i) open[i] = stored.at(lines_[i].key()).state != LineState::Booked;
        const std::vector<bool> were_open = open;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!open[i] || !lines_[i].amount.is_zero()) continue;
            if (is_payment_lost(lines_[i])) tell_lost(group, lines_[i]);
            taken[i] = {true, "nothing", lines_[i].key(), "", false};
            open[i] = false;
        }
        for (const auto& taking : takings_) {
            const std::vector<TakenLine> some = taking->run(group, lines_, open);
            for (std::size_t i = 0; i < some.size(); ++i) {
                if (!open[i]) continue;
                if (!some[i].taken && (!some[i].waits || !may_wait(group, lines_[i]))) {
                    if (taken[i].subject_id.empty()) taken[i].subject_id = some[i].subject_id;
                    continue;
                }
                taken[i] = some[i];
                open[i] = false;
            }
        }
        book_rest(group, open, taken);
        save(group, were_open, taken, stored);
    }

 private:
    /// Something came back, and nothing of it arrived.
    static bool is_payment_lost(const StatementLine& line) {
        return line.is_reversal || is_return(line) || (line.instructed && line.instructed->is_positive());
    }
    static void tell_lost(db::Group& group, const StatementLine& line) {
        operators::WorkItems().open(
            group,
            operators::NewWorkItem{
                std::string(kReturnedNothing), "statement_line", line.key(),
                "Line " + line.key() + " of the bank's statement says that payment " + line.end_to_end +
                    " came back, and that nothing of it arrived. Nothing was booked: ask the bank where the money "
                    "is; once its line comes it is booked like any other.",
                "银行对账单流水 " + line.key() + " 显示付款 " + line.end_to_end +
                    " 被退回，但到账金额为零。未入账：请向银行核实款项去向；到账后将照常入账。"});
    }

    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const StatementLine& line : lines_) {
            const Currency currency = line.amount.currency();
            accounts.push_back(ledger::provision(line.account, currency));
            accounts.push_back(ledger::suspense(currency));
            accounts.push_back(ledger::suspense_debit(currency));
            for (const ledger::AccountKind kind : {ledger::AccountKind::DueFromOwn, ledger::AccountKind::BankCharge,
                                                   ledger::AccountKind::DueToCustomers}) {
                accounts.push_back(ledger::single(kind, currency));
            }
        }
        return accounts;
    }

    bool may_wait(const db::Group& group, const StatementLine& line) const {
        return Date::in_shanghai(group.now) <= line.booked_on.plus_days(parts_.settings.wait_days);
    }

    static operators::NewWorkItem item_for(const StatementLine& line) {
        const std::string amount = std::string(line.amount.currency().code()) + " " + line.amount.text();
        const std::string direction = line.is_credit ? "credit" : "debit";
        return {"line_in_suspense", "statement_line", line.key(),
                "Line " + line.key() + ", a " + direction + " of " + amount + ", fits nothing and stands in suspense.",
                "流水 " + line.key() + "（" + (line.is_credit ? "贷" : "借") + "记 " + amount + "）无法对应，已挂账。"};
    }

    void book_rest(db::Group& group, const std::vector<bool>& open, std::vector<TakenLine>& taken) {
        std::vector<ledger::Draft> entries;
        std::vector<std::size_t> of_line;
        std::vector<operators::NewWorkItem> items;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!open[i]) continue;
            const StatementLine& line = lines_[i];
            const postings::Event event{"statement_line", line.key(), group.now, line.value_date, "system", ""};
            const bool charge = !line.is_credit && line.code.ends_with("/CHRG");
            if (charge) {
                sometimes("a bank takes a charge");
                entries.push_back(postings::charge_borne_by_us(event, line.account, line.amount));
            } else {
                entries.push_back(line.is_credit ? postings::credit_suspended(event, line.account, line.amount)
                                                 : postings::debit_suspended(event, line.account, line.amount));
                items.push_back(item_for(line));
                sometimes("a line that fits nothing");
            }
            of_line.push_back(i);
            const std::string& named = taken[i].subject_id;  // by a taker that may come to know it
            taken[i] = {true, charge ? "bank_charge" : "suspense", charge || named.empty() ? line.key() : named, "",
                        false};
        }
        if (entries.empty()) return;
        const ledger::PostResult posted = parts_.ledger.post(group, entries);
        for (std::size_t i = 0; i < of_line.size(); ++i) taken[of_line[i]].entry_id = posted.entries[i].entry_id;
        note_overdrawn(group, posted);
        if (!items.empty()) operators::WorkItems().open(group, items);
    }

    void save(db::Group& group, const std::vector<bool>& were_open, const std::vector<TakenLine>& taken,
              std::map<std::string, StoredLine>& stored) {
        std::vector<StoredLine> changed;
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (!were_open[i]) continue;
            StoredLine& line = stored.at(lines_[i].key());
            line.state = taken[i].waits ? LineState::Waiting : LineState::Booked;
            line.due_at = taken[i].waits ? std::optional(group.now + parts_.settings.wait_again) : std::nullopt;
            line.subject_kind = taken[i].subject_kind;
            line.subject_id = taken[i].subject_id;
            line.entry_id = taken[i].entry_id;
            if (!taken[i].waits) ++booked_;
            changed.push_back(line);
        }
        StatementStore::save_lines(group.tx, changed);
        items_.front()->booked = booked_;
    }

    const FundParts& parts_;
    std::vector<BookItem*> items_;
    std::vector<std::unique_ptr<LineTaking>> takings_;
    std::vector<std::string> keys_;
    std::vector<StatementLine> lines_;
    int booked_ = 0;
};

}  // namespace

std::unique_ptr<db::Operation> make_book_lines(const FundParts& parts) {
    return std::make_unique<OperationOf<BookWork, BookItem, FundParts>>(parts, "book_lines");
}

}  // namespace huiqiao::flow
