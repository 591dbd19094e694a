#pragma once
// Mistakes that can be planted in the product, to prove that the simulator finds such mistakes: a source asks
// is_planted(Bug::X) at the place where the mistake would stand, in a line or two. In the product the answer is a
// constant false, so that nothing of a mistake is compiled into it; tests/sim/planted_bugs compiles those sources a
// second time with HUIQIAO_PLANTED_BUGS and turns one on. What each does wrong is told there. Asked in .cpp files only:
// a header would mean two things in one binary.

namespace huiqiao {

enum class Bug {
    // What was sent to a bank, and what came back.
    BlindRetry,
    SentAgainAfterCrash,
    UnknownAsFailed,
    NotFoundAsFailed,
    AcceptedAsConfirmed,
    SecondDebitAsPayout,
    ReturnIgnored,
    // Statements.
    LineKeyNotUnique,
    LineSkipped,
    // Buying foreign currency.
    LockUsedAfterExpiry,
    DealAsOrdered,
    RemainderDropped,
    // The desk: which price, which bank, how much.
    QuoteUsedTwice,
    QuoteAfterExpiry,
    PerHundredAsOne,
    WorseLockTaken,
    DearerBank,
    BankFeeForgotten,
    LimitIgnored,
    HoldsHalf,
    RemainderOfDealLost,
    GivenUpStillOrdered,
    LockKeepsMoney,
    DrawsNotCounted,
    // The telephone.
    ConfirmedByDealer,
    SlipNotCompared,
    PhoneDealLapses,
    // Several banks.
    TransferOrderedAgain,
    PaidFromElsewhere,
    // Collecting.
    AnswerBeforeCommit,
    AskedAmountBooked,
    DayBoundaryInUtc,
    FeeFromUnfunded,
    WrongRoundingSide,
    // Holds.
    HoldNotReleased,
    HoldReleasedTwice,
    // Platforms and customs.
    OrderNumberTakenTwice,
    IdempotencyKeyNotKept,
    SequenceSkipped,
    NewSerialOnResend,
    AlreadyThereAsRejected,
};

#ifdef HUIQIAO_PLANTED_BUGS
[[nodiscard]] bool is_planted(Bug bug);
#else
consteval bool is_planted(Bug) {
    return false;
}
#endif

}  // namespace huiqiao
