#include "customs/payment_enterprises.h"

#include "customs/payment_document.h"
#include "src/base/lines.h"

namespace huiqiao::customs {

Result<std::map<std::string, std::string>> parse_payment_enterprises(std::string_view csv) {
    std::map<std::string, std::string> table;
    bool heading = false;
    Lines lines(csv);
    const auto bad = [&](std::string why) {
        return Error(customs_error::kBadEnterpriseTable,
                     {{"line", std::to_string(lines.number())}, {"why", std::move(why)}});
    };
    while (lines.next()) {
        const std::string_view line = lines.line();
        if (line.empty() || line.front() == '#') continue;
        if (!heading) {
            if (line != "code,name") return bad("the heading is not 'code,name'");
            heading = true;
            continue;
        }
        const std::size_t comma = line.find(',');
        if (comma == std::string_view::npos) return bad("there is no comma");
        const std::string_view code = line.substr(0, comma);
        const std::string_view name = line.substr(comma + 1);
        if (code.size() != 10 && code.size() != 18) return bad("a code has 10 or 18 characters");
        const std::ptrdiff_t length = characters_of(name);
        if (length < 1 || length > 100) return bad("a name has 1 to 100 characters");
        if (!table.emplace(code, name).second) return bad("the code stands twice");
    }
    if (!heading) return bad("the heading is missing");
    return table;
}

}  // namespace huiqiao::customs
