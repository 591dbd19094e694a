#include "src/flow/keep_offers.h"

#include "fx/desk.h"
#include "fx/quote_store.h"

namespace huiqiao::flow {

std::vector<std::string> boards_of(const ConvertParts& parts, Currency currency) {
    std::vector<std::string> ids;
    for (const auto& [name, bank] : parts.settings.banks) {
        if (bank.bank != nullptr && bank.foreign.contains(std::string(currency.code())))
            ids.push_back(fx::board_id(name, currency));
    }
    return ids;
}

void keep_offers(db::Group& group, const ConvertParts& parts, const std::string& subject, Currency currency,
                 const Money& cny) {
    std::vector<std::string> quote_ids;
    for (const fx::Board& board : fx::QuoteStore::boards(group.tx, boards_of(parts, currency)))
        if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
    std::map<std::string, fx::BankTerms> terms;
    for (const auto& [name, bank] : parts.settings.banks) terms.emplace(name, bank.terms);
    const std::vector<fx::Offer> offers = fx::compare(fx::QuoteStore::quotes(group.tx, quote_ids), terms,
                                                      {cny, group.now, parts.settings.quote_needs, {}});
    fx::QuoteStore::insert_offers(group.tx, subject, cny, offers);
}

}  // namespace huiqiao::flow
