#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "customs/declaration.h"
#include "customs/payment_enterprises.h"
#include "customs/return_code.h"
#include "customs/three_documents.h"

using namespace huiqiao;
using namespace huiqiao::customs;

TEST_CASE("a declaration moves by its table and in no other way") {
    const std::string golden = declaration_moves_table();
    std::ifstream file("tests/golden/customs/declaration_moves.txt");
    std::stringstream text;
    text << file.rdbuf();
    CHECK(golden == text.str());
    std::set<std::pair<DeclarationState, DeclarationEvent>> pairs;
    for (const DeclarationMove& move : kDeclarationMoves) CHECK(pairs.insert({move.from, move.event}).second);
    for (const DeclarationState from : kDeclarationStates) {
        CHECK(declaration_state_from_text(to_text(from)) == from);
        for (const DeclarationEvent event : kDeclarationEvents) {
            CHECK(next(from, event).has_value() == pairs.contains({from, event}));
        }
        // Whatever is open can be decided either way, and no stage takes a decision back.
        if (is_open(from)) {
            CHECK(next(from, DeclarationEvent::Accept) == DeclarationState::Accepted);
            CHECK(next(from, DeclarationEvent::Reject) == DeclarationState::Rejected);
        } else {
            CHECK_FALSE(next(from, DeclarationEvent::ReachPort).has_value());
            CHECK_FALSE(next(from, DeclarationEvent::ReachCustoms).has_value());
            CHECK_FALSE(next(from, DeclarationEvent::Again).has_value());
        }
    }
}

TEST_CASE("customs' codes mean what the reference says, and unknown ones are never acceptance") {
    CHECK(return_code(2).meaning == Meaning::AtPort);
    CHECK(return_code(3).meaning == Meaning::AtCustoms);
    CHECK(return_code(4).meaning == Meaning::AgainLater);
    CHECK(return_code(100).meaning == Meaning::Rejected);
    CHECK(return_code(120).meaning == Meaning::Accepted);
    CHECK(return_code(399).meaning == Meaning::Accepted);
    CHECK(return_code(-401006).meaning == Meaning::AgainAsNew);
    CHECK(return_code(-401007).meaning == Meaning::AgainAsChange);
    CHECK(return_code(-401008).meaning == Meaning::Stands);
    CHECK(return_code(-401011).meaning == Meaning::AgainLater);
    CHECK(return_code(-401012).meaning == Meaning::AgainNewer);
    for (const std::int64_t number : {-999999, -1, -401014}) CHECK(return_code(number).meaning == Meaning::Rejected);
    for (const std::int64_t number : {0, 18, 23, 300, 400, 600, 800})
        CHECK(return_code(number).meaning == Meaning::Information);
    std::set<std::int64_t> numbers;
    for (const ReturnCode& code : return_codes()) {
        CHECK(numbers.insert(code.number).second);
        CHECK_FALSE(code.english.empty());
        CHECK_FALSE(code.chinese.empty());
    }
    CHECK(parse_return_status("-401007") == -401007);
    for (const char* bad : {"", "+1", "1 ", "0x1", "12345678901", "1.0"})
        CHECK_FALSE(parse_return_status(bad).has_value());
}

TEST_CASE("CST-03: order, payment and waybill must say the same, to the fen and to the person") {
    const Money zero = Money::zero(Currency::known("CNY"));
    const Money paid = Money::of_minor(Currency::known("CNY"), 19550);
    PaymentDocument payment{.guid = "",
                            .pay_code = "1234567890",
                            .pay_name = "",
                            .serial = "P1",
                            .order_no = "O-1",
                            .platform_code = "0987654321",
                            .platform_name = "平台",
                            .payer_id_number = "11010519491231002X",
                            .payer_name = "张三",
                            .telephone = "",
                            .amount = paid,
                            .note = ""};
    const OrderDocument order{"O-1", "0987654321", "平台", "", "", paid, "11010519491231002x ", "张三", false};
    CHECK(match(order, payment, WaybillDocument{"O-1"}, zero).empty());
    struct Row {
        std::string_view field;
        void (*change)(OrderDocument&);
    };
    const Row rows[] = {
        {"orderNo", [](OrderDocument& o) { o.order_no = "o-1"; }},
        {"ebpCode", [](OrderDocument& o) { o.platform_code = "0987654322"; }},
        {"ebpName", [](OrderDocument& o) { o.platform_name = "平 台"; }},
        {"payCode", [](OrderDocument& o) { o.pay_code = "1234567891"; }},
        {"payTransactionId", [](OrderDocument& o) { o.serial = "P2"; }},
        {"amountPaid", [](OrderDocument& o) { o.actual_paid += Money::of_minor(Currency::known("CNY"), 1); }},
        {"payerIdNumber", [](OrderDocument& o) { o.buyer_id_number = "440524188001010014"; }},
        {"payerName", [](OrderDocument& o) { o.buyer_name = "张叁"; }},
    };
    for (const Row& row : rows) {
        CAPTURE(row.field);
        OrderDocument changed = order;
        row.change(changed);
        const auto found = match(changed, payment, std::nullopt, zero);
        REQUIRE(found.size() == 1);
        CHECK(found[0].field == row.field);
    }
    CHECK(match(order, payment, WaybillDocument{"O-2"}, zero).at(0).field == "orderNo");
    OrderDocument other = order;
    other.buyer_name = "李四";
    other.buyer_id_number = "440524188001010014";
    other.buyer_verified = true;
    CHECK(match(other, payment, std::nullopt, zero).empty());
    OrderDocument near = order;
    near.actual_paid += Money::of_minor(Currency::known("CNY"), 100);
    CHECK(match(near, payment, std::nullopt, Money::of_minor(Currency::known("CNY"), 100)).empty());
}

TEST_CASE("the shipped table of payment enterprises is read, and a wrong one is refused by its line") {
    std::ifstream file("config/payment_enterprises.csv");
    std::stringstream text;
    text << file.rdbuf();
    const auto table = parse_payment_enterprises(text.str());
    REQUIRE(table.ok());
    CHECK(table->at("4403169D3W") == "财付通支付科技有限公司");
    CHECK_FALSE(parse_payment_enterprises("").ok());
    CHECK_FALSE(parse_payment_enterprises("code,name\n123,x\n").ok());
    CHECK_FALSE(parse_payment_enterprises("code,name\n4403169D3W,x\n4403169D3W,y\n").ok());
}
