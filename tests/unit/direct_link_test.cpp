#include <doctest/doctest.h>

#include "tests/unit/direct_link_answers.h"

using namespace direct_link_answers;
using namespace huiqiao::direct_link;

namespace {

Currency ccy(std::string_view code) {
    return Currency::known(code);
}
Money cny(std::int64_t fen) {
    return Money::of_minor(ccy("CNY"), fen);
}

struct Golden {
    fx::Message message;
    std::string rest;  // behind the user's name
    std::string function;
};

std::vector<Golden> every_message() {
    const Rate usd = *Rate::parse(ccy("USD"), ccy("CNY"), 100, "717.1");
    const Date day = *Date::parse("2026-11-20");
    const fx::LockOrder opened{"EXB1-0", usd, "20261120-100000", fx::FixedSide::Cny, cny(30'000), day, "sb-cny",
                               "sb-usd", 2};
    fx::LockOrder foreign = opened;
    foreign.fixed_side = fx::FixedSide::Foreign;
    foreign.amount = Money::of_minor(ccy("USD"), 4'183);
    return {
        {fx::AskRates{"FR1"},
         "<SERNUM>FR1</SERNUM></INFO><NTEXRQABX><CLTNBR>HQ0001</CLTNBR><ACCNBR>sb-cny</ACCNBR><CCYNBR>10</CCYNBR>"
         "<RSV50Z></RSV50Z></NTEXRQABX></CMBSDKPGK>",
         "NTEXRQAB"},
        {opened,
         "<SERNUM>EXB1-0</SERNUM></INFO><NTOPREXBX><YURREF>EXB1</YURREF><BUYBBK>0000</BUYBBK><BUYCCY>32</BUYCCY>"
         "<BUYACC>sb-usd</BUYACC><SELBBK>0000</SELBBK><SELAMT>300.00</SELAMT><SELCCY>10</SELCCY><SELACC>sb-cny</SELACC>"
         "<SRCNAT>310</SRCNAT><TRSCOD>122030</TRSCOD><SPLFLG>1</SPLFLG><EXCTYP>300</EXCTYP><EXCTY2>310</EXCTY2>"
         "<VALDAT>20261120</VALDAT><ALLCNT>2</ALLCNT></NTOPREXBX></CMBSDKPGK>",
         "NTOPREXB"},
        {foreign,
         "<SERNUM>EXB1-0</SERNUM></INFO><NTOPREXBX><YURREF>EXB1</YURREF><BUYBBK>0000</BUYBBK><BUYAMT>41.83</BUYAMT>"
         "<BUYCCY>32</BUYCCY><BUYACC>sb-usd</BUYACC><SELBBK>0000</SELBBK><SELCCY>10</SELCCY><SELACC>sb-cny</SELACC>"
         "<SRCNAT>310</SRCNAT><TRSCOD>122030</TRSCOD><SPLFLG>1</SPLFLG><EXCTYP>300</EXCTYP><EXCTY2>310</EXCTY2>"
         "<VALDAT>20261120</VALDAT><ALLCNT>2</ALLCNT></NTOPREXBX></CMBSDKPGK>",
         "NTOPREXB"},
        {fx::DetailRound{"EXB1-1", "R500001", 1, 2, {{1, cny(10'000)}, {2, cny(20'000)}}},
         "<SERNUM>EXB1-1</SERNUM></INFO><NTPAYVENX><YURREF>EXB1</YURREF><REQNBR>R500001</REQNBR><CALTYP>0</CALTYP>"
         "<ALLCNT>2</ALLCNT><LODCNT>2</LODCNT><LODSEQ>1</LODSEQ></NTPAYVENX>"
         "<NTPAYVENY><EVTSEQ>1</EVTSEQ><TRSCCY>10</TRSCCY><TRSAMT>100.00</TRSAMT></NTPAYVENY>"
         "<NTPAYVENY><EVTSEQ>2</EVTSEQ><TRSCCY>10</TRSCCY><TRSAMT>200.00</TRSAMT></NTPAYVENY></CMBSDKPGK>",
         "NTPAYVEN"},
        {fx::PurchaseOrder{"EXB1", "R500001", fx::FixedSide::Cny, cny(30'000), ccy("USD"), "sb-cny", "sb-usd", day},
         "<SERNUM>EXB1</SERNUM></INFO><NTSBMEXCX><YURREF>EXB1</YURREF><REQNBR>R500001</REQNBR></NTSBMEXCX></CMBSDKPGK>",
         "NTSBMEXC"},
        {fx::AskLock{"EXB1-2"},
         "<SERNUM>EXB1-2</SERNUM></INFO><NTLSTJSHX><YURREF>EXB1</YURREF></NTLSTJSHX></CMBSDKPGK>", "NTLSTJSH"},
        {fx::AskPurchase{"EXB1"},
         "<SERNUM>EXB1</SERNUM></INFO><NTLSTJSHX><YURREF>EXB1</YURREF></NTLSTJSHX></CMBSDKPGK>", "NTLSTJSH"},
    };
}

}  // namespace

TEST_CASE("golden: every message of the direct link, byte by byte, in GBK, GB18030 and UTF-8") {
    // 汇桥 is BB E3 C7 C5 in both Chinese sets.
    const std::vector<std::tuple<Charset, std::string, std::string>> charsets{
        {Charset::Gbk, "GBK", "\xBB\xE3\xC7\xC5"},
        {Charset::Gb18030, "GB18030", "\xBB\xE3\xC7\xC5"},
        {Charset::Utf8, "UTF-8", "\xE6\xB1\x87\xE6\xA1\xA5"}};
    for (const auto& [charset, name, user] : charsets) {
        for (const Golden& golden : every_message()) {
            CAPTURE(name);
            CAPTURE(golden.rest);
            const WireRequest request = bank_in(charset).write(golden.message);
            CHECK(request.method == "POST");
            CHECK(request.target == "/direct-link");
            CHECK(request.headers.at(0) ==
                  std::pair<std::string, std::string>("content-type", "text/xml; charset=" + name));
            CHECK(request.body == "<?xml version=\"1.0\" encoding=\"" + name + "\"?><CMBSDKPGK><INFO><FUNNAM>" +
                                      golden.function + "</FUNNAM><DATTYP>2</DATTYP><LGNNAM>" + user + "</LGNNAM>" +
                                      golden.rest);
        }
    }
}

TEST_CASE("the bank declares what it is: no locks, rounds of a hundred details, rates for a minute") {
    const fx::FxBankTraits traits = bank_in(Charset::Gbk).traits();
    CHECK_FALSE(traits.has_locks);
    CHECK(traits.deals_cny_fixed);
    CHECK(traits.details_a_round == 100);
    CHECK(traits.rates_last == std::chrono::seconds(60));
    CHECK(traits.reference_prefix == "EXB");
    CHECK(fx::FxBankTraits{}.has_locks);
}

TEST_CASE("a rate is read with its own unit base, its middle to eight decimals, and its life from the bank's time") {
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    const fx::RatesReading hundred = bank.read_rates("FR1", answered(board()));
    REQUIRE(hundred.answer.outcome == Outcome::Confirmed);
    REQUIRE(hundred.lines.size() == 1);
    CHECK(hundred.lines[0].selling.text() == "717.7000002");
    CHECK(hundred.lines[0].selling.unit_base() == 100);
    CHECK(hundred.lines[0].mid.text() == "716.90000015");
    CHECK(rfc3339(hundred.lines[0].valid_until) == "2026-11-20T02:01:00.000Z");
    CHECK(hundred.lines[0].bank_reference == "20261120-100000");
    CHECK(hundred.lines[0].tradable);
    // The same figures for one unit are a hundred times the price: the flow's guard sees that, not a guess of ours.
    const fx::RatesReading one = bank.read_rates("FR1", answered(with(board(), "<RATBAS>100<", "<RATBAS>1<")));
    REQUIRE(one.lines.size() == 1);
    CHECK(one.lines[0].selling.per_one() == "717.7000002");
    CHECK_FALSE(bank.read_rates("FR1", answered(with(board(), "<RATSTS>Y", "<RATSTS>N"))).lines.at(0).tradable);
    // A currency that this program has no code for is left out, and none is doubled.
    CHECK(bank.read_rates("FR1", answered(with(board(), "<CCYNBR>32", "<CCYNBR>99"))).lines.empty());
}

TEST_CASE("a deal is read to the unit in either character set, by the deal's answer and by the list") {
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    const std::string said = with(dealt(), "<ERRTXT></ERRTXT>", "<ERRTXT>成交</ERRTXT>");
    const std::string gbk = with(from_utf8(Charset::Gbk, said).value(), "UTF-8", "gbk");
    const std::string gb18030 = with(from_utf8(Charset::Gb18030, said).value(), "UTF-8", "GB18030");
    for (const std::string& body : {said, gbk, gb18030, "\xEF\xBB\xBF" + said}) {
        const fx::PurchaseReading reading = bank.read_purchase("EXB1", answered(body), false);
        REQUIRE(reading.answer.outcome == Outcome::Confirmed);
        CHECK(reading.answer.reason == "成交");
        CHECK(reading.answer.their_reference == "FX200001");
        CHECK(reading.deal->foreign.minor() == 2158);
        CHECK(reading.deal->cny == cny(10'000));
        CHECK(reading.deal->rate.per_one() == "0.046325");
        CHECK(reading.deal->value_date.text() == "2026-11-20");
    }
    std::string listed = dealt();
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"NTSBMEXC", "NTLSTJSH"},
                                                                                   {"NTSBMEXCZ", "NTLSTJSHZ"},
                                                                                   {"NTSBMEXCZ", "NTLSTJSHZ"},
                                                                                   {"<AGRRAT>", "<EXGRAT>"},
                                                                                   {"</AGRRAT>", "</EXGRAT>"},
                                                                                   {"<BUYAMT>", "<RCVAMT>"},
                                                                                   {"</BUYAMT>", "</RCVAMT>"},
                                                                                   {"<SELAMT>", "<OUTAMT>"},
                                                                                   {"</SELAMT>", "</OUTAMT>"}}) {
        listed = with(listed, from, to);
    }
    const fx::PurchaseReading reading = bank.read_purchase("EXB1", answered(listed), true);
    REQUIRE(reading.answer.outcome == Outcome::Confirmed);
    CHECK(reading.deal->foreign.minor() == 2158);
}

TEST_CASE(
    "XCT-06 every pair of REQSTS and RTNFLG that the bank documents has its outcome, and every other is unknown") {
    const DirectLinkBank bank = bank_in(Charset::Utf8);
    const auto row = [](std::string_view function, std::string_view serial, std::string_view sts, std::string_view flag,
                        bool is_dealt) {
        return envelope(function, serial,
                        "<" + std::string(function) + "Z><YURREF>EXB1</YURREF><REQNBR>R1</REQNBR>" + state(sts, flag) +
                            "<LODSEQ>2</LODSEQ>" + (is_dealt ? std::string(kDealFields) : "") + "</" +
                            std::string(function) + "Z>");
    };
    using enum Outcome;
    // REQSTS, RTNFLG, of the opened record and its rounds, of the deal
    const std::vector<std::tuple<std::string, std::string, Outcome, Outcome>> expected{
        {"OPR", "", Confirmed, Unknown},
        {"AUT", "", Accepted, Accepted},
        {"NTE", "", Confirmed, Accepted},
        {"WCF", "", Accepted, Accepted},
        {"BNK", "", Unknown, Accepted},
        {"APD", "", Unknown, Accepted},
        {"ACK", "", Unknown, Unknown},
        {"FIN", "S", Unknown, Confirmed},
        {"FIN", "F", RejectedFinal, RejectedFinal},
        {"FIN", "R", RejectedFinal, RejectedFinal},
        {"FIN", "D", RejectedFinal, RejectedFinal},
        {"FIN", "C", RejectedFinal, RejectedFinal},
        {"FIN", "B", Unknown, Unknown},
        {"FIN", "T", Unknown, Unknown},
        {"FIN", "U", Unknown, Unknown},
        {"FIN", "M", Unknown, Unknown},
        {"FIN", "V", Unknown, Unknown}};
    CHECK(states().size() == expected.size());
    const std::vector<std::string> all_states{"OPR", "AUT", "NTE", "WCF", "BNK", "APD", "ACK", "FIN", "XXX", "fin", ""};
    const std::vector<std::string> all_flags{"", "S", "F", "R", "D", "C", "B", "T", "U", "M", "V", "X", "s", "SS"};
    for (const std::string& sts : all_states) {
        for (const std::string& flag : all_flags) {
            CAPTURE(sts);
            CAPTURE(flag);
            Outcome opening = Unknown;
            Outcome deal = Unknown;
            for (const auto& [one, other, of_opening, of_deal] : expected) {
                if (one == sts && other == flag) std::tie(opening, deal) = std::pair(of_opening, of_deal);
            }
            const bool is_dealt = sts == "FIN" && flag == "S";
            CHECK(bank.read_purchase("EXB1", answered(row("NTSBMEXC", "EXB1", sts, flag, is_dealt)), false)
                      .answer.outcome == deal);
            CHECK(
                bank.read_lock("EXB1-0", answered(row("NTOPREXB", "EXB1-0", sts, flag, false)), false).answer.outcome ==
                opening);
            CHECK(
                bank.read_lock("EXB1-2", answered(row("NTPAYVEN", "EXB1-2", sts, flag, false)), false).answer.outcome ==
                opening);
        }
    }
    // The bank has taken two rounds: a third is not confirmed by that.
    CHECK(bank.read_lock("EXB1-3", answered(row("NTLSTJSH", "EXB1-3", "OPR", "", false)), true).answer.outcome ==
          Unknown);
}
