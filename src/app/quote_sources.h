#pragma once
// Whose prices count for us (src/flow/quote_sources.h), by the configuration: of each bank that deals and shows prices,
// the currencies in which it keeps an account of ours into which it can be bought.

#include "src/app/config.h"
#include "src/flow/quote_sources.h"

namespace huiqiao::app {

/// Both must outlive what it is given to.
flow::QuoteSources quote_sources(const Config& config, const ledger::Ledger& books, const fx::BankHours& hours);

}  // namespace huiqiao::app
