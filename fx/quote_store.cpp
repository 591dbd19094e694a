#include "fx/quote_store.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "fx/exposure_store.h"
#include "fx/lock_view.h"

namespace huiqiao::fx {

namespace {

constexpr db::Select kBoards{
    "SELECT id, asked_at, answered_at, quote_id, good_mid_e10, good_mid_text, good_mid_unit, mid_by_persons, "
    "unanswered_since FROM fx_board WHERE id IN (:list)",
    "tiititiii"};
constexpr db::Update kSaveBoards{
    "fx_board", "id",
    "asked_at, answered_at, quote_id, good_mid_e10, good_mid_text, good_mid_unit, mid_by_persons, unanswered_since",
    "tiititiii"};

constexpr db::Select kLatest{"SELECT quote_id FROM fx_board WHERE quote_id <> '' ORDER BY id LIMIT :p1", "t"};

constexpr db::Insert kInsertOffers{
    "fx_offer", "id, purchase_id, place, quote_id, cny_minor, fee_minor, foreign_minor, unfit", "ttitiiit"};
constexpr db::Select kOffers{
    "SELECT quote_id, cny_minor, fee_minor, foreign_minor, unfit FROM fx_offer WHERE purchase_id = :p1 ORDER BY place",
    "tiiit"};

constexpr db::Insert kInsertQuotes{
    "fx_quote",
    "id, bank, currency, bank_rate_e10, bank_rate_text, bank_rate_unit, client_rate_e10, client_rate_text, "
    "client_rate_unit, mid_e10, mid_text, mid_unit, markup_bp, bank_reference, received_at, valid_until, state, "
    "refused_why, buying_e10, buying_text, buying_unit, tradable, value_date",
    "tttitiitiitiitiittitiii"};
constexpr db::Select kQuotes{
    "SELECT id, bank, currency, bank_rate_e10, bank_rate_text, bank_rate_unit, client_rate_e10, client_rate_text, "
    "client_rate_unit, mid_e10, mid_text, mid_unit, markup_bp, bank_reference, received_at, valid_until, "
    "state, refused_why, buying_e10, buying_text, buying_unit, tradable, value_date FROM fx_quote WHERE id IN (:list)",
    "tttitiitiitiitiittitiii"};
constexpr db::Select kQuotesBetween{
    "SELECT id, bank, currency, bank_rate_e10, bank_rate_text, bank_rate_unit, client_rate_e10, client_rate_text, "
    "client_rate_unit, mid_e10, mid_text, mid_unit, markup_bp, bank_reference, received_at, valid_until, "
    "state, refused_why, buying_e10, buying_text, buying_unit, tradable, value_date FROM fx_quote WHERE id > :p1 AND "
    "id "
    "< :p2 ORDER BY id LIMIT :p3",
    "tttitiitiitiitiittitiii"};
constexpr db::Select kRefusedQuotes{
    "SELECT id, bank, currency, bank_rate_e10, bank_rate_text, bank_rate_unit, client_rate_e10, client_rate_text, "
    "client_rate_unit, mid_e10, mid_text, mid_unit, markup_bp, bank_reference, received_at, valid_until, "
    "state, refused_why, buying_e10, buying_text, buying_unit, tradable, value_date FROM fx_quote WHERE state = "
    "'refused' AND id < :p1 ORDER BY id DESC LIMIT :p2",
    "tttitiitiitiitiittitiii"};
constexpr db::Select kMarkedUp{
    "SELECT id, CASE WHEN client_rate_e10 <> bank_rate_e10 OR markup_bp <> 0 THEN 1 ELSE 0 END FROM fx_quote WHERE id "
    "> :p1 ORDER BY id LIMIT :p2",
    "ti"};
constexpr db::Update kQuoteState{"fx_quote", "id", "state", "tt"};

constexpr db::Select kQuotesAfter{
    "SELECT q.id, q.bank, q.currency, q.received_at, CASE WHEN EXISTS (SELECT 1 FROM fx_lock l WHERE l.quote_id = "
    "q.id) OR EXISTS (SELECT 1 FROM fx_offer o WHERE o.quote_id = q.id) OR EXISTS (SELECT 1 FROM fx_board b WHERE "
    "b.quote_id = q.id) OR EXISTS (SELECT 1 FROM platform_quote p WHERE p.bank_quote_id = q.id) THEN 1 ELSE 0 END FROM "
    "fx_quote q WHERE q.id > :p1 ORDER BY q.id LIMIT :p2",
    "tttii"};
constexpr db::Command kForgetQuotes{
    "DELETE FROM fx_quote WHERE id IN (:list) AND NOT EXISTS (SELECT 1 FROM fx_lock l WHERE l.quote_id = fx_quote.id) "
    "AND NOT EXISTS (SELECT 1 FROM fx_offer o WHERE o.quote_id = fx_quote.id) AND NOT EXISTS (SELECT 1 FROM fx_board b "
    "WHERE b.quote_id = fx_quote.id) AND NOT EXISTS (SELECT 1 FROM platform_quote p WHERE p.bank_quote_id = "
    "fx_quote.id)"};

constexpr db::Insert kInsertLock{
    "fx_lock",
    "id, quote_id, purchase_id, bank, reference, bank_reference, currency, rate_e10, rate_text, rate_unit, fixed_side, "
    "amount_minor, value_date, requested_at, expires_at, state, due_at",
    "tttttttititiiiitI"};
constexpr db::Update kSaveLock{"fx_lock", "id",
                               "bank_reference, rate_e10, rate_text, rate_unit, expires_at, state, due_at", "ttitiitI"};
constexpr db::Update kSaveValueDate{"fx_lock", "id", "value_date", "ti"};
constexpr db::Select kLock{
    "SELECT id, quote_id, purchase_id, bank, reference, bank_reference, currency, rate_e10, rate_text, rate_unit, "
    "fixed_side, amount_minor, value_date, requested_at, expires_at, state FROM fx_lock WHERE id = :p1",
    "tttttttititiiiit"};
constexpr db::Select kLocks{
    "SELECT id, quote_id, purchase_id, bank, reference, bank_reference, currency, rate_e10, rate_text, rate_unit, "
    "fixed_side, amount_minor, value_date, requested_at, expires_at, state FROM fx_lock WHERE id IN (:list)",
    "tttttttititiiiit"};
constexpr db::Select kLiveLocks{
    "SELECT id, quote_id, purchase_id, bank, reference, bank_reference, currency, rate_e10, rate_text, rate_unit, "
    "fixed_side, amount_minor, value_date, requested_at, expires_at, state FROM fx_lock WHERE state IN (:list) "
    "ORDER BY id DESC LIMIT :p1",
    "tttttttititiiiit"};
constexpr db::Select kCountLiveLocks{"SELECT COUNT(*) FROM fx_lock WHERE state IN (:list)", "i"};
constexpr db::Select kLatestLocks{
    "SELECT id, quote_id, purchase_id, bank, reference, bank_reference, currency, rate_e10, rate_text, rate_unit, "
    "fixed_side, amount_minor, value_date, requested_at, expires_at, state FROM fx_lock WHERE :p1 = '' OR id < :p1 "
    "ORDER BY id DESC LIMIT :p2",
    "tttttttititiiiit"};
constexpr db::Select kLapsing{
    "SELECT id FROM fx_lock WHERE due_at IS NOT NULL AND due_at <= :p1 ORDER BY due_at LIMIT :p2", "t"};

std::vector<std::string> live_states() {
    std::vector<std::string> states;
    for (const LockState state : {LockState::Requested, LockState::Unknown, LockState::Locked, LockState::Used,
                                  LockState::Expired, LockState::Ended, LockState::Lapsed, LockState::Rejected}) {
        if (is_live(state)) states.emplace_back(to_text(state));
    }
    return states;
}

Rate rate_of(const db::Found& found, std::size_t row, std::size_t column, Currency base) {
    return Rate::of_stored(base, Currency::known("CNY"), static_cast<int>(found.integer(row, column + 2)),
                           found.integer(row, column), found.text(row, column + 1));
}

Lock lock_of(const db::Found& found, std::size_t row) {
    const Rate rate = rate_of(found, row, 7, Currency::known(found.text(row, 6)));
    const FixedSide side = fixed_side_from_text(found.text(row, 10));
    return Lock{.id = found.text(row, 0),
                .quote_id = found.text(row, 1),
                .purchase_id = found.text(row, 2),
                .bank = found.text(row, 3),
                .reference = found.text(row, 4),
                .bank_reference = found.text(row, 5),
                .rate = rate,
                .fixed_side = side,
                .amount = Money::of_minor(side == FixedSide::Cny ? rate.quote() : rate.base(), found.integer(row, 11)),
                .value_date = Date::of_number(found.integer(row, 12)),
                .requested_at = from_us(found.integer(row, 13)),
                .expires_at = from_us(found.integer(row, 14)),
                .state = lock_state_from_text(found.text(row, 15))};
}

std::vector<Quote> read_quotes(const db::Found& found) {
    std::vector<Quote> quotes;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Currency base = Currency::known(found.text(row, 2));
        quotes.push_back(
            Quote{.id = found.text(row, 0),
                  .bank = found.text(row, 1),
                  .bank_rate = rate_of(found, row, 3, base),
                  .client_rate = rate_of(found, row, 6, base),
                  .mid = rate_of(found, row, 9, base),
                  .markup_bp = static_cast<int>(found.integer(row, 12)),
                  .bank_reference = found.text(row, 13),
                  .received_at = from_us(found.integer(row, 14)),
                  .valid_until = from_us(found.integer(row, 15)),
                  .state = quote_state_from_text(found.text(row, 16)),
                  .buying = found.integer(row, 18) > 0 ? std::optional(rate_of(found, row, 18, base)) : std::nullopt,
                  .tradable = found.integer(row, 21) != 0,
                  .value_date = found.integer(row, 22) > 0 ? std::optional(Date::of_number(found.integer(row, 22)))
                                                           : std::nullopt,
                  .refused_why = found.text(row, 17)});
    }
    return quotes;
}

}  // namespace

std::string board_id(std::string_view bank, Currency currency) {
    return std::string(bank) + "|" + std::string(currency.code());
}

Currency currency_of_board(std::string_view board_id) {
    const std::size_t bar = board_id.find('|');
    if (bar == std::string_view::npos) throw LogicError("a bank's own row has no currency");
    return Currency::known(board_id.substr(bar + 1));
}

std::vector<Board> QuoteStore::boards(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kBoards, {}, ids);
    std::vector<Board> boards;
    for (std::size_t row = 0; row < found.size(); ++row) {
        Board board{
            found.text(row, 0), from_us(found.integer(row, 1)), from_us(found.integer(row, 2)), found.text(row, 3),
            std::nullopt,       found.integer(row, 7) != 0,     from_us(found.integer(row, 8))};
        const std::size_t bar = board.id.find('|');
        if (bar != std::string::npos && found.integer(row, 4) > 0) {
            board.good_mid = rate_of(found, row, 4, Currency::known(board.id.substr(bar + 1)));
        }
        boards.push_back(std::move(board));
    }
    return boards;
}

void QuoteStore::save_boards(db::Tx& tx, std::span<const Board> boards) {
    db::Rows rows;
    for (const Board& board : boards) {
        rows.add(board.id, board.asked_at, board.answered_at, board.quote_id,
                 board.good_mid ? board.good_mid->rate_e10() : 0,
                 board.good_mid ? board.good_mid->text() : std::string(),
                 board.good_mid ? board.good_mid->unit_base() : 1, board.is_by_persons ? 1 : 0, board.unanswered_since);
    }
    if (!rows.empty()) tx.update(kSaveBoards, rows);
}

void QuoteStore::insert_quotes(db::Tx& tx, std::span<const Quote> quotes, std::span<const std::string> refused_why) {
    db::Rows rows;
    for (std::size_t i = 0; i < quotes.size(); ++i) {
        const Quote& quote = quotes[i];
        tx.note_change(kQuoteChange, quote.id);
        rows.add(quote.id, quote.bank, quote.currency().code(), quote.bank_rate.rate_e10(), quote.bank_rate.text(),
                 quote.bank_rate.unit_base(), quote.client_rate.rate_e10(), quote.client_rate.text(),
                 quote.client_rate.unit_base(), quote.mid.rate_e10(), quote.mid.text(), quote.mid.unit_base(),
                 quote.markup_bp, quote.bank_reference, quote.received_at, quote.valid_until, to_text(quote.state),
                 refused_why[i], quote.buying ? quote.buying->rate_e10() : 0,
                 quote.buying ? quote.buying->text() : std::string(), quote.buying ? quote.buying->unit_base() : 1,
                 quote.tradable ? 1 : 0, quote.value_date ? quote.value_date->number() : 0);
    }
    if (!rows.empty()) tx.insert(kInsertQuotes, rows);
}

std::vector<Quote> QuoteStore::quotes(db::Reader& reader, std::span<const std::string> ids) {
    return read_quotes(reader.select(kQuotes, {}, ids));
}

std::vector<Quote> QuoteStore::between(db::Reader& reader, const std::string& after_id, const std::string& before_id,
                                       int limit) {
    return read_quotes(reader.select(kQuotesBetween, {after_id, before_id, limit}));
}

std::vector<Quote> QuoteStore::refused(db::Reader& reader, const std::string& before_id, int limit) {
    return read_quotes(reader.select(kRefusedQuotes, {before_id, limit}));
}

MarkedUpPage QuoteStore::marked_up(db::Reader& reader, const std::string& after_id, int rows) {
    const db::Found found = reader.select(kMarkedUp, {after_id, rows});
    MarkedUpPage page;
    for (std::size_t row = 0; row < found.size(); ++row) {
        page.last = found.text(row, 0);
        if (found.integer(row, 1) != 0) page.ids.push_back(page.last);
    }
    return page;
}

std::vector<QuoteStore::Kept> QuoteStore::after(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kQuotesAfter, {after_id, limit});
    std::vector<Kept> quotes;
    for (std::size_t row = 0; row < found.size(); ++row) {
        quotes.push_back({found.text(row, 0), fx::board_id(found.text(row, 1), Currency::known(found.text(row, 2))),
                          from_us(found.integer(row, 3)), found.integer(row, 4) != 0});
    }
    return quotes;
}

int QuoteStore::forget(db::Tx& tx, std::span<const std::string> ids) {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForgetQuotes, {}, ids));
}

void QuoteStore::set_quote_state(db::Tx& tx, const std::string& id, QuoteState state) {
    db::Rows rows;
    rows.add(id, to_text(state));
    tx.update(kQuoteState, rows);
}

std::vector<Quote> QuoteStore::latest(db::Reader& reader) {
    const db::Found found = reader.select(kLatest, {kMostBoards});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    std::vector<Quote> latest = quotes(reader, ids);
    std::sort(latest.begin(), latest.end(), [](const Quote& a, const Quote& b) {
        return std::tuple(a.currency().code(), std::string_view(a.bank)) <
               std::tuple(b.currency().code(), std::string_view(b.bank));
    });
    return latest;
}

std::map<std::string, std::vector<Quote>> QuoteStore::latest_by_currency(db::Reader& reader,
                                                                         const std::optional<Currency>& only) {
    std::map<std::string, std::vector<Quote>> by_currency;
    for (Quote& quote : latest(reader)) {
        if (only && quote.currency() != *only) continue;
        std::string code(quote.currency().code());
        by_currency[std::move(code)].push_back(std::move(quote));
    }
    return by_currency;
}

void QuoteStore::insert_offers(db::Tx& tx, const std::string& purchase_id, const Money& cny,
                               std::span<const Offer> offers) {
    db::Rows rows;
    for (std::size_t i = 0; i < offers.size(); ++i) {
        const Offer& offer = offers[i];
        const auto place = static_cast<std::int64_t>(i + 1);
        rows.add(purchase_id + "|" + std::to_string(place), purchase_id, place, offer.quote.id, cny.minor(),
                 offer.fee.minor(), offer.foreign.minor(), to_text(offer.unfit));
    }
    if (!rows.empty()) tx.insert(kInsertOffers, rows);
}

std::optional<QuoteStore::KeptOffers> QuoteStore::offers(db::Reader& reader, const std::string& purchase_id) {
    const db::Found found = reader.select(kOffers, {purchase_id});
    if (found.empty()) return std::nullopt;
    const Currency cny = Currency::known("CNY");
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    std::map<std::string, Quote> by_id;
    for (Quote& quote : quotes(reader, ids)) {
        std::string id = quote.id;
        by_id.emplace(std::move(id), std::move(quote));
    }
    KeptOffers kept{Money::of_minor(cny, found.integer(0, 1)), {}};
    for (std::size_t row = 0; row < found.size(); ++row) {
        const Quote& quote = by_id.at(found.text(row, 0));
        kept.offers.push_back(Offer{.quote = quote,
                                    .unfit = unfit_from_text(found.text(row, 4)),
                                    .fee = Money::of_minor(cny, found.integer(row, 2)),
                                    .cny = kept.cny,
                                    .foreign = Money::of_minor(quote.currency(), found.integer(row, 3))});
    }
    return kept;
}

void QuoteStore::insert_lock(db::Tx& tx, const Lock& lock, Instant due) {
    tx.note_change(kLockChange, lock.id);
    tx.note_change(kExposureChange, lock.rate.base().code());
    db::Rows rows;
    rows.add(lock.id, lock.quote_id, lock.purchase_id, lock.bank, lock.reference, lock.bank_reference,
             lock.rate.base().code(), lock.rate.rate_e10(), lock.rate.text(), lock.rate.unit_base(),
             to_text(lock.fixed_side), lock.amount.minor(), lock.value_date, lock.requested_at, lock.expires_at,
             to_text(lock.state), due);
    tx.insert(kInsertLock, rows);
}

void QuoteStore::save_lock(db::Tx& tx, const Lock& lock, std::optional<Instant> due) {
    tx.note_change(kLockChange, lock.id);
    tx.note_change(kExposureChange, lock.rate.base().code());
    db::Rows rows;
    rows.add(lock.id, lock.bank_reference, lock.rate.rate_e10(), lock.rate.text(), lock.rate.unit_base(),
             lock.expires_at, to_text(lock.state), due ? db::Value(*due) : db::kNull);
    tx.update(kSaveLock, rows);
}

void QuoteStore::save_rolled(db::Tx& tx, const Lock& lock, std::optional<Instant> due) {
    save_lock(tx, lock, due);
    db::Rows rows;
    rows.add(lock.id, lock.value_date);
    tx.update(kSaveValueDate, rows);
}

std::optional<Lock> QuoteStore::lock(db::Reader& reader, const std::string& id) {
    const db::Found found = reader.select(kLock, {id});
    return found.empty() ? std::nullopt : std::optional(lock_of(found, 0));
}

std::map<std::string, Lock> QuoteStore::locks(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, Lock> locks;
    const db::Found found = reader.select(kLocks, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) locks.emplace(found.text(row, 0), lock_of(found, row));
    return locks;
}

std::vector<Lock> QuoteStore::live_locks(db::Reader& reader, int limit) {
    const db::Found found = reader.select(kLiveLocks, {limit}, live_states());
    std::vector<Lock> locks;
    for (std::size_t row = 0; row < found.size(); ++row) locks.push_back(lock_of(found, row));
    return locks;
}

std::int64_t QuoteStore::count_live_locks(db::Reader& reader) {
    return reader.select(kCountLiveLocks, {}, live_states()).integer(0, 0);
}

std::vector<Lock> QuoteStore::latest_locks(db::Reader& reader, const std::string& behind_id, int limit) {
    const db::Found found = reader.select(kLatestLocks, {behind_id, limit});
    std::vector<Lock> locks;
    for (std::size_t row = 0; row < found.size(); ++row) locks.push_back(lock_of(found, row));
    return locks;
}

std::vector<std::string> QuoteStore::lapsing(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kLapsing, {now, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

}  // namespace huiqiao::fx
