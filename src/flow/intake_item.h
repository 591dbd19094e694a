#pragma once
// An order between prepare and its write group: everything that could be made without the database. Private to intake.

#include "src/flow/intake.h"
#include "src/orders/order_line.h"
#include "src/orders/payment.h"

namespace huiqiao::flow {

/// An order that passed the pure rules, with all its rows.
struct NewOrder {
    orders::Order order;
    std::vector<orders::OrderLine> lines;
    std::optional<orders::PaymentEvidence> evidence;
    std::optional<orders::Payment> payment;          // absent where others collected
    std::optional<calls::SealedCall> channel_order;  // where there is a payment
    bool payer_differs = false;
};

struct IntakeItem::Prepared {
    std::string number_key;   // empty where the number itself is no number
    std::string fingerprint;  // of the whole request
    std::string order_no;
    std::optional<Error> refused;   // by a pure rule
    std::optional<NewOrder> fresh;  // else
    parties::Person buyer, payer;   // as they are sealed, to tell in what a repeat differs
};

}  // namespace huiqiao::flow
