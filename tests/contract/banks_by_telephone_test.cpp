// The contract of the banks, where it applies to one that is dealt with on the telephone: nobody is asked and nothing
// is queried there, two persons carry the words. What is the telephone's alone stands in phone_test.cpp.

#include <doctest/doctest.h>

#include "adapters/sandbox/bank/telephone.h"
#include "tests/contract/phone_desk.h"

using namespace phone_desk;

namespace {

const Currency kCny = Currency::known("CNY");

std::vector<std::unique_ptr<bank::BankPart>> parts_with_telephone() {
    std::vector<std::unique_ptr<bank::BankPart>> parts;
    parts.push_back(std::make_unique<bank::ForeignExchange>(bank::FxSettings{.prices = shipped_prices()}));
    parts.push_back(std::make_unique<bank::Telephone>(shipped_prices(), 0s));
    return parts;
}

/// The bank's dealer, over the desk's own bank file.
struct Dealer {
    explicit Dealer(PhoneDesk& desk)
        : d(desk),
          at_bank(d.bank_books, bank_settings(d.customer_key, ConvertDesk::seeded_key(6)), parts_with_telephone(),
                  d.desk.clock.now()) {}

    /// Members of the answer, all of them text but for the unit.
    std::string told(http::Method method, const std::string& target, const std::string& body) {
        http::Request request;
        request.method = method;
        REQUIRE(http::set_target(request, target).ok());
        request.body = body;
        const http::Response answer = at_bank.answer(request, d.desk.clock.now());
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
        return answer.body;
    }
    Rate price() {
        const http::Json said =
            http::Json::parse(told(http::Method::Get, "/admin/phone-deals?currency=USD", "")).value();
        return price_in(said);
    }
    /// He enters the deal, and sends the slip.
    fx::PhoneSlip enters(const fx::PhoneDeal& deal, const std::string& reference) {
        const http::Json said =
            http::Json::parse(told(http::Method::Post, "/admin/phone-deals",
                                   R"({"reference":")" + reference + R"(","price":")" + deal.call.price.text() +
                                       R"(","amount":{"currency":"CNY","amount":")" + deal.call.amount.text() +
                                       R"("},"cny_account":"sb-cny","foreign_account":"sb-usd"})"))
                .value();
        std::vector<Error> errors;
        http::JsonObject slip(said.root(), errors);
        constexpr http::TextRule kText{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};
        fx::PhoneSlip told{slip.text("number", kText), price_in(said), *slip.positive_money("cny"),
                           *slip.positive_money("foreign"), *slip.date("value_date")};
        REQUIRE(errors.empty());
        return told;
    }
    std::vector<bank::FxDealRow> deals() {
        std::vector<bank::FxDealRow> all;
        d.bank_books.read([&](db::Reader& reader) { all = bank::all_deals(reader); });
        return all;
    }

    PhoneDesk& d;
    bank::Bank at_bank;

 private:
    static Rate price_in(const http::Json& said) {
        std::vector<Error> errors;
        http::JsonObject object(said.root(), errors);
        constexpr http::TextRule kText{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};
        const auto unit = static_cast<int>(object.integer("unit_base", 1, 100));
        return PhoneDesk::price(object.text("price", kText), unit);
    }
};

}  // namespace

TEST_CASE("FX-01 a deal on the telephone is dealt once and settled, and our books agree with the bank's own") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        Dealer dealer(d);
        d.show_rates();
        const std::vector<std::string> ids{d.order("m1", "USD", "60.00"), d.order("m2", "USD", "90.00")};
        const auto recorded = d.record(d.call(money("CNY", "150.00"), dealer.price()));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        // What was said binds the money, and books nothing until the slip is there.
        CHECK(d.held(ledger::provision("sb-cny", kCny)) == money("CNY", "150.00"));
        CHECK(d.booked(ledger::fx_payable("phone-bank", kCny)).is_zero());
        const fx::PhoneSlip slip = dealer.enters(*recorded->deal, recorded->reference);
        const auto confirmed = d.confirm(*recorded->deal, slip);
        REQUIRE_MESSAGE(confirmed->deal, confirmed->error->english());
        REQUIRE(dealer.deals().size() == 1);
        const bank::FxDealRow deal = dealer.deals()[0];
        const fx::Purchase purchase = d.purchase_of(ids[0]);
        CHECK(purchase.reference == deal.reference);
        CHECK(purchase.deal->bank_reference == deal.deal_no);
        CHECK(purchase.deal->cny.minor() == deal.cny_minor);
        CHECK(d.get(ids[0]).amounts.bought + d.get(ids[1]).amounts.bought ==
              Money::of_minor(currency("USD"), deal.foreign_minor));
        dealer.at_bank.due(d.desk.clock.now());
        CHECK(d.offer(d.statement({"sb-cny", "sb-usd"})).size() == 2);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
        CHECK(d.booked(ledger::provision("sb-cny", kCny)) == d.at_bank("sb-cny"));
        CHECK(d.booked(ledger::provision("sb-usd", currency("USD"))) == d.at_bank("sb-usd"));
        CHECK(d.held(ledger::provision("sb-cny", kCny)).is_zero());
        CHECK(d.booked(ledger::fx_payable("phone-bank", kCny)).is_zero());
        CHECK(d.work_items().empty());
        d.check_books();
    });
}

TEST_CASE("FX-05 a slip that is entered twice is one deal, at the bank and here") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        Dealer dealer(d);
        d.show_rates();
        const std::string id = d.order("m1", "USD", "150.00");
        const auto recorded = d.record(d.call(money("CNY", "150.00"), dealer.price()));
        REQUIRE_MESSAGE(recorded->deal, recorded->error->english());
        const fx::PhoneSlip slip = dealer.enters(*recorded->deal, recorded->reference);
        CHECK(dealer.enters(*recorded->deal, recorded->reference).number == slip.number);
        REQUIRE(d.confirm(*recorded->deal, slip)->deal);
        CHECK(d.confirm(*recorded->deal, slip)->error->code == &flow::phone_error::kNotAwaited);
        CHECK(dealer.deals().size() == 1);
        CHECK(d.purchase_of(id).state == fx::PurchaseState::Dealt);
        d.check_books();
    });
}

TEST_CASE("FX-04 a word on the telephone that is over is not recorded, and one that is good for a second more is") {
    each_engine([](TestDatabase& on) {
        PhoneDesk d(on);
        Dealer dealer(d);
        d.show_rates();
        d.order("m1", "USD", "150.00");
        fx::PhoneCall told = d.call(money("CNY", "150.00"), dealer.price());
        told.expires_at = d.desk.clock.now();
        CHECK(d.refused(told) == "phone_deal_over");
        CHECK(d.held(ledger::provision("sb-cny", kCny)).is_zero());
        told.expires_at += 1s;
        CHECK(d.refused(told) == "recorded");
        CHECK(d.held(ledger::provision("sb-cny", kCny)) == money("CNY", "150.00"));
        d.check_books();
    });
}
