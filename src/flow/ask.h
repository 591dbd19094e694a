#pragma once
// A question to a counterparty that moves nothing (prices, receipts): one row for each that can be asked remembers when
// it was; the row is made, locked, and what it says decides whether a call is prepared.

#include <functional>
#include <optional>
#include <string>

#include "src/calls/calls.h"
#include "src/flow/operation_of.h"

namespace huiqiao::flow {

struct Ask final : db::Item {
    explicit Ask(std::string whom) : id(std::move(whom)) {}
    std::string id;      // of the row: a bank, a mailbox
    bool asked = false;  // answer
};

struct AskParts {
    const db::Claim& claim;
    const db::LockTable& lock;
    const calls::Calls& calls;
    /// Under lock: the call, and the question noted in the row; nothing where it is not time.
    std::function<std::optional<calls::NewCall>(db::Group&, const std::string& id)> question;
};

std::unique_ptr<db::Operation> make_ask(std::string_view name, AskParts parts);

}  // namespace huiqiao::flow
