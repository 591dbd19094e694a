#pragma once
// Faults that somebody wants to see: asked for by POST /admin/faults
// {"fault":"lost_notice","count":1,"match":{"reference": "…"}}, listed with what took place by GET /admin/faults. Every
// counterparty of the sandbox holds one. A fault that has taken place its count of times is over. In memory: a
// restarted sandbox is healthy.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/date.h"
#include "src/http/message.h"

namespace huiqiao::sandbox {

class Faults {
 public:
    /// known: names that this counterparty has; others are refused with 422.
    explicit Faults(std::vector<std::string> known) : known_(std::move(known)) {}

    /// Answers GET and POST (and DELETE: forget all) of /admin/faults; nullopt for any other path.
    [[nodiscard]] std::optional<http::Response> answer(const http::Request& request, Instant now);

    /// In code: as the POST does.
    void add(std::string fault, int count, std::map<std::string, std::string> match = {});

    /// Whether this fault takes place now for the thing described (every field of its match must be equal); it is then
    /// recorded and counted down. A count of -1 never ends.
    [[nodiscard]] bool take(std::string_view fault, const std::map<std::string, std::string>& about, Instant now);
    /// Parameter of the fault last taken ("delay_s", "amount" …): from the POST's "with" object.
    [[nodiscard]] std::string parameter(std::string_view name) const;
    /// The same, a whole number; `otherwise` where it is absent or none.
    [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t otherwise) const;

    struct Happened {
        std::string fault;
        std::map<std::string, std::string> about;
        Instant at;
    };
    [[nodiscard]] const std::vector<Happened>& happened() const { return happened_; }

 private:
    struct Wanted {
        std::string fault;
        int left;
        std::map<std::string, std::string> match;
        std::map<std::string, std::string> with;
    };
    [[nodiscard]] http::Response list() const;
    [[nodiscard]] http::Response add_from(const http::Request& request);

    std::vector<std::string> known_;
    std::vector<Wanted> wanted_;
    std::vector<Happened> happened_;
    std::map<std::string, std::string> last_with_;
};

}  // namespace huiqiao::sandbox
