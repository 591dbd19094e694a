#include "src/calls/open_calls.h"

namespace huiqiao::calls {

namespace {

// From one name to the next by the index: as many steps as there are counterparties, however many calls.
constexpr db::Select kNextCounterparty{
    "SELECT counterparty FROM external_call WHERE counterparty > :p1 ORDER BY counterparty LIMIT 1", "t"};
// A question that never left moves nothing and is missed by nobody: without this a counterparty that cannot be reached
// any more could never be taken out.
constexpr db::Select kOpenCount{
    "SELECT COUNT(*) FROM external_call WHERE counterparty = :p1 AND due_at IS NOT NULL AND NOT (state = 'prepared' "
    "AND "
    "operation IN ('fx.rates', 'bank.statement', 'channel.settlement', 'channel.query', 'customs.receipts'))",
    "i"};
constexpr db::Select kOpenOfOperation{
    "SELECT id FROM external_call WHERE counterparty = :p1 AND due_at IS NOT NULL AND operation = :p2 LIMIT 1", "t"};

}  // namespace

std::vector<OpenCalls> open_calls_elsewhere(db::Reader& reader, const std::set<std::string>& counterparties) {
    std::vector<OpenCalls> elsewhere;
    std::string name;
    for (;;) {
        const db::Found next = reader.select(kNextCounterparty, {name});
        if (next.empty()) return elsewhere;
        name = next.text(0, 0);
        if (counterparties.contains(name)) continue;
        const std::int64_t calls = reader.select(kOpenCount, {name}).integer(0, 0);
        if (calls > 0) elsewhere.push_back({name, calls});
    }
}

bool is_open(db::Reader& reader, std::string_view counterparty, std::string_view operation) {
    return !reader.select(kOpenOfOperation, {counterparty, operation}).empty();
}

}  // namespace huiqiao::calls
