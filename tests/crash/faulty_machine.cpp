#include "tests/crash/faulty_machine.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace huiqiao::crash {

namespace {
using namespace std::chrono_literals;
constexpr auto kPatience = 90s;
constexpr int kLook_ms = 50;
}  // namespace

SmallDisk::SmallDisk(std::filesystem::path at, int mib) : at_(std::move(at)) {
    std::filesystem::create_directories(at_);
    const std::string options = "size=" + std::to_string(mib) + "m";
    mounted_ = ::mount("none", at_.c_str(), "tmpfs", 0, options.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
}

void SmallDisk::fill() {
    const int file = ::open((at_ / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::array<char, 4096> bytes{};
    while (::write(file, bytes.data(), bytes.size()) > 0) {
    }
    ::close(file);
}

void SmallDisk::clear() {
    std::filesystem::remove(at_ / "filler");
}

std::uint64_t limit_descriptors(pid_t process, std::uint64_t soft) {
    rlimit before{};
    if (::prlimit(process, RLIMIT_NOFILE, nullptr, &before) != 0) throw std::runtime_error("prlimit failed");
    const rlimit after{soft, before.rlim_max};
    if (::prlimit(process, RLIMIT_NOFILE, &after, nullptr) != 0) throw std::runtime_error("prlimit failed");
    return before.rlim_cur;
}

std::uint64_t open_descriptors(pid_t process) {
    const std::filesystem::directory_iterator open("/proc/" + std::to_string(process) + "/fd");
    return static_cast<std::uint64_t>(std::distance(begin(open), end(open)));
}

std::optional<Readiness> readiness(CrashStage& stage) {
    const http::Outcome outcome = stage.world().call("operators", http::Method::Get, "/health/ready");
    if (outcome.kind != http::OutcomeKind::Answered) return std::nullopt;
    return Readiness{outcome.answer.status, outcome.answer.body};
}

Readiness comes_to_name(CrashStage& stage, std::initializer_list<const char*> causes) {
    const Clock& clock = stage.world().clock();
    const Monotonic until = clock.monotonic() + kPatience;
    while (clock.monotonic() < until) {
        const auto seen = readiness(stage);
        for (const char* cause : causes) {
            if (seen && seen->names(cause)) return *seen;
        }
        ::poll(nullptr, 0, kLook_ms);
    }
    return {};
}

std::int64_t metric(CrashStage& stage, const std::string& line) {
    const http::Outcome outcome = stage.world().call("operators", http::Method::Get, "/metrics");
    if (outcome.kind != http::OutcomeKind::Answered) return -1;
    const std::string& page = outcome.answer.body;
    const std::size_t at = page.find("\n" + line + " ");
    if (at == std::string::npos) return -1;
    std::int64_t value = -1;
    const char* from = page.data() + at + line.size() + 2;
    std::from_chars(from, page.data() + page.size(), value);
    return value;
}

http::Outcome submit_one(CrashStage& stage, const std::string& number) {
    std::string order = sample_orders("plt_haitaohui").front();
    constexpr std::string_view kField = "\"platform_order_no\":";
    const std::size_t from = order.find('"', order.find(kField) + kField.size());
    order.replace(from + 1, order.find('"', from + 1) - from - 1, number);
    return stage.senders().front()->platform().send(http::Method::Post, "/v1/orders", order, "machine-fault-" + number);
}

}  // namespace huiqiao::crash
