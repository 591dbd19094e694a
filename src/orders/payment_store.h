#pragma once
// Rows of payments and their allocations, always for sets. References are claimed before they are used; a channel's
// number is unique by the database. It decides nothing.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/db/write_queue.h"
#include "src/orders/payment.h"

namespace huiqiao::orders {

/// Rank kPayment.
extern const db::LockTable kPaymentLock;

/// What of a payment never changes: enough to know which rows it touches, before anything is locked.
struct PaymentPlace {
    std::string id;
    std::string order_id;
    std::string merchant_id;
    std::string channel;
    std::string reference;
    Currency currency;
};

class PaymentStore {
 public:
    /// In a group that makes the orders. The new payment's query schedule begins at due_at; absent: never queried.
    void insert(db::Group& group, std::span<const Payment> payments, std::optional<Instant> first_query) const;

    /// In the order of the database; those that are absent are left out.
    [[nodiscard]] std::vector<Payment> load(db::Reader& reader, std::span<const std::string> ids) const;
    [[nodiscard]] std::vector<Payment> of_references(db::Reader& reader, std::span<const std::string> references) const;
    [[nodiscard]] std::vector<Payment> of_orders(db::Reader& reader, std::span<const std::string> order_ids) const;

    [[nodiscard]] static std::vector<PaymentPlace> places(db::Reader& reader, std::span<const std::string> ids);
    [[nodiscard]] static std::vector<PaymentPlace> places_of_references(db::Reader& reader,
                                                                        std::span<const std::string> references);

    /// Which payments stand under these keys of channels (channel_key); none for those that are free.
    [[nodiscard]] std::map<std::string, std::string> owners_of_numbers(db::Reader& reader,
                                                                       std::span<const std::string> channel_keys) const;

    struct Change {
        const Payment* payment;  // with what it has become
        std::optional<Instant> next_query;
    };
    /// Locked payments. Writes state, channel number, received, paid_at, pay_url, reason, polls and the next query.
    void save(db::Group& group, std::span<const Change> changes) const;

    /// Step 7: what confirmed payments paid for.
    void allocate(db::Group& group, std::span<const PaymentAllocation> allocations) const;
    [[nodiscard]] std::vector<PaymentAllocation> allocations(db::Reader& reader,
                                                             std::span<const std::string> payment_ids) const;

    /// Those made after an id and before another, in order: a page of a stretch of time (src/base/earliest_id.h).
    [[nodiscard]] std::vector<Payment> between(db::Reader& reader, const std::string& after, const std::string& before,
                                               int limit) const;

    /// Ids of payments whose next query is due, oldest first; through an index.
    [[nodiscard]] std::vector<std::string> due_for_query(db::Reader& reader, Instant now, int limit) const;
    /// Which of these (locked) are still due.
    [[nodiscard]] std::vector<std::string> still_due(db::Reader& reader, std::span<const std::string> ids,
                                                     Instant now) const;
};

}  // namespace huiqiao::orders
