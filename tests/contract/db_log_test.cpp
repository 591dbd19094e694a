// SQLite's write-ahead log while groups are written.

#include <thread>

#include "src/db/log_keeper.h"
#include "tests/contract/db_desk.h"

using namespace db_desk;

namespace {

constexpr Insert kNote{"note", "id,text", "tt"};
constexpr int kCopyFrom = 50;
// What a stuck machine may need; the tests end long before.
constexpr int kMostGroups = 200'000;

/// A writer that leaves its log to a keeper.
class Notes {
 public:
    Notes() : connections_(database_.settings()), writer_(connections_.open(Role::Writes)) {
        writer_->run("CREATE TABLE note (id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT");
        writer_->leave_log();
    }
    /// Pages in the log after one more group.
    int write() {
        Rows rows;
        rows.add("n" + std::to_string(++written_), std::string(3'000, 'x'));
        Transaction transaction(*writer_);
        writer_->insert(kNote, rows);
        transaction.commit();
        return writer_->log_pages();
    }
    [[nodiscard]] std::int64_t count(Connection& by) const {
        return by.select({"SELECT COUNT(*) FROM note", "i"}, {}, {}, RowLock::None).integer(0, 0);
    }
    [[nodiscard]] const Connections& connections() const { return connections_; }
    [[nodiscard]] int written() const { return written_; }

 private:
    TestDatabase database_ = TestDatabase::fresh(Engine::Sqlite);
    Connections connections_;
    std::unique_ptr<Connection> writer_;
    int written_ = 0;
};

}  // namespace

TEST_CASE("a log that is kept begins anew while groups are written, and no group is lost") {
    Notes notes;
    LogKeeper keeper(notes.connections(), kCopyFrom);
    int anew = 0;
    for (int before = 0; anew < 3 && notes.written() < kMostGroups;) {
        const int pages = notes.write();
        keeper.note(pages);
        if (pages < before) ++anew;
        before = pages;
    }
    CHECK(anew == 3);
    CHECK(notes.count(*notes.connections().open(Role::Reads)) == notes.written());
}

TEST_CASE(
    "a reader that stays holds neither the writer up nor sees what came after it; the log begins anew behind it") {
    Notes notes;
    LogKeeper keeper(notes.connections(), kCopyFrom);
    notes.write();
    const auto reader = notes.connections().open(Role::Reads);
    reader->begin_read();
    CHECK(notes.count(*reader) == 1);
    int pages = 0;
    while (pages < 20 * kCopyFrom) keeper.note(pages = notes.write());  // it only grows
    CHECK(notes.count(*reader) == 1);
    reader->rollback();
    while (pages >= 20 * kCopyFrom && notes.written() < kMostGroups) keeper.note(pages = notes.write());
    CHECK(pages < 20 * kCopyFrom);
    CHECK(notes.count(*reader) == notes.written());
}
