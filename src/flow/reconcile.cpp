#include "src/flow/reconcile.h"

#include <map>
#include <optional>
#include <set>

#include "src/base/sometimes.h"
#include "src/flow/payout_matches.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {
namespace {

using reconciliation::Break;
using reconciliation::BreakKind;
using reconciliation::StatementStore;

constexpr int kMostBreaks = 1000;
constexpr std::chrono::hours kOverdueAfter{24};  // an open break becomes a work item

/// What the payouts of one account showed before anything was locked.
struct AccountMatches {
    std::vector<PayoutMatch> payouts;
    Date closed;  // the last day that the bank has closed
};

struct ReconcileItem final : db::Item {
    std::map<std::string, AccountMatches> matches;  // by account; read before
    std::set<std::string> explained;                // breaks that the books have explained; read before
    Reconciliation found;                           // answer
};

class ReconcileWork final : public db::Work {
 public:
    ReconcileWork(const ledger::Ledger& ledger, const ReconcileSettings& settings, ReconcileItem& item)
        : ledger_(ledger), settings_(settings), item_(item) {}

    void find(db::Reader& reader) override {
        for (const Break& open : StatementStore::open_breaks(reader, kMostBreaks)) break_ids_.insert(open.id);
        for (const ProvisionAccount& account : settings_.accounts) break_ids_.insert(balance_break(account));
    }
    void claim(db::Claims& claims) override {
        for (const ProvisionAccount& account : settings_.accounts) {
            ledger_.claim(claims, ledger::provision(account.name, account.currency));
        }
    }
    void lock(db::Locks& locks) override {
        locks_ = &locks;
        for (const ProvisionAccount& account : settings_.accounts) {
            locks.add(reconciliation::kStatementAccountLock, account.name);
            ledger_.lock(locks, ledger::provision(account.name, account.currency));
        }
        for (const std::string& id : break_ids_) locks.add(reconciliation::kBreakLock, id);
    }

    void run(db::Group& group) override {
        item_.found = {};
        std::vector<std::string> names;
        for (const ProvisionAccount& account : settings_.accounts) names.push_back(account.name);
        const auto places = StatementStore::places(group.tx, names);
        for (const ProvisionAccount& account : settings_.accounts) {
            const auto place = places.find(account.name);
            prove_balance(group, account, place == places.end() ? nullptr : &place->second);
            const auto matches = item_.matches.find(account.name);
            if (matches == item_.matches.end()) continue;
            for (const PayoutMatch& match : matches->second.payouts)
                note_match(group, account, match, matches->second.closed);
        }
        explained_.insert(item_.explained.begin(), item_.explained.end());
        write(group);
        tell_of_old(group);
    }

 private:
    static std::string balance_break(const ProvisionAccount& account) {
        return reconciliation::break_id(BreakKind::Balance, account.name, account.currency.code());
    }

    void prove_balance(db::Group& group, const ProvisionAccount& account, const reconciliation::ReadingPlace* place) {
        const ledger::Account ours = ledger::provision(account.name, account.currency);
        const Money none = Money::zero(account.currency);
        AccountProof proof{account.name, false, none, none, none};
        const auto balances = ledger_.balances(group.tx, std::span(&ours, 1));
        if (const auto found = balances.find(ours.id()); found != balances.end()) proof.ours = found->second.booked;
        const auto in_transit =
            StatementStore::open_amount(group.tx, account.name, account.currency, settings_.lines_in_transit);
        if (place != nullptr && place->balance && in_transit) {
            proof.compared = true;
            proof.bank = *place->balance;
            proof.in_transit = *in_transit;
            const Money difference = proof.difference();
            if (difference.is_zero()) {
                explained_.insert(balance_break(account));
            } else {
                const std::string code(account.currency.code());
                note({balance_break(account),
                      BreakKind::Balance,
                      account.name,
                      difference,
                      true,
                      settings_.owner,
                      "The bank's balance of " + code + " " + proof.bank.text() + ", less " + proof.in_transit.text() +
                          " in lines not booked yet, and our " + proof.ours.text() + " differ by " + difference.text() +
                          ".",
                      "银行余额 " + code + " " + proof.bank.text() + "（扣除未入账流水 " + proof.in_transit.text() +
                          "）与账面 " + proof.ours.text() + " 相差 " + difference.text() + "。",
                      group.now,
                      {}});
            }
        }
        item_.found.proofs.push_back(std::move(proof));
    }

    void note_match(db::Group& group, const ProvisionAccount& account, const PayoutMatch& match, Date closed) {
        if (match.match.kind == reconciliation::MatchKind::Matched) {
            explained_.insert(
                reconciliation::break_id(BreakKind::MissingAtBank, account.name, match.match.expected_id));
            return;
        }
        Break found = break_of(account, match, closed, settings_.owner, group.now);
        if (!item_.explained.contains(found.id)) note(std::move(found));
    }

    void note(Break found) {
        std::string id = found.id;
        found_.insert_or_assign(std::move(id), std::move(found));
    }

    void write(db::Group& group) {
        std::vector<std::string> ids(break_ids_.begin(), break_ids_.end());
        for (const auto& [id, found] : found_) {
            if (!break_ids_.contains(id)) ids.push_back(id);
        }
        std::map<std::string, Break> standing = StatementStore::breaks(group.tx, ids);
        std::vector<Break> fresh;
        std::vector<Break> changed;
        for (const auto& [id, found] : found_) {
            const auto known = standing.find(id);
            if (known == standing.end()) {
                fresh.push_back(found);
                sometimes("a break opens");
                continue;
            }
            if (known->second.is_open && known->second.difference == found.difference &&
                known->second.text_en == found.text_en)
                continue;
            // Closed ones, and such as came since, are not among those that were locked at first.
            if (!locks_->has(reconciliation::kBreakLock, id)) throw db::NeedLock{&reconciliation::kBreakLock, id};
            if (!known->second.is_open) {
                changed.push_back(found);
            } else {
                Break moved = found;
                moved.opened_at = known->second.opened_at;  // it ages from when it was first seen
                moved.owner = known->second.owner;
                changed.push_back(std::move(moved));
            }
        }
        item_.found.opened = static_cast<int>(fresh.size());
        for (const Break& one : changed) item_.found.opened += standing.at(one.id).is_open ? 0 : 1;
        for (const std::string& id : explained_) {
            const auto known = standing.find(id);
            if (known == standing.end() || !known->second.is_open) continue;
            Break done = known->second;
            done.is_open = false;
            sometimes("a break is explained");
            done.closed_at = group.now;
            work_items_.close(group, kBreakOverdue, id, "explained");
            changed.push_back(std::move(done));
            ++item_.found.closed;
        }
        StatementStore::insert_breaks(group.tx, fresh);
        StatementStore::save_breaks(group.tx, changed);
        item_.found.open = StatementStore::open_breaks(group.tx, kMostBreaks);
    }

    /// REC-01, REC-06: a difference of timing is gone by its due time; what is not has a person.
    void tell_of_old(db::Group& group) {
        std::vector<operators::NewWorkItem> fresh;
        const std::map<std::string, std::string> told = work_items_.open_of(group.tx, kBreakOverdue);
        for (const Break& one : item_.found.open) {
            if (group.now - one.opened_at < kOverdueAfter) continue;
            sometimes("a break is overdue");
            operators::NewWorkItem item{
                std::string(kBreakOverdue), "break", one.id,
                "Account " + one.account + ", open since " + Date::in_shanghai(one.opened_at).text() + ": " +
                    one.text_en,
                "账户 " + one.account + "，自 " + Date::in_shanghai(one.opened_at).text() + " 未了：" + one.text_zh};
            const auto standing = told.find(one.id);
            if (standing == told.end()) {
                fresh.push_back(std::move(item));
            } else if (standing->second != item.text_en) {
                work_items_.retell(group, item);
            }
        }
        work_items_.open(group, fresh);
    }

    const ledger::Ledger& ledger_;
    const ReconcileSettings& settings_;
    operators::WorkItems work_items_;
    ReconcileItem& item_;
    std::set<std::string> break_ids_;
    const db::Locks* locks_ = nullptr;  // of the group, with what this work asked for by NeedLock
    std::map<std::string, Break> found_;
    std::set<std::string> explained_;
};

class ReconcileOperation final : public db::Operation {
 public:
    ReconcileOperation(const ledger::Ledger& ledger, const ReconcileSettings& settings)
        : ledger_(ledger), settings_(settings) {}
    [[nodiscard]] std::string_view name() const override { return "reconcile"; }
    /// Several callers of one group get the first one's comparison: it is of the same moment.
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<SharedWork>(ledger_, settings_, items);
    }

 private:
    class SharedWork final : public db::Work {
     public:
        SharedWork(const ledger::Ledger& ledger, const ReconcileSettings& settings,
                   std::span<const std::shared_ptr<db::Item>> items)
            : items_(items.begin(), items.end()), work_(ledger, settings, item_at(0)) {}
        void find(db::Reader& reader) override { work_.find(reader); }
        void claim(db::Claims& claims) override { work_.claim(claims); }
        void lock(db::Locks& locks) override { work_.lock(locks); }
        void run(db::Group& group) override {
            work_.run(group);
            for (std::size_t i = 1; i < items_.size(); ++i) item_at(i).found = item_at(0).found;
        }

     private:
        ReconcileItem& item_at(std::size_t at) { return static_cast<ReconcileItem&>(*items_.at(at)); }
        std::vector<std::shared_ptr<db::Item>> items_;
        ReconcileWork work_;
    };

    const ledger::Ledger& ledger_;
    const ReconcileSettings& settings_;
};

}  // namespace

class Reconcile::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, ReconcileSettings settings)
        : database_(database), queue_(queue), settings_(std::move(settings)), operation_(ledger, settings_) {}

    Result<Reconciliation> run() {
        auto item = std::make_shared<ReconcileItem>();
        database_.read([&](db::Reader& reader) { look(reader, *item); });
        if (const Status status = queue_.run(operation_, item); !status) return status.error();
        return std::move(item->found);
    }

 private:
    void look(db::Reader& reader, ReconcileItem& item) const {
        std::vector<std::string> names;
        for (const ProvisionAccount& account : settings_.accounts) names.push_back(account.name);
        const auto places = StatementStore::places(reader, names);
        PayoutMatches payouts(reader, settings_);
        const auto judge = [&](BreakKind kind, const std::string& account, const std::string& what) {
            if (payouts.is_explained(kind, what)) item.explained.insert(reconciliation::break_id(kind, account, what));
        };
        std::set<std::string> compared;  // payouts
        for (const ProvisionAccount& account : settings_.accounts) {
            const auto place = places.find(account.name);
            if (place == places.end() || !place->second.closed) continue;
            std::vector<PayoutMatch> found = payouts.of(account, place->second);
            for (const PayoutMatch& one : found) {
                compared.insert(one.match.expected_id);
                if (!one.match.line_key.empty() && one.match.kind != reconciliation::MatchKind::Matched)
                    judge(reconciliation::break_kind_from_text(to_text(one.match.kind)), account.name,
                          one.match.line_key);
            }
            item.matches[account.name] = {std::move(found), place->second.closed->day};
        }
        // While a payout's day is compared, a debit that is missing is judged by the lines alone; later by the books.
        for (const Break& open : StatementStore::open_breaks(reader, kMostBreaks)) {
            const std::string what = open.id.substr(open.id.find('|', open.id.find('|') + 1) + 1);
            if (!compared.contains(what)) judge(open.kind, open.account, what);
        }
    }

    db::Database& database_;
    db::WriteQueue& queue_;
    ReconcileSettings settings_;
    ReconcileOperation operation_;
};

Reconcile::Reconcile(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                     ReconcileSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ledger, std::move(settings))) {}
Reconcile::~Reconcile() = default;
Result<Reconciliation> Reconcile::run() {
    return impl_->run();
}

}  // namespace huiqiao::flow
