#include "tests/sim/joined_books.h"

#include <sqlite3.h>

#include "src/base/encoding.h"
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
     "SELECT 'remittance ' || r.reference || ' came back, of which we know ' || r.returned_minor FROM bank.bank_entry "
     "e "
     "JOIN statement_line l ON l.account = e.account AND l.booked_on = e.booked_on AND l.day_sequence = e.sequence "
     "JOIN remittance r ON r.reference = e.end_to_end "
     "WHERE e.is_credit = 1 AND e.return_reason <> '' AND l.state = 'booked' AND r.returned_minor = 0"},
    {"REC-05: what a provision account holds is the sum of the bank's lines that we booked, each once",
     "SELECT a.id || ' stands at ' || a.balance_minor || ', its lines sum to ' || b.booked FROM account a JOIN "
     "(SELECT e.account, SUM(CASE e.is_credit WHEN 1 THEN e.amount_minor ELSE -e.amount_minor END) AS booked "
     "FROM bank.bank_entry e WHERE EXISTS (SELECT 1 FROM statement_line l WHERE l.account = e.account "
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
     "', the bank dealt ' || d.cny_minor || ' for ' || d.foreign_minor FROM purchase p JOIN bank.fx_deal d "
     "ON d.reference = p.reference WHERE p.deal_reference <> '' "
     "AND (p.dealt_cny_minor <> d.cny_minor OR p.dealt_foreign_minor <> d.foreign_minor)"},

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
    explicit Connection(const std::string& path) {
        if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) fail("open " + path);
        sqlite3_create_function(handle_, "sha256", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, sha256_in_sql,
                                nullptr, nullptr);
    }
    ~Connection() {
        for (sqlite3_stmt* each : rules_) sqlite3_finalize(each);
        sqlite3_close(handle_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void attach(const std::string& path, const std::string& as) {
        const std::string text = "ATTACH DATABASE '" + path + "' AS " + as;
        if (sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(text);
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
    [[noreturn]] void fail(const std::string& doing) {
        throw LogicError("joined books, " + doing + ": " + sqlite3_errmsg(handle_));
    }

    sqlite3* handle_ = nullptr;
    std::vector<sqlite3_stmt*> rules_;
};

JoinedBooks::JoinedBooks(TestDesk& desk) : desk_(desk) {}
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
    connection_ = std::make_unique<Connection>(path_of(desk_.parts().database));
    for (const auto& [name, as] : {std::pair("sandbox-bank", "bank"), std::pair("sandbox-pay", "channel"),
                                   std::pair("single-window", "customs")}) {
        connection_->attach(path_of(desk_.sandbox().books(name)), as);
    }
    connection_->prepare();
}

}  // namespace huiqiao::testing::sim
