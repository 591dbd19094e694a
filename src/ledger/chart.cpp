#include <array>
#include <set>

#include "src/base/lines.h"
#include "src/ledger/account.h"

namespace huiqiao::ledger {

namespace {

constexpr std::string_view kHeading = "kind,side,normal,guarded,path,english,chinese";
constexpr std::size_t kColumns = 7;

Error bad_line(int line, std::string why) {
    return Error(ledger_error::kBadChart, {{"line", std::to_string(line)}, {"why", std::move(why)}});
}

std::optional<std::array<std::string_view, kColumns>> split(std::string_view line) {
    std::array<std::string_view, kColumns> fields;
    for (std::size_t at = 0; at < kColumns; ++at) {
        const std::size_t comma = line.find(',');
        if ((comma == std::string_view::npos) != (at == kColumns - 1)) return std::nullopt;
        fields[at] = line.substr(0, comma);
        line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    return fields;
}

/// A path that both export readers take as a name: lower-case words between colons.
bool is_path(std::string_view path, std::string_view side) {
    if (!path.starts_with(side) || path.size() <= side.size() || path[side.size()] != ':' || path.back() == ':') {
        return false;
    }
    for (const char c : path) {
        if (!((c >= 'a' && c <= 'z') || c == '_' || c == ':')) return false;
    }
    return path.find("::") == std::string_view::npos;
}

}  // namespace

Result<Chart> Chart::parse(std::string_view csv) {
    Chart chart;
    std::set<std::string_view> seen;
    std::set<std::string_view> paths;
    std::array<std::optional<Row>, kAccountKinds> rows;
    bool headed = false;
    Lines lines(csv);
    while (lines.next()) {
        const std::string_view line = lines.line();
        const int number = lines.number();
        if (line.empty() || line.front() == '#') continue;
        if (!headed) {
            if (line != kHeading) return bad_line(number, "the heading must be " + std::string(kHeading));
            headed = true;
            continue;
        }
        const auto fields = split(line);
        if (!fields) return bad_line(number, "it needs 7 columns");
        const auto& [kind, side, normal, guarded, path, english, chinese] = *fields;
        std::size_t at = 0;
        while (at < kAccountKinds && to_text(static_cast<AccountKind>(at)) != kind) ++at;
        if (at == kAccountKinds) return bad_line(number, "no kind is called '" + std::string(kind) + "'");
        if (!seen.insert(kind).second) return bad_line(number, "the kind is there twice");
        if (side != "customer" && side != "own") return bad_line(number, "side is customer or own");
        if (normal != "debit" && normal != "credit") return bad_line(number, "normal is debit or credit");
        if (guarded != "yes" && guarded != "no") return bad_line(number, "guarded is yes or no");
        if (!is_path(path, side) || !paths.insert(path).second) {
            return bad_line(number, "the path must begin with its side, in words of a-z and _, and be its own");
        }
        rows[at] = Row{static_cast<AccountKind>(at),
                       side == "customer" ? Side::Customer : Side::Own,
                       normal == "debit" ? Direction::Debit : Direction::Credit,
                       guarded == "yes",
                       std::string(path),
                       std::string(english),
                       std::string(chinese)};
    }
    for (std::size_t at = 0; at < kAccountKinds; ++at) {
        if (!rows[at])
            return bad_line(lines.number(), "no line for " + std::string(to_text(static_cast<AccountKind>(at))));
        chart.rows_.push_back(std::move(*rows[at]));
    }
    return chart;
}

}  // namespace huiqiao::ledger
