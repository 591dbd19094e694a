#include "src/db/statement_recorder.h"

#include "src/db/connection.h"

namespace huiqiao::db {

void WrittenRows::copy(const Rows& rows) {
    size_ = rows.size();
    width_ = rows.width();
    cells_.reserve(size_ * width_);
    std::size_t bytes = 0;
    for (std::size_t column = 0; column < width_; ++column) {
        for (const Value& value : rows.column(column)) {
            if (!value.is_null() && !value.is_integer()) bytes += value.text().size();
        }
    }
    texts_.reserve(bytes);
    for (std::size_t column = 0; column < width_; ++column) {
        for (const Value& value : rows.column(column)) {
            if (value.is_null()) {
                cells_.push_back({});
            } else if (value.is_integer()) {
                cells_.push_back({Cell::Kind::Integer, value.integer(), 0});
            } else {
                const std::string& text = value.text();
                cells_.push_back({Cell::Kind::Text, static_cast<std::int64_t>(texts_.size()),
                                  static_cast<std::uint32_t>(text.size())});
                texts_ += text;
            }
        }
    }
}

class RecordingConnection final : public Connection {
 public:
    RecordingConnection(std::unique_ptr<Connection> connection, StatementRecorder& recorder)
        : connection_(std::move(connection)), recorder_(recorder) {}

    [[nodiscard]] Engine engine() const override { return connection_->engine(); }
    [[nodiscard]] bool usable() const override { return connection_->usable(); }
    [[nodiscard]] std::uint64_t server_number() const override { return connection_->server_number(); }

    [[nodiscard]] int log_pages() const override { return connection_->log_pages(); }
    void leave_log() override { connection_->leave_log(); }

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
        keep({WrittenStatement::Kind::Insert, insert, {}, {}, {}, {}, {}}, rows);
        connection_->insert(insert, rows);
    }
    std::int64_t insert_absent(const Insert& insert, const Rows& rows) override {
        keep({WrittenStatement::Kind::InsertAbsent, insert, {}, {}, {}, {}, {}}, rows);
        return connection_->insert_absent(insert, rows);
    }
    void update(const Update& update, const Rows& rows) override {
        keep({WrittenStatement::Kind::Update, {}, update, {}, {}, {}, {}}, rows);
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
    void keep(WrittenStatement statement, const Rows& rows) {
        if (rows.empty()) return;
        timed([&] {
            recorder_.open_.statements.push_back(std::move(statement));
            recorder_.open_.statements.back().rows.copy(rows);
        });
    }

    std::unique_ptr<Connection> connection_;
    StatementRecorder& recorder_;
};

std::unique_ptr<Connection> recording(std::unique_ptr<Connection> connection, StatementRecorder& recorder) {
    return std::make_unique<RecordingConnection>(std::move(connection), recorder);
}

}  // namespace huiqiao::db
