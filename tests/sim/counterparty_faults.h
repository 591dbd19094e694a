#pragma once
// Which fault of which counterparty of the sandbox each kind orders.

#include <string_view>

#include "tests/sim/fault_kind.h"

namespace huiqiao::testing::sim {

/// Which bank, is drawn: banks.h says which does such a thing.
inline constexpr std::string_view kOfABank{};

struct CounterpartyFault {
    FaultKind kind;
    std::string_view counterparty;
    std::string_view name;
    std::string_view delay{};  // not empty: "delay_s" is drawn
};

inline constexpr CounterpartyFault kCounterpartyFaults[] = {
    {FaultKind::NoticeLost, "sandbox-pay", "notice_lost"},
    {FaultKind::NoticeTwice, "sandbox-pay", "notice_twice"},
    {FaultKind::NoticeLate, "sandbox-pay", "notice_late", "delay_s"},
    {FaultKind::NoticeOutOfOrder, "sandbox-pay", "notice_out_of_order"},
    {FaultKind::NoticeForged, "sandbox-pay", "notice_forged"},
    {FaultKind::NoticeWrongAmount, "sandbox-pay", "notice_wrong_amount"},
    {FaultKind::PaidWrongAmount, "sandbox-pay", "paid_wrong_amount"},
    {FaultKind::ChannelOutage, "sandbox-pay", "outage"},
    {FaultKind::ChannelRejects, "sandbox-pay", "reject_order"},
    {FaultKind::BankOutage, kOfABank, "outage"},
    {FaultKind::PaymentRejected, kOfABank, "reject"},
    {FaultKind::PaymentReturned, kOfABank, "return_next_day"},
    {FaultKind::PaidTwice, kOfABank, "duplicate_payout"},
    {FaultKind::StatusLate, kOfABank, "late_status"},
    {FaultKind::StatusLost, kOfABank, "lost_status"},
    {FaultKind::SeenLate, kOfABank, "seen_late"},
    {FaultKind::WrongEcho, kOfABank, "wrong_echo"},
    {FaultKind::BankCharge, kOfABank, "charge"},
    {FaultKind::RateSpike, kOfABank, "fx_jump"},
    {FaultKind::RateStale, kOfABank, "fx_stale_rate"},
    {FaultKind::LockExpires, kOfABank, "fx_lock_expires"},
    {FaultKind::LockRate, kOfABank, "fx_lock_rate"},
    {FaultKind::FxRejected, kOfABank, "fx_reject"},
    {FaultKind::FxPending, kOfABank, "fx_pending"},
    {FaultKind::FxPartial, kOfABank, "fx_partial"},
    {FaultKind::FxOverFill, kOfABank, "fx_over_fill"},
    {FaultKind::FxOtherRate, kOfABank, "fx_other_rate"},
    {FaultKind::StatementLineMissing, kOfABank, "statement_line_missing"},
    {FaultKind::StatementLineTwice, kOfABank, "statement_line_twice"},
    {FaultKind::TransferLost, kOfABank, "transfer_lost"},
    {FaultKind::DirectLost, kOfABank, "direct_lost"},
    {FaultKind::DirectSilent, kOfABank, "direct_silent"},
    {FaultKind::DirectGarbled, kOfABank, "direct_encoding"},
    {FaultKind::DirectSerial, kOfABank, "direct_serial"},
    {FaultKind::DirectDropsRound, kOfABank, "direct_drops_round"},
    {FaultKind::DirectStays, kOfABank, "direct_stays"},
    {FaultKind::DirectRejectsLater, kOfABank, "direct_rejects_later"},
    {FaultKind::DirectTwice, kOfABank, "direct_twice"},
    {FaultKind::DirectLaterDay, kOfABank, "direct_value_date"},
    {FaultKind::FixNotTakenUp, kOfABank, "fix_business_reject"},
    {FaultKind::FixQuoteWithdrawn, kOfABank, "fix_cancelled_quote"},
    {FaultKind::FixGarbage, kOfABank, "fix_garbage"},
    {FaultKind::CustomsOutage, "single-window", "outage"},
    {FaultKind::CustomsRejects, "single-window", "reject"},
    {FaultKind::CustomsError, "single-window", "error"},
    {FaultKind::ReceiptLost, "single-window", "receipt_lost"},
    {FaultKind::ReceiptTwice, "single-window", "receipt_twice"},
    {FaultKind::ReceiptLate, "single-window", "receipt_late", "delay_s"},
    {FaultKind::ReceiptForged, "single-window", "bad_receipt_signature"},
};

}  // namespace huiqiao::testing::sim
