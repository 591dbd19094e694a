#pragma once
// Which banks' prices platforms are quoted from: every bank and currency in which we keep an account.

#include "src/app/config.h"
#include "src/flow/platform_quotes.h"

namespace huiqiao::app {

flow::QuoteSources quote_sources(const Config& config);

}  // namespace huiqiao::app
