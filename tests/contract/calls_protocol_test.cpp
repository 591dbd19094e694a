#include "src/base/crash_point.h"
#include "tests/contract/calls_desk.h"

using namespace calls_desk;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("the intent commits before a byte is sent, and the answer moves it in one commit (XCT-01, XCT-02, XCT-04)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string call = process.prepare("pay", {"R1", "R2"});
        CHECK(process.state(call) == "prepared");
        CHECK(process.outcome("R1") == "open");
        std::string state_when_sent;
        process.client.network = [&](const auto&) {
            state_when_sent = process.state(call);
            return Network::Fine;
        };
        process.answers = {"R1=confirmed;R2=accepted;"};
        process.steps(2);
        CHECK(state_when_sent == "sending");
        CHECK(process.received == std::vector<std::string>{"POST /do R1"});
        CHECK(process.state(call) == "answered");
        CHECK(process.outcome("R1") == "confirmed");
        CHECK(process.outcome("R2") == "accepted");
        CHECK(process.pay.applied == std::vector<std::string>{"R1:open>confirmed", "R2:open>accepted"});
        // Accepted books nothing as done: it is queried until it is known.
        process.answers = {"R2=confirmed;"};
        clock.advance(seconds(61));
        process.steps(2);
        CHECK(process.received.back() == "GET /query/M-R1 ");
        CHECK(process.outcome("R2") == "confirmed");
        process.steps(3);
        clock.advance(minutes(600));
        process.steps(3);
        CHECK(process.received.size() == 2);
        CHECK(process.number("SELECT COUNT(*) FROM call_answer") == 2);
    });
}

TEST_CASE("a payment without an answer is never sent again: it is queried, then two persons decide (XCT-05, PAY-01)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string call = process.prepare("pay", {"R1"});
        process.client.network = [](const auto&) { return Network::AnswerLost; };
        process.steps(2);
        CHECK(process.state(call) == "unsure");
        CHECK(process.outcome("R1") == "unknown");
        for (int i = 0; i < 10; ++i) {
            clock.advance(minutes(10));
            process.steps(2);
        }
        CHECK(std::count(process.received.begin(), process.received.end(), "POST /do R1") == 1);
        CHECK(process.received.size() == 4);  // one order, three queries
        CHECK(process.outcome("R1") == "escalated");
        CHECK(process.number("SELECT COUNT(*) FROM work_item WHERE kind = 'instruction_escalated'") == 1);

        Resolve resolve(process.handlers, process.escalations);
        auto item = std::make_shared<ResolveItem>();
        item->instruction_id = process.text("SELECT id FROM instruction WHERE reference = :p1", "R1");
        item->confirmed = true;
        item->their_reference = "STATEMENT-7";
        item->maker = item->checker = "opr_1";
        REQUIRE(process.queue->run(resolve, item).ok());
        CHECK(item->done.error().code == &calls_error::kSamePerson);
        item->checker = "opr_2";
        REQUIRE(process.queue->run(resolve, item).ok());
        CHECK(item->done.ok());
        CHECK(process.outcome("R1") == "confirmed");
        CHECK(process.pay.applied.back() == "R1:escalated>confirmed");
        CHECK(process.number(
                  "SELECT COUNT(*) FROM work_item WHERE kind = 'instruction_escalated' AND state = 'closed'") == 1);
        REQUIRE(process.queue->run(resolve, item).ok());
        CHECK(item->done.error().code == &calls_error::kNotEscalated);
    });
}

TEST_CASE("payouts of different subjects go side by side, up to the bank's limit and no further (PAY-03)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        for (int i = 0; i < 6; ++i) {
            process.prepare("pay", {"R" + std::to_string(i)});
            process.answers.push_back("R" + std::to_string(i) + "=confirmed;");
        }
        std::size_t most = 0;
        for (int i = 0; i < 20; ++i) {
            process.worker->step();
            most = std::max(most, static_cast<std::size_t>(process.worker->under_way()));
        }
        CHECK(most == 4);  // as the counterparty's settings of this desk say
        CHECK(process.received.size() == 6);
        CHECK(process.number("SELECT COUNT(*) FROM instruction WHERE outcome = 'confirmed'") == 6);
    });
}

TEST_CASE("the database forbids a second attempt while one is open, unknown or done (PAY-02)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.prepare("pay", {"R1"});
        CHECK_THROWS_AS(process.prepare("pay", {"R1"}), LogicError);
        process.answers = {"R1=rejected;"};
        process.steps(2);
        CHECK(process.outcome("R1") == "rejected");
        // A proved rejection gives the slot free: a new attempt of the same part (XCT-08).
        process.prepare("pay", {"R1"});
        process.answers = {"R1=confirmed;"};
        process.steps(2);
        CHECK(process.outcome("R1") == "confirmed");
        CHECK_THROWS_AS(process.prepare("pay", {"R1"}), LogicError);
    });
}

TEST_CASE("what is proved not to have left waits and goes again with the same bytes, with growing pauses (XCT-10)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string call = process.prepare("pay", {"R1"});
        int tries = 0;
        process.client.network = [&](const auto&) {
            ++tries;
            return Network::Refused;
        };
        process.steps(50);  // the clock stands still: not one busy loop
        CHECK(tries == 1);
        CHECK(process.state(call) == "prepared");
        for (int i = 0; i < 3600; ++i) {
            clock.advance(seconds(1));
            process.worker->step();
        }
        CHECK(tries > 10);
        CHECK(tries < 80);
        CHECK(process.received.empty());
        process.client.network = [](const auto&) { return Network::Fine; };
        process.answers = {"R1=confirmed;"};
        clock.advance(minutes(10));
        process.steps(3);
        CHECK(process.outcome("R1") == "confirmed");
        CHECK(process.received.size() == 1);
    });
}

TEST_CASE(
    "a worker that died while it sent leaves its call to others: payments are queried, orders sent again (XCT-05)") {
    for (const std::string at :
         {"calls.claiming", "calls.claimed", "calls.sent", "calls.answered", "calls.recording", "calls.recorded"}) {
        CAPTURE(at);
        each_engine([&](TestDatabase& base) {
            ManualClock clock(start());
            {
                Process dying(base, clock, 1, "w1");
                dying.prepare("pay", {"R1"});
                dying.prepare("place", {"O1"});
                dying.answers = {"R1=confirmed;", "O1=confirmed;"};
                CrashHook hook(at);
                try {
                    dying.steps(4);
                    FAIL("it did not die");
                } catch (const SimulatedCrash&) {
                }
            }
            Process next(base, clock, 2, "w2");
            // Every answer tells the same truth: the counterparty did what it was asked.
            next.client.add("http://bank", [&](const http::Request& request, Instant) {
                next.received.push_back(std::string(http::to_text(request.method)) + " " + request.path + " " +
                                        request.body);
                return http::Response::text(200, request.body == "O1" ? "O1=confirmed;" : "R1=confirmed;");
            });
            next.steps(4);
            const auto posts = std::count(next.received.begin(), next.received.end(), "POST /do R1");
            // Only a claim that never committed leaves the payment for this worker to send.
            CHECK(posts == (at == "calls.claiming" ? 1 : 0));
            clock.advance(seconds(80));
            next.steps(4);
            CHECK(std::count(next.received.begin(), next.received.end(), "POST /do R1") == posts);
            CHECK(next.outcome("R1") == "confirmed");
            CHECK(next.outcome("O1") == "confirmed");
        });
    }
}

TEST_CASE("an answer that comes after its lease is kept as evidence and only makes the query due (XCT-09)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process slow(base, clock, 1, "slow");
        Process other(base, clock, 2, "other");
        const std::string call = slow.prepare("pay", {"R1"});
        slow.answers = {"R1=confirmed;"};
        slow.worker->step();  // sent; its answer waits in the client
        clock.advance(seconds(80));
        other.client.network = [](const auto&) { return Network::AnswerLost; };
        other.steps(2);  // takes it over: unsure, queried in vain
        CHECK(other.state(call) == "unsure");
        slow.client.network = [](const auto&) { return Network::Hangs; };
        slow.worker->step();
        CHECK(slow.worker->counters().late == 1);
        CHECK(slow.pay.applied.empty());
        CHECK(slow.outcome("R1") == "unknown");
        CHECK(slow.number("SELECT COUNT(*) FROM call_answer WHERE late = 1") == 1);
        // Due now, not in a minute: the same step has asked already.
        CHECK(slow.received.back() == "GET /query/M-R1 ");
        CHECK(slow.worker->counters().queried == 1);
    });
}

TEST_CASE("XCT-09 a worker that slept between its claim and the first byte does not send; the call goes once, later") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string call = process.prepare("pay", {"R1"});
        process.answers = {"R1=confirmed;"};
        install_crash_hook([&](std::string_view at) {
            if (at == "calls.claimed") clock.advance(seconds(6));
        });
        process.worker->step();
        install_crash_hook({});
        CHECK(process.received.empty());
        CHECK(process.worker->counters().too_slow_to_send == 1);
        CHECK(process.outcome("R1") == "open");
        process.worker->step();  // gives it back, proved unsent
        CHECK(process.state(call) == "prepared");
        clock.advance(minutes(2));
        process.steps(2);
        CHECK(process.received.size() == 1);
        CHECK(process.outcome("R1") == "confirmed");
    });
}

TEST_CASE(
    "LED-07 the database itself takes one attempt at a time that is open, unknown or done, and any number that "
    "failed") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.prepare("pay", {"R1"});
        const auto copy = [&](const std::string& id, const char* open_slot) {
            process.database.write([&](db::Tx& tx) {
                tx.execute(
                    {"INSERT INTO instruction (id, call_id, operation, subject_kind, subject_id, part_no, "
                     "open_slot, reference, outcome, currency, amount_minor) SELECT '" +
                     id + "', call_id, operation, subject_kind, subject_id, part_no, " + open_slot + ", '" + id +
                     "', outcome, currency, amount_minor FROM instruction WHERE reference = 'R1'"});
            });
        };
        CHECK_THROWS_AS(copy("second", "1"), db::DatabaseError);
        CHECK_NOTHROW(copy("failed", "NULL"));
        CHECK_NOTHROW(copy("failed_too", "NULL"));
        CHECK_THROWS_AS(copy("second", "1"), db::DatabaseError);
        CHECK(process.number("SELECT COUNT(*) FROM instruction WHERE open_slot = 1") == 1);
    });
}

TEST_CASE("two workers share the calls and none is sent twice (XCT-02)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process one(base, clock, 1, "w1");
        Process two(base, clock, 2, "w2");
        for (int i = 0; i < 12; ++i) one.prepare("pay", {"R" + std::to_string(i)});
        const auto confirm = [](Process& process) {
            return [&process](const http::Request& request, Instant) {
                process.received.push_back(request.body);
                return http::Response::text(200, request.body + "=confirmed;");
            };
        };
        one.client.add("http://bank", confirm(one));
        two.client.add("http://bank", confirm(two));
        for (int i = 0; i < 6; ++i) {
            one.worker->step();
            two.worker->step();
        }
        CHECK(one.received.size() + two.received.size() == 12);
        CHECK(!one.received.empty());
        CHECK(!two.received.empty());
        CHECK(one.number("SELECT COUNT(*) FROM instruction WHERE outcome = 'confirmed'") == 12);
    });
}

TEST_CASE("a final answer that contradicts what stands changes nothing and tells a person (PAY-06)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.prepare("pay", {"R1", "R2"});
        process.answers = {"R1=confirmed;R2=accepted;"};
        process.steps(2);
        clock.advance(seconds(61));
        process.answers = {"R1=rejected;R2=confirmed;"};
        process.steps(2);
        CHECK(process.outcome("R1") == "confirmed");
        CHECK(process.outcome("R2") == "confirmed");
        CHECK(process.number("SELECT COUNT(*) FROM work_item WHERE kind = 'answer_contradicts'") == 1);
    });
}

TEST_CASE(
    "a call that never left may be withdrawn, one that may have left may not; outside facts settle instructions") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string first = process.prepare("pay", {"R1"});
        const std::string second = process.prepare("pay", {"R2"});
        process.client.network = [](const auto& request) {
            return request.body == "R1" ? Network::Refused : Network::AnswerLost;
        };
        process.steps(2);
        const std::vector<std::string> both{first, second};
        std::vector<std::string> withdrawn;
        const auto lock = [&](db::Locks& locks) {
            for (const std::string& id : both) Calls::lock(locks, id);
        };
        REQUIRE(process.write([&](db::Group& group) { withdrawn = Calls::withdraw(group, both); }, lock).ok());
        CHECK(withdrawn == std::vector<std::string>{first});
        CHECK(process.outcome("R1") == "withdrawn");
        CHECK(process.outcome("R2") == "unknown");
        // The statement says that the bank did it: no query any more.
        const OutsideFact fact{process.text("SELECT id FROM instruction WHERE reference = :p1", "R2"),
                               InstructionOutcome::Confirmed, "LINE-1"};
        std::vector<std::string> resting;
        REQUIRE(
            process.write([&](db::Group& group) { resting = Calls::settle(group, std::span(&fact, 1)); }, lock).ok());
        CHECK(resting == std::vector<std::string>{second});
        clock.advance(minutes(30));
        process.steps(3);
        CHECK(process.received.size() == 1);
        CHECK(process.outcome("R2") == "confirmed");
    });
}

TEST_CASE("RSC-07 an answer that cannot be booked is kept, its call is queried to the end, and a person is told") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.pay.unbookable = "R1";
        const std::string bad = process.prepare("pay", {"R1"});
        process.prepare("pay", {"R2"});
        process.client.add("http://bank", [&](const http::Request& request, Instant) {
            process.received.push_back(request.path + request.body);
            return http::Response::text(200, request.body == "R2" ? "R2=confirmed;" : "R1=confirmed;");
        });
        process.steps(4);
        CHECK(process.outcome("R2") == "confirmed");
        CHECK(process.state(bad) == "answered");
        CHECK(process.outcome("R1") == "unknown");
        CHECK(process.number("SELECT COUNT(*) FROM call_answer") == 2);
        CHECK(process.text("SELECT subject_id FROM work_item WHERE kind = :p1", "answer_unrecordable") == bad);
        for (int i = 0; i < 10; ++i) {
            clock.advance(minutes(10));
            process.steps(3);
        }
        CHECK(process.received.size() == 5);  // two orders, three queries
        CHECK(process.outcome("R1") == "escalated");
        CHECK(process.number("SELECT COUNT(*) FROM work_item WHERE kind = 'instruction_escalated'") == 1);
        CHECK(process.number("SELECT COUNT(*) FROM call_answer") == 5);
    });
}

TEST_CASE(
    "RSC-07 XCT-11 one stored request that does not open, or one answer that chokes its reader, harms no other call") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string damaged = process.prepare("pay", {"R1"});
        process.prepare("pay", {"R2"});
        process.prepare("pay", {"R3"});
        process.database.write([&](db::Tx& tx) {
            tx.execute({"UPDATE external_call SET request = :p2 WHERE id = :p1"}, {damaged, std::string("damaged")});
        });
        process.client.add("http://bank", [&](const http::Request& request, Instant) {
            process.received.push_back(request.body);
            return http::Response::text(200, request.body == "R2" ? "chokes the reader" : "R3=confirmed;");
        });
        process.steps(3);
        CHECK(process.received.size() == 2);
        CHECK(process.outcome("R3") == "confirmed");
        CHECK(process.outcome("R2") == "unknown");
        CHECK(process.state(damaged) == "prepared");
        CHECK(process.outcome("R1") == "open");
        CHECK(process.worker->counters().unreadable == 2);
        // It waits with growing pauses, and in the end a person hears of it.
        for (int i = 0; i < 7200; i += 10) {
            clock.advance(seconds(10));
            process.worker->step();
        }
        CHECK(process.text("SELECT subject_id FROM work_item WHERE kind = :p1", "call_undelivered") == damaged);
        CHECK(std::count(process.received.begin(), process.received.end(), "R1") == 0);
    });
}

TEST_CASE("a late answer that says otherwise than what is final is told to a person (PAY-06, XCT-09)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process slow(base, clock, 1, "slow");
        Process other(base, clock, 2, "other");
        slow.prepare("pay", {"R1"});
        slow.answers = {"R1=confirmed;"};
        slow.worker->step();  // sent; its answer waits in the client
        clock.advance(seconds(80));
        other.answers = {"R1=rejected;"};
        other.steps(2);
        CHECK(other.outcome("R1") == "rejected");
        slow.worker->step();
        CHECK(slow.worker->counters().late == 1);
        CHECK(slow.outcome("R1") == "rejected");
        CHECK(slow.pay.applied.empty());
        CHECK(slow.number("SELECT COUNT(*) FROM work_item WHERE kind = 'answer_contradicts'") == 1);
    });
}

TEST_CASE("a call that could not leave by its last instant is withdrawn, and no byte of it leaves behind that") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.answers = {"R1=confirmed;", "R2=confirmed;"};
        const std::string in_time = process.prepare("pay", {"R1"}, clock.now() + seconds(30));
        process.steps(2);
        CHECK(process.outcome("R1") == "confirmed");

        const std::string late = process.prepare("pay", {"R2"}, clock.now() + seconds(30));
        process.client.network = [](const auto&) { return Network::Refused; };
        process.steps(2);
        CHECK(process.state(late) == "prepared");
        process.client.network = [](const auto&) { return Network::Fine; };
        clock.advance(seconds(31));
        process.steps(3);
        CHECK(process.state(late) == "withdrawn");
        CHECK(process.outcome("R2") == "withdrawn");
        clock.advance(minutes(600));
        process.steps(3);
        CHECK(process.received == std::vector<std::string>{"POST /do R1"});
        // It is proved that it never left, so another may be made.
        const std::string again = process.prepare("pay", {"R2"});
        process.steps(2);
        CHECK(process.outcome("R2") == "confirmed");
    });
}

TEST_CASE("a worker that wakes behind a call's last instant, between claim and send, does not send it") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const std::string call = process.prepare("pay", {"R1"}, clock.now() + seconds(1));
        install_crash_hook([&clock](std::string_view here) {
            if (here == "calls.claimed") clock.advance(seconds(2));
        });
        process.steps(1);
        install_crash_hook({});
        process.steps(1);
        clock.advance(minutes(10));
        process.steps(3);
        CHECK(process.received.empty());
        CHECK(process.state(call) == "withdrawn");
    });
}
