#pragma once
// What a bank, a channel or customs is asked to do. A call knows transport only; the outcome stands on each of its
// instructions. The intent (reference, exact bytes, hash) commits before a byte is sent; an answer is written only
// where the epoch still fits. It never decides what an answer means: adapters read it, flow applies it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/exchange.h"

namespace huiqiao::calls {

/// prepared -> sending -> answered | unsure; sending -> prepared when proved that no byte left; prepared -> withdrawn.
enum class CallState { Prepared, Sending, Answered, Unsure, Withdrawn };

/// What happens when a lease has run out or an answer is missing.
enum class Recovery {
    QueryOnly,   // moves money or binds the bank: from then on only queried
    Resendable,  // same reference, same bytes, again: a declaration, an order at a channel, a read
};

/// open -> accepted | confirmed | rejected | unknown | withdrawn; accepted -> confirmed | rejected | unknown;
/// unknown -> accepted | confirmed | rejected | escalated; escalated -> confirmed | rejected, by two persons.
enum class InstructionOutcome { Open, Accepted, Confirmed, Rejected, Unknown, Escalated, Withdrawn };

std::string_view to_text(CallState state);
std::string_view to_text(Recovery recovery);
std::string_view to_text(InstructionOutcome outcome);

struct NewInstruction {
    std::string subject_kind;  // "remittance", "purchase", "declaration", "payment" …
    std::string subject_id;
    int part_no = 1;
    std::string reference;  // ours, random, at most 35 characters where a bank sees it
    std::optional<Money> amount;
};

struct NewCall {
    std::string operation;     // "remittance.pay"; its AnswerHandler has the same name
    std::string counterparty;  // configured name: "sandbox-bank"
    Recovery recovery = Recovery::QueryOnly;
    std::string reference;  // ours, of the whole message
    WireRequest request;
    std::vector<NewInstruction> instructions;
    std::optional<Instant> not_before;                // absent: at once
    std::optional<Instant> not_after = std::nullopt;  // query_only: not sent by then, it is withdrawn unsent
};

struct Instruction {
    std::string id;
    std::string subject_kind;
    std::string subject_id;
    int part_no = 1;
    std::string reference;
    std::string their_reference;
    InstructionOutcome outcome = InstructionOutcome::Open;
};

struct Call {
    std::string id;
    std::string operation;
    std::string counterparty;
    Recovery recovery = Recovery::QueryOnly;
    std::string reference;
    CallState state = CallState::Prepared;
    std::int64_t epoch = 0;
    int attempts = 0;  // times sent
    int queries = 0;   // times queried
    Instant created_at{};
    std::optional<Instant> not_after;  // no byte leaves behind it
    std::vector<Instruction> instructions;
};

}  // namespace huiqiao::calls
