#include "src/flow/collect_facts.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

namespace {

using orders::ChannelState;
using orders::Payment;
using orders::PaymentEvent;
using orders::PaymentState;

class Facts {
 public:
    Facts(db::Group& group, const CollectParts& parts) : group_(group), parts_(parts) {}

    std::vector<FactEffect> apply(std::span<const ChannelFact> facts) {
        load(facts);
        std::vector<FactEffect> effects;
        effects.reserve(facts.size());
        for (const Told& told : told_) effects.push_back(apply_one(told));
        write();
        return effects;
    }

 private:
    /// A fact with its payment, its order and the channel's number as a key, looked up once.
    struct Told {
        const ChannelFact& fact;
        Payment& payment;
        orders::Order& order;
        std::string number_key;  // empty where no money is told of
    };

    void load(std::span<const ChannelFact> facts) {
        payments_ = store_.load(group_.tx, distinct(facts, [](const ChannelFact& fact) { return fact.payment_id; }));
        std::unordered_map<std::string_view, Payment*> payment_by_id;
        for (Payment& payment : payments_) payment_by_id.emplace(payment.id, &payment);
        orders_ = orders::OrderStore::load(
            group_.tx, distinct(payments_, [](const Payment& payment) { return payment.order_id; }));
        std::unordered_map<std::string_view, orders::Order*> order_by_id;
        for (orders::Order& order : orders_) order_by_id.emplace(order.id, &order);
        told_.reserve(facts.size());
        std::vector<std::string> numbers;
        for (const ChannelFact& fact : facts) {
            Payment& payment = *payment_by_id.at(fact.payment_id);
            const bool has_number = !fact.refused && fact.said.state == ChannelState::Paid;
            told_.push_back({fact, payment, *order_by_id.at(payment.order_id),
                             has_number ? channel_key(payment, fact.said.channel_number) : std::string()});
            if (has_number) numbers.push_back(told_.back().number_key);
        }
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        for (auto& [key, owner] : store_.owners_of_numbers(group_.tx, numbers)) number_owners_.emplace(key, owner);
    }

    /// Sorted, each once.
    template <class From, class IdOf>
    static std::vector<std::string> distinct(const From& from, IdOf id_of) {
        std::vector<std::string> ids;
        ids.reserve(from.size());
        for (const auto& each : from) ids.push_back(id_of(each));
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        return ids;
    }

    /// Another payment stands under the channel's number.
    [[nodiscard]] bool is_number_taken(const Told& told) const {
        const auto owner = number_owners_.find(told.number_key);
        return owner != number_owners_.end() && owner->second != told.fact.payment_id;
    }

    FactEffect apply_one(const Told& told) {
        const ChannelFact& fact = told.fact;
        if (fact.refused) return move(told, PaymentEvent::Refused, fact.said.reason);
        if (fact.not_closed) return not_closed(told.payment);
        switch (fact.said.state) {
            case ChannelState::Waiting: return waiting(told.payment, fact);
            case ChannelState::Failed:
                return fact.asked ? move(told, PaymentEvent::Refused, fact.said.reason) : ask(told.payment);
            case ChannelState::Closed:
                return fact.asked ? move(told, PaymentEvent::ClosedUnpaid, "") : ask(told.payment);
            case ChannelState::Paid: return paid(told);
        }
        throw LogicError("unnamed state at a channel");
    }

    /// The channel has the payment and the buyer is awaited.
    FactEffect waiting(Payment& payment, const ChannelFact& fact) {
        const bool news = payment.pay_url.empty() && !fact.said.pay_url.empty();
        if (news) payment.pay_url = fact.said.pay_url;
        // Its order ended before the channel's word came: nobody shall pay there what we count as closed.
        if (payment.state == PaymentState::Closed && fact.asked) open_there_.insert(&payment);
        const auto* placed = payment_move(payment.state, PaymentEvent::Placed);
        if (placed != nullptr) payment.state = placed->to;
        if (!news && placed == nullptr) return FactEffect::Nothing;
        changed_payments_.insert(&payment);
        return FactEffect::Moved;
    }

    /// It was paid before its close came there: asked for at once, so that the money is known.
    FactEffect not_closed(Payment& payment) {
        if (is_money_known(payment.state)) return FactEffect::Repeated;
        sometimes("a payment that met its close");
        return ask(payment);
    }

    /// Over without money, as the channel itself says.
    FactEffect move(const Told& told, PaymentEvent event, const std::string& reason) {
        Payment& payment = told.payment;
        const auto* moves = payment_move(payment.state, event);
        if (moves == nullptr) return FactEffect::Repeated;
        payment.state = moves->to;
        payment.reason = reason;
        changed_payments_.insert(&payment);
        close_order(told.order);
        return FactEffect::Moved;
    }

    FactEffect paid(const Told& told) {
        const ChannelFact& fact = told.fact;
        Payment& payment = told.payment;
        orders::Order& order = told.order;
        const Money amount = is_planted(Bug::AskedAmountBooked) ? payment.amount : *fact.said.amount;
        if (is_money_known(payment.state)) {
            sometimes("a second word on a payment that is booked");
            return again(told, amount);
        }
        const bool taken = is_number_taken(told);
        const std::string_view amiss = taken ? "number" : what_is_amiss(payment, order, amount);
        const bool is_large = amount.minor() > parts_.settings.query_above_minor;
        if (!fact.asked && (!amiss.empty() || is_large)) return ask(payment);

        const auto* moves = payment_move(payment.state, amiss.empty() ? PaymentEvent::Paid : PaymentEvent::PaidAmiss);
        if (moves == nullptr)
            throw LogicError("payment " + payment.id + " takes no money as " + std::string(to_text(payment.state)));
        payment.state = moves->to;
        if (!taken) {
            payment.channel_number = fact.said.channel_number;
            number_owners_.emplace(told.number_key, payment.id);
        }
        payment.paid_at = fact.said.paid_at;
        payment.reason = amiss;
        changed_payments_.insert(&payment);
        // Money of another currency stands in no account of ours: a person looks, and nothing is booked.
        const bool bookable = amount.currency() == payment.amount.currency();
        if (bookable) payment.received = amount;
        const std::chrono::hours behind(is_planted(Bug::DayBoundaryInUtc) ? 8 : 0);
        const postings::Event event{"payment",         payment.id,
                                    fact.said.paid_at, Date::in_shanghai(fact.said.paid_at - behind),
                                    "system",          fact.request_id};
        if (amiss.empty()) {
            drafts_.push_back(postings::collected(event, payment.channel, payment.merchant_id, amount));
            allocations_.push_back({payment.id, payment.order_id, amount});
            order.amounts.paid += amount;
            paid_orders_.insert(&order);
            close_order(order);
            ++parts_.counters.booked;
            return FactEffect::Booked;
        }
        if (bookable) drafts_.push_back(postings::channel_credit_suspended(event, payment.channel, amount));
        close_order(order);
        disputed_orders_.insert(&order);
        tell(payment, amount, amiss, fact.said.channel_number);
        ++parts_.counters.suspended;
        return FactEffect::Suspended;
    }

    static std::string_view what_is_amiss(const Payment& payment, const orders::Order& order, const Money& amount) {
        if (amount.currency() != payment.amount.currency()) return "currency";
        if (amount != payment.amount) return "amount";
        if (order.expired || order.cancelled || payment.state == PaymentState::Closed ||
            payment.state == PaymentState::Failed) {
            sometimes("money after expiry or cancel");
            return "late";
        }
        if (order.amounts.paid + amount > order.amounts.due) return "surplus";
        return "";
    }

    /// Booked before. A repeat posts nothing; one that tells of other money is a person's matter.
    FactEffect again(const Told& told, const Money& amount) {
        const ChannelFact& fact = told.fact;
        const Payment& payment = told.payment;
        // A payment that found its number taken stands under none.
        const bool same_number =
            payment.channel_number.empty() ? is_number_taken(told) : fact.said.channel_number == payment.channel_number;
        const bool same = same_number && amount == payment.received;
        if (same) return FactEffect::Repeated;
        if (!fact.asked) return ask(told.payment);
        sometimes("the channel tells otherwise than before");
        work_items_.push_back(
            {"payment_told_otherwise", "payment", payment.id,
             "The channel first told of " + payment.received.text() + " under number " + payment.channel_number +
                 ", now of " + amount.text() + " under " + fact.said.channel_number + ". Nothing more was booked.",
             "渠道先前告知 " + payment.received.text() + "（" + payment.channel_number + "），现又告知 " +
                 amount.text() + "（" + fact.said.channel_number + "）；未再记账。"});
        return FactEffect::Repeated;
    }

    void tell(const Payment& payment, const Money& amount, std::string_view amiss, const std::string& number) {
        const std::string received = std::string(amount.currency().code()) + " " + amount.text();
        const std::string kind = "payment_" + std::string(amiss);
        work_items_.push_back({kind, "payment", payment.id,
                               received + " came for payment " + payment.id + " of order " + payment.order_id +
                                   " under the channel's number " + number + " (asked for " + payment.amount.text() +
                                   "), but not as asked: " + std::string(amiss) +
                                   ". It is in suspense: revive it or send it back.",
                               "订单 " + payment.order_id + " 的付款 " + payment.id + "（渠道单号 " + number +
                                   "）收到 " + received + "（应收 " + payment.amount.text() + "），与约定不符（" +
                                   std::string(amiss) + "），已挂账，须人工确认入账或退回。"});
    }

    FactEffect ask(Payment& payment) {
        if (asked_.insert(&payment).second) {
            changed_payments_.insert(&payment);
            queries_.push_back(query_call(parts_, payment));
            ++parts_.counters.queried;
        }
        return FactEffect::NeedsQuery;
    }

    void close_order(orders::Order& order) {
        order.payment_open = false;
        changed_orders_.insert(&order);
    }

    void write() {
        std::vector<orders::PaymentStore::Change> payments;
        for (const Payment* payment : changed_payments_) {
            const bool open = payment->state == PaymentState::Created || payment->state == PaymentState::Pending ||
                              payment->state == PaymentState::Closed;
            payments.push_back(
                {payment, open ? orders::next_query(payment->created_at, payment->polls, group_.now) : std::nullopt});
        }
        store_.save(group_, payments);
        store_.allocate(group_, allocations_);
        if (!drafts_.empty()) note_overdrawn(group_, parts_.ledger.post(group_, drafts_));
        std::vector<OrderChange> changes;
        for (orders::Order* order : changed_orders_) {
            const bool disputed = disputed_orders_.contains(order);
            // The state alone would say nothing of money that came: it is the one of an order that nobody paid.
            changes.push_back({order, paid_orders_.contains(order) ? "order.paid"
                                      : disputed                   ? "order.payment_disputed"
                                                                   : ""});
        }
        save_orders(group_, changes);
        parts_.calls.prepare(group_, queries_);
        const std::vector<const Payment*> open_there(open_there_.begin(), open_there_.end());
        parts_.trades.prepare_unasked(group_, open_there);
        parts_.work_items.open(group_, work_items_);
    }

    db::Group& group_;
    const CollectParts& parts_;
    orders::PaymentStore store_;
    std::vector<Payment> payments_;
    std::vector<orders::Order> orders_;
    std::vector<Told> told_;
    std::unordered_map<std::string, std::string> number_owners_;  // channel|number -> payment
    std::set<Payment*> changed_payments_;
    std::set<Payment*> asked_;
    std::set<const Payment*> open_there_;  // closed here
    std::set<orders::Order*> changed_orders_;
    std::set<const orders::Order*> paid_orders_;
    std::set<const orders::Order*> disputed_orders_;
    std::vector<ledger::Draft> drafts_;
    std::vector<orders::PaymentAllocation> allocations_;
    std::vector<calls::NewCall> queries_;
    std::vector<operators::NewWorkItem> work_items_;
};

}  // namespace

calls::NewCall query_call(const CollectParts& parts, orders::Payment& payment) {
    const orders::CollectionChannel* port = parts.port(payment.channel);
    if (port == nullptr) throw LogicError("payment " + payment.id + " is at an unknown channel");
    ++payment.polls;
    return {"channel.query",
            payment.channel,
            calls::Recovery::Resendable,
            payment.reference,
            port->query(payment.reference),
            {{"payment", payment.id, payment.polls, payment.reference, std::nullopt}},
            std::nullopt};
}

void claim_payment(const CollectParts& parts, db::Claims& claims, const orders::PaymentPlace& payment) {
    const Currency currency = payment.currency;
    parts.ledger.claim(claims, ledger::clearing(payment.channel, currency));
    parts.ledger.claim(claims, ledger::merchant(payment.merchant_id, currency));
    parts.ledger.claim(claims, ledger::suspense(currency));
}

void lock_payment(const CollectParts& parts, db::Locks& locks, const orders::PaymentPlace& payment, bool paid) {
    locks.add(orders::kOrderLock, payment.order_id);
    locks.add(orders::kPaymentLock, payment.id);
    if (!paid) return;
    const Currency currency = payment.currency;
    parts.ledger.lock(locks, ledger::clearing(payment.channel, currency));
    parts.ledger.lock(locks, ledger::merchant(payment.merchant_id, currency));
    parts.ledger.lock(locks, ledger::suspense(currency));
}

std::vector<FactEffect> apply_facts(db::Group& group, const CollectParts& parts, std::span<const ChannelFact> facts) {
    if (facts.empty()) return {};
    return Facts(group, parts).apply(facts);
}

}  // namespace huiqiao::flow
