#include "adapters/sandbox/bank/statements.h"

#include "adapters/sandbox/bank/accounts.h"
#include "src/xml/writer.h"

namespace huiqiao::sandbox::bank {
namespace {

constexpr std::string_view kBefore = "/v1/accounts/";
constexpr std::string_view kAfter = "/statement";
// Statement numbers count the days from here, so that they rise by one a day whenever an account was opened.
const Date kNumbersFrom = Date::of_number(20200101);

void write_amount(xml::Writer& to, std::string_view name, const Money& amount) {
    const Money size = amount.is_negative() ? -amount : amount;
    to.open(name).attribute("Ccy", amount.currency().code()).text(size.text()).close();
}

void write_balance(xml::Writer& to, std::string_view code, const Money& balance, Date day) {
    to.open("Bal").open("Tp").open("CdOrPrtry").element("Cd", code).close().close();
    write_amount(to, "Amt", balance);
    to.element("CdtDbtInd", balance.is_negative() ? "DBIT" : "CRDT");
    to.open("Dt").element("Dt", day.text()).close().close();
}

void write_code(xml::Writer& to, const std::string& code) {
    const std::size_t first = code.find('/');
    const std::size_t second = code.rfind('/');
    to.open("BkTxCd").open("Domn").element("Cd", code.substr(0, first)).open("Fmly");
    to.element("Cd", code.substr(first + 1, second - first - 1)).element("SubFmlyCd", code.substr(second + 1));
    to.close().close().close();
}

void write_entry(xml::Writer& to, const Entry& entry) {
    const std::string_view direction = entry.is_credit ? "CRDT" : "DBIT";
    to.open("Ntry").element("NtryRef", std::to_string(entry.sequence));
    write_amount(to, "Amt", entry.amount);
    to.element("CdtDbtInd", direction).element("RvslInd", "false");
    to.open("Sts").element("Cd", "BOOK").close();
    to.open("BookgDt").element("Dt", entry.booked_on.text()).close();
    to.open("ValDt").element("Dt", entry.value_date.text()).close();
    to.element("AcctSvcrRef", entry.bank_reference);
    write_code(to, entry.code);
    to.open("NtryDtls").open("TxDtls").open("Refs");
    to.element("EndToEndId", entry.end_to_end.empty() ? "NOTPROVIDED" : entry.end_to_end).close();
    write_amount(to, "Amt", entry.amount);
    to.element("CdtDbtInd", direction);
    if (entry.instructed) {
        to.open("AmtDtls").open("InstdAmt");
        write_amount(to, "Amt", *entry.instructed);
        to.close().close();
    }
    if (!entry.return_reason.empty()) {
        to.open("RtrInf").open("Rsn").element("Cd", entry.return_reason).close().close();
    }
    to.close().close().element("AddtlNtryInf", entry.narrative).close().line();
}

std::string write_statement(const AccountState& account, Date day, bool is_over, bool is_last, Instant now,
                            const Money& opening, const Money& balance, const std::vector<Entry>& entries) {
    xml::Writer to(2048 + entries.size() * 900);
    to.declaration().open("Document").attribute("xmlns", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08");
    to.open("BkToCstmrStmt").line();
    const std::string id = account.account + "-" + std::to_string(day.number());
    to.open("GrpHdr").element("MsgId", "ST-" + id.substr(0, 32)).element("CreDtTm", rfc3339(now)).close().line();
    to.open("Stmt").element("Id", id.substr(0, 35));
    to.open("StmtPgntn").element("PgNb", "1").element("LastPgInd", is_last ? "true" : "false").close();
    to.element("ElctrncSeqNb", std::to_string((day.days() - kNumbersFrom.days()).count() + 1));
    to.element("CreDtTm", rfc3339(now));
    to.open("FrToDt")
        .element("FrDtTm", day.text() + "T00:00:00+08:00")
        .element("ToDtTm", day.text() + "T23:59:59+08:00")
        .close();
    to.open("Acct").open("Id").open("Othr").element("Id", account.account).close().close();
    to.element("Ccy", account.currency.code()).close().line();
    write_balance(to, "OPBD", opening, day);
    write_balance(to, is_over ? "CLBD" : "ITBD", balance, day);
    to.line();
    for (const Entry& entry : entries) write_entry(to, entry);
    to.close().close().close().line();
    Result<std::string> text = to.finish();
    if (!text) throw LogicError("the sandbox bank's statement cannot be written: " + text.error().english());
    return std::move(text).value();
}

/// A line that is not told, or told twice; the balances are right all the same.
void spoil(Counter& at, const std::string& account, std::vector<Entry>& entries) {
    if (entries.empty()) return;
    const std::map<std::string, std::string> about{{"account", account}, {"reference", entries.front().end_to_end}};
    if (at.faults.take("statement_line_twice", about, at.now)) entries.insert(entries.begin(), Entry(entries.front()));
    if (at.faults.take("statement_line_missing", about, at.now)) entries.erase(entries.begin());
}

/// A wrong word on a day: its balances are told higher than they are, by opening_minor and closing_minor.
void misstate(Counter& at, const std::string& account, Date day, Money& opening, Money& balance) {
    const std::map<std::string, std::string> about{{"account", account}, {"day", std::to_string(day.number())}};
    if (!at.faults.take("statement_balance_wrong", about, at.now)) return;
    const auto more = [&](std::string_view name) {
        const std::string text = at.faults.parameter(name);
        return Money::of_minor(opening.currency(), text.empty() ? 0 : std::stoll(text));
    };
    opening += more("opening_minor");
    balance += more("closing_minor");
}

}  // namespace

std::vector<std::string> Statements::faults() const {
    return {"statement_line_missing", "statement_line_twice", "statement_balance_wrong"};
}

std::optional<http::Response> Statements::answer(Counter& at, const http::Request& request) {
    const std::string& path = request.path;
    if (request.method != http::Method::Get || !path.starts_with(kBefore) || !path.ends_with(kAfter) ||
        path.size() <= kBefore.size() + kAfter.size()) {
        return std::nullopt;
    }
    const auto name =
        http::percent_decode(path.substr(kBefore.size(), path.size() - kBefore.size() - kAfter.size()), false);
    const std::optional<AccountState> account = name ? find_account(at.tx, *name) : std::nullopt;
    if (!account) return http::Response::text(404, "no such account");
    const std::string* date = request.query_value("date");
    const Result<Date> day = Date::parse(date == nullptr ? "" : *date);
    const Date today = Date::in_shanghai(at.now);
    const std::string* after_text = request.query_value("after");
    if (!day || *day > today || after_text == nullptr || after_text->empty() || after_text->size() > 8 ||
        after_text->find_first_not_of("0123456789") != std::string::npos) {
        return http::Response::text(400, "date and after are needed");
    }
    std::vector<Entry> entries = entries_of_day(at.tx, *name, *day, std::stoi(*after_text), page_ + 1);
    const bool is_last = entries.size() <= static_cast<std::size_t>(page_);
    if (!is_last) entries.pop_back();
    spoil(at, *name, entries);
    Money opening = opening_balance(at.tx, *name, *day);
    Money balance = closing_balance(at.tx, *name, *day);
    misstate(at, *name, *day, opening, balance);
    return http::Response::text(
        200, write_statement(*account, *day, *day < today, is_last, at.now, opening, balance, entries),
        "application/xml");
}

void Statements::write_books(db::Reader& reader, http::JsonWriter& json) {
    json.key("accounts").open_array();
    for (const AccountState& account : all_accounts(reader)) {
        json.open_object().field("account", account.account).field("balance", account.balance).close_object();
    }
    json.close_array();
}

}  // namespace huiqiao::sandbox::bank
