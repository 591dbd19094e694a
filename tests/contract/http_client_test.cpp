#include <doctest/doctest.h>

#include <future>

#include "src/http/cpprest_client.h"
#include "src/http/message_signature.h"
#include "src/http/server.h"
#include "tests/contract/http_sockets.h"

using namespace huiqiao;
using namespace huiqiao::http;
using huiqiao::test::closed_port;
using huiqiao::test::RawConnection;
using huiqiao::test::RawListener;

#if defined(__SANITIZE_ADDRESS__)
// OpenSSL keeps an error list for each thread, and cpprestsdk's threads never end: a fixed few, not ours to free.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libcrypto.so";
}
#endif

namespace {

const SystemClock& machine_clock() {
    static const SystemClock clock;
    return clock;
}

OutgoingRequest request_to(std::uint16_t port, std::string target = "/v1/x") {
    OutgoingRequest request;
    request.base_url = "http://127.0.0.1:" + std::to_string(port);
    request.target = std::move(target);
    request.deadline = machine_clock().monotonic() + std::chrono::seconds(30);
    return request;
}

OutgoingRequest post_to(std::uint16_t port, std::string body = "{}") {
    OutgoingRequest request = request_to(port);
    request.method = Method::Post;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::move(body);
    return request;
}

Outcome outcome_of(OutgoingRequest request) {
    CpprestClient client(machine_clock(), {});
    return call(client, std::move(request), machine_clock());
}

constexpr std::string_view kGood = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("Answered: status, headers and body of any answer, and the bytes of the request arrive as they were given") {
    std::promise<Request> seen;
    Router router;
    router.post("/v1/a/{b}", [&](const Request& request, const PathParameters&) {
        seen.set_value(request);
        Response response = Response::json(422, "{\"x\":\"汇\"}");
        response.headers.add("X-Answer", "yes");
        return response;
    });
    Server server(machine_clock(), std::move(router), {});
    REQUIRE(server.start().ok());
    OutgoingRequest request = post_to(server.port(), "{\"a\":\"汇桥\"}");
    request.target = "/v1/a/c%20d?x=1%2F2&y=a%26b&z";
    request.headers.add("X-Own", "one, two");
    const Outcome outcome = outcome_of(request);
    REQUIRE(outcome.kind == OutcomeKind::Answered);
    CHECK(outcome.answer.status == 422);
    CHECK(outcome.answer.body == "{\"x\":\"汇\"}");
    CHECK(outcome.answer.headers.value("x-answer") == "yes");
    const Request arrived = seen.get_future().get();
    CHECK(arrived.target == request.target);
    CHECK(arrived.body == request.body);
    CHECK(arrived.headers.value("Content-Type") == "application/json");
    CHECK(arrived.headers.value("X-Own") == "one, two");
    CHECK(arrived.headers.value("Host") == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("a request signed here verifies behind real sockets, and so does its answer") {
    SeededRandom random(3);
    const auto platform = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const auto house = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const KeyLookup lookup = [&](std::string_view id) {
        return std::optional((id == "house" ? house : platform).verify_key());
    };
    Router router;
    router.post("/v1/orders", [&](const Request& request, const PathParameters&) {
        SeededRandom nonces(4);
        const auto verified = verify_request(request, lookup, machine_clock().now());
        Response response = Response::json(verified ? 201 : 401, "{}");
        if (verified) sign_response(response, verified->signature, {&house, "house"}, machine_clock().now(), nonces);
        return response;
    });
    Server server(machine_clock(), std::move(router), {});
    REQUIRE(server.start().ok());
    OutgoingRequest request = post_to(server.port(), "{\"amount\":\"1.00\"}");
    request.target = "/v1/orders?dry=1";
    request.headers.add("Idempotency-Key", "k-1");
    sign_request(request, {&platform, "platform"}, machine_clock().now(), random);
    const Outcome outcome = outcome_of(request);
    REQUIRE(outcome.kind == OutcomeKind::Answered);
    CHECK(outcome.answer.status == 201);
    CHECK(verify_response(outcome.answer, request_signature_of(request), lookup, machine_clock().now()).ok());
}

TEST_CASE("NotSent: nobody listens, the name is unknown, the other end does not speak TLS, or the address is none") {
    CHECK(outcome_of(request_to(closed_port())).kind == OutcomeKind::NotSent);
    CHECK(outcome_of(post_to(closed_port())).kind == OutcomeKind::NotSent);

    RawListener plain([](RawConnection& connection) {
        static_cast<void>(connection.some());
        connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    OutgoingRequest tls = post_to(plain.port());
    tls.base_url = "https://127.0.0.1:" + std::to_string(plain.port());
    CHECK(outcome_of(tls).kind == OutcomeKind::NotSent);

    for (const char* address :
         {"", "127.0.0.1", "ftp://127.0.0.1", "http://", "http://u:p@127.0.0.1", "http://127.0.0.1/path"}) {
        OutgoingRequest none = request_to(1);
        none.base_url = address;
        CHECK(outcome_of(none).kind == OutcomeKind::NotSent);
    }
    OutgoingRequest unnamed = request_to(1);
    unnamed.base_url = "http://no-such-host.invalid";  // RFC 6761: nobody answers for it
    CHECK(outcome_of(unnamed).kind == OutcomeKind::NotSent);

    OutgoingRequest late = request_to(closed_port());
    late.deadline = machine_clock().monotonic() - std::chrono::seconds(1);
    CHECK(outcome_of(late).kind == OutcomeKind::NotSent);
}

TEST_CASE("Unknown: the connection was made and no whole answer came") {
    struct Row {
        std::string name;
        std::function<void(RawConnection&)> script;
    };
    const std::vector<Row> rows{
        {"closed without reading", [](RawConnection& connection) { connection.close(); }},
        {"closed after reading", [](RawConnection& connection) { static_cast<void>(connection.message()); }},
        {"half a head",
         [](RawConnection& connection) {
             static_cast<void>(connection.message());
             connection.send("HTTP/1.1 200 OK\r\nCont");
         }},
        {"body cut short",
         [](RawConnection& connection) {
             static_cast<void>(connection.message());
             connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
         }},
        {"no HTTP",
         [](RawConnection& connection) {
             static_cast<void>(connection.message());
             connection.send("hello\r\n\r\n");
         }},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        RawListener listener(row.script);
        const Outcome outcome = outcome_of(post_to(listener.port()));
        CHECK(outcome.kind == OutcomeKind::Unknown);
        CHECK(listener.connections() == 1);
    }
}

TEST_CASE("a deadline is kept by the clock that is passed in, and what comes later completes nothing") {
    std::promise<void> asked;
    std::promise<void> answer_now;
    const std::shared_future<void> may_answer = answer_now.get_future().share();
    RawListener listener([&](RawConnection& connection) {
        static_cast<void>(connection.message());
        asked.set_value();
        may_answer.wait();
        connection.send(kGood);
    });
    ManualClock clock(from_us(1'764'000'000'000'000));
    CpprestClient client(clock, {});
    OutgoingRequest request = post_to(listener.port());
    request.deadline = clock.monotonic() + std::chrono::seconds(60);
    const CallHandle handle = client.start(request);
    asked.get_future().wait();
    CHECK(client.take_completed(clock.monotonic()).empty());
    clock.advance(std::chrono::seconds(60));
    const auto completed = client.take_completed(clock.monotonic());
    REQUIRE(completed.size() == 1);
    CHECK(completed[0].handle == handle);
    CHECK(completed[0].outcome.kind == OutcomeKind::Unknown);
    CHECK(completed[0].outcome.text == "its deadline passed");
    answer_now.set_value();
    CHECK(client.take_completed(clock.monotonic()).empty());
}

TEST_CASE(
    "a request that may not be sent twice has a connection of its own and arrives once; others keep connections") {
    std::atomic<int> requests{0};
    RawListener listener([&](RawConnection& connection) {
        // Answered and kept; whatever came second on this connection would be dropped, which makes the library resend.
        while (!connection.message().empty()) {
            if (++requests % 2 == 1) connection.send(kGood);
            if (requests % 2 == 0) return;
        }
    });
    CpprestClient client(machine_clock(), {});
    CHECK(call(client, post_to(listener.port()), machine_clock()).kind == OutcomeKind::Answered);
    CHECK(call(client, post_to(listener.port()), machine_clock()).kind == OutcomeKind::Unknown);
    CHECK(requests.load() == 2);
    CHECK(listener.connections() == 2);

    Router router;
    router.post("/v1/x", [](const Request&, const PathParameters&) { return Response::text(200, "ok"); });
    Server server(machine_clock(), std::move(router), {});
    REQUIRE(server.start().ok());
    OutgoingRequest request = post_to(server.port());
    for (int i = 0; i < 20; ++i) CHECK(call(client, request, machine_clock()).kind == OutcomeKind::Answered);
    CHECK(server.counters().connections == 20);
    request.may_be_sent_twice = true;
    for (int i = 0; i < 20; ++i) CHECK(call(client, request, machine_clock()).kind == OutcomeKind::Answered);
    CHECK(server.counters().connections < 40);
}

TEST_CASE("an answer beyond its limit is Unknown, whether announced or not") {
    const std::string body(5000, 'x');
    RawListener announced([&](RawConnection& connection) {
        static_cast<void>(connection.message());
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body);
    });
    OutgoingRequest request = post_to(announced.port());
    request.max_answer_bytes = 4096;
    const Outcome outcome = outcome_of(request);
    CHECK(outcome.kind == OutcomeKind::Unknown);
    CHECK(outcome.text == "the answer is too large");

    RawListener endless([&](RawConnection& connection) {
        static_cast<void>(connection.message());
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (connection.send("1388\r\n" + body + "\r\n")) {
        }
    });
    OutgoingRequest flooded = post_to(endless.port());
    flooded.max_answer_bytes = 100'000;
    CHECK(outcome_of(flooded).kind == OutcomeKind::Unknown);
}

TEST_CASE("a redirect is an answer and is not followed") {
    RawListener elsewhere([](RawConnection& connection) { connection.send(kGood); });
    RawListener listener([&](RawConnection& connection) {
        static_cast<void>(connection.message());
        connection.send("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(elsewhere.port()) +
                        "/\r\nContent-Length: 0\r\n\r\n");
    });
    const Outcome outcome = outcome_of(request_to(listener.port()));
    REQUIRE(outcome.kind == OutcomeKind::Answered);
    CHECK(outcome.answer.status == 302);
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE("an abandoned call completes nothing, and too many calls at once are not sent") {
    std::promise<void> answer_now;
    const std::shared_future<void> may_answer = answer_now.get_future().share();
    RawListener listener([&](RawConnection& connection) {
        static_cast<void>(connection.message());
        may_answer.wait();
        connection.send(kGood);
    });
    CpprestClient client(machine_clock(), {.ca_file = "", .max_under_way = 1});
    const CallHandle first = client.start(post_to(listener.port()));
    const CallHandle second = client.start(post_to(listener.port()));
    CHECK(first != second);
    const auto completed = client.take_completed(machine_clock().monotonic());
    REQUIRE(completed.size() == 1);
    CHECK(completed[0].handle == second);
    CHECK(completed[0].outcome.kind == OutcomeKind::NotSent);
    client.abandon(first);
    answer_now.set_value();
    client.abandon(first);
    CHECK(client.take_completed(machine_clock().monotonic()).empty());
}
