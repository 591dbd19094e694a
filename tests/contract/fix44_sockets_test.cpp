// A FIX session over real sockets: our client and the sandbox bank's acceptor in one process. What is waited for is a
// condition, with a deadline that no machine should need.

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "adapters/fix44/fix_client.h"
#include "adapters/fix44/routed_client.h"
#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/fix_desk.h"
#include "adapters/sandbox/fix_host.h"
#include "tests/support/fix_text.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using namespace std::chrono_literals;
namespace bank = huiqiao::sandbox::bank;

namespace {

constexpr auto kPatience = 60s;

/// A port that nobody listens at now.
int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    socklen_t length = sizeof(address);
    REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    ::close(socket);
    return ntohs(address.sin_port);
}

bank::PriceBook prices() {
    std::ifstream file("sample_data/bank_rates.csv");
    std::stringstream text;
    text << file.rdbuf();
    return bank::PriceBook::parse(text.str()).value();
}

std::vector<std::unique_ptr<bank::BankPart>> parts() {
    std::vector<std::unique_ptr<bank::BankPart>> parts;
    auto room = std::make_unique<bank::ForeignExchange>(bank::FxSettings{.prices = prices()});
    auto desk = std::make_unique<bank::FixDesk>(
        *room, bank::FixDeskSettings{.prices = prices(), .accounts = {{"USD", "sb-usd"}}});
    parts.push_back(std::move(room));
    parts.push_back(std::move(desk));
    return parts;
}

bank::BankSettings bank_settings() {
    bank::BankSettings settings;
    settings.accounts = {{"sb-cny", "CNY"}, {"sb-usd", "USD"}};
    return settings;
}

/// The sandbox bank with its acceptor, and our client.
struct Line {
    Line()
        : file(TestDatabase::fresh(db::Engine::Sqlite)),
          books(file.settings(), clock),
          bank(books, bank_settings(), parts(), clock.now()),
          port(free_port()),
          url("fix://127.0.0.1:" + std::to_string(port)),
          folder(std::filesystem::temp_directory_path() / ("huiqiao_fix_" + std::to_string(port))) {
        std::filesystem::remove_all(folder);
        post("/internal/deposits",
             R"({"deposit_id":"d1","account":"sb-cny","amount":{"currency":"CNY","amount":"1000000.00"},)"
             R"("reference":"R1","narrative":"funds"})");
    }
    ~Line() {
        client.reset();
        host.reset();
        std::filesystem::remove_all(folder);
    }

    http::Response answer(const http::Request& request) {
        const std::scoped_lock lock(one_at_a_time);
        return bank.answer(request, clock.now());
    }
    void post(std::string_view target, const std::string& body) {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, target).ok());
        request.body = body;
        const http::Response response = answer(request);
        REQUIRE_MESSAGE(response.status == 200, response.body);
    }
    void fault(const std::string& name, const std::string& reference = "") {
        const std::string match = reference.empty() ? "" : R"(,"match":{"reference":")" + reference + R"("})";
        post("/admin/faults", R"({"fault":")" + name + "\"" + match + "}");
    }

    fix44::SessionSettings session(bool accepts) const {
        fix44::SessionSettings settings;
        settings.accepts = accepts;
        settings.port = port;
        settings.sender = accepts ? "BANKFX" : "DESK1";
        settings.target = accepts ? "DESK1" : "BANKFX";
        settings.reconnect_s = 1;
        settings.directory = (folder / (accepts ? "bank" : "desk")).string();
        std::filesystem::create_directories(settings.directory);
        return settings;
    }
    void open_bank() {
        host = std::make_unique<sandbox::FixHost>(session(true),
                                                  [this](const http::Request& request) { return answer(request); });
    }
    void open_client() {
        client =
            std::make_unique<fix44::FixClient>(clock, fix44::FixClient::Sessions{{url, session(false)}}, unawaited);
        (void)client->take_completed(clock.monotonic());
    }
    void until_logged_on(bool logged_on = true) {
        const Monotonic deadline = clock.monotonic() + kPatience;
        while (client->is_logged_on(url) != logged_on && clock.monotonic() < deadline) client->wait(5ms);
        REQUIRE(client->is_logged_on(url) == logged_on);
    }

    http::OutgoingRequest request(const fx::Message& message, std::chrono::seconds within = kPatience) const {
        const WireRequest wire = adapter.write(message);
        http::OutgoingRequest outgoing;
        outgoing.method = http::Method::Post;
        outgoing.base_url = url;
        outgoing.target = wire.target;
        outgoing.body = wire.body;
        outgoing.deadline = clock.monotonic() + within;
        return outgoing;
    }
    WireAnswer ask(const fx::Message& message, std::chrono::seconds within = kPatience) {
        const http::Outcome outcome = http::call(*client, request(message, within), clock);
        WireAnswer wire;
        if (outcome.kind == http::OutcomeKind::NotSent) wire.kind = WireAnswer::Kind::NotSent;
        if (outcome.kind == http::OutcomeKind::Answered) wire.kind = WireAnswer::Kind::Answered;
        wire.status = outcome.answer.status;
        wire.headers = outcome.answer.headers.all();
        wire.body = outcome.answer.body;
        wire.why = outcome.text;
        return wire;
    }

    fx::LockReading lock(const std::string& reference) {
        const Currency usd = Currency::known("USD");
        const fx::RatesReading rates = adapter.read_rates("FR" + reference, ask(fx::AskRates{"FR" + reference}));
        REQUIRE_MESSAGE(rates.answer.outcome == Outcome::Confirmed, rates.answer.reason);
        const fx::LockOrder order{reference,
                                  rates.lines.at(0).selling,
                                  rates.lines.at(0).bank_reference,
                                  fx::FixedSide::Foreign,
                                  Money::of_minor(usd, 100'000),
                                  Date::in_shanghai(clock.now())};
        return adapter.read_lock(reference, ask(order), false);
    }
    fx::PurchaseOrder purchase(const std::string& reference, const fx::LockReading& lock) const {
        REQUIRE_MESSAGE(lock.answer.outcome == Outcome::Confirmed, lock.answer.reason);
        const Currency usd = Currency::known("USD");
        return {reference,
                lock.answer.their_reference,
                fx::FixedSide::Foreign,
                Money::of_minor(usd, 100'000),
                usd,
                "sb-cny",
                "sb-usd",
                Date::in_shanghai(clock.now()),
                lock.rate};
    }
    fx::PurchaseReading query(const std::string& reference) {
        return adapter.read_purchase(reference, ask(fx::AskPurchase{reference}), true);
    }
    std::size_t deals() {
        std::size_t count = 0;
        books.read([&](db::Reader& reader) { count = bank::all_deals(reader).size(); });
        return count;
    }

    SystemClock clock;
    TestDatabase file;
    db::Database books;
    std::mutex one_at_a_time;
    bank::Bank bank;
    int port;
    std::string url;
    std::filesystem::path folder;
    fix44::Fix44FxBank adapter{{.currencies = {Currency::known("USD")}}};
    std::unique_ptr<sandbox::FixHost> host;
    fix44::Unawaited unawaited;
    std::unique_ptr<fix44::FixClient> client;
};

}  // namespace

TEST_CASE("FIX over sockets: logon, quote, lock and purchase; a query tells the same deal") {
    Line line;
    line.open_bank();
    line.open_client();
    line.until_logged_on();
    const fx::LockReading lock = line.lock("FL1");
    const fx::PurchaseOrder order = line.purchase("FP1", lock);
    const fx::PurchaseReading bought = line.adapter.read_purchase("FP1", line.ask(order), false);
    REQUIRE_MESSAGE(bought.answer.outcome == Outcome::Confirmed, bought.answer.reason);
    CHECK(bought.deal->foreign.text() == "1000.00");
    CHECK(bought.deal->rate == *lock.rate);
    const fx::PurchaseReading told = line.query("FP1");
    REQUIRE(told.answer.outcome == Outcome::Confirmed);
    CHECK(told.deal->cny == bought.deal->cny);
    CHECK(told.answer.their_reference == bought.answer.their_reference);
    // Sent again by somebody, it is the same deal.
    CHECK(line.adapter.read_purchase("FP1", line.ask(order), false).answer.outcome == Outcome::Confirmed);
    CHECK(line.deals() == 1);
    // What the bank does not know is unknown, and a lock cannot be asked for.
    CHECK(line.query("FP9").answer.outcome == Outcome::Unknown);
    CHECK(line.adapter.read_lock("FL1", line.ask(fx::AskLock{"FL1"}), true).answer.outcome == Outcome::Unknown);
}

TEST_CASE("FIX a request without a session is proved not sent, and nothing of it arrives later") {
    Line line;
    line.open_client();
    const fx::LockOrder order{"FL1",
                              *Rate::parse(Currency::known("USD"), Currency::known("CNY"), 1, "7.1"),
                              "B1",
                              fx::FixedSide::Foreign,
                              Money::of_minor(Currency::known("USD"), 100'000),
                              Date::in_shanghai(line.clock.now())};
    CHECK(line.ask(order).kind == WireAnswer::Kind::NotSent);
    line.open_bank();
    line.until_logged_on();
    CHECK(line.query("FP1").answer.outcome == Outcome::Unknown);
    std::optional<bank::FxLockRow> lock;
    line.books.read([&](db::Reader& reader) { lock = bank::find_lock(reader, "FL1"); });
    CHECK_FALSE(lock.has_value());
}

TEST_CASE(
    "FIX the session comes back after its connection is killed, and its numbers survive a restart of both sides") {
    Line line;
    line.open_bank();
    line.open_client();
    line.until_logged_on();
    const fx::LockReading lock = line.lock("FL1");
    REQUIRE(line.adapter.read_purchase("FP1", line.ask(line.purchase("FP1", lock)), false).answer.outcome ==
            Outcome::Confirmed);
    line.host->disconnect();
    line.until_logged_on(false);
    line.until_logged_on();
    CHECK(line.query("FP1").answer.outcome == Outcome::Confirmed);
    line.client.reset();
    line.host.reset();
    line.open_bank();
    line.open_client();
    line.until_logged_on();
    CHECK(line.query("FP1").answer.outcome == Outcome::Confirmed);
    CHECK(line.deals() == 1);
}

TEST_CASE("FIX an answer that was lost with the connection comes again when we ask for the gap") {
    Line line;
    line.open_bank();
    line.open_client();
    line.until_logged_on();
    const fx::LockReading lock = line.lock("FL1");
    line.fault("fix_gap", "FP1");
    const fx::PurchaseReading bought = line.adapter.read_purchase("FP1", line.ask(line.purchase("FP1", lock)), false);
    REQUIRE_MESSAGE(bought.answer.outcome == Outcome::Confirmed, bought.answer.reason);
    CHECK(bought.deal->foreign.text() == "1000.00");
    // And where it breaks behind the answer, the next request finds a session again.
    line.fault("fix_relogon", "FP1");
    CHECK(line.query("FP1").answer.outcome == Outcome::Confirmed);
    line.until_logged_on(false);
    line.until_logged_on();
    CHECK(line.query("FP1").answer.outcome == Outcome::Confirmed);
    CHECK(line.deals() == 1);
}

TEST_CASE("FIX PAY-01 a purchase whose answer never comes is unknown, and a query tells the truth") {
    Line line;
    line.open_bank();
    line.open_client();
    line.until_logged_on();
    const fx::LockReading lock = line.lock("FL1");
    line.fault("timeout_after_effect");
    CHECK(line.ask(line.purchase("FP1", lock), 2s).kind == WireAnswer::Kind::Unknown);
    const fx::PurchaseReading told = line.query("FP1");
    REQUIRE_MESSAGE(told.answer.outcome == Outcome::Confirmed, told.answer.reason);
    CHECK(told.deal->foreign.text() == "1000.00");
    CHECK(line.deals() == 1);
}

TEST_CASE("FIX requests find their way by their address, and nothing that is said stands in the session's files") {
    Line line;
    line.open_bank();
    const fix44::SessionSettings settings = line.session(false);
    fix44::RoutedClient routed(
        std::make_unique<fix44::FixClient>(line.clock, fix44::FixClient::Sessions{{line.url, settings}},
                                           line.unawaited),
        std::make_unique<fix44::FixClient>(line.clock, fix44::FixClient::Sessions{}, line.unawaited));
    const Monotonic deadline = line.clock.monotonic() + kPatience;
    http::Outcome outcome;
    while (line.clock.monotonic() < deadline) {
        outcome = http::call(routed, line.request(fx::AskRates{"FRX"}), line.clock);
        if (outcome.kind != http::OutcomeKind::NotSent) break;
        routed.wait(5ms);
    }
    REQUIRE(outcome.kind == http::OutcomeKind::Answered);
    http::OutgoingRequest elsewhere = line.request(fx::AskRates{"FRY"});
    elsewhere.base_url = "http://127.0.0.1:1";
    CHECK(http::call(routed, elsewhere, line.clock).kind == http::OutcomeKind::NotSent);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(settings.directory)) {
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        CHECK(text.str().find("FRX") == std::string::npos);
    }
}
