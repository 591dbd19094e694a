#include "fx/platform_quote_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Insert kInsert{
    "platform_quote",
    "id, platform_id, merchant_id, currency, fixed_side, cny_minor, fee_minor, foreign_minor, bank_quote_id, "
    "bank_rate_e10, client_rate_e10, mid_e10, value_date, on_expiry, created_at, expires_at, replaces, state, "
    "order_id, "
    "no_price_since, unmet_at",
    "tttttiiitiiiitiitttit"};
constexpr db::Select kLoad{
    "SELECT id, platform_id, merchant_id, currency, fixed_side, cny_minor, fee_minor, foreign_minor, bank_quote_id, "
    "bank_rate_e10, client_rate_e10, mid_e10, value_date, on_expiry, created_at, expires_at, replaces, state, "
    "order_id, "
    "no_price_since, unmet_at FROM platform_quote WHERE id IN (:list)",
    "tttttiiitiiiitiitttit"};
constexpr db::Select kAgreed{
    "SELECT id, platform_id, merchant_id, currency, fixed_side, cny_minor, fee_minor, foreign_minor, bank_quote_id, "
    "bank_rate_e10, client_rate_e10, mid_e10, value_date, on_expiry, created_at, expires_at, replaces, state, "
    "order_id, "
    "no_price_since, unmet_at FROM platform_quote WHERE order_id IN (:list) AND state <> 'open'",
    "tttttiiitiiiitiitttit"};
constexpr db::Update kSave{"platform_quote", "id", "state, order_id, no_price_since, unmet_at", "tttit"};
constexpr db::Select kOffered{
    "SELECT id, platform_id, merchant_id, currency, fixed_side, cny_minor, fee_minor, foreign_minor, bank_quote_id, "
    "bank_rate_e10, client_rate_e10, mid_e10, value_date, on_expiry, created_at, expires_at, replaces, state, "
    "order_id, "
    "no_price_since, unmet_at FROM platform_quote WHERE order_id = :p1 AND state = 'open' AND expires_at > :p2 ORDER "
    "BY id DESC "
    "LIMIT 1",
    "tttttiiitiiiitiitttit"};
constexpr db::Select kAfter{
    "SELECT id, created_at, expires_at, CASE WHEN state = 'open' THEN 1 ELSE 0 END FROM platform_quote WHERE id > :p1 "
    "ORDER BY id LIMIT :p2",
    "tiii"};
constexpr db::Command kForget{"DELETE FROM platform_quote WHERE id IN (:list) AND state = 'open'"};
constexpr db::Select kMarkedUp{
    "SELECT id, CASE WHEN client_rate_e10 <> bank_rate_e10 THEN 1 ELSE 0 END FROM platform_quote WHERE id > :p1 ORDER "
    "BY id LIMIT :p2",
    "ti"};

PlatformQuote read_row(const db::Found& found, std::size_t row) {
    const Currency cny = Currency::known("CNY");
    const Currency foreign = Currency::known(found.text(row, 3));
    const auto rate = [&](std::size_t column) {
        const std::int64_t e10 = found.integer(row, column);
        return Rate::of_stored(foreign, cny, 1, e10, Rate::of_stored(foreign, cny, 1, e10, "").per_one());
    };
    return {.id = found.text(row, 0),
            .platform_id = found.text(row, 1),
            .merchant_id = found.text(row, 2),
            .fixed_side = fixed_side_from_text(found.text(row, 4)),
            .cny = Money::of_minor(cny, found.integer(row, 5)),
            .fee = Money::of_minor(cny, found.integer(row, 6)),
            .foreign = Money::of_minor(foreign, found.integer(row, 7)),
            .bank_quote_id = found.text(row, 8),
            .bank_rate = rate(9),
            .client_rate = rate(10),
            .mid = rate(11),
            .value_date =
                found.integer(row, 12) > 0 ? std::optional(Date::of_number(found.integer(row, 12))) : std::nullopt,
            .on_expiry = found.text(row, 13),
            .created_at = from_us(found.integer(row, 14)),
            .expires_at = from_us(found.integer(row, 15)),
            .replaces = found.text(row, 16),
            .state = platform_quote_state_from_text(found.text(row, 17)),
            .order_id = found.text(row, 18),
            .no_price_since = from_us(found.integer(row, 19)),
            .unmet_at = found.text(row, 20)};
}

}  // namespace

void PlatformQuotes::insert(db::Tx& tx, std::span<const PlatformQuote> quotes) {
    db::Rows rows;
    for (const PlatformQuote& q : quotes) {
        rows.add(q.id, q.platform_id, q.merchant_id, q.currency().code(), to_text(q.fixed_side), q.cny.minor(),
                 q.fee.minor(), q.foreign.minor(), q.bank_quote_id, q.bank_rate.rate_e10(), q.client_rate.rate_e10(),
                 q.mid.rate_e10(), q.value_date ? q.value_date->number() : 0, q.on_expiry, q.created_at, q.expires_at,
                 q.replaces, to_text(q.state), q.order_id, q.no_price_since, q.unmet_at);
    }
    if (!rows.empty()) tx.insert(kInsert, rows);
}

void PlatformQuotes::save(db::Tx& tx, std::span<const PlatformQuote> quotes) {
    db::Rows rows;
    for (const PlatformQuote& quote : quotes)
        rows.add(quote.id, to_text(quote.state), quote.order_id, quote.no_price_since, quote.unmet_at);
    if (!rows.empty()) tx.update(kSave, rows);
}

std::map<std::string, PlatformQuote> PlatformQuotes::load(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, PlatformQuote> by_id;
    if (ids.empty()) return by_id;
    const db::Found found = reader.select(kLoad, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) by_id.emplace(found.text(row, 0), read_row(found, row));
    return by_id;
}

std::optional<PlatformQuote> PlatformQuotes::find(db::Reader& reader, const std::string& id) {
    auto found = load(reader, std::span(&id, 1));
    if (found.empty()) return std::nullopt;
    return std::move(found.begin()->second);
}

std::map<std::string, PlatformQuote> PlatformQuotes::agreed(db::Reader& reader,
                                                            std::span<const std::string> order_ids) {
    std::map<std::string, PlatformQuote> by_order;
    if (order_ids.empty()) return by_order;
    const db::Found found = reader.select(kAgreed, {}, order_ids);
    for (std::size_t row = 0; row < found.size(); ++row) {
        PlatformQuote quote = read_row(found, row);
        const auto [at, is_first] = by_order.try_emplace(quote.order_id, quote);
        // Ids sort by time, and the price that was agreed on last was made last.
        if (!is_first && at->second.id < quote.id) at->second = std::move(quote);
    }
    return by_order;
}

std::optional<PlatformQuote> PlatformQuotes::offered(db::Reader& reader, const std::string& order_id, Instant now) {
    const db::Found found = reader.select(kOffered, {order_id, now});
    return found.empty() ? std::nullopt : std::optional(read_row(found, 0));
}

std::vector<PlatformQuotes::Kept> PlatformQuotes::after(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kAfter, {after_id, limit});
    std::vector<Kept> kept;
    for (std::size_t row = 0; row < found.size(); ++row) {
        kept.push_back({found.text(row, 0), from_us(found.integer(row, 1)), from_us(found.integer(row, 2)),
                        found.integer(row, 3) != 0});
    }
    return kept;
}

int PlatformQuotes::forget(db::Tx& tx, std::span<const std::string> ids) {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForget, {}, ids));
}

MarkedUpPage PlatformQuotes::marked_up(db::Reader& reader, const std::string& after_id, int rows) {
    const db::Found found = reader.select(kMarkedUp, {after_id, rows});
    MarkedUpPage page;
    for (std::size_t row = 0; row < found.size(); ++row) {
        page.last = found.text(row, 0);
        if (found.integer(row, 1) != 0) page.ids.push_back(page.last);
    }
    return page;
}

}  // namespace huiqiao::fx
