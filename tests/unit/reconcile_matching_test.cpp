#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "src/base/random.h"
#include "src/reconciliation/matching.h"

using namespace huiqiao;
using namespace huiqiao::reconciliation;

namespace {

Money usd(std::int64_t minor) {
    return Money::of_minor(Currency::known("USD"), minor);
}

StatementLine line_of(int number, const std::string& reference, Money amount, bool is_credit = false) {
    return StatementLine{.account = "sb-usd",
                         .bank_reference = "B" + std::to_string(100000 + number),
                         .sequence = number,
                         .booked_on = Date::of_number(20261120),
                         .value_date = Date::of_number(20261120),
                         .amount = amount,
                         .is_credit = is_credit,
                         .is_reversal = false,
                         .code = "PMNT/ICDT/XBCT",
                         .end_to_end = reference,
                         .narrative = "",
                         .return_reason = "",
                         .instructed = std::nullopt};
}

Statement closed_day(std::int64_t opening, std::int64_t closing, std::int64_t number) {
    return Statement{.account = "sb-usd",
                     .day = Date::of_number(20261120),
                     .number = number,
                     .opening = usd(opening),
                     .balance = usd(closing),
                     .is_closed = true,
                     .is_last_page = true,
                     .lines = {}};
}

void shuffle(auto& items, Random& random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace

TEST_CASE("a return that the bank marks by its code or its text alone is no difference to what was paid out") {
    const std::vector<Expected> expected{{"rem_1", "R1", usd(100), false}};
    for (const char* mark : {"code", "text", "reason", "reversal"}) {
        CAPTURE(mark);
        StatementLine back = line_of(2, "R1", usd(100), true);
        if (std::string_view(mark) == "code") back.code = "PMNT/ICDT/RRTN";
        if (std::string_view(mark) == "text") back.narrative = "/RRTN";
        if (std::string_view(mark) == "reason") back.return_reason = "AC04";
        back.is_reversal = std::string_view(mark) == "reversal";
        const std::vector<StatementLine> lines{line_of(1, "R1", usd(100)), back};
        const std::vector<Match> matches = match(expected, lines);
        REQUIRE(matches.size() == 1);
        CHECK(matches.front().kind == MatchKind::Matched);
    }
}

TEST_CASE("T14: planted differences are each reported once with the right class, clean pairs never, in any order") {
    SeededRandom random(20261120);
    for (int round = 0; round < 50; ++round) {
        std::vector<Expected> expected;
        std::vector<StatementLine> lines;
        std::map<std::string, MatchKind> planted;  // by expected id or line key
        int number = 0;
        for (int i = 0; i < 200; ++i) {
            const std::string id = "rem_" + std::to_string(i);
            const std::string reference = "R" + std::to_string(i);
            const Money amount = usd(static_cast<std::int64_t>(random.below(1'000'000)) + 10);
            switch (random.below(12)) {
                case 0:  // ours alone
                    expected.push_back({id, reference, amount, false});
                    planted[id] = MatchKind::MissingAtBank;
                    break;
                case 1:  // theirs alone
                    lines.push_back(line_of(++number, reference, amount));
                    planted[lines.back().key()] = MatchKind::MissingHere;
                    break;
                case 2:  // off by one minor unit
                    expected.push_back({id, reference, amount, false});
                    lines.push_back(line_of(++number, reference, amount + usd(1)));
                    planted[id] = MatchKind::AmountDiffers;
                    break;
                case 3:  // paid twice
                    expected.push_back({id, reference, amount, false});
                    lines.push_back(line_of(++number, reference, amount));
                    lines.push_back(line_of(++number, reference, amount));
                    planted[lines.back().key()] = MatchKind::Duplicate;
                    break;
                case 4:  // the wrong way
                    expected.push_back({id, reference, amount, false});
                    lines.push_back(line_of(++number, reference, amount, true));
                    planted[id] = MatchKind::DirectionDiffers;
                    break;
                default:
                    expected.push_back({id, reference, amount, false});
                    lines.push_back(line_of(++number, reference, amount));
            }
        }
        const std::vector<Match> first = match(expected, lines);
        std::map<std::string, MatchKind> found;
        for (const Match& one : first) {
            if (one.kind == MatchKind::Matched) continue;
            const bool by_line = one.kind == MatchKind::MissingHere || one.kind == MatchKind::Duplicate;
            CHECK(found.emplace(by_line ? one.line_key : one.expected_id, one.kind).second);
        }
        CHECK(found == planted);

        shuffle(expected, random);
        shuffle(lines, random);
        const std::vector<Match> again = match(expected, lines);
        REQUIRE(again.size() == first.size());
        for (std::size_t i = 0; i < first.size(); ++i) {
            CHECK(again[i].kind == first[i].kind);
            CHECK(again[i].line_key == first[i].line_key);
            CHECK(again[i].expected_id == first[i].expected_id);
        }
    }
}

TEST_CASE("REC-04: equal amounts without the reference are no match") {
    const std::vector<Expected> expected{{"rem_1", "R1", usd(500), false}};
    const std::vector<StatementLine> lines{line_of(1, "", usd(500))};
    const auto matches = match(expected, lines);
    REQUIRE(matches.size() == 2);
    CHECK(matches[0].kind == MatchKind::MissingHere);
    CHECK(matches[1].kind == MatchKind::MissingAtBank);
}

TEST_CASE("a return is a fact of its own and matches no payment") {
    StatementLine back = line_of(2, "R1", usd(500), true);
    back.return_reason = "AC04";
    const std::vector<Expected> expected{{"rem_1", "R1", usd(500), false}};
    const std::vector<StatementLine> lines{line_of(1, "R1", usd(500)), back};
    const auto matches = match(expected, lines);
    REQUIRE(matches.size() == 1);
    CHECK(matches[0].kind == MatchKind::Matched);
}

TEST_CASE("REC-05: a closed day adds up, follows the day before and has no gap") {
    DaySum lines(Currency::known("USD"));
    lines.add(1, usd(1000), true);
    lines.add(2, usd(300), false);
    const std::optional<ClosedDay> before = ClosedDay{Date::of_number(20261119), 7, usd(50)};
    CHECK(check_day(closed_day(50, 750, 8), lines, before).empty());
    CHECK(check_day(closed_day(50, 750, 8), lines, std::nullopt).empty());

    SUBCASE("the closing balance is off by a cent") {
        const auto findings = check_day(closed_day(50, 751, 8), lines, before);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].fault == StatementFault::ClosingDiffers);
        CHECK(findings[0].difference == usd(1));
    }
    SUBCASE("the opening balance is not the closing of the day before") {
        const auto findings = check_day(closed_day(60, 760, 8), lines, before);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].fault == StatementFault::OpeningDiffers);
    }
    SUBCASE("a statement is missing") {
        const auto findings = check_day(closed_day(50, 750, 9), lines, before);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].fault == StatementFault::NumberGap);
    }
    SUBCASE("a line is missing") {
        DaySum gap(Currency::known("USD"));
        gap.add(1, usd(1000), true);
        gap.add(3, usd(300), false);
        CHECK(gap.first_gap() == 2);
        const auto findings = check_day(closed_day(50, 750, 8), gap, before);
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].fault == StatementFault::LineGap);
    }
}
