#pragma once
// Statements fetched, and every line of them booked once: the channel's batch funds orders and takes the fee, a leg of
// a deal settles, a remittance is debited or comes back, a charge is borne, and whatever fits nothing goes to suspense
// with a work item. Booked from the bank's word only; facts are never refused. The line's own reference is the fact's.

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/db/write_queue.h"
#include "src/flow/bank_ports.h"
#include "src/flow/line_taker.h"
#include "src/flow/provision_account.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

struct FundSettings {
    /// Of a line's narrative only these words are stored: the rest is the payer's bank's free text, and may name
    /// persons (the whole statement stands sealed with its call).
    std::vector<std::string> kept_words{"settlement"};
    std::vector<ProvisionAccount> accounts;
    std::chrono::seconds poll_every{60};  // from one statement of an account to the next request
    Date first_day;                       // the first day whose statement is asked for where an account has none yet
    std::size_t lines_a_group = 200;
    int lines_a_page = 1000;             // of a closed day's lines, added up
    std::chrono::seconds wait_again{5};  // a line whose taker waits is offered again
    int wait_days = 2;                   // then it goes to suspense
    /// A day whose lines do not add up is read again after each of these in turn, and then no more.
    std::vector<std::chrono::seconds> again_after{
        std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(30), std::chrono::hours(2),
        std::chrono::hours(6),   std::chrono::hours(24),  std::chrono::hours(24),   std::chrono::hours(24),
        std::chrono::hours(24),  std::chrono::hours(24),  std::chrono::hours(24),   std::chrono::hours(24)};
    int tell_after = 5;  // so many such readings; then a person is told account and day
};

class Fund {
 public:
    /// `takers` in the order in which they are asked; all references must outlive it.
    Fund(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
         AccountBanks banks, std::vector<LineTaker*> takers, FundSettings settings);
    ~Fund();

    /// To be registered with the call worker: operation "bank.statement".
    [[nodiscard]] calls::AnswerHandler& statement_handler();
    /// Asks for the statements that are due. How many calls were prepared.
    int request_statements(Instant now);
    /// Books the lines that wait, one group. How many lines were taken up.
    int book_lines(Instant now);
    /// Both, until nothing is due now.
    int step(Instant now);

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::flow
