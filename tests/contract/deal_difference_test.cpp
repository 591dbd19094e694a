// FX-07: what a deal gave or took beyond its order is settled by two persons: a gain is the customers', a loss is borne
// by whom the merchants' agreements name.

#include "src/flow/deal_difference.h"
#include "src/flow/explain_debit.h"
#include "src/flow/resolve_suspense.h"
#include "src/parties/party_store.h"
#include "tests/contract/banks_desk.h"
#include "tests/support/two_persons.h"

using namespace banks_desk;

namespace {

ledger::Account merchant(const char* id, const char* code) {
    return ledger::merchant(id, currency(code));
}
ledger::Account own(ledger::AccountKind kind) {
    return ledger::single(kind, currency("CNY"));
}

/// The price half a hundredth lower, and what that buys more.
std::string dealt_better(std::string body) {
    const std::size_t from = body.find(R"("rate":")") + 8;
    std::string price = body.substr(from, body.find('"', from) - from);
    const std::size_t dot = price.find('.');
    const std::size_t decimals = price.size() - dot - 1;
    std::string digits = std::to_string(std::stoll(price.erase(dot, 1)) * 199 / 200);
    digits.insert(digits.size() - decimals, 1, '.');
    const Rate rate = Rate::parse(currency("USD"), currency("CNY"), 100, digits).value();
    const Money bought = convert(money("CNY", "1000.00"), rate, Rounding::Down).value();
    body = put(std::move(body), R"("dealt")", R"("rate":")", "\"", digits);
    return put(std::move(body), R"("foreign":)", R"("amount":")", "\"", bought.text());
}

/// A purchase of CNY 1,000.00 for two merchants, of whom m2 bears what a deal costs.
struct Desk : BanksDesk {
    explicit Desk(TestDatabase& on) : BanksDesk(on, {Kind::Rest}) {
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             for (const char* id : {"m1", "m2"}) {
                                 parties::Merchant one;
                                 one.id = one.name = id;
                                 one.platform_id = "plt_1";
                                 if (one.id == "m2") one.agreement.fx_result = parties::Bearer::Merchant;
                                 parties::PartyStore::insert_merchants(group.tx, std::span(&one, 1));
                             }
                         })
                    .ok());
    }
    fx::Purchase buy() {
        first = d.order("m1", "USD", "750.00");
        second = d.order("m2", "USD", "250.00");
        REQUIRE(buys(first));
        return d.purchase_of(first);
    }
    std::string suspended(bool is_debit) {
        std::string id;
        d.desk.database.read([&](db::Reader& reader) {
            for (const flow::Suspended& item : flow::SuspenseStore::open(reader, "", 10))
                if (item.is_debit() == is_debit) id = item.entry.id;
        });
        REQUIRE(!id.empty());
        return id;
    }
    /// By what m1 paid of the deal.
    Money share_of_m1(const Money& amount) {
        const std::vector<std::int64_t> weights{d.lines_of(first).at(0).cny.minor(),
                                                d.lines_of(second).at(0).cny.minor()};
        return amount.split(weights).front();
    }
    static std::string to_merchants(const std::string& entry) {
        return R"("entry_id":")" + entry + R"(","to":"merchants")";
    }
    static std::string by_agreement(const std::string& entry) {
        return R"("entry_id":")" + entry + R"(","as":"agreement")";
    }

    std::string first;   // m1's order
    std::string second;  // m2's
    flow::ResolveSuspense resolve_suspense{d.desk.books};
    flow::ExplainDebit explain_debit{d.desk.books};
    calls::Resolve resolve{d.handlers, d.escalations};
    TwoPersons two{d.desk.database, *d.desk.queue, resolve, d.desk.books, {&resolve_suspense, &explain_debit}};
};

}  // namespace

TEST_CASE("FX-07 what a deal bought more than was locked is its customers', shared by what each paid, once") {
    each_engine([](TestDatabase& on) {
        Desk b(on);
        b.doors.changes = Step::Deal;
        b.doors.change = dealt_better;
        const fx::Purchase purchase = b.buy();
        const Money gain = b.d.booked(ledger::suspense(currency("USD")));
        REQUIRE(gain.is_positive());
        const Money before = b.d.booked(merchant("m1", "USD"));
        const std::string entry = b.suspended(false);
        b.two.settle("resolve_suspense", Desk::to_merchants(entry));
        CHECK(b.d.booked(ledger::suspense(currency("USD"))).is_zero());
        CHECK(b.d.booked(merchant("m1", "USD")) - before == b.share_of_m1(gain));
        CHECK(b.d.booked(merchant("m1", "USD")) + b.d.booked(merchant("m2", "USD")) == purchase.deal->foreign);
        CHECK(b.d.booked(own(ledger::AccountKind::FxResult)).is_zero());
        CHECK(b.two.refused("resolve_suspense", Desk::to_merchants(entry)) == "suspense_settled");
        CHECK_FALSE(b.has_work("deal_differs"));
        b.d.check_books();
    });
}

TEST_CASE("FX-07 what a deal cost more than was locked is borne by whom each merchant's agreement names") {
    each_engine([](TestDatabase& on) {
        Desk b(on);
        b.fault("fx_other_rate");
        b.buy();
        const Money loss = b.d.booked(ledger::suspense_debit(currency("CNY")));
        REQUIRE(loss.is_positive());
        const std::string entry = b.suspended(true);
        // Its agreement says that m2 bears its share, and what it has left is held for something else.
        REQUIRE(b.d.desk.hold({{merchant("m2", "CNY"), b.d.booked(merchant("m2", "CNY")), "test", "other"}}).ok());
        CHECK(b.two.refused("explain_debit", Desk::by_agreement(entry)) == "insufficient_funds");
        b.d.desk.collect("m2", "10.00");
        const Money had = b.d.booked(merchant("m2", "CNY"));
        b.two.settle("explain_debit", Desk::by_agreement(entry));
        const Money of_m2 = had - b.d.booked(merchant("m2", "CNY"));
        CHECK(of_m2 == loss - b.share_of_m1(loss));
        CHECK(b.d.booked(own(ledger::AccountKind::FxResult)) == loss - of_m2);
        CHECK(b.d.booked(own(ledger::AccountKind::DueFromOwn)) == loss - of_m2);
        CHECK(b.d.booked(ledger::suspense_debit(currency("CNY"))).is_zero());
        b.d.check_books();
    });
}

TEST_CASE("FX-07 neither side of an over-fill is shared alone, for the one paid for the other") {
    each_engine([](TestDatabase& on) {
        Desk b(on);
        b.fault("fx_over_fill");
        b.buy();
        CHECK(b.two.refused("resolve_suspense", Desk::to_merchants(b.suspended(false))) == "deal_over_filled");
        CHECK(b.two.refused("explain_debit", Desk::by_agreement(b.suspended(true))) == "deal_over_filled");
    });
}

TEST_CASE("FX-07 what no deal gave or took has no merchants to be shared among") {
    each_engine([](TestDatabase& on) {
        Desk b(on);
        flow::postings::Event event = b.d.desk.event("sb-cny|X1");
        event.source_type = "statement_line";
        b.d.desk.post({flow::postings::debit_suspended(event, "sb-cny", money("CNY", "3.00"))});
        CHECK(b.two.refused("explain_debit", Desk::by_agreement(b.suspended(true))) == "not_of_a_deal");
    });
}
