#include "src/orders/order_line.h"

namespace huiqiao::orders {

std::optional<Money> line_total(std::int64_t quantity, const Money& unit_price) {
    std::int64_t minor = 0;
    if (__builtin_mul_overflow(quantity, unit_price.minor(), &minor)) return std::nullopt;
    return Money::of_minor(unit_price.currency(), minor);
}

std::optional<Money> total_of(const Charges& charges) {
    const Result<Money> with_freight = charges.goods.plus(charges.freight);
    if (!with_freight) return std::nullopt;
    const Result<Money> with_tax = with_freight->plus(charges.tax);
    if (!with_tax) return std::nullopt;
    const Result<Money> total = with_tax->plus(-charges.discount);
    if (!total || total->is_negative()) return std::nullopt;
    return *total;
}

}  // namespace huiqiao::orders
