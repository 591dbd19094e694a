#include "src/app/quote_sources.h"

#include "fx/quote_store.h"
#include "src/flow/convert.h"

namespace huiqiao::app {

flow::QuoteSources quote_sources(const Config& config, const ledger::Ledger& books, const fx::BankHours& hours) {
    // An order for which a price was agreed on waits for no others to gather: what a quote needs to be locked.
    flow::QuoteSources sources{{}, config.fx_terms, flow::ConvertSettings{}.quote_needs};
    sources.books = &books;
    sources.hours = &hours;
    for (const Config::Bank& bank : config.banks) {
        // One on the telephone shows no prices; those that it showed before it went there count no more.
        if (!bank.is_dealing() || bank.deals == kPhoneDeals) continue;
        for (const auto& [code, account] : bank.foreign)
            sources.board_ids.push_back(fx::board_id(bank.name, Currency::known(code)));
        flow::PayingAccount paying{bank.cny_account, std::nullopt, bank.cny_account == config.cny_account};
        const auto keep = config.keep.find(bank.cny_account);
        if (keep != config.keep.end()) paying.level = keep->second;
        sources.paying.emplace(bank.name, std::move(paying));
    }
    return sources;
}

}  // namespace huiqiao::app
