#pragma once
// Which bank is dealt with: every quote of a currency side by side, with what an amount costs or buys there all-in, the
// bank's own fee paid, whichever side of the deal is fixed. The first is taken; the others, and why they were not, are
// the evidence of best execution. It asks nobody: quotes are what banks said before. It promises nothing: that is the
// lock.

#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fx/bank_terms.h"
#include "fx/quote.h"

namespace huiqiao::fx {

/// Why a quote cannot be taken.
enum class Unfit {
    No,        // it can
    Refused,   // failed the sanity checks (FX-09)
    Used,      // a lock was asked for by it
    TooOld,    // does not live long enough any more
    TooLarge,  // more than the bank deals at once
    NoCny,     // our account there, from which it would be paid, has less free
    Closed,    // the bank does not deal in it at this hour
    TooSmall,  // its fee eats the amount, or nothing would be bought
};
std::string_view to_text(Unfit unfit);
Unfit unfit_from_text(std::string_view text);

/// How much is wanted, and when.
struct Need {
    Money fixed;  // CNY that are paid, the fee included; or the foreign currency that is bought
    Instant now{};
    std::chrono::seconds life{};  // that a quote must still have
    /// CNY that our account at each bank has free; a bank that is not here is not asked for it.
    std::map<std::string, Money> free = {};
    std::set<std::string> closed = {};  // banks that do not deal in it now
};

struct Offer {
    Quote quote;
    Unfit unfit = Unfit::No;
    Money fee;      // CNY
    Money cny;      // paid, the fee included; zero where the rate gives no such amount
    Money foreign;  // bought
};

/// All quotes, which must be of one currency, that of a foreign need: those that can be taken first, the most foreign
/// currency for the CNY or the least CNY for the currency first, then the lower rate, the longer life, the bank's name.
/// What a bank gives is rounded down, what it takes up. Banks without terms charge nothing. A bank's quote must be its
/// latest.
std::vector<Offer> compare(std::span<const Quote> quotes, const std::map<std::string, BankTerms>& terms,
                           const Need& need);

/// Whether it could be taken for some amount: it was not refused or used, and lives long enough.
bool is_usable(const Quote& quote, Instant now, std::chrono::seconds life);

/// How far the bank's rate is above the mid, in hundredths of a basis point, rounded half up: 7.1685 over 7.16 is 1187,
/// that is 11.87 basis points.
std::int64_t spread_to_mid_e2bp(const Quote& quote);
/// The same in basis points for eyes: "11.87".
std::string above_mid_bp(const Quote& quote);

}  // namespace huiqiao::fx
