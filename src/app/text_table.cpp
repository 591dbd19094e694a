#include "src/app/text_table.h"

#include <algorithm>

#include "src/base/error.h"

namespace huiqiao::app {

namespace {

/// UTF-8 in columns of a terminal: from U+1100 on, characters of the scripts that we write are wide.
std::size_t width_of(const std::string& text) {
    std::size_t width = 0;
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        const bool goes_on = (byte & 0xc0) == 0x80;
        if (!goes_on) width += byte >= 0xe2 ? 2 : 1;
    }
    return width;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
    if (cells.size() != columns_.size()) throw LogicError("a row of another width than its table");
    rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
    std::vector<std::string> headings;
    std::vector<std::string> chinese;
    for (const Column& column : columns_) {
        headings.push_back(column.heading);
        chinese.push_back(column.chinese);
    }
    std::vector<std::size_t> widths(columns_.size(), 0);
    const auto measure = [&](const std::vector<std::string>& row) {
        for (std::size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], width_of(row[at]));
    };
    measure(headings);
    measure(chinese);
    for (const auto& row : rows_) measure(row);

    std::string text;
    const auto write = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t at = 0; at < row.size(); ++at) {
            const std::string blank(widths[at] - width_of(row[at]), ' ');
            if (at > 0) line += "  ";
            line += columns_[at].align == Align::Right ? blank + row[at] : row[at] + blank;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    };
    write(headings);
    write(chinese);
    for (const auto& row : rows_) write(row);
    return text;
}

}  // namespace huiqiao::app
