// Central parity and boards from files, and what the parity does to banks' quotes, on both engines.

#include "fx/reference_rate_store.h"
#include "src/flow/import_rates.h"
#include "tests/contract/convert_desk.h"

using namespace convert_desk;

namespace {

constexpr std::string_view kParity = "date,base,quote,unit,price,source\n";

std::shared_ptr<flow::ImportRatesItem> import(LedgerDesk& desk, const std::string& csv) {
    fx::ReferenceFile file = fx::read_reference_file(csv);
    REQUIRE(file.faults.empty());
    const auto item = std::make_shared<flow::ImportRatesItem>();
    item->file_name = "parity.csv";
    item->rates = std::move(file.rates);
    flow::ImportRates operation;
    REQUIRE(desk.queue->run(operation, item).ok());
    return item;
}

std::string today(const LedgerDesk& desk) {
    return Date::in_shanghai(desk.clock.now()).text();
}

std::string parity(const LedgerDesk& desk, const std::string& row) {
    return std::string(kParity) + today(desk) + "," + row + "\n";
}

std::vector<fx::Quote> refused(LedgerDesk& desk) {
    std::vector<fx::Quote> quotes;
    desk.database.read([&](db::Reader& reader) { quotes = fx::QuoteStore::refused(reader, "quo~", 100); });
    return quotes;
}

bool is_told(LedgerDesk& desk, const std::string& code) {
    bool told = false;
    desk.database.read([&](db::Reader& reader) {
        for (const auto& item : operators::WorkItems().waiting(reader, "", 100))
            told = told || (item.kind == "rate_refused" && item.subject_id == "sandbox-bank|" + code);
    });
    return told;
}

}  // namespace

TEST_CASE("an import brings every figure or none; what stands is passed over, what differs from it is refused") {
    each_engine([](TestDatabase& on) {
        LedgerDesk desk(on);
        const std::string csv = parity(desk, "USD,CNY,1,6.7996,CFETS") + today(desk) + ",JPY,CNY,100,4.2994,CFETS\n";
        const auto first = import(desk, csv);
        CHECK(first->added == 2);
        CHECK(first->unproved.size() == 2);
        const auto again = import(desk, csv);
        CHECK(again->added == 0);
        CHECK(again->repeated == 2);
        const auto differs =
            import(desk, parity(desk, "EUR,CNY,1,7.94,CFETS") + today(desk) + ",USD,CNY,1,6.81,CFETS\n");
        REQUIRE(differs->faults.size() == 1);
        CHECK(differs->faults[0].code == &fx::reference_error::kFigureDiffers);
        desk.database.read([&](db::Reader& reader) {
            const std::vector<Currency> both{currency("USD"), currency("EUR")};
            const auto known = fx::ReferenceRates::parities(reader, both, desk.clock.now());
            REQUIRE(known.size() == 1);
            CHECK(known[0].price.text() == "6.7996");
            CHECK(known[0].source == "CFETS");
        });
    });
}

TEST_CASE(
    "a figure of another scale, of an inverted pair or of tomorrow is refused, and nothing of its file comes in") {
    each_engine([](TestDatabase& on) {
        LedgerDesk desk(on);
        REQUIRE(import(desk, parity(desk, "JPY,CNY,100,4.2994,CFETS"))->faults.empty());
        const auto scaled = import(desk, parity(desk, "JPY,CNY,1,4.2990,BOC"));
        REQUIRE(scaled->faults.size() == 1);
        CHECK(scaled->faults[0].code == &fx::reference_error::kFigureScale);
        const auto inverted = import(desk, parity(desk, "CNY,JPY,1,0.042994,BOC"));
        REQUIRE(inverted->faults.size() == 1);
        CHECK(inverted->faults[0].code == &fx::reference_error::kFigureOff);
        const std::string tomorrow = Date::in_shanghai(desk.clock.now()).plus_days(1).text();
        const auto early = import(desk, std::string(kParity) + tomorrow + ",JPY,CNY,100,4.2994,BOC\n");
        REQUIRE(early->faults.size() == 1);
        CHECK(early->faults[0].code == &fx::reference_error::kBadFigure);
        CHECK(import(desk, parity(desk, "CNY,JPY,1,23.26,BOC"))->faults.empty());
    });
}

TEST_CASE("a bank whose board lies off the central parity is not dealt with, the quote is kept and a person is told") {
    each_engine([](TestDatabase& on) {
        ConvertDesk d(on);
        REQUIRE(import(d.desk, parity(d.desk, "USD,CNY,1,9.5000,CFETS"))->faults.empty());
        d.order("m1", "USD", "7000.00");
        d.order("m1", "JPY", "7000.00");
        d.run();
        CHECK(is_told(d.desk, "USD"));
        CHECK_FALSE(is_told(d.desk, "JPY"));
        CHECK(d.deals_sent() == 1);  // the one in JPY
        const std::vector<fx::Quote> kept = refused(d.desk);
        REQUIRE(kept.size() == 1);
        CHECK(kept[0].refused_why == "rate_off_parity USD/CNY");
        CHECK(kept[0].buying.has_value());
        CHECK(kept[0].value_date.has_value());
        SUBCASE("two persons accept it, and from then on its quotes are taken") {
            REQUIRE(d.convert.accept_rate({"sandbox-bank", currency("USD"), kept[0].id, "op_1"}).ok());
            d.advance(std::chrono::seconds(30));
            CHECK(d.deals_sent() == 2);
        }
        SUBCASE("the parity is outlived by eleven days") {
            d.advance(std::chrono::hours(24 * 14));
            CHECK(d.deals_sent() == 2);
        }
    });
}
