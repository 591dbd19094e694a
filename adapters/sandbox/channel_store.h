#pragma once
// The sandbox channel's own books in a SQLite file: trades, what it wants to send, and its settlements by day.
// Idempotent by the institution's reference. It shares no code with the institution's books.

#include <optional>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/db/database.h"

namespace huiqiao::sandbox {

struct Trade {
    std::string reference;  // out_trade_no
    std::string number;     // trade_no
    std::string content;    // of the order's body: tells a repeat from another order
    Money amount;
    std::string subject;
    Instant created_at{};
    Instant expires_at{};
    std::string state;  // NOTPAY, SUCCESS, PAYERROR, CLOSED
    Money paid;
    Instant paid_at{};
    std::optional<Instant> buyer_pays_at;
    Date settled_on;  // the epoch's date: not yet
};

struct Outgoing {
    std::string id;
    std::string kind;  // notice, deposit
    std::string reference;
    std::string body;
    std::string spoiled;  // "forged" or empty
    int tries = 0;
    std::optional<Instant> due_at;  // none: done, or given up
};

struct Settlement {
    Date day;
    std::string deposit_reference;
    std::int64_t count = 0;
    Money gross;
    Money cost;
};

void create_channel_tables(db::Tx& tx);

void insert_trade(db::Tx& tx, const Trade& trade);
void update_trade(db::Tx& tx, const Trade& trade);
std::optional<Trade> find_trade(db::Reader& reader, const std::string& reference);
std::vector<std::string> buyers_due(db::Reader& reader, Instant now, int limit);
std::vector<Trade> trades_of_day(db::Reader& reader, Date paid_on);
/// Days with paid trades that no settlement has.
std::vector<Date> unsettled_days(db::Reader& reader);
std::vector<Trade> first_trades(db::Reader& reader, int limit);

void insert_outgoing(db::Tx& tx, const Outgoing& outgoing);
void update_outgoing(db::Tx& tx, const Outgoing& outgoing);
std::optional<Outgoing> find_outgoing(db::Reader& reader, const std::string& id);
std::vector<Outgoing> outgoing_due(db::Reader& reader, Instant now, int limit);

/// Marks the day's trades as settled, too.
void insert_settlement(db::Tx& tx, const Settlement& settlement, Instant now);
std::optional<Settlement> find_settlement(db::Reader& reader, Date day);

struct ChannelTotals {
    std::int64_t trades = 0, paid = 0, paid_minor = 0, settled_gross_minor = 0, settled_cost_minor = 0,
                 notices_waiting = 0;
};
ChannelTotals channel_totals(db::Reader& reader);

}  // namespace huiqiao::sandbox
