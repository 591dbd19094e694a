#include "tests/sim/fault_kind.h"

#include <algorithm>
#include <utility>

namespace huiqiao::testing::sim {

namespace {

constexpr std::pair<FaultKind, std::string_view> kNames[] = {
    {FaultKind::RequestLost, "request_lost"},
    {FaultKind::AnswerLost, "answer_lost"},
    {FaultKind::AnswerLate, "answer_late"},
    {FaultKind::AnswerGarbled, "answer_garbled"},
    {FaultKind::RequestTwice, "request_twice"},
    {FaultKind::Refused, "refused"},
    {FaultKind::Clog, "clog"},
    {FaultKind::PlatformAnswerLost, "platform_answer_lost"},
    {FaultKind::NoticeAnswerLost, "notice_answer_lost"},
    {FaultKind::WebhookRefused, "webhook_refused"},
    {FaultKind::NoticeLost, "notice_lost"},
    {FaultKind::NoticeTwice, "notice_twice"},
    {FaultKind::NoticeLate, "notice_late"},
    {FaultKind::NoticeOutOfOrder, "notice_out_of_order"},
    {FaultKind::NoticeForged, "notice_forged"},
    {FaultKind::NoticeWrongAmount, "notice_wrong_amount"},
    {FaultKind::Crash, "crash"},
    {FaultKind::CrashAfterAnswer, "crash_after_answer"},
    {FaultKind::Pause, "pause"},
    {FaultKind::ClockJump, "clock_jump"},
    {FaultKind::CrashInGroup, "crash_in_group"},
    {FaultKind::CommitUnknown, "commit_unknown"},
    {FaultKind::StoreBusy, "store_busy"},
    {FaultKind::StoreFull, "store_full"},
    {FaultKind::StoreReadOnly, "store_read_only"},
    {FaultKind::PaidWrongAmount, "paid_wrong_amount"},
    {FaultKind::PaidAfterExpiry, "paid_after_expiry"},
    {FaultKind::Cancelled, "cancelled"},
    {FaultKind::ChannelOutage, "channel_outage"},
    {FaultKind::ChannelRejects, "channel_rejects"},
    {FaultKind::BankOutage, "bank_outage"},
    {FaultKind::PaymentRejected, "payment_rejected"},
    {FaultKind::PaymentReturned, "payment_returned"},
    {FaultKind::PaidTwice, "paid_twice"},
    {FaultKind::StatusLate, "status_late"},
    {FaultKind::StatusLost, "status_lost"},
    {FaultKind::WrongEcho, "wrong_echo"},
    {FaultKind::BankCharge, "bank_charge"},
    {FaultKind::RateSpike, "rate_spike"},
    {FaultKind::RateStale, "rate_stale"},
    {FaultKind::LockExpires, "lock_expires"},
    {FaultKind::LockRate, "lock_rate"},
    {FaultKind::FxRejected, "fx_rejected"},
    {FaultKind::FxPending, "fx_pending"},
    {FaultKind::FxPartial, "fx_partial"},
    {FaultKind::FxOverFill, "fx_over_fill"},
    {FaultKind::FxOtherRate, "fx_other_rate"},
    {FaultKind::StatementLineMissing, "statement_line_missing"},
    {FaultKind::StatementLineTwice, "statement_line_twice"},
    {FaultKind::CustomsOutage, "customs_outage"},
    {FaultKind::CustomsRejects, "customs_rejects"},
    {FaultKind::CustomsError, "customs_error"},
    {FaultKind::ReceiptLost, "receipt_lost"},
    {FaultKind::ReceiptTwice, "receipt_twice"},
    {FaultKind::ReceiptLate, "receipt_late"},
    {FaultKind::ReceiptForged, "receipt_forged"},
    {FaultKind::SeenLate, "seen_late"},
    {FaultKind::StoreForgets, "store_forgets"},
    {FaultKind::TransferLost, "transfer_lost"},
    {FaultKind::DirectLost, "direct_lost"},
    {FaultKind::DirectSilent, "direct_silent"},
    {FaultKind::DirectGarbled, "direct_garbled"},
    {FaultKind::DirectSerial, "direct_serial"},
    {FaultKind::DirectDropsRound, "direct_drops_round"},
    {FaultKind::DirectStays, "direct_stays"},
    {FaultKind::DirectRejectsLater, "direct_rejects_later"},
    {FaultKind::DirectTwice, "direct_twice"},
    {FaultKind::DirectLaterDay, "direct_later_day"},
    {FaultKind::FixNotTakenUp, "fix_not_taken_up"},
    {FaultKind::FixQuoteWithdrawn, "fix_quote_withdrawn"},
    {FaultKind::FixGarbage, "fix_garbage"},
};

}  // namespace

const std::vector<FaultKind>& all_fault_kinds() {
    static const std::vector<FaultKind> all = [] {
        std::vector<FaultKind> kinds;
        for (const auto& [kind, name] : kNames) kinds.push_back(kind);
        return kinds;
    }();
    return all;
}

std::string_view to_text(FaultKind kind) {
    const auto* place =
        std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& e) { return e.first == kind; });
    return place == std::end(kNames) ? std::string_view("unnamed") : place->second;
}

std::optional<FaultKind> fault_kind_from_text(std::string_view text) {
    for (const auto& [kind, name] : kNames) {
        if (name == text) return kind;
    }
    return std::nullopt;
}

}  // namespace huiqiao::testing::sim
