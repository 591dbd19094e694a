#pragma once
// The direct link's XML as the bank reads and writes it, apart from the institution's own reading: envelope, fields of
// one function, rows. The character set of a request is the declared one.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/charset.h"

namespace huiqiao::sandbox::bank {

using DirectFields = std::map<std::string, std::string>;

struct DirectRequest {
    std::string function;
    std::string user;
    std::string serial;
    DirectFields fields;             // of <…X>
    std::vector<DirectFields> rows;  // of <…Y>

    /// Empty where it is absent.
    [[nodiscard]] std::string field(const std::string& name) const;
};
/// nullopt where it cannot be read.
std::optional<DirectRequest> read_direct_request(const std::string& body);

using DirectRow = std::vector<std::pair<std::string_view, std::string>>;
struct DirectAnswer {
    std::string function;
    std::string serial;
    std::string code = "0";
    std::string text;
    std::vector<DirectRow> rows;  // each a <…Z>
};
std::string write_direct_answer(const DirectAnswer& answer, Charset charset);

}  // namespace huiqiao::sandbox::bank
