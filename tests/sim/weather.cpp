#include "tests/sim/weather.h"

#include <algorithm>

namespace huiqiao::testing::sim {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;

/// The most that may be drawn, a million opportunities: of calls, notices, crash points, statements and steps of the
/// clock.
std::uint64_t most(FaultKind kind) {
    switch (kind) {
        case FaultKind::RequestLost:
        case FaultKind::AnswerLost:
        case FaultKind::AnswerLate:
        case FaultKind::Refused: return 300'000;
        case FaultKind::RequestTwice: return 500'000;
        case FaultKind::AnswerGarbled: return 50'000;
        case FaultKind::Clog: return 20'000;
        case FaultKind::PlatformAnswerLost:
        case FaultKind::WebhookRefused:
        case FaultKind::NoticeAnswerLost: return 500'000;
        case FaultKind::Crash: return 1'500;
        case FaultKind::CrashAfterAnswer: return 20'000;
        case FaultKind::Pause: return 1'500;
        case FaultKind::ClockJump: return 10'000;
        case FaultKind::CrashInGroup: return 1'000;
        case FaultKind::CommitUnknown:
        case FaultKind::StoreBusy: return 20'000;
        case FaultKind::StoreForgets:
        case FaultKind::StoreFull:
        case FaultKind::StoreReadOnly: return 4'000;
        case FaultKind::PaidAfterExpiry:
        case FaultKind::Cancelled: return 300'000;
        default: return 150'000;  // a counterparty's: ordered at a step of the clock
    }
}

std::set<FaultKind> draw(Random& random) {
    const auto& all = all_fault_kinds();
    const std::uint64_t sort = random.below(10);
    if (sort < 2) return {};
    if (sort == 2) return {all[random.below(all.size())]};
    // From few to many: what hides behind another fault comes out alone.
    const std::uint64_t share = 5 + random.below(45);
    std::set<FaultKind> kinds;
    for (const FaultKind kind : all) {
        if (random.below(100) < share) kinds.insert(kind);
    }
    return kinds;
}

}  // namespace

Weather::Weather(std::uint64_t seed, const std::optional<std::set<FaultKind>>& only) {
    SeededRandom random(seed * 0x9E3779B97F4A7C15ULL + 1);
    drawn_ = draw(random);
    if (only) drawn_ = *only;
    for (const FaultKind kind : drawn_) {
        SeededRandom stream(seed * 1'000'003 + static_cast<std::uint64_t>(kind) * 7919 + 17);
        const std::uint64_t per_million = most(kind) / 20 + stream.below(most(kind));
        streams_.emplace(kind, Stream{stream, per_million});
    }
}

bool Weather::strikes(FaultKind kind) {
    if (healed_) return false;
    const auto stream = streams_.find(kind);
    if (stream == streams_.end() || stream->second.random.below(kMillion) >= stream->second.per_million) return false;
    ++happened_[kind];
    return true;
}

std::uint64_t Weather::below(FaultKind kind, std::uint64_t bound) {
    const auto stream = streams_.find(kind);
    return stream == streams_.end() ? 0 : stream->second.random.below(bound);
}

}  // namespace huiqiao::testing::sim
