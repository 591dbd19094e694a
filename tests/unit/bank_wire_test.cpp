#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "adapters/sandbox_bank/remittance_wire.h"
#include "adapters/sandbox_bank/statement_wire.h"

using namespace huiqiao;
using namespace huiqiao::sandbox_bank;
using remittance::Payment;
using remittance::PaymentBatch;

namespace {

std::string golden(const std::string& name) {
    std::ifstream file("tests/golden/" + name);
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

Payment payment_to(const std::string& reference, Money amount) {
    return Payment{
        .reference = reference,
        .uetr = "3f0d6f2c-8a51-4b0e-9c6d-5c9b1e7a42d0",
        .kind = remittance::Kind::Foreign,
        .amount = amount,
        .payee = {"Example <Outdoor> Goods & Co", "Market Street", "500", "94105", "San Francisco", "CA", "US"},
        .account = {"000123456789", false, "CITIUS33XXX", "021000089", "US", "Example Bank"},
        .purpose = "GDDS",
        .charges = remittance::ChargeBearer::Shared,
        .information = "3 ORDERS"};
}

PaymentBatch batch_of(std::vector<Payment> payments) {
    return PaymentBatch{.reference = "RBTEST20261120",
                        .created_at = parse_rfc3339("2026-11-20T02:31:02Z").value(),
                        .execution_date = Date::of_number(20261120),
                        .debtor = {"Sample Pay Co Ltd", "Century Avenue", "88", "200120", "Shanghai", "", "CN"},
                        .debtor_account = "sb-usd",
                        .debtor_bank_bic = "BKCHCNBJ300",
                        .payments = std::move(payments)};
}

Money money(const char* currency, const char* text) {
    return Money::parse(Currency::known(currency), text).value();
}

const std::string kUetr = "3f0d6f2c-8a51-4b0e-9c6d-5c9b1e7a42d0";

std::string report(const std::string& inner, const std::string& message = "RBTEST20261120") {
    return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>"
           "<OrgnlMsgId>" +
           message + "</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>" + inner +
           "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
}

std::string item(const std::string& status, const std::string& more = "") {
    return "<TxInfAndSts><OrgnlEndToEndId>RM1</OrgnlEndToEndId><TxSts>" + status + "</TxSts>" + more + "</TxInfAndSts>";
}

Outcome outcome_of(const std::string& body) {
    const std::vector<remittance::Sent> sent{{"RM1", money("USD", "12.34"), kUetr}};
    const auto answers = read_pain002(body, "RBTEST20261120", sent);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].answer.reference == "RM1");
    return answers[0].answer.outcome;
}

}  // namespace

TEST_CASE("a batch of remittances is written as the golden pain.001 to the byte") {
    Payment second = payment_to("RM2", money("USD", "0.05"));
    second.account = {"GB29NWBK60161331926819", true, "NWBKGB2L", "", "GB", ""};
    second.payee.country = "GB";
    const auto text = write_pain001(batch_of({payment_to("RM1", money("USD", "12500.00")), second}));
    REQUIRE(text);
    CHECK(*text == golden("pain001_two_payments.xml"));
}

TEST_CASE("amounts are written at the currency's digits: yen without, dinar with three") {
    CHECK(write_pain001(batch_of({payment_to("RM1", money("JPY", "2158"))}))->find("Ccy=\"JPY\">2158</InstdAmt>") !=
          std::string::npos);
    CHECK(write_pain001(batch_of({payment_to("RM1", money("KWD", "1.5"))}))->find("Ccy=\"KWD\">1.500</InstdAmt>") !=
          std::string::npos);
}

TEST_CASE("a batch that no bank would take is not written") {
    CHECK_FALSE(write_pain001(batch_of({})));
    CHECK_FALSE(write_pain001(batch_of({payment_to("RM1", money("USD", "1")), payment_to("RM1", money("USD", "1"))})));
    CHECK_FALSE(write_pain001(batch_of({payment_to("RM1", money("USD", "1")), payment_to("RM2", money("JPY", "1"))})));
    CHECK_FALSE(write_pain001(batch_of({payment_to("RM1", money("USD", "0"))})));
    CHECK_FALSE(write_pain001(batch_of({payment_to(std::string(36, 'R'), money("USD", "1"))})));
    Payment no_town = payment_to("RM1", money("USD", "1"));
    no_town.payee.town.clear();
    CHECK_FALSE(write_pain001(batch_of({no_town})));
}

TEST_CASE("XCT-06: only RJCT and CANC reject; whatever is not on the list is unknown") {
    for (const char* code : {"RCVD", "ACTC", "ACCP", "ACSP", "PDNG", "ACWC", "ACFW"}) {
        CAPTURE(code);
        CHECK(outcome_of(report(item(code))) == Outcome::Accepted);
    }
    CHECK(outcome_of(report(item("ACSC"))) == Outcome::Confirmed);
    CHECK(outcome_of(report(item("ACCC"))) == Outcome::Confirmed);
    const std::string reason = "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>";
    CHECK(outcome_of(report(item("RJCT", reason))) == Outcome::RejectedFinal);
    CHECK(outcome_of(report(item("CANC"))) == Outcome::RejectedFinal);
    for (const char* code : {"", "BLCK", "XXXX", "rjct", "PART", "RJCT "}) {
        CAPTURE(code);
        CHECK(outcome_of(report(item(code))) == Outcome::Unknown);
    }
}

TEST_CASE("PAY-01: a rejection as a duplicate proves nothing of the first one") {
    for (const char* code : {"AM05", "DUPL", "DU01", "DU04"}) {
        CAPTURE(code);
        const std::string reason = "<StsRsnInf><Rsn><Cd>" + std::string(code) + "</Cd></Rsn></StsRsnInf>";
        CHECK(outcome_of(report(item("RJCT", reason))) == Outcome::Unknown);
    }
}

TEST_CASE("PAY-05: an answer with another amount, currency, UETR or message is unknown") {
    const auto echo = [](const std::string& currency, const std::string& amount) {
        return "<OrgnlTxRef><Amt><InstdAmt Ccy=\"" + currency + "\">" + amount + "</InstdAmt></Amt></OrgnlTxRef>";
    };
    CHECK(outcome_of(report(item("ACSC", echo("USD", "12.34")))) == Outcome::Confirmed);
    CHECK(outcome_of(report(item("ACSC", echo("USD", "12.35")))) == Outcome::Unknown);
    CHECK(outcome_of(report(item("ACSC", echo("EUR", "12.34")))) == Outcome::Unknown);
    CHECK(outcome_of(report(item("RJCT", echo("USD", "12.35")))) == Outcome::Unknown);
    CHECK(outcome_of(report(item("ACSC", "<OrgnlUETR>00000000-0000-4000-8000-000000000000</OrgnlUETR>"))) ==
          Outcome::Unknown);
    CHECK(outcome_of(report(item("RJCT"), "ANOTHER")) == Outcome::Unknown);
    CHECK(outcome_of(report(item("ACSC") + item("RJCT"))) == Outcome::Unknown);
    CHECK(outcome_of("not xml") == Outcome::Unknown);
    CHECK(outcome_of("<Document/>") == Outcome::Unknown);
}

TEST_CASE("a status of the group or the payment information is inherited, one of another payment is not") {
    CHECK(outcome_of(
              "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>"
              "<OrgnlMsgId>RBTEST20261120</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></"
              "Document>") == Outcome::RejectedFinal);
    CHECK(outcome_of(report("<PmtInfSts>ACSP</PmtInfSts>")) == Outcome::Accepted);
    CHECK(outcome_of(report(
              "<PmtInfSts>RJCT</PmtInfSts><TxInfAndSts><OrgnlEndToEndId>OTHER</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
              "</TxInfAndSts>")) == Outcome::Unknown);
}

TEST_CASE("the golden camt.053 is read: balances, a deposit, a payment, a return that came back short, a charge") {
    const reconciliation::StatementRequest request{"sb-usd", Currency::known("USD"), Date::of_number(20261120), 0};
    const auto statement = read_camt053(golden("camt053_day.xml"), request);
    REQUIRE_MESSAGE(statement.ok(), (statement.ok() ? "" : statement.error().english()));
    CHECK(statement->is_closed);
    CHECK(statement->is_last_page);
    CHECK(statement->number == 2516);
    CHECK(statement->opening == money("USD", "100.00"));
    CHECK(statement->balance == money("USD", "12060.00"));
    REQUIRE(statement->lines.size() == 4);
    CHECK(statement->lines[0].is_credit);
    CHECK(statement->lines[0].end_to_end == "SP1");
    CHECK(statement->lines[1].end_to_end == "RM1");
    CHECK_FALSE(statement->lines[1].is_credit);
    CHECK(statement->lines[2].return_reason == "AC04");
    CHECK(statement->lines[2].code == "PMNT/ICDT/RRTN");
    CHECK(*statement->lines[2].instructed == money("USD", "500.00"));
    CHECK(statement->lines[3].end_to_end.empty());
    CHECK(statement->lines[3].code == "ACMT/MDOP/CHRG");
    reconciliation::DaySum sum(Currency::known("USD"));
    for (const auto& line : statement->lines) sum.add(line.sequence, line.amount, line.is_credit);
    CHECK(check_day(*statement, sum, std::nullopt).empty());
}

TEST_CASE("XCT-12: a bank that answers no query by reference, or lists no day, is refused for automatic payouts") {
    using remittance::check_for_automatic_payout;
    CHECK(check_for_automatic_payout("b", {true, true, true, {}}).ok());
    CHECK(check_for_automatic_payout("b", {false, true, true, {}}).ok());
    for (const auto& traits : {remittance::RemittanceBankTraits{true, false, true, {}},
                               remittance::RemittanceBankTraits{true, true, false, {}}}) {
        const Status refused = check_for_automatic_payout("first-bank", traits);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == &remittance::remittance_error::kNoAutomaticPayout);
        CHECK(refused.error().english().find("first-bank") != std::string::npos);
    }
}

TEST_CASE("a statement with one wrong thing is not taken at all") {
    const reconciliation::StatementRequest request{"sb-usd", Currency::known("USD"), Date::of_number(20261120), 0};
    const std::string good = golden("camt053_day.xml");
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        return read_camt053(text.replace(at, from.size(), to), request);
    };
    CHECK(with("<Cd>BOOK</Cd>", "<Cd>BOOK</Cd>"));
    CHECK_FALSE(with("<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>"));
    CHECK_FALSE(with("<AcctSvcrRef>SB1</AcctSvcrRef>", ""));
    CHECK_FALSE(with("<CdtDbtInd>CRDT</CdtDbtInd>", "<CdtDbtInd>PLUS</CdtDbtInd>"));
    CHECK_FALSE(with("<Amt Ccy=\"USD\">500.00", "<Amt Ccy=\"EUR\">500.00"));
    CHECK_FALSE(with("<Amt Ccy=\"USD\">500.00", "<Amt Ccy=\"USD\">-500.00"));
    CHECK_FALSE(with(">500.00<", ">500.001<"));
    CHECK_FALSE(with("<Id>sb-usd</Id>", "<Id>sb-eur</Id>"));
    CHECK_FALSE(with("<Cd>CLBD</Cd>", "<Cd>XXXX</Cd>"));
    CHECK_FALSE(with("camt.053.001.08", "camt.053.001.02"));
    CHECK_FALSE(read_camt053(good, {"sb-usd", Currency::known("USD"), Date::of_number(20261121), 0}));
    CHECK_FALSE(read_camt053(good, {"sb-usd", Currency::known("USD"), Date::of_number(20261120), 1}));
    CHECK_FALSE(read_camt053("<!DOCTYPE x [<!ENTITY a \"b\">]><Document/>", request));
}

TEST_CASE("a line of nothing is a line: a waived charge does not hide what stands beside it") {
    const reconciliation::StatementRequest request{"sb-usd", Currency::known("USD"), Date::of_number(20261120), 0};
    std::string body = golden("camt053_day.xml");
    const std::string charge = "<NtryRef>4</NtryRef><Amt Ccy=\"USD\">";
    const std::size_t at = body.find(charge);
    REQUIRE(at != std::string::npos);
    const std::size_t from = at + charge.size();
    body.replace(from, body.find('<', from) - from, "0.00");
    const auto statement = read_camt053(body, request);
    REQUIRE_MESSAGE(statement.ok(), (statement.ok() ? "" : statement.error().english()));
    REQUIRE(statement->lines.size() == 4);
    CHECK(statement->lines[3].amount.is_zero());
}

TEST_CASE("texts of the bank that are too long are cut at a whole character") {
    const reconciliation::StatementRequest request{"sb-usd", Currency::known("USD"), Date::of_number(20261120), 0};
    std::string body = golden("camt053_day.xml");
    const auto put = [&](const std::string& from, const std::string& to) {
        const std::size_t at = body.find(from);
        REQUIRE(at != std::string::npos);
        body.replace(at, from.size(), to);
    };
    put(">deposit<", ">" + std::string(254, 'x') + "汇<");
    put("<Cd>AC04</Cd>", "<Cd>" + std::string(34, 'r') + "汇</Cd>");
    const auto statement = read_camt053(body, request);
    REQUIRE(statement.ok());
    CHECK(statement->lines[0].narrative == std::string(254, 'x'));
    CHECK(statement->lines[2].return_reason == std::string(34, 'r'));

    const std::vector<remittance::Sent> sent{{"RM1", money("USD", "12.34"), kUetr}};
    const auto answers = read_pain002(report(item("STATUS汇")), "RBTEST20261120", sent);
    CHECK(answers.at(0).answer.reason == "status STATUS");
}

TEST_CASE("a statement that says nothing of pages is whole") {
    const reconciliation::StatementRequest request{"sb-usd", Currency::known("USD"), Date::of_number(20261120), 0};
    std::string body = golden("camt053_day.xml");
    const std::string pages = "<StmtPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>";
    REQUIRE(body.find(pages) != std::string::npos);
    const auto whole = read_camt053(std::string(body).erase(body.find(pages), pages.size()), request);
    REQUIRE(whole.ok());
    CHECK(whole->is_last_page);
    const auto first = read_camt053(body.replace(body.find(">true</LastPgInd>"), 5, ">false"), request);
    REQUIRE(first.ok());
    CHECK_FALSE(first->is_last_page);
}
