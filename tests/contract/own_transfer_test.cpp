// Money between customers' accounts and our own, moved by two persons.

#include "src/flow/watch_own_funds.h"
#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;
namespace sb = bank_desk::sb;

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

TEST_CASE("what own funds owe to customers' money is told to a person, less what was earned, until it is topped up") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        flow::WatchOwnFunds watch(d.desk.database, *d.desk.queue, d.desk.books, {"CNY", "USD"});
        const auto live = [&](int minutes) {
            int told = 0;
            for (int i = 0; i < minutes; ++i) {
                d.advance(std::chrono::minutes(1));
                told += watch.step(d.desk.clock.now());
            }
            return told;
        };
        const auto work = [&] {
            std::vector<operators::WorkItem> found;
            d.desk.database.read([&](db::Reader& reader) { found = operators::WorkItems().waiting(reader, "", 100); });
            std::erase_if(found, [](const auto& item) { return item.kind != flow::kOwnFundsOwed; });
            return found;
        };
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.fault("duplicate_payout");
        d.run();
        CHECK(live(15) == 0);  // nobody has said yet whose it is
        d.two.settle("explain_debit", debit_as(d.only_suspended(true), "given_up"));
        CHECK(live(9) == 0);  // what goes by itself in minutes is told to nobody
        CHECK(live(5) == 1);
        REQUIRE(work().size() == 1);
        CHECK(work().front().subject_id == "USD");
        CHECK(work().front().text_en.find("USD 40.00") != std::string::npos);
        CHECK(work().front().text_zh.find("USD 40.00") != std::string::npos);
        CHECK(live(30) == 0);  // once

        flow::postings::Event fee = d.desk.event("fee");
        d.desk.post({flow::postings::fee_taken(fee, "m1", money("USD", "25.00"))});
        CHECK(live(2) == 1);
        REQUIRE(work().size() == 1);
        CHECK(work().front().text_en.find("USD 15.00") != std::string::npos);

        d.deposit_own("own-usd", "500.00");
        d.two.settle("own_transfer",
                     R"("direction":"top_up","provision_account":"sb-usd","own_account":"own-usd","amount":)"
                     R"({"currency":"USD","amount":"15.00"})");
        d.run();
        CHECK(live(5) == 1);
        CHECK(work().empty());
        d.check_books();
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

namespace {

const ledger::Account kOwed = ledger::single(ledger::AccountKind::DueFromOwn, Currency::known("USD"));
const ledger::Account kEarned = ledger::single(ledger::AccountKind::DueToOwn, Currency::known("USD"));
const ledger::Account kOwnBank = ledger::own_bank("own-usd", Currency::known("USD"));

std::string transfer(const char* direction, const char* amount) {
    return R"("direction":")" + std::string(direction) +
           R"(","provision_account":"sb-usd","own_account":"own-usd","amount":{"currency":"USD","amount":")" + amount +
           R"("})";
}
std::string as_own(const std::string& entry, const std::string& remittance) {
    return R"("entry_id":")" + entry + R"(","to":"own_transfer","remittance_id":")" + remittance + "\"";
}

/// 100.00 of a merchant at the bank; of it that much is earned by us.
void earn(Desk& d, const char* amount) {
    d.fund("m1", "USD", "100.00");
    const flow::postings::Event fee = d.desk.event("fee");
    d.desk.post({flow::postings::fee_taken(fee, "m1", money("USD", amount))});
}
/// 40.00 that own funds owe the customers.
void owe(Desk& d) {
    d.fund("m1", "USD", "100.00");
    d.order("m1", "USD", "40.00");
    d.fault("duplicate_payout");
    d.run();
    d.advance(std::chrono::minutes(5));
    d.two.settle("explain_debit", debit_as(d.only_suspended(true), "given_up"));
}
/// The transfer is asked for, and nobody knows whether the bank has it; its row.
remittance::Remittance unknown_transfer(Desk& d, const char* direction, const char* amount) {
    d.fault("timeout_before_effect", R"(,"match":{"path":"/v1/payments"})");
    d.two.settle("own_transfer", transfer(direction, amount));
    d.run();
    REQUIRE(d.remittances().at(0).state == State::Unknown);
    return d.remittances().at(0);
}
/// The bank itself books this on the provision account, under that reference of ours.
void book_at_bank(Desk& d, const char* amount, bool is_credit, const std::string& reference,
                  std::string_view code = sb::kIssuedHome) {
    d.bank_books.write([&](db::Tx& tx) {
        const sb::Booking booking{.key = "by hand:" + reference + amount + (is_credit ? "c" : "d"),
                                  .account = "sb-usd",
                                  .amount = money("USD", amount),
                                  .is_credit = is_credit,
                                  .code = is_credit && code == sb::kIssuedHome ? sb::kReceived : code,
                                  .end_to_end = reference,
                                  .narrative = "BY HAND",
                                  .value_date = Date::in_shanghai(d.desk.clock.now()),
                                  .return_reason = code == sb::kReturned ? "AC04" : "",
                                  .instructed = std::nullopt,
                                  .may_overdraw = true};
        REQUIRE(sb::book(tx, booking, d.desk.clock.now()).ok());
    });
    d.advance(std::chrono::minutes(5));
}
/// Nothing of it is under way or held any more, so that all of that may be asked for again.
void check_free(Desk& d, const char* direction, const char* all) {
    CHECK(d.desk.balance(kProvision).held.is_zero());
    CHECK(!d.has_work("own_transfer_differs"));
    CHECK(d.two.ask("own_transfer", transfer(direction, all)).ok());
    d.check_books();
}

}  // namespace

TEST_CASE("a top-up that arrives with another amount is settled by two persons, and what is left may be topped up") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        owe(d);
        const remittance::Remittance one = unknown_transfer(d, "top_up", "40.00");
        book_at_bank(d, "39.00", true, one.reference);
        REQUIRE(d.has_work("own_transfer_differs"));
        const std::string entry = d.suspended().back().entry.id;
        CHECK(d.two.refused("own_transfer", transfer("top_up", "1.00")) == "more_than_owed");
        // It is the transfer's, whatever else somebody would like to do with it.
        CHECK(d.two.refused("resolve_suspense", R"("entry_id":")" + entry +
                                                    R"(","to":"merchant","merchant_id":"m1")") == "is_of_own_transfer");
        CHECK(d.two.refused("resolve_suspense", as_own(entry, "rem_none")) == "no_such_transfer");
        const std::string content = d.two.settle("resolve_suspense", as_own(entry, one.id));
        CHECK(content.find(R"("to":"confirmed: USD 39.00 of USD 40.00")") != std::string::npos);
        CHECK(d.booked(kOwed) == "1.00");
        CHECK(d.booked(kOwnBank) == "-39.00");
        CHECK(d.booked(kSuspense) == "0.00");
        CHECK(d.remittances().at(0).state == State::Confirmed);
        // Its queries end with it.
        const std::size_t queries = d.client.count("GET /v1/payments");
        d.advance(std::chrono::hours(30));
        CHECK(d.client.count("GET /v1/payments") == queries);
        check_free(d, "top_up", "1.00");
    });
}

TEST_CASE("a credit that is an own transfer's cannot be said to be the recall of another debit") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        owe(d);
        const remittance::Remittance one = unknown_transfer(d, "top_up", "40.00");
        book_at_bank(d, "39.00", true, one.reference);
        const std::string credit = d.suspended().back().entry.id;
        book_at_bank(d, "39.00", false, "STRANGE-1");
        const std::string debit = d.suspended().back().entry.id;
        REQUIRE(debit != credit);
        CHECK(d.two.refused("explain_debit", R"("entry_id":")" + debit + R"(","as":"recalled","subject_id":")" +
                                                 credit + R"(")") == "is_of_own_transfer");
        d.two.settle("resolve_suspense", as_own(credit, one.id));
        check_free(d, "top_up", "1.00");
    });
}

TEST_CASE("more than was asked for: a top-up's surplus may be swept out again, a sweep's excess is owed by own funds") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        owe(d);
        const remittance::Remittance one = unknown_transfer(d, "top_up", "40.00");
        book_at_bank(d, "45.00", true, one.reference);
        d.two.settle("resolve_suspense", as_own(d.suspended().back().entry.id, one.id));
        CHECK(d.booked(kOwed) == "0.00");
        CHECK(d.booked(kEarned) == "5.00");
        check_free(d, "sweep", "5.00");
    });
    each_engine([](TestDatabase& on) {
        Desk d(on);
        earn(d, "25.00");
        const remittance::Remittance one = unknown_transfer(d, "sweep", "20.00");
        book_at_bank(d, "22.00", false, one.reference);
        REQUIRE(d.has_work("own_transfer_differs"));
        const std::string entry = d.only_suspended(true);
        CHECK(d.two.refused("explain_debit", debit_as(entry, "given_up")) == "is_of_own_transfer");
        d.two.settle("explain_debit", debit_as(entry, "own_transfer", one.id));
        CHECK(d.booked(kEarned) == "5.00");
        CHECK(d.booked(kOwed) == "2.00");
        CHECK(d.booked(kOwnBank) == "22.00");
        CHECK(d.booked(kSuspenseDebit) == "0.00");
        check_free(d, "sweep", "3.00");  // the day's close sets 2.00 of the two off
    });
}

TEST_CASE("an own transfer that the bank rejected and executed all the same is settled by two persons, once") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        earn(d, "25.00");
        d.fault("reject");
        d.two.settle("own_transfer", transfer("sweep", "20.00"));
        d.run();
        d.advance(std::chrono::minutes(5));
        const remittance::Remittance one = d.remittances().at(0);
        REQUIRE(one.state == State::Rejected);
        REQUIRE(d.has_work("own_transfer_rejected"));
        book_at_bank(d, "20.00", false, one.reference);
        const std::string entry = d.only_suspended(true);
        CHECK(d.has_work("own_transfer_differs"));
        const auto asked = d.two.ask("explain_debit", debit_as(entry, "own_transfer", one.id));
        REQUIRE(asked.ok());
        CHECK(d.two.release(*asked).ok());
        // Its direction was free since the rejection, so that own funds owe it: the close sets it off.
        CHECK(d.booked(kEarned) == "25.00");
        CHECK(d.booked(kOwed) == "20.00");
        CHECK(d.remittances().at(0).state == State::Confirmed);
        CHECK(!d.has_work("own_transfer_rejected"));
        CHECK(d.two.refused("explain_debit", debit_as(entry, "own_transfer", one.id)) == "suspense_settled");
        CHECK(d.two.refused("own_transfer", transfer("sweep", "5.01")) == "more_than_owed");
        check_free(d, "sweep", "5.00");
    });
}

TEST_CASE("a sweep that comes back the next day is earned again, without anybody's doing, and may be swept anew") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        earn(d, "25.00");
        d.fault("return_next_day", R"(,"with":{"minor":"150"})");
        d.two.settle("own_transfer", transfer("sweep", "20.00"));
        d.run();
        d.advance(std::chrono::minutes(5));
        REQUIRE(d.booked(kEarned) == "5.00");
        d.advance(std::chrono::hours(24));
        // The bank kept 1.50 of our own money on the way.
        CHECK(d.booked(kEarned) == "23.50");
        CHECK(d.booked(kOwnBank) == "0.00");
        CHECK(d.booked(ledger::single(ledger::AccountKind::BankCharge, Currency::known("USD"))) == "1.50");
        CHECK(d.booked(kSuspense) == "0.00");
        CHECK(d.has_work("own_transfer_returned"));
        CHECK(d.remittances().at(0).returned.text() == "20.00");
        check_free(d, "sweep", "23.50");
    });
}

TEST_CASE("a top-up that is taken back is owed again; what comes back without a reference is settled by two persons") {
    each_engine([](TestDatabase& on) {
        Desk d(on);
        owe(d);
        d.deposit_own("own-usd", "500.00");
        d.two.settle("own_transfer", transfer("top_up", "40.00"));
        d.run();
        d.advance(std::chrono::minutes(5));
        REQUIRE(d.booked(kOwed) == "0.00");
        const std::string id = d.remittances().at(0).id;
        book_at_bank(d, "30.00", false, d.remittances().at(0).reference, sb::kReturned);
        CHECK(d.booked(kOwed) == "30.00");
        CHECK(d.booked(kSuspenseDebit) == "0.00");
        CHECK(d.has_work("own_transfer_returned"));
        // Without our reference only a person knows what it is; and no more comes back than went.
        book_at_bank(d, "11.00", false, "STRANGE", sb::kReturned);
        const std::string more = d.only_suspended(true);
        CHECK(d.two.refused("explain_debit", debit_as(more, "own_transfer", id)) == "not_of_the_transfer");
        d.two.settle("explain_debit", debit_as(more, "given_up"));
        book_at_bank(d, "10.00", false, "STRANGE", sb::kReturned);
        d.two.settle("explain_debit", debit_as(d.only_suspended(true), "own_transfer", id));
        CHECK(d.booked(kOwed) == "51.00");
        CHECK(d.remittances().at(0).returned.text() == "40.00");
        check_free(d, "top_up", "51.00");
    });
}
