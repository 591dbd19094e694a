#include "tests/crash/faulty_machine.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>

namespace huiqiao::crash {

namespace {
using namespace std::chrono_literals;
constexpr auto kPatience = 90s;
constexpr int kLook_ms = 50;

void set_immutable(const std::filesystem::path& path, bool wanted) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    int flags = 0;
    if (::ioctl(file, FS_IOC_GETFLAGS, &flags) == 0) {
        flags = wanted ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
        ::ioctl(file, FS_IOC_SETFLAGS, &flags);
    }
    ::close(file);
}

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

ReadOnlyFiles::ReadOnlyFiles(std::vector<std::filesystem::path> files) : files_(std::move(files)) {
    for (const auto& file : files_) set_immutable(file, true);
}

void ReadOnlyFiles::lift() {
    for (const auto& file : files_) set_immutable(file, false);
}

bool ReadOnlyFiles::work_in(const std::filesystem::path& directory) {
    const std::filesystem::path path = directory / "probe";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool stopped = false;
    {
        const ReadOnlyFiles probe({path});
        stopped = ::write(file, "x", 1) < 0;
    }
    ::close(file);
    std::filesystem::remove(path);
    return stopped;
}

std::int64_t process_status(pid_t process, const std::string& name) {
    std::ifstream in("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(name + ":")) return std::stoll(line.substr(name.size() + 1));
    }
    throw std::runtime_error("the process does not tell its " + name);
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
