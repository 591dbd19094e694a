// Deals on the telephone: recorded by one person, confirmed by another with the bank's slip, and then what any deal is.

#include "tests/contract/phone_desk.h"

using namespace phone_desk;
using fx::PhoneDealState;

namespace {

bool has_item(const std::vector<std::string>& kinds, std::string_view kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

TEST_CASE("a deal on the telephone, recorded by one person and confirmed by another, goes the way of any deal") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "60.00");
        const std::string second = d.order("m2", "USD", "100.00");
        const std::string third = d.order("m3", "USD", "40.00");
        const auto recorded = d.record(d.call(money("CNY", "150.00")));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        const fx::PhoneDeal deal = *recorded->deal;
        // Money and orders are kept for it: the last order puts in what is still wanted.
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "150.00"));
        CHECK(d.get(first).amounts.converting == money("CNY", "60.00"));
        CHECK(d.get(second).amounts.converting == money("CNY", "90.00"));
        CHECK(d.get(third).amounts.converting.is_zero());
        CHECK(d.phone.dealer_of(deal) == "Wang Fang");
        CHECK(deal.call.dealer.find("Wang") == std::string::npos);
        d.check_books();
        const reconciliation::StatementLine paid = d.line("sb-cny", deal.amounts.cny, false, recorded->reference);
        CHECK(d.offer({paid})[0].waits);

        const auto confirmed = d.confirm(deal, d.slip_of(deal));
        REQUIRE_MESSAGE(confirmed->deal, confirmed->error->english());
        CHECK(confirmed->deal->state == PhoneDealState::Dealt);
        const fx::Purchase purchase = d.purchase_of(first);
        CHECK(purchase.state == fx::PurchaseState::Dealt);
        CHECK(purchase.deal->bank_reference == "SLIP-1");
        CHECK(d.get(first).amounts.bought + d.get(second).amounts.bought == deal.amounts.foreign);
        CHECK(d.get(second).amounts.convertible() == money("CNY", "10.00"));
        CHECK(d.work_items().empty());
        d.check_books();

        CHECK(d.offer({paid, d.line("sb-usd", deal.amounts.foreign, true, recorded->reference)})[1].taken);
        CHECK(d.purchase_of(first).state == fx::PurchaseState::Settled);
        CHECK(d.client.count("POST /v1/fx/purchases") == 0);
        d.check_books();
        // Neither is confirmed a second time, nor is a slip good for another deal.
        CHECK(d.confirm(deal, d.slip_of(deal))->error->code == &flow::phone_error::kNotAwaited);
        fx::PhoneCall next = d.call(money("USD", "2.00"));
        next.recording = "REC-78";
        const auto another = d.record(next);
        REQUIRE_MESSAGE(another->deal, another->error->english());
        CHECK(d.confirm(*another->deal, d.slip_of(*another->deal))->error->code == &flow::phone_error::kSlipTaken);
        fx::PhoneSlip rounded = d.slip_of(*another->deal, "SLIP-2");
        rounded.cny += Money::of_minor(currency("CNY"), 1);  // the bank rounds otherwise
        CHECK(d.confirm(*another->deal, rounded)->deal->state == PhoneDealState::Dealt);
        // What the slip says is the deal: its unit is borne, and nothing of it is in dispute.
        CHECK(d.booked(ledger::suspense_debit(currency("CNY"))).is_zero());
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, currency("CNY"))) == money("CNY", "0.01"));
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == rounded.cny);
        CHECK(d.work_items().empty());
        d.check_books();
    });
}

TEST_CASE("SEC-06 who recorded a deal does not confirm it, as whatever operator, and only a maker records") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "100.00");
        CHECK(d.refused(d.call(money("CNY", "50.00")), "opr_b") == "may_not_make");
        CHECK(d.refused(d.call(money("CNY", "50.00")), "opr_nobody") == "may_not_make");
        const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "50.00")))->deal;
        const auto said_to = [&](const std::string& by) {
            return std::string(d.confirm(deal, d.slip_of(deal), by)->error->code->text);
        };
        CHECK(said_to("opr_a") == "may_not_check");
        CHECK(said_to("opr_a_too") == "same_person");
        CHECK(d.now(deal).state == PhoneDealState::Recorded);
        CHECK(d.get(d.order("m9", "USD", "1.00")).amounts.bought.is_zero());
        fx::PhoneDeal nobody = deal;
        nobody.id = "phd_none";
        CHECK(d.confirm(nobody, d.slip_of(deal))->error->code == &flow::phone_error::kNoPhoneDeal);
    });
}

TEST_CASE("a call that is told twice is recorded once, and who told it first is named") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "400.00");
        const fx::PhoneCall told = d.call(money("CNY", "50.00"));
        const fx::PhoneDeal deal = *d.record(told)->deal;
        fx::PhoneCall again = told;
        again.called_at -= 5min;
        again.recording = "REC-78";
        const auto refused = d.record(again);
        REQUIRE(refused->error);
        CHECK(refused->error->code == &flow::phone_error::kSameCall);
        CHECK(refused->error->english().find(deal.id) != std::string::npos);
        CHECK(refused->error->english().find("opr_a") != std::string::npos);
        // The same price per hundred is the same price.
        again.price = d.price(std::to_string(700), 100);
        again.price = Rate::of_stored(currency("USD"), currency("CNY"), 100, told.price.rate_e10(), "as per hundred");
        CHECK(d.refused(again) == "phone_deal_same_call");
        // Nor does another time or another price make it another deal: whoever tells it must say so.
        again.called_at = told.called_at - 16min;
        CHECK(d.refused(again) == "phone_deal_twice");
        again.price = Rate::of_stored(currency("USD"), currency("CNY"), 1, told.price.rate_e10() + 1'000'000, "worse");
        CHECK(d.refused(again) == "phone_deal_twice");
        again = told;
        again.amount = money("CNY", "51.00");
        CHECK_MESSAGE(d.refused(again) == "phone_deal_same_call",
                      "one recording is one call, whatever amounts are told");
        again.recording = "REC-80";
        CHECK(d.refused(again) == "recorded");
        d.check_books();
    });
}

TEST_CASE("one call that is told once in CNY and once in the currency that is bought is one call") {
    for (const bool has_one_recording : {true, false}) {
        CAPTURE(has_one_recording);
        for (const bool is_cny_first : {true, false}) {
            CAPTURE(is_cny_first);
            each_engine([&](TestDatabase& on) {
                PhoneDesk d(on);
                d.show_rates();
                d.order("m1", "USD", "2000.00");
                fx::PhoneCall first = d.call(money("CNY", "712.03"));
                fx::PhoneCall second = first;
                second.amount = fx::amounts_of(first).value().foreign;
                if (!is_cny_first) std::swap(first.amount, second.amount);
                second.recording = has_one_recording ? first.recording : "REC-78";
                const fx::PhoneDeal deal = *d.record(first)->deal;
                const auto refused = d.record(second);
                REQUIRE(refused->error);
                CHECK(refused->error->code == &flow::phone_error::kSameCall);
                for (const std::string& text : {refused->error->english(), refused->error->chinese()})
                    CHECK(text.find(deal.id) != std::string::npos);
                if (has_one_recording) return;
                // Behind the time by which tellers may differ it is one of the same size, which must be named.
                second.called_at -= 16min;
                CHECK(d.refused(second) == "phone_deal_twice");
                second.amount = money(second.amount.currency().code(), "50.00");
                CHECK(d.refused(second) == "recorded");
                d.check_books();
            });
        }
    }
}

TEST_CASE("a slip's number is one however it is spelled, also where it was entered before spellings were compared") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "400.00");
        const fx::PhoneDeal first = *d.record(d.call(money("CNY", "50.00")))->deal;
        fx::PhoneCall call = d.call(money("CNY", "60.00"));
        call.recording = "REC-78";
        const fx::PhoneDeal second = *d.record(call)->deal;
        REQUIRE_FALSE(d.confirm(first, PhoneDesk::slip_of(first, "A-17/3"))->error);
        for (const bool is_old : {false, true}) {
            CAPTURE(is_old);
            if (is_old) {
                d.desk.database.write([&](db::Tx& tx) {
                    tx.execute({"UPDATE phone_deal SET slip_key = :p2 WHERE id = :p1"},
                               {first.id, "phone-bank|A-17/3"});
                });
            }
            for (const char* number : {"A-17/3", "a173", "a 17-3", "A17 / 3"}) {
                CAPTURE(number);
                const auto taken = d.confirm(second, PhoneDesk::slip_of(second, number));
                REQUIRE(taken->error);
                CHECK(taken->error->code == &flow::phone_error::kSlipTaken);
                CHECK(taken->error->english().find(first.id) != std::string::npos);
            }
        }
        CHECK_FALSE(d.confirm(second, PhoneDesk::slip_of(second, "A-174"))->error);
        d.check_books();
    });
}

TEST_CASE("a slip whose price and amounts do not agree is not what was dealt, whatever two persons say") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string id = d.order("m1", "USD", "100.00");
        const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "100.00")))->deal;
        fx::PhoneSlip slip = d.slip_of(deal);
        slip.foreign += money("USD", "9.00");
        REQUIRE(d.confirm(deal, slip)->deal->state == PhoneDealState::Differs);
        const std::string wish = R"("phone_deal_id":")" + deal.id + R"(","outcome":")";
        const auto refused = d.two.ask("settle_phone_deal", wish + "as_slip\"");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == &flow::phone_error::kSlipDisagrees);
        CHECK(refused.error().english().find(slip.foreign.text()) != std::string::npos);
        CHECK(d.get(id).amounts.bought.is_zero());
        CHECK(d.two.ask("settle_phone_deal", wish + "slip_wrong\"").ok());
        d.check_books();
    });
}

TEST_CASE(
    "a second deal of one size on a day is refused also when two persons confirmed the first, until it is said so") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "400.00");
        const fx::PhoneDeal first = *d.record(d.call(money("CNY", "50.00")))->deal;
        REQUIRE_FALSE(d.confirm(first, PhoneDesk::slip_of(first))->error);
        REQUIRE(d.now(first).state == fx::PhoneDealState::Dealt);
        d.desk.clock.advance(2h);
        const auto later = [&](const std::string& recording) {
            fx::PhoneCall call = d.call(money("CNY", "50.00"));
            call.recording = recording;
            return call;
        };
        const auto refused = d.record(later("REC-78"));
        REQUIRE(refused->error);
        CHECK(refused->error->code == &flow::phone_error::kTwice);
        for (const std::string& text : {refused->error->english(), refused->error->chinese()}) {
            CHECK(text.find(first.id) != std::string::npos);
            CHECK(text.find("another_deal") != std::string::npos);
        }
        CHECK(d.lines_of_purchases() == 1);

        const auto say = [&](const std::string& recording, const std::vector<std::string>& another_than) {
            const auto said = std::make_shared<flow::RecordPhone>(later(recording));
            said->operator_id = "opr_a";
            said->another_than = another_than;
            REQUIRE(d.desk.queue->run(d.phone.record(), said).ok());
            return said;
        };
        CHECK(say("REC-77", {first.id})->error->code == &flow::phone_error::kSameCall);
        const auto second = say("REC-78", {first.id});
        REQUIRE(second->deal);
        CHECK(d.lines_of_purchases() == 2);
        // Each one of that size is to be named, and one call is not two whatever is named.
        CHECK(say("REC-79", {first.id, second->deal->id})->error->code == &flow::phone_error::kSameCall);
        d.desk.clock.advance(16min);
        const auto unnamed = say("REC-79", {first.id});
        REQUIRE(unnamed->error);
        CHECK(unnamed->error->code == &flow::phone_error::kTwice);
        CHECK(unnamed->error->english().find(second->deal->id) != std::string::npos);
        CHECK(say("REC-79", {first.id, second->deal->id})->deal.has_value());
        // On the next day of dealing it is another deal without a word.
        d.desk.clock.advance(72h);
        CHECK(d.refused(d.call(money("CNY", "50.00"))) == "recorded");
        d.check_books();
    });
}

TEST_CASE("a call before midnight that is told again as one behind it is one call, whatever is said") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        d.order("m1", "USD", "400.00");
        d.desk.clock.set(Date::parse("2026-11-23").value().at_shanghai(23, 56));
        const auto first = d.record(d.call(money("CNY", "50.00")));
        REQUIRE_MESSAGE(first->deal, first->error->english());
        const auto said = [&] {
            fx::PhoneCall call = d.call(money("CNY", "50.00"));
            call.recording = "REC-78";
            const auto item = std::make_shared<flow::RecordPhone>(call);
            item->operator_id = "opr_a";
            item->another_than = {first->deal->id};
            REQUIRE(d.desk.queue->run(d.phone.record(), item).ok());
            return item->error ? std::string(item->error->code->text) : "recorded";
        };
        d.desk.clock.set(Date::parse("2026-11-24").value().at_shanghai(0, 10));
        CHECK(said() == "phone_deal_same_call");
        d.desk.clock.set(Date::parse("2026-11-24").value().at_shanghai(0, 12));
        CHECK(said() == "recorded");
        d.check_books();
    });
}

TEST_CASE("what is told wrongly is refused with the reason, and nothing is kept for it") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.order("m1", "USD", "100.00");
        CHECK(d.refused(d.call(money("CNY", "50.00"), d.price("7.1"))) == "phone_no_mid");
        // Its board came with the rest of what that bank shows; nothing is bought yet.
        d.desk_with_phone.step(d.desk.clock.now());
        d.run_calls();
        const std::string mid = d.mid();
        const fx::PhoneCall good = d.call(money("CNY", "50.00"));
        const auto with = [&](const std::function<void(fx::PhoneCall&)>& change) {
            fx::PhoneCall told = good;
            change(told);
            return d.refused(told);
        };
        const auto per = [&](const std::string& text, int unit) {
            return with([&](fx::PhoneCall& told) { told.price = d.price(text, unit); });
        };
        CHECK(per(mid, 100) == "phone_price_unit");  // said per 1, typed per 100
        CHECK(per("716.85", 1) == "phone_price_unit");
        CHECK(per("0.1397", 1) == "phone_price_inverted");
        CHECK(per("7.9", 1) == "phone_price_off_mid");
        CHECK(with([&](fx::PhoneCall& told) {
                  told.price = Rate::parse(currency("USD"), currency("JPY"), 1, "150").value();
              }) == "phone_pair_inverted");
        CHECK(with([](fx::PhoneCall& told) { told.amount = money("JPY", "50"); }) == "phone_amount_wrong");
        CHECK(with([](fx::PhoneCall& told) { told.amount = money("CNY", "0.00"); }) == "phone_amount_wrong");
        CHECK(with([](fx::PhoneCall& told) { told.amount = money("CNY", "0.01"); }) == "phone_amount_wrong");
        CHECK(with([](fx::PhoneCall& told) { told.called_at += 10min; }) == "phone_call_time");
        CHECK(with([](fx::PhoneCall& told) { told.called_at -= 25h; }) == "phone_call_time");
        CHECK(with([&](fx::PhoneCall& told) { told.expires_at = d.desk.clock.now(); }) == "phone_deal_over");
        CHECK(with([](fx::PhoneCall& told) { told.value_date = told.value_date.plus_days(30); }) == "phone_value_date");
        CHECK(with([](fx::PhoneCall& told) { told.value_date = told.value_date.plus_days(-1); }) == "phone_value_date");
        const Status day_off = fx::check_call(good, {}, d.desk.clock.now());
        REQUIRE_FALSE(day_off.ok());
        CHECK(day_off.error().english().find("has no value date: CNY is not dealt on that day") != std::string::npos);
        CHECK(with([](fx::PhoneCall& told) { told.bank = "no-bank"; }) == "phone_no_such_bank");
        CHECK(with([](fx::PhoneCall& told) { told.amount = money("CNY", "100.01"); }) == "phone_deal_not_collected");
        REQUIRE(
            d.desk.run({}, [&](db::Group& group) { d.desk.books.stop_payouts(group, currency("CNY"), "test"); }).ok());
        CHECK(with([](fx::PhoneCall&) {}) != "recorded");
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        CHECK(d.desk.balance(ledger::merchant("m1", currency("CNY"))).held.is_zero());
        d.check_books();
    });
}

TEST_CASE("where slip and record differ nothing is dealt until two persons say what was") {
    for (const bool as_slip : {true, false}) {
        CAPTURE(as_slip);
        each_engine([&](TestDatabase& on) {
            PhoneDesk d(on);
            d.show_rates();
            const std::string id = d.order("m1", "USD", "100.00");
            const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "100.00")))->deal;
            fx::PhoneSlip slip = d.slip_of(deal);
            slip.value_date = slip.value_date.plus_days(1);
            slip.price = d.price("7.3000");
            slip.foreign = convert(slip.cny, slip.price, Rounding::Down).value();
            const auto confirmed = d.confirm(deal, slip);
            REQUIRE(confirmed->deal);
            CHECK(confirmed->deal->state == PhoneDealState::Differs);
            CHECK(fx::differences(*confirmed->deal, slip).size() == 3);
            CHECK(has_item(d.work_items(), flow::kPhoneDealDiffers));
            CHECK(d.get(id).amounts.bought.is_zero());
            // It does not lapse by itself: the bank may have dealt.
            d.desk.clock.advance(2h);
            d.convert.step(d.desk.clock.now());
            CHECK(d.now(deal).state == PhoneDealState::Differs);
            CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == money("CNY", "100.00"));
            d.check_books();

            const std::string wish =
                R"("phone_deal_id":")" + deal.id + R"(","outcome":")" + (as_slip ? "as_slip" : "not_dealt") + "\"";
            const auto asked = d.two.ask("settle_phone_deal", wish);
            REQUIRE_MESSAGE(asked.ok(), asked.error().english());
            CHECK(asked->content.find(as_slip ? "dealt: USD" : "not dealt: CNY 100.00") != std::string::npos);
            REQUIRE(d.two.release(*asked).ok());
            CHECK(d.now(deal).state == (as_slip ? PhoneDealState::Dealt : PhoneDealState::NotDealt));
            CHECK_FALSE(has_item(d.work_items(), flow::kPhoneDealDiffers));
            CHECK(d.get(id).amounts.bought == (as_slip ? slip.foreign : money("USD", "0.00")));
            CHECK(d.get(id).amounts.converting.is_zero());
            if (as_slip) CHECK(d.purchase_of(id).deal->value_date == slip.value_date);
            if (!as_slip) CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
            CHECK_FALSE(d.two.ask("settle_phone_deal", wish).ok());
            d.check_books();
        });
    }
}

TEST_CASE("a deal without a slip in time stays held: the bank may have dealt, and its slip may still come") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string id = d.order("m1", "USD", "100.00");
        const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "100.00")))->deal;
        const ledger::Account provision = ledger::provision("sb-cny", currency("CNY"));
        d.desk.clock.advance(30min);
        d.convert.step(d.desk.clock.now());
        CHECK(d.now(deal).state == PhoneDealState::Overdue);
        CHECK(d.held(provision) == money("CNY", "100.00"));
        CHECK(d.get(id).amounts.convertible().is_zero());
        CHECK(has_item(d.work_items(), flow::kPhoneDealOverdue));
        // Nothing changes by itself, and the call is not told a second time.
        d.desk.clock.advance(2h);
        d.convert.step(d.desk.clock.now());
        CHECK(d.held(provision) == money("CNY", "100.00"));
        fx::PhoneCall again = deal.call;
        again.dealer = "Wang Fang";
        again.expires_at = d.desk.clock.now() + 30min;
        CHECK(d.refused(again) == "phone_deal_same_call");
        const auto confirmed = d.confirm(deal, d.slip_of(deal));
        REQUIRE(confirmed->deal);
        CHECK(confirmed->deal->state == PhoneDealState::Dealt);
        CHECK(d.get(id).amounts.bought == deal.amounts.foreign);
        CHECK_FALSE(has_item(d.work_items(), flow::kPhoneDealOverdue));
        d.check_books();
    });
}

TEST_CASE("that a bank did not deal, though no slip came, is for two persons to say") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string id = d.order("m1", "USD", "100.00");
        const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "100.00")))->deal;
        const std::string wish = R"("phone_deal_id":")" + deal.id + R"(","outcome":")";
        CHECK_FALSE(d.two.ask("settle_phone_deal", wish + "not_dealt\"").ok());  // its slip may come any moment
        d.desk.clock.advance(30min);
        d.convert.step(d.desk.clock.now());
        CHECK_FALSE(d.two.ask("settle_phone_deal", wish + "as_slip\"").ok());
        const auto asked = d.two.ask("settle_phone_deal", wish + "not_dealt\"");
        REQUIRE_MESSAGE(asked.ok(), asked.error().english());
        REQUIRE(d.two.release(*asked).ok());
        CHECK(d.now(deal).state == PhoneDealState::NotDealt);
        CHECK(d.get(id).amounts.convertible() == money("CNY", "100.00"));
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        CHECK_FALSE(has_item(d.work_items(), flow::kPhoneDealOverdue));
        d.check_books();
    });
}

TEST_CASE("a slip that was entered wrongly is taken back by two persons, and the right one is entered") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        d.show_rates();
        const std::string id = d.order("m1", "USD", "100.00");
        const fx::PhoneDeal deal = *d.record(d.call(money("CNY", "100.00")))->deal;
        fx::PhoneSlip mistyped = d.slip_of(deal);
        mistyped.foreign += money("USD", "9.00");
        REQUIRE(d.confirm(deal, mistyped)->deal->state == PhoneDealState::Differs);
        const auto asked =
            d.two.ask("settle_phone_deal", R"("phone_deal_id":")" + deal.id + R"(","outcome":"slip_wrong")");
        REQUIRE_MESSAGE(asked.ok(), asked.error().english());
        REQUIRE(d.two.release(*asked).ok());
        CHECK_FALSE(has_item(d.work_items(), flow::kPhoneDealDiffers));
        // The bank's word is good still, so nothing is overdue; when it is over, it is told.
        CHECK(d.now(deal).state == PhoneDealState::Recorded);
        d.convert.step(d.desk.clock.now());
        CHECK_FALSE(has_item(d.work_items(), flow::kPhoneDealOverdue));
        d.desk.clock.advance(30min);
        d.convert.step(d.desk.clock.now());
        CHECK(d.now(deal).state == PhoneDealState::Overdue);
        CHECK(has_item(d.work_items(), flow::kPhoneDealOverdue));
        // Under the same number: it was this slip's, and no other's.
        const auto confirmed = d.confirm(deal, d.slip_of(deal));
        REQUIRE(confirmed->deal);
        CHECK(confirmed->deal->state == PhoneDealState::Dealt);
        CHECK(d.get(id).amounts.bought == deal.amounts.foreign);
        d.check_books();
    });
}
