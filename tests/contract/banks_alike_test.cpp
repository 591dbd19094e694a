// One contract for every kind of bank: REST with locks, FIX, and the direct link in XML that deals at the rate of the
// moment. What holds of one of them alone stands in the tests of its own.

#include <doctest/doctest.h>

#include "tests/contract/banks_desk.h"

using namespace banks_desk;

namespace {

const Currency kCny = Currency::known("CNY");

std::size_t times(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

}  // namespace

TEST_CASE(
    "FX-01 a rate that is asked for is kept with its pair, unit, end and value date, and books and holds nothing") {
    for (const Kind kind : kKinds) {
        CAPTURE(name_of(kind));
        each_engine([&](TestDatabase& on) {
            BanksDesk b(on, {kind}, true, 60s);
            b.run();
            const std::map<std::string, fx::Quote> quotes = b.quotes();
            for (const char* code : {"USD", "JPY"}) {
                CAPTURE(code);
                REQUIRE(quotes.contains(fx::board_id(name_of(kind), currency(code))));
                const fx::Quote& quote = quotes.at(fx::board_id(name_of(kind), currency(code)));
                CHECK(quote.state == fx::QuoteState::Open);
                CHECK(quote.bank_rate.base() == currency(code));
                CHECK(quote.bank_rate.quote() == kCny);
                CHECK(quote.client_rate == quote.bank_rate);
                CHECK(quote.buying.value().rate_e10() < quote.mid.rate_e10());
                CHECK(quote.mid.rate_e10() < quote.bank_rate.rate_e10());
                CHECK(quote.received_at == b.d.desk.clock.now());
                CHECK(quote.valid_until > quote.received_at);
                CHECK(quote.value_date.has_value());
                const std::chrono::seconds last = b.traits().rates_last;
                CHECK((last == 0s || quote.valid_until <= quote.received_at + last));
            }
            CHECK(b.doors.count(Step::Rates) == b.doors.said.size());
            CHECK(b.deals().empty());
            CHECK(b.held().is_zero());
            CHECK(b.d.booked(ledger::fx_payable(name_of(kind), kCny)).is_zero());
            b.d.check_books();
        });
    }
}

TEST_CASE("orders are dealt in one deal a currency and settled, and our books agree with the bank's own") {
    each_kind([](BanksDesk& b) {
        const std::string bank_name = name_of(b.kinds[0]);
        for (const std::string code : {"USD", "JPY"}) {
            CAPTURE(code);
            const std::size_t before = b.deals().size();
            const std::string account = code == "USD" ? "sb-usd" : "sb-jpy";
            const std::vector<std::string> ids{b.d.order("m1", code, "100.00"), b.d.order("m2", code, "1234.56")};
            REQUIRE(b.buys(ids[1]));
            CHECK(b.d.get(ids[0]).state == orders::OrderState::Converted);
            REQUIRE(b.deals().size() == before + 1);
            const fx::Purchase purchase = b.d.purchase_of(ids[0]);
            CHECK(purchase.deal->cny == money("CNY", "1334.56"));
            CHECK(b.d.get(ids[0]).amounts.bought + b.d.get(ids[1]).amounts.bought == purchase.deal->foreign);
            CHECK(b.d.offer(b.d.statement({"sb-cny", account})).size() >= 2);
            CHECK(b.d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
            CHECK(b.d.booked(ledger::provision(account, currency(code))) == b.d.at_bank(account));
            CHECK(b.d.booked(ledger::fx_receivable(bank_name, currency(code))).is_zero());
        }
        CHECK(b.d.booked(ledger::provision("sb-cny", kCny)) == b.d.at_bank("sb-cny"));
        CHECK(b.d.booked(ledger::fx_payable(bank_name, kCny)).is_zero());
        CHECK(b.held().is_zero());
        CHECK(b.d.work_items().empty());
    });
}

TEST_CASE("PAY-01 FX-05 an order to deal that was not answered is resolved by query alone, and dealt once") {
    each_kind([](BanksDesk& b) {
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.doors.is_lost = Step::Deal;
        b.run();
        CHECK(b.d.purchase_of(id).state == fx::PurchaseState::Unknown);
        CHECK(b.deals().size() == 1);
        CHECK(b.d.booked(ledger::fx_payable(name_of(b.kinds[0]), kCny)).is_zero());
        CHECK(b.held() == money("CNY", "100.00"));
        REQUIRE(b.buys(id, 30s));
        CHECK(b.doors.count(Step::Deal) == 1);
        CHECK(b.doors.count(Step::Ask) >= 1);
        check_dealt_once(b, id);
    });
}

TEST_CASE(
    "FX-01 FX-02 a promise that was not answered books nothing, and none is asked for beside it while it may live") {
    each_kind([](BanksDesk& b) {
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.doors.is_lost = Step::Lock;
        b.run();
        CHECK(b.d.get(id).state == orders::OrderState::Converting);
        CHECK(b.held() == money("CNY", "100.00"));
        CHECK(b.d.booked(ledger::fx_payable(name_of(b.kinds[0]), kCny)).is_zero());
        REQUIRE(b.buys(id));
        const std::vector<Doors::Said> locks = b.doors.all(Step::Lock);
        for (std::size_t i = 1; i < locks.size(); ++i) CHECK(locks[i].at - locks[0].at >= b.traits().longest_lock);
        CHECK(b.doors.count(Step::Deal) == 1);
        check_dealt_once(b, id);
    });
}

TEST_CASE("FX-03 a refusal gives the hold back, the orders wait, and they are bought for at a new price") {
    each_kind([](BanksDesk& b) {
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.fault("fx_reject");
        b.run();
        CHECK(b.doors.count(Step::Deal) == 1);
        check_given_back(b, id);
        REQUIRE(b.buys(id));
        CHECK(b.doors.count(Step::Deal) == 2);
        CHECK(b.d.lines_of(id).size() == 2);
        check_dealt_once(b, id);
    });
}

TEST_CASE("FX-04 a promise is not used within the margin before its end, and is used a second before that") {
    const std::chrono::seconds margin = flow::ConvertSettings{}.lock_needs;
    REQUIRE(flow::ConvertSettings{}.quote_needs == margin);  // what stands for a lock where a bank has none
    each_kind([&](BanksDesk& b) {
        const auto ends_in = [&](std::chrono::seconds life) {
            b.doors.changes = b.traits().has_locks ? Step::Lock : Step::Rates;
            b.doors.change = [&b, life](std::string body) {
                const Instant end = b.d.desk.clock.now() + life;
                switch (b.kinds[0]) {
                    case Kind::Rest: return put(std::move(body), "{", R"("expires_at":")", "\"", rfc3339(end));
                    case Kind::Fix:
                        return put(std::move(body), "35=S",
                                   "\x01"
                                   "62=",
                                   "\x01", fix44::utc_timestamp(end));
                    case Kind::DirectLink: break;
                }
                const std::string said = shanghai_14(end - b.traits().rates_last);
                body = put(std::move(body), "<CCYNBR>32", "<RATDAT>", "<", said.substr(0, 8));
                return put(std::move(body), "<CCYNBR>32", "<RATTIM>", "<", said.substr(8));
            };
        };
        const std::string id = b.d.order("m1", "USD", "100.00");
        ends_in(margin);
        for (int i = 0; i < 4; ++i) b.advance(4s);
        CHECK(b.doors.count(Step::Deal) == 0);
        check_given_back(b, id);
        ends_in(margin + 1s);
        REQUIRE(b.buys(id, 4s));
        CHECK(b.doors.count(Step::Deal) == 1);
        check_dealt_once(b, id);
    });
}

TEST_CASE("FX-04 an order to deal that could not leave while its promise stood never leaves: its money is free, once") {
    each_kind([](BanksDesk& b) {
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.doors.down_after = b.traits().has_locks ? Step::Lock : Step::Round;
        b.run();
        const fx::Purchase purchase = b.d.purchase_of(id);
        REQUIRE(purchase.state == fx::PurchaseState::Ordered);
        // The bank is back at the first instant behind the last one at which it may leave, and the worker of calls is
        // the first to wake.
        b.d.desk.clock.set(b.lock_of(purchase).expires_at - b.settings.lock_needs + 1us);
        b.doors.down.clear();
        while (b.worker->step() != 0 || b.worker->under_way() != 0) b.all_doors.due(b.d.desk.clock.now());
        CHECK(b.doors.count(Step::Deal) == 0);
        REQUIRE(b.buys(id));
        CHECK(b.d.lines_of(id).size() == 2);
        CHECK(b.doors.count(Step::Deal) == 1);
        check_dealt_once(b, id);
        CHECK(b.held() == b.d.purchase_of(id).deal->cny);
    });
}

TEST_CASE("a bank that is down, that lies or that owes an answer harms no other: the next one is dealt with") {
    for (const Kind amiss : kKinds) {
        CAPTURE(name_of(amiss));
        each_engine([&](TestDatabase& on) {
            BanksDesk b(on, {kKinds.begin(), kKinds.end()});
            b.doors.down = {amiss};
            const std::string first = b.d.order("m1", "USD", "100.00");
            REQUIRE(b.buys(first, 4s, 5));
            CHECK(b.d.purchase_of(first).bank != name_of(amiss));
            b.doors.changes = Step::Rates;
            b.doors.liar = amiss;
            b.doors.change = [](const std::string&) { return std::string("35=S\xff<CMBSDKPGK>{"); };
            b.doors.down.clear();
            b.advance(400s);  // what was shown before is over
            const std::string second = b.d.order("m1", "USD", "200.00");
            REQUIRE(b.buys(second, 4s, 5));
            CHECK(b.d.purchase_of(second).bank != name_of(amiss));
            CHECK(b.d.work_items().empty());
            CHECK(b.deals().size() == 2);
            b.d.check_books();
        });
    }
    each_engine([](TestDatabase& on) {
        BanksDesk b(on, {kKinds.begin(), kKinds.end()});
        const std::string first = b.d.order("m1", "USD", "100.00");
        b.doors.is_lost = Step::Deal;
        for (int i = 0; i < 3; ++i) b.advance(2s);
        const fx::Purchase owed = b.d.purchase_of(first);
        REQUIRE(owed.state == fx::PurchaseState::Unknown);
        for (const Kind kind : kKinds) {
            if (name_of(kind) == owed.bank) b.doors.down = {kind};
        }
        const std::string second = b.d.order("m1", "USD", "200.00");
        REQUIRE(b.buys(second, 4s, 10));
        CHECK(b.d.purchase_of(second).bank != owed.bank);
        CHECK(b.d.purchase_of(first).state == fx::PurchaseState::Unknown);
        b.doors.down.clear();
        REQUIRE(b.buys(first, 60s));
        CHECK(b.deals().size() == 2);
        b.d.check_books();
    });
}

TEST_CASE("what a bank declares is what it does: its locks and their longest life, its rounds and their most rows") {
    each_kind([](BanksDesk& b) {
        std::vector<std::string> ids;
        for (int i = 0; i < 201; ++i) ids.push_back(b.d.order("m1", "USD", "10.00"));
        REQUIRE(b.buys(ids.back()));
        const fx::FxBankTraits traits = b.traits();
        const fx::Purchase purchase = b.d.purchase_of(ids[0]);
        const fx::Lock lock = b.lock_of(purchase);
        CHECK(purchase.reference.starts_with(traits.reference_prefix));
        CHECK(b.doors.count(Step::Lock) == 1);
        REQUIRE(b.doors.count(Step::Deal) == 1);
        // A lock and an opened record are named in the order to deal by the bank's own number.
        REQUIRE_FALSE(lock.bank_reference.empty());
        CHECK(b.doors.all(Step::Deal)[0].body.find(lock.bank_reference) != std::string::npos);
        CHECK(lock.expires_at <= lock.requested_at + traits.longest_lock);
        const std::size_t most = static_cast<std::size_t>(traits.details_a_round);
        CHECK(b.doors.count(Step::Round) == (most == 0 ? 0 : (ids.size() + most - 1) / most));
        std::size_t rows = 0;
        for (const Doors::Said& round : b.doors.all(Step::Round)) {
            CHECK(times(round.body, "<EVTSEQ>") <= most);
            rows += times(round.body, "<EVTSEQ>");
        }
        CHECK(rows == (most == 0 ? 0 : ids.size()));
        CHECK((traits.has_locks || traits.rates_last > 0s));  // else nothing would say until when it may be dealt at
        check_dealt_once(b, ids[0]);
    });
}

TEST_CASE("what a bank declares is what it does: either side is dealt fixed, to the unit") {
    for (const Kind kind : kKinds) {
        for (const bool is_cny_fixed : {true, false}) {
            CAPTURE(name_of(kind));
            CAPTURE(is_cny_fixed);
            each_engine([&](TestDatabase& on) {
                BanksDesk b(on, {kind}, is_cny_fixed);
                const std::string id = b.d.order("m1", "JPY", "1000.00");
                REQUIRE(b.buys(id));
                const fx::Purchase purchase = b.d.purchase_of(id);
                const fx::Lock lock = b.lock_of(purchase);
                CHECK((lock.fixed_side == fx::FixedSide::Cny) == is_cny_fixed);
                CHECK((is_cny_fixed ? purchase.deal->cny : purchase.deal->foreign) == lock.amount);
                CHECK(b.d.get(id).amounts.converted + b.d.get(id).amounts.rest == money("CNY", "1000.00"));
                check_dealt_once(b, id);
                b.d.check_books();
            });
        }
    }
}

TEST_CASE("FX-07 a deal that counts on another day than the one wanted is never taken in silence, and is dealt once") {
    each_kind([](BanksDesk& b) {
        b.doors.changes = Step::Deal;
        b.doors.change = [&](const std::string& body) {
            switch (b.kinds[0]) {
                case Kind::Rest: return put(body, "{", R"("value_date":")", "\"", "2026-11-24");
                case Kind::Fix:
                    return put(body, "35=8",
                               "\x01"
                               "64=",
                               "\x01", "20261124");
                case Kind::DirectLink: break;
            }
            return put(body, "<CMBSDKPGK>", "<OPRDAT>", "<", "20261124");
        };
        const std::string id = b.d.order("m1", "USD", "100.00");
        b.run();
        const fx::Purchase purchase = b.d.purchase_of(id);
        const bool is_told = b.has_work("deal_value_date_differs");
        CHECK((is_told || (purchase.state == fx::PurchaseState::Unknown && !purchase.deal)));
        CHECK((!is_told || purchase.deal->value_date.text() == "2026-11-24"));
        b.doors.changes.reset();
        REQUIRE(b.buys(id, 30s));
        CHECK(b.doors.count(Step::Deal) == 1);
        check_dealt_once(b, id);
    });
}
