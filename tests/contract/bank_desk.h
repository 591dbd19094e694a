#pragma once
// Payouts and statements end to end on a real database: our verbs, the call worker and the sandbox bank in process, on
// one thread and a clock that stands still. BankDesk desk(database); desk.fund("m1", "100.00"); desk.order(...);
// desk.run();

#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox_bank/adapter.h"
#include "src/calls/call_worker.h"
#include "src/flow/escalate.h"
#include "src/flow/fund.h"
#include "src/flow/reconcile.h"
#include "src/flow/remit.h"
#include "src/http/json_writer.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "src/reconciliation/statement_store.h"
#include "src/remittance/remittance_store.h"
#include "tests/support/ledger_desk.h"

namespace bank_desk {

using namespace huiqiao;
using namespace huiqiao::testing;
namespace sb = huiqiao::sandbox::bank;

class BankClient final : public http::Client {
 public:
    BankClient(sandbox::Counterparty& bank, const Clock& clock) : bank_(bank), clock_(clock) {}
    http::CallHandle start(http::OutgoingRequest request) override {
        http::Request incoming;
        incoming.method = request.method;
        REQUIRE(http::set_target(incoming, request.target).ok());
        incoming.headers = request.headers;
        incoming.body = request.body;
        sent.push_back(std::string(http::to_text(request.method)) + " " + incoming.path);
        http::Outcome outcome{http::OutcomeKind::Answered, bank_.answer(incoming, clock_.now()), ""};
        if (outcome.answer.status == sandbox::kNoAnswer) outcome = {http::OutcomeKind::Unknown, {}, "no answer"};
        done_.push_back({++last_, std::move(outcome)});
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}
    [[nodiscard]] std::size_t count(std::string_view start_of) const {
        return static_cast<std::size_t>(
            std::count_if(sent.begin(), sent.end(), [&](const std::string& one) { return one.starts_with(start_of); }));
    }
    std::vector<std::string> sent;

 private:
    sandbox::Counterparty& bank_;
    const Clock& clock_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
};

inline crypto::KeyRing test_ring() {
    crypto::KeyRing ring;
    ring.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return ring;
}

inline crypto::SigningKey seeded_key(std::uint64_t seed) {
    SeededRandom random(seed);
    return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
}

inline sb::BankSettings bank_settings(const crypto::SigningKey& customer, crypto::SigningKey own) {
    sb::BankSettings settings;
    settings.accounts = {{"sb-cny", "CNY"}, {"sb-usd", "USD"}, {"own-usd", "USD"}};
    settings.customer_key = customer.verify_key();
    settings.customer_id = "huiqiao";
    settings.bank_key = std::move(own);
    return settings;
}

class BankDesk {
 public:
    explicit BankDesk(TestDatabase& where)
        : desk(where),
          bank_file(TestDatabase::fresh(db::Engine::Sqlite)),
          bank_books(bank_file.settings(), desk.clock),
          customer_key(seeded_key(5)),
          bank(bank_books, bank_settings(customer_key, seeded_key(6)), {}, desk.clock.now()),
          signature("huiqiao", customer_key, seeded_key(6).verify_key()),
          remitter(signature),
          keeper(signature),
          sealer(test_ring(), desk.random),
          index(Secret(std::string(32, 'i'))),
          call_rows(sealer),
          parties(sealer, index),
          remit({desk.database, *desk.queue, desk.books, call_rows, parties, remitters(), remit_settings()}),
          fund_flow(desk.database, *desk.queue, desk.books, call_rows, keepers(), {&remit.statement_lines()},
                    fund_settings()),
          reconcile(desk.database, *desk.queue, desk.books,
                    {.accounts = accounts(), .grace_days = 1, .owner = "treasury", .page = 2}),
          escalations(work_items_),
          client(bank, desk.clock) {
        handlers.add(remit.pay_handler());
        handlers.add(fund_flow.statement_handler());
        operations =
            std::make_unique<calls::CallOperations>(handlers, escalations, sealer, desk.random, calls::CallRules{});
        use(client);
        add_parties();
    }

    void use(http::Client& which, std::string base_url = "http://sandbox-bank.invalid") {
        worker = std::make_unique<calls::CallWorker>(
            desk.clock, desk.random, desk.database, *desk.queue, which, *operations,
            calls::CallWorkerSettings{.owner = "test",
                                      .counterparties = {{.name = "sandbox-bank", .base_url = std::move(base_url)}}});
    }

    flow::RemittanceBanks remitters() const { return flow::RemittanceBanks({{"sandbox-bank", &remitter}}); }
    flow::AccountBanks keepers() const { return flow::AccountBanks({{"sandbox-bank", &keeper}}); }

    static std::vector<flow::ProvisionAccount> accounts() {
        return {{"sb-usd", currency("USD"), "sandbox-bank"}, {"sb-cny", currency("CNY"), "sandbox-bank"}};
    }
    static flow::RemitSettings remit_settings() {
        flow::RemitSettings settings;
        settings.accounts = accounts();
        settings.own_accounts = {{"own-usd", currency("USD"), "sandbox-bank"}};
        settings.debtor = {"Sample Pay Co Ltd", "Century Avenue", "88", "200120", "Shanghai", "", "CN"};
        settings.debtor_bank_bic = "BKCHCNBJ300";
        return settings;
    }
    static flow::FundSettings fund_settings() {
        flow::FundSettings settings;
        settings.accounts = accounts();
        settings.first_day = Date::of_number(20261120);
        settings.lines_a_page = 3;
        return settings;
    }

    /// Money of that merchant arrives at the bank: it fits nothing at first, and a person gives it to the merchant.
    void fund(const std::string& merchant, const char* code, const char* amount) {
        const std::string account = std::string(code) == "USD" ? "sb-usd" : "sb-cny";
        const std::string id = "D" + std::to_string(++deposits_);
        const http::Response answer = post("/internal/deposits", http::JsonWriter()
                                                                     .open_object()
                                                                     .field("deposit_id", id)
                                                                     .field("account", account)
                                                                     .field("amount", money(code, amount))
                                                                     .field("reference", id)
                                                                     .field("narrative", "in")
                                                                     .close_object()
                                                                     .take());
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
        advance(std::chrono::minutes(2));
        desk.post({flow::postings::suspense_revived(desk.event(id), merchant, money(code, amount))});
    }

    std::string order(const std::string& merchant, const char* code, const char* amount) {
        const std::string id = desk.ids.next("ord");
        const bool foreign = std::string(code) != "CNY";
        const Money out = money(code, amount);
        const Money cny = foreign ? money("CNY", "700.00") : out;
        orders::OrderAmounts amounts = orders::OrderAmounts::of(cny, out.currency());
        amounts.paid = amounts.funded = cny;
        if (foreign) {
            amounts.converted = cny;
            amounts.bought = out;
        }
        orders::Order made{.id = id,
                           .platform_id = "plt_1",
                           .merchant_id = merchant,
                           .platform_order_no = id,
                           .payout = foreign ? orders::PayoutKind::Fx : orders::PayoutKind::Domestic,
                           .trade = orders::TradeKind::General,
                           .payout_currency = out.currency(),
                           .payee_id = foreign ? "pye_1" : "pye_2",
                           .buyer_id = "",
                           .payer_id = "",
                           .amounts = amounts,
                           .state = foreign ? orders::OrderState::Converted : orders::OrderState::Funded,
                           .payment_open = false,
                           .expired = false,
                           .cancelled = false,
                           .hold_reason = "",
                           .customs_port = "",
                           .declaration_state = "none",
                           .event_sequence = 0,
                           .created_at = desk.clock.now(),
                           .expires_at = desk.clock.now()};
        REQUIRE(
            desk.run({}, [&](db::Group& group) { orders::OrderStore::insert(group.tx, std::span(&made, 1)); }).ok());
        return id;
    }

    http::Response post(std::string_view target, const std::string& body) {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, target).ok());
        request.headers.set("content-type", "application/json");
        request.body = body;
        return bank.answer(request, desk.clock.now());
    }
    void fault(const std::string& name, const std::string& more = "") {
        const http::Response answer = post("/admin/faults", R"({"fault":")" + name + R"(","count":1)" + more + "}");
        REQUIRE_MESSAGE(answer.status / 100 == 2, answer.body);
    }

    /// Everything that can be done at this instant.
    void run() {
        for (int round = 0; round < 300; ++round) {
            const Instant now = desk.clock.now();
            static_cast<void>(bank.due(now));
            const int done = remit.step(now) + fund_flow.step(now) + worker->step();
            if (done == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    void advance(std::chrono::seconds by) {
        desk.clock.advance(by);
        run();
    }

    orders::Order get(const std::string& id) {
        std::optional<orders::Order> found;
        desk.database.read([&](db::Reader& reader) { found = orders::OrderStore::find(reader, id); });
        REQUIRE(found.has_value());
        return *found;
    }
    std::vector<remittance::Remittance> remittances() {
        std::vector<remittance::Remittance> found;
        desk.database.read(
            [&](db::Reader& reader) { found = remittance::RemittanceStore().list(reader, "", "", 100); });
        return found;
    }
    bool has_work(const std::string& kind) {
        bool found = false;
        desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) found = found || item.kind == kind;
        });
        return found;
    }
    std::string booked(const ledger::Account& account) { return desk.balance(account).booked.text(); }
    Money at_bank(const std::string& account) {
        std::optional<sb::AccountState> state;
        bank_books.read([&](db::Reader& reader) { state = sb::find_account(reader, account); });
        return state->balance;
    }
    flow::Reconciliation reconciled() {
        auto found = reconcile.run();
        REQUIRE_MESSAGE(found.ok(), (found.ok() ? "" : found.error().english()));
        return std::move(found).value();
    }
    /// The books prove themselves, and equal the bank's to the cent.
    void check_books() {
        const ledger::VerifyReport report = desk.verify();
        CHECK_MESSAGE(report.is_good(), report.text_english());
        for (const auto& account : accounts()) {
            CHECK(desk.balance(ledger::provision(account.name, account.currency)).booked == at_bank(account.name));
        }
    }

    LedgerDesk desk;
    TestDatabase bank_file;
    db::Database bank_books;
    crypto::SigningKey customer_key;
    sb::Bank bank;
    sandbox_bank::BankSignature signature;
    sandbox_bank::SandboxRemittanceBank remitter;
    sandbox_bank::SandboxAccountBank keeper;
    crypto::Sealer sealer;
    crypto::BlindIndex index;
    calls::Calls call_rows;
    parties::PartyStore parties;
    flow::Remit remit;
    flow::Fund fund_flow;
    flow::Reconcile reconcile;
    operators::WorkItems work_items_;
    flow::EscalateToOperators escalations;
    BankClient client;
    calls::AnswerHandlers handlers;
    std::unique_ptr<calls::CallOperations> operations;
    std::unique_ptr<calls::CallWorker> worker;

 private:
    void add_parties() {
        const auto payee = [&](const char* id, const char* code, const char* country, const char* account,
                               const char* bic) {
            return parties::Payee{.id = id,
                                  .merchant_id = "m1",
                                  .state = parties::PartyState::Active,
                                  .currency = currency(code),
                                  .country = country,
                                  .created_at = desk.clock.now(),
                                  .name = "Example Outdoor Goods",
                                  .account = account,
                                  .bic = bic,
                                  .clearing_code = "",
                                  .bank_name = "Example Bank",
                                  .street = "Market Street 1",
                                  .town = "Anytown",
                                  .post_code = "94105",
                                  .residence = country};
        };
        const std::vector<parties::Payee> payees{payee("pye_1", "USD", "GB", "GB29NWBK60161331926819", "NWBKGB2L"),
                                                 payee("pye_2", "CNY", "CN", "6222000011112222", "BKCHCNBJ300")};
        REQUIRE(desk.run({}, [&](db::Group& group) { parties.insert_payees(group.tx, payees); }).ok());
    }
    int deposits_ = 0;
};

}  // namespace bank_desk
