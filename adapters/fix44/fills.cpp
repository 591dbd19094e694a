#include "adapters/fix44/fills.h"

#include <algorithm>
#include <array>
#include <set>

#include "adapters/fix44/tags.h"

namespace huiqiao::fix44 {

namespace {

// Of 103, where the order was not taken up and never will be. Not among them: 5 unknown order (the answer to a query
// that ran ahead), 6 and 7 duplicate (there is one), 99 other.
constexpr std::array<std::string_view, 9> kFinalRefusals{"0", "1", "2", "3", "4", "8", "11", "13", "15"};

// Of 150: new, cancelled, rejected, pending new, expired, trade, order status.
constexpr std::array<std::string_view, 7> kReadTypes{"0", "4", "8", "A", "C", "F", "I"};

bool is_listed(std::span<const std::string_view> list, std::string_view code) {
    return std::find(list.begin(), list.end(), code) != list.end();
}

/// The counter amount is the quantity at the price; the bank rounds its own way, and an average is itself rounded.
bool fits(const Money& quantity, const Rate& price, const Money& counter) {
    const Result<Money> expected = convert(quantity, price, Rounding::HalfUp);
    if (!expected) return false;
    const std::int64_t off = expected->minor() - counter.minor();
    const std::int64_t most = 2 + counter.minor() / 10'000'000;
    return off <= most && -off <= most;
}

std::string differs(const Report& report, const Message& message, const Message& order) {
    for (const int field : {tag::kSymbol, tag::kCurrency, tag::kSide}) {
        if (message.only(field) != order.only(field))
            return "field " + std::to_string(field) + " is not what was ordered";
    }
    const std::optional<Money> ordered = quantity_of(report.quantity.currency(), order.only(tag::kOrderQty));
    if (ordered != report.quantity) return "the quantity is not what was ordered";
    if (message.only(tag::kSettlDate) != order.only(tag::kSettlDate)) return "the value date is not the one ordered";
    return "";
}

struct Reports {
    std::vector<Report> all;  // each ExecID once; status reports have none of their own
    std::string fault;
};

Reports collect(const std::string& reference, const std::vector<Message>& messages, const Message* order, SideOf side) {
    Reports reports;
    std::set<std::string> seen;
    for (const Message& message : messages) {
        if (message.type() == "j" || message.type() == "3") return {{}, "the bank could not read the message"};
        if (message.type() != "8") return {{}, "a message that is no execution report"};
        ReportOrFault read = read_report(message, reference, side);
        if (!read.report) return {{}, std::move(read.fault)};
        if (!is_listed(kReadTypes, read.report->exec_type)) return {{}, "an execution of a kind that is not read"};
        // A refusal need not repeat the order.
        const bool refused = read.report->status == "8" && read.report->cumulated.is_zero();
        if (order != nullptr && !refused) {
            if (std::string why = differs(*read.report, message, *order); !why.empty()) return {{}, std::move(why)};
        }
        if (read.report->exec_type != "I" && !seen.insert(read.report->exec_id).second) continue;
        reports.all.push_back(std::move(*read.report));
    }
    if (reports.all.empty()) reports.fault = "no report on the order";
    return reports;
}

/// The counter amount of all that was dealt; nullopt where the reports do not add up.
std::optional<Money> counter_of(const std::vector<Report>& reports, const Report& last) {
    if (last.exec_type == "I") return last.counter;
    std::optional<Money> dealt;
    std::optional<Money> counter;
    for (const Report& report : reports) {
        if (report.exec_type != "F") continue;
        if (!report.last || !report.last_price || !report.counter || !report.last->is_positive()) return std::nullopt;
        if (!fits(*report.last, *report.last_price, *report.counter)) return std::nullopt;
        if (dealt &&
            (dealt->currency() != report.last->currency() || counter->currency() != report.counter->currency()))
            return std::nullopt;
        const Result<Money> sum = dealt ? dealt->plus(*report.last) : Result<Money>(*report.last);
        const Result<Money> other = counter ? counter->plus(*report.counter) : Result<Money>(*report.counter);
        if (!sum || !other) return std::nullopt;
        dealt = *sum;
        counter = *other;
    }
    return dealt && dealt->currency() == last.cumulated.currency() && *dealt == last.cumulated ? counter : std::nullopt;
}

void read_deal(const std::vector<Report>& reports, const Report& last, fx::PurchaseReading& reading) {
    const std::optional<Money> counter = counter_of(reports, last);
    if (!counter || !counter->is_positive() || !last.average || !last.value_date ||
        !fits(last.cumulated, *last.average, *counter)) {
        reading.answer.reason = "the fills, prices and counter amounts do not agree";
        return;
    }
    const bool in_foreign = last.cumulated.currency() == last.foreign;
    const Money foreign = in_foreign ? last.cumulated : *counter;
    const Money cny = in_foreign ? *counter : last.cumulated;
    reading.answer.outcome = Outcome::Confirmed;
    reading.answer.their_reference = last.order_id;
    reading.answer.amount = foreign;
    reading.deal = fx::Deal{last.order_id, cny, foreign, *last.average, *last.value_date};
}

}  // namespace

fx::PurchaseReading read_fills(const std::string& reference, const std::vector<Message>& messages, const Message* order,
                               SideOf side) {
    fx::PurchaseReading reading{InstructionAnswer{reference, Outcome::Unknown, "", std::nullopt, "", ""}, std::nullopt};
    const Reports reports = collect(reference, messages, order, side);
    reading.answer.reason = reports.fault;
    if (!reports.fault.empty()) return reading;
    // What is sent again may come behind what it came before, so the most that was dealt tells which report is last.
    const Report* last = &reports.all.front();
    for (const Report& report : reports.all) {
        if (report.cumulated.currency() != last->cumulated.currency()) {
            reading.answer.reason = "the reports are in two currencies";
            return reading;
        }
        if (report.cumulated >= last->cumulated) last = &report;
    }
    reading.answer.reason_code = last->reject_reason;
    const std::string& status = last->status;
    const bool nothing_dealt = last->cumulated.is_zero();
    if (status == "2" || ((status == "4" || status == "C") && !nothing_dealt)) {
        read_deal(reports.all, *last, reading);
    } else if (status == "4" || status == "C") {
        reading.answer.outcome = Outcome::RejectedFinal;
        reading.answer.reason = "the bank ended the order without a deal";
    } else if (status == "8" && nothing_dealt && is_listed(kFinalRefusals, last->reject_reason)) {
        reading.answer.outcome = Outcome::RejectedFinal;
        reading.answer.reason = "the bank refuses the order";
    } else if (status == "0" || status == "1" || status == "A") {
        reading.answer.outcome = Outcome::Accepted;
    } else {
        reading.answer.reason = "a state that is not read: " + status;
    }
    return reading;
}

}  // namespace huiqiao::fix44
