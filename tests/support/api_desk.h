#pragma once
// The whole API on one database, built by hand: two platforms with keys (Ed25519 and SM2), merchants, payees, three
// operators, every route of the three listeners. ApiDesk desk(database); desk.send(desk.post("/v1/orders", body)).
// Every answer is held against openapi.json. In process on one thread, or over real sockets (listen()).

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sandbox_bank/fx_adapter.h"
#include "adapters/sandbox_bank/lock_end_adapter.h"
#include "adapters/simple_pay/adapter.h"
#include "src/api/account_routes.h"
#include "src/api/approval_routes.h"
#include "src/api/balance_routes.h"
#include "src/api/declaration_routes.h"
#include "src/api/event_routes.h"
#include "src/api/exposure_routes.h"
#include "src/api/health_routes.h"
#include "src/api/lock_end_routes.h"
#include "src/api/lock_routes.h"
#include "src/api/matter_routes.h"
#include "src/api/notice_routes.h"
#include "src/api/order_routes.h"
#include "src/api/payment_routes.h"
#include "src/api/phone_routes.h"
#include "src/api/platform_quote_routes.h"
#include "src/api/quote_routes.h"
#include "src/api/rate_routes.h"
#include "src/api/remittance_routes.h"
#include "src/api/stream_routes.h"
#include "src/api/work_item_routes.h"
#include "src/flow/escalate.h"
#include "src/flow/explain_debit.h"
#include "src/flow/register_parties.h"
#include "src/flow/release_order.h"
#include "src/flow/resolve_suspense.h"
#include "src/http/server.h"
#include "tests/support/mariadb.h"
#include "tests/support/openapi_check.h"

namespace huiqiao::testing {

/// A seeded source for several threads.
class SharedRandom final : public Random {
 public:
    explicit SharedRandom(std::uint64_t seed) : seeded_(seed) {}
    void fill(std::span<std::uint8_t> bytes) override {
        const std::scoped_lock lock(mutex_);
        seeded_.fill(bytes);
    }

 private:
    SeededRandom seeded_;
    std::mutex mutex_;
};

/// The effect of a resolved instruction, written down.
class NotedHandler final : public calls::AnswerHandler {
 public:
    [[nodiscard]] std::string_view operation() const override { return "test.pay"; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }
    [[nodiscard]] calls::Reading read(const calls::Call&, const WireAnswer&, bool) const override { return {}; }
    void find(db::Reader&, const calls::Call&, const calls::Reading&) override {}
    void claim(db::Claims&, const calls::Call&, const calls::Reading&) override {}
    void lock(db::Locks&, const calls::Call&, const calls::Reading&) override {}
    void apply(db::Group&, const calls::Call&, const calls::Reading&, std::span<const calls::Moved> moved) override {
        for (const calls::Moved& each : moved) applied.push_back(std::string(calls::to_text(each.to)));
    }
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int) const override { return std::nullopt; }
    std::vector<std::string> applied;
};

/// Whatever a test wants to write in a group.
struct AnyItem final : db::Item {
    std::function<void(db::Group&)> run;
};
class AnyOperation final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "any"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;
};

struct ApiDesk {
    /// seed: another one where the database is opened again, as after a crash; parties are registered by the first.
    /// limits: of platforms under load; none: everybody is let in.
    explicit ApiDesk(const TestDatabase& base, std::uint64_t seed = 1,
                     std::optional<api::AdmissionSettings> limits = std::nullopt, api::DeskStreamSettings streams = {});
    ~ApiDesk();

    // Requests, not signed yet.
    static http::OutgoingRequest get(std::string target);
    /// key: Idempotency-Key, none where empty.
    static http::OutgoingRequest post(std::string target, std::string body, std::string key = "");
    /// Adds a signature: by a platform's key, or an operator's.
    http::OutgoingRequest signed_by(http::OutgoingRequest request, const std::string& key_id);

    // In process. The answer has been held against openapi.json and, where it was signed for, verified.
    http::Response send(const http::OutgoingRequest& request);
    http::Response send_as(const std::string& key_id, http::OutgoingRequest request) {
        return send(signed_by(std::move(request), key_id));
    }
    /// As plt_1.
    http::Response ask(http::OutgoingRequest request) { return send_as("key_1", std::move(request)); }
    /// Holds an answer of a route against the document.
    void check(http::Method method, const std::string& path, const http::Response& answer) const;

    /// Listens with the platforms' routes on a real socket, the queue on a thread of its own. Its port.
    std::uint16_t listen(int threads = 128, int max_queued = 64);
    /// The same with the operators' routes.
    std::uint16_t listen_to_operators();

    /// From both banks; other-bank takes CNY 100.00 a deal.
    static flow::QuoteSources quote_sources();
    /// A good order of plt_1, CNY 219.00 for USD.
    static std::string order_json(const std::string& number);
    static std::string replaced(std::string text, std::string_view what, std::string_view with);
    /// Submits it; its id.
    std::string order(const std::string& number);
    /// A notice of the channel, signed by it (or by somebody else).
    http::OutgoingRequest notice(const std::string& body, bool forged = false);

    std::int64_t count(std::string_view table);
    /// Rows of every table that a request could change, to prove that it changed nothing. Nonces are left out.
    std::string rows();
    std::string text(std::string_view sql, const std::string& parameter);
    void write(std::function<void(db::Group&)> run);
    static std::string field(const http::Response& response, std::string_view name);
    static std::string code(const http::Response& response) { return field(response, "code"); }

    ManualClock clock{parse_rfc3339("2026-11-20T03:00:00Z").value()};
    SharedRandom random;
    IdSource ids{clock, random};
    db::Database database;
    std::unique_ptr<db::WriteQueue> queue;
    crypto::Sealer sealer;
    crypto::BlindIndex index;
    parties::PartyStore parties{sealer, index};
    calls::Calls calls{sealer};
    ledger::Ledger books;
    operators::WorkItems work_items;
    simple_pay::Adapter port;
    flow::Intake intake;
    flow::Cancel cancel;
    flow::RegisterParties registration{parties, true};
    flow::Collect collect;
    fx::ValueDates value_dates;
    flow::Convert convert;
    crypto::SigningKey bank_key;
    sandbox_bank::BankSignature bank_signature;
    sandbox_bank::SandboxFxBank locking_bank;
    flow::HeldLocks held_locks;
    sandbox_bank::SandboxLockEnds ending_bank;
    flow::LockEnds lock_ends;
    flow::PhoneDeals phone;
    std::unique_ptr<flow::Decision> settle_phone;
    std::unique_ptr<flow::Decision> settle_far_off;
    NotedHandler handler;
    calls::AnswerHandlers handlers;
    flow::EscalateToOperators escalations{work_items};
    calls::Resolve resolve{handlers, escalations};
    flow::ReleaseOrder release_order{books};
    flow::ResolveSuspense resolve_suspense{books};
    flow::ExplainDebit explain_debit{books};
    AnyOperation any;

    http::CursorCodec cursors;
    crypto::SigningKey answer_key;
    api::Authentication authentication;
    std::optional<api::Admission> admission;
    api::PlatformApi platform_api;
    api::OperatorApi operator_api;
    http::Metrics metrics;
    api::MetricsPage page;

    api::OrderRoutes orders;
    api::EventRoutes events;
    api::PaymentRoutes payments;
    api::QuoteRoutes quotes;
    api::PlatformQuoteRoutes platform_quotes;
    api::RemittanceRoutes remittances;
    api::DeclarationRoutes declarations;
    api::BalanceRoutes balances;
    api::NoticeRoutes notices;
    api::HealthRoutes health;
    api::WorkItemRoutes work_item_routes;
    api::ApprovalRoutes approvals;
    api::MatterRoutes matters;
    api::AccountRoutes accounts;
    api::RateRoutes rates;
    api::ExposureRoutes exposure;
    api::LockRoutes lock_routes;
    api::LockEndRoutes lock_end_routes;
    api::PhoneRoutes phone_routes;
    api::DeskStream desk_stream;
    api::StreamRoutes stream_routes;

    http::Router platforms_router;
    http::Router notices_router;
    http::Router operators_router;
    OpenApiCheck openapi;
    std::unique_ptr<http::Server> server;

 private:
    void open_parties();
    void open_operators();
    const http::Router& router_of(const std::string& path) const;
};

crypto::SigningKey seeded_key(std::uint64_t seed, crypto::SignatureAlgorithm algorithm);
/// The request as bytes on a connection.
std::string wire_form(const http::OutgoingRequest& request);
/// A whole answer, read.
http::Response read_answer(const std::string& bytes);

}  // namespace huiqiao::testing
