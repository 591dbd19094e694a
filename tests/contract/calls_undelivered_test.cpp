// What persons are told of calls that cannot be sent, and when that is over.

#include <algorithm>
#include <functional>

#include "src/flow/undelivered.h"
#include "tests/contract/calls_desk.h"

using namespace calls_desk;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a call that is delivered at last takes away what was told of it, and only that") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.client.network = [](const auto&) { return Network::Refused; };
        const std::string first = process.prepare("pay", {"R1"});
        const std::string second = process.prepare("pay", {"R2"});
        const auto live = [&](int seconds_long) {
            for (int i = 0; i < seconds_long; i += 10) {
                clock.advance(seconds(10));
                process.steps(2);
            }
        };
        const auto told = [&] {
            return process.number(
                "SELECT COUNT(*) FROM work_item WHERE kind = 'call_undelivered' AND open_key IS NOT NULL");
        };
        live(7200);
        REQUIRE(told() == 2);
        process.client.network = [&](const http::OutgoingRequest& request) {
            return request.body == "R1" ? Network::Fine : Network::Refused;
        };
        process.answers = {"R1=confirmed;"};
        live(1200);
        REQUIRE(process.outcome("R1") == "confirmed");
        CHECK(told() == 1);
        CHECK(process.text("SELECT subject_id FROM work_item WHERE open_key = :p1", "call_undelivered|" + second) ==
              second);
        CHECK(process.text("SELECT state FROM work_item WHERE subject_id = :p1", first) == "closed");
        CHECK_FALSE(process.text("SELECT closing_note FROM work_item WHERE subject_id = :p1", first).empty());
    });
}

TEST_CASE("a call that is withdrawn unsent, or settled without an answer, takes away what was told of it") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        process.client.network = [](const auto&) { return Network::Refused; };
        const std::string late = process.prepare("pay", {"R1"}, clock.now() + minutes(900));
        const std::string taken_back = process.prepare("pay", {"R2"});
        const std::string settled = process.prepare("pay", {"R3"});
        const std::string stays = process.prepare("pay", {"R4"});
        const auto told = [&](const std::string& call) {
            return process.text("SELECT state FROM work_item WHERE subject_id = :p1", call);
        };
        // How long it takes to be told is drawn with the pauses between the tries, which four calls share.
        const auto live_while = [&](int most_minutes, const std::function<bool()>& waits) {
            for (int i = 0; i < most_minutes * 6 && waits(); ++i) {
                clock.advance(seconds(10));
                process.steps(2);
            }
        };
        const std::vector<std::string> all{late, taken_back, settled, stays};
        live_while(800, [&] {
            return std::any_of(all.begin(), all.end(), [&](const auto& call) { return told(call) != "open"; });
        });
        for (const std::string& call : all) REQUIRE(told(call) == "open");
        live_while(900, [&] { return process.state(late) != "withdrawn"; });
        REQUIRE(process.state(late) == "withdrawn");
        CHECK(told(late) == "closed");
        // A call that is just being tried keeps its lease: what settles it comes between two tries.
        live_while(60, [&] { return process.state(settled) != "prepared" || process.state(taken_back) != "prepared"; });
        const OutsideFact fact{process.text("SELECT id FROM instruction WHERE reference = :p1", "R3"),
                               InstructionOutcome::Confirmed, "LINE-1"};
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            flow::withdraw_calls(group, std::span(&taken_back, 1));
                            flow::settle_calls(group, std::span(&fact, 1));
                        },
                        [&](db::Locks& locks) {
                            Calls::lock(locks, taken_back);
                            Calls::lock(locks, settled);
                        })
                    .ok());
        CHECK(told(taken_back) == "closed");
        CHECK(told(settled) == "closed");
        CHECK(told(stays) == "open");
    });
}

TEST_CASE("a call that is settled by another fact while it is being tried is not sent again where nothing left") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        int tries = 0;
        process.client.network = [&](const auto&) {
            if (++tries == 1) {
                const OutsideFact fact{process.text("SELECT id FROM instruction WHERE reference = :p1", "R1"),
                                       InstructionOutcome::Confirmed, "LINE-1"};
                const std::string call = process.text("SELECT call_id FROM instruction WHERE reference = :p1", "R1");
                REQUIRE(process
                            .write([&](db::Group& group) { flow::settle_calls(group, std::span(&fact, 1)); },
                                   [&](db::Locks& locks) { Calls::lock(locks, call); })
                            .ok());
            }
            return Network::Refused;
        };
        const std::string call = process.prepare("pay", {"R1"});
        for (int i = 0; i < 60; ++i) {
            clock.advance(seconds(10));
            process.steps(2);
        }
        CHECK(tries == 1);
        CHECK(process.state(call) == "answered");
        CHECK(process.outcome("R1") == "confirmed");
    });
}
