#include <doctest/doctest.h>

#include "src/http/cursor.h"
#include "src/http/json.h"
#include "src/http/metrics.h"
#include "src/http/problem.h"

using namespace huiqiao;
using namespace huiqiao::http;

namespace {

constexpr ErrorCode kSample{"sample", ErrorGroup::Rule, "No {what}.", "没有{what}。"};
constexpr ErrorCode kUnsure{"unsure", ErrorGroup::Unknown, "May have happened.", "可能已发生。"};

}  // namespace

TEST_CASE("every error group has its status") {
    const std::vector<std::pair<ErrorGroup, int>> rows{
        {ErrorGroup::Syntax, 400},   {ErrorGroup::Unauthenticated, 401}, {ErrorGroup::Forbidden, 403},
        {ErrorGroup::NotFound, 404}, {ErrorGroup::Conflict, 409},        {ErrorGroup::TooLarge, 413},
        {ErrorGroup::Rule, 422},     {ErrorGroup::Declined, 422},        {ErrorGroup::Throttled, 429},
        {ErrorGroup::Retry, 503},    {ErrorGroup::Unknown, 503},         {ErrorGroup::Internal, 500}};
    for (const auto& [group, status] : rows) {
        CHECK(status_of(group) == status);
        CHECK(is_retryable(group) == (status == 429 || status == 503));
    }
}

TEST_CASE("a problem names all faults in both languages") {
    const std::vector<Error> errors{Error(kSample, {{"what", "tea"}}, "/drink"),
                                    Error(json_error::kMissingField, {{"field", "cup"}}, "/cup")};
    const Response response = problem(errors, "req_1");
    CHECK(response.status == 422);
    CHECK(response.headers.value("content-type") == "application/problem+json");
    CHECK(response.headers.count("Retry-After") == 0);
    const auto json = Json::parse(response.body);
    REQUIRE(json.ok());
    const auto root = json->root();
    CHECK(root.find("type")->text() == "urn:huiqiao:problem:sample");
    CHECK(root.find("status")->integer() == 422);
    CHECK(root.find("code")->text() == "sample");
    CHECK(root.find("detail")->text() == "No tea.");
    CHECK(root.find("detail_zh")->text() == "没有tea。");
    CHECK(root.find("retryable")->boolean() == false);
    CHECK(root.find("effect")->text() == "none");
    CHECK(root.find("request_id")->text() == "req_1");
    const auto items = root.find("errors")->items();
    REQUIRE(items.size() == 2);
    CHECK(items[1].find("pointer")->text() == "/cup");
    CHECK(items[1].find("code")->text() == "missing_field");
}

TEST_CASE("an unknown outcome is said to be one, and says when to ask again") {
    const Response response = problem(Error(kUnsure), "", 7);
    CHECK(response.status == 503);
    CHECK(response.headers.value("Retry-After") == "7");
    const auto json = Json::parse(response.body);
    CHECK(json->root().find("effect")->text() == "unknown");
    CHECK(json->root().find("retryable")->boolean());
    CHECK(json->root().find("errors")->items().empty());
    CHECK_THROWS_AS(problem(std::vector<Error>()), LogicError);
    CHECK(problem_as(431, Error(http_error::kBadRequest, {{"why", "x"}})).status == 431);
}

TEST_CASE("a cursor is read only where it was written, and not changed") {
    const CursorCodec codec(Secret("0123456789abcdef"));
    const std::string cursor = codec.write("orders:plt_1", "ord_7");
    CHECK(codec.read("orders:plt_1", cursor).value() == "ord_7");
    CHECK_FALSE(codec.read("orders:plt_2", cursor).ok());
    CHECK_FALSE(codec.read("orders:plt_1", "").ok());
    CHECK_FALSE(codec.read("orders:plt_1", "b3JkXzc").ok());
    CHECK_FALSE(CursorCodec(Secret("another key, 16+")).read("orders:plt_1", cursor).ok());
    for (std::size_t at = 0; at < cursor.size(); ++at) {
        std::string changed = cursor;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        CAPTURE(at);
        CHECK_FALSE(codec.read("orders:plt_1", changed).ok());
    }
    CHECK(codec.read("", codec.write("", "")).value() == "");
    CHECK_THROWS_AS(CursorCodec(Secret("short")), LogicError);
}

TEST_CASE("INP-09: a page has 1 to 200 rows") {
    const auto size = [](const char* target) {
        Request request;
        REQUIRE(set_target(request, target).ok());
        const auto read = page_size(request);
        return read ? *read : 0;
    };
    CHECK(size("/a") == kDefaultPageSize);
    CHECK(size("/a?limit=1") == 1);
    CHECK(size("/a?limit=200") == 200);
    for (const char* bad : {"/a?limit=0", "/a?limit=201", "/a?limit=-1", "/a?limit=", "/a?limit=1x", "/a?limit=01",
                            "/a?limit=5&limit=6", "/a?limit=99999999999", "/a?limit=+5"}) {
        CAPTURE(bad);
        CHECK(size(bad) == 0);
    }
}

TEST_CASE("metrics are written as Prometheus reads them") {
    Metrics metrics;
    Counter& counter =
        metrics.counter("huiqiao_requests_total", "Requests.", {{"route", "/v1/\"x\""}, {"status", "2xx"}});
    counter.add();
    counter.add(2);
    CHECK(&counter ==
          &metrics.counter("huiqiao_requests_total", "Requests.", {{"route", "/v1/\"x\""}, {"status", "2xx"}}));
    metrics.gauge("huiqiao_queue", "Waiting.").set(-3);
    Histogram& histogram = metrics.histogram("huiqiao_seconds", "Time taken.");
    histogram.observe(std::chrono::microseconds(1'000));
    histogram.observe(std::chrono::microseconds(1'001));
    histogram.observe(std::chrono::seconds(31));
    const std::string text = metrics.text();
    CAPTURE(text);
    const auto has = [&](std::string_view line) { return text.find(std::string(line) + "\n") != std::string::npos; };
    CHECK(has("# TYPE huiqiao_requests_total counter"));
    CHECK(has("huiqiao_requests_total{route=\"/v1/\\\"x\\\"\",status=\"2xx\"} 3"));
    CHECK(has("huiqiao_queue -3"));
    CHECK(has("huiqiao_seconds_bucket{le=\"0.001\"} 1"));
    CHECK(has("huiqiao_seconds_bucket{le=\"0.0025\"} 2"));
    CHECK(has("huiqiao_seconds_bucket{le=\"30\"} 2"));
    CHECK(has("huiqiao_seconds_bucket{le=\"+Inf\"} 3"));
    CHECK(has("huiqiao_seconds_sum 31.002001"));
    CHECK(has("huiqiao_seconds_count 3"));
    CHECK_THROWS_AS(metrics.gauge("huiqiao_requests_total", ""), LogicError);
    CHECK_THROWS_AS(metrics.counter("bad name", ""), LogicError);
}
