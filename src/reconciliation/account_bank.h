#pragma once
// A bank that keeps an account of ours: how its statement is asked for and read. Pure: no socket, clock or database.

#include <string>

#include "src/base/exchange.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::reconciliation {

struct StatementRequest {
    std::string account;  // ours: "sb-usd"
    Currency currency;
    Date day;
    int after_sequence = 0;  // lines up to this one are here already
};

class AccountBank {
 public:
    virtual ~AccountBank() = default;
    [[nodiscard]] virtual WireRequest statement(const StatementRequest& request) const = 0;
    /// kBadStatement where it is not a statement of that account and day in that currency, within limits, each line
    /// booked and with a reference. Nothing is taken from a statement with one bad line.
    [[nodiscard]] virtual Result<Statement> read_statement(const WireAnswer& answer,
                                                           const StatementRequest& request) const = 0;
};

}  // namespace huiqiao::reconciliation
