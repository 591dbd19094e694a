#pragma once
// Where a webhook may go. Our side sends what a platform asks for, so the address must not lead into our own network:
// https on port 443 or 8443, no user, no fragment, a name or a public address. Loopback over http only where the
// service itself stands on loopback (demo, tests). A name's addresses are judged by is_public_address when it is
// resolved: at registration and before each round of tries.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace huiqiao::events {

struct WebhookUrl {
    std::string base_url;     // "https://shop.example:8443"
    std::string target;       // "/hooks?x=1", at least "/"
    std::string host;         // without brackets
    bool is_literal = false;  // the host is an address
};

/// kBadWebhookUrl with why. At most 2,000 characters.
Result<WebhookUrl> parse_webhook_url(std::string_view url, bool allow_loopback);

/// False for private, loopback, link-local, shared, documentation, multicast and reserved ranges, IPv4 and IPv6 (also
/// IPv4 inside IPv6), and for what is no address at all.
bool is_public_address(std::string_view address);
bool is_loopback_address(std::string_view address);

/// Addresses of a name, as text; empty where it has none. The system's resolver in production.
using Resolve = std::function<std::vector<std::string>(const std::string& host)>;
std::vector<std::string> resolve_by_system(const std::string& host);

/// Every address of its host may be sent to.
bool leads_outside(const WebhookUrl& url, const Resolve& resolve, bool allow_loopback);

namespace event_error {
inline constexpr ErrorCode kBadWebhookUrl{"bad_webhook_url", ErrorGroup::Rule,
                                          "Webhooks cannot be sent to this address: {why}.",
                                          "无法向该地址发送回调：{why}。"};
}  // namespace event_error

}  // namespace huiqiao::events
