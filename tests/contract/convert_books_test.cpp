// What buying does to the books: nothing before a deal, and nothing left on the positions after it.

#include "tests/contract/convert_desk.h"

using namespace convert_desk;

namespace {

std::int64_t count(ConvertDesk& d, std::string_view sql) {
    std::int64_t found = 0;
    d.desk.database.read([&](db::Reader& reader) { found = reader.select({sql, "i"}).integer(0, 0); });
    return found;
}

}  // namespace

TEST_CASE("FX-01 asking for rates and for a lock books nothing: what it binds is held, and free again without it") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        const std::string id = d.order("m1", "USD", "100.00");
        const ledger::Account payer = ledger::merchant("m1", currency("CNY"));
        const std::int64_t entries = count(d, "SELECT COUNT(*) FROM journal_entry");
        REQUIRE(entries > 0);
        // The lock comes at a worse rate, so that nothing is bought by it.
        d.fault("fx_lock_rate");
        d.run();
        CHECK(d.client.count("GET /v1/fx/rates") == 1);
        CHECK(d.client.count("POST /v1/fx/locks") == 1);
        CHECK(d.client.count("POST /v1/fx/purchases") == 0);
        CHECK(count(d, "SELECT COUNT(*) FROM hold") > 0);
        CHECK(count(d, "SELECT COUNT(*) FROM journal_entry") == entries);
        CHECK(d.booked(payer) == money("CNY", "100.00"));
        CHECK(d.held(payer).is_zero());
        CHECK(d.get(id).state == orders::OrderState::Funded);
        d.check_books();
    });
}

TEST_CASE(
    "FX-12 a deal leaves its positions at zero in both currencies, and no gain or loss where nothing was promised") {
    for (const char* fault : {"", "fx_other_rate"}) {
        CAPTURE(std::string(fault));
        each_way([&](TestDatabase& on, Way way) {
            ConvertDesk d(on, way);
            const std::string id = d.order("m1", "USD", "1000.00");
            if (*fault != '\0') d.fault(fault);
            d.run();
            REQUIRE(d.purchase_of(id).deal.has_value());
            CHECK(count(d, "SELECT COUNT(*) FROM account WHERE id LIKE 'position:%'") == 2);
            CHECK(count(d, "SELECT COUNT(*) FROM account WHERE id LIKE 'position:%' AND balance_minor <> 0") == 0);
            CHECK(count(d, "SELECT COUNT(*) FROM account WHERE id LIKE 'fx_result%' AND balance_minor <> 0") == 0);
            d.check_books();
        });
    }
}
