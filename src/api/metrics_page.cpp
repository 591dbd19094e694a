#include "src/api/metrics_page.h"

#include <algorithm>

#include "src/calls/backlog.h"
#include "src/events/event.h"

namespace huiqiao::api {

MetricsPage::MetricsPage(http::Metrics& metrics, db::Database& database, const db::WriteQueue& queue,
                         const operators::WorkItems& work_items)
    : metrics_(metrics), database_(database), queue_(queue), work_items_(work_items) {
    using Counters = db::WriteQueue::Counters;
    const std::pair<const char*, std::uint64_t Counters::*> counted[] = {
        {"groups", &Counters::groups},
        {"items", &Counters::items},
        {"reruns", &Counters::reruns},
        {"splits", &Counters::splits},
        {"unknown_commits", &Counters::unknown_commits},
        {"refused", &Counters::refused},
        {"slots_lost", &Counters::slots_lost}};
    for (const auto& [name, counter] : counted) {
        add("huiqiao_write_queue_" + std::string(name) + "_total",
            "The write queue's groups, see src/db/write_queue.h.", {},
            [this, counter = counter] { return queue_.counters().*counter; });
    }
    add("huiqiao_database_failures_total", "Tries of the writer that the database refused as a whole.", {},
        [this] { return queue_.health().failures(); });
}

void MetricsPage::watch_gauge(const std::string& name, const std::string& help, std::function<std::int64_t()> now) {
    levels_.emplace_back(&metrics_.gauge(name, help), std::move(now));
}

void MetricsPage::add(const std::string& name, const std::string& help, const http::Labels& labels,
                      std::function<std::uint64_t()> now) {
    sources_.push_back({&metrics_.counter(name, help, labels), std::move(now)});
}

void MetricsPage::watch(const std::string& name, http::Server& server) {
    const http::ServerCounters& counters = server.counters();
    const http::Labels labels{{"listener", name}};
    const auto take = [](const std::atomic<std::uint64_t>& counter) { return [&counter] { return counter.load(); }; };
    add("huiqiao_http_connections_total", "Connections accepted or refused.", labels, take(counters.connections));
    add("huiqiao_http_requests_total", "Whole requests that reached a route.", labels, take(counters.requests));
    add("huiqiao_http_malformed_total", "Requests refused before their route.", labels, take(counters.malformed));
    add("huiqiao_http_timed_out_total", "Senders that were too slow.", labels, take(counters.timed_out));
    add("huiqiao_http_rejected_total", "503 since threads and queue were full.", labels, take(counters.rejected));
    add("huiqiao_http_handler_failures_total", "Exceptions of routes.", labels, take(counters.handler_failures));
    for (std::size_t hundred = 1; hundred < counters.by_class.size(); ++hundred) {
        add("huiqiao_http_answers_total", "Answers by hundred of their status.",
            {{"listener", name}, {"class", std::to_string(hundred) + "xx"}}, take(counters.by_class[hundred]));
    }
    server.on_answer([this, name](std::string_view pattern, int, std::chrono::microseconds took) {
        metrics_
            .histogram("huiqiao_http_answer_seconds", "From a request's head to its answer's last byte.",
                       {{"listener", name}, {"route", pattern.empty() ? "none" : std::string(pattern)}})
            .observe(took);
    });
    in_flight_.emplace_back(&metrics_.gauge("huiqiao_http_in_flight", "Requests in a route now.", labels), &server);
}

void MetricsPage::watch(const calls::CallCounters& counters) {
    using Counters = calls::CallCounters;
    const std::pair<const char*, std::atomic<std::uint64_t> Counters::*> counted[] = {
        {"sent", &Counters::sent},
        {"queried", &Counters::queried},
        {"answered", &Counters::answered},
        {"unknown", &Counters::unknown},
        {"not_sent", &Counters::not_sent},
        {"late", &Counters::late},
        {"too_slow_to_send", &Counters::too_slow_to_send},
        {"failed_writes", &Counters::failed_writes},
        {"unreadable", &Counters::unreadable}};
    for (const auto& [name, counter] : counted) {
        add("huiqiao_calls_total", "Calls to banks, channels and customs.", {{"what", name}},
            [&counters, counter = counter] { return (counters.*counter).load(); });
    }
}

void MetricsPage::watch(const Admission& admission) {
    for (const Refusal refusal : kRefusals) {
        add("huiqiao_refused_total", "Requests of platforms turned away: 429 (platform_...) or 503 (busy_...).",
            {{"reason", std::string(to_text(refusal))}}, [&admission, refusal] { return admission.refused(refusal); });
    }
    levels_.emplace_back(&metrics_.gauge("huiqiao_platform_requests_under_way", "Requests of platforms let in now."),
                         [&admission] { return admission.under_way(); });
    levels_.emplace_back(
        &metrics_.gauge("huiqiao_platform_orders_waiting", "Orders of platforms that wait to be written."),
        [&admission] { return static_cast<std::int64_t>(admission.orders_waiting()); });
}

void MetricsPage::watch(const flow::Retention& retention) {
    for (const flow::Retention::Kind kind : flow::Retention::kKinds) {
        add("huiqiao_forgotten_total", "Rows let go after their time, see [retention].",
            {{"kind", std::string(to_text(kind))}}, [&retention, kind] { return retention.forgotten(kind); });
    }
}

void MetricsPage::watch_backlog(const Clock& clock, std::vector<std::string> counterparties) {
    clock_ = &clock;
    counterparties_ = std::move(counterparties);
}

void MetricsPage::read_backlog(db::Reader& reader) {
    const Instant now = clock_->now();
    const auto show = [&](http::Gauge& gauge, std::optional<Instant> oldest) {
        gauge.set(oldest ? std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - *oldest).count())
                         : 0);
    };
    for (const std::string& name : counterparties_) {
        show(metrics_.gauge("huiqiao_oldest_unsent_call_seconds", "Age of the oldest call that should have left.",
                            {{"counterparty", name}}),
             calls::oldest_unsent(reader, name, now));
    }
    show(metrics_.gauge("huiqiao_oldest_untold_event_seconds", "Age of the oldest event whose webhook is still tried."),
         events::EventStore::oldest_due(reader));
}

std::string MetricsPage::text() {
    const std::scoped_lock lock(mutex_);
    for (const Source& source : sources_) {
        const std::uint64_t now = source.now();
        const std::uint64_t before = source.counter->value();
        if (now > before) source.counter->add(now - before);
    }
    for (const auto& [gauge, level] : levels_) gauge->set(level());
    for (const auto& [gauge, server] : in_flight_) gauge->set(server->counters().in_flight.load());
    metrics_.gauge("huiqiao_write_queue_waiting", "Items that wait for the writer.")
        .set(static_cast<std::int64_t>(queue_.waiting()));
    std::optional<db::Trouble> trouble = queue_.health().trouble();
    http::Gauge& waiting = metrics_.gauge("huiqiao_work_items_waiting", "Work items that no person has closed.");
    try {
        database_.read([&](db::Reader& reader) {
            waiting.set(work_items_.count_waiting(reader));
            if (clock_ != nullptr) read_backlog(reader);
        });
    } catch (const db::DatabaseError& error) {
        if (!trouble) trouble = db::trouble_of(database_.engine(), error.number());
        metrics_.counter("huiqiao_metrics_unreadable_total", "Pages made while the database could not be read.").add();
    }
    for (const db::Trouble each : db::kTroubles) {
        metrics_
            .gauge("huiqiao_database_trouble", "1 where this is what is the matter with the database.",
                   {{"cause", std::string(db::words_of(each).text)}})
            .set(trouble == each ? 1 : 0);
    }
    return metrics_.text();
}

}  // namespace huiqiao::api
