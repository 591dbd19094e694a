#include "src/db/statement_recorder.h"

#include "src/db/connection.h"

namespace huiqiao::db {

class RecordingConnection final : public Connection {
 public:
    RecordingConnection(std::unique_ptr<Connection> connection, StatementRecorder& recorder)
        : connection_(std::move(connection)), recorder_(recorder) {}

    [[nodiscard]] Engine engine() const override { return connection_->engine(); }
    [[nodiscard]] bool usable() const override { return connection_->usable(); }
    [[nodiscard]] std::uint64_t server_number() const override { return connection_->server_number(); }

    void begin_read() override { connection_->begin_read(); }
    void begin_write() override {
        connection_->begin_write();
        recorder_.open_ = {};
    }
    void commit() override {
        connection_->commit();
        recorder_.committed_.push_back(std::move(recorder_.open_));
        recorder_.open_ = {};
    }
    void rollback() noexcept override {
        connection_->rollback();
        recorder_.open_ = {};
    }

    Found select(const Select& select, std::span<const Value> parameters, std::span<const std::string> list,
                 RowLock lock) override {
        return connection_->select(select, parameters, list, lock);
    }
    void insert(const Insert& insert, const Rows& rows) override {
        keep([&] { return WrittenStatement{WrittenStatement::Kind::Insert, insert, {}, {}, rows, {}, {}}; }, rows);
        connection_->insert(insert, rows);
    }
    std::int64_t insert_absent(const Insert& insert, const Rows& rows) override {
        keep([&] { return WrittenStatement{WrittenStatement::Kind::InsertAbsent, insert, {}, {}, rows, {}, {}}; }, rows);
        return connection_->insert_absent(insert, rows);
    }
    void update(const Update& update, const Rows& rows) override {
        keep([&] { return WrittenStatement{WrittenStatement::Kind::Update, {}, update, {}, rows, {}, {}}; }, rows);
        connection_->update(update, rows);
    }
    std::int64_t execute(const Command& command, std::span<const Value> parameters,
                         std::span<const std::string> list) override {
        timed([&] {
            recorder_.open_.statements.push_back({WrittenStatement::Kind::Command,
                                                  {},
                                                  {},
                                                  command.text,
                                                  {},
                                                  {parameters.begin(), parameters.end()},
                                                  {list.begin(), list.end()}});
        });
        return connection_->execute(command, parameters, list);
    }
    void run(const std::string& statement) override { connection_->run(statement); }
    std::optional<Instant> server_time() override { return connection_->server_time(); }

 private:
    template <class Do>
    void timed(Do&& work) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        recorder_.spent_ += std::chrono::steady_clock::now() - begin;
    }
    template <class Make>
    void keep(Make&& make, const Rows& rows) {
        if (rows.empty()) return;
        timed([&] { recorder_.open_.statements.push_back(make()); });
    }

    std::unique_ptr<Connection> connection_;
    StatementRecorder& recorder_;
};

std::unique_ptr<Connection> recording(std::unique_ptr<Connection> connection, StatementRecorder& recorder) {
    return std::make_unique<RecordingConnection>(std::move(connection), recorder);
}

}  // namespace huiqiao::db
