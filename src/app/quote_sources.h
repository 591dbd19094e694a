#pragma once
// Whose prices count for us: a bank's, in a currency in which it keeps an account of ours into which it can be bought.

#include "src/app/config.h"
#include "src/flow/platform_quotes.h"

namespace huiqiao::app {

flow::QuoteSources quote_sources(const Config& config);
/// Those of the quotes that count.
std::vector<fx::Quote> buyable(const Config& config, std::vector<fx::Quote> quotes);

}  // namespace huiqiao::app
