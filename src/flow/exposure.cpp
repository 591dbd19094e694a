#include "src/flow/exposure.h"

#include <map>
#include <set>

#include "fx/exposure_store.h"
#include "fx/held_lock_left_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/flow/exposure_recount_store.h"
#include "src/ledger/balance_at.h"

namespace huiqiao::flow {

namespace {

using fx::CurrencyExposure;
using fx::Figure;

using ByCurrency = std::map<std::string, CurrencyExposure>;

ByCurrency with_totals(const std::map<std::string, fx::ExposureTotals>& totals) {
    ByCurrency all;
    for (const auto& [code, figures] : totals) {
        if (figures.is_zero()) continue;
        all.emplace(code, CurrencyExposure(Currency::known(code))).first->second.totals = figures;
    }
    return all;
}

/// Those that stood open at that instant, as they stood then.
void add_open(db::Reader& reader, const std::vector<std::string>& ids, const std::optional<Instant>& at,
              ByCurrency& all) {
    const std::map<std::string, Money> allocated = fx::PurchaseStore::allocated(reader, ids);
    const std::vector<fx::Purchase> purchases = fx::PurchaseStore::load(reader, ids);
    const auto is_dealt_then = [&](const fx::Purchase& one) { return one.deal && (!at || one.dealt_at <= *at); };
    std::vector<std::string> lock_ids;
    for (const fx::Purchase& purchase : purchases)
        if (!is_dealt_then(purchase)) lock_ids.push_back(purchase.lock_id);
    const std::map<std::string, fx::Lock> locks = fx::QuoteStore::locks(reader, lock_ids);
    for (const fx::Purchase& purchase : purchases) {
        if (at && (purchase.created_at > *at || (purchase.over_at && *purchase.over_at <= *at))) continue;
        const bool is_dealt = is_dealt_then(purchase);
        Date value_date;
        if (is_dealt) {
            value_date = purchase.deal->value_date;
        } else {
            const auto lock = locks.find(purchase.lock_id);
            if (lock == locks.end()) throw LogicError("no lock of purchase " + purchase.id);
            value_date = lock->second.value_date;
            // A lock that the desk holds may have been promised anew since, for another date.
            if (at && fx::is_held(lock->second))
                value_date = fx::HeldLockLeftStore::value_date(reader, lock->first, *at).value_or(value_date);
        }
        const auto sum = allocated.find(purchase.id);
        const Money got = sum == allocated.end() ? Money::zero(purchase.currency) : sum->second;
        const std::string code(purchase.currency.code());
        fx::add(all.emplace(code, CurrencyExposure(purchase.currency)).first->second,
                {purchase, value_date, is_dealt, got});
    }
}

/// Of locks that the desk holds what no purchase has drawn.
void add_left(const std::vector<fx::LeftOfLock>& locks, ByCurrency& all) {
    for (const fx::LeftOfLock& one : locks) {
        const Currency currency = one.rate.base();
        fx::add(all.emplace(std::string(currency.code()), CurrencyExposure(currency)).first->second, one);
    }
}

/// Whether the totals say anything of a past instant.
Status is_told(db::Reader& reader, Instant at, Instant now) {
    const Instant settled = ledger::settled_until(reader, now);
    const Instant kept = fx::ExposureStore::kept_from(reader);
    const std::optional<Instant> first = fx::ExposureStore::first(reader);
    const Instant from = std::max(kept, first.value_or(settled));
    if (at > now) {
        return Error(exposure_error::kInstantToCome,
                     {{"asked", rfc3339(at)}, {"first", rfc3339(from)}, {"settled", rfc3339(settled)}});
    }
    if (at > settled)
        return Error(ledger::ledger_error::kInstantOpen, {{"settled", rfc3339(settled)}, {"asked", rfc3339(at)}});
    if (at < kept) return Error(exposure_error::kInstantForgotten, {{"kept", rfc3339(kept)}, {"asked", rfc3339(at)}});
    if (first && at < *first) {
        return Error(exposure_error::kInstantBefore,
                     {{"asked", rfc3339(at)}, {"first", rfc3339(*first)}, {"settled", rfc3339(settled)}});
    }
    return Done{};
}

class Comparing {
 public:
    Comparing(const ByCurrency& stands, std::vector<Error>& differences) : stands_(stands), differences_(differences) {}

    /// A currency that the figures do not know stands at zero.
    void total(const std::string& code, Figure figure, std::int64_t counted, const char* source) {
        const CurrencyExposure one = of(code);
        equal(code, std::string(to_text(figure)), one.of(figure), Money::of_minor(one.of(figure).currency(), counted),
              source);
    }
    void equal(const std::string& code, const std::string& figure, const Money& stands, const Money& counted,
               const char* source) {
        if (stands == counted) return;
        differences_.push_back(Error(exposure_error::kDiffers, {{"currency", code},
                                                                {"figure", figure},
                                                                {"stands", stands.text()},
                                                                {"counted", counted.text()},
                                                                {"source", source}}));
    }
    [[nodiscard]] CurrencyExposure of(const std::string& code) const {
        const auto found = stands_.find(code);
        return found == stands_.end() ? CurrencyExposure(Currency::known(code)) : found->second;
    }

 private:
    const ByCurrency& stands_;
    std::vector<Error>& differences_;
};

void compare_value_dates(const std::string& code, const CurrencyExposure& stands, const CurrencyExposure& counted,
                         Comparing& comparing) {
    const auto by_date = [](const CurrencyExposure& one) {
        std::map<Date, fx::ValueDateExposure> lines;
        for (const fx::ValueDateExposure& line : one.value_dates) lines.emplace(line.value_date, line);
        return lines;
    };
    const auto ours = by_date(stands);
    const auto theirs = by_date(counted);
    const Money none = Money::zero(Currency::known("CNY"));
    const Money none_bought = Money::zero(stands.currency);
    std::map<Date, fx::ValueDateExposure> dates = ours;
    dates.insert(theirs.begin(), theirs.end());
    for (const auto& each : dates) {
        const Date date = each.first;
        const fx::ValueDateExposure nothing{date, none, none_bought, none, none_bought, none_bought};
        const auto at = [&](const std::map<Date, fx::ValueDateExposure>& lines) {
            const auto found = lines.find(date);
            return found == lines.end() ? nothing : found->second;
        };
        const fx::ValueDateExposure a = at(ours);
        const fx::ValueDateExposure b = at(theirs);
        const auto equal = [&](const char* what, const Money& x, const Money& y) {
            comparing.equal(code, std::string(what) + " for " + date.text(), x, y, "all purchases and locks");
        };
        equal("locked_cny", a.locked_cny, b.locked_cny);
        equal("locked", a.locked, b.locked);
        equal("bought_cny", a.bought_cny, b.bought_cny);
        equal("bought", a.bought, b.bought);
        equal("allocated", a.allocated, b.allocated);
    }
}

}  // namespace

Result<std::vector<CurrencyExposure>> exposure(db::Reader& reader, const std::optional<Instant>& at, Instant now) {
    if (at) {
        if (const Status told = is_told(reader, *at, now); !told) return told.error();
    }
    ByCurrency all = with_totals(fx::ExposureStore::totals(reader, at));
    add_open(reader, fx::PurchaseStore::open_at(reader, at), at, all);
    add_left(fx::HeldLockLeftStore::left(reader, at), all);
    std::vector<CurrencyExposure> exposures;
    for (auto& [code, one] : all) exposures.push_back(std::move(one));
    return exposures;
}

std::vector<Error> exposure_recount(db::Reader& reader) {
    ByCurrency stands = with_totals(fx::ExposureStore::totals(reader, std::nullopt));
    add_open(reader, fx::PurchaseStore::open_at(reader, std::nullopt), std::nullopt, stands);
    add_left(fx::HeldLockLeftStore::left(reader, std::nullopt), stands);
    const ExposureCount counted = ExposureRecountStore::count(reader);
    ByCurrency from_purchases;
    add_open(reader, counted.open_purchases, std::nullopt, from_purchases);
    ByCurrency from_locks;
    add_left(counted.left_of_locks, from_locks);
    add_left(counted.left_of_locks, from_purchases);

    std::set<std::string> codes;
    for (const auto& [code, one] : stands) codes.insert(code);
    for (const auto& [code, figures] : counted.of_orders) codes.insert(code);
    for (const auto& [code, figures] : counted.of_journal) codes.insert(code);
    for (const auto& [code, one] : from_purchases) codes.insert(code);
    std::vector<Error> differences;
    Comparing comparing(stands, differences);
    const auto figures_in = [](const std::map<std::string, fx::ExposureTotals>& all, const std::string& code) {
        const auto found = all.find(code);
        return found == all.end() ? fx::ExposureTotals() : found->second;
    };
    for (const std::string& code : codes) {
        const fx::ExposureTotals orders = figures_in(counted.of_orders, code);
        const fx::ExposureTotals journal = figures_in(counted.of_journal, code);
        for (const Figure figure : fx::kFigures) {
            if (figure == Figure::DealtCny || figure == Figure::Dealt) continue;
            comparing.total(code, figure, orders.at(figure), "all orders");
        }
        for (const Figure figure : {Figure::DealtCny, Figure::Dealt, Figure::Allocated})
            comparing.total(code, figure, journal.at(figure), "the journal's entries");
        comparing.total(code, Figure::Converting, journal.at(Figure::Converting), "the open holds");
        const CurrencyExposure ours = comparing.of(code);
        const auto held = from_locks.find(code);
        const Money left_cny =
            held == from_locks.end() ? Money::zero(Currency::known("CNY")) : held->second.locked_cny();
        comparing.equal(code, "locked_cny", ours.locked_cny(), ours.of(Figure::Converting) + left_cny,
                        "the converting orders and the locks that the desk holds");
        const auto theirs = from_purchases.find(code);
        compare_value_dates(
            code, ours, theirs == from_purchases.end() ? CurrencyExposure(ours.currency) : theirs->second, comparing);
    }
    return differences;
}

}  // namespace huiqiao::flow
