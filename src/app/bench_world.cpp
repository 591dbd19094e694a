#include "src/app/bench_world.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "src/db/migrations.h"
#include "src/flow/register_parties.h"
#include "src/http/json_writer.h"
#include "src/http/message_signature.h"

namespace huiqiao::app {

namespace {

constexpr int kPartiesAtOnce = 500;

crypto::SigningKey new_key(Random& random) {
    return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
}

Money cny(std::int64_t minor) {
    return Money::of_minor(Currency::known("CNY"), minor);
}

std::string merchant_id(int merchant) {
    return "mch_bench_" + std::to_string(merchant);
}
std::string payee_id(int merchant) {
    return "pye_bench_" + std::to_string(merchant);
}

/// A resident identity number with a right check character (GB 11643).
std::string identity_number(std::int64_t n) {
    constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    const std::string serial = std::to_string(100 + n % 900);
    const std::string day = std::to_string(10 + n / 900 % 18);
    const std::string year = std::to_string(1950 + n / 16'200 % 50);
    std::string digits = "110105" + year + "06" + day + serial;
    int sum = 0;
    for (std::size_t at = 0; at < 17; ++at) sum += (digits[at] - '0') * kWeights[at];
    return digits + "10X98765432"[sum % 11];
}

int merchant_of(std::int64_t n) {
    return static_cast<int>((n * 7919) % BenchWorld::kMerchants);
}

}  // namespace

BenchEngine::BenchEngine(db::Engine engine, std::filesystem::path directory)
    : engine_(engine), directory_(std::filesystem::absolute(std::move(directory))) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    if (engine_ == db::Engine::MariaDb) server_ = std::make_unique<PrivateMariaDb>(directory_ / "mariadb");
}

db::DatabaseSettings BenchEngine::settings(const std::string& name) const {
    db::DatabaseSettings settings;
    settings.engine = engine_;
    if (engine_ == db::Engine::Sqlite) {
        settings.path = (directory_ / (name + ".db")).string();
    } else {
        settings.socket = server_->socket();
        settings.user = server_->user();
        settings.name = "huiqiao_" + name;
    }
    return settings;
}

db::DatabaseSettings BenchEngine::fresh(const Clock& clock, const std::string& name) {
    if (server_) {
        const db::DatabaseSettings made = settings(name);
        ChildProcess create({"mariadb", "--no-defaults", "--socket=" + made.socket, "--user=" + made.user, "--execute",
                             "CREATE DATABASE " + made.name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"},
                            directory_ / "client.log");
        if (create.wait_for_end() != 0) throw std::runtime_error("The database " + made.name + " was not made.");
    }
    db::Database database(settings(name), clock);
    if (const auto applied = db::migrate(database); !applied) throw std::runtime_error(applied.error().english());
    return settings(name);
}

std::int64_t BenchEngine::server_cpu_us() const {
    if (!server_) return 0;
    std::string pid;
    std::ifstream(directory_ / "mariadb" / "pid") >> pid;
    std::ifstream file("/proc/" + pid + "/stat");
    std::ostringstream text;
    text << file.rdbuf();
    // After the name in brackets: fields 3 … ; user and system time are 14 and 15, in clock ticks.
    std::istringstream fields(text.str().substr(text.str().rfind(')') + 2));
    std::string skipped;
    for (int at = 3; at < 14; ++at) fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return (user + system) * 1'000'000 / ::sysconf(_SC_CLK_TCK);
}

BenchKeys BenchKeys::random() {
    crypto::SystemRandom random;
    std::vector<std::uint8_t> sealing(32);
    std::vector<std::uint8_t> index(32);
    random.fill(sealing);
    random.fill(index);
    BenchKeys keys;
    keys.sealing.add("benchkey", crypto::SealCipher::Aes256Gcm, Secret(std::move(sealing)));
    keys.blind_index = Secret(std::move(index));
    return keys;
}

BenchWorld::BenchWorld(db::DatabaseSettings settings, ledger::Chart chart, BenchKeys keys)
    : ids(clock, random),
      platform_key(new_key(random)),
      database(std::move(settings), clock),
      queue(database, clock, ids, {}),
      sealer(std::move(keys.sealing), random),
      blind_index(std::move(keys.blind_index)),
      ledger(std::move(chart)),
      parties(sealer, blind_index),
      calls(sealer),
      channel(clock, ids, new_key(random), new_key(random).verify_key(), {"1900000109", "hq-1", "pay-1"}),
      intake(clock, ids, parties, blind_index, calls, channel, {}),
      cancel({calls, {{"sandbox-pay", &channel}}}) {}

flow::IntakeOrder BenchWorld::order(std::int64_t n, std::optional<int> merchant) {
    flow::IntakeOrder order;
    order.platform_order_no = "BENCH-" + std::to_string(n);
    order.merchant_id = merchant_id(merchant.value_or(merchant_of(n)));
    order.trade_kind = "goods_9610";
    order.payout_kind = "fx";
    order.payout_currency = Currency::known("USD");
    order.payee_id = payee_id(merchant.value_or(merchant_of(n)));
    order.total = cny(21'900 + n % 1000);
    order.freight = cny(1'000 + n % 1000);
    order.tax = cny(1'900);
    order.discount = cny(1'000);
    order.lines = {{"奶粉 800g", 2, cny(10'000), cny(20'000)}};
    order.buyer = {"张三", "resident_id", identity_number(n), "138" + std::to_string(10'000'000 + n % 90'000'000)};
    order.customs_port = "5165";
    return order;
}

std::string BenchWorld::order_json(std::int64_t n) {
    const flow::IntakeOrder given = order(n);
    http::JsonWriter json(1024);
    json.open_object()
        .field("platform_order_no", given.platform_order_no)
        .field("merchant_id", given.merchant_id)
        .field("trade_kind", given.trade_kind)
        .field("payout_kind", given.payout_kind)
        .field("payout_currency", given.payout_currency->code())
        .field("payee_id", given.payee_id)
        .field("total", given.total)
        .field("freight", given.freight)
        .field("tax", given.tax)
        .field("discount", given.discount);
    json.key("lines").open_array();
    for (const flow::IntakeLine& line : given.lines) {
        json.open_object().field("name", line.name).field("quantity", line.quantity);
        json.field("unit_price", line.unit_price).field("total", line.total).close_object();
    }
    json.close_array().key("buyer").open_object();
    json.field("name", given.buyer.name).field("identity_type", given.buyer.identity_type);
    json.field("identity_number", given.buyer.identity_number).field("phone", given.buyer.phone).close_object();
    json.field("customs_port", given.customs_port).close_object();
    return json.take();
}

http::OutgoingRequest BenchWorld::signed_order(std::int64_t n, int port, const crypto::SigningKey& platform_key,
                                               const Clock& clock, Random& random) {
    return signed_post("/v1/orders", order_json(n), port, platform_key, clock, random);
}

http::OutgoingRequest BenchWorld::signed_post(const std::string& target, std::string body, int port,
                                              const crypto::SigningKey& platform_key, const Clock& clock,
                                              Random& random) {
    std::array<std::uint8_t, 12> key{};
    random.fill(key);
    http::OutgoingRequest request;
    request.method = http::Method::Post;
    request.base_url = "http://127.0.0.1:" + std::to_string(port);
    request.target = target;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Idempotency-Key", "bench-" + hex(key));
    request.body = std::move(body);
    http::sign_request(request, {&platform_key, kKeyId}, clock.now(), random);
    return request;
}

std::vector<std::shared_ptr<db::Item>> BenchWorld::intake_items(std::int64_t first, int count,
                                                                std::optional<int> merchant) {
    std::vector<std::shared_ptr<db::Item>> items;
    items.reserve(static_cast<std::size_t>(count));
    for (std::int64_t n = first; n < first + count; ++n)
        items.push_back(intake.prepare({kPlatform, "req_bench", {order(n, merchant)}}).value());
    return items;
}

void BenchWorld::take_in(const std::vector<std::shared_ptr<db::Item>>& items) {
    for (const Status& status : queue.run(intake, items)) {
        if (!status) throw std::runtime_error("An order was not written: " + status.error().english());
    }
    for (const auto& item : items) {
        for (const flow::IntakeAnswer& answer : static_cast<flow::IntakeItem&>(*item).answers) {
            if (answer.kind == flow::IntakeAnswer::Kind::Accepted) continue;
            throw std::runtime_error("An order was not accepted: " +
                                     (answer.error ? answer.error->english() : std::string("replayed")));
        }
    }
}

void BenchWorld::know_currencies() {
    database.read([this](db::Reader& reader) {
        if (const Status known = ledger.check_currencies(reader); !known)
            throw std::runtime_error(known.error().english());
    });
}

void BenchWorld::register_parties() {
    flow::RegisterParties registration(parties, true);
    for (int first = 0; first < kMerchants; first += kPartiesAtOnce) {
        auto item = std::make_shared<flow::RegisterItem>();
        if (first == 0) {
            parties::Platform platform;
            platform.id = kPlatform;
            platform.name = "Bench platform";
            platform.customs_code = "4403169D3W";
            platform.customs_name = "某某电商平台";
            platform.created_at = clock.now();
            item->platforms = {platform};
            parties::PlatformKey key;
            key.id = kKeyId;
            key.platform_id = kPlatform;
            key.public_key = platform_key.verify_key().pem();
            key.not_before = clock.now() - std::chrono::hours(1);
            key.not_after = clock.now() + std::chrono::hours(24);
            item->keys = {key};
        }
        for (int at = first; at < first + kPartiesAtOnce; ++at) {
            parties::Merchant merchant;
            merchant.id = merchant_id(at);
            merchant.platform_id = kPlatform;
            merchant.name = "Merchant " + std::to_string(at);
            merchant.created_at = clock.now();
            item->merchants.push_back(std::move(merchant));
            parties::Payee payee;
            payee.id = payee_id(at);
            payee.merchant_id = merchant_id(at);
            payee.currency = Currency::known("USD");
            payee.country = payee.residence = "US";
            payee.name = "Payee Ltd";
            payee.account = std::to_string(1'000'000'000 + at);
            payee.clearing_code = "021000021";
            payee.bank_name = "Bank";
            payee.created_at = clock.now();
            item->payees.push_back(std::move(payee));
        }
        const Status written = queue.run(registration, item);
        if (!written) throw std::runtime_error(written.error().english());
        if (item->error) throw std::runtime_error(item->error->english());
    }
}

}  // namespace huiqiao::app
