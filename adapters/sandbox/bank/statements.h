#pragma once
// Account statements of the sandbox bank as camt.053.001.08: one account and day, in pages of entries after a number
// that the asker has already. A day that is over ends in CLBD; the day that runs ends in ITBD. Reads the books, changes
// nothing.

#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

class Statements final : public BankPart {
 public:
    /// Entries a page.
    explicit Statements(int page = 200) : page_(page) {}

    void create_tables(db::Tx&) override {}
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter&) override {}
    void write_books(db::Reader& reader, http::JsonWriter& json) override;

 private:
    int page_;
};

}  // namespace huiqiao::sandbox::bank
