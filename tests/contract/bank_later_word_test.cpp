// What a bank says later than one would like: it changes its word on a day that it has closed, or gives money back and
// says so in words only.

#include <doctest/doctest.h>

#include "src/reconciliation/closed_day.h"
#include "tests/contract/bank_desk.h"

using namespace bank_desk;

namespace {

const Currency kUsd = Currency::known("USD");

void deposit(BankDesk& d, const std::string& id, const std::string& amount, const std::string& reference,
             const std::string& narrative) {
    const http::Response answer =
        d.post("/internal/deposits",
               R"({"deposit_id":")" + id + R"(","account":"sb-usd","amount":{"currency":"USD","amount":")" + amount +
                   R"("},"reference":")" + reference + R"(","narrative":")" + narrative + R"("})");
    REQUIRE(answer.status == 200);
}

int asked_for(BankDesk& d, const std::string& day) {
    int asked = 0;
    d.desk.database.read([&](db::Reader& reader) {
        asked = static_cast<int>(
            reader.select({"SELECT COUNT(*) FROM instruction WHERE subject_id LIKE :p1", "i"}, {"sb-usd|" + day + "|%"})
                .integer(0, 0));
    });
    return asked;
}

void live_until_midnight(BankDesk& d) {
    const Date today = Date::in_shanghai(d.desk.clock.now());
    d.desk.clock.set(today.plus_days(1).at_shanghai(0, 0));
}

/// From now on the bank tells sb-usd's balances of that day too high, so many times.
void misstate(BankDesk& d, const std::string& day, int count, const std::string& with) {
    const http::Response taken =
        d.post("/admin/faults", R"({"fault":"statement_balance_wrong","count":)" + std::to_string(count) +
                                    R"(,"match":{"account":"sb-usd","day":")" + day + R"("},"with":)" + with + "}");
    REQUIRE_MESSAGE(taken.status / 100 == 2, taken.body);
}

void forget_faults(BankDesk& d) {
    http::Request forget;
    forget.method = http::Method::Delete;
    REQUIRE(http::set_target(forget, "/admin/faults").ok());
    REQUIRE(d.bank.answer(forget, d.desk.clock.now()).status / 100 == 2);
}

std::vector<std::string> open_breaks(BankDesk& d) {
    std::vector<std::string> found;
    for (const auto& open : d.reconciled().open) found.push_back(open.id + " " + open.difference.text());
    return found;
}

std::string told(BankDesk& d, std::string_view kind) {
    std::string text;
    d.desk.database.read([&](db::Reader& reader) {
        for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) {
            if (item.kind == kind) text += item.subject_id + ": " + item.text_en;
        }
    });
    return text;
}

}  // namespace

TEST_CASE("REC-05: the day behind one whose closing balance the bank corrected opens on the corrected balance") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1", "1.00", "P1", "in");
        d.advance(std::chrono::minutes(2));
        live_until_midnight(d);
        misstate(d, "20261120", 1, R"({"closing_minor":"100"})");
        d.run();
        const auto wrong = open_breaks(d);
        REQUIRE(std::find(wrong.begin(), wrong.end(), "closing_differs|sb-usd|20261120 1.00") != wrong.end());
        d.advance(std::chrono::minutes(2));
        CHECK(open_breaks(d).empty());
        d.advance(std::chrono::hours(24));
        CHECK(open_breaks(d).empty());
        d.desk.database.read([&](db::Reader& reader) {
            const db::Found first =
                reader.select({"SELECT closing_minor FROM statement WHERE id = 'sb-usd|20261120'", "i"});
            CHECK(first.integer(0, 0) == 200);  // what it said first stands
            const auto word = reconciliation::closed_word(reader, "sb-usd", Date::of_number(20261120));
            REQUIRE(word.has_value());
            CHECK(word->closing.text() == "1.00");
            CHECK(word->corrections == 1);
        });
        CHECK(told(d, "statement_corrected") ==
              "sb-usd|20261120: The bank changed its word on the closed day 2026-11-20 of sb-usd: opening USD 0.00 and "
              "closing USD 2.00 became opening USD 0.00 and closing USD 1.00. Both are kept, and the newer one counts: "
              "see whether anything was reported by the first.");
        d.check_books();
    });
}

TEST_CASE("REC-05: a corrected day closes its own break and that of the day behind it, however late the word comes") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1", "1.00", "P1", "in");
        d.advance(std::chrono::minutes(2));
        // Opening and closing are wrong by the same, so that the day's own lines come to its closing balance.
        misstate(d, "20261121", -1, R"({"opening_minor":"100","closing_minor":"100"})");
        for (int hour = 0; hour < 72; ++hour) d.advance(std::chrono::hours(1));
        CHECK(open_breaks(d) == std::vector<std::string>{"opening_differs|sb-usd|20261121 1.00",
                                                         "opening_differs|sb-usd|20261122 -1.00"});
        CHECK(d.has_work("statement_day_disagrees"));
        CHECK(d.has_work("break_overdue"));
        CHECK_FALSE(d.has_work("statement_corrected"));
        forget_faults(d);
        for (int hour = 0; hour < 26; ++hour) d.advance(std::chrono::hours(1));
        CHECK(open_breaks(d).empty());
        CHECK_FALSE(d.has_work("statement_day_disagrees"));
        CHECK_FALSE(d.has_work("break_overdue"));
        CHECK(told(d, "statement_corrected").find("sb-usd|20261121: ") == 0);
        d.check_books();
        const int asked = asked_for(d, "20261121");
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        CHECK(asked_for(d, "20261121") == asked);  // what agrees is not read again
    });
}

TEST_CASE("REC-05: a correction that is wrong itself moves the break, and is kept as well") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        deposit(d, "P1", "1.00", "P1", "in");
        d.advance(std::chrono::minutes(2));
        live_until_midnight(d);
        misstate(d, "20261120", 1, R"({"closing_minor":"100"})");
        d.run();
        misstate(d, "20261120", 1, R"({"closing_minor":"300"})");
        d.advance(std::chrono::minutes(2));
        CHECK(open_breaks(d) == std::vector<std::string>{"closing_differs|sb-usd|20261120 3.00"});
        CHECK(told(d, "statement_corrected").find("closing USD 4.00. Both") != std::string::npos);
        d.advance(std::chrono::minutes(6));
        CHECK(open_breaks(d).empty());
        CHECK(told(d, "statement_corrected").find("closing USD 1.00. Both") != std::string::npos);
        d.desk.database.read([&](db::Reader& reader) {
            CHECK(reconciliation::closed_word(reader, "sb-usd", Date::of_number(20261120))->corrections == 2);
        });
    });
}

TEST_CASE("PAY-07: a return that the bank marks in its text alone is booked as one, and is no break") {
    each_engine([](TestDatabase& on) {
        BankDesk d(on);
        d.fund("m1", "USD", "100.00");
        d.order("m1", "USD", "40.00");
        d.run();
        d.advance(std::chrono::minutes(2));
        const std::string reference = d.remittances().at(0).reference;
        deposit(d, "back", "40.00", reference, "your transfer /RRTN account closed");
        d.advance(std::chrono::minutes(2));
        CHECK(d.booked(ledger::suspense(kUsd)) == "0.00");
        CHECK(d.remittances().at(0).returned.text() == "40.00");
        CHECK(told(d, "remittance_returned").find("came back: 40.00, reason unspecified.") != std::string::npos);
        for (int day = 0; day < 3; ++day) d.advance(std::chrono::hours(24));
        CHECK(open_breaks(d).empty());
        d.check_books();
    });
}
