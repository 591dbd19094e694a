#include "src/api/health_routes.h"

#include "src/db/migrations.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

namespace {

struct ProbeItem final : db::Item {};

class ProbeWork final : public db::Work {
 public:
    void run(db::Group&) override {}
};

}  // namespace

/// A group without rows: it still takes the slot, the business date and a durable COMMIT.
class HealthRoutes::Probe final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "probe"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>>) override {
        return std::make_unique<ProbeWork>();
    }
};

HealthRoutes::HealthRoutes(const Clock& clock, db::Database& database, db::WriteQueue& queue, MetricsPage& page,
                           std::function<http::Response()> idle, std::function<std::vector<Warning>()> warnings)
    : clock_(clock),
      database_(database),
      queue_(queue),
      page_(page),
      idle_(std::move(idle)),
      warnings_(std::move(warnings)),
      probe_(std::make_unique<Probe>()) {}

HealthRoutes::~HealthRoutes() = default;

void HealthRoutes::add_to(http::Router& router) {
    router.get("/health/live", [](const http::Request&, const http::PathParameters&) {
        return http::Response::json(200, R"({"live":true})");
    });
    router.get("/health/ready", [this](const http::Request&, const http::PathParameters&) { return ready(); });
    router.get("/metrics", [this](const http::Request&, const http::PathParameters&) {
        return http::Response::text(200, page_.text(), "text/plain; version=0.0.4; charset=utf-8");
    });
    if (idle_) {
        router.get("/health/idle", [this](const http::Request&, const http::PathParameters&) { return idle_(); });
    }
}

/// What stands in the way; nullopt where nothing does, or where only the schema is another.
std::optional<db::Trouble> HealthRoutes::look(bool& readable, bool& migrated, bool& writable) {
    try {
        migrated = db::is_migrated(database_);
        readable = true;
    } catch (const db::DatabaseError& error) {
        return db::trouble_of(database_.engine(), error.number());
    }
    if (!migrated) return std::nullopt;
    const auto ticket = queue_.submit(*probe_, std::make_shared<ProbeItem>());
    writable = ticket && queue_.wait(*ticket, clock_.monotonic() + kCommitWithin).ok();
    if (writable) return std::nullopt;
    return queue_.health().trouble().value_or(db::Trouble::Slow);
}

http::Response HealthRoutes::ready() {
    // One asker at a time looks; the others wait for what it found, which takes kCommitWithin at most.
    const std::scoped_lock lock(mutex_);
    if (looked_ && clock_.monotonic() - looked_at_ < kAnswerKept) return kept_;
    bool readable = false;
    bool migrated = false;
    bool writable = false;
    std::vector<Error> causes;
    if (const auto trouble = look(readable, migrated, writable)) causes.emplace_back(db::words_of(*trouble));
    bool works = true;
    if (warnings_) {
        for (Warning& warning : warnings_()) {
            works = works && !warning.unready;
            causes.push_back(std::move(warning.what));
        }
    }
    const bool is_ready = readable && migrated && writable && works;
    http::JsonWriter json;
    json.open_object().field("ready", is_ready);
    json.field("database", readable).field("schema", migrated).field("writer", writable);
    json.key("causes").open_array();
    for (const Error& cause : causes) {
        json.open_object().field("code", cause.code->text).field("detail", cause.english());
        json.field("detail_zh", cause.chinese()).close_object();
    }
    json.close_array().close_object();
    kept_ = http::Response::json(is_ready ? 200 : 503, json.take());
    if (kept_.status == 503) kept_.headers.set("Retry-After", "2");
    looked_ = true;
    looked_at_ = clock_.monotonic();
    return kept_;
}

}  // namespace huiqiao::api
