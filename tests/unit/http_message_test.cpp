#include <doctest/doctest.h>

#include "src/http/request_head.h"
#include "src/http/router.h"

using namespace huiqiao;
using namespace huiqiao::http;

namespace {

constexpr HeadLimits kLimits{1024, 10};

int refused(const std::string& head) {
    RequestHead out;
    const auto refusal = read_head(head, kLimits, out);
    return refusal ? refusal->status : 0;
}

Response nothing(const Request&, const PathParameters&) {
    return {};
}

}  // namespace

TEST_CASE("a head is read whole") {
    RequestHead head;
    const std::string text =
        "POST /v1/orders?limit=20&x=a%20b+c HTTP/1.1\r\nHost: Api.example\r\ncontent-length: 5\r\nX-A:  one two "
        "\r\n\r\n";
    REQUIRE_FALSE(read_head(text, kLimits, head));
    CHECK(head.request.method == Method::Post);
    CHECK(head.request.path == "/v1/orders");
    CHECK(head.request.raw_query == "limit=20&x=a%20b+c");
    CHECK(*head.request.query_value("x") == "a b c");
    CHECK(head.request.headers.value("x-a") == "one two");
    CHECK(head.content_length == 5);
    CHECK(head.keep_alive);
    CHECK(end_of_head(text, 0) == text.size());
    CHECK(end_of_head(text, text.size() - 1) == text.size());
    CHECK_FALSE(end_of_head(std::string_view(text).substr(0, text.size() - 1), 0));
}

TEST_CASE("INP: heads that a proxy could read otherwise are refused (request smuggling)") {
    struct Row {
        std::string name;
        std::string lines;
        int status;
    };
    const std::string post = "POST /a HTTP/1.1\r\nHost: h\r\n";
    const std::string get = "GET /a HTTP/1.1\r\nHost: h\r\n";
    const std::vector<Row> rows{
        {"length and encoding", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
        {"encoding alone", post + "Transfer-Encoding: chunked\r\n", 411},
        {"two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n", 400},
        {"two different lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n", 400},
        {"list of lengths", post + "Content-Length: 5, 5\r\n", 400},
        {"negative length", post + "Content-Length: -1\r\n", 400},
        {"signed length", post + "Content-Length: +1\r\n", 400},
        {"hexadecimal length", post + "Content-Length: 0x5\r\n", 400},
        {"length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n", 400},
        {"empty length", post + "Content-Length:\r\n", 400},
        {"no length", post, 411},
        {"space before the colon", post + "Content-Length : 5\r\n", 400},
        {"folded header", get + "X: a\r\n b\r\n", 400},
        {"bare line feed in a header", get + "X: a\nY: b\r\n", 400},
        {"bare carriage return", get + "X: a\rY: b\r\n", 400},
        {"NUL in a value", get + std::string("X: a\0b\r\n", 8), 400},
        {"header without a colon", get + "Xyz\r\n", 400},
        {"empty header name", get + ": a\r\n", 400},
        {"no host", "GET /a HTTP/1.1\r\nX: y\r\n", 400},
        {"two hosts", get + "Host: i\r\n", 400},
        {"host with a path", "GET /a HTTP/1.1\r\nHost: h/x\r\n", 400},
        {"absolute target", "GET http://h/a HTTP/1.1\r\nHost: h\r\n", 400},
        {"two spaces", "GET  /a HTTP/1.1\r\nHost: h\r\n", 505},
        {"space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n", 505},
        {"HTTP/2", "GET /a HTTP/2.0\r\nHost: h\r\n", 505},
        {"no version", "GET /a\r\nHost: h\r\n", 400},
        {"unknown method", "BREW /a HTTP/1.1\r\nHost: h\r\n", 501},
        {"lower-case method", "get /a HTTP/1.1\r\nHost: h\r\n", 501},
        {"compressed body", post + "Content-Length: 5\r\nContent-Encoding: gzip\r\n", 415},
        {"other expectation", post + "Content-Length: 5\r\nExpect: cake\r\n", 417},
        {"eleven headers", get + "A:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\nA:1\r\n", 431},
        {"too many bytes", get + "X: " + std::string(1024, 'a') + "\r\n", 431},
        {"plain", get, 0},
        {"plain with a body", post + "Content-Length: 0\r\n", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(refused(row.lines + "\r\n") == row.status);
    }
}

TEST_CASE("keep-alive follows the version and the Connection header") {
    RequestHead head;
    REQUIRE_FALSE(read_head("GET / HTTP/1.0\r\nHost: h\r\n\r\n", kLimits, head));
    CHECK_FALSE(head.keep_alive);
    RequestHead closing;
    REQUIRE_FALSE(read_head("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", kLimits, closing));
    CHECK_FALSE(closing.keep_alive);
}

TEST_CASE("targets are strict") {
    const auto ok = [](std::string_view target) {
        Request request;
        return set_target(request, target).ok();
    };
    CHECK(ok("/"));
    CHECK(ok("/v1/orders/%E6%B1%87"));
    CHECK(ok("/v1/orders?a=b&a=c"));
    for (const char* bad : {"",
                            "v1",
                            "/v1//orders",
                            "/v1/../etc",
                            "/v1/%2e%2e/etc",
                            "/v1/./a",
                            "/v1/a%2Fb",
                            "/v1/a%5Cb",
                            "/v1/%",
                            "/v1/%zz",
                            "/v1/%00",
                            "/v1/%0a",
                            "/v1/%C0%AF",
                            "/v1/a#b",
                            "/v1/a\"b",
                            "/v1/\xE6\xB1\x87",
                            "/a?b=%",
                            "/a?=b",
                            "/a?b=%0d%0a",
                            "/v1/a/"}) {
        CAPTURE(bad);
        CHECK_FALSE(ok(bad));
    }
    std::string many = "/a?";
    for (int i = 0; i < 65; ++i) many += "p=1&";
    CHECK_FALSE(ok(many + "p=1"));
    Request twice;
    REQUIRE(set_target(twice, "/a?b=1&b=2").ok());
    CHECK(twice.query_value("b") == nullptr);
    CHECK(percent_encode("a b/汇") == "a%20b%2F%E6%B1%87");
    CHECK(percent_decode("a+b", true) == "a b");
    CHECK(percent_decode("a+b", false) == "a+b");
}

TEST_CASE("headers keep their order, compare without case and let no line be smuggled") {
    Headers headers{{"A", "1"}, {"b", "2"}, {"a", "3"}};
    CHECK(headers.count("A") == 2);
    CHECK(*headers.find("a") == "1");
    CHECK(headers.only("a") == nullptr);
    headers.set("a", "4");
    CHECK(*headers.only("A") == "4");
    CHECK_THROWS_AS(headers.add("x", "a\r\nSet-Cookie: b"), LogicError);
    CHECK_THROWS_AS(headers.add("x y", "a"), LogicError);
    CHECK_THROWS_AS(headers.add("", "a"), LogicError);
    CHECK_THROWS_AS(headers.add("x", std::string_view("a\0b", 3)), LogicError);
    headers.add("x", "a\tb");
}

TEST_CASE("the router prefers fixed segments, tells 405 from 404 and decodes parameters") {
    Router router;
    router.get("/v1/orders/{id}", nothing);
    router.get("/v1/orders/batch", nothing);
    router.post("/v1/orders", nothing);
    router.post("/v1/orders/{id}/cancel", nothing);
    router.get("/", nothing);

    const Match by_id = router.match(Method::Get, "/v1/orders/ord%5F1");
    REQUIRE(by_id.route);
    CHECK(by_id.route->pattern == "/v1/orders/{id}");
    CHECK(by_id.parameters.at("id") == "ord_1");
    CHECK_THROWS_AS(static_cast<void>(by_id.parameters.at("other")), LogicError);
    CHECK(router.match(Method::Get, "/v1/orders/batch").route->pattern == "/v1/orders/batch");
    CHECK(router.match(Method::Head, "/v1/orders/batch").route->pattern == "/v1/orders/batch");
    CHECK(router.match(Method::Post, "/v1/orders/batch/cancel").route->pattern == "/v1/orders/{id}/cancel");
    CHECK(router.match(Method::Get, "/").route);

    const Match wrong = router.match(Method::Delete, "/v1/orders/1");
    CHECK_FALSE(wrong.route);
    CHECK(wrong.allow == "GET");
    for (const char* path : {"/v1", "/v1/orders/1/2", "/v2/orders", "/v1/orders/", "/v1/orders/1/cancel/", ""}) {
        CAPTURE(path);
        const Match none = router.match(Method::Get, path);
        CHECK_FALSE(none.route);
        CHECK(none.allow.empty());
    }
    CHECK(router.routes().size() == 5);
}

TEST_CASE("routes that would match alike are refused at start") {
    Router router;
    router.get("/v1/orders/{id}", nothing);
    CHECK_THROWS_AS(router.get("/v1/orders/{id}", nothing), LogicError);
    CHECK_THROWS_AS(router.get("/v1/orders/{order}", nothing), LogicError);
    CHECK_THROWS_AS(router.get("v1", nothing), LogicError);
    CHECK_THROWS_AS(router.get("/v1//a", nothing), LogicError);
    CHECK_THROWS_AS(router.get("/v1/{", nothing), LogicError);
    CHECK_THROWS_AS(router.get("/v1/x", Handler()), LogicError);
}
