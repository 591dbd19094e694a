#pragma once
// Which handler answers a method and a path. Segments of a route are fixed ("orders") or named ("{id}"); a fixed
// segment wins over a named one at the same place, so the order of registration does not matter. Two routes that
// would match alike are a LogicError at start. Built once before the server starts, then only read.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/http/message.h"

namespace huiqiao::http {

/// Values of "{name}" segments, decoded, never empty.
class PathParameters {
 public:
    void add(std::string name, std::string value) { values_.emplace_back(std::move(name), std::move(value)); }
    /// LogicError where the route has no such segment.
    [[nodiscard]] const std::string& at(std::string_view name) const;
    [[nodiscard]] bool empty() const { return values_.empty(); }

 private:
    Parameters values_;
};

struct RouteLimits {
    std::size_t max_body_bytes = std::size_t{256} * 1024;
};

using Handler = std::function<Response(const Request&, const PathParameters&)>;

struct Route {
    Method method;
    std::string pattern;  // "/v1/orders/{id}/cancel"; a label for metrics, since it holds no ids
    RouteLimits limits;
    Handler handler;
};

struct Match {
    const Route* route = nullptr;  // nullptr: not found, or not for this method
    PathParameters parameters;
    std::string allow;  // where the path exists with other methods: "GET, POST"
};

class Router {
 public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    void add(Method method, std::string_view pattern, RouteLimits limits, Handler handler);
    void get(std::string_view pattern, Handler handler) { add(Method::Get, pattern, {0}, std::move(handler)); }
    void post(std::string_view pattern, Handler handler) { add(Method::Post, pattern, {}, std::move(handler)); }

    /// The path as received. HEAD is answered by the GET route of the path.
    [[nodiscard]] Match match(Method method, std::string_view path) const;
    /// All routes in order of registration: the inventory that a test compares with the API's description.
    [[nodiscard]] std::vector<const Route*> routes() const;

 private:
    struct Node;
    std::unique_ptr<Node> root_;
    std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace huiqiao::http
