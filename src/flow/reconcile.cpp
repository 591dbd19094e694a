#include "src/flow/reconcile.h"

#include <map>
#include <optional>
#include <set>

#include "src/base/sometimes.h"
#include "src/reconciliation/matching.h"
#include "src/reconciliation/statement_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {
namespace {

using reconciliation::Break;
using reconciliation::BreakKind;
using reconciliation::StatementStore;

constexpr int kMostBreaks = 1000;

/// Payouts of the days that must be on statements by now, against those statements' debits. Of one snapshot and without
/// locks: what is missing a moment later is found by the next comparison, what has come since is explained by it.
class PayoutMatches {
 public:
    PayoutMatches(db::Reader& reader, const ReconcileSettings& settings) : reader_(reader), settings_(settings) {}

    std::vector<reconciliation::Match> of(const ProvisionAccount& account, Date closed) {
        const Date last = closed.plus_days(-settings_.grace_days);
        const Date first = last.plus_days(-settings_.days_back);
        const std::vector<reconciliation::Expected> expected = confirmed(account, first, last);
        std::vector<reconciliation::StatementLine> lines;
        for (Date day = first; day <= closed; day = day.plus_days(1)) add_lines(account, day, lines);
        return reconciliation::match(expected, lines);
    }

 private:
    std::vector<reconciliation::Expected> confirmed(const ProvisionAccount& account, Date first, Date last) {
        std::vector<reconciliation::Expected> expected;
        std::optional<remittance::Remittance> behind;
        while (true) {
            auto page = remittance::RemittanceStore().made_between(reader_, account.name, first.at_shanghai(0),
                                                                   last.plus_days(1).at_shanghai(0),
                                                                   behind ? &*behind : nullptr, settings_.page);
            for (const remittance::Remittance& one : page) {
                if (one.state == remittance::State::Confirmed)
                    expected.push_back({one.id, one.reference, one.amount, false});
            }
            if (static_cast<int>(page.size()) < settings_.page) return expected;
            behind = std::move(page.back());
        }
    }
    void add_lines(const ProvisionAccount& account, Date day, std::vector<reconciliation::StatementLine>& lines) {
        std::optional<reconciliation::StatementLine> behind;
        while (true) {
            auto page =
                StatementStore::lines_of_day(reader_, account.name, day, behind ? &*behind : nullptr, settings_.page);
            for (const auto& stored : page) {
                if (stored.subject_kind == "remittance" && !stored.line.code.ends_with("/CHRG"))
                    lines.push_back(stored.line);
            }
            if (static_cast<int>(page.size()) < settings_.page) return;
            behind = std::move(page.back().line);
        }
    }

    db::Reader& reader_;
    const ReconcileSettings& settings_;
};

using MatchesOfAccounts = std::map<std::string, std::vector<reconciliation::Match>>;

struct ReconcileItem final : db::Item {
    MatchesOfAccounts matches;  // read before
    Reconciliation found;       // answer
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
            for (const auto& match : item_.matches[account.name]) note_match(group, account, match);
        }
        write(group);
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
                note({balance_break(account),
                      BreakKind::Balance,
                      account.name,
                      difference,
                      true,
                      settings_.owner,
                      "The bank's " + proof.bank.text() + " and our " + proof.ours.text() + " " +
                          std::string(account.currency.code()) + " differ by " + difference.text() + ".",
                      "银行余额 " + proof.bank.text() + " 与账面 " + proof.ours.text() + " 相差 " + difference.text() +
                          "。",
                      group.now,
                      {}});
            }
        }
        item_.found.proofs.push_back(std::move(proof));
    }

    void note_match(db::Group& group, const ProvisionAccount& account, const reconciliation::Match& match) {
        using reconciliation::MatchKind;
        const std::string missing = reconciliation::break_id(BreakKind::MissingAtBank, account.name, match.expected_id);
        // Unknown references are in suspense with a work item of their own; here only remittances' lines are compared.
        if (match.kind == MatchKind::MissingHere) return;
        if (match.kind == MatchKind::Matched) {
            explained_.insert(missing);
            return;
        }
        const BreakKind kind = reconciliation::break_kind_from_text(to_text(match.kind));
        const std::string what = match.line_key.empty() ? match.expected_id : match.line_key;
        note({reconciliation::break_id(kind, account.name, what),
              kind,
              account.name,
              match.difference.value_or(Money::zero(account.currency)),
              true,
              settings_.owner,
              "Remittance " + match.expected_id + ", reference " + match.reference + ": " +
                  std::string(to_text(match.kind)) + ".",
              "汇款 " + match.expected_id + "（" + match.reference + "）与银行流水不符：" +
                  std::string(to_text(match.kind)) + "。",
              group.now,
              {}});
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
            if (known->second.is_open && known->second.difference == found.difference) continue;
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
            changed.push_back(std::move(done));
            ++item_.found.closed;
        }
        StatementStore::insert_breaks(group.tx, fresh);
        StatementStore::save_breaks(group.tx, changed);
        item_.found.open = StatementStore::open_breaks(group.tx, kMostBreaks);
    }

    const ledger::Ledger& ledger_;
    const ReconcileSettings& settings_;
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
        database_.read([&](db::Reader& reader) { item->matches = matches(reader); });
        if (const Status status = queue_.run(operation_, item); !status) return status.error();
        return std::move(item->found);
    }

 private:
    MatchesOfAccounts matches(db::Reader& reader) const {
        std::vector<std::string> names;
        for (const ProvisionAccount& account : settings_.accounts) names.push_back(account.name);
        const auto places = StatementStore::places(reader, names);
        MatchesOfAccounts matches;
        for (const ProvisionAccount& account : settings_.accounts) {
            const auto place = places.find(account.name);
            if (place == places.end() || !place->second.closed) continue;
            matches[account.name] = PayoutMatches(reader, settings_).of(account, place->second.closed->day);
        }
        return matches;
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
