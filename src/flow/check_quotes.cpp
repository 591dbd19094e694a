#include "src/flow/check_quotes.h"

#include "fx/platform_quote_store.h"
#include "src/flow/held_order_store.h"
#include "src/flow/operation_of.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {

namespace {

using fx::PlatformQuote;
using fx::PlatformQuoteEvent;
using parties::QuoteExpiry;

constexpr int kAtOnce = 200;
constexpr const char* kQuoteOverEvent = "order.quote_expired";

struct CheckItem final : db::Item {
    std::vector<std::string> order_ids;
    int checked = 0;  // answer
};

class CheckWork final : public db::Work {
 public:
    CheckWork(const QuoteSources& sources, std::vector<CheckItem*> items)
        : sources_(sources), items_(std::move(items)) {}

    /// Which quote an order took never changes.
    void find(db::Reader& reader) override {
        quote_ids_.clear();
        for (const orders::Order& order : orders::OrderStore::load(reader, order_ids()))
            quote_ids_.push_back(order.quote_id);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : order_ids()) locks.add(orders::kOrderLock, id);
        for (const std::string& id : quote_ids_) locks.add(fx::kPlatformQuoteLock, id);
    }
    void run(db::Group& group) override {
        for (CheckItem* item : items_) check(group, *item);
    }

 private:
    [[nodiscard]] std::vector<std::string> order_ids() const {
        std::vector<std::string> ids;
        for (const CheckItem* item : items_) ids.insert(ids.end(), item->order_ids.begin(), item->order_ids.end());
        return ids;
    }

    /// What one group changes, written by a few statements.
    struct Changed {
        std::vector<OrderChange> orders;
        std::vector<PlatformQuote> quotes;
        std::vector<HeldOrder> held;
        std::vector<operators::NewWorkItem> work_items;
    };

    void check(db::Group& group, CheckItem& item) const {
        item.checked = 0;
        std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, item.order_ids);
        const std::map<std::string, PlatformQuote> quotes = fx::PlatformQuotes::load(group.tx, quote_ids_);
        Changed changed;
        for (orders::Order& order : orders) {
            if (orders::waiting_of(order) != orders::Waiting::Quote) continue;
            look_at(group, order, quotes.at(order.quote_id), changed);
            ++item.checked;
        }
        fx::PlatformQuotes::save(group.tx, changed.quotes);
        if (!changed.held.empty()) HeldOrders::put(group, changed.held);
        operators::WorkItems().open(group, changed.work_items);
        save_orders(group, changed.orders);
    }

    void look_at(db::Group& group, orders::Order& order, PlatformQuote quote, Changed& changed) const {
        order.quote_open = false;
        if (!quote.is_over(group.now)) return pass(order, std::move(quote), PlatformQuoteEvent::Met, "", changed);
        const QuoteExpiry rule = parties::quote_expiry_from_text(quote.on_expiry);
        if (rule == QuoteExpiry::AtMarket)
            return pass(order, std::move(quote), PlatformQuoteEvent::Over, kQuoteOverEvent, changed);
        if (rule == QuoteExpiry::ReQuote) {
            Result<PlatformQuote> priced = price_of(group.tx, sources_, order, quote, group.now);
            const bool is_whole = order.amounts.convertible() == quote.cny - quote.fee;
            // What is gained is the customer's, and nobody need be asked.
            if (priced && is_whole && priced->foreign >= quote.foreign)
                return pass(order, std::move(quote), PlatformQuoteEvent::Met, "", changed);
            if (priced) {
                PlatformQuote offered = *std::move(priced);
                offered.id = group.ids.next("pqt");
                offer(group, offered, quote);
            }
        }
        hold(group, order, std::move(quote), changed);
    }

    static void pass(orders::Order& order, PlatformQuote quote, PlatformQuoteEvent event, const char* told,
                     Changed& changed) {
        move_on(quote, event);
        changed.quotes.push_back(std::move(quote));
        changed.orders.push_back({&order, told});
    }

    static void hold(db::Group& group, orders::Order& order, PlatformQuote quote, Changed& changed) {
        order.hold_reason = orders::kHeldQuote;
        changed.held.push_back({order.id, std::string(orders::kHeldQuote), order.id, group.now});
        changed.work_items.push_back(
            {std::string(orders::kHeldQuote), "order", order.id,
             "Quote " + quote.id + " of order " + order.id +
                 " was over before its money was there. The order waits until its platform accepts a new price "
                 "(POST /v1/orders/" +
                 order.id + "/re-quote), or two persons release it at the price of the moment.",
             "订单 " + order.id + " 的报价 " + quote.id +
                 " 在资金到账前已失效。订单等待平台接受新报价（POST /v1/orders/" + order.id +
                 "/re-quote），或由两人按市价放行。"});
        pass(order, std::move(quote), PlatformQuoteEvent::Over, kQuoteOverEvent, changed);
    }

    static void move_on(PlatformQuote& quote, PlatformQuoteEvent event) {
        const auto to = fx::next(quote.state, event);
        if (!to) throw LogicError("quote " + quote.id + " is " + std::string(fx::to_text(quote.state)));
        quote.state = *to;
    }

    const QuoteSources& sources_;
    std::vector<CheckItem*> items_;
    std::vector<std::string> quote_ids_;
};

}  // namespace

CheckQuotes::CheckQuotes(db::Database& database, db::WriteQueue& queue, QuoteSources sources,
                         std::vector<Currency> currencies)
    : database_(database),
      queue_(queue),
      sources_(std::move(sources)),
      currencies_(std::move(currencies)),
      check_(std::make_unique<OperationOf<CheckWork, CheckItem, QuoteSources>>(sources_, "check_quotes")) {}
CheckQuotes::~CheckQuotes() = default;

int CheckQuotes::step(Instant now) {
    constexpr std::chrono::seconds kRest{1};
    if (now < rests_until_ && now >= rests_until_ - kRest) return 0;  // a clock that was set back: looks again
    const auto item = std::make_shared<CheckItem>();
    database_.look([&](db::Reader& reader) {
        item->order_ids.clear();
        for (const Currency currency : currencies_) {
            for (std::string& id : orders::OrderStore::waiting(reader, orders::Waiting::Quote, currency, kAtOnce))
                item->order_ids.push_back(std::move(id));
        }
    });
    if (item->order_ids.empty()) {
        rests_until_ = now + kRest;
        return 0;
    }
    item->weight = item->order_ids.size();
    // What could not be written now is found again by the next step.
    return queue_.run(*check_, item) ? item->checked : 0;
}

}  // namespace huiqiao::flow
