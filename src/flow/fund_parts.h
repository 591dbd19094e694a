#pragma once
// Inside of fund: asking for statements, storing them, booking their lines; each in a file of its own.

#include <memory>
#include <string>
#include <vector>

#include "src/flow/fund.h"
#include "src/flow/operation_of.h"
#include "src/reconciliation/closed_day.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

struct FundParts {
    db::Database& database;
    db::WriteQueue& queue;
    const ledger::Ledger& ledger;
    const calls::Calls& calls;
    AccountBanks banks;
    std::vector<LineTaker*> takers;
    FundSettings settings;
};

struct RequestItem final : db::Item {
    int prepared = 0;  // answer
};

struct BookItem final : db::Item {
    std::vector<std::string> keys;
    int booked = 0;  // answer
};

std::unique_ptr<db::Operation> make_request_statements(const FundParts& parts);
std::unique_ptr<calls::AnswerHandler> make_statement_handler(const FundParts& parts);
std::unique_ptr<db::Operation> make_book_lines(const FundParts& parts);

}  // namespace huiqiao::flow
