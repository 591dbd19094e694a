#include <doctest/doctest.h>

#include <future>
#include <latch>

#include "src/http/byte_stream.h"
#include "src/http/server.h"
#include "tests/contract/http_sockets.h"

using namespace huiqiao;
using namespace huiqiao::http;
using huiqiao::test::RawConnection;

namespace {

const SystemClock& machine_clock() {
    static const SystemClock clock;
    return clock;
}

Response echo(const Request& request, const PathParameters&) {
    return Response::text(200, request.body + "|" + request.target + "|" + request.peer);
}

Router small_router() {
    Router router;
    router.get("/v1/ping", [](const Request&, const PathParameters&) { return Response::text(200, "pong"); });
    router.get("/v1/orders/{id}",
               [](const Request&, const PathParameters& path) { return Response::text(200, path.at("id")); });
    router.post("/v1/echo", echo);
    router.add(Method::Post, "/v1/small", {16}, echo);
    router.add(Method::Post, "/v1/large", {std::size_t{4} * 1024 * 1024}, echo);
    router.post("/v1/boom",
                [](const Request&, const PathParameters&) -> Response { throw std::runtime_error("secret inside"); });
    return router;
}

struct Running {
    explicit Running(ServerSettings settings = {}, Router router = small_router())
        : server(machine_clock(), std::move(router), std::move(settings),
                 [this](const Request&, const std::string& what) { failure = what; }) {
        REQUIRE(server.start().ok());
    }
    [[nodiscard]] RawConnection connect() const { return RawConnection::to(server.port()); }
    /// Sends, and returns everything until the server closes.
    [[nodiscard]] std::string ask(std::string_view bytes) const {
        RawConnection connection = connect();
        connection.send(bytes);
        return connection.until_closed();
    }
    std::string failure;
    Server server;
};

std::string get(std::string_view path, bool close = false) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + (close ? "Connection: close\r\n\r\n" : "\r\n");
}

std::string post(std::string_view path, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

int status_of_answer(const std::string& answer) {
    return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}

std::string body_of(const std::string& answer) {
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

}  // namespace

TEST_CASE("a connection is kept for the next request and pipelined requests are answered in order") {
    const Running running;
    RawConnection connection = running.connect();
    for (int i = 0; i < 3; ++i) {
        connection.send(post("/v1/echo?n=1", "hello"));
        const std::string answer = connection.message();
        CHECK(status_of_answer(answer) == 200);
        CHECK(body_of(answer) == "hello|/v1/echo?n=1|127.0.0.1");
        CHECK(answer.find("Connection: keep-alive\r\n") != std::string::npos);
        CHECK(answer.find("Cache-Control: no-store\r\n") != std::string::npos);
    }
    connection.send(get("/v1/orders/1") + post("/v1/echo", "x") + get("/v1/ping", true));
    CHECK(body_of(connection.message()) == "1");
    CHECK(body_of(connection.message()) == "x|/v1/echo|127.0.0.1");
    CHECK(body_of(connection.until_closed()) == "pong");
    CHECK(running.server.counters().connections == 1);
    CHECK(running.server.counters().requests == 6);
    CHECK(running.server.counters().by_class[2] == 6);
}

TEST_CASE("what is not there is 404, a wrong method is 405 with Allow, and a failing handler is 500 without details") {
    Running running;
    RawConnection connection = running.connect();
    connection.send(get("/v1/nothing"));
    CHECK(status_of_answer(connection.message()) == 404);
    connection.send(post("/v1/ping", "body"));
    const std::string wrong = connection.message();
    CHECK(status_of_answer(wrong) == 405);
    CHECK(wrong.find("Allow: GET\r\n") != std::string::npos);
    CHECK(wrong.find("application/problem+json") != std::string::npos);
    connection.send(post("/v1/boom", ""));
    const std::string failed = connection.message();
    CHECK(status_of_answer(failed) == 500);
    CHECK(failed.find("secret") == std::string::npos);
    CHECK(running.failure == "exception: secret inside");
    connection.send("HEAD /v1/ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string head = connection.until_closed();
    CHECK(head.find("Content-Length: 4\r\n") != std::string::npos);
    CHECK(body_of(head) == "");
    CHECK(running.server.counters().handler_failures == 1);
}

TEST_CASE("what no route answers is named by a request id as well, each by its own") {
    ServerSettings settings;
    std::atomic<int> given{0};
    settings.request_id = [&given] { return "req_" + std::to_string(++given); };
    const Running running(settings);
    const std::pair<std::string, int> all[] = {
        {get("/v1/nothing", true), 404},
        {"PUT /v1/ping HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 405},
        {"POST /v1/echo HTTP/1.1\r\nHost: h\r\n\r\n", 411},
        {post("/v1/small", std::string(17, 'x')), 413}};
    int number = 0;
    for (const auto& [request, status] : all) {
        const std::string answer = running.ask(request);
        CHECK(status_of_answer(answer) == status);
        const std::string id = "req_" + std::to_string(++number);
        CHECK(answer.find(R"("request_id":")" + id + '"') != std::string::npos);
        CHECK(answer.find("Huiqiao-Request-Id: " + id + "\r\n") != std::string::npos);
    }
}

TEST_CASE("INP: ambiguous, oversized and malformed requests are answered and the connection ends") {
    ServerSettings settings;
    settings.max_header_bytes = 2048;
    const Running running(settings);
    struct Row {
        std::string name;
        std::string bytes;
        int status;
    };
    const std::string start = "POST /v1/echo HTTP/1.1\r\nHost: h\r\n";
    const std::vector<Row> rows{
        {"smuggling by both",
         start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/ping HTTP/1.1\r\n\r\n", 400},
        {"two lengths", start + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400},
        {"negative length", start + "Content-Length: -5\r\n\r\nabcde", 400},
        {"chunked", start + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 411},
        {"no length", start + "\r\n", 411},
        {"endless header", "GET /v1/ping HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'a'), 431},
        {"name of 10 KB", "GET /v1/ping HTTP/1.1\r\nHost: h\r\n" + std::string(10'000, 'n') + ": v\r\n\r\n", 431},
        {"not HTTP", "\x16\x03\x01 hello\r\n\r\n", 400},
        {"empty lines", "\r\n\r\n\r\n", 400},
        {"other version", "GET /v1/ping HTTP/3.0\r\nHost: h\r\n\r\n", 505},
        {"a body for a GET", "GET /v1/ping HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", 413},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const std::string answer = running.ask(row.bytes);
        CHECK(status_of_answer(answer) == row.status);
        // Exactly one answer: nothing of what followed was taken for a request.
        CHECK(answer.find("Date: ") == answer.rfind("Date: "));
        CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    }
    CHECK(running.server.counters().malformed == rows.size());
    CHECK(running.server.counters().requests == 0);
}

TEST_CASE("RSC-04: a body beyond its route's limit is refused before it is read") {
    const Running running;
    CHECK(status_of_answer(running.ask(post("/v1/small", std::string(17, 'a')))) == 413);
    // 600 MB are announced and none of them sent: the answer does not wait for them.
    CHECK(status_of_answer(running.ask("POST /v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 629145600\r\n\r\n")) ==
          413);
    RawConnection connection = running.connect();
    connection.send(post("/v1/small", std::string(16, 'a')));
    CHECK(status_of_answer(connection.message()) == 200);
    const std::string large(std::size_t{4} * 1024 * 1024, 'b');
    connection.send(post("/v1/large", large));
    CHECK(body_of(connection.message()) == large + "|/v1/large|127.0.0.1");
}

TEST_CASE("Expect: 100-continue is answered before the body comes") {
    const Running running;
    RawConnection connection = running.connect();
    connection.send("POST /v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    CHECK(connection.message() == "HTTP/1.1 100 Continue\r\n\r\n");
    connection.send("{}");
    CHECK(body_of(connection.message()) == "{}|/v1/echo|127.0.0.1");
}

TEST_CASE("RSC-03: a slow sender is cut off by total time, although every single byte comes in time") {
    ServerSettings settings;
    settings.header_timeout = std::chrono::milliseconds(300);
    settings.request_timeout = std::chrono::milliseconds(300);
    const Running running(settings);
    for (const std::string start :
         {"GET /v1/ping HTTP/1.1\r\nX: ", "POST /v1/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"}) {
        CAPTURE(start);
        RawConnection connection = running.connect();
        connection.send(start);
        int dripped = 0;
        while (dripped < 100'000 && !connection.readable(10)) {
            connection.send("a");
            ++dripped;
        }
        CHECK(dripped < 100'000);
        CHECK(status_of_answer(connection.until_closed()) == 408);
    }
    CHECK(running.server.counters().timed_out == 2);
}

TEST_CASE("RSC-03: an idle connection is closed, before and after its first request") {
    ServerSettings settings;
    settings.header_timeout = std::chrono::milliseconds(100);
    settings.idle_timeout = std::chrono::milliseconds(100);
    const Running running(settings);
    CHECK(running.ask("") == "");
    const std::string answer = running.ask(get("/v1/ping"));
    CHECK(body_of(answer) == "pong");
}

TEST_CASE(
    "RSC-02: when threads and queue are full the answer is 503 with Retry-After, and the waiting are served after") {
    std::latch entered(1);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    Router router = small_router();
    router.get("/v1/wait", [&](const Request&, const PathParameters&) {
        entered.count_down();
        released.wait();
        return Response::text(200, "waited");
    });
    ServerSettings settings;
    settings.threads = 1;
    settings.max_queued = 1;
    settings.retry_after_most_s = 1;
    const Running running(settings, std::move(router));

    RawConnection served = running.connect();
    served.send(get("/v1/wait"));
    entered.wait();
    RawConnection queued = running.connect();
    queued.send(get("/v1/ping"));
    const std::string refused = running.ask(get("/v1/ping"));
    CHECK(status_of_answer(refused) == 503);
    CHECK(refused.find("Retry-After: 1\r\n") != std::string::npos);
    CHECK(running.server.counters().rejected == 1);
    CHECK(running.server.counters().in_flight == 1);
    release.set_value();
    CHECK(body_of(served.message()) == "waited");
    // The first connection is kept but idle, so it gives up its thread for the one that waits.
    CHECK(body_of(queued.message()) == "pong");
    CHECK(served.until_closed() == "");
}

TEST_CASE(
    "RSC-02: a refusal is told after refusal_after, at once where others wait for its thread, and nothing else is") {
    constexpr std::chrono::milliseconds kAfter{30};
    const auto refusing = [] {
        Router router = small_router();
        router.get("/v1/busy", [](const Request&, const PathParameters&) { return Response::text(503, "busy"); });
        router.get("/v1/limit", [](const Request&, const PathParameters&) { return Response::text(429, "too many"); });
        return router;
    };
    ServerSettings settings;
    settings.refusal_after = kAfter;
    const SystemClock clock;
    {
        const Running running(settings, refusing());
        for (const int status : {503, 429}) {
            const Monotonic asked = clock.monotonic();
            CHECK(status_of_answer(running.ask(get(status == 503 ? "/v1/busy" : "/v1/limit", true))) == status);
            CHECK(clock.monotonic() - asked >= kAfter);
        }
    }
    // An hour: what is not held back comes within the patience of this test.
    settings.refusal_after = std::chrono::hours(1);
    settings.threads = 1;
    settings.max_queued = 2;  // a connection that has just ended may still count
    const Running running(settings, refusing());
    CHECK(body_of(running.ask(get("/v1/ping", true))) == "pong");
    RawConnection served = running.connect();
    served.send(get("/v1/busy"));
    RawConnection queued = running.connect();
    queued.send(get("/v1/ping"));
    CHECK(status_of_answer(served.message()) == 503);
    CHECK(body_of(queued.message()) == "pong");
}

TEST_CASE("another listener answers while one is full") {
    std::latch entered(1);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    Router router;
    router.get("/v1/wait", [&](const Request&, const PathParameters&) {
        entered.count_down();
        released.wait();
        return Response::text(200, "waited");
    });
    ServerSettings settings;
    settings.threads = 1;
    settings.max_queued = 0;
    const Running platforms(settings, std::move(router));
    const Running notices;
    RawConnection stuck = platforms.connect();
    stuck.send(get("/v1/wait"));
    entered.wait();
    CHECK(status_of_answer(platforms.ask(get("/v1/wait"))) == 503);
    CHECK(body_of(notices.ask(get("/v1/ping", true))) == "pong");
    release.set_value();
    CHECK(body_of(stuck.message()) == "waited");
}

TEST_CASE("stop lets the request in hand finish and closes everything else") {
    std::latch entered(1);
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    Router router = small_router();
    router.get("/v1/wait", [&](const Request&, const PathParameters&) {
        entered.count_down();
        released.wait();
        return Response::text(200, "finished");
    });
    Running running({}, std::move(router));
    const std::uint16_t port = running.server.port();
    RawConnection idle = running.connect();
    idle.send(get("/v1/ping"));
    CHECK(body_of(idle.message()) == "pong");
    RawConnection busy = running.connect();
    busy.send(get("/v1/wait"));
    entered.wait();

    std::thread stopping([&] { running.server.stop(); });
    CHECK(idle.until_closed() == "");  // stop has begun
    release.set_value();
    const std::string answer = busy.until_closed();
    CHECK(body_of(answer) == "finished");
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    stopping.join();
    CHECK_FALSE(RawConnection::to(port).open());
    running.server.stop();
}

TEST_CASE("an address that is taken is an error, and a server starts once") {
    Running running;
    ServerSettings settings;
    settings.port = running.server.port();
    Server second(machine_clock(), small_router(), settings);
    const auto started = second.start();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().code->text == "cannot_listen");
    CHECK_THROWS_AS(static_cast<void>(running.server.start()), LogicError);
}

TEST_CASE("an observer is told pattern and status of each answer") {
    Server server(machine_clock(), small_router(), {});
    std::promise<std::pair<std::string, int>> told;
    server.on_answer([&](std::string_view pattern, int status, std::chrono::microseconds) {
        told.set_value({std::string(pattern), status});
    });
    REQUIRE(server.start().ok());
    RawConnection connection = RawConnection::to(server.port());
    connection.send(get("/v1/orders/17", true));
    CHECK(connection.until_closed() != "");
    CHECK(told.get_future().get() == std::pair<std::string, int>{"/v1/orders/{id}", 200});
}

TEST_CASE("an answer without an end gives its thread back, carries what is sent into it, and ends with the server") {
    std::shared_ptr<ByteStream> stream = std::make_shared<ByteStream>(1000);
    Router router = small_router();
    router.get("/v1/stream", [&](const Request&, const PathParameters&) {
        Response response;
        response.headers.set("Content-Type", "text/event-stream");
        response.stream = stream;
        return response;
    });
    ServerSettings settings;
    settings.threads = 1;
    Running running(settings, std::move(router));
    RawConnection reader = running.connect();
    reader.send(get("/v1/stream"));
    const std::string head = reader.some();
    CHECK(status_of_answer(head) == 200);
    CHECK(head.find("Content-Length") == std::string::npos);
    CHECK(head.find("Connection: close") != std::string::npos);
    // The one thread serves others meanwhile.
    CHECK(status_of_answer(running.ask(get("/v1/ping", true))) == 200);
    CHECK(stream->send("one "));
    CHECK(stream->send("two"));
    std::string got;
    while (got.size() < 7) got += reader.some();
    CHECK(got == "one two");

    SUBCASE("more than may wait cuts it off") {
        CHECK_FALSE(stream->send(std::string(1001, 'x')));
        CHECK(stream->is_over());
        CHECK(reader.until_closed().empty());
        CHECK(running.server.streams_cut() == 1);
    }
    SUBCASE("what was sent before its end still arrives") {
        stream->send(" three");
        stream->end();
        CHECK_FALSE(stream->send("four"));
        CHECK(reader.until_closed() == " three");
    }
    SUBCASE("the server's stop ends it") {
        running.server.stop();
        CHECK(stream->is_over());
        CHECK(reader.until_closed().empty());
    }
    SUBCASE("its reader's going ends it") {
        reader.close();
        for (int i = 0; i < 500 && !stream->is_over(); ++i) ::poll(nullptr, 0, 10);
        CHECK(stream->is_over());
    }
    SUBCASE("a HEAD is answered, and no stream is left open") {
        stream = std::make_shared<ByteStream>(1000);
        RawConnection asker = running.connect();
        asker.send("HEAD /v1/stream HTTP/1.1\r\nHost: h\r\n\r\n");
        CHECK(status_of_answer(asker.until_closed()) == 200);
        CHECK(stream->is_over());
    }
}
