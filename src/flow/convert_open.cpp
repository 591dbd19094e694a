// A purchase is opened: what the orders can put in, bounded by what merchants and the provision account really have;
// the money is held, and the lock asked for, in one COMMIT.

#include <algorithm>

#include "src/base/planted.h"
#include "src/flow/convert_parts.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

using fx::FixedSide;

class OpenWork final : public db::Work {
 public:
    OpenWork(const ConvertParts& parts, std::vector<OpenPurchase*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        merchants_.clear();
        agreed_ = {};
        for (const OpenPurchase* item : items_) {
            merchants_.insert(item->merchants.begin(), item->merchants.end());
            agreed_.find(reader, item->quoted);
        }
    }
    void claim(db::Claims& claims) override {
        for (const std::string& merchant : merchants_) claims.add(fx::kRestClaim, merchant, "open_purchase");
        for (const OpenPurchase* item : items_)
            claims.add(fx::kBoardClaim, fx::board_id(item->bank, item->currency), "");
        for (const ledger::Account& account : accounts()) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const OpenPurchase* item : items_) {
            for (const std::string& order : item->order_ids) locks.add(orders::kOrderLock, order);
            // A quote changes only under its board's lock.
            locks.add(fx::kBoardLock, fx::board_id(item->bank, item->currency));
        }
        agreed_.lock(locks);
        for (const std::string& merchant : merchants_) locks.add(fx::kRestLock, merchant);
        for (const ledger::Account& account : accounts()) parts_.ledger.lock(locks, account);
    }
    void run(db::Group& group) override {
        for (OpenPurchase* item : items_) open(group, *item);
    }

 private:
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const std::string& merchant : merchants_) accounts.push_back(ledger::merchant(merchant, cny_));
        std::set<std::string> payers;
        for (const OpenPurchase* item : items_) payers.insert(parts_.settings.banks.at(item->bank).cny);
        for (const std::string& payer : payers) accounts.push_back(ledger::provision(payer, cny_));
        return accounts;
    }

    /// The quote under lock, if it can still be used; and the foreign amount that the CNY buys, value date and lock.
    bool price(db::Group& group, const OpenPurchase& item, const fx::Quote& quote, PurchaseInHand& in_hand) const {
        const fx::FxBankTraits traits = parts_.bank(item.bank).traits();
        const Result<Money> worth = convert(in_hand.purchase.cny, quote.bank_rate, Rounding::Down);
        const std::optional<Date> value_date = parts_.value_date(item.bank, item.currency, group.now);
        if (!worth || !worth->is_positive() || !value_date) return false;
        in_hand.purchase.foreign = *worth;
        in_hand.purchase.fixed_side = traits.deals_cny_fixed ? FixedSide::Cny : FixedSide::Foreign;
        in_hand.lock = fx::Lock{.id = in_hand.purchase.lock_id,
                                .quote_id = quote.id,
                                .purchase_id = in_hand.purchase.id,
                                .bank = item.bank,
                                .reference = traits.has_locks ? group.ids.random_reference("FL")
                                                              : fx::part_reference(in_hand.purchase.reference, 0),
                                .bank_reference = "",
                                .rate = quote.bank_rate,
                                .fixed_side = in_hand.purchase.fixed_side,
                                .amount = traits.deals_cny_fixed ? in_hand.purchase.cny : in_hand.purchase.foreign,
                                .value_date = *value_date,
                                .requested_at = group.now,
                                .expires_at = group.now + traits.longest_lock + parts_.settings.lock_needs,
                                .state = fx::LockState::Requested};
        return true;
    }

    void open(db::Group& group, OpenPurchase& item) {
        item.purchase_id.clear();
        const std::vector<fx::Quote> quotes = fx::QuoteStore::quotes(group.tx, std::span(&item.quote_id, 1));
        if (quotes.empty() || quotes[0].state != fx::QuoteState::Open || quotes[0].currency() != item.currency ||
            (quotes[0].valid_until <= group.now + parts_.settings.quote_needs && !is_planted(Bug::QuoteAfterExpiry))) {
            return;
        }
        // What the desk asked a bank to promise since is for these very orders: never two live locks for one batch.
        if (awaited_by_locks(fx::HeldLockStore::live(group.tx, item.currency)) > item.left_to_locks) return;
        PurchaseInHand in_hand = new_purchase(group, parts_, item.bank, quotes[0].bank_rate);
        in_hand.purchase.lock_id = group.ids.next("fxl");
        const ledger::Account payer = ledger::provision(in_hand.purchase.cny_account, cny_);
        const auto balances = parts_.ledger.balances(group.tx, std::span(&payer, 1));
        const PutInLimits limits{.free_at_bank = ledger::available(balances, payer),
                                 .most = parts_.settings.banks.at(item.bank).terms.largest_deal,
                                 .is_best_price = item.is_best_price};
        put_in_orders(group, parts_, {merchants_, item.order_ids, agreed_}, limits, in_hand);
        if (in_hand.lines.empty() || !price(group, item, quotes[0], in_hand) || !hold_put_in(group, parts_, in_hand))
            return;
        write(group, item, in_hand);
        item.purchase_id = in_hand.purchase.id;
    }

    void write(db::Group& group, const OpenPurchase& item, PurchaseInHand& in_hand) const {
        write_opened(group, in_hand);
        fx::QuoteStore::insert_offers(group.tx, in_hand.purchase.id, item.compared, item.offers);
        const calls::NewCall call =
            ask_for_lock(group, parts_, in_hand.lock, {in_hand.purchase.cny_account, in_hand.purchase.foreign_account},
                         static_cast<int>(in_hand.lines.size()));
        parts_.calls.prepare(group, std::span(&call, 1));
    }

    const ConvertParts& parts_;
    std::vector<OpenPurchase*> items_;
    Currency cny_ = Currency::known("CNY");
    std::set<std::string> merchants_;
    AgreedPrices agreed_;
};

}  // namespace

calls::NewCall ask_for_lock(db::Group& group, const ConvertParts& parts, const fx::Lock& lock,
                            const LockAccounts& accounts, int details) {
    const std::vector<fx::Quote> quote = fx::QuoteStore::quotes(group.tx, std::span(&lock.quote_id, 1));
    // Orders do not wait for a promise that is not asked for while its price stands; persons who asked for one do.
    const std::optional<Instant> until =
        lock.purchase_id.empty() ? std::nullopt : std::optional(std::min(quote.at(0).valid_until, lock.expires_at));
    fx::QuoteStore::insert_lock(group.tx, lock, until.value_or(lock.expires_at));
    if (!is_planted(Bug::QuoteUsedTwice))
        fx::QuoteStore::set_quote_state(group.tx, lock.quote_id, fx::QuoteState::Used);
    const fx::LockOrder order{.reference = lock.reference,
                              .rate = lock.rate,
                              .quote_reference = quote.at(0).bank_reference,
                              .fixed_side = lock.fixed_side,
                              .amount = lock.amount,
                              .value_date = lock.value_date,
                              .cny_account = accounts.cny,
                              .foreign_account = accounts.foreign,
                              .details = details};
    return calls::NewCall{.operation = "fx.lock",
                          .counterparty = lock.bank,
                          .recovery = calls::Recovery::QueryOnly,
                          .reference = lock.reference,
                          .request = parts.bank(lock.bank).write(order),
                          .instructions = {{.subject_kind = "fx_lock",
                                            .subject_id = lock.id,
                                            .part_no = 1,
                                            .reference = lock.reference,
                                            .amount = lock.amount}},
                          .not_before = std::nullopt,
                          .not_after = until};
}

std::unique_ptr<db::Operation> make_open_purchase(const ConvertParts& parts) {
    return std::make_unique<OperationOf<OpenWork, OpenPurchase, ConvertParts>>(parts, "open_purchase");
}

}  // namespace huiqiao::flow
