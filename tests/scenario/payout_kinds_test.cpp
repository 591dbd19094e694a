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

TEST_CASE("the bank and the account into which buyers' money comes have what names the configuration gives them") {
    DeskSettings settings;
    settings.overrides = {"counterparty my-bank.base_url=http://127.0.0.1:7899", "account my-cny.currency=CNY",
                          "account my-cny.bank=my-bank", "collection.account=my-cny"};
    for (const char* account :
         {"account sb-cny", "account sb-usd", "account sb-eur", "account sb-hkd", "account sb-gbp", "account sb-jpy",
          "account sb-kwd", "own_account own-cny", "own_account own-usd"})
        settings.overrides.push_back(std::string(account) + ".bank=my-bank");
    TestDesk desk(settings);
    desk.submit({sample("fx", "USD"), sample("domestic", "")});
    desk.live_days(4);
    desk.check_all_done();
    desk.check_books();
}

TEST_CASE("a bank that deals by its direct link buys every currency that the link knows, and every book agrees") {
    for (const std::string encoding : {"GBK", "UTF-8"}) {
        CAPTURE(encoding);
        DeskSettings settings;
        settings.overrides = {"counterparty sandbox-bank.deals=direct-link",
                              "counterparty sandbox-bank.lock_ends=", "counterparty sandbox-bank.encoding=" + encoding,
                              "counterparty sandbox-bank.link_user=汇桥"};
        TestDesk desk(settings);
        std::vector<SampleOrder> orders;
        for (const char* currency : {"USD", "EUR", "HKD", "GBP", "JPY"}) orders.push_back(sample("fx", currency));
        desk.submit(orders);
        desk.live_days(4);
        desk.check_all_done();
        desk.check_books();
    }
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
