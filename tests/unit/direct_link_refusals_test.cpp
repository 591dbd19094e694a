// What a bank must not be believed: refused with the reason, nothing dealt.

#include <doctest/doctest.h>

#include "tests/unit/direct_link_answers.h"

using namespace direct_link_answers;
using namespace huiqiao::direct_link;

namespace {

struct Refusal {
    std::string what;
    std::string body;
    std::string code;
};

void check_deals(const std::vector<Refusal>& refusals) {
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    for (const Refusal& refusal : refusals) {
        CAPTURE(refusal.what);
        const fx::PurchaseReading reading = bank.read_purchase("EXB1", answered(refusal.body), false);
        CHECK(reading.answer.outcome == Outcome::Unknown);
        CHECK(reading.answer.reason_code == refusal.code);
        CHECK_FALSE(reading.answer.reason.empty());
        CHECK_FALSE(reading.deal.has_value());
    }
}

std::string nested(int depth) {
    std::string open;
    std::string close;
    for (int i = 0; i < depth; ++i) {
        open += "<a>";
        close += "</a>";
    }
    return open + close;
}

}  // namespace

TEST_CASE("bytes that are no text of the declared set are refused with the reason, in boards and in deals") {
    const std::string gbk =
        with(from_utf8(Charset::Gbk, with(dealt(), "<ERRTXT>", "<ERRTXT>成交")).value(), "UTF-8", "GBK");
    const std::string utf8 = with(dealt(), "<ERRTXT>", "<ERRTXT>成交");
    check_deals({{"a byte that GBK does not have", with(gbk, "<INFO>", "<INFO>\xFF"), "undecodable_text"},
                 {"a Chinese character cut in half", with(gbk, "\xB3\xC9", "\xB3"), "undecodable_text"},
                 {"UTF-8 declared, GBK sent", with(gbk, "GBK", "UTF-8"), "undecodable_text"},
                 {"a set that is not read", with(utf8, "UTF-8", "EBCDIC"), "unknown_charset"},
                 {"a set beside the byte-order mark of another", "\xEF\xBB\xBF" + with(utf8, "UTF-8", "GBK"),
                  "unknown_charset"},
                 {"a declaration without an end", "<?xml version=\"1.0\" encoding=\"GBK\"", "unknown_charset"},
                 {"two bytes of wide text", std::string("\xFF\xFE<\0?\0", 6), "undecodable_text"}});
    const fx::RatesReading rates =
        bank_in(Charset::Gbk)
            .read_rates("FR1", answered(with(with(board(), "UTF-8", "GBK"), "<RATSTS>", "<RATSTS>\x81\xFF")));
    CHECK(rates.answer.outcome == Outcome::Unknown);
    CHECK(rates.answer.reason_code == "undecodable_text");
    CHECK(rates.answer.reason.find("GBK at byte") != std::string::npos);
}

TEST_CASE("XML bombs, entities, depth and size are refused before anything is read") {
    const std::string bomb = with(
        dealt(), "<CMBSDKPGK>", "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><CMBSDKPGK>");
    const std::string outside =
        with(dealt(), "<CMBSDKPGK>", "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><CMBSDKPGK>");
    std::string many = "<NTSBMEXCZ>";
    for (int i = 0; i < 30'000; ++i) many += "<a></a>";
    check_deals({{"entities that grow", with(bomb, "<ERRTXT>", "<ERRTXT>&b;"), "bad_xml"},
                 {"a file of ours", with(outside, "<ERRTXT>", "<ERRTXT>&f;"), "bad_xml"},
                 {"an entity that is none of XML's", with(dealt(), "<ERRTXT>", "<ERRTXT>&nbsp;"), "bad_xml"},
                 {"too deep", with(dealt(), "<ERRTXT>", nested(20) + "<ERRTXT>"), "xml_too_large"},
                 {"too many elements", with(dealt(), "<NTSBMEXCZ>", many), "xml_too_large"},
                 {"too long", with(dealt(), "<ERRTXT>", "<ERRTXT>" + std::string(2 << 20, 'x')), "xml_too_large"},
                 {"cut short", dealt().substr(0, dealt().size() - 20), "bad_xml"},
                 {"no XML", "<html>", "bad_xml"},
                 {"nothing", "", "bad_xml"}});
}

TEST_CASE("FX-09 boards with inverted pairs, unknown units, and prices that are none are refused whole") {
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    const std::vector<std::tuple<std::string, std::string, std::string>> changes{
        {"<CCYEXC>10", "<CCYEXC>32", "CCYEXC"},  // priced in another currency
        {"<CCYNBR>32", "<CCYNBR>10", "CCYNBR"},  // CNY as what is traded: the pair turned round
        {"<CCYNBR>32", "<CCYNBR>", "CCYNBR"},
        {"<RATBAS>100", "<RATBAS>10", "RATBAS"},  // never guessed
        {"<RATBAS>100", "<RATBAS>", "RATBAS"},
        {"<RATBAS>100</RATBAS>", "", "RATBAS"},
        {"<RTHBID>716.1000001", "<RTHBID>0", "RTHBID"},
        {"<RTHBID>716.1000001", "<RTHBID>-716.1", "RTHBID"},
        {"<RTHOFR>717.7000002", "<RTHOFR>0.0000000", "RTHOFR"},
        {"<RTHOFR>717.7000002", "<RTHOFR>-717.7", "RTHOFR"},
        {"<RTHOFR>717.7000002", "<RTHOFR>7.177e2", "RTHOFR"},
        {"<RTHOFR>717.7000002", "<RTHOFR>717,7", "RTHOFR"},
        {"<RTHOFR>717.7000002", "<RTHOFR>922337203.1", "RTHOFR"},
        {"<RTHOFR>717.7000002", "<RTHOFR>1</RTHOFR><RTHOFR>717.7", "RTHOFR"},  // doubled: which is it
        {"<RATSTS>Y", "<RATSTS>", "RATSTS"},
        {"<RATDAT>20261120", "<RATDAT>20261131", "RATTIM"},
        {"<RATTIM>100000", "<RATTIM>250000", "RATTIM"}};
    for (const auto& [from, to, field] : changes) {
        CAPTURE(to);
        const fx::RatesReading reading = bank.read_rates("FR1", answered(with(board(), from, to)));
        CHECK(reading.answer.outcome == Outcome::Unknown);
        CHECK(reading.lines.empty());
        CHECK(reading.answer.reason_code == "bad_board");
        CHECK(reading.answer.reason.find(field) != std::string::npos);
    }
    // Out of order is readable: the flow refuses that line, keeps it, and tells a person.
    const fx::RatesReading turned =
        bank.read_rates("FR1", answered(with(board(), "<RTHBID>716.1000001", "<RTHBID>718.1")));
    REQUIRE(turned.lines.size() == 1);
    CHECK(fx::check_board_line(turned.lines[0], std::nullopt, 300, 300).error().code == &fx::fx_error::kInvertedBoard);
    const fx::RatesReading scaled = bank.read_rates("FR1", answered(with(board(), "<RATBAS>100", "<RATBAS>1")));
    CHECK(fx::check_board_line(scaled.lines.at(0), turned.lines[0].mid, 300, 300).error().code ==
          &fx::fx_error::kRateMoved);
    // An answer kept by somebody and sent again carries another serial.
    CHECK(bank.read_rates("FR2", answered(board())).answer.reason_code == "other_serial");
    const std::size_t row = board().find("<NTEXRQABZ>");
    const std::string twice = with(board(), "</CMBSDKPGK>", board().substr(row));
    CHECK(bank.read_rates("FR1", answered(twice)).lines.empty());
}

TEST_CASE("XCT-06 FX-07 a deal whose fields do not fit together or cannot be read is unknown") {
    check_deals({{"another reference", with(dealt(), "<YURREF>EXB1", "<YURREF>EXB2"), "other_reference"},
                 {"another serial", with(dealt(), "<SERNUM>EXB1", "<SERNUM>EXB2"), "other_serial"},
                 {"another function", with(dealt(), "NTSBMEXC", "NTEXRQAB"), "bad_envelope"},
                 {"not carried out", with(dealt(), "<RETCOD>0", "<RETCOD>-1"), "RETCOD:-1"},
                 {"no number", with(dealt(), "<EXCNBR>FX200001", "<EXCNBR>"), "bad_deal"},
                 {"a number beside no success", with(dealt(), ">S</RTNFLG>", ">F</RTNFLG>"), "bad_deal"},
                 {"a sale", with(dealt(), "EXBT", "EXST"), "bad_deal"},
                 {"paid in another currency", with(dealt(), "<SELCCY>10", "<SELCCY>32"), "bad_deal"},
                 {"bought CNY", with(dealt(), "<BUYCCY>65", "<BUYCCY>10"), "bad_deal"},
                 {"a rate per ten", with(dealt(), "<RATBAS>100", "<RATBAS>10"), "bad_deal"},
                 {"a rate per one", with(dealt(), "<RATBAS>100", "<RATBAS>1"), "deal_amounts"},
                 {"no rate", with(dealt(), "4.6325000", "0"), "bad_deal"},
                 {"a part of a yen", with(dealt(), "<BUYAMT>2158", "<BUYAMT>2158.5"), "bad_deal"},
                 {"nothing bought", with(dealt(), "<BUYAMT>2158", "<BUYAMT>0"), "bad_deal"},
                 {"a negative price", with(dealt(), "<SELAMT>100.00", "<SELAMT>-100.00"), "bad_deal"},
                 {"amounts that are not the rate's", with(dealt(), "<BUYAMT>2158", "<BUYAMT>2150"), "deal_amounts"},
                 {"no date", with(dealt(), "<OPRDAT>20261120", "<OPRDAT>20261131"), "bad_deal"}});
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    for (const int status : {100, 201, 400, 401, 404, 500, 503}) {
        CHECK(bank.read_purchase("EXB1", answered(dealt(), status), false).answer.outcome == Outcome::Unknown);
    }
    CHECK(bank.read_purchase("EXB1", WireAnswer{}, false).answer.outcome == Outcome::Unknown);
}

TEST_CASE(
    "XCT-07 FX-08 a list that shows nothing is no rejection, and one that shows two deals is unknown and says so") {
    const DirectLinkBank bank = bank_in(Charset::Utf8);
    const std::string none = envelope("NTLSTJSH", "EXB1", "");
    CHECK(bank.read_purchase("EXB1", answered(none), true).answer.outcome == Outcome::Unknown);
    CHECK(bank.read_purchase("EXB1", answered(none), true).answer.reason_code == "not_found");
    CHECK(bank.read_lock("EXB1-0", answered(with(none, "EXB1", "EXB1-0")), true).answer.outcome == Outcome::Unknown);
    const auto row = [](std::string_view deal) {
        return "<NTLSTJSHZ><YURREF>EXB1</YURREF><REQNBR>R1</REQNBR>" + state("FIN", "S") + "<EXCNBR>" +
               std::string(deal) + "</EXCNBR></NTLSTJSHZ>";
    };
    const fx::PurchaseReading two =
        bank.read_purchase("EXB1", answered(envelope("NTLSTJSH", "EXB1", row("FX1") + row("FX2"))), true);
    CHECK(two.answer.outcome == Outcome::Unknown);
    CHECK(two.doubled == "FX1, FX2");
    // One deal shown twice is no second deal, and still no answer.
    const fx::PurchaseReading same =
        bank.read_purchase("EXB1", answered(envelope("NTLSTJSH", "EXB1", row("FX1") + row("FX1"))), true);
    CHECK(same.answer.outcome == Outcome::Unknown);
    CHECK(same.doubled.empty());
}

TEST_CASE("an answer that the bank did not sign says nothing") {
    SeededRandom random(2);
    const crypto::SigningKey theirs = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const crypto::SigningKey ours = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const sandbox_bank::BankSignature signature("huiqiao", ours, theirs.verify_key());
    const DirectLinkBank bank(signature, {.charset = Charset::Gbk, .user = "u", .client = "c", .account = "a"});
    CHECK(bank.read_purchase("EXB1", answered(dealt()), false).answer.reason_code == "bad_signature");
    CHECK(bank.read_rates("FR1", answered(board())).answer.reason_code == "bad_signature");
}

TEST_CASE("hostile bytes are unknown, never an exception") {
    const DirectLinkBank bank = bank_in(Charset::Gbk);
    SeededRandom random(3);
    const std::string gbk =
        with(from_utf8(Charset::Gbk, with(dealt(), "<ERRTXT>", "<ERRTXT>成交")).value(), "UTF-8", "GBK");
    for (int round = 0; round < 10'000; ++round) {
        std::string body = round % 2 == 0 ? gbk : dealt();
        const std::uint64_t changes = 1 + random.below(4);
        for (std::uint64_t i = 0; i < changes; ++i) {
            body[random.below(body.size())] = static_cast<char>(random.below(256));
            if (random.below(8) == 0) body.resize(1 + random.below(body.size()));
        }
        const fx::PurchaseReading reading = bank.read_purchase("EXB1", answered(body), false);
        if (reading.answer.outcome == Outcome::Confirmed) {
            REQUIRE(reading.deal.has_value());
            REQUIRE(reading.deal->cny.is_positive());
            REQUIRE(reading.deal->foreign.is_positive());
        }
        (void)bank.read_lock("EXB1-0", answered(body), false);
        (void)bank.read_rates("FR1", answered(body));
    }
}

TEST_CASE("text goes to GBK and back unchanged, and what GBK cannot write is refused") {
    const std::string text = "汇桥 ABC ￥ 〇";
    CHECK(to_utf8(Charset::Gbk, from_utf8(Charset::Gbk, text).value()).value() == text);
    const std::string rare = "\xF0\xA0\xAE\xB7";  // outside of GBK, in GB18030
    CHECK(from_utf8(Charset::Gbk, rare).error().code == &base_error::kUnencodable);
    CHECK(to_utf8(Charset::Gb18030, from_utf8(Charset::Gb18030, rare).value()).value() == rare);
    CHECK(from_utf8(Charset::Gbk, "\xC0\x80").error().code == &base_error::kUnencodable);
    CHECK(to_utf8(Charset::Gbk, std::string(5000, 'x') + "\xFF").error().parameters.at(1).second == "5000");
    CHECK(charset_from_text("gb2312") == Charset::Gbk);
    CHECK_FALSE(charset_from_text("GBK ").has_value());
}
