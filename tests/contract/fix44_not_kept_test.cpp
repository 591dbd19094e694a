// Fills over FIX that nobody awaited, more than could be kept.

#include <doctest/doctest.h>

#include "adapters/fix44/unawaited.h"
#include "src/flow/unasked_fill.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

namespace {

void comes(fix44::Unawaited& unawaited, int number, Instant now) {
    unawaited.took(fix44::parse_messages("35=8|49=SANDBANK|37=D-" + std::to_string(number) +
                                         "|11=ELSEWHERE|17=E-2|150=F|39=2|15=CNY|14=10.00|")
                       .value()
                       .at(0),
                   now);
}

std::map<std::string, std::string> told(ConvertDesk& d) {
    std::map<std::string, std::string> told;
    d.desk.database.read(
        [&](db::Reader& reader) { told = operators::WorkItems().open_of(reader, flow::kFillsNotKept); });
    return told;
}

}  // namespace

TEST_CASE("FIX fills that nobody awaited and that could not be kept are counted with their times and their sessions") {
    fix44::Unawaited unawaited;
    const Instant now = from_us(1'000'000);
    for (std::size_t i = 0; i < fix44::Unawaited::kMost; ++i) comes(unawaited, 1, now);
    for (int i = 1; i < 4; ++i) comes(unawaited, 1, now + i * 1s);
    fix44::Unawaited::Taken taken = unawaited.take_fills();
    CHECK(taken.fills.size() == fix44::Unawaited::kMost);
    CHECK(taken.not_kept == 3);
    CHECK(taken.first_not_kept == now + 1s);
    CHECK(taken.last_not_kept == now + 3s);
    CHECK(taken.senders == std::set<std::string>{"SANDBANK"});
    comes(unawaited, 2, now);
    CHECK(unawaited.take_fills().not_kept == 0);
}

TEST_CASE("fills that could not be kept are told with their number and time in one work item while a flood goes on") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        flow::UnaskedFills fills(d.desk.database, *d.desk.queue, d.desk.books, {"sb-cny"});
        const Instant start = d.desk.clock.now();
        fills.step({}, start);
        // More than the memory takes between two steps, beside those that the session could not keep.
        const auto flood = [&] {
            flow::CameFills came{{}, {3, start - 5s, start - 4s, {"SANDBANK"}}};
            for (std::size_t i = 0; i < 1002; ++i)
                came.fills.push_back({"ELSEWHERE", "D-1", money("CNY", "10.00"), "TOWER"});
            return came;
        };
        d.desk.clock.advance(1s);
        CHECK(fills.step(flood(), d.desk.clock.now()) >= 1);
        REQUIRE(told(d).size() == 1);
        CHECK(told(d).begin()->first == rfc3339(start - 5s));
        const std::string text = told(d).begin()->second;
        CHECK(text.find("Between " + rfc3339(start - 5s) + " and " + rfc3339(start + 1s)) != std::string::npos);
        CHECK(text.find("reported 5 fills over FIX") != std::string::npos);
        CHECK(text.find("Sessions of: SANDBANK, TOWER.") != std::string::npos);

        d.desk.clock.advance(1s);
        fills.step(flood(), d.desk.clock.now());
        REQUIRE(told(d).size() == 1);
        CHECK(told(d).begin()->second.find("reported 10 fills over FIX") != std::string::npos);
        CHECK(told(d).begin()->second.find(rfc3339(start + 2s)) != std::string::npos);
        d.desk.clock.advance(31s);
        fills.step({}, d.desk.clock.now());
        CHECK(told(d).size() == 1);

        // What comes behind a person's closing is a matter of its own.
        const auto closes = [&](db::Group& group) {
            operators::WorkItems().close(group, flow::kFillsNotKept, rfc3339(start - 5s), "asked the bank");
        };
        REQUIRE(d.desk.run({}, closes).ok());
        flow::CameFills later;
        later.lost = {2, d.desk.clock.now(), d.desk.clock.now(), {}};
        fills.step(std::move(later), d.desk.clock.now());
        REQUIRE(told(d).size() == 1);
        CHECK(told(d).begin()->second.find("reported 2 fills over FIX") != std::string::npos);
        CHECK(told(d).begin()->second.find("Sessions") == std::string::npos);
    });
}
