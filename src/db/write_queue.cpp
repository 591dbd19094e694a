#include "src/db/write_queue.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/db/database_impl.h"
#include "src/db/write_queue_impl.h"

namespace huiqiao::db {

namespace {
constexpr std::chrono::seconds kDefaultWait{30};
/// A clock that does not move by itself is looked at this often.
constexpr std::chrono::milliseconds kLook{100};
}  // namespace

WriteQueue::WriteQueue(Database& database, const Clock& clock, IdSource& ids, WriteQueueSettings settings)
    : impl_(std::make_unique<Impl>(database.impl_->connections, clock, ids, settings)) {}

WriteQueue::~WriteQueue() {
    if (impl_->writer.dead()) return;
    // Whoever wants what still waits to be written calls stop(); here its operation may be gone already.
    Tickets left;
    {
        const std::lock_guard lock(impl_->mutex);
        left.assign(impl_->waiting.begin(), impl_->waiting.end());
        impl_->waiting.clear();
        impl_->waiting_weight = 0;
    }
    impl_->answer(left, Error(db_error::kStopping));
    stop();
}

Result<std::shared_ptr<Ticket>> WriteQueue::submit(Operation& operation, std::shared_ptr<Item> item) {
    auto ticket = [&] {
        const std::lock_guard lock(impl_->mutex);
        return impl_->enqueue(operation, std::move(item));
    }();
    if (ticket.ok()) impl_->came.notify_one();
    return ticket;
}

Result<std::shared_ptr<Ticket>> WriteQueue::Impl::enqueue(Operation& operation, std::shared_ptr<Item> item) {
    const std::size_t weight = std::max<std::size_t>(item->weight, 1);
    if (stopping) {
        ++refused;
        return Error(db_error::kStopping);
    }
    if (is_resting()) {
        ++refused;
        return Error(db_error::kDatabaseLost);
    }
    // One that is too heavy for any queue still gets its turn when nothing else waits.
    if (waiting_weight != 0 && waiting_weight + weight > settings.waiting_weight) {
        ++refused;
        return Error(db_error::kQueueFull);
    }
    auto ticket = std::make_shared<Ticket>();
    ticket->entry = {&operation, std::move(item)};
    ticket->weight = weight;
    waiting_weight += weight;
    waiting.push_back(ticket);
    return ticket;
}

Status WriteQueue::wait(const std::shared_ptr<Ticket>& ticket, Monotonic deadline) {
    std::unique_lock lock(impl_->mutex);
    while (!ticket->answer) {
        const Monotonic now = impl_->clock.monotonic();
        if (now >= deadline) {
            if (ticket->running) return Error(db_error::kOutcomeUnknown, {}, {}, Effect::Unknown);
            impl_->waiting_weight -= ticket->weight;
            ticket->answer = Error(db_error::kWithdrawn);
            break;
        }
        if (impl_->threaded) {
            ticket->answered.wait_for(lock, std::min<Monotonic>(deadline - now, kLook));
        } else {
            lock.unlock();
            step();
            lock.lock();
        }
    }
    return *ticket->answer;
}

Status WriteQueue::run(Operation& operation, std::shared_ptr<Item> item) {
    const auto ticket = submit(operation, std::move(item));
    if (!ticket) return ticket.error();
    return wait(*ticket, impl_->clock.monotonic() + kDefaultWait);
}

std::vector<Status> WriteQueue::run(Operation& operation, std::span<const std::shared_ptr<Item>> items) {
    std::vector<Result<std::shared_ptr<Ticket>>> tickets;
    tickets.reserve(items.size());
    {
        // Together, so that the first of them is not committed alone.
        const std::lock_guard lock(impl_->mutex);
        for (const auto& item : items) tickets.push_back(impl_->enqueue(operation, item));
    }
    impl_->came.notify_one();
    const Monotonic deadline = impl_->clock.monotonic() + kDefaultWait;
    std::vector<Status> answers;
    for (const auto& ticket : tickets) {
        answers.push_back(ticket ? wait(*ticket, deadline) : Status(ticket.error()));
    }
    return answers;
}

bool WriteQueue::step() {
    const std::lock_guard one_at_a_time(impl_->stepping);
    const Tickets taken = impl_->take();
    if (taken.empty()) return false;
    const std::uint64_t before = counters().groups;
    impl_->writer.write(taken);
    if (impl_->when_committed && counters().groups != before) impl_->when_committed();
    return true;
}

void WriteQueue::when_committed(std::function<void()> tell) {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->threaded) throw LogicError("whom a write queue tells of its commits is set before it starts");
    impl_->when_committed = std::move(tell);
}

void WriteQueue::pass_time() {
    const std::lock_guard one_at_a_time(impl_->stepping);
    impl_->writer.pass_time();
}

void WriteQueue::start() {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->threaded || impl_->stopping) throw LogicError("a write queue is started once");
    impl_->threaded = true;
    impl_->keep_log();
    impl_->thread = std::thread([this] {
        while (true) {
            {
                std::unique_lock waiting(impl_->mutex);
                impl_->came.wait(waiting, [this] { return impl_->stopping || !impl_->waiting.empty(); });
                if (impl_->waiting.empty()) return;
            }
            step();
        }
    });
}

void WriteQueue::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->stopping) return;
        impl_->stopping = true;
    }
    impl_->came.notify_all();
    impl_->pausing.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
    if (impl_->writer.dead()) return;
    while (step()) {
    }
    const std::lock_guard one_at_a_time(impl_->stepping);
    impl_->writer.leave();
}

WriteQueue::Counters WriteQueue::counters() const {
    const std::lock_guard lock(impl_->mutex);
    Counters counters = impl_->counters;
    counters.refused = impl_->refused;
    return counters;
}

const WriterHealth& WriteQueue::health() const {
    return impl_->health;
}

bool WriteQueue::is_resting() const {
    return impl_->is_resting();
}

std::size_t WriteQueue::waiting() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->waiting_weight;
}

void WriteQueue::Impl::keep_log() {
    if (connections.settings().engine != Engine::Sqlite) return;
    log_keeper.emplace(connections);
    writer.leave_log();
}

Tickets WriteQueue::Impl::take() {
    const std::lock_guard lock(mutex);
    Tickets taken;
    std::size_t weight = 0;
    while (!waiting.empty()) {
        const std::shared_ptr<Ticket>& next = waiting.front();
        if (!next->answer) {
            if (!taken.empty() && weight + next->weight > settings.group_weight) break;
            weight += next->weight;
            waiting_weight -= next->weight;
            next->running = true;
            taken.push_back(next);
        }
        waiting.pop_front();  // one that was withdrawn has its answer
    }
    return taken;
}

void WriteQueue::Impl::answer(const Tickets& tickets, const Status& status) {
    {
        const std::lock_guard lock(mutex);
        for (const auto& ticket : tickets) {
            if (!ticket->answer) ticket->answer = status;  // else withdrawn
        }
    }
    // Each of them takes the mutex as it wakes: told under it, they would all wake only to wait again.
    for (const auto& ticket : tickets) ticket->answered.notify_all();
}

void WriteQueue::Impl::count(const Counters& more) {
    const std::lock_guard lock(mutex);
    counters.groups += more.groups;
    counters.items += more.items;
    counters.reruns += more.reruns;
    counters.splits += more.splits;
    counters.unknown_commits += more.unknown_commits;
    counters.slots_lost += more.slots_lost;
}

void WriteQueue::Impl::pause(int runs) {
    std::unique_lock lock(mutex);
    if (!threaded) return;  // stepped: whoever steps decides what happens meanwhile
    const int doublings = std::min(runs, 6);
    pausing.wait_for(lock, std::chrono::milliseconds(1 << doublings));
}

}  // namespace huiqiao::db
