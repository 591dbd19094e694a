// A purchase is opened: what the orders can put in, bounded by what merchants and the provision account really have;
// the money is held, and the lock asked for, in one COMMIT.

#include <algorithm>

#include "src/base/planted.h"
#include "src/flow/agreed_price.h"
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

    /// What can be put in, first paid first. An order whose money is not there now is passed over, not cut; one whose
    /// agreed price is over, or is not met by the quote at hand, goes back to be looked at.
    void put_in(db::Group& group, OpenPurchase& item, PurchaseInHand& in_hand) {
        const ledger::Account payer = ledger::provision(in_hand.purchase.cny_account, cny_);
        const std::vector<ledger::Account> all = accounts();
        const std::map<std::string, ledger::Balance> balances = parts_.ledger.balances(group.tx, all);
        std::map<std::string, Money> rests =
            fx::PurchaseStore::rests(group.tx, std::vector<std::string>(merchants_.begin(), merchants_.end()));
        const std::optional<Money>& largest = parts_.settings.banks.at(item.bank).terms.largest_deal;
        std::map<std::string, Money> free_of_merchant;
        Money free_at_bank = ledger::available(balances, payer);
        std::vector<orders::Order> candidates = orders::OrderStore::load(group.tx, item.order_ids);
        const std::set<std::string> not_met = agreed_.not_met(group, candidates, {item.bank, in_hand.lock.rate});
        std::vector<orders::Order> looked_at_again;
        for (orders::Order& order : candidates) {
            const bool waits = order.payout == orders::PayoutKind::Fx && order.payout_currency == item.currency &&
                               order.hold_reason.empty() && !order.quote_open;
            const Money own = order.amounts.convertible();
            if (!waits || !own.is_positive()) continue;
            const auto rest = rests.find(order.merchant_id);
            Money carried = rest == rests.end() ? Money::zero(cny_) : rest->second;
            const auto free = free_of_merchant
                                  .try_emplace(order.merchant_id,
                                               ledger::available(balances, ledger::merchant(order.merchant_id, cny_)))
                                  .first;
            const auto is_free = [&](const Money& amount) {
                return amount <= free->second && amount <= free_at_bank &&
                       (!largest || in_hand.purchase.cny + amount <= *largest || is_planted(Bug::LimitIgnored));
            };
            // The rest goes along if it can; it never keeps an order back.
            if (!is_free(own + carried)) carried = Money::zero(cny_);
            const Money wanted = own + carried;
            if (!is_free(wanted)) continue;
            if (not_met.contains(order.id)) {
                looked_at_again.push_back(std::move(order));
                continue;
            }
            free->second -= wanted;
            free_at_bank -= wanted;
            if (!carried.is_zero()) rest->second = Money::zero(cny_);
            in_hand.put_in(std::move(order), wanted, carried);
        }
        look_at_quotes_again(group, std::move(looked_at_again));
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
        const ConvertSettings::BankAccounts& bank = parts_.settings.banks.at(item.bank);
        const Money none = Money::zero(cny_);
        PurchaseInHand in_hand{
            fx::Purchase{.id = group.ids.next("pur"),
                         .bank = item.bank,
                         .lock_id = group.ids.next("fxl"),
                         .reference = group.ids.random_reference(parts_.bank(item.bank).traits().reference_prefix),
                         .currency = item.currency,
                         .fixed_side = FixedSide::Cny,
                         .cny = none,
                         .foreign = Money::zero(item.currency),
                         .state = fx::PurchaseState::Locking,
                         .cny_account = bank.cny,
                         .foreign_account = bank.foreign.at(std::string(item.currency.code())),
                         .deal = std::nullopt,
                         .provision_hold = "",
                         .created_at = group.now,
                         .dealt_at = {}},
            fx::Lock{.id = "",
                     .quote_id = "",
                     .purchase_id = "",
                     .bank = "",
                     .reference = "",
                     .bank_reference = "",
                     .rate = quotes[0].bank_rate,
                     .fixed_side = FixedSide::Cny,
                     .amount = none,
                     .value_date = {},
                     .requested_at = {},
                     .expires_at = {},
                     .state = fx::LockState::Requested},
            {},
            {}};
        put_in(group, item, in_hand);
        if (in_hand.lines.empty() || !price(group, item, quotes[0], in_hand) || !hold_put_in(group, parts_, in_hand))
            return;
        write(group, item, in_hand);
        item.purchase_id = in_hand.purchase.id;
    }

    void write(db::Group& group, const OpenPurchase& item, PurchaseInHand& in_hand) const {
        std::map<std::string, Money> rests;
        std::vector<OrderChange> changes;
        for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
            const fx::PurchaseLine& line = in_hand.lines[i];
            orders::Order& order = in_hand.orders[i];
            order.amounts.converting += line.put_in;
            order.amounts.rest -= line.carried;
            if (!line.carried.is_zero()) rests.insert_or_assign(line.merchant_id, -line.carried);
            changes.push_back({&order, ""});
        }
        fx::PurchaseStore::insert(group.tx, in_hand.purchase, in_hand.lines);
        fx::PurchaseStore::add_to_rests(group.tx, rests);
        fx::QuoteStore::insert_offers(group.tx, in_hand.purchase.id, item.compared, item.offers);
        fx::QuoteStore::insert_lock(group.tx, in_hand.lock);
        if (!is_planted(Bug::QuoteUsedTwice))
            fx::QuoteStore::set_quote_state(group.tx, in_hand.lock.quote_id, fx::QuoteState::Used);
        save_orders(group, changes);

        const std::vector<fx::Quote> quote = fx::QuoteStore::quotes(group.tx, std::span(&in_hand.lock.quote_id, 1));
        const fx::LockOrder order{.reference = in_hand.lock.reference,
                                  .rate = in_hand.lock.rate,
                                  .quote_reference = quote.at(0).bank_reference,
                                  .fixed_side = in_hand.lock.fixed_side,
                                  .amount = in_hand.lock.amount,
                                  .value_date = in_hand.lock.value_date,
                                  .cny_account = in_hand.purchase.cny_account,
                                  .foreign_account = in_hand.purchase.foreign_account,
                                  .details = static_cast<int>(in_hand.lines.size())};
        const calls::NewCall call{.operation = "fx.lock",
                                  .counterparty = in_hand.lock.bank,
                                  .recovery = calls::Recovery::QueryOnly,
                                  .reference = in_hand.lock.reference,
                                  .request = parts_.bank(in_hand.lock.bank).write(order),
                                  .instructions = {{.subject_kind = "fx_lock",
                                                    .subject_id = in_hand.lock.id,
                                                    .part_no = 1,
                                                    .reference = in_hand.lock.reference,
                                                    .amount = in_hand.lock.amount}},
                                  .not_before = std::nullopt};
        parts_.calls.prepare(group, std::span(&call, 1));
    }

    const ConvertParts& parts_;
    std::vector<OpenPurchase*> items_;
    Currency cny_ = Currency::known("CNY");
    std::set<std::string> merchants_;
    AgreedPrices agreed_;
};

}  // namespace

std::unique_ptr<db::Operation> make_open_purchase(const ConvertParts& parts) {
    return std::make_unique<OperationOf<OpenWork, OpenPurchase, ConvertParts>>(parts, "open_purchase");
}

}  // namespace huiqiao::flow
