#include "src/flow/convert_legs.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/purchase_store.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

using reconciliation::StatementLine;

std::string leg_of(const StatementLine& line) {
    return fx::leg_id(line.end_to_end, line.account);
}

/// A purchase with its two legs, as this group changes it.
struct Closing {
    fx::Purchase purchase;
    std::vector<fx::PurchaseLeg> legs;
};

/// Positions move only with the deal, in one COMMIT with its allocation, so reading them needs no lock.
void require_flat(db::Group& group, const ledger::Ledger& ledger, const fx::Purchase& purchase) {
    const std::vector<ledger::Account> positions{ledger::position(purchase.id, purchase.cny.currency()),
                                                 ledger::position(purchase.id, purchase.currency)};
    for (const auto& [account, balance] : ledger.balances(group.tx, positions)) {
        if (balance.booked.is_zero()) continue;
        operators::WorkItems().open(
            group,
            operators::NewWorkItem{
                "position_open", "purchase", purchase.id,
                "Purchase " + purchase.id + " closed, but " + account + " stands at " + balance.booked.text() + ".",
                "购汇 " + purchase.id + " 已了结，但 " + account + " 余额为 " + balance.booked.text() + "。"});
    }
}

class LegTaking final : public LineTaking {
 public:
    explicit LegTaking(const ledger::Ledger& ledger) : ledger_(ledger) {}

    void find(db::Reader& reader, std::span<const StatementLine> lines) override {
        std::set<std::string> ids;
        for (const StatementLine& line : lines) {
            if (!line.end_to_end.empty()) ids.insert(leg_of(line));
        }
        if (ids.empty()) return;
        legs_ = fx::PurchaseStore::legs(reader, std::vector<std::string>(ids.begin(), ids.end()));
        std::set<std::string> purchases;
        for (const fx::PurchaseLeg& leg : legs_) purchases.insert(leg.purchase_id);
        purchase_ids_.assign(purchases.begin(), purchases.end());
    }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) ledger_.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : purchase_ids_) locks.add(fx::kPurchaseLock, id);
        for (const ledger::Account& account : accounts()) ledger_.lock(locks, account);
    }

    std::vector<TakenLine> run(db::Group& group, std::span<const StatementLine> lines,
                               const std::vector<bool>& open) override {
        std::vector<TakenLine> taken(lines.size());
        if (purchase_ids_.empty()) return taken;
        load(group.tx);
        std::vector<ledger::Draft> drafts;
        std::vector<std::size_t> of_line;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (!open[i] || lines[i].end_to_end.empty()) continue;
            const auto place = by_leg_.find(leg_of(lines[i]));
            if (place == by_leg_.end()) continue;
            Closing& closing = closing_.at(place->second.first);
            if (fx::is_open(closing.purchase.state)) {
                taken[i].waits = true;
                continue;
            }
            fx::PurchaseLeg& leg = closing.legs[place->second.second];
            if (!fits(leg, lines[i]) || closing.purchase.state != fx::PurchaseState::Dealt) continue;
            leg.settled_by = lines[i].key();
            leg.settled_at = group.now;
            drafts.push_back(draft_of(closing.purchase, leg, lines[i], group.now));
            of_line.push_back(i);
            taken[i].taken = true;
            taken[i].subject_kind = "purchase";
            taken[i].subject_id = closing.purchase.id;
        }
        if (drafts.empty()) return taken;
        const ledger::PostResult posted = ledger_.post(group, drafts);
        for (std::size_t at = 0; at < of_line.size(); ++at) taken[of_line[at]].entry_id = posted.entries[at].entry_id;
        note_overdrawn(group, posted);
        save(group);
        return taken;
    }

 private:
    /// Every account that a leg of these purchases may touch, and the positions, which must be zero at the close.
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const fx::PurchaseLeg& leg : legs_) {
            const Currency currency = leg.amount.currency();
            accounts.push_back(ledger::provision(leg.account, currency));
            accounts.push_back(leg.credit ? ledger::fx_receivable(leg.bank, currency)
                                          : ledger::fx_payable(leg.bank, currency));
        }
        return accounts;
    }

    static bool fits(const fx::PurchaseLeg& leg, const StatementLine& line) {
        return leg.settled_by.empty() && !line.is_reversal && leg.credit == line.is_credit &&
               leg.amount.currency() == line.amount.currency() && leg.amount == line.amount;
    }

    void load(db::Reader& reader) {
        closing_.clear();
        by_leg_.clear();
        std::vector<std::string> leg_ids;
        for (fx::Purchase& purchase : fx::PurchaseStore::load(reader, purchase_ids_)) {
            leg_ids.push_back(fx::leg_id(purchase.reference, purchase.cny_account));
            leg_ids.push_back(fx::leg_id(purchase.reference, purchase.foreign_account));
            const std::string id = purchase.id;
            closing_.emplace(id, Closing{std::move(purchase), {}});
        }
        for (fx::PurchaseLeg& leg : fx::PurchaseStore::legs(reader, leg_ids)) {
            Closing& closing = closing_.at(leg.purchase_id);
            by_leg_.emplace(fx::leg_id(leg.reference, leg.account), std::pair(leg.purchase_id, closing.legs.size()));
            closing.legs.push_back(std::move(leg));
        }
    }

    static ledger::Draft draft_of(fx::Purchase& purchase, const fx::PurchaseLeg& leg, const StatementLine& line,
                                  Instant now) {
        const postings::Event event{.source_type = "statement_line",
                                    .source_id = line.key(),
                                    .occurred_at = now,
                                    .value_date = line.value_date,
                                    .actor = "system",
                                    .request_id = ""};
        if (leg.credit) return postings::received_leg_settled(event, leg.bank, leg.account, leg.amount);
        ledger::Draft draft = postings::paid_leg_settled(event, leg.bank, leg.account, leg.amount);
        if (!purchase.provision_hold.empty()) draft.uses_holds.push_back(purchase.provision_hold);
        purchase.provision_hold.clear();
        return draft;
    }

    void save(db::Group& group) {
        for (auto& [id, closing] : closing_) save_settled(group, ledger_, closing.purchase, closing.legs);
    }

    const ledger::Ledger& ledger_;
    std::vector<fx::PurchaseLeg> legs_;
    std::vector<std::string> purchase_ids_;
    std::map<std::string, Closing> closing_;
    std::map<std::string, std::pair<std::string, std::size_t>> by_leg_;  // leg id -> purchase, place
};

}  // namespace

void save_settled(db::Group& group, const ledger::Ledger& ledger, fx::Purchase& purchase,
                  std::span<const fx::PurchaseLeg> legs) {
    const bool settled =
        std::all_of(legs.begin(), legs.end(), [](const fx::PurchaseLeg& leg) { return !leg.settled_by.empty(); });
    const auto to = fx::next(purchase.state, fx::PurchaseEvent::LegsSettled);
    if (settled && to) {
        purchase.state = *to;
        purchase.over_at = group.now;
        require_flat(group, ledger, purchase);
    }
    fx::PurchaseStore::save(group.tx, purchase);
    fx::PurchaseStore::save_legs(group.tx, legs);
}

std::unique_ptr<LineTaking> PurchaseLegs::begin() {
    return std::make_unique<LegTaking>(ledger_);
}

}  // namespace huiqiao::flow
