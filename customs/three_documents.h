#pragma once
// The match of three documents (三单对碰) as customs makes it: the platform's order, the payment, the carrier's waybill
// (customs reference 1.9). Pure. We run it on what we know before a payment is declared, so that what customs would
// refuse never leaves; amounts must be equal unless a tolerance is set.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "customs/payment_document.h"

namespace huiqiao::customs {

/// What the order document says, as far as payments are concerned.
struct OrderDocument {
    std::string order_no;
    std::string platform_code;
    std::string platform_name;
    std::string pay_code;  // empty: not filled in
    std::string serial;    // empty: not filled in
    Money actual_paid;     // goods + freight + tax - discount
    std::string buyer_id_number;
    std::string buyer_name;
    bool buyer_verified = false;  // the platform proves its buyers' identity, so that another may pay
};

struct WaybillDocument {
    std::string order_no;
};

struct Mismatch {
    std::string_view field;  // of PaymentHead: "orderNo", "amountPaid" …
    std::string_view english;
    std::string_view chinese;
};

/// In the order in which customs looks: brought together by number, then enterprises, then amount, then persons.
std::vector<Mismatch> match(const OrderDocument& order, const PaymentDocument& payment,
                            const std::optional<WaybillDocument>& waybill, const Money& tolerance);

/// As customs compares them: without spaces at the ends, 'x' as 'X'.
std::string folded_id_number(std::string_view number);

}  // namespace huiqiao::customs
