// How a counterparty that fell silent is found back: by what harms least.

#include "tests/contract/calls_desk.h"

using namespace calls_desk;
using std::chrono::seconds;

TEST_CASE("XCT-10 a silent counterparty is tried again by queries; no payment leaves before one was answered") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        std::vector<std::string> left;
        bool silent = true;
        process.client.network = [&](const auto& request) {
            left.push_back(request.body);
            return silent ? Network::AnswerLost : Network::Fine;
        };
        process.client.add("http://bank", [](const http::Request& request, Instant) {
            return http::Response::text(200, request.body.empty() ? "" : request.body + "=confirmed;");
        });
        for (const char* reference : {"U1", "U2", "U3", "U4", "U5"}) process.prepare("pay", {reference});
        process.steps(4);
        REQUIRE(left.size() == 5);
        process.prepare("pay", {"N1"});
        for (int at = 0; at < 600; ++at) {
            clock.advance(seconds(1));
            process.worker->step();
        }
        REQUIRE(left.size() >= 7);
        for (std::size_t at = 5; at < left.size(); ++at) CHECK(left[at].empty());  // queries have no body
        CHECK(process.outcome("N1") == "open");
        silent = false;
        for (int at = 0; at < 600; ++at) {
            clock.advance(seconds(1));
            process.worker->step();
        }
        CHECK(process.outcome("N1") == "confirmed");
        CHECK(std::count(left.begin(), left.end(), "N1") == 1);
    });
}

TEST_CASE(
    "XCT-10 however many payments waited before a bank fell silent, a query finds it back, and all of them go out") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        std::vector<std::string> left;
        bool silent = true;
        process.client.network = [&](const auto& request) {
            left.push_back(request.body);
            return silent ? Network::AnswerLost : Network::Fine;
        };
        process.client.add("http://bank", [](const http::Request& request, Instant) {
            const std::string reference =
                request.body.empty() ? request.path.substr(std::string("/query/M-").size()) : request.body;
            return http::Response::text(200, reference + "=confirmed;");
        });
        for (int number = 1; number <= 80; ++number) process.prepare("pay", {"R" + std::to_string(number)});
        process.steps(6);
        const std::size_t lost = left.size();
        REQUIRE(lost >= 5);
        REQUIRE(lost <= 10);
        const auto run = [&](int seconds_long) {
            for (int at = 0; at < seconds_long; ++at) {
                clock.advance(seconds(1));
                process.worker->step();
            }
        };
        run(300);
        CHECK(left.size() > lost);
        for (std::size_t at = lost; at < left.size(); ++at) CHECK(left[at].empty());  // queries have no body
        silent = false;
        const std::size_t tried = left.size();
        run(900);
        REQUIRE(left.size() > tried);
        CHECK(left[tried].empty());
        for (int number = 1; number <= 80; ++number) {
            const std::string reference = "R" + std::to_string(number);
            CAPTURE(reference);
            CHECK(process.outcome(reference) == "confirmed");
            CHECK(std::count(left.begin(), left.end(), reference) == 1);
        }
    });
}

TEST_CASE("XCT-10 a bank is asked about its unsure payments ahead of time rather than left; their schedule stays") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.pay.pause = std::chrono::hours(6);
        std::vector<std::string> left;
        bool silent = true;
        process.client.network = [&](const auto& request) {
            left.push_back(request.body);
            return silent ? Network::AnswerLost : Network::Fine;
        };
        process.client.add("http://bank", [](const http::Request& request, Instant) {
            return http::Response::text(200, request.body.empty() ? "" : request.body + "=confirmed;");
        });
        for (const char* reference : {"U1", "U2", "U3", "U4", "U5"}) process.prepare("pay", {reference});
        process.steps(4);
        REQUIRE(left.size() == 5);
        process.prepare("pay", {"N1"});
        const auto run = [&](int minutes_long) {
            for (int at = 0; at < minutes_long * 6; ++at) {
                clock.advance(seconds(10));
                process.worker->step();
            }
        };
        run(300);
        REQUIRE(left.size() > 20);
        for (std::size_t at = 5; at < left.size(); ++at) CHECK(left[at].empty());
        CHECK(process.outcome("U1") == "unknown");  // what was asked ahead of time brings no person sooner
        silent = false;
        run(6);
        CHECK(process.outcome("N1") == "confirmed");
        const std::size_t asked = left.size();
        run(30);
        CHECK(left.size() == asked);
        run(60);  // six hours after they were sent, as planned
        CHECK(left.size() >= asked + 5);
    });
}
