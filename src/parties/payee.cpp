#include "src/parties/payee.h"

#include <algorithm>

#include "src/parties/party_error.h"
#include "src/parties/person.h"

namespace huiqiao::parties {

namespace {

// ISO 13616 registry: country and length of its IBAN.
constexpr std::string_view kIbanLengths =
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
    "FO18 "
    "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 "
    "LV21 "
    "MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 "
    "ST25 "
    "SV28 TL23 TN24 TR26 UA29 VG24 XK20";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_capital_or_digit(char c) {
    return is_digit(c) || is_capital(c);
}
bool all(std::string_view text, bool (*is)(char)) {
    return std::all_of(text.begin(), text.end(), is);
}

bool is_country(std::string_view text) {
    return text.size() == 2 && all(text, is_capital);
}

std::size_t digit(char character) {
    return static_cast<std::size_t>(character - '0');
}

/// 0 where the country has no IBAN.
std::size_t iban_length(std::string_view country) {
    if (!is_country(country)) return 0;
    for (std::size_t at = 0; at + 4 <= kIbanLengths.size(); at += 5) {
        if (kIbanLengths.substr(at, 2) != country) continue;
        return digit(kIbanLengths[at + 2]) * 10 + digit(kIbanLengths[at + 3]);
    }
    return 0;
}

bool is_optional_text(std::string_view text, std::size_t most) {
    return text.empty() || is_name(text, most);
}

struct Fault {
    const char* field;
    const char* why;
};

/// The first thing wrong, or no field.
Fault fault_of(const Payee& payee) {
    if (!is_name(payee.name, 140)) return {"name", "1 to 140 characters, none of them invisible"};
    if (!is_country(payee.country)) return {"country", "two capitals of ISO 3166"};
    if (!is_country(payee.residence)) return {"residence", "two capitals of ISO 3166"};
    if (!is_name(payee.bank_name, 140)) return {"bank_name", "1 to 140 characters, none of them invisible"};
    if (!is_optional_text(payee.street, 70)) return {"street", "at most 70 characters"};
    if (!is_optional_text(payee.town, 35)) return {"town", "at most 35 characters"};
    if (!is_optional_text(payee.post_code, 16)) return {"post_code", "at most 16 characters"};
    if (payee.bic.empty() && payee.clearing_code.empty()) return {"bic", "a BIC or a clearing code is needed"};
    if (!payee.bic.empty() && !is_bic(payee.bic)) return {"bic", "8 or 11 characters of ISO 9362"};
    if (!payee.bic.empty() && payee.bic.substr(4, 2) != payee.country) return {"bic", "its country is another"};
    if (payee.clearing_code.size() > 35 || !all(payee.clearing_code, is_capital_or_digit)) {
        return {"clearing_code", "at most 35 capitals and digits"};
    }
    if (uses_iban(payee.country)) {
        if (!is_iban(payee.account) || !payee.account.starts_with(payee.country)) {
            return {"account", "an IBAN of the bank's country, without spaces"};
        }
    } else if (payee.account.empty() || payee.account.size() > 34 ||
               !all(payee.account, [](char c) { return is_capital_or_digit(c) || c == '-'; })) {
        return {"account", "1 to 34 capitals, digits and hyphens"};
    }
    return {nullptr, nullptr};
}

}  // namespace

bool Payee::has_iban() const {
    return uses_iban(country);
}

bool uses_iban(std::string_view country) {
    return iban_length(country) != 0;
}

bool is_iban(std::string_view text) {
    if (text.size() < 5 || text.size() != iban_length(text.substr(0, 2))) return false;
    if (!all(text, is_capital_or_digit) || !is_digit(text[2]) || !is_digit(text[3])) return false;
    int rest = 0;
    const auto feed = [&rest](std::string_view part) {
        for (const char c : part) {
            if (is_digit(c)) {
                rest = (rest * 10 + (c - '0')) % 97;
            } else {
                rest = (rest * 100 + (c - 'A' + 10)) % 97;
            }
        }
    };
    feed(text.substr(4));
    feed(text.substr(0, 4));
    return rest == 1;
}

bool is_bic(std::string_view text) {
    if (text.size() != 8 && text.size() != 11) return false;
    return all(text, is_capital_or_digit) && all(text.substr(4, 2), is_capital);
}

Status check_payee(const Payee& payee) {
    const Fault fault = fault_of(payee);
    if (fault.field == nullptr) return Done{};
    Error error(party_error::kBadPayee, {{"field", fault.field}, {"why", fault.why}});
    error.pointer = std::string("/") + fault.field;
    return error;
}

}  // namespace huiqiao::parties
