#include "src/flow/exposure_counting.h"

#include "src/base/planted.h"

namespace huiqiao::flow {

namespace {

using fx::Figure;

fx::ExposureTotals figures_of(const orders::OrderAmounts& a, orders::OrderState state) {
    fx::ExposureTotals t;
    const bool is_given_up = state == orders::OrderState::Expired || state == orders::OrderState::Cancelled;
    t.at(Figure::Ordered) = is_given_up && !is_planted(Bug::GivenUpStillOrdered) ? 0 : a.due.minor();
    t.at(Figure::Collected) = a.paid.minor();
    t.at(Figure::Fees) = a.fee.minor();
    t.at(Figure::Refunding) = a.refunding.minor();
    t.at(Figure::Refunded) = a.refunded.minor();
    t.at(Figure::Converting) = a.converting.minor();
    t.at(Figure::Converted) = a.converted.minor();
    t.at(Figure::Rest) = a.rest.minor();
    t.at(Figure::Allocated) = a.bought.minor();
    t.at(Figure::Remitting) = a.remitting.minor();
    t.at(Figure::Remitted) = a.remitted.minor();
    return t;
}

}  // namespace

void ExposureCounting::opened(const orders::Order& order) {
    if (order.payout != orders::PayoutKind::Fx) return;
    changes_[std::string(order.payout_currency.code())] += figures_of(order.amounts, order.state);
}

void ExposureCounting::changed(const orders::Order& order, orders::OrderState before) {
    if (order.payout != orders::PayoutKind::Fx) return;
    if (!order.stored) throw LogicError("order " + order.id + " is saved, and nothing says what its row was");
    fx::ExposureTotals& change = changes_[std::string(order.payout_currency.code())];
    change += figures_of(order.amounts, order.state);
    change -= figures_of(*order.stored, before);
}

void ExposureCounting::dealt(const fx::Deal& deal) {
    fx::ExposureTotals& change = changes_[std::string(deal.foreign.currency().code())];
    change.at(Figure::DealtCny) += deal.cny.minor();
    change.at(Figure::Dealt) += deal.foreign.minor();
}

void ExposureCounting::annulled(const fx::Deal& deal) {
    fx::ExposureTotals& change = changes_[std::string(deal.foreign.currency().code())];
    change.at(Figure::DealtCny) -= deal.cny.minor();
    change.at(Figure::Dealt) -= deal.foreign.minor();
}

}  // namespace huiqiao::flow
