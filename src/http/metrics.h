#pragma once
// Counters, gauges and histograms of one process and their Prometheus text (format 0.0.4). Registered once at start or
// at first use, then only atomics are touched; references stay valid as long as the registry. Integers only: durations
// are microseconds inside and seconds with six decimals in the text. Labels never hold ids of persons or orders.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace huiqiao::http {

class Counter {
 public:
    void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
    std::atomic<std::int64_t> value_{0};
};

class Histogram {
 public:
    /// Upper bounds of the buckets, in microseconds: 1 ms to 30 s.
    static constexpr std::array<std::int64_t, 14> kBounds_us{1'000,     2'500,     5'000,      10'000,    25'000,
                                                             50'000,    100'000,   250'000,    500'000,   1'000'000,
                                                             2'500'000, 5'000'000, 10'000'000, 30'000'000};
    void observe(std::chrono::microseconds took);

 private:
    friend class Metrics;
    std::array<std::atomic<std::uint64_t>, kBounds_us.size() + 1> buckets_{};
    std::atomic<std::int64_t> sum_us_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Metrics {
 public:
    /// The same name and labels give the same object. A name used with another kind, or one that Prometheus would not
    /// read, is a LogicError.
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});

    /// Everything, sorted by name.
    [[nodiscard]] std::string text() const;

 private:
    struct Family {
        std::string kind;
        std::string help;
        std::map<std::string, std::unique_ptr<Counter>> counters;  // by their written labels
        std::map<std::string, std::unique_ptr<Gauge>> gauges;
        std::map<std::string, std::unique_ptr<Histogram>> histograms;
    };
    Family& family(std::string_view name, std::string_view help, std::string_view kind);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace huiqiao::http
