#include "src/app/quote_sources.h"

#include <algorithm>

#include "fx/quote_store.h"
#include "src/flow/convert.h"

namespace huiqiao::app {

flow::QuoteSources quote_sources(const Config& config) {
    // As convert's settings: what gathers, and what a quote needs to be locked.
    flow::QuoteSources sources{{}, config.fx_terms, config.fx_gather + flow::ConvertSettings{}.quote_needs};
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.currency.code() != "CNY") sources.board_ids.push_back(fx::board_id(account.bank, account.currency));
    }
    return sources;
}

std::vector<fx::Quote> buyable(const Config& config, std::vector<fx::Quote> quotes) {
    const std::vector<std::string> boards = quote_sources(config).board_ids;
    std::erase_if(quotes, [&](const fx::Quote& quote) {
        return std::find(boards.begin(), boards.end(), fx::board_id(quote.bank, quote.currency())) == boards.end();
    });
    return quotes;
}

}  // namespace huiqiao::app
