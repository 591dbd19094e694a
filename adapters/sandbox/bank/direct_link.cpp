#include "adapters/sandbox/bank/direct_link.h"

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/fx_deals.h"
#include "adapters/sandbox/bank/fx_fill.h"

#include <array>
#include <charconv>

namespace huiqiao::sandbox::bank {

namespace {

using http::Response;

constexpr std::string_view kPath = "/direct-link";
constexpr int kMostRows = 100;
constexpr std::string_view kRefused = "-9";
constexpr std::chrono::seconds kRejectsAfter{60};
constexpr std::chrono::hours kStays{1};

struct Code {
    std::string_view code;
    std::string_view iso;
};
constexpr std::array kCodes{Code{"10", "CNY"}, Code{"21", "HKD"}, Code{"29", "AUD"}, Code{"32", "USD"},
                            Code{"35", "EUR"}, Code{"39", "CAD"}, Code{"43", "GBP"}, Code{"65", "JPY"},
                            Code{"69", "SGD"}, Code{"87", "CHF"}};

std::optional<Currency> currency_by(std::string_view code) {
    for (const Code& each : kCodes) {
        if (each.code == code) return Currency::known(each.iso);
    }
    return std::nullopt;
}
std::string code_by(std::string_view iso) {
    for (const Code& each : kCodes) {
        if (each.iso == iso) return std::string(each.code);
    }
    return "";
}

int number_in(const std::string& text) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

std::string eight_digits(Instant now) {
    return std::to_string(Date::in_shanghai(now).number());
}

/// The price as F(11,7): four decimals are exact.
std::string seven_decimals(std::int64_t price_e4) {
    return price_text(price_e4) + "000";
}

void refuse(DirectAnswer& answer, std::string text) {
    answer.code = kRefused;
    answer.text = std::move(text);
}

bool takes_effect(const std::string& function) {
    return function == "NTOPREXB" || function == "NTPAYVEN" || function == "NTSBMEXC";
}

}  // namespace

void DirectLinkFront::create_tables(db::Tx& tx) {
    create_fx_tables(tx);
    create_direct_tables(tx);
}

std::vector<std::string> DirectLinkFront::faults() const {
    return {"direct_lost",        "direct_silent", "direct_encoding",      "direct_serial", "direct_value_date",
            "direct_drops_round", "direct_stays",  "direct_rejects_later", "direct_twice"};
}

std::optional<Response> DirectLinkFront::answer(Counter& at, const http::Request& request) {
    if (request.path != kPath || request.method != http::Method::Post) return std::nullopt;
    const std::optional<DirectRequest> asked = read_direct_request(request.body);
    const auto written = [&](const DirectAnswer& answer) {
        Response response{200, {}, write_direct_answer(answer, settings_.charset)};
        response.headers.set("content-type", "text/xml");
        return response;
    };
    if (!asked) {
        DirectAnswer answer;
        refuse(answer, "报文无法解析");
        return written(answer);
    }
    const std::map<std::string, std::string> about{
        {"function", asked->function}, {"reference", asked->field("YURREF")}, {"round", asked->field("LODSEQ")}};
    if (at.faults.take("direct_lost", about, at.now)) return Response{http::kNoAnswer, {}, ""};
    const DirectAnswer answer = carry_out(at, *asked);
    if (at.faults.take("direct_silent", about, at.now)) return Response{http::kNoAnswer, {}, ""};
    Response response = written(answer);
    if (at.faults.take("direct_encoding", about, at.now)) {
        // No byte of GBK and none of UTF-8 is FF.
        response.body.insert(response.body.find("<INFO>"), "\xFF\xFF");
    }
    return response;
}

DirectAnswer DirectLinkFront::carry_out(Counter& at, const DirectRequest& request) const {
    DirectAnswer answer{.function = request.function, .serial = request.serial, .code = "0", .text = "", .rows = {}};
    const std::map<std::string, std::string> about{
        {"function", request.function}, {"reference", request.field("YURREF")}, {"round", request.field("LODSEQ")}};
    if (takes_effect(request.function) &&
        (at.faults.take("direct_serial", about, at.now) || !take_serial(at.tx, request.serial))) {
        refuse(answer, "流水号重复");
        return answer;
    }
    if (request.function == "NTEXRQAB") {
        board(at, request, answer);
    } else if (request.function == "NTOPREXB") {
        open(at, request, answer);
    } else if (request.function == "NTPAYVEN") {
        take_round(at, request, answer);
    } else if (request.function == "NTSBMEXC") {
        deal(at, request, answer);
    } else if (request.function == "NTLSTJSH") {
        list(at, request, answer);
    } else {
        refuse(answer, "无此功能");
    }
    return answer;
}

void DirectLinkFront::board(Counter& at, const DirectRequest& request, DirectAnswer& answer) const {
    const std::int64_t minute = to_us(at.now) / 60'000'000;
    const bool jump = at.faults.take("fx_jump", {{"request", request.serial}}, at.now);
    const auto shown = [&](std::int64_t price) { return seven_decimals(jump ? price + price / 20 : price); };
    for (const Price& price : settings_.prices.board(minute)) {
        const std::string code = code_by(price.currency.code());
        if (code.empty()) continue;
        answer.rows.push_back({{"CCYNBR", code},
                               {"CCYEXC", "10"},
                               {"RATBAS", std::to_string(price.unit)},
                               {"RTHBID", shown(price.buying_e4)},
                               {"RTHOFR", shown(price.selling_e4)},
                               {"RATSTS", "Y"},
                               {"RATDAT", eight_digits(at.now)},
                               {"RATTIM", shanghai_14(at.now).substr(8)},
                               {"RATPNT", "4"},
                               {"RSV30Z", ""}});
    }
}

void DirectLinkFront::open(Counter& at, const DirectRequest& request, DirectAnswer& answer) const {
    const std::string reference = request.field("YURREF");
    const std::optional<Currency> bought = currency_by(request.field("BUYCCY"));
    const std::string fixed_cny = request.field("SELAMT");
    const std::string fixed_foreign = request.field("BUYAMT");
    if (!reference.starts_with("EXB") || reference.size() > 30 || !bought || request.field("SELCCY") != "10" ||
        fixed_cny.empty() == fixed_foreign.empty() || find_record(at.tx, reference)) {
        return refuse(answer, "母单要素有误或重复");
    }
    const Currency fixed = fixed_foreign.empty() ? Currency::known("CNY") : *bought;
    const Result<Money> amount = Money::parse(fixed, fixed_foreign.empty() ? fixed_cny : fixed_foreign);
    const int rows = number_in(request.field("ALLCNT"));
    if (!amount || !amount->is_positive() || rows < 1 || request.field("VALDAT") != eight_digits(at.now)) {
        return refuse(answer, "金额、笔数或起息日有误");
    }
    DirectRecord record{.reference = reference,
                        .number = "R" + std::to_string(500'000 + at.next_number("direct_record")),
                        .currency = std::string(bought->code()),
                        .cny_fixed = fixed_foreign.empty(),
                        .amount_minor = amount->minor(),
                        .cny_account = request.field("SELACC"),
                        .foreign_account = request.field("BUYACC"),
                        .value_date = Date::in_shanghai(at.now),
                        .all_rows = rows,
                        .rows_taken = 0,
                        .rounds = 0,
                        .taken_minor = 0,
                        .opened_at = at.now,
                        .shown = "",
                        .rejects_at = {}};
    insert_record(at.tx, record);
    answer.rows.push_back(row_of(at, record, false));
}

void DirectLinkFront::take_round(Counter& at, const DirectRequest& request, DirectAnswer& answer) const {
    std::optional<DirectRecord> record = find_record(at.tx, request.field("YURREF"));
    const int round = number_in(request.field("LODSEQ"));
    const auto rows = static_cast<int>(request.rows.size());
    if (!record || record->number != request.field("REQNBR") || round != record->rounds + 1 || rows < 1 ||
        rows > kMostRows || rows != number_in(request.field("LODCNT")) ||
        record->all_rows != number_in(request.field("ALLCNT"))) {
        return refuse(answer, "明细批次有误");
    }
    const Currency fixed = Currency::known(record->cny_fixed ? "CNY" : record->currency);
    std::int64_t sum = 0;
    int line = record->rows_taken;
    for (const DirectFields& row : request.rows) {
        const auto field = [&](const char* name) {
            const auto found = row.find(name);
            return found == row.end() ? std::string() : found->second;
        };
        const Result<Money> amount = Money::parse(fixed, field("TRSAMT"));
        if (!amount || field("TRSCCY") != code_by(fixed.code()) || number_in(field("EVTSEQ")) != ++line) {
            return refuse(answer, "明细内容有误");
        }
        sum += amount->minor();
    }
    record->rounds = round;
    const std::map<std::string, std::string> about{{"reference", record->reference}, {"round", std::to_string(round)}};
    if (!at.faults.take("direct_drops_round", about, at.now)) record->taken_minor += sum;
    record->rows_taken += rows;
    save_record(at.tx, *record);
    answer.rows.push_back(row_of(at, *record, false));
}

/// Why the record cannot be dealt at this price; empty where it can.
std::string DirectLinkFront::refusal(Counter& at, const DirectRecord& record, const std::optional<Price>& price) {
    const auto payer = find_account(at.tx, record.cny_account);
    const auto receiver = find_account(at.tx, record.foreign_account);
    if (at.faults.take("fx_reject", {{"reference", record.reference}}, at.now) || !price) return "CLOSED";
    if (record.rows_taken != record.all_rows || record.taken_minor != record.amount_minor) return "DETAIL";
    if (record.value_date != Date::in_shanghai(at.now)) return "VALDAT";
    const bool fits =
        payer && payer->currency.code() == "CNY" && receiver && receiver->currency.code() == record.currency;
    if (!fits) return "ACCNBR";
    const Money fixed =
        Money::of_minor(Currency::known(record.cny_fixed ? "CNY" : record.currency), record.amount_minor);
    return comes_to_something(fixed, receiver->currency, price->unit, price->selling_e4) ? "" : "AMOUNT";
}

/// Dealt, under way or refused: it stands with the dealing room's deals from now on.
void DirectLinkFront::order(Counter& at, DirectRecord& record) const {
    const std::map<std::string, std::string> about{{"reference", record.reference}, {"currency", record.currency}};
    const std::optional<Price> price = settings_.prices.price(record.currency, to_us(at.now) / 60'000'000);
    FxDealRow row{.reference = record.reference,
                  .body_hash = "",
                  .status = "rejected",
                  .deal_no = "",
                  .lock_reference = record.number,
                  .currency = record.currency,
                  .unit = price ? price->unit : 1,
                  .price_e4 = price ? price->selling_e4 : 0,
                  .cny_minor = 0,
                  .foreign_minor = 0,
                  .value_date = record.value_date,
                  .cny_account = record.cny_account,
                  .foreign_account = record.foreign_account,
                  .code = refusal(at, record, price),
                  .due_at = at.now,
                  .settled = false};
    if (!row.code.empty()) return insert_deal(at.tx, row);
    if (at.faults.take("direct_value_date", about, at.now)) row.value_date = row.value_date.plus_days(1);
    const Currency fixed = Currency::known(record.cny_fixed ? "CNY" : record.currency);
    fill(at, Money::of_minor(fixed, record.amount_minor), about, row);
    const auto under_way = [&](std::chrono::seconds until) {
        row.status = "processing";
        row.due_at = at.now + until;
    };
    const std::int64_t free =
        find_account(at.tx, record.cny_account)->balance.minor() - promised_cny(at.tx, record.cny_account);
    if (free < row.cny_minor && record.cny_fixed && row.cny_minor <= record.amount_minor) {
        row.code = "FUNDS";
    } else if (at.faults.take("direct_rejects_later", about, at.now)) {
        under_way(kStays);
        record.rejects_at = at.now + kRejectsAfter;
    } else if (at.faults.take("direct_stays", about, at.now)) {
        under_way(kStays);
        record.shown = at.faults.parameter("state");
    } else if (at.faults.take("fx_pending", about, at.now)) {
        under_way(std::chrono::seconds(60));
    } else {
        close_deal(at, row, settings_.settle_after);
    }
    insert_deal(at.tx, row);
    save_record(at.tx, record);
}

void DirectLinkFront::deal(Counter& at, const DirectRequest& request, DirectAnswer& answer) const {
    std::optional<DirectRecord> record = find_record(at.tx, request.field("YURREF"));
    if (!record || record->number != request.field("REQNBR")) return refuse(answer, "母单不存在");
    const bool is_live = at.now < record->opened_at + settings_.record_life;
    if (is_live && !find_deal(at.tx, record->reference)) order(at, *record);
    answer.rows.push_back(row_of(at, *record, false));
}

void DirectLinkFront::list(Counter& at, const DirectRequest& request, DirectAnswer& answer) const {
    const std::optional<DirectRecord> record = find_record(at.tx, request.field("YURREF"));
    if (!record) return;
    answer.rows.push_back(row_of(at, *record, true));
    if (at.faults.take("direct_twice", {{"reference", record->reference}}, at.now)) {
        answer.rows.push_back(row_of(at, *record, true));
        for (auto& [name, value] : answer.rows.back()) {
            if (name == "EXCNBR" && !value.empty()) value.append("B");
        }
    }
}

DirectRow DirectLinkFront::row_of(Counter& at, const DirectRecord& record, bool listed) const {
    const std::optional<FxDealRow> deal = find_deal(at.tx, record.reference);
    DirectRow row{{"YURREF", record.reference}, {"REQNBR", record.number}};
    const auto end = [&](std::string_view state, std::string_view flag, const std::string& code) {
        row.emplace_back("REQSTS", state);
        row.emplace_back("RTNFLG", flag);
        row.emplace_back("ERRCOD", code);
        row.emplace_back("ERRTXT", code.empty() ? "" : "交易被拒绝");
        row.emplace_back("LODSEQ", std::to_string(record.rounds));
    };
    if (!deal) {
        if (at.now >= record.opened_at + settings_.record_life) {
            end("FIN", "D", "EXPIRED");
        } else {
            end(record.rows_taken == record.all_rows ? "NTE" : "OPR", "", "");
        }
        return row;
    }
    if (deal->status == "rejected") {
        end("FIN", "F", deal->code.empty() ? "REFUSED" : deal->code);
        return row;
    }
    if (deal->status == "processing") {
        end(record.shown.empty() ? "BNK" : record.shown, "", "");
        return row;
    }
    end("FIN", "S", "");
    const Money bought = Money::of_minor(Currency::known(deal->currency), deal->foreign_minor);
    row.insert(row.end(),
               {{"JSHCOD", "EXBT"},
                {"OPRDAT", std::to_string(deal->value_date.number())},
                {listed ? "EXGRAT" : "AGRRAT", seven_decimals(deal->price_e4)},
                {"RATBAS", std::to_string(deal->unit)},
                {"BUYCCY", code_by(deal->currency)},
                {listed ? "RCVAMT" : "BUYAMT", bought.text()},
                {"SELCCY", "10"},
                {listed ? "OUTAMT" : "SELAMT", Money::of_minor(Currency::known("CNY"), deal->cny_minor).text()},
                {"EXCNBR", deal->deal_no}});
    return row;
}

void DirectLinkFront::due(Counter& at) {
    for (DirectRecord& record : rejecting_records(at.tx, at.now)) {
        record.rejects_at = {};
        save_record(at.tx, record);
        std::optional<FxDealRow> deal = find_deal(at.tx, record.reference);
        if (!deal || deal->status != "processing") continue;
        deal->status = "rejected";
        save_deal(at.tx, *deal);
    }
}

void DirectLinkFront::write_books(db::Reader& reader, http::JsonWriter& json) {
    json.key("direct_records").open_array();
    for (const DirectRecord& record : all_records(reader)) {
        json.open_object()
            .field("reference", record.reference)
            .field("rounds", static_cast<std::int64_t>(record.rounds))
            .field("rows", static_cast<std::int64_t>(record.rows_taken))
            .close_object();
    }
    json.close_array();
}

}  // namespace huiqiao::sandbox::bank
