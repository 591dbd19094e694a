// What no bank's word is taken for, at its edges: to a unit of rounding, to a basis point.

#include "fx/word_of_bank.h"

#include <doctest/doctest.h>

#include "fx/phone_deal.h"

using namespace huiqiao;

namespace {

Currency ccy(std::string_view code) {
    return Currency::known(code);
}
Rate at(std::string_view code, std::string_view text, int unit = 1) {
    return Rate::parse(ccy(code), ccy("CNY"), unit, text).value();
}
fx::Deal deal(std::string_view cny, std::string_view code, std::string_view foreign, const Rate& rate) {
    return {"D1", Money::parse(ccy("CNY"), cny).value(), Money::parse(ccy(code), foreign).value(), rate,
            Date::parse("2026-11-20").value()};
}

}  // namespace

TEST_CASE("a deal's three figures agree to a unit of either side, and no further") {
    const Rate usd = at("USD", "7.12");
    CHECK(fx::agrees(deal("100000.00", "USD", "14044.94", usd)));
    CHECK(fx::agrees(deal("100000.00", "USD", "14044.95", usd)));
    CHECK_FALSE(fx::agrees(deal("100000.00", "USD", "14044.96", usd)));
    CHECK_FALSE(fx::agrees(deal("100000.00", "USD", "14044.94", at("USD", "7.12", 100))));
    CHECK(fx::agrees(deal("100.00", "JPY", "2158", at("JPY", "4.6325", 100))));
    CHECK_FALSE(fx::agrees(deal("100.00", "JPY", "21580", at("JPY", "4.6325", 100))));
}

TEST_CASE("a price is too good from the guard on, and never for being worse") {
    const Rate asked = at("USD", "7.0000");
    CHECK_FALSE(fx::is_too_good(at("USD", "6.7900"), asked, 300));
    CHECK(fx::is_too_good(at("USD", "6.78999999"), asked, 300));
    CHECK_FALSE(fx::is_too_good(at("USD", "700.00"), asked, 300));
    CHECK(fx::is_too_good(at("USD", "7.00", 100), asked, 300));
    CHECK_FALSE(fx::is_too_good(at("JPY", "0.0463"), asked, 300));
    CHECK(fx::is_of_other_scale(at("USD", "7.00", 100), asked));
    CHECK(fx::is_of_other_scale(at("USD", "700.00"), asked));
    CHECK_FALSE(fx::is_of_other_scale(at("USD", "6.00"), asked));
}

TEST_CASE("a deal is far off by its amounts alone: far better than agreed, or of another scale either way") {
    const Rate agreed = at("USD", "7.1200");
    const Rate told = at("USD", "7.12");
    CHECK_FALSE(fx::is_far_off(deal("100000.00", "USD", "14044.94", told), agreed, 300));
    CHECK_FALSE(fx::is_far_off(deal("100000.00", "USD", "14479.00", told), agreed, 300));
    CHECK(fx::is_far_off(deal("100000.00", "USD", "14480.00", told), agreed, 300));
    CHECK(fx::is_far_off(deal("1000.00", "USD", "14044.94", told), agreed, 300));
    // Worse is what a bank owes us for, and the orders pay the agreed price; a hundred times worse is a slip of a
    // figure.
    CHECK_FALSE(fx::is_far_off(deal("100000.00", "USD", "12000.00", told), agreed, 300));
    CHECK(fx::is_far_off(deal("100000.00", "USD", "140.44", told), agreed, 300));
    CHECK(fx::is_far_off(deal("100000.00", "USD", "14044.94", told), at("USD", "7.12", 100), 300));
    // Of the smallest deals, what rounding did is no difference.
    CHECK_FALSE(fx::is_far_off(deal("0.01", "JPY", "1", told), at("JPY", "4.6325", 100), 300));
    CHECK_FALSE(fx::is_far_off(deal("0.05", "JPY", "1", told), at("JPY", "4.6325", 100), 300));
    CHECK_FALSE(fx::is_far_off(deal("0.07", "USD", "0.01", told), agreed, 300));
}

TEST_CASE("a bank's reference is one however it is spelled") {
    for (const char* text : {"A-17/3", "a173", " A 17-3", "a-1-7-3"}) CHECK(fx::normal_reference(text) == "a173");
    CHECK(fx::normal_reference("A-174") == "a174");
    CHECK(fx::normal_reference("A.17") == "a.17");
    CHECK(fx::normal_reference("-/-") == "-/-");
}
