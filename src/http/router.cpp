#include "src/http/router.h"

#include <algorithm>
#include <map>
#include <span>

namespace huiqiao::http {

/// One segment of the tree of routes.
struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
    std::unique_ptr<Node> named;
    std::string name;  // of the named child
    std::map<Method, const Route*> routes;
};

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t at = 1; at < path.size();) {
        const std::size_t slash = std::min(path.find('/', at), path.size());
        segments.push_back(path.substr(at, slash - at));
        at = slash + 1;
    }
    return segments;
}

template <class Node>
// As deep as the path has segments. NOLINTNEXTLINE(misc-no-recursion)
const Node* descend(const Node& node, std::span<const std::string_view> rest, PathParameters& parameters) {
    if (rest.empty()) return node.routes.empty() ? nullptr : &node;
    if (const auto fixed = node.fixed.find(rest.front()); fixed != node.fixed.end()) {
        if (const Node* found = descend(*fixed->second, rest.subspan(1), parameters)) return found;
    }
    if (!node.named) return nullptr;
    auto value = percent_decode(rest.front(), false);
    if (!value || value->empty()) return nullptr;
    PathParameters with = parameters;
    with.add(node.name, std::move(*value));
    const Node* found = descend(*node.named, rest.subspan(1), with);
    if (found) parameters = std::move(with);
    return found;
}

}  // namespace

const std::string& PathParameters::at(std::string_view name) const {
    for (const auto& [key, value] : values_) {
        if (key == name) return value;
    }
    throw LogicError("this route has no segment {" + std::string(name) + "}");
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, RouteLimits limits, Handler handler) {
    if (pattern.empty() || pattern.front() != '/' || !handler) throw LogicError("not a route: " + std::string(pattern));
    Node* node = root_.get();
    for (const std::string_view segment : segments_of(pattern)) {
        if (segment.empty()) throw LogicError("empty segment in route " + std::string(pattern));
        if (segment.front() != '{') {
            auto& child = node->fixed[std::string(segment)];
            if (!child) child = std::make_unique<Node>();
            node = child.get();
            continue;
        }
        const std::string name(segment.substr(1, segment.size() - 2));
        if (segment.back() != '}' || name.empty()) throw LogicError("bad segment in route " + std::string(pattern));
        if (!node->named) {
            node->named = std::make_unique<Node>();
            node->name = name;
        }
        if (node->name != name) throw LogicError("two names for one segment in route " + std::string(pattern));
        node = node->named.get();
    }
    routes_.push_back(std::make_unique<Route>(Route{method, std::string(pattern), limits, std::move(handler)}));
    if (!node->routes.emplace(method, routes_.back().get()).second) {
        throw LogicError("route registered twice: " + std::string(pattern));
    }
}

Match Router::match(Method method, std::string_view path) const {
    Match match;
    if (path.empty() || path.front() != '/' || (path.size() > 1 && path.back() == '/')) return match;
    const auto segments = segments_of(path);
    const Node* node = descend<Node>(*root_, segments, match.parameters);
    if (!node) return match;
    auto found = node->routes.find(method);
    if (found == node->routes.end() && method == Method::Head) found = node->routes.find(Method::Get);
    if (found != node->routes.end()) {
        match.route = found->second;
        return match;
    }
    for (const auto& [allowed, route] : node->routes) {
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += to_text(allowed);
    }
    return match;
}

std::vector<const Route*> Router::routes() const {
    std::vector<const Route*> all;
    for (const auto& route : routes_) all.push_back(route.get());
    return all;
}

}  // namespace huiqiao::http
