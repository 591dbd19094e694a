#include "fx/reference_rate.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "fx/rate_distance.h"
#include "src/base/lines.h"

namespace huiqiao::fx {

namespace {

constexpr std::string_view kParityHeading = "date,base,quote,unit,price,source";
constexpr std::string_view kBoardHeading =
    "published_at,base,quote,unit,spot_buying,cash_buying,spot_selling,cash_selling,middle,source";
constexpr std::size_t kParityColumns = 6;
constexpr std::size_t kBoardColumns = 10;
constexpr std::size_t kMostFigures = 20'000;
constexpr std::size_t kLongestSource = 40;

constexpr std::array<std::pair<ReferenceKind, std::string_view>, 6> kKinds{
    {{ReferenceKind::Parity, "parity"},
     {ReferenceKind::SpotBuying, "spot_buying"},
     {ReferenceKind::CashBuying, "cash_buying"},
     {ReferenceKind::SpotSelling, "spot_selling"},
     {ReferenceKind::CashSelling, "cash_selling"},
     {ReferenceKind::Middle, "middle"}}};

using Cells = std::vector<std::string_view>;

Error bad(int line, std::string why) {
    return Error(reference_error::kBadFigure, {{"line", std::to_string(line)}, {"why", std::move(why)}});
}

std::string pair_text(const Rate& rate) {
    return std::string(rate.base().code()) + "/" + std::string(rate.quote().code());
}

Cells cells_of(std::string_view line) {
    Cells cells;
    for (;;) {
        const std::size_t comma = line.find(',');
        cells.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return cells;
        line.remove_prefix(comma + 1);
    }
}

/// What both kinds of line have: the pair, the unit and the source.
struct Head {
    Currency base;
    Currency quote;
    int unit = 1;
    std::string source;
};

Result<Head> read_head(const Cells& cells, int line) {
    const Result<Currency> base = Currency::find(cells[1]);
    const Result<Currency> quote = Currency::find(cells[2]);
    if (!base || !quote) return bad(line, "no such currency");
    if ((base->code() == "CNY") == (quote->code() == "CNY"))
        return bad(line, "the pair is not one of a foreign currency against CNY");
    if (cells[3] != "1" && cells[3] != "100") return bad(line, "the unit must be 1 or 100");
    const std::string_view source = cells.back();
    const bool is_name =
        std::all_of(source.begin(), source.end(), [](char c) { return c > ' ' && c < 127 && c != '|'; });
    if (source.empty() || source.size() > kLongestSource || !is_name)
        return bad(line, "the source must be 1 to 40 printable ASCII characters without spaces");
    return Head{*base, *quote, cells[3] == "1" ? 1 : 100, std::string(source)};
}

Result<ReferenceRate> read_price(const Head& head, ReferenceKind kind, std::string_view text, Instant at, int line) {
    const Result<Rate> price = Rate::parse(head.base, head.quote, head.unit, text);
    if (!price) return bad(line, "a price is missing, or not greater than zero");
    return ReferenceRate{kind, head.source, *price, at, line};
}

Status read_parity(const Cells& cells, int line, ReferenceFile& file) {
    if (cells.size() != kParityColumns) return bad(line, "six columns are wanted");
    const Result<Head> head = read_head(cells, line);
    if (!head) return head.error();
    const Result<Date> date = Date::parse(cells[0]);
    if (!date) return bad(line, "the date must have the form 2026-11-20");
    Result<ReferenceRate> rate = read_price(*head, ReferenceKind::Parity, cells[4], date->at_shanghai(9, 15), line);
    if (!rate) return rate.error();
    file.rates.push_back(*std::move(rate));
    return Done{};
}

/// The bank buys below its middle and sells above it; a pair written the other way round is no board's.
Status check_order(std::span<const ReferenceRate> line_rates, int line) {
    const auto of = [&](ReferenceKind kind) -> const Rate& {
        return std::find_if(line_rates.begin(), line_rates.end(), [&](const auto& each) { return each.kind == kind; })
            ->price;
    };
    const Rate& middle = of(ReferenceKind::Middle);
    for (const ReferenceRate& each : line_rates) {
        if (is_hundredfold(each.price, middle)) {
            return Error(reference_error::kFigureScale, {{"line", std::to_string(line)},
                                                         {"pair", pair_text(each.price)},
                                                         {"price", each.price.per_one()},
                                                         {"known", middle.per_one()}});
        }
    }
    if (of(ReferenceKind::SpotBuying).rate_e10() > middle.rate_e10() ||
        middle.rate_e10() > of(ReferenceKind::SpotSelling).rate_e10())
        return bad(line, "the board is crossed: it must buy below its middle and sell above it");
    return Done{};
}

Status read_board(const Cells& cells, int line, ReferenceFile& file) {
    if (cells.size() != kBoardColumns) return bad(line, "ten columns are wanted");
    const Result<Head> head = read_head(cells, line);
    if (!head) return head.error();
    if (head->quote.code() != "CNY") return bad(line, "a board's pair has CNY second");
    const Result<Instant> at = parse_rfc3339(cells[0]);
    if (!at) return bad(line, "the time must have the form 2026-11-20T06:12:01Z");
    constexpr std::array kColumns{ReferenceKind::SpotBuying, ReferenceKind::CashBuying, ReferenceKind::SpotSelling,
                                  ReferenceKind::CashSelling, ReferenceKind::Middle};
    std::vector<ReferenceRate> rates;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        const std::string_view text = cells[4 + i];
        const bool is_cash = kColumns[i] == ReferenceKind::CashBuying || kColumns[i] == ReferenceKind::CashSelling;
        if (text.empty() && is_cash) continue;
        Result<ReferenceRate> rate = read_price(*head, kColumns[i], text, *at, line);
        if (!rate) return rate.error();
        rates.push_back(*std::move(rate));
    }
    if (const Status ordered = check_order(rates, line); !ordered) return ordered;
    std::move(rates.begin(), rates.end(), std::back_inserter(file.rates));
    return Done{};
}

}  // namespace

std::string_view to_text(ReferenceKind kind) {
    for (const auto& [known, text] : kKinds) {
        if (known == kind) return text;
    }
    throw LogicError("an enumerator without a text");
}

ReferenceKind reference_kind_from_text(std::string_view text) {
    for (const auto& [kind, known] : kKinds) {
        if (known == text) return kind;
    }
    throw LogicError("'" + std::string(text) + "' is no kind of reference rate");
}

Currency ReferenceRate::currency() const {
    return price.quote().code() == "CNY" ? price.base() : price.quote();
}

ReferenceFile read_reference_file(std::string_view csv) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (csv.starts_with(kByteOrderMark)) csv.remove_prefix(kByteOrderMark.size());
    ReferenceFile file;
    std::string_view heading;
    for (Lines lines(csv); lines.next();) {
        const std::string_view line = lines.line();
        const int line_no = lines.number();
        if (line.empty() || line.front() == '#') continue;
        if (heading.empty()) {
            if (line != kParityHeading && line != kBoardHeading) break;
            heading = line;
            continue;
        }
        const Status read = heading == kParityHeading ? read_parity(cells_of(line), line_no, file)
                                                      : read_board(cells_of(line), line_no, file);
        if (!read) file.faults.push_back(read.error());
    }
    if (heading.empty()) file.faults.emplace_back(reference_error::kNoReferenceFile);
    if (file.rates.size() > kMostFigures)
        file.faults.emplace_back(Error(reference_error::kTooManyFigures, {{"most", std::to_string(kMostFigures)}}));
    return file;
}

Status check_reference(const ReferenceRate& figure, const Rate& known) {
    if (is_within(figure.price, known, kMostOffKnown_bp)) return Done{};
    return Error(is_hundredfold(figure.price, known) ? reference_error::kFigureScale : reference_error::kFigureOff,
                 {{"line", std::to_string(figure.line)},
                  {"pair", pair_text(figure.price)},
                  {"price", figure.price.per_one()},
                  {"known", known.per_one() + " " + pair_text(known)}});
}

}  // namespace huiqiao::fx
