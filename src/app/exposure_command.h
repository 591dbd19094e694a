#pragma once
// huiqiao exposure: what is ordered, collected, locked, bought, allocated, remitted, refunded and open, by payout
// currency and value date; now, again and again, or at a past instant. It reads alone.

#include <iosfwd>
#include <optional>
#include <span>

#include "fx/exposure.h"
#include "src/app/command_line.h"

namespace huiqiao::app {

void add_exposure(CommandLine& line);

/// A line a currency, and beneath it one for each value date of which something is open. only: the one currency that
/// was asked for, where it was one.
void print_exposure(std::span<const fx::CurrencyExposure> exposure, const std::optional<Currency>& only,
                    std::ostream& out);

}  // namespace huiqiao::app
