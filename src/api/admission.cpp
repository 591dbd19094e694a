#include "src/api/admission.h"

#include <algorithm>

#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

constexpr std::int64_t kOneRequestE6 = 1'000'000;

}  // namespace

std::string_view to_text(Refusal refusal) {
    switch (refusal) {
        case Refusal::PlatformRate: return "platform_rate";
        case Refusal::PlatformUnderWay: return "platform_under_way";
        case Refusal::PlatformWaiting: return "platform_waiting";
        case Refusal::BusyForReads: return "busy_for_reads";
        case Refusal::BusyForWrites: return "busy_for_writes";
        case Refusal::BusyWriter: return "busy_writer";
    }
    throw LogicError("unnamed refusal");
}

Admission::Admission(const Clock& clock, AdmissionSettings settings)
    : clock_(clock), settings_(std::move(settings)), retry_after_(settings_.retry_after_most_s) {}

const PlatformLimits& Admission::limits_of(const std::string& platform_id) const {
    const auto own = settings_.of_platform.find(platform_id);
    return own == settings_.of_platform.end() ? settings_.each : own->second;
}

void Admission::refill(Used& used, const PlatformLimits& limits) const {
    const Monotonic now = clock_.monotonic();
    const std::int64_t full = limits.burst * kOneRequestE6;
    // Full after this time, whatever it was before; so the product below stays small.
    const auto fills_within = std::chrono::seconds(limits.burst / limits.requests_per_second + 1);
    if (now - used.filled_at >= fills_within) {
        used.tokens_e6 = full;
    } else {
        used.tokens_e6 = std::min(full, used.tokens_e6 + (now - used.filled_at).count() * limits.requests_per_second);
    }
    used.filled_at = now;
}

std::optional<Error> Admission::refuse(Refusal refusal) {
    refused_.at(static_cast<std::size_t>(refusal)).fetch_add(1, std::memory_order_relaxed);
    switch (refusal) {
        case Refusal::PlatformRate: return Error(api_error::kRateExceeded);
        case Refusal::PlatformUnderWay:
        case Refusal::PlatformWaiting: return Error(api_error::kTooManyAtOnce);
        case Refusal::BusyForReads:
        case Refusal::BusyForWrites:
        case Refusal::BusyWriter: return Error(http::http_error::kOverloaded);
    }
    throw LogicError("unnamed refusal");
}

std::optional<Error> Admission::beyond_limits(const Used& used, const PlatformLimits& limits) {
    if (used.tokens_e6 < kOneRequestE6) return refuse(Refusal::PlatformRate);
    if (used.under_way >= limits.under_way) return refuse(Refusal::PlatformUnderWay);
    return std::nullopt;
}

Admission::Visit::~Visit() {
    if (!entered_) return;
    const std::scoped_lock lock(admission_->mutex_);
    --admission_->under_way_;
    if (platform_id_.empty()) return;
    Used& used = admission_->used_[platform_id_];
    --used.under_way;
    used.waiting -= waiting_;
    admission_->waiting_ -= waiting_;
}

std::optional<Error> Admission::Visit::enter() {
    if (admission_ == nullptr) return std::nullopt;
    const AdmissionSettings& settings = admission_->settings_;
    const int limit = kind_ == Kind::Read ? std::min(settings.reads_under_way, settings.under_way) : settings.under_way;
    const std::scoped_lock lock(admission_->mutex_);
    if (admission_->under_way_ >= limit)
        return admission_->refuse(kind_ == Kind::Read ? Refusal::BusyForReads : Refusal::BusyForWrites);
    ++admission_->under_way_;
    entered_ = true;
    return std::nullopt;
}

std::optional<Error> Admission::Visit::expect(const std::string& platform_id) {
    if (admission_ == nullptr) return std::nullopt;
    const std::scoped_lock lock(admission_->mutex_);
    const auto used = admission_->used_.find(platform_id);
    if (used == admission_->used_.end()) return std::nullopt;
    const PlatformLimits& limits = admission_->limits_of(platform_id);
    admission_->refill(used->second, limits);
    return admission_->beyond_limits(used->second, limits);
}

std::optional<Error> Admission::Visit::admit(const std::string& platform_id) {
    if (admission_ == nullptr) return std::nullopt;
    const PlatformLimits& limits = admission_->limits_of(platform_id);
    const std::scoped_lock lock(admission_->mutex_);
    const auto [place, is_new] = admission_->used_.try_emplace(platform_id);
    Used& used = place->second;
    if (is_new) {
        used.tokens_e6 = limits.burst * kOneRequestE6;
        used.filled_at = admission_->clock_.monotonic();
    }
    admission_->refill(used, limits);
    if (std::optional<Error> refused = admission_->beyond_limits(used, limits)) return refused;
    used.tokens_e6 -= kOneRequestE6;
    ++used.under_way;
    platform_id_ = platform_id;
    return std::nullopt;
}

std::optional<Error> Admission::Visit::wait(std::size_t orders) {
    if (admission_ == nullptr) return std::nullopt;
    if (platform_id_.empty()) throw LogicError("who is not admitted cannot wait for the writer");
    const PlatformLimits& limits = admission_->limits_of(platform_id_);
    const std::scoped_lock lock(admission_->mutex_);
    Used& used = admission_->used_[platform_id_];
    // One that is too heavy for any share still gets its turn when nothing else of it waits.
    if (used.waiting != 0 && used.waiting + orders > limits.orders_waiting)
        return admission_->refuse(Refusal::PlatformWaiting);
    if (admission_->waiting_ != 0 && admission_->waiting_ + orders > admission_->settings_.orders_waiting)
        return admission_->refuse(Refusal::BusyWriter);
    used.waiting += orders;
    admission_->waiting_ += orders;
    waiting_ += orders;
    return std::nullopt;
}

std::uint64_t Admission::refused(Refusal refusal) const {
    return refused_.at(static_cast<std::size_t>(refusal)).load(std::memory_order_relaxed);
}

int Admission::under_way() const {
    const std::scoped_lock lock(mutex_);
    return under_way_;
}

std::size_t Admission::orders_waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_;
}

}  // namespace huiqiao::api
