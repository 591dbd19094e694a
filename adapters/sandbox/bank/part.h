#pragma once
// A part of the sandbox bank with routes and tables of its own (payments, statements, foreign exchange). The bank opens
// one write transaction for a request, proves who asks, asks its parts in turn, commits, and only then answers; so a
// part has no thread, clock or file. Faults that concern every route (outage, an answer lost after the effect) are the
// bank's; those of one operation are the part's.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/sandbox/faults.h"
#include "src/db/database.h"
#include "src/http/json_writer.h"
#include "src/http/message.h"

namespace huiqiao::sandbox::bank {

/// What a part may ask of the bank while it works.
struct Counter {
    db::Tx& tx;
    Instant now;
    /// The bank's one list of injected faults: faults.take("fx_reject", {{"reference", "R…"}}, now).
    Faults& faults;
    /// Rises by one with each call and kind, durable with tx: for references of the bank's own.
    std::function<std::int64_t(std::string_view kind)> next_number;
};

class BankPart {
 public:
    virtual ~BankPart() = default;
    virtual void create_tables(db::Tx& tx) = 0;
    /// Names of the faults that it knows, for the bank's list.
    [[nodiscard]] virtual std::vector<std::string> faults() const { return {}; }
    /// nullopt where the path is none of this part's. The request's signature has been verified.
    virtual std::optional<http::Response> answer(Counter& at, const http::Request& request) = 0;
    /// What the part does by itself: executes, settles, expires. Called before each request and by the bank's clock.
    virtual void due(Counter& at) = 0;
    /// One field or more of the object that GET /admin/books answers.
    virtual void write_books(db::Reader& reader, http::JsonWriter& json) = 0;
};

}  // namespace huiqiao::sandbox::bank
