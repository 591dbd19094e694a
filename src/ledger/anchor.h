#pragma once
// Anchors: the signed heads of the slots' chains, every hour and at the day's close, in a table and in a file outside
// the database. Who rewrites the journal with all its hashes still fails against them. It does not judge a journal
// (verify).

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/crypto/hash_chain.h"
#include "src/crypto/signing_key.h"
#include "src/db/database.h"
#include "src/db/write_queue.h"

namespace huiqiao::ledger {

struct AnchorSettings {
    std::filesystem::path file;  // append-only, outside the database; its folder exists
    std::chrono::seconds every{3600};
};

/// The end of one slot's chain.
struct Head {
    std::int64_t seq = 0;
    std::string hash;  // hex
};

class Anchors {
 public:
    Anchors(const crypto::SigningKey& key, AnchorSettings settings) : key_(key), settings_(std::move(settings)) {}

    /// The heads of all slots that have booked, as committed.
    static std::map<std::int64_t, Head> committed_heads(db::Reader& reader);
    /// The same as this group sees them, its own slot's with what it has booked so far.
    static std::map<std::int64_t, Head> heads(db::Group& group);
    /// Signs the heads that no anchor has yet; in this group's COMMIT. reason: "hour" or "close".
    void write(db::Group& group, std::string_view reason) const;
    /// Appends to the file, durably, every line of the tables (anchors and day seals) that it does not have: also what
    /// a crash between COMMIT and file left out, or another process anchored. The file is made even where there is no
    /// line yet, so that one that is absent later was taken away. Returns how many; kAnchorFile where it cannot be
    /// written.
    Result<std::size_t> append_to_file(db::Database& database) const;

    [[nodiscard]] const crypto::SigningKey& key() const { return key_; }
    [[nodiscard]] const AnchorSettings& settings() const { return settings_; }

 private:
    const crypto::SigningKey& key_;
    AnchorSettings settings_;
};

/// The hourly work: one set of anchors, then the file.
class AnchorHeads final : public db::Operation {
 public:
    AnchorHeads(db::Database& database, db::WriteQueue& queue, const Anchors& anchors)
        : database_(database), queue_(queue), anchors_(anchors) {}

    /// Anchors when the last time is at least an hour ago and something was booked since, and completes the file.
    /// Returns how many lines the file gained. What could not be done is tried again with the next step, and told by
    /// failure() until it is done.
    std::size_t step(Instant now);
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

    [[nodiscard]] std::string_view name() const override { return "anchor_heads"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    const Anchors& anchors_;
    [[nodiscard]] bool is_due(Instant now);

    static constexpr std::chrono::seconds kLookEvery{60};  // for what other processes anchored
    Instant not_before_{};                                 // as far as the last look at the database told
    Instant look_again_{};
    Instant last_anchor_{};  // of any process
    std::optional<Error> failure_;
    bool file_may_lack_ = true;  // lines of before the start, or of a failed try
};

namespace ledger_error {
inline constexpr ErrorCode kAnchorFile{
    "anchor_file", ErrorGroup::Retry,
    "The file of anchors {file} cannot be written. The anchors stand in the database; "
    "the file is completed with the next try.",
    "锚定文件 {file} 无法写入。锚定已存入数据库，下次将补写文件。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
