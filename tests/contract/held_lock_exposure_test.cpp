// What the desk's locks stand for in its exposure: locked from the bank's promise on for what no purchase has drawn, by
// value date, until it is drawn, used up, rolled or over; at any past instant too, and equal to a walk over everything.

#include "fx/exposure.h"
#include "src/flow/convert_parts.h"
#include "src/flow/exposure.h"
#include "tests/contract/lock_end_desk.h"

using namespace convert_desk;

namespace {

struct ExposedDesk : EndDesk {
    using EndDesk::EndDesk;

    Result<std::vector<fx::CurrencyExposure>> at(const std::optional<Instant>& when) {
        Result<std::vector<fx::CurrencyExposure>> found = std::vector<fx::CurrencyExposure>();
        desk.database.read([&](db::Reader& reader) { found = flow::exposure(reader, when, desk.clock.now()); });
        return found;
    }
    fx::CurrencyExposure usd() {
        const std::vector<fx::CurrencyExposure> all = at(std::nullopt).value();
        for (const fx::CurrencyExposure& one : all)
            if (one.currency.code() == "USD") return one;
        return fx::CurrencyExposure(currency("USD"));
    }
    static std::string told(const std::vector<fx::CurrencyExposure>& all) {
        std::string text;
        for (const fx::CurrencyExposure& one : all) {
            text += std::string(one.currency.code()) + " to buy " + one.open_cny().text();
            for (const fx::ValueDateExposure& line : one.value_dates) {
                text += "; " + line.value_date.text() + " locked " + line.locked_cny.text() + "/" + line.locked.text() +
                        " bought " + line.bought_cny.text() + "/" + line.bought.text() + " allocated " +
                        line.allocated.text();
            }
            text += "\n";
        }
        return text;
    }
    std::vector<std::string> differences() {
        std::vector<std::string> all;
        desk.database.read([&](db::Reader& reader) {
            for (const Error& error : flow::exposure_recount(reader)) all.push_back(error.english());
        });
        return all;
    }
    /// Equal to the recount, and kept to be asked for again at its instant; then time goes on.
    void remember() {
        CHECK(differences() == std::vector<std::string>());
        seen.emplace_back(desk.clock.now(), told(at(std::nullopt).value()));
        desk.clock.advance(std::chrono::microseconds(1));
    }
    void check_past() {
        desk.queue->pass_time();
        for (const auto& [instant, text] : seen) {
            CAPTURE(rfc3339(instant));
            CHECK(told(at(instant).value()) == text);
        }
        check_books();
    }
    [[nodiscard]] Money buys(const std::string& lock, const Money& amount) {
        return huiqiao::convert(amount, row(lock).lock.rate, Rounding::Down).value();
    }

    std::vector<std::pair<Instant, std::string>> seen;
};

}  // namespace

TEST_CASE(
    "FX-07 what the desk locked and nobody drew is locked from the promise on, is the purchase's, then nobody's") {
    each_engine([](TestDatabase& on) {
        ExposedDesk d(on);
        d.show_rates();
        const std::string first = d.order("m1", "USD", "1000.00");
        const std::string lock = d.taken(cny("1000.00"));
        d.keep_back(first);
        CHECK(d.usd().locked().is_zero());  // nothing is promised yet
        d.remember();
        d.run_calls();
        REQUIRE(d.row(lock).lock.state == fx::LockState::Locked);
        const Date date = d.row(lock).lock.value_date;
        REQUIRE(d.usd().value_dates.size() == 1);
        CHECK(d.usd().value_dates[0].value_date == date);
        CHECK(d.usd().value_dates[0].locked_cny == cny("1000.00"));
        CHECK(d.usd().value_dates[0].locked == d.buys(lock, cny("1000.00")));
        CHECK(d.usd().open_cny() == cny("1000.00"));  // a lock buys nothing
        d.remember();

        // Drawn and not dealt: what was the lock's is the purchase's.
        const std::string second = d.order("m2", "USD", "400.00");
        REQUIRE(d.convert.step(d.desk.clock.now()) >= 1);
        REQUIRE(d.purchase_of(second).lock_id == lock);
        CHECK(d.usd().locked_cny() == cny("1000.00"));
        CHECK(d.usd().locked() == d.buys(lock, cny("600.00")) + d.purchase_of(second).foreign);
        d.remember();
        d.run_calls();
        REQUIRE(d.purchase_of(second).deal.has_value());
        CHECK(d.usd().locked() == d.buys(lock, cny("600.00")));
        CHECK(d.usd().value_dates[0].bought == d.purchase_of(second).deal->foreign);
        d.remember();

        // Used up by the first order's purchase.
        d.let_go(first);
        d.settle();
        REQUIRE(d.row(lock).lock.state == fx::LockState::Used);
        CHECK(d.usd().locked().is_zero());
        CHECK(d.usd().locked_cny().is_zero());
        d.remember();
        d.check_past();
    });
}

TEST_CASE("FX-07 a lock over the foreign currency is locked for what is left of it, and no more at its end in time") {
    each_engine([](TestDatabase& on) {
        ExposedDesk d(on);
        d.show_rates();
        const std::string order = d.order("m1", "USD", "1000.00");
        const std::string lock = d.taken(money("USD", "100.00"));
        d.keep_back(order);
        d.run_calls();
        CHECK(d.usd().locked() == money("USD", "100.00"));
        CHECK(d.usd().locked_cny() == d.covered(lock));
        d.remember();
        const std::string drawn = d.order("m2", "USD", "70.00");
        d.settle();
        const Money bought = d.purchase_of(drawn).deal->foreign;
        CHECK(d.usd().locked() == money("USD", "100.00") - bought);
        d.remember();
        for (int i = 0; i < 20; ++i) d.pass(10s);
        REQUIRE(d.row(lock).lock.state == fx::LockState::Expired);
        CHECK(d.usd().locked().is_zero());
        CHECK(d.usd().locked_cny().is_zero());
        d.remember();
        d.check_past();
    });
}

TEST_CASE("FX-07 what a draw gives back is the lock's again, and a lock that was ended at its bank is nobody's") {
    each_engine([](TestDatabase& on) {
        ExposedDesk d(on);
        d.earn("20.00");
        d.show_rates();
        const std::string order = d.order("m1", "USD", "1000.00");
        const std::string lock = d.taken(cny("1000.00"));
        d.keep_back(order);
        d.run_calls();
        d.fault("fx_partial");
        const std::string drawn = d.order("m2", "USD", "400.00");
        REQUIRE(d.convert.step(d.desk.clock.now()) >= 1);
        d.keep_back(drawn);
        d.remember();
        d.run_calls();
        CHECK(d.get(drawn).amounts.converted == cny("200.00"));
        CHECK(d.usd().locked_cny() == cny("800.00"));
        d.remember();
        const LockEnd offered = d.priced(lock, EndWay::CloseOut);
        REQUIRE(d.decide(offered.id, offered.cost) == "decided");
        CHECK(d.usd().locked_cny() == cny("800.00"));  // the bank has not said yet that it is over
        d.remember();
        d.settle();
        REQUIRE(d.row(lock).lock.state == fx::LockState::Ended);
        CHECK(d.usd().locked_cny().is_zero());
        d.remember();
        d.check_past();
    });
}

TEST_CASE("FX-07 a lock that is rolled is locked for its new date and at its new rate, and for the old one before") {
    each_engine([](TestDatabase& on) {
        ExposedDesk d(on);
        d.earn("20.00");
        const std::string lock = d.held_for("1000.00");
        const Date before = d.row(lock).lock.value_date;
        d.remember();
        d.roll_until = d.desk.clock.now() + 20h;
        // The bank rolls it over its cut-off of today: for the date that it deals for behind that.
        const flow::ConvertParts parts{
            d.desk.database, *d.desk.queue, d.desk.books, d.call_rows, d.value_dates, d.with_ends(), {}};
        const std::optional<Date> later = parts.value_date("sandbox-bank", currency("USD"), *d.roll_until - 1h);
        REQUIRE(later.has_value());
        d.bank_books.write(
            [&](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET value_date = :p1"}, {later->number()}); });
        const LockEnd offered = d.priced(lock, EndWay::Roll);
        REQUIRE(offered.to->value_date != before);
        REQUIRE(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        REQUIRE(d.row(lock).lock.value_date == offered.to->value_date);
        REQUIRE(d.usd().value_dates.size() == 1);
        CHECK(d.usd().value_dates[0].value_date == offered.to->value_date);
        CHECK(d.usd().value_dates[0].locked == d.buys(lock, cny("1000.00")));
        d.remember();
        d.check_past();
    });
}

TEST_CASE("a lock's rest that was kept wrongly, or lost, is told by the recount") {
    each_engine([](TestDatabase& on) {
        ExposedDesk d(on);
        const std::string lock = d.held_for("1000.00");
        REQUIRE(d.differences().empty());
        for (const char* damage : {"UPDATE fx_held_lock_left SET left_minor = left_minor - 100",
                                   "UPDATE fx_held_lock_left SET value_date = value_date + 1"}) {
            CAPTURE(damage);
            d.desk.database.write([&](db::Tx& tx) { tx.execute(db::Command{damage}); });
            CHECK(d.differences().size() >= 1);
        }
        d.desk.database.write([](db::Tx& tx) { tx.execute(db::Command{"DELETE FROM fx_held_lock_left"}); });
        CHECK(d.differences().size() >= 2);  // locked, and what it costs
    });
}
