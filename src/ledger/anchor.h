#pragma once
// Anchors: the signed heads of the slots' chains, every hour and at the day's close, in a table and in a file outside
// the database (anchor_file.h). Who rewrites the journal with all its hashes still fails against them. It does not
// judge a journal (verify), and does not keep the file (src/flow/keep_anchors.h).

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/crypto/hash_chain.h"
#include "src/crypto/signing_key.h"
#include "src/db/database.h"
#include "src/db/write_queue.h"
#include "src/ledger/anchor_file.h"

namespace huiqiao::ledger {

struct AnchorSettings {
    std::filesystem::path file;  // append-only, outside the database; its folder exists
    std::chrono::seconds every{3600};
    std::string host{};  // whose file it is: the same after each restart

    [[nodiscard]] AnchorPlace place() const { return {host, file}; }
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
    /// When any process anchored last; the beginning of time where none did.
    static Instant last_at(db::Reader& reader);
    /// Whether a slot has booked behind its last anchor.
    static bool has_news(db::Reader& reader);

    [[nodiscard]] const crypto::SigningKey& key() const { return key_; }
    [[nodiscard]] const AnchorSettings& settings() const { return settings_; }

 private:
    const crypto::SigningKey& key_;
    AnchorSettings settings_;
};

}  // namespace huiqiao::ledger
