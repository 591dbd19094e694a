#include "tests/sim/store_faults.h"

#include <sqlite3.h>

namespace huiqiao::testing::sim {

namespace {

class FailingConnection final : public db::Connection {
 public:
    FailingConnection(std::unique_ptr<db::Connection> connection, StoreFaults& faults)
        : connection_(std::move(connection)), faults_(faults) {}

    [[nodiscard]] db::Engine engine() const override { return connection_->engine(); }
    [[nodiscard]] bool usable() const override { return is_there_ && connection_->usable(); }
    [[nodiscard]] std::uint64_t server_number() const override { return connection_->server_number(); }

    void begin_read() override { connection_->begin_read(); }
    void begin_write() override {
        fail_by(faults_.at_begin());
        connection_->begin_write();
    }
    void commit() override {
        const StoreFault fault = faults_.at_commit();
        if (fault == StoreFault::LostAfterCommit) connection_->commit();
        if (fault == StoreFault::LostBeforeCommit) connection_->rollback();
        if (fault == StoreFault::LostAfterCommit || fault == StoreFault::LostBeforeCommit) {
            is_there_ = false;
            throw db::DatabaseError(db::Failure::Unknown, SQLITE_IOERR, "no answer to COMMIT");
        }
        fail_by(fault);
        connection_->commit();
    }
    void rollback() noexcept override { connection_->rollback(); }

    db::Found select(const db::Select& select, std::span<const db::Value> parameters, std::span<const std::string> list,
                     db::RowLock lock) override {
        return connection_->select(select, parameters, list, lock);
    }
    void insert(const db::Insert& insert, const db::Rows& rows) override {
        fail_by(faults_.at_statement());
        connection_->insert(insert, rows);
    }
    std::int64_t insert_absent(const db::Insert& insert, const db::Rows& rows) override {
        fail_by(faults_.at_statement());
        return connection_->insert_absent(insert, rows);
    }
    void update(const db::Update& update, const db::Rows& rows) override {
        fail_by(faults_.at_statement());
        connection_->update(update, rows);
    }
    std::int64_t execute(const db::Command& command, std::span<const db::Value> parameters,
                         std::span<const std::string> list) override {
        fail_by(faults_.at_statement());
        return connection_->execute(command, parameters, list);
    }
    void run(const std::string& statement) override { connection_->run(statement); }
    std::optional<Instant> server_time() override { return connection_->server_time(); }

 private:
    /// As the real connection does with that number of SQLite's.
    void fail_by(StoreFault fault) {
        switch (fault) {
            case StoreFault::None:
            case StoreFault::LostBeforeCommit:
            case StoreFault::LostAfterCommit: return;
            case StoreFault::Busy: throw db::DatabaseError(db::Failure::Again, SQLITE_BUSY, "the database is busy");
            case StoreFault::Full: throw db::DatabaseError(db::Failure::Lost, SQLITE_FULL, "the disk is full");
            case StoreFault::ReadOnly:
                is_there_ = false;
                throw db::DatabaseError(db::Failure::Lost, SQLITE_READONLY, "the file is read-only");
        }
    }

    std::unique_ptr<db::Connection> connection_;
    StoreFaults& faults_;
    bool is_there_ = true;
};

}  // namespace

std::unique_ptr<db::Connection> failing(std::unique_ptr<db::Connection> connection, StoreFaults& faults) {
    return std::make_unique<FailingConnection>(std::move(connection), faults);
}

}  // namespace huiqiao::testing::sim
