#include "src/flow/watch_waiting.h"

#include <algorithm>
#include <array>

#include "fx/quote_store.h"
#include "src/flow/decision.h"
#include "src/operators/work_item.h"
#include "src/orders/waiting_store.h"

namespace huiqiao::flow {

namespace {

using operators::NewWorkItem;
using orders::Waiting;
using orders::WaitingNeed;

constexpr std::array kKinds{kOrderAboveDeals, kOrdersBelowDeals, kCurrencyWithoutBank, kMerchantFunds};
constexpr std::string_view kOver = "no order waits for it any more";

struct TellItem final : db::Item {
    std::vector<NewWorkItem> opened;
    std::vector<NewWorkItem> changed;
    std::vector<std::pair<std::string_view, std::string>> over;  // kind, subject
};

class TellWork final : public db::Work {
 public:
    explicit TellWork(std::vector<const TellItem*> items) : items_(std::move(items)) {}
    void run(db::Group& group) override {
        const operators::WorkItems work_items;
        for (const TellItem* item : items_) {
            work_items.open(group, item->opened);
            for (const NewWorkItem& changed : item->changed) work_items.retell(group, changed);
            for (const auto& [kind, subject] : item->over) work_items.close(group, kind, subject, kOver);
        }
    }

 private:
    std::vector<const TellItem*> items_;
};

/// One look at all that waits, in one reading.
class Look {
 public:
    Look(db::Reader& reader, const ledger::Ledger& ledger, const WatchWaiting::Banks& banks, Instant now)
        : reader_(reader), ledger_(ledger), banks_(banks), now_(now), needs_(orders::WaitingStore::needs(reader)) {}

    std::vector<NewWorkItem> matters() {
        for (const auto& [code, waiting] : to_convert()) convert(Currency::known(code), waiting);
        merchants();
        return std::move(matters_);
    }

 private:
    struct ToConvert {
        Money cny = Money::zero(Currency::known("CNY"));
        Instant oldest{};
    };

    [[nodiscard]] std::map<std::string, ToConvert> to_convert() const {
        std::map<std::string, ToConvert> all;
        for (const WaitingNeed& need : needs_) {
            if (need.what != Waiting::Convert) continue;
            const auto [at, is_first] = all.try_emplace(std::string(need.payout_currency.code()));
            at->second.oldest = is_first ? need.oldest : std::min(at->second.oldest, need.oldest);
            at->second.cny += need.amount;
        }
        return all;
    }

    void convert(Currency currency, const ToConvert& waiting) {
        const std::string code(currency.code());
        std::vector<std::string> names;
        for (const auto& [name, bank] : banks_) {
            if (bank.foreign.contains(code)) names.push_back(name);
        }
        if (names.empty()) {
            const std::string cny = amount_with_currency(waiting.cny);
            matters_.push_back({std::string(kCurrencyWithoutBank), "currency", code,
                                "Orders with " + cny + " wait for " + code +
                                    ", in which no bank deals: give it a provision account in the configuration and "
                                    "start again.",
                                "有订单（共 " + cny + "）待购 " + code +
                                    "，但没有银行办理该币种：请在配置中为其设置备付金账户，然后重启。"});
            return;
        }
        above(currency, names);
        if (now_ - waiting.oldest >= WatchWaiting::kSmallMayWait) below(currency, names, waiting.cny);
    }

    void above(Currency currency, const std::vector<std::string>& names) {
        std::vector<fx::BankTerms> terms;
        for (const std::string& name : names) terms.push_back(banks_.at(name).terms);
        const std::optional<Money> most = fx::largest_deal_of(terms);
        if (!most) return;
        std::string limits;
        for (const std::string& name : names) {
            limits +=
                (limits.empty() ? "" : ", ") + name + " " + amount_with_currency(*banks_.at(name).terms.largest_deal);
        }
        for (const auto& [id, cny] : orders::WaitingStore::above(reader_, currency, *most, WatchWaiting::kAtMost)) {
            const std::string amount = amount_with_currency(cny);
            matters_.push_back({std::string(kOrderAboveDeals), "order", id,
                                "Order " + id + " waits with " + amount + ", more than any bank deals at once (" +
                                    limits +
                                    "). Nothing was bought. Agree a larger deal with a bank, set its largest_deal in "
                                    "the configuration and start again: the order then goes on, and this is closed.",
                                "订单 " + id + " 有 " + amount + " 待购汇，超过每家银行的单笔上限（" + limits +
                                    "），尚未购汇。请与银行商定更高的上限，修改配置中该银行的 largest_deal "
                                    "并重启；订单随后自动继续，本待办自动关闭。"});
        }
    }

    void below(Currency currency, const std::vector<std::string>& names, const Money& cny) {
        std::vector<std::string> board_ids;
        for (const std::string& name : names) board_ids.push_back(fx::board_id(name, currency));
        std::vector<std::string> quote_ids;
        for (const fx::Board& board : fx::QuoteStore::boards(reader_, board_ids)) {
            if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
        }
        const std::vector<fx::Quote> quotes = fx::QuoteStore::quotes(reader_, quote_ids);
        std::string charges;
        for (const std::string& name : names) {
            const Money charge = banks_.at(name).terms.fee_of(cny);
            if (buys(name, cny - charge, quotes)) return;
            charges += (charges.empty() ? "" : ", ") + name + " " + amount_with_currency(charge);
        }
        const std::string code(currency.code());
        const std::string amount = amount_with_currency(cny);
        matters_.push_back({std::string(kOrdersBelowDeals), "currency", code,
                            "Orders that wait for " + code + " have " + amount +
                                " together, which buys nothing once a bank has taken its charge (" + charges +
                                "). They are bought with the next orders in " + code +
                                "; where none will come, settle with the merchant or the bank.",
                            "待购 " + code + " 的订单合计 " + amount + "，扣除银行手续费（" + charges +
                                "）后买不到任何外币。后续有 " + code +
                                " 订单时会一并购汇；若不会再有，请与商户或银行商定。"});
    }

    /// True where it is not known: no quote of that bank was ever taken.
    [[nodiscard]] static bool buys(const std::string& bank, const Money& cny, const std::vector<fx::Quote>& quotes) {
        if (!cny.is_positive()) return false;
        const auto quote =
            std::find_if(quotes.begin(), quotes.end(), [&](const fx::Quote& each) { return each.bank == bank; });
        if (quote == quotes.end()) return true;
        const Result<Money> bought = huiqiao::convert(cny, quote->client_rate, Rounding::Down);
        return bought.ok() && bought->is_positive();
    }

    /// What one account must pay: orders that convert and orders that are remitted in CNY draw on the same.
    void merchants() {
        std::map<std::string, Money> wanted;
        std::vector<ledger::Account> accounts;
        for (const WaitingNeed& need : needs_) {
            ledger::Account account = ledger::merchant(need.merchant_id, need.amount.currency());
            const auto sum = wanted.try_emplace(account.id(), Money::zero(need.amount.currency()));
            sum.first->second += need.amount;
            if (sum.second) accounts.push_back(std::move(account));
        }
        if (accounts.empty()) return;
        const auto balances = ledger_.balances(reader_, accounts);
        for (const ledger::Account& account : accounts) {
            const auto found = balances.find(account.id());
            const Money free = found == balances.end() ? Money::zero(account.currency) : found->second.available();
            const Money& needs = wanted.at(account.id());
            if (needs <= free) continue;
            missing(account.id(), needs, free);
        }
    }

    void missing(const std::string& account, const Money& needs, const Money& free) {
        const std::string wants = amount_with_currency(needs);
        const std::string has = amount_with_currency(free);
        const std::string lacks = amount_with_currency(needs - free);
        matters_.push_back({std::string(kMerchantFunds), "account", account,
                            "Orders that account " + account + " pays wait for " + wants + "; it has " + has +
                                " free, so that " + lacks +
                                " is missing. The oldest that it can pay go on, the others wait. Ask the merchant for "
                                "the money, or look at what was debited from its account.",
                            "账户 " + account + " 须为等待中的订单支付 " + wants + "，可用 " + has + "，尚缺 " + lacks +
                                "。能支付的订单按先后继续，其余等待。请商户补款，或核对从该账户扣除的款项。"});
    }

    db::Reader& reader_;
    const ledger::Ledger& ledger_;
    const WatchWaiting::Banks& banks_;
    Instant now_;
    std::vector<WaitingNeed> needs_;
    std::vector<NewWorkItem> matters_;
};

/// What must be written so that what is open is what was found.
void compare(db::Reader& reader, std::vector<NewWorkItem> matters, TellItem& item) {
    for (const std::string_view kind : kKinds) {
        std::map<std::string, std::string> open = operators::WorkItems().open_of(reader, kind);
        for (NewWorkItem& matter : matters) {
            if (matter.kind != kind) continue;
            const auto told = open.find(matter.subject_id);
            if (told == open.end()) {
                item.opened.push_back(std::move(matter));
                continue;
            }
            const bool is_same = told->second == matter.text_en;
            open.erase(told);
            if (!is_same) item.changed.push_back(std::move(matter));
        }
        for (const auto& [subject, text] : open) item.over.emplace_back(kind, subject);
    }
}

}  // namespace

class WatchWaiting::Tell final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "watch_waiting"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        std::vector<const TellItem*> mine;
        for (const auto& item : items) mine.push_back(static_cast<const TellItem*>(item.get()));
        return std::make_unique<TellWork>(std::move(mine));
    }
};

WatchWaiting::WatchWaiting(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, Banks banks)
    : database_(database), queue_(queue), ledger_(ledger), banks_(std::move(banks)), tell_(std::make_unique<Tell>()) {}

WatchWaiting::~WatchWaiting() = default;

int WatchWaiting::step(Instant now) {
    if (now >= looked_at_ && now < looked_at_ + kEvery) return 0;  // a clock that was set back: looks again
    looked_at_ = now;
    const auto item = std::make_shared<TellItem>();
    database_.read([&](db::Reader& reader) {
        *item = TellItem{};
        compare(reader, Look(reader, ledger_, banks_, now).matters(), *item);
    });
    const std::size_t told = item->opened.size() + item->changed.size() + item->over.size();
    // What could not be written now is found again by the next look.
    if (told == 0 || !queue_.run(*tell_, item)) return 0;
    return static_cast<int>(told);
}

}  // namespace huiqiao::flow
