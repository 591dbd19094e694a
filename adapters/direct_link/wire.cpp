#include "adapters/direct_link/wire.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace huiqiao::direct_link {

namespace {

struct CurrencyCode {
    std::string_view code;
    std::string_view iso;
};
constexpr std::array kCurrencies{CurrencyCode{"10", "CNY"}, CurrencyCode{"21", "HKD"}, CurrencyCode{"29", "AUD"},
                                 CurrencyCode{"32", "USD"}, CurrencyCode{"35", "EUR"}, CurrencyCode{"39", "CAD"},
                                 CurrencyCode{"43", "GBP"}, CurrencyCode{"65", "JPY"}, CurrencyCode{"69", "SGD"},
                                 CurrencyCode{"87", "CHF"}};
constexpr std::string_view kCny = "10";
constexpr std::size_t kMostRows = 1000;
constexpr std::int64_t kMostCnyE10 = 1'000'000'000'000'000;  // CNY 100,000 a unit: no currency costs that

std::string code_or_refuse(Currency currency) {
    const auto code = code_of(currency);
    if (!code) throw LogicError("the direct link has no code for " + std::string(currency.code()));
    return std::string(*code);
}

std::string eight_digits(const Date& date) {
    return std::to_string(date.number());
}

Request request(std::string_view function, const DirectLinkSettings& settings, const std::string& serial) {
    return Request{function, settings.user, serial, {}};
}

Request write(const fx::AskRates& ask, const DirectLinkSettings& settings) {
    Request out = request("NTEXRQAB", settings, ask.reference);
    out.blocks = {
        {"NTEXRQABX",
         {{"CLTNBR", settings.client}, {"ACCNBR", settings.account}, {"CCYNBR", std::string(kCny)}, {"RSV50Z", ""}}}};
    return out;
}

Request write(const fx::LockOrder& order, const DirectLinkSettings& settings) {
    Request out = request("NTOPREXB", settings, order.reference);
    const bool cny_fixed = order.fixed_side == fx::FixedSide::Cny;
    Fields fields{{"YURREF", part_of(order.reference).purchase}, {"BUYBBK", settings.branch}};
    if (!cny_fixed) fields.emplace_back("BUYAMT", order.amount.text());
    fields.insert(fields.end(), {{"BUYCCY", code_or_refuse(order.rate.base())},
                                 {"BUYACC", order.foreign_account},
                                 {"SELBBK", settings.branch}});
    if (cny_fixed) fields.emplace_back("SELAMT", order.amount.text());
    fields.insert(fields.end(), {{"SELCCY", std::string(kCny)},
                                 {"SELACC", order.cny_account},
                                 {"SRCNAT", "310"},
                                 {"TRSCOD", "122030"},
                                 {"SPLFLG", "1"},
                                 {"EXCTYP", "300"},
                                 {"EXCTY2", "310"},
                                 {"VALDAT", eight_digits(order.value_date)},
                                 {"ALLCNT", std::to_string(order.details)}});
    out.blocks = {{"NTOPREXBX", std::move(fields)}};
    return out;
}

Request write(const fx::DetailRound& round, const DirectLinkSettings& settings) {
    Request out = request("NTPAYVEN", settings, round.reference);
    out.blocks.push_back({"NTPAYVENX",
                          {{"YURREF", part_of(round.reference).purchase},
                           {"REQNBR", round.record_reference},
                           {"CALTYP", "0"},
                           {"ALLCNT", std::to_string(round.all_rows)},
                           {"LODCNT", std::to_string(round.rows.size())},
                           {"LODSEQ", std::to_string(round.round)}}});
    for (const fx::DetailRound::Row& row : round.rows) {
        out.blocks.push_back({"NTPAYVENY",
                              {{"EVTSEQ", std::to_string(row.line_no)},
                               {"TRSCCY", code_or_refuse(row.amount.currency())},
                               {"TRSAMT", row.amount.text()}}});
    }
    return out;
}

Request write(const fx::PurchaseOrder& order, const DirectLinkSettings& settings) {
    Request out = request("NTSBMEXC", settings, order.reference);
    out.blocks = {{"NTSBMEXCX", {{"YURREF", order.reference}, {"REQNBR", order.lock_reference}}}};
    return out;
}

Request list(const std::string& reference, const DirectLinkSettings& settings) {
    Request out = request("NTLSTJSH", settings, reference);
    out.blocks = {{"NTLSTJSHX", {{"YURREF", part_of(reference).purchase}}}};
    return out;
}
Request write(const fx::AskLock& ask, const DirectLinkSettings& settings) {
    return list(ask.reference, settings);
}
Request write(const fx::AskPurchase& ask, const DirectLinkSettings& settings) {
    return list(ask.reference, settings);
}

std::optional<int> whole(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && value >= 0 && value <= 1'000'000;
    return good ? std::optional(value) : std::nullopt;
}

std::optional<Date> date_of(const std::string& text) {
    if (text.size() != 8) return std::nullopt;
    const Result<Date> date = Date::parse(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6));
    return date ? std::optional(*date) : std::nullopt;
}

/// "0" and "0.0000" are no prices: Rate::parse refuses them, and signs with them.
std::optional<Rate> rate_of(Currency base, int unit, const std::string& text) {
    if (base.code() == "CNY" || (unit != 1 && unit != 100)) return std::nullopt;
    const Result<Rate> read = Rate::parse(base, Currency::known("CNY"), unit, text);
    return read && read->rate_e10() <= kMostCnyE10 ? std::optional(*read) : std::nullopt;
}

/// Halfway between two prices of at most 7 decimals, exact at 8.
std::string middle_of(const Rate& low, const Rate& high) {
    const std::int64_t per_unit = (low.rate_e10() + high.rate_e10()) / 2 * low.unit_base();
    std::string text = std::to_string(per_unit / 10'000'000'000);
    std::string decimals = std::to_string(per_unit % 10'000'000'000);
    decimals.insert(0, 10 - decimals.size(), '0');
    return text + "." + decimals.substr(0, 8);
}

Error bad_board(std::string_view currency, std::string_view field) {
    return Error(direct_link_error::kBadBoard, {{"currency", std::string(currency)}, {"field", std::string(field)}});
}

Result<fx::BoardLine> line_of(const xml::Node& row, Currency currency, std::chrono::seconds rates_last) {
    const std::string_view name = currency.code();
    // An inverted pair would be CNY as the currency that is traded.
    if (name == "CNY") return bad_board(name, "CCYNBR");
    if (field(row, "CCYEXC") != std::string(kCny)) return bad_board(name, "CCYEXC");
    const std::optional<int> unit = whole(field(row, "RATBAS").value_or(""));
    if (!unit || (*unit != 1 && *unit != 100)) return bad_board(name, "RATBAS");
    const std::optional<Rate> bid = rate_of(currency, *unit, field(row, "RTHBID").value_or(""));
    if (!bid) return bad_board(name, "RTHBID");
    const std::optional<Rate> offer = rate_of(currency, *unit, field(row, "RTHOFR").value_or(""));
    if (!offer) return bad_board(name, "RTHOFR");
    const std::string tradable = field(row, "RATSTS").value_or("");
    if (tradable != "Y" && tradable != "N") return bad_board(name, "RATSTS");
    const std::string date = field(row, "RATDAT").value_or("");
    const std::string time = field(row, "RATTIM").value_or("");
    const Result<Instant> quoted_at = parse_shanghai_14(date + time);
    if (date.size() != 8 || !quoted_at) return bad_board(name, "RATTIM");
    const std::optional<Rate> mid = rate_of(currency, *unit, middle_of(*bid, *offer));
    if (!mid) return bad_board(name, "RTHBID");
    std::string named = date;
    named.append("-").append(time);
    return fx::BoardLine{*bid, *offer, *mid, tradable == "Y", *quoted_at + rates_last, std::move(named)};
}

/// The deal's own fields, by the names that the function gives them.
struct DealNames {
    std::string_view rate;
    std::string_view bought;
    std::string_view sold;
};

std::string read_deal(const xml::Node& row, const DealNames& names, Record& record) {
    if (field(row, "JSHCOD") != std::string("EXBT")) return "JSHCOD";
    if (field(row, "SELCCY") != std::string(kCny)) return "SELCCY";
    const std::optional<Currency> currency = currency_of(field(row, "BUYCCY").value_or(""));
    if (!currency || currency->code() == "CNY") return "BUYCCY";
    const std::optional<int> unit = whole(field(row, "RATBAS").value_or(""));
    if (!unit) return "RATBAS";
    const std::optional<Rate> rate = rate_of(*currency, *unit, field(row, names.rate).value_or(""));
    if (!rate) return std::string(names.rate);
    const Result<Money> bought = Money::parse(*currency, field(row, names.bought).value_or(""));
    if (!bought || !bought->is_positive()) return std::string(names.bought);
    const Result<Money> sold = Money::parse(Currency::known("CNY"), field(row, names.sold).value_or(""));
    if (!sold || !sold->is_positive()) return std::string(names.sold);
    const std::optional<Date> date = date_of(field(row, "OPRDAT").value_or(""));
    if (!date) return "OPRDAT";
    record.deal = fx::Deal{record.deal_no, *sold, *bought, *rate, *date};
    return "";
}

}  // namespace

std::optional<std::string_view> code_of(Currency currency) {
    const auto* found = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                     [&](const CurrencyCode& each) { return each.iso == currency.code(); });
    return found == kCurrencies.end() ? std::nullopt : std::optional(found->code);
}

std::optional<Currency> currency_of(std::string_view code) {
    const auto* found = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                     [&](const CurrencyCode& each) { return each.code == code; });
    return found == kCurrencies.end() ? std::nullopt : std::optional(Currency::known(found->iso));
}

PartOf part_of(const std::string& reference) {
    const std::size_t dash = reference.rfind('-');
    if (dash == std::string::npos) return {reference, 0};
    const std::optional<int> part = whole(std::string_view(reference).substr(dash + 1));
    return part ? PartOf{reference.substr(0, dash), *part} : PartOf{reference, 0};
}

std::string write_message(const fx::Message& message, const DirectLinkSettings& settings) {
    return write_request(std::visit([&](const auto& one) { return write(one, settings); }, message), settings.charset);
}

Result<std::vector<fx::BoardLine>> read_board(const Answer& answer, std::chrono::seconds rates_last) {
    std::vector<fx::BoardLine> lines;
    std::set<std::string> seen;
    for (const xml::Node& row : answer.rows("NTEXRQABZ")) {
        const std::string code = field(row, "CCYNBR").value_or("");
        if (code.empty()) return bad_board("?", "CCYNBR");
        if (!seen.insert(code).second) return bad_board(code, "CCYNBR");
        const std::optional<Currency> currency = currency_of(code);
        if (!currency) continue;
        Result<fx::BoardLine> line = line_of(row, *currency, rates_last);
        if (!line) return line.error();
        lines.push_back(std::move(line).value());
    }
    return lines;
}

Result<std::vector<Record>> read_records(const Answer& answer) {
    constexpr DealNames kDealt{"AGRRAT", "BUYAMT", "SELAMT"};
    constexpr DealNames kListed{"EXGRAT", "RCVAMT", "OUTAMT"};
    constexpr std::array<std::string_view, 4> kFunctions{"NTOPREXB", "NTPAYVEN", "NTSBMEXC", "NTLSTJSH"};
    const auto bad = [](std::string_view name) {
        return Error(direct_link_error::kBadEnvelope, {{"field", std::string(name)}});
    };
    if (std::find(kFunctions.begin(), kFunctions.end(), answer.function) == kFunctions.end()) return bad("FUNNAM");
    const DealNames& names = answer.function == "NTLSTJSH" ? kListed : kDealt;
    const std::string row_name = answer.function + "Z";
    std::vector<Record> records;
    for (const xml::Node& row : answer.rows(row_name)) {
        Record record;
        const auto reference = field(row, "YURREF");
        const auto state = field(row, "REQSTS");
        if (!reference || reference->empty()) return bad("YURREF");
        if (!state || state->empty()) return bad("REQSTS");
        if (records.size() == kMostRows) return bad(row_name);
        record.reference = *reference;
        record.state = *state;
        record.number = field(row, "REQNBR").value_or("");
        record.ending = field(row, "RTNFLG").value_or("");
        record.code = field(row, "ERRCOD").value_or("");
        record.text = field(row, "ERRTXT").value_or("");
        record.rounds = whole(field(row, "LODSEQ").value_or("")).value_or(0);
        record.deal_no = field(row, "EXCNBR").value_or("");
        if (!record.deal_no.empty()) record.deal_fault = read_deal(row, names, record);
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace huiqiao::direct_link
