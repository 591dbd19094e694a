#include "src/app/service.h"
#include "src/app/quote_sources.h"

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "fx/quote_store.h"
#include "src/api/account_routes.h"
#include "src/api/approval_routes.h"
#include "src/api/balance_routes.h"
#include "src/api/declaration_routes.h"
#include "src/api/event_routes.h"
#include "src/api/exposure_routes.h"
#include "src/api/health_routes.h"
#include "src/api/lock_end_routes.h"
#include "src/api/lock_routes.h"
#include "src/api/matter_routes.h"
#include "src/api/notice_routes.h"
#include "src/api/openapi.h"
#include "src/api/order_routes.h"
#include "src/api/payment_routes.h"
#include "src/api/phone_routes.h"
#include "src/api/platform_quote_routes.h"
#include "src/api/prune.h"
#include "src/api/quote_routes.h"
#include "src/api/rate_routes.h"
#include "src/api/remittance_routes.h"
#include "src/api/stream_routes.h"
#include "src/api/work_item_routes.h"
#include "src/app/left_counterparties.h"
#include "src/app/lock_file.h"
#include "src/app/machine_watch.h"
#include "src/app/stop_signal.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

// A connection that waits costs a socket; a notice that is refused comes again much later.
constexpr int kNoticesWaiting = 900;
constexpr const char* kAnswersKeyId = "huiqiao-answers";
/// What a request waits for a connection to read with; then 503.
constexpr auto kReaderWait = 250ms;
/// And for one of its reads, where the database stalls.
constexpr auto kReadWithin = 5s;
/// What other processes commit is looked for so often, while somebody follows the desk live; our own wakes at once.
constexpr auto kStreamLook = 20ms;
/// Between two readings under load.
constexpr auto kStreamRest = 5ms;

/// Requests read by connections of their own, so that they cannot starve the workers who settle.
db::DatabaseSettings for_requests(const Config& config) {
    db::DatabaseSettings settings = config.database_settings().value();
    settings.lease_timeout = kReaderWait;
    settings.statement_timeout = kReadWithin;
    return settings;
}

/// waiting: connections beyond its threads.
http::ServerSettings listener(const Config& config, IdSource& ids, int port, int threads, int waiting) {
    http::ServerSettings settings;
    settings.request_id = [&ids] { return ids.next("req"); };
    settings.bind_address = config.listen_address;
    settings.port = static_cast<std::uint16_t>(port);
    settings.threads = threads;
    settings.max_queued = waiting;
    settings.retry_after_most_s = config.admission.retry_after_most_s;
    return settings;
}

http::ServerSettings platforms_listener(const Config& config, IdSource& ids) {
    http::ServerSettings settings =
        listener(config, ids, config.platforms_port, config.platforms_threads, config.platforms_threads / 3);
    settings.refusal_after = config.refusal_after;
    return settings;
}

/// Of the banks whose prices count (quote_sources.h).
std::vector<api::QuoteRoutes::Board> boards(const flow::QuoteSources& sources) {
    std::vector<api::QuoteRoutes::Board> found;
    for (const std::string& id : sources.board_ids)
        found.push_back({id.substr(0, id.find('|')), fx::currency_of_board(id)});
    return found;
}

}  // namespace

class Service::Impl {
 public:
    explicit Impl(House& house)
        : house_(house),
          parts_(house.app->parts()),
          clock_(*house.clock),
          reads_(for_requests(house.config), clock_),
          watch_(clock_, house.config.clock_file.empty()),
          authentication_(clock_, reads_, house.config.authorities),
          cursors_(house.key_store->secret("cursors", 32).value()),
          metrics_page_(metrics_, reads_, parts_.queue, parts_.work_items),
          prune_(parts_.database, parts_.queue),
          admission_(clock_, house.config.admission),
          platform_api_(clock_, parts_.ids, house.random, reads_, parts_.queue, authentication_, cursors_,
                        {&parts_.keys.answers, kAnswersKeyId}, {}, &admission_),
          operator_api_(clock_, parts_.ids, house.random, reads_, parts_.queue, cursors_,
                        {&parts_.keys.answers, kAnswersKeyId}, {}, {}),
          orders_(platform_api_, parts_.intake, parts_.cancel, parts_.sealer),
          events_(platform_api_),
          payments_(platform_api_),
          quotes_(platform_api_, boards(quote_sources(house.config, parts_.ledger, parts_.bank_hours)),
                  house.config.fx_terms),
          platform_quotes_(platform_api_, quote_sources(house.config, parts_.ledger, parts_.bank_hours), parts_.sealer),
          remittances_(platform_api_),
          declarations_(platform_api_),
          balances_(platform_api_, parts_.ledger.chart()),
          notices_(clock_, parts_.ids, parts_.queue, parts_.collect, parts_.work_items, metrics_,
                   {{"sandbox-pay", http::Response::json(200, R"({"code":"SUCCESS"})")}}, {}),
          health_(
              clock_, reads_, parts_.queue, metrics_page_, [this] { return idle(); }, [this] { return warnings(); }),
          work_items_(operator_api_, parts_.work_items, parts_.sealer),
          approvals_(operator_api_, parts_.resolve, parts_.ledger, parts_.convert, parts_.sealer, parts_.decisions()),
          matters_(operator_api_),
          accounts_(operator_api_),
          rates_(operator_api_, quote_sources(house.config, parts_.ledger, parts_.bank_hours)),
          exposure_(operator_api_),
          locks_(operator_api_, parts_.held_locks, parts_.sealer, flow::ConvertSettings{}.lock_needs),
          lock_ends_(operator_api_, parts_.lock_ends, parts_.sealer),
          phone_(operator_api_, parts_.phone, parts_.sealer),
          desk_stream_(clock_, reads_, parts_.work_items, {}),
          stream_(operator_api_, desk_stream_),
          streamers_(clock_, {{"stream", [this](Instant now) { return desk_stream_.step(now); }}}, [] { return false; },
                     log_failures(), {.busy = kStreamRest, .idle = kStreamLook}),
          workers_(
              clock_, workers(), [this] { return house_.app->is_busy(); }, log_failures(), rests(house.config),
              [this] { return parts_.queue.is_resting(); }),
          platforms_server_(clock_, platform_routes(), platforms_listener(house.config, parts_.ids), log()),
          notices_server_(clock_, notice_routes(),
                          listener(house.config, parts_.ids, house.config.notices_port, house.config.notices_threads,
                                   kNoticesWaiting),
                          log()),
          operators_server_(clock_, operator_routes(),
                            listener(house.config, parts_.ids, house.config.operators_port, 8, 16), log()) {
        watch_machine();
        metrics_page_.watch("platforms", platforms_server_);
        metrics_page_.watch("notices", notices_server_);
        metrics_page_.watch("operators", operators_server_);
        metrics_page_.watch(admission_);
        metrics_page_.watch(parts_.call_worker.counters());
        metrics_page_.watch(parts_.retention);
        std::vector<std::string> counterparties;
        for (const calls::CounterpartySettings& each : house.config.counterparties) counterparties.push_back(each.name);
        metrics_page_.watch_backlog(clock_, std::move(counterparties));
    }

    Status start() {
        parts_.queue.when_committed([this] {
            workers_.wake();
            streamers_.wake();
        });
        parts_.queue.start();
        for (http::Server* server : {&operators_server_, &notices_server_, &platforms_server_}) {
            if (const Status listening = server->start(); !listening) return listening;
        }
        workers_.start();
        streamers_.start();
        return Done{};
    }

    void stop() {
        platforms_server_.stop();
        notices_server_.stop();
        workers_.stop();
        streamers_.stop();
        operators_server_.stop();
        parts_.queue.stop();
    }

    [[nodiscard]] std::string addresses() const {
        return fmt::format("platforms {}, notices {}, operators {}", platforms_server_.port(), notices_server_.port(),
                           operators_server_.port());
    }

 private:
    void watch_machine() {
        metrics_page_.watch_gauge("huiqiao_open_descriptors", "File descriptors in use; -1 where none is left.", [] {
            const auto now = descriptors_now();
            return now ? now->open : -1;
        });
        metrics_page_.watch_gauge("huiqiao_fix_unawaited_messages",
                                  "Messages over FIX that nobody awaited, since the start.",
                                  [this] { return static_cast<std::int64_t>(parts_.fix_unawaited.messages()); });
        metrics_page_.watch_gauge("huiqiao_clock_jumps", "Times that the wall clock jumped since the start.",
                                  [this] { return watch_.clock_jumps(); });
        metrics_page_.watch_gauge(
            "huiqiao_buying_deadline_seconds",
            "Until the next cut-off by which funded CNY must be bought with (T+1) that is not over. A week where "
            "there is none.",
            [this] { return parts_.watch_buying.left(clock_.now()).count(); });
        metrics_page_.watch_gauge("huiqiao_buying_overdue",
                                  "Days and currencies whose funded CNY had to be bought with by now (T+1).",
                                  [this] { return parts_.watch_buying.overdue(); });
        metrics_page_.watch_gauge("huiqiao_desk_streams", "Streams of the desk that are open.",
                                  [this] { return desk_stream_.open_streams(); });
    }

    std::vector<api::Warning> warnings() const {
        std::vector<api::Warning> all;
        for (Error& seen : watch_.warnings()) all.push_back({std::move(seen), false});
        if (auto standing = warning_of(workers_.running())) {
            spdlog::warn("{}", standing->what.english());
            all.push_back(*std::move(standing));
        }
        return all;
    }

    std::vector<Worker> workers() {
        std::vector<Worker> all = house_.app->workers();
        all.push_back({"watch", [this](Instant) {
                           watch_.look();
                           return 0;
                       }});
        all.push_back({"prune", [this](Instant now) { return prune_.step(now); }});
        return all;
    }

    /// A stepped clock moves by itself, and whoever moves it waits until all that fell due is done.
    static WorkerRests rests(const Config& config) {
        WorkerRests rests;
        if (!config.clock_file.empty()) rests.idle = rests.busy;
        return rests;
    }

    http::Router platform_routes() {
        http::Router router;
        orders_.add_to(router);
        events_.add_to(router);
        payments_.add_to(router);
        quotes_.add_to(router);
        platform_quotes_.add_to(router);
        remittances_.add_to(router);
        declarations_.add_to(router);
        balances_.add_to(router);
        api::add_openapi(router);
        return router;
    }

    http::Router notice_routes() {
        http::Router router;
        notices_.add_to(router);
        return router;
    }

    http::Router operator_routes() {
        http::Router router;
        health_.add_to(router);
        work_items_.add_to(router);
        approvals_.add_to(router);
        matters_.add_to(router);
        accounts_.add_to(router);
        rates_.add_to(router);
        exposure_.add_to(router);
        locks_.add_to(router);
        lock_ends_.add_to(router);
        phone_.add_to(router);
        stream_.add_to(router);
        return router;
    }

    static std::function<void(const std::string&, const std::string&)> log_failures() {
        return [](const std::string& worker, const std::string& what) { spdlog::warn("worker {}: {}", worker, what); };
    }

    static std::function<void(const http::Request&, const std::string&)> log() {
        return [](const http::Request& request, const std::string& what) {
            spdlog::error("{} {}: {}", http::to_text(request.method), request.path, what);
        };
    }

    http::Response idle() {
        http::JsonWriter json;
        const auto requests = platforms_server_.counters().requests + notices_server_.counters().requests;
        json.open_object()
            .field("idle_at_us", workers_.idle_at_us())
            .field("rounds", workers_.rounds())
            .field("done", workers_.done() + static_cast<std::int64_t>(requests))
            .close_object();
        return http::Response::json(200, json.take());
    }

    House& house_;
    App::Parts& parts_;
    const Clock& clock_;
    db::Database reads_;
    MachineWatch watch_;
    api::Authentication authentication_;
    http::CursorCodec cursors_;
    http::Metrics metrics_;
    api::MetricsPage metrics_page_;
    api::Prune prune_;
    api::Admission admission_;
    api::PlatformApi platform_api_;
    api::OperatorApi operator_api_;
    api::OrderRoutes orders_;
    api::EventRoutes events_;
    api::PaymentRoutes payments_;
    api::QuoteRoutes quotes_;
    api::PlatformQuoteRoutes platform_quotes_;
    api::RemittanceRoutes remittances_;
    api::DeclarationRoutes declarations_;
    api::BalanceRoutes balances_;
    api::NoticeRoutes notices_;
    api::HealthRoutes health_;
    api::WorkItemRoutes work_items_;
    api::ApprovalRoutes approvals_;
    api::MatterRoutes matters_;
    api::AccountRoutes accounts_;
    api::RateRoutes rates_;
    api::ExposureRoutes exposure_;
    api::LockRoutes locks_;
    api::LockEndRoutes lock_ends_;
    api::PhoneRoutes phone_;
    api::DeskStream desk_stream_;
    api::StreamRoutes stream_;
    Workers streamers_;  // apart from those whose steps may take long
    Workers workers_;
    http::Server platforms_server_;
    http::Server notices_server_;
    http::Server operators_server_;
};

Service::Service(House& house) : impl_(std::make_unique<Impl>(house)) {}

Service::~Service() {
    impl_->stop();
}

Status Service::start() {
    const Status started = impl_->start();
    if (started) spdlog::info("serving: {}", impl_->addresses());
    return started;
}

void Service::stop() {
    impl_->stop();
}

namespace {

int run_service(const ConfigSource& source) {
    raise_descriptor_limit();
    const auto house = House::open(source, true);
    if (house == nullptr) return 2;
    std::optional<LockFile> only_one;
    if (house->config.engine == db::Engine::Sqlite) {
        Result<LockFile> lock = LockFile::take(house->config.database_path + ".serve.lock");
        if (!lock) {
            complain(lock.error());
            return 2;
        }
        only_one.emplace(std::move(lock).value());
    }
    const Status left = check_left_counterparties(house->app->parts().database, house->config, source.file);
    if (!left) {
        complain(left.error());
        return 2;
    }
    Service service(*house);
    if (const Status started = service.start(); !started) {
        complain(started.error());
        return 2;
    }
    wait_for_stop_signal();
    spdlog::info("stopping");
    service.stop();
    return 0;
}

}  // namespace

void add_service(CommandLine& line) {
    const auto source = std::make_shared<ConfigSource>();
    CLI::App& serve = line.add("serve", "Serve platforms, channels' notices and operators; run the workers",
                               [source] { return run_service(*source); });
    CommandLine::add_source(serve, *source);
}

}  // namespace huiqiao::app
