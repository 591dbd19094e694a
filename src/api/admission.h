#pragma once
// Who is let in when more comes than can be done (reliability T9). A platform has a rate, a number of requests under
// way and a share of the orders that wait for the writer; beyond them it is told 429. All platforms together have
// limits too: reads are turned away first, writes last, with 503. Being turned away costs neither a signature check nor
// a look into the database, so a flood leaves room for what was let in, and the part of the write queue that platforms
// may not fill is there for notices and for the answers of banks, which never pass here. Any thread.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/error.h"
#include "src/http/retry_after.h"

namespace huiqiao::api {

struct PlatformLimits {
    int requests_per_second = 500;
    int burst = 1000;  // requests at once after a rest
    int under_way = 20;
    std::size_t orders_waiting = 2000;  // for the writer; a batch counts with all its orders
};

struct AdmissionSettings {
    PlatformLimits each;
    std::map<std::string, PlatformLimits, std::less<>> of_platform;  // those who agreed on others
    // Of all platforms together.
    int reads_under_way = 40;  // beyond so many requests under way no further read is let in
    int under_way = 128;       // and beyond so many no write
    std::size_t orders_waiting = 4000;
    int retry_after_most_s = 30;
};

enum class Refusal { PlatformRate, PlatformUnderWay, PlatformWaiting, BusyForReads, BusyForWrites, BusyWriter };
inline constexpr std::array kRefusals{Refusal::PlatformRate, Refusal::PlatformUnderWay, Refusal::PlatformWaiting,
                                      Refusal::BusyForReads, Refusal::BusyForWrites,    Refusal::BusyWriter};
std::string_view to_text(Refusal refusal);

class Admission {
 public:
    Admission(const Clock& clock, AdmissionSettings settings);

    enum class Kind { Read, Write };

    /// One request from its first to its last moment in the house; gives back what it took when it goes. Each step
    /// answers why it ends here, or nothing. In order: enter, expect, admit, wait.
    class Visit {
     public:
        /// No admission: everybody is let in.
        Visit(Admission* admission, Kind kind) : admission_(admission), kind_(kind) {}
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;

        /// Before anything is known of who asks.
        std::optional<Error> enter();
        /// Who it claims to be, not proved yet: refused where that platform has used up its own rate or places, so that
        /// checking the signature is spared. It takes nothing, since anybody can claim anything.
        std::optional<Error> expect(const std::string& platform_id);
        /// Proved now: takes one of its requests a second and a place.
        std::optional<Error> admit(const std::string& platform_id);
        /// Before so many orders go to the write queue.
        std::optional<Error> wait(std::size_t orders);

     private:
        Admission* admission_;
        Kind kind_;
        bool entered_ = false;
        std::string platform_id_;  // once admitted
        std::size_t waiting_ = 0;
    };

    /// For the Retry-After of every 429 and 503.
    int retry_after_s() { return retry_after_.next_s(); }
    [[nodiscard]] std::uint64_t refused(Refusal refusal) const;
    [[nodiscard]] int under_way() const;
    [[nodiscard]] std::size_t orders_waiting() const;

 private:
    /// What a platform has used. Tokens are millionths of a request.
    struct Used {
        std::int64_t tokens_e6 = 0;
        Monotonic filled_at{0};
        int under_way = 0;
        std::size_t waiting = 0;
    };
    [[nodiscard]] const PlatformLimits& limits_of(const std::string& platform_id) const;
    void refill(Used& used, const PlatformLimits& limits) const;
    std::optional<Error> beyond_limits(const Used& used, const PlatformLimits& limits);
    std::optional<Error> refuse(Refusal refusal);

    const Clock& clock_;
    const AdmissionSettings settings_;
    http::RetryAfter retry_after_;
    std::array<std::atomic<std::uint64_t>, kRefusals.size()> refused_{};
    mutable std::mutex mutex_;
    int under_way_ = 0;
    std::size_t waiting_ = 0;
    std::map<std::string, Used, std::less<>> used_;  // of platforms that proved who they are
};

namespace api_error {
inline constexpr ErrorCode kRateExceeded{"rate_exceeded", ErrorGroup::Throttled,
                                         "This platform sends more requests a second than agreed.",
                                         "该平台每秒请求数超过约定。"};
inline constexpr ErrorCode kTooManyAtOnce{"too_many_at_once", ErrorGroup::Throttled,
                                          "This platform has too many requests or orders under way at once.",
                                          "该平台同时进行的请求或订单过多。"};
}  // namespace api_error

}  // namespace huiqiao::api
