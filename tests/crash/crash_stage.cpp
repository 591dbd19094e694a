#include "tests/crash/crash_stage.h"

#include <atomic>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>

#include "src/calls/resolve.h"

namespace huiqiao::crash {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPlatforms[] = {"plt_haitaohui", "plt_bluewhale", "plt_campusfly"};
constexpr int kMostAsks = 200;
/// Conversion, its value date, remittance, its debit; one more for what is queried slowly.
constexpr int kDaysToTheEnd = 5;

}  // namespace

std::vector<std::string> sample_orders(const std::string& platform_id) {
    std::ifstream in("sample_data/orders/" + platform_id + ".json");
    std::vector<std::string> orders;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("{\"platform_order_no\"")) continue;
        // Collected by another institution, whose payment may be declared once: not to be sent again under a new
        // number.
        if (line.find("\"payout_kind\": \"none\"") != std::string::npos) continue;
        while (line.ends_with(',') || line.ends_with(']') || line.ends_with('\r')) line.pop_back();
        if (line.ends_with("]}")) line.resize(line.size() - 2);
        orders.push_back(std::move(line));
    }
    if (orders.empty()) throw std::runtime_error("there are no sample orders of " + platform_id);
    return orders;
}

CrashStage::CrashStage(app::DemoStage stage, std::uint64_t seed)
    : stage_(std::move(stage)), seed_(seed), world_(stage_) {
    world_.start_sandbox();
    if (world_.job("migrate") != 0) throw std::runtime_error("the database could not be migrated");
    register_parties();
    world_.start_service();
    world_.settle();
}

void CrashStage::register_parties() {
    crypto::KeyStore keys(world_.directory() / "keys", crypto::MissingKeys::Create, random_);
    const crypto::VerifyKey service =
        keys.signing_key("answers", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
    ear_ = std::make_unique<WebhookEar>(world_.clock(), service, world_.port("webhooks"), seed_);
    const std::string answers_key = service.pem();
    std::string platform_keys;
    for (const char* id : kPlatforms) {
        senders_.push_back(std::make_unique<Sender>(
            id, keys.signing_key(id, crypto::SignatureAlgorithm::Ed25519).value(), answers_key, world_.clock(),
            world_.url("platforms"), sample_orders(id), seed_ + senders_.size()));
        platform_keys += (platform_keys.empty() ? "" : ",") + senders_.back()->platform().key_json();
    }
    std::string parties = app::read_text("sample_data/parties.json").value();
    parties.insert(parties.find('{') + 1, "\"keys\":[" + platform_keys + "],");
    const auto file = world_.directory() / "parties.json";
    std::ofstream(file) << parties;
    if (world_.job("register", {file.string(), "--webhooks", world_.url("webhooks")}) != 0)
        throw std::runtime_error("the parties could not be registered");
}

void CrashStage::under_load(const std::function<void()>& meanwhile) {
    struct Load {
        std::atomic<bool> stop{false};
        std::vector<std::thread> threads;
        ~Load() {
            stop = true;
            for (std::thread& each : threads) each.join();
        }
    };
    Load load;
    for (const auto& sender : senders_) load.threads.emplace_back([&load, &sender] { sender->run(load.stop); });
    meanwhile();
}

void CrashStage::live_until(Instant until, std::chrono::seconds step) {
    while (world_.clock().now() < until) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(until - world_.clock().now());
        world_.advance(std::max(1s, std::min(step, left)));
    }
}

void CrashStage::live_through_night() {
    const Date day = Date::in_shanghai(world_.clock().now());
    live_until(day.at_shanghai(23, 59), 1h);
    live_until(day.plus_days(1).at_shanghai(0, 5), 6min);
    for (const char* job : {"reconcile", "close-day"}) {
        // 1: done, and there are breaks, which the day's end may well have while money is on its way.
        if (world_.job(job) > 1) throw std::runtime_error(std::string("'huiqiao ") + job + "' could not run");
    }
    live_until(day.plus_days(1).at_shanghai(9, 55), 1h);
}

void CrashStage::answer_everything() {
    for (int asks = 0; asks < kMostAsks; ++asks) {
        std::size_t left = 0;
        for (const auto& sender : senders_) left += sender->ask_again();
        if (left == 0) return;
        world_.await("operators");
    }
    throw std::runtime_error("requests stay without an answer though nothing is at fault any more");
}

int CrashStage::live_to_the_end() {
    int decided = 0;
    for (int day = 0; day < kDaysToTheEnd; ++day) {
        const Date today = Date::in_shanghai(world_.clock().now());
        live_until(today.at_shanghai(11), day == 0 ? 60s : 10min);
        live_until(today.at_shanghai(17), 1h);
        decided += decide_escalated();
        live_through_night();
    }
    world_.settle();
    return decided;
}

std::unique_ptr<app::House> CrashStage::open_house() {
    app::ConfigSource source;
    source.file = world_.config_file();
    auto house = app::House::open(source, false);
    if (house == nullptr) throw std::runtime_error("the house cannot be opened");
    return house;
}

int CrashStage::decide_escalated() {
    const http::Json bank = world_.ask("bank", http::Method::Get, "/admin/books");
    std::set<std::string> dealt;
    for (const http::JsonValue& deal : bank.root().find("deals")->items()) {
        if (deal.find("status")->text() == "dealt") dealt.emplace(deal.find("reference")->text());
    }
    db::DatabaseSettings books;
    books.path = (world_.directory() / "sandbox" / "bank.db").string();
    db::Database bank_books(std::move(books), world_.clock());
    std::set<std::string> paid;
    bank_books.read([&](db::Reader& reader) {
        const db::Found found =
            reader.select({"SELECT end_to_end FROM bank_payment WHERE status = 'ACSC' OR execute_at > 0", "t"});
        for (std::size_t row = 0; row < found.size(); ++row) paid.insert(found.text(row, 0));
    });
    const auto house = open_house();
    app::App::Parts& parts = house->app->parts();
    std::vector<std::shared_ptr<calls::ResolveItem>> items;
    parts.database.read([&](db::Reader& reader) {
        const db::Found found = reader.select(
            {"SELECT id, operation, reference FROM instruction WHERE outcome = 'escalated' ORDER BY id", "ttt"});
        for (std::size_t row = 0; row < found.size(); ++row) {
            auto item = std::make_shared<calls::ResolveItem>();
            item->instruction_id = found.text(row, 0);
            item->confirmed = paid.contains(found.text(row, 2)) || dealt.contains(found.text(row, 2));
            item->their_reference = item->confirmed ? found.text(row, 2) : "";
            item->reason = "the bank's own books";
            item->maker = "opr_maker";
            item->checker = "opr_checker";
            items.push_back(std::move(item));
        }
    });
    for (const auto& item : items) {
        const Status written = parts.queue.run(parts.resolve, item);
        if (!written || !item->done)
            throw std::runtime_error("an escalated instruction could not be decided: " +
                                     (written ? item->done.error() : written.error()).english());
    }
    return static_cast<int>(items.size());
}

}  // namespace huiqiao::crash
