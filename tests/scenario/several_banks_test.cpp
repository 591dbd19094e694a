// Accounts at two banks that both deal: where currency is bought, from where it is paid, what moves between them, and
// what becomes of the one when the other falls silent.

#include "tests/scenario/two_orders.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

/// harbour-bank is the cheaper one, and is held at that much CNY.
DeskSettings two_banks(const char* keep = "20000.00") {
    DeskSettings settings;
    settings.banks = {"sandbox-bank", "harbour-bank"};
    settings.currencies = {"CNY", "USD", "EUR", "GBP"};
    settings.overrides = {std::string("account hb-cny.keep=") + keep};
    return settings;
}

std::vector<SampleOrder> orders_in(const std::set<std::string>& currencies, std::size_t count) {
    std::vector<SampleOrder> orders;
    for (const SampleOrder& order : sample_orders()) {
        if (order.payout_kind == "fx" && currencies.contains(order.payout_currency) && orders.size() < count)
            orders.push_back(order);
    }
    return orders;
}

std::int64_t bought_at(TestDesk& desk, const std::string& bank) {
    return desk.number("SELECT COUNT(*) FROM purchase WHERE state = 'settled' AND bank = '" + bank + "'");
}

}  // namespace

TEST_CASE("two banks: one is topped up, currency is bought at both, and each order is paid from where it was bought") {
    TestDesk desk(two_banks());
    desk.submit(orders_in({"USD", "EUR", "GBP"}, 40));
    desk.live_days(4);
    desk.check_books();
    desk.check_all_done();
    CHECK(bought_at(desk, "sandbox-bank") > 0);
    CHECK(bought_at(desk, "harbour-bank") > 0);
    CHECK(desk.number("SELECT COUNT(*) FROM remittance WHERE bank_account = 'hb-usd' AND state = 'confirmed'") > 0);
    CHECK(desk.number("SELECT COUNT(*) FROM remittance WHERE kind = 'transfer' AND state = 'confirmed'") > 0);
    CHECK(desk.number("SELECT COUNT(*) FROM provision_transfer WHERE open_key IS NOT NULL") == 0);
    CHECK(balance(desk, "transfer", "CNY") == 0);
    // Each purchase is paid from the bank's own account and lands in another of that bank.
    CHECK(desk.number("SELECT COUNT(*) FROM purchase WHERE SUBSTR(bank, 1, 1) <> SUBSTR(cny_account, 1, 1) OR "
                      "SUBSTR(bank, 1, 1) <> SUBSTR(foreign_account, 1, 1)") == 0);
}

TEST_CASE("an order is bought though no account was ever to have its money: the first of three keeps what it lacks") {
    DeskSettings settings = two_banks("100.00");
    settings.banks.insert("grove-bank");
    for (const char* each :
         {"counterparty grove-bank.base_url=http://127.0.0.1:7805", "account gb-cny.currency=CNY",
          "account gb-cny.bank=grove-bank", "account gb-cny.keep=50000.00", "account gb-usd.currency=USD",
          "account gb-usd.bank=grove-bank", "sandbox grove-bank.half_spread_bp=5"})
        settings.overrides.emplace_back(each);
    settings.cut_offs = "bank,operation,currency,tenor,date,time,zone\n";
    for (const std::string& bank : settings.banks) {
        for (const char* operation : {"deal", "remit"})
            settings.cut_offs += bank + "," + operation + ",*,T+0,,23:59,Asia/Shanghai\n";
    }
    TestDesk desk(settings);
    desk.submit(orders_in({"USD"}, 1));
    desk.live_days(4);
    desk.check_books();
    desk.check_all_done();
}

TEST_CASE("a bank that falls silent keeps back what is with it, and nothing of the other") {
    TestDesk desk(two_banks());
    desk.fault("harbour-bank", R"({"fault":"outage","count":-1})");
    desk.submit(orders_in({"USD", "EUR"}, 6));
    desk.live_days(3);
    CHECK(desk.order_states() == "fx completed 6");
    CHECK(bought_at(desk, "harbour-bank") == 0);
    CHECK(bought_at(desk, "sandbox-bank") > 0);
}

TEST_CASE("a transfer that does not arrive is told with its age, and stands under way in the books") {
    TestDesk desk(two_banks("500.00"));
    desk.fault("sandbox-bank", R"({"fault":"transfer_lost","count":1})");
    desk.submit(orders_in({"USD"}, 4));
    desk.live_days(3);
    CHECK(desk.happened("sandbox-bank", "transfer_lost") == 1);
    CHECK(balance(desk, "transfer", "CNY") > 0);
    // What it was to buy with is over its day, too.
    CHECK(open_work(desk) == std::vector<std::string>{"buying_due buying", "transfer_not_arrived remittance"});
    desk.check_books();
}

TEST_CASE("a transfer that is refused gives its hold back, one that comes back is booked, and both are told") {
    for (const auto& [fault, work] : {std::pair("reject", "transfer_rejected remittance"),
                                      std::pair("return_next_day", "transfer_returned remittance")}) {
        CAPTURE(fault);
        TestDesk desk(two_banks("500.00"));
        desk.fault("sandbox-bank",
                   std::string(R"({"fault":")") + fault + R"(","count":1,"match":{"account":"sb-cny"}})");
        desk.submit(orders_in({"USD"}, 4));
        desk.live_days(4);
        CHECK(desk.happened("sandbox-bank", fault) == 1);
        CHECK(open_work(desk) == std::vector<std::string>{work});
        CHECK(desk.order_states() == "fx completed 4");
        CHECK(balance(desk, "transfer", "CNY") == 0);
        CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
        desk.check_books();
    }
}

TEST_CASE(
    "a bank that sells on the telephone only is kept at its level, and a deal with its slip goes the way of any") {
    DeskSettings settings;
    settings.banks = {"sandbox-bank", "tower-bank"};
    settings.currencies = {"CNY", "GBP"};
    TestDesk desk(settings);
    // Money that no order needs just now: its payouts were refused, and wait for persons.
    desk.fault("sandbox-bank", R"({"fault":"reject","count":1,"match":{"account":"sb-cny","to":"payee"}})");
    std::vector<SampleOrder> in_yuan;
    for (const SampleOrder& order : sample_orders()) {
        if (order.payout_kind == "cny") in_yuan.push_back(order);
    }
    desk.submit(in_yuan);
    desk.live_days(2);
    CHECK(desk.number("SELECT balance_minor FROM account WHERE id = 'provision:tb-cny:CNY'") == 800'000);

    desk.fault("sandbox-bank", R"({"fault":"fx_reject","count":-1,"match":{"currency":"GBP"}})");
    std::vector<SampleOrder> pounds;
    for (const SampleOrder& order : orders_in({"GBP"}, 40)) {
        if (order.platform_id == "plt_bluewhale" && pounds.size() < 2) pounds.push_back(order);
    }
    desk.submit(pounds);
    desk.advance(std::chrono::minutes(5), std::chrono::seconds(30));
    const auto funded = [&] {
        return desk.number("SELECT COUNT(*) FROM orders WHERE payout_currency = 'GBP' AND state = 'funded'");
    };
    for (int hour = 0; hour < 24 * 6 && funded() < 2; ++hour)
        desk.advance(std::chrono::hours(1), std::chrono::minutes(10));
    desk.advance(std::chrono::minutes(2), std::chrono::seconds(20));
    const std::string cny =
        desk.texts("SELECT CAST(SUM(funded_minor - fee_minor) AS CHAR) FROM orders WHERE payout_currency = 'GBP'")
            .at(0);
    const std::string amount =
        R"({"currency":"CNY","amount":")" + cny.substr(0, cny.size() - 2) + "." + cny.substr(cny.size() - 2) + "\"}";
    const auto text = [](const http::JsonValue& object, const char* field) {
        return std::string(object.find(field)->text());
    };
    const http::Json said = desk.ask("tower-bank", http::Method::Get, "/admin/phone-deals?currency=GBP");
    const std::string price = R"("pair":"GBP/CNY","price":")" + text(said.root(), "price") + R"(","unit_base":)" +
                              std::to_string(said.root().find("unit_base")->integer()) + R"(,"value_date":")" +
                              Date::in_shanghai(desk.clock().now()).text() + "\"";
    const http::Response recorded = desk.send_as_operator(
        "opr_maker", http::Method::Post, "/v1/ops/phone-deals",
        R"({"bank":"tower-bank","dealer":"Chen Wei","called_at":")" + rfc3339(desk.clock().now()) + "\"," + price +
            R"(,"amount":)" + amount + R"(,"expires_at":")" + rfc3339(desk.clock().now() + std::chrono::hours(1)) +
            R"(","recording":"REC-1"})");
    const http::Json record = http::Json::parse(recorded.body).value();

    const std::string told = R"({"reference":")" + text(record.root(), "reference") + R"(","price":")" +
                             text(said.root(), "price") + R"(","amount":)" + amount +
                             R"(,"cny_account":"tb-cny","foreign_account":"tb-gbp"})";
    const http::Json slip = desk.ask("tower-bank", http::Method::Post, "/admin/phone-deals", told);
    const http::Json again = desk.ask("tower-bank", http::Method::Post, "/admin/phone-deals", told);
    CHECK(text(again.root(), "number") == text(slip.root(), "number"));
    const http::Response confirmed = desk.send_as_operator(
        "opr_checker", http::Method::Post, "/v1/ops/phone-deals/" + text(record.root(), "id") + "/confirm",
        R"({"slip_number":")" + text(slip.root(), "number") + "\"," + price + R"(,"cny":)" + amount +
            R"(,"foreign":{"currency":"GBP","amount":")" + text(*slip.root().find("foreign"), "amount") + R"("}})");
    CHECK(confirmed.body.find(R"("state":"dealt")") != std::string::npos);

    desk.live_days(3);
    CHECK(bought_at(desk, "tower-bank") == 1);
    CHECK(desk.number("SELECT COUNT(*) FROM remittance WHERE bank_account = 'tb-gbp' AND state = 'confirmed'") > 0);
    CHECK(desk.number("SELECT COUNT(*) FROM orders WHERE payout_currency = 'GBP' AND state = 'completed'") == 2);
    desk.check_books();
}
