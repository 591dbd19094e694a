#include "src/app/bench_stage.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>
#include <utility>

#include "fx/purchase_list_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/api/order_routes.h"
#include "src/app/bench_peers.h"
#include "src/app/parties_file.h"
#include "src/crypto/system_random.h"
#include "src/db/business_day.h"
#include "src/http/json_writer.h"
#include "src/http/message_signature.h"
#include "src/operators/operator.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr int kBatch = 500;
constexpr int kAtOnce = 64;  // calls under way at one counterparty
constexpr const char* kDealer = "opr_bench";
constexpr const char* kAuthority = "127.0.0.1:8080";

/// Orders of the demo's first day by platform, each with its number last so that it can be given another.
std::map<std::string, std::vector<std::string>> sample_orders(const std::filesystem::path& directory,
                                                              const std::string& currency) {
    std::map<std::string, std::vector<std::string>> by_platform;
    for (const auto& entry : std::filesystem::directory_iterator(directory / "orders")) {
        if (entry.path().extension() != ".json") continue;
        std::vector<std::string>& orders = by_platform[entry.path().stem().string()];
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
            if (!line.starts_with("{\"platform_order_no\"")) continue;
            if (!currency.empty() && line.find("\"" + currency + "\"") == std::string::npos) continue;
            const std::size_t end = line.rfind("}");
            line.resize(line.ends_with("]}") ? line.rfind("]}") : end + 1);
            orders.push_back(std::move(line));
        }
    }
    std::erase_if(by_platform, [](const auto& platform) { return platform.second.empty(); });
    return by_platform;
}

/// The same order under another number.
std::string renumbered(const std::string& order, int wave, int n) {
    const std::size_t close = order.find('"', order.find(':') + 3);
    std::string text = order;
    text.insert(close, "-" + std::to_string(wave) + "-" + std::to_string(n));
    return text;
}

Config stage_config(const BenchStageFiles& files, Instant now) {
    Settings text = Settings::read(files.config_directory / "huiqiao.conf").value();
    std::vector<std::string> overrides{"keys.directory=" + (files.directory / "keys").string(), "keys.create=yes",
                                       "fx.ask_every_s=0", "institution.live_since=" + Date::in_shanghai(now).text()};
    overrides.insert(overrides.end(), files.overrides.begin(), files.overrides.end());
    for (const std::string& each : overrides) {
        if (const Status set = text.override_with(each); !set) throw std::runtime_error(set.error().english());
    }
    ConfigOrFaults read = read_config(std::move(text));
    if (!read.config) throw std::runtime_error(read.faults.front().english());
    read.config->keep_only({read.config->bank});  // one is played
    for (calls::CounterpartySettings& counterparty : read.config->counterparties) counterparty.concurrency = kAtOnce;
    return std::move(*read.config);
}

http::Response answer_of(const http::Router& router, const http::Request& request) {
    const http::Match match = router.match(request.method, request.path);
    if (match.route == nullptr) throw std::runtime_error("There is no route " + request.path);
    return match.route->handler(request, match.parameters);
}

}  // namespace

class BenchStage::Impl {
 public:
    Impl(const BenchStageFiles& files, db::DatabaseSettings database)
        : clock_(Date::of_number(20260512).at_shanghai(9)),  // a Tuesday that works in every currency of the sample
          samples_(sample_orders(files.sample_directory, files.currency)),
          config_(stage_config(files, clock_.now())),
          keys_(config_.keys_directory, crypto::MissingKeys::Create, random_),
          peers_({config_, files.config_directory, files.sample_directory / "bank_rates.csv", clock_, keys_, random_,
                  files.directory / "sandbox"}),
          app_(config_, Tables::read(files.config_directory).value(),
               crypto::load_institution_keys(keys_, config_.institution.name, clock_.now()).value(), keys_,
               std::move(database),
               {clock_, random_, [this] { return peers_.client(); },
                [](const std::string&) { return std::vector<std::string>(); }}),
          parts_(app_.parts()),
          authentication_(clock_, parts_.database, {}),
          cursors_(keys_.secret("cursors", 32).value()),
          api_(clock_, parts_.ids, random_, parts_.database, parts_.queue, authentication_, cursors_,
               {&parts_.keys.answers, "huiqiao-answers"}, {}),
          orders_(api_, parts_.intake, parts_.cancel, parts_.sealer),
          workers_(app_.workers()) {
        orders_.add_to(platform_router_);
        // Webhooks are written with the orders; who takes them in is no part of it.
        std::erase_if(workers_, [](const Worker& worker) { return worker.name == "webhooks"; });
        register_parties(files.sample_directory);
    }

    void prepare(int wave, int count) {
        std::vector<http::Request>& requests = prepared_[wave];
        std::map<std::string, std::pair<std::string, int>> batches;
        std::size_t turn = 0;
        for (int n = 0; n < count; ++turn) {
            for (const auto& [platform, orders] : samples_) {
                if (n == count) break;
                auto& [text, size] = batches[platform];
                text.append(size == 0 ? "" : ",").append(renumbered(orders[turn % orders.size()], wave, n++));
                if (++size < kBatch) continue;
                requests.push_back(batch(platform, std::exchange(text, "")));
                size = 0;
            }
        }
        for (auto& [platform, left] : batches) {
            if (left.second > 0) requests.push_back(batch(platform, std::move(left.first)));
        }
    }

    void submit(int wave, int count) {
        if (!prepared_.contains(wave)) prepare(wave, count);
        for (const http::Request& request : prepared_[wave]) {
            const http::Response response = answer_of(platform_router_, request);
            const std::size_t refused = response.body.find("\"refused\"");
            if (response.status != 200 || refused != std::string::npos)
                throw std::runtime_error("A batch was refused: " +
                                         response.body.substr(refused == std::string::npos ? 0 : refused, 500));
        }
        submitted_ += count;
        settle();
    }

    void rest(const std::string& worker) { resting_.insert(worker); }
    void everybody_works() { resting_.clear(); }
    [[nodiscard]] int waiting_for_purchase(const std::string& currency) {
        std::vector<std::string> waiting;
        parts_.database.read([&](db::Reader& reader) {
            waiting = orders::OrderStore::waiting(reader, orders::Waiting::Convert, Currency::known(currency),
                                                  static_cast<int>(submitted_));
        });
        return static_cast<int>(waiting.size());
    }
    [[nodiscard]] int purchases_dealt() {
        std::vector<fx::Purchase> purchases;
        parts_.database.read([&](db::Reader& reader) {
            purchases = fx::PurchaseStore::load(reader, fx::newest_purchases(reader, config_.bank, kBatch));
        });
        return static_cast<int>(std::count_if(purchases.begin(), purchases.end(),
                                              [](const fx::Purchase& each) { return each.deal.has_value(); }));
    }

    void gather(int wave, int count, const std::string& currency) {
        constexpr int kMostDays = 8;
        rest("convert");
        submit(wave, count);
        for (int days = 0; waiting_for_purchase(currency) != count; ++days) {
            if (days == kMostDays) throw std::runtime_error("Not every order came to its purchase.");
            live_a_day();
        }
        live_hours(1);  // into the banks' day
        everybody_works();
    }

    Spent lock_a_rate(const std::string& currency, const Money& cny) {
        auto item = std::make_shared<flow::TakeLock>(flow::LockWish{config_.bank, Currency::known(currency), cny});
        item->operator_id = kDealer;
        know_dealer();
        const Spent by_counterparties = peers_.took();
        const Spent begin = Spent::until_now();
        if (const Status taken = parts_.queue.run(parts_.held_locks.take(), item); !taken || item->error)
            throw std::runtime_error(taken ? item->error->english() : taken.error().english());
        const auto is_asked = [&] {
            std::optional<fx::Lock> lock;
            parts_.database.look(
                [&](db::Reader& reader) { lock = fx::QuoteStore::lock(reader, item->taken->lock.id); });
            return lock->state == fx::LockState::Requested;
        };
        while (is_asked()) round();
        Spent took = Spent::until_now() - begin;
        took -= peers_.took() - by_counterparties;
        return took;
    }

    /// Answers come home in the round after they were given.
    void settle() {
        for (int quiet = 0; quiet < 2;) quiet = round() == 0 ? quiet + 1 : 0;
    }

    [[nodiscard]] Date today() const { return Date::in_shanghai(clock_.now()); }
    void live_seconds(int seconds) { live_until(clock_.now() + std::chrono::seconds(seconds), 1h); }
    void live_hours(int hours) { live_until(clock_.now() + std::chrono::hours(hours), 10min); }
    void live_a_day() {
        const Date day = Date::in_shanghai(clock_.now());
        live_until(day.at_shanghai(9, 5), 30s);
        live_until(day.at_shanghai(9, 55), 10min);
        live_until(day.at_shanghai(10, 10), 30s);
        live_until(day.at_shanghai(11), 10min);
        live_until(day.at_shanghai(23, 50), 2h);
        live_until(day.plus_days(1).at_shanghai(0, 5), 5min);
        if (const auto closed = parts_.close_day.close(day); !closed)
            throw std::runtime_error(closed.error().english());
        live_until(day.plus_days(1).at_shanghai(9), 3h);
    }

    [[nodiscard]] std::int64_t completed() {
        std::int64_t count = 0;
        for (const auto& [platform, orders] : samples_) {
            std::string before;
            for (;;) {
                std::vector<orders::Order> page;
                parts_.database.read([&, &id = platform](db::Reader& reader) {
                    page = orders::OrderStore::list(reader, id, "completed", before, kBatch);
                });
                if (page.empty()) break;
                count += static_cast<std::int64_t>(page.size());
                before = page.back().id;
            }
        }
        return count;
    }
    [[nodiscard]] std::int64_t submitted() const { return submitted_; }

    void know_currencies() {
        parts_.database.read([this](db::Reader& reader) {
            if (const Status known = parts_.ledger.check_currencies(reader); !known)
                throw std::runtime_error(known.error().english());
        });
    }
    void require_good_books() {
        const ledger::VerifyReport report = app_.verify();
        if (!report.is_good()) throw std::runtime_error(report.text_english());
    }
    [[nodiscard]] Spent counterparties_took() const { return peers_.took(); }

 private:
    void know_dealer() {
        if (std::exchange(is_dealer_known_, true)) return;
        operators::Operator dealer;
        dealer.id = kDealer;
        dealer.person_id = "bench";
        dealer.role = operators::Role::Dealer;
        dealer.public_key = "none";
        dealer.created_at = clock_.now();
        parts_.database.write([&](db::Tx& tx) { operators::OperatorStore::insert(tx, dealer); });
    }

    http::Request batch(const std::string& platform, std::string orders) {
        http::OutgoingRequest outgoing;
        outgoing.method = http::Method::Post;
        outgoing.base_url = std::string("http://") + kAuthority;
        outgoing.target = "/v1/orders/batch";
        outgoing.body = "{\"orders\":[" + std::move(orders) + "]}";
        outgoing.headers.set("Content-Type", "application/json");
        outgoing.headers.set("Idempotency-Key", "bench-batch-" + std::to_string(1'000'000 + ++batches_));
        http::sign_request(outgoing, {&platform_keys_.at(platform), "key_" + platform}, clock_.now(), random_);
        return received(outgoing);
    }

    void register_parties(const std::filesystem::path& sample) {
        std::string keys;
        for (const auto& [platform, orders] : samples_) {
            const auto& key =
                platform_keys_
                    .emplace(platform, crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random_))
                    .first->second;
            http::JsonWriter json;
            json.open_object().field("id", "key_" + platform).field("platform_id", platform);
            json.field("algorithm", "ed25519").field("public_key", base64(key.verify_key().raw())).close_object();
            keys += (keys.empty() ? "" : ",") + json.take();
        }
        std::string parties = read_text(sample / "parties.json").value();
        parties.insert(parties.find('{') + 1, "\"keys\":[" + keys + "],");
        const PartiesFile file = read_parties(parties, "https://platform.example", clock_.now());
        if (!file.faults.empty()) throw std::runtime_error(file.faults.front().english());
        const Status written = parts_.queue.run(parts_.register_parties, file.item);
        if (!written) throw std::runtime_error(written.error().english());
        if (file.item->error) throw std::runtime_error(file.item->error->english());
    }

    /// As many threads of the notices' listener would: stored together, each answered after its COMMIT.
    std::vector<http::Response> take_notices(const std::vector<http::Request>& requests) {
        std::vector<std::shared_ptr<db::Item>> items;
        for (const http::Request& request : requests) {
            const std::string channel = request.path.substr(request.path.rfind('/') + 1);
            auto item = parts_.collect.check_notice(channel, request.headers.all(), request.body);
            if (!item.ok()) throw std::runtime_error(item.error().english());
            items.push_back(*std::move(item));
        }
        for (const Status& stored : parts_.queue.run(parts_.collect.store_notice(), items)) {
            if (!stored) throw std::runtime_error(stored.error().english());
        }
        return {requests.size(), http::Response::json(200, R"({"code":"SUCCESS"})")};
    }

    int round() {
        const Instant now = clock_.now();
        int did = peers_.deliver_due(
            now, [this](const std::vector<http::Request>& requests) { return take_notices(requests); });
        for (const Worker& worker : workers_) {
            if (!resting_.contains(worker.name)) did += worker.step(now);
        }
        while (parts_.queue.step()) ++did;
        return did;
    }
    void live_until(Instant until, std::chrono::seconds step) {
        settle();
        while (clock_.now() < until) {
            const auto left = std::chrono::duration_cast<std::chrono::seconds>(until - clock_.now());
            clock_.advance(std::min(step, left));
            settle();
        }
    }

    ManualClock clock_;
    crypto::SystemRandom random_;
    std::map<std::string, std::vector<std::string>> samples_;
    Config config_;
    crypto::KeyStore keys_;
    BenchPeers peers_;
    App app_;
    App::Parts& parts_;
    api::Authentication authentication_;
    http::CursorCodec cursors_;
    api::PlatformApi api_;
    api::OrderRoutes orders_;
    http::Router platform_router_;
    std::vector<Worker> workers_;
    std::map<std::string, crypto::SigningKey> platform_keys_;
    std::map<int, std::vector<http::Request>> prepared_;
    std::set<std::string> resting_;
    std::int64_t submitted_ = 0;
    int batches_ = 0;
    bool is_dealer_known_ = false;
};

BenchStage::BenchStage(const BenchStageFiles& files, db::DatabaseSettings database) {
    std::filesystem::remove_all(files.directory);
    std::filesystem::create_directories(files.directory / "sandbox");
    impl_ = std::make_unique<Impl>(files, std::move(database));
}
BenchStage::~BenchStage() = default;

void BenchStage::prepare(int wave, int orders) {
    impl_->prepare(wave, orders);
}
void BenchStage::submit(int wave, int orders) {
    impl_->submit(wave, orders);
}
void BenchStage::rest(const std::string& worker) {
    impl_->rest(worker);
}
void BenchStage::everybody_works() {
    impl_->everybody_works();
}
int BenchStage::waiting_for_purchase(const std::string& currency) {
    return impl_->waiting_for_purchase(currency);
}
void BenchStage::gather(int wave, int orders, const std::string& currency) {
    impl_->gather(wave, orders, currency);
}
Spent BenchStage::lock_a_rate(const std::string& currency, const Money& cny) {
    return impl_->lock_a_rate(currency, cny);
}
void BenchStage::settle() {
    impl_->settle();
}
int BenchStage::purchases_dealt() {
    return impl_->purchases_dealt();
}
Date BenchStage::today() const {
    return impl_->today();
}
void BenchStage::live_seconds(int seconds) {
    impl_->live_seconds(seconds);
}
void BenchStage::live_hours(int hours) {
    impl_->live_hours(hours);
}
void BenchStage::live_a_day() {
    impl_->live_a_day();
}
bool BenchStage::all_completed() {
    return impl_->completed() == impl_->submitted();
}
std::string BenchStage::order_states() {
    return "completed " + std::to_string(impl_->completed()) + " of " + std::to_string(impl_->submitted());
}
void BenchStage::know_currencies() {
    impl_->know_currencies();
}
void BenchStage::require_good_books() {
    impl_->require_good_books();
}
Spent BenchStage::counterparties_took() const {
    return impl_->counterparties_took();
}

}  // namespace huiqiao::app
