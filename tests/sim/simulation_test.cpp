// The simulator itself: a seed is a run, fair weather leaves nothing undone, and the names of faults and rare paths
// hold.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/sim/markers.h"
#include "tests/sim/simulation.h"

using namespace huiqiao;
using namespace huiqiao::testing::sim;

namespace {

std::set<std::string> markers_in_the_sources() {
    std::set<std::string> found;
    for (const char* room : {"src/flow", "src/calls", "src/db"}) {
        for (const auto& file : std::filesystem::directory_iterator(room)) {
            std::ostringstream text;
            text << std::ifstream(file.path()).rdbuf();
            const std::string source = text.str();
            constexpr std::string_view kCall = "sometimes(\"";
            for (std::size_t at = source.find(kCall); at != std::string::npos; at = source.find(kCall, at + 1)) {
                const std::size_t from = at + kCall.size();
                found.insert(source.substr(from, source.find('"', from) - from));
            }
        }
    }
    return found;
}

}  // namespace

TEST_CASE("a seed of the simulator is a run: the same trace twice, and another for another seed") {
    const SimResult first = run({.seed = 2, .orders = 6});
    const SimResult again = run({.seed = 2, .orders = 6});
    const SimResult other = run({.seed = 4, .orders = 6});
    CHECK(first.trace_hash == again.trace_hash);
    CHECK(first.last_events == again.last_events);
    CHECK(first.trace_hash != other.trace_hash);
}

TEST_CASE("in fair weather every order of a seed ends, and no fault takes place") {
    const SimResult result = run({.seed = 10, .orders = 10, .only = std::set<FaultKind>{}});
    CHECK(result.violation.value_or("") == "");
    CHECK(result.happened.empty());
    CHECK(result.crashes == 0);
    CHECK(result.virtual_seconds >= 2 * 86'400);
}

TEST_CASE("a seed with one kind of fault has that kind alone") {
    const SimResult result = run({.seed = 11, .orders = 10, .only = std::set{FaultKind::NoticeAnswerLost}});
    CHECK(result.drawn == std::set{FaultKind::NoticeAnswerLost});
    for (const auto& [kind, times] : result.happened) CHECK(to_text(kind) == "notice_answer_lost");
}

TEST_CASE(
    "a house whose database is busy, full, read-only, dies in mid-group and leaves COMMITs unknown keeps its books") {
    const std::set<FaultKind> kinds{FaultKind::CrashInGroup, FaultKind::CommitUnknown, FaultKind::StoreBusy,
                                    FaultKind::StoreFull, FaultKind::StoreReadOnly};
    std::map<FaultKind, int> happened;
    std::set<std::string> markers;
    for (const std::uint64_t seed : {1, 2, 3}) {
        CAPTURE(seed);
        const SimResult result = run({.seed = seed, .orders = 10, .only = kinds});
        CHECK(result.violation.value_or("") == "");
        for (const auto& [kind, times] : result.happened) happened[kind] += times;
        for (const auto& [marker, times] : result.markers) markers.insert(marker);
    }
    for (const FaultKind kind : kinds) {
        CAPTURE(to_text(kind));
        CHECK(happened[kind] > 0);
    }
    CHECK(markers.contains("a COMMIT without an answer had taken effect"));
    CHECK(markers.contains("a COMMIT without an answer had taken no effect"));
    CHECK(markers.contains("a group that the database does not take"));
}

TEST_CASE("every kind of fault has a name of its own, which can be given back") {
    std::set<std::string_view> names;
    for (const FaultKind kind : all_fault_kinds()) {
        CHECK(fault_kind_from_text(to_text(kind)) == kind);
        CHECK(names.insert(to_text(kind)).second);
    }
    CHECK(names.size() == static_cast<std::size_t>(FaultKind::FixGarbage) + 1);
}

TEST_CASE("the list of rare paths is that of the sources") {
    CHECK(markers_in_the_sources() == std::set<std::string>(std::begin(kMarkers), std::end(kMarkers)));
}
