#include "fx/kept_offer_store.h"

#include <algorithm>

namespace huiqiao::fx {

namespace {

// Quotes' ids are in the order of time; several comparisons may have taken one quote.
constexpr db::Select kAfter{
    "SELECT o.quote_id, o.purchase_id, q.received_at FROM fx_offer o JOIN fx_quote q ON q.id = o.quote_id "
    "WHERE o.place = 1 AND (o.quote_id > :p1 OR (o.quote_id = :p1 AND o.purchase_id > :p2)) "
    "ORDER BY o.quote_id, o.purchase_id LIMIT :p3",
    "tti"};
constexpr db::Command kForget{"DELETE FROM fx_offer WHERE purchase_id = :p1"};

}  // namespace

std::vector<KeptOffers::Comparison> KeptOffers::after(db::Reader& reader, const std::string& after_id, int limit) {
    const std::size_t bar = std::min(after_id.find('|'), after_id.size());
    const std::string purchase = bar < after_id.size() ? after_id.substr(bar + 1) : "";
    const db::Found found = reader.select(kAfter, {after_id.substr(0, bar), purchase, limit});
    std::vector<Comparison> all;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const std::string& made_of = found.text(row, 1);
        all.push_back({found.text(row, 0) + "|" + made_of, made_of, from_us(found.integer(row, 2))});
    }
    return all;
}

int KeptOffers::forget(db::Tx& tx, std::span<const std::string> made_of) {
    int gone = 0;
    for (const std::string& one : made_of) gone += tx.execute(kForget, {one}) > 0 ? 1 : 0;
    return gone;
}

}  // namespace huiqiao::fx
