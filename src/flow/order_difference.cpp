#include "src/flow/order_difference.h"

#include <algorithm>
#include <tuple>

#include "src/orders/order_store.h"

namespace huiqiao::flow {

namespace {

struct Names {
    std::string text;
    void add(bool differs, std::string_view name) {
        if (differs) text.append(text.empty() ? "" : ", ").append(name);
    }
};

auto content(const orders::OrderLine& line) {
    return std::tie(line.name, line.quantity, line.unit_price, line.total);
}
auto content(const parties::Person& person) {
    return std::tie(person.name, person.identity_type, person.identity_number, person.phone);
}
auto content(const orders::PaymentEvidence& evidence) {
    return std::tie(evidence.institution, evidence.transaction_no, evidence.paid_at);
}

bool same(const std::vector<orders::OrderLine>& a, const std::vector<orders::OrderLine>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) { return content(one) == content(other); });
}
bool same(const std::optional<orders::PaymentEvidence>& a, const std::optional<orders::PaymentEvidence>& b) {
    return a.has_value() == b.has_value() && (!a || content(*a) == content(*b));
}

std::string named(const IntakeItem::Prepared& fresh, const std::vector<orders::OrderLine>& lines,
                  const std::optional<orders::PaymentEvidence>& evidence, const parties::Person& buyer,
                  const parties::Person& payer) {
    Names names;
    names.add(!same(fresh.fresh->lines, lines), "lines");
    names.add(!same(fresh.fresh->evidence, evidence), "evidence");
    names.add(content(fresh.buyer) != content(buyer), "buyer");
    names.add(content(fresh.payer) != content(payer), "payer");
    // The charges are not kept one by one: they make the same total here, so one grew where another shrank. Or the
    // usual time to pay was written out in one of the two.
    names.add(names.text.empty(), "freight, tax, discount or pay_within_s");
    return names.text;
}

}  // namespace

std::string differing_columns(const orders::Order& fresh, const orders::Order& standing) {
    Names names;
    names.add(fresh.merchant_id != standing.merchant_id, "merchant_id");
    names.add(fresh.amounts.due != standing.amounts.due, "total");
    names.add(fresh.trade != standing.trade, "trade_kind");
    names.add(fresh.payout != standing.payout, "payout_kind");
    names.add(fresh.payout_currency != standing.payout_currency, "payout_currency");
    names.add(fresh.payee_id != standing.payee_id, "payee_id");
    names.add(fresh.quote_id != standing.quote_id, "quote_id");
    names.add(fresh.customs_port != standing.customs_port, "customs_port");
    names.add(fresh.expires_at - fresh.created_at != standing.expires_at - standing.created_at, "pay_within_s");
    return names.text;
}

std::string differing_parts(const IntakeItem::Prepared& fresh, const IntakeItem::Prepared& standing) {
    return named(fresh, standing.fresh->lines, standing.fresh->evidence, standing.buyer, standing.payer);
}

std::string differing_parts(db::Reader& reader, const parties::PartyStore& parties, const IntakeItem::Prepared& fresh,
                            const orders::Order& standing) {
    const auto persons = parties.persons(reader, std::vector{standing.buyer_id, standing.payer_id});
    // Sealed by a key that is gone: nothing is said of persons, who may well be the same.
    const auto person = [&](const std::string& id, const parties::Person& otherwise) {
        if (!persons) return otherwise;
        const auto at = persons->find(id);
        return at == persons->end() ? otherwise : at->second;
    };
    return named(fresh, orders::OrderStore::lines(reader, standing.id),
                 orders::OrderStore::evidence(reader, standing.id), person(standing.buyer_id, fresh.buyer),
                 person(standing.payer_id, fresh.payer));
}

}  // namespace huiqiao::flow
