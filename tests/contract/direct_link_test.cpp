// The direct link end to end, against the sandbox bank's own books: rounds of details in their order, a bank that goes
// down among them, prices that move before the deal, and answers that cannot be believed.

#include <doctest/doctest.h>

#include <mutex>

#include "adapters/sandbox/bank/direct_link_records.h"
#include "adapters/sandbox/bank/fx_deals.h"
#include "src/http/cpprest_client.h"
#include "src/http/server.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOpens = "POST /direct-link NTOPREXB";
constexpr const char* kRound = "POST /direct-link NTPAYVEN";
constexpr const char* kLists = "POST /direct-link NTLSTJSH";

/// A direct link in GBK on both engines.
template <class Scenario>
void by_direct_link(const Scenario& scenario) {
    each_engine([&](TestDatabase& on) {
        ConvertDesk d(on, Way::DirectLink);
        scenario(d);
        d.check_books();
    });
}

/// A fault of one function, once; with: parameters of the fault.
void fault(ConvertDesk& d, const std::string& name, const std::string& function, const std::string& round = "",
           const std::string& with = "{}", int count = 1) {
    std::string match = function.empty() ? "" : R"("function":")" + function + R"(")";
    if (!round.empty()) match += (match.empty() ? "" : ",") + (R"("round":")" + round + R"(")");
    const http::Response answer =
        d.post("/admin/faults", R"({"fault":")" + name + R"(","count":)" + std::to_string(count) + R"(,"match":{)" +
                                    match + R"(},"with":)" + with + "}");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
}

/// Everything that can be done at this instant, by a bank that goes down once it has answered this message.
void run_until_down_after(ConvertDesk& d, const char* what) {
    d.client.down_after = what;
    d.run();
    REQUIRE(d.client.is_down);
    d.client.down_after.clear();
}

std::vector<std::string> orders_of(ConvertDesk& d, int many) {
    std::vector<std::string> ids;
    for (int i = 0; i < many; ++i) {
        ids.push_back(d.order("m" + std::to_string(i % 7), "USD", std::to_string(10 + i) + ".37"));
    }
    return ids;
}

std::vector<bank::FxDealRow> deals_at_bank(ConvertDesk& d, const std::string& status = "dealt") {
    std::vector<bank::FxDealRow> found;
    d.bank_books.read([&](db::Reader& reader) {
        found.clear();
        for (bank::FxDealRow& deal : bank::all_deals(reader)) {
            if (deal.status == status) found.push_back(std::move(deal));
        }
    });
    return found;
}

std::vector<bank::DirectRecord> records_at_bank(ConvertDesk& d) {
    std::vector<bank::DirectRecord> records;
    d.bank_books.read([&](db::Reader& reader) { records = bank::all_records(reader); });
    return records;
}

/// All orders have what one deal at the bank gave, to the unit, and no money is held beyond the leg to come.
void check_bought_once(ConvertDesk& d, const std::vector<std::string>& ids) {
    const std::vector<bank::FxDealRow> deals = deals_at_bank(d);
    REQUIRE(deals.size() == 1);
    const fx::Purchase purchase = d.purchase_of(ids.front());
    CHECK(purchase.state == fx::PurchaseState::Dealt);
    CHECK(purchase.reference == deals[0].reference);
    CHECK(purchase.deal->bank_reference == deals[0].deal_no);
    std::int64_t bought = 0;
    std::int64_t paid = 0;
    for (const std::string& id : ids) {
        bought += d.get(id).amounts.bought.minor();
        paid += d.get(id).amounts.converted.minor();
        CHECK(d.get(id).state == orders::OrderState::Converted);
    }
    CHECK(bought == deals[0].foreign_minor);
    CHECK(paid == deals[0].cny_minor);
    CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).minor() == deals[0].cny_minor);
}

bool is_told(ConvertDesk& d, std::string_view kind) {
    const std::vector<std::string> kinds = d.work_items();
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// A newer price of the bank, as its board would have shown it, so many basis points above the last.
void show_newer_price(ConvertDesk& d, std::int64_t basis_points) {
    d.desk.database.write([&](db::Tx& tx) {
        const std::string id = fx::board_id("sandbox-bank", currency("USD"));
        fx::Board board = fx::QuoteStore::boards(tx, std::span(&id, 1)).at(0);
        fx::Quote quote = fx::QuoteStore::quotes(tx, std::span(&board.quote_id, 1)).at(0);
        const std::int64_t e10 = quote.bank_rate.rate_e10() / 10'000 * (10'000 + basis_points);
        quote.bank_rate = Rate::of_stored(currency("USD"), currency("CNY"), 100, e10, quote.bank_rate.text());
        board.quote_id = quote.id = d.desk.ids.next("quo");
        const std::string why;
        fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
        fx::QuoteStore::save_boards(tx, std::span(&board, 1));
    });
}

}  // namespace

TEST_CASE(
    "two hundred and fifty orders go to the bank in three rounds in their order, then one deal, in GBK and UTF-8") {
    for (const Charset charset : {Charset::Gbk, Charset::Utf8}) {
        CAPTURE(to_text(charset));
        each_engine([&](TestDatabase& on) {
            ConvertDesk d(on, Way::DirectLink, charset);
            const std::vector<std::string> ids = orders_of(d, 250);
            d.run();
            const std::string post = "POST /direct-link ";
            CHECK(d.client.sent == std::vector<std::string>{post + "NTEXRQAB", post + "NTOPREXB", post + "NTPAYVEN",
                                                            post + "NTPAYVEN", post + "NTPAYVEN", post + "NTSBMEXC"});
            REQUIRE(records_at_bank(d).size() == 1);
            CHECK(records_at_bank(d)[0].rounds == 3);
            CHECK(records_at_bank(d)[0].rows_taken == 250);
            CHECK(records_at_bank(d)[0].taken_minor == d.purchase_of(ids[0]).cny.minor());
            check_bought_once(d, ids);
            CHECK(d.work_items().empty());
            CHECK(d.purchase_of(ids[0]).reference.starts_with("EXB"));
            d.bank.due(d.desk.clock.now());
            for (const flow::TakenLine& line : d.offer(d.statement({"sb-cny", "sb-usd"}))) CHECK(line.taken);
            CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Settled);
            CHECK(d.booked(ledger::provision("sb-usd", currency("USD"))) == d.at_bank("sb-usd"));
            d.check_books();
        });
    }
}

TEST_CASE("a hundred orders are one round, a hundred and one are two") {
    by_direct_link([](ConvertDesk& d) {
        std::vector<std::string> ids = orders_of(d, 100);
        d.run();
        CHECK(d.client.count(kRound) == 1);
        const std::vector<std::string> more = orders_of(d, 101);
        d.advance(60s);
        CHECK(d.client.count(kRound) == 3);
        CHECK(d.deals_sent() == 2);
    });
}

TEST_CASE("FX-02 a round that the bank took but did not answer is found by the list, never sent again, and dealt") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_silent", "NTPAYVEN", "2");
        d.run();
        CHECK(d.client.count(kRound) == 2);
        CHECK(d.deals_sent() == 0);
        d.advance(3s);
        CHECK(d.client.count(kLists) == 1);
        CHECK(d.client.count(kRound) == 3);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-02 a round that the bank never got ends in nothing: its money is free after that time, and bought anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_lost", "NTPAYVEN", "2");
        d.run();
        d.advance(200s);
        // Not found is no rejection: until the record's time is over nothing else is bought with this money.
        CHECK(d.client.count(kOpens) == 1);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Locking);
        d.advance(200s);
        CHECK(d.client.count(kOpens) == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        REQUIRE(records_at_bank(d).size() == 2);
        CHECK(records_at_bank(d)[0].rounds + records_at_bank(d)[1].rounds == 4);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a bank that cannot be reached between two rounds gets the next one when it is back, and deals") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        run_until_down_after(d, kRound);
        d.advance(10s);
        CHECK(records_at_bank(d)[0].rounds == 1);
        d.client.is_down = false;
        for (int i = 0; i < 15; ++i) d.advance(2s);
        CHECK(records_at_bank(d)[0].rounds == 3);
        CHECK(records_at_bank(d).size() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-03 when the rounds took longer than the price stands, nothing is dealt at it: compared and opened anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        run_until_down_after(d, kRound);
        for (int i = 0; i < 10; ++i) d.advance(10s);
        d.client.is_down = false;
        for (int i = 0; i < 30; ++i) d.advance(4s);
        CHECK(d.client.count(kOpens) == 2);
        REQUIRE(records_at_bank(d).size() == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-03 FX-09 a price that is worse by more than the tolerance when the bank could deal is not ordered") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        run_until_down_after(d, kOpens);
        show_newer_price(d, 11);
        d.client.is_down = false;
        d.advance(2s);
        CHECK(d.client.count(kRound) >= 1);
        CHECK(d.deals_sent() == 0);
        CHECK(deals_at_bank(d).empty());
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        d.advance(70s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a price that is worse within the tolerance, or better, is dealt at") {
    for (const std::int64_t basis_points : {9, -50}) {
        CAPTURE(basis_points);
        by_direct_link([&](ConvertDesk& d) {
            const std::vector<std::string> ids = orders_of(d, 3);
            run_until_down_after(d, kOpens);
            show_newer_price(d, basis_points);
            d.client.is_down = false;
            d.advance(2s);
            check_bought_once(d, ids);
            CHECK(d.client.count(kOpens) == 1);
            CHECK(d.work_items().empty());
        });
    }
}

TEST_CASE("FX-03 an order to deal that cannot leave while the price stands is withdrawn, and its money is free") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        run_until_down_after(d, kRound);
        REQUIRE(d.purchase_of(ids[0]).state == fx::PurchaseState::Ordered);
        for (int i = 0; i < 7; ++i) d.advance(10s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Rejected);
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).is_zero());
        CHECK(deals_at_bank(d).empty());
        d.client.is_down = false;
        for (int i = 0; i < 30; ++i) d.advance(10s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("PAY-01 FX-05 a deal that the bank made but did not answer is found by the list, and booked once") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_silent", "NTSBMEXC");
        d.run();
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        d.advance(70s);
        CHECK(d.deals_sent() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("XCT-07 an order to deal that the bank never got is only queried, until the bank says that it expired") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_lost", "NTSBMEXC");
        d.run();
        for (int i = 0; i < 4; ++i) d.advance(60s);
        CHECK(d.deals_sent() == 1);
        CHECK(d.get(ids[0]).state == orders::OrderState::Converting);
        for (int i = 0; i < 20; ++i) d.advance(60s);
        CHECK(d.deals_sent() == 2);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a deal that stays under way, in whatever state, keeps its money held and is dealt once it is done") {
    for (const std::string state : {"NTE", "AUT", "WCF", "BNK", "APD", "OPR", "ACK", "ODD"}) {
        CAPTURE(state);
        by_direct_link([&](ConvertDesk& d) {
            const std::vector<std::string> ids = orders_of(d, 3);
            fault(d, "direct_stays", "", "", R"({"state":")" + state + R"("})");
            d.run();
            for (int i = 0; i < 5; ++i) d.advance(600s);
            const bool is_known = state != "OPR" && state != "ACK" && state != "ODD";
            CHECK(d.purchase_of(ids[0]).state == (is_known ? fx::PurchaseState::Accepted : fx::PurchaseState::Unknown));
            CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == d.purchase_of(ids[0]).cny);
            CHECK(d.deals_sent() == 1);
            for (int i = 0; i < 12; ++i) d.advance(600s);
            CHECK(d.deals_sent() == 1);
            check_bought_once(d, ids);
        });
    }
}

TEST_CASE("a deal that is rejected after it was accepted gives its money back, and is bought anew") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_rejects_later", "");
        d.run();
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Accepted);
        for (int i = 0; i < 3; ++i) d.advance(60s);
        CHECK(deals_at_bank(d, "rejected").size() == 1);
        CHECK(d.lines_of(ids[0]).size() == 2);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a round that the bank said it took and dropped makes it refuse the deal: nothing is lost") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 250);
        fault(d, "direct_drops_round", "", "3");
        d.run();
        REQUIRE(deals_at_bank(d, "rejected").size() == 1);
        CHECK(deals_at_bank(d, "rejected")[0].code == "DETAIL");
        d.advance(70s);
        check_bought_once(d, ids);
    });
}

TEST_CASE("a serial that the bank says it has seen says nothing of the round: the money is free after its time") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_serial", "NTPAYVEN");
        d.run();
        d.advance(200s);
        CHECK(d.get(ids[0]).state == orders::OrderState::Converting);
        CHECK(d.client.count(kRound) == 1);
        d.advance(200s);
        check_bought_once(d, ids);
    });
}

TEST_CASE(
    "FX-08 a list that shows two deals of one reference books neither, stops that currency's payouts and is told") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_silent", "NTSBMEXC");
        fault(d, "direct_twice", "", "", "{}", -1);
        d.run();
        d.advance(70s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        CHECK(is_told(d, "several_deals"));
        CHECK(d.booked(ledger::provision("sb-usd", currency("USD"))).is_zero());
        CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))) == d.purchase_of(ids[0]).cny);
        const std::size_t items = d.work_items().size();
        d.advance(300s);
        CHECK(d.work_items().size() == items);
        d.desk.database.read([&](db::Reader& reader) { CHECK(d.desk.books.stopped_payouts(reader).contains("USD")); });
    });
}

TEST_CASE("bytes that do not decode are refused with the reason and kept as evidence, and nothing is dealt by them") {
    by_direct_link([](ConvertDesk& d) {
        const std::vector<std::string> ids = orders_of(d, 3);
        fault(d, "direct_encoding", "NTEXRQAB");
        d.run();
        CHECK(d.client.count(kOpens) == 0);
        CHECK(d.get(ids[0]).state == orders::OrderState::Funded);
        constexpr db::Select kAnswers{"SELECT COUNT(*) FROM call_answer", "i"};
        constexpr db::Select kReasons{"SELECT reason_code, reason FROM instruction WHERE operation = 'fx.rates'", "tt"};
        d.desk.database.read([&](db::Reader& reader) {
            CHECK(reader.select(kAnswers).integer(0, 0) == 1);
            const db::Found said = reader.select(kReasons);
            REQUIRE(said.size() == 1);
            CHECK(said.text(0, 0) == "undecodable_text");
            CHECK(said.text(0, 1).find("GBK at byte") != std::string::npos);
        });
        fault(d, "direct_encoding", "NTSBMEXC");
        d.advance(20s);
        CHECK(d.purchase_of(ids[0]).state == fx::PurchaseState::Unknown);
        d.advance(70s);
        CHECK(d.deals_sent() == 1);
        check_bought_once(d, ids);
    });
}

TEST_CASE("FX-09 a board that jumps is refused, and what was compared before it is not dealt at either") {
    by_direct_link([](ConvertDesk& d) {
        const std::string first = orders_of(d, 1)[0];
        d.run();
        REQUIRE(d.get(first).state == orders::OrderState::Converted);
        const std::string second = d.order("m1", "USD", "100.00");
        d.fault("fx_jump", -1);
        d.advance(60s);
        CHECK(d.get(second).state == orders::OrderState::Funded);
        CHECK(is_told(d, "rate_refused"));
        CHECK(d.client.count(kOpens) == 1);
        CHECK(deals_at_bank(d).size() == 1);
    });
}

TEST_CASE("the adapter and the sandbox's direct link agree over sockets, in GBK and UTF-8") {
    for (const Charset charset : {Charset::Gbk, Charset::Utf8}) {
        CAPTURE(to_text(charset));
        each_engine([&](TestDatabase& on) {
            ConvertDesk d(on, Way::DirectLink, charset);
            std::mutex one_at_a_time;
            http::Router router;
            router.post("/direct-link", [&](const http::Request& request, const http::PathParameters&) {
                const std::lock_guard guard(one_at_a_time);
                return d.bank.answer(request, d.desk.clock.now());
            });
            SystemClock system;
            http::Server server(system, std::move(router), {.threads = 4});
            REQUIRE(server.start().ok());
            http::CpprestClient sockets(d.desk.clock, {});
            d.use(sockets, "http://127.0.0.1:" + std::to_string(server.port()));
            const std::vector<std::string> ids = orders_of(d, 120);
            for (int round = 0; round < 2000 && d.get(ids[0]).state != orders::OrderState::Converted; ++round) {
                if (d.convert.step(d.desk.clock.now()) + d.worker->step() == 0) sockets.wait(20ms);
            }
            check_bought_once(d, ids);
            d.check_books();
            server.stop();
        });
    }
}
