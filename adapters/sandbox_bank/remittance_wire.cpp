#include "adapters/sandbox_bank/remittance_wire.h"

#include <map>
#include <set>

#include "src/base/planted.h"
#include "src/base/text.h"
#include "src/xml/document.h"
#include "src/xml/writer.h"

namespace huiqiao::sandbox_bank {
namespace {

using remittance::Payment;
using remittance::PaymentAnswer;
using remittance::PaymentBatch;
using remittance::Sent;

constexpr std::string_view kPain001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
constexpr std::string_view kPain002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10";
constexpr std::size_t kMaxReference = 35;
constexpr std::size_t kMaxAccount = 34;

// A message of our own batch size stays far below these.
constexpr xml::Limits kAnswerLimits{std::size_t{2} << 20U, 16, 50'000, 8};

/// Clearing systems by the country of the payee's bank (external code list of ISO 20022).
std::string_view clearing_system(std::string_view country) {
    static const std::map<std::string_view, std::string_view> kSystems{
        {"US", "USABA"}, {"GB", "GBDSC"}, {"HK", "HKNCC"}, {"JP", "JPZGN"}, {"CN", "CNAPS"}, {"AU", "AUBSB"},
        {"CA", "CACPA"}, {"SG", "SGIBG"}, {"IN", "INFSC"}, {"NZ", "NZNCC"}, {"TW", "TWNCC"}, {"TH", "THCBC"}};
    const auto found = kSystems.find(country);
    return found == kSystems.end() ? std::string_view() : found->second;
}

std::string_view charge_bearer(remittance::ChargeBearer bearer) {
    switch (bearer) {
        case remittance::ChargeBearer::Payer: return "DEBT";
        case remittance::ChargeBearer::Shared: return "SHAR";
        case remittance::ChargeBearer::Payee: return "CRED";
    }
    throw LogicError("a charge bearer has no code");
}

void optional_element(xml::Writer& to, std::string_view name, const std::string& text) {
    if (!text.empty()) to.element(name, text);
}

void write_party(xml::Writer& to, std::string_view name, const remittance::Party& party) {
    to.open(name).element("Nm", party.name).open("PstlAdr");
    optional_element(to, "StrtNm", party.street);
    optional_element(to, "BldgNb", party.building);
    optional_element(to, "PstCd", party.post_code);
    to.element("TwnNm", party.town);
    optional_element(to, "CtrySubDvsn", party.subdivision);
    to.element("Ctry", party.country).close().close();
}

void write_agent(xml::Writer& to, const remittance::PayeeAccount& account) {
    to.open("CdtrAgt").open("FinInstnId");
    optional_element(to, "BICFI", account.bank_bic);
    if (!account.clearing_code.empty()) {
        to.open("ClrSysMmbId");
        if (const std::string_view system = clearing_system(account.bank_country); !system.empty()) {
            to.open("ClrSysId").element("Cd", system).close();
        }
        to.element("MmbId", account.clearing_code).close();
    }
    optional_element(to, "Nm", account.bank_name);
    if (account.bank_bic.empty() && !account.bank_country.empty()) {
        to.open("PstlAdr").element("Ctry", account.bank_country).close();
    }
    to.close().close();
}

void write_payment(xml::Writer& to, const Payment& payment, const std::string& instruction_id) {
    to.open("CdtTrfTxInf");
    to.open("PmtId").element("InstrId", instruction_id).element("EndToEndId", payment.reference);
    to.element("UETR", payment.uetr).close();
    to.open("Amt").open("InstdAmt").attribute("Ccy", payment.amount.currency().code()).text(payment.amount.text());
    to.close().close();
    to.element("ChrgBr", charge_bearer(payment.charges));
    write_agent(to, payment.account);
    write_party(to, "Cdtr", payment.payee);
    to.open("CdtrAcct").open("Id");
    if (payment.account.is_iban) {
        to.element("IBAN", payment.account.account);
    } else {
        to.open("Othr").element("Id", payment.account.account).close();
    }
    to.close().close();
    if (!payment.purpose.empty()) to.open("Purp").element("Cd", payment.purpose).close();
    if (!payment.information.empty()) to.open("RmtInf").element("Ustrd", payment.information).close();
    to.close();
}

std::string what_is_wrong(const PaymentBatch& batch) {
    if (batch.payments.empty()) return "it has no payment";
    if (batch.reference.empty() || batch.reference.size() > kMaxReference) return "its reference is not 1 to 35 long";
    std::set<std::string_view> seen;
    for (const Payment& payment : batch.payments) {
        if (payment.reference.empty() || payment.reference.size() > kMaxReference) {
            return "a payment's reference is not 1 to 35 long";
        }
        if (!seen.insert(payment.reference).second) return "two payments share the reference " + payment.reference;
        if (payment.amount.currency() != batch.payments.front().amount.currency()) return "it mixes currencies";
        if (!payment.amount.is_positive()) return "an amount is not positive";
        if (payment.account.account.empty() || payment.account.account.size() > kMaxAccount) {
            return "a payee's account is not 1 to 34 long";
        }
        if (payment.payee.name.empty() || payment.payee.town.empty() || payment.payee.country.size() != 2) {
            return "a payee has no name, town or country";
        }
    }
    return "";
}

struct StatusAt {
    std::string code;
    std::string reason;
};

StatusAt status_of(const xml::Node& level, std::string_view name, const StatusAt& inherited) {
    const std::string code = level.child_text(name);
    if (code.empty()) return inherited;
    const xml::Node reason = level.child("StsRsnInf").child("Rsn");
    const std::string given = reason.child_text("Cd");
    return {code, given.empty() ? reason.child_text("Prtry") : given};
}

bool amount_agrees(const xml::Node& transaction, const Money& sent) {
    const xml::Node amount = transaction.child("OrgnlTxRef").child("Amt").child("InstdAmt");
    if (!amount) return true;  // the bank need not repeat it
    if (amount.attribute("Ccy").value_or("") != sent.currency().code()) return false;
    const Result<Money> said = Money::parse(sent.currency(), amount.text());
    return said && *said == sent;
}

/// "A duplicate" says that the first one may well be paid, and "no answer came" says nothing: neither proves that no
/// money moved (reference 6.3).
bool rejects_nothing(std::string_view reason) {
    static const std::set<std::string_view> kReasons{"AM05", "DUPL", "DU01", "DU02", "DU03",
                                                     "DU04", "DU05", "RF01", "NOAS"};
    return kReasons.contains(reason);
}

PaymentAnswer answer_of(const xml::Node& transaction, const StatusAt& status, const Sent& sent) {
    PaymentAnswer read;
    InstructionAnswer& answer = read.answer;
    answer.reference = sent.reference;
    answer.their_reference = transaction.child_text("AcctSvcrRef");
    answer.reason_code = cut_text(status.reason, 60);
    answer.outcome = outcome_of_status(status.code);
    answer.reason = "status " + (status.code.empty() ? std::string("missing") : cut_text(status.code, 8));
    const xml::Node account = transaction.child("OrgnlTxRef").child("CdtrAcct").child("Id");
    read.payee_account = account.child_text("IBAN");
    if (read.payee_account.empty()) read.payee_account = account.child("Othr").child_text("Id");
    const std::string uetr = transaction.child_text("OrgnlUETR");
    if (answer.outcome == Outcome::RejectedFinal && rejects_nothing(status.reason)) answer.outcome = Outcome::Unknown;
    const bool agrees = amount_agrees(transaction, sent.amount) && (uetr.empty() || uetr == sent.uetr);
    if (!agrees) {
        answer.outcome = Outcome::Unknown;
        answer.reason = "the bank's answer names another amount or UETR than was sent";
    }
    return read;
}

}  // namespace

Outcome outcome_of_status(std::string_view code) {
    // Reference 6.3. RCVD is taken in, not looked at; PART exists for groups only, whose items say more.
    static const std::set<std::string_view> kAccepted{"RCVD", "ACTC", "PATC", "ACCP", "ACFC", "ACWC",
                                                      "ACWP", "ACSP", "ACPD", "PDNG", "ACFW"};
    if (kAccepted.contains(code)) return is_planted(Bug::AcceptedAsConfirmed) ? Outcome::Confirmed : Outcome::Accepted;
    if (code == "ACSC" || code == "ACCC") return Outcome::Confirmed;
    if (code == "RJCT" || code == "CANC") return Outcome::RejectedFinal;
    return Outcome::Unknown;
}

std::vector<PaymentAnswer> all_unknown(std::span<const Sent> sent, std::string_view why) {
    std::vector<PaymentAnswer> answers;
    for (const Sent& payment : sent) {
        PaymentAnswer unknown;
        unknown.answer.reference = payment.reference;
        unknown.answer.reason = std::string(why);
        answers.push_back(std::move(unknown));
    }
    return answers;
}

Result<std::string> write_pain001(const PaymentBatch& batch) {
    if (const std::string wrong = what_is_wrong(batch); !wrong.empty())
        return Error(wire_error::kBadBatch, {{"why", wrong}});
    const Currency currency = batch.payments.front().amount.currency();
    Money sum = Money::zero(currency);
    for (const Payment& payment : batch.payments) sum += payment.amount;
    const std::string count = std::to_string(batch.payments.size());

    xml::Writer to(1024 + batch.payments.size() * 1024);
    to.declaration().open("Document").attribute("xmlns", kPain001).open("CstmrCdtTrfInitn").line();
    to.open("GrpHdr").element("MsgId", batch.reference).element("CreDtTm", rfc3339(batch.created_at));
    to.element("NbOfTxs", count).element("CtrlSum", sum.text());
    to.open("InitgPty").element("Nm", batch.debtor.name).close().close().line();
    to.open("PmtInf").element("PmtInfId", batch.reference).element("PmtMtd", "TRF").element("BtchBookg", "false");
    to.element("NbOfTxs", count).element("CtrlSum", sum.text());
    to.open("ReqdExctnDt").element("Dt", batch.execution_date.text()).close();
    write_party(to, "Dbtr", batch.debtor);
    to.open("DbtrAcct").open("Id").open("Othr").element("Id", batch.debtor_account).close().close();
    to.element("Ccy", currency.code()).close();
    to.open("DbtrAgt").open("FinInstnId").element("BICFI", batch.debtor_bank_bic).close().close().line();
    int number = 0;
    for (const Payment& payment : batch.payments) {
        // Reference and number in one message: at most 35 characters, as the bank returns it in OrgnlInstrId.
        write_payment(to, payment, std::to_string(++number) + "-" + batch.reference.substr(0, 28));
        to.line();
    }
    to.close().close().close().line();
    return to.finish();
}

std::vector<PaymentAnswer> read_pain002(std::string_view body, const std::string& batch_reference,
                                        std::span<const Sent> sent) {
    const Result<xml::Document> document = xml::Document::parse(body, kAnswerLimits);
    if (!document) return all_unknown(sent, "the bank's answer cannot be read");
    const xml::Node report = document->root().child("CstmrPmtStsRpt");
    const xml::Node group = report.child("OrgnlGrpInfAndSts");
    if (document->root().name() != "Document" || document->root().namespace_uri() != kPain002 || !report) {
        return all_unknown(sent, "the bank's answer is no pain.002.001.10");
    }
    if (group.child_text("OrgnlMsgId") != batch_reference) {
        return all_unknown(sent, "the bank's answer is about another message");
    }
    const StatusAt of_group = status_of(group, "GrpSts", {});
    // PART says that the items differ; an item that does not say its own status then has none.
    const StatusAt inherited = of_group.code == "PART" ? StatusAt{} : of_group;

    std::map<std::string, std::pair<xml::Node, StatusAt>> found;
    std::set<std::string> twice;
    StatusAt of_payments = inherited;
    for (const xml::Node& information : report.children("OrgnlPmtInfAndSts")) {
        of_payments = status_of(information, "PmtInfSts", inherited);
        if (of_payments.code == "PART") of_payments = {};
        for (const xml::Node& transaction : information.children("TxInfAndSts")) {
            const std::string reference = transaction.child_text("OrgnlEndToEndId");
            const auto entry = std::pair(transaction, status_of(transaction, "TxSts", of_payments));
            if (!found.emplace(reference, entry).second) twice.insert(reference);
        }
    }

    std::vector<PaymentAnswer> answers;
    for (const Sent& payment : sent) {
        const auto at = found.find(payment.reference);
        if (twice.contains(payment.reference)) {
            answers.push_back(all_unknown(std::span(&payment, 1), "the bank's answer names the payment twice").front());
        } else if (at != found.end()) {
            answers.push_back(answer_of(at->second.first, at->second.second, payment));
        } else if (found.empty()) {
            answers.push_back(answer_of(xml::Node(), of_payments, payment));
        } else {
            answers.push_back(all_unknown(std::span(&payment, 1), "the bank's answer leaves the payment out").front());
        }
    }
    return answers;
}

}  // namespace huiqiao::sandbox_bank
