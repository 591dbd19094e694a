#include "adapters/sandbox/bank/payments.h"

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/payment_message.h"
#include "adapters/sandbox/bank/transfers.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::sandbox::bank {
namespace {

constexpr std::string_view kPath = "/v1/payments";

constexpr db::Command kMessageTable{
    "CREATE TABLE IF NOT EXISTS bank_message (message_id TEXT NOT NULL PRIMARY KEY, information_id TEXT NOT NULL, "
    "body_hash TEXT NOT NULL, group_status TEXT NOT NULL, group_reason TEXT NOT NULL) STRICT"};
// execute_at: when it is due; 0 once it is executed or rejected. return_at: when it will come back; 0: never.
constexpr db::Command kPaymentTable{
    "CREATE TABLE IF NOT EXISTS bank_payment (end_to_end TEXT NOT NULL PRIMARY KEY, message_id TEXT NOT NULL, "
    "instruction_id TEXT NOT NULL, uetr TEXT NOT NULL, debtor_account TEXT NOT NULL, currency TEXT NOT NULL, "
    "amount_minor INTEGER NOT NULL, payee_account TEXT NOT NULL, is_iban INTEGER NOT NULL, payee_country TEXT NOT "
    "NULL, "
    "status TEXT NOT NULL, reason TEXT NOT NULL, bank_reference TEXT NOT NULL, execute_at INTEGER NOT NULL, "
    "return_at INTEGER NOT NULL, return_charge INTEGER NOT NULL, return_reason TEXT NOT NULL) STRICT"};
constexpr db::Command kPaymentIndex{"CREATE INDEX IF NOT EXISTS bank_payment_by_message ON bank_payment (message_id)"};

/// Taken in, and not to be found by a query before then.
constexpr db::Command kUnseenTable{
    "CREATE TABLE IF NOT EXISTS bank_unseen (message_id TEXT NOT NULL PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT"};
constexpr db::Insert kInsertUnseen{"bank_unseen", "message_id, seen_at", "ti"};
constexpr db::Select kUnseen{"SELECT message_id FROM bank_unseen WHERE message_id = :p1 AND seen_at > :p2", "t"};

constexpr db::Select kFindMessage{
    "SELECT information_id, body_hash, group_status, group_reason FROM bank_message WHERE message_id = :p1", "tttt"};
constexpr db::Insert kInsertMessage{"bank_message", "message_id, information_id, body_hash, group_status, group_reason",
                                    "ttttt"};
constexpr db::Insert kInsertPayment{
    "bank_payment",
    "end_to_end, message_id, instruction_id, uetr, debtor_account, currency, amount_minor, payee_account, is_iban, "
    "payee_country, status, reason, bank_reference, execute_at, return_at, return_charge, return_reason",
    "ttttttitittttiiit"};
constexpr db::Select kPaymentThere{"SELECT message_id FROM bank_payment WHERE end_to_end = :p1", "t"};
constexpr db::Select kPaymentsOf{
    "SELECT instruction_id, end_to_end, uetr, status, reason, bank_reference, currency, amount_minor, payee_account, "
    "is_iban FROM bank_payment WHERE message_id = :p1 ORDER BY rowid",
    "tttttttiti"};
constexpr db::Select kDue{
    "SELECT end_to_end, message_id, debtor_account, currency, amount_minor, payee_country, payee_account "
    "FROM bank_payment WHERE execute_at > 0 AND execute_at <= :p1 ORDER BY rowid LIMIT 1000",
    "ttttitt"};
constexpr db::Command kExecuted{
    "UPDATE bank_payment SET status = 'ACSC', bank_reference = :p1, execute_at = 0, return_at = :p2, return_charge = "
    ":p3, "
    "return_reason = :p4 WHERE end_to_end = :p5"};
constexpr db::Command kRejected{
    "UPDATE bank_payment SET status = 'RJCT', reason = :p1, execute_at = 0 WHERE end_to_end = :p2"};
constexpr db::Select kReturning{
    "SELECT end_to_end, debtor_account, currency, amount_minor, return_charge, return_reason FROM bank_payment "
    "WHERE return_at > 0 AND return_at <= :p1 ORDER BY rowid LIMIT 1000",
    "tttiit"};
constexpr db::Command kReturnDone{"UPDATE bank_payment SET return_at = 0 WHERE end_to_end = :p1"};
constexpr db::Select kSums{
    "SELECT currency, status, COUNT(*), SUM(amount_minor) FROM bank_payment GROUP BY currency, status "
    "ORDER BY currency, status",
    "ttii"};

constexpr int kSeenWithin_s = 1800;
constexpr int kReturnHour = 9;  // in Shanghai, of the day after

http::Response xml_response(int status, std::string body) {
    return http::Response::text(status, std::move(body), "application/xml");
}

std::string report_id(Counter& at) {
    return "SBR" + std::to_string(at.next_number("report"));
}

http::Response refused(Counter& at, const std::string& message_id, const std::string& reason) {
    return xml_response(422, write_report({report_id(at), at.now, message_id, "", "RJCT", reason, {}}));
}

std::string text_or(std::string text, std::string_view otherwise) {
    return text.empty() ? std::string(otherwise) : text;
}

}  // namespace

void Payments::create_tables(db::Tx& tx) {
    tx.execute(kMessageTable);
    tx.execute(kPaymentTable);
    tx.execute(kUnseenTable);
    tx.execute(kPaymentIndex);
}

std::vector<std::string> Payments::faults() const {
    return {"reject",    "duplicate_payout", "return_next_day", "lost_status",  "late_status",
            "seen_late", "wrong_echo",       "charge",          "transfer_lost"};
}

std::optional<http::Response> Payments::answer(Counter& at, const http::Request& request) {
    if (request.path == kPath && request.method == http::Method::Post) return take(at, request);
    if (request.path.starts_with(std::string(kPath) + "/") && request.method == http::Method::Get) {
        const auto id = http::percent_decode(request.path.substr(kPath.size() + 1), false);
        if (id) return status(at, *id);
    }
    return std::nullopt;
}

http::Response Payments::take(Counter& at, const http::Request& request) {
    std::string why;
    const std::optional<ReceivedMessage> message = read_message(request.body, why);
    if (!message) return http::Response::text(400, "not a payment message: " + why);
    const std::string body_hash = hex(crypto::sha256(request.body));
    if (const db::Found before = at.tx.select(kFindMessage, {message->message_id}); !before.empty()) {
        if (before.text(0, 1) != body_hash) return refused(at, message->message_id, "DU01");
        return status(at, message->message_id);
    }
    const auto account = find_account(at.tx, message->debtor_account);
    std::string group_fault = fault_of(*message);
    if (!account) group_fault = "AC02";
    if (account && account->currency.code() != message->payments.front().currency) group_fault = "AC09";

    db::Rows row;
    row.add(message->message_id, message->payment_information_id, body_hash, group_fault.empty() ? "" : "RJCT",
            group_fault);
    at.tx.insert(kInsertMessage, row);
    if (!group_fault.empty()) return refused(at, message->message_id, group_fault);

    const Date today = Date::in_shanghai(at.now);
    Instant execute_at = at.now + settings_.execute_after;
    if (at.now >= today.at_shanghai(settings_.cut_off_hour, settings_.cut_off_minute)) {
        execute_at = today.plus_days(1).at_shanghai(0);
    }
    db::Rows payments;
    std::vector<ReportedPayment> doubles;
    for (const ReceivedPayment& payment : message->payments) {
        if (!at.tx.select(kPaymentThere, {payment.end_to_end}).empty()) {
            doubles.push_back({payment.instruction_id, payment.end_to_end, payment.uetr, "RJCT", "DU04", "",
                               payment.currency, payment.amount, payment.payee_account, payment.is_iban});
            continue;
        }
        const std::string fault = fault_of(payment);
        const Result<Money> amount = Money::parse(account->currency, payment.amount);
        payments.add(payment.end_to_end, message->message_id, payment.instruction_id, payment.uetr,
                     message->debtor_account, payment.currency, amount ? amount->minor() : std::int64_t{0},
                     payment.payee_account, payment.is_iban ? 1 : 0, payment.payee_country,
                     fault.empty() ? "ACSP" : "RJCT", fault, "", fault.empty() ? to_us(execute_at) : std::int64_t{0}, 0,
                     0, "");
    }
    if (!payments.empty()) at.tx.insert(kInsertPayment, payments);
    if (at.faults.take("seen_late", {{"message", message->message_id}}, at.now)) {
        const std::chrono::seconds by(at.faults.number("delay_s", kSeenWithin_s));
        db::Rows unseen;
        unseen.add(message->message_id, to_us(at.now + by));
        at.tx.insert(kInsertUnseen, unseen);
        return http::Response::text(http::kNoAnswer, "");
    }
    if (doubles.empty()) return status(at, message->message_id);
    return xml_response(200, write_report({report_id(at), at.now, message->message_id, message->payment_information_id,
                                           "", "", std::move(doubles)}));
}

http::Response Payments::status(Counter& at, const std::string& message_id) {
    const db::Found message = at.tx.select(kFindMessage, {message_id});
    if (message.empty() || !at.tx.select(kUnseen, {message_id, to_us(at.now)}).empty() ||
        at.faults.take("lost_status", {{"message", message_id}}, at.now)) {
        return http::Response::text(404, "no such message");
    }
    if (!message.text(0, 2).empty()) return refused(at, message_id, message.text(0, 3));
    const bool late = at.faults.take("late_status", {{"message", message_id}}, at.now);
    const bool wrong = at.faults.take("wrong_echo", {{"message", message_id}}, at.now);
    Report report{report_id(at), at.now, message_id, message.text(0, 0), "", "", {}};
    const db::Found found = at.tx.select(kPaymentsOf, {message_id});
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 6));
        const Money amount = Money::of_minor(currency, found.integer(i, 7) + (wrong ? 1 : 0));
        ReportedPayment payment{found.text(i, 0), found.text(i, 1),        found.text(i, 2), found.text(i, 3),
                                found.text(i, 4), found.text(i, 5),        found.text(i, 6), amount.text(),
                                found.text(i, 8), found.integer(i, 9) != 0};
        if (late && payment.status == "ACSC") payment.status = "ACSP";
        report.payments.push_back(std::move(payment));
    }
    return xml_response(200, write_report(report));
}

/// The payee's account is kept by this bank too.
void Payments::credit_own_customer(Counter& at, const db::Found& due, std::size_t row, const Booking& debit) {
    const auto account = find_account(at.tx, due.text(row, 6));
    if (!account || account->currency != debit.amount.currency()) return;
    Booking credit = debit;
    credit.key += ":credit";
    credit.account = account->account;
    credit.is_credit = true;
    credit.code = kReceived;
    if (!book(at.tx, credit, at.now)) throw LogicError("the sandbox bank could not credit its own customer");
}

void Payments::send_elsewhere(Counter& at, const std::string& account, const Booking& debit) const {
    const auto bank = settings_.elsewhere.find(account);
    if (bank == settings_.elsewhere.end()) return;
    if (at.faults.take("transfer_lost", {{"reference", debit.end_to_end}}, at.now)) return;
    put_transfer(at.tx, bank->second, account, debit.key, debit, at.now);
}

void Payments::execute(Counter& at, const db::Found& due, std::size_t row) {
    const std::string& reference = due.text(row, 0);
    const std::map<std::string, std::string> about{
        {"reference", reference},
        {"message", due.text(row, 1)},
        {"account", due.text(row, 2)},
        {"to", settings_.elsewhere.contains(due.text(row, 6)) ? "other_bank" : "payee"}};
    if (at.faults.take("reject", about, at.now)) {
        at.tx.execute(kRejected, {text_or(at.faults.parameter("code"), "AC04"), reference});
        return;
    }
    const Money amount = Money::of_minor(Currency::known(due.text(row, 3)), due.integer(row, 4));
    Booking booking{.key = "payment:" + reference,
                    .account = due.text(row, 2),
                    .amount = amount,
                    .is_credit = false,
                    .code = due.text(row, 5) == "CN" ? kIssuedHome : kIssued,
                    .end_to_end = reference,
                    .narrative = "PAYMENT " + due.text(row, 1),
                    .value_date = Date::in_shanghai(at.now),
                    .return_reason = "",
                    .instructed = std::nullopt,
                    .may_overdraw = false};
    const Result<std::string> booked = book(at.tx, booking, at.now);
    if (!booked) {
        at.tx.execute(kRejected, {"AM04", reference});
        return;
    }
    credit_own_customer(at, due, row, booking);
    if (at.faults.take("duplicate_payout", about, at.now)) {
        booking.key += ":again";
        booking.may_overdraw = true;
        if (!book(at.tx, booking, at.now)) throw LogicError("the sandbox bank could not pay twice");
        send_elsewhere(at, due.text(row, 6), booking);
    }
    if (at.faults.take("charge", about, at.now)) {
        const std::int64_t charge = at.faults.number("minor", 1500);
        const Booking taken{.key = "charge:" + reference,
                            .account = booking.account,
                            .amount = Money::of_minor(amount.currency(), charge),
                            .is_credit = false,
                            .code = kCharge,
                            .end_to_end = reference,
                            .narrative = "CHARGE FOR PAYMENT " + reference,
                            .value_date = booking.value_date,
                            .return_reason = "",
                            .instructed = std::nullopt,
                            .may_overdraw = true};
        if (!book(at.tx, taken, at.now)) throw LogicError("the sandbox bank could not take its charge");
    }
    std::int64_t return_at = 0;
    std::int64_t charge = 0;
    std::string reason;
    if (at.faults.take("return_next_day", about, at.now)) {
        return_at = to_us(Date::in_shanghai(at.now).plus_days(1).at_shanghai(kReturnHour));
        charge = at.faults.number("minor", 0);
        reason = text_or(at.faults.parameter("code"), "AC04");
    }
    booking.key = "payment:" + reference;
    if (return_at == 0) send_elsewhere(at, due.text(row, 6), booking);
    at.tx.execute(kExecuted, {*booked, return_at, charge, reason, reference});
}

void Payments::return_payments(Counter& at) {
    const db::Found found = at.tx.select(kReturning, {at.now});
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Money sent = Money::of_minor(Currency::known(found.text(i, 2)), found.integer(i, 3));
        const Money net = sent - Money::of_minor(sent.currency(), found.integer(i, 4));
        const Booking back{.key = "return:" + found.text(i, 0),
                           .account = found.text(i, 1),
                           .amount = net,
                           .is_credit = true,
                           .code = kReturned,
                           .end_to_end = found.text(i, 0),
                           .narrative = "RETURN OF " + found.text(i, 0),
                           .value_date = Date::in_shanghai(at.now),
                           .return_reason = found.text(i, 5),
                           .instructed = sent,
                           .may_overdraw = false};
        if (!book(at.tx, back, at.now)) throw LogicError("the sandbox bank could not return a payment");
        at.tx.execute(kReturnDone, {found.text(i, 0)});
    }
}

void Payments::due(Counter& at) {
    const db::Found found = at.tx.select(kDue, {at.now});
    for (std::size_t i = 0; i < found.size(); ++i) execute(at, found, i);
    return_payments(at);
}

void Payments::write_books(db::Reader& reader, http::JsonWriter& json) {
    json.key("payments").open_array();
    const db::Found found = reader.select(kSums);
    for (std::size_t i = 0; i < found.size(); ++i) {
        json.open_object().field("status", found.text(i, 1)).field("count", found.integer(i, 2));
        json.field("sum", Money::of_minor(Currency::known(found.text(i, 0)), found.integer(i, 3))).close_object();
    }
    json.close_array();
}

}  // namespace huiqiao::sandbox::bank
