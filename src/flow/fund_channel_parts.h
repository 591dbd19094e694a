#pragma once
// Inside of channel funding: its operations, each in a file of its own.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/flow/fund_channel.h"
#include "src/flow/operation_of.h"
#include "src/reconciliation/settlement_store.h"

namespace huiqiao::flow {

struct ChannelParts {
    db::Database& database;
    db::WriteQueue& queue;
    const ledger::Ledger& ledger;
    const calls::Calls& calls;
    const orders::ChannelSettlements& channel;
    ChannelFundingSettings settings;
};

struct AskFilesItem final : db::Item {
    std::vector<Date> new_days;    // to be asked for from now on
    std::vector<std::string> due;  // ids of days
    std::set<std::string> owed;    // of those that are given up now: a payment of that day is in no batch
    int prepared = 0;              // answer
};

struct FundOrdersItem final : db::Item {
    std::vector<std::string> ids;  // of settlement lines
    int taken = 0;                 // answer
};

struct LateBatchesItem final : db::Item {
    std::vector<std::string> ids;
    int booked = 0;  // answer
};

/// The accounts that a settled batch touches beside the one where its net stands.
void add_settled(std::vector<ledger::Account>& accounts, const std::string& channel, Currency currency);
/// Whether the line is all that the batch without its money still wants: gross less cost, to the fen.
bool is_deposit_of(const reconciliation::SettlementBatch& batch, const reconciliation::StatementLine& line);
/// Work item settlement_differs: the line names the batch and is not its deposit.
void tell_deposit_differs(db::Group& group, const reconciliation::SettlementBatch& batch,
                          const reconciliation::StatementLine& line);

std::unique_ptr<db::Operation> make_ask_files(const ChannelParts& parts);
std::unique_ptr<calls::AnswerHandler> make_settlement_handler(const ChannelParts& parts);
std::unique_ptr<LineTaker> make_deposit_lines(const ChannelParts& parts);
std::unique_ptr<db::Operation> make_book_late(const ChannelParts& parts);
std::unique_ptr<db::Operation> make_fund_orders(const ChannelParts& parts);

}  // namespace huiqiao::flow
