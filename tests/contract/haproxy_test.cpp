// The shipped config/haproxy.cfg in front of the real routes, run by the real HAProxy: what it passes on, what it ends,
// and that slow senders never reach the service. No time is measured here; `./dev overload` does that.

#include <sys/resource.h>

#include "src/app/child_process.h"
#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using huiqiao::test::loopback;
using huiqiao::test::RawConnection;

namespace {

constexpr int kPatience_s = 60;  // before a test gives up

std::uint16_t free_port() {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(::bind(handle, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(handle);
    return ntohs(address.sin_port);
}

std::string at(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

/// As another machine would come: from 127.0.0.<last>.
RawConnection connect_from(int last, std::uint16_t port) {
    const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in from = loopback(0);
    from.sin_addr.s_addr = htonl(0x7F000000U + static_cast<std::uint32_t>(last));
    const sockaddr_in to = loopback(port);
    REQUIRE(::bind(handle, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0);
    REQUIRE(::connect(handle, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    return RawConnection(handle);
}

/// Both listeners of a desk, and HAProxy before them.
struct Front {
    explicit Front(const TestDatabase& on, int from_one_address = 4000)
        : desk(on), directory(fresh_directory("front")) {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        notices.emplace(desk.clock, std::move(desk.notices_router), http::ServerSettings{});
        REQUIRE(notices->start().ok());
        start(desk.listen(), from_one_address);
    }
    ~Front() {
        proxy.reset();
        std::filesystem::remove_all(directory);
    }

    void start(std::uint16_t service, int from_one_address) {
        platforms_port = free_port();
        notices_port = free_port();
        proxy.emplace(
            std::vector<std::string>{"/usr/bin/env", "HUIQIAO_BIND_PLATFORMS=" + at(platforms_port),
                                     "HUIQIAO_BIND_NOTICES=" + at(notices_port), "HUIQIAO_PLATFORMS=" + at(service),
                                     "HUIQIAO_NOTICES=" + at(notices->port()),
                                     "HUIQIAO_FROM_ONE_ADDRESS=" + std::to_string(from_one_address),
                                     "/usr/sbin/haproxy", "-db", "-f", "config/haproxy.cfg"},
            std::filesystem::path(directory) / "haproxy.log");
        const SystemClock machine;
        const Monotonic give_up = machine.monotonic() + std::chrono::seconds(kPatience_s);
        while (!RawConnection::to(platforms_port).open() || !RawConnection::to(notices_port).open()) {
            REQUIRE(proxy->is_running());
            REQUIRE(machine.monotonic() < give_up);
            std::this_thread::yield();
        }
    }
    [[nodiscard]] static http::Response answer(RawConnection connection, const std::string& bytes) {
        connection.send(bytes);
        return read_answer(connection.message());
    }
    [[nodiscard]] http::Response ask(const std::string& bytes) const {
        return answer(RawConnection::to(platforms_port), bytes);
    }
    [[nodiscard]] http::Response tell(const std::string& bytes) const {
        return answer(RawConnection::to(notices_port), bytes);
    }
    std::string order(const std::string& number) {
        return wire_form(desk.signed_by(
            ApiDesk::post("/v1/orders", ApiDesk::order_json(number), "key-for-" + number + "-0000000000"), "key_1"));
    }

    ApiDesk desk;
    std::string directory;
    std::optional<http::Server> notices;
    std::optional<app::ChildProcess> proxy;
    std::uint16_t platforms_port = 0;
    std::uint16_t notices_port = 0;
};

std::string head(const std::string& target, const std::string& headers) {
    return "POST " + target + " HTTP/1.1\r\nHost: api.example\r\nContent-Type: application/json\r\n" + headers;
}

std::string length(std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n\r\n";
}

struct Sender {
    std::string name;
    std::string bytes;
    bool drips = false;
    std::string status;  // of the answer; empty: it may be closed without one
};

/// Sends all of it at once on connections of their own, drips where one drips, until the other end has closed them all.
void check_ended(std::uint16_t port, const std::vector<Sender>& senders) {
    std::vector<RawConnection> connections;
    for (const Sender& sender : senders) {
        connections.push_back(RawConnection::to(port));
        connections.back().send(sender.bytes);
    }
    const SystemClock machine;
    const Monotonic give_up = machine.monotonic() + std::chrono::seconds(kPatience_s);
    std::vector<bool> ended(senders.size());
    for (std::size_t left = senders.size(); left > 0;) {
        REQUIRE(machine.monotonic() < give_up);
        for (std::size_t which = 0; which < senders.size(); ++which) {
            if (ended[which]) continue;
            if (senders[which].drips) connections[which].send("a");
            if (!connections[which].readable(20)) continue;
            ended[which] = true;
            --left;
            CAPTURE(senders[which].name);
            const std::string said = connections[which].until_closed();
            if (!said.empty() || !senders[which].status.empty())
                CHECK(said.substr(9, 3) == (senders[which].status.empty() ? "408" : senders[which].status));
        }
    }
}

}  // namespace

TEST_CASE("RSC-03 slow and ambiguous senders end at the shipped HAProxy and never reach the service") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    Front front(on);
    const std::string batch(200'000, ' ');
    check_ended(
        front.platforms_port,
        {{"idle", "", false, ""},
         {"half a head", "POST /v1/orders HTTP/1.1\r\nHost: api", false, "408"},
         {"a dripped head", "POST /v1/orders HTTP/1.1\r\nHost: api.example\r\nX-Drip: ", true, "408"},
         {"half a body", head("/v1/orders", length(2000)) + "{\"platform_order_no\":", false, "408"},
         {"a dripped body", head("/v1/orders", length(100'000)), true, "408"},
         {"a drip late in a body", head("/v1/orders", length(250'000)) + batch, true, "408"},
         {"a drip early in a batch", head("/v1/orders/batch", length(2'000'000)) + batch, true, "408"},
         {"600 MB announced", head("/v1/orders", length(629'145'600)), false, "413"},
         {"a batch beyond its limit", head("/v1/orders/batch", length(2'097'153)), false, "413"},
         {"an order beyond its limit", head("/v1/orders", length(262'145)), false, "413"},
         {"two lengths", head("/v1/orders", "Content-Length: 4\r\n" + length(5)) + "abcde", false, "400"},
         {"a negative length", head("/v1/orders", "Content-Length: -5\r\n\r\nabcde"), false, "400"},
         {"a length and chunks", head("/v1/orders", "Transfer-Encoding: chunked\r\n" + length(4)) + "0\r\n\r\n", false,
          "411"},
         {"chunks", head("/v1/orders", "Transfer-Encoding: chunked\r\n\r\n") + "1\r\na\r\n0\r\n\r\n", false, "411"},
         {"no length", head("/v1/orders", "\r\n"), false, "411"}});
    CHECK(front.desk.server->counters().connections == 0);
    CHECK(front.desk.server->counters().requests == 0);
    check_ended(front.notices_port,
                {{"half a notice", head("/notices/sandbox-pay", length(2000)) + "{", false, "408"},
                 {"a notice beyond its limit", head("/notices/sandbox-pay", length(65'537)), false, "413"},
                 {"what is no notice", "GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false, "404"}});
    CHECK(front.notices->counters().connections == 0);
}

TEST_CASE("RSC-03 a thousand slow connections leave the others as they were") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    Front front(on);
    std::vector<RawConnection> slow;
    for (int which = 0; which < 1000; ++which) {
        slow.push_back(RawConnection::to(front.platforms_port));
        REQUIRE(slow.back().open());
        slow.back().send(which % 2 == 0 ? "POST /v1/orders HTTP/1.1\r\nHost: api"
                                        : head("/v1/orders", length(100'000)) + "{\"platform");
    }
    for (int number = 0; number < 30; ++number)
        CHECK(front.ask(front.order("SLOW-" + std::to_string(number))).status == 201);
    CHECK(front.tell(wire_form(front.desk.notice(R"({"id":"n1"})"))).status == 200);
    CHECK(front.desk.count("orders") == 30);
    CHECK(front.desk.server->counters().connections == 30);  // theirs alone
    CHECK(front.desk.server->counters().timed_out == 0);
}

TEST_CASE("what is good passes the shipped HAProxy unchanged: signatures of orders, batches and notices hold") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    Front front(on);
    CHECK(front.ask(front.order("H1")).status == 201);
    CHECK(front.ask(wire_form(front.desk.signed_by(ApiDesk::get("/v1/orders?limit=5"), "key_1_sm2"))).status == 200);
    const std::string spaces(1'900'000, ' ');  // a batch near its limit
    const std::string orders = "{\"orders\":[" + ApiDesk::order_json("H2") + "," + ApiDesk::order_json("H3") + "]}";
    const http::Response batch = front.ask(wire_form(
        front.desk.signed_by(ApiDesk::post("/v1/orders/batch", orders + spaces, "batch-000000000000001"), "key_1")));
    CHECK(batch.status == 200);
    CHECK(front.desk.count("orders") == 3);
    CHECK(front.tell(wire_form(front.desk.notice(R"({"id":"n1"})"))).status == 200);
    CHECK(front.tell(wire_form(front.desk.notice(R"({"id":"n2"})", true))).status == 401);
    CHECK(front.desk.count("notice") == 1);
}

TEST_CASE("one address has its limit of connections, and another address is served meanwhile") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    Front front(on, 20);
    std::vector<RawConnection> hoarded;
    for (int which = 0; which < 40; ++which) {
        hoarded.push_back(connect_from(2, front.platforms_port));
        hoarded.back().send("POST /v1/orders HTTP/1.1\r\nHost: api");
    }
    CHECK(hoarded.back().until_closed().empty());
    CHECK(Front::answer(connect_from(3, front.platforms_port), front.order("A1")).status == 201);
}

TEST_CASE("a service that is away is 503 with Retry-After, as a problem that says that nothing was done") {
    TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
    Front front(on);
    front.start(free_port(), 4000);
    const http::Response away = front.ask(front.order("B1"));
    CHECK(away.status == 503);
    REQUIRE(away.headers.find("retry-after") != nullptr);
    CHECK(std::stoi(*away.headers.find("retry-after")) >= 1);
    CHECK(std::stoi(*away.headers.find("retry-after")) <= 30);
    CHECK(away.headers.find("content-type")->find("application/problem+json") == 0);
    CHECK(ApiDesk::code(away) == "overloaded");
    CHECK(ApiDesk::field(away, "effect") == "none");
}
