// A purchase is opened by a lock that the desk holds: nothing is asked for, the order to deal is prepared in the same
// COMMIT that puts its orders in. The last order that does not fit whole puts in what the lock still has, since what
// nobody draws is lost.

#include <algorithm>

#include "fx/lock_end_store.h"
#include "src/base/planted.h"
#include "src/flow/convert_parts.h"
#include "src/flow/keep_offers.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

class DrawWork final : public db::Work {
 public:
    DrawWork(const ConvertParts& parts, std::vector<DrawOnLock*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        merchants_.clear();
        payers_.clear();
        boards_.clear();
        agreed_ = {};
        for (const DrawOnLock* item : items_) {
            const HeldLockInHand in_hand = HeldLockInHand::load(reader, item->lock_id);
            payers_.insert(in_hand.held.cny_account);
            for (std::string& board : boards_of(parts_, in_hand.lock.rate.base())) boards_.insert(std::move(board));
            FoundCandidates candidates = FoundCandidates::of(reader, item->order_ids);
            merchants_.merge(candidates.merchants);
            agreed_.find(reader, candidates.quoted);
        }
    }
    void claim(db::Claims& claims) override {
        for (const std::string& merchant : merchants_) claims.add(fx::kRestClaim, merchant, "draw_on_lock");
        for (const std::string& board : boards_) claims.add(fx::kBoardClaim, board, "");
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const DrawOnLock* item : items_) {
            for (const std::string& order : item->order_ids) locks.add(orders::kOrderLock, order);
            locks.add(fx::kLockLock, item->lock_id);
        }
        for (const std::string& board : boards_) locks.add(fx::kBoardLock, board);
        agreed_.lock(locks);
        for (const std::string& merchant : merchants_) locks.add(fx::kRestLock, merchant);
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }
    void run(db::Group& group) override {
        for (DrawOnLock* item : items_) {
            item->purchase_id.clear();
            draw(group, *item);
        }
    }

 private:
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const std::string& merchant : merchants_) accounts.push_back(ledger::merchant(merchant, cny_));
        for (const std::string& payer : payers_) accounts.push_back(ledger::provision(payer, cny_));
        return accounts;
    }

    [[nodiscard]] bool may_draw(db::Group& group, const HeldLockInHand& in_hand) const {
        return can_draw(group.tx, parts_, {in_hand.lock, in_hand.held}, group.now) &&
               !parts_.ledger.stopped_payouts(group.tx).contains("CNY");
    }

    void put_in(db::Group& group, const DrawOnLock& item, const HeldLockInHand& in_hand, PurchaseInHand& drawn) const {
        const ledger::Account payer = ledger::provision(in_hand.held.cny_account, cny_);
        const auto balances = parts_.ledger.balances(group.tx, std::span(&payer, 1));
        Money most = fx::cost_of(fx::left_of(in_hand.lock, in_hand.held), in_hand.lock.rate);
        if (const auto& largest = parts_.settings.banks.at(in_hand.lock.bank).terms.largest_deal)
            most = std::min(most, *largest);
        const PutInLimits limits{.free_at_bank = ledger::available(balances, payer) + in_hand.held.cny,
                                 .most = most,
                                 .may_cut = true,
                                 .is_best_price = false};
        put_in_orders(group, parts_, {merchants_, item.order_ids, agreed_}, limits, drawn);
    }

    void draw(db::Group& group, DrawOnLock& item) const {
        HeldLockInHand in_hand = HeldLockInHand::load(group.tx, item.lock_id);
        const fx::Lock& lock = in_hand.lock;
        if (!may_draw(group, in_hand)) return;
        PurchaseInHand drawn = new_purchase(group, parts_, lock.bank, lock.rate);
        drawn.purchase.lock_id = lock.id;
        drawn.purchase.fixed_side = lock.fixed_side;
        drawn.lock = lock;
        put_in(group, item, in_hand, drawn);
        const Result<Money> worth = convert(drawn.purchase.cny, lock.rate, Rounding::Down);
        if (drawn.lines.empty() || !worth || !worth->is_positive()) return;
        const bool is_cny_fixed = lock.fixed_side == fx::FixedSide::Cny;
        drawn.purchase.foreign = is_cny_fixed ? *worth : std::min(*worth, fx::left_of(lock, in_hand.held));
        if (!is_planted(Bug::DrawsNotCounted))
            in_hand.held.drawn += is_cny_fixed ? drawn.purchase.cny : drawn.purchase.foreign;
        // From the lock's hold into the purchase's: what both together want is there, as was looked at just now.
        hold_for_left(group, parts_, in_hand, drawn.purchase.cny);
        if (const Status held = hold_put_in(group, parts_, drawn); !held) throw LogicError(held.error().english());
        drawn.purchase.state = fx::next(drawn.purchase.state, fx::PurchaseEvent::LockHeld).value();
        write_opened(group, drawn);
        keep_offers(group, parts_, drawn.purchase.id, drawn.purchase.currency, drawn.purchase.cny,
                    drawn.purchase.cny_account);
        const calls::NewCall call = purchase_call(parts_, drawn.purchase, lock);
        parts_.calls.prepare(group, std::span(&call, 1));
        item.purchase_id = drawn.purchase.id;
        if (item.better) tell_worse(group, lock, *item.better);
    }

    void tell_worse(db::Group& group, const fx::Lock& lock, const fx::Offer& better) const {
        const std::string theirs = better.quote.bank_rate.per_one();
        parts_.work_items.open(
            group,
            operators::NewWorkItem{std::string(kHeldLockWorse), "fx_lock", lock.id,
                                   "Lock " + lock.id + " of " + lock.bank + " at " + lock.rate.per_one() +
                                       " is drawn on although " + better.quote.bank + " offers " + theirs +
                                       " now, which is better all-in. Held locks go first (fx.held_locks = first), "
                                       "since what is not drawn may be charged for.",
                                   lock.bank + " 的锁汇 " + lock.id + "（汇率 " + lock.rate.per_one() +
                                       "）正在使用，而 " + better.quote.bank + " 现报 " + theirs +
                                       "，综合成本更优。按设置先用已锁汇率，因未用部分可能被收费。"});
    }

    const ConvertParts& parts_;
    std::vector<DrawOnLock*> items_;
    std::set<std::string> merchants_;
    std::set<std::string> payers_;
    std::set<std::string> boards_;
    AgreedPrices agreed_;
    Currency cny_ = Currency::known("CNY");
};

/// A roll is a promise of its own, from the instant at which the bank did it.
Instant promised_at(db::Reader& reader, const fx::Lock& lock) {
    constexpr int kLookedAt = 50;
    for (const fx::LockEnd& end : fx::LockEndStore::of_lock(reader, lock.id, kLookedAt))
        if (end.way == fx::EndWay::Roll && end.state == fx::LockEndState::Done) return end.over_at;
    return lock.requested_at;
}

/// Whether what is dealt now is dealt for the day for which it was promised. Where a holiday was announced since, the
/// lock stays as it was booked (CLK-06): it is its day as long as a deal of then and one of now would be for one day.
bool is_its_day(db::Reader& reader, const ConvertParts& parts, const fx::Lock& lock, Instant now) {
    const auto day = [&](Instant at) { return parts.value_date(lock.bank, lock.rate.base(), at); };
    const std::optional<Date> today = day(now);
    return today &&
           (*today == lock.value_date || (lock.value_date < *today && day(promised_at(reader, lock)) == today));
}

}  // namespace

bool can_draw(db::Reader& reader, const ConvertParts& parts, const fx::HeldLockStore::Row& row, Instant now) {
    return row.held.end_id.empty() && fx::is_usable(row.lock, now, parts.settings.lock_needs) &&
           !fx::is_spent(row.lock, row.held) && is_its_day(reader, parts, row.lock, now) &&
           !is_frozen(reader, parts, row.lock.id);
}

std::unique_ptr<db::Operation> make_draw_on_lock(const ConvertParts& parts) {
    return std::make_unique<OperationOf<DrawWork, DrawOnLock, ConvertParts>>(parts, "draw_on_lock");
}

}  // namespace huiqiao::flow
