// A deposit that came before its file, and waited for it until it had to be booked: its money stands in suspense. When
// the file is here the batch takes it out of there, as two persons would, and its payments fund their orders. A batch
// whose money has not come at all is looked at again, as long as its channel is asked for files.

#include <algorithm>
#include <map>
#include <set>

#include "src/base/sometimes.h"
#include "src/flow/fund_channel_parts.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"
#include "src/flow/suspense_matters.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {
namespace {

using reconciliation::LineState;
using reconciliation::SettlementBatch;
using reconciliation::SettlementStore;
using reconciliation::StatementStore;
using reconciliation::StoredLine;

constexpr std::chrono::hours kLookAgain{1};

class LateWork final : public db::Work {
 public:
    LateWork(const ChannelParts& parts, std::vector<LateBatchesItem*> items)
        : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        std::set<std::string> ids;
        for (const LateBatchesItem* item : items_) ids.insert(item->ids.begin(), item->ids.end());
        ids_.assign(ids.begin(), ids.end());
        for (const StoredLine& stored : StatementStore::lines_of(reader, ids_)) keys_.push_back(stored.line.key());
        for (const SettlementBatch& batch : SettlementStore::batches(reader, ids_))
            currencies_.insert(batch.gross.currency());
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& key : keys_) locks.add(reconciliation::kStatementLineLock, key);
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }

    /// As for a deposit that is taken in time, the line's lock is the batch's.
    void run(db::Group& group) override {
        std::map<std::string, std::vector<StoredLine>> lines;
        for (StoredLine& stored : StatementStore::lines(group.tx, keys_)) {
            if (stored.state == LineState::Booked && stored.subject_kind == "suspense")
                lines[stored.subject_id].push_back(std::move(stored));
        }
        int booked = 0;
        for (SettlementBatch& batch : SettlementStore::batches(group.tx, ids_)) {
            if (!batch.line_key.empty()) continue;
            std::vector<StoredLine>& named = lines[batch.id()];
            const bool has_money = std::any_of(named.begin(), named.end(),
                                               [&](StoredLine& stored) { return settle(group, batch, stored); });
            if (has_money) {
                ++booked;
                continue;
            }
            // A deposit that comes now finds its batch by itself.
            const bool is_over = !named.empty() || parts_.settings.gives_up(batch.day, Date::in_shanghai(group.now));
            SettlementStore::set_batch_due(group.tx, batch.id(),
                                           is_over ? std::nullopt : std::optional(group.now + kLookAgain));
        }
        items_.front()->booked = booked;
    }

 private:
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const Currency currency : currencies_) {
            accounts.push_back(ledger::suspense(currency));
            add_settled(accounts, parts_.settings.channel, currency);
        }
        return accounts;
    }

    /// False where the line is not the batch's deposit, or two persons settled its money otherwise: somebody is told.
    bool settle(db::Group& group, SettlementBatch& batch, StoredLine& stored) const {
        const std::vector<Suspended> there = SuspenseStore::of_source(group.tx, "statement_line", stored.line.key());
        if (there.empty() || !is_deposit_of(batch, stored.line)) {
            tell_deposit_differs(group, batch, stored.line);
            return false;
        }
        sometimes("a deposit that came long before its file");
        const ledger::Draft entry = postings::channel_settled_late(
            {"statement_line", stored.line.key(), group.now, stored.line.value_date, "system", ""},
            parts_.settings.channel, batch.gross, batch.cost);
        const ledger::PostResult posted = parts_.ledger.post(group, std::span(&entry, 1));
        note_overdrawn(group, posted);
        SuspenseStore::settle(group, there.front(), posted.entries.front().entry_id);
        close_matters(group, there.front(), "its settlement file came");
        stored.subject_kind = "settlement_batch";
        stored.entry_id = there.front().entry.id;
        StatementStore::save_lines(group.tx, std::span(&stored, 1));
        SettlementStore::set_money(group.tx, batch.id(), stored.line.key());
        SettlementStore::release_payments(group.tx, batch.id(), group.now);
        batch.line_key = stored.line.key();
        return true;
    }

    const ChannelParts& parts_;
    std::vector<LateBatchesItem*> items_;
    std::vector<std::string> ids_;
    std::vector<std::string> keys_;
    std::set<Currency> currencies_;
};

}  // namespace

std::unique_ptr<db::Operation> make_book_late(const ChannelParts& parts) {
    return std::make_unique<OperationOf<LateWork, LateBatchesItem, ChannelParts>>(parts, "book_late_batches");
}

}  // namespace huiqiao::flow
