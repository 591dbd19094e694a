#pragma once
// Which orders are bought for at which bank, where one bank's limit (what it deals at once, the CNY that our account
// there has free) does not carry them all: side by side at several banks, the cheapest first by what each part's actual
// amount costs all-in there. One bank is enough where it buys as much for the same orders. An order stands in one part,
// a bank in one. What a further bank would sell much dearer than the first waits, for the cheaper ones deal again
// within seconds: so does a part that is so small that a flat fee eats of it. Pure; it asks and promises nothing.

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "fx/desk.h"

namespace huiqiao::fx {

/// Above the usual distance of two banks' prices, below what a merchant would not have taken from one bank alone.
inline constexpr int kMostDearerBp = 20;

struct SplitNeed {
    Instant now{};
    std::chrono::seconds life{};                   // that a quote must still have
    std::map<std::string, Money> free;             // CNY that our account at each bank has free
    std::map<std::string, std::string> paid_from;  // that account: banks may share one
    int most_dearer_bp = kMostDearerBp;            // all-in, a later part against the first
};

/// One deal.
struct DealPart {
    std::vector<std::size_t> places;  // of the amounts, in their order
    Money cny;                        // together
    /// As compared for that amount, the chosen one first; of a bank that an earlier part takes, as used.
    std::vector<Offer> offers;
};

/// amounts: CNY of each order, first paid first, none of them cut. The cheapest part first; empty: nothing can be
/// bought. What fits in no part waits. Quotes as for compare(): one currency, a bank's latest.
std::vector<DealPart> split_over_banks(std::span<const Money> amounts, std::span<const Quote> quotes,
                                       const std::map<std::string, BankTerms>& terms, const SplitNeed& need);

}  // namespace huiqiao::fx
