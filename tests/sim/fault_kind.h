#pragma once
// What can go wrong in a simulated run, by name. A seed draws which kinds it has and how often each strikes; the names
// are printed when a run fails, and can be given back to run it again with fewer.

#include <optional>
#include <string_view>
#include <vector>

namespace huiqiao::testing::sim {

enum class FaultKind {
    // Between us and those we call.
    RequestLost,    // nothing arrives, and nobody says so
    AnswerLost,     // it took effect; the answer never came
    AnswerLate,     // the answer comes after minutes, often after the deadline
    AnswerGarbled,  // the answer comes with a byte changed
    RequestTwice,   // it arrives twice
    Refused,        // proved: not a byte left
    Clog,           // one peer takes nothing for a while
    // Between those who call us and us.
    PlatformAnswerLost,
    NoticeAnswerLost,
    WebhookRefused,
    NoticeLost,
    NoticeTwice,
    NoticeLate,
    NoticeOutOfOrder,
    NoticeForged,
    NoticeWrongAmount,
    // The machine.
    Crash,
    CrashAfterAnswer,  // when we have just answered somebody who relies on it now
    Pause,
    ClockJump,
    // The database.
    CrashInGroup,   // between two statements of one group
    CommitUnknown,  // the COMMIT took effect or did not, and nobody said which
    StoreBusy,
    StoreFull,      // for a while nothing can be written
    StoreReadOnly,  // for a while no write can begin
    // Buyers and platforms.
    PaidWrongAmount,
    PaidAfterExpiry,
    Cancelled,
    // Counterparties.
    ChannelOutage,
    ChannelRejects,
    BankOutage,
    PaymentRejected,
    PaymentReturned,
    PaidTwice,
    StatusLate,
    StatusLost,
    WrongEcho,
    BankCharge,
    RateSpike,
    RateStale,
    LockExpires,
    LockRate,
    FxRejected,
    FxPending,
    FxPartial,
    FxOverFill,
    FxOtherRate,
    StatementLineMissing,
    StatementLineTwice,
    CustomsOutage,
    CustomsRejects,
    CustomsError,
    ReceiptLost,
    ReceiptTwice,
    ReceiptLate,
    ReceiptForged,
    // Younger than the others: the number of a kind is part of what a seed draws.
    SeenLate,      // a payment that the bank took in, and of which its queries know nothing for half an hour
    StoreForgets,  // a COMMIT of which nobody can tell: the database is gone before it can be asked
    // Several banks, and the ways in which they deal.
    TransferLost,        // a transfer between two banks that leaves and never arrives
    DirectLost,          // by the direct link: not taken, and not answered
    DirectSilent,        // taken, and not answered
    DirectGarbled,       // an answer that is no text
    DirectSerial,        // a serial that the bank says it knows
    DirectDropsRound,    // a round of details taken and forgotten
    DirectStays,         // a deal shown as under way when it is done
    DirectRejectsLater,  // taken up, and refused a minute later
    DirectTwice,         // the list shows two deals
    DirectLaterDay,      // dealt for the next day
    FixNotTakenUp,       // a message that is not taken up
    FixQuoteWithdrawn,   // a quote withdrawn at once
    FixGarbage,          // done, but the answer makes no sense
};

[[nodiscard]] const std::vector<FaultKind>& all_fault_kinds();
/// "answer_lost".
[[nodiscard]] std::string_view to_text(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> fault_kind_from_text(std::string_view text);

}  // namespace huiqiao::testing::sim
