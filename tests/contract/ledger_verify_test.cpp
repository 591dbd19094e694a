#include <fstream>

#include "src/ledger/journal.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using testing::currency;
using testing::each_engine;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

/// A desk with some entries, its triggers dropped as somebody with all rights would.
void tamper(db::Engine engine, const std::function<void(LedgerDesk&)>& with) {
    TestDatabase where = TestDatabase::fresh(engine);
    LedgerDesk desk(where);
    for (int at = 0; at < 5; ++at) desk.collect("m1", "10.00");
    REQUIRE(desk.run({}, [&](db::Group& group) { desk.anchors.write(group, "hour"); }).ok());
    REQUIRE(desk.complete_file() == 1);
    desk.collect("m2", "20.00");
    REQUIRE(desk.verify().is_good());
    for (const char* table : {"journal_entry", "posting", "entry_fact", "anchor"}) {
        for (const char* event : {"update", "delete"}) {
            const std::string text = std::string("DROP TRIGGER ") + table + "_no_" + event;
            desk.database.write([&](db::Tx& tx) { tx.execute({text}); });
        }
    }
    with(desk);
}

void change(LedgerDesk& desk, const std::string& text) {
    desk.database.write([&](db::Tx& tx) { REQUIRE(tx.execute({text}) > 0); });
}

std::set<std::string> codes(const VerifyReport& report) {
    std::set<std::string> texts;
    for (const Error& problem : report.problems) texts.emplace(problem.code->text);
    return texts;
}

Entry entry_at(LedgerDesk& desk, std::int64_t seq) {
    Entry entry;
    desk.database.read([&](db::Reader& reader) { entry = page_of_slot(reader, 1, seq - 1).front(); });
    return entry;
}

/// What a thorough forger does: all hashes from an entry on made anew, and the slot row with them.
void forge_chain(LedgerDesk& desk, std::int64_t from_seq) {
    std::vector<Entry> entries;
    desk.database.read([&](db::Reader& reader) { entries = page_of_slot(reader, 1, from_seq - 1); });
    std::string previous = from_seq == 1 ? "" : entry_at(desk, from_seq - 1).hash;
    for (Entry& entry : entries) {
        entry.prev_hash = previous;
        previous = hash_of(entry);
        change(desk, "UPDATE journal_entry SET prev_hash = '" + entry.prev_hash + "', hash = '" + previous +
                         "' WHERE id = '" + entry.id + "'");
    }
    change(desk, "UPDATE writer_slot SET head = '" + previous + "' WHERE number = 1");
}

/// With its hash made as the books make it, its postings and its fact.
void insert(LedgerDesk& desk, Entry entry) {
    entry.hash = hash_of(entry);
    desk.database.write([&](db::Tx& tx) {
        db::Rows entries;
        entries.add(entry.id, entry.slot, entry.seq, entry.prev_hash, entry.hash, entry.booked_at_us,
                    entry.occurred_at_us, entry.business_date, entry.value_date, entry.source_type, entry.source_id,
                    entry.kind, entry.actor, entry.request_id, entry.reverses, entry.reason);
        tx.insert({"journal_entry",
                   "id, slot, seq, prev_hash, hash, booked_at, occurred_at, business_date, value_date, source_type, "
                   "source_id, kind, actor, request_id, reverses, reason",
                   "tiittiiiittttttt"},
                  entries);
        db::Rows lines;
        for (const Line& line : entry.lines)
            lines.add(entry.id, line.line_no, line.account_id, line.direction, line.amount_minor, line.currency);
        tx.insert({"posting", "entry_id, line_no, account_id, direction, amount_minor, currency", "tittit"}, lines);
        db::Rows facts;
        facts.add(entry.source_type + "|" + entry.source_id + "|" + entry.kind, entry.id);
        tx.insert({"entry_fact", "fact_key, entry_id", "tt"}, facts);
    });
}

}  // namespace

TEST_CASE("LED-02: verify finds any changed, inserted or removed row, and a tail that was cut off") {
    each_engine([](TestDatabase& where) {
        const db::Engine engine = where.engine();
        tamper(engine, [](LedgerDesk& desk) {  // a column of an entry
            change(desk, "UPDATE journal_entry SET actor = 'other' WHERE slot = 1 AND seq = 3");
            const VerifyReport report = desk.verify();
            REQUIRE(report.problem_count >= 1);
            CHECK(codes(report).contains("entry_changed"));
            CHECK(report.problems[0].english().find(entry_at(desk, 3).id) != std::string::npos);
            CHECK(report.problems[0].chinese().find("被改动") != std::string::npos);
        });
        tamper(engine, [](LedgerDesk& desk) {  // amounts of one entry, so that it still balances
            change(desk, "UPDATE posting SET amount_minor = 1001 WHERE entry_id = '" + entry_at(desk, 3).id + "'");
            CHECK(codes(desk.verify()).contains("entry_changed"));
            CHECK(codes(desk.verify()).contains("balance_wrong"));
        });
        tamper(engine, [](LedgerDesk& desk) {  // one amount: the entry and the trial balance are out
            change(desk, "UPDATE posting SET amount_minor = 1001 WHERE line_no = 1 AND entry_id = '" +
                             entry_at(desk, 3).id + "'");
            const auto found = codes(desk.verify());
            CHECK(found.contains("entry_unbalanced"));
            CHECK(found.contains("customer_books_unequal"));
        });
        tamper(engine, [](LedgerDesk& desk) {  // a line removed
            change(desk, "DELETE FROM posting WHERE line_no = 2 AND entry_id = '" + entry_at(desk, 4).id + "'");
            CHECK(codes(desk.verify()).contains("entry_changed"));
        });
        tamper(engine, [](LedgerDesk& desk) {  // a line added to an entry, and one without
            const std::string id = entry_at(desk, 4).id;
            desk.database.write([&](db::Tx& tx) {
                db::Rows rows;
                rows.add(id, 3, "merchant:m1:CNY", "credit", 5, "CNY");
                rows.add("ent_none", 1, "merchant:m1:CNY", "credit", 5, "CNY");
                tx.insert({"posting", "entry_id, line_no, account_id, direction, amount_minor, currency", "tittit"},
                          rows);
            });
            const auto found = codes(desk.verify());
            CHECK(found.contains("entry_changed"));
            CHECK(found.contains("posting_without_entry"));
        });
        tamper(engine, [](LedgerDesk& desk) {  // an entry removed from the middle
            change(desk, "DELETE FROM journal_entry WHERE slot = 1 AND seq = 4");
            const auto found = codes(desk.verify());
            CHECK(found.contains("entry_missing"));
            CHECK(found.contains("posting_without_entry"));
            CHECK(found.contains("fact_without_entry"));
        });
        tamper(engine, [](LedgerDesk& desk) {  // the tail cut off
            const std::string id = entry_at(desk, 12).id;
            change(desk, "DELETE FROM posting WHERE entry_id = '" + id + "'");
            change(desk, "DELETE FROM entry_fact WHERE entry_id = '" + id + "'");
            change(desk, "DELETE FROM journal_entry WHERE id = '" + id + "'");
            const VerifyReport report = desk.verify();
            CHECK(codes(report).contains("tail_differs"));
            CHECK(report.problems[0].english().starts_with("Slot 1 was at no 12 ("));
        });
        tamper(engine, [](LedgerDesk& desk) {  // a fact that went to another entry
            change(desk, "UPDATE entry_fact SET entry_id = 'ent_x' WHERE entry_id = '" + entry_at(desk, 2).id + "'");
            CHECK(codes(desk.verify()) == std::set<std::string>{"fact_wrong"});
        });
        tamper(engine, [](LedgerDesk& desk) {  // balance and hold rows
            change(desk, "UPDATE account SET held_minor = 1, guarded = 0 WHERE id = 'merchant:m1:CNY'");
            CHECK(codes(desk.verify()) == std::set<std::string>{"account_wrong", "held_wrong"});
            change(desk, "DELETE FROM account WHERE id = 'merchant:m1:CNY'");
            CHECK(codes(desk.verify()) == std::set<std::string>{"balance_wrong"});
        });
    });
}

TEST_CASE("LED-02: of each way to tamper the first problem names the first bad row") {
    each_engine([](TestDatabase& where) {
        const db::Engine engine = where.engine();
        const auto first = [](LedgerDesk& desk) { return desk.verify().problems.at(0); };
        const auto names = [](const Error& problem, const Entry& entry) {
            return problem.english().find(entry.id) != std::string::npos;
        };
        tamper(engine, [&](LedgerDesk& desk) {  // two amounts, the later one first
            for (const int seq : {9, 5})
                change(desk, "UPDATE posting SET amount_minor = amount_minor + 1 WHERE entry_id = '" +
                                 entry_at(desk, seq).id + "'");
            CHECK(first(desk).code == &verify_problem::kEntryChanged);
            CHECK(names(first(desk), entry_at(desk, 5)));
        });
        tamper(engine, [&](LedgerDesk& desk) {  // an entry removed with all that belongs to it
            const std::string id = entry_at(desk, 6).id;
            for (const char* row : {"posting WHERE entry_id", "entry_fact WHERE entry_id", "journal_entry WHERE id"})
                change(desk, "DELETE FROM " + std::string(row) + " = '" + id + "'");
            CHECK(first(desk).code == &verify_problem::kEntryMissing);
            CHECK(first(desk).english().find("6") != std::string::npos);
        });
        tamper(engine, [&](LedgerDesk& desk) {  // an entry inserted between two, chained to the one before it
            for (int seq = 12; seq > 4; --seq)
                change(desk, "UPDATE journal_entry SET seq = " + std::to_string(seq + 1) +
                                 " WHERE slot = 1 AND seq = " + std::to_string(seq));
            Entry forged = entry_at(desk, 4);
            forged.id = "ent_forged";
            forged.source_id = "pay_forged";
            forged.seq = 5;
            forged.prev_hash = entry_at(desk, 4).hash;
            insert(desk, forged);
            change(desk, "UPDATE writer_slot SET seq = 13 WHERE number = 1");
            // It fits what stands before it; what stands behind it was chained to another.
            CHECK(first(desk).code == &verify_problem::kChainBroken);
            CHECK(names(first(desk), entry_at(desk, 6)));
            CHECK(codes(desk.verify()).contains("balance_wrong"));
        });
        tamper(engine, [&](LedgerDesk& desk) {  // an entry put behind the last
            Entry forged = entry_at(desk, 12);
            forged.prev_hash = forged.hash;
            forged.id = "ent_forged";
            forged.source_id = "pay_forged";
            forged.seq = 13;
            insert(desk, forged);
            CHECK(first(desk).code == &verify_problem::kTailDiffers);
            CHECK(first(desk).english().find("13") != std::string::npos);
        });
        tamper(engine, [&](LedgerDesk& desk) {  // the last entry removed
            const std::string id = entry_at(desk, 12).id;
            for (const char* row : {"posting WHERE entry_id", "entry_fact WHERE entry_id", "journal_entry WHERE id"})
                change(desk, "DELETE FROM " + std::string(row) + " = '" + id + "'");
            CHECK(first(desk).code == &verify_problem::kTailDiffers);
            CHECK(first(desk).english().starts_with("Slot 1 was at no 12 ("));
        });
        tamper(engine, [&](LedgerDesk& desk) {  // two entries that change places
            const Entry third = entry_at(desk, 3);
            const Entry fourth = entry_at(desk, 4);
            for (const auto& [id, seq] : {std::pair{third.id, -1}, std::pair{fourth.id, 3}, std::pair{third.id, 4}})
                change(desk, "UPDATE journal_entry SET seq = " + std::to_string(seq) + " WHERE id = '" + id + "'");
            CHECK(names(first(desk), fourth));
        });
        tamper(engine, [&](LedgerDesk& desk) {  // two lines that change places between entries, the sums as before
            const Entry third = entry_at(desk, 11);
            const Entry fourth = entry_at(desk, 3);
            for (const auto& [from, to] :
                 {std::pair{third.id, std::string("ent_between")}, std::pair{fourth.id, third.id},
                  std::pair{std::string("ent_between"), fourth.id}})
                change(desk,
                       "UPDATE posting SET entry_id = '" + to + "' WHERE line_no = 1 AND entry_id = '" + from + "'");
            CHECK(names(first(desk), fourth));
        });
        tamper(engine, [&](LedgerDesk& desk) {  // the head of an anchor, in the table
            change(desk, "UPDATE anchor SET line = REPLACE(line, ' 1 10 ', ' 1 9 ')");
            CHECK(first(desk).code == &verify_problem::kAnchorForged);
            CHECK(first(desk).english().find("the table of anchors") != std::string::npos);
            CHECK(first(desk).english().find("anchor") != std::string::npos);
        });
        tamper(engine, [&](LedgerDesk& desk) {  // and in the file
            std::string line;
            std::getline(std::ifstream(desk.anchors.settings().file) >> std::ws, line);
            line[line.find(' ') + 1] = '2';
            std::ofstream(desk.anchors.settings().file) << line << '\n';
            CHECK(first(desk).code == &verify_problem::kAnchorFileForged);
            CHECK(first(desk).english().find("the file of anchors") != std::string::npos);
            CHECK(first(desk).english().find(line.substr(0, 40)) != std::string::npos);
        });
    });
}

TEST_CASE("verify finds a forger who makes all hashes anew, by the anchors outside the database") {
    each_engine([](TestDatabase& where) {
        const db::Engine engine = where.engine();
        tamper(engine, [](LedgerDesk& desk) {
            change(desk, "UPDATE journal_entry SET actor = 'other' WHERE slot = 1 AND seq = 3");
            forge_chain(desk, 3);
            CHECK(codes(desk.verify()) == std::set<std::string>{"anchor_broken"});
            change(desk, "DELETE FROM anchor");
            const auto found = codes(desk.verify());
            CHECK(found == std::set<std::string>{"anchor_broken", "anchor_removed"});
        });
        tamper(engine, [](LedgerDesk& desk) {  // a cut tail with the slot row, balances and facts to fit
            for (int seq = 12; seq > 8; --seq) {
                const Entry entry = entry_at(desk, seq);
                change(desk, "DELETE FROM posting WHERE entry_id = '" + entry.id + "'");
                change(desk, "DELETE FROM entry_fact WHERE entry_id = '" + entry.id + "'");
                change(desk, "DELETE FROM journal_entry WHERE id = '" + entry.id + "'");
            }
            change(desk, "UPDATE writer_slot SET seq = 8, head = '" + entry_at(desk, 8).hash + "' WHERE number = 1");
            change(desk,
                   "UPDATE account SET balance_minor = 4000 WHERE id IN ('merchant:m1:CNY', "
                   "'provision:sb-cny:CNY')");
            change(desk, "UPDATE account SET balance_minor = 0 WHERE id IN ('merchant:m2:CNY')");
            const VerifyReport report = desk.verify();
            CHECK(codes(report) == std::set<std::string>{"anchor_broken"});
            CHECK(report.problems[0].english().find("the journal has nothing there") != std::string::npos);
        });
        tamper(engine, [](LedgerDesk& desk) {  // an anchor that somebody else has signed
            SeededRandom random(99);
            const auto other = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
            std::ofstream(desk.anchors.settings().file, std::ios::app)
                << crypto::sign_anchor({.slot = 1, .seq = 12, .head = {}, .at = {}}, other) << '\n';
            CHECK(codes(desk.verify()) == std::set<std::string>{"anchor_file_forged"});
        });
    });
}

TEST_CASE("a line of the file that only looks like a day's seal is a fault of the file alone, and stops no payout") {
    each_engine([](TestDatabase& where) {
        const db::Engine engine = where.engine();
        const auto codes_with = [&](auto line_of) {
            std::set<std::string> found;
            tamper(engine, [&](LedgerDesk& desk) {
                std::ofstream(desk.anchors.settings().file, std::ios::app) << line_of(desk) << '\n';
                const VerifyReport report = desk.verify();
                found = codes(report);
                CHECK(report.are_rows_good() == !found.contains("anchor_removed"));
            });
            return found;
        };
        const std::string part = "seal1 20260512 12 00ff 1778600000000000";
        const auto signed_by = [&part](const crypto::SigningKey& key) { return part + " " + hex(key.sign(part)); };
        const std::set<std::string> file_alone{"anchor_file_forged"};
        CHECK(codes_with([](LedgerDesk&) { return std::string("seal1 and so on"); }) == file_alone);
        CHECK(codes_with([](LedgerDesk&) { return std::string("seal1 "); }) == file_alone);
        CHECK(codes_with([&](LedgerDesk&) { return part + " 00ff"; }) == file_alone);
        CHECK(codes_with([&](LedgerDesk&) {
                  SeededRandom random(99);
                  return signed_by(crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random));
              }) == file_alone);
        // Genuine, and the tables lack it: they lost it.
        CHECK(codes_with([&](LedgerDesk& desk) { return signed_by(desk.key); }) ==
              std::set<std::string>{"anchor_removed"});
    });
}

TEST_CASE("positions of a closed purchase must be zero, those of an open one need not") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        desk.post(
            {postings::purchase_dealt(desk.event("p1"), "p1", "bank", money("CNY", "7.00"), money("USD", "1.00"))});
        VerifySettings settings;
        bool is_closed = false;
        settings.is_closed_purchase = [&](db::Reader&, const std::string& purchase) {
            CHECK(purchase == "p1");
            return is_closed;
        };
        const auto run = [&] { return verify(desk.database, desk.books.chart(), desk.key.verify_key(), settings); };
        CHECK(run().is_good());
        is_closed = true;
        CHECK(run().problem_count == 2);
        CHECK(run().problems[0].code->text == "position_open");
    });
}

TEST_CASE("verify reads more entries than a page holds and counts problems beyond those it keeps") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        for (int round = 0; round < 3; ++round) {
            std::vector<Draft> drafts;
            for (int at = 0; at < 400; ++at) {
                drafts.push_back(postings::collected(desk.event(std::to_string(round) + "-" + std::to_string(at)), "ch",
                                                     "m" + std::to_string(at), money("CNY", "0.01")));
            }
            desk.post(drafts);
        }
        const VerifyReport good = desk.verify();
        CHECK(good.is_good());
        CHECK(good.entries == 1'200);
        CHECK(good.postings == 2'400);
        CHECK(good.text_english() ==
              "The books are right: 1200 entries, 2400 postings, 401 accounts, 0 anchors, 0 sealed days.\n");
        desk.database.write(
            [](db::Tx& tx) { tx.execute({"UPDATE account SET balance_minor = 9 WHERE kind = 'merchant'"}); });
        const VerifyReport bad = desk.verify();
        CHECK(bad.problem_count == 400);
        CHECK(bad.problems.size() == 100);
    });
}
