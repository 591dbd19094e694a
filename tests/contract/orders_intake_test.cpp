#include <doctest/doctest.h>

#include <functional>

#include "src/events/event.h"
#include "tests/contract/orders_desk.h"

using namespace huiqiao;
using namespace huiqiao::testing;
using flow::IntakeAnswer;
using flow::IntakeOrder;

namespace {

std::string_view code_of(const IntakeAnswer& answer) {
    return answer.error ? answer.error->code->text : "";
}

Money cny(std::int64_t minor) {
    return OrderDesk::cny(minor);
}

}  // namespace

TEST_CASE("an accepted order stands with its persons, lines, payment, call and first event") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        const IntakeAnswer answer = desk.take_one(OrderDesk::good("A-1"));
        REQUIRE(answer.kind == IntakeAnswer::Kind::Accepted);
        const std::string id = answer.order->id;
        desk.database.read([&](db::Reader& reader) {
            const orders::Order order = orders::OrderStore::find(reader, id).value();
            CHECK(order.state == orders::OrderState::AwaitingPayment);
            CHECK(order.amounts.due == cny(21'900));
            CHECK(order.amounts.bought.currency().code() == "USD");
            CHECK(order.declaration_state == "waiting");
            CHECK(order.customs_port == "5165");
            CHECK(order.buyer_id == order.payer_id);
            CHECK(order.expires_at == desk.clock.now() + std::chrono::hours(2));
            CHECK(orders::OrderStore::by_number(reader, "plt_1", "A-1")->id == id);
            const auto lines = orders::OrderStore::lines(reader, id);
            REQUIRE(lines.size() == 1);
            CHECK(lines[0].name == "奶粉 800g");
            CHECK(lines[0].total == cny(20'000));
            const auto persons = desk.parties.persons(reader, std::vector{order.buyer_id}).value();
            CHECK(persons.at(order.buyer_id).name == "张三");
            CHECK(persons.at(order.buyer_id).identity_number == "11010519491231002X");
            CHECK(desk.parties.person_ids_of(reader, "11010519491231002X", 10) == std::vector{order.buyer_id});
            const auto payments = orders::PaymentStore().of_orders(reader, std::vector{id});
            REQUIRE(payments.size() == 1);
            CHECK(payments[0].amount == cny(21'900));
            CHECK(payments[0].state == orders::PaymentState::Created);
            const auto events = events::EventStore::of_object(reader, id, 0, 10);
            REQUIRE(events.size() == 1);
            CHECK(events[0].type == "order.created");
            CHECK(events[0].sequence == 1);
            CHECK(events[0].payload.find("张三") == std::string::npos);
        });
        CHECK(desk.count("SELECT COUNT(*) FROM person") == 1);
        CHECK(desk.count("SELECT COUNT(*) FROM external_call WHERE operation = 'channel.order'") == 1);
    });
}

TEST_CASE("references of payments at a channel rise with their time, and nobody can guess the next") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        for (const char* number : {"A-1", "A-2", "A-3"}) {
            (void)desk.take_one(OrderDesk::good(number));
            if (number == std::string_view("A-2")) desk.clock.advance(std::chrono::seconds(1));
        }
        desk.database.read([&](db::Reader& reader) {
            const db::Found found = reader.select({"SELECT reference FROM payment ORDER BY id", "t"});
            const auto time = [&](std::size_t row) { return found.text(row, 0).substr(0, 11); };
            CHECK(found.text(0, 0).size() == 27);  // 32 is the most that channels take
            CHECK((time(0) == time(1) && time(1) < time(2)));
            CHECK(found.text(0, 0).substr(11) != found.text(1, 0).substr(11));
        });
    });
}

TEST_CASE("no personal data stands readable in any row of an order") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        (void)desk.take_one(OrderDesk::good("A-1"));
        desk.database.read([&](db::Reader& reader) {
            const db::Found person = reader.select({"SELECT number_index, sealed FROM person", "tt"});
            CHECK(person.text(0, 0).find("110105") == std::string::npos);
            CHECK(person.text(0, 1).find("110105") == std::string::npos);
            // A blob opens in its own row only.
            CHECK(desk.sealer.open({"person", "per_other", "sealed"}, person.text(0, 1)).ok() == false);
        });
    });
}

TEST_CASE("ORD-05: the same number with the same content is the same order, for ever") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        const IntakeAnswer first = desk.take_one(OrderDesk::good("A-1"));
        desk.clock.advance(std::chrono::hours(24 * 400));
        const IntakeAnswer again = desk.take_one(OrderDesk::good("A-1"));
        CHECK(again.kind == IntakeAnswer::Kind::Replayed);
        CHECK(again.order->id == first.order->id);
        CHECK(desk.count_orders() == 1);
        CHECK(desk.count("SELECT COUNT(*) FROM person") == 1);
        CHECK(desk.count("SELECT COUNT(*) FROM event") == 1);
    });
}

TEST_CASE("ORD-05, ORD-08: the same number with any other field is a conflict that names what differs") {
    struct Row {
        const char* field;
        std::function<void(IntakeOrder&)> change;
    };
    const std::vector<Row> rows{
        {"total", [](IntakeOrder& o) { o.total = cny(21'901), o.freight = cny(1'001); }},
        {"trade_kind", [](IntakeOrder& o) { o.trade_kind = "goods_1210"; }},
        {"payee_id", [](IntakeOrder& o) { o.payee_id = "pye_off"; }},
        {"payout_currency", [](IntakeOrder& o) { o.payout_currency = Currency::known("EUR"); }},
        {"customs_port", [](IntakeOrder& o) { o.customs_port = "2244"; }},
        {"merchant_id", [](IntakeOrder& o) { o.merchant_id = "mch_2"; }},
        {"lines", [](IntakeOrder& o) { o.lines[0].name = "奶粉 900g"; }},
        {"freight, tax, discount or pay_within_s", [](IntakeOrder& o) { o.freight = cny(2'000), o.tax = cny(900); }},
        {"buyer, payer", [](IntakeOrder& o) { o.buyer.name = "张四"; }},
        {"buyer, payer", [](IntakeOrder& o) { o.buyer.phone = ""; }},
        {"lines, payer",
         [](IntakeOrder& o) { o.lines[0].name = "奶粉", o.payer = o.buyer, o.payer->phone = "13900000000"; }},
        {"pay_within_s", [](IntakeOrder& o) { o.pay_within = std::chrono::minutes(5); }},
    };
    each_engine([&](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        const IntakeAnswer first = desk.take_one(OrderDesk::good("A-1"));
        for (const Row& row : rows) {
            CAPTURE(row.field);
            IntakeOrder other = OrderDesk::good("A-1");
            row.change(other);
            const IntakeAnswer answer = desk.take_one(other);
            REQUIRE(code_of(answer) == "order_no_conflict");
            CHECK(answer.error->english().ends_with("differs in: " + std::string(row.field) + "."));
            CHECK(answer.error->english().find(first.order->id) != std::string::npos);
        }
        CHECK(desk.count_orders() == 1);
    });
}

TEST_CASE("numbers differ by case, and two platforms may use one number") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        CHECK(desk.take_one(OrderDesk::good("ORD-1")).kind == IntakeAnswer::Kind::Accepted);
        CHECK(desk.take_one(OrderDesk::good("ord-1")).kind == IntakeAnswer::Kind::Accepted);
        CHECK(desk.take_one(OrderDesk::good("Örd-1")).kind == IntakeAnswer::Kind::Refused);
        CHECK(code_of(desk.take_one(OrderDesk::good("ORD-1 "))) == "bad_order_no");
        IntakeOrder service = OrderDesk::good("ORD-1");
        service.trade_kind = "general";
        service.customs_port = "";
        service.merchant_id = "mch_3";
        service.payout_kind = "fx";
        // mch_3 has no payees: refused, so the number stays free for its platform.
        CHECK(code_of(desk.take_one(service, "plt_2")) == "payee_not_found");
        CHECK(desk.count_orders() == 2);
        CHECK(desk.count_numbers() == 2);
    });
}

TEST_CASE("a batch is answered order by order, and a number repeated inside it is a replay or a conflict") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        IntakeOrder wrong_total = OrderDesk::good("B-3");
        wrong_total.total = cny(1);
        IntakeOrder other_b1 = OrderDesk::good("B-1");
        other_b1.customs_port = "2244";
        const auto answers =
            desk.take({OrderDesk::good("B-1"), OrderDesk::good("B-2"), OrderDesk::good("B-1"), other_b1, wrong_total});
        REQUIRE(answers.size() == 5);
        CHECK(answers[0].kind == IntakeAnswer::Kind::Accepted);
        CHECK(answers[1].kind == IntakeAnswer::Kind::Accepted);
        CHECK(answers[2].kind == IntakeAnswer::Kind::Replayed);
        CHECK(answers[2].order->id == answers[0].order->id);
        CHECK(code_of(answers[3]) == "order_no_conflict");
        CHECK(code_of(answers[4]) == "total_mismatch");
        CHECK(desk.count_orders() == 2);
        CHECK(desk.count_numbers() == 2);
        CHECK(desk.count("SELECT COUNT(*) FROM person") == 1);  // one buyer, one row a request
        CHECK_FALSE(desk.intake.prepare({"plt_1", "req", {}}).ok());
        CHECK_FALSE(desk.intake.prepare({"plt_1", "req", std::vector<IntakeOrder>(501, OrderDesk::good("X"))}).ok());
    });
}

TEST_CASE("a refused order gives its number back, also to the next one in the same batch") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        IntakeOrder no_payee = OrderDesk::good("C-1");
        no_payee.payee_id = "pye_none";
        const auto answers = desk.take({no_payee, OrderDesk::good("C-1"), OrderDesk::good("C-1")});
        CHECK(code_of(answers[0]) == "payee_not_found");
        CHECK(answers[1].kind == IntakeAnswer::Kind::Accepted);
        CHECK(answers[2].kind == IntakeAnswer::Kind::Replayed);
        CHECK(desk.count_numbers() == 1);
        const IntakeAnswer later = desk.take_one(OrderDesk::good("C-1"));
        CHECK(later.kind == IntakeAnswer::Kind::Replayed);
        CHECK(later.order->id == answers[1].order->id);
        CHECK(code_of(desk.take_one(no_payee)) == "order_no_conflict");
    });
}

TEST_CASE("an item that an outer operation already answered leaves no number behind") {
    // As the store of idempotency keys does: it knows only inside the group that the answer stands already.
    struct Outer final : db::Operation {
        struct Work final : db::Work {
            std::unique_ptr<db::Work> inner;
            std::shared_ptr<db::Item> item;
            void find(db::Reader& reader) override { inner->find(reader); }
            void claim(db::Claims& claims) override { inner->claim(claims); }
            void lock(db::Locks& locks) override { inner->lock(locks); }
            void run(db::Group& group) override {
                item->skipped = true;
                inner->run(group);
            }
        };
        flow::Intake* intake = nullptr;
        std::string_view name() const override { return "test_outer"; }
        std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
            auto work = std::make_unique<Work>();
            work->inner = intake->begin(items);
            work->item = items.front();
            return work;
        }
    };
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        Outer outer;
        outer.intake = &desk.intake;
        auto item = desk.intake.prepare({"plt_1", "req_1", {OrderDesk::good("S-1")}}).value();
        REQUIRE(desk.queue.run(outer, item).ok());
        CHECK(item->answers.empty());
        CHECK(desk.count_orders() == 0);
        CHECK(desk.count_numbers() == 0);
    });
}

TEST_CASE("a repeat of an order that would be refused today is still the same order") {
    each_engine([](TestDatabase& base) {
        std::string id;
        {
            OrderDesk desk(base);
            desk.open_parties();
            id = desk.take_one(OrderDesk::good("D-1")).order->id;
        }
        flow::IntakeSettings tight;
        tight.most_per_order_minor = 100;
        OrderDesk desk(base, 2, tight);
        const IntakeAnswer again = desk.take_one(OrderDesk::good("D-1"));
        CHECK(again.kind == IntakeAnswer::Kind::Replayed);
        CHECK(again.order->id == id);
        CHECK(code_of(desk.take_one(OrderDesk::good("D-2"))) == "over_limit");
    });
}

TEST_CASE("every rule refuses with its code and the place of its field") {
    struct Row {
        const char* code;
        const char* pointer;
        std::function<void(IntakeOrder&)> spoil;
    };
    const auto usd = [](std::int64_t minor) { return Money::of_minor(Currency::known("USD"), minor); };
    const auto general = [](IntakeOrder& o) { o.trade_kind = "general", o.customs_port = ""; };
    const auto none = [](IntakeOrder& o) {
        o.payout_kind = "none", o.payee_id = "", o.payout_currency.reset();
        o.evidence = flow::IntakeEvidence{"31222699S7", "2026112012345", parse_rfc3339("2026-11-20T02:00:00Z").value()};
    };
    const std::vector<Row> rows{
        {"bad_order_no", "/platform_order_no", [](IntakeOrder& o) { o.platform_order_no = ""; }},
        {"bad_order_no", "/platform_order_no", [](IntakeOrder& o) { o.platform_order_no = std::string(61, '1'); }},
        {"bad_order_no", "/platform_order_no", [](IntakeOrder& o) { o.platform_order_no = "订单1"; }},
        {"trade_refused", "/trade_kind", [](IntakeOrder& o) { o.trade_kind = "virtual_goods"; }},
        {"trade_refused", "/trade_kind", [](IntakeOrder& o) { o.trade_kind = "capital_item"; }},
        {"unknown_kind", "/trade_kind", [](IntakeOrder& o) { o.trade_kind = "goods_9999"; }},
        {"unknown_kind", "/payout_kind", [](IntakeOrder& o) { o.payout_kind = "rmb"; }},
        {"payout_refused", "/payout_currency", [](IntakeOrder& o) { o.payout_currency.reset(); }},
        {"payout_refused", "/payout_currency", [](IntakeOrder& o) { o.payout_kind = "cny"; }},
        {"payout_refused", "/payee_id", [](IntakeOrder& o) { o.payee_id = ""; }},
        {"payout_refused", "/payout_kind", [&](IntakeOrder& o) { none(o), general(o); }},
        {"payout_refused", "/payee_id", [&](IntakeOrder& o) { none(o), o.payee_id = "pye_usd"; }},
        {"not_cny", "/total", [&](IntakeOrder& o) { o.total = usd(21'900); }},
        {"not_cny", "/tax", [&](IntakeOrder& o) { o.tax = usd(1'900); }},
        {"over_limit", "/total", [](IntakeOrder& o) { o.total = cny(0); }},
        {"total_mismatch", "/total", [](IntakeOrder& o) { o.total = cny(21'901); }},
        {"total_mismatch", "/total", [](IntakeOrder& o) { o.discount = cny(1'001); }},
        {"total_mismatch", "/total", [](IntakeOrder& o) { o.discount = cny(99'999); }},
        {"bad_line", "/lines", [](IntakeOrder& o) { o.lines.clear(); }},
        {"bad_line", "/lines/50", [](IntakeOrder& o) { o.lines.assign(51, o.lines[0]); }},
        {"bad_line", "/lines/0", [](IntakeOrder& o) { o.lines[0].quantity = 0; }},
        {"bad_line", "/lines/0", [](IntakeOrder& o) { o.lines[0].unit_price = cny(9'999); }},
        {"bad_line", "/lines/0", [&](IntakeOrder& o) { o.lines[0].total = usd(20'000); }},
        {"bad_line", "/lines/0", [](IntakeOrder& o) { o.lines[0].name = "a\x01"; }},
        {"over_limit", "/total",
         [](IntakeOrder& o) {
             o.lines = {{"奶粉", 51, cny(10'000), cny(510'000)}};
             o.total = cny(511'900);
         }},
        {"over_limit", "/total",
         [](IntakeOrder& o) {
             o.lines = {{"手表", 1, cny(2'600'000), cny(2'600'000)}};
             o.total = cny(2'601'900);
         }},
        {"over_limit", "/total",
         [&](IntakeOrder& o) {
             general(o);
             o.lines = {{"设备", 1, cny(600'000'000), cny(600'000'000)}};
             o.total = cny(600'001'900);
         }},
        {"bad_customs_port", "/customs_port", [](IntakeOrder& o) { o.customs_port = ""; }},
        {"bad_customs_port", "/customs_port", [](IntakeOrder& o) { o.customs_port = "51A5"; }},
        {"bad_customs_port", "/customs_port", [](IntakeOrder& o) { o.trade_kind = "hotel"; }},
        {"bad_identity_type", "/buyer/identity_type", [](IntakeOrder& o) { o.buyer.identity_type = "licence"; }},
        {"bad_person", "/buyer/identity_number",
         [](IntakeOrder& o) { o.buyer.identity_number = "110105194912310021"; }},
        {"bad_person", "/buyer/name", [](IntakeOrder& o) { o.buyer.name = ""; }},
        {"bad_person", "/buyer/phone", [](IntakeOrder& o) { o.buyer.phone = "x"; }},
        {"identity_needed", "/buyer/identity_type",
         [](IntakeOrder& o) { o.buyer.identity_type = "passport", o.buyer.identity_number = "E12345678"; }},
        {"payer_differs", "/payer", [](IntakeOrder& o) { o.payer = o.buyer, o.payer->name = "李四"; }},
        {"evidence_needed", "/evidence", [&](IntakeOrder& o) { none(o), o.evidence.reset(); }},
        {"evidence_needed", "/evidence",
         [&](IntakeOrder& o) {
             IntakeOrder other = o;
             none(other);
             o.evidence = other.evidence;
         }},
        {"evidence_needed", "/evidence/institution", [&](IntakeOrder& o) { none(o), o.evidence->institution = "1"; }},
        {"evidence_needed", "/evidence/transaction_no",
         [&](IntakeOrder& o) { none(o), o.evidence->transaction_no = ""; }},
        {"evidence_needed", "/evidence/paid_at",
         [&](IntakeOrder& o) { none(o), o.evidence->paid_at += std::chrono::hours(48); }},
        {"bad_pay_within", "/pay_within_s", [](IntakeOrder& o) { o.pay_within = std::chrono::seconds(59); }},
        {"bad_pay_within", "/pay_within_s", [](IntakeOrder& o) { o.pay_within = std::chrono::hours(73); }},
        {"merchant_not_found", "/merchant_id", [](IntakeOrder& o) { o.merchant_id = "mch_none"; }},
        {"merchant_not_found", "/merchant_id", [](IntakeOrder& o) { o.merchant_id = "mch_2"; }},  // suspended
        {"merchant_not_found", "/merchant_id", [](IntakeOrder& o) { o.merchant_id = "mch_3"; }},  // another platform's
        {"payee_not_found", "/payee_id", [](IntakeOrder& o) { o.payee_id = "pye_eur"; }},
        {"payee_not_found", "/payee_id", [](IntakeOrder& o) { o.payee_id = "pye_off"; }},
        {"payee_not_found", "/payee_id",
         [](IntakeOrder& o) { o.payout_kind = "domestic", o.payout_currency.reset(), o.payee_id = "pye_hk"; }},
        {"payee_not_found", "/payee_id",
         [](IntakeOrder& o) { o.payout_kind = "cny", o.payout_currency.reset(), o.payee_id = "pye_cny"; }},
    };
    each_engine([&](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        std::vector<IntakeOrder> orders;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            orders.push_back(OrderDesk::good("R-" + std::to_string(i)));
            rows[i].spoil(orders.back());
        }
        const auto answers = desk.take(orders);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            CAPTURE(i);
            CAPTURE(rows[i].code);
            REQUIRE(answers[i].error.has_value());
            CHECK(code_of(answers[i]) == rows[i].code);
            CHECK(answers[i].error->pointer == rows[i].pointer);
            CHECK(answers[i].error->english().find("11010519491231002X") == std::string::npos);
        }
        CHECK(desk.count_orders() == 0);
        CHECK(desk.count_numbers() == 0);
        CHECK(code_of(desk.take_one(OrderDesk::good("R"), "plt_none")) == "platform_not_active");
        IntakeOrder unregistered = OrderDesk::good("R");
        unregistered.merchant_id = "mch_3";
        CHECK(code_of(desk.take_one(unregistered, "plt_2")) == "platform_not_registered");
    });
}

TEST_CASE("each payout kind is taken where it fits") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        IntakeOrder abroad = OrderDesk::good("K-1");
        abroad.payout_kind = "cny", abroad.payout_currency.reset(), abroad.payee_id = "pye_hk";
        CHECK(desk.take_one(abroad).kind == IntakeAnswer::Kind::Accepted);
        IntakeOrder home = OrderDesk::good("K-2");
        home.payout_kind = "domestic", home.payout_currency.reset(), home.payee_id = "pye_cny";
        CHECK(desk.take_one(home).kind == IntakeAnswer::Kind::Accepted);
        IntakeOrder flight = OrderDesk::good("K-3");
        flight.trade_kind = "air_ticket", flight.customs_port = "";
        flight.buyer = {"Anna de Vries", "passport", "NX1234567", ""};
        flight.payer = flow::IntakePerson{"李四", "resident_id", "11010519491231002x", ""};
        const IntakeAnswer flown = desk.take_one(flight);
        REQUIRE(flown.kind == IntakeAnswer::Kind::Accepted);
        CHECK(flown.order->buyer_id != flown.order->payer_id);
        CHECK(flown.order->declaration_state == "none");
        IntakeOrder one_piece = OrderDesk::good("K-4");
        one_piece.lines = {{"手表", 1, cny(2'590'000), cny(2'590'000)}};
        one_piece.total = cny(2'591'900);
        CHECK(desk.take_one(one_piece).kind == IntakeAnswer::Kind::Accepted);
    });
}

TEST_CASE("an order that others collected is complete at once and its declaration is due") {
    each_engine([](TestDatabase& base) {
        OrderDesk desk(base);
        desk.open_parties();
        IntakeOrder order = OrderDesk::good("N-1");
        order.payout_kind = "none", order.payee_id = "", order.payout_currency.reset();
        order.evidence = flow::IntakeEvidence{"31222699S7", "20261120-1", desk.clock.now() - std::chrono::hours(1)};
        const IntakeAnswer answer = desk.take_one(order);
        REQUIRE(answer.kind == IntakeAnswer::Kind::Accepted);
        CHECK(answer.order->state == orders::OrderState::Completed);
        desk.database.read([&](db::Reader& reader) {
            CHECK(orders::OrderStore::evidence(reader, answer.order->id)->transaction_no == "20261120-1");
            CHECK(orders::PaymentStore().of_orders(reader, std::vector{answer.order->id}).empty());
            CHECK(orders::OrderStore::to_declare(reader, desk.clock.now(), 10) == std::vector{answer.order->id});
            CHECK(orders::OrderStore::to_expire(reader, desk.clock.now() + std::chrono::hours(900), 10).empty());
        });
        CHECK(desk.count("SELECT COUNT(*) FROM external_call") == 0);
    });
}
