#include "src/ledger/anchor_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/db/lock_ranks.h"
#include "src/ledger/ledger_store.h"

namespace huiqiao::ledger {

namespace {

// Several processes anchor, and each completes its file a little later than it commits: lines signed so close together
// may come into the file in any order.
constexpr std::int64_t kWrittenWithin_us = std::int64_t{10} * 60 * 1'000'000;
constexpr std::size_t kShownOfLine = 100;
constexpr std::size_t kIdLength = 32;

/// When a line was signed: "anchor1 slot seq head at_us signature", "seal1 date entries hash at_us signature".
std::int64_t signed_at_us(const std::string& line) {
    const std::size_t last = line.rfind(' ');
    if (last == std::string::npos || last == 0) return 0;
    const std::size_t before = line.rfind(' ', last - 1);
    std::int64_t at_us = 0;
    if (before != std::string::npos) std::from_chars(line.data() + before + 1, line.data() + last, at_us);
    return at_us;
}

/// A file that is only ever appended to; closed when it goes.
class Appending {
 public:
    explicit Appending(const std::filesystem::path& path)
        : handle_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640)) {}
    ~Appending() {
        if (handle_ >= 0) ::close(handle_);
    }
    Appending(const Appending&) = delete;
    Appending& operator=(const Appending&) = delete;

    /// True when it is on the disk.
    [[nodiscard]] bool append(std::string_view text) {
        while (!text.empty()) {
            const ssize_t written = ::write(handle_, text.data(), text.size());
            if (written <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return ::fsync(handle_) == 0;
    }

 private:
    int handle_;
};

}  // namespace

std::string AnchorPlace::id() const {
    std::error_code fault;
    std::filesystem::path whole = std::filesystem::absolute(path, fault).lexically_normal();
    return hex(crypto::sha256(host + "\n" + whole.string())).substr(0, kIdLength);
}

AnchorFile read_anchor_file(const AnchorPlace& place) {
    AnchorFile read{place, false, false, {}};
    if (place.path.empty()) return read;
    std::ifstream file(place.path, std::ios::binary);
    read.is_there = file.is_open();
    for (std::string line; std::getline(file, line);) {
        read.is_torn = file.eof();
        read.lines.push_back(std::move(line));
    }
    return read;
}

std::vector<std::pair<std::string, std::string>> AnchorGap::parameters(const AnchorPlace& place) const {
    return {{"file", place.path.string()},
            {"host", place.host},
            {"missing", std::to_string(missing.size())},
            {"all", std::to_string(all)},
            {"line", missing.empty() ? "" : missing.front().substr(0, kShownOfLine)}};
}

AnchorGap gap_of(const std::set<std::string>& table_lines, const AnchorFile& file, const HeldBefore& before) {
    const std::set<std::string_view> there(file.lines.begin(), file.lines.end());
    std::vector<std::pair<std::int64_t, std::string>> missing;
    std::int64_t newest_us = 0;
    std::int64_t newest_there_us = 0;
    for (const std::string& line : table_lines) {
        const std::int64_t at_us = signed_at_us(line);
        newest_us = std::max(newest_us, at_us);
        if (there.contains(line)) {
            newest_there_us = std::max(newest_there_us, at_us);
        } else {
            missing.emplace_back(at_us, line);
        }
    }
    std::sort(missing.begin(), missing.end());
    AnchorGap gap;
    gap.all = table_lines.size();
    gap.held = gap.all - missing.size();
    if (missing.empty()) return gap;
    const std::int64_t first_us = missing.front().first;
    gap.is_old = first_us < newest_us - kWrittenWithin_us;
    gap.is_cut =
        (before && static_cast<std::int64_t>(gap.held) < *before) || first_us < newest_there_us - kWrittenWithin_us;
    for (auto& [at_us, line] : missing) gap.missing.push_back(std::move(line));
    return gap;
}

std::set<std::string> lines_for_file(db::Reader& reader) {
    std::set<std::string> lines;
    for (std::string after;;) {
        const db::Found page = reader.select(store::kAnchorPage, {after});
        if (page.empty()) break;
        for (std::size_t row = 0; row < page.size(); ++row) lines.insert(page.text(row, 1));
        after = page.text(page.size() - 1, 0);
    }
    const db::Found seals = reader.select(store::kSeals);
    for (std::size_t row = 0; row < seals.size(); ++row) lines.insert(seals.text(row, 5));
    return lines;
}

HeldBefore held_before(db::Reader& reader, const AnchorPlace& place) {
    const db::Found found = reader.select(store::kHeldBefore, {place.id()});
    if (found.empty()) return std::nullopt;
    return found.integer(0, 0);
}

Status append_lines(const AnchorFile& file, std::span<const std::string> lines) {
    std::string text;
    if (file.is_torn && !lines.empty()) text.push_back('\n');
    for (const std::string& line : lines) text.append(line).push_back('\n');
    if (Appending(file.place.path).append(text)) return Done{};
    return Error(ledger_error::kAnchorFile, {{"file", file.place.path.string()}});
}

void AnchorMemory::claim(db::Claims& claims, const AnchorPlace& place) {
    claims.add(store::kAnchorFileClaim, place.id(), place.host, place.path.string(), 0, 0);
}

void AnchorMemory::lock(db::Locks& locks, const AnchorPlace& place) {
    locks.add(store::kAnchorFileLock, place.id());
}

void AnchorMemory::remember(db::Group& group, const AnchorPlace& place, std::size_t held, bool exactly) {
    const auto lines = static_cast<std::int64_t>(held);
    if (!exactly && held_before(group.tx, place).value_or(0) >= lines) return;
    group.tx.execute(store::kHold, {place.id(), lines, group.now});
}

}  // namespace huiqiao::ledger
