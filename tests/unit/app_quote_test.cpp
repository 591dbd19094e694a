#include <doctest/doctest.h>

#include <sstream>

#include "src/app/app.h"
#include "src/app/quote_command.h"
#include "src/app/quote_sources.h"
#include "tests/support/readme_tables.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

const Currency kUsd = Currency::known("USD");
const Currency kCny = Currency::known("CNY");
const Instant kNow = *parse_rfc3339("2026-11-20T02:00:00Z");

Rate rate(const char* text) {
    return *Rate::parse(kUsd, kCny, 1, text);
}
fx::Quote quote(const char* bank, const char* text) {
    return {.id = std::string("quo_") + bank,
            .bank = bank,
            .bank_rate = rate(text),
            .client_rate = rate(text),
            .mid = rate("7.16"),
            .bank_reference = "",
            .received_at = kNow - std::chrono::seconds(4),
            .valid_until = kNow + std::chrono::minutes(2)};
}
std::vector<fx::Offer> offers_for(const Money& fixed) {
    fx::Quote refused = quote("west", "7.10");
    refused.state = fx::QuoteState::Refused;
    refused.valid_until = kNow;
    fx::BankTerms fee;
    fee.flat_fee = *Money::parse(kCny, "20.00");
    const std::vector<fx::Quote> quotes{quote("south", "7.17"), refused, quote("north", "7.1685")};
    return fx::compare(quotes, {{"north", fee}}, {fixed, kNow, std::chrono::seconds(0)});
}
/// However wide the columns are: one blank between cells.
std::string table_for(const Money& fixed) {
    std::ostringstream out;
    print_offers(offers_for(fixed), fixed, kNow, out);
    std::string squeezed;
    for (const char each : out.str())
        if (each != ' ' || squeezed.empty() || squeezed.back() != ' ') squeezed += each;
    return squeezed;
}

}  // namespace

TEST_CASE("a quote for foreign currency shows what each bank costs in all, and by how much the others cost more") {
    const std::string text = table_for(*Money::parse(kUsd, "100000.00"));
    CHECK(text.find("1 north 7.1685 11.87 20.00 716870.00 USD 100000.00 7.168700 4 s 2 min\n") != std::string::npos);
    CHECK(text.find("2 south 7.17 13.97 0.00 717000.00 USD 100000.00 7.170000 4 s 2 min costs CNY 130.00 more\n") !=
          std::string::npos);
    CHECK(text.find("over refused\n") != std::string::npos);
    CHECK(text.find("- west") != std::string::npos);
}

TEST_CASE("a quote for CNY shows what each bank gives, and by how much the others give less") {
    const std::string text = table_for(*Money::parse(kCny, "7170.00"));
    CHECK(text.find("1 south 7.17 13.97 0.00 7170.00 USD 1000.00 7.170000") != std::string::npos);
    CHECK(text.find("2 north 7.1685 11.87 20.00 7170.00 USD 997.41 7.188619") != std::string::npos);
    CHECK(text.find("buys USD 2.59 less\n") != std::string::npos);
    huiqiao::testing::check_readmes_show(text, "CNY for one USD");
}

TEST_CASE("a quote for scripts says the same: amounts as text, and how far each is behind the best") {
    const Money fixed = *Money::parse(kUsd, "100000.00");
    http::JsonWriter json;
    json.open_array();
    write_offers(json, offers_for(fixed), fixed, kNow);
    const std::string text = json.close_array().take();
    CHECK(text.starts_with(R"([{"currency":"USD","bank":"north","quote_id":"quo_north","bank_rate":"7.1685")"));
    CHECK(
        text.find(R"("pays":{"currency":"CNY","amount":"716870.00"},"buys":{"currency":"USD","amount":"100000.00"})") !=
        std::string::npos);
    CHECK(text.find(R"("all_in_rate":"7.168700")") != std::string::npos);
    CHECK(text.find(R"("age_ms":4000,"behind_best":{"currency":"CNY","amount":"130.00"})") != std::string::npos);
    CHECK(text.find(R"("age_ms":4000,"unfit":"refused")") != std::string::npos);
}

TEST_CASE("a currency that no bank has quoted is said to be none") {
    std::ostringstream out;
    print_offers({}, *Money::parse(kUsd, "1.00"), kNow, out);
    CHECK(out.str().starts_with("No bank has quoted this currency yet."));
    CHECK(out.str().find("\n尚无银行报出该币种价格。") != std::string::npos);
}

TEST_CASE("prices count of banks that deal with us and show them, and each bank is paid from its own account") {
    Tables tables = Tables::read("config").value();
    const ledger::Ledger books(std::move(tables.chart));
    const fx::ValueDates value_dates(std::move(tables.calendars));
    const fx::BankHours hours(value_dates, std::move(tables.cut_offs));
    Settings settings = Settings::read("config/huiqiao.conf").value();
    Config config = *read_config(std::move(settings)).config;
    config.fx_gather = std::chrono::minutes(15);
    const flow::QuoteSources sources = quote_sources(config, books, hours);
    CHECK(flow::counts(sources, "sandbox-bank", kUsd));
    CHECK(flow::counts(sources, "island-bank", kUsd));
    CHECK_FALSE(flow::counts(sources, "river-bank", kUsd));  // it keeps no account of ours in USD
    CHECK_FALSE(flow::counts(sources, "gone-bank", kUsd));
    const Currency gbp = Currency::known("GBP");
    CHECK(flow::counts(sources, "sandbox-bank", gbp));
    CHECK_FALSE(flow::counts(sources, "tower-bank", gbp));  // on the telephone
    CHECK_FALSE(sources.paying.contains("tower-bank"));
    CHECK(sources.paying.at("sandbox-bank").is_paid_into);
    CHECK_FALSE(sources.paying.at("sandbox-bank").level.has_value());
    CHECK(sources.paying.at("island-bank").name == "ib-cny");
    CHECK(sources.paying.at("island-bank").level == *Money::parse(kCny, "8000.00"));
    // However long orders gather, a price that lives for half a minute can be agreed on.
    CHECK(sources.to_be_dealt < std::chrono::seconds(30));
}
