#pragma once
// A payee: who receives a merchant's money, and where, with what a payment message needs (pain.001: creditor, creditor
// agent, account). Everything that names a person or an account stands sealed in one blob a row; a blind index finds
// the same account again. Once registered it is not changed: a new account is a new payee.

#include <string>
#include <string_view>

#include "src/base/currency.h"
#include "src/base/date.h"
#include "src/base/result.h"
#include "src/parties/party_state.h"

namespace huiqiao::parties {

struct Payee {
    std::string id;
    std::string merchant_id;
    PartyState state = PartyState::Active;
    Currency currency;
    std::string country;  // of the account's bank, ISO 3166 alpha-2
    Instant created_at{};
    // sealed
    std::string name;           // at most 140 characters (Max140Text)
    std::string account;        // IBAN without spaces, or another account number of at most 34 characters
    std::string bic;            // 8 or 11; may be empty where a clearing code stands
    std::string clearing_code;  // ABA, CNAPS, sort code …; may be empty where a BIC stands
    std::string bank_name;      // at most 140
    std::string street;         // of the payee; at most 70 each
    std::string town;
    std::string post_code;
    std::string residence;  // of the payee, ISO 3166 alpha-2

    [[nodiscard]] bool has_iban() const;
};

/// kBadPayee with the field and why: lengths, BIC and IBAN (length by country, mod 97), country, one of BIC and
/// clearing code. A bank in an IBAN country needs an IBAN.
Status check_payee(const Payee& payee);

/// ISO 13616: known country, its length, mod 97 is 1. Upper case, no spaces.
bool is_iban(std::string_view text);
/// ISO 9362: 8 or 11 characters.
bool is_bic(std::string_view text);
/// Countries whose accounts are IBANs.
bool uses_iban(std::string_view country);

}  // namespace huiqiao::parties
