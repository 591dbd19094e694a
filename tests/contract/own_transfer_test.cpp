// Money between customers' accounts and our own, moved by two persons.

#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;

TEST_CASE("own funds top up no more than the day's close leaves after setting off what was earned") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        const auto top_up = [](const char* amount) {
            return R"("direction":"top_up","provision_account":"sb-usd","own_account":"own-usd","amount":)"
                   R"({"currency":"USD","amount":")" +
                   std::string(amount) + R"("})";
        };
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(5));
        d.two.settle("explain_debit", debit_as(d.only_suspended(true), "given_up"));
        flow::postings::Event fee = d.desk.event("fee");
        d.desk.post({flow::postings::fee_taken(fee, "m1", money("USD", "25.00"))});
        CHECK(d.two.refused("own_transfer", top_up("15.01")) == "more_than_owed");
        // What is asked of the bank is left for its statement line; the close sets off the rest.
        d.two.settle("own_transfer", top_up("15.00"));
        flow::CloseDay close(d.desk.database, *d.desk.queue, d.desk.books, d.desk.anchors);
        const Date today = Date::in_shanghai(d.desk.clock.now());
        d.desk.clock.set(today.plus_days(1).at_shanghai(0, 5));
        CHECK(close.close(today).ok());
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, Currency::known("USD"))) == "15.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::DueToOwn, Currency::known("USD"))) == "0.00");
    });
}

TEST_CASE("own funds top up what they owe, once, when two persons say so and the bank's statement shows it") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        const ledger::Account owed = ledger::single(ledger::AccountKind::DueFromOwn, Currency::known("USD"));
        const std::string transfer =
            R"("direction":"top_up","provision_account":"sb-usd","own_account":"own-usd","amount":{"currency":"USD","amount":)";
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        d.advance(std::chrono::minutes(5));
        CHECK(d.two.refused("own_transfer", transfer + R"("40.00"})") == "more_than_owed");
        d.two.settle("explain_debit", debit_as(d.only_suspended(true), "given_up"));
        CHECK(d.two.refused("own_transfer", transfer + R"("40.01"})") == "more_than_owed");
        const std::string elsewhere =
            transfer.substr(0, transfer.find("own-usd")) + "own-eur" + transfer.substr(transfer.find("own-usd") + 7);
        CHECK(d.two.refused("own_transfer", elsewhere + R"("1.00"})") == "no_such_account");

        // The own account is empty at first: the bank refuses, and nothing is booked.
        d.two.settle("own_transfer", transfer + R"("40.00"})");
        CHECK(d.two.refused("own_transfer", transfer + R"("0.01"})") == "more_than_owed");
        d.run();
        d.advance(std::chrono::minutes(5));
        CHECK(d.has_work("own_transfer_rejected"));
        CHECK(d.booked(owed) == "40.00");

        d.deposit_own("own-usd", "500.00");
        const std::string content = d.two.settle("own_transfer", transfer + R"("40.00"})");
        CHECK(content.find(R"("later":[{"kind":"topped_up")") != std::string::npos);
        CHECK(d.booked(owed) == "40.00");  // asked, not done
        d.run();
        d.advance(std::chrono::minutes(5));
        CHECK(d.booked(owed) == "0.00");
        CHECK(d.booked(kProvision) == "60.00");
        CHECK(d.at_bank("own-usd").text() == "460.00");
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(d.booked(kSuspense) == "0.00");
        d.check_books();
    });
}
