// The simulator itself: a seed is a run, fair weather leaves nothing undone, and the names of faults and rare paths
// hold.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/sim/bank_requests.h"
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

TEST_CASE("dealers of seeds take locks, and purchases draw on them") {
    std::int64_t taken = 0;
    std::int64_t drawn = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        const SimResult result = run({.seed = seed, .orders = 20, .only = std::set<FaultKind>{}});
        CHECK(result.violation.value_or("") == "");
        taken += result.locks_taken;
        drawn += result.locks_drawn;
    }
    CHECK(taken > 0);
    CHECK(drawn > 0);
}

TEST_CASE("seeds know one to three banks, which deal by REST, by direct link, by FIX and on the telephone") {
    std::set<std::size_t> how_many;
    std::set<std::string> ways;
    std::int64_t phone_deals = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        const SimResult result = run({.seed = seed, .orders = 6, .only = std::set<FaultKind>{}});
        CHECK(result.violation.value_or("") == "");
        how_many.insert(result.banks.size());
        ways.insert(result.banks.begin(), result.banks.end());
        phone_deals += result.phone_deals;
    }
    CHECK(how_many == std::set<std::size_t>{1, 2, 3});
    CHECK(ways == std::set<std::string>{"direct-link", "fix44", "sandbox-bank"});
    CHECK(phone_deals > 0);
}

TEST_CASE("XCT-02 what binds a bank is known in the language of each") {
    const auto request = [](const char* base, const char* target, std::string body) {
        http::OutgoingRequest out;
        out.method = http::Method::Post;
        out.base_url = base;
        out.target = target;
        out.body = std::move(body);
        return out;
    };
    const auto rest = [&](const char* target) { return request("http://b", target, R"({"reference":"FP1"})"); };
    CHECK(binding_operation(rest("/v1/payments")) == "remittance.pay");
    CHECK(binding_operation(rest("/v1/fx/locks")) == "fx.lock");
    CHECK(binding_operation(rest("/v1/fx/purchases")) == "fx.purchase");
    CHECK(binding_operation(rest("/v1/fx/rates")).empty());
    const auto direct = [&](const std::string& function, const std::string& more = "") {
        return request("http://b", "/direct-link", "<FUNNAM>" + function + "</FUNNAM><YURREF>EXB1</YURREF>" + more);
    };
    CHECK(binding_operation(direct("NTEXRQAB")).empty());
    CHECK(binding_operation(direct("NTLSTJSH")).empty());
    CHECK(binding_operation(direct("NTOPREXB")) == "fx.lock");
    CHECK(is_made_under(direct("NTOPREXB"), "EXB1-0"));
    CHECK(is_made_under(direct("NTPAYVEN", "<LODSEQ>2</LODSEQ>"), "EXB1-2"));
    CHECK_FALSE(is_made_under(direct("NTPAYVEN", "<LODSEQ>2</LODSEQ>"), "EXB1-1"));
    CHECK(binding_operation(direct("NTSBMEXC")) == "fx.purchase");
    CHECK(is_deal_without_lock(direct("NTSBMEXC")));
    CHECK(binding_operation(request("fix://b:1", "/fix",
                                    "35=R\x01"
                                    "131=FR1\x01"
                                    "537=0\x01"))
              .empty());
    CHECK(binding_operation(request("fix://b:1", "/fix",
                                    "35=R\x01"
                                    "131=FL1\x01"
                                    "537=1\x01")) == "fx.lock");
    CHECK(binding_operation(request("fix://b:1", "/fix",
                                    "35=D\x01"
                                    "11=FP1\x01")) == "fx.purchase");
    CHECK(binding_operation(request("fix://b:1", "/fix",
                                    "35=H\x01"
                                    "11=FP1\x01"))
              .empty());
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
