#include "src/db/statement_text.h"

#include <algorithm>

#include "src/base/error.h"

namespace huiqiao::db {

std::vector<std::string_view> split_names(std::string_view names) {
    std::vector<std::string_view> all;
    while (!names.empty()) {
        const std::size_t comma = names.find(',');
        std::string_view name = names.substr(0, comma);
        names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
        while (!name.empty() && (name.front() == ' ' || name.front() == '\n')) name.remove_prefix(1);
        while (!name.empty() && (name.back() == ' ' || name.back() == '\n')) name.remove_suffix(1);
        if (name.empty()) throw LogicError("a list of columns has an empty name");
        all.push_back(name);
    }
    return all;
}

bool Cut::has_list() const {
    return std::find(placeholders.begin(), placeholders.end(), 0) != placeholders.end();
}

int Cut::parameters() const {
    return placeholders.empty() ? 0 : *std::max_element(placeholders.begin(), placeholders.end());
}

Cut cut(std::string_view text) {
    Cut result;
    std::size_t from = 0;
    bool quoted = false;
    bool list_seen = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\'') quoted = !quoted;
        if (quoted || text[at] != ':') continue;
        std::size_t end = at + 1;
        int number = 0;
        if (text.substr(at, 5) == ":list") {
            if (list_seen) throw LogicError("a statement has more than one :list: " + std::string(text));
            list_seen = true;
            end = at + 5;
        } else if (text.substr(at, 2) == ":p") {
            end = at + 2;
            while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
                number = number * 10 + (text[end++] - '0');
            }
            if (number < 1 || number > 99) throw LogicError("a statement has a bad parameter: " + std::string(text));
        } else {
            throw LogicError("a statement has an unknown placeholder: " + std::string(text));
        }
        result.pieces.push_back(text.substr(from, at - from));
        result.placeholders.push_back(number);
        from = end;
        at = end - 1;
    }
    result.pieces.push_back(text.substr(from));
    return result;
}

std::size_t list_width(std::size_t count) {
    for (const std::size_t width : {std::size_t{1}, std::size_t{8}, std::size_t{64}}) {
        if (count <= width) return width;
    }
    return kLargestList;
}

void require_kinds(const Rows& rows, std::string_view kinds, std::string_view what) {
    if (rows.width() != kinds.size()) {
        throw LogicError(std::string(what) + ": rows have " + std::to_string(rows.width()) + " columns, kinds say " +
                         std::to_string(kinds.size()));
    }
    for (std::size_t column = 0; column < kinds.size(); ++column) {
        const char kind = kinds[column];
        const bool nullable = kind == 'I' || kind == 'T';
        const bool wants_integer = kind == 'i' || kind == 'I';
        for (const Value& value : rows.column(column)) {
            const bool fits = value.is_null() ? nullable : value.is_integer() == wants_integer;
            if (!fits) {
                throw LogicError(std::string(what) + ": a value of column " + std::to_string(column + 1) +
                                 " is not of kind '" + kind + "'");
            }
        }
    }
}

void require_placeholders(const Cut& cut, std::size_t parameters, std::size_t list, std::string_view text) {
    if (static_cast<std::size_t>(cut.parameters()) != parameters) {
        throw LogicError("a statement wants " + std::to_string(cut.parameters()) + " parameters and was given " +
                         std::to_string(parameters) + ": " + std::string(text));
    }
    if (list != 0 && !cut.has_list()) throw LogicError("a list was given to: " + std::string(text));
}

}  // namespace huiqiao::db
