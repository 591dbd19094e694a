#pragma once
// What a bank charges for a deal beside its rate, as agreed with it: part of the all-in cost by which the desk compares
// banks. It books nothing; a charge is booked when the bank takes it.

#include <optional>
#include <span>

#include "src/base/money.h"
#include "src/base/rate.h"

namespace huiqiao::fx {

/// All amounts in CNY. A deal costs the flat fee and its basis points, together at least the minimum.
struct BankTerms {
    Money flat_fee = Money::zero(Currency::known("CNY"));
    int fee_basis_points = 0;  // of the deal's CNY
    Money least_fee = Money::zero(Currency::known("CNY"));
    std::optional<Money> largest_deal;  // more is not dealt at once

    /// Rounded up to the fen, against us: a comparison must not promise more than comes.
    [[nodiscard]] Money fee_of(const Money& deal_cny) const;
    /// Foreign currency that so much CNY buys once the fee is taken out of it, rounded down; zero where the fee takes
    /// all of it, or where it is more than an amount can be.
    [[nodiscard]] Money bought_with(const Money& cny, const Rate& rate) const;
};

/// The most CNY that one of these banks at least deals at once; nullopt where one of them has no limit.
std::optional<Money> largest_deal_of(std::span<const BankTerms> banks);

}  // namespace huiqiao::fx
