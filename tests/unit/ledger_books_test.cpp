#include <doctest/doctest.h>

#include "src/ledger/journal.h"
#include "src/ledger/trial_balance.h"
#include "tests/support/ledger_chart.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
using testing::currency;
using testing::money;
using testing::shipped_chart;

namespace {

Draft draft(std::vector<Posting> postings) {
    Draft made;
    made.fact = {"payment", "pay_1", "collected"};
    made.postings = std::move(postings);
    return made;
}

Entry an_entry() {
    Entry entry;
    entry.id = "ent_1";
    entry.slot = 1;
    entry.seq = 7;
    entry.prev_hash = std::string(64, 'a');
    entry.booked_at_us = 10;
    entry.occurred_at_us = 9;
    entry.business_date = 20261120;
    entry.value_date = 20261121;
    entry.source_type = "payment";
    entry.source_id = "pay_1";
    entry.kind = "collected";
    entry.actor = "system";
    entry.request_id = "req_1";
    entry.reverses = "ent_0";
    entry.reason = "wrong amount";
    entry.lines = {{1, "clearing:sandbox-pay:CNY", "debit", 100, "CNY"}, {2, "merchant:m1:CNY", "credit", 100, "CNY"}};
    return entry;
}

}  // namespace

TEST_CASE("an account's id says kind, owner and currency, and is read back") {
    const Account accounts[] = {provision("sb-usd", currency("USD")), transfer(currency("JPY")),
                                merchant("mch_01J", currency("CNY")), single(AccountKind::FeeIncome, currency("KWD"))};
    const std::string ids[] = {"provision:sb-usd:USD", "transfer:JPY", "merchant:mch_01J:CNY", "fee_income:KWD"};
    for (std::size_t at = 0; at < 4; ++at) {
        CHECK(accounts[at].id() == ids[at]);
        CHECK(Account::from_id(ids[at]) == accounts[at]);
    }
    for (const char* wrong : {"", "provision", "provision:USD", "provision::USD", "transfer:x:USD", "merchant:m:XXQ",
                              "merchant:a b:USD", "nobody:x:USD", "provision:a:b:USD"}) {
        CAPTURE(wrong);
        CHECK_FALSE(Account::from_id(wrong).has_value());
    }
    CHECK_THROWS_AS((void)merchant("", currency("CNY")).id(), LogicError);
    CHECK_THROWS_AS((void)merchant("a:b", currency("CNY")).id(), LogicError);
    CHECK_THROWS_AS((void)merchant(std::string(60, 'x'), currency("CNY")).id(), LogicError);
}

TEST_CASE("the shipped chart has every kind on its side, and a wrong chart is refused with its line") {
    const Chart chart = shipped_chart();
    for (std::size_t at = 0; at < kAccountKinds; ++at) {
        const Chart::Row& row = chart.row(static_cast<AccountKind>(at));
        CAPTURE(to_text(row.kind));
        CHECK(account_kind_from_text(to_text(row.kind)) == static_cast<AccountKind>(at));
        CHECK((row.side == Side::Own) == (at >= static_cast<std::size_t>(AccountKind::OwnBank)));
    }
    for (const AccountKind guarded :
         {AccountKind::Provision, AccountKind::Merchant, AccountKind::Remitting, AccountKind::Refunding}) {
        CHECK(chart.row(guarded).guarded);
    }
    CHECK_FALSE(chart.row(AccountKind::Clearing).guarded);
    const std::string heading = "kind,side,normal,guarded,path,english,chinese\n";
    for (const std::string& text :
         {std::string("kind,side\n"), heading, heading + "provision,customer,debit,maybe,customer:a,A,A\n",
          heading + "provision,customer,debit,yes,own:a,A,A\n", heading + "provision,customer,debit,yes,customer:a,A\n",
          heading + "cash,customer,debit,yes,customer:a,A,A\n"}) {
        CAPTURE(text);
        const auto chart_or = Chart::parse(text);
        REQUIRE_FALSE(chart_or.ok());
        CHECK(chart_or.error().code->text == "bad_chart_of_accounts");
    }
}

TEST_CASE("LED-01: an entry balances in each currency and on each side, or it cannot be made") {
    const Chart chart = shipped_chart();
    const Currency cny = currency("CNY");
    const Account from = clearing("sandbox-pay", cny);
    const Account to = merchant("m1", cny);
    const Money hundred = money("CNY", "100.00");
    CHECK_NOTHROW(check_balanced(draft({debit(from, hundred), credit(to, hundred)}), chart));
    CHECK_THROWS_WITH_AS(check_balanced(draft({debit(from, hundred), credit(to, money("CNY", "99.99"))}), chart),
                         "CNY debits 100.00, credits 99.99 on the customer side: payment|pay_1|collected", LogicError);
    SUBCASE("one posting alone is no entry") {
        CHECK_THROWS_AS(check_balanced(draft({debit(from, hundred)}), chart), LogicError);
        CHECK_THROWS_AS(check_balanced(draft({}), chart), LogicError);
    }
    SUBCASE("nothing, and less than nothing, is no posting") {
        const Money zero = Money::zero(cny);
        CHECK_THROWS_AS(check_balanced(draft({debit(from, zero), credit(to, zero)}), chart), LogicError);
        CHECK_THROWS_AS(check_balanced(draft({debit(from, -hundred), credit(to, -hundred)}), chart), LogicError);
    }
    SUBCASE("customers' money and ours never mix") {
        const Account fee = single(AccountKind::FeeIncome, cny);
        CHECK_THROWS_AS(check_balanced(draft({debit(to, hundred), credit(fee, hundred)}), chart), LogicError);
    }
    SUBCASE("sums that overflow are refused") {
        const Money most = Money::of_minor(cny, INT64_MAX);
        CHECK_THROWS_AS(check_balanced(draft({debit(from, most), debit(from, most), credit(to, hundred)}), chart),
                        LogicError);
    }
}

TEST_CASE("LED-08: currencies never net: equal numbers of two do not balance, add up, subtract or compare") {
    const Chart chart = shipped_chart();
    const Money yuan = money("CNY", "100.00");
    const Money dollars = money("USD", "100.00");
    const Account from = clearing("sandbox-pay", yuan.currency());
    const Account to = merchant("m1", yuan.currency());
    const Account foreign = merchant("m1", dollars.currency());
    CHECK_THROWS_AS(check_balanced(draft({debit(to, yuan), credit(foreign, dollars)}), chart), LogicError);
    CHECK_THROWS_AS(check_balanced(draft({debit(from, dollars), credit(foreign, dollars)}), chart), LogicError);
    // Balanced in all, and in no currency.
    CHECK_THROWS_AS(check_balanced(draft({debit(from, yuan), credit(to, money("CNY", "40.00")),
                                          credit(foreign, money("USD", "60.00"))}),
                                   chart),
                    LogicError);
    Money sum = yuan;
    CHECK_THROWS_AS((void)(yuan + dollars), LogicError);
    CHECK_THROWS_AS((void)(yuan - dollars), LogicError);
    CHECK_THROWS_AS(sum += dollars, LogicError);
    CHECK_THROWS_AS((void)(yuan < dollars), LogicError);
    CHECK_THROWS_AS((void)(yuan == dollars), LogicError);
    CHECK(sum == yuan);
}

TEST_CASE("an entry's hash covers everything that is stored of it") {
    const std::string good = hash_of(an_entry());
    CHECK(good.size() == 64);
    CHECK(hash_of(an_entry()) == good);
    std::vector<std::string> seen{good};
    const auto changed = [&](auto change) {
        Entry entry = an_entry();
        change(entry);
        seen.push_back(hash_of(entry));
    };
    changed([](Entry& e) { e.id = "ent_2"; });
    changed([](Entry& e) { e.slot = 2; });
    changed([](Entry& e) { e.seq = 8; });
    changed([](Entry& e) { e.prev_hash = std::string(64, 'b'); });
    changed([](Entry& e) { e.prev_hash = ""; });
    changed([](Entry& e) { e.prev_hash = "not a hash"; });
    changed([](Entry& e) { e.booked_at_us = 11; });
    changed([](Entry& e) { e.occurred_at_us = 8; });
    changed([](Entry& e) { e.business_date = 20261121; });
    changed([](Entry& e) { e.value_date = 20261122; });
    changed([](Entry& e) { e.source_type = "refund"; });
    changed([](Entry& e) { e.source_id = "pay_2"; });
    changed([](Entry& e) { e.kind = "refunded"; });
    changed([](Entry& e) { e.actor = "op_1"; });
    changed([](Entry& e) { e.request_id = "req_2"; });
    changed([](Entry& e) { e.reverses = ""; });
    changed([](Entry& e) { e.reason = "other"; });
    changed([](Entry& e) { e.lines[0].line_no = 3; });
    changed([](Entry& e) { e.lines[0].account_id = "clearing:other:CNY"; });
    changed([](Entry& e) { e.lines[0].direction = "credit"; });
    changed([](Entry& e) { e.lines[1].amount_minor = 101; });
    changed([](Entry& e) { e.lines[1].currency = "USD"; });
    changed([](Entry& e) { e.lines.pop_back(); });
    changed([](Entry& e) { std::swap(e.lines[0], e.lines[1]); });
    // A text may not move over the border of its field.
    changed([](Entry& e) { e.source_id = "pay_", e.kind = "1collected"; });
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("LED-04: a reversal turns every posting, names its entry and its reason, and is a fact of its own") {
    const Draft reversal = reversal_of(an_entry(), "keyed twice", "op_2", from_us(5), Date::of_number(20261123));
    CHECK(reversal.reverses == "ent_1");
    CHECK(reversal.reason == "keyed twice");
    CHECK(reversal.fact.text() == "journal_entry|ent_1|reversed");
    REQUIRE(reversal.postings.size() == 2);
    CHECK(reversal.postings[0].direction == Direction::Credit);
    CHECK(reversal.postings[0].account == clearing("sandbox-pay", currency("CNY")));
    CHECK(reversal.postings[1].direction == Direction::Debit);
    CHECK(reversal.postings[1].amount == money("CNY", "1.00"));
    CHECK_NOTHROW(check_balanced(reversal, shipped_chart()));
    CHECK_THROWS_AS(reversal_of(an_entry(), "", "op_2", from_us(5), Date{}), LogicError);
}

TEST_CASE("the trial balance finds each broken equation and names its numbers") {
    const Chart chart = shipped_chart();
    TrialBalance balance;
    balance.add("CNY", AccountKind::Provision, 1'000, 0);
    balance.add("CNY", AccountKind::DueFromOwn, 50, 0);
    balance.add("CNY", AccountKind::Merchant, 1'050, 20);
    balance.add("CNY", AccountKind::ChannelCost, 50, 0);
    balance.add("CNY", AccountKind::DueToCustomers, 50, 0);
    CHECK(balance.broken(chart).empty());
    const auto codes = [&] {
        std::vector<std::string> texts;
        for (const Error& error : balance.broken(chart)) texts.emplace_back(error.code->text);
        return texts;
    };
    SUBCASE("customers' books") {
        balance.add("CNY", AccountKind::Merchant, 1, 0);
        CHECK(codes() == std::vector<std::string>{"customer_books_unequal"});
        CHECK(balance.broken(chart).front().english() ==
              "CNY: customers' assets and positions are 10.50, their liabilities 10.51.");
    }
    SUBCASE("a bridge and its mirror") {
        balance.add("CNY", AccountKind::DueToCustomers, 1, 0);
        balance.add("CNY", AccountKind::ChannelCost, 1, 0);
        CHECK(codes() == std::vector<std::string>{"bridge_unequal"});
    }
    SUBCASE("own books, in the currency that is wrong") {
        balance.add("USD", AccountKind::Loss, 1, 0);
        CHECK(codes() == std::vector<std::string>{"own_books_unequal"});
    }
}
