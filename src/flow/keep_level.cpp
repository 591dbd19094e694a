#include "src/flow/keep_level.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/quote_store.h"
#include "src/base/planted.h"
#include "src/flow/between_ours.h"
#include "src/flow/decision.h"
#include "src/flow/provision_transfer_store.h"
#include "src/flow/remit_parts.h"
#include "src/flow/tell.h"
#include "src/ledger/available.h"
#include "src/orders/waiting_store.h"

namespace huiqiao::flow {

namespace {

using remittance::Remittance;

constexpr Watched kWatched{kCnyAtSilentBank, "The bank answers again, or no money of ours is free there any more."};
constexpr std::int64_t kLeastShare = 100;  // of the level
constexpr std::chrono::hours kAfterFailure{1};
constexpr int kOrdersSummed = 500;  // the oldest that wait for one thing

Currency cny() {
    return Currency::known("CNY");
}

struct Move {
    std::string from;
    std::string to;
    Money amount;
};

/// Whether that bank sells so much of that currency to us at once. One that sells on the telephone counts only where
/// nobody else sells the currency: its dealer may be called, or not.
bool is_sold_at(const RemitSettings& settings, const std::string& bank, Currency currency, const Money& cost) {
    bool is_here = false;
    bool is_asked_for_it = false;
    for (const ProvisionAccount& account : settings.accounts) {
        const auto largest = settings.largest_deal.find(account.bank);
        const bool is_too_much = largest != settings.largest_deal.end() && largest->second < cost;
        if (account.currency != currency || is_too_much) continue;
        is_here = is_here || account.bank == bank;
        is_asked_for_it = is_asked_for_it || !settings.by_phone.contains(account.bank);
    }
    return is_here && !(settings.by_phone.contains(bank) && is_asked_for_it);
}

const ProvisionAccount& account_named(const RemitParts& parts, const std::string& name) {
    const ProvisionAccount* account = find_account(parts.settings.accounts, name, cny());
    if (account == nullptr) throw LogicError("no account " + name);
    return *account;
}

class Levels {
 public:
    Levels(db::Reader& reader, const RemitParts& parts, Instant now) : reader_(reader), parts_(parts), now_(now) {
        std::vector<ledger::Account> accounts;
        for (const std::string& name : names()) accounts.push_back(ledger::provision(name, cny()));
        const auto balances = parts_.ledger.balances(reader, accounts);
        for (const ledger::Account& account : accounts)
            free_.emplace(account.owner, ledger::available(balances, account));
        std::vector<std::string> banks;
        for (const std::string& name : names()) banks.push_back(account_named(parts_, name).bank);
        for (fx::Board& board : fx::QuoteStore::boards(reader, banks)) boards_.emplace(board.id, std::move(board));
    }

    /// CNY that waiting orders need on the account that buyers pay into: those that no other account can come to have
    /// the money for, at a bank that sells what they wait for.
    [[nodiscard]] Money needed_at_payer() const {
        std::map<std::string, Money> reached = within_reach();
        Money needed = Money::zero(cny());
        std::vector<orders::WaitingFor> kinds = orders::WaitingStore::kinds(reader_);
        // An order that goes back to be looked at once more is bought for in the next moment: what was fetched for it
        // stays.
        for (orders::WaitingFor& kind : orders::WaitingStore::quote_kinds(reader_)) kinds.push_back(std::move(kind));
        for (const orders::WaitingFor& kind : kinds) {
            if (kind.paid_in() != cny()) continue;
            for (const orders::Order& order : orders::WaitingStore::orders(reader_, kind, "", kOrdersSummed)) {
                const Money need = kind.need_of(order);
                if (!take_elsewhere(kind, need, reached)) needed += need;
            }
        }
        return needed;
    }

    /// Out of the payer's account what its own orders do not need; into it what they lack.
    [[nodiscard]] std::vector<Move> moves(const Money& needed) {
        std::vector<Move> moves;
        const std::string& payer = parts_.settings.keep_from;
        Money spare = free_.at(payer) - needed;
        Money lacking = Money::zero(cny()) - spare - coming_to(payer);
        for (const auto& [account, level] : parts_.settings.keep) {
            if (spare.is_positive()) {
                if (!is_answering(account)) continue;
                const Money missing = level - free_.at(account) - coming_to(account);
                const Money all = std::min(missing, spare);
                // What is coming to the payer counts as within reach of that account. Where it would be worth no
                // payment of its own and so would never follow, as much is kept for it as makes it worth one; no more,
                // since it may be long in coming.
                const Money later = std::min(missing - all, coming_to(payer));
                const bool would_be_left = later.is_positive() && !is_worth_it(later, level);
                const Money now = would_be_left ? all - (least(level) - later) : all;
                const bool is_moved = is_worth_it(now, level);
                if (!(is_moved || would_be_left) || !is_open_for(payer, account)) continue;
                if (is_moved) moves.push_back({payer, account, now});
                spare -= all;
            } else if (lacking.is_positive() && !is_silent(account)) {
                const Money amount = std::min(lacking, free_.at(account));
                if (!amount.is_positive() || !is_open_for(account, payer)) continue;
                moves.push_back({account, payer, amount});
                lacking -= amount;
            }
        }
        return moves;
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all{parts_.settings.keep_from};
        for (const auto& [account, level] : parts_.settings.keep) all.push_back(account);
        return all;
    }

    /// Nothing could be moved, whatever waits: nothing is free in any of them.
    [[nodiscard]] bool are_empty() const {
        return std::none_of(free_.begin(), free_.end(), [](const auto& each) { return each.second.is_positive(); });
    }

    /// What stands in accounts of banks that do not answer, an account each.
    [[nodiscard]] std::vector<operators::NewWorkItem> stuck() const {
        std::vector<operators::NewWorkItem> stuck;
        for (const auto& [account, free] : free_) {
            if (!free.is_positive() || !is_silent(account)) continue;
            const std::string& bank = account_named(parts_, account).bank;
            const std::string amount = amount_with_currency(free);
            stuck.push_back(
                {std::string(kCnyAtSilentBank), "provision_account", account,
                 amount + " of customers' money stands in " + account + ", and " + bank +
                     " has not answered for more than an hour: nothing is bought with it, and nothing is "
                     "fetched from there. Orders are bought elsewhere as far as other accounts have CNY. "
                     "Call the bank: what it sells on the telephone, phone record enters. Closed by itself "
                     "once the bank answers.",
                 "客户资金 " + amount + " 存于 " + account + "，而银行 " + bank +
                     " 已超过一小时没有应答：不以此购汇，也不从该账户调回。其他账户人民币足够的订单改在别行购汇。"
                     "请致电该银行；在电话中成交的照电话交易录入。银行恢复应答后自动关闭。"});
        }
        return stuck;
    }

 private:
    /// Money that goes to a silent bank is there for nobody. One that deals on the telephone is asked nothing.
    [[nodiscard]] bool is_answering(const std::string& account) const {
        const std::string& bank = account_named(parts_, account).bank;
        if (parts_.settings.by_phone.contains(bank)) return true;
        const auto board = boards_.find(bank);
        return board != boards_.end() && board->second.is_answering(now_);
    }
    /// What is there serves nobody and cannot be fetched.
    [[nodiscard]] bool is_silent(const std::string& account) const {
        const auto board = boards_.find(account_named(parts_, account).bank);
        return board != boards_.end() && board->second.is_silent(now_);
    }

    /// What each account has, and what it would have when all were topped up in their order by all that there is. By
    /// what is there in all, wherever it lies just now: else an order would stop to be the payer's with the money that
    /// is fetched for it, and what is fetched would be sent off again.
    [[nodiscard]] std::map<std::string, Money> within_reach() const {
        const std::string& payer = parts_.settings.keep_from;
        Money rest = free_.at(payer) + coming_to(payer);
        std::map<std::string, Money> reached;
        for (const auto& [account, level] : parts_.settings.keep) {
            if (is_silent(account)) continue;
            Money has = free_.at(account) + coming_to(account);
            const Money more = std::min(level - has, rest);
            if (is_answering(account) && is_worth_it(more, level)) {
                has += more;
                rest -= more;
            }
            reached.emplace(account, has);
        }
        return reached;
    }

    /// From what is within reach elsewhere, where one account has enough of it.
    bool take_elsewhere(const orders::WaitingFor& kind, const Money& need,
                        std::map<std::string, Money>& reached) const {
        const auto serves = std::find_if(reached.begin(), reached.end(), [&](const auto& account) {
            return need <= account.second &&
                   (kind.what == orders::Waiting::Remit ||
                    is_sold_at(parts_.settings, account_named(parts_, account.first).bank, kind.payout_currency, need));
        });
        if (serves == reached.end()) return false;
        serves->second -= need;
        return true;
    }

    /// The least that is worth a payment to an account of that level.
    [[nodiscard]] static Money least(const Money& level) { return Money::of_minor(cny(), level.minor() / kLeastShare); }
    [[nodiscard]] static bool is_worth_it(const Money& amount, const Money& level) {
        return amount.is_positive() && amount >= least(level);
    }
    /// Its bank takes payments today, and none to there failed lately.
    [[nodiscard]] bool is_open_for(const std::string& from, const std::string& to) const {
        return parts_.execution_date(account_named(parts_, from), now_) &&
               !ProvisionTransfers::has_failed_since(reader_, to, now_ - kAfterFailure);
    }

    [[nodiscard]] Money coming_to(const std::string& account) const {
        const Money none = Money::zero(cny());
        Money coming = none;
        if (is_planted(Bug::TransferOrderedAgain)) return coming;
        // What arrived twice is on no way back: it takes nothing off what else is coming.
        for (const ProvisionTransfer& one : ProvisionTransfers::open_to(reader_, account))
            coming += std::max(none, one.left.is_positive() ? one.on_its_way() : one.amount - one.arrived);
        return coming;
    }

    db::Reader& reader_;
    const RemitParts& parts_;
    Instant now_;
    std::map<std::string, Money> free_;
    std::map<std::string, fx::Board> boards_;  // of the banks, by their names
};

struct LevelItem final : db::Item {
    Money needed = Money::zero(cny());  // as it was looked at
    int ordered = 0;                    // answer
};

class LevelWork final : public db::Work {
 public:
    LevelWork(const RemitParts& parts, std::vector<LevelItem*> items) : parts_(parts), items_(std::move(items)) {}

    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }
    void run(db::Group& group) override {
        for (LevelItem* item : items_) {
            item->ordered = 0;
            for (const Move& move : Levels(group.tx, parts_, group.now).moves(item->needed))
                item->ordered += order(group, move) ? 1 : 0;
        }
    }

 private:
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> all{ledger::provision(parts_.settings.keep_from, cny())};
        for (const auto& [name, level] : parts_.settings.keep) all.push_back(ledger::provision(name, cny()));
        return all;
    }

    /// False where the paying bank is closed, or payouts were stopped meanwhile.
    bool order(db::Group& group, const Move& move) {
        const ProvisionAccount& from = account_named(parts_, move.from);
        const std::optional<Date> date = parts_.execution_date(from, group.now);
        if (!date) return false;
        Remittance one = new_remittance(remittance::Kind::Transfer, move.from, move.to, move.amount);
        name_between_ours(group, one);
        const ledger::HoldRequest held{ledger::provision(move.from, cny()), move.amount,
                                       std::string(kRemittanceSubject), one.id};
        const auto holds = parts_.ledger.hold(group, std::span(&held, 1));
        if (!holds) return false;
        one.provision_hold = holds->front();
        const calls::NewCall call = pay_between_ours(group, parts_, from.bank, *date, one);
        remittance::RemittanceStore().insert(group.tx, std::span(&one, 1), {});
        const Money none = Money::zero(cny());
        ProvisionTransfers::add(group.tx, {one.id, move.to, move.amount, none, none, none, none, group.now, true});
        parts_.calls.prepare(group, std::span(&call, 1));
        return true;
    }

    const RemitParts& parts_;
    std::vector<LevelItem*> items_;
};

}  // namespace

KeepLevel::KeepLevel(const RemitParts& parts)
    : parts_(parts),
      top_up_(std::make_unique<OperationOf<LevelWork, LevelItem, RemitParts>>(parts, "keep_level")),
      tell_(std::make_unique<Tell>(kWatched, "tell_silent_bank")) {}

KeepLevel::~KeepLevel() = default;

void KeepLevel::tell_stuck(std::vector<operators::NewWorkItem> stuck, std::map<std::string, std::string> told) {
    const auto item = std::make_shared<Tidings>();
    for (operators::NewWorkItem& each : stuck) {
        if (!item->is_told(told, each)) item->opened.push_back(std::move(each));
    }
    item->end(told);
    // What could not be written now is found again by the next look.
    if (item->size() != 0) static_cast<void>(parts_.queue.run(*tell_, item));
}

int KeepLevel::step(Instant now) {
    if (parts_.settings.keep.empty()) return 0;
    // A clock that was set back, or stands still while others work: looks again.
    if (now > looked_at_ && now < looked_at_ + parts_.settings.look_at_levels) return 0;
    looked_at_ = now;
    const auto item = std::make_shared<LevelItem>();
    bool is_due = false;
    std::vector<operators::NewWorkItem> stuck;
    std::map<std::string, std::string> told;
    parts_.database.read([&](db::Reader& reader) {
        is_due = false;
        Levels levels(reader, parts_, now);
        stuck = levels.stuck();
        told = operators::WorkItems().open_of(reader, kCnyAtSilentBank);
        if (parts_.ledger.stopped_payouts(reader).contains("CNY")) return;
        if (levels.are_empty()) return;
        item->needed = levels.needed_at_payer();
        is_due = !levels.moves(item->needed).empty();
    });
    tell_stuck(std::move(stuck), std::move(told));
    if (!is_due || !parts_.queue.run(*top_up_, item)) return 0;
    return item->ordered;
}

}  // namespace huiqiao::flow
