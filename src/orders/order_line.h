#pragma once
// What an order is for, line by line, and how the lines and charges make its total (ORD-10):
// goods (the sum of the lines) + freight + tax - discount = due, to the fen. And the evidence of a payment that another
// institution collected (payout kind none).

#include <optional>
#include <string>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::orders {

struct OrderLine {
    std::string order_id;
    int line_no = 0;  // from 1
    std::string name;
    std::int64_t quantity = 0;  // positive
    Money unit_price;           // CNY, zero for a gift
    Money total;                // quantity × unit price
};

struct Charges {
    Money goods;
    Money freight;
    Money tax;
    Money discount;
};

struct PaymentEvidence {
    std::string order_id;
    std::string institution;     // registered customs code of who collected: 10 or 18 characters
    std::string transaction_no;  // theirs, at most 60 characters
    Instant paid_at{};
};

/// Quantity × unit price, nullopt where it overflows.
std::optional<Money> line_total(std::int64_t quantity, const Money& unit_price);
/// What the buyer owes by these charges; nullopt where it overflows or falls below zero.
std::optional<Money> total_of(const Charges& charges);

}  // namespace huiqiao::orders
