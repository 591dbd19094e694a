#include <doctest/doctest.h>

#include "src/flow/fund_channel.h"
#include "src/flow/postings_entry.h"
#include "src/orders/payment_store.h"
#include "src/reconciliation/settlement_store.h"
#include "tests/contract/bank_desk.h"
#include "tests/support/plain_order.h"

using namespace bank_desk;

namespace {

const Currency kCny = Currency::known("CNY");

/// A channel whose file for each day is what the test says; without one it has none yet.
class ScriptedChannel final : public orders::ChannelSettlements {
 public:
    [[nodiscard]] WireRequest settlement_file(Date date) const override {
        return {"GET", "/files/" + date.text(), {}, ""};
    }
    void sign(WireRequest&) const override {}
    [[nodiscard]] Result<orders::ChannelSettlement> read_settlement_file(Date date, const WireAnswer&) const override {
        const auto found = files.find(date);
        if (found == files.end()) return Error(orders::channel_error::kNoSettlementYet, {{"date", date.text()}});
        return found->second;
    }
    std::map<Date, orders::ChannelSettlement> files;
};

class FundDesk : public BankDesk {
 public:
    explicit FundDesk(TestDatabase& where, parties::Bearer cost_bearer = parties::Bearer::Institution)
        : BankDesk(where),
          channel_funding(desk.database, *desk.queue, desk.books, call_rows, channel,
                          {.channel = "sandbox-pay",
                           .account = "sb-cny",
                           .first_day = Date::of_number(20261120),
                           .deposit_mark = "settlement"}),
          with_channel(desk.database, *desk.queue, desk.books, call_rows, keepers(),
                       {&channel_funding.deposit_lines(), &remit.statement_lines()}, fund_settings()) {
        handlers.add(channel_funding.settlement_handler());
        worker = std::make_unique<calls::CallWorker>(
            desk.clock, desk.random, desk.database, *desk.queue, client, *operations,
            calls::CallWorkerSettings{.owner = "test",
                                      .counterparties = {{.name = "sandbox-bank", .base_url = "http://a.invalid"},
                                                         {.name = "sandbox-pay", .base_url = "http://b.invalid"}}});
        const parties::Merchant merchant{.id = "m1",
                                         .platform_id = "plt_1",
                                         .name = "M",
                                         .state = parties::PartyState::Active,
                                         .agreement = {.fee_basis_points = 50,
                                                       .fee_minimum_minor = 0,
                                                       .channel_cost = cost_bearer,
                                                       .fx_result = parties::Bearer::Institution},
                                         .created_at = desk.clock.now()};
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             parties::PartyStore::insert_merchants(group.tx, std::span(&merchant, 1));
                         })
                    .ok());
    }

    /// An order that its buyer paid through the channel.
    std::string paid_order(const std::string& reference, const char* amount) {
        const std::string id = desk.ids.next("ord");
        const Money cny = money("CNY", amount);
        orders::OrderAmounts amounts = orders::OrderAmounts::of(cny, Currency::known("USD"));
        amounts.paid = cny;
        const orders::Order made = plain_order(id, "m1", amounts, orders::OrderState::Paid, desk.clock.now());
        const orders::Payment payment{.id = desk.ids.next("pay"),
                                      .order_id = id,
                                      .merchant_id = "m1",
                                      .channel = "sandbox-pay",
                                      .reference = reference,
                                      .channel_number = "",
                                      .state = orders::PaymentState::Succeeded,
                                      .amount = cny,
                                      .received = cny,
                                      .created_at = desk.clock.now(),
                                      .expires_at = desk.clock.now(),
                                      .paid_at = desk.clock.now(),
                                      .pay_url = "",
                                      .reason = ""};
        const orders::PaymentAllocation allocation{payment.id, id, cny};
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             orders::OrderStore::insert(group.tx, std::span(&made, 1));
                             orders::PaymentStore().insert(group, std::span(&payment, 1), std::nullopt);
                             const orders::PaymentStore::Change confirmed{&payment, std::nullopt};
                             orders::PaymentStore().save(group, std::span(&confirmed, 1));
                             orders::PaymentStore().allocate(group, std::span(&allocation, 1));
                         })
                    .ok());
        desk.post({flow::postings::collected(desk.event(payment.id), "sandbox-pay", "m1", cny)});
        return id;
    }
    /// A payment of an order that came too late: its money is in suspense, and no order's.
    void late_payment(const std::string& reference, const char* amount) {
        const Money cny = money("CNY", amount);
        const orders::Payment payment{.id = desk.ids.next("pay"),
                                      .order_id = desk.ids.next("ord"),
                                      .merchant_id = "m1",
                                      .channel = "sandbox-pay",
                                      .reference = reference,
                                      .channel_number = "",
                                      .state = orders::PaymentState::Disputed,
                                      .amount = cny,
                                      .received = cny,
                                      .created_at = desk.clock.now(),
                                      .expires_at = desk.clock.now(),
                                      .paid_at = desk.clock.now(),
                                      .pay_url = "",
                                      .reason = "late"};
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             orders::PaymentStore().insert(group, std::span(&payment, 1), std::nullopt);
                             const orders::PaymentStore::Change late{&payment, std::nullopt};
                             orders::PaymentStore().save(group, std::span(&late, 1));
                         })
                    .ok());
        desk.post({flow::postings::channel_credit_suspended(desk.event(payment.id), "sandbox-pay", cny)});
    }
    /// A payment that the channel told nothing of, and that nobody asks for any more.
    std::string unheard_payment(const std::string& reference, const char* amount) {
        const orders::Payment payment{.id = desk.ids.next("pay"),
                                      .order_id = desk.ids.next("ord"),
                                      .merchant_id = "m1",
                                      .channel = "sandbox-pay",
                                      .reference = reference,
                                      .channel_number = "",
                                      .state = orders::PaymentState::Closed,
                                      .amount = money("CNY", amount),
                                      .received = money("CNY", "0"),
                                      .created_at = desk.clock.now(),
                                      .expires_at = desk.clock.now(),
                                      .paid_at = {},
                                      .pay_url = "",
                                      .reason = ""};
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             orders::PaymentStore().insert(group, std::span(&payment, 1), std::nullopt);
                         })
                    .ok());
        return payment.id;
    }
    bool is_to_be_asked_of(const std::string& payment) {
        std::vector<std::string> due;
        desk.database.read(
            [&](db::Reader& reader) { due = orders::PaymentStore().due_for_query(reader, desk.clock.now(), 10); });
        return std::count(due.begin(), due.end(), payment) == 1;
    }
    void file(const std::vector<orders::SettlementLine>& lines) {
        orders::ChannelSettlement file{Date::of_number(20261120), "SPX", Money::zero(kCny), Money::zero(kCny), lines};
        for (const auto& line : lines) {
            file.gross += line.gross;
            file.cost += line.cost;
        }
        channel.files.insert_or_assign(file.date, file);
    }
    void deposit(const std::string& id, const char* amount) {
        REQUIRE(post("/internal/deposits",
                     R"({"deposit_id":")" + id + R"(","account":"sb-cny","amount":{"currency":"CNY","amount":")" +
                         amount + R"("},"reference":"SPX","narrative":"settlement of 2026-11-20"})")
                    .status == 200);
    }
    void settle(std::chrono::seconds by) {
        desk.clock.advance(by);
        for (int round = 0; round < 300; ++round) {
            const Instant now = desk.clock.now();
            if (channel_funding.step(now) + with_channel.step(now) + worker->step() == 0 && worker->under_way() == 0)
                return;
        }
        FAIL("it does not come to rest");
    }

    bool is_given_up(int date) {
        const std::string id = "sandbox-pay|" + std::to_string(date);
        std::vector<reconciliation::SettlementDay> days;
        desk.database.read(
            [&](db::Reader& reader) { days = reconciliation::SettlementStore::days(reader, std::span(&id, 1)); });
        return !days.at(0).due_at;
    }

    ScriptedChannel channel;
    flow::ChannelFunding channel_funding;
    flow::Fund with_channel;
};

orders::SettlementLine line_of(const char* reference, const char* gross, const char* cost) {
    return {reference, "C", money("CNY", gross), money("CNY", cost)};
}

}  // namespace

TEST_CASE("the channel's batch is booked gross, net and cost; its orders are funded and pay the fee, once") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string a = d.paid_order("P1", "100.00");
        const std::string b = d.paid_order("P2", "50.00");
        d.deposit("x", "149.10");
        d.settle(std::chrono::minutes(2));
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == "0.00");  // it waits for its file
        d.file({line_of("P1", "100.00", "0.60"), line_of("P2", "50.00", "0.30")});
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(12));
        CHECK(d.get(a).state == orders::OrderState::Funded);
        CHECK(d.get(a).amounts.fee.text() == "0.50");
        CHECK(d.get(b).amounts.funded.text() == "50.00");
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == "149.10");
        CHECK(d.booked(ledger::clearing("sandbox-pay", kCny)) == "0.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kCny)) == "0.90");
        CHECK(d.booked(ledger::single(ledger::AccountKind::FeeIncome, kCny)) == "0.75");
        CHECK(d.booked(ledger::merchant("m1", kCny)) == "149.25");
        d.check_books();
    });
}

TEST_CASE("a cost that the merchant bears leaves as much convertible as its account has") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on, parties::Bearer::Merchant);
        const std::string a = d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(24));
        d.deposit("x", "99.40");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.get(a).amounts.convertible().text() == d.booked(ledger::merchant("m1", kCny)));
        // What we owed for the cost and what he owes us for it: set off at the day's close.
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kCny)) == "0.60");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueToOwn, kCny)) == "1.10");
        CHECK(d.booked(ledger::single(ledger::AccountKind::ChannelCost, kCny)) == "0.00");
        d.check_books();
    });
}

TEST_CASE("a merchant bears the channel's cost of his own money, not of money that stands in suspense") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on, parties::Bearer::Merchant);
        const std::string a = d.paid_order("P1", "100.00");
        d.late_payment("P2", "50.00");
        d.file({line_of("P1", "100.00", "0.60"), line_of("P2", "50.00", "0.30")});
        d.settle(std::chrono::hours(24));
        d.deposit("x", "149.10");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.booked(ledger::merchant("m1", kCny)) == "98.90");  // 100.00 less 0.60 and our fee of 0.50
        CHECK(d.get(a).amounts.convertible().text() == d.booked(ledger::merchant("m1", kCny)));
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kCny)) == "0.90");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueToOwn, kCny)) == "1.10");
        CHECK(d.booked(ledger::single(ledger::AccountKind::ChannelCost, kCny)) == "0.30");
        d.check_books();
    });
}

TEST_CASE("a cost that was set off before it is passed on leaves nothing negative: it is owed like a fee") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on, parties::Bearer::Merchant);
        const auto bridge = [&](ledger::AccountKind kind) { return d.booked(ledger::single(kind, kCny)); };
        // Its money comes before its payment is known: until then the cost is ours.
        d.file({line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(24));
        d.deposit("x", "99.40");
        d.settle(std::chrono::minutes(5));
        REQUIRE(bridge(ledger::AccountKind::DueFromOwn) == "0.60");
        d.desk.post({flow::postings::collected(d.desk.event("other"), "sandbox-pay", "m2", money("CNY", "5.00")),
                     flow::postings::fee_taken(d.desk.event("other"), "m2", money("CNY", "1.00"))});
        flow::CloseDay closing(d.desk.database, *d.desk.queue, d.desk.books, d.desk.anchors);
        REQUIRE(closing.close(Date::of_number(20261120)).ok());
        REQUIRE(bridge(ledger::AccountKind::DueFromOwn) == "0.00");
        REQUIRE(bridge(ledger::AccountKind::DueToOwn) == "0.40");

        const std::string a = d.paid_order("P1", "100.00");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        REQUIRE(d.get(a).state == orders::OrderState::Funded);
        CHECK(bridge(ledger::AccountKind::DueFromOwn) == "0.00");
        CHECK(bridge(ledger::AccountKind::DueToCustomers) == "0.00");
        CHECK(bridge(ledger::AccountKind::DueToOwn) == "1.50");  // 0.40, the cost of 0.60 and our fee of 0.50
        CHECK(bridge(ledger::AccountKind::DueFromCustomers) == "1.50");
        CHECK(bridge(ledger::AccountKind::ChannelCost) == "0.00");
        CHECK(d.desk.verify().is_good());
    });
}

TEST_CASE("a cost that the deposit's own entry charged to the merchant, as it once did, is not charged again") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on, parties::Bearer::Merchant);
        const std::string a = d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(24));
        // As it was written before the cost was passed on with the orders.
        flow::postings::Event event = d.desk.event("sb-cny|B1");
        event.source_type = "statement_line";
        const Money gross = money("CNY", "100.00");
        const Money cost = money("CNY", "0.60");
        const ledger::Draft old = flow::postings::entry(event, "channel_settled",
                                                        {ledger::debit(ledger::provision("sb-cny", kCny), gross - cost),
                                                         ledger::debit(ledger::merchant("m1", kCny), cost),
                                                         ledger::credit(ledger::clearing("sandbox-pay", kCny), gross)});
        const std::vector<ledger::Draft> drafts{old};
        REQUIRE(d.desk
                    .run(accounts_of(drafts),
                         [&](db::Group& group) {
                             d.desk.books.post(group, drafts);
                             reconciliation::SettlementStore::set_money(group.tx, "sandbox-pay|SPX", "sb-cny|B1");
                             reconciliation::SettlementStore::release_payments(group.tx, "sandbox-pay|SPX", group.now);
                         })
                    .ok());
        d.settle(std::chrono::minutes(5));
        REQUIRE(d.get(a).state == orders::OrderState::Funded);
        CHECK(d.booked(ledger::merchant("m1", kCny)) == "98.90");  // 100.00 less 0.60, once, and our fee of 0.50
        CHECK(d.get(a).amounts.convertible().text() == "98.90");
        CHECK(d.booked(ledger::single(ledger::AccountKind::ChannelCost, kCny)) == "0.00");
        CHECK(d.desk.verify().is_good());
    });
}

TEST_CASE("a deposit that differs from its file by a fen, or comes twice, goes to suspense with a work item") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string a = d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(24));
        d.deposit("short", "99.39");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::minutes(5));
        CHECK(d.get(a).amounts.funded.is_zero());
        CHECK(d.booked(ledger::suspense(kCny)) == "99.39");
        CHECK(d.has_work("settlement_differs"));
        d.deposit("right", "99.40");
        d.deposit("again", "99.40");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::minutes(5));
        CHECK(d.get(a).amounts.funded.text() == "100.00");
        CHECK(d.booked(ledger::suspense(kCny)) == "198.79");
        d.check_books();
    });
}

TEST_CASE("a payment that one batch lists twice funds its order once, and a person is told") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string a = d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60"), line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(24));
        d.deposit("x", "198.80");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.get(a).amounts.funded.text() == "100.00");
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == "198.80");
        CHECK(d.has_work("settled_twice"));
    });
}

TEST_CASE("NTF-03 money that was settled for a payment of which nothing came makes the channel be asked of it again") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string unheard = d.unheard_payment("P2", "50.00");
        const std::string told = d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60"), line_of("P2", "50.00", "0.30")});
        d.settle(std::chrono::hours(24));
        CHECK_FALSE(d.is_to_be_asked_of(unheard));
        d.deposit("x", "149.10");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::minutes(5));
        CHECK(d.get(told).amounts.funded.text() == "100.00");
        CHECK(d.is_to_be_asked_of(unheard));
        CHECK(d.has_work("settled_but_not_paid"));
    });
}

TEST_CASE("what was settled before its payment was known needs nobody any more once its order is funded") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        d.paid_order("P1", "100.00");
        d.file({line_of("P1", "100.00", "0.60"), line_of("P2", "50.00", "0.30")});
        d.settle(std::chrono::hours(24));
        d.deposit("x", "149.10");
        d.settle(std::chrono::minutes(5));
        REQUIRE(d.has_work("settled_but_not_paid"));
        const std::string late = d.paid_order("P2", "50.00");
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.get(late).amounts.funded.text() == "50.00");
        CHECK_FALSE(d.has_work("settled_but_not_paid"));
    });
}

TEST_CASE("a day whose settlement file never comes is given up in the end; a person is told where a payment is owed") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        d.paid_order("P1", "100.00");
        d.settle(std::chrono::hours(24 * 30));
        CHECK_FALSE(d.has_work("settlement_day_missing"));
        d.settle(std::chrono::hours(24 * 3));
        d.settle(std::chrono::hours(2));
        CHECK(d.has_work("settlement_day_missing"));
    });
}

TEST_CASE(
    "a day that is too old when it is first looked at is not asked for, and a payment of it is not lost sight of") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        d.paid_order("P1", "100.00");
        d.settle(std::chrono::hours(24 * 33));
        CHECK(d.is_given_up(20261120));
        CHECK(d.has_work("settlement_day_missing"));
    });
}

TEST_CASE(
    "a day without a settlement file is asked for every few minutes at first, then hourly, then four times a day") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const auto asked_in = [&](int days) {
            const auto asked = [&] {
                std::int64_t sum = 0;
                d.desk.database.read([&](db::Reader& reader) {
                    sum = reader
                              .select({"SELECT asked_count FROM settlement_day WHERE id = :p1", "i"},
                                      {"sandbox-pay|20261120"})
                              .integer(0, 0);
                });
                return sum;
            };
            const std::int64_t before = asked();
            for (int step = 0; step < days * 24; ++step) d.settle(std::chrono::hours(1));
            return asked() - before;
        };
        d.settle(std::chrono::hours(24));
        CHECK(asked_in(2) == 48);  // as often as anybody looks
        CHECK(asked_in(4) <= 96);
        static_cast<void>(asked_in(5));
        CHECK(asked_in(5) <= 21);
    });
}

TEST_CASE("days on which the channel took nothing, or settled it with another day, are given up without a word") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        d.settle(std::chrono::hours(24));
        d.paid_order("P1", "100.00");  // on the 21st; its payment stands in the file of the 20th
        d.file({line_of("P1", "100.00", "0.60")});
        d.settle(std::chrono::hours(1));
        d.settle(std::chrono::hours(24 * 33));
        d.settle(std::chrono::hours(2));
        CHECK(d.is_given_up(20261121));
        CHECK(d.is_given_up(20261122));
        CHECK_FALSE(d.has_work("settlement_day_missing"));
    });
}

TEST_CASE(
    "a deposit whose file comes days later goes to suspense, and out of there by its file: its orders are funded") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string a = d.paid_order("P1", "100.00");
        const std::string b = d.paid_order("P2", "50.00");
        d.deposit("x", "149.10");
        for (int i = 0; i < 10; ++i) d.settle(std::chrono::hours(12));
        REQUIRE(d.booked(ledger::suspense(kCny)) == "149.10");
        REQUIRE(d.has_work("line_in_suspense"));
        REQUIRE(d.booked(ledger::clearing("sandbox-pay", kCny)) == "150.00");

        d.file({line_of("P1", "100.00", "0.60"), line_of("P2", "50.00", "0.30")});
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.get(a).state == orders::OrderState::Funded);
        CHECK(d.get(b).amounts.funded.text() == "50.00");
        CHECK(d.booked(ledger::suspense(kCny)) == "0.00");
        CHECK(d.booked(ledger::clearing("sandbox-pay", kCny)) == "0.00");
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == "149.10");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kCny)) == "0.90");
        CHECK_FALSE(d.has_work("line_in_suspense"));
        CHECK_FALSE(d.has_work("settlement_differs"));
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(24));
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == "149.10");
        CHECK(d.booked(ledger::suspense(kCny)) == "0.00");
        d.check_books();
    });
}

TEST_CASE(
    "a deposit in suspense that differs from the file that comes later by a fen stays there, and a person is told") {
    each_engine([](TestDatabase& on) {
        FundDesk d(on);
        const std::string a = d.paid_order("P1", "100.00");
        d.deposit("x", "99.39");
        for (int i = 0; i < 10; ++i) d.settle(std::chrono::hours(12));
        REQUIRE(d.has_work("line_in_suspense"));
        d.file({line_of("P1", "100.00", "0.60")});
        for (int i = 0; i < 3; ++i) d.settle(std::chrono::hours(6));
        CHECK(d.get(a).state == orders::OrderState::Paid);
        CHECK(d.booked(ledger::suspense(kCny)) == "99.39");
        CHECK(d.has_work("settlement_differs"));
        CHECK(d.has_work("line_in_suspense"));
        d.check_books();
    });
}
