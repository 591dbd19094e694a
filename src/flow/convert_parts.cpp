#include "src/flow/convert_parts.h"

#include "src/base/planted.h"

#include <algorithm>

namespace huiqiao::flow {

const fx::FxBank& ConvertParts::bank(const std::string& name) const {
    const auto found = settings.banks.find(name);
    if (found == settings.banks.end() || found->second.bank == nullptr)
        throw LogicError("no bank '" + name + "' is configured for foreign exchange");
    return *found->second.bank;
}

bool ConvertParts::has_locks(const std::string& bank_name) const {
    const auto found = settings.banks.find(bank_name);
    return found == settings.banks.end() || found->second.bank == nullptr || found->second.bank->traits().has_locks;
}

std::optional<Date> ConvertParts::value_date(const std::string& bank_name, Currency currency, Instant now) const {
    if (settings.hours != nullptr) {
        const auto open = settings.hours->open_until(bank_name, fx::BankOperation::Deal, currency, settings.tenor, now);
        if (!open || !*open) return std::nullopt;
        return (*open)->value_date;
    }
    const Result<Date> date =
        value_dates.value_date(currency, Currency::known("CNY"), Date::in_shanghai(now), settings.tenor);
    return date ? std::optional<Date>(*date) : std::nullopt;
}

PurchaseRows PurchaseRows::find(db::Reader& reader, const std::string& purchase_id) {
    const std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase) throw LogicError("no purchase " + purchase_id);
    PurchaseRows rows{.purchase_id = purchase_id,
                      .lock_id = purchase->lock_id,
                      .bank = purchase->bank,
                      .cny_account = purchase->cny_account,
                      .currency = purchase->currency,
                      .order_ids = {},
                      .merchants = {}};
    for (const fx::PurchaseLine& line : fx::PurchaseStore::lines(reader, purchase_id)) {
        rows.order_ids.push_back(line.order_id);
        rows.merchants.insert(line.merchant_id);
    }
    return rows;
}

std::vector<ledger::Account> PurchaseRows::accounts() const {
    using ledger::AccountKind;
    const Currency cny = Currency::known("CNY");
    std::vector<ledger::Account> accounts{
        ledger::provision(cny_account, cny),
        ledger::position(purchase_id, cny),
        ledger::position(purchase_id, currency),
        ledger::fx_payable(bank, cny),
        ledger::fx_receivable(bank, currency),
        ledger::suspense(currency),
        ledger::suspense_debit(cny),
        ledger::single(AccountKind::DueFromOwn, cny),
        ledger::single(AccountKind::FxResult, cny),
        ledger::single(AccountKind::DueToCustomers, cny),
    };
    for (const std::string& merchant : merchants) {
        accounts.push_back(ledger::merchant(merchant, cny));
        accounts.push_back(ledger::merchant(merchant, currency));
    }
    return accounts;
}

void PurchaseRows::claim(db::Claims& claims, const ConvertParts& parts) const {
    for (const ledger::Account& account : accounts()) parts.ledger.claim(claims, account);
}

void PurchaseRows::lock(db::Locks& locks, const ConvertParts& parts) const {
    for (const std::string& order : order_ids) locks.add(orders::kOrderLock, order);
    locks.add(fx::kLockLock, lock_id);
    locks.add(fx::kPurchaseLock, purchase_id);
    for (const std::string& merchant : merchants) locks.add(fx::kRestLock, merchant);
    for (const ledger::Account& account : accounts()) parts.ledger.lock(locks, account);
}

PurchaseInHand PurchaseInHand::load(db::Reader& reader, const std::string& purchase_id) {
    std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase) throw LogicError("no purchase " + purchase_id);
    std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, purchase->lock_id);
    if (!lock) throw LogicError("no lock of purchase " + purchase_id);
    return PurchaseInHand{std::move(*purchase), std::move(*lock), fx::PurchaseStore::lines(reader, purchase_id), {}};
}

void PurchaseInHand::load_orders(db::Reader& reader) {
    if (orders.size() == lines.size()) return;
    std::vector<std::string> ids;
    ids.reserve(lines.size());
    for (const fx::PurchaseLine& line : lines) ids.push_back(line.order_id);
    orders = orders::OrderStore::load(reader, ids);
    if (orders.size() != lines.size()) throw LogicError("purchase " + purchase.id + " has lines without orders");
}

void PurchaseInHand::put_in(orders::Order order, const Money& cny, const Money& carried) {
    const Money none = Money::zero(cny.currency());
    lines.push_back(fx::PurchaseLine{.purchase_id = purchase.id,
                                     .order_id = order.id,
                                     .merchant_id = order.merchant_id,
                                     .line_no = static_cast<int>(lines.size()) + 1,
                                     .put_in = cny,
                                     .carried = carried,
                                     .cny = none,
                                     .foreign = Money::zero(purchase.currency),
                                     .rest = none,
                                     .back = none,
                                     .borne = none,
                                     .hold_id = ""});
    orders.push_back(std::move(order));
    purchase.cny += cny;
}

bool is_worse(const Rate& given, const Rate& compared, int tolerance_bp) {
    if (given.base() != compared.base() || given.quote() != compared.quote()) return true;
    // e10 / 10000 units a basis point, times at most a few hundred: within 64 bits for every rate that parses.
    return given.rate_e10() - compared.rate_e10() > compared.rate_e10() / 10'000 * tolerance_bp;
}

int guard_bp(const ConvertParts& parts) {
    return std::max(parts.settings.max_spread_bp, parts.settings.lock_tolerance_bp);
}

Status hold_put_in(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand) {
    const Currency cny = Currency::known("CNY");
    std::map<std::string, Money> by_merchant;
    for (const fx::PurchaseLine& line : in_hand.lines) {
        const auto sum = by_merchant.emplace(line.merchant_id, line.put_in);
        if (!sum.second) sum.first->second += line.put_in;
    }
    std::vector<ledger::HoldRequest> requests;
    for (const auto& [merchant, amount] : by_merchant) {
        requests.push_back({ledger::merchant(merchant, cny), amount, "purchase", in_hand.purchase.id});
    }
    Money at_bank = in_hand.purchase.cny;
    if (is_planted(Bug::HoldsHalf)) at_bank = Money::of_minor(cny, (at_bank.minor() + 1) / 2);
    requests.push_back(
        {ledger::provision(in_hand.purchase.cny_account, cny), at_bank, "purchase", in_hand.purchase.id});
    const Result<std::vector<std::string>> holds = parts.ledger.hold(group, requests);
    if (!holds) return holds.error();
    std::map<std::string, std::string> hold_of;
    for (const auto& [merchant, amount] : by_merchant) hold_of.emplace(merchant, holds->at(hold_of.size()));
    for (fx::PurchaseLine& line : in_hand.lines) line.hold_id = hold_of.at(line.merchant_id);
    in_hand.purchase.provision_hold = holds->back();
    return Done{};
}

std::optional<std::string> raise_hold(db::Group& group, const ConvertParts& parts, const std::string& hold_id,
                                      const Money& held, const ledger::HoldRequest& whole) {
    ledger::HoldRequest beyond = whole;
    beyond.amount -= held;
    const auto more = parts.ledger.hold(group, std::span(&beyond, 1));
    if (!more) return std::nullopt;
    std::vector<std::string> both{more->at(0)};
    if (!hold_id.empty()) both.push_back(hold_id);
    parts.ledger.release(group, both);
    return parts.ledger.hold(group, std::span(&whole, 1)).value().at(0);
}

void give_back(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, fx::PurchaseState state) {
    in_hand.load_orders(group.tx);
    std::map<std::string, Money> rests;
    std::set<std::string> holds;
    std::vector<OrderChange> changes;
    for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
        fx::PurchaseLine& line = in_hand.lines[i];
        orders::Order& order = in_hand.orders[i];
        line.back = line.put_in;
        order.amounts.converting -= line.put_in;
        order.amounts.rest += line.carried;
        const auto rest = rests.emplace(line.merchant_id, line.carried);
        if (!rest.second) rest.first->second += line.carried;
        holds.insert(line.hold_id);
        changes.push_back({&order, ""});
    }
    if (!in_hand.purchase.provision_hold.empty()) holds.insert(in_hand.purchase.provision_hold);
    if (is_planted(Bug::HoldNotReleased)) holds.clear();
    parts.ledger.release(group, std::vector<std::string>(holds.begin(), holds.end()));
    close_expiring(group, parts, in_hand.lock, "its orders are bought for anew");
    fx::PurchaseStore::add_to_rests(group.tx, rests);
    fx::PurchaseStore::save_lines(group.tx, in_hand.lines);
    in_hand.purchase.state = state;
    in_hand.purchase.provision_hold.clear();
    in_hand.purchase.over_at = group.now;
    fx::PurchaseStore::save(group.tx, in_hand.purchase);
    save_orders(group, changes);
    draw_given_back(group, parts, in_hand);
}

void FoundRows::put(const std::string& call_id, PurchaseRows rows) {
    by_call_.insert_or_assign(call_id, std::move(rows));
}

PurchaseRows FoundRows::get(const std::string& call_id) const {
    return by_call_.at(call_id);
}

void FoundRows::clear() {
    by_call_.clear();
}

}  // namespace huiqiao::flow
