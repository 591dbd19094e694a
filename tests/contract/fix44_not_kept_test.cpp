// Fills over FIX that nobody awaited, more than could be kept.

#include <doctest/doctest.h>

#include "adapters/fix44/unawaited.h"
#include "src/flow/unasked_fill.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;
using namespace std::chrono_literals;

TEST_CASE("FIX fills that nobody awaited and that could not be kept are told with their number, once") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        fix44::Unawaited unawaited;
        const auto comes = [&](int number) {
            unawaited.took(fix44::parse_messages("35=8|37=D-" + std::to_string(number) +
                                                 "|11=ELSEWHERE|17=E-2|150=F|39=2|15=CNY|14=10.00|")
                               .value()
                               .at(0));
        };
        for (std::size_t i = 0; i < fix44::Unawaited::kMost + 3; ++i) comes(1);
        fix44::Unawaited::Taken taken = unawaited.take_fills();
        CHECK(taken.fills.size() == fix44::Unawaited::kMost);
        CHECK(taken.not_kept == 3);
        comes(2);
        CHECK(unawaited.take_fills().not_kept == 0);

        // More than the memory takes between two steps, beside those that the session could not keep.
        flow::UnaskedFills fills(d.desk.database, *d.desk.queue, d.desk.books, {"sb-cny"});
        flow::CameFills came{{}, taken.not_kept};
        for (std::size_t i = 0; i < 1002; ++i) came.fills.push_back({"ELSEWHERE", "D-1", money("CNY", "10.00")});
        const Instant since = d.desk.clock.now();
        CHECK(fills.step(std::move(came), since) >= 1);
        std::map<std::string, std::string> told;
        const auto read = [&] {
            d.desk.database.read(
                [&](db::Reader& reader) { told = operators::WorkItems().open_of(reader, flow::kFillsNotKept); });
        };
        read();
        REQUIRE(told.size() == 1);
        CHECK(told.begin()->first == rfc3339(since));
        CHECK(told.begin()->second.find("reported 5 fills over FIX") != std::string::npos);
        d.desk.clock.advance(31s);
        fills.step({}, d.desk.clock.now());
        read();
        CHECK(told.size() == 1);
    });
}
