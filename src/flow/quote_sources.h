#pragma once
// Whose prices count, and whether we can pay at them: banks that are set up to sell to us and show their prices, what
// they charge, their hours, and the account of ours from which each is paid. The desk's tables, the operators' API,
// charts and quotes to platforms go by this one list, so that none of them ranks a bank at which nothing can be bought.
// It reads; it asks no bank, and holds nothing.

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fx/cut_offs.h"
#include "fx/desk.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

/// The account in CNY from which a bank is paid.
struct PayingAccount {
    std::string name;
    std::optional<Money> level;  // to which it is topped up by itself
    bool is_paid_into = false;   // the channel's money comes there: that of an order to come as well
};

struct QuoteSources {
    std::vector<std::string> board_ids;
    std::map<std::string, fx::BankTerms> terms;  // by bank
    /// A price that is agreed on for an order whose money is there must still last so long: to its purchase.
    std::chrono::seconds to_be_dealt{0};
    std::map<std::string, PayingAccount> paying = {};  // by bank; of one that is not here, what it has is not asked
    const ledger::Ledger* books = nullptr;             // outlives it; absent: likewise of all
    const fx::BankHours* hours = nullptr;              // outlives it; absent: banks deal at any hour
};

bool counts(const QuoteSources& sources, const std::string& bank, Currency currency);

/// CNY that is free now in the account from which each bank is paid.
std::map<std::string, Money> free_now(db::Reader& reader, const QuoteSources& sources);
/// CNY that can be there for an order by the time of its purchase, with what tops the account up. A bank that is paid
/// from where the channel's money comes in is left out: the order's own money comes there.
std::map<std::string, Money> free_in_time(db::Reader& reader, const QuoteSources& sources);

/// Banks that do not deal in it now.
std::set<std::string> closed(const QuoteSources& sources, Currency currency, Instant now);

/// What each bank showed last and what the amount costs or buys there, by currency code; those at which it can be
/// bought and paid now first, as fx::compare ranks them.
std::map<std::string, std::vector<fx::Offer>> offers_now(db::Reader& reader, const QuoteSources& sources,
                                                         const Money& fixed, const std::optional<Currency>& only,
                                                         Instant now);

}  // namespace huiqiao::flow
