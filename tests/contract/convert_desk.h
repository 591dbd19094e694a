#pragma once
// Conversions end to end on a real database: our verbs, the call worker and the sandbox bank in process, on one thread
// and a clock that stands still. ConvertDesk desk(database); desk.order("m1", "USD", "100.00"); desk.run();
// The bank is spoken to by REST, or by its direct link in XML: what holds for the port holds for both (each_way).

#include "adapters/direct_link/adapter.h"
#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/direct_link.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/bank/lock_ends.h"
#include "adapters/sandbox_bank/fx_adapter.h"
#include "fx/platform_quote_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/calls/call_worker.h"
#include "src/flow/convert.h"
#include "src/flow/convert_legs.h"
#include "src/flow/exposure.h"
#include "src/flow/exposure_counting.h"
#include "src/flow/save_orders.h"
#include "src/http/json.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"
#include "tests/support/ledger_desk.h"
#include "tests/support/plain_order.h"

namespace convert_desk {

using namespace huiqiao;
using namespace huiqiao::testing;
namespace bank = huiqiao::sandbox::bank;

enum class Way { Rest, DirectLink };

/// "GET /v1/fx/rates", "POST /direct-link NTEXRQAB".
inline std::string told_of(const http::Request& request) {
    std::string told = std::string(http::to_text(request.method)) + " " + request.path;
    const std::size_t at = request.body.find("<FUNNAM>");
    return request.path == "/direct-link" && at != std::string::npos ? told + " " + request.body.substr(at + 8, 8)
                                                                     : told;
}

/// Hands requests to the sandbox bank, on this thread.
class BankClient final : public http::Client {
 public:
    BankClient(sandbox::Counterparty& bank, const Clock& clock) : bank_(bank), clock_(clock) {}

    http::CallHandle start(http::OutgoingRequest request) override {
        http::Request incoming;
        incoming.method = request.method;
        REQUIRE(http::set_target(incoming, request.target).ok());
        incoming.headers = request.headers;
        incoming.body = request.body;
        sent.push_back(told_of(incoming));
        http::Outcome outcome{http::OutcomeKind::NotSent, {}, "down"};
        if (!is_down) {
            outcome.kind = http::OutcomeKind::Answered;
            outcome.answer = bank_.answer(incoming, clock_.now());
            if (outcome.answer.status == sandbox::kNoAnswer) outcome = {http::OutcomeKind::Unknown, {}, "no answer"};
        }
        if (!down_after.empty() && sent.back() == down_after) is_down = true;
        done_.push_back({++last_, std::move(outcome)});
        return last_;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}

    [[nodiscard]] std::size_t count(std::string_view method_and_path) const {
        return static_cast<std::size_t>(std::count_if(
            sent.begin(), sent.end(), [&](const std::string& one) { return one.starts_with(method_and_path); }));
    }

    std::vector<std::string> sent;
    bool is_down = false;
    std::string down_after;  // the message whose answer is the last one for a while; empty: none

 private:
    sandbox::Counterparty& bank_;
    const Clock& clock_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
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

/// Statement lines offered to the leg taker alone, one group a call.
struct LinesItem : db::Item {
    std::vector<reconciliation::StatementLine> lines;
    std::vector<flow::TakenLine> taken;
};
class LinesOperation final : public db::Operation {
 public:
    explicit LinesOperation(flow::LineTaker& taker) : taker_(taker) {}
    [[nodiscard]] std::string_view name() const override { return "lines"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<LinesWork>(taker_.begin(), static_cast<LinesItem&>(*items[0]));
    }

 private:
    struct LinesWork final : db::Work {
        LinesWork(std::unique_ptr<flow::LineTaking> how, LinesItem& which) : taking(std::move(how)), item(which) {}
        void find(db::Reader& reader) override { taking->find(reader, item.lines); }
        void claim(db::Claims& claims) override { taking->claim(claims); }
        void lock(db::Locks& locks) override { taking->lock(locks); }
        void run(db::Group& group) override {
            item.taken = taking->run(group, item.lines, std::vector<bool>(item.lines.size(), true));
        }
        std::unique_ptr<flow::LineTaking> taking;
        LinesItem& item;
    };
    flow::LineTaker& taker_;
};

inline fx::ValueDates shipped_value_dates() {
    std::map<std::string, Calendar, std::less<>> calendars;
    for (const char* code : {"CNY", "USD", "JPY", "KWD"}) {
        std::ifstream file(std::string("config/calendars/") + code + ".csv");
        std::stringstream text;
        text << file.rdbuf();
        calendars.emplace(code, Calendar::parse(text.str()).value());
    }
    return fx::ValueDates(std::move(calendars));
}

inline bank::PriceBook shipped_prices() {
    std::ifstream file("sample_data/bank_rates.csv");
    std::stringstream text;
    text << file.rdbuf();
    return bank::PriceBook::parse(text.str()).value();
}

inline crypto::KeyRing test_ring() {
    crypto::KeyRing ring;
    ring.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return ring;
}

inline bank::BankSettings bank_settings(const crypto::SigningKey& customer, crypto::SigningKey own) {
    bank::BankSettings settings;
    settings.accounts = {{"sb-cny", "CNY"}, {"sb-usd", "USD"}, {"sb-jpy", "JPY"}, {"sb-kwd", "KWD"}};
    settings.customer_key = customer.verify_key();
    settings.customer_id = "huiqiao";
    settings.bank_key = std::move(own);
    return settings;
}

inline std::vector<std::unique_ptr<bank::BankPart>> fx_part(Charset charset) {
    std::vector<std::unique_ptr<bank::BankPart>> parts;
    parts.push_back(std::make_unique<bank::ForeignExchange>(bank::FxSettings{.prices = shipped_prices()}));
    parts.push_back(std::make_unique<bank::LockEndDesk>(bank::LockEndSettings{.prices = shipped_prices()}));
    parts.push_back(std::make_unique<bank::DirectLinkFront>(
        bank::DirectLinkFrontSettings{.prices = shipped_prices(), .charset = charset}));
    return parts;
}

inline direct_link::DirectLinkSettings direct_settings(Charset charset) {
    return {.charset = charset, .user = "汇桥", .client = "HQ0001", .account = "sb-cny"};
}

class FixedSideBank final : public fx::FxBank {
 public:
    explicit FixedSideBank(const fx::FxBank& real) : real_(real) {}
    [[nodiscard]] fx::FxBankTraits traits() const override {
        fx::FxBankTraits traits = real_.traits();
        traits.deals_cny_fixed = cny_fixed;
        return traits;
    }
    [[nodiscard]] WireRequest write(const fx::Message& message) const override { return real_.write(message); }
    [[nodiscard]] fx::RatesReading read_rates(const std::string& r, const WireAnswer& a) const override {
        return real_.read_rates(r, a);
    }
    [[nodiscard]] fx::LockReading read_lock(const std::string& r, const WireAnswer& a, bool q) const override {
        return real_.read_lock(r, a, q);
    }
    [[nodiscard]] fx::PurchaseReading read_purchase(const std::string& r, const WireAnswer& a, bool q) const override {
        return real_.read_purchase(r, a, q);
    }
    bool cny_fixed = true;

 private:
    const fx::FxBank& real_;
};

class ConvertDesk {
 public:
    explicit ConvertDesk(TestDatabase& where, Way which_way = Way::Rest, Charset charset = Charset::Gbk)
        : desk(where),
          way(which_way),
          bank_file(TestDatabase::fresh(db::Engine::Sqlite)),
          bank_books(bank_file.settings(), desk.clock),
          customer_key(seeded_key(5)),
          bank_verify(seeded_key(6).verify_key()),
          bank(bank_books, bank_settings(customer_key, seeded_key(6)), fx_part(charset), desk.clock.now()),
          signature("huiqiao", customer_key, bank_verify),
          adapter(signature),
          direct(signature, direct_settings(charset)),
          port(way == Way::Rest ? static_cast<const fx::FxBank&>(adapter) : direct),
          sealer(test_ring(), desk.random),
          call_rows(sealer),
          value_dates(shipped_value_dates()),
          convert(desk.database, *desk.queue, desk.books, call_rows, value_dates, settings()),
          legs(desk.books),
          line_operation(legs),
          client(bank, desk.clock) {
        handlers.add(convert.rates_handler());
        handlers.add(convert.lock_handler());
        handlers.add(convert.purchase_handler());
        operations =
            std::make_unique<calls::CallOperations>(handlers, escalations, sealer, desk.random, calls::CallRules{});
        use(client);
    }

    static crypto::SigningKey seeded_key(std::uint64_t seed) {
        SeededRandom random(seed);
        return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    }

    void use(http::Client& which, std::string base_url = "http://sandbox-bank.invalid") {
        worker = std::make_unique<calls::CallWorker>(
            desk.clock, desk.random, desk.database, *desk.queue, which, *operations,
            calls::CallWorkerSettings{.owner = "test",
                                      .counterparties = {{.name = "sandbox-bank", .base_url = std::move(base_url)}}});
    }

    flow::ConvertSettings settings() {
        flow::ConvertSettings settings;
        settings.banks["sandbox-bank"] = {
            .bank = &port, .cny = "sb-cny", .foreign = {{"USD", "sb-usd"}, {"JPY", "sb-jpy"}, {"KWD", "sb-kwd"}}};
        return settings;
    }

    /// A funded order: its money is on the merchant's account, and at the bank.
    std::string order(const std::string& merchant, std::string_view code, std::string_view amount) {
        const std::string id = desk.ids.next("ord");
        const Money cny = money("CNY", amount);
        desk.collect(merchant, amount);
        deposit(id, amount);
        orders::OrderAmounts amounts = orders::OrderAmounts::of(cny, currency(code));
        amounts.paid = cny;
        amounts.funded = cny;
        const orders::Order order = plain_order(id, merchant, amounts, orders::OrderState::Funded, desk.clock.now());
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             orders::OrderStore::insert(group.tx, std::span(&order, 1));
                             flow::ExposureCounting counting;
                             counting.opened(order);
                             counting.write(group);
                         })
                    .ok());
        return id;
    }

    /// The order took a quote, was found in time, and its conversion is due; the price stands for so long.
    void agree_on_price(const std::string& order_id, std::chrono::seconds life, const std::string& rule = "hold",
                        std::string_view client_rate = "7.1200") {
        desk.database.write([&](db::Tx& tx) {
            const orders::Order order = orders::OrderStore::find(tx, order_id).value();
            const Rate rate = Rate::parse(order.payout_currency, currency("CNY"), 1, client_rate).value();
            const fx::PlatformQuote quote{.id = desk.ids.next("pqt"),
                                          .platform_id = order.platform_id,
                                          .merchant_id = order.merchant_id,
                                          .cny = order.amounts.convertible(),
                                          .fee = Money::zero(currency("CNY")),
                                          .foreign = convert_to(order.amounts.convertible(), rate),
                                          .bank_quote_id = "quo_shown",
                                          .bank_rate = rate,
                                          .client_rate = rate,
                                          .mid = rate,
                                          .value_date = std::nullopt,
                                          .on_expiry = rule,
                                          .created_at = desk.clock.now(),
                                          .expires_at = desk.clock.now() + life,
                                          .state = fx::PlatformQuoteState::Met,
                                          .order_id = order.id};
            fx::PlatformQuotes::insert(tx, std::span(&quote, 1));
            tx.execute({"UPDATE orders SET quote_id = :p1 WHERE id = :p2"}, {quote.id, order.id});
        });
    }
    static Money convert_to(const Money& cny, const Rate& rate) {
        return huiqiao::convert(cny, rate, Rounding::Down).value();
    }

    http::Response post(std::string_view target, const std::string& body) {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, target).ok());
        request.headers.set("content-type", "application/json");
        request.body = body;
        return bank.answer(request, desk.clock.now());
    }
    void deposit(const std::string& id, std::string_view amount) {
        const http::Response answer =
            post("/internal/deposits",
                 R"({"deposit_id":")" + id + R"(","account":"sb-cny","amount":{"currency":"CNY","amount":")" +
                     std::string(amount) + R"("},"reference":"R)" + id + R"(","narrative":"batch"})");
        REQUIRE_MESSAGE(answer.status / 100 == 2, answer.body);
    }
    /// path: of the requests that it concerns; empty: any.
    void fault(const std::string& name, int count = 1, const std::string& path = "") {
        const std::string match = path.empty() ? "" : R"(,"match":{"path":")" + path + R"("})";
        const http::Response answer =
            post("/admin/faults", R"({"fault":")" + name + R"(","count":)" + std::to_string(count) + match + "}");
        REQUIRE_MESSAGE(answer.status / 100 == 2, answer.body);
    }

    /// Everything that can be done at this instant.
    void run() {
        for (int round = 0; round < 200; ++round) {
            bank.due(desk.clock.now());
            const int done = convert.step(desk.clock.now()) + worker->step();
            if (done == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    /// The calls alone, until they rest.
    void run_calls() {
        while (worker->step() != 0 || worker->under_way() != 0) bank.due(desk.clock.now());
    }
    /// As if another bank had answered with the same price.
    void copy_board(const std::string& from, const std::string& to, const std::string& code) {
        desk.database.write([&](db::Tx& tx) {
            const std::string known = fx::board_id(from, currency(code));
            fx::Board board = fx::QuoteStore::boards(tx, std::span(&known, 1)).at(0);
            fx::Quote quote = fx::QuoteStore::quotes(tx, std::span(&board.quote_id, 1)).at(0);
            board.id = fx::board_id(to, currency(code));
            board.quote_id = quote.id = desk.ids.next("quo");
            quote.bank = to;
            const std::string why;
            fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
            db::Rows rows;
            rows.add(board.id, "");
            tx.insert_absent(fx::kBoardClaim.insert, rows);
            fx::QuoteStore::save_boards(tx, std::span(&board, 1));
        });
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
    std::vector<fx::PurchaseLine> lines_of(const std::string& order) {
        std::vector<fx::PurchaseLine> lines;
        desk.database.read([&](db::Reader& reader) { lines = fx::PurchaseStore::lines_of_order(reader, order); });
        return lines;
    }
    fx::Purchase purchase_of(const std::string& order) {
        std::optional<fx::Purchase> found;
        const std::vector<fx::PurchaseLine> lines = lines_of(order);
        REQUIRE_FALSE(lines.empty());
        desk.database.read(
            [&](db::Reader& reader) { found = fx::PurchaseStore::find(reader, lines.back().purchase_id); });
        return *found;
    }
    std::vector<std::string> work_items() {
        std::vector<std::string> kinds;
        desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) kinds.push_back(item.kind);
        });
        return kinds;
    }
    Money booked(const ledger::Account& account) { return desk.balance(account).booked; }
    Money held(const ledger::Account& account) { return desk.balance(account).held; }
    Money at_bank(const std::string& account) {
        std::optional<bank::AccountState> state;
        bank_books.read([&](db::Reader& reader) { state = bank::find_account(reader, account); });
        return state->balance;
    }

    /// The bank's entries of today on these accounts, as statement lines.
    std::vector<reconciliation::StatementLine> statement(const std::vector<std::string>& accounts) {
        std::vector<reconciliation::StatementLine> lines;
        bank_books.read([&](db::Reader& reader) {
            for (const std::string& account : accounts) {
                for (const bank::Entry& entry :
                     bank::entries_of_day(reader, account, Date::in_shanghai(desk.clock.now()), 0, 1000)) {
                    if (entry.code != bank::kForeignExchange) continue;
                    lines.push_back({.account = account,
                                     .bank_reference = entry.bank_reference,
                                     .sequence = entry.sequence,
                                     .booked_on = entry.booked_on,
                                     .value_date = entry.value_date,
                                     .amount = entry.amount,
                                     .is_credit = entry.is_credit,
                                     .is_reversal = false,
                                     .code = entry.code,
                                     .end_to_end = entry.end_to_end,
                                     .narrative = entry.narrative,
                                     .return_reason = "",
                                     .instructed = std::nullopt});
                }
            }
        });
        return lines;
    }
    std::vector<flow::TakenLine> offer(std::vector<reconciliation::StatementLine> lines) {
        const auto item = std::make_shared<LinesItem>();
        item->lines = std::move(lines);
        const Status status = desk.queue->run(line_operation, item);
        REQUIRE_MESSAGE(status.ok(), status.error().english());
        return item->taken;
    }

    /// The books prove themselves, and no position is open where nothing is under way.
    void check_books() {
        ledger::VerifySettings how;
        how.anchor_file = desk.anchors.settings().place();
        how.is_closed_purchase = fx::PurchaseStore::is_closed;
        const ledger::VerifyReport report =
            ledger::verify(desk.database, desk.books.chart(), desk.key.verify_key(), how);
        CHECK_MESSAGE(report.is_good(), report.text_english());
        desk.database.read([&](db::Reader& reader) {
            for (const Error& error : flow::exposure_recount(reader)) FAIL_CHECK(error.english());
        });
    }

    /// Orders to deal that went out.
    [[nodiscard]] std::size_t deals_sent() const {
        return client.count(way == Way::Rest ? "POST /v1/fx/purchases" : "POST /direct-link NTSBMEXC");
    }

    LedgerDesk desk;
    Way way;
    TestDatabase bank_file;
    db::Database bank_books;
    crypto::SigningKey customer_key;
    crypto::VerifyKey bank_verify;
    bank::Bank bank;
    sandbox_bank::BankSignature signature;
    sandbox_bank::SandboxFxBank adapter;
    direct_link::DirectLinkBank direct;
    FixedSideBank port;
    crypto::Sealer sealer;
    calls::Calls call_rows;
    fx::ValueDates value_dates;
    flow::Convert convert;
    flow::PurchaseLegs legs;
    LinesOperation line_operation;
    BankClient client;
    calls::AnswerHandlers handlers;
    NoEscalations escalations;
    std::unique_ptr<calls::CallOperations> operations;
    std::unique_ptr<calls::CallWorker> worker;
};

/// The scenario by both ways to the bank, on both engines.
template <class Scenario>
void each_way(const Scenario& scenario) {
    for (const Way way : {Way::Rest, Way::DirectLink}) {
        CAPTURE(way == Way::DirectLink);
        each_engine([&](TestDatabase& on) { scenario(on, way); });
    }
}

}  // namespace convert_desk
