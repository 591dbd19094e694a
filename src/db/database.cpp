#include "src/db/database.h"

#include "src/db/connections.h"
#include "src/db/database_impl.h"
#include "src/db/statement_recorder.h"

namespace huiqiao::db {

namespace {
constexpr int kWriteTries = 10;

std::span<const Value> as_span(std::initializer_list<Value> values) {
    return {values.begin(), values.size()};
}
}  // namespace

Found Reader::select(const Select& select, std::initializer_list<Value> parameters, std::span<const std::string> list) {
    Found found = connection_.select(select, as_span(parameters), list, RowLock::None);
    has_read_ = true;
    return found;
}

Engine Reader::engine() const {
    return connection_.engine();
}

void Tx::insert(const Insert& insert, const Rows& rows) {
    connection_.insert(insert, rows);
}

std::int64_t Tx::insert_absent(const Insert& insert, const Rows& rows) {
    return connection_.insert_absent(insert, rows);
}

void Tx::update(const Update& update, const Rows& rows) {
    connection_.update(update, rows);
}

std::int64_t Tx::execute(const Command& command, std::initializer_list<Value> parameters,
                         std::span<const std::string> list) {
    return connection_.execute(command, as_span(parameters), list);
}

void Tx::lock(const LockTable& table, std::span<const std::string> sorted_ids) {
    if (engine() == Engine::Sqlite) return;
    connection_.select({table.select, "t"}, {}, sorted_ids, RowLock::Exclusive);
}

std::unique_ptr<Connection> Connections::take_reader() {
    std::unique_lock lock(mutex_);
    const bool free = came_back_.wait_for(lock, settings_.lease_timeout,
                                          [this] { return !idle_.empty() || lent_ < settings_.readers; });
    if (!free) throw DatabaseError(Failure::Lost, 0, "no connection for reading came free in time");
    ++lent_;
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
    }
    lock.unlock();
    try {
        return open(Role::Reads);
    } catch (...) {
        give_back(nullptr);
        throw;
    }
}

void Connections::give_back(std::unique_ptr<Connection> connection) {
    {
        const std::lock_guard lock(mutex_);
        --lent_;
        if (connection && connection->usable()) idle_.push_back(std::move(connection));
    }
    came_back_.notify_one();
}

std::unique_ptr<Connection> Connections::open(Role role) const {
    auto opened = settings_.engine == Engine::Sqlite ? open_sqlite(settings_, role) : open_mariadb(settings_, role);
    if (settings_.around_writer && role == Role::Writes) opened = settings_.around_writer(std::move(opened));
    if (settings_.recorder == nullptr || role != Role::Writes) return opened;
    return recording(std::move(opened), *settings_.recorder);
}

Database::Database(DatabaseSettings settings, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(settings), clock)) {
    impl_->writer = impl_->connections.open(Role::Writes);
}

Database::~Database() = default;

Engine Database::engine() const {
    return impl_->connections.settings().engine;
}

void Database::read(const std::function<void(Reader&)>& with) {
    Connections::Loan loan(impl_->connections, impl_->connections.take_reader());
    try {
        (*loan).begin_read();
    } catch (const DatabaseError& error) {
        // It may have died while it lay in the pool (a restart of the server); nothing has been read with it.
        if (error.failure() != Failure::Lost) throw;
        loan.replace();
        (*loan).begin_read();
    }
    struct End {
        Connection& connection;
        ~End() { connection.rollback(); }
    };
    const End end{*loan};
    Reader reader(*loan);
    with(reader);
}

void Database::look(const std::function<void(Reader&)>& with) {
    Connections::Loan loan(impl_->connections, impl_->connections.take_reader());
    for (bool fresh = false;; fresh = true) {
        Reader reader(*loan);
        try {
            return with(reader);
        } catch (const DatabaseError& error) {
            // As above: it died in the pool, and the function has seen nothing yet.
            if (fresh || reader.has_read() || error.failure() != Failure::Lost) throw;
        }
        loan.replace();
    }
}

void Database::write(const std::function<void(Tx&)>& with) {
    const std::lock_guard lock(impl_->writing);
    for (int tries = 1;; ++tries) {
        if (!impl_->writer || !impl_->writer->usable()) {
            impl_->writer.reset();
            impl_->writer = impl_->connections.open(Role::Writes);
        }
        try {
            Transaction transaction(*impl_->writer);
            Tx tx(*impl_->writer);
            with(tx);
            transaction.commit();
            return;
        } catch (const DatabaseError& error) {
            if (error.failure() != Failure::Again || tries == kWriteTries) throw;
        }
    }
}

}  // namespace huiqiao::db
