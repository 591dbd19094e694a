// What the desk's exposure says while orders go their way, that it is what a walk over everything counts, that it can
// be told of a past instant, and that a wrong figure is noticed.

#include "src/flow/retention.h"
#include "src/ledger/balance_at.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;

namespace {

using fx::Figure;

std::string told(const std::vector<fx::CurrencyExposure>& all) {
    std::string text;
    for (const fx::CurrencyExposure& one : all) {
        text += std::string(one.currency.code()) + ":";
        for (const Figure figure : fx::kFigures)
            text += " " + std::string(to_text(figure)) + " " + one.of(figure).text();
        for (const fx::ValueDateExposure& line : one.value_dates) {
            text += "; " + line.value_date.text() + " locked " + line.locked_cny.text() + "/" + line.locked.text() +
                    " bought " + line.bought_cny.text() + "/" + line.bought.text() + " allocated " +
                    line.allocated.text();
        }
        text += "\n";
    }
    return text;
}

struct ExposureDesk : ConvertDesk {
    using ConvertDesk::ConvertDesk;

    std::vector<fx::CurrencyExposure> now() { return at(std::nullopt).value(); }
    Result<std::vector<fx::CurrencyExposure>> at(const std::optional<Instant>& when) {
        Result<std::vector<fx::CurrencyExposure>> found = std::vector<fx::CurrencyExposure>();
        desk.database.read([&](db::Reader& reader) { found = flow::exposure(reader, when, desk.clock.now()); });
        return found;
    }
    fx::CurrencyExposure of(const char* code) {
        for (fx::CurrencyExposure& one : now())
            if (one.currency.code() == code) return one;
        return fx::CurrencyExposure(currency(code));
    }
    std::vector<std::string> differences() {
        std::vector<std::string> all;
        desk.database.read([&](db::Reader& reader) {
            for (const Error& error : flow::exposure_recount(reader)) all.push_back(error.english());
        });
        return all;
    }
    /// Kept with its instant, to be asked for again later; then time goes on.
    void remember() {
        check_books();
        check_that_it_ties();
        seen.emplace_back(desk.clock.now(), told(now()));
        desk.clock.advance(std::chrono::seconds(1));
    }
    /// Each side of each currency by its equation, and what is open against the orders themselves.
    void check_that_it_ties() {
        std::map<std::string, std::pair<std::int64_t, std::int64_t>> open;  // to buy, to remit
        desk.database.read([&](db::Reader& reader) {
            const db::Found found = reader.select({"SELECT id FROM orders ORDER BY id", "t"});
            for (std::size_t row = 0; row < found.size(); ++row) {
                const orders::Order order = orders::OrderStore::find(reader, found.text(row, 0)).value();
                auto& [to_buy, to_remit] = open[std::string(order.payout_currency.code())];
                to_buy += order.amounts.convertible().minor();
                to_remit += order.amounts.remittable(order.payout).minor();
            }
        });
        for (const fx::CurrencyExposure& one : now()) {
            CAPTURE(one.currency.code());
            const auto of = [&](Figure figure) { return one.of(figure); };
            CHECK(of(Figure::Ordered) == of(Figure::Collected) + one.to_be_paid());
            CHECK(of(Figure::Collected) == of(Figure::Fees) + of(Figure::Refunding) + of(Figure::Refunded) +
                                               one.open_cny() + of(Figure::Converting) + of(Figure::Converted) +
                                               of(Figure::Rest));
            CHECK(of(Figure::Dealt) == of(Figure::Allocated) + one.unallocated());
            CHECK(of(Figure::Allocated) == one.open() + of(Figure::Remitting) + of(Figure::Remitted));
            CHECK(one.to_be_paid().is_zero());  // these orders are all paid
            CHECK(one.unallocated().is_zero());
            CHECK(one.open_cny().minor() == open[std::string(one.currency.code())].first);
            CHECK(one.open().minor() == open[std::string(one.currency.code())].second);
        }
    }
    void save(const std::string& id, const std::function<void(orders::OrderAmounts&)>& change_amounts) {
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             orders::Order order = *orders::OrderStore::find(group.tx, id);
                             change_amounts(order.amounts);
                             const flow::OrderChange change{&order, ""};
                             flow::save_orders(group, std::span(&change, 1));
                         })
                    .ok());
    }

    std::vector<std::pair<Instant, std::string>> seen;
};

}  // namespace

TEST_CASE("exposure follows orders from their CNY through lock and deal to what is remitted and refunded") {
    each_engine([](TestDatabase& on) {
        ExposureDesk d(on);
        CHECK(d.now().empty());
        const std::string first = d.order("m1", "USD", "60.00");
        const std::string second = d.order("m2", "USD", "100.00");
        const std::string third = d.order("m3", "USD", "40.00");
        d.order("m1", "JPY", "30.00");
        CHECK(d.of("USD").of(Figure::Ordered) == money("CNY", "200.00"));
        CHECK(d.of("USD").of(Figure::Collected) == money("CNY", "200.00"));
        CHECK(d.of("USD").open_cny() == money("CNY", "200.00"));
        CHECK(d.of("JPY").open_cny() == money("CNY", "30.00"));
        CHECK(d.of("USD").value_dates.empty());
        d.remember();

        // Locked: the bank has the orders' purchase, and has not dealt it.
        d.fault("fx_pending");
        d.run();
        const fx::CurrencyExposure usd = d.of("USD");
        const fx::CurrencyExposure jpy = d.of("JPY");
        CHECK(usd.locked_cny() + jpy.locked_cny() >= money("CNY", "30.00"));
        d.remember();

        for (int i = 0; i < 3; ++i) d.advance(std::chrono::seconds(70));
        const fx::CurrencyExposure dealt = d.of("USD");
        const fx::Purchase purchase = d.purchase_of(first);
        REQUIRE(purchase.deal.has_value());
        REQUIRE(dealt.value_dates.size() == 1);
        CHECK(dealt.value_dates[0].value_date == purchase.deal->value_date);
        CHECK(dealt.value_dates[0].bought == purchase.deal->foreign);
        CHECK(dealt.value_dates[0].allocated == purchase.deal->foreign);
        CHECK(dealt.locked_cny().is_zero());
        CHECK(dealt.open_cny().is_zero());
        CHECK(dealt.of(Figure::Dealt) == purchase.deal->foreign);
        CHECK(dealt.open() == purchase.deal->foreign);
        d.remember();

        // Both legs on the bank's statements: nothing of that value date is open any more, and the totals stand.
        for (const flow::TakenLine& line : d.offer(d.statement({"sb-cny", "sb-usd", "sb-jpy"}))) CHECK(line.taken);
        CHECK(d.of("USD").value_dates.empty());
        CHECK(d.of("JPY").value_dates.empty());
        CHECK(d.of("USD").of(Figure::Dealt) == purchase.deal->foreign);
        d.remember();

        d.save(first, [](orders::OrderAmounts& a) { a.remitting = a.bought; });
        CHECK(d.of("USD").open() == purchase.deal->foreign - d.get(first).amounts.bought);
        d.remember();
        d.save(first, [](orders::OrderAmounts& a) {
            a.remitted = a.remitting;
            a.remitting = Money::zero(a.remitting.currency());
        });
        CHECK(d.of("USD").of(Figure::Remitted) == d.get(first).amounts.bought);
        const std::string fourth = d.order("m4", "USD", "10.00");
        d.save(fourth, [](orders::OrderAmounts& a) { a.refunding = a.paid; });
        CHECK(d.of("USD").open_cny().is_zero());
        d.save(fourth, [](orders::OrderAmounts& a) {
            a.refunded = a.refunding;
            a.refunding = Money::zero(a.refunding.currency());
        });
        CHECK(d.of("USD").of(Figure::Refunded) == money("CNY", "10.00"));
        d.remember();

        // All of it again, at the instants at which it was so.
        d.desk.queue->pass_time();
        for (const auto& [instant, text] : d.seen) CHECK(told(d.at(instant).value()) == text);
        const std::string first_instant = rfc3339(d.seen.front().first);
        const auto before = d.at(d.seen.front().first - std::chrono::hours(1));
        REQUIRE_FALSE(before.ok());
        CHECK(before.error().code == &flow::exposure_error::kInstantBefore);
        CHECK(before.error().english().find("first counted at " + first_instant) != std::string::npos);
        const auto to_come = d.at(d.desk.clock.now() + std::chrono::hours(1));
        REQUIRE_FALSE(to_come.ok());
        CHECK(to_come.error().code == &flow::exposure_error::kInstantToCome);
        CHECK(to_come.error().english().find("from " + first_instant + " up to ") != std::string::npos);
        d.desk.clock.advance(std::chrono::hours(1));  // over, but its writer may still book there
        const auto not_yet = d.at(d.desk.clock.now());
        REQUIRE_FALSE(not_yet.ok());
        CHECK(not_yet.error().code == &ledger::ledger_error::kInstantOpen);
    });
}

TEST_CASE(
    "totals that others replaced long ago go; every instant that is kept is told as before, earlier ones are not") {
    each_engine([](TestDatabase& on) {
        ExposureDesk d(on);
        constexpr std::chrono::hours kKept{24 * 10};
        for (int day = 0; day < 6; ++day) {
            for (int each = 0; each < 50; ++each) {
                d.order("m1", each % 2 == 0 ? "USD" : "JPY", std::to_string(day * 50 + each + 1) + ".00");
                d.remember();
            }
            d.desk.clock.advance(std::chrono::hours(24));
        }
        const std::string now_before = told(d.now());
        // The middle of it is now as old as is kept.
        d.desk.clock.set(d.seen[150].first + kKept);
        d.desk.queue->pass_time();
        flow::Retention retention(d.desk.database, *d.desk.queue, flow::RetentionSettings{.exposure = kKept});
        int gone = 0;
        for (int step = 0; step < 10; ++step) gone += retention.step(d.desk.clock.now());
        CHECK(gone >= 148);
        CHECK(gone <= 150);
        CHECK(retention.forgotten(flow::Retention::Kind::Exposure) == static_cast<std::uint64_t>(gone));
        for (std::size_t i = 0; i < d.seen.size(); ++i) {
            CAPTURE(i);
            const auto then = d.at(d.seen[i].first);
            if (i >= 150) {
                REQUIRE(then.ok());
                CHECK(told(*then) == d.seen[i].second);
            } else if (!then) {
                CHECK(then.error().code == &flow::exposure_error::kInstantForgotten);
            } else {
                CHECK(told(*then) == d.seen[i].second);  // never a wrong figure
            }
        }
        CHECK_FALSE(d.at(d.seen[0].first).ok());
        CHECK(told(d.now()) == now_before);
        // What comes goes on from what stands.
        d.order("m1", "USD", "5.00");
        d.check_books();
        d.desk.clock.advance(kKept * 2);
        for (int step = 0; step < 10; ++step) retention.step(d.desk.clock.now());
        d.check_books();
    });
}

TEST_CASE("exposure is locked while a lock is asked for, and open again where the bank fills a part or refuses") {
    each_engine([](TestDatabase& on) {
        ExposureDesk d(on);
        d.order("m1", "USD", "60.00");
        d.order("m2", "USD", "140.00");
        d.fault("fx_partial");
        d.convert.step(d.desk.clock.now());  // asks for the board
        d.run_calls();
        d.convert.step(d.desk.clock.now());  // opens the purchase; nobody has answered
        CHECK(d.of("USD").locked_cny() == money("CNY", "200.00"));
        CHECK(d.of("USD").locked().is_positive());
        CHECK(d.of("USD").open_cny().is_zero());
        d.check_books();
        d.run_calls();
        CHECK(d.of("USD").locked_cny().is_zero());
        CHECK(d.of("USD").open_cny() == money("CNY", "100.00"));
        CHECK(d.of("USD").of(Figure::DealtCny) == money("CNY", "100.00"));
        d.check_books();
    });
}

TEST_CASE("what the bank fills beyond the order stands as bought and not as allocated") {
    each_engine([](TestDatabase& on) {
        ExposureDesk d(on);
        const std::string id = d.order("m1", "USD", "1000.00");
        d.fault("fx_over_fill");
        d.run();
        const fx::CurrencyExposure usd = d.of("USD");
        CHECK(usd.of(Figure::DealtCny) == money("CNY", "2000.00"));
        CHECK(usd.of(Figure::Allocated) == d.get(id).amounts.bought);
        CHECK(usd.of(Figure::Dealt) > usd.of(Figure::Allocated));
        d.check_books();
    });
}

TEST_CASE("a figure that is wrong, a purchase that is lost and an order that was changed are told by the recount") {
    each_engine([](TestDatabase& on) {
        ExposureDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        d.run();
        REQUIRE(d.differences().empty());
        const auto breaks = [&](std::string_view sql, const std::string& figure, std::string_view mend) {
            d.desk.database.write([&](db::Tx& tx) { tx.execute(db::Command{sql}); });
            const std::vector<std::string> all = d.differences();
            const bool is_told = std::any_of(all.begin(), all.end(), [&](const std::string& one) {
                return one.find("USD: " + figure) != std::string::npos;
            });
            CHECK_MESSAGE(is_told, figure);
            d.desk.database.write([&](db::Tx& tx) { tx.execute(db::Command{mend}); });
            CHECK(d.differences().empty());
        };
        breaks("UPDATE fx_exposure SET collected_minor = collected_minor + 1", "collected",
               "UPDATE fx_exposure SET collected_minor = collected_minor - 1");
        breaks("UPDATE fx_exposure SET dealt_minor = dealt_minor - 1", "dealt",
               "UPDATE fx_exposure SET dealt_minor = dealt_minor + 1");
        breaks("UPDATE purchase SET over_at = 1", "bought for ", "UPDATE purchase SET over_at = NULL");
        breaks("UPDATE orders SET bought_minor = bought_minor + 1", "allocated",
               "UPDATE orders SET bought_minor = bought_minor - 1");
        breaks("UPDATE orders SET due_minor = due_minor + 100", "ordered",
               "UPDATE orders SET due_minor = due_minor - 100");
    });
}
