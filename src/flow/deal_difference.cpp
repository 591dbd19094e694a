#include "src/flow/deal_difference.h"

#include <algorithm>
#include <array>

#include "fx/purchase_store.h"
#include "src/flow/can_pay.h"
#include "src/flow/far_off_matter.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

namespace {

using ledger::AccountKind;

bool is_of_deal(const Suspended& item) {
    constexpr std::array<std::string_view, 4> kKinds{"surplus_suspended", "excess_cost_suspended", kSurplusLeft,
                                                     kExcessCostLeft};
    return item.entry.source_type == "purchase" &&
           std::find(kKinds.begin(), kKinds.end(), item.entry.kind) != kKinds.end();
}

struct Beyond {
    std::string deal;
    Money cny;
    Money foreign;
};

/// What its deal took and gave beyond what its lines did.
std::optional<Beyond> beyond_order(db::Reader& reader, const std::string& purchase_id,
                                   const std::vector<fx::PurchaseLine>& lines) {
    const auto purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase || !purchase->deal) return std::nullopt;
    Beyond beyond{purchase->deal->bank_reference, purchase->deal->cny, purchase->deal->foreign};
    for (const fx::PurchaseLine& line : lines) {
        beyond.cny -= line.cny + line.borne;
        beyond.foreign -= line.foreign;
    }
    return beyond;
}

/// Of the purchase whose deal it is; none where it is no deal's.
std::vector<fx::PurchaseLine> lines_of(db::Reader& reader, const Suspended& item) {
    if (!is_of_deal(item)) return {};
    return fx::PurchaseStore::lines(reader, item.entry.source_id);
}

/// CNY that each merchant paid of the deal; empty where nothing of it was allocated.
std::map<std::string, Money> paid_by_merchant(const std::vector<fx::PurchaseLine>& lines) {
    std::map<std::string, Money> paid;
    for (const fx::PurchaseLine& line : lines) {
        if (!line.cny.is_positive()) continue;
        const auto merchant = paid.try_emplace(line.merchant_id, line.cny);
        if (!merchant.second) merchant.first->second += line.cny;
    }
    return paid;
}

std::vector<postings::DifferenceShare> shares_of(const Suspended& item, const std::vector<fx::PurchaseLine>& lines) {
    const std::map<std::string, Money> paid = paid_by_merchant(lines);
    std::vector<std::int64_t> weights;
    std::vector<postings::DifferenceShare> shares;
    for (const auto& [merchant, cny] : paid) {
        weights.push_back(cny.minor());
        shares.push_back({merchant, item.amount});
    }
    if (shares.empty()) return shares;
    const std::vector<Money> parts = item.amount.split(weights);
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i].amount = parts[i];
    std::erase_if(shares, [](const postings::DifferenceShare& share) { return share.amount.is_zero(); });
    return shares;
}

/// Takes out of the shares those of merchants for whom own funds bear; their sum.
Money take_own(db::Reader& reader, std::vector<postings::DifferenceShare>& shares, Currency currency) {
    std::vector<std::string> ids;
    for (const postings::DifferenceShare& share : shares) ids.push_back(share.merchant);
    const auto merchants = parties::PartyStore::merchants(reader, ids);
    Money own = Money::zero(currency);
    std::erase_if(shares, [&](const postings::DifferenceShare& share) {
        const auto merchant = merchants.find(share.merchant);
        if (merchant != merchants.end() && merchant->second.agreement.fx_result == parties::Bearer::Merchant)
            return false;
        own += share.amount;
        return true;
    });
    return own;
}

Status check_funds(db::Reader& reader, const ledger::Ledger& ledger,
                   const std::vector<postings::DifferenceShare>& shares) {
    std::vector<ledger::Account> payers;
    for (const postings::DifferenceShare& share : shares)
        payers.push_back(ledger::merchant(share.merchant, share.amount.currency()));
    const auto balances = ledger.balances(reader, payers);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (Status paid = can_pay(balances, payers[i], shares[i].amount); !paid) return paid;
    }
    return Done{};
}

}  // namespace

void touch_difference(db::Reader& reader, const Suspended& item, Touched& touched) {
    const Currency currency = item.amount.currency();
    for (const auto& [merchant, cny] : paid_by_merchant(lines_of(reader, item)))
        touched.accounts.push_back(ledger::merchant(merchant, currency));
    if (!item.is_debit()) return;
    for (const AccountKind kind : {AccountKind::DueFromOwn, AccountKind::FxResult, AccountKind::DueToCustomers})
        touched.accounts.push_back(ledger::single(kind, currency));
}

Result<ledger::Draft> plan_difference(db::Reader& reader, const ledger::Ledger& ledger, const Suspended& item,
                                      const postings::Event& event) {
    const std::vector<fx::PurchaseLine> lines = lines_of(reader, item);
    std::vector<postings::DifferenceShare> shares = shares_of(item, lines);
    if (shares.empty()) return Error(difference_error::kNotOfDeal, {{"entry", item.entry.id}});
    const std::optional<Beyond> beyond = beyond_order(reader, item.entry.source_id, lines);
    if (beyond && beyond->cny.is_positive() && beyond->foreign.is_positive()) {
        return Error(difference_error::kOverFill, {{"deal", beyond->deal},
                                                   {"foreign", amount_with_currency(beyond->foreign)},
                                                   {"cny", amount_with_currency(beyond->cny)}});
    }
    if (!item.is_debit()) return postings::deal_gain_shared(event, shares);
    const Money own = take_own(reader, shares, item.amount.currency());
    if (const Status funds = check_funds(reader, ledger, shares); !funds) return funds.error();
    return postings::deal_loss_shared(event, shares, own);
}

}  // namespace huiqiao::flow
