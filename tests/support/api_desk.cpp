#include "tests/support/api_desk.h"

#include <fstream>
#include <sstream>

#include "src/api/openapi.h"
#include "src/db/migrations.h"
#include "src/operators/operator.h"
#include "tests/support/ledger_chart.h"

namespace huiqiao::testing {

namespace {

constexpr const char* kHost = "api.example";

crypto::KeyRing ring() {
    crypto::KeyRing keys;
    keys.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return keys;
}

db::DatabaseSettings migrated(const TestDatabase& base, const Clock& clock) {
    db::Database database(base.settings(), clock);
    REQUIRE(db::migrate(database).ok());
    return base.settings();
}

fx::ValueDates shipped_value_dates() {
    std::map<std::string, Calendar, std::less<>> calendars;
    for (const char* code : {"CNY", "USD"}) {
        std::ifstream file(std::string("config/calendars/") + code + ".csv");
        std::stringstream text;
        text << file.rdbuf();
        calendars.emplace(code, Calendar::parse(text.str()).value());
    }
    return fx::ValueDates(std::move(calendars));
}

struct KnownKey {
    const char* id;
    std::uint64_t seed;
    crypto::SignatureAlgorithm algorithm;
};
constexpr KnownKey kKeys[] = {
    {"key_1", 11, crypto::SignatureAlgorithm::Ed25519},         {"key_1_sm2", 12, crypto::SignatureAlgorithm::Sm2Sm3},
    {"key_1_revoked", 13, crypto::SignatureAlgorithm::Ed25519}, {"key_2", 14, crypto::SignatureAlgorithm::Ed25519},
    {"key_3", 15, crypto::SignatureAlgorithm::Ed25519},         {"opr_maker", 21, crypto::SignatureAlgorithm::Ed25519},
    {"opr_maker_2", 22, crypto::SignatureAlgorithm::Ed25519},   {"opr_checker", 23, crypto::SignatureAlgorithm::Sm2Sm3},
    {"opr_gone", 24, crypto::SignatureAlgorithm::Ed25519},      {"opr_viewer", 25, crypto::SignatureAlgorithm::Ed25519},
    {"key_unknown", 99, crypto::SignatureAlgorithm::Ed25519}};

const KnownKey& known_key(const std::string& id) {
    for (const KnownKey& key : kKeys) {
        if (key.id == id) return key;
    }
    throw LogicError("no test key " + id);
}

parties::PlatformKey platform_key(const char* id, const char* platform, parties::KeyState state, Instant now) {
    const KnownKey& known = known_key(id);
    parties::PlatformKey key;
    key.id = id;
    key.platform_id = platform;
    key.algorithm = known.algorithm;
    key.public_key = seeded_key(known.seed, known.algorithm).verify_key().pem();
    key.state = state;
    key.not_before = now - std::chrono::hours(24);
    key.not_after = now + std::chrono::hours(24 * 300);
    return key;
}

/// The other bank is dearer for small deals than its rate shows.
/// A bank that is dealt with by telephone alone.
flow::ConvertSettings phone_banks() {
    flow::ConvertSettings settings;
    settings.banks["phone-bank"] = {.bank = nullptr, .cny = "sb-cny", .foreign = {{"USD", "sb-usd"}}};
    return settings;
}

/// One whose locks are held.
flow::ConvertSettings locking_banks(const fx::FxBank& bank) {
    flow::ConvertSettings settings = phone_banks();
    settings.banks["sandbox-bank"] = {.bank = &bank, .cny = "sb-cny", .foreign = {{"USD", "sb-usd"}}};
    return settings;
}

/// And ended before their time.
flow::ConvertSettings ending_banks(const fx::FxBank& bank, const fx::LockEndBank& ends) {
    flow::ConvertSettings settings = locking_banks(bank);
    settings.banks.at("sandbox-bank").ends = &ends;
    return settings;
}

std::map<std::string, fx::BankTerms> terms() {
    fx::BankTerms other;
    other.flat_fee = Money::of_minor(Currency::known("CNY"), 100'00);
    return {{"other-bank", other}};
}

}  // namespace

crypto::SigningKey seeded_key(std::uint64_t seed, crypto::SignatureAlgorithm algorithm) {
    SeededRandom random(seed);
    return crypto::SigningKey::generate(algorithm, random);
}

std::unique_ptr<db::Work> AnyOperation::begin(std::span<const std::shared_ptr<db::Item>> items) {
    struct AnyWork final : db::Work {
        std::vector<std::shared_ptr<db::Item>> all;
        void run(db::Group& group) override {
            for (const auto& item : all) static_cast<AnyItem&>(*item).run(group);
        }
    };
    auto work = std::make_unique<AnyWork>();
    work->all.assign(items.begin(), items.end());
    return work;
}

flow::QuoteSources ApiDesk::quote_sources() {
    return {{"sandbox-bank|USD", "other-bank|USD"}, terms()};
}

ApiDesk::ApiDesk(const TestDatabase& base, std::uint64_t seed, std::optional<api::AdmissionSettings> limits,
                 api::DeskStreamSettings streams)
    : random(seed),
      database(migrated(base, clock), clock),
      queue(std::make_unique<db::WriteQueue>(database, clock, ids, db::WriteQueueSettings{})),
      sealer(ring(), random),
      index(Secret(std::string(32, 'i'))),
      books(shipped_chart()),
      port(clock, ids, seeded_key(2, crypto::SignatureAlgorithm::Ed25519),
           seeded_key(1, crypto::SignatureAlgorithm::Ed25519).verify_key(), {"1900000109", "hq-1", "pay-1"}),
      intake(clock, ids, parties, index, calls, port, {}),
      cancel({calls, {{"sandbox-pay", &port}}}),
      collect(database, *queue, ids, books, calls, sealer, work_items,
              flow::CloseTrades(calls, {{"sandbox-pay", &port}}), {}),
      value_dates(shipped_value_dates()),
      convert(database, *queue, books, calls, value_dates, {}),
      bank_key(seeded_key(4, crypto::SignatureAlgorithm::Ed25519)),
      bank_signature("huiqiao", bank_key, bank_key.verify_key()),
      locking_bank(bank_signature),
      held_locks(database, *queue, books, calls, value_dates, locking_banks(locking_bank)),
      ending_bank(bank_signature, {.can_cancel = true, .can_close_out = false}),
      lock_ends(database, *queue, books, calls, value_dates, ending_banks(locking_bank, ending_bank)),
      phone(database, *queue, books, calls, sealer, value_dates, phone_banks()),
      settle_phone(phone.settle(books)),
      settle_far_off(convert.settle_far_off()),
      cursors(Secret(std::string(32, 'c'))),
      answer_key(seeded_key(3, crypto::SignatureAlgorithm::Ed25519)),
      authentication(clock, database, {kHost}),
      admission(),
      platform_api(clock, ids, random, database, *queue, authentication, cursors, {&answer_key, "huiqiao-1"}, {},
                   limits ? &admission.emplace(clock, *limits) : nullptr),
      operator_api(clock, ids, random, database, *queue, cursors, {&answer_key, "huiqiao-1"}, {kHost}, {}),
      page(metrics, database, *queue, work_items),
      orders(platform_api, intake, cancel, sealer),
      events(platform_api),
      payments(platform_api),
      quotes(platform_api, {{"sandbox-bank", Currency::known("USD")}, {"other-bank", Currency::known("USD")}}, terms()),
      platform_quotes(platform_api, quote_sources(), sealer),
      remittances(platform_api),
      declarations(platform_api),
      balances(platform_api, books.chart()),
      notices(clock, ids, *queue, collect, work_items, metrics,
              {{"sandbox-pay", http::Response::json(200, R"({"code":"SUCCESS"})")}}, {}),
      health(clock, database, *queue, page, [] { return http::Response::json(200, R"({"idle":true})"); }),
      work_item_routes(operator_api, work_items, sealer),
      approvals(operator_api, resolve, books, convert, sealer,
                {&release_order, &resolve_suspense, &explain_debit, settle_phone.get(), settle_far_off.get()}),
      matters(operator_api),
      accounts(operator_api),
      rates(operator_api, quote_sources()),
      exposure(operator_api),
      lock_routes(operator_api, held_locks, sealer, flow::ConvertSettings{}.lock_needs),
      lock_end_routes(operator_api, lock_ends, sealer),
      phone_routes(operator_api, phone, sealer),
      desk_stream(clock, database, work_items, streams),
      stream_routes(operator_api, desk_stream),
      openapi(api::openapi_document()) {
    if (admission) page.watch(*admission);
    handlers.add(handler);
    orders.add_to(platforms_router);
    events.add_to(platforms_router);
    payments.add_to(platforms_router);
    quotes.add_to(platforms_router);
    platform_quotes.add_to(platforms_router);
    remittances.add_to(platforms_router);
    declarations.add_to(platforms_router);
    balances.add_to(platforms_router);
    api::add_openapi(platforms_router);
    notices.add_to(notices_router);
    health.add_to(operators_router);
    work_item_routes.add_to(operators_router);
    approvals.add_to(operators_router);
    matters.add_to(operators_router);
    accounts.add_to(operators_router);
    rates.add_to(operators_router);
    exposure.add_to(operators_router);
    lock_routes.add_to(operators_router);
    lock_end_routes.add_to(operators_router);
    phone_routes.add_to(operators_router);
    stream_routes.add_to(operators_router);
    if (count("platform") == 0) {
        open_parties();
        open_operators();
    }
}

ApiDesk::~ApiDesk() {
    if (server) {
        server->stop();
        queue->stop();
    }
}

void ApiDesk::open_parties() {
    auto item = std::make_shared<flow::RegisterItem>();
    const auto add = [&](const char* platform_id, const char* merchant_id, const char* payee_id) {
        parties::Platform platform;
        platform.id = platform_id;
        platform.name = "Platform";
        platform.customs_code = "4403169D3W";
        platform.customs_name = "某某电商平台";
        platform.created_at = clock.now();
        item->platforms.push_back(platform);
        parties::Merchant merchant;
        merchant.id = merchant_id;
        merchant.platform_id = platform_id;
        merchant.name = "Merchant";
        merchant.created_at = clock.now();
        item->merchants.push_back(merchant);
        parties::Payee payee;
        payee.id = payee_id;
        payee.merchant_id = merchant_id;
        payee.currency = Currency::known("USD");
        payee.country = "US";
        payee.residence = "US";
        payee.name = "Payee Ltd";
        payee.account = "1234567890";
        payee.clearing_code = "021000021";
        payee.bank_name = "Bank";
        payee.created_at = clock.now();
        item->payees.push_back(payee);
    };
    add("plt_1", "mch_1", "pye_1");
    add("plt_2", "mch_2", "pye_2");
    add("plt_3", "mch_3", "pye_3");
    item->platforms[2].state = parties::PartyState::Suspended;
    item->keys = {platform_key("key_1", "plt_1", parties::KeyState::Active, clock.now()),
                  platform_key("key_1_sm2", "plt_1", parties::KeyState::Active, clock.now()),
                  platform_key("key_1_revoked", "plt_1", parties::KeyState::Revoked, clock.now()),
                  platform_key("key_2", "plt_2", parties::KeyState::Active, clock.now()),
                  platform_key("key_3", "plt_3", parties::KeyState::Active, clock.now())};
    REQUIRE(queue->run(registration, item).ok());
    if (item->error) FAIL(item->error->english());
}

void ApiDesk::open_operators() {
    write([&](db::Group& group) {
        const auto add = [&](const char* id, operators::Role role, operators::OperatorState state) {
            const KnownKey& known = known_key(id);
            operators::Operator who;
            who.id = id;
            who.name = id;
            who.person_id = std::string("person_of_") + id;
            who.role = role;
            who.algorithm = known.algorithm;
            who.public_key = seeded_key(known.seed, known.algorithm).verify_key().pem();
            who.state = state;
            who.created_at = group.now;
            operators::OperatorStore::insert(group.tx, who);
        };
        add("opr_maker", operators::Role::Dealer, operators::OperatorState::Active);
        add("opr_maker_2", operators::Role::Dealer, operators::OperatorState::Active);
        add("opr_checker", operators::Role::Confirmer, operators::OperatorState::Active);
        add("opr_viewer", operators::Role::Viewer, operators::OperatorState::Active);
        add("opr_gone", operators::Role::Confirmer, operators::OperatorState::Suspended);
    });
}

void ApiDesk::write(std::function<void(db::Group&)> run) {
    auto item = std::make_shared<AnyItem>();
    item->run = std::move(run);
    const Status done = queue->run(any, item);
    if (!done) FAIL(done.error().english());
}

http::OutgoingRequest ApiDesk::get(std::string target) {
    http::OutgoingRequest request;
    request.base_url = std::string("http://") + kHost;
    request.target = std::move(target);
    return request;
}

http::OutgoingRequest ApiDesk::post(std::string target, std::string body, std::string key) {
    http::OutgoingRequest request = get(std::move(target));
    request.method = http::Method::Post;
    request.headers.set("Content-Type", "application/json");
    if (!key.empty()) request.headers.set("Idempotency-Key", key);
    request.body = std::move(body);
    return request;
}

http::OutgoingRequest ApiDesk::signed_by(http::OutgoingRequest request, const std::string& key_id) {
    const KnownKey& known = known_key(key_id);
    const crypto::SigningKey key = seeded_key(known.seed, known.algorithm);
    http::sign_request(request, {&key, key_id}, clock.now(), random);
    return request;
}

const http::Router& ApiDesk::router_of(const std::string& path) const {
    if (path.starts_with("/notices/")) return notices_router;
    const bool of_operators = path.starts_with("/v1/ops/") || path.starts_with("/health/") || path == "/metrics";
    return of_operators ? operators_router : platforms_router;
}

http::Response ApiDesk::send(const http::OutgoingRequest& request) {
    http::Request received;
    received.method = request.method;
    REQUIRE(http::set_target(received, request.target).ok());
    received.headers = request.headers;
    received.headers.set("Host", kHost);
    received.body = request.body;
    received.peer = "127.0.0.1";
    received.received_at = clock.monotonic();
    const http::Match match = router_of(received.path).match(received.method, received.path);
    REQUIRE(match.route != nullptr);
    http::Response answer = match.route->handler(received, match.parameters);
    check(received.method, received.path, answer);
    if (answer.headers.find("signature") != nullptr) {
        const auto lookup = [&](std::string_view id) {
            return id == "huiqiao-1" ? std::optional(answer_key.verify_key()) : std::nullopt;
        };
        CHECK(http::verify_response(answer, http::request_signature_of(request), lookup, clock.now()).ok());
    }
    return answer;
}

void ApiDesk::check(http::Method method, const std::string& path, const http::Response& answer) const {
    const http::Match match = router_of(path).match(method, path);
    REQUIRE(match.route != nullptr);
    for (const std::string& fault : openapi.faults(method, match.route->pattern, answer)) {
        FAIL_CHECK(http::to_text(method) << " " << match.route->pattern << " " << answer.status << ": " << fault);
    }
}

std::uint16_t ApiDesk::listen(int threads, int max_queued) {
    queue->start();
    http::ServerSettings settings;
    settings.threads = threads;
    settings.max_queued = max_queued;
    server = std::make_unique<http::Server>(clock, std::move(platforms_router), settings);
    page.watch("platforms", *server);
    REQUIRE(server->start().ok());
    return server->port();
}

std::uint16_t ApiDesk::listen_to_operators() {
    http::ServerSettings settings;
    settings.threads = 4;
    server = std::make_unique<http::Server>(clock, std::move(operators_router), settings);
    REQUIRE(server->start().ok());
    return server->port();
}

std::string ApiDesk::order_json(const std::string& number) {
    return R"({"platform_order_no":")" + number +
           R"(","merchant_id":"mch_1","trade_kind":"goods_9610","payout_kind":"fx","payout_currency":"USD",)"
           R"("payee_id":"pye_1","total":{"currency":"CNY","amount":"219.00"},)"
           R"("freight":{"currency":"CNY","amount":"10.00"},"tax":{"currency":"CNY","amount":"19.00"},)"
           R"("discount":{"currency":"CNY","amount":"10.00"},)"
           R"("lines":[{"name":"奶粉 800g","quantity":2,"unit_price":{"currency":"CNY","amount":"100.00"},)"
           R"("total":{"currency":"CNY","amount":"200.00"}}],)"
           R"("buyer":{"name":"张三","identity_type":"resident_id","identity_number":"11010519491231002X",)"
           R"("phone":"13800000000"},"customs_port":"5165"})";
}

std::string ApiDesk::replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

std::string ApiDesk::order(const std::string& number) {
    const http::Response answer = ask(post("/v1/orders", order_json(number), "key-for-" + number + "-0000000000"));
    REQUIRE(answer.status == 201);
    return field(answer, "id");
}

http::OutgoingRequest ApiDesk::notice(const std::string& body, bool forged) {
    http::OutgoingRequest request = post("/notices/sandbox-pay", body);
    const std::string timestamp = std::to_string(to_us(clock.now()) / 1'000'000);
    const std::string nonce = ids.random_reference("", 26);
    const crypto::SigningKey key = seeded_key(forged ? 77 : 1, crypto::SignatureAlgorithm::Ed25519);
    request.headers.set("X-Pay-Key-Id", "pay-1");
    request.headers.set("X-Pay-Timestamp", timestamp);
    request.headers.set("X-Pay-Nonce", nonce);
    request.headers.set("X-Pay-Signature", base64(key.sign(timestamp + "\n" + nonce + "\n" + body + "\n")));
    return request;
}

std::int64_t ApiDesk::count(std::string_view table) {
    std::int64_t rows = 0;
    const std::string sql = "SELECT COUNT(*) FROM " + std::string(table);
    database.read([&](db::Reader& reader) { rows = reader.select(db::Select{sql, "i"}).integer(0, 0); });
    return rows;
}

std::string ApiDesk::rows() {
    std::string all;
    for (const char* table : {"orders", "order_number", "order_line", "payment", "person", "external_call", "event",
                              "idempotency_key", "journal_entry", "work_item", "approval", "notice", "account"}) {
        all += std::string(table) + "=" + std::to_string(count(table)) + " ";
    }
    all += "events " + text("SELECT COALESCE(GROUP_CONCAT(state), '') FROM orders WHERE id <> :p1", "");
    return all;
}

std::string ApiDesk::text(std::string_view sql, const std::string& parameter) {
    std::string value = "none";
    database.read([&](db::Reader& reader) {
        const db::Found found = reader.select({sql, "t"}, {parameter});
        if (!found.empty()) value = found.text(0, 0);
    });
    return value;
}

std::string ApiDesk::field(const http::Response& response, std::string_view name) {
    const auto json = http::Json::parse(response.body, {40, 5'000, 500, 100'000, std::size_t{8} * 1024 * 1024});
    if (!json) return "";
    const auto value = json->root().find(name);
    return value && value->kind() == http::JsonKind::Text ? std::string(value->text()) : "";
}

std::string wire_form(const http::OutgoingRequest& request) {
    std::string bytes = std::string(http::to_text(request.method)) + " " + request.target +
                        " HTTP/1.1\r\nHost: " + kHost + "\r\nContent-Length: " + std::to_string(request.body.size()) +
                        "\r\n";
    for (const auto& [name, value] : request.headers.all()) bytes += name + ": " + value + "\r\n";
    return bytes + "\r\n" + request.body;
}

http::Response read_answer(const std::string& bytes) {
    http::Response answer;
    const std::size_t end = bytes.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    answer.status = std::stoi(bytes.substr(9, 3));
    std::istringstream head(bytes.substr(0, end + 2));
    std::string line;
    std::getline(head, line);
    while (std::getline(head, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) answer.headers.add(line.substr(0, colon), line.substr(colon + 2));
    }
    answer.body = bytes.substr(end + 4);
    return answer;
}

}  // namespace huiqiao::testing
