#pragma once
// Banks of every kind behind the one port, on one desk: BanksDesk desk(database, {Kind::Fix}); desk.run(). The verbs,
// books and orders are ConvertDesk's; one sandbox bank answers by all its doors, and a door of each kind carries the
// messages. What a door does amiss is told by what the message is for, so that one sentence holds for every kind.

#include "adapters/fix44/adapter.h"
#include "adapters/fix44/dialogue.h"
#include "adapters/sandbox/bank/fix_desk.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "tests/contract/convert_desk.h"

namespace banks_desk {

using namespace convert_desk;
using namespace std::chrono_literals;

enum class Kind { Rest, Fix, DirectLink };
inline constexpr std::array kKinds{Kind::Rest, Kind::Fix, Kind::DirectLink};

inline std::string name_of(Kind kind) {
    switch (kind) {
        case Kind::Rest: return "rest-bank";
        case Kind::Fix: return "fix-bank";
        case Kind::DirectLink: return "link-bank";
    }
    return "";
}

/// What a message is for. Lock: of a bank without locks, the record that is opened. Ask: after a lock or a deal.
enum class Step { Rates, Lock, Round, Deal, Ask };

/// "<FUNNAM>NTEXRQAB" and the like.
inline Step step_of(const http::Request& request) {
    const auto has = [&](const char* function) { return request.body.find(function) != std::string::npos; };
    if (request.path == "/direct-link") {
        if (has(">NTEXRQAB<")) return Step::Rates;
        if (has(">NTOPREXB<")) return Step::Lock;
        if (has(">NTPAYVEN<")) return Step::Round;
        return has(">NTSBMEXC<") ? Step::Deal : Step::Ask;
    }
    if (request.path == "/v1/fx/rates") return Step::Rates;
    if (request.method == http::Method::Get) return Step::Ask;
    return request.path == "/v1/fx/locks" ? Step::Lock : Step::Deal;
}
inline Step step_of(const fix44::Message& asked) {
    if (asked.type() == "D") return Step::Deal;
    if (asked.type() == "H") return Step::Ask;
    return asked.only(537) == "0" ? Step::Rates : Step::Lock;
}

/// Carries messages to the bank that has every door, on this thread.
class Doors final : public http::Client {
 public:
    struct Said {
        Kind kind;
        Step step;
        Instant at{};
        std::string body;
    };

    Doors(sandbox::Counterparty& bank, const crypto::SigningKey& bank_key, const Clock& clock)
        : bank_(bank), bank_key_(bank_key), clock_(clock) {}

    http::CallHandle start(http::OutgoingRequest request) override {
        for (const Kind kind : kKinds) {
            if (request.base_url.find(name_of(kind)) == std::string::npos) continue;
            done_.push_back({++last_, carry(kind, request)});
            return last_;
        }
        FAIL("no door to ", request.base_url);
        return 0;
    }
    std::vector<http::Completion> take_completed(Monotonic) override { return std::exchange(done_, {}); }
    void abandon(http::CallHandle) override {}
    void wait(std::chrono::microseconds) override {}

    [[nodiscard]] std::vector<Said> all(Step step) const {
        std::vector<Said> found;
        for (const Said& each : said) {
            if (each.step == step) found.push_back(each);
        }
        return found;
    }
    [[nodiscard]] std::size_t count(Step step) const { return all(step).size(); }

    std::vector<Said> said;       // what reached the bank, in its order
    std::set<Kind> down;          // nobody is reached there
    std::optional<Step> is_lost;  // the next answer to it does not come, though the bank did it
    std::optional<Step> changes;  // every answer to it comes as `change` makes it
    std::optional<Kind> liar;     // at that bank alone
    std::function<std::string(std::string)> change;
    std::optional<Step> down_after;  // an answer to it is the last one for a while, from that bank: the next one,
    int down_after_times = 1;        // or so many later
    bool is_signed = true;           // what was changed, where answers of that kind are

 private:
    http::Outcome carry(Kind kind, const http::OutgoingRequest& request) {
        if (kind == Kind::Fix && request.body.empty()) return {http::OutcomeKind::Answered, {}, ""};  // asks nobody
        if (down.contains(kind)) return {http::OutcomeKind::NotSent, {}, "down"};
        http::Request incoming;
        incoming.method = request.method;
        REQUIRE(http::set_target(incoming, request.target).ok());
        incoming.headers = request.headers;
        incoming.body = request.body;
        const Step step =
            kind == Kind::Fix ? step_of(fix44::parse_messages(request.body).value().front()) : step_of(incoming);
        said.push_back({kind, step, clock_.now(), request.body});
        http::Outcome outcome = kind == Kind::Fix ? over_fix(request.body) : over_http(incoming);
        if (down_after == step && --down_after_times <= 0) {
            down_after.reset();
            down.insert(kind);
        }
        if (is_lost == step) {
            is_lost.reset();
            return {http::OutcomeKind::Unknown, {}, "no answer"};
        }
        if (changes == step && liar.value_or(kind) == kind && outcome.kind == http::OutcomeKind::Answered) {
            outcome.answer.body = change(std::move(outcome.answer.body));
            if (kind != Kind::Fix && is_signed) sign(outcome.answer);
        }
        return outcome;
    }
    http::Outcome over_http(const http::Request& request) {
        http::Outcome outcome{http::OutcomeKind::Answered, bank_.answer(request, clock_.now()), ""};
        if (outcome.answer.status == sandbox::kNoAnswer) return {http::OutcomeKind::Unknown, {}, "no answer"};
        return outcome;
    }
    http::Outcome over_fix(const std::string& body) {
        const auto asked = fix44::parse_messages(body).value();
        fix44::Dialogue dialogue;
        dialogue.expect(1, asked, clock_.monotonic());
        for (const fix44::Message& message : asked) {
            http::Request arrived;
            arrived.method = http::Method::Post;
            arrived.path = arrived.target = bank::kFixPath;
            arrived.peer = bank::kFixPeer;
            arrived.body = message.text();
            const auto answers = fix44::parse_messages(bank_.answer(arrived, clock_.now()).body).value();
            for (const fix44::Message& answer : answers) (void)dialogue.take(answer);
        }
        return dialogue.take_completed(clock_.monotonic()).at(0).outcome;
    }
    void sign(http::Response& answer) const {
        const std::string text =
            "sandbox-bank-1\n" + std::to_string(answer.status) + "\n" + hex(crypto::sha256(answer.body));
        answer.headers.set("x-bank-signature", base64(bank_key_.sign(text)));
    }

    sandbox::Counterparty& bank_;
    const crypto::SigningKey& bank_key_;
    const Clock& clock_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
};

inline std::vector<std::unique_ptr<bank::BankPart>> every_door() {
    std::vector<std::unique_ptr<bank::BankPart>> parts;
    auto room = std::make_unique<bank::ForeignExchange>(bank::FxSettings{.prices = shipped_prices()});
    auto desk = std::make_unique<bank::FixDesk>(
        *room, bank::FixDeskSettings{.prices = shipped_prices(), .accounts = {{"USD", "sb-usd"}, {"JPY", "sb-jpy"}}});
    parts.push_back(std::move(room));
    parts.push_back(std::move(desk));
    parts.push_back(std::make_unique<bank::DirectLinkFront>(
        bank::DirectLinkFrontSettings{.prices = shipped_prices(), .charset = Charset::Gbk}));
    return parts;
}

struct BanksDesk {
    using Terms = std::map<Kind, fx::BankTerms>;
    /// ask_every: 0 where boards are asked only when orders wait. terms: none where a bank is not named.
    BanksDesk(TestDatabase& where, std::vector<Kind> which, bool is_cny_fixed = true,
              std::chrono::seconds ask_every = 0s, const Terms& terms = {})
        : d(where),
          kinds(std::move(which)),
          bank_key(ConvertDesk::seeded_key(6)),
          all_doors(d.bank_books, bank_settings(d.customer_key, ConvertDesk::seeded_key(6)), every_door(),
                    d.desk.clock.now()),
          every{&rest, &fix, &link},
          settings(settings_of(ask_every, terms)),
          convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings),
          doors(all_doors, bank_key, d.desk.clock) {
        for (FixedSideBank* each : every) each->cny_fixed = is_cny_fixed;
        handlers.add(convert.rates_handler());
        handlers.add(convert.lock_handler());
        handlers.add(convert.purchase_handler());
        operations = std::make_unique<calls::CallOperations>(handlers, d.escalations, d.sealer, d.desk.random,
                                                             calls::CallRules{});
        calls::CallWorkerSettings how{.owner = "test", .counterparties = {}};
        for (const Kind kind : kinds) {
            const std::string place = "://" + name_of(kind) + ".invalid";
            calls::CounterpartySettings one{.name = name_of(kind), .base_url = "http" + place};
            if (kind == Kind::Fix) one.dealing_url = "fix" + place + ":1";
            how.counterparties.push_back(one);
        }
        worker = std::make_unique<calls::CallWorker>(d.desk.clock, d.desk.random, d.desk.database, *d.desk.queue, doors,
                                                     *operations, how);
    }

    flow::ConvertSettings settings_of(std::chrono::seconds ask_every, const Terms& terms) {
        flow::ConvertSettings made;
        made.ask_every = ask_every;
        for (const Kind kind : kinds) {
            made.banks[name_of(kind)] = {.bank = every.at(static_cast<std::size_t>(kind)),
                                         .cny = "sb-cny",
                                         .foreign = {{"USD", "sb-usd"}, {"JPY", "sb-jpy"}}};
            if (const auto of_kind = terms.find(kind); of_kind != terms.end())
                made.banks.at(name_of(kind)).terms = of_kind->second;
        }
        return made;
    }
    [[nodiscard]] fx::FxBankTraits traits() const { return every.at(static_cast<std::size_t>(kinds.at(0)))->traits(); }

    /// Everything that can be done at this instant.
    void run() {
        for (int round = 0; round < 400; ++round) {
            all_doors.due(d.desk.clock.now());
            const int done = convert.step(d.desk.clock.now()) + worker->step();
            if (done == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    void advance(std::chrono::seconds by) {
        d.desk.clock.advance(by);
        run();
    }
    /// Until the order is bought for, in steps of so much.
    bool buys(const std::string& order, std::chrono::seconds step = 10s, int times = 60) {
        for (int i = 0; i < times && d.get(order).state != orders::OrderState::Converted; ++i) advance(step);
        return d.get(order).state == orders::OrderState::Converted;
    }
    void fault(const std::string& name) {
        http::Request request;
        request.method = http::Method::Post;
        REQUIRE(http::set_target(request, "/admin/faults").ok());
        request.body = R"({"fault":")" + name + R"(","count":1})";
        const http::Response answer = all_doors.answer(request, d.desk.clock.now());
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
    }
    /// Deals that stand in the bank's own books.
    std::vector<bank::FxDealRow> deals() {
        std::vector<bank::FxDealRow> found;
        d.bank_books.read([&](db::Reader& reader) {
            found.clear();
            for (bank::FxDealRow& deal : bank::all_deals(reader)) {
                if (deal.status == "dealt") found.push_back(std::move(deal));
            }
        });
        return found;
    }
    /// The latest quotes, by bank and currency.
    std::map<std::string, fx::Quote> quotes() {
        std::map<std::string, fx::Quote> found;
        d.desk.database.read([&](db::Reader& reader) {
            found.clear();
            for (const fx::Quote& quote : fx::QuoteStore::latest(reader))
                found.emplace(fx::board_id(quote.bank, quote.currency()), quote);
        });
        return found;
    }
    fx::Lock lock_of(const fx::Purchase& purchase) {
        std::optional<fx::Lock> found;
        d.desk.database.read([&](db::Reader& reader) { found = fx::QuoteStore::lock(reader, purchase.lock_id); });
        return found.value();
    }
    bool has_work(std::string_view kind) {
        const std::vector<std::string> all = d.work_items();
        return std::find(all.begin(), all.end(), kind) != all.end();
    }
    Money held() { return d.held(ledger::provision("sb-cny", currency("CNY"))); }

    ConvertDesk d;
    std::vector<Kind> kinds;
    crypto::SigningKey bank_key;
    bank::Bank all_doors;
    fix44::Fix44FxBank fix_adapter{{.currencies = {Currency::known("USD"), Currency::known("JPY")}}};
    FixedSideBank rest{d.adapter};
    FixedSideBank fix{fix_adapter};
    FixedSideBank link{d.direct};
    std::array<FixedSideBank*, 3> every;
    flow::ConvertSettings settings;
    flow::Convert convert;
    Doors doors;
    calls::AnswerHandlers handlers;
    std::unique_ptr<calls::CallOperations> operations;
    std::unique_ptr<calls::CallWorker> worker;
};

/// The scenario with a bank of each kind alone, on both engines.
template <class Scenario>
void each_kind(const Scenario& scenario) {
    for (const Kind kind : kKinds) {
        CAPTURE(name_of(kind));
        each_engine([&](TestDatabase& on) {
            BanksDesk desk(on, {kind});
            scenario(desk);
            desk.d.check_books();
        });
    }
}

/// Nothing was bought, and the money of m1's order is free for the next try.
inline void check_given_back(BanksDesk& b, const std::string& order) {
    CHECK(b.deals().empty());
    CHECK(b.d.get(order).state == orders::OrderState::Funded);
    CHECK(b.held().is_zero());
    CHECK(b.d.desk.balance(ledger::merchant("m1", currency("CNY"))).held.is_zero());
}

/// One deal stands at the bank, and it is the purchase's.
inline void check_dealt_once(BanksDesk& b, const std::string& order) {
    CHECK(b.d.get(order).state == orders::OrderState::Converted);
    const std::vector<bank::FxDealRow> deals = b.deals();
    REQUIRE(deals.size() == 1);
    const fx::Purchase purchase = b.d.purchase_of(order);
    REQUIRE(purchase.deal.has_value());
    CHECK(purchase.reference == deals[0].reference);
    CHECK(purchase.deal->cny.minor() == deals[0].cny_minor);
    CHECK(purchase.deal->foreign.minor() == deals[0].foreign_minor);
}

/// What stands between the key and the end behind the first anchor, replaced. LogicError where there is none.
inline std::string put(std::string body, std::string_view anchor, std::string_view key, std::string_view end,
                       std::string_view value) {
    const std::size_t from = body.find(key, body.find(anchor));
    const std::size_t to = from == std::string::npos ? from : body.find(end, from + key.size());
    if (to == std::string::npos) throw LogicError("the answer holds no " + std::string(key));
    return body.replace(from + key.size(), to - from - key.size(), value);
}

}  // namespace banks_desk
