#pragma once
// A desk for the call protocol: one database, one or more workers with a scripted counterparty, a handler that books
// into memory what it was told to apply.

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "src/base/crash_point.h"
#include "src/calls/call_worker.h"
#include "src/calls/calls.h"
#include "src/calls/resolve.h"
#include "src/db/migrations.h"
#include "src/flow/escalate.h"
#include "tests/support/mariadb.h"
#include "tests/support/simulated_client.h"

namespace calls_desk {

using namespace huiqiao;
using namespace huiqiao::calls;
using huiqiao::testing::each_engine;
using huiqiao::testing::SimulatedClient;
using huiqiao::testing::TestDatabase;
using Network = SimulatedClient::Network;

/// The counterparty answers "reference=outcome;…"; the handler reads it and writes down what moved.
class ScriptedHandler final : public AnswerHandler {
 public:
    explicit ScriptedHandler(std::string operation, bool has_query = true)
        : operation_(std::move(operation)), has_query_(has_query) {}
    std::string_view operation() const override { return operation_; }
    std::optional<WireRequest> query(const Call& call) const override {
        if (!has_query_) return std::nullopt;
        return WireRequest{"GET", "/query/" + call.reference, {}, ""};
    }
    Reading read(const Call&, const WireAnswer& answer, bool) const override {
        Reading reading;
        if (answer.body == "chokes the reader") throw LogicError("it cannot be read");
        if (answer.kind != WireAnswer::Kind::Answered || answer.status != 200) return reading;
        std::string_view text = answer.body;
        while (!text.empty()) {
            const auto end = text.find(';');
            const auto equals = text.find('=');
            InstructionAnswer each;
            each.reference = text.substr(0, equals);
            each.outcome = outcome_from_text(text.substr(equals + 1, end - equals - 1));
            each.their_reference = "BANK-" + each.reference;
            reading.answers.push_back(std::move(each));
            text.remove_prefix(end + 1);
        }
        return reading;
    }
    void find(db::Reader&, const Call&, const Reading&) override {}
    void claim(db::Claims&, const Call&, const Reading&) override {}
    void lock(db::Locks&, const Call&, const Reading&) override {}
    void start(db::Group&) override { running_.clear(); }
    void apply(db::Group&, const Call&, const Reading&, std::span<const Moved> moved) override {
        for (const Moved& each : moved) {
            if (each.instruction->reference == unbookable && each.to == InstructionOutcome::Confirmed)
                throw LogicError("it cannot be booked");
            running_.push_back(each.instruction->reference + ":" + std::string(to_text(each.from)) + ">" +
                               std::string(to_text(each.to)));
        }
    }
    void finish(db::Group&) override { applied.insert(applied.end(), running_.begin(), running_.end()); }
    std::optional<std::chrono::seconds> next_query(int queries) const override {
        if (queries >= 3) return std::nullopt;
        return pause;
    }
    std::chrono::seconds pause{60};  // between two queries
    std::vector<std::string> applied;
    std::string unbookable;  // reference whose confirmation cannot be booked

 private:
    std::string operation_;
    bool has_query_;
    std::vector<std::string> running_;
};

/// Whatever a test wants to write in a group.
struct AnyItem final : db::Item {
    std::function<void(db::Locks&)> lock = [](db::Locks&) {};
    std::function<void(db::Group&)> run;
};
class AnyOperation final : public db::Operation {
 public:
    std::string_view name() const override { return "any"; }
    std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        struct AnyWork final : db::Work {
            std::vector<std::shared_ptr<db::Item>> all;
            void lock(db::Locks& locks) override {
                for (const auto& item : all) static_cast<AnyItem&>(*item).lock(locks);
            }
            void run(db::Group& group) override {
                for (const auto& item : all) static_cast<AnyItem&>(*item).run(group);
            }
        };
        auto work = std::make_unique<AnyWork>();
        work->all.assign(items.begin(), items.end());
        return work;
    }
};

inline crypto::KeyRing ring() {
    crypto::KeyRing keys;
    keys.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return keys;
}

/// One process: its queue, its worker, its client.
struct Process {
    Process(const TestDatabase& base, ManualClock& its_clock, std::uint64_t seed, const std::string& name)
        : clock(its_clock),
          random(seed),
          database(base.settings(), clock),
          sealer(ring(), random),
          calls(sealer),
          client(clock) {
        REQUIRE(db::migrate(database).ok());
        queue = std::make_unique<db::WriteQueue>(database, clock, ids, db::WriteQueueSettings{});
        handlers.add(pay);
        handlers.add(place);
        operations = std::make_unique<CallOperations>(handlers, escalations, sealer, random, CallRules{});
        CallWorkerSettings settings{
            name, {{.name = "bank", .base_url = "http://bank", .timeout = std::chrono::seconds(10), .concurrency = 4}}};
        worker = std::make_unique<CallWorker>(clock, random, database, *queue, client, *operations, settings);
        client.add("http://bank", [this](const http::Request& request, Instant) {
            received.push_back(std::string(http::to_text(request.method)) + " " + request.path + " " + request.body);
            if (answers.empty()) return http::Response::text(500, "");
            http::Response response = http::Response::text(200, answers.front());
            answers.pop_front();
            return response;
        });
    }

    Status write(
        std::function<void(db::Group&)> run, std::function<void(db::Locks&)> lock = [](db::Locks&) {}) {
        auto item = std::make_shared<AnyItem>();
        item->run = std::move(run);
        item->lock = std::move(lock);
        return queue->run(any, item);
    }
    std::string prepare(const std::string& operation, const std::vector<std::string>& references,
                        std::optional<Instant> not_after = std::nullopt) {
        NewCall call{operation,
                     "bank",
                     operation == "pay" ? Recovery::QueryOnly : Recovery::Resendable,
                     "M-" + references[0],
                     {"POST", "/do", {}, references[0]},
                     {},
                     std::nullopt,
                     not_after};
        for (const auto& reference : references)
            call.instructions.push_back({"thing", reference, 1, reference, std::nullopt});
        std::string id;
        const Status done = write([&](db::Group& group) { id = calls.prepare(group, std::span(&call, 1)).front(); });
        if (!done) throw LogicError(done.error().english());
        return id;
    }
    std::string text(std::string_view sql, const std::string& parameter) {
        std::string value = "none";
        database.read([&](db::Reader& reader) {
            const db::Found found = reader.select({sql, "t"}, {parameter});
            if (!found.empty()) value = found.text(0, 0);
        });
        return value;
    }
    std::string outcome(const std::string& reference) {
        return text("SELECT outcome FROM instruction WHERE reference = :p1 ORDER BY id DESC LIMIT 1", reference);
    }
    std::string state(const std::string& call) { return text("SELECT state FROM external_call WHERE id = :p1", call); }
    std::int64_t number(std::string_view sql) {
        std::int64_t value = 0;
        database.read([&](db::Reader& reader) { value = reader.select({sql, "i"}).integer(0, 0); });
        return value;
    }
    void steps(int count = 3) {
        for (int i = 0; i < count; ++i) worker->step();
    }

    ManualClock& clock;
    SeededRandom random;
    IdSource ids{clock, random};
    db::Database database;
    std::unique_ptr<db::WriteQueue> queue;
    crypto::Sealer sealer;
    Calls calls;
    operators::WorkItems work_items;
    flow::EscalateToOperators escalations{work_items};
    AnswerHandlers handlers;
    ScriptedHandler pay{"pay"};
    ScriptedHandler place{"place", false};
    std::unique_ptr<CallOperations> operations;
    SimulatedClient client;
    std::unique_ptr<CallWorker> worker;
    AnyOperation any;
    std::deque<std::string> answers;
    std::vector<std::string> received;
};

struct CrashHook {
    explicit CrashHook(std::string at) {
        install_crash_hook([at = std::move(at), armed = std::make_shared<bool>(true)](std::string_view here) {
            if (*armed && here == at) {
                *armed = false;
                throw SimulatedCrash{at};
            }
        });
    }
    ~CrashHook() { install_crash_hook({}); }
};

inline Instant start() {
    return parse_rfc3339("2026-11-20T03:00:00Z").value();
}

}  // namespace calls_desk
