#pragma once
// Holds answers against the API's own description: the status must be documented for the operation, and the body must
// fit the schema of that status. Knows the part of JSON Schema that src/api/openapi.json uses, and refuses the rest, so
// that nothing there stands unchecked.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/http/json.h"
#include "src/http/message.h"

namespace huiqiao::testing {

class OpenApiCheck {
 public:
    explicit OpenApiCheck(std::string_view document);

    /// "GET /v1/orders/{id}" of every operation.
    [[nodiscard]] std::set<std::string> operations() const;
    /// Why the answer does not fit, each as a sentence; empty: it fits.
    [[nodiscard]] std::vector<std::string> faults(http::Method method, const std::string& pattern,
                                                  const http::Response& answer) const;
    /// The same for one body and one schema of components/schemas.
    [[nodiscard]] std::vector<std::string> schema_faults(const std::string& schema, std::string_view body) const;

 private:
    using Value = http::JsonValue;
    [[nodiscard]] Value resolved(Value value) const;
    void check(Value schema, Value value, const std::string& at, std::vector<std::string>& faults) const;
    void check_object(Value schema, Value value, const std::string& at, std::vector<std::string>& faults) const;
    void check_text(Value schema, Value value, const std::string& at, std::vector<std::string>& faults) const;
    void check_one_of(Value choices, Value value, const std::string& at, std::vector<std::string>& faults) const;

    http::Json document_;
};

}  // namespace huiqiao::testing
