#include "src/flow/check_quotes.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/flow/held_order_store.h"
#include "src/flow/operation_of.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/waiting_store.h"

namespace huiqiao::flow {

namespace {

using fx::PlatformQuote;
using fx::PlatformQuoteEvent;
using parties::QuoteExpiry;

constexpr int kAtOnce = 200;
constexpr std::chrono::seconds kRest{1};
constexpr std::chrono::hours kPriceMayWait{24};  // outside the banks' hours there is none; then a person is told
constexpr const char* kQuoteOverEvent = "order.quote_expired";

struct CheckItem final : db::Item {
    std::vector<std::string> order_ids;
    int moved_on = 0;  // answer
};

class CheckWork final : public db::Work {
 public:
    CheckWork(const QuoteSources& sources, std::vector<CheckItem*> items)
        : sources_(sources), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        quote_ids_.clear();
        for (const auto& [order_id, quote] : fx::PlatformQuotes::agreed(reader, order_ids()))
            quote_ids_.insert(quote.id);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : order_ids()) locks.add(orders::kOrderLock, id);
        for (const std::string& id : quote_ids_) locks.add(fx::kPlatformQuoteLock, id);
    }
    void run(db::Group& group) override {
        prices_.clear();
        of_banks_.clear();
        for (CheckItem* item : items_) check(group, *item);
    }

 private:
    [[nodiscard]] std::vector<std::string> order_ids() const {
        std::vector<std::string> ids;
        for (const CheckItem* item : items_) ids.insert(ids.end(), item->order_ids.begin(), item->order_ids.end());
        return ids;
    }

    /// What one item changes, written by a few statements.
    struct Changed {
        std::vector<OrderChange> orders;
        std::vector<PlatformQuote> quotes;
        std::vector<PlatformQuote> taken_over;  // new ones, that nobody need be asked about
        std::vector<HeldOrder> held;
        std::vector<operators::NewWorkItem> work_items;
    };

    void check(db::Group& group, CheckItem& item) {
        std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, item.order_ids);
        const std::map<std::string, PlatformQuote> agreed = fx::PlatformQuotes::agreed(group.tx, item.order_ids);
        Changed changed;
        for (orders::Order& order : orders) {
            if (orders::waiting_of(order) != orders::Waiting::Quote) continue;
            const auto quote = agreed.find(order.id);
            if (quote == agreed.end()) throw LogicError("order " + order.id + " stands on a quote that is gone");
            // Another price was agreed on before the locks: the next look has its row.
            if (quote_ids_.contains(quote->second.id)) look_at(group, order, quote->second, changed);
        }
        fx::PlatformQuotes::save(group.tx, changed.quotes);
        fx::PlatformQuotes::insert(group.tx, changed.taken_over);
        if (!changed.held.empty()) HeldOrders::put(group, changed.held);
        operators::WorkItems().open(group, changed.work_items);
        save_orders(group, changed.orders);
        item.moved_on = static_cast<int>(changed.orders.size());
    }

    /// Of all banks; or of the one at which an agreed price that is not over was not met, since there it would be
    /// bought.
    const StandingPrices& prices(db::Reader& reader, const PlatformQuote& quote, Instant now) {
        if (quote.is_over(now)) return prices_.try_emplace("", reader, sources_).first->second;
        const auto known = prices_.find(quote.unmet_at);
        if (known != prices_.end()) return known->second;
        QuoteSources& of_bank = of_banks_.try_emplace(quote.unmet_at, sources_).first->second;
        // Found there with the money for it, and its price not met: what can be paid there is no question any more.
        of_bank.paying.clear();
        const std::string board = fx::board_id(quote.unmet_at, quote.currency());
        // A bank on the telephone shows no prices: the others' count.
        if (std::count(sources_.board_ids.begin(), sources_.board_ids.end(), board) > 0) {
            std::erase_if(of_bank.board_ids,
                          [&](const std::string& id) { return !id.starts_with(quote.unmet_at + "|"); });
        }
        return prices_.try_emplace(quote.unmet_at, reader, of_bank).first->second;
    }

    void look_at(db::Group& group, orders::Order& order, PlatformQuote quote, Changed& changed) {
        if (!quote.is_over(group.now) && quote.unmet_at.empty())
            return pass(order, std::move(quote), PlatformQuoteEvent::Met, "", changed);
        const QuoteExpiry rule = parties::quote_expiry_from_text(quote.on_expiry);
        if (rule == QuoteExpiry::AtMarket)
            return pass(order, std::move(quote), PlatformQuoteEvent::Over, kQuoteOverEvent, changed);
        if (rule == QuoteExpiry::Hold) return hold(group, order, std::move(quote), changed);
        Result<PlatformQuote> priced = price_of(prices(group.tx, quote, group.now), order, quote, group.now);
        if (!priced && priced.error().code == &quote_error::kNoPrice && may_wait(quote, group.now, changed)) return;
        if (priced) {
            PlatformQuote anew = *std::move(priced);
            anew.id = group.ids.next("pqt");
            const bool is_whole = order.amounts.convertible() == quote.cny - quote.fee;
            // What is gained is the customer's, and nobody need be asked.
            if (is_whole && anew.foreign >= quote.foreign) {
                anew.state = fx::PlatformQuoteState::Met;
                changed.taken_over.push_back(std::move(anew));
                return pass(order, std::move(quote), PlatformQuoteEvent::Over, "", changed);
            }
            offer(group, anew, quote);
        }
        hold(group, order, std::move(quote), changed);
    }

    /// Whether a price may still come. When it was first missed is written down.
    static bool may_wait(PlatformQuote& quote, Instant now, Changed& changed) {
        if (quote.no_price_since == Instant{}) {
            quote.no_price_since = now;
            changed.quotes.push_back(quote);
        }
        return now - quote.no_price_since < kPriceMayWait;
    }

    static void pass(orders::Order& order, PlatformQuote quote, PlatformQuoteEvent event, const char* told,
                     Changed& changed) {
        order.quote_open = false;
        move_on(quote, event);
        changed.quotes.push_back(std::move(quote));
        changed.orders.push_back({&order, told});
    }

    static void hold(db::Group& group, orders::Order& order, PlatformQuote quote, Changed& changed) {
        const bool is_unmet = !quote.unmet_at.empty();
        order.hold_reason = orders::kHeldQuote;
        changed.held.push_back({order.id, std::string(orders::kHeldQuote), order.id, group.now});
        changed.work_items.push_back(
            {std::string(orders::kHeldQuote), "order", order.id,
             "Quote " + quote.id + " of order " + order.id +
                 (is_unmet
                      ? " was not met by the price at " + quote.unmet_at + ", at which its currency could be bought"
                      : std::string(" was over before anything was bought for it")) +
                 ". The order waits until its platform accepts a new price "
                 "(POST /v1/orders/" +
                 order.id + "/re-quote), or two persons release it at the price of the moment.",
             "订单 " + order.id + " 的报价 " + quote.id +
                 (is_unmet ? " 优于 " + quote.unmet_at + " 可成交的价格" : std::string(" 在购汇前已失效")) +
                 "。订单等待平台接受新报价（POST /v1/orders/" + order.id + "/re-quote），或由两人按市价放行。"});
        pass(order, std::move(quote), PlatformQuoteEvent::Over, kQuoteOverEvent, changed);
    }

    static void move_on(PlatformQuote& quote, PlatformQuoteEvent event) {
        // Looked at once more, and it still stands.
        if (event == PlatformQuoteEvent::Met && quote.state == fx::PlatformQuoteState::Met) return;
        const auto to = fx::next(quote.state, event);
        if (!to) throw LogicError("quote " + quote.id + " is " + std::string(fx::to_text(quote.state)));
        quote.state = *to;
    }

    const QuoteSources& sources_;
    std::vector<CheckItem*> items_;
    std::set<std::string> quote_ids_;               // under lock
    std::map<std::string, QuoteSources> of_banks_;  // limited to the bank
    std::map<std::string, StandingPrices> prices_;  // by the bank to which they are limited; empty: all
};

}  // namespace

CheckQuotes::CheckQuotes(db::Database& database, db::WriteQueue& queue, QuoteSources sources)
    : database_(database),
      queue_(queue),
      sources_(std::move(sources)),
      check_(std::make_unique<OperationOf<CheckWork, CheckItem, QuoteSources>>(sources_, "check_quotes")) {}
CheckQuotes::~CheckQuotes() = default;

int CheckQuotes::step(Instant now) {
    if (now < rests_until_ && now >= rests_until_ - kRest) return 0;  // a clock that was set back: looks again
    const auto item = std::make_shared<CheckItem>();
    Place next;
    database_.look([&](db::Reader& reader) {
        item->order_ids.clear();
        next = {};
        int left = kAtOnce;
        for (const orders::WaitingFor& kind : orders::WaitingStore::quote_kinds(reader)) {
            const std::string text = kind.text();
            if (text < place_.kind) continue;
            const std::string behind = text == place_.kind ? place_.order_id : "";
            for (std::string& id : orders::OrderStore::waiting(reader, kind.what, kind.payout_currency, left, behind)) {
                item->order_ids.push_back(std::move(id));
                --left;
            }
            if (left > 0) continue;
            next = {text, item->order_ids.back()};
            break;
        }
    });
    item->weight = item->order_ids.size();
    // What could not be written now is found again by the next step.
    if (!item->order_ids.empty() && !queue_.run(*check_, item)) return 0;
    place_ = std::move(next);
    if (item->moved_on == 0 && place_.kind.empty()) rests_until_ = now + kRest;
    return item->moved_on;
}

}  // namespace huiqiao::flow
