#pragma once
// The head of an HTTP/1.1 request, from bytes: request line, headers, and what they say of the body's length. Pure.
// Strict where a proxy could read it otherwise (RFC 9112): one Host, CRLF only, no folding, no space before a colon,
// one Content-Length of digits only, no Transfer-Encoding at all. Refuses with the status to answer, then the
// connection closes: what follows on it can no longer be trusted.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "src/http/message.h"

namespace huiqiao::http {

struct HeadLimits {
    std::size_t max_bytes;
    int max_headers;
};

struct RequestHead {
    Request request;  // without body
    std::size_t head_bytes = 0;
    std::size_t content_length = 0;
    bool has_content_length = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

struct HeadRefusal {
    int status = 400;
    std::string why;
};

/// Where the head ends, behind its empty line; nullopt while it is not all there. Looks from the given place on.
std::optional<std::size_t> end_of_head(std::string_view bytes, std::size_t from);

/// head: up to and with the empty line. Fills the head or answers why not.
std::optional<HeadRefusal> read_head(std::string_view head, const HeadLimits& limits, RequestHead& out);

}  // namespace huiqiao::http
