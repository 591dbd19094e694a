#include "adapters/sandbox_bank/statement_wire.h"

#include <charconv>

#include "src/base/text.h"
#include "src/xml/document.h"

namespace huiqiao::sandbox_bank {
namespace {

using reconciliation::Statement;
using reconciliation::StatementLine;
using reconciliation::StatementRequest;

constexpr std::string_view kCamt053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
constexpr xml::Limits kStatementLimits{std::size_t{2} << 20U, 16, 60'000, 8};
constexpr std::size_t kMaxLines = 1000;
constexpr std::size_t kMaxReference = 35;
constexpr std::size_t kMaxNarrative = 255;

Error bad(std::string why) {
    return Error(reconciliation::statement_error::kBadStatement, {{"why", std::move(why)}});
}

/// Reads one fact after another and remembers the first that is wrong.
class Reading {
 public:
    explicit Reading(const StatementRequest& request) : request_(request) {}

    Money amount(const xml::Node& node, std::string_view what) {
        if (node.attribute("Ccy").value_or("") != request_.currency.code())
            fail(std::string(what) + " is in another currency");
        const Result<Money> read = Money::parse(request_.currency, node.text());
        if (read) return *read;
        fail(std::string(what) + " is no amount");
        return Money::zero(request_.currency);
    }
    bool is_credit(const xml::Node& node, std::string_view what) {
        const std::string text = node.child_text("CdtDbtInd");
        if (text != "CRDT" && text != "DBIT") fail(std::string(what) + " is neither credit nor debit");
        return text == "CRDT";
    }
    Date date(const xml::Node& node, std::string_view what) {
        const std::string text = node.child_text("Dt");
        const Result<Date> read = Date::parse(text.empty() ? node.child_text("DtTm").substr(0, 10) : text);
        if (read) return *read;
        fail(std::string(what) + " has no date");
        return request_.day;
    }
    std::int64_t number(const std::string& text, std::string_view what) {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < 0)
            fail(std::string(what) + " is no number");
        return value;
    }
    std::string text(std::string value, std::size_t most, std::string_view what) {
        if (value.size() > most) fail(std::string(what) + " is too long");
        return value;
    }
    void fail(std::string why) {
        if (why_.empty()) why_ = std::move(why);
    }
    [[nodiscard]] const std::string& why() const { return why_; }
    [[nodiscard]] const StatementRequest& request() const { return request_; }

 private:
    const StatementRequest& request_;
    std::string why_;
};

Money signed_balance(Reading& reading, const xml::Node& balance) {
    const Money amount = reading.amount(balance.child("Amt"), "a balance");
    return reading.is_credit(balance, "a balance") ? amount : -amount;
}

std::string transaction_code(const xml::Node& entry) {
    const xml::Node domain = entry.child("BkTxCd").child("Domn");
    if (!domain) return entry.child("BkTxCd").child("Prtry").child_text("Cd");
    const xml::Node family = domain.child("Fmly");
    return domain.child_text("Cd") + "/" + family.child_text("Cd") + "/" + family.child_text("SubFmlyCd");
}

StatementLine read_entry(Reading& reading, const xml::Node& entry) {
    const xml::Node details = entry.child("NtryDtls").child("TxDtls");
    const xml::Node returned = details.child("RtrInf").child("Rsn");
    const std::string at = "entry " + entry.child_text("NtryRef").substr(0, 12);
    if (entry.child("Sts").child_text("Cd") != "BOOK") reading.fail(at + " is not booked");
    StatementLine line{
        .account = reading.request().account,
        .bank_reference = reading.text(entry.child_text("AcctSvcrRef"), kMaxReference, at + "'s bank reference"),
        .sequence = static_cast<int>(reading.number(entry.child_text("NtryRef").substr(0, 9), at + "'s number")),
        .booked_on = reading.date(entry.child("BookgDt"), at),
        .value_date = reading.date(entry.child("ValDt"), at),
        .amount = reading.amount(entry.child("Amt"), at),
        .is_credit = reading.is_credit(entry, at),
        .is_reversal = entry.child_text("RvslInd") == "true",
        .code = reading.text(transaction_code(entry), kMaxReference, at + "'s code"),
        .end_to_end = reading.text(details.child("Refs").child_text("EndToEndId"), kMaxReference, at + "'s reference"),
        .narrative = cut_text(entry.child_text("AddtlNtryInf"), kMaxNarrative),
        .return_reason = cut_text(returned.child_text("Cd"), kMaxReference),
        .instructed = std::nullopt};
    if (line.bank_reference.empty()) reading.fail(at + " has no bank reference");
    if (line.booked_on != reading.request().day) reading.fail(at + " is of another day");
    // A line of nothing (a charge that was waived) is a line: refused, it would hide all that stands behind it.
    if (line.amount.is_negative()) reading.fail(at + " has a negative amount");
    if (line.end_to_end == "NOTPROVIDED") line.end_to_end.clear();
    if (returned && line.return_reason.empty()) line.return_reason = "unspecified";
    if (const xml::Node instructed = details.child("AmtDtls").child("InstdAmt").child("Amt"); instructed) {
        line.instructed = reading.amount(instructed, at + "'s instructed amount");
    }
    return line;
}

void read_balances(Reading& reading, const xml::Node& node, Statement& statement) {
    bool opening = false;
    bool balance = false;
    for (const xml::Node& entry : node.children("Bal")) {
        const std::string code = entry.child("Tp").child("CdOrPrtry").child_text("Cd");
        if (code == "OPBD" || code == "PRCD") {
            statement.opening = signed_balance(reading, entry);
            opening = true;
        } else if (code == "CLBD" || code == "ITBD") {
            statement.balance = signed_balance(reading, entry);
            statement.is_closed = code == "CLBD";
            balance = true;
        }
    }
    if (!opening || !balance) reading.fail("a balance is missing");
}

}  // namespace

Result<Statement> read_camt053(std::string_view body, const StatementRequest& request) {
    const Result<xml::Document> document = xml::Document::parse(body, kStatementLimits);
    if (!document) return bad("it cannot be read");
    const xml::Node root = document->root();
    const xml::Node node = root.child("BkToCstmrStmt").child("Stmt");
    if (root.name() != "Document" || root.namespace_uri() != kCamt053 || !node) return bad("it is no camt.053.001.08");
    const xml::Node account = node.child("Acct");
    if (account.child("Id").child("Othr").child_text("Id") != request.account) return bad("it is of another account");
    if (account.child_text("Ccy") != request.currency.code()) return bad("it is in another currency");

    Reading reading(request);
    const Money zero = Money::zero(request.currency);
    Statement statement{
        .account = request.account,
        .day = request.day,
        .number = reading.number(node.child_text("ElctrncSeqNb"), "the statement's number"),
        .opening = zero,
        .balance = zero,
        .is_closed = false,
        // A statement that says nothing of pages is whole.
        .is_last_page = !node.child("StmtPgntn") || node.child("StmtPgntn").child_text("LastPgInd") == "true",
        .lines = {}};
    if (node.child("FrToDt").child_text("FrDtTm").substr(0, 10) != request.day.text())
        reading.fail("it is of another day");
    read_balances(reading, node, statement);
    for (const xml::Node& entry : node.children("Ntry")) {
        if (statement.lines.size() == kMaxLines) return bad("it has too many lines");
        statement.lines.push_back(read_entry(reading, entry));
        if (statement.lines.back().sequence <= request.after_sequence)
            reading.fail("a line is one that was not asked for");
        if (!reading.why().empty()) break;
    }
    if (!reading.why().empty()) return bad(reading.why());
    return statement;
}

}  // namespace huiqiao::sandbox_bank
