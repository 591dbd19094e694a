#pragma once
// What the steps of a telephone deal share. Only for src/flow/phone*.cpp and the lapse of locks.

#include "fx/phone_deal_store.h"
#include "src/flow/convert_parts.h"
#include "src/flow/phone.h"

namespace huiqiao::flow {

struct PhoneParts {
    ConvertParts convert;
    const crypto::Sealer& sealer;
};

std::unique_ptr<db::Operation> make_record_phone(const PhoneParts& parts);
std::unique_ptr<db::Operation> make_confirm_phone(const PhoneParts& parts);
std::unique_ptr<Decision> make_settle_phone(const PhoneParts& parts, const ledger::Ledger& ledger);

/// The purchase of a telephone deal is dealt as its slip says.
void deal_by_slip(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::PhoneSlip& slip,
                  const std::string& request_id);
/// Nothing is dealt: the lock is lost by that event, and the orders are free again.
void drop_phone_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, fx::LockEvent event);

/// The bank may have dealt: its lock stands without an end, and the money stays held.
void keep_held(db::Group& group, PurchaseInHand& in_hand);
/// No slip came, or a wrong one did: it is awaited without an end, and a person is told.
void await_slip(db::Group& group, const ConvertParts& parts, fx::PhoneDeal& deal, PurchaseInHand& in_hand);
/// The slip that it had was none: told as overdue only once the bank's word is over.
void await_slip_anew(db::Group& group, const ConvertParts& parts, fx::PhoneDeal& deal, PurchaseInHand& in_hand);
/// Whether the purchase whose lock is over is a telephone deal's. Then nothing lapses: the bank may have dealt, so the
/// money stays held, and who was not told yet is told.
bool is_phone_deal_kept(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand);

}  // namespace huiqiao::flow
