#include "src/http/request_head.h"

#include <algorithm>
#include <charconv>

namespace huiqiao::http {

namespace {

constexpr std::string_view kSpace = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool has_token(std::string_view list, std::string_view token) {
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t comma = std::min(list.find(',', at), list.size());
        if (Headers::same_name(trimmed(list.substr(at, comma - at)), token)) return true;
        at = comma + 1;
    }
    return false;
}

std::optional<HeadRefusal> read_request_line(std::string_view line, RequestHead& out) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) return HeadRefusal{400, "the request line is not 'METHOD target HTTP/1.1'"};
    const std::string_view name = line.substr(0, first);
    const std::string_view version = line.substr(second + 1);
    if (!Headers::is_name(name)) return HeadRefusal{400, "the method is not a token"};
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return HeadRefusal{505, "only HTTP/1.1 and HTTP/1.0 are spoken"};
    const auto method = method_from_text(name);
    if (!method) return HeadRefusal{501, "the method is not known"};
    out.request.method = *method;
    out.keep_alive = version == "HTTP/1.1";
    if (!set_target(out.request, line.substr(first + 1, second - first - 1)).ok()) {
        return HeadRefusal{400, "the target is not a valid path and query"};
    }
    return std::nullopt;
}

std::optional<HeadRefusal> read_length(RequestHead& out) {
    const Headers& headers = out.request.headers;
    const std::size_t lengths = headers.count("Content-Length");
    if (headers.count("Transfer-Encoding") > 0) {
        // Only one reading of a body's end may exist; bodies here always say their length.
        if (lengths > 0) return HeadRefusal{400, "Content-Length beside Transfer-Encoding"};
        return HeadRefusal{411, "Transfer-Encoding is not accepted: send Content-Length"};
    }
    if (lengths > 1) return HeadRefusal{400, "more than one Content-Length"};
    if (lengths == 1) {
        const std::string& text = *headers.find("Content-Length");
        const char* end = text.data() + text.size();
        const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
        const auto read = std::from_chars(text.data(), end, out.content_length);
        if (!digits || read.ec != std::errc() || read.ptr != end)
            return HeadRefusal{400, "Content-Length is not a number"};
        out.has_content_length = true;
        return std::nullopt;
    }
    const Method method = out.request.method;
    if (method == Method::Post || method == Method::Put || method == Method::Patch) {
        return HeadRefusal{411, "Content-Length is missing"};
    }
    return std::nullopt;
}

std::optional<HeadRefusal> read_meaning(RequestHead& out) {
    const Headers& headers = out.request.headers;
    const std::string* host = headers.only("Host");
    if (!host || host->empty() || host->find_first_of(" \t,/@?#") != std::string::npos) {
        return HeadRefusal{400, "exactly one Host is needed"};
    }
    for (const auto& [name, value] : headers.all()) {
        if (!Headers::same_name(name, "Connection")) continue;
        if (has_token(value, "close")) out.keep_alive = false;
    }
    if (const std::string* expected = headers.find("Expect")) {
        if (!Headers::same_name(*expected, "100-continue"))
            return HeadRefusal{417, "only 100-continue can be expected"};
        out.expects_continue = true;
    }
    // Bodies are read as they are: nothing here unpacks.
    if (headers.count("Content-Encoding") > 0 && headers.value("Content-Encoding") != "identity") {
        return HeadRefusal{415, "compressed bodies are not accepted"};
    }
    return read_length(out);
}

}  // namespace

std::optional<std::size_t> end_of_head(std::string_view bytes, std::size_t from) {
    const std::size_t end = bytes.find("\r\n\r\n", from < 3 ? 0 : from - 3);
    if (end == std::string_view::npos) return std::nullopt;
    return end + 4;
}

std::optional<HeadRefusal> read_head(std::string_view head, const HeadLimits& limits, RequestHead& out) {
    if (head.size() > limits.max_bytes) return HeadRefusal{431, "the headers are too large"};
    out.head_bytes = head.size();
    const std::size_t first_end = head.find("\r\n");
    if (const auto refusal = read_request_line(head.substr(0, first_end), out)) return refusal;

    int count = 0;
    for (std::size_t at = first_end + 2; at + 2 < head.size();) {
        const std::size_t end = head.find("\r\n", at);
        const std::string_view line = head.substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (++count > limits.max_headers) return HeadRefusal{431, "too many headers"};
        // A folded line begins with a space and so has no name; a space before the colon is no token either.
        if (colon == std::string_view::npos || !Headers::is_name(line.substr(0, colon))) {
            return HeadRefusal{400, "a header has no valid name"};
        }
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (!Headers::is_value(value)) return HeadRefusal{400, "a header's value holds a control character"};
        out.request.headers.add(line.substr(0, colon), value);
        at = end + 2;
    }
    return read_meaning(out);
}

}  // namespace huiqiao::http
