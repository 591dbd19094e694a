#include "src/http/metrics.h"

#include <algorithm>

#include "src/base/error.h"

namespace huiqiao::http {

namespace {

bool is_metric_name(std::string_view name) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
    return out;
}

// `route="/v1/orders",method="POST"`, without braces.
std::string written(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        if (!is_metric_name(name)) throw LogicError("not a label's name: " + name);
        if (!out.empty()) out += ',';
        out += name + "=\"" + escaped(value, true) + '"';
    }
    return out;
}

std::string braced(const std::string& labels) {
    return labels.empty() ? "" : '{' + labels + '}';
}

// Microseconds as seconds, exact, without needless zeros: 2500 is "0.0025".
std::string seconds(std::int64_t us) {
    std::string fraction = std::to_string(us % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return std::to_string(us / 1'000'000) + (fraction.empty() ? "" : '.' + fraction);
}

}  // namespace

void Histogram::observe(std::chrono::microseconds took) {
    const std::int64_t us = std::max<std::int64_t>(took.count(), 0);
    const auto bucket = std::lower_bound(kBounds_us.begin(), kBounds_us.end(), us) - kBounds_us.begin();
    buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
}

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, std::string_view kind) {
    if (!is_metric_name(name)) throw LogicError("not a metric's name: " + std::string(name));
    const auto [found, fresh] = families_.try_emplace(std::string(name));
    if (fresh) {
        found->second.kind = kind;
        found->second.help = help;
    }
    if (found->second.kind != kind) throw LogicError("metric of two kinds: " + std::string(name));
    return found->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& place = family(name, help, "counter").counters[written(labels)];
    if (!place) place = std::make_unique<Counter>();
    return *place;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& place = family(name, help, "gauge").gauges[written(labels)];
    if (!place) place = std::make_unique<Gauge>();
    return *place;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& place = family(name, help, "histogram").histograms[written(labels)];
    if (!place) place = std::make_unique<Histogram>();
    return *place;
}

std::string Metrics::text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
        out += "# HELP " + name + ' ' + escaped(family.help, false) + "\n# TYPE " + name + ' ' + family.kind + '\n';
        for (const auto& [labels, counter] : family.counters) {
            out += name + braced(labels) + ' ' + std::to_string(counter->value()) + '\n';
        }
        for (const auto& [labels, gauge] : family.gauges) {
            out += name + braced(labels) + ' ' + std::to_string(gauge->value()) + '\n';
        }
        for (const auto& [labels, histogram] : family.histograms) {
            const std::string before = labels.empty() ? "" : labels + ',';
            std::uint64_t count = 0;
            for (std::size_t i = 0; i < histogram->buckets_.size(); ++i) {
                count += histogram->buckets_[i].load(std::memory_order_relaxed);
                const std::string bound = i < Histogram::kBounds_us.size() ? seconds(Histogram::kBounds_us[i]) : "+Inf";
                out += name + "_bucket{" + before + "le=\"" + bound + "\"} " + std::to_string(count) + '\n';
            }
            out += name + "_sum" + braced(labels) + ' ' + seconds(histogram->sum_us_.load(std::memory_order_relaxed)) +
                   '\n';
            out += name + "_count" + braced(labels) + ' ' + std::to_string(count) + '\n';
        }
    }
    return out;
}

}  // namespace huiqiao::http
