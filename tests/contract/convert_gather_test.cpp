// Orders gather between two purchases of one currency; what cannot wait does not.

#include "src/flow/platform_quotes.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;

namespace {

struct GatherDesk : ConvertDesk {
    explicit GatherDesk(TestDatabase& on)
        : ConvertDesk(on), gathering(desk.database, *desk.queue, desk.books, call_rows, value_dates, patient()) {}

    flow::ConvertSettings patient() {
        flow::ConvertSettings settings = ConvertDesk::settings();
        settings.gather = std::chrono::minutes(15);
        return settings;
    }
    void pass(std::chrono::seconds time) {
        for (std::chrono::seconds spent{0}; spent < time; ++spent) {
            desk.clock.advance(std::chrono::seconds(1));
            bank.due(desk.clock.now());
            gathering.step(desk.clock.now());
            run_calls();
        }
    }
    bool is_bought(const std::string& order) { return get(order).amounts.converted.is_positive(); }

    flow::Convert gathering;
};

}  // namespace

TEST_CASE("orders gather between two purchases; one with an agreed price is bought at once, others with it") {
    each_engine([](TestDatabase& on) {
        GatherDesk d(on);
        const std::string first = d.order("m1", "USD", "100.00");
        d.pass(std::chrono::seconds(5));
        CHECK(d.is_bought(first));
        const std::string waits = d.order("m2", "USD", "200.00");
        d.pass(std::chrono::seconds(120));
        CHECK_FALSE(d.is_bought(waits));
        const std::string agreed = d.order("m3", "USD", "300.00");
        d.agree_on_price(agreed, std::chrono::seconds(30), "hold", "7.9000");
        d.pass(std::chrono::seconds(20));
        CHECK(d.is_bought(agreed));
        CHECK(d.is_bought(waits));
        CHECK(d.purchase_of(agreed).id == d.purchase_of(waits).id);
        // The pause begins anew.
        const std::string last = d.order("m1", "USD", "50.00");
        d.pass(std::chrono::minutes(14));
        CHECK_FALSE(d.is_bought(last));
        d.pass(std::chrono::minutes(2));
        CHECK(d.is_bought(last));
        d.check_books();
    });
}
