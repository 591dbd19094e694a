// The file of anchors: what is missing from it, what of that was cut off, and who writes it again.

#include <fstream>

#include "src/ledger/payout_stops.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
using flow::AnchorFiles;
using flow::AnchorHeads;
using testing::each_engine;
using testing::LedgerDesk;
using testing::TestDatabase;

namespace {

void change(LedgerDesk& desk, const std::string& text) {
    desk.database.write([&](db::Tx& tx) { REQUIRE(tx.execute({text}) > 0); });
}

std::set<std::string> codes(const VerifyReport& report) {
    std::set<std::string> texts;
    for (const Error& problem : report.problems) texts.emplace(problem.code->text);
    return texts;
}

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
        // A host on which no service ever ran: nothing outside the database proves the journal there.
        VerifySettings there;
        there.anchor_file = second.settings().place();
        const VerifyReport fresh = verify(d.desk.database, d.desk.books.chart(), d.desk.key.verify_key(), there);
        CHECK(codes(fresh) == std::set<std::string>{"anchor_file_gone"});
        CHECK(fresh.are_rows_good());
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
        write_lines(d.file, {"anchor1 no line of ours"});
        CHECK(codes(d.desk.verify()) == std::set<std::string>{"anchors_fewer", "anchor_file_forged"});
        CHECK_FALSE(d.desk.verify().are_rows_good());
        std::filesystem::remove(d.file);
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
