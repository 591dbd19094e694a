#include "fx/exposure.h"

#include "fx/exposure_line.h"

#include <algorithm>

namespace huiqiao::fx {

std::string_view to_text(Figure figure) {
    switch (figure) {
        case Figure::Ordered: return "ordered";
        case Figure::Collected: return "collected";
        case Figure::Fees: return "fees";
        case Figure::Refunding: return "refunding";
        case Figure::Refunded: return "refunded";
        case Figure::Converting: return "converting";
        case Figure::Converted: return "converted";
        case Figure::Rest: return "rest";
        case Figure::DealtCny: return "dealt_cny";
        case Figure::Dealt: return "dealt";
        case Figure::Allocated: return "allocated";
        case Figure::Remitting: return "remitting";
        case Figure::Remitted: return "remitted";
    }
    throw LogicError("figure out of range");
}

ExposureTotals& ExposureTotals::operator+=(const ExposureTotals& other) {
    for (const Figure figure : kFigures) at(figure) += other.at(figure);
    return *this;
}

ExposureTotals& ExposureTotals::operator-=(const ExposureTotals& other) {
    for (const Figure figure : kFigures) at(figure) -= other.at(figure);
    return *this;
}

Money CurrencyExposure::of(Figure figure) const {
    return Money::of_minor(is_cny(figure) ? Currency::known("CNY") : currency, totals.at(figure));
}

Money CurrencyExposure::locked_cny() const {
    Money sum = Money::zero(Currency::known("CNY"));
    for (const ValueDateExposure& line : value_dates) sum += line.locked_cny;
    return sum;
}

Money CurrencyExposure::locked() const {
    Money sum = Money::zero(currency);
    for (const ValueDateExposure& line : value_dates) sum += line.locked;
    return sum;
}

Money CurrencyExposure::to_be_paid() const {
    return of(Figure::Ordered) - of(Figure::Collected);
}

Money CurrencyExposure::unallocated() const {
    return of(Figure::Dealt) - of(Figure::Allocated);
}

Money CurrencyExposure::open_cny() const {
    return of(Figure::Collected) - of(Figure::Fees) - of(Figure::Refunding) - of(Figure::Refunded) -
           of(Figure::Converting) - of(Figure::Converted) - of(Figure::Rest);
}

Money CurrencyExposure::open() const {
    return of(Figure::Allocated) - of(Figure::Remitting) - of(Figure::Remitted);
}

ValueDateExposure& line_of(CurrencyExposure& exposure, const Date& value_date) {
    std::vector<ValueDateExposure>& lines = exposure.value_dates;
    const auto line =
        std::lower_bound(lines.begin(), lines.end(), value_date,
                         [](const ValueDateExposure& one, const Date& date) { return one.value_date < date; });
    if (line != lines.end() && line->value_date == value_date) return *line;
    const Money none = Money::zero(Currency::known("CNY"));
    const Money none_bought = Money::zero(exposure.currency);
    return *lines.insert(line, {value_date, none, none_bought, none, none_bought, none_bought});
}

void add(CurrencyExposure& exposure, const OpenPurchaseView& view) {
    ValueDateExposure& line = line_of(exposure, view.value_date);
    if (view.is_dealt) {
        line.bought_cny += view.purchase.deal->cny;
        line.bought += view.purchase.deal->foreign;
        line.allocated += view.allocated;
    } else {
        line.locked_cny += view.purchase.cny;
        line.locked += view.purchase.foreign;
    }
}

}  // namespace huiqiao::fx
