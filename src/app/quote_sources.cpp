#include "src/app/quote_sources.h"

#include "fx/quote_store.h"

namespace huiqiao::app {

flow::QuoteSources quote_sources(const Config& config) {
    flow::QuoteSources sources{{}, config.fx_terms};
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.currency.code() != "CNY") sources.board_ids.push_back(fx::board_id(account.bank, account.currency));
    }
    return sources;
}

}  // namespace huiqiao::app
