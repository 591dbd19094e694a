#include "src/base/currency.h"

#include <algorithm>
#include <charconv>

namespace huiqiao {

namespace {

CurrencyTable& installed() {
    static CurrencyTable table;
    return table;
}

bool read_number(std::string_view text, int low, int high, int& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && out >= low && out <= high;
}

Error bad_line(int line, std::string why) {
    return Error(base_error::kBadCurrencyTable, {{"line", std::to_string(line)}, {"why", std::move(why)}});
}

std::string_view next_field(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return field;
}

}  // namespace

Result<Currency> Currency::find(std::string_view code) {
    const auto& all = installed().all();
    const auto at = std::lower_bound(all.begin(), all.end(), code,
                                     [](const Currency& c, std::string_view wanted) { return c.code() < wanted; });
    if (at == all.end() || at->code() != code) {
        return Error(base_error::kUnknownCurrency, {{"code", std::string(code.substr(0, 8))}});
    }
    return *at;
}

Currency Currency::known(std::string_view code) {
    Result<Currency> found = find(code);
    if (!found) throw LogicError(found.error().english());
    return *found;
}

Result<CurrencyTable> CurrencyTable::parse(std::string_view csv) {
    CurrencyTable table;
    int line_no = 0;
    bool heading_seen = false;
    while (!csv.empty()) {
        std::string_view line = next_field(csv, '\n');
        ++line_no;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        if (!heading_seen) {
            if (line != "code,number,digits,name")
                return bad_line(line_no, "the heading must be code,number,digits,name");
            heading_seen = true;
            continue;
        }
        const std::string_view code = next_field(line, ',');
        const std::string_view number = next_field(line, ',');
        const std::string_view digits = next_field(line, ',');
        Currency currency;
        int number_read = 0;
        int digits_read = 0;
        const bool letters =
            code.size() == 3 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        if (!letters) return bad_line(line_no, "the code must be three capital letters");
        if (!read_number(number, 1, 999, number_read)) return bad_line(line_no, "the number must be 1 to 999");
        if (!read_number(digits, 0, 4, digits_read)) return bad_line(line_no, "the digits must be 0 to 4");
        std::copy(code.begin(), code.end(), currency.code_);
        currency.number_ = static_cast<std::int16_t>(number_read);
        currency.digits_ = static_cast<std::int8_t>(digits_read);
        table.currencies_.push_back(currency);
    }
    std::sort(table.currencies_.begin(), table.currencies_.end());
    const auto twice = std::adjacent_find(table.currencies_.begin(), table.currencies_.end());
    if (twice != table.currencies_.end()) return bad_line(line_no, std::string(twice->code()) + " stands twice");
    return table;
}

void CurrencyTable::install(CurrencyTable table) {
    auto same = [](const Currency& a, const Currency& b) {
        return a == b && a.digits() == b.digits() && a.iso_number() == b.iso_number();
    };
    const auto& old = installed().all();
    if (!old.empty() && !std::equal(old.begin(), old.end(), table.all().begin(), table.all().end(), same)) {
        throw LogicError("a second, different currency table");
    }
    if (old.empty()) installed() = std::move(table);
}

}  // namespace huiqiao
