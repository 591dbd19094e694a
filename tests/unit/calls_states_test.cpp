#include <doctest/doctest.h>

#include <set>

#include "src/base/random.h"
#include "src/calls/circuit.h"
#include "src/calls/states.h"
#include "src/calls/wire_text.h"
#include "src/orders/payment.h"

using namespace huiqiao;
using namespace huiqiao::calls;

TEST_CASE("every pair of call states moves exactly as the table of the house says") {
    const std::set<std::string> allowed{"prepared>sending", "prepared>withdrawn", "sending>answered", "sending>unsure",
                                        "sending>prepared", "answered>prepared",  "unsure>prepared"};
    for (const CallState from : kCallStates) {
        for (const CallState to : kCallStates) {
            const std::string pair = std::string(to_text(from)) + ">" + std::string(to_text(to));
            CAPTURE(pair);
            CHECK(may_move(from, to) == allowed.contains(pair));
        }
    }
}

TEST_CASE("every pair of outcomes moves exactly as the table of the house says (XCT-06, XCT-07)") {
    const std::set<std::string> allowed{
        "open>accepted",      "open>confirmed",    "open>rejected",       "open>unknown",      "open>withdrawn",
        "accepted>confirmed", "accepted>rejected", "accepted>unknown",    "unknown>accepted",  "unknown>confirmed",
        "unknown>rejected",   "unknown>escalated", "escalated>confirmed", "escalated>rejected"};
    for (const InstructionOutcome from : kOutcomes) {
        for (const InstructionOutcome to : kOutcomes) {
            const std::string pair = std::string(to_text(from)) + ">" + std::string(to_text(to));
            CAPTURE(pair);
            CHECK(may_move(from, to) == allowed.contains(pair));
        }
        CHECK(holds_slot(from) == (from != InstructionOutcome::Rejected && from != InstructionOutcome::Withdrawn));
    }
}

TEST_CASE("a payment takes each event in each state as its table says, and late money always has a place (NTF-07)") {
    using namespace huiqiao::orders;
    const std::set<std::string> allowed{
        "created+placed>pending",      "created+refused>failed",       "created+paid>succeeded",
        "created+paid_amiss>disputed", "created+closed_unpaid>closed", "pending+refused>failed",
        "pending+paid>succeeded",      "pending+paid_amiss>disputed",  "pending+closed_unpaid>closed",
        "failed+paid_amiss>disputed",  "closed+paid_amiss>disputed",   "disputed+resolved>succeeded"};
    std::size_t found = 0;
    for (const PaymentState from : kPaymentStates) {
        for (const PaymentEvent event : kPaymentEvents) {
            const PaymentMove* move = payment_move(from, event);
            if (move == nullptr) continue;
            ++found;
            const std::string text = std::string(orders::to_text(from)) + "+" + std::string(orders::to_text(event)) +
                                     ">" + std::string(orders::to_text(move->to));
            CAPTURE(text);
            CHECK(allowed.contains(text));
        }
    }
    CHECK(found == allowed.size());
    for (const PaymentState from :
         {PaymentState::Created, PaymentState::Pending, PaymentState::Failed, PaymentState::Closed}) {
        CHECK(payment_move(from, PaymentEvent::PaidAmiss) != nullptr);
    }
}

TEST_CASE("a payment without a notice is asked for at 1, 2, 5, 10, 30 min, 1, 3, 6, 24 h, then no more (NTF-03)") {
    const Instant made = from_us(1'000'000'000'000);
    std::vector<std::int64_t> minutes;
    Instant now = made;
    for (int polls = 0;; ++polls) {
        const auto next = orders::next_query(made, polls, now);
        if (!next) break;
        minutes.push_back(std::chrono::duration_cast<std::chrono::minutes>(*next - made).count());
        now = *next;
    }
    CHECK(minutes == std::vector<std::int64_t>{1, 2, 5, 10, 30, 60, 180, 360, 1440});
}

TEST_CASE("a stored request comes back byte for byte, and any other bytes have another hash (XCT-11)") {
    WireRequest request{"POST", "/v1/x?y=z", {{"A", "1"}, {"B", ""}}, std::string("a\0b:3:\n汇桥", 13)};
    const WireRequest back = decode_request(encode(request));
    CHECK(back.method == request.method);
    CHECK(back.target == request.target);
    CHECK(back.headers == request.headers);
    CHECK(back.body == request.body);
    const std::string hash = request_hash(request);
    request.headers[1].second = "2";
    CHECK(request_hash(request) != hash);
    CHECK_THROWS_AS((void)decode_request("5:POST"), LogicError);
}

TEST_CASE(
    "after five failures in a row a counterparty is left alone for a growing time, then one call tries (XCT-10)") {
    Circuit circuit;
    SeededRandom random(3);
    Monotonic now{1'000'000};
    CHECK(circuit.room(now, 2, 8) == 6);
    for (int i = 0; i < Circuit::kFailuresToOpen; ++i) circuit.failed(now, now, random);
    Monotonic pause{0};
    for (int opening = 0; opening < 5; ++opening) {
        CHECK(circuit.room(now, 0, 8) == 0);
        Monotonic waited{0};
        while (circuit.room(now + waited, 0, 8) == 0) waited += std::chrono::milliseconds(50);
        CHECK(waited >= pause / 2);
        pause = waited;
        now += waited;
        CHECK(circuit.room(now, 0, 8) == 1);
        CHECK(circuit.room(now, 1, 8) == 0);
        CHECK(circuit.is_trying(now));
        circuit.failed(now, now, random);
    }
    circuit.answered();
    CHECK(circuit.room(now, 0, 8) == 8);
}

TEST_CASE("XCT-10: calls that were under way when the fuse blew do not make its pause longer") {
    Circuit circuit;
    SeededRandom random(3);
    const Monotonic started{1'000'000};
    const Monotonic now = started + std::chrono::seconds(20);
    for (int i = 0; i < 16; ++i) circuit.failed(started, now + std::chrono::milliseconds(i), random);
    CHECK(circuit.room(now + std::chrono::milliseconds(16), 0, 8) == 0);
    CHECK(circuit.room(now + std::chrono::milliseconds(1'100), 0, 8) == 1);
    // The one that tries is under way since, and counts.
    const Monotonic tried = now + std::chrono::milliseconds(1'100);
    circuit.failed(tried, tried, random);
    CHECK(circuit.room(tried + std::chrono::milliseconds(900), 0, 8) == 0);
    CHECK(circuit.room(tried + std::chrono::milliseconds(2'100), 0, 8) == 1);
}
