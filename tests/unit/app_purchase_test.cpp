#include <doctest/doctest.h>

#include <sstream>

#include "src/app/purchase_command.h"
#include "tests/support/readme_tables.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kCny = Currency::known("CNY");

fx::Purchase purchase() {
    fx::Purchase one{.id = "pur_1",
                     .bank = "harbour-bank",
                     .lock_id = "lck_1",
                     .reference = "R",
                     .currency = kUsd,
                     .cny = Money::of_minor(kCny, 71'00),
                     .foreign = Money::of_minor(kUsd, 10'00),
                     .state = fx::PurchaseState::Ordered,
                     .cny_account = "hb-cny",
                     .foreign_account = "hb-usd",
                     .deal = std::nullopt,
                     .provision_hold = ""};
    one.created_at = *parse_rfc3339("2026-11-20T02:00:00Z");
    return one;
}

bool has(const std::ostringstream& out, std::string_view text) {
    return out.str().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("purchases are told in one line each: what was ordered, and what was dealt once it is") {
    fx::Purchase one = purchase();
    std::ostringstream ordered;
    print_purchases(std::span(&one, 1), ordered);
    CHECK(has(ordered, "pur_1"));
    CHECK(has(ordered, "ordered"));
    CHECK(has(ordered, "USD 10.00"));
    CHECK(has(ordered, "2026-11-20 10:00"));
    CHECK_FALSE(has(ordered, "7.11"));
    one.state = fx::PurchaseState::Dealt;
    one.deal = fx::Deal{"D1", Money::of_minor(kCny, 71'10), Money::of_minor(kUsd, 10'00),
                        Rate::parse(kUsd, kCny, 1, "7.11").value(), *Date::parse("2026-11-24")};
    std::ostringstream dealt;
    print_purchases(std::span(&one, 1), dealt);
    for (const char* text : {"dealt", "71.10", "7.11", "2026-11-24"}) CHECK(has(dealt, text));
    huiqiao::testing::check_readmes_show(dealt.str(), "Dealt, CNY");
    std::ostringstream none;
    print_purchases({}, none);
    CHECK(has(none, "Nothing was bought"));
}

TEST_CASE("of a dealt purchase it is told how much was bought, how much the orders have, and what is left") {
    PurchaseView view{purchase(), {}, {}, {}, fx::Allocated{Money::of_minor(kCny, 71'10), Money::of_minor(kUsd, 9'25)}};
    std::ostringstream open;
    print_purchase(view, open);
    CHECK_FALSE(has(open, "allocated"));
    view.purchase.deal = fx::Deal{"D1", Money::of_minor(kCny, 71'10), Money::of_minor(kUsd, 10'00),
                                  Rate::parse(kUsd, kCny, 1, "7.11").value(), *Date::parse("2026-11-24")};
    std::ostringstream dealt;
    print_purchase(view, dealt);
    for (const char* text : {"bought", "USD 10.00", "allocated", "USD 9.25", "beyond its orders", "USD 0.75"})
        CHECK(has(dealt, text));
}

TEST_CASE("one purchase is told with each order's share and both legs, the one that is settled with its time") {
    PurchaseView view{purchase(), {}, {}, {}, std::nullopt};
    const Money cny = Money::of_minor(kCny, 35'55);
    const Money none = Money::zero(kCny);
    view.lines.push_back({.purchase_id = "pur_1",
                          .order_id = "ord_7",
                          .merchant_id = "mch_1",
                          .line_no = 1,
                          .put_in = cny,
                          .carried = none,
                          .cny = cny,
                          .foreign = Money::of_minor(kUsd, 5'00),
                          .rest = Money::of_minor(kCny, 3),
                          .back = none,
                          .borne = none,
                          .hold_id = ""});
    view.legs.push_back({.purchase_id = "pur_1",
                         .bank = "harbour-bank",
                         .reference = "R",
                         .account = "hb-usd",
                         .credit = true,
                         .amount = Money::of_minor(kUsd, 10'00),
                         .value_date = *Date::parse("2026-11-24"),
                         .settled_by = "hb-usd|1",
                         .settled_at = *parse_rfc3339("2026-11-24T03:30:00Z")});
    std::ostringstream out;
    print_purchase(view, out);
    for (const char* text : {"ord_7", "35.55", "0.03", "hb-usd", "in", "USD 10.00", "2026-11-24 11:30"})
        CHECK(has(out, text));
}
