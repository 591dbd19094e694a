#include "src/flow/watch_own_funds.h"

#include "src/flow/decision.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/tell.h"

namespace huiqiao::flow {

namespace {

constexpr Watched kWatched{kOwnFundsOwed, "Own funds owe nothing more, or what they owe is on its way."};

operators::NewWorkItem matter(const std::string& code, const Money& owed) {
    const std::string amount = amount_with_currency(owed);
    return {
        std::string(kOwnFundsOwed), "currency", code,
        "Customers' money in " + code + " is short by " + amount +
            ": charges and losses that are ours. Orders that find too little on the provision account wait. Top it "
            "up from own funds: propose own_transfer, top_up.",
        code + " 备付金短缺 " + amount +
            "：为应由本机构承担的费用和损失。账户余额不足的订单将等待。请用自有资金补足：发起 own_transfer，top_up。"};
}

}  // namespace

WatchOwnFunds::WatchOwnFunds(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                             std::set<std::string> currencies)
    : database_(database),
      queue_(queue),
      ledger_(ledger),
      currencies_(std::move(currencies)),
      tell_(std::make_unique<Tell>(kWatched, "watch_own_funds")) {}

WatchOwnFunds::~WatchOwnFunds() = default;

/// What is owed of each currency in which anything is.
std::map<std::string, Money> WatchOwnFunds::owed(db::Reader& reader, const std::set<std::string>& codes) const {
    std::vector<ledger::Account> accounts;
    for (const std::string& code : codes) {
        const Currency currency = Currency::known(code);
        accounts.push_back(ledger::single(ledger::AccountKind::DueFromOwn, currency));
        accounts.push_back(ledger::single(ledger::AccountKind::DueToOwn, currency));
    }
    const auto balances = ledger_.balances(reader, accounts);
    std::map<std::string, Money> owed;
    for (const std::string& code : codes) {
        const Currency currency = Currency::known(code);
        const auto booked = [&](ledger::AccountKind kind) {
            const auto found = balances.find(ledger::single(kind, currency).id());
            return found == balances.end() ? Money::zero(currency) : found->second.booked;
        };
        // What two persons have ordered is on its way; where the bank refuses it, that is told, and this comes back.
        const Money net = booked(ledger::AccountKind::DueFromOwn) - booked(ledger::AccountKind::DueToOwn) -
                          OwnTransfers::under_way(reader, remittance::Kind::TopUp, currency);
        if (net.is_positive()) owed.emplace(code, net);
    }
    return owed;
}

int WatchOwnFunds::step(Instant now) {
    if (now >= looked_at_ && now < looked_at_ + kEvery) return 0;  // a clock that was set back: looks again
    looked_at_ = now;
    std::map<std::string, Money> short_of;
    std::map<std::string, std::string> told;
    database_.read([&](db::Reader& reader) {
        told = work_items_.open_of(reader, kOwnFundsOwed);
        std::set<std::string> codes = currencies_;
        for (const auto& [code, text] : told) codes.insert(code);  // owed, though its account left the configuration
        short_of = owed(reader, codes);
    });
    std::erase_if(owed_since_, [&](const auto& each) { return !short_of.contains(each.first) || each.second > now; });
    const auto item = std::make_shared<Tidings>();
    for (const auto& [code, amount] : short_of) {
        const Instant since = owed_since_.try_emplace(code, now).first->second;
        const operators::NewWorkItem now_is = matter(code, amount);
        if (!item->is_told(told, now_is) && now >= since + kAfter) item->opened.push_back(now_is);
    }
    item->end(told);
    // What could not be written now is found again by the next look.
    if (item->size() == 0 || !queue_.run(*tell_, item)) return 0;
    return item->size();
}

}  // namespace huiqiao::flow
