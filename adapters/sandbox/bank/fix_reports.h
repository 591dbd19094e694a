#pragma once
// The sandbox bank's FIX messages about its locks and deals: rows of the dealing room to fields, nothing decided.

#include "adapters/fix44/message.h"
#include "adapters/sandbox/bank/fx_deals.h"

namespace huiqiao::sandbox::bank {

/// A price for 1 unit: "7.171000" of 717.1000 for 100.
std::string price_for_one(std::int64_t price_e4, int unit);

/// 103 of a refused purchase, and 658 of a refused lock.
std::string_view order_reject_reason(std::string_view code);
std::string_view quote_reject_reason(std::string_view code);

/// S of a lock that was given, AG of a refused one.
fix44::Message quote_of(const FxLockRow& lock, Instant now);
fix44::Message withdrawn_quote(const FxLockRow& lock);

/// What happened to the order from the beginning: taken up, its fills, what was cancelled; or its refusal.
std::vector<fix44::Message> reports_of(const FxDealRow& deal, const Money& ordered, Instant now);
/// How it stands now.
fix44::Message status_of(const FxDealRow& deal, const Money& ordered, Instant now);
/// Of an order that is not in the books.
fix44::Message unknown_order(std::string_view reference);
/// Of an order that is not even put into them; repeats what it holds.
fix44::Message refused_order(const fix44::Message& order, std::string_view reason, Instant now);
fix44::Message business_reject(const fix44::Message& message, std::string_view reference, std::string_view reason);

}  // namespace huiqiao::sandbox::bank
