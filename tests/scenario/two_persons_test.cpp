// What waited for two persons and goes on when they have decided: whole days of the house, books held against the
// bank's and the channel's.

#include "tests/support/two_persons.h"
#include "tests/scenario/two_orders.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using Work = std::vector<std::string>;

namespace {

TwoPersons two_persons(TestDesk& desk) {
    auto& parts = desk.parts();
    return {parts.database, parts.queue, parts.resolve, parts.ledger, parts.decisions()};
}

std::string quoted_list(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "\"" : ",\"") + text + "\"";
    return list;
}

std::string suspended_in(TestDesk& desk, const std::string& account, const std::string& direction) {
    const auto found = desk.texts("SELECT entry_id FROM posting WHERE account_id = '" + account +
                                  "' AND direction = '" + direction + "'");
    REQUIRE(found.size() == 1);
    return found.front();
}

void deposit(TestDesk& desk, const std::string& account, const std::string& currency, const std::string& amount) {
    desk.ask("sandbox-bank", http::Method::Post, "/internal/deposits",
             R"({"deposit_id":"OWN-)" + account + R"(","account":")" + account + R"(","amount":{"currency":")" +
                 currency + R"(","amount":")" + amount + R"("},"reference":"OWN","narrative":"own funds"})");
}

}  // namespace

TEST_CASE("orders whose payout was refused are released by two persons and paid by a new remittance") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"reject","count":1})");
    REQUIRE(desk.order_states() == "fx converted 2");
    const auto held = desk.texts("SELECT order_id FROM order_hold ORDER BY order_id");
    REQUIRE(held.size() == 2);
    two_persons(desk).settle("release_order", R"("order_ids":[)" + quoted_list(held) + R"(],"outcome":"released")");
    desk.live_days(2);
    desk.check_books();
    desk.check_all_done();
    CHECK(desk.number("SELECT COUNT(*) FROM remittance WHERE state = 'confirmed'") == 1);
    CHECK(desk.number("SELECT COUNT(*) FROM remittance WHERE state = 'rejected'") == 1);
    CHECK(desk.number("SELECT COUNT(*) FROM order_hold") == 0);
}

TEST_CASE("NTF-07 a payment that came after its order had expired revives it by two persons, whole and once") {
    TestDesk desk;
    desk.notices_arrive = false;
    desk.submit({two_dollar_orders().front()});
    desk.advance(std::chrono::seconds(30), std::chrono::seconds(10));
    // The buyer pays in time, and for hours nothing is heard from the channel.
    desk.network() = [](const http::OutgoingRequest& request) {
        return request.base_url.ends_with(":7802") ? SimulatedClient::Network::Refused : SimulatedClient::Network::Fine;
    };
    desk.advance(std::chrono::hours(4), std::chrono::minutes(10));
    desk.network() = [](const http::OutgoingRequest&) { return SimulatedClient::Network::Fine; };
    desk.advance(std::chrono::hours(8), std::chrono::minutes(30));
    REQUIRE(desk.order_states() == "fx expired 1");
    CHECK(desk.texts("SELECT declaration_state FROM orders") == Work{"none"});
    REQUIRE(balance(desk, "suspense", "CNY") > 0);
    const std::string entry = suspended_in(desk, "suspense:CNY", "credit");
    TwoPersons two = two_persons(desk);
    CHECK(two.refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"merchant","merchant_id":"mch_any")") ==
          "is_of_a_payment");
    CHECK(two.refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"channel")") == "no_way_back");
    two.settle("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"order")");
    CHECK(two.refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"order")") == "suspense_settled");
    desk.live_days(3);
    desk.check_books();
    desk.check_all_done();
    CHECK(balance(desk, "suspense", "CNY") == 0);
    CHECK(desk.number("SELECT COUNT(*) FROM declaration WHERE state = 'accepted'") == 1);
}

TEST_CASE("money that is not what an order needs does not revive it, and a cancelled order is not revived") {
    TestDesk desk;
    live_with(desk, "sandbox-pay", R"({"fault":"paid_wrong_amount","count":1,"with":{"amount":"1.00"}})");
    const std::string entry = suspended_in(desk, "suspense:CNY", "credit");
    CHECK(two_persons(desk).refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"order")") ==
          "order_not_paid_by_it");
    desk.parts().database.write(
        [](db::Tx& tx) { tx.execute({"UPDATE orders SET cancelled = 1 WHERE state = 'expired'"}); });
    CHECK(two_persons(desk).refused("resolve_suspense", R"("entry_id":")" + entry + R"(","to":"order")") ==
          "order_cancelled");
    CHECK(balance(desk, "suspense", "CNY") == 100);
}

TEST_CASE("a second payout that nobody gives back is given up, topped up from own funds, and payouts are resumed") {
    TestDesk desk;
    live_with(desk, "sandbox-bank", R"({"fault":"duplicate_payout","count":1})");
    REQUIRE(open_work(desk) == Work{"account_overdrawn account", "duplicate_payout remittance"});
    TwoPersons two = two_persons(desk);
    const std::string content =
        two.settle("explain_debit",
                   R"("entry_id":")" + suspended_in(desk, "suspense_debit:USD", "debit") + R"(","as":"given_up")");
    CHECK(content.find("loss:USD") != std::string::npos);
    CHECK(open_work(desk) == Work{"account_overdrawn account"});
    const std::int64_t owed = balance(desk, "due_from_own", "USD");
    REQUIRE(owed > 0);
    CHECK(balance(desk, "provision", "USD") == -owed);
    const std::string amount = Money::of_minor(Currency::known("USD"), owed).text();
    deposit(desk, "own-usd", "USD", amount);
    two.settle(
        "own_transfer",
        R"("direction":"top_up","provision_account":"sb-usd","own_account":"own-usd","amount":{"currency":"USD","amount":")" +
            amount + R"("})");
    desk.live_days(1);
    CHECK(balance(desk, "provision", "USD") == 0);
    CHECK(balance(desk, "due_from_own", "USD") == 0);
    CHECK(balance(desk, "due_to_customers", "USD") == 0);
    desk.check_books();
}

TEST_CASE(
    "a debit of a purchase that was found only later is explained by it, its credit too, and the purchase closes") {
    TestDesk desk;
    // The bank deals, its answer is lost, and for days it answers no question for the deal; its statements go on.
    desk.fault("sandbox-bank",
               R"({"fault":"timeout_after_effect","count":1,"match":{"path":"/v1/fx/purchases","method":"POST"}})");
    desk.network() = [](const http::OutgoingRequest& request) {
        const bool asks = request.method == http::Method::Get && request.target.starts_with("/v1/fx/purchases/");
        return asks ? SimulatedClient::Network::Refused : SimulatedClient::Network::Fine;
    };
    desk.submit(two_dollar_orders());
    desk.live_days(6);
    REQUIRE(desk.texts("SELECT state FROM purchase") == Work{"unknown"});
    REQUIRE(balance(desk, "suspense_debit", "CNY") > 0);
    REQUIRE(balance(desk, "suspense", "USD") > 0);
    const std::string id = desk.texts("SELECT id FROM purchase").at(0);
    const std::string debit = suspended_in(desk, "suspense_debit:CNY", "debit");
    const std::string credit = suspended_in(desk, "suspense:USD", "credit");
    const std::string as_purchase = R"("entry_id":")" + debit + R"(","as":"purchase","subject_id":")" + id + R"(")";
    TwoPersons two = two_persons(desk);
    CHECK(two.refused("explain_debit", as_purchase) == "debit_does_not_fit");

    desk.network() = [](const http::OutgoingRequest&) { return SimulatedClient::Network::Fine; };
    desk.live_days(1);
    REQUIRE(desk.texts("SELECT state FROM purchase") == Work{"dealt"});
    CHECK(two.refused("explain_debit", R"("entry_id":")" + debit + R"(","as":"purchase","subject_id":"pur_none")") ==
          "no_such_subject");
    const std::string content = two.settle("explain_debit", as_purchase);
    CHECK(content.find("fx_payable:sandbox-bank:CNY") != std::string::npos);
    CHECK(balance(desk, "suspense_debit", "CNY") == 0);
    CHECK(balance(desk, "fx_payable", "CNY") == 0);
    CHECK(desk.texts("SELECT state FROM purchase") == Work{"dealt"});  // its foreign leg is still in suspense
    two.settle("resolve_suspense", R"("entry_id":")" + credit + R"(","to":"purchase","purchase_id":")" + id + R"(")");
    CHECK(balance(desk, "suspense", "USD") == 0);
    CHECK(balance(desk, "fx_receivable", "USD") == 0);
    desk.live_days(2);
    CHECK(calls_of(desk, "POST http://127.0.0.1:7801 /v1/fx/purchases") == 1);
    desk.check_books();
    // What was told on the way waits for a person to look at; nothing else does.
    CHECK(open_work(desk) == Work{"account_overdrawn account"});
    CHECK(desk.number("SELECT COUNT(*) FROM orders WHERE state <> 'completed'") == 0);
    CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
}

TEST_CASE("a payout that waits because the channel cost more than the fees goes on when own funds top it up") {
    DeskSettings settings;
    settings.channel_cost_basis_points = 400;
    TestDesk desk(settings);
    desk.submit(mixed_sample(12));
    desk.live_days(3);
    REQUIRE(balance(desk, "due_from_own", "CNY") > balance(desk, "due_to_own", "CNY"));
    const std::int64_t waiting = desk.number("SELECT COUNT(*) FROM orders WHERE state = 'funded'");
    REQUIRE(waiting > 0);
    const std::int64_t owed = balance(desk, "due_from_own", "CNY");
    const std::string amount = Money::of_minor(Currency::known("CNY"), owed).text();
    deposit(desk, "own-cny", "CNY", amount);
    two_persons(desk).settle(
        "own_transfer",
        R"("direction":"top_up","provision_account":"sb-cny","own_account":"own-cny","amount":{"currency":"CNY","amount":")" +
            amount + R"("})");
    desk.live_days(3);
    CHECK(desk.number("SELECT COUNT(*) FROM orders WHERE state = 'funded'") == 0);
    desk.check_books();
    desk.check_all_done();
}

TEST_CASE("what was earned is swept out to the own account, within what is owed and free") {
    TestDesk desk;
    desk.submit(two_dollar_orders());
    desk.live_days(3);
    const std::int64_t earned = balance(desk, "due_to_own", "CNY");
    REQUIRE(earned > 0);
    const auto sweep = [](std::int64_t minor) {
        return R"("direction":"sweep","provision_account":"sb-cny","own_account":"own-cny","amount":{"currency":"CNY","amount":")" +
               Money::of_minor(Currency::known("CNY"), minor).text() + R"("})";
    };
    const std::int64_t free = balance(desk, "provision", "CNY");
    REQUIRE(free > 0);
    TwoPersons two = two_persons(desk);
    CHECK(two.refused("own_transfer", sweep(earned + 1)) == "more_than_owed");
    const std::int64_t amount = std::min(earned, free);
    two.settle("own_transfer", sweep(amount));
    CHECK(balance(desk, "due_to_own", "CNY") == earned);  // held, not booked
    desk.live_days(1);
    CHECK(balance(desk, "due_to_own", "CNY") == earned - amount);
    CHECK(balance(desk, "own_bank", "CNY") == amount);
    CHECK(desk.number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
    desk.check_books();
}

TEST_CASE("CST-05 a rejected declaration is declared again by two persons, an accepted one is not") {
    TestDesk desk;
    live_with(desk, "single-window", R"({"fault":"reject","count":1})");
    REQUIRE(open_work(desk) == Work{"declaration_rejected declaration"});
    const std::string rejected = desk.texts("SELECT order_id FROM declaration WHERE state = 'rejected'").at(0);
    const std::string accepted = desk.texts("SELECT order_id FROM declaration WHERE state = 'accepted'").at(0);
    TwoPersons two = two_persons(desk);
    CHECK(two.refused("declare_again", R"("order_id":")" + accepted + "\"") == "declaration_not_correctable");
    CHECK(two.refused("declare_again", R"("order_id":"ord_none")") == "no_such_declaration");
    const auto asked = two.ask("declare_again", R"("order_id":")" + rejected + "\"");
    REQUIRE(asked.ok());
    CHECK(asked->content.find(R"("from":"rejected","to":"due again as part 2, appType 1 (new): CNY )") !=
          std::string::npos);
    CHECK(code_of(two.release(*asked, "opr_a")) == "may_not_check");
    REQUIRE(two.release(*asked).ok());
    CHECK(two.refused("declare_again", R"("order_id":")" + rejected + "\"") == "declaration_not_correctable");
    desk.live_days(1);
    desk.check_all_done();
    CHECK(desk.texts("SELECT part_no FROM declaration WHERE order_id = '" + rejected + "'") == Work{"2"});
}
