#include "src/orders/waiting_store.h"

#include <array>

namespace huiqiao::orders {

namespace {

// One step of the index each: the next text, the next merchant. A step takes the first row that it meets and is given
// no other condition, by which it would walk over all orders of the texts that it leaves out.
constexpr db::Select kNextKind{"SELECT waiting FROM orders WHERE waiting > :p1 ORDER BY waiting LIMIT 1", "t"};
// What waits for its quote is apart: it is looked at within seconds, and waits on only where no bank has a price.
constexpr std::string_view kQuoteKinds = "quote:";
constexpr std::string_view kBehindQuoteKinds = "quote:~";
constexpr std::string_view kBehindAll = "~";
constexpr db::Select kNextMerchant{
    "SELECT merchant_id FROM orders WHERE waiting = :p1 AND merchant_id > :p2 ORDER BY merchant_id LIMIT 1", "t"};
constexpr db::Select kOfMerchant{
    "SELECT id FROM orders WHERE waiting = :p1 AND merchant_id = :p2 ORDER BY id LIMIT :p3", "t"};

WaitingFor kind_from_text(const std::string& text) {
    const std::size_t colon = text.find(':');
    const Result<Currency> currency = Currency::find(text.substr(colon + 1));
    for (const Waiting what : {Waiting::Convert, Waiting::Part, Waiting::Remit, Waiting::Quote}) {
        if (currency && waiting_text(what, *currency) == text) return {what, *currency};
    }
    throw LogicError("'" + text + "' is nothing that an order waits for");
}

/// Of the texts from one to below another.
void add_kinds(db::Reader& reader, std::string_view behind, std::string_view below, std::vector<WaitingFor>& kinds) {
    for (std::string last(behind);;) {
        const db::Found next = reader.select(kNextKind, {last});
        if (next.empty()) return;
        last = next.text(0, 0);
        if (last >= below) return;
        kinds.push_back(kind_from_text(last));
    }
}

}  // namespace

std::vector<WaitingFor> WaitingStore::kinds(db::Reader& reader) {
    std::vector<WaitingFor> kinds;
    add_kinds(reader, "", kQuoteKinds, kinds);
    add_kinds(reader, kBehindQuoteKinds, kBehindAll, kinds);
    return kinds;
}

std::vector<WaitingFor> WaitingStore::quote_kinds(db::Reader& reader) {
    std::vector<WaitingFor> kinds;
    add_kinds(reader, kQuoteKinds, kBehindQuoteKinds, kinds);
    return kinds;
}

std::vector<Order> WaitingStore::orders(db::Reader& reader, const WaitingFor& kind, std::string_view behind_id,
                                        int limit) {
    return OrderStore::load(reader, OrderStore::waiting(reader, kind.what, kind.payout_currency, limit, behind_id));
}

std::vector<Order> WaitingStore::orders_of(db::Reader& reader, const WaitingFor& kind, std::string_view merchant_id,
                                           int limit) {
    const db::Found found = reader.select(kOfMerchant, {kind.text(), merchant_id, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return OrderStore::load(reader, ids);
}

std::vector<std::string> WaitingStore::merchants(db::Reader& reader, const WaitingFor& kind, std::string behind_id,
                                                 int limit) {
    std::vector<std::string> merchants;
    while (static_cast<int>(merchants.size()) < limit) {
        const db::Found next = reader.select(kNextMerchant, {kind.text(), behind_id});
        if (next.empty()) break;
        behind_id = next.text(0, 0);
        merchants.push_back(behind_id);
    }
    return merchants;
}

}  // namespace huiqiao::orders
