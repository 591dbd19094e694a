// The three verbs of quotes to platforms, at work in a write group.

#include "fx/platform_quote_store.h"
#include "src/flow/intake.h"
#include "src/flow/operation_of.h"
#include "src/flow/order_hold.h"
#include "src/flow/platform_quotes.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

namespace {

using fx::PlatformQuote;
using fx::PlatformQuoteState;

// Each work asks an item whether it was skipped as it comes to it: a replay is known only then.

/// An operation with its own sources: it outlives what made it.
template <class Work, class Item>
class OwningOperation final : public db::Operation {
 public:
    OwningOperation(QuoteSources sources, std::string_view name)
        : sources_(std::move(sources)), inner_(sources_, name) {}
    [[nodiscard]] std::string_view name() const override { return inner_.name(); }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return inner_.begin(items);
    }

 private:
    QuoteSources sources_;
    OperationOf<Work, Item, QuoteSources> inner_;
};

std::optional<PlatformQuote> replaced_by(db::Reader& reader, const PlatformQuote& quote) {
    return quote.replaces.empty() ? std::nullopt : fx::PlatformQuotes::find(reader, quote.replaces);
}

class MakeWork final : public db::Work {
 public:
    MakeWork(const QuoteSources& sources, std::vector<MakeQuoteItem*> items)
        : sources_(sources), items_(std::move(items)) {}

    void run(db::Group& group) override {
        std::optional<StandingPrices> prices;
        for (MakeQuoteItem* item : items_) {
            if (item->skipped) continue;
            if (!prices) prices.emplace(group.tx, sources_);
            item->quote.reset();
            item->error.reset();
            Result<PlatformQuote> made = make(group, *prices, *item);
            if (!made) {
                item->error = made.error();
                continue;
            }
            PlatformQuote quote = *std::move(made);
            quote.id = group.ids.next("pqt");
            fx::PlatformQuotes::insert(group.tx, std::span(&quote, 1));
            item->quote = std::move(quote);
        }
    }

 private:
    static Result<PlatformQuote> make(db::Group& group, const StandingPrices& prices, const MakeQuoteItem& item) {
        const auto merchants = parties::PartyStore::merchants(group.tx, std::span(&item.merchant_id, 1));
        const auto merchant = merchants.find(item.merchant_id);
        if (merchant == merchants.end() || merchant->second.platform_id != item.platform_id ||
            merchant->second.state != parties::PartyState::Active)
            return Error(intake_error::kNoMerchant, {{"merchant", item.merchant_id}}, "/merchant_id");
        if (item.sell && is_over(*item.sell)) return over_limit(*item.sell, "/sell");
        Result<PlatformQuote> priced = price_of(prices, item, merchant->second.agreement, group.now);
        if (priced && is_over(priced->cny)) return over_limit(priced->cny, item.sell ? "/sell" : "/buy");
        return priced;
    }

    /// No order could be taken in at that price.
    static bool is_over(const Money& cny) {
        return cny.currency().code() == "CNY" && cny.minor() > IntakeSettings{}.most_per_order_minor;
    }
    static Error over_limit(const Money& cny, const char* pointer) {
        const Money most = Money::of_minor(cny.currency(), IntakeSettings{}.most_per_order_minor);
        return Error(quote_error::kOverLimit, {{"limit", most.text()}, {"amount", cny.text()}}, pointer);
    }

    const QuoteSources& sources_;
    std::vector<MakeQuoteItem*> items_;
};

class RequoteWork final : public db::Work {
 public:
    RequoteWork(const QuoteSources& sources, std::vector<RequoteItem*> items)
        : sources_(sources), items_(std::move(items)) {}

    void lock(db::Locks& locks) override {
        for (const RequoteItem* item : items_) locks.add(orders::kOrderLock, item->order_id);
    }
    void run(db::Group& group) override {
        std::optional<StandingPrices> prices;
        for (RequoteItem* item : items_) {
            if (item->skipped) continue;
            if (!prices) prices.emplace(group.tx, sources_);
            item->quote.reset();
            item->replaced.reset();
            item->error.reset();
            requote(group, *prices, *item);
        }
    }

 private:
    static void requote(db::Group& group, const StandingPrices& prices, RequoteItem& item) {
        const auto order = orders::OrderStore::find(group.tx, item.order_id);
        if (!order || order->platform_id != item.platform_id) {
            item.error = Error(quote_error::kNotFound);
            return;
        }
        if (!is_held_for(group.tx, *order, orders::kHeldQuote, order->id)) {
            item.error = Error(quote_error::kNotHeld,
                               {{"order", order->id}, {"state", std::string(orders::to_text(order->state))}});
            return;
        }
        auto agreed = fx::PlatformQuotes::agreed(group.tx, std::span(&order->id, 1));
        if (agreed.empty()) throw LogicError("order " + order->id + " stands on a quote that is gone");
        item.replaced = std::move(agreed.begin()->second);
        // However often it is asked, one offer stands: what is shown stays acceptable until it is over.
        item.quote = fx::PlatformQuotes::offered(group.tx, order->id, group.now);
        if (item.quote && item.quote->cny - item.quote->fee == order->amounts.convertible()) return;
        item.quote.reset();
        Result<PlatformQuote> priced = price_of(prices, *order, *item.replaced, group.now);
        if (!priced) {
            item.error = priced.error();
            return;
        }
        PlatformQuote quote = *std::move(priced);
        quote.id = group.ids.next("pqt");
        fx::PlatformQuotes::insert(group.tx, std::span(&quote, 1));
        item.quote = std::move(quote);
    }

    const QuoteSources& sources_;
    std::vector<RequoteItem*> items_;
};

class AcceptWork final : public db::Work {
 public:
    AcceptWork(const QuoteSources&, std::vector<AcceptQuoteItem*> items) : items_(std::move(items)) {}

    /// The order of a quote that was made for one never changes.
    void find(db::Reader& reader) override {
        order_ids_.clear();
        for (const AcceptQuoteItem* item : items_) {
            const auto quote = fx::PlatformQuotes::find(reader, item->quote_id);
            if (quote && !quote->replaces.empty()) order_ids_.push_back(quote->order_id);
        }
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : order_ids_) locks.add(orders::kOrderLock, id);
        for (const AcceptQuoteItem* item : items_) locks.add(fx::kPlatformQuoteLock, item->quote_id);
    }
    void run(db::Group& group) override {
        for (AcceptQuoteItem* item : items_) {
            if (item->skipped) continue;
            item->quote.reset();
            item->replaced.reset();
            item->error = accept(group, *item);
        }
    }

 private:
    static std::optional<Error> accept(db::Group& group, AcceptQuoteItem& item) {
        auto quote = fx::PlatformQuotes::find(group.tx, item.quote_id);
        if (!quote || quote->platform_id != item.platform_id || quote->replaces.empty())
            return Error(quote_error::kNotFound);
        item.replaced = replaced_by(group.tx, *quote);
        if (quote->state == PlatformQuoteState::Met) {  // accepted before: the same answer
            item.quote = std::move(quote);
            return std::nullopt;
        }
        auto order = orders::OrderStore::find(group.tx, quote->order_id);
        if (!order) throw LogicError("quote " + quote->id + " was made for an order that is gone");
        if (std::optional<Error> refused = refusal(group.tx, *order, *quote, group.now)) return refused;
        quote->state = *fx::next(quote->state, fx::PlatformQuoteEvent::Accepted);
        fx::PlatformQuotes::save(group.tx, std::span(&*quote, 1));
        orders::Order* const held = &*order;
        let_go(group, order->id, std::span(&held, 1));
        const OrderChange change{held, "order.quote_accepted"};
        save_orders(group, std::span(&change, 1));
        operators::WorkItems().close(group, orders::kHeldQuote, order->id, "the platform accepted " + quote->id);
        item.quote = std::move(quote);
        return std::nullopt;
    }

    static std::optional<Error> refusal(db::Reader& reader, const orders::Order& order, const PlatformQuote& quote,
                                        Instant now) {
        if (!is_held_for(reader, order, orders::kHeldQuote, order.id))
            return Error(quote_error::kNotHeld,
                         {{"order", order.id}, {"state", std::string(orders::to_text(order.state))}});
        if (quote.is_over(now))
            return Error(quote_error::kOver,
                         {{"quote", quote.id}, {"until", rfc3339(quote.expires_at)}, {"order", order.id}});
        if (quote.cny - quote.fee != order.amounts.convertible())
            return Error(quote_error::kAmountMoved, {{"quote", quote.id}, {"order", order.id}});
        return std::nullopt;
    }

    std::vector<AcceptQuoteItem*> items_;
    std::vector<std::string> order_ids_;
};

}  // namespace

std::unique_ptr<db::Operation> make_quote_maker(QuoteSources sources) {
    return std::make_unique<OwningOperation<MakeWork, MakeQuoteItem>>(std::move(sources), "make_quote");
}
std::unique_ptr<db::Operation> make_requoter(QuoteSources sources) {
    return std::make_unique<OwningOperation<RequoteWork, RequoteItem>>(std::move(sources), "re_quote");
}
std::unique_ptr<db::Operation> make_quote_acceptor(QuoteSources sources) {
    return std::make_unique<OwningOperation<AcceptWork, AcceptQuoteItem>>(std::move(sources), "accept_quote");
}

}  // namespace huiqiao::flow
