#include "adapters/sandbox/channel_store.h"

namespace huiqiao::sandbox {

namespace {

constexpr db::Command kTables[] = {
    {"CREATE TABLE IF NOT EXISTS trade (reference TEXT NOT NULL PRIMARY KEY, number TEXT NOT NULL, content TEXT NOT "
     "NULL, "
     "amount_minor INTEGER NOT NULL, subject TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, "
     "state TEXT NOT NULL, paid_minor INTEGER NOT NULL, paid_at INTEGER NOT NULL, paid_on INTEGER NULL, "
     "buyer_pays_at INTEGER NULL, settled_on INTEGER NOT NULL) STRICT"},
    {"CREATE INDEX IF NOT EXISTS trade_by_buyer ON trade (buyer_pays_at)"},
    {"CREATE INDEX IF NOT EXISTS trade_by_day ON trade (paid_on)"},
    {"CREATE TABLE IF NOT EXISTS outgoing (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, reference TEXT NOT NULL, "
     "body TEXT NOT NULL, spoiled TEXT NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NULL) STRICT"},
    {"CREATE INDEX IF NOT EXISTS outgoing_by_due ON outgoing (due_at)"},
    {"CREATE TABLE IF NOT EXISTS settlement (day INTEGER NOT NULL PRIMARY KEY, deposit_reference TEXT NOT NULL, "
     "trades INTEGER NOT NULL, gross_minor INTEGER NOT NULL, cost_minor INTEGER NOT NULL, settled_at INTEGER NOT NULL) "
     "STRICT"},
};

constexpr db::Insert kTradeInsert{"trade",
                                  "reference, number, content, amount_minor, subject, created_at, expires_at, state, "
                                  "paid_minor, paid_at, buyer_pays_at, settled_on",
                                  "tttitiitiiIi"};
constexpr db::Command kTradeUpdate{
    "UPDATE trade SET state = :p2, paid_minor = :p3, paid_at = :p4, paid_on = :p5, buyer_pays_at = :p6 "
    "WHERE reference = :p1"};
constexpr std::string_view kTradeKinds = "tttitiitiiIi";
constexpr db::Select kTrade{
    "SELECT reference, number, content, amount_minor, subject, created_at, expires_at, state, paid_minor, paid_at, "
    "buyer_pays_at, settled_on FROM trade WHERE reference = :p1",
    kTradeKinds};
constexpr db::Select kTradesOfDay{
    "SELECT reference, number, content, amount_minor, subject, created_at, expires_at, state, paid_minor, paid_at, "
    "buyer_pays_at, settled_on FROM trade WHERE paid_on = :p1 ORDER BY number",
    kTradeKinds};
constexpr db::Select kFirstTrades{
    "SELECT reference, number, content, amount_minor, subject, created_at, expires_at, state, paid_minor, paid_at, "
    "buyer_pays_at, settled_on FROM trade ORDER BY number LIMIT :p1",
    kTradeKinds};
constexpr db::Select kBuyersDue{
    "SELECT reference FROM trade WHERE buyer_pays_at <= :p1 ORDER BY buyer_pays_at LIMIT :p2", "t"};
constexpr db::Select kUnsettledDays{
    "SELECT DISTINCT paid_on FROM trade WHERE paid_on IS NOT NULL AND paid_on NOT IN (SELECT day FROM settlement) "
    "ORDER BY paid_on",
    "i"};
constexpr db::Insert kOutgoingInsert{"outgoing", "id, kind, reference, body, spoiled, tries, due_at", "tttttiI"};
constexpr db::Command kOutgoingUpdate{"UPDATE outgoing SET tries = :p2, due_at = :p3 WHERE id = :p1"};
constexpr db::Select kOutgoing{"SELECT id, kind, reference, body, spoiled, tries, due_at FROM outgoing WHERE id = :p1",
                               "tttttiI"};
constexpr db::Select kOutgoingDue{
    "SELECT id, kind, reference, body, spoiled, tries, due_at FROM outgoing WHERE due_at <= :p1 ORDER BY due_at LIMIT "
    ":p2",
    "tttttiI"};
constexpr db::Insert kSettlementInsert{"settlement",
                                       "day, deposit_reference, trades, gross_minor, cost_minor, settled_at", "itiiii"};
constexpr db::Command kSettleDay{"UPDATE trade SET settled_on = :p2 WHERE paid_on = :p1"};
constexpr db::Select kSettlement{
    "SELECT deposit_reference, trades, gross_minor, cost_minor FROM settlement WHERE day = :p1", "tiii"};
constexpr db::Select kTradeTotals{"SELECT COUNT(*), COUNT(paid_on), COALESCE(SUM(paid_minor), 0) FROM trade", "iii"};
constexpr db::Select kSettledTotals{
    "SELECT COALESCE(SUM(gross_minor), 0), COALESCE(SUM(cost_minor), 0) FROM settlement", "ii"};
constexpr db::Select kWaitingNotices{"SELECT COUNT(*) FROM outgoing WHERE kind = 'notice' AND due_at IS NOT NULL", "i"};

Money yuan(std::int64_t fen) {
    return Money::of_minor(Currency::known("CNY"), fen);
}
db::Value or_null(const std::optional<Instant>& instant) {
    return instant ? db::Value(*instant) : db::Value();
}

std::vector<Trade> trades_of(const db::Found& found) {
    std::vector<Trade> trades;
    for (std::size_t row = 0; row < found.size(); ++row) {
        Trade trade{found.text(row, 0),
                    found.text(row, 1),
                    found.text(row, 2),
                    yuan(found.integer(row, 3)),
                    found.text(row, 4),
                    from_us(found.integer(row, 5)),
                    from_us(found.integer(row, 6)),
                    found.text(row, 7),
                    yuan(found.integer(row, 8)),
                    from_us(found.integer(row, 9)),
                    std::nullopt,
                    Date()};
        if (!found.is_null(row, 10)) trade.buyer_pays_at = from_us(found.integer(row, 10));
        if (found.integer(row, 11) != 0) trade.settled_on = Date::of_number(found.integer(row, 11));
        trades.push_back(std::move(trade));
    }
    return trades;
}

std::vector<Outgoing> outgoing_of(const db::Found& found) {
    std::vector<Outgoing> all(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        all[row] = {found.text(row, 0), found.text(row, 1), found.text(row, 2),
                    found.text(row, 3), found.text(row, 4), static_cast<int>(found.integer(row, 5)),
                    std::nullopt};
        if (!found.is_null(row, 6)) all[row].due_at = from_us(found.integer(row, 6));
    }
    return all;
}

}  // namespace

void create_channel_tables(db::Tx& tx) {
    for (const db::Command& table : kTables) tx.execute(table);
}

void insert_trade(db::Tx& tx, const Trade& trade) {
    db::Rows rows;
    rows.add(trade.reference, trade.number, trade.content, trade.amount.minor(), trade.subject, trade.created_at,
             trade.expires_at, trade.state, trade.paid.minor(), trade.paid_at, or_null(trade.buyer_pays_at), 0);
    tx.insert(kTradeInsert, rows);
}

void update_trade(db::Tx& tx, const Trade& trade) {
    const bool paid = trade.state == "SUCCESS";
    tx.execute(kTradeUpdate,
               {trade.reference, trade.state, trade.paid.minor(), trade.paid_at,
                paid ? db::Value(Date::in_shanghai(trade.paid_at)) : db::Value(), or_null(trade.buyer_pays_at)});
}

std::optional<Trade> find_trade(db::Reader& reader, const std::string& reference) {
    std::vector<Trade> trades = trades_of(reader.select(kTrade, {reference}));
    if (trades.empty()) return std::nullopt;
    return std::move(trades.front());
}

std::vector<std::string> buyers_due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kBuyersDue, {now, limit});
    std::vector<std::string> references;
    for (std::size_t row = 0; row < found.size(); ++row) references.push_back(found.text(row, 0));
    return references;
}

std::vector<Trade> trades_of_day(db::Reader& reader, Date paid_on) {
    return trades_of(reader.select(kTradesOfDay, {paid_on}));
}

std::vector<Trade> first_trades(db::Reader& reader, int limit) {
    return trades_of(reader.select(kFirstTrades, {limit}));
}

std::vector<Date> unsettled_days(db::Reader& reader) {
    const db::Found found = reader.select(kUnsettledDays);
    std::vector<Date> days;
    for (std::size_t row = 0; row < found.size(); ++row) days.push_back(Date::of_number(found.integer(row, 0)));
    return days;
}

void insert_outgoing(db::Tx& tx, const Outgoing& outgoing) {
    db::Rows rows;
    rows.add(outgoing.id, outgoing.kind, outgoing.reference, outgoing.body, outgoing.spoiled, outgoing.tries,
             or_null(outgoing.due_at));
    tx.insert(kOutgoingInsert, rows);
}

void update_outgoing(db::Tx& tx, const Outgoing& outgoing) {
    tx.execute(kOutgoingUpdate, {outgoing.id, outgoing.tries, or_null(outgoing.due_at)});
}

std::optional<Outgoing> find_outgoing(db::Reader& reader, const std::string& id) {
    std::vector<Outgoing> all = outgoing_of(reader.select(kOutgoing, {id}));
    if (all.empty()) return std::nullopt;
    return std::move(all.front());
}

std::vector<Outgoing> outgoing_due(db::Reader& reader, Instant now, int limit) {
    return outgoing_of(reader.select(kOutgoingDue, {now, limit}));
}

void insert_settlement(db::Tx& tx, const Settlement& settlement, Instant now) {
    db::Rows rows;
    rows.add(settlement.day, settlement.deposit_reference, settlement.count, settlement.gross.minor(),
             settlement.cost.minor(), now);
    tx.insert(kSettlementInsert, rows);
    tx.execute(kSettleDay, {settlement.day, Date::in_shanghai(now)});
}

std::optional<Settlement> find_settlement(db::Reader& reader, Date day) {
    const db::Found found = reader.select(kSettlement, {day});
    if (found.empty()) return std::nullopt;
    return Settlement{day, found.text(0, 0), found.integer(0, 1), yuan(found.integer(0, 2)), yuan(found.integer(0, 3))};
}

ChannelTotals channel_totals(db::Reader& reader) {
    const db::Found trades = reader.select(kTradeTotals);
    const db::Found settled = reader.select(kSettledTotals);
    return {trades.integer(0, 0),  trades.integer(0, 1),  trades.integer(0, 2),
            settled.integer(0, 0), settled.integer(0, 1), reader.select(kWaitingNotices).integer(0, 0)};
}

}  // namespace huiqiao::sandbox
