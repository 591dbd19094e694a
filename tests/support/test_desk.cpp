#include "tests/support/test_desk.h"

#include <doctest/doctest.h>

#include <fstream>

#include "adapters/fix44/fix_client.h"
#include "src/app/parties_file.h"
#include "src/base/crash_point.h"
#include "src/db/business_day.h"
#include "src/db/migrations.h"
#include "src/http/json_writer.h"
#include "src/operators/operator.h"
#include "tests/support/fix_door.h"
#include "tests/support/mariadb.h"

namespace huiqiao::testing {

namespace {

/// A bank of another name keeps the hours of the shipped one.
fx::CutOffs always_open(const std::string& bank) {
    const std::string line = ",*,T+0,,23:59,Asia/Shanghai\n";
    return fx::CutOffs::parse(bank + ",deal" + line + bank + ",remit" + line).value();
}

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int kMostRounds = 2000;  // at one instant; more is a house that never comes to rest
constexpr const char* kWebhooks = "http://127.0.0.1:9000";
constexpr std::pair<const char*, operators::Role> kOperators[] = {{"opr_maker", operators::Role::Dealer},
                                                                  {"opr_checker", operators::Role::Confirmer}};
constexpr const char* kPlatforms[] = {"plt_haitaohui", "plt_bluewhale", "plt_campusfly"};

void put_private(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

/// What a killed process leaves: everything that it wrote. SQLite's -shm is memory shared by the living.
void copy_as_it_is(const fs::path& from, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        const fs::path target = to / fs::relative(entry.path(), from);
        if (entry.is_directory()) {
            fs::create_directories(target);
        } else if (!entry.path().string().ends_with("-shm")) {
            fs::copy_file(entry.path(), target);
        }
    }
}

}  // namespace

TestDesk::TestDesk(DeskSettings settings)
    : settings_(std::move(settings)),
      clock_(settings_.first_day.at_shanghai(9)),
      random_(settings_.seed),
      sandbox_random_(settings_.seed + 1'000'000),
      platform_random_(settings_.seed + 2'000'000),
      root_(fresh_directory("desk")),
      network_([](const auto&) { return SimulatedClient::Network::Fine; }) {
    for (std::uint64_t each = 0; each < std::size(kPlatforms); ++each) {
        SeededRandom random(901 + each);
        platform_keys_.emplace(kPlatforms[each],
                               crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random));
    }
    for (std::uint64_t each = 0; each < std::size(kOperators); ++each) {
        SeededRandom random(951 + each);
        operator_keys_.emplace(kOperators[each].first,
                               crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random));
    }
    directory_ = root_ / "0";
    if (settings_.prepared) copy_prepared();
    install_crash_hook([this](std::string_view point) {
        ++passed_[std::string(point)];
        const bool is_chosen = point == crash_point_ && --crash_in_ == 0;
        if (!is_chosen && !dies_at(point)) return;
        if (is_chosen) crash_point_.clear();
        const fs::path left = root_ / std::to_string(generation_ + 1);
        copy_as_it_is(directory_, left);
        throw SimulatedCrash{std::string(point)};
    });
    if (!settings_.prepared) make_fresh();
    open();
    if (settings_.prepared) return;
    register_parties();
    register_operators();
}

TestDesk::~TestDesk() {
    install_crash_hook({});
    drop();
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

void TestDesk::make_fresh() {
    fs::create_directories(directory_ / "keys");
    fs::permissions(directory_ / "keys", fs::perms::owner_all);
    fs::create_directories(root_ / "sandbox");
    // An RSA key cannot be made from a seed.
    const std::string rsa = app::read_text("tests/golden/crypto/rsa_test_key.pem").value();
    for (const char* name : {"customs_rsa", "sandbox_customs"})
        put_private(directory_ / "keys" / (std::string(name) + ".key"), rsa);
}

void TestDesk::copy_prepared() {
    struct Kept {
        fs::path root;
        ~Kept() {
            std::error_code ignored;
            fs::remove_all(root, ignored);
        }
    };
    static std::map<Date, Kept> prepared;  // one for each first day
    fs::path& root = prepared[settings_.first_day].root;
    if (root.empty()) {
        DeskSettings fresh;
        fresh.first_day = settings_.first_day;
        TestDesk source(std::move(fresh));
        source.drop();
        root = fresh_directory("prepared");
        copy_as_it_is(source.directory_, root / "0");
        copy_as_it_is(source.root_ / "sandbox", root / "sandbox");
    }
    copy_as_it_is(root, root_);
}

void TestDesk::open() {
    app::Settings text = app::Settings::read("config/huiqiao.conf").value();
    std::vector<std::string> overrides{"database.path=" + (directory_ / "huiqiao.db").string(),
                                       "keys.directory=" + (directory_ / "keys").string(),
                                       "keys.create=yes",
                                       "institution.live_since=" + settings_.first_day.text(),
                                       "webhooks.allow_loopback=yes",
                                       "fx.ask_every_s=0"};
    overrides.insert(overrides.end(), settings_.overrides.begin(), settings_.overrides.end());
    for (const std::string& each : overrides) REQUIRE(text.override_with(each).ok());
    app::ConfigOrFaults read = app::read_config(std::move(text));
    for (const Error& fault : read.faults) FAIL(fault.english());
    config_ = std::move(*read.config);
    // No sessions are opened on this thread's time: the client carries these requests itself (fix_door.h).
    for (calls::CounterpartySettings& each : config_.counterparties) {
        if (fix44::is_fix_url(each.dealing_url)) each.dealing_url.insert(0, "in-process-");
    }
    config_.keep_only(settings_.banks.empty() ? std::set<std::string>{config_.bank} : settings_.banks);
    if (!settings_.currencies.empty()) {
        std::erase_if(config_.accounts, [this](const app::Config::ProvisionAccount& account) {
            return !settings_.currencies.contains(std::string(account.currency.code()));
        });
    }

    keys_ = std::make_unique<crypto::KeyStore>(config_.keys_directory, crypto::MissingKeys::Create, random_);
    auto institution = crypto::load_institution_keys(*keys_, config_.institution.name, clock_.now()).value();
    if (!sandbox_) open_sandbox();
    {
        db::Database raw(database_settings(), clock_);
        REQUIRE(db::migrate(raw).ok());
    }
    app::Surroundings surroundings{clock_, random_, [this] { return make_client(); },
                                   [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; }};
    app::Tables tables = app::Tables::read("config").value();
    if (!settings_.cut_offs.empty()) tables.cut_offs = fx::CutOffs::parse(settings_.cut_offs).value();
    if (!tables.cut_offs.banks().contains(config_.bank)) tables.cut_offs = always_open(config_.bank);
    app_ = std::make_unique<app::App>(config_, std::move(tables), std::move(institution), *keys_, database_settings(),
                                      std::move(surroundings));
    front_ = std::make_unique<FrontDoor>(app_->parts(), *keys_, clock_, random_);
    workers_ = app_->workers();
    is_open_ = true;
}

void TestDesk::open_sandbox() {
    sandbox_ = std::make_unique<SimulatedSandbox>(
        SimulatedSandbox::Parts{config_, *keys_, clock_, sandbox_random_, root_ / "sandbox", settings_.buyer_pays_after,
                                settings_.channel_cost_basis_points, settings_.bank});
}

db::DatabaseSettings TestDesk::database_settings() const {
    db::DatabaseSettings settings = config_.database_settings().value();
    settings.time_from_server = false;
    settings.around_writer = settings_.around_writer;
    return settings;
}

void TestDesk::drop_house() {
    is_open_ = false;
    workers_.clear();
    front_.reset();
    app_.reset();
    keys_.reset();
}

void TestDesk::drop() {
    drop_house();
    sandbox_.reset();
}

void TestDesk::reopen() {
    drop();
    open();
}

void TestDesk::crash_at(std::string point, int occurrence) {
    crash_point_ = std::move(point);
    crash_in_ = occurrence;
}

bool TestDesk::survive(const std::function<void()>& what) {
    try {
        what();
        return true;
    } catch (const SimulatedCrash& crash) {
        note("killed at " + crash.at);
        ++crashes_;
    }
    drop_house();  // the others live on
    fs::remove_all(directory_);
    directory_ = root_ / std::to_string(++generation_);
    open();
    return false;
}

std::unique_ptr<http::Client> TestDesk::make_client() {
    auto client = std::make_unique<SimulatedClient>(clock_);
    for (const calls::CounterpartySettings& counterparty : config_.counterparties) {
        const std::string name = counterparty.name;
        const auto names = sandbox_->names();
        if (std::find(names.begin(), names.end(), name) == names.end()) continue;
        client->add(counterparty.base_url, [this, name](const http::Request& request, Instant) {
            return sandbox_->of(name).answer(request, clock_.true_now());
        });
        if (counterparty.dealing_url.empty()) continue;
        client->add(counterparty.dealing_url, [this, name](const http::Request& request, Instant) {
            return answer_over_fix(sandbox_->of(name), request, clock_.true_now());
        });
    }
    client->add(kWebhooks, [this](const http::Request& request, Instant) { return webhook(request); });
    client->network = [this](const http::OutgoingRequest& request) { return network_(request); };
    client->observe = [this](const http::OutgoingRequest& request, const http::Outcome& outcome) {
        calls_.push_back(std::string(http::to_text(request.method)) + " " + request.base_url + " " + request.target);
        if (!is_noted()) return;
        std::string headers;
        for (const auto& [name, value] : request.headers.all())
            headers.append(name).append(": ").append(value).append("\n");
        note("call " + calls_.back() + "\n" + headers + request.body + "\n-> " +
             std::string(http::to_text(outcome.kind)) + " " + std::to_string(outcome.answer.status) + "\n" +
             outcome.answer.body);
    };
    return client;
}

void TestDesk::register_parties() {
    std::string keys;
    for (const auto& [id, key] : platform_keys_) {
        http::JsonWriter json;
        json.open_object().field("id", "key_" + id).field("platform_id", id).field("algorithm", "ed25519");
        json.field("public_key", base64(key.verify_key().raw())).close_object();
        keys += (keys.empty() ? "" : ",") + json.take();
    }
    std::string parties = app::read_text("sample_data/parties.json").value();
    parties.insert(parties.find('{') + 1, "\"keys\":[" + keys + "],");
    const app::PartiesFile file = app::read_parties(parties, kWebhooks, clock_.now());
    for (const Error& fault : file.faults) FAIL(fault.pointer << ": " << fault.english());
    REQUIRE(parts().queue.run(parts().register_parties, file.item).ok());
    if (file.item->error) FAIL(file.item->error->english());
}

void TestDesk::register_operators() {
    parts().database.write([this](db::Tx& tx) {
        for (const auto& [id, role] : kOperators) {
            operators::Operator who;
            who.id = who.name = id;
            who.person_id = std::string("person_of_") + id;
            who.role = role;
            who.public_key = operator_keys_.at(id).verify_key().pem();
            who.created_at = clock_.now();
            operators::OperatorStore::insert(tx, who);
        }
    });
}

http::Request TestDesk::received(http::OutgoingRequest outgoing, const http::SignatureKey& key) {
    outgoing.base_url = "http://127.0.0.1:8080";
    outgoing.headers.set("Content-Type", "application/json");
    http::sign_request(outgoing, key, clock_.true_now(), platform_random_);
    http::Request request;
    request.method = outgoing.method;
    REQUIRE(http::set_target(request, outgoing.target).ok());
    request.headers = outgoing.headers;
    request.headers.set("Host", "127.0.0.1:8080");
    request.body = outgoing.body;
    request.peer = "127.0.0.1";
    return request;
}

http::Response TestDesk::send(const std::string& platform_id, const std::string& target, const std::string& body,
                              const std::string& idempotency_key) {
    http::OutgoingRequest outgoing;
    outgoing.method = http::Method::Post;
    outgoing.target = target;
    outgoing.body = body;
    outgoing.headers.set("Idempotency-Key", idempotency_key);
    return front_->platforms(received(std::move(outgoing), {&platform_keys_.at(platform_id), "key_" + platform_id}));
}

http::Response TestDesk::send_as_operator(const std::string& operator_id, http::Method method,
                                          const std::string& target, const std::string& body) {
    http::OutgoingRequest outgoing;
    outgoing.method = method;
    outgoing.target = target;
    outgoing.body = body;
    // What is recorded under a key is asked for once.
    const bool is_recorded = target.find("/phone-deals") != std::string::npos || target == "/v1/ops/locks";
    if (is_recorded && method == http::Method::Post)
        outgoing.headers.set("Idempotency-Key", "request-of-an-operator-" + std::to_string(++batches_));
    return front_->operators(received(std::move(outgoing), {&operator_keys_.at(operator_id), operator_id}));
}

void TestDesk::submit(const std::vector<SampleOrder>& orders) {
    std::map<std::string, std::string> batches;
    for (const SampleOrder& order : orders) {
        std::string& batch = batches[order.platform_id];
        batch += (batch.empty() ? "" : ",") + order.json;
    }
    for (const auto& [platform, batch] : batches) {
        const std::string key = "batch-of-the-day-" + std::to_string(++batches_);
        http::Response response;
        const auto go = [&] { response = send(platform, "/v1/orders/batch", "{\"orders\":[" + batch + "]}", key); };
        if (!survive(go)) go();
        const std::size_t refused = response.body.find("\"refused\"");
        INFO(response.body.substr(refused == std::string::npos ? 0 : refused, 1500));
        REQUIRE(response.status == 200);
        REQUIRE(refused == std::string::npos);
        note("batch of " + platform + " answered " + response.body);
    }
}

http::Outcome TestDesk::take_as_institution(const http::Request& request) {
    if (!notices_arrive) return {http::OutcomeKind::NotSent, {}, "down"};
    http::Response answer = front_->notices(request);
    if (acknowledgement_lost()) return {http::OutcomeKind::Unknown, {}, "no answer"};
    return {http::OutcomeKind::Answered, std::move(answer), ""};
}

int TestDesk::round() {
    const Instant now = clock_.now();
    int did = sandbox_->deliver_due(
        clock_.true_now(), [this](const http::Request& request) { return take_as_institution(request); },
        [this](const std::string& from, const sandbox::Sending& sending, const http::Outcome& outcome) {
            if (is_noted())
                note(from + " sends to " + sending.to + " " + sending.target + " " + sending.body + "\n-> " +
                     std::to_string(outcome.answer.status));
        });
    for (const app::Worker& worker : workers_) {
        before(worker.name);
        did += work(worker, now);
    }
    while (parts().queue.step()) ++did;
    return did;
}

/// As app::Workers: one that the database failed is tried again, and while the database rests nobody touches it.
int TestDesk::work(const app::Worker& worker, Instant now) {
    if (!settings_.around_writer) return worker.step(now);
    if (parts().queue.is_resting()) return 0;
    try {
        return worker.step(now);
    } catch (const db::DatabaseError& error) {
        note(worker.name + " failed: " + error.what());
        return 0;
    }
}

int TestDesk::turn() {
    int did = 0;
    return survive([&] { did = round(); }) ? did : 1;
}

void TestDesk::settle() {
    // Answers come home in the round after they were given; what is still under way after two that did nothing hangs
    // until its deadline, for which the clock must move.
    int quiet = 0;
    for (int rounds = 0; quiet < 2; ++rounds) {
        if (rounds == kMostRounds) FAIL("the house does not come to rest at " << rfc3339(clock_.now()));
        quiet = turn() == 0 ? quiet + 1 : 0;
    }
    if (settings_.keep_trace) note_changes();
}

void TestDesk::advance(std::chrono::seconds by, std::chrono::seconds step) {
    live_until(clock_.now() + by, step);
}

void TestDesk::live_until(Instant until, std::chrono::seconds step) {
    settle();
    while (clock_.now() < until) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(until - clock_.now());
        clock_.advance(std::min(step, left));
        settle();
    }
}

void TestDesk::live_days(int days) {
    Date day = Date::in_shanghai(clock_.now());
    for (int lived = 0; lived < days; ++lived, day = day.plus_days(1)) {
        live_until(day.at_shanghai(9, 5), 30s);
        live_until(day.at_shanghai(9, 55), 10min);
        live_until(day.at_shanghai(10, 10), 30s);
        live_until(day.at_shanghai(11), 10min);
        live_until(day.at_shanghai(23, 50), 2h);
        live_until(day.plus_days(1).at_shanghai(0, 5), 5min);
        close_day();
        live_until(day.plus_days(1).at_shanghai(9), 3h);
    }
}

void TestDesk::close_day() {
    const auto close = [this] {
        std::optional<Date> open;
        parts().database.read([&](db::Reader& reader) { open = db::open_business_date(reader); });
        if (!open || *open >= Date::in_shanghai(clock_.now())) return;
        const auto closed = parts().close_day.close(*open);
        if (!closed) FAIL(closed.error().english());
    };
    if (!survive(close)) close();
}

http::Json TestDesk::ask(const std::string& counterparty, http::Method method, const std::string& target,
                         const std::string& body) {
    http::Request request;
    request.method = method;
    REQUIRE(http::set_target(request, target).ok());
    if (!body.empty()) request.headers.set("Content-Type", "application/json");
    request.body = body;
    const http::Response response = sandbox_->of(counterparty).answer(request, clock_.true_now());
    INFO(counterparty << target << " " << body << ": " << response.body.substr(0, 500));
    REQUIRE(response.status / 100 == 2);
    constexpr http::JsonLimits kLimits{16, 100'000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};
    return http::Json::parse(response.body.empty() ? "{}" : response.body, kLimits).value();
}

void TestDesk::fault(const std::string& counterparty, const std::string& body) {
    static_cast<void>(ask(counterparty, http::Method::Post, "/admin/faults", body));
}

int TestDesk::happened(const std::string& counterparty, const std::string& fault) {
    const http::Json json = ask(counterparty, http::Method::Get, "/admin/faults");
    int count = 0;
    for (const http::JsonValue& each : json.root().find("happened")->items()) {
        if (each.find("fault")->text() == fault) ++count;
    }
    return count;
}

}  // namespace huiqiao::testing
