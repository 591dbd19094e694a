#include "src/orders/payment_store.h"

#include "src/db/lock_ranks.h"

namespace huiqiao::orders {

const db::LockTable kPaymentLock{db::lock_rank::kPayment, "SELECT id FROM payment WHERE id IN (:list) ORDER BY id"};

namespace {

constexpr db::Insert kInsert{
    "payment",
    "id, order_id, merchant_id, channel, reference, state, currency, amount_minor, created_at, expires_at, due_at",
    "tttttttiiiI"};
constexpr db::Update kUpdate{
    "payment", "id", "channel_key, channel_number, state, received_minor, paid_at, pay_url, reason, polls, due_at",
    "tTttiittiI"};
constexpr db::Insert kAllocate{"payment_allocation", "id, payment_id, order_id, currency, amount_minor, allocated_at",
                               "ttttii"};
constexpr std::string_view kKinds = "ttttttttiiiiitti";
constexpr db::Select kById{
    "SELECT id, order_id, merchant_id, channel, reference, channel_number, state, currency, amount_minor, "
    "received_minor, "
    "created_at, expires_at, paid_at, pay_url, reason, polls FROM payment WHERE id IN (:list)",
    kKinds};
constexpr db::Select kByReference{
    "SELECT id, order_id, merchant_id, channel, reference, channel_number, state, currency, amount_minor, "
    "received_minor, "
    "created_at, expires_at, paid_at, pay_url, reason, polls FROM payment WHERE reference IN (:list)",
    kKinds};
constexpr db::Select kByOrder{
    "SELECT id, order_id, merchant_id, channel, reference, channel_number, state, currency, amount_minor, "
    "received_minor, "
    "created_at, expires_at, paid_at, pay_url, reason, polls FROM payment WHERE order_id IN (:list) ORDER BY id",
    kKinds};
constexpr db::Select kPlaces{
    "SELECT id, order_id, merchant_id, channel, reference, currency FROM payment WHERE id IN (:list)", "tttttt"};
constexpr db::Select kPlacesByReference{
    "SELECT id, order_id, merchant_id, channel, reference, currency FROM payment WHERE reference IN (:list)", "tttttt"};
constexpr db::Select kBetween{
    "SELECT id, order_id, merchant_id, channel, reference, channel_number, state, currency, amount_minor, "
    "received_minor, "
    "created_at, expires_at, paid_at, pay_url, reason, polls FROM payment WHERE id > :p1 AND id < :p2 ORDER BY id "
    "LIMIT :p3",
    kKinds};
constexpr db::Select kByChannelKey{"SELECT channel_key, id FROM payment WHERE channel_key IN (:list)", "tt"};
constexpr db::Select kAllocations{
    "SELECT payment_id, order_id, currency, amount_minor FROM payment_allocation WHERE payment_id IN (:list)", "ttti"};
constexpr db::Select kDue{"SELECT id FROM payment WHERE due_at <= :p1 ORDER BY due_at LIMIT :p2", "t"};

constexpr db::Select kStillDue{"SELECT id FROM payment WHERE due_at <= :p1 AND id IN (:list)", "t"};

std::vector<Payment> payments_of(const db::Found& found) {
    std::vector<Payment> payments;
    payments.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency currency = Currency::known(found.text(row, 7));
        payments.push_back({found.text(row, 0), found.text(row, 1), found.text(row, 2), found.text(row, 3),
                            found.text(row, 4), found.text(row, 5), payment_state_from_text(found.text(row, 6)),
                            Money::of_minor(currency, found.integer(row, 8)),
                            Money::of_minor(currency, found.integer(row, 9)), from_us(found.integer(row, 10)),
                            from_us(found.integer(row, 11)), from_us(found.integer(row, 12)), found.text(row, 13),
                            found.text(row, 14), static_cast<int>(found.integer(row, 15))});
    }
    return payments;
}

std::vector<PaymentPlace> places_from(db::Reader& reader, const db::Select& select, std::span<const std::string> list) {
    std::vector<PaymentPlace> places;
    if (list.empty()) return places;
    const db::Found found = reader.select(select, {}, list);
    places.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        places.push_back({found.text(row, 0), found.text(row, 1), found.text(row, 2), found.text(row, 3),
                          found.text(row, 4), Currency::known(found.text(row, 5))});
    }
    return places;
}

}  // namespace

void PaymentStore::insert(db::Group& group, std::span<const Payment> payments,
                          std::optional<Instant> first_query) const {
    if (payments.empty()) return;
    db::Rows rows;
    for (const Payment& payment : payments) {
        rows.add(payment.id, payment.order_id, payment.merchant_id, payment.channel, payment.reference,
                 to_text(payment.state), payment.amount.currency().code(), payment.amount.minor(), payment.created_at,
                 payment.expires_at, first_query ? db::Value(*first_query) : db::Value());
    }
    group.tx.insert(kInsert, rows);
}

std::vector<Payment> PaymentStore::load(db::Reader& reader, std::span<const std::string> ids) const {
    return ids.empty() ? std::vector<Payment>() : payments_of(reader.select(kById, {}, ids));
}

std::vector<Payment> PaymentStore::of_references(db::Reader& reader, std::span<const std::string> references) const {
    return references.empty() ? std::vector<Payment>() : payments_of(reader.select(kByReference, {}, references));
}

std::vector<Payment> PaymentStore::of_orders(db::Reader& reader, std::span<const std::string> order_ids) const {
    return order_ids.empty() ? std::vector<Payment>() : payments_of(reader.select(kByOrder, {}, order_ids));
}

std::vector<PaymentPlace> PaymentStore::places(db::Reader& reader, std::span<const std::string> ids) {
    return places_from(reader, kPlaces, ids);
}

std::vector<PaymentPlace> PaymentStore::places_of_references(db::Reader& reader,
                                                             std::span<const std::string> references) {
    return places_from(reader, kPlacesByReference, references);
}

std::map<std::string, std::string> PaymentStore::owners_of_numbers(db::Reader& reader,
                                                                   std::span<const std::string> channel_keys) const {
    std::map<std::string, std::string> owners;
    if (channel_keys.empty()) return owners;
    const db::Found found = reader.select(kByChannelKey, {}, channel_keys);
    for (std::size_t row = 0; row < found.size(); ++row) owners.emplace(found.text(row, 0), found.text(row, 1));
    return owners;
}

void PaymentStore::save(db::Group& group, std::span<const Change> changes) const {
    if (changes.empty()) return;
    db::Rows rows;
    for (const Change& change : changes) {
        const Payment& payment = *change.payment;
        const bool numbered = !payment.channel_number.empty();
        rows.add(payment.id, numbered ? db::Value(channel_key(payment, payment.channel_number)) : db::Value(),
                 payment.channel_number, to_text(payment.state), payment.received.minor(), payment.paid_at,
                 payment.pay_url, payment.reason, payment.polls,
                 change.next_query ? db::Value(*change.next_query) : db::Value());
    }
    group.tx.update(kUpdate, rows);
}

void PaymentStore::allocate(db::Group& group, std::span<const PaymentAllocation> allocations) const {
    if (allocations.empty()) return;
    db::Rows rows;
    for (const PaymentAllocation& each : allocations) {
        rows.add(each.payment_id + "|" + each.order_id, each.payment_id, each.order_id, each.amount.currency().code(),
                 each.amount.minor(), group.now);
    }
    group.tx.insert(kAllocate, rows);
}

std::vector<PaymentAllocation> PaymentStore::allocations(db::Reader& reader,
                                                         std::span<const std::string> payment_ids) const {
    std::vector<PaymentAllocation> allocations;
    if (payment_ids.empty()) return allocations;
    const db::Found found = reader.select(kAllocations, {}, payment_ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        allocations.push_back({found.text(row, 0), found.text(row, 1),
                               Money::of_minor(Currency::known(found.text(row, 2)), found.integer(row, 3))});
    }
    return allocations;
}

std::vector<Payment> PaymentStore::between(db::Reader& reader, const std::string& after, const std::string& before,
                                           int limit) const {
    return payments_of(reader.select(kBetween, {after, before, limit}));
}

std::vector<std::string> PaymentStore::due_for_query(db::Reader& reader, Instant now, int limit) const {
    const db::Found found = reader.select(kDue, {now, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

std::vector<std::string> PaymentStore::still_due(db::Reader& reader, std::span<const std::string> ids,
                                                 Instant now) const {
    std::vector<std::string> due;
    if (ids.empty()) return due;
    const db::Found found = reader.select(kStillDue, {now}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) due.push_back(found.text(row, 0));
    return due;
}

}  // namespace huiqiao::orders
