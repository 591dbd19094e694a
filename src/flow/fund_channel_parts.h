#pragma once
// Inside of channel funding: its operations, each in a file of its own.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/flow/fund_channel.h"
#include "src/flow/operation_of.h"

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

std::unique_ptr<db::Operation> make_ask_files(const ChannelParts& parts);
std::unique_ptr<calls::AnswerHandler> make_settlement_handler(const ChannelParts& parts);
std::unique_ptr<LineTaker> make_deposit_lines(const ChannelParts& parts);
std::unique_ptr<db::Operation> make_fund_orders(const ChannelParts& parts);

}  // namespace huiqiao::flow
