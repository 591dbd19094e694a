#include "src/http/message.h"

#include <algorithm>
#include <array>

#include "src/http/utf8.h"

namespace huiqiao::http {

namespace {

constexpr std::size_t kMaxQueryParameters = 64;

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::array<bool, 256> characters(std::string_view besides_alphanumeric) {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c) table[static_cast<std::size_t>(c)] = c < 128 && is_alphanumeric(static_cast<char>(c));
    for (const char c : besides_alphanumeric) table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr auto kToken = characters("!#$%&'*+-.^_`|~");
constexpr auto kUnreserved = characters("-._~");
// RFC 3986: pchar, '/' and '?'; everything else must come percent-encoded.
constexpr auto kTarget = characters("-._~%!$&'()*+,;=:@/?");

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Segments that a proxy could resolve differently from us are refused, also in their encoded spelling.
bool is_plain_path(std::string_view path) {
    if (path == "/") return true;
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t slash = std::min(path.find('/', at), path.size());
        const auto segment = percent_decode(path.substr(at, slash - at), false);
        if (!segment || segment->empty() || *segment == "." || *segment == "..") return false;
        if (segment->find('/') != std::string::npos || segment->find('\\') != std::string::npos) return false;
        at = slash + 1;
    }
    return true;
}

std::optional<Parameters> read_query(std::string_view raw) {
    Parameters parameters;
    if (raw.empty()) return parameters;
    for (std::size_t at = 0; at <= raw.size();) {
        const std::size_t end = std::min(raw.find('&', at), raw.size());
        const std::string_view pair = raw.substr(at, end - at);
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        auto value =
            percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!name || !value || name->empty() || parameters.size() == kMaxQueryParameters) return std::nullopt;
        parameters.emplace_back(std::move(*name), std::move(*value));
        at = end + 1;
    }
    return parameters;
}

}  // namespace

std::string_view to_text(Method method) {
    switch (method) {
        case Method::Get: return "GET";
        case Method::Head: return "HEAD";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Patch: return "PATCH";
        case Method::Delete: return "DELETE";
        case Method::Options: return "OPTIONS";
    }
    throw LogicError("unnamed method");
}

std::optional<Method> method_from_text(std::string_view text) {
    for (const Method method :
         {Method::Get, Method::Post, Method::Put, Method::Delete, Method::Patch, Method::Head, Method::Options}) {
        if (to_text(method) == text) return method;
    }
    return std::nullopt;
}

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    for (const auto& [name, value] : fields) add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
    if (!is_name(name)) throw LogicError("not a header's name");
    if (!is_value(value)) throw LogicError("not a value of a header: " + std::string(name));
    fields_.emplace_back(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
}

const std::string* Headers::find(std::string_view name) const {
    for (const auto& [key, value] : fields_) {
        if (same_name(key, name)) return &value;
    }
    return nullptr;
}

const std::string* Headers::only(std::string_view name) const {
    return count(name) == 1 ? find(name) : nullptr;
}

std::string_view Headers::value(std::string_view name) const {
    const std::string* found = find(name);
    return found ? std::string_view(*found) : std::string_view();
}

std::size_t Headers::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_name(field.first, name); }));
}

bool Headers::is_name(std::string_view text) {
    return !text.empty() && text.size() <= 256 &&
           std::all_of(text.begin(), text.end(), [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool Headers::is_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool Headers::same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Request::query_value(std::string_view name) const {
    const std::string* found = nullptr;
    for (const auto& [key, value] : query) {
        if (key != name) continue;
        if (found) return nullptr;
        found = &value;
    }
    return found;
}

Response Response::json(int status, std::string body) {
    return text(status, std::move(body), "application/json");
}

Response Response::text(int status, std::string body, std::string_view content_type) {
    return {status, Headers{{"Content-Type", content_type}}, std::move(body)};
}

std::string_view reason(int status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        default: return "";
    }
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (c == '%') {
            if (at + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[at + 1]);
            const int low = hex_digit(text[at + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            at += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (is_control(c)) return std::nullopt;
        decoded += c;
    }
    if (!is_utf8(decoded)) return std::nullopt;
    return decoded;
}

std::string percent_encode(std::string_view text) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (kUnreserved[byte]) {
            encoded += c;
        } else {
            encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    }
    return encoded;
}

Status set_target(Request& request, std::string_view target) {
    const Error bad(http_error::kBadTarget);
    if (target.empty() || target.front() != '/') return bad;
    if (!std::all_of(target.begin(), target.end(), [](char c) { return kTarget[static_cast<unsigned char>(c)]; }))
        return bad;
    const std::size_t question = target.find('?');
    const std::string_view path = target.substr(0, question);
    const std::string_view raw_query = question == std::string_view::npos ? "" : target.substr(question + 1);
    if (!is_plain_path(path)) return bad;
    auto query = read_query(raw_query);
    if (!query) return bad;
    request.target = target;
    request.path = path;
    request.raw_query = raw_query;
    request.query = std::move(*query);
    return Done{};
}

}  // namespace huiqiao::http
