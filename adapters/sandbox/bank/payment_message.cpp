#include "adapters/sandbox/bank/payment_message.h"

#include <algorithm>
#include <cctype>

#include "src/xml/document.h"
#include "src/xml/writer.h"

namespace huiqiao::sandbox::bank {
namespace {

/// ISO 7064 mod 97-10 over the rearranged account, digit by digit.
bool iban_adds_up(const std::string& account) {
    if (account.size() < 15 || account.size() > 34) return false;
    const std::string turned = account.substr(4) + account.substr(0, 4);
    int remainder = 0;
    for (const char c : turned) {
        if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            remainder = (remainder * 10 + (c - '0')) % 97;
        } else if (c >= 'A' && c <= 'Z') {
            remainder = (remainder * 100 + (c - 'A' + 10)) % 97;
        } else {
            return false;
        }
    }
    return remainder == 1;
}

ReceivedPayment read_payment(const xml::Node& node) {
    ReceivedPayment payment;
    const xml::Node ids = node.child("PmtId");
    payment.instruction_id = ids.child_text("InstrId");
    payment.end_to_end = ids.child_text("EndToEndId");
    payment.uetr = ids.child_text("UETR");
    const xml::Node amount = node.child("Amt").child("InstdAmt");
    payment.currency = std::string(amount.attribute("Ccy").value_or(""));
    payment.amount = amount.text();
    const xml::Node payee = node.child("Cdtr");
    payment.payee_name = payee.child_text("Nm");
    payment.payee_country = payee.child("PstlAdr").child_text("Ctry");
    payment.payee_town = payee.child("PstlAdr").child_text("TwnNm");
    const xml::Node account = node.child("CdtrAcct").child("Id");
    payment.is_iban = static_cast<bool>(account.child("IBAN"));
    payment.payee_account = payment.is_iban ? account.child_text("IBAN") : account.child("Othr").child_text("Id");
    return payment;
}

}  // namespace

std::optional<ReceivedMessage> read_message(std::string_view body, std::string& why) {
    const Result<xml::Document> document = xml::Document::parse(body);
    if (!document) {
        why = "not XML";
        return std::nullopt;
    }
    const xml::Node root = document->root();
    const xml::Node message = root.child("CstmrCdtTrfInitn");
    if (root.namespace_uri() != "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" || !message) {
        why = "not pain.001.001.09";
        return std::nullopt;
    }
    ReceivedMessage received;
    received.message_id = message.child("GrpHdr").child_text("MsgId");
    received.count = message.child("GrpHdr").child_text("NbOfTxs");
    received.control_sum = message.child("GrpHdr").child_text("CtrlSum");
    const xml::Node information = message.child("PmtInf");
    received.payment_information_id = information.child_text("PmtInfId");
    received.debtor_account = information.child("DbtrAcct").child("Id").child("Othr").child_text("Id");
    for (const xml::Node& node : information.children("CdtTrfTxInf")) received.payments.push_back(read_payment(node));
    if (received.message_id.empty() || received.message_id.size() > 35 || received.payments.empty()) {
        why = "no message id or no payment";
        return std::nullopt;
    }
    return received;
}

std::string fault_of(const ReceivedPayment& payment) {
    if (payment.end_to_end.empty() || payment.end_to_end.size() > 35) return "CH21";
    const Result<Currency> currency = Currency::find(payment.currency);
    if (!currency) return "AM03";
    const std::size_t point = payment.amount.find('.');
    const std::size_t decimals = point == std::string::npos ? 0 : payment.amount.size() - point - 1;
    if (decimals > static_cast<std::size_t>(currency->digits())) return "CH20";
    const Result<Money> amount = Money::parse(*currency, payment.amount);
    if (!amount || !amount->is_positive()) return "AM01";
    if (payment.payee_name.empty() || payment.payee_name.size() > 140) return "BE08";
    if (payment.payee_town.empty() || payment.payee_country.size() != 2) return "BE04";
    if (payment.payee_account.empty() || payment.payee_account.size() > 34) return "AC01";
    if (payment.is_iban && !iban_adds_up(payment.payee_account)) return "AC01";
    return "";
}

std::string fault_of(const ReceivedMessage& message) {
    if (message.count != std::to_string(message.payments.size())) return "AM18";
    const Result<Currency> currency = Currency::find(message.payments.front().currency);
    if (!currency) return "AM03";
    Money sum = Money::zero(*currency);
    for (const ReceivedPayment& payment : message.payments) {
        if (payment.currency != currency->code()) return "CURR";
        const Result<Money> amount = Money::parse(*currency, payment.amount);
        if (amount) sum += *amount;
    }
    const Result<Money> said = Money::parse(*currency, message.control_sum);
    return said && *said == sum ? "" : "AM10";
}

namespace {

void write_reason(xml::Writer& to, const std::string& reason) {
    if (reason.empty()) return;
    to.open("StsRsnInf").open("Rsn").element("Cd", reason).close().close();
}

void write_reported(xml::Writer& to, const ReportedPayment& payment) {
    to.open("TxInfAndSts");
    if (!payment.instruction_id.empty()) to.element("OrgnlInstrId", payment.instruction_id);
    to.element("OrgnlEndToEndId", payment.end_to_end);
    if (!payment.uetr.empty()) to.element("OrgnlUETR", payment.uetr);
    to.element("TxSts", payment.status);
    write_reason(to, payment.reason);
    if (!payment.bank_reference.empty()) to.element("AcctSvcrRef", payment.bank_reference);
    to.open("OrgnlTxRef").open("Amt").open("InstdAmt").attribute("Ccy", payment.currency).text(payment.amount);
    to.close().close().open("CdtrAcct").open("Id");
    if (payment.is_iban) {
        to.element("IBAN", payment.payee_account);
    } else {
        to.open("Othr").element("Id", payment.payee_account).close();
    }
    to.close().close().close().close();
}

}  // namespace

std::string write_report(const Report& report) {
    xml::Writer to(1024 + report.payments.size() * 512);
    to.declaration().open("Document").attribute("xmlns", "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10");
    to.open("CstmrPmtStsRpt");
    to.open("GrpHdr").element("MsgId", report.report_id).element("CreDtTm", rfc3339(report.made_at)).close();
    to.open("OrgnlGrpInfAndSts").element("OrgnlMsgId", report.message_id).element("OrgnlMsgNmId", "pain.001.001.09");
    if (!report.group_status.empty()) {
        to.element("GrpSts", report.group_status);
        write_reason(to, report.group_reason);
    }
    to.close();
    if (!report.payments.empty()) {
        to.open("OrgnlPmtInfAndSts").element("OrgnlPmtInfId", report.payment_information_id);
        for (const ReportedPayment& payment : report.payments) write_reported(to, payment);
        to.close();
    }
    to.close().close();
    Result<std::string> text = to.finish();
    if (!text) throw LogicError("the sandbox bank's report cannot be written: " + text.error().english());
    return std::move(text).value();
}

}  // namespace huiqiao::sandbox::bank
