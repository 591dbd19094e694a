// Which role may call which of the operators' routes: walked over all routes there are, so that a new one without a
// role is found here.

#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "src/api/route_access.h"
#include "src/http/byte_stream.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

struct Person {
    const char* key;
    operators::Role role;
};
constexpr std::array kPersons{Person{"opr_maker", operators::Role::Dealer},
                              Person{"opr_checker", operators::Role::Confirmer},
                              Person{"opr_viewer", operators::Role::Viewer}};

bool is_refusal(const std::string& code) {
    return code == "may_not_make" || code == "may_not_check" || code == "not_your_role";
}

std::string contents(const char* file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<const http::Route*> signed_routes(const ApiDesk& desk) {
    std::vector<const http::Route*> found;
    for (const http::Route* route : desk.operators_router.routes())
        if (route->pattern.starts_with("/v1/ops/")) found.push_back(route);
    return found;
}

}  // namespace

TEST_CASE("every operators' route that changes something names a role, and every name is of a route") {
    each_engine([](TestDatabase& on) {
        const ApiDesk desk(on);
        std::set<std::string> routes;
        for (const http::Route* route : signed_routes(desk)) {
            CAPTURE(route->pattern);
            routes.insert(std::string(http::to_text(route->method)) + " " + route->pattern);
            CHECK(api::access_of(route->method, route->pattern).has_value());
        }
        CHECK(routes.size() > 20);
        for (const api::RouteAccess& each : api::route_accesses()) {
            CAPTURE(each.pattern);
            CHECK(routes.contains(std::string(http::to_text(each.method)) + " " + std::string(each.pattern)));
        }
    });
}

TEST_CASE("SEC-06 each role is let in where the table says so, and nowhere else; a viewer changes nothing") {
    each_engine([](TestDatabase& on) {
        ApiDesk desk(on);
        for (const http::Route* route : signed_routes(desk)) {
            const std::optional<api::Access> access = api::access_of(route->method, route->pattern);
            REQUIRE(access.has_value());
            std::string target = route->pattern;
            if (const std::size_t at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, "none_1");
            for (const Person& person : kPersons) {
                CAPTURE(route->pattern);
                CAPTURE(person.key);
                const bool is_get = route->method == http::Method::Get;
                const std::string before = desk.rows();
                const http::Response answer =
                    desk.send_as(person.key, is_get ? ApiDesk::get(target) : ApiDesk::post(target, "{}"));
                if (answer.stream) answer.stream->end();
                CHECK(is_refusal(ApiDesk::code(answer)) == !api::may(person.role, *access));
                if (api::may(person.role, *access)) continue;
                CHECK(answer.status == 403);
                CHECK(desk.rows() == before);
            }
        }
    });
}

TEST_CASE("a viewer may read, a dealer make, a confirmer check, and none of them the other's") {
    using api::Access;
    using operators::Role;
    const auto line = [](Role role) {
        return std::array{api::may(role, Access::Read), api::may(role, Access::Work), api::may(role, Access::Propose),
                          api::may(role, Access::Confirm)};
    };
    CHECK(line(Role::Viewer) == std::array{true, false, false, false});
    CHECK(line(Role::Dealer) == std::array{true, true, true, false});
    CHECK(line(Role::Confirmer) == std::array{true, true, false, true});
    CHECK_FALSE(api::access_of(http::Method::Post, "/v1/ops/not-there-yet").has_value());
}

TEST_CASE("both READMEs print the table of routes and roles as the program has it") {
    for (const char* file : {"README.md", "README.zh-CN.md"}) {
        const std::string text = contents(file);
        std::size_t rows = 0;
        for (std::size_t at = text.find("| `POST /v1/ops/"); at != std::string::npos;
             at = text.find("| `POST /v1/ops/", at + 1))
            ++rows;
        CHECK(rows == api::route_accesses().size());
        for (const api::RouteAccess& each : api::route_accesses()) {
            std::string role(api::to_text(each.access));
            if (std::string_view(file) == "README.zh-CN.md" && each.access == api::Access::Work)
                role = "dealer 或 confirmer";
            const std::string row = "| `" + std::string(http::to_text(each.method)) + " " + std::string(each.pattern) +
                                    "` | " + role + " |";
            CAPTURE(row);
            CHECK(text.find(row) != std::string::npos);
        }
    }
}
