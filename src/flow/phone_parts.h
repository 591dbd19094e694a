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

/// The purchase of a lock that lapsed was a telephone deal's: that is over, and a person is told.
void note_lapsed(db::Group& group, const ConvertParts& parts, const std::string& purchase_id);
/// Two persons settle it, so that it does not lapse by itself.
bool is_in_dispute(db::Reader& reader, const std::string& purchase_id);

}  // namespace huiqiao::flow
