#include "src/orders/order_store.h"

#include <unordered_map>

#include "src/orders/to_buy_store.h"

namespace huiqiao::orders {

namespace {

constexpr db::Insert kInsertOrder{
    "orders",
    "id, platform_id, merchant_id, platform_order_no, payout, trade, payout_currency, payee_id, buyer_id, payer_id, "
    "customs_port, created_at, expires_at, due_minor, paid_minor, funded_minor, fee_minor, refunding_minor, "
    "refunded_minor, converting_minor, converted_minor, rest_minor, bought_minor, remitting_minor, remitted_minor, "
    "state, payment_open, expired, cancelled, hold_reason, declaration_state, event_sequence, due_at, waiting, "
    "declare_at, quote_id, quote_open",
    "tttttttttttiiiiiiiiiiiiiitiiittiITIti"};

constexpr db::Update kUpdateOrder{
    "orders", "id",
    "paid_minor, funded_minor, fee_minor, refunding_minor, refunded_minor, converting_minor, converted_minor, "
    "rest_minor, bought_minor, remitting_minor, remitted_minor, state, payment_open, expired, cancelled, hold_reason, "
    "declaration_state, event_sequence, due_at, waiting, declare_at, quote_open, to_buy",
    "tiiiiiiiiiiitiiittiITIiT"};

constexpr std::string_view kOrderKinds = "tttttttttttiiiiiiiiiiiiiitiiittitiT";
constexpr db::Select kLoad{
    "SELECT id, platform_id, merchant_id, platform_order_no, payout, trade, payout_currency, payee_id, buyer_id, "
    "payer_id, customs_port, created_at, expires_at, due_minor, paid_minor, funded_minor, fee_minor, refunding_minor, "
    "refunded_minor, converting_minor, converted_minor, rest_minor, bought_minor, remitting_minor, remitted_minor, "
    "state, payment_open, expired, cancelled, hold_reason, declaration_state, event_sequence, quote_id, "
    "quote_open, to_buy FROM orders WHERE id IN (:list)",
    kOrderKinds};
constexpr db::Select kConvertible{
    "SELECT id, merchant_id, funded_minor - fee_minor - refunding_minor - refunded_minor - converting_minor - "
    "converted_minor - rest_minor, quote_id FROM orders WHERE id IN (:list)",
    "ttit"};
constexpr db::Select kList{
    "SELECT id, platform_id, merchant_id, platform_order_no, payout, trade, payout_currency, payee_id, buyer_id, "
    "payer_id, customs_port, created_at, expires_at, due_minor, paid_minor, funded_minor, fee_minor, refunding_minor, "
    "refunded_minor, converting_minor, converted_minor, rest_minor, bought_minor, remitting_minor, remitted_minor, "
    "state, payment_open, expired, cancelled, hold_reason, declaration_state, event_sequence, quote_id, "
    "quote_open, to_buy FROM orders WHERE platform_id = :p1 AND id < :p2 ORDER BY id DESC LIMIT :p3",
    kOrderKinds};
constexpr db::Select kListOfState{
    "SELECT id, platform_id, merchant_id, platform_order_no, payout, trade, payout_currency, payee_id, buyer_id, "
    "payer_id, customs_port, created_at, expires_at, due_minor, paid_minor, funded_minor, fee_minor, refunding_minor, "
    "refunded_minor, converting_minor, converted_minor, rest_minor, bought_minor, remitting_minor, remitted_minor, "
    "state, payment_open, expired, cancelled, hold_reason, declaration_state, event_sequence, quote_id, "
    "quote_open, to_buy FROM orders WHERE platform_id = :p1 AND id < :p2 AND state = :p4 ORDER BY id DESC LIMIT :p3",
    kOrderKinds};

constexpr db::Select kHolders{"SELECT order_key, order_id, fingerprint FROM order_number WHERE order_key IN (:list)",
                              "ttt"};
constexpr db::Command kReleaseNumbers{"DELETE FROM order_number WHERE order_key IN (:list)"};

constexpr db::Insert kInsertLine{"order_line", "line_key, line_no, name, quantity, unit_price_minor, total_minor",
                                 "titiii"};
constexpr db::Select kLines{
    "SELECT line_no, name, quantity, unit_price_minor, total_minor FROM order_line "
    "WHERE line_key > :p1 AND line_key < :p2 ORDER BY line_no",
    "itiii"};

constexpr db::Insert kInsertEvidence{"payment_evidence", "order_id, institution, transaction_no, paid_at", "ttti"};
constexpr db::Select kEvidence{
    "SELECT order_id, institution, transaction_no, paid_at FROM payment_evidence WHERE order_id = :p1", "ttti"};

constexpr db::Select kToExpire{
    "SELECT id FROM orders WHERE due_at IS NOT NULL AND due_at <= :p1 ORDER BY due_at LIMIT :p2", "t"};
constexpr db::Select kWaiting{"SELECT id FROM orders WHERE waiting = :p1 AND id > :p2 ORDER BY id LIMIT :p3", "t"};
constexpr db::Select kToDeclare{
    "SELECT id FROM orders WHERE declare_at IS NOT NULL AND declare_at <= :p1 ORDER BY declare_at LIMIT :p2", "t"};

// Above every id: ULIDs end below 'z'.
constexpr std::string_view kAboveAll = "z";

Currency cny() {
    return Currency::known("CNY");
}

db::Value due_at(const Order& order) {
    const bool may_expire = order.state == OrderState::Created || order.state == OrderState::AwaitingPayment;
    return may_expire ? db::Value(order.expires_at) : db::kNull;
}

db::Value waiting_value(const Order& order) {
    const Waiting what = waiting_of(order);
    return what == Waiting::Nothing ? db::kNull : db::Value(waiting_text(what, order.payout_currency));
}

/// Oldest orders are declared first.
db::Value declare_at(const Order& order) {
    return order.declaration_state == kDeclarationDue && !stops_declaring(order.hold_reason)
               ? db::Value(order.created_at)
               : db::kNull;
}

db::Value to_buy_value(const Order& order) {
    if (!is_to_be_bought(order) || !order.to_buy_since) return db::kNull;
    return db::Value(ToBuy{*order.to_buy_since, order.payout_currency}.text());
}
std::optional<Date> to_buy_since(const db::Found& found, std::size_t row) {
    if (found.is_null(row, 34)) return std::nullopt;
    return ToBuy::from_text(found.text(row, 34)).since;
}

Order order_from(const db::Found& found, std::size_t row) {
    const Currency payout = Currency::known(found.text(row, 6));
    const auto fen = [&](std::size_t column) { return Money::of_minor(cny(), found.integer(row, column)); };
    const auto out = [&](std::size_t column) { return Money::of_minor(payout, found.integer(row, column)); };
    const OrderAmounts amounts{fen(13), fen(14), fen(15), fen(16), fen(17), fen(18),
                               fen(19), fen(20), fen(21), out(22), out(23), out(24)};
    return Order{found.text(row, 0),
                 found.text(row, 1),
                 found.text(row, 2),
                 found.text(row, 3),
                 payout_kind_from_text(found.text(row, 4)).value(),
                 trade_kind_from_text(found.text(row, 5)).value(),
                 payout,
                 found.text(row, 7),
                 found.text(row, 8),
                 found.text(row, 9),
                 amounts,
                 order_state_from_text(found.text(row, 25)),
                 found.integer(row, 26) != 0,
                 found.integer(row, 27) != 0,
                 found.integer(row, 28) != 0,
                 found.text(row, 29),
                 found.text(row, 10),
                 found.text(row, 30),
                 found.integer(row, 31),
                 from_us(found.integer(row, 11)),
                 from_us(found.integer(row, 12)),
                 amounts,
                 found.text(row, 32),
                 found.integer(row, 33) != 0,
                 to_buy_since(found, row)};
}

std::vector<std::string> ids_of(const db::Found& found) {
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

}  // namespace

std::string waiting_text(Waiting what, Currency currency) {
    switch (what) {
        case Waiting::Nothing: return "";
        case Waiting::Quote: return "quote:" + std::string(currency.code());
        case Waiting::Convert: return "convert:" + std::string(currency.code());
        case Waiting::Part: return "part:" + std::string(currency.code());
        case Waiting::Remit: return "remit:" + std::string(currency.code());
    }
    throw LogicError("waiting out of range");
}

std::string number_key(std::string_view platform_id, std::string_view platform_order_no) {
    std::string key;
    key.reserve(platform_id.size() + 1 + platform_order_no.size());
    key.append(platform_id).append(1, '|').append(platform_order_no);
    return key;
}

Waiting waiting_of(const Order& order) {
    if (!order.hold_reason.empty() || order.payout == PayoutKind::None) return Waiting::Nothing;
    if (order.amounts.paid < order.amounts.due || order.amounts.refunding.is_positive()) return Waiting::Nothing;
    if (order.payout == PayoutKind::Fx) {
        if (order.amounts.convertible().is_positive()) return order.quote_open ? Waiting::Quote : Waiting::Convert;
        if (order.amounts.converting.is_positive()) return Waiting::Nothing;
    }
    if (!order.amounts.remittable(order.payout).is_positive()) return Waiting::Nothing;
    const bool more_comes = order.payout == PayoutKind::Fx && order.amounts.funded < order.amounts.paid;
    return more_comes ? Waiting::Part : Waiting::Remit;
}

void OrderStore::insert(db::Tx& tx, std::span<const Order> orders) {
    db::Rows rows;
    for (const Order& o : orders) {
        const OrderAmounts& a = o.amounts;
        rows.add(o.id, o.platform_id, o.merchant_id, o.platform_order_no, to_text(o.payout), to_text(o.trade),
                 o.payout_currency.code(), o.payee_id, o.buyer_id, o.payer_id, o.customs_port, o.created_at,
                 o.expires_at, a.due.minor(), a.paid.minor(), a.funded.minor(), a.fee.minor(), a.refunding.minor(),
                 a.refunded.minor(), a.converting.minor(), a.converted.minor(), a.rest.minor(), a.bought.minor(),
                 a.remitting.minor(), a.remitted.minor(), to_text(o.state), o.payment_open ? 1 : 0, o.expired ? 1 : 0,
                 o.cancelled ? 1 : 0, o.hold_reason, o.declaration_state, o.event_sequence, due_at(o), waiting_value(o),
                 declare_at(o), o.quote_id, o.quote_open ? 1 : 0);
    }
    tx.insert(kInsertOrder, rows);
}

void OrderStore::update(db::Tx& tx, std::span<const Order* const> orders) {
    db::Rows rows;
    for (const Order* order : orders) {
        const Order& o = *order;
        const OrderAmounts& a = o.amounts;
        rows.add(o.id, a.paid.minor(), a.funded.minor(), a.fee.minor(), a.refunding.minor(), a.refunded.minor(),
                 a.converting.minor(), a.converted.minor(), a.rest.minor(), a.bought.minor(), a.remitting.minor(),
                 a.remitted.minor(), to_text(o.state), o.payment_open ? 1 : 0, o.expired ? 1 : 0, o.cancelled ? 1 : 0,
                 o.hold_reason, o.declaration_state, o.event_sequence, due_at(o), waiting_value(o), declare_at(o),
                 o.quote_open ? 1 : 0, to_buy_value(o));
    }
    tx.update(kUpdateOrder, rows);
}

void OrderStore::insert_lines(db::Tx& tx, std::span<const OrderLine> lines) {
    db::Rows rows;
    for (const OrderLine& l : lines) {
        rows.add(l.order_id + "|" + std::to_string(l.line_no), l.line_no, l.name, l.quantity, l.unit_price.minor(),
                 l.total.minor());
    }
    tx.insert(kInsertLine, rows);
}

void OrderStore::insert_evidence(db::Tx& tx, std::span<const PaymentEvidence> evidence) {
    db::Rows rows;
    for (const PaymentEvidence& e : evidence) rows.add(e.order_id, e.institution, e.transaction_no, e.paid_at);
    tx.insert(kInsertEvidence, rows);
}

std::vector<Order> OrderStore::load(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kLoad, {}, ids);
    std::unordered_map<std::string, std::size_t> row_of;
    row_of.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) row_of.emplace(found.text(row, 0), row);
    std::vector<Order> orders;
    orders.reserve(ids.size());
    for (const std::string& id : ids) {
        const auto at = row_of.find(id);
        if (at != row_of.end()) orders.push_back(order_from(found, at->second));
    }
    return orders;
}

std::vector<ConvertibleOrder> OrderStore::convertible(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kConvertible, {}, ids);
    std::unordered_map<std::string_view, std::size_t> row_of;
    row_of.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) row_of.emplace(found.text(row, 0), row);
    std::vector<ConvertibleOrder> orders;
    orders.reserve(ids.size());
    for (const std::string& id : ids) {
        const auto at = row_of.find(id);
        if (at == row_of.end()) continue;
        orders.push_back({id, found.text(at->second, 1), Money::of_minor(cny(), found.integer(at->second, 2)),
                          !found.text(at->second, 3).empty()});
    }
    return orders;
}

std::optional<Order> OrderStore::find(db::Reader& reader, const std::string& id) {
    std::vector<Order> orders = load(reader, std::span(&id, 1));
    if (orders.empty()) return std::nullopt;
    return std::move(orders.front());
}

std::optional<Order> OrderStore::by_number(db::Reader& reader, std::string_view platform_id,
                                           std::string_view platform_order_no) {
    const std::string key = number_key(platform_id, platform_order_no);
    const auto holder = holders(reader, std::span(&key, 1)).front();
    return holder ? find(reader, holder->order_id) : std::nullopt;
}

std::vector<std::optional<NumberHolder>> OrderStore::holders(db::Reader& reader, std::span<const std::string> keys) {
    const db::Found found = reader.select(kHolders, {}, keys);
    std::unordered_map<std::string, std::size_t> row_of;
    for (std::size_t row = 0; row < found.size(); ++row) row_of.emplace(found.text(row, 0), row);
    std::vector<std::optional<NumberHolder>> holders;
    holders.reserve(keys.size());
    for (const std::string& key : keys) {
        const auto at = row_of.find(key);
        if (at == row_of.end()) {
            holders.emplace_back();
        } else {
            holders.emplace_back(NumberHolder{found.text(at->second, 1), found.text(at->second, 2)});
        }
    }
    return holders;
}

void OrderStore::release_numbers(db::Tx& tx, std::span<const std::string> keys) {
    if (!keys.empty()) tx.execute(kReleaseNumbers, {}, keys);
}

std::vector<Order> OrderStore::list(db::Reader& reader, const std::string& platform_id, std::string_view state,
                                    const std::string& before_id, int limit) {
    const std::string_view before = before_id.empty() ? kAboveAll : std::string_view(before_id);
    const db::Found found = state.empty() ? reader.select(kList, {platform_id, before, limit})
                                          : reader.select(kListOfState, {platform_id, before, limit, state});
    std::vector<Order> orders;
    orders.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) orders.push_back(order_from(found, row));
    return orders;
}

std::vector<OrderLine> OrderStore::lines(db::Reader& reader, const std::string& order_id) {
    // '}' is the character behind '|', so these are the bounds of all keys of this order.
    const db::Found found = reader.select(kLines, {order_id + "|", order_id + "}"});
    std::vector<OrderLine> lines;
    for (std::size_t row = 0; row < found.size(); ++row) {
        lines.push_back({order_id, static_cast<int>(found.integer(row, 0)), found.text(row, 1), found.integer(row, 2),
                         Money::of_minor(cny(), found.integer(row, 3)), Money::of_minor(cny(), found.integer(row, 4))});
    }
    return lines;
}

std::optional<PaymentEvidence> OrderStore::evidence(db::Reader& reader, const std::string& order_id) {
    const db::Found found = reader.select(kEvidence, {order_id});
    if (found.empty()) return std::nullopt;
    return PaymentEvidence{found.text(0, 0), found.text(0, 1), found.text(0, 2), from_us(found.integer(0, 3))};
}

std::vector<std::string> OrderStore::to_expire(db::Reader& reader, Instant now, int limit) {
    return ids_of(reader.select(kToExpire, {now, limit}));
}

std::vector<std::string> OrderStore::waiting(db::Reader& reader, Waiting what, Currency payout_currency, int limit,
                                             std::string_view behind_id) {
    return ids_of(reader.select(kWaiting, {waiting_text(what, payout_currency), behind_id, limit}));
}

std::vector<std::string> OrderStore::to_declare(db::Reader& reader, Instant now, int limit) {
    return ids_of(reader.select(kToDeclare, {now, limit}));
}

}  // namespace huiqiao::orders
