#include "src/reconciliation/statement_store.h"

#include "src/reconciliation/break_list.h"

namespace huiqiao::reconciliation {
namespace {

constexpr db::Claim kAccountClaim{{"statement_account", "account, opened_by, currency, reading_day, due_at", "tttii"}};
constexpr db::Claim kLineClaim{
    {"statement_line",
     "id, call_id, account, bank_reference, day_sequence, booked_on, value_date, currency, amount_minor, is_credit, "
     "is_reversal, code, end_to_end, narrative, return_reason, instructed_minor, state, due_at",
     "ttttiiitiiittttiti"}};

constexpr db::Select kAccountsDue{"SELECT account FROM statement_account WHERE due_at <= :p1 ORDER BY account", "t"};
constexpr db::Select kPlaces{
    "SELECT account, currency, reading_day, seen_sequence, balance_minor, balance_at, closed_day, closed_number, "
    "closed_minor, due_at FROM statement_account WHERE account IN (:list) ORDER BY account",
    "ttiiiiiiiI"};
constexpr db::Update kSavePlaces{"statement_account", "account",
                                 "reading_day, seen_sequence, balance_minor, balance_at, closed_day, closed_number, "
                                 "closed_minor, due_at",
                                 "tiiiiiiiI"};
constexpr db::Select kDoubtsDue{
    "SELECT account, day, seen_sequence, tries, due_at FROM statement_doubt WHERE due_at <= :p1 ORDER BY due_at, id "
    "LIMIT :p2",
    "tiiiI"};
constexpr db::Select kDoubt{"SELECT account, day, seen_sequence, tries, due_at FROM statement_doubt WHERE id = :p1",
                            "tiiiI"};
constexpr db::Insert kInsertDoubt{"statement_doubt", "id, account, day, seen_sequence, tries, due_at", "ttiiiI"};
constexpr db::Update kSaveDoubts{"statement_doubt", "id", "seen_sequence, tries, due_at", "tiiI"};

constexpr std::string_view kLineKinds = "tttiiitiiittttitttI";
constexpr db::Select kLines{
    "SELECT id, account, bank_reference, day_sequence, booked_on, value_date, currency, amount_minor, is_credit, "
    "is_reversal, code, end_to_end, narrative, return_reason, instructed_minor, state, subject_kind, subject_id, "
    "due_at "
    "FROM statement_line WHERE id IN (:list) ORDER BY id",
    kLineKinds};
constexpr db::Select kLinesOfDayBehind{
    "SELECT id, account, bank_reference, day_sequence, booked_on, value_date, currency, amount_minor, is_credit, "
    "is_reversal, code, end_to_end, narrative, return_reason, instructed_minor, state, subject_kind, subject_id, "
    "due_at "
    "FROM statement_line WHERE account = :p1 AND booked_on = :p2 AND day_sequence >= :p3 AND (day_sequence > :p3 OR "
    "id > :p4) ORDER BY day_sequence, id LIMIT :p5",
    kLineKinds};
constexpr db::Select kAmountsOfDay{
    "SELECT day_sequence, id, currency, amount_minor, is_credit FROM statement_line WHERE account = :p1 AND booked_on "
    "= "
    ":p2 AND day_sequence >= :p3 AND (day_sequence > :p3 OR id > :p4) AND day_sequence <= :p5 ORDER BY day_sequence, "
    "id LIMIT :p6",
    "ittii"};
constexpr db::Select kOpenAmount{
    "SELECT COUNT(*), CAST(COALESCE(SUM(o.amount), 0) AS SIGNED) FROM (SELECT CASE WHEN is_credit = 1 THEN "
    "amount_minor ELSE -amount_minor END AS amount FROM statement_line WHERE due_at IS NOT NULL AND account = :p1 "
    "LIMIT :p2) AS o",
    "ii"};
constexpr db::Select kLinesDue{
    "SELECT id FROM statement_line WHERE due_at <= :p1 ORDER BY due_at, booked_on, account, day_sequence LIMIT :p2",
    "t"};
constexpr db::Select kEntriesOf{
    "SELECT entry_id FROM statement_line WHERE subject_id = :p1 AND entry_id <> '' ORDER BY entry_id", "t"};
constexpr db::Select kLinesOf{
    "SELECT id, account, bank_reference, day_sequence, booked_on, value_date, currency, amount_minor, is_credit, "
    "is_reversal, code, end_to_end, narrative, return_reason, instructed_minor, state, subject_kind, subject_id, "
    "due_at "
    "FROM statement_line WHERE subject_id IN (:list) ORDER BY id",
    kLineKinds};
constexpr db::Update kSaveLines{"statement_line", "id", "state, subject_kind, subject_id, entry_id, due_at", "tttttI"};

constexpr std::string_view kBreakColumns =
    "id, opened_by, kind, account, currency, difference_minor, state, owner, text_en, text_zh, opened_at, closed_at";
constexpr db::Insert kInsertBreak{"reconciliation_break", kBreakColumns, "tttttittttii"};
constexpr db::Select kBreaks{
    "SELECT id, kind, account, currency, difference_minor, state, owner, text_en, text_zh, opened_at, closed_at "
    "FROM reconciliation_break WHERE id IN (:list) ORDER BY id",
    "ttttittttii"};
constexpr db::Select kOpenBreaks{
    "SELECT id, kind, account, currency, difference_minor, state, owner, text_en, text_zh, opened_at, closed_at "
    "FROM reconciliation_break WHERE state = 'open' ORDER BY opened_at, id LIMIT :p1",
    "ttttittttii"};
constexpr db::Select kOpenBreaksBehind{
    "SELECT id, kind, account, currency, difference_minor, state, owner, text_en, text_zh, opened_at, closed_at "
    "FROM reconciliation_break WHERE state = 'open' AND opened_at >= :p1 AND (opened_at > :p1 OR id > :p2) "
    "ORDER BY opened_at, id LIMIT :p3",
    "ttttittttii"};
constexpr db::Update kSaveBreaks{"reconciliation_break", "id",
                                 "difference_minor, state, owner, text_en, text_zh, opened_at, closed_at", "tittttii"};

constexpr std::string_view kFirstOpener = "reading";

LineState line_state_from_text(std::string_view text) {
    for (const LineState state : {LineState::New, LineState::Waiting, LineState::Booked}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("'" + std::string(text) + "' is no state of a statement line");
}

std::vector<StoredLine> read_lines(const db::Found& found) {
    std::vector<StoredLine> lines;
    lines.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 6));
        StatementLine line{.account = found.text(i, 1),
                           .bank_reference = found.text(i, 2),
                           .sequence = static_cast<int>(found.integer(i, 3)),
                           .booked_on = Date::of_number(found.integer(i, 4)),
                           .value_date = Date::of_number(found.integer(i, 5)),
                           .amount = Money::of_minor(currency, found.integer(i, 7)),
                           .is_credit = found.integer(i, 8) != 0,
                           .is_reversal = found.integer(i, 9) != 0,
                           .code = found.text(i, 10),
                           .end_to_end = found.text(i, 11),
                           .narrative = found.text(i, 12),
                           .return_reason = found.text(i, 13),
                           .instructed = std::nullopt};
        if (found.integer(i, 14) != 0) line.instructed = Money::of_minor(currency, found.integer(i, 14));
        lines.push_back(StoredLine{.line = std::move(line),
                                   .state = line_state_from_text(found.text(i, 15)),
                                   .subject_kind = found.text(i, 16),
                                   .subject_id = found.text(i, 17),
                                   .entry_id = "",
                                   .due_at = std::nullopt});
        if (!found.is_null(i, 18)) lines.back().due_at = from_us(found.integer(i, 18));
    }
    return lines;
}

std::vector<DoubtfulDay> read_doubts(const db::Found& found) {
    std::vector<DoubtfulDay> doubts(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        doubts[i] = {found.text(i, 0), Date::of_number(found.integer(i, 1)), static_cast<int>(found.integer(i, 2)),
                     static_cast<int>(found.integer(i, 3))};
        if (!found.is_null(i, 4)) doubts[i].due_at = from_us(found.integer(i, 4));
    }
    return doubts;
}

std::vector<Break> read_breaks(const db::Found& found) {
    std::vector<Break> breaks;
    breaks.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        breaks.push_back(Break{.id = found.text(i, 0),
                               .kind = break_kind_from_text(found.text(i, 1)),
                               .account = found.text(i, 2),
                               .difference = Money::of_minor(Currency::known(found.text(i, 3)), found.integer(i, 4)),
                               .is_open = found.text(i, 5) == "open",
                               .owner = found.text(i, 6),
                               .text_en = found.text(i, 7),
                               .text_zh = found.text(i, 8),
                               .opened_at = from_us(found.integer(i, 9)),
                               .closed_at = from_us(found.integer(i, 10))});
    }
    return breaks;
}

std::string_view break_state(const Break& found) {
    return found.is_open ? "open" : "closed";
}

}  // namespace

std::string_view to_text(LineState state) {
    switch (state) {
        case LineState::New: return "new";
        case LineState::Waiting: return "waiting";
        case LineState::Booked: return "booked";
    }
    throw LogicError("a state of a statement line has no text");
}

void StatementStore::claim_account(db::Claims& claims, const std::string& account, Currency currency, Date first_day) {
    claims.add(kAccountClaim, account, kFirstOpener, currency.code(), first_day, 0);
}

void StatementStore::claim_line(db::Claims& claims, const StatementLine& line, const std::string& call_id) {
    claims.add(kLineClaim, line.key(), call_id, line.account, line.bank_reference, line.sequence, line.booked_on,
               line.value_date, line.amount.currency().code(), line.amount.minor(), line.is_credit ? 1 : 0,
               line.is_reversal ? 1 : 0, line.code, line.end_to_end, line.narrative, line.return_reason,
               line.instructed ? line.instructed->minor() : std::int64_t{0}, to_text(LineState::New), 0);
}

std::vector<std::string> StatementStore::accounts_due(db::Reader& reader, Instant now) {
    const db::Found found = reader.select(kAccountsDue, {now});
    std::vector<std::string> accounts;
    for (std::size_t i = 0; i < found.size(); ++i) accounts.push_back(found.text(i, 0));
    return accounts;
}

std::map<std::string, ReadingPlace> StatementStore::places(db::Reader& reader, std::span<const std::string> accounts) {
    std::map<std::string, ReadingPlace> places;
    if (accounts.empty()) return places;
    const db::Found found = reader.select(kPlaces, {}, accounts);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 1));
        ReadingPlace place{.account = found.text(i, 0),
                           .currency = currency,
                           .day = Date::of_number(found.integer(i, 2)),
                           .seen_sequence = static_cast<int>(found.integer(i, 3)),
                           .balance = std::nullopt,
                           .balance_at = from_us(found.integer(i, 5)),
                           .closed = std::nullopt,
                           .due_at = std::nullopt};
        if (found.integer(i, 5) != 0) place.balance = Money::of_minor(currency, found.integer(i, 4));
        if (found.integer(i, 6) != 0) {
            place.closed = ClosedDay{Date::of_number(found.integer(i, 6)), found.integer(i, 7),
                                     Money::of_minor(currency, found.integer(i, 8))};
        }
        if (!found.is_null(i, 9)) place.due_at = from_us(found.integer(i, 9));
        places.emplace(found.text(i, 0), std::move(place));
    }
    return places;
}

void StatementStore::save_places(db::Tx& tx, std::span<const ReadingPlace> places) {
    if (places.empty()) return;
    db::Rows rows;
    for (const ReadingPlace& place : places) {
        rows.add(place.account, place.day, place.seen_sequence,
                 place.balance ? place.balance->minor() : std::int64_t{0}, place.balance_at,
                 place.closed ? place.closed->day.number() : std::int64_t{0},
                 place.closed ? place.closed->number : std::int64_t{0},
                 place.closed ? place.closed->closing.minor() : std::int64_t{0},
                 place.due_at ? db::Value(*place.due_at) : db::kNull);
    }
    tx.update(kSavePlaces, rows);
}

std::vector<DoubtfulDay> StatementStore::doubts_due(db::Reader& reader, Instant now, int limit) {
    return read_doubts(reader.select(kDoubtsDue, {now, limit}));
}

std::optional<DoubtfulDay> StatementStore::doubt(db::Reader& reader, const std::string& id) {
    const std::vector<DoubtfulDay> found = read_doubts(reader.select(kDoubt, {id}));
    return found.empty() ? std::nullopt : std::optional(found.front());
}

void StatementStore::insert_doubt(db::Tx& tx, const DoubtfulDay& doubt) {
    db::Rows rows;
    rows.add(doubt.id(), doubt.account, doubt.day, doubt.seen_sequence, doubt.tries,
             doubt.due_at ? db::Value(*doubt.due_at) : db::kNull);
    tx.insert(kInsertDoubt, rows);
}

void StatementStore::save_doubts(db::Tx& tx, std::span<const DoubtfulDay> doubts) {
    if (doubts.empty()) return;
    db::Rows rows;
    for (const DoubtfulDay& doubt : doubts) {
        rows.add(doubt.id(), doubt.seen_sequence, doubt.tries, doubt.due_at ? db::Value(*doubt.due_at) : db::kNull);
    }
    tx.update(kSaveDoubts, rows);
}

std::vector<std::string> StatementStore::lines_due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kLinesDue, {now, limit});
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < found.size(); ++i) keys.push_back(found.text(i, 0));
    return keys;
}

std::vector<StoredLine> StatementStore::lines(db::Reader& reader, std::span<const std::string> keys) {
    if (keys.empty()) return {};
    return read_lines(reader.select(kLines, {}, keys));
}

std::vector<StoredLine> StatementStore::lines_of(db::Reader& reader, std::span<const std::string> subject_ids) {
    if (subject_ids.empty()) return {};
    return read_lines(reader.select(kLinesOf, {}, subject_ids));
}

std::vector<StoredLine> StatementStore::lines_of_day(db::Reader& reader, const std::string& account, Date day,
                                                     const StatementLine* behind, int limit) {
    const int sequence = behind == nullptr ? 0 : behind->sequence;
    const std::string key = behind == nullptr ? "" : behind->key();
    return read_lines(reader.select(kLinesOfDayBehind, {account, day, sequence, key, limit}));
}

void StatementStore::add_lines(db::Reader& reader, const std::string& account, Date day, Numbers numbers, int page,
                               DaySum& sum) {
    int sequence = numbers.behind + 1;
    std::string key;
    for (bool is_last = false; !is_last;) {
        const db::Found found = reader.select(kAmountsOfDay, {account, day, sequence, key, numbers.up_to, page});
        for (std::size_t row = 0; row < found.size(); ++row) {
            sequence = static_cast<int>(found.integer(row, 0));
            key = found.text(row, 1);
            sum.add(sequence, Money::of_minor(Currency::known(found.text(row, 2)), found.integer(row, 3)),
                    found.integer(row, 4) != 0);
        }
        is_last = found.size() < static_cast<std::size_t>(page);
    }
}

std::optional<Money> StatementStore::open_amount(db::Reader& reader, const std::string& account, Currency currency,
                                                 int at_most) {
    const db::Found found = reader.select(kOpenAmount, {account, at_most + 1});
    if (found.integer(0, 0) > at_most) return std::nullopt;
    return Money::of_minor(currency, found.integer(0, 1));
}

std::vector<std::string> StatementStore::entries_of(db::Reader& reader, const std::string& subject_id) {
    const db::Found found = reader.select(kEntriesOf, {subject_id});
    std::vector<std::string> entries;
    for (std::size_t row = 0; row < found.size(); ++row) entries.push_back(found.text(row, 0));
    return entries;
}

void StatementStore::save_lines(db::Tx& tx, std::span<const StoredLine> lines) {
    if (lines.empty()) return;
    db::Rows rows;
    for (const StoredLine& stored : lines) {
        rows.add(stored.line.key(), to_text(stored.state), stored.subject_kind, stored.subject_id, stored.entry_id,
                 stored.due_at ? db::Value(*stored.due_at) : db::kNull);
    }
    tx.update(kSaveLines, rows);
}

std::map<std::string, Break> StatementStore::breaks(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, Break> by_id;
    if (ids.empty()) return by_id;
    for (Break& found : read_breaks(reader.select(kBreaks, {}, ids))) {
        std::string id = found.id;
        by_id.emplace(std::move(id), std::move(found));
    }
    return by_id;
}

std::vector<Break> StatementStore::open_breaks(db::Reader& reader, int limit) {
    return read_breaks(reader.select(kOpenBreaks, {limit}));
}

std::vector<Break> open_breaks_behind(db::Reader& reader, Instant opened_at, std::string_view id, int limit) {
    return read_breaks(reader.select(kOpenBreaksBehind, {opened_at, id, limit}));
}

void StatementStore::insert_breaks(db::Tx& tx, std::span<const Break> breaks) {
    if (breaks.empty()) return;
    db::Rows rows;
    for (const Break& found : breaks) {
        rows.add(found.id, kFirstOpener, to_text(found.kind), found.account, found.difference.currency().code(),
                 found.difference.minor(), break_state(found), found.owner, found.text_en, found.text_zh,
                 found.opened_at, found.closed_at);
    }
    tx.insert_absent(kInsertBreak, rows);
}

void StatementStore::save_breaks(db::Tx& tx, std::span<const Break> breaks) {
    if (breaks.empty()) return;
    db::Rows rows;
    for (const Break& found : breaks) {
        rows.add(found.id, found.difference.minor(), break_state(found), found.owner, found.text_en, found.text_zh,
                 found.opened_at, found.closed_at);
    }
    tx.update(kSaveBreaks, rows);
}

}  // namespace huiqiao::reconciliation
