#include "tests/sim/joined_books.h"

#include <sqlite3.h>

#include <sstream>

#include "adapters/sandbox/bank/fx_prices.h"
#include "src/base/encoding.h"
#include "src/base/rate.h"
#include "src/crypto/hash.h"

namespace huiqiao::testing::sim {

namespace {

struct Rule {
    const char* name;
    const char* select;  // one text, the sentence, for each breach
};

constexpr Rule kRules[] = {
    // Statements.
    {"PAY-07 RET-01: what the bank gave back is the merchant's again",
     "SELECT 'remittance ' || r.reference || ' came back, of which we know ' || r.returned_minor FROM bank_entry "
     "e "
     "JOIN statement_line l ON l.account = e.account AND l.booked_on = e.booked_on AND l.day_sequence = e.sequence "
     "JOIN remittance r ON r.reference = e.end_to_end "
     "WHERE e.is_credit = 1 AND e.return_reason <> '' AND l.state = 'booked' AND r.returned_minor = 0"},
    {"REC-05: what a provision account holds is the sum of the bank's lines that we booked, each once",
     "SELECT a.id || ' stands at ' || a.balance_minor || ', its lines sum to ' || b.booked FROM account a JOIN "
     "(SELECT e.account, SUM(CASE e.is_credit WHEN 1 THEN e.amount_minor ELSE -e.amount_minor END) AS booked "
     "FROM bank_entry e WHERE EXISTS (SELECT 1 FROM statement_line l WHERE l.account = e.account "
     "AND l.booked_on = e.booked_on AND l.day_sequence = e.sequence AND l.state = 'booked') GROUP BY e.account) b "
     "ON b.account = a.owner WHERE a.kind = 'provision' AND a.balance_minor <> b.booked"},

    // Buying foreign currency.
    {"FX-04: nothing is ordered by a lock that has expired",
     "SELECT 'purchase ' || p.reference || ' was ordered ' || ((c.created_at - l.expires_at) / 1000000) || ' s after "
     "its "
     "lock' FROM external_call c JOIN purchase p ON p.reference = c.reference JOIN fx_lock l ON l.id = p.lock_id "
     "WHERE c.operation = 'fx.purchase' AND c.created_at >= l.expires_at"},
    {"FX-07: a deal is booked as the bank dealt it",
     "SELECT 'purchase ' || p.reference || ' is booked as ' || p.dealt_cny_minor || ' for ' || p.dealt_foreign_minor "
     "|| "
     "', the bank dealt ' || d.cny_minor || ' for ' || d.foreign_minor FROM purchase p JOIN fx_deal d "
     "ON d.reference = p.reference WHERE p.deal_reference <> '' "
     "AND (p.dealt_cny_minor <> d.cny_minor OR p.dealt_foreign_minor <> d.foreign_minor)"},

    {"a quote carries one lock",
     "SELECT 'quote ' || quote_id || ' carries ' || COUNT(*) || ' locks' FROM fx_lock WHERE quote_id <> '' "
     "GROUP BY quote_id HAVING COUNT(*) > 1"},
    {"FX-03: no lock is asked for by a quote that is over",
     "SELECT 'lock ' || l.reference || ' was asked for ' || ((l.requested_at - q.valid_until) / 1000000) || ' s after "
     "its quote' FROM fx_lock l JOIN fx_quote q ON q.id = l.quote_id WHERE l.requested_at >= q.valid_until"},
    {"FX-03: nothing is dealt by a lock worse than its quote",
     "SELECT 'purchase ' || p.reference || ' is ' || p.state || ' at ' || l.rate_text || ', its quote was ' || "
     "q.bank_rate_text FROM fx_lock l JOIN fx_quote q ON q.id = l.quote_id JOIN purchase p ON p.lock_id = l.id "
     "WHERE p.state NOT IN ('locking', 'withdrawn') AND l.rate_e10 - q.bank_rate_e10 > q.bank_rate_e10 / 1000"},
    {"FX-09: a quote that counts is near what banks start from",
     "SELECT 'quote ' || q.id || ' of ' || q.currency || ' has the mid ' || q.mid_text || ' for ' || q.mid_unit "
     "FROM fx_quote q JOIN market m ON m.currency = q.currency WHERE q.state <> 'refused' "
     "AND (q.mid_e10 < m.low_e10 OR q.mid_e10 > m.high_e10)"},
    {"the bank that was taken gave the most",
     "SELECT 'purchase ' || t.purchase_id || ' got ' || t.foreign_minor || ' for ' || t.cny_minor || ', elsewhere it "
     "was ' || o.foreign_minor FROM fx_offer o JOIN fx_offer t ON t.purchase_id = o.purchase_id AND t.place = 1 "
     "WHERE o.unfit = '' AND o.foreign_minor > t.foreign_minor"},
    // Of the banks that the desk compared, each that it could have dealt with: at what its dealing room says that it
    // showed, or at what we read, if that was dearer (a board that jumps). Whether our account there had the money free
    // then is our own word: the banks know nothing of holds.
    {"best execution: no bank whose offer stood gave more for the amount, by what it showed and what it charges",
     "SELECT 'purchase ' || x.reference || ' buys ' || x.here || ' for ' || x.cny || ' at ' || x.bank || ', at ' || "
     "x.other || ' it buys ' || x.there FROM (SELECT p.reference, p.bank, c.cny_minor AS cny, q.bank AS other, "
     "bought(c.cny_minor - ta.flat - (c.cny_minor * ta.points + 9999) / 10000, t.bank_rate_e10, t.currency) AS here, "
     "bought(c.cny_minor - qa.flat - (c.cny_minor * qa.points + 9999) / 10000, MAX(q.bank_rate_e10, "
     "COALESCE(shown(q.bank, q.currency, q.bank_reference), 0)), q.currency) AS there FROM purchase p "
     "JOIN fx_lock l ON l.id = p.lock_id AND l.purchase_id = p.id JOIN fx_quote t ON t.id = l.quote_id JOIN agreed ta "
     "ON ta.bank = t.bank "
     "JOIN fx_offer c ON c.purchase_id = p.id AND c.place = 1 "
     "JOIN fx_offer o ON o.purchase_id = p.id AND o.place > 1 AND o.unfit = '' JOIN fx_quote q ON q.id = o.quote_id "
     "JOIN agreed qa ON qa.bank = q.bank WHERE qa.largest = 0 OR c.cny_minor <= qa.largest) x "
     "WHERE x.there > x.here"},
    {"banks are compared with what each charges",
     "SELECT 'purchase ' || o.purchase_id || ' reckons with a fee of ' || o.fee_minor || ' on ' || o.cny_minor || "
     "' at ' || q.bank FROM fx_offer o JOIN fx_quote q ON q.id = o.quote_id JOIN agreed a ON a.bank = q.bank "
     "WHERE o.fee_minor <> a.flat + (o.cny_minor * a.points + 9999) / 10000"},
    {"I14: no deal is larger than its bank's limit",
     "SELECT 'purchase ' || p.reference || ' is of ' || p.cny_minor || ', ' || p.bank || ' deals at most ' || "
     "a.largest FROM purchase p JOIN agreed a ON a.bank = p.bank WHERE a.largest > 0 AND p.cny_minor > a.largest "
     "AND NOT EXISTS (SELECT 1 FROM phone_deal d WHERE d.purchase_id = p.id)"},
    {"FX-10: what an open purchase may cost is held at its bank",
     "SELECT 'purchase ' || p.reference || ' may cost ' || p.cny_minor || ', held are ' || COALESCE(h.amount_minor, 0) "
     "FROM purchase p LEFT JOIN hold h ON h.id = p.provision_hold AND h.state = 'open' "
     "WHERE p.state IN ('locking', 'ordered', 'accepted', 'unknown') AND COALESCE(h.amount_minor, 0) <> p.cny_minor"},

    // Locks that the desk holds.
    {"purchases draw no more on a lock than was promised",
     "SELECT 'lock ' || l.reference || ' is over ' || l.amount_minor || ', drawn are ' || h.drawn_minor FROM "
     "fx_held_lock h JOIN fx_lock l ON l.id = h.id WHERE h.drawn_minor < 0 OR (h.drawn_minor > l.amount_minor AND "
     "NOT EXISTS (SELECT 1 FROM purchase p WHERE p.lock_id = l.id AND (p.dealt_cny_minor > p.cny_minor OR "
     "p.dealt_foreign_minor > p.foreign_minor)))"},
    {"exposure keeps of a lock what its purchases left of it, while it is promised, and nothing else",
     "SELECT 'lock ' || x.reference || ' is ' || x.state || ', its purchases left ' || x.left_of_it || ', exposure "
     "keeps ' || x.kept FROM (SELECT l.reference, l.state, CASE WHEN l.state = 'locked' THEN MAX(0, l.amount_minor - "
     "COALESCE((SELECT SUM(CASE WHEN p.state IN ('rejected', 'withdrawn') THEN 0 WHEN l.fixed_side = 'cny' THEN "
     "CASE WHEN p.deal_reference = '' THEN p.cny_minor ELSE p.dealt_cny_minor END ELSE "
     "CASE WHEN p.deal_reference = '' THEN p.foreign_minor ELSE p.dealt_foreign_minor END END) FROM purchase p "
     "WHERE p.lock_id = l.id), 0)) ELSE 0 END AS left_of_it, COALESCE((SELECT e.left_minor FROM fx_held_lock_left e "
     "WHERE e.lock_id = l.id ORDER BY e.booked_at DESC LIMIT 1), 0) AS kept FROM fx_lock l WHERE l.purchase_id = '') x "
     "WHERE x.kept <> x.left_of_it"},
    {"best execution: what all banks showed is kept beside each purchase by a held lock or on the telephone, and each "
     "lock",
     "SELECT x.id || ' has no offers, and ' || x.bank || ' showed a price' FROM (SELECT h.id, l.bank FROM fx_held_lock "
     "h "
     "JOIN fx_lock l ON l.id = h.id UNION ALL SELECT p.id, p.bank FROM purchase p JOIN fx_held_lock h ON h.id = "
     "p.lock_id) x WHERE NOT EXISTS (SELECT 1 FROM fx_offer o WHERE o.purchase_id = x.id)"},
    {"what is left of a lock is held for it once, and nothing once it is over",
     "SELECT 'lock ' || l.reference || ' is ' || l.state || ', held for it are ' || COALESCE(SUM(o.amount_minor), 0) "
     "|| ' of ' || h.cny_minor FROM fx_held_lock h JOIN fx_lock l ON l.id = h.id LEFT JOIN hold o "
     "ON o.subject_kind = 'fx_lock' AND o.subject_id = l.id AND o.state = 'open' GROUP BY l.id "
     "HAVING COALESCE(SUM(o.amount_minor), 0) <> h.cny_minor "
     "OR (h.cny_minor <> 0 AND l.state NOT IN ('requested', 'unknown', 'locked'))"},
    {"what the end of a lock takes is held for it once, and nothing behind its line",
     "SELECT 'end ' || e.reference || ' is ' || e.state || ', held for it are ' || COALESCE(SUM(o.amount_minor), 0) || "
     "' of ' || e.held_minor FROM fx_lock_end e LEFT JOIN hold o ON o.subject_kind = 'fx_lock_end' AND "
     "o.subject_id = e.id AND o.state = 'open' GROUP BY e.id HAVING COALESCE(SUM(o.amount_minor), 0) <> e.held_minor "
     "OR (e.held_minor <> 0 AND e.state NOT IN ('ordered', 'unknown') AND e.line_awaited = 0)"},

    // Deals on the telephone.
    {"SEC-06: a slip is entered by another person than made the call",
     "SELECT 'phone deal ' || d.id || ' was recorded by ' || d.maker || ' and confirmed by ' || d.checker "
     "FROM phone_deal d JOIN operator m ON m.id = d.maker JOIN operator c ON c.id = d.checker "
     "WHERE m.person_id = c.person_id OR m.role <> 'dealer' OR c.role <> 'confirmer'"},
    {"a telephone deal is dealt as it was recorded, or two persons settled it",
     "SELECT 'phone deal ' || d.id || ' was recorded as ' || d.foreign_minor || ' for ' || d.cny_minor || ' and dealt "
     "as ' || d.slip_foreign_minor || ' for ' || d.slip_cny_minor FROM phone_deal d WHERE d.state = 'dealt' "
     "AND (d.slip_price_e10 <> d.price_e10 OR ABS(d.slip_cny_minor - d.cny_minor) > 1 "
     "OR ABS(d.slip_foreign_minor - d.foreign_minor) > 1 OR d.slip_value_date <> d.value_date) "
     "AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.subject_id = d.id AND p.state = 'used')"},
    {"the money of a telephone deal stays held until its slip, or two persons, say what became of it",
     "SELECT 'phone deal ' || d.id || ' is ' || d.state || ', its purchase ' || p.state FROM phone_deal d "
     "JOIN purchase p ON p.id = d.purchase_id WHERE d.state IN ('recorded', 'differs', 'overdue') "
     "AND p.state <> 'locking'"},

    // Several banks.
    {"an account is topped up to its level, and no further",
     "SELECT t.to_account || ' is to have ' || MAX(a.keep) || ' and has ' || MAX(c.balance_minor) || ', held are ' || "
     "MAX(c.held_minor) || ', under way to it are ' || SUM(t.amount_minor - t.arrived_minor - t.returned_minor) || ': "
     "' || "
     "GROUP_CONCAT(t.amount_minor || ' left ' || t.left_minor || ' arrived ' || t.arrived_minor || ' returned ' || "
     "t.returned_minor || ' settled ' || t.settled_minor) FROM provision_transfer t JOIN agreed a ON a.cny_account = "
     "t.to_account "
     "JOIN account c ON c.kind = 'provision' AND c.owner = t.to_account "
     "WHERE t.open_key IS NOT NULL AND a.keep > 0 GROUP BY t.to_account "
     "HAVING SUM(t.amount_minor - t.arrived_minor - t.returned_minor) > MAX(a.keep)"},
    // By the banks' own words: what they carried out from which account, and into which they paid what they dealt. What
    // came back is paid from where it is.
    {"an order is paid from where its currency was bought",
     "SELECT 'order ' || x.order_id || ' is paid ' || x.paid || ' from ' || x.account || ', where ' || x.bought || "
     "' was bought for it' FROM (SELECT a.order_id, k.debtor_account AS account, SUM(a.amount_minor) AS paid, "
     "(SELECT COALESCE(SUM(b.foreign_minor), 0) FROM purchase_allocation b JOIN purchase p ON p.id = b.purchase_id "
     "JOIN fx_deal d ON d.reference = p.reference WHERE b.order_id = a.order_id "
     "AND d.foreign_account = k.debtor_account) AS bought FROM remittance_allocation a "
     "JOIN remittance r ON r.id = a.remittance_id JOIN bank_payment k ON k.end_to_end = r.reference "
     "JOIN orders o ON o.id = a.order_id WHERE o.payout = 'fx' "
     "AND k.status <> 'RJCT' AND NOT EXISTS (SELECT 1 FROM remittance_allocation c JOIN remittance s "
     "ON s.id = c.remittance_id WHERE c.order_id = a.order_id AND s.returned_minor > 0) "
     "GROUP BY a.order_id, k.debtor_account) x WHERE x.paid > x.bought"},

    // Collecting.
    {"NTF-01: a notice that we acknowledged is stored",
     "SELECT 'notice ' || o.id || ' was acknowledged and is not stored' FROM channel.outgoing o WHERE o.kind = "
     "'notice' "
     "AND o.spoiled = '' AND o.due_at IS NULL AND o.tries BETWEEN 1 AND 15 AND NOT EXISTS "
     "(SELECT 1 FROM notice_key k WHERE k.content_key = 'sandbox-pay|' || sha256(o.body))"},
    {"TIME: a payment counts on the day in Shanghai on which it was made",
     "SELECT 'payment ' || t.reference || ' of ' || datetime(t.paid_at / 1000000, 'unixepoch') || ' UTC counts on ' || "
     "e.value_date FROM journal_entry e JOIN payment p ON p.id = e.source_id JOIN channel.trade t "
     "ON t.reference = p.reference WHERE e.source_type = 'payment' AND t.paid_at > 0 "
     "AND e.value_date <> CAST(strftime('%Y%m%d', t.paid_at / 1000000 + 28800, 'unixepoch') AS INTEGER)"},
    // After a death another slot goes on in the same instant of the virtual clock, and says nothing of which was first.
    {"a fee is taken from money that is at the bank",
     "SELECT 'fee of ' || e.source_id || ' was taken before the money of ' || s.batch_id || ' came' "
     "FROM journal_entry e JOIN payment p ON p.id = substr(e.source_id, 1, instr(e.source_id, '|') - 1) "
     "JOIN settlement_line s ON s.reference = p.reference WHERE e.kind = 'fee_taken' AND NOT EXISTS "
     "(SELECT 1 FROM settlement_batch b JOIN journal_entry d ON d.source_type = 'statement_line' "
     "AND d.source_id = b.line_key WHERE b.id = s.batch_id "
     "AND (d.booked_at < e.booked_at OR (d.booked_at = e.booked_at AND (d.slot <> e.slot OR d.seq < e.seq))))"},
    {"a fee is what was agreed of what was funded",
     "SELECT 'order ' || o.id || ' pays a fee of ' || g.amount_minor || ' on ' || o.funded_minor FROM journal_entry e "
     "JOIN posting g ON g.entry_id = e.id AND g.account_id LIKE 'merchant:%' "
     "JOIN orders o ON o.id = substr(e.source_id, instr(e.source_id, '|') + 1) JOIN merchant m ON m.id = o.merchant_id "
     "WHERE e.kind = 'fee_taken' AND g.amount_minor <> MIN(o.funded_minor, "
     "MAX((o.funded_minor * m.fee_basis_points + 5000) / 10000, m.fee_minimum_minor))"},

    // Holds.
    {"only what an account has can be held for a remittance",
     "SELECT a.id || ' holds ' || a.held_minor || ' of ' || a.balance_minor FROM account a WHERE a.kind = 'provision' "
     "AND a.held_minor > a.balance_minor AND EXISTS (SELECT 1 FROM hold h WHERE h.open_account_id = a.id "
     "AND h.subject_kind = 'remittance' AND NOT EXISTS (SELECT 1 FROM posting g JOIN journal_entry e "
     "ON e.id = g.entry_id WHERE g.account_id = a.id AND e.booked_at >= h.opened_at))"},
    {"a purchase that came to nothing holds nothing",
     "SELECT 'purchase ' || p.reference || ' is ' || p.state || ' and holds ' || h.amount_minor FROM hold h "
     "JOIN purchase p ON p.id = h.subject_id WHERE h.state = 'open' AND p.state IN ('withdrawn', 'rejected')"},

    // Persons.
    {"SEC-06: what was released was asked for and released by two persons",
     "SELECT 'approval ' || p.id || ' of ' || p.action || ' was made by ' || p.maker || ' and released by ' || "
     "p.checker FROM approval p LEFT JOIN operator m ON m.id = p.maker LEFT JOIN operator c ON c.id = p.checker "
     "WHERE p.state IN ('released', 'used') AND (m.id IS NULL OR c.id IS NULL OR m.person_id = c.person_id OR "
     "m.role <> 'dealer' OR c.role <> 'confirmer')"},
    {"I19: nothing that was escalated ends without an approval that was used",
     "SELECT 'instruction ' || i.id || ' is ' || i.outcome || ' by nobody' FROM instruction i WHERE i.reason_code = "
     "'resolved' AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.subject_id = i.id AND p.state = 'used')"},

    // Platforms and customs.
    {"NTF-12: events of an order are numbered without a gap",
     "SELECT 'order ' || object_id || ' has ' || COUNT(*) || ' events, the last is number ' || MAX(sequence) "
     "FROM event GROUP BY object_id HAVING MAX(sequence) <> COUNT(*)"},
    {"CST-01: customs has documents under our serials only",
     "SELECT 'customs has document ' || k.id || ', which is not ours' FROM customs.document k WHERE NOT EXISTS "
     "(SELECT 1 FROM declaration d WHERE d.pay_code || '|' || d.serial = k.id)"},
    {"CST-01: customs speaks of our serials only",
     "SELECT 'receipt ' || r.return_status || ' is for a serial that we did not declare' FROM customs_receipt r "
     "WHERE r.declaration_id = ''"},
    // After six tries a person decides, whatever customs said last.
    {"CST-02: what customs has already is not called rejected for it",
     "SELECT 'declaration ' || d.serial || ' is rejected by -401007, and customs has it as ' || k.state FROM "
     "declaration d JOIN customs.document k ON k.id = d.pay_code || '|' || d.serial "
     "WHERE d.state = 'rejected' AND d.return_code = '-401007' AND k.state = 'stored' AND d.tries < 6"},
};

void sha256_in_sql(sqlite3_context* context, int, sqlite3_value** values) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
    const std::string hash = hex(crypto::sha256(std::string_view(text == nullptr ? "" : text)));
    sqlite3_result_text(context, hash.c_str(), -1, SQLITE_TRANSIENT);
}

std::string text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text == nullptr ? "" : text;
}

/// bought(cny_minor, rate_e10, currency): what so much buys, cut to the smallest unit. Apart from the product's own.
void bought_in_sql(sqlite3_context* context, int, sqlite3_value** values) {
    const std::int64_t cny = sqlite3_value_int64(values[0]);
    const std::int64_t rate = sqlite3_value_int64(values[1]);
    __int128 units = cny > 0 && rate > 0 ? cny : 0;
    for (int i = 0; i < 8 + Currency::known(text_of(values[2])).digits(); ++i) units *= 10;
    sqlite3_result_int64(context, rate > 0 ? static_cast<std::int64_t>(units / rate) : 0);
}

using PriceBooks = std::map<std::string, const sandbox::bank::PriceBook*>;

/// What a bank shows that deals so far from the mid; read once, since the books are joined anew after each crash.
const sandbox::bank::PriceBook& price_book(int half_spread_bp) {
    static std::map<int, sandbox::bank::PriceBook> books;
    const auto known = books.find(half_spread_bp);
    if (known != books.end()) return known->second;
    const std::string rates = app::read_text("sample_data/bank_rates.csv").value();
    return books.emplace(half_spread_bp, sandbox::bank::PriceBook::parse(rates, half_spread_bp).value()).first->second;
}

/// shown(bank, currency, its name for the board): at what it sold a unit by that board; NULL where it names none.
void shown_in_sql(sqlite3_context* context, int, sqlite3_value** values) {
    const auto& books = *static_cast<const PriceBooks*>(sqlite3_user_data(context));
    const auto bank = books.find(text_of(values[0]));
    const std::string board = text_of(values[2]);
    if (bank == books.end() || !board.starts_with("BRD")) return sqlite3_result_null(context);
    const auto price = bank->second->price(text_of(values[1]), std::stoll(board.substr(3)));
    if (!price) return sqlite3_result_null(context);
    sqlite3_result_int64(context, price->selling_e4 * 1'000'000 / price->unit);
}

std::string path_of(db::Database& database) {
    std::string path;
    database.read([&](db::Reader& reader) {
        path = reader.select({"SELECT file FROM pragma_database_list WHERE name = 'main'", "t"}).text(0, 0);
    });
    return path;
}

}  // namespace

class JoinedBooks::Connection {
 public:
    Connection(const std::string& path, const std::vector<SimBank>& banks) {
        for (const SimBank& bank : banks) prices_.emplace(bank.name, &price_book(bank.half_spread_bp));
        if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) fail("open " + path);
        const auto teach = [&](const char* name, int words, auto* how) {
            sqlite3_create_function(handle_, name, words, SQLITE_UTF8 | SQLITE_DETERMINISTIC, &prices_, how, nullptr,
                                    nullptr);
        };
        teach("sha256", 1, sha256_in_sql);
        teach("bought", 3, bought_in_sql);
        teach("shown", 3, shown_in_sql);
    }
    ~Connection() {
        for (sqlite3_stmt* each : rules_) sqlite3_finalize(each);
        sqlite3_close(handle_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void attach(const std::string& path, const std::string& as) {
        carry_out("ATTACH DATABASE '" + path + "' AS " + as);
    }
    /// One table of all banks' books, under its own name.
    void join(const std::string& table, const std::vector<std::string>& banks) {
        std::string all;
        for (const std::string& bank : banks)
            all.append(all.empty() ? "" : " UNION ALL ")
                .append("SELECT * FROM ")
                .append(bank)
                .append(".")
                .append(table);
        carry_out("CREATE TEMP VIEW " + table + " AS " + all);
    }
    /// What was agreed with each bank, for the rules that ask for it.
    void write_down(const std::vector<SimBank>& banks) {
        carry_out(
            "CREATE TEMP TABLE agreed (bank TEXT PRIMARY KEY, cny_account TEXT, flat INTEGER, points INTEGER, "
            "largest INTEGER, keep INTEGER)");
        for (const SimBank& bank : banks) {
            const auto number = [](std::int64_t value) { return ", " + std::to_string(value); };
            carry_out("INSERT INTO agreed VALUES ('" + bank.name + "', '" + bank.cny_account() + "'" +
                      number(bank.flat_fee_fen) + number(bank.fee_basis_points) + number(bank.largest_deal_fen) +
                      number(bank.keep_fen) + ")");
        }
    }
    /// What a unit may cost: what the dealing rooms start from, and what a day and a jump of theirs do to it.
    void write_down_market() {
        carry_out("CREATE TEMP TABLE market (currency TEXT, low_e10 INTEGER, high_e10 INTEGER)");
        std::istringstream lines(app::read_text("sample_data/bank_rates.csv").value());
        for (std::string line; std::getline(lines, line);) {
            std::istringstream cells(line);
            std::string date, currency, unit, mid;
            for (std::string* cell : {&date, &currency, &unit, &mid}) std::getline(cells, *cell, ',');
            if (!Date::parse(date)) continue;
            const auto price = Rate::parse(Currency::known(currency), Currency::known("CNY"), std::stoi(unit), mid);
            const std::string e10 = std::to_string(price.value().rate_e10());
            carry_out("INSERT INTO market VALUES ('" + currency + "', " + e10 + ", " + e10 + ")");
        }
        carry_out(
            "CREATE TEMP TABLE each_of AS SELECT currency, MIN(low_e10) / 10 * 9 AS low_e10, "
            "MAX(high_e10) / 10 * 11 AS high_e10 FROM market GROUP BY currency");
        carry_out("DROP TABLE market");
        carry_out("ALTER TABLE each_of RENAME TO market");
    }
    void prepare() {
        for (const Rule& rule : kRules) {
            sqlite3_stmt* statement = nullptr;
            if (sqlite3_prepare_v2(handle_, rule.select, -1, &statement, nullptr) != SQLITE_OK) fail(rule.name);
            rules_.push_back(statement);
        }
    }
    std::optional<std::string> broken(std::size_t rule) {
        std::optional<std::string> broken;
        const int result = sqlite3_step(rules_[rule]);
        if (result == SQLITE_ROW) {
            broken = std::string(kRules[rule].name) + ": " +
                     reinterpret_cast<const char*>(sqlite3_column_text(rules_[rule], 0));
        } else if (result != SQLITE_DONE) {
            fail(kRules[rule].name);
        }
        sqlite3_reset(rules_[rule]);
        return broken;
    }

 private:
    void carry_out(const std::string& text) {
        if (sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(text);
    }
    [[noreturn]] void fail(const std::string& doing) {
        throw LogicError("joined books, " + doing + ": " + sqlite3_errmsg(handle_));
    }

    sqlite3* handle_ = nullptr;
    std::vector<sqlite3_stmt*> rules_;
    PriceBooks prices_;
};

JoinedBooks::JoinedBooks(TestDesk& desk, std::vector<SimBank> banks) : desk_(desk), banks_(std::move(banks)) {}
JoinedBooks::~JoinedBooks() = default;

std::optional<std::string> JoinedBooks::look() {
    connect();
    next_ = (next_ + 1) % std::size(kRules);
    return connection_->broken(next_);
}

std::optional<std::string> JoinedBooks::look_at_all() {
    connect();
    for (std::size_t rule = 0; rule < std::size(kRules); ++rule) {
        if (auto broken = connection_->broken(rule)) return broken;
    }
    return std::nullopt;
}

void JoinedBooks::connect() {
    if (connection_ && desk_.crashes() == crashes_) return;
    crashes_ = desk_.crashes();
    connection_ = std::make_unique<Connection>(path_of(desk_.parts().database), banks_);
    connection_->attach(path_of(desk_.sandbox().books("sandbox-pay")), "channel");
    connection_->attach(path_of(desk_.sandbox().books("single-window")), "customs");
    std::vector<std::string> banks;
    for (const SimBank& bank : banks_) {
        banks.push_back(bank.prefix);
        connection_->attach(path_of(desk_.sandbox().books(bank.name)), bank.prefix);
    }
    for (const char* table : {"bank_entry", "bank_payment", "fx_deal"}) connection_->join(table, banks);
    connection_->write_down(banks_);
    connection_->write_down_market();
    connection_->prepare();
}

}  // namespace huiqiao::testing::sim
