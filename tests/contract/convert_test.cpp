#include <doctest/doctest.h>

#include "tests/contract/convert_desk.h"

using namespace convert_desk;

TEST_CASE(
    "funded orders of many merchants are bought in one deal a currency, shared to the unit, and closed by the "
    "statement") {
    each_way([](TestDatabase& on, Way way) {
        for (const std::string code : {"USD", "JPY", "KWD"}) {
            CAPTURE(code);
            if (code == "KWD" && way == Way::DirectLink) continue;  // has no code there
            TestDatabase fresh = TestDatabase::fresh(on.engine());
            ConvertDesk d(fresh, way);
            const std::string account = code == "USD" ? "sb-usd" : code == "JPY" ? "sb-jpy" : "sb-kwd";
            std::vector<std::string> ids{d.order("m1", code, "100.00"), d.order("m2", code, "1234.56"),
                                         d.order("m1", code, "0.03"), d.order("m3", code, "77.77")};
            d.run();

            const fx::Purchase purchase = d.purchase_of(ids[0]);
            CHECK(purchase.state == fx::PurchaseState::Dealt);
            CHECK(purchase.cny == money("CNY", "1412.36"));
            REQUIRE(purchase.deal.has_value());
            CHECK(d.deals_sent() == 1);
            if (way == Way::Rest) CHECK(d.client.count("POST /v1/fx/locks") == 1);

            Money bought = Money::zero(currency(code));
            Money spent = Money::zero(currency("CNY"));
            for (const std::string& id : ids) {
                const orders::Order order = d.get(id);
                CHECK(order.amounts.converting.is_zero());
                CHECK(order.amounts.convertible().is_zero());
                bought += order.amounts.bought;
                spent += order.amounts.converted;
            }
            CHECK(bought == purchase.deal->foreign);
            CHECK(spent == purchase.deal->cny);
            CHECK(d.get(ids[1]).state == orders::OrderState::Converted);
            CHECK(d.booked(ledger::merchant("m2", currency("CNY"))).is_zero());
            CHECK(d.booked(ledger::merchant("m2", currency(code))) == d.get(ids[1]).amounts.bought);
            CHECK(d.booked(ledger::position(purchase.id, currency(code))).is_zero());
            CHECK(d.booked(ledger::position(purchase.id, currency("CNY"))).is_zero());

            // Nothing is at the provision account before the bank says so, and the CNY is spoken for until it is gone.
            CHECK(d.booked(ledger::provision(account, currency(code))).is_zero());
            CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == purchase.cny);
            // Kuwait rests on Friday, so that deal counts on Monday.
            if (code == "KWD") {
                CHECK(d.statement({"sb-cny", account}).empty());
                d.desk.clock.set(parse_rfc3339("2026-11-23T02:00:00Z").value());
            }
            d.bank.due(d.desk.clock.now());
            const std::vector<flow::TakenLine> taken = d.offer(d.statement({"sb-cny", account}));
            REQUIRE(taken.size() == 2);
            for (const flow::TakenLine& line : taken) {
                CHECK(line.taken);
                CHECK(line.subject_kind == "purchase");
                CHECK_FALSE(line.entry_id.empty());
            }
            CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
            CHECK(d.booked(ledger::provision(account, currency(code))) == d.at_bank(account));
            CHECK(d.booked(ledger::provision("sb-cny", currency("CNY"))) == d.at_bank("sb-cny"));
            CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
            CHECK(d.booked(ledger::fx_payable("sandbox-bank", currency("CNY"))).is_zero());
            CHECK(d.booked(ledger::fx_receivable("sandbox-bank", currency(code))).is_zero());
            CHECK(d.work_items().empty());
            d.check_books();
        }
    });
}

TEST_CASE(
    "what was compared when a purchase was opened is kept with it, the bank that lost with its fee and its reason") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        flow::ConvertSettings settings = d.settings();
        settings.banks["dear-bank"] = settings.banks.at("sandbox-bank");
        settings.banks["dear-bank"].terms.fee_basis_points = 10;
        flow::Convert two_banks(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings);
        // The dear bank shows the same board: its quote is put in as its answer would have been.
        const std::string order = d.order("m1", "USD", "1000.00");
        two_banks.step(d.desk.clock.now());
        d.run_calls();
        d.copy_board("sandbox-bank", "dear-bank", "USD");
        two_banks.step(d.desk.clock.now());
        const fx::Purchase purchase = d.purchase_of(order);
        CHECK(purchase.bank == "sandbox-bank");
        d.desk.database.read([&](db::Reader& reader) {
            const auto kept = fx::QuoteStore::offers(reader, purchase.id);
            REQUIRE(kept.has_value());
            CHECK(kept->cny == money("CNY", "1000.00"));
            REQUIRE(kept->offers.size() == 2);
            CHECK(kept->offers[0].quote.bank == "sandbox-bank");
            CHECK(kept->offers[0].fee.is_zero());
            CHECK(kept->offers[0].foreign == purchase.foreign);
            CHECK(kept->offers[1].quote.bank == "dear-bank");
            CHECK(kept->offers[1].fee == money("CNY", "1.00"));
            CHECK(kept->offers[1].foreign < kept->offers[0].foreign);
            CHECK(kept->offers[1].unfit == fx::Unfit::No);
            CHECK_FALSE(fx::QuoteStore::offers(reader, "pur_none").has_value());
        });
    });
}

TEST_CASE("a bank where we have too little CNY is not chosen though it is the better one, which is kept as evidence") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        flow::ConvertSettings settings = d.settings();
        settings.banks["cheap-bank"] = settings.banks.at("sandbox-bank");
        settings.banks["cheap-bank"].cny = "cb-cny";
        settings.banks["sandbox-bank"].terms.fee_basis_points = 10;
        flow::Convert two_banks(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings);
        const std::string order = d.order("m1", "USD", "1000.00");
        two_banks.step(d.desk.clock.now());
        d.run_calls();
        // The cheap bank's quote is put in as its answer would have been.
        d.copy_board("sandbox-bank", "cheap-bank", "USD");
        two_banks.step(d.desk.clock.now());
        const fx::Purchase purchase = d.purchase_of(order);
        CHECK(purchase.bank == "sandbox-bank");
        CHECK(purchase.cny_account == "sb-cny");
        d.desk.database.read([&](db::Reader& reader) {
            const auto kept = fx::QuoteStore::offers(reader, purchase.id);
            REQUIRE(kept.has_value());
            REQUIRE(kept->offers.size() == 2);
            CHECK(kept->offers[0].quote.bank == "sandbox-bank");
            CHECK(kept->offers[1].quote.bank == "cheap-bank");
            CHECK(kept->offers[1].unfit == fx::Unfit::NoCny);
            CHECK(kept->offers[1].foreign > kept->offers[0].foreign);
        });
    });
}

TEST_CASE(
    "the bank's figures are those of the reference: 716.85 per 100 USD gives 13.94 for 100 yuan, 4.6325 per 100 JPY "
    "2158") {
    CHECK(bank::bought_for(money("CNY", "100.00"), currency("USD"), 100, *bank::price_from_text("716.85")).text() ==
          "13.94");
    CHECK(bank::bought_for(money("CNY", "100.00"), currency("JPY"), 100, *bank::price_from_text("4.6325")).text() ==
          "2158");
    CHECK(bank::bought_for(money("CNY", "100.00"), currency("KWD"), 1, *bank::price_from_text("23.335")).text() ==
          "4.285");
    CHECK(bank::cost_of(money("USD", "1234.56"), 100, *bank::price_from_text("716.85")).text() == "8849.94");
    CHECK_FALSE(bank::price_from_text("7.12345").has_value());
    CHECK_FALSE(bank::price_from_text("0").has_value());
    CHECK_FALSE(bank::price_from_text("-7.1").has_value());
}

TEST_CASE("FX-10 bought is only what merchants and the provision account really have free") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string first = d.order("m1", "USD", "100.00");
        const std::string second = d.order("m2", "USD", "50.00");
        // 60.00 of the 150.00 at the bank are spoken for by somebody else.
        REQUIRE(d.desk.hold({{ledger::provision("sb-cny", currency("CNY")), money("CNY", "60.00"), "remittance", "r1"}})
                    .ok());
        d.run();
        CHECK(d.get(first).state == orders::OrderState::Funded);
        CHECK(d.get(second).state == orders::OrderState::Converted);
        CHECK(d.purchase_of(second).cny == money("CNY", "50.00"));
        CHECK(d.desk.balance(ledger::provision("sb-cny", currency("CNY"))).available() == money("CNY", "40.00"));
        d.check_books();
    });
}

TEST_CASE("FX-10 orders whose money is missing are not tried again in the same second") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "USD", "100.00");
        const auto held =
            d.desk.hold({{ledger::provision("sb-cny", currency("CNY")), money("CNY", "60.00"), "remittance", "r1"}});
        REQUIRE(held.ok());
        d.run();
        const std::uint64_t groups = d.desk.queue->counters().groups;
        for (int times = 0; times < 5; ++times) CHECK(d.convert.step(d.desk.clock.now()) == 0);
        CHECK(d.desk.queue->counters().groups == groups);
        REQUIRE(d.desk
                    .run({ledger::provision("sb-cny", currency("CNY"))},
                         [&](db::Group& group) { d.desk.books.release(group, *held); })
                    .ok());
        d.advance(std::chrono::seconds(1));
        CHECK(d.get(id).state == orders::OrderState::Converted);
    });
}

TEST_CASE("LED-10 while payouts in CNY are stopped nothing is bought and no board is asked; resumed, it is bought") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const Currency cny = currency("CNY");
        const std::string id = d.order("m1", "USD", "100.00");
        REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.stop_payouts(group, cny, "a test"); }).ok());
        d.run();
        d.advance(std::chrono::seconds(30));
        CHECK(d.client.sent.empty());
        REQUIRE(d.desk.run({}, [&](db::Group& group) { d.desk.books.resume_payouts(group, cny); }).ok());
        d.advance(std::chrono::seconds(1));
        CHECK(d.get(id).state == orders::OrderState::Converted);
        d.check_books();
    });
}

TEST_CASE("a full page of orders whose money is missing does not hide those behind it from being bought for") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        for (int i = 0; i < 4; ++i) d.order("m2", "USD", "100.00");
        REQUIRE(d.desk.hold({{ledger::merchant("m2", currency("CNY")), money("CNY", "301.00"), "refund", "r1"}}).ok());
        const std::string behind = d.order("m1", "USD", "50.00");
        flow::ConvertSettings settings = d.settings();
        settings.orders_a_purchase = 2;
        flow::Convert convert(d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, settings);
        for (int times = 0; times < 30; ++times) {
            convert.step(d.desk.clock.now());
            d.worker->step();
        }
        CHECK(d.get(behind).state == orders::OrderState::Converted);
    });
}

TEST_CASE("an order is bought for without its merchant's rest where the money for both is not free") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const Currency cny = currency("CNY");
        d.port.cny_fixed = false;  // dealt are whole yen, so a few fen are left over
        const std::string first = d.order("m1", "JPY", "100.00");
        d.run();
        d.port.cny_fixed = true;
        const Money rest = d.get(first).amounts.rest;
        REQUIRE(rest.is_positive());
        const auto held = d.desk.hold({{ledger::merchant("m1", cny), rest, "refund", "r1"}});
        REQUIRE(held.ok());
        const std::string second = d.order("m1", "JPY", "50.00");
        d.advance(std::chrono::seconds(60));
        REQUIRE(d.lines_of(second).size() == 1);
        CHECK(d.lines_of(second)[0].put_in == money("CNY", "50.00"));
        CHECK(d.lines_of(second)[0].carried.is_zero());
        CHECK(d.get(second).amounts.bought.is_positive());
        d.check_books();

        // The rest is still the merchant's, and goes along with the next order once it is free.
        const Money rests = rest + d.get(second).amounts.rest;
        REQUIRE(d.desk.run({ledger::merchant("m1", cny)}, [&](db::Group& group) { d.desk.books.release(group, *held); })
                    .ok());
        const std::string third = d.order("m1", "JPY", "50.00");
        d.advance(std::chrono::seconds(60));
        REQUIRE(d.lines_of(third).size() == 1);
        CHECK(d.lines_of(third)[0].carried == rests);
        d.check_books();
    });
}

TEST_CASE("an order that is held, paid out at home or in another currency is not converted") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string held = d.order("m1", "USD", "100.00");
        REQUIRE(d.desk
                    .run({},
                         [&](db::Group& group) {
                             orders::Order order = *orders::OrderStore::find(group.tx, held);
                             order.hold_reason = "sanctions";
                             const flow::OrderChange change{&order, ""};
                             flow::save_orders(group, std::span(&change, 1));
                         })
                    .ok());
        d.run();
        CHECK(d.client.sent.empty());
        CHECK(d.get(held).state == orders::OrderState::Funded);
    });
}

TEST_CASE("a rest left by a deal with the foreign side fixed is the merchant's, and goes into its next purchase") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        d.port.cny_fixed = false;
        const std::string first = d.order("m1", "JPY", "100.00");
        d.run();
        const std::vector<fx::PurchaseLine> lines = d.lines_of(first);
        REQUIRE(lines.size() == 1);
        const Money rest = lines[0].rest;
        CHECK(rest.is_positive());
        CHECK(d.get(first).amounts.rest == rest);
        CHECK(lines[0].cny + rest == money("CNY", "100.00"));
        CHECK(d.booked(ledger::merchant("m1", currency("CNY"))) == rest);
        CHECK(d.get(first).state == orders::OrderState::Converted);

        d.port.cny_fixed = true;
        const std::string other = d.order("m2", "JPY", "10.00");
        const std::string second = d.order("m1", "JPY", "10.00");
        d.advance(std::chrono::seconds(60));
        const std::vector<fx::PurchaseLine> next = d.lines_of(second);
        REQUIRE(next.size() == 1);
        CHECK(next[0].carried == rest);
        CHECK(next[0].put_in == money("CNY", "10.00") + rest);
        CHECK(d.lines_of(other)[0].carried.is_zero());
        CHECK(d.booked(ledger::merchant("m1", currency("CNY"))).is_zero());
        CHECK(d.get(second).amounts.convertible().is_zero());
        CHECK(d.get(first).amounts.rest + d.get(second).amounts.rest == money("CNY", "0.00"));
        d.check_books();
    });
}

TEST_CASE("legs: a line before the deal waits, a second one or another amount is left to suspense, direction counts") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        const std::string id = d.order("m1", "USD", "100.00");
        d.fault("fx_pending");
        d.run();
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Accepted);
        const fx::Purchase purchase = d.purchase_of(id);
        reconciliation::StatementLine line{.account = "sb-cny",
                                           .bank_reference = "E1",
                                           .sequence = 1,
                                           .booked_on = Date::in_shanghai(d.desk.clock.now()),
                                           .value_date = Date::in_shanghai(d.desk.clock.now()),
                                           .amount = money("CNY", "100.00"),
                                           .is_credit = false,
                                           .is_reversal = false,
                                           .code = "FORX/SPOT/OTHR",
                                           .end_to_end = purchase.reference,
                                           .narrative = "",
                                           .return_reason = "",
                                           .instructed = std::nullopt};
        CHECK(d.offer({line})[0].waits);
        CHECK_FALSE(d.offer({line})[0].taken);

        d.advance(std::chrono::seconds(70));
        d.advance(std::chrono::seconds(70));
        REQUIRE(d.purchase_of(id).state == fx::PurchaseState::Dealt);
        reconciliation::StatementLine wrong = line;
        wrong.amount = money("CNY", "100.01");
        CHECK_FALSE(d.offer({wrong})[0].taken);
        wrong = line;
        wrong.is_credit = true;
        CHECK_FALSE(d.offer({wrong})[0].taken);
        wrong = line;
        wrong.end_to_end = "FPOTHER";
        CHECK_FALSE(d.offer({wrong})[0].taken);
        CHECK(d.offer({line})[0].taken);
        line.bank_reference = "E2";
        const std::vector<flow::TakenLine> again = d.offer({line});
        CHECK_FALSE(again[0].taken);
        CHECK_FALSE(again[0].waits);
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Dealt);  // the foreign leg is still awaited
        d.check_books();
    });
}

TEST_CASE("four hundred orders of seven merchants are one deal") {
    each_way([](TestDatabase& on, Way way) {
        ConvertDesk d(on, way);
        std::vector<std::string> ids;
        for (int i = 0; i < 400; ++i)
            ids.push_back(d.order("m" + std::to_string(i % 7), "USD", std::to_string(10 + i) + ".37"));
        d.run();
        Money bought = Money::zero(currency("USD"));
        for (const std::string& id : ids) bought += d.get(id).amounts.bought;
        CHECK(d.deals_sent() == 1);
        CHECK(bought == d.purchase_of(ids[0]).deal->foreign);
        d.check_books();
    });
}
