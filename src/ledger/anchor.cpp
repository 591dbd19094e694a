#include "src/ledger/anchor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <unordered_set>

#include "src/ledger/ledger_store.h"

namespace huiqiao::ledger {

namespace {

std::map<std::int64_t, std::int64_t> anchored(db::Reader& reader) {
    std::map<std::int64_t, std::int64_t> seqs;
    const db::Found found = reader.select(store::kLastAnchors);
    for (std::size_t row = 0; row < found.size(); ++row) seqs[found.integer(row, 0)] = found.integer(row, 1);
    return seqs;
}

bool is_newer(const std::map<std::int64_t, std::int64_t>& anchored, std::int64_t slot, const Head& head) {
    const auto at = anchored.find(slot);
    return at == anchored.end() || at->second < head.seq;
}

/// A file that is only ever appended to; closed when it goes.
class AppendFile {
 public:
    explicit AppendFile(const std::filesystem::path& path)
        : handle_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640)) {}
    ~AppendFile() {
        if (handle_ >= 0) ::close(handle_);
    }
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;

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

class AnchorWork final : public db::Work {
 public:
    explicit AnchorWork(const Anchors& anchors) : anchors_(anchors) {}
    void run(db::Group& group) override { anchors_.write(group, "hour"); }

 private:
    const Anchors& anchors_;
};

}  // namespace

std::map<std::int64_t, Head> Anchors::committed_heads(db::Reader& reader) {
    std::map<std::int64_t, Head> heads;
    const db::Found slots = reader.select(store::kSlots);
    for (std::size_t row = 0; row < slots.size(); ++row) {
        if (slots.integer(row, 1) > 0) heads[slots.integer(row, 0)] = {slots.integer(row, 1), slots.text(row, 2)};
    }
    return heads;
}

std::map<std::int64_t, Head> Anchors::heads(db::Group& group) {
    std::map<std::int64_t, Head> heads = committed_heads(group.tx);
    if (group.slot.seq > 0) heads[group.slot.number] = {group.slot.seq, group.slot.head};
    return heads;
}

void Anchors::write(db::Group& group, std::string_view reason) const {
    const auto last = anchored(group.tx);
    db::Rows rows;
    for (const auto& [slot, head] : heads(group)) {
        if (!is_newer(last, slot, head)) continue;
        crypto::Anchor anchor{.slot = slot, .seq = head.seq, .head = {}, .at = group.now};
        const auto bytes = from_hex(head.hash);
        if (!bytes || bytes->size() != anchor.head.size()) {
            throw LogicError("the head of slot " + std::to_string(slot) + " is no hash");
        }
        std::copy(bytes->begin(), bytes->end(), anchor.head.begin());
        rows.add(group.ids.next("anc"), slot, head.seq, head.hash, group.now, reason,
                 crypto::sign_anchor(anchor, key_));
    }
    group.tx.insert(store::kAnchorInsert, rows);
}

Result<std::size_t> Anchors::append_to_file(db::Database& database) const {
    std::unordered_set<std::string> there;
    bool is_torn = false;
    {
        std::ifstream file(settings_.file, std::ios::binary);
        for (std::string line; std::getline(file, line); is_torn = file.eof()) there.insert(line);
    }
    std::string missing;
    std::size_t count = 0;
    const auto take = [&](const std::string& line) {
        if (there.contains(line)) return;
        missing.append(line).push_back('\n');
        ++count;
    };
    database.read([&](db::Reader& reader) {
        for (std::string after;;) {
            const db::Found page = reader.select(store::kAnchorPage, {after});
            if (page.empty()) break;
            for (std::size_t row = 0; row < page.size(); ++row) take(page.text(row, 1));
            after = page.text(page.size() - 1, 0);
        }
        const db::Found seals = reader.select(store::kSeals);
        for (std::size_t row = 0; row < seals.size(); ++row) take(seals.text(row, 5));
    });
    std::error_code none;
    if (count == 0 && std::filesystem::exists(settings_.file, none)) return count;
    // A line that a crash cut off stays as it is; its whole text follows on a line of its own.
    if (!AppendFile(settings_.file).append(is_torn ? "\n" + missing : missing)) {
        return Error(ledger_error::kAnchorFile, {{"file", settings_.file.string()}});
    }
    return count;
}

bool AnchorHeads::is_due(Instant now) {
    if (now < not_before_ && now < look_again_) return false;
    look_again_ = now + kLookEvery;
    bool due = false;
    database_.read([&](db::Reader& reader) {
        const Instant last = from_us(reader.select(store::kLastAnchorTime).integer(0, 0));
        file_may_lack_ = file_may_lack_ || last != last_anchor_;
        last_anchor_ = last;
        not_before_ = last + anchors_.settings().every;
        if (now < not_before_) return;
        const auto seqs = anchored(reader);
        for (const auto& [slot, head] : Anchors::committed_heads(reader)) due = due || is_newer(seqs, slot, head);
    });
    return due;
}

std::size_t AnchorHeads::step(Instant now) {
    const bool due = is_due(now);
    if (!due && !file_may_lack_) return 0;
    if (due) {
        file_may_lack_ = true;
        if (const Status status = queue_.run(*this, std::make_shared<db::Item>()); !status) {
            failure_ = status.error();
            return 0;
        }
    }
    const Result<std::size_t> appended = anchors_.append_to_file(database_);
    failure_ = appended.ok() ? std::nullopt : std::optional<Error>(appended.error());
    file_may_lack_ = !appended.ok();
    return appended.ok() ? *appended : 0;
}

std::unique_ptr<db::Work> AnchorHeads::begin(std::span<const std::shared_ptr<db::Item>>) {
    return std::make_unique<AnchorWork>(anchors_);
}

}  // namespace huiqiao::ledger
