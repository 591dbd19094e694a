#include "src/events/webhook_url.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

namespace huiqiao::events {

namespace {

constexpr std::size_t kMostCharacters = 2'000;

struct Range4 {
    std::uint32_t network;
    int bits;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return (a << 24) | (b << 16) | (c << 8) | d;
}

// IANA special-purpose registry: nothing in these is somebody's public server.
constexpr std::array kRefused4{
    Range4{ip(0, 0, 0, 0), 8},      Range4{ip(10, 0, 0, 0), 8},     Range4{ip(100, 64, 0, 0), 10},
    Range4{ip(127, 0, 0, 0), 8},    Range4{ip(169, 254, 0, 0), 16}, Range4{ip(172, 16, 0, 0), 12},
    Range4{ip(192, 0, 0, 0), 24},   Range4{ip(192, 0, 2, 0), 24},   Range4{ip(192, 88, 99, 0), 24},
    Range4{ip(192, 168, 0, 0), 16}, Range4{ip(198, 18, 0, 0), 15},  Range4{ip(198, 51, 100, 0), 24},
    Range4{ip(203, 0, 113, 0), 24}, Range4{ip(224, 0, 0, 0), 4},    Range4{ip(240, 0, 0, 0), 4}};

bool is_public4(std::uint32_t address) {
    return std::none_of(kRefused4.begin(), kRefused4.end(), [address](const Range4& range) {
        const std::uint32_t mask = ~std::uint32_t{0} << (32 - range.bits);
        return (address & mask) == range.network;
    });
}

using Address6 = std::array<std::uint8_t, 16>;

std::optional<std::uint32_t> parse4(std::string_view text) {
    in_addr address{};
    if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
    return ntohl(address.s_addr);
}

std::optional<Address6> parse6(std::string_view text) {
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return std::nullopt;
    Address6 bytes{};
    std::memcpy(bytes.data(), address.s6_addr, bytes.size());
    return bytes;
}

std::uint32_t word(const Address6& a, std::size_t at) {
    return ip(a[at], a[at + 1], a[at + 2], a[at + 3]);
}

/// Only 2000::/3 is handed out, less what translates or documents: there an IPv4 address may hide.
bool is_public6(const Address6& a) {
    const std::uint32_t first = word(a, 0);
    if (first == 0 && word(a, 4) == 0 && word(a, 8) == 0xFFFF) return is_public4(word(a, 12));  // ::ffff:a.b.c.d
    if ((a[0] & 0xE0) != 0x20) return false;
    if (first == 0x20010000 || first == 0x20010DB8) return false;  // Teredo, documentation
    if ((first >> 16) == 0x2002) return false;                     // 6to4
    return (first >> 16) != 0x3FFF;                                // documentation
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > 253 || host.find('.') == std::string_view::npos) return false;
    if (host.front() == '.' || host.back() == '.' || host.find("..") != std::string_view::npos) return false;
    // A last label of digits only would be read as an address by some resolvers ("0x7f.1", "2130706433").
    const std::string_view last = host.substr(host.rfind('.') + 1);
    if (last.empty() || last.front() < 'a' || last.front() > 'z') return false;
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

bool is_target(std::string_view target) {
    return std::all_of(target.begin(), target.end(), [](char c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '#' && c != '^' &&
               c != '`' && c != '{' && c != '|' && c != '}';
    });
}

Error refuse(const char* why) {
    return Error(event_error::kBadWebhookUrl, {{"why", why}});
}

/// A port of up to five digits without leading zero; nullopt where it is none.
std::optional<int> parse_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || text.front() == '0') return std::nullopt;
    int port = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        port = port * 10 + (c - '0');
    }
    return port <= 65'535 ? std::optional(port) : std::nullopt;
}

// Who tries it on one machine meets these first, so they name the setting.
constexpr const char* kNotSecure =
    "it must begin with https:// (or, for trials on one machine, with http://127.0.0.1 where [webhooks] allow_loopback "
    "is yes)";
constexpr const char* kNotPublic =
    "its address is not public (for trials on one machine 127.0.0.1 is taken where [webhooks] allow_loopback is yes)";

}  // namespace

bool is_public_address(std::string_view address) {
    if (const auto four = parse4(address)) return is_public4(*four);
    const auto six = parse6(address);
    return six && is_public6(*six);
}

bool is_loopback_address(std::string_view address) {
    if (const auto four = parse4(address)) return (*four >> 24) == 127;
    return address == "::1";
}

Result<WebhookUrl> parse_webhook_url(std::string_view url, bool allow_loopback) {
    if (url.size() > kMostCharacters) return refuse("it is longer than 2000 characters");
    const bool secure = url.starts_with("https://");
    if (!secure && !(allow_loopback && url.starts_with("http://"))) return refuse(kNotSecure);
    const std::string_view rest = url.substr(secure ? 8 : 7);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return refuse("it names a user");

    WebhookUrl parsed;
    std::string_view port_text;
    if (authority.starts_with('[')) {
        const std::size_t close = authority.find(']');
        if (close == std::string_view::npos) return refuse("its host is not readable");
        parsed.host = authority.substr(1, close - 1);
        if (!parse6(parsed.host)) return refuse("its host is not readable");
        if (close + 1 < authority.size() && authority[close + 1] != ':') return refuse("its port is not readable");
        if (close + 1 < authority.size()) port_text = authority.substr(close + 2);
        if (close + 1 < authority.size() && port_text.empty()) return refuse("its port is not readable");
        parsed.is_literal = true;
    } else {
        const std::size_t colon = authority.find(':');
        parsed.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) {
            port_text = authority.substr(colon + 1);
            if (port_text.empty()) return refuse("its port is not readable");
        }
        parsed.is_literal = parse4(parsed.host).has_value();
        if (!parsed.is_literal && !is_host_name(parsed.host))
            return refuse("its host is not a full name in lower case");
    }
    const bool loopback = allow_loopback && parsed.is_literal && is_loopback_address(parsed.host);
    if (parsed.is_literal && !loopback && !is_public_address(parsed.host)) return refuse(kNotPublic);
    if (!secure && !loopback) return refuse(kNotSecure);
    if (!port_text.empty()) {
        const std::optional<int> port = parse_port(port_text);
        if (!port) return refuse("its port is not readable");
        if (!loopback && *port != 443 && *port != 8443) return refuse("its port must be 443 or 8443");
    }
    const std::string_view target = rest.substr(end);
    if (!is_target(target)) return refuse("its path holds a character that must be encoded, or a fragment");
    parsed.base_url = std::string(url.substr(0, url.size() - target.size()));
    parsed.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
    return parsed;
}

std::vector<std::string> resolve_by_system(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
    std::vector<std::string> addresses;
    for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) {
            addresses.emplace_back(text);
        }
    }
    return addresses;
}

bool leads_outside(const WebhookUrl& url, const Resolve& resolve, bool allow_loopback) {
    const std::vector<std::string> addresses = url.is_literal ? std::vector{url.host} : resolve(url.host);
    return !addresses.empty() && std::all_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
        // A name never leads to loopback, even where literal loopback is allowed: that would let a name rebind.
        return is_public_address(address) || (allow_loopback && url.is_literal && is_loopback_address(address));
    });
}

}  // namespace huiqiao::events
