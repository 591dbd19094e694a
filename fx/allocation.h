#pragma once
// Sharing one deal among the lines that paid for it: pure, exact, in the order of the lines.
// A whole fill: each line pays its share of the dealt CNY (largest remainder, weighed by what it put in), and gets its
// share of the foreign currency, weighed by what it paid. A line with a promise gets exactly that; its CNY is its
// share by foreign amount, at most what it put in, and what is above is borne by agreement. What is left of a line's
// CNY is its rest. A partial fill (FX-06) serves the lines first to last; what they could not spend comes back.
// Nothing is lost and no line is dropped: the shares sum to the deal exactly.

#include <optional>
#include <span>
#include <vector>

#include "src/base/money.h"

namespace huiqiao::fx {

struct AllocationLine {
    Money put_in;                   // CNY, >= 0
    std::optional<Money> promised;  // foreign, > 0
};

struct AllocationShare {
    Money cny;      // paid by the line, at most put_in
    Money foreign;  // got
    Money rest;     // put_in - cny where the line was served
    Money back;     // put_in - cny where a partial fill did not reach its end
    Money borne;    // CNY of the deal that the line could not pay (promised lines only, but for one fen of rounding)
};

/// whole: the deal fills what was ordered. Errors: kBadAllocation where the deal is not positive, costs more CNY than
/// was put in and no line is promised, the promises exceed a whole deal or leave foreign currency to nobody, or a
/// partial deal has lines with and without promises.
Result<std::vector<AllocationShare>> allocate(const Money& dealt_cny, const Money& dealt_foreign,
                                              std::span<const AllocationLine> lines, bool whole);

namespace fx_error {
inline constexpr ErrorCode kBadAllocation{"bad_allocation", ErrorGroup::Internal,
                                          "A deal of {cny} for {foreign} cannot be shared: {why}.",
                                          "{cny} 换 {foreign} 的交易无法分配：{why}。"};
}  // namespace fx_error

}  // namespace huiqiao::fx
