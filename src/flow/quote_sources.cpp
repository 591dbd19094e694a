#include "src/flow/quote_sources.h"

#include <algorithm>

#include "fx/quote_store.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

Currency cny() {
    return Currency::known("CNY");
}

}  // namespace

bool counts(const QuoteSources& sources, const std::string& bank, Currency currency) {
    const auto& boards = sources.board_ids;
    return std::find(boards.begin(), boards.end(), fx::board_id(bank, currency)) != boards.end();
}

std::map<std::string, Money> free_now(db::Reader& reader, const QuoteSources& sources) {
    std::map<std::string, Money> free;
    if (sources.books == nullptr) return free;
    std::vector<ledger::Account> accounts;
    for (const auto& [bank, paying] : sources.paying) accounts.push_back(ledger::provision(paying.name, cny()));
    const auto balances = sources.books->balances(reader, accounts);
    for (const auto& [bank, paying] : sources.paying)
        free.emplace(bank, ledger::available(balances, ledger::provision(paying.name, cny())));
    return free;
}

std::map<std::string, Money> free_in_time(db::Reader& reader, const QuoteSources& sources) {
    std::map<std::string, Money> free = free_now(reader, sources);
    for (const auto& [bank, paying] : sources.paying) {
        const auto found = free.find(bank);
        if (found == free.end()) continue;
        if (paying.is_paid_into) {
            free.erase(found);
        } else if (paying.level) {
            found->second = std::max(found->second, *paying.level);
        }
    }
    return free;
}

std::set<std::string> closed(const QuoteSources& sources, Currency currency, Instant now) {
    std::set<std::string> banks;
    if (sources.hours == nullptr) return banks;
    for (const std::string& board : sources.board_ids) {
        if (fx::currency_of_board(board) != currency) continue;
        const std::string bank = board.substr(0, board.find('|'));
        const auto open = sources.hours->open_until(bank, fx::BankOperation::Deal, currency, fx::Tenor::Today, now);
        if (!open || !*open) banks.insert(bank);
    }
    return banks;
}

std::map<std::string, std::vector<fx::Offer>> offers_now(db::Reader& reader, const QuoteSources& sources,
                                                         const Money& fixed, const std::optional<Currency>& only,
                                                         Instant now) {
    const std::map<std::string, Money> free = free_now(reader, sources);
    std::map<std::string, std::vector<fx::Offer>> offers;
    for (auto& [code, quotes] : fx::QuoteStore::latest_by_currency(reader, only)) {
        std::erase_if(quotes, [&](const fx::Quote& quote) { return !counts(sources, quote.bank, quote.currency()); });
        if (quotes.empty()) continue;
        const fx::Need need{fixed, now, std::chrono::seconds(0), free, closed(sources, Currency::known(code), now)};
        offers.emplace(code, fx::compare(quotes, sources.terms, need));
    }
    return offers;
}

}  // namespace huiqiao::flow
