#pragma once
// Answers of a direct link as a bank writes them, for the tests of its adapter.

#include <string>
#include <string_view>

#include "adapters/direct_link/adapter.h"
#include "src/base/random.h"

namespace direct_link_answers {

using namespace huiqiao;

/// The bank is proved by the transport here, so answers need no signature.
inline const sandbox_bank::BankSignature& unsigned_bank() {
    static const crypto::SigningKey kKey = [] {
        SeededRandom random(1);
        return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    }();
    static const sandbox_bank::BankSignature kSignature("huiqiao", kKey, std::nullopt);
    return kSignature;
}

inline direct_link::DirectLinkBank bank_in(Charset charset) {
    return direct_link::DirectLinkBank(unsigned_bank(),
                                       {.charset = charset, .user = "汇桥", .client = "HQ0001", .account = "sb-cny"});
}

inline WireAnswer answered(std::string body, int status = 200) {
    return WireAnswer{WireAnswer::Kind::Answered, status, {}, std::move(body), ""};
}

inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
    std::string changed(text);
    const std::size_t at = changed.find(from);
    if (at == std::string::npos) throw LogicError("the answer does not hold " + std::string(from));
    return changed.replace(at, from.size(), to);
}

inline std::string envelope(std::string_view function, std::string_view serial, std::string_view rows,
                            std::string_view code = "0") {
    return R"(<?xml version="1.0" encoding="UTF-8"?><CMBSDKPGK><INFO><FUNNAM>)" + std::string(function) +
           "</FUNNAM><DATTYP>2</DATTYP><RETCOD>" + std::string(code) + "</RETCOD><ERRMSG></ERRMSG><SERNUM>" +
           std::string(serial) + "</SERNUM></INFO>" + std::string(rows) + "</CMBSDKPGK>";
}

inline std::string state(std::string_view reqsts, std::string_view rtnflg) {
    return "<REQSTS>" + std::string(reqsts) + "</REQSTS><RTNFLG>" + std::string(rtnflg) + "</RTNFLG>";
}

inline constexpr std::string_view kDealFields =
    "<JSHCOD>EXBT</JSHCOD><OPRDAT>20261120</OPRDAT><OPRTIM>100001</OPRTIM><AGRRAT>4.6325000</AGRRAT>"
    "<RATBAS>100</RATBAS><BUYCCY>65</BUYCCY><BUYAMT>2158</BUYAMT><SELCCY>10</SELCCY><SELAMT>100.00</SELAMT>"
    "<EXCNBR>FX200001</EXCNBR>";

/// JPY 2158 for CNY 100.00 at 4.6325 per 100, of purchase EXB1.
inline std::string dealt() {
    return envelope("NTSBMEXC", "EXB1",
                    "<NTSBMEXCZ><YURREF>EXB1</YURREF><REQNBR>R1</REQNBR>" + state("FIN", "S") +
                        "<ERRCOD></ERRCOD><ERRTXT></ERRTXT>" + std::string(kDealFields) + "</NTSBMEXCZ>");
}

inline std::string board() {
    return envelope("NTEXRQAB", "FR1",
                    "<NTEXRQABZ><CCYNBR>32</CCYNBR><CCYEXC>10</CCYEXC><RATBAS>100</RATBAS><RTHBID>716.1000001</RTHBID>"
                    "<RTHOFR>717.7000002</RTHOFR><RATSTS>Y</RATSTS><RATDAT>20261120</RATDAT><RATTIM>100000</RATTIM>"
                    "<RATPNT>4</RATPNT><RSV30Z></RSV30Z></NTEXRQABZ>");
}

}  // namespace direct_link_answers
