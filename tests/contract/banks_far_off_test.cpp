// Locks and deals at a price that no bank means: of another scale, or far better than it was asked by. Nothing is drawn
// on such a lock; such a deal is a fact and is booked, but buys nothing for anybody until persons have looked at it.

#include <doctest/doctest.h>

#include "src/flow/doubtful_deal.h"
#include "src/flow/release_order.h"
#include "src/flow/suspense_store.h"
#include "tests/contract/banks_desk.h"
#include "tests/support/two_persons.h"

using namespace banks_desk;

namespace {

constexpr std::string_view kSoh = "\x01";

/// The point two places to the left: "716.85" -> "7.1685".
std::string shifted(const std::string& figure) {
    const std::size_t dot = std::min(figure.find('.'), figure.size());
    std::string digits = figure;
    if (dot < digits.size()) digits.erase(dot, 1);
    digits.insert(0, dot < 3 ? 3 - dot : 0, '0');
    return digits.insert(std::max<std::size_t>(dot, 3) - 2, ".");
}
/// "716.8500000" -> "7.1685".
std::string hundredth(const std::string& price) {
    const std::string all = shifted(price);
    return all.substr(0, all.find_last_not_of('0') + 1);
}
/// "1000.00" -> "10.00".
std::string hundredth_amount(const std::string& amount) {
    const std::string all = shifted(amount);
    return all.substr(0, all.size() - 2);
}
/// "139.47" -> "13947.00".
std::string hundredfold(std::string amount) {
    const std::size_t dot = amount.find('.');
    return (dot == std::string::npos ? amount + "00" : amount.erase(dot, 1)) + ".00";
}
std::string got(const std::string& body, std::string_view anchor, std::string_view key, std::string_view end) {
    const std::size_t from = body.find(key, body.find(anchor)) + key.size();
    return body.substr(from, body.find(end, from) - from);
}
std::string field(std::string_view tag) {
    return std::string(kSoh) + std::string(tag) + "=";
}
/// What stands there, as `turned` makes it.
template <class Turn>
std::string turn(std::string body, std::string_view anchor, const std::string& key, std::string_view end,
                 const Turn& turned) {
    const std::string now = got(body, anchor, key, end);
    return put(std::move(body), anchor, key, end, turned(now));
}

/// The bank's word on a lock, at another price.
std::string locked_at(Kind kind, std::string body, const std::string& price) {
    if (kind == Kind::Fix) return put(std::move(body), "35=S", field("133"), kSoh, price);
    return put(std::move(body), "\"locked\"", R"("rate":")", "\"", price);
}

std::string with_all(std::string body, std::string_view tag, const std::string& from, const std::string& to) {
    const std::string was = field(tag) + from + std::string(kSoh);
    const std::string is = field(tag) + to + std::string(kSoh);
    for (std::size_t at = body.find(was); at != std::string::npos; at = body.find(was, at + is.size()))
        body.replace(at, was.size(), is);
    return body;
}
/// All CNY of the order for a hundred times as much, in each report.
std::string dealt_cheap_over_fix(std::string body) {
    const std::string dear = got(body, "35=8", field("31"), kSoh);
    const std::string price = hundredth(dear);
    const Rate rate = Rate::parse(currency("USD"), currency("CNY"), 1, price).value();
    const Money bought = convert(money("CNY", "1000.00"), rate, Rounding::Down).value();
    const std::string counter = got(body, field("150") + "F", field("119"), kSoh);
    for (const char* tag : {"31", "6"}) body = with_all(std::move(body), tag, dear, price);
    return with_all(std::move(body), "119", counter, bought.text());
}

/// The whole deal, a hundred times too cheap; its figures agree.
std::string dealt_cheap(Kind kind, std::string body) {
    switch (kind) {
        case Kind::Rest:
            body = turn(std::move(body), R"("dealt")", R"("rate":")", "\"", hundredth);
            return turn(std::move(body), R"("cny":)", R"("amount":")", "\"", hundredth_amount);
        case Kind::Fix: return dealt_cheap_over_fix(std::move(body));
        case Kind::DirectLink: break;
    }
    body = turn(std::move(body), "<CMBSDKPGK>", "<AGRRAT>", "<", hundredth);
    return turn(std::move(body), "<CMBSDKPGK>", "<SELAMT>", "<", hundredth_amount);
}

std::int64_t kept_answers(BanksDesk& b, std::string_view operation) {
    std::int64_t kept = 0;
    b.d.desk.database.read([&](db::Reader& reader) {
        kept = reader
                   .select({"SELECT COUNT(*) FROM call_answer a JOIN external_call c ON c.id = a.call_id WHERE "
                            "c.operation = :p1",
                            "i"},
                           {operation})
                   .integer(0, 0);
    });
    return kept;
}

}  // namespace

TEST_CASE("FX-03 a lock of another scale, or far better than it was asked by, is not used, and a person is told") {
    struct Row {
        std::string_view what;
        std::string price;  // REST: per 100
        Kind kind;
        bool is_told;  // else its adapter did not take it for an answer: it is only queried
    };
    for (const Row& row :
         {Row{"per 100 for per 1", "7.12", Kind::Rest, true}, Row{"five per cent better", "680.00", Kind::Rest, true},
          Row{"per 100 for per 1", "0.0712", Kind::Fix, false},
          Row{"five per cent better", "6.8000", Kind::Fix, true}}) {
        CAPTURE(row.what);
        CAPTURE(name_of(row.kind));
        each_engine([&](TestDatabase& on) {
            BanksDesk b(on, {row.kind});
            const std::string first = b.d.order("m1", "USD", "10.00");
            const std::string second = b.d.order("m2", "USD", "990.00");
            b.doors.changes = Step::Lock;
            b.doors.change = [&](std::string body) { return locked_at(row.kind, std::move(body), row.price); };
            b.run();
            CHECK(b.doors.count(Step::Lock) == 1);
            CHECK(b.doors.count(Step::Deal) == 0);
            CHECK(b.has_work("lock_rate_differs") == row.is_told);
            CHECK(kept_answers(b, "fx.lock") > 0);
            if (row.is_told) {
                check_given_back(b, first);
                check_given_back(b, second);
            }
            b.d.check_books();
            b.doors.changes.reset();
            REQUIRE(b.buys(first));
            REQUIRE(b.buys(second));
            CHECK(b.d.get(first).amounts.bought < money("USD", "2.00"));
            b.d.check_books();
        });
    }
}

TEST_CASE("FX-07 a deal far better than was agreed is booked, and buys nothing for its orders until persons release") {
    for (const Kind kind : kKinds) {
        CAPTURE(name_of(kind));
        each_engine([&](TestDatabase& on) {
            BanksDesk b(on, {kind});
            const std::string first = b.d.order("m1", "USD", "10.00");
            const std::string second = b.d.order("m2", "USD", "990.00");
            b.doors.changes = Step::Deal;
            b.doors.change = [&](std::string body) { return dealt_cheap(kind, std::move(body)); };
            for (int i = 0; i < 12; ++i) b.advance(5s);
            const fx::Purchase purchase = b.d.purchase_of(first);
            REQUIRE(purchase.deal.has_value());
            CHECK(purchase.state == fx::PurchaseState::Dealt);
            CHECK(b.d.booked(ledger::suspense(currency("USD"))) == purchase.deal->foreign);
            CHECK(b.d.booked(ledger::suspense_debit(currency("CNY"))) == purchase.deal->cny);
            for (const std::string& id : {first, second}) {
                const orders::Order order = b.d.get(id);
                CHECK(order.hold_reason == flow::kHeldDeal);
                CHECK(order.amounts.bought.is_zero());
                CHECK(order.amounts.converting.is_zero());
                CHECK(order.amounts.remittable(order.payout).is_zero());
                CHECK(order.amounts.convertible() == order.amounts.due);
            }
            CHECK(b.has_work(flow::kHeldDeal));
            CHECK(b.has_work("deal_differs"));
            // Nothing is bought for them a second time by itself.
            b.doors.changes.reset();
            for (int i = 0; i < 6; ++i) b.advance(30s);
            CHECK(b.doors.count(Step::Deal) == 1);
            b.d.check_books();
        });
    }
}

TEST_CASE(
    "FX-07 a deal whose rate and amounts do not agree is no answer: it is kept, queried, and booked by the query") {
    for (const Kind kind : kKinds) {
        CAPTURE(name_of(kind));
        each_engine([&](TestDatabase& on) {
            BanksDesk b(on, {kind});
            const std::string id = b.d.order("m1", "USD", "1000.00");
            b.doors.changes = Step::Deal;
            b.doors.change = [&](std::string body) {
                switch (kind) {
                    case Kind::Rest: return turn(std::move(body), R"("cny":)", R"("amount":")", "\"", hundredth_amount);
                    case Kind::Fix: return turn(std::move(body), "35=8", field("119"), kSoh, hundredfold);
                    case Kind::DirectLink: break;
                }
                return turn(std::move(body), "<CMBSDKPGK>", "<SELAMT>", "<", hundredth_amount);
            };
            for (int i = 0; i < 20 && b.doors.count(Step::Deal) == 0; ++i) b.advance(1s);
            REQUIRE(b.doors.count(Step::Deal) == 1);
            CHECK(b.d.purchase_of(id).state == fx::PurchaseState::Unknown);
            CHECK(b.d.get(id).amounts.bought.is_zero());
            CHECK(b.held() == money("CNY", "1000.00"));
            CHECK(kept_answers(b, "fx.purchase") > 0);
            b.doors.changes.reset();
            REQUIRE(b.buys(id));
            CHECK(b.doors.count(Step::Deal) == 1);
            check_dealt_once(b, id);
            b.d.check_books();
        });
    }
}

TEST_CASE(
    "orders of a deal far off are released by two persons once nothing of it is in suspense, and bought for anew") {
    each_engine([](TestDatabase& on) {
        BanksDesk b(on, {Kind::Rest});
        const std::string id = b.d.order("m1", "USD", "1000.00");
        b.doors.changes = Step::Deal;
        b.doors.change = [](std::string body) { return dealt_cheap(Kind::Rest, std::move(body)); };
        b.run();
        b.doors.changes.reset();
        const std::string purchase = b.d.purchase_of(id).id;
        REQUIRE(b.d.get(id).hold_reason == flow::kHeldDeal);
        flow::ReleaseOrder release(b.d.desk.books);
        calls::Resolve resolve{b.handlers, b.d.escalations};
        TwoPersons two{b.d.desk.database, *b.d.desk.queue, resolve, b.d.desk.books, {&release}};
        const std::string wish = R"("order_ids":[")" + id + R"("],"outcome":"released")";
        const auto refused = two.ask("release_order", wish);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == &flow::release_error::kDealNotSettled);
        CHECK(refused.error().english().find(purchase) != std::string::npos);
        CHECK(refused.error().chinese().find(purchase) != std::string::npos);
        REQUIRE(b.d.desk
                    .run({},
                         [&](db::Group& group) {
                             const auto all = flow::SuspenseStore::of_source(group.tx, "purchase", purchase);
                             CHECK(all.size() == 2);
                             for (const flow::Suspended& each : all)
                                 flow::SuspenseStore::settle(group, each, "apr_of_a_test");
                         })
                    .ok());
        b.d.desk.database.write([&](db::Tx& tx) { tx.execute({"UPDATE orders SET payee_id = ''"}, {}); });
        const auto asked = two.ask("release_order", wish);
        REQUIRE_MESSAGE(asked.ok(), asked.error().english());
        REQUIRE(two.release(*asked).ok());
        CHECK(b.d.get(id).hold_reason.empty());
        CHECK_FALSE(b.has_work(flow::kHeldDeal));
        b.d.desk.collect("m2", "1000.00");
        b.d.deposit("more", "1000.00");
        REQUIRE(b.buys(id));
        CHECK(b.doors.count(Step::Deal) == 2);
        CHECK(b.d.get(id).amounts.bought > money("USD", "130.00"));
    });
}
