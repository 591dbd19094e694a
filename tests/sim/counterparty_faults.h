#pragma once
// Which fault of which counterparty of the sandbox each kind orders.

#include <string_view>

#include "tests/sim/fault_kind.h"

namespace huiqiao::testing::sim {

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
    {FaultKind::BankOutage, "sandbox-bank", "outage"},
    {FaultKind::PaymentRejected, "sandbox-bank", "reject"},
    {FaultKind::PaymentReturned, "sandbox-bank", "return_next_day"},
    {FaultKind::PaidTwice, "sandbox-bank", "duplicate_payout"},
    {FaultKind::StatusLate, "sandbox-bank", "late_status"},
    {FaultKind::StatusLost, "sandbox-bank", "lost_status"},
    {FaultKind::SeenLate, "sandbox-bank", "seen_late"},
    {FaultKind::WrongEcho, "sandbox-bank", "wrong_echo"},
    {FaultKind::BankCharge, "sandbox-bank", "charge"},
    {FaultKind::RateSpike, "sandbox-bank", "fx_jump"},
    {FaultKind::RateStale, "sandbox-bank", "fx_stale_rate"},
    {FaultKind::LockExpires, "sandbox-bank", "fx_lock_expires"},
    {FaultKind::LockRate, "sandbox-bank", "fx_lock_rate"},
    {FaultKind::FxRejected, "sandbox-bank", "fx_reject"},
    {FaultKind::FxPending, "sandbox-bank", "fx_pending"},
    {FaultKind::FxPartial, "sandbox-bank", "fx_partial"},
    {FaultKind::FxOverFill, "sandbox-bank", "fx_over_fill"},
    {FaultKind::FxOtherRate, "sandbox-bank", "fx_other_rate"},
    {FaultKind::StatementLineMissing, "sandbox-bank", "statement_line_missing"},
    {FaultKind::StatementLineTwice, "sandbox-bank", "statement_line_twice"},
    {FaultKind::CustomsOutage, "single-window", "outage"},
    {FaultKind::CustomsRejects, "single-window", "reject"},
    {FaultKind::CustomsError, "single-window", "error"},
    {FaultKind::ReceiptLost, "single-window", "receipt_lost"},
    {FaultKind::ReceiptTwice, "single-window", "receipt_twice"},
    {FaultKind::ReceiptLate, "single-window", "receipt_late", "delay_s"},
    {FaultKind::ReceiptForged, "single-window", "bad_receipt_signature"},
};

}  // namespace huiqiao::testing::sim
