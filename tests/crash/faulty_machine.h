#pragma once
// A machine at fault: a disk so small that it can be filled, a process that may open no more files; and what the
// service says of itself meanwhile, read as an operator and a platform read it.

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/crash/crash_stage.h"

namespace huiqiao::crash {

/// A file system of a few MiB in memory, gone with the object. It needs the right to mount (root); where that is not
/// given, none is made, and the test says so.
class SmallDisk {
 public:
    SmallDisk(std::filesystem::path at, int mib);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool mounted() const { return mounted_; }
    void fill();   // to the last byte
    void clear();  // what fill() wrote

 private:
    std::filesystem::path at_;
    bool mounted_ = false;
};

/// Files that nobody can write any more, not even who has them open (the immutable attribute of ext4, XFS, Btrfs), as
/// when a file system turns read-only under a running process; writable again with the object. It needs root, and a
/// file system that has it; where it does not take, the test says so.
class ReadOnlyFiles {
 public:
    explicit ReadOnlyFiles(std::vector<std::filesystem::path> files);
    ~ReadOnlyFiles() { lift(); }
    ReadOnlyFiles(const ReadOnlyFiles&) = delete;
    ReadOnlyFiles& operator=(const ReadOnlyFiles&) = delete;
    void lift();
    /// Whether the attribute stops a writer in this directory at all.
    static bool work_in(const std::filesystem::path& directory);

 private:
    std::vector<std::filesystem::path> files_;
};

/// How many files a running process may open from now on; what it could before.
std::uint64_t limit_descriptors(pid_t process, std::uint64_t soft);
std::uint64_t open_descriptors(pid_t process);
/// A line of /proc/<process>/status, "Threads" or "VmRSS" (in KiB); throws std::runtime_error where there is none.
std::int64_t process_status(pid_t process, const std::string& name);

/// GET /health/ready, as it stands; nullopt where nobody answers.
struct Readiness {
    int status = 0;
    std::string body;
    [[nodiscard]] bool names(const std::string& cause) const {
        return body.find("\"code\":\"" + cause + "\"") != std::string::npos;
    }
};
std::optional<Readiness> readiness(CrashStage& stage);
/// Asks until it names one of the causes, and gives that answer; an empty one after a minute and a half of the
/// machine's time.
Readiness comes_to_name(CrashStage& stage, std::initializer_list<const char*> causes);
/// The value of a line of /metrics; -1 where there is none.
std::int64_t metric(CrashStage& stage, const std::string& line);

/// One new order of the first platform, as it was answered.
http::Outcome submit_one(CrashStage& stage, const std::string& number);

}  // namespace huiqiao::crash
