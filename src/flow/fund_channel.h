#pragma once
// The channel's batches: its settlement files are asked for day by day, the deposit on our statement is matched by the
// batch's reference and booked gross, net and cost, and then each payment's orders are funded and pay their fee, in
// sets. A deposit that waited too long for its file went to suspense, and is taken out of there when the file comes. A
// deposit that differs from its file by a fen is not booked as a settlement: it goes to suspense, with a work item.

#include <chrono>
#include <memory>
#include <string>

#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/flow/line_taker.h"
#include "src/ledger/ledger.h"
#include "src/orders/collection_channel.h"

namespace huiqiao::flow {

struct ChannelFundingSettings {
    std::string channel;       // "sandbox-pay": counterparty, and owner of the clearing account
    std::string account;       // provision account that it pays into: "sb-cny"
    Date first_day;            // the first day whose file is asked for
    std::string deposit_mark;  // in the narrative of its deposits; such a line waits for its file, others do not
    std::chrono::seconds ask_every{300};  // for a day's file, from the day after on; seldom when it is late
    int ask_days = 30;                    // then a day without a file is given up, with a work item
    std::size_t payments_a_group = 500;

    /// A day without payments has no file: it is not asked for every few minutes for a month.
    [[nodiscard]] std::chrono::seconds ask_again_after(Date day, Date today) const {
        if (day.plus_days(3) >= today) return ask_every;
        return day.plus_days(10) >= today ? ask_every * 12 : ask_every * 72;
    }
    [[nodiscard]] bool gives_up(Date day, Date today) const { return day.plus_days(ask_days) < today; }
};

class ChannelFunding {
 public:
    ChannelFunding(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                   const calls::Calls& calls, const orders::ChannelSettlements& channel,
                   ChannelFundingSettings settings);
    ~ChannelFunding();

    /// To be registered with the call worker: operation "channel.settlement".
    [[nodiscard]] calls::AnswerHandler& settlement_handler();
    /// For Fund: deposits of the channel.
    [[nodiscard]] LineTaker& deposit_lines();
    /// Asks for the files that are due. How many calls were prepared.
    int request_files(Instant now);
    /// Books batches whose deposit came before their file, and stands in suspense. How many.
    int book_late_batches(Instant now);
    /// Funds the orders of settled payments, one group. How many payments were taken up.
    int fund_orders(Instant now);
    int step(Instant now) { return request_files(now) + book_late_batches(now) + fund_orders(now); }

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::flow
