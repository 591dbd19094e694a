#include "fx/cut_offs.h"

#include <algorithm>
#include <array>

#include "src/base/lines.h"

namespace huiqiao::fx {

namespace {

constexpr std::string_view kHeading = "bank,operation,currency,tenor,date,time,zone";
constexpr std::array kTenors{Tenor::Today, Tenor::Tomorrow, Tenor::Spot};
constexpr std::size_t kColumns = 7;

Error bad_line(int line, std::string why) {
    return Error(cut_off_error::kBadCutOffs, {{"line", std::to_string(line)}, {"why", std::move(why)}});
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t comma = line.find(',');
        cells.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return cells;
        line.remove_prefix(comma + 1);
    }
}

std::optional<Tenor> tenor_of(std::string_view text) {
    for (const Tenor tenor : kTenors) {
        if (to_text(tenor) == text) return tenor;
    }
    return std::nullopt;
}

Result<CutOff> read_line(const std::vector<std::string_view>& cells, int line_no) {
    if (cells.size() != kColumns) return bad_line(line_no, "seven columns are wanted");
    const Result<Zone> zone = Zone::named(cells[6]);
    if (!zone) return bad_line(line_no, zone.error().english());
    CutOff cut_off{.bank = std::string(cells[0]),
                   .operation = BankOperation::Deal,
                   .currency = std::string(cells[2]),
                   .tenor = Tenor::Today,
                   .date = std::nullopt,
                   .time = std::nullopt,
                   .zone = *zone};
    if (cut_off.bank.empty()) return bad_line(line_no, "the bank is missing");
    if (cells[1] == to_text(BankOperation::Remit)) {
        cut_off.operation = BankOperation::Remit;
    } else if (cells[1] != to_text(BankOperation::Deal)) {
        return bad_line(line_no, "the operation must be deal or remit");
    }
    if (cut_off.currency != "*" && !Currency::find(cells[2])) return bad_line(line_no, "no such currency");
    const std::optional<Tenor> tenor = tenor_of(cells[3]);
    if (!tenor) return bad_line(line_no, "the tenor must be T+0, T+1 or T+2");
    cut_off.tenor = *tenor;
    if (!cells[4].empty()) {
        const Result<Date> date = Date::parse(cells[4]);
        if (!date) return bad_line(line_no, date.error().english());
        cut_off.date = *date;
    }
    if (cells[5] == "closed") return cut_off;
    const Result<WallTime> time = WallTime::parse(cells[5]);
    if (!time) return bad_line(line_no, time.error().english());
    cut_off.time = *time;
    return cut_off;
}

/// The first day from then on that is open for the currency's own money.
Result<Date> first_open(const ValueDates& value_dates, Currency currency, Date date) {
    for (;; date = date.plus_days(1)) {
        const Result<bool> open = value_dates.is_open(currency, date);
        if (!open) return open.error();
        if (*open) return date;
    }
}

Result<std::optional<Date>> of_deal(const ValueDates& value_dates, Currency currency, Date today, Tenor tenor) {
    const Result<bool> may_deal = value_dates.may_deal(today);
    if (!may_deal) return may_deal.error();
    if (!*may_deal) return std::optional<Date>();
    const Result<Date> date = value_dates.value_date(currency, Currency::known("CNY"), today, tenor);
    if (!date) return date.error();
    return std::optional<Date>(*date);
}

Result<std::optional<Date>> of_payment(const ValueDates& value_dates, Currency currency, Date today, Tenor tenor) {
    const Date wanted = today.plus_days(static_cast<int>(tenor));
    const Result<Date> date = first_open(value_dates, currency, wanted);
    if (!date) return date.error();
    const bool is_far = tenor == Tenor::Today ? *date != today : *date > today.plus_days(kMostDaysAhead);
    return is_far ? std::optional<Date>() : std::optional<Date>(*date);
}

}  // namespace

std::string_view to_text(BankOperation operation) {
    return operation == BankOperation::Deal ? "deal" : "remit";
}

std::string_view to_text(Tenor tenor) {
    switch (tenor) {
        case Tenor::Today: return "T+0";
        case Tenor::Tomorrow: return "T+1";
        case Tenor::Spot: return "T+2";
    }
    throw LogicError("no such tenor");
}

Result<CutOffs> CutOffs::parse(std::string_view csv) {
    CutOffs cut_offs;
    std::map<Key, int> usual_needed;  // of the lines of a date
    for (Lines lines(csv); lines.next();) {
        const std::string_view line = lines.line();
        const int line_no = lines.number();
        if (line.empty() || line.front() == '#' || line == kHeading) continue;
        Result<CutOff> read = read_line(cells_of(line), line_no);
        if (!read) return read.error();
        Key key{read->bank, read->operation, read->currency, read->tenor, read->date};
        if (read->date)
            usual_needed[{read->bank, read->operation, read->currency, read->tenor, std::nullopt}] = line_no;
        if (!cut_offs.lines_.emplace(std::move(key), *std::move(read)).second)
            return bad_line(line_no, "the same cut-off stands twice");
    }
    for (const auto& [wanted, of_date] : usual_needed) {
        const auto& [bank, operation, currency, tenor, no_date] = wanted;
        const bool is_usual = std::any_of(cut_offs.lines_.begin(), cut_offs.lines_.end(), [&](const auto& each) {
            const CutOff& line = each.second;
            return !line.date && line.bank == bank && line.operation == operation && line.tenor == tenor &&
                   (currency == "*" || line.currency == currency || line.currency == "*");
        });
        if (!is_usual)
            return bad_line(of_date, "a date stands without the usual line of its bank, operation, currency and tenor");
    }
    return cut_offs;
}

const CutOff* CutOffs::line(std::string_view bank, BankOperation operation, Currency currency, Tenor tenor,
                            Instant now) const {
    const std::string name(bank);
    const std::array codes{std::string(currency.code()), std::string("*")};
    // A day's own line goes by the bank's date, which its usual line tells by its zone.
    const CutOff* usual = nullptr;
    for (const std::string& code : codes) {
        const auto found = lines_.find({name, operation, code, tenor, std::nullopt});
        if (found == lines_.end()) continue;
        usual = &found->second;
        break;
    }
    if (usual == nullptr) return nullptr;
    const Date today = usual->zone.date_at(now);
    for (const std::string& code : codes) {
        const auto found = lines_.find({name, operation, code, tenor, today});
        if (found != lines_.end()) return &found->second;
    }
    return usual;
}

std::vector<const CutOff*> CutOffs::of_day(std::string_view bank, BankOperation operation, Currency currency,
                                           Instant now) const {
    std::vector<const CutOff*> lines;
    for (const Tenor tenor : kTenors) {
        if (const CutOff* found = line(bank, operation, currency, tenor, now)) lines.push_back(found);
    }
    return lines;
}

Result<std::optional<OpenUntil>> CutOffs::open_until(const ValueDates& value_dates, std::string_view bank,
                                                     BankOperation operation, Currency currency, Tenor from,
                                                     Instant now) const {
    const std::vector<const CutOff*> lines = of_day(bank, operation, currency, now);
    if (lines.empty()) {
        return Error(cut_off_error::kCutOffMissing, {{"operation", std::string(to_text(operation))},
                                                     {"currency", std::string(currency.code())},
                                                     {"bank", std::string(bank)}});
    }
    for (const CutOff* cut_off : lines) {
        if (cut_off->tenor < from || !cut_off->time) continue;
        const Date today = cut_off->zone.date_at(now);
        const Instant until = cut_off->zone.at(today, *cut_off->time);
        if (now >= until) continue;
        const Result<std::optional<Date>> counts_on = operation == BankOperation::Deal
                                                          ? of_deal(value_dates, currency, today, cut_off->tenor)
                                                          : of_payment(value_dates, currency, today, cut_off->tenor);
        if (!counts_on) return counts_on.error();
        if (!*counts_on) continue;
        return std::optional<OpenUntil>({cut_off->tenor, until, **counts_on});
    }
    return std::optional<OpenUntil>();
}

Result<Date> BankHours::next_open_day(Currency currency, Date date) const {
    return first_open(value_dates_, currency, date.plus_days(1));
}

std::set<std::string> CutOffs::banks() const {
    std::set<std::string> names;
    for (const auto& [key, cut_off] : lines_) names.insert(cut_off.bank);
    return names;
}

}  // namespace huiqiao::fx
