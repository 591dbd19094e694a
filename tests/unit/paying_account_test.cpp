// From which account an order is paid.

#include <doctest/doctest.h>

#include "src/flow/paying_account.h"

using namespace huiqiao;
using namespace huiqiao::flow;

namespace {

Money usd(const char* amount) {
    return Money::parse(Currency::known("USD"), amount).value();
}

std::string told(const std::vector<PaidFrom>& parts) {
    std::string all;
    for (const PaidFrom& part : parts) all += (all.empty() ? "" : ", ") + part.account + " " + part.amount.text();
    return all;
}

}  // namespace

TEST_CASE("an order is paid from where its currency was bought, never from an account that lacks it") {
    const std::vector<PaidFrom> left{{"sb-usd", usd("100.00")}, {"hb-usd", usd("60.00")}};
    const auto paid = [&](const char* amount, const std::map<std::string, Money>& bought) {
        return told(paid_from(usd(amount), left, bought));
    };
    // Nothing was bought for it: the first that has the whole of it.
    CHECK(paid("50.00", {}) == "sb-usd 50.00");
    CHECK(paid("100.01", {}) == "");
    CHECK(paid("50.00", {{"hb-usd", usd("50.00")}}) == "hb-usd 50.00");
    // The other account has it, but for others.
    CHECK(paid("70.00", {{"hb-usd", usd("70.00")}}) == "");
    // Bought at two banks.
    CHECK(paid("90.00", {{"sb-usd", usd("50.00")}, {"hb-usd", usd("40.00")}}) == "hb-usd 40.00, sb-usd 50.00");
    CHECK(paid("115.00", {{"sb-usd", usd("50.00")}, {"hb-usd", usd("65.00")}}) == "");
    // A payout that came back in part, and one whose account is configured no more.
    CHECK(paid("30.00", {{"hb-usd", usd("50.00")}}) == "hb-usd 30.00");
    CHECK(paid("45.00", {{"sb-usd", usd("50.00")}, {"hb-usd", usd("40.00")}}) == "hb-usd 40.00, sb-usd 5.00");
    // What was bought into one of them has gone out before.
    CHECK(paid("40.00", {{"sb-usd", usd("0.00")}, {"hb-usd", usd("40.00")}}) == "hb-usd 40.00");
    CHECK(paid("80.00", {{"old-usd", usd("80.00")}}) == "sb-usd 80.00");
}
