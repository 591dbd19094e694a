#include "src/flow/keep_offers.h"

#include "fx/desk.h"
#include "fx/quote_store.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

std::vector<std::string> boards_of(const ConvertParts& parts, Currency currency) {
    std::vector<std::string> ids;
    for (const auto& [name, bank] : parts.settings.banks) {
        if (bank.bank != nullptr && bank.foreign.contains(std::string(currency.code())))
            ids.push_back(fx::board_id(name, currency));
    }
    return ids;
}

namespace {

/// What each bank could have been paid: where this was held it was free before.
std::map<std::string, Money> free_before(db::Group& group, const ConvertParts& parts, const Money& cny,
                                         const std::string& account) {
    std::vector<ledger::Account> accounts;
    for (const auto& [name, bank] : parts.settings.banks)
        accounts.push_back(ledger::provision(bank.cny, cny.currency()));
    const auto balances = parts.ledger.balances(group.tx, accounts);
    std::map<std::string, Money> free;
    std::size_t at = 0;
    for (const auto& [name, bank] : parts.settings.banks) {
        const Money available = ledger::available(balances, accounts[at++]);
        free.emplace(name, bank.cny == account ? available + cny : available);
    }
    return free;
}

}  // namespace

void keep_offers(db::Group& group, const ConvertParts& parts, const std::string& subject, Currency currency,
                 const Money& cny, const std::string& account) {
    std::vector<std::string> quote_ids;
    for (const fx::Board& board : fx::QuoteStore::boards(group.tx, boards_of(parts, currency)))
        if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
    std::map<std::string, fx::BankTerms> terms;
    for (const auto& [name, bank] : parts.settings.banks) terms.emplace(name, bank.terms);
    const fx::Need need{cny, group.now, parts.settings.quote_needs, free_before(group, parts, cny, account)};
    const std::vector<fx::Offer> offers = fx::compare(fx::QuoteStore::quotes(group.tx, quote_ids), terms, need);
    fx::QuoteStore::insert_offers(group.tx, subject, cny, offers);
}

}  // namespace huiqiao::flow
