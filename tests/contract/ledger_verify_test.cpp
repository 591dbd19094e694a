#include <fstream>

#include "src/ledger/journal.h"
#include "src/ledger/payout_stops.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using flow::AnchorFiles;
using flow::AnchorHeads;
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

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
    return lines;
}

void write_lines(const std::filesystem::path& path, const std::vector<std::string>& lines) {
    std::ofstream file(path, std::ios::trunc);
    for (const std::string& line : lines) file << line << '\n';
}

/// One commit of anchors; the file gets its line with the next append.
void anchor_after(LedgerDesk& desk, std::chrono::hours pause) {
    desk.clock.advance(pause);
    desk.collect("m1", "10.00");
    REQUIRE(desk.run({}, [&](db::Group& group) { desk.anchors.write(group, "hour"); }).ok());
}

}  // namespace

TEST_CASE("a file of anchors that is gone, cut or lacks a line is found, and the first missing anchor is named") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const std::filesystem::path file = desk.anchors.settings().file;
        for (int hour = 0; hour < 4; ++hour) anchor_after(desk, std::chrono::hours(2));
        REQUIRE(desk.complete_file() == 4);
        REQUIRE(desk.verify().is_good());
        const std::vector<std::string> all = lines_of(file);
        REQUIRE(all.size() == 4);

        const auto found_with = [&](const std::vector<std::string>& lines) {
            write_lines(file, lines);
            const VerifyReport report = desk.verify();
            CHECK(report.problem_count == 1);
            return report.text_english() + report.text_chinese();
        };
        const auto names = [](const std::string& text, const std::string& what) {
            CAPTURE(text);
            return text.find(what) != std::string::npos;
        };
        const std::string cut = found_with({all[0], all[1]});  // the end cut off
        CHECK(names(cut, "lacks 2 of 4"));
        CHECK(names(cut, all[2].substr(0, 60)));
        CHECK(names(cut, "缺少"));
        const std::string inside = found_with({all[0], all[2], all[3]});  // one line taken out
        CHECK(names(inside, "lacks 1 of 4"));
        CHECK(names(inside, all[1].substr(0, 60)));
        CHECK(names(found_with({}), "lacks 4 of 4"));  // emptied
        std::filesystem::remove(file);
        const VerifyReport gone = desk.verify();
        CHECK(codes(gone) == std::set<std::string>{"anchor_file_gone"});
        CHECK(names(gone.text_english(), file.string()));
        CHECK(names(gone.text_english(), all[0].substr(0, 60)));

        // A start of the service does not hide it.
        AnchorHeads hourly(desk.database, *desk.queue, desk.anchors);
        CHECK(hourly.step(desk.clock.now()) == 0);
        CHECK_FALSE(std::filesystem::exists(file));
        CHECK(codes(desk.verify()) == std::set<std::string>{"anchor_file_gone"});
    });
}

TEST_CASE(
    "anchors of the newest commit that a crash kept from the file are told as not yet written, and are no fault") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        // Before the first anchor the file is there, and empty.
        REQUIRE(desk.complete_file() == 0);
        REQUIRE(std::filesystem::exists(desk.anchors.settings().file));
        for (int hour = 0; hour < 3; ++hour) {
            anchor_after(desk, std::chrono::hours(2));
            const VerifyReport crashed = desk.verify();
            CAPTURE(crashed.text_english());
            CHECK(crashed.is_good());
            CHECK(crashed.text_english().find("not yet in the file of anchors") != std::string::npos);
            CHECK(crashed.text_chinese().find("尚未写入锚定文件") != std::string::npos);
            AnchorHeads restarted(desk.database, *desk.queue, desk.anchors);
            CHECK(restarted.step(desk.clock.now()) == 1);
            CHECK(desk.verify().text_english().find("not yet") == std::string::npos);
        }
    });
}

TEST_CASE("a file of anchors is completed within a minute of what another process anchored") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        AnchorHeads ours(desk.database, *desk.queue, desk.anchors);
        Anchors theirs(desk.key, {desk.directory / "theirs.txt"});
        anchor_after(desk, std::chrono::hours(2));
        CHECK(ours.step(desk.clock.now()) == 1);
        desk.clock.advance(std::chrono::seconds(1));
        desk.collect("m1", "1.00");
        REQUIRE(desk.run({}, [&](db::Group& group) { theirs.write(group, "hour"); }).ok());
        desk.clock.advance(std::chrono::seconds(61));
        CHECK(ours.step(desk.clock.now()) == 1);
        CHECK(desk.verify().is_good());
    });
}

namespace {

constexpr auto kByItself = AnchorFiles::How::ByItself;
constexpr auto kAfterALook = AnchorFiles::How::AfterALook;

/// Code and both texts of the open work item; nothing where none is open.
std::vector<std::string> told(LedgerDesk& desk) {
    std::vector<std::string> texts;
    desk.database.read([&](db::Reader& reader) {
        const db::Found found = reader.select(
            {"SELECT text_en, text_zh FROM work_item WHERE kind = 'anchor_file_cut' AND open_key IS NOT NULL", "tt"});
        for (std::size_t row = 0; row < found.size(); ++row)
            texts.insert(texts.end(), {found.text(row, 0), found.text(row, 1)});
    });
    return texts;
}

struct CutDesk {
    explicit CutDesk(TestDatabase& where) : desk(where) {
        for (int hour = 0; hour < 4; ++hour) anchor_after(desk, std::chrono::hours(2));
        REQUIRE(desk.complete_file() == 4);
        all = lines_of(file);
    }
    LedgerDesk desk;
    std::filesystem::path file = desk.anchors.settings().file;
    AnchorFiles files{desk.database, *desk.queue, desk.anchors};
    AnchorHeads hourly{desk.database, *desk.queue, desk.anchors};
    std::vector<std::string> all;
};

}  // namespace

TEST_CASE("a cut file of anchors is left as it is and told in a work item, by the service and by the day's close") {
    each_engine([](TestDatabase& where) {
        const db::Engine engine = where.engine();
        for (const bool is_tail : {true, false}) {
            TestDatabase fresh = TestDatabase::fresh(engine);
            CutDesk d(fresh);
            const std::vector<std::string> left =
                is_tail ? std::vector{d.all[0], d.all[1]} : std::vector{d.all[0], d.all[2], d.all[3]};
            const std::string& first = d.all[is_tail ? 2 : 1];
            write_lines(d.file, left);
            CHECK(d.hourly.step(d.desk.clock.now()) == 0);
            REQUIRE(d.hourly.failure().has_value());
            CHECK(d.hourly.failure()->code->text == "anchor_file_cut");
            CHECK(lines_of(d.file) == left);
            const std::vector<std::string> texts = told(d.desk);
            REQUIRE(texts.size() == 2);
            CHECK(texts[0].find(d.file.string()) != std::string::npos);
            CHECK(texts[0].find(first.substr(0, 60)) != std::string::npos);
            CHECK(texts[0].find("anchors --complete") != std::string::npos);
            CHECK(texts[1].find("被截断") != std::string::npos);
            // The day is closed, and the answer says why its seal is not outside.
            const Date open = Date::in_shanghai(d.desk.clock.now());
            d.desk.clock.set(open.plus_days(1).at_shanghai(0, 5));
            flow::CloseDay closing(d.desk.database, *d.desk.queue, d.desk.books, d.desk.anchors);
            const auto closed = closing.close(open);
            REQUIRE(closed.ok());
            REQUIRE(closed->not_in_file.has_value());
            CHECK(closed->not_in_file->code->text == "anchor_file_cut");
            CHECK(lines_of(d.file) == left);
            CHECK(told(d.desk).size() == 2);  // once
            CHECK(codes(d.desk.verify()) == std::set<std::string>{"anchor_file_lacks_lines"});
        }
    });
}

TEST_CASE("a cut file of anchors is completed once a person has looked, or goes on where it was put back") {
    each_engine([](TestDatabase& where) {
        CutDesk d(where);
        write_lines(d.file, {d.all[0]});
        CHECK_FALSE(d.files.complete(kByItself).ok());
        REQUIRE(told(d.desk).size() == 2);
        CHECK(d.files.look().is_cut);
        const auto added = d.files.complete(kAfterALook);
        REQUIRE(added.ok());
        CHECK(*added == std::vector<std::string>{d.all[1], d.all[2], d.all[3]});
        CHECK(lines_of(d.file) == d.all);
        CHECK(told(d.desk).empty());
        CHECK(d.desk.verify().is_good());

        std::filesystem::remove(d.file);
        CHECK(d.hourly.step(d.desk.clock.now()) == 0);
        REQUIRE(told(d.desk).size() == 2);
        write_lines(d.file, d.all);  // from the copy that is kept elsewhere
        anchor_after(d.desk, std::chrono::hours(2));
        CHECK(d.hourly.step(d.desk.clock.now()) == 1);
        CHECK_FALSE(d.hourly.failure().has_value());
        CHECK(told(d.desk).empty());
        CHECK(d.desk.verify().is_good());
    });
}

TEST_CASE("a file of anchors is completed without a person on a new host, after an upgrade and after a long rest") {
    each_engine([](TestDatabase& where) {
        CutDesk d(where);
        ledger::Anchors second(d.desk.key, {.file = d.desk.directory / "second.txt", .host = "second"});
        AnchorFiles theirs(d.desk.database, *d.desk.queue, second);
        CHECK(theirs.complete(kByItself).value().size() == 4);  // a new host
        for (int hour = 0; hour < 3; ++hour) anchor_after(d.desk, std::chrono::hours(2));
        CHECK(theirs.complete(kByItself).value().size() == 3);
        CHECK(codes(d.desk.verify()).empty());  // ours was down for six hours
        CHECK(d.files.complete(kByItself).value().size() == 3);
        // A line that was signed first and committed last, by another process.
        for (int two = 0; two < 2; ++two) anchor_after(d.desk, std::chrono::hours(0));
        write_lines(d.file, [&] {
            std::vector<std::string> lines = lines_of(d.file);
            std::vector<std::string> missing = d.files.look().missing;
            lines.push_back(missing.back());
            return lines;
        }());
        CHECK(d.files.complete(kByItself).value().size() == 1);
        // An older version remembered nothing, and its file ends before the newest lines.
        anchor_after(d.desk, std::chrono::hours(2));
        d.desk.database.write([](db::Tx& tx) { tx.execute({"DELETE FROM anchor_file"}); });
        CHECK(d.files.complete(kByItself).value().size() == 1);
        CHECK(told(d.desk).empty());
        CHECK(d.desk.verify().is_good());
    });
}

TEST_CASE("an emptied table of anchors beside a removed file is found, by the age of the entries or by the memory") {
    each_engine([](TestDatabase& where) {
        CutDesk d(where);
        for (const char* trigger : {"DROP TRIGGER anchor_no_delete"})
            d.desk.database.write([&](db::Tx& tx) { tx.execute({trigger}); });
        change(d.desk, "DELETE FROM anchor");
        std::filesystem::remove(d.file);
        CHECK(codes(d.desk.verify()) == std::set<std::string>{"anchors_fewer"});
        change(d.desk, "DELETE FROM anchor_file");
        VerifySettings settings;
        settings.anchor_file = d.desk.anchors.settings().place();
        settings.anchors_every = d.desk.anchors.settings().every;
        const auto run = [&] {
            return verify(d.desk.database, d.desk.books.chart(), d.desk.key.verify_key(), settings);
        };
        CHECK(codes(run()) == std::set<std::string>{"no_anchors"});
        CHECK_FALSE(run().are_rows_good());
        settings.anchors_every = std::chrono::hours(24);  // not yet that old
        CHECK(run().is_good());
    });
}

TEST_CASE("what is wrong with the file of anchors alone stops no payout; what is wrong with the tables does") {
    each_engine([](TestDatabase& where) {
        CutDesk d(where);
        PayoutStops stops(d.desk.database, *d.desk.queue, d.desk.books);
        const auto stopped = [&] {
            std::size_t count = 0;
            d.desk.database.read([&](db::Reader& reader) { count = d.desk.books.stopped_payouts(reader).size(); });
            return count;
        };
        std::filesystem::remove(d.file);
        REQUIRE_FALSE(d.desk.verify().is_good());
        REQUIRE(stops.stop_after(d.desk.verify()).ok());
        write_lines(d.file, {d.all[0], "anchor1 no line of ours"});
        REQUIRE(codes(d.desk.verify()).contains("anchor_file_forged"));
        REQUIRE(stops.stop_after(d.desk.verify()).ok());
        CHECK(stopped() == 0);
        change(d.desk, "UPDATE account SET balance_minor = balance_minor + 1 WHERE id = 'merchant:m1:CNY'");
        REQUIRE(stops.stop_after(d.desk.verify()).ok());
        CHECK(stopped() == 1);
        d.desk.database.read([&](db::Reader& reader) {
            CHECK(d.desk.books.stopped_payouts(reader).begin()->second.find("its postings sum to") !=
                  std::string::npos);
        });
    });
}
