#pragma once
// The functions of the direct link in the manner of CMB's chapter 12 (reference 2.3), as we write and read them: pure
// mapping, no judgement of states. Currencies are the bank's two digits; amounts are decimals of the currency; rates
// are CNY for RATBAS units, from the bank's view.
//   NTEXRQAB  real-time rates            NTOPREXB  opens the deal's record (mother deal)
//   NTPAYVEN  a round of its details     NTSBMEXC  deals at the rate of the moment
//   NTLSTJSH  lists records and deals by our reference (YURREF)

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "adapters/direct_link/envelope.h"
#include "fx/fx_bank.h"

namespace huiqiao::direct_link {

struct DirectLinkSettings {
    Charset charset = Charset::Gbk;  // that we write in
    std::string user;                // LGNNAM: as the bank's front machine knows us
    std::string client;              // CLTNBR, at most 10 characters
    std::string account;             // ACCNBR: the CNY account that rates are asked for
    std::string branch = "0000";     // BUYBBK, SELBBK
    std::chrono::seconds rates_last{60};
    std::chrono::seconds opens_within{300};  // a deal's record and its details are given up after that
};

/// The bank's code of a currency, and back; nullopt where it has none.
std::optional<std::string_view> code_of(Currency currency);
std::optional<Currency> currency_of(std::string_view code);

/// Its reference up to the part's number, and that number; {reference, 0} for a purchase's own.
struct PartOf {
    std::string purchase;
    int part = 0;
};
PartOf part_of(const std::string& reference);

std::string write_message(const fx::Message& message, const DirectLinkSettings& settings);

/// Rows of currencies without a code here are left out. What is no price of a foreign currency in CNY, or no time, is
/// an error that names the currency and the field: the whole board is refused.
Result<std::vector<fx::BoardLine>> read_board(const Answer& answer, std::chrono::seconds rates_last);

/// One record of the bank, as a function answers it or the list shows it.
struct Record {
    std::string reference;  // YURREF
    std::string number;     // REQNBR
    std::string state;      // REQSTS
    std::string ending;     // RTNFLG
    std::string code;       // ERRCOD
    std::string text;       // ERRTXT
    int rounds = 0;         // LODSEQ: the last round of details that was taken
    std::string deal_no;    // EXCNBR
    std::optional<fx::Deal> deal;
    std::string deal_fault;  // the field for which a deal that the bank numbers cannot be read
};
/// kBadEnvelope where a row has no reference or state, or the function does not answer by rows.
Result<std::vector<Record>> read_records(const Answer& answer);

namespace direct_link_error {
inline constexpr ErrorCode kBadBoard{"bad_board", ErrorGroup::Rule,
                                     "The rate of {currency} is refused: {field} is not readable.",
                                     "{currency} 汇率被拒绝：{field} 无法读取。"};
}  // namespace direct_link_error

}  // namespace huiqiao::direct_link
