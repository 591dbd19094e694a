#include "src/api/request_store.h"

#include <algorithm>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::api {

namespace {

constexpr db::Select kKept{
    "SELECT idem_key, request_id, fingerprint, status, sealed_answer FROM idempotency_key WHERE idem_key IN (:list)",
    "tttit"};
constexpr db::Update kKeep{"idempotency_key", "idem_key", "status, sealed_answer", "tit"};
constexpr db::Command kRelease{"DELETE FROM idempotency_key WHERE idem_key IN (:list)"};
constexpr db::Select kOldNonces{
    "SELECT nonce_key FROM request_nonce WHERE expires_at < :p1 ORDER BY expires_at LIMIT :p2", "t"};
constexpr db::Command kDropNonces{"DELETE FROM request_nonce WHERE nonce_key IN (:list)"};
constexpr db::Select kOldKeys{
    "SELECT idem_key FROM idempotency_key WHERE expires_at < :p1 ORDER BY expires_at LIMIT :p2", "t"};

std::int64_t drop_old(db::Tx& tx, const db::Select& which, const db::Command& drop, Instant now, int at_most) {
    const db::Found found = tx.select(which, {now, at_most});
    std::vector<std::string> keys;
    for (std::size_t row = 0; row < found.size(); ++row) keys.push_back(found.text(row, 0));
    return keys.empty() ? 0 : tx.execute(drop, {}, keys);
}

}  // namespace

std::string nonce_key(std::string_view key_id, std::string_view nonce) {
    return std::string(key_id) + "|" + std::string(nonce);
}

std::string idempotency_key(std::string_view platform_id, std::string_view key) {
    return std::string(platform_id) + "|" + std::string(key);
}

bool is_idempotency_key(std::string_view key) {
    return key.size() >= 16 && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
                      c == '-';
           });
}

std::string request_fingerprint(std::string_view method, std::string_view target, std::string_view body) {
    std::string text;
    text.reserve(method.size() + target.size() + body.size() + 2);
    text.append(method).append("\n").append(target).append("\n").append(body);
    return hex(crypto::sha256(text));
}

std::map<std::string, KeptAnswer> RequestStore::kept(db::Reader& reader, std::span<const std::string> keys) {
    std::map<std::string, KeptAnswer> answers;
    if (keys.empty()) return answers;
    const db::Found found = reader.select(kKept, {}, keys);
    for (std::size_t row = 0; row < found.size(); ++row) {
        answers[found.text(row, 0)] = {found.text(row, 1), found.text(row, 2), static_cast<int>(found.integer(row, 3)),
                                       found.text(row, 4)};
    }
    return answers;
}

void RequestStore::keep(db::Tx& tx, const db::Rows& rows) {
    if (!rows.empty()) tx.update(kKeep, rows);
}

void RequestStore::release(db::Tx& tx, std::span<const std::string> keys) {
    if (!keys.empty()) tx.execute(kRelease, {}, keys);
}

bool RequestStore::any_expired(db::Reader& reader, Instant now) {
    return !reader.select(kOldNonces, {now, 1}).empty() || !reader.select(kOldKeys, {now, 1}).empty();
}

std::int64_t RequestStore::prune(db::Tx& tx, Instant now, int at_most) {
    return drop_old(tx, kOldNonces, kDropNonces, now, at_most) + drop_old(tx, kOldKeys, kRelease, now, at_most);
}

}  // namespace huiqiao::api
