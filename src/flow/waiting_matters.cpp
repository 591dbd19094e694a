#include "src/flow/waiting_matters.h"

#include <algorithm>
#include <array>
#include <set>

#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/flow/decision.h"
#include "src/ledger/available.h"
#include "src/orders/waiting_store.h"

namespace huiqiao::flow {

namespace {

using operators::NewWorkItem;
using orders::Order;
using orders::Waiting;
using orders::WaitingFor;
using orders::WaitingStore;

constexpr std::array kKinds{kOrderAboveDeals, kOrdersBelowDeals, kCurrencyWithoutBank, kOrdersWithoutPrice,
                            kMerchantFunds};
constexpr int kOrdersALook = 1000;   // looked at one by one
constexpr int kMerchantsALook = 50;  // with orders that wait
constexpr int kToldALook = 50;       // merchants that are told already, whether orders still wait or not
constexpr int kOrdersSummed = 100;   // the oldest that wait for one thing; what is told is "at least"

/// What the oldest of some orders need together.
struct Need {
    Money amount;
    bool is_all = true;  // false: more of them wait
    Instant oldest{};

    /// The oldest that wait, so many at most.
    void add(const WaitingFor& kind, const std::vector<Order>& orders, int at_most) {
        for (const Order& order : orders) {
            oldest = oldest == Instant{} ? order.created_at : std::min(oldest, order.created_at);
            amount += kind.need_of(order);
        }
        is_all = is_all && static_cast<int>(orders.size()) < at_most;
    }
    [[nodiscard]] std::string english() const { return (is_all ? "" : "at least ") + amount_with_currency(amount); }
    [[nodiscard]] std::string chinese() const { return (is_all ? "" : "至少 ") + amount_with_currency(amount); }
};

class Look {
 public:
    using Told = std::map<std::string, std::string>;  // text by subject

    Look(db::Reader& reader, const ledger::Ledger& ledger, const WatchWaiting::Banks& banks, int orders_a_purchase,
         const WatchPlace& place, Instant now)
        : reader_(reader),
          ledger_(ledger),
          banks_(banks),
          orders_a_purchase_(orders_a_purchase),
          place_(place),
          now_(now),
          kinds_(WaitingStore::kinds(reader)) {
        for (const std::string_view kind : kKinds) {
            // Of merchants there may be very many: merchants() reads those that it looks at.
            if (kind != kMerchantFunds) told_.emplace(kind, operators::WorkItems().open_of(reader, kind));
        }
    }

    WaitingLook take() {
        for (const WaitingFor& kind : kinds_) {
            if (kind.what == Waiting::Convert) convert(kind);
        }
        for (const WaitingFor& kind : WaitingStore::quote_kinds(reader_)) without_price(kind);
        above();
        merchants();
        compare();
        return std::move(found_);
    }

 private:
    [[nodiscard]] std::vector<std::string> banks_for(Currency currency) const {
        std::vector<std::string> names;
        for (const auto& [name, bank] : banks_) {
            if (bank.foreign.contains(std::string(currency.code()))) names.push_back(name);
        }
        return names;
    }

    void convert(const WaitingFor& kind) {
        const std::vector<std::string> names = banks_for(kind.payout_currency);
        // As many as one purchase takes: whether they buy anything is judged by all of them.
        const int summed = names.empty() ? kOrdersSummed : orders_a_purchase_;
        Need need{.amount = Money::zero(kind.paid_in())};
        need.add(kind, WaitingStore::orders(reader_, kind, "", summed), summed);
        const std::string code(kind.payout_currency.code());
        if (names.empty()) {
            matters_.push_back({std::string(kCurrencyWithoutBank), "currency", code,
                                "Orders with " + need.english() + " wait for " + code +
                                    ", in which no bank deals: give it a provision account in the configuration and "
                                    "start again.",
                                "有订单（共 " + need.chinese() + "）待购 " + code +
                                    "，但没有银行办理该币种：请在配置中为其设置备付金账户，然后重启。"});
            return;
        }
        if (now_ - need.oldest >= WatchWaiting::kSmallMayWait) below(kind.payout_currency, names, need);
    }

    /// The oldest orders whose quotes are over, where no bank has had a price for so long.
    void without_price(const WaitingFor& kind) {
        std::vector<Order> orders = WaitingStore::orders(reader_, kind, "", kOrdersSummed);
        const bool is_all = static_cast<int>(orders.size()) < kOrdersSummed;
        std::vector<std::string> ids;
        for (const Order& order : orders) ids.push_back(order.id);
        const auto agreed = fx::PlatformQuotes::agreed(reader_, ids);
        std::erase_if(orders, [&](const Order& order) {
            const auto quote = agreed.find(order.id);
            return quote == agreed.end() || quote->second.no_price_since == Instant{} ||
                   now_ - quote->second.no_price_since < WatchWaiting::kPriceMayWait;
        });
        if (orders.empty()) return;
        Need need{.amount = Money::zero(kind.paid_in()), .is_all = is_all};
        need.add(kind, orders, kOrdersSummed);
        const std::string code(kind.payout_currency.code());
        matters_.push_back({std::string(kOrdersWithoutPrice), "currency", code,
                            "Orders with " + need.english() + " wait for a new price of " + code +
                                ", since their quotes are over; for hours no bank has had one. Nothing was bought. See "
                                "that a bank for " +
                                code + " is configured and answers; after a day without a price they are held.",
                            "有订单（共 " + need.chinese() + "）的报价已失效，正等待 " + code +
                                " 的新价格，数小时来没有银行报价，尚未购汇。请检查是否配置了办理 " + code +
                                " 的银行且其有应答；一天无价格后订单将被暂停。"});
    }

    /// Orders behind the last look's, and those told already, each by itself.
    void above() {
        const Told& told = told_.at(kOrderAboveDeals);
        std::vector<std::string> ids;
        for (const auto& [id, text] : told) ids.push_back(id);
        std::vector<Order> orders;
        if (!ids.empty()) orders = orders::OrderStore::load(reader_, ids);
        int left = kOrdersALook;
        found_.next.orders = walk(place_.orders, left, [&](const WaitingFor& kind, std::string& behind) {
            if (kind.what != Waiting::Convert) return;
            for (Order& order : WaitingStore::orders(reader_, kind, behind, left)) {
                behind = order.id;
                --left;
                if (!told.contains(order.id)) orders.push_back(std::move(order));
            }
        });
        std::map<std::string, Limits> of_currency;
        std::size_t open = 0;
        for (const Order& order : orders) {
            if (orders::waiting_of(order) != Waiting::Convert || open >= std::size_t{WatchWaiting::kAtMost}) continue;
            const std::string code(order.payout_currency.code());
            const auto limits = of_currency.try_emplace(code, limits_of(order.payout_currency)).first;
            if (!limits->second.most || order.amounts.convertible() <= *limits->second.most) continue;
            ++open;
            too_large(order, limits->second.text);
        }
    }

    struct Limits {
        std::optional<Money> most;  // none: some bank deals in any amount, or none deals at all
        std::string text;
    };
    [[nodiscard]] Limits limits_of(Currency currency) const {
        const std::vector<std::string> names = banks_for(currency);
        std::vector<fx::BankTerms> terms;
        for (const std::string& name : names) terms.push_back(banks_.at(name).terms);
        Limits limits{names.empty() ? std::nullopt : fx::largest_deal_of(terms), ""};
        if (!limits.most) return limits;
        for (const std::string& name : names) {
            limits.text += (limits.text.empty() ? "" : ", ") + name + " " +
                           amount_with_currency(*banks_.at(name).terms.largest_deal);
        }
        return limits;
    }

    void too_large(const Order& order, const std::string& limits) {
        const std::string amount = amount_with_currency(order.amounts.convertible());
        matters_.push_back({std::string(kOrderAboveDeals), "order", order.id,
                            "Order " + order.id + " waits with " + amount + ", more than any bank deals at once (" +
                                limits +
                                "). Nothing was bought. Agree a larger deal with a bank, set its largest_deal in "
                                "the configuration and start again: the order then goes on, and this is closed.",
                            "订单 " + order.id + " 有 " + amount + " 待购汇，超过每家银行的单笔上限（" + limits +
                                "），尚未购汇。请与银行商定更高的上限，修改配置中该银行的 largest_deal "
                                "并重启；订单随后自动继续，本待办自动关闭。"});
    }

    void below(Currency currency, const std::vector<std::string>& names, const Need& need) {
        std::vector<std::string> board_ids;
        for (const std::string& name : names) board_ids.push_back(fx::board_id(name, currency));
        std::vector<std::string> quote_ids;
        for (const fx::Board& board : fx::QuoteStore::boards(reader_, board_ids)) {
            if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
        }
        const std::vector<fx::Quote> quotes = fx::QuoteStore::quotes(reader_, quote_ids);
        const auto balances = ledger_.balances(reader_, accounts_of(names, need.amount.currency()));
        std::string charges;
        std::string without_cny;      // banks that deal in so little
        bool is_with_others = false;  // CNY enough, at a bank that does not deal in so little
        for (const std::string& name : names) {
            const fx::BankTerms& terms = banks_.at(name).terms;
            const Money charge = terms.fee_of(need.amount);
            const ledger::Account account = ledger::provision(banks_.at(name).cny, need.amount.currency());
            const Money there = std::min(ledger::available(balances, account), need.amount);
            if (!buys(name, need.amount - charge, quotes)) {
                charges += (charges.empty() ? "" : ", ") + name + " " + amount_with_currency(charge);
                is_with_others = is_with_others || there == need.amount;
            } else if (buys(name, there - terms.fee_of(there), quotes)) {
                return;
            } else {
                without_cny += (without_cny.empty() ? "" : ", ") + name;
            }
        }
        // Where nobody has so much yet, it is on its way to a bank that deals in it.
        if (!without_cny.empty() && !is_with_others) return;
        const std::string code(currency.code());
        const std::string number = std::to_string(orders_a_purchase_);
        const std::string who =
            need.is_all ? "Orders that wait for " + code
                        : "The oldest " + number + " orders that wait for " + code + ", as many as a purchase takes,";
        const std::string who_zh =
            "待购 " + code + " 的订单" + (need.is_all ? "" : "中最早的 " + number + " 笔（一次购汇的笔数上限）");
        matters_.push_back(
            {std::string(kOrdersBelowDeals), "currency", code,
             who + " have " + amount_with_currency(need.amount) +
                 " together, which buys nothing once a bank has taken its charge (" + charges + ")." +
                 (without_cny.empty()
                      ? ""
                      : " Where it would buy something, too little of our CNY is free: " + without_cny + ".") +
                 " They are bought with the next orders in " + code +
                 "; where none will come, settle with the merchant or the bank.",
             who_zh + "合计 " + amount_with_currency(need.amount) + "，扣除银行手续费（" + charges +
                 "）后买不到任何外币。" +
                 (without_cny.empty() ? "" : "能买到的银行没有可用的人民币：" + without_cny + "。") + "后续有 " + code +
                 " 订单时会一并购汇；若不会再有，请与商户或银行商定。"});
    }

    [[nodiscard]] std::vector<ledger::Account> accounts_of(const std::vector<std::string>& names,
                                                           Currency currency) const {
        std::vector<ledger::Account> accounts;
        for (const std::string& name : names) accounts.push_back(ledger::provision(banks_.at(name).cny, currency));
        return accounts;
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

    /// Accounts of merchants behind the last look's, and a page of those told already.
    void merchants() {
        std::map<std::string, ledger::Account> accounts = told_accounts();
        int left = kMerchantsALook;
        std::vector<std::string> subjects;
        found_.next.merchants = walk(place_.merchants, left, [&](const WaitingFor& kind, std::string& behind) {
            for (const std::string& merchant : WaitingStore::merchants(reader_, kind, behind, left)) {
                behind = merchant;
                --left;
                ledger::Account account = ledger::merchant(merchant, kind.paid_in());
                subjects.push_back(account.id());
                accounts.emplace(subjects.back(), std::move(account));
            }
        });
        Told& told = told_.at(kMerchantFunds);
        told.merge(operators::WorkItems().open_of(reader_, kMerchantFunds, subjects));
        std::vector<ledger::Account> all;
        for (const auto& [id, account] : accounts) all.push_back(account);
        if (all.empty()) return;
        const auto balances = ledger_.balances(reader_, all);
        std::optional<int> open;  // counted where another is to be told
        for (const ledger::Account& account : all) {
            const bool is_told = told.contains(account.id());
            if (!is_told && open && *open >= WatchWaiting::kAtMost) continue;
            const Money free = ledger::available(balances, account);
            const Need need = need_of(account);
            if (!need.amount.is_positive() || free >= need.amount) continue;
            if (!is_told) {
                if (!open) open = operators::WorkItems().count_open(reader_, kMerchantFunds, WatchWaiting::kAtMost);
                if (*open >= WatchWaiting::kAtMost) continue;
                ++*open;
            }
            missing(account.id(), need, free);
        }
    }

    /// By id. The next look goes on behind them, from the first again once the last were taken.
    std::map<std::string, ledger::Account> told_accounts() {
        const Told& told = told_
                               .emplace(kMerchantFunds, operators::WorkItems().open_of(reader_, kMerchantFunds,
                                                                                       place_.told, kToldALook))
                               .first->second;
        if (told.size() == std::size_t{kToldALook}) found_.next.told = told.rbegin()->first;
        std::map<std::string, ledger::Account> accounts;
        for (const auto& [subject, text] : told) {
            const std::size_t owner = subject.find(':') + 1;
            const std::size_t code = subject.rfind(':');
            accounts.emplace(subject, ledger::merchant(subject.substr(owner, code - owner),
                                                       Currency::known(subject.substr(code + 1))));
        }
        return accounts;
    }

    /// What one account must pay: orders that convert and orders that are remitted in CNY draw on the same.
    [[nodiscard]] Need need_of(const ledger::Account& account) {
        Need need{.amount = Money::zero(account.currency)};
        for (const WaitingFor& kind : kinds_) {
            if (kind.paid_in() == account.currency)
                need.add(kind, WaitingStore::orders_of(reader_, kind, account.owner, kOrdersSummed), kOrdersSummed);
        }
        return need;
    }

    void missing(const std::string& account, const Need& need, const Money& free) {
        const std::string has = amount_with_currency(free);
        Need lack = need;
        lack.amount -= free;
        matters_.push_back({std::string(kMerchantFunds), "account", account,
                            "Orders that account " + account + " pays wait for " + need.english() + "; it has " + has +
                                " free, so that " + lack.english() +
                                " is missing. The oldest that it can pay go on, the others wait. Ask the merchant for "
                                "the money, or look at what was debited from its account.",
                            "账户 " + account + " 须为等待中的订单支付 " + need.chinese() + "，可用 " + has +
                                "，尚缺 " + lack.chinese() +
                                "。能支付的订单按先后继续，其余等待。请商户补款，或核对从该账户扣除的款项。"});
    }

    /// Takes rows kind by kind, from behind that place, while some are left to take. Where the next look goes on: from
    /// the first again once the last kind was taken whole.
    template <class Take>
    BehindRow walk(const BehindRow& from, const int& left, Take take) {
        for (const WaitingFor& kind : kinds_) {
            const std::string text = kind.text();
            if (text < from.kind) continue;
            std::string behind = text == from.kind ? from.id : "";
            take(kind, behind);
            if (left == 0) return {text, behind};
        }
        return {};
    }

    /// What must be written so that what is open is what was found. Only what was looked at stands in told_.
    void compare() {
        for (const std::string_view kind : kKinds) {
            Told& open = told_.at(kind);
            for (NewWorkItem& matter : matters_) {
                if (matter.kind != kind) continue;
                const auto told = open.find(matter.subject_id);
                if (told == open.end()) {
                    found_.opened.push_back(std::move(matter));
                    continue;
                }
                const bool is_same = told->second == matter.text_en;
                open.erase(told);
                if (!is_same) found_.changed.push_back(std::move(matter));
            }
            for (const auto& [subject, text] : open) found_.over.emplace_back(kind, subject);
        }
    }

    db::Reader& reader_;
    const ledger::Ledger& ledger_;
    const WatchWaiting::Banks& banks_;
    int orders_a_purchase_;
    const WatchPlace& place_;
    Instant now_;
    std::vector<WaitingFor> kinds_;
    std::map<std::string_view, Told> told_;
    std::vector<NewWorkItem> matters_;
    WaitingLook found_;
};

}  // namespace

WaitingLook look_at_waiting(db::Reader& reader, const ledger::Ledger& ledger, const WatchWaiting::Banks& banks,
                            int orders_a_purchase, const WatchPlace& place, Instant now) {
    return Look(reader, ledger, banks, orders_a_purchase, place, now).take();
}

}  // namespace huiqiao::flow
