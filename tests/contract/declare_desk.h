#pragma once
// Declarations end to end on a real database: our verbs, the call worker, the single window's adapter and customs in
// process, on one thread and a clock that stands still. DeclareDesk desk(database); desk.order("358.00"); desk.run();

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "adapters/sandbox/customs.h"
#include "adapters/single_window/adapter.h"
#include "customs/declaration_store.h"
#include "src/calls/call_worker.h"
#include "src/db/migrations.h"
#include "src/flow/declare.h"
#include "src/http/json.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/orders/payment_store.h"
#include "tests/support/mariadb.h"

namespace declare_desk {

using namespace huiqiao;
using huiqiao::testing::each_engine;
using huiqiao::testing::TestDatabase;

inline Money cny(std::string_view amount) {
    return Money::parse(Currency::known("CNY"), amount).value();
}

struct DoItem : db::Item {
    std::function<void(db::Group&)> run;
};
class DoOperation final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "do"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        struct DoWork final : db::Work {
            explicit DoWork(std::span<const std::shared_ptr<db::Item>> which) : items(which.begin(), which.end()) {}
            void run(db::Group& group) override {
                for (const auto& item : items) static_cast<DoItem&>(*item).run(group);
            }
            std::vector<std::shared_ptr<db::Item>> items;
        };
        return std::make_unique<DoWork>(items);
    }
};

/// Hands requests to customs, on this thread, and remembers the bytes.
class CustomsClient final : public http::Client {
 public:
    CustomsClient(sandbox::Counterparty& customs, const Clock& clock) : customs_(customs), clock_(clock) {}
    http::CallHandle start(http::OutgoingRequest request) override {
        http::Request incoming;
        incoming.method = request.method;
        REQUIRE(http::set_target(incoming, request.target).ok());
        incoming.headers = request.headers;
        incoming.body = request.body;
        if (incoming.path == "/dxp/messages") messages.push_back(request.body);
        http::Outcome outcome{http::OutcomeKind::Answered, customs_.answer(incoming, clock_.now()), ""};
        if (outcome.answer.status == sandbox::kNoAnswer) outcome = {http::OutcomeKind::Unknown, {}, "no answer"};
        done_.push_back({++last_, std::move(outcome)});
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}
    std::vector<std::string> messages;

 private:
    sandbox::Counterparty& customs_;
    const Clock& clock_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
};

/// The adapter, with mails that a test puts in front of the next page.
class ToldGateway final : public customs::CustomsGateway {
 public:
    explicit ToldGateway(const customs::CustomsGateway& real) : real_(real) {}
    [[nodiscard]] Result<WireRequest> declare(const customs::Transmission& t) const override {
        return real_.declare(t);
    }
    [[nodiscard]] customs::CarrierAnswer read_declare(const std::string& id, const WireAnswer& a) const override {
        return real_.read_declare(id, a);
    }
    [[nodiscard]] WireRequest receipts(const std::string& dxp, std::int64_t after) const override {
        return real_.receipts(dxp, after);
    }
    [[nodiscard]] Result<customs::MailPage> read_receipts(const std::string& dxp, std::int64_t after,
                                                          const WireAnswer& answer) const override {
        auto page = real_.read_receipts(dxp, after, answer);
        if (!page) return page;
        for (std::string& xml : told) page.value().mails.push_back({after, "CEB412Message", std::move(xml), ""});
        told.clear();
        return page;
    }
    mutable std::vector<std::string> told;

 private:
    const customs::CustomsGateway& real_;
};

class NoEscalations final : public calls::Escalations {
 public:
    void escalated(db::Group&, const calls::Call& call, const calls::Instruction&) override {
        told.push_back(call.operation);
    }
    void contradicted(db::Group&, const calls::Call&, const calls::Instruction&, calls::InstructionOutcome) override {}
    void undelivered(db::Group&, const calls::Call&) override {}
    void unrecordable(db::Group&, const calls::Call&) override {}
    std::vector<std::string> told;
};

inline crypto::SigningKey rsa_key() {
    std::ifstream file("tests/golden/crypto/rsa_test_key.pem");
    std::stringstream text;
    text << file.rdbuf();
    return crypto::SigningKey::from_pem(crypto::SignatureAlgorithm::RsaSha1, text.str()).value();
}
inline crypto::SigningKey sm2_key(std::uint64_t seed) {
    SeededRandom random(seed);
    return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Sm2Sm3, random);
}
inline crypto::Certificate certificate_of(const crypto::SigningKey& key) {
    return crypto::issue_certificate({.subject_name = "汇桥支付有限公司",
                                      .issuer_name = "汇桥支付有限公司",
                                      .serial = *from_hex("0123456789abcdef"),
                                      .not_before = parse_rfc3339("2026-01-01T00:00:00Z").value(),
                                      .not_after = parse_rfc3339("2036-01-01T00:00:00Z").value()},
                                     key.verify_key(), key);
}
inline crypto::KeyRing test_ring() {
    crypto::KeyRing ring;
    ring.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return ring;
}

inline constexpr const char* kDxp = "DXPENTHUIQIAO001";
inline constexpr const char* kCode = "3101180A1B";
inline constexpr const char* kName = "汇桥支付有限公司";
inline constexpr const char* kOther = "4403169D3W";

struct DeskSettings {
    xml::SignatureProfile profile = xml::kRsaSha1;
    bool strict = false;
    std::string known_code = kCode;  // as customs knows the client
};

struct Wanted {
    std::string amount = "358.00";
    std::string buyer = "张伟";
    std::string payer = "";  // empty: the buyer
    std::string platform = "plt_1";
    std::string evidence = "";  // of another institution: its transaction number
    std::string evidence_code = kOther;
    std::string paid = "";  // empty: the whole amount
};

class DeclareDesk {
 public:
    explicit DeclareDesk(TestDatabase& where, DeskSettings how = {})
        : database(where.settings(), clock),
          customs_file(TestDatabase::fresh(db::Engine::Sqlite)),
          customs_books(customs_file.settings(), clock),
          key(how.profile.algorithm == crypto::SignatureAlgorithm::RsaSha1 ? rsa_key() : sm2_key(11)),
          certificate(certificate_of(key)),
          window_key(sm2_key(12)),
          window_certificate(certificate_of(window_key)),
          customs(customs_books, customs_settings(how)),
          adapter(key, {.window_key = window_key.verify_key(), .window_profile = xml::kSm2Sm3}),
          gateway(adapter),
          seal(how.profile, key, certificate),
          sealer(test_ring(), random),
          index(Secret(std::string(32, 'i'))),
          parties(sealer, index),
          call_rows(sealer),
          client(customs, clock) {
        REQUIRE(db::migrate(database).ok());
        queue = std::make_unique<db::WriteQueue>(database, clock, ids, db::WriteQueueSettings{});
        declare = std::make_unique<flow::Declare>(database, *queue, ids, call_rows, sealer, parties, gateway, seal,
                                                  settings());
        handlers.add(declare->declare_handler());
        handlers.add(declare->receipts_handler());
        operations = std::make_unique<calls::CallOperations>(handlers, escalations, sealer, random, calls::CallRules{});
        use(client);
        insert_platforms();
    }
    ~DeclareDesk() {
        worker.reset();
        queue.reset();
    }

    void use(http::Client& which, std::string base_url = "http://single-window.invalid") {
        worker = std::make_unique<calls::CallWorker>(
            clock, random, database, *queue, which, *operations,
            calls::CallWorkerSettings{.owner = "test",
                                      .counterparties = {{.name = "single-window", .base_url = std::move(base_url)}}});
    }

    static flow::DeclareSettings settings() {
        flow::DeclareSettings settings;
        settings.declarant = {kCode, kName, kDxp};
        settings.enterprises = {{kOther, "财付通支付科技有限公司"}};
        return settings;
    }
    sandbox::CustomsSettings customs_settings(const DeskSettings& how) const {
        sandbox::CustomsSettings settings;
        settings.senders.push_back({kDxp, how.known_code, kName, key.verify_key(), how.profile});
        settings.enterprises = {{kCode, kName}, {kOther, "财付通支付科技有限公司"}};
        settings.platforms = {{"4403160H7K", "深圳市海淘汇电子商务有限公司"}, {"0987654321", "平台二"}};
        settings.key = &window_key;
        settings.certificate = &window_certificate;
        settings.profile = xml::kSm2Sm3;
        settings.strict_match = how.strict;
        return settings;
    }

    void write(std::function<void(db::Group&)> work) {
        const auto item = std::make_shared<DoItem>();
        item->run = std::move(work);
        const Status done = queue->run(anything, item);
        REQUIRE_MESSAGE(done.ok(), done.error().english());
    }

    void insert_platforms() {
        std::vector<parties::Platform> platforms;
        for (const auto& [id, code, name, verified] :
             std::vector<std::tuple<std::string, std::string, std::string, bool>>{
                 {"plt_1", "4403160H7K", "深圳市海淘汇电子商务有限公司", false},
                 {"plt_2", "0987654321", "平台二", true},
                 {"plt_3", "", "", false}}) {
            platforms.push_back({id, name.empty() ? "未注册" : name, parties::PartyState::Active, code, name, verified,
                                 "", "", clock.now()});
        }
        write([&](db::Group& group) { parties::PartyStore::insert_platforms(group.tx, platforms); });
    }

    std::string person(db::Group& group, const std::string& name) {
        const std::string id = ids.next("per");
        const auto sealed = parties.seal({id, "plt_1", name, parties::IdentityType::ResidentId,
                                          name == "张伟" ? "11010519491231002X" : "500103196506175685", "13800138000"});
        parties::PartyStore::insert_persons(group.tx, std::span(&sealed, 1), group.now);
        return id;
    }

    /// An order whose payment is to be declared.
    std::string order(const Wanted& w = {}) {
        const std::string id = ids.next("ord");
        write([&](db::Group& group) { put_order(group, id, w); });
        return id;
    }
    void hold(const std::string& id, const std::string& reason) {
        write([&](db::Group& group) {
            orders::Order order = orders::OrderStore::find(group.tx, id).value();
            order.hold_reason = reason;
            const orders::Order* rows[] = {&order};
            orders::OrderStore::update(group.tx, rows);
        });
    }
    void put_order(db::Group& group, const std::string& id, const Wanted& w) {
        const Money due = cny(w.amount);
        orders::Order made{.id = id,
                           .platform_id = w.platform,
                           .merchant_id = "mch_1",
                           .platform_order_no = "KJ-" + id.substr(id.size() - 12),
                           .payout = w.evidence.empty() ? orders::PayoutKind::Fx : orders::PayoutKind::None,
                           .trade = orders::TradeKind::Goods9610,
                           .payout_currency = Currency::known("USD"),
                           .payee_id = "",
                           .buyer_id = person(group, w.buyer),
                           .payer_id = "",
                           .amounts = orders::OrderAmounts::of(due, Currency::known("USD")),
                           .state = orders::OrderState::Paid,
                           .hold_reason = "",
                           .customs_port = "5165",
                           .declaration_state = "due",
                           .created_at = group.now,
                           .expires_at = group.now};
        made.payer_id = w.payer.empty() ? made.buyer_id : person(group, w.payer);
        if (w.evidence.empty()) {
            made.amounts.paid = w.paid.empty() ? due : cny(w.paid);
            orders::Payment payment{.id = ids.next("pay"),
                                    .order_id = id,
                                    .merchant_id = "mch_1",
                                    .channel = "sandbox-pay",
                                    .reference = ids.random_reference("P"),
                                    .channel_number = ids.random_reference("C"),
                                    .state = orders::PaymentState::Succeeded,
                                    .amount = due,
                                    .received = due,
                                    .created_at = group.now,
                                    .expires_at = group.now,
                                    .paid_at = group.now - std::chrono::minutes(5),
                                    .pay_url = "",
                                    .reason = ""};
            orders::PaymentStore().insert(group, std::span(&payment, 1), std::nullopt);
            const orders::PaymentStore::Change change{&payment, std::nullopt};
            orders::PaymentStore().save(group, std::span(&change, 1));
        } else {
            const orders::PaymentEvidence evidence{id, w.evidence_code, w.evidence,
                                                   group.now - std::chrono::minutes(5)};
            orders::OrderStore::insert_evidence(group.tx, std::span(&evidence, 1));
        }
        orders::OrderStore::insert(group.tx, std::span(&made, 1));
    }

    http::Response post(std::string_view target, const std::string& body) {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, target).ok());
        request.body = body;
        return customs.answer(request, clock.now());
    }
    void fault(const std::string& name, int count = 1, const std::string& more = "") {
        const auto answer =
            post("/admin/faults", R"({"fault":")" + name + R"(","count":)" + std::to_string(count) + more + "}");
        REQUIRE_MESSAGE(answer.status / 100 == 2, answer.body);
    }
    void forget_faults() {
        http::Request request;
        request.method = http::Method::Delete;
        REQUIRE(http::set_target(request, "/admin/faults").ok());
        REQUIRE(customs.answer(request, clock.now()).status / 100 == 2);
    }
    std::string books() {
        http::Request request;
        REQUIRE(http::set_target(request, "/admin/books").ok());
        return customs.answer(request, clock.now()).body;
    }
    std::size_t in_books(std::string_view text) {
        const std::string all = books();
        std::size_t count = 0;
        for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
        return count;
    }

    /// Everything that can be done at this instant.
    void run() {
        for (int round = 0; round < 300; ++round) {
            (void)customs.due(clock.now());
            if (declare->step(clock.now()) + worker->step() == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    void advance(std::chrono::seconds by) {
        clock.advance(by);
        run();
    }
    /// Sends, and hears customs' answers: stages are two seconds apart, the mailbox is asked every fifteen.
    void settle(int rounds = 3) {
        run();
        for (int i = 0; i < rounds; ++i) advance(std::chrono::seconds(16));
    }

    orders::Order get(const std::string& id) {
        std::optional<orders::Order> found;
        database.read([&](db::Reader& reader) { found = orders::OrderStore::find(reader, id); });
        return found.value();
    }
    customs::Declaration declaration(const std::string& order) {
        std::vector<huiqiao::customs::Declaration> found;
        database.read([&](db::Reader& reader) {
            found = huiqiao::customs::DeclarationStore::of_orders(reader, std::span(&order, 1));
        });
        REQUIRE(found.size() == 1);
        return found[0];
    }
    std::size_t receipts(const std::string& declaration_id) {
        std::size_t count = 0;
        database.read([&](db::Reader& reader) {
            count = huiqiao::customs::DeclarationStore::receipts(reader, declaration_id).size();
        });
        return count;
    }
    std::vector<std::string> work_items() {
        std::vector<std::string> kinds;
        database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) kinds.push_back(item.kind);
        });
        return kinds;
    }
    std::string work_item_of(const std::string& subject) {
        std::string text;
        database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) {
                if (item.subject_id == subject) text = item.text_en;
            }
        });
        return text;
    }
    std::vector<std::string> events(const std::string& order) {
        constexpr db::Select kEvents{"SELECT type FROM event WHERE object_id = :p1 ORDER BY sequence", "t"};
        std::vector<std::string> types;
        database.read([&](db::Reader& reader) {
            const db::Found found = reader.select(kEvents, {order});
            for (std::size_t row = 0; row < found.size(); ++row) types.push_back(found.text(row, 0));
        });
        return types;
    }
    std::vector<calls::InstructionRow> instructions(const std::string& declaration_id) {
        std::vector<calls::InstructionRow> rows;
        database.read([&](db::Reader& reader) {
            rows = calls::Calls::instructions(reader, "customs.declare", "declaration", std::span(&declaration_id, 1));
        });
        return rows;
    }

    ManualClock clock{parse_rfc3339("2026-11-20T02:00:00Z").value()};
    SeededRandom random{7};
    IdSource ids{clock, random};
    db::Database database;
    TestDatabase customs_file;
    db::Database customs_books;
    crypto::SigningKey key;
    crypto::Certificate certificate;
    crypto::SigningKey window_key;
    crypto::Certificate window_certificate;
    sandbox::Customs customs;
    single_window::Adapter adapter;
    ToldGateway gateway;
    huiqiao::customs::Seal seal;
    crypto::Sealer sealer;
    crypto::BlindIndex index;
    parties::PartyStore parties;
    calls::Calls call_rows;
    CustomsClient client;
    DoOperation anything;
    std::unique_ptr<db::WriteQueue> queue;
    std::unique_ptr<flow::Declare> declare;
    calls::AnswerHandlers handlers;
    NoEscalations escalations;
    std::unique_ptr<calls::CallOperations> operations;
    std::unique_ptr<calls::CallWorker> worker;
};

}  // namespace declare_desk
