#include <doctest/doctest.h>

#include "src/events/delivery_schedule.h"
#include "src/events/remembered_lookups.h"
#include "src/events/webhook_url.h"

using namespace huiqiao;
using namespace huiqiao::events;

TEST_CASE("NTF-12: fifteen further tries within a day, then two a day until 72 hours, then parked") {
    const Instant created = from_us(1'700'000'000'000'000);
    Instant now = created;
    int tries = 1;
    int within_a_day = 1;
    std::optional<Instant> parked_after;
    while (const auto next = next_try(tries, created, now)) {
        CHECK(*next > now);
        now = *next;
        ++tries;
        if (now <= created + std::chrono::hours(24) + std::chrono::minutes(5)) ++within_a_day;
        REQUIRE(tries < 100);
    }
    CHECK(within_a_day == 16);
    CHECK(tries == 19);  // those, and three more: at 36, 48 and 60 hours
    CHECK(now <= created + std::chrono::hours(72));
    CHECK(*next_try(1, created, created) == created + std::chrono::seconds(15));
    CHECK_FALSE(next_try(1, created, created + std::chrono::hours(72)).has_value());
    CHECK_THROWS_AS((void)next_try(0, created, created), LogicError);
}

TEST_CASE("webhook addresses inside our own network are refused") {
    struct Row {
        const char* why;
        const char* url;
    };
    for (const Row& row : {Row{"plain http", "http://shop.example.com/hook"},
                           Row{"loopback", "https://127.0.0.1/hook"},
                           Row{"private 10", "https://10.1.2.3/hook"},
                           Row{"private 172", "https://172.31.255.255/hook"},
                           Row{"private 192", "https://192.168.0.1:8443/hook"},
                           Row{"link-local, cloud metadata", "https://169.254.169.254/latest"},
                           Row{"shared", "https://100.64.0.1/"},
                           Row{"any", "https://0.0.0.0/"},
                           Row{"multicast", "https://224.0.0.1/"},
                           Row{"v6 loopback", "https://[::1]/"},
                           Row{"v6 link-local", "https://[fe80::1]/"},
                           Row{"v6 unique local", "https://[fd00::1]/"},
                           Row{"v4 inside v6", "https://[::ffff:10.0.0.1]/"},
                           Row{"6to4", "https://[2002:7f00:1::]/"},
                           Row{"one number", "https://2130706433/"},
                           Row{"hexadecimal", "https://0x7f.1/"},
                           Row{"short form", "https://127.1/"},
                           Row{"bare name", "https://localhost/"},
                           Row{"user", "https://a@shop.example.com/"},
                           Row{"other port", "https://shop.example.com:22/"},
                           Row{"port zero", "https://shop.example.com:0/"},
                           Row{"empty port", "https://shop.example.com:/"},
                           Row{"fragment", "https://shop.example.com/a#b"},
                           Row{"line break", "https://shop.example.com/a\r\nX: y"},
                           Row{"upper case", "https://SHOP.example.com/"},
                           Row{"other scheme", "ftp://shop.example.com/"},
                           Row{"empty", ""}}) {
        CAPTURE(row.why);
        CHECK_FALSE(parse_webhook_url(row.url, false).ok());
    }
}

TEST_CASE("who tries webhooks on one machine is told by which setting they are taken") {
    for (const char* url : {"http://127.0.0.1:9000/hooks", "https://127.0.0.1/hooks", "http://10.0.0.1/hooks"}) {
        CAPTURE(url);
        CHECK(parse_webhook_url(url, false).error().english().find("[webhooks] allow_loopback") != std::string::npos);
    }
    CHECK(parse_webhook_url("http://127.0.0.1:9000/hooks", true).ok());
}

TEST_CASE("a webhook address is taken apart as it stands") {
    const auto url = parse_webhook_url("https://shop.example.com:8443/hooks/a?x=1", false);
    REQUIRE(url.ok());
    CHECK(url->base_url == "https://shop.example.com:8443");
    CHECK(url->target == "/hooks/a?x=1");
    CHECK(url->host == "shop.example.com");
    CHECK(parse_webhook_url("https://shop.example.com", false)->target == "/");
    CHECK(parse_webhook_url("https://shop.example.com?x=1", false)->target == "/?x=1");
    CHECK(parse_webhook_url("https://8.8.8.8/h", false)->is_literal);
    CHECK(parse_webhook_url("https://[2606:4700::1]:443/h", false)->host == "2606:4700::1");
}

TEST_CASE("loopback webhooks are taken only where they are allowed, and then nothing else private is") {
    CHECK(parse_webhook_url("http://127.0.0.1:18080/hook", true).ok());
    CHECK_FALSE(parse_webhook_url("http://127.0.0.1:18080/hook", false).ok());
    CHECK_FALSE(parse_webhook_url("http://10.0.0.1:18080/hook", true).ok());
    CHECK_FALSE(parse_webhook_url("http://shop.example.com/hook", true).ok());
}

TEST_CASE("a name that resolves into our network is not followed, even by one of its addresses") {
    const WebhookUrl named = parse_webhook_url("https://shop.example.com/", true).value();
    const auto resolving_to = [](std::vector<std::string> addresses) {
        return [addresses](const std::string&) { return addresses; };
    };
    CHECK(leads_outside(named, resolving_to({"93.184.216.34"}), false));
    CHECK_FALSE(leads_outside(named, resolving_to({"93.184.216.34", "10.0.0.1"}), false));
    CHECK_FALSE(leads_outside(named, resolving_to({"127.0.0.1"}), true));
    CHECK_FALSE(leads_outside(named, resolving_to({"fe80::1%eth0"}), true));
    CHECK_FALSE(leads_outside(named, resolving_to({}), true));
    const WebhookUrl literal = parse_webhook_url("http://127.0.0.1:9/", true).value();
    CHECK(leads_outside(literal, resolving_to({}), true));
    CHECK_FALSE(leads_outside(literal, resolving_to({}), false));
}

TEST_CASE("a name that was not found is asked for once a minute; one that was found, each time") {
    ManualClock clock(from_us(1'700'000'000'000'000));
    std::map<std::string, int> asked;
    bool is_dead = true;
    const Resolve resolve = remembering_failures(clock, [&](const std::string& host) {
        ++asked[host];
        return is_dead ? std::vector<std::string>() : std::vector<std::string>{"93.184.216.34"};
    });
    const Resolve copy = resolve;
    for (int round = 0; round < 10; ++round) {
        CHECK(resolve("shop.example").empty());
        CHECK(copy("shop.example").empty());
    }
    CHECK(asked["shop.example"] == 1);
    clock.advance(std::chrono::seconds(59));
    CHECK(resolve("shop.example").empty());
    CHECK(asked["shop.example"] == 1);
    clock.advance(std::chrono::seconds(1));
    is_dead = false;
    CHECK(resolve("shop.example").size() == 1);
    CHECK(resolve("shop.example").size() == 1);
    CHECK(asked["shop.example"] == 3);
    // Bounded: the first of very many is asked for anew.
    is_dead = true;
    for (std::size_t at = 0; at <= kMostLookupsAtRest; ++at) resolve("h" + std::to_string(at) + ".example");
    resolve("h0.example");
    CHECK(asked["h0.example"] == 2);
}
