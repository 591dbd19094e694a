#include "src/flow/intake.h"

#include <map>
#include <tuple>

#include "src/base/earliest_id.h"
#include "src/flow/intake_item.h"
#include "src/flow/intake_rules.h"
#include "src/flow/intake_work.h"
#include "src/orders/collection_channel.h"

namespace huiqiao::flow {

namespace {

/// Persons of one request: the same one named twice stands in one row.
class Persons {
 public:
    Persons(const parties::PartyStore& store, IdSource& ids, std::string platform_id)
        : store_(store), ids_(ids), platform_id_(std::move(platform_id)) {}

    std::string id_of(parties::Person person) {
        auto key = std::tuple(person.identity_type, person.identity_number, person.name, person.phone);
        const auto at = known_.find(key);
        if (at != known_.end()) return at->second;
        person.id = ids_.next("per");
        person.platform_id = platform_id_;
        sealed_.push_back(store_.seal(person));
        known_.emplace(std::move(key), person.id);
        return person.id;
    }
    [[nodiscard]] std::vector<parties::SealedPerson> take() { return std::move(sealed_); }

 private:
    const parties::PartyStore& store_;
    IdSource& ids_;
    std::string platform_id_;
    std::map<std::tuple<parties::IdentityType, std::string, std::string, std::string>, std::string> known_;
    std::vector<parties::SealedPerson> sealed_;
};

orders::Order order_from(const IntakeOrder& given, const CheckedOrder& checked, const std::string& platform_id,
                         IdSource& ids, Instant now) {
    const bool none = checked.payout == orders::PayoutKind::None;
    orders::OrderAmounts amounts = orders::OrderAmounts::of(given.total, checked.payout_currency);
    const orders::OrderState state = orders::state_of(amounts, checked.payout, !none, false, false);
    const std::string_view declaration = !orders::is_declared(checked.trade) ? orders::kNotDeclared
                                         : none                              ? orders::kDeclarationDue
                                                                             : orders::kDeclarationWaits;
    return orders::Order{ids.next("ord"),
                         platform_id,
                         given.merchant_id,
                         given.platform_order_no,
                         checked.payout,
                         checked.trade,
                         checked.payout_currency,
                         given.payee_id,
                         "",
                         "",
                         amounts,
                         state,
                         !none,  // its payment is placed at the channel
                         false,
                         false,
                         "",
                         given.customs_port,
                         std::string(declaration),
                         1,  // order.created
                         now,
                         now + checked.pay_within,
                         std::nullopt,
                         given.quote_id,
                         !given.quote_id.empty()};
}

/// 80 random bits behind the ten characters of a ULID's time. The channel hears of it at that very time, so it tells
/// nothing; and payments that come together stand together in the index, instead of a page each of a large one.
std::string payment_reference(IdSource& ids, Instant now) {
    constexpr std::size_t kTimeCharacters = 10;
    return ids.random_reference("P" + earliest_id("", now).substr(1, kTimeCharacters));
}

orders::Payment payment_for(const orders::Order& order, const std::string& channel, IdSource& ids, Instant now) {
    return orders::Payment{ids.next("pay"),
                           order.id,
                           order.merchant_id,
                           channel,
                           payment_reference(ids, now),
                           "",
                           orders::PaymentState::Created,
                           order.amounts.due,
                           Money::zero(order.amounts.due.currency()),
                           now,
                           order.expires_at,
                           Instant{},
                           "",
                           "",
                           0};
}

std::vector<orders::OrderLine> lines_from(const IntakeOrder& given, const std::string& order_id) {
    std::vector<orders::OrderLine> lines;
    lines.reserve(given.lines.size());
    for (const IntakeLine& line : given.lines) {
        lines.push_back(
            {order_id, static_cast<int>(lines.size()) + 1, line.name, line.quantity, line.unit_price, line.total});
    }
    return lines;
}

}  // namespace

IntakeItem::IntakeItem() = default;
IntakeItem::~IntakeItem() = default;

Intake::Intake(const Clock& clock, IdSource& ids, const parties::PartyStore& parties,
               const crypto::BlindIndex& fingerprints, const calls::Calls& calls,
               const orders::CollectionChannel& channel, IntakeSettings settings)
    : clock_(clock),
      ids_(ids),
      parties_(parties),
      fingerprints_(fingerprints),
      calls_(calls),
      channel_(channel),
      settings_(std::move(settings)) {}

Result<std::shared_ptr<IntakeItem>> Intake::prepare(const IntakeRequest& request) const {
    if (request.orders.empty() || request.orders.size() > kMostOrders) {
        Error error(intake_error::kBatchSize, {{"most", std::to_string(kMostOrders)}});
        error.pointer = "/orders";
        return error;
    }
    const Instant now = clock_.now();
    const std::shared_ptr<IntakeItem> item(new IntakeItem());
    item->weight = request.orders.size();
    item->platform_id_ = request.platform_id;
    item->request_id_ = request.request_id;
    Persons persons(parties_, ids_, request.platform_id);
    item->prepared_.reserve(request.orders.size());
    for (const IntakeOrder& given : request.orders) {
        IntakeItem::Prepared prepared;
        prepared.order_no = given.platform_order_no;
        if (is_order_no(given.platform_order_no)) {
            prepared.number_key = orders::number_key(request.platform_id, given.platform_order_no);
            prepared.fingerprint = fingerprints_.of("order_request", canonical_text(given));
        }
        Result<CheckedOrder> checked = check_order(given, settings_, now);
        if (!checked) {
            prepared.refused = checked.error();
            item->prepared_.push_back(std::move(prepared));
            continue;
        }
        orders::Order order = order_from(given, *checked, request.platform_id, ids_, now);
        prepared.buyer = checked->buyer;
        prepared.payer = checked->payer;
        order.buyer_id = persons.id_of(std::move(checked->buyer));
        order.payer_id = persons.id_of(std::move(checked->payer));
        NewOrder fresh{order,        lines_from(given, order.id), std::nullopt, std::nullopt,
                       std::nullopt, checked->payer_differs};
        if (given.evidence) {
            fresh.evidence = {order.id, given.evidence->institution, given.evidence->transaction_no,
                              given.evidence->paid_at};
        } else {
            fresh.payment = payment_for(order, settings_.channel, ids_, now);
            const orders::Payment& payment = *fresh.payment;
            fresh.channel_order =
                calls_.seal(ids_, {"channel.order",
                                   payment.channel,
                                   calls::Recovery::Resendable,
                                   payment.reference,
                                   channel_.order({payment.reference, payment.amount,
                                                   "Order " + order.platform_order_no, payment.expires_at}),
                                   {{"payment", payment.id, 1, payment.reference, payment.amount}},
                                   std::nullopt});
        }
        prepared.fresh = std::move(fresh);
        item->prepared_.push_back(std::move(prepared));
    }
    for (parties::SealedPerson& person : persons.take()) {
        std::string id = person.id;
        item->persons_.emplace(std::move(id), std::move(person));
    }
    return item;
}

std::unique_ptr<db::Work> Intake::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<IntakeWork>(items, parties_);
}

}  // namespace huiqiao::flow
