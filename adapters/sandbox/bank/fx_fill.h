#pragma once
// What the dealing room does the same way for whoever orders a deal, by a lock or at the rate of the moment: the
// amounts at a price, and the deal's closing. Its faults are those that fx.h names: fx_partial, fx_over_fill,
// fx_other_rate.

#include "adapters/sandbox/bank/fx_deals.h"
#include "adapters/sandbox/bank/part.h"

#include <chrono>
#include <map>
#include <string>

namespace huiqiao::sandbox::bank {

/// Whether both sides of so much are at least one smallest unit: a bank takes no money for nothing, nor gives any.
bool comes_to_something(const Money& fixed, Currency bought, int unit, std::int64_t price_e4);

/// Of an amount that comes to something, both amounts at deal.price_e4: the fixed side as asked (or as a fault wants
/// it), the other by the price.
void fill(Counter& at, const Money& fixed, const std::map<std::string, std::string>& about, FxDealRow& deal);

/// Dealt now, with a number; its legs are due with the beginning of its value date at the earliest.
void close_deal(Counter& at, FxDealRow& deal, std::chrono::seconds settle_after);

}  // namespace huiqiao::sandbox::bank
