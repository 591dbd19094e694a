#include "src/app/service.h"

#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "src/api/account_routes.h"
#include "src/api/approval_routes.h"
#include "src/api/balance_routes.h"
#include "src/api/declaration_routes.h"
#include "src/api/event_routes.h"
#include "src/api/health_routes.h"
#include "src/api/notice_routes.h"
#include "src/api/openapi.h"
#include "src/api/order_routes.h"
#include "src/api/payment_routes.h"
#include "src/api/prune.h"
#include "src/api/quote_routes.h"
#include "src/api/remittance_routes.h"
#include "src/api/work_item_routes.h"
#include "src/app/lock_file.h"
#include "src/app/stop_signal.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

constexpr const char* kAnswersKeyId = "huiqiao-answers";

http::ServerSettings listener(const Config& config, int port, int threads) {
    http::ServerSettings settings;
    settings.bind_address = config.listen_address;
    settings.port = static_cast<std::uint16_t>(port);
    settings.threads = threads;
    settings.max_queued = threads * 2;
    return settings;
}

std::vector<api::QuoteRoutes::Board> boards(const Config& config) {
    std::vector<api::QuoteRoutes::Board> found;
    for (const Config::ProvisionAccount& account : config.accounts) {
        if (account.currency.code() != "CNY") found.push_back({account.bank, account.currency});
    }
    return found;
}

}  // namespace

class Service::Impl {
 public:
    explicit Impl(House& house)
        : house_(house),
          parts_(house.app->parts()),
          clock_(*house.clock),
          authentication_(clock_, parts_.database, house.config.authorities),
          cursors_(house.key_store->secret("cursors", 32).value()),
          metrics_page_(metrics_, parts_.database, parts_.queue, parts_.work_items),
          prune_(parts_.database, parts_.queue),
          platform_api_(clock_, parts_.ids, house.random, parts_.database, parts_.queue, authentication_, cursors_,
                        {&parts_.keys.answers, kAnswersKeyId}, {}),
          operator_api_(clock_, parts_.ids, house.random, parts_.database, parts_.queue, cursors_,
                        {&parts_.keys.answers, kAnswersKeyId}, {}, {}),
          orders_(platform_api_, parts_.intake, parts_.cancel, parts_.sealer),
          events_(platform_api_),
          payments_(platform_api_),
          quotes_(platform_api_, boards(house.config)),
          remittances_(platform_api_),
          declarations_(platform_api_),
          balances_(platform_api_, parts_.ledger.chart()),
          notices_(clock_, parts_.ids, parts_.queue, parts_.collect, parts_.work_items, metrics_,
                   {{"sandbox-pay", http::Response::json(200, R"({"code":"SUCCESS"})")}}, {}),
          health_(clock_, parts_.database, parts_.queue, metrics_page_, [this] { return idle(); }),
          work_items_(operator_api_, parts_.work_items, parts_.sealer),
          approvals_(operator_api_, parts_.resolve, parts_.ledger, parts_.convert, parts_.sealer),
          accounts_(operator_api_),
          workers_(
              clock_, workers(), [this] { return house_.app->is_busy(); },
              [](const std::string& worker, const std::string& what) { spdlog::warn("worker {}: {}", worker, what); }),
          platforms_server_(clock_, platform_routes(), listener(house.config, house.config.platforms_port, 64), log()),
          notices_server_(clock_, notice_routes(), listener(house.config, house.config.notices_port, 32), log()),
          operators_server_(clock_, operator_routes(), listener(house.config, house.config.operators_port, 8), log()) {
        metrics_page_.watch("platforms", platforms_server_);
        metrics_page_.watch("notices", notices_server_);
        metrics_page_.watch("operators", operators_server_);
    }

    Status start() {
        parts_.queue.start();
        for (http::Server* server : {&operators_server_, &notices_server_, &platforms_server_}) {
            if (const Status listening = server->start(); !listening) return listening;
        }
        workers_.start();
        return Done{};
    }

    void stop() {
        platforms_server_.stop();
        notices_server_.stop();
        workers_.stop();
        operators_server_.stop();
        parts_.queue.stop();
    }

    [[nodiscard]] std::string addresses() const {
        return fmt::format("platforms {}, notices {}, operators {}", platforms_server_.port(), notices_server_.port(),
                           operators_server_.port());
    }

 private:
    std::vector<Worker> workers() {
        std::vector<Worker> all = house_.app->workers();
        all.push_back({"prune", [this](Instant now) { return prune_.step(now); }});
        return all;
    }

    http::Router platform_routes() {
        http::Router router;
        orders_.add_to(router);
        events_.add_to(router);
        payments_.add_to(router);
        quotes_.add_to(router);
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
        accounts_.add_to(router);
        return router;
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
    api::Authentication authentication_;
    http::CursorCodec cursors_;
    http::Metrics metrics_;
    api::MetricsPage metrics_page_;
    api::Prune prune_;
    api::PlatformApi platform_api_;
    api::OperatorApi operator_api_;
    api::OrderRoutes orders_;
    api::EventRoutes events_;
    api::PaymentRoutes payments_;
    api::QuoteRoutes quotes_;
    api::RemittanceRoutes remittances_;
    api::DeclarationRoutes declarations_;
    api::BalanceRoutes balances_;
    api::NoticeRoutes notices_;
    api::HealthRoutes health_;
    api::WorkItemRoutes work_items_;
    api::ApprovalRoutes approvals_;
    api::AccountRoutes accounts_;
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
