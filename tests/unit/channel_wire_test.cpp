#include <doctest/doctest.h>

#include "adapters/simple_pay/adapter.h"
#include "adapters/simple_pay/wire.h"
#include "src/base/clock.h"
#include "src/http/client.h"

using namespace huiqiao;
using namespace huiqiao::simple_pay;

namespace {

struct Ends {
    ManualClock clock{parse_rfc3339("2026-11-20T03:00:00Z").value()};
    SeededRandom random{5};
    IdSource ids{clock, random};
    crypto::SigningKey channel = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Sm2Sm3, random);
    crypto::SigningKey stranger = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Sm2Sm3, random);
    crypto::SigningKey ours = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    crypto::VerifyKey our_public = ours.verify_key();
    Adapter adapter{clock, ids, std::move(ours), channel.verify_key(), {"1900000109", "hq-1", "pay-1"}};

    orders::WireHeaders headers(const crypto::SigningKey& key, const std::string& body, std::string key_id = "pay-1") {
        return {{"x-pay-key-id", std::move(key_id)},
                {"X-Pay-Timestamp", "1700000000"},
                {"X-Pay-Nonce", "n"},
                {"X-Pay-Signature", base64(key.sign("1700000000\nn\n" + body + "\n"))}};
    }
    WireAnswer answer(int status, std::string body) {
        return {WireAnswer::Kind::Answered, status, headers(channel, body), body, ""};
    }
};

constexpr const char* kPaid =
    R"({"code":"SUCCESS","mch_id":"1900000109","out_trade_no":"P7X","trade_state":"SUCCESS","currency":"CNY",)"
    R"("trade_no":"T1","paid_amount":"219.00","time_paid":"20261120110500"})";
constexpr const char* kNotice =
    R"({"event_id":"E1","event_type":"PAYMENT","mch_id":"1900000109","out_trade_no":"P7X","trade_state":"SUCCESS",)"
    R"("currency":"CNY","trade_no":"T1","paid_amount":"219.00","time_paid":"20261120110500"})";

}  // namespace

TEST_CASE("an order to the channel is signed as it leaves, over method, target, time, nonce and its exact body") {
    Ends ends;
    WireRequest request = ends.adapter.order(
        {"P7X", Money::of_minor(Currency::known("CNY"), 21'900), "订单", ends.clock.now() + std::chrono::hours(2)});
    CHECK(request.target == "/pay/v1/orders");
    CHECK(request.body == R"({"mch_id":"1900000109","out_trade_no":"P7X","total_amount":"219.00","currency":"CNY",)"
                          R"("subject":"订单","time_expire":"20261120130000"})");
    const auto value = [&](std::string_view name) {
        for (const auto& [field, text] : request.headers)
            if (field == name) return text;
        return std::string();
    };
    ends.adapter.sign(request);
    const std::string first = value("X-Pay-Timestamp");
    ends.clock.advance(std::chrono::hours(30));
    ends.adapter.sign(request);
    CHECK(std::stoll(value("X-Pay-Timestamp")) == std::stoll(first) + 30 * 3600);
    CHECK(request.headers.size() == 5);
    const std::string text =
        "POST\n/pay/v1/orders\n" + value("X-Pay-Timestamp") + "\n" + value("X-Pay-Nonce") + "\n" + request.body + "\n";
    CHECK(ends.our_public.verify(text, *from_base64(value("X-Pay-Signature"))));
}

TEST_CASE("a close names the trade in its path, and its answers are told apart") {
    Ends ends;
    const WireRequest request = ends.adapter.close("P7X");
    CHECK(request.method == "POST");
    CHECK(request.target == "/pay/v1/orders/P7X/close");
    CHECK(request.body == R"({"mch_id":"1900000109"})");
    const auto read = [&](int status, const std::string& body) {
        return ends.adapter.read_answer("P7X", ends.answer(status, body));
    };
    const auto closed = read(200, R"({"code":"SUCCESS","mch_id":"1900000109","out_trade_no":"P7X",)"
                                  R"("trade_state":"CLOSED","currency":"CNY"})");
    CHECK(closed.instruction.outcome == Outcome::Confirmed);
    REQUIRE(closed.payment.has_value());
    CHECK(closed.payment->state == orders::ChannelState::Closed);
    for (const char* code : {"ORDER_PAID", "USER_PAYING", "NOT_FOUND"}) {
        CAPTURE(code);
        const auto refused = read(409, R"({"code":")" + std::string(code) + R"(","message":"no"})");
        CHECK(refused.instruction.outcome == Outcome::Unknown);
        CHECK(refused.instruction.reason_code == code);
    }
}

TEST_CASE("a notice counts only under the channel's own key, key id and one signature (NTF-04)") {
    Ends ends;
    const std::string body = kNotice;
    const auto good = ends.adapter.read_notice(ends.headers(ends.channel, body), body);
    REQUIRE(good.ok());
    CHECK(good->event_id == "E1");
    CHECK(good->payment.amount->text() == "219.00");
    CHECK(good->payment.channel_number == "T1");

    const auto forged = [&](const orders::WireHeaders& headers, const std::string& text) {
        const auto read = ends.adapter.read_notice(headers, text);
        return !read.ok() && read.error().code == &orders::channel_error::kForgedNotice;
    };
    CHECK(forged(ends.headers(ends.stranger, body), body));
    CHECK(forged(ends.headers(ends.channel, body, "pay-2"), body));
    CHECK(forged(ends.headers(ends.channel, body), body + " "));
    CHECK(forged({}, body));
    auto twice = ends.headers(ends.channel, body);
    twice.push_back(twice.back());
    CHECK(forged(twice, body));
}

TEST_CASE("only what is on the list is final; whatever else the channel answers is unknown (XCT-06)") {
    Ends ends;
    const auto outcome = [&](const WireAnswer& answer) {
        return ends.adapter.read_answer("P7X", answer).instruction.outcome;
    };
    CHECK(outcome(ends.answer(200, kPaid)) == Outcome::Confirmed);
    CHECK(outcome(ends.answer(422, R"({"code":"ORDER_REFUSED","message":"no"})")) == Outcome::RejectedFinal);
    CHECK(outcome(ends.answer(429, R"({"code":"BUSY","message":"later"})")) == Outcome::NotSent);
    CHECK(outcome(ends.answer(404, R"({"code":"NOT_FOUND","message":""})")) == Outcome::Unknown);
    CHECK(outcome(ends.answer(500, R"({"code":"ORDER_REFUSED","message":"no"})")) == Outcome::Unknown);
    CHECK(outcome(ends.answer(302, "")) == Outcome::Unknown);
    CHECK(outcome(ends.answer(200, "{}")) == Outcome::Unknown);
    CHECK(outcome(ends.answer(200, "\xff\xfe")) == Outcome::Unknown);
    CHECK(outcome({WireAnswer::Kind::Unknown, 0, {}, "", "reset"}) == Outcome::Unknown);
    WireAnswer unsigned_answer = ends.answer(422, R"({"code":"ORDER_REFUSED","message":"no"})");
    unsigned_answer.headers.clear();
    CHECK(outcome(unsigned_answer) == Outcome::Unknown);
    CHECK(ends.adapter.read_answer("OTHER", ends.answer(200, kPaid)).instruction.outcome == Outcome::Unknown);
}

TEST_CASE("a settlement file is taken whole or not at all") {
    Ends ends;
    const Date day = Date::parse("2026-11-20").value();
    const std::string good =
        "mch_id,settle_date,deposit_reference,count,gross,cost\n1900000109,20261120,SP1,2,300.00,1.80\n"
        "out_trade_no,trade_no,gross,cost\nA,T1,100.00,0.60\nB,T2,200.00,1.20\n";
    const auto read = ends.adapter.read_settlement_file(day, ends.answer(200, good));
    REQUIRE(read.ok());
    CHECK(read->lines.size() == 2);
    CHECK(read->deposit_reference == "SP1");
    CHECK((read->gross - read->cost).text() == "298.20");

    const auto code = [&](int status, const std::string& body) {
        const auto bad = ends.adapter.read_settlement_file(day, ends.answer(status, body));
        return bad.ok() ? std::string("ok") : std::string(bad.error().code->text);
    };
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(code(200, with("200.00,1.20", "200.01,1.20")) == "bad_settlement_file");
    CHECK(code(200, with(",2,300.00", ",3,300.00")) == "bad_settlement_file");
    CHECK(code(200, with("20261120", "20261119")) == "bad_settlement_file");
    CHECK(code(200, with("B,T2,200.00,1.20\n", "")) == "bad_settlement_file");
    // References that no row of ours could hold.
    for (const std::string& reference :
         {std::string(), std::string(65, 'B'), std::string("B\xff"), std::string("支付")}) {
        CHECK(code(200, with("\nB,", "\n" + reference + ",")) == "bad_settlement_file");
        CHECK(code(200, with(",T2,", "," + reference + ",")) == "bad_settlement_file");
        CHECK(code(200, with(",SP1,", "," + reference + ",")) == "bad_settlement_file");
    }
    CHECK(code(404, R"({"code":"NOT_FOUND","message":""})") == "no_settlement_yet");
    // One that is too large never becomes smaller: a person must know, and not only after all its days.
    WireAnswer too_large;
    too_large.why = http::kAnswerTooLarge;
    CHECK(ends.adapter.read_settlement_file(day, too_large).error().code->text == "bad_settlement_file");
    too_large.why = "the call was cut short";
    CHECK(ends.adapter.read_settlement_file(day, too_large).error().code->text == "no_settlement_yet");
}
