#include "src/app/exposure_command.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <iostream>

#include "src/api/exposure_routes.h"
#include "src/app/desk_jobs.h"
#include "src/app/house.h"
#include "src/app/stop_signal.h"
#include "src/app/text_table.h"
#include "src/flow/exposure.h"

namespace huiqiao::app {

namespace {

using fx::Figure;

constexpr std::chrono::seconds kRefresh{2};
constexpr const char* kClearScreen = "\033[H\033[2J";

struct ExposureOptions {
    ConfigSource source;
    std::string at;
    std::string currency;
    bool watch = false;
    bool as_json = false;
};

/// What may be asked for; on a fault it is told.
struct Wish {
    std::optional<Instant> at;
    std::optional<Currency> only;
};

std::optional<Wish> wish_of(const ExposureOptions& options) {
    Wish wish;
    if (!options.at.empty()) {
        const Result<Instant> at = parse_rfc3339(options.at);
        if (!at) return complain(at.error()), std::nullopt;
        wish.at = *at;
    }
    if (!options.currency.empty()) {
        const Result<Currency> currency = Currency::find(options.currency);
        if (!currency) return complain(currency.error()), std::nullopt;
        wish.only = *currency;
    }
    return wish;
}

int run_exposure(const ExposureOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    // Currencies are known once the house is open.
    const std::optional<Wish> wish = wish_of(options);
    if (!wish) return 2;
    do {
        const Instant now = house->clock->now();
        Result<std::vector<fx::CurrencyExposure>> found = std::vector<fx::CurrencyExposure>();
        house->app->parts().database.read([&](db::Reader& reader) { found = flow::exposure(reader, wish->at, now); });
        if (!found) return complain(found.error()), 1;
        std::vector<fx::CurrencyExposure> all = *found;
        if (wish->only)
            std::erase_if(all, [&](const fx::CurrencyExposure& one) { return one.currency != *wish->only; });
        if (options.as_json) {
            http::JsonWriter json;
            api::write_exposure(json, all, wish->at.value_or(now));
            std::cout << json.take() << '\n';
            std::cout.flush();
            continue;
        }
        if (options.watch && ::isatty(STDOUT_FILENO) == 1) std::cout << kClearScreen;
        std::cout << "Exposure, " << minute_in_shanghai(wish->at.value_or(now)) << " in Shanghai\n\n";
        print_exposure(all, std::cout);
        if (options.watch) std::cout << "\nAnew every two seconds; Ctrl-C ends it.\n";
        std::cout.flush();
    } while (options.watch && !stop_signal_within(kRefresh));
    return 0;
}

}  // namespace

void print_exposure(std::span<const fx::CurrencyExposure> exposure, std::ostream& out) {
    if (exposure.empty()) {
        out << "No order is to be paid out in a foreign currency.\n";
        return;
    }
    using Align = TextTable::Align;
    TextTable table({{"Currency"},
                     {"Value date"},
                     {"Ordered, CNY", Align::Right},
                     {"Collected, CNY", Align::Right},
                     {"Refunded, CNY", Align::Right},
                     {"Open, CNY", Align::Right},
                     {"Locked, CNY", Align::Right},
                     {"Locked", Align::Right},
                     {"Bought", Align::Right},
                     {"Allocated", Align::Right},
                     {"Remitted", Align::Right},
                     {"Open", Align::Right}});
    for (const fx::CurrencyExposure& one : exposure) {
        const std::string code(one.currency.code());
        const Money refunded = one.of(Figure::Refunding) + one.of(Figure::Refunded);
        table.add({code, "all", one.of(Figure::Ordered).text(), one.of(Figure::Collected).text(), refunded.text(),
                   one.open_cny().text(), one.locked_cny().text(), one.locked().text(), one.of(Figure::Dealt).text(),
                   one.of(Figure::Allocated).text(), one.of(Figure::Remitted).text(), one.open().text()});
        for (const fx::ValueDateExposure& line : one.value_dates) {
            table.add({"", line.value_date.text(), "", "", "", "", line.locked_cny.text(), line.locked.text(),
                       line.bought.text(), line.allocated.text(), "", ""});
        }
    }
    out << table.text();
}

void add_exposure(CommandLine& line) {
    const auto options = std::make_shared<ExposureOptions>();
    CLI::App& exposure = line.add("exposure", "What is still to be bought and sent, by currency and value date",
                                  [options] { return run_exposure(*options); });
    CommandLine::add_source(exposure, options->source);
    CLI::Option* watch = exposure.add_flag("--watch", options->watch, "Show it anew every two seconds, until Ctrl-C");
    exposure.add_flag("--json", options->as_json, "For scripts")->excludes(watch);
    exposure.add_option("--at", options->at, "Instead of now: 2026-11-20T08:00:00Z")->excludes(watch);
    exposure.add_option("--currency", options->currency, "One currency alone");
}

}  // namespace huiqiao::app
