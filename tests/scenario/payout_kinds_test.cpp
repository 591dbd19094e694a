// One order of each kind of payout, from the platform's signed request to the payee's money.

#include <doctest/doctest.h>

#include "tests/support/test_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

SampleOrder sample(const std::string& payout_kind, const std::string& currency) {
    for (const SampleOrder& order : sample_orders()) {
        if (order.payout_kind == payout_kind && order.payout_currency == currency) return order;
    }
    FAIL("no sample order of " << payout_kind << " " << currency);
    return {};
}

}  // namespace

TEST_CASE("an order is collected, funded, converted and remitted, and every book agrees") {
    TestDesk desk;
    desk.submit({sample("fx", "USD")});
    desk.live_days(4);
    desk.check_all_done();
    desk.check_books();
}

TEST_CASE("orders of every payout kind and currency come to their payees") {
    TestDesk desk;
    std::vector<SampleOrder> orders;
    for (const char* currency : {"USD", "EUR", "HKD", "GBP", "JPY", "KWD"}) orders.push_back(sample("fx", currency));
    orders.push_back(sample("cny", ""));
    orders.push_back(sample("domestic", ""));
    orders.push_back(sample("none", ""));
    desk.submit(orders);
    desk.live_days(5);
    desk.check_all_done();
    desk.check_books();
}
