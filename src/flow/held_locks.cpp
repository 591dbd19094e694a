#include "src/flow/held_locks.h"

#include <algorithm>

#include "src/flow/convert_parts.h"
#include "src/flow/decision.h"
#include "src/flow/keep_offers.h"
#include "src/flow/phone.h"
#include "src/ledger/available.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

/// Orders that are looked at for what is collected; as many as one deal on the telephone may be for.
constexpr int kMostOrders = kMostPhoneOrders;

using Accounts = ConvertSettings::BankAccounts;
using LiveLocks = std::vector<fx::HeldLockStore::Row>;  // of one currency

Currency cny() {
    return Currency::known("CNY");
}

/// nullptr where that bank does not sell that currency.
const Accounts* accounts_of(const ConvertParts& parts, const LockWish& wish) {
    const auto bank = parts.settings.banks.find(wish.bank);
    if (bank == parts.settings.banks.end()) return nullptr;
    return bank->second.foreign.contains(std::string(wish.currency.code())) ? &bank->second : nullptr;
}

/// By these names the errors tell.
Error refusal(const ErrorCode& code, const LockWish& wish, std::vector<std::pair<std::string, std::string>> more = {}) {
    more.emplace_back("bank", wish.bank);
    more.emplace_back("currency", std::string(wish.currency.code()));
    return Error(code, std::move(more));
}

Result<fx::Quote> price_of(db::Reader& reader, const ConvertParts& parts, const LockWish& wish, Instant now) {
    const std::string id = fx::board_id(wish.bank, wish.currency);
    const std::vector<fx::Board> boards = fx::QuoteStore::boards(reader, std::span(&id, 1));
    if (boards.empty() || boards[0].quote_id.empty()) return refusal(held_lock_error::kNoPrice, wish);
    std::vector<fx::Quote> quotes = fx::QuoteStore::quotes(reader, std::span(&boards[0].quote_id, 1));
    if (quotes.empty() || !fx::is_usable(quotes[0], now, parts.settings.quote_needs))
        return refusal(held_lock_error::kNoPrice, wish);
    const Rate mid = boards[0].good_mid.value_or(quotes[0].mid);
    if (is_worse(quotes[0].bank_rate, mid, parts.settings.max_spread_bp)) {
        return refusal(held_lock_error::kOffMid, wish,
                       {{"price", quotes[0].bank_rate.per_one()},
                        {"bp", std::to_string(parts.settings.max_spread_bp)},
                        {"mid", mid.per_one()}});
    }
    return std::move(quotes[0]);
}

/// CNY of the orders, less what other held locks are for.
Money collected_of(db::Reader& reader, Currency currency, std::span<const std::string> order_ids,
                   const LiveLocks& live) {
    Money sum = Money::zero(cny());
    for (const orders::Order& order : orders::OrderStore::load(reader, order_ids)) {
        const bool waits = orders::waiting_of(order) == orders::Waiting::Convert && order.payout_currency == currency;
        if (waits && order.amounts.convertible().is_positive()) sum += order.amounts.convertible();
    }
    for (const fx::HeldLockStore::Row& row : live) sum -= fx::cost_of(fx::left_of(row.lock, row.held), row.lock.rate);
    return std::max(sum, Money::zero(cny()));
}

/// Both sides at the rate, as the lock's fixed side says.
Status price_it(const LockWish& wish, LockOffer& offer) {
    const bool is_cny = wish.amount.currency().code() == "CNY";
    if (!wish.amount.is_positive() || (!is_cny && wish.amount.currency() != wish.currency))
        return refusal(held_lock_error::kAmount, wish);
    const Result<Money> other = convert(wish.amount, offer.quote.bank_rate, is_cny ? Rounding::Down : Rounding::Up);
    if (!other || !other->is_positive()) return refusal(held_lock_error::kAmount, wish);
    offer.cny = is_cny ? wish.amount : *other;
    offer.foreign = is_cny ? *other : wish.amount;
    return Done{};
}

Result<LockOffer> offer_of(db::Reader& reader, const ConvertParts& parts, const LockWish& wish,
                           std::span<const std::string> order_ids, const LiveLocks& live, Instant now) {
    const Accounts* accounts = accounts_of(parts, wish);
    if (accounts == nullptr) return refusal(held_lock_error::kNoBank, wish);
    if (accounts->bank == nullptr || !accounts->bank->traits().has_locks || !accounts->bank->traits().draws_in_parts)
        return refusal(held_lock_error::kNoLocks, wish);
    const Result<bool> may_deal = parts.value_dates.may_deal(Date::in_shanghai(now));
    const std::optional<Date> value_date = parts.value_date(wish.bank, wish.currency, now);
    if (!may_deal || !*may_deal || !value_date) return refusal(held_lock_error::kBankClosed, wish);
    Result<fx::Quote> quote = price_of(reader, parts, wish, now);
    if (!quote) return quote.error();
    const ledger::Account payer = ledger::provision(accounts->cny, cny());
    const Money none = Money::zero(cny());
    LockOffer offer{.quote = std::move(*quote),
                    .value_date = *value_date,
                    .cny = none,
                    .foreign = none,
                    .fee = none,
                    .collected = collected_of(reader, wish.currency, order_ids, live),
                    .free = ledger::available(parts.ledger.balances(reader, std::span(&payer, 1)), payer)};
    if (const Status priced = price_it(wish, offer); !priced) return priced.error();
    offer.fee = accounts->terms.fee_of(offer.cny);
    offer.quote_left = std::chrono::floor<std::chrono::seconds>(offer.quote.valid_until - now);
    const std::string cost = offer.cny.text();
    if (const auto& largest = accounts->terms.largest_deal; largest && offer.cny > *largest)
        return refusal(held_lock_error::kTooLarge, wish, {{"cost", cost}, {"largest", largest->text()}});
    if (offer.cny > offer.collected)
        return refusal(held_lock_error::kNotCollected, wish, {{"cost", cost}, {"collected", offer.collected.text()}});
    if (offer.cny > offer.free) {
        return refusal(held_lock_error::kNotFree, wish,
                       {{"cost", cost}, {"free", offer.free.text()}, {"account", accounts->cny}});
    }
    return offer;
}

/// A second call that is mostly the first one sent again: each bears a key of its own, and the bank's next price would
/// let it through.
Status check_is_new(const ConvertParts& parts, const TakeLock& item, const LiveLocks& live, Instant now) {
    const LockWish& wish = item.wish;
    const std::optional<Date> value_date = parts.value_date(wish.bank, wish.currency, now);
    for (const fx::HeldLockStore::Row& row : live) {
        const fx::Lock& lock = row.lock;
        const bool is_same = lock.bank == wish.bank && lock.amount.currency() == wish.amount.currency() &&
                             lock.amount == wish.amount && lock.value_date == value_date;
        const auto& others = item.another_than;
        if (!is_same || std::find(others.begin(), others.end(), row.lock.id) != others.end()) continue;
        return refusal(held_lock_error::kTwice, wish,
                       {{"lock", row.lock.id},
                        {"taken_by", row.held.taken_by},
                        {"amount", amount_with_currency(wish.amount)},
                        {"value_date", row.lock.value_date.text()},
                        {"state", std::string(fx::to_text(row.lock.state))}});
    }
    return Done{};
}

std::vector<std::string> waiting_for(db::Reader& reader, Currency currency) {
    return orders::OrderStore::waiting(reader, orders::Waiting::Convert, currency, kMostOrders);
}

class TakeWork final : public db::Work {
 public:
    TakeWork(const ConvertParts& parts, std::vector<TakeLock*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        order_ids_.clear();
        for (const TakeLock* item : items_) {
            const bool is_known = accounts_of(parts_, item->wish) != nullptr;
            order_ids_.push_back(is_known ? waiting_for(reader, item->wish.currency) : std::vector<std::string>());
        }
    }
    void claim(db::Claims& claims) override {
        for (const TakeLock* item : items_) {
            // Every bank's takers meet there, so that the second one sees what the first one took.
            for (const std::string& board : boards_of(parts_, item->wish.currency))
                claims.add(fx::kBoardClaim, board, "");
            if (const Accounts* accounts = accounts_of(parts_, item->wish))
                parts_.ledger.claim(claims, ledger::provision(accounts->cny, cny()));
        }
    }
    void lock(db::Locks& locks) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            const LockWish& wish = items_[i]->wish;
            // What is collected must not be bought for by another group meanwhile.
            for (const std::string& order : order_ids_[i]) locks.add(orders::kOrderLock, order);
            for (const std::string& board : boards_of(parts_, wish.currency)) locks.add(fx::kBoardLock, board);
            if (const Accounts* accounts = accounts_of(parts_, wish))
                parts_.ledger.lock(locks, ledger::provision(accounts->cny, cny()));
        }
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            TakeLock& item = *items_[i];
            if (item.skipped) continue;
            item.error.reset();
            item.taken.reset();
            if (const Status done = take(group, item, order_ids_[i]); !done) item.error = done.error();
        }
    }

 private:
    Status take(db::Group& group, TakeLock& item, const std::vector<std::string>& order_ids) const {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        if (!who || who->state != operators::OperatorState::Active || who->role != operators::Role::Dealer)
            return Error(operators::operators_error::kMayNotMake);
        const LockWish& wish = item.wish;
        const LiveLocks live = fx::HeldLockStore::live(group.tx, wish.currency);
        if (const Status is_new = check_is_new(parts_, item, live, group.now); !is_new) return is_new;
        const Result<LockOffer> offer = offer_of(group.tx, parts_, wish, order_ids, live, group.now);
        if (!offer) return offer.error();
        const Accounts& accounts = *accounts_of(parts_, wish);
        const fx::FixedSide side = wish.amount.currency().code() == "CNY" ? fx::FixedSide::Cny : fx::FixedSide::Foreign;
        HeldLockInHand in_hand{
            fx::Lock{.id = group.ids.next("fxl"),
                     .quote_id = offer->quote.id,
                     .purchase_id = "",
                     .bank = wish.bank,
                     .reference = group.ids.random_reference("FL"),
                     .bank_reference = "",
                     .rate = offer->quote.bank_rate,
                     .fixed_side = side,
                     .amount = wish.amount,
                     .value_date = offer->value_date,
                     .requested_at = group.now,
                     .expires_at = group.now + accounts.bank->traits().longest_lock + parts_.settings.lock_needs,
                     .state = fx::LockState::Requested},
            fx::HeldLock{.id = "",
                         .taken_by = item.operator_id,
                         .cny_account = accounts.cny,
                         .foreign_account = accounts.foreign.at(std::string(wish.currency.code())),
                         .drawn = Money::zero(wish.amount.currency()),
                         .cny = offer->cny,
                         .hold_id = ""}};
        in_hand.held.id = in_hand.lock.id;
        const ledger::HoldRequest cover{ledger::provision(accounts.cny, cny()), offer->cny, "fx_lock", in_hand.lock.id};
        const auto held = parts_.ledger.hold(group, std::span(&cover, 1));
        if (!held) return held.error();
        in_hand.held.hold_id = held->at(0);
        // Before its own quote is used.
        keep_offers(group, parts_, in_hand.lock.id, wish.currency, offer->cny, accounts.cny);
        const calls::NewCall call =
            ask_for_lock(group, parts_, in_hand.lock, {in_hand.held.cny_account, in_hand.held.foreign_account}, 0);
        fx::HeldLockStore::insert(group.tx, in_hand.held);
        parts_.calls.prepare(group, std::span(&call, 1));
        item.taken = {std::move(in_hand.lock), std::move(in_hand.held)};
        return Done{};
    }

    const ConvertParts& parts_;
    std::vector<TakeLock*> items_;
    std::vector<std::vector<std::string>> order_ids_;  // of each item: what waits for its currency
};

}  // namespace

class HeldLocks::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
         const fx::ValueDates& value_dates, ConvertSettings settings)
        : parts_{database, queue, ledger, calls, value_dates, std::move(settings), {}},
          take_(std::make_unique<OperationOf<TakeWork, TakeLock, ConvertParts>>(parts_, "take_lock")) {}

    ConvertParts parts_;
    std::unique_ptr<db::Operation> take_;
};

HeldLocks::HeldLocks(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                     const calls::Calls& calls, const fx::ValueDates& value_dates, ConvertSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ledger, calls, value_dates, std::move(settings))) {}
HeldLocks::~HeldLocks() = default;

db::Operation& HeldLocks::take() {
    return *impl_->take_;
}

Result<LockOffer> HeldLocks::offer(db::Reader& reader, const LockWish& wish, Instant now) const {
    if (accounts_of(impl_->parts_, wish) == nullptr) return refusal(held_lock_error::kNoBank, wish);
    return offer_of(reader, impl_->parts_, wish, waiting_for(reader, wish.currency),
                    fx::HeldLockStore::live(reader, wish.currency), now);
}

}  // namespace huiqiao::flow
