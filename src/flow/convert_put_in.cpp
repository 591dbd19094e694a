// What a purchase is opened with, by a lock of its own or by one that the desk holds: which orders put in how much,
// bounded by what merchants and the provision account really have, and the rows that stand for it.

#include <algorithm>

#include "src/base/planted.h"
#include "src/flow/convert_parts.h"
#include "src/flow/small_rest.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

const Currency& cny() {
    static const Currency kCny = Currency::known("CNY");
    return kCny;
}

/// What merchants and the account that pays have free while orders put in.
class Free {
 public:
    Free(db::Group& group, const ConvertParts& parts, const std::set<std::string>& merchants, const PutInLimits& limits)
        : limits_(limits), at_bank_(limits.free_at_bank) {
        std::vector<ledger::Account> accounts;
        for (const std::string& merchant : merchants) accounts.push_back(ledger::merchant(merchant, cny()));
        const std::map<std::string, ledger::Balance> balances = parts.ledger.balances(group.tx, accounts);
        for (const std::string& merchant : merchants)
            of_merchant_.emplace(merchant, ledger::available(balances, ledger::merchant(merchant, cny())));
    }

    [[nodiscard]] bool has(const std::string& merchant, const Money& amount, const Money& put_in) const {
        return amount <= of_merchant_.at(merchant) && amount <= at_bank_ &&
               (!limits_.most || put_in + amount <= *limits_.most || is_planted(Bug::LimitIgnored));
    }
    void take(const std::string& merchant, const Money& amount) {
        of_merchant_.at(merchant) -= amount;
        at_bank_ -= amount;
    }
    /// Of an order that does not fit whole: what is left of the whole; zero where orders are not cut, or it is money
    /// that lacks.
    [[nodiscard]] Money piece(const std::string& merchant, const Money& put_in) const {
        if (!limits_.may_cut || !limits_.most) return Money::zero(cny());
        const Money left = *limits_.most - put_in;
        return left <= at_bank_ && left <= of_merchant_.at(merchant) ? left : Money::zero(cny());
    }

 private:
    const PutInLimits& limits_;
    Money at_bank_;
    std::map<std::string, Money> of_merchant_;
};

}  // namespace

FoundCandidates FoundCandidates::of(db::Reader& reader, std::span<const std::string> order_ids) {
    FoundCandidates found;
    for (orders::ConvertibleOrder& order : orders::OrderStore::convertible(reader, order_ids)) {
        if (order.has_quote) found.quoted.push_back(std::move(order.id));
        found.merchants.insert(std::move(order.merchant_id));
    }
    return found;
}

void put_in_orders(db::Group& group, const ConvertParts& parts, const PutInCandidates& candidates,
                   const PutInLimits& limits, PurchaseInHand& in_hand) {
    Free free(group, parts, candidates.merchants, limits);
    std::map<std::string, Money> rests = fx::PurchaseStore::rests(
        group.tx, std::vector<std::string>(candidates.merchants.begin(), candidates.merchants.end()));
    std::vector<orders::Order> orders = orders::OrderStore::load(group.tx, candidates.order_ids);
    const AgreedPrices::ByOrder unmet = candidates.agreed.not_met(group, orders, in_hand.lock.rate);
    std::vector<orders::Order> looked_at_again;
    for (orders::Order& order : orders) {
        const bool waits = order.payout == orders::PayoutKind::Fx &&
                           order.payout_currency == in_hand.purchase.currency && order.hold_reason.empty() &&
                           !order.quote_open;
        const Money own = order.amounts.convertible();
        if (!waits || !own.is_positive()) continue;
        const Money& put_in = in_hand.purchase.cny;
        const auto rest = rests.find(order.merchant_id);
        Money carried = rest == rests.end() ? Money::zero(cny()) : rest->second;
        // The rest goes along if it can; it never keeps an order back.
        if (!free.has(order.merchant_id, own + carried, put_in)) carried = Money::zero(cny());
        Money wanted = own + carried;
        if (!free.has(order.merchant_id, wanted, put_in)) {
            wanted = free.piece(order.merchant_id, put_in);
            // Neither the piece nor what it leaves may be too little for a bank to deal in.
            if (is_small_rest(parts, wanted, in_hand.lock.rate) ||
                is_small_rest(parts, own - wanted, in_hand.lock.rate)) {
                continue;
            }
        }
        if (!wanted.is_positive()) continue;
        if (const auto agreed = unmet.find(order.id); agreed != unmet.end()) {
            if (agreed->second.is_over || limits.is_best_price) looked_at_again.push_back(std::move(order));
            continue;
        }
        free.take(order.merchant_id, wanted);
        if (!carried.is_zero()) rest->second = Money::zero(cny());
        in_hand.put_in(std::move(order), wanted, carried);
    }
    candidates.agreed.look_again(group, std::move(looked_at_again), unmet, in_hand.purchase.bank);
}

PurchaseInHand new_purchase(db::Group& group, const ConvertParts& parts, const std::string& bank_name,
                            const Rate& rate) {
    const ConvertSettings::BankAccounts& bank = parts.settings.banks.at(bank_name);
    const Currency currency = rate.base();
    const Money none = Money::zero(cny());
    return PurchaseInHand{
        fx::Purchase{.id = group.ids.next("pur"),
                     .bank = bank_name,
                     .lock_id = "",
                     .reference = group.ids.random_reference(parts.bank(bank_name).traits().reference_prefix),
                     .currency = currency,
                     .fixed_side = fx::FixedSide::Cny,
                     .cny = none,
                     .foreign = Money::zero(currency),
                     .state = fx::PurchaseState::Locking,
                     .cny_account = bank.cny,
                     .foreign_account = bank.foreign.at(std::string(currency.code())),
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
                 .rate = rate,
                 .fixed_side = fx::FixedSide::Cny,
                 .amount = none,
                 .value_date = {},
                 .requested_at = {},
                 .expires_at = {},
                 .state = fx::LockState::Requested},
        {},
        {}};
}

void write_opened(db::Group& group, PurchaseInHand& in_hand) {
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
    save_orders(group, changes);
}

}  // namespace huiqiao::flow
