#include "src/http/cursor.h"

#include <algorithm>
#include <charconv>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::http {

namespace {

constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kMinKeyBytes = 16;

// The scope's length stands before it, so that no scope and place read as another pair.
crypto::Digest256 mac(const Secret& key, std::string_view scope, std::string_view place) {
    std::string message = "cursor:" + std::to_string(scope.size()) + ':';
    message += scope;
    message += place;
    return crypto::hmac_sha256(key.reveal(), as_bytes(message));
}

}  // namespace

CursorCodec::CursorCodec(Secret key) : key_(std::move(key)) {
    if (key_.reveal().size() < kMinKeyBytes) throw LogicError("the cursor key is shorter than 16 bytes");
}

std::string CursorCodec::write(std::string_view scope, std::string_view place) const {
    const auto digest = mac(key_, scope, place);
    Bytes bytes(digest.begin(), digest.begin() + kMacBytes);
    bytes.insert(bytes.end(), place.begin(), place.end());
    return base64url(bytes);
}

Result<std::string> CursorCodec::read(std::string_view scope, std::string_view cursor) const {
    const auto bytes = from_base64url(cursor);
    if (!bytes || bytes->size() < kMacBytes) return Error(http_error::kBadCursor);
    std::string place(bytes->begin() + kMacBytes, bytes->end());
    const auto digest = mac(key_, scope, place);
    if (!crypto::constant_time_equal(std::span(*bytes).first(kMacBytes), std::span(digest).first(kMacBytes))) {
        return Error(http_error::kBadCursor);
    }
    return place;
}

Result<int> page_size(const Request& request) {
    const auto given = std::count_if(request.query.begin(), request.query.end(),
                                     [](const auto& parameter) { return parameter.first == "limit"; });
    if (given == 0) return kDefaultPageSize;
    const std::string* text = request.query_value("limit");
    int limit = 0;
    if (text) {
        const char* end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, limit);
        if (read.ec != std::errc() || read.ptr != end || text->front() == '0') limit = 0;
    }
    if (limit < 1 || limit > kMaxPageSize) {
        return Error(http_error::kBadPageSize, {{"most", std::to_string(kMaxPageSize)}});
    }
    return limit;
}

}  // namespace huiqiao::http
