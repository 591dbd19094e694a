#pragma once
// Declarations: orders whose payment is to be declared get a declaration each; what is due goes to customs in messages
// of up to 100 payments; customs' receipts, polled from the mailbox, move the declaration and the order's declaration
// state. What our own checks refuse is held before it leaves (CST-03); what customs refuses waits for a person; what is
// lost on the way is sent again: the same message by the same bytes, a lost receipt by the next part. Orders that
// others collected are declared in the collecting institution's name.

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "customs/customs_gateway.h"
#include "customs/message.h"
#include "customs/seal.h"
#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/db/write_queue.h"
#include "src/flow/decision.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

struct DeclareSettings {
    std::string counterparty = "single-window";
    customs::Declarant declarant;                       // us, as registered
    std::map<std::string, customs::Declarant> by_port;  // where a port knows us by another code
    std::map<std::string, std::string> enterprises;     // code -> registered name, of others who collect
    int payments_a_message = 100;
    int messages_a_step = 10;
    int orders_a_step = 500;
    std::chrono::seconds poll_every{15};      // while anything is awaited
    std::chrono::seconds receipt_wait{1800};  // then a document of which nothing was heard is sent again
    std::chrono::seconds again_pause{60};     // after "not forwarded" or "system error"; doubles with each try
    int automatic_tries = 6;                  // then a person decides
    std::int64_t tolerance_minor = 0;         // of the amount match, fen
    customs::AppType after_rejection = customs::AppType::New;  // how a document refused by 100 is sent again
};

struct DeclareCounters {
    std::uint64_t opened = 0, held = 0, messages = 0, payments = 0, sent_again = 0, polls = 0;
};

class Declare {
 public:
    /// All references must outlive it.
    Declare(db::Database& database, db::WriteQueue& queue, IdSource& ids, const calls::Calls& calls,
            const crypto::Sealer& sealer, const parties::PartyStore& parties, const customs::CustomsGateway& gateway,
            const customs::Seal& seal, DeclareSettings settings);
    ~Declare();

    /// What is due now: declarations opened, messages prepared, overdue ones sent again, the mailbox asked. How many.
    int step(Instant now);
    /// Nothing is due, under way or awaited: the job `declare` may end.
    [[nodiscard]] bool is_idle(Instant now);
    [[nodiscard]] DeclareCounters counters() const;

    /// declare_again, by two persons: they have mended what was held or rejected, or the amount of an accepted one has
    /// changed. It is due again with what the order now says, as the next part. kNotCorrectable in any other state.
    [[nodiscard]] std::unique_ptr<Decision> again(const ledger::Ledger& ledger) const;

    /// To be registered with the call worker: "customs.declare", "customs.receipts".
    [[nodiscard]] calls::AnswerHandler& declare_handler();
    [[nodiscard]] calls::AnswerHandler& receipts_handler();

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

namespace declare_error {
inline constexpr ErrorCode kNoDeclaration{"no_such_declaration", ErrorGroup::NotFound,
                                          "There is no declaration of order {order}.", "订单 {order} 没有申报单。"};
inline constexpr ErrorCode kNotCorrectable{
    "declaration_not_correctable", ErrorGroup::Conflict,
    "The declaration of order {order} is {state}: there is nothing to send again.",
    "订单 {order} 的申报状态为 {state}，无需重新申报。"};
}  // namespace declare_error

}  // namespace huiqiao::flow
