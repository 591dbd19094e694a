#include "src/api/query.h"

#include <algorithm>

#include "src/http/json.h"

namespace huiqiao::api {

namespace {

constexpr std::size_t kShown = 40;  // of a stranger's text in an answer

}  // namespace

Status check_query(const http::Request& request, std::initializer_list<std::string_view> known) {
    for (const auto& parameter : request.query) {
        const std::string& name = parameter.first;
        const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
        const auto given = std::count_if(request.query.begin(), request.query.end(),
                                         [&](const auto& other) { return other.first == name; });
        if (is_known && given == 1) continue;
        const bool shown = name.size() <= kShown;  // a longer one is not cut: it could be cut inside a character
        return Error(api_error::kBadQuery, {{"name", shown ? name : "…"}});
    }
    return Done{};
}

Status check_no_body(const http::Request& request) {
    if (request.body.empty()) return Done{};
    const Result<http::Json> body = http::Json::parse(request.body);
    if (!body) return body.error();
    std::vector<Error> errors;
    http::JsonObject(body->root(), errors).finish();
    if (!errors.empty()) return errors.front();
    return Done{};
}

Result<Page> read_page(const http::Request& request, const http::CursorCodec& cursors, std::string_view scope) {
    const Result<int> limit = http::page_size(request);
    if (!limit) return limit.error();
    Page page{*limit, ""};
    if (const std::string* cursor = request.query_value("cursor")) {
        const Result<std::string> place = cursors.read(scope, *cursor);
        if (!place) return place.error();
        page.place = *place;
    }
    return page;
}

}  // namespace huiqiao::api
