#include "src/calls/wire_text.h"

#include <charconv>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::calls {

namespace {

void put(std::string& out, std::string_view text) {
    out += std::to_string(text.size());
    out += ':';
    out += text;
}

void put_headers(std::string& out, const std::vector<std::pair<std::string, std::string>>& headers) {
    put(out, std::to_string(headers.size()));
    for (const auto& [name, value] : headers) {
        put(out, name);
        put(out, value);
    }
}

class Taking {
 public:
    explicit Taking(std::string_view text) : text_(text) {}

    std::string take() {
        std::size_t length = 0;
        const char* end = text_.data() + text_.size();
        const auto [after, error] = std::from_chars(text_.data(), end, length);
        if (error != std::errc() || after == end || *after != ':') throw LogicError("a stored message cannot be read");
        text_.remove_prefix(static_cast<std::size_t>(after - text_.data()) + 1);
        if (length > text_.size()) throw LogicError("a stored message is cut short");
        std::string taken(text_.substr(0, length));
        text_.remove_prefix(length);
        return taken;
    }
    int number() { return std::stoi(take()); }
    std::vector<std::pair<std::string, std::string>> headers() {
        std::vector<std::pair<std::string, std::string>> all(static_cast<std::size_t>(number()));
        for (auto& [name, value] : all) {
            name = take();
            value = take();
        }
        return all;
    }

 private:
    std::string_view text_;
};

}  // namespace

std::string encode(const WireRequest& request) {
    std::string out;
    out.reserve(request.body.size() + 512);
    put(out, request.method);
    put(out, request.target);
    put_headers(out, request.headers);
    put(out, request.body);
    return out;
}

WireRequest decode_request(std::string_view text) {
    Taking taking(text);
    WireRequest request;
    request.method = taking.take();
    request.target = taking.take();
    request.headers = taking.headers();
    request.body = taking.take();
    return request;
}

std::string encode(const WireAnswer& answer, std::size_t max_body) {
    std::string out;
    const std::string_view body = std::string_view(answer.body).substr(0, max_body);
    out.reserve(body.size() + 512);
    put(out, std::to_string(static_cast<int>(answer.kind)));
    put(out, std::to_string(answer.status));
    put_headers(out, answer.headers);
    put(out, body);
    put(out, answer.why);
    return out;
}

WireAnswer decode_answer(std::string_view text) {
    Taking taking(text);
    WireAnswer answer;
    answer.kind = static_cast<WireAnswer::Kind>(taking.number());
    answer.status = taking.number();
    answer.headers = taking.headers();
    answer.body = taking.take();
    answer.why = taking.take();
    return answer;
}

std::string request_hash(const WireRequest& request) {
    return hash_of_encoded(encode(request));
}

std::string hash_of_encoded(std::string_view encoded) {
    return hex(crypto::sha256(encoded));
}

}  // namespace huiqiao::calls
