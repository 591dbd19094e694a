#include "src/app/desk_jobs.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <set>

#include "src/app/app.h"
#include "src/app/house.h"
#include "src/app/text_table.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

/// What is done through an account: payouts from it, and deals that fill it.
struct Doing {
    std::string bank;
    fx::BankOperation operation;
    Currency currency;
    auto operator<=>(const Doing&) const = default;
};

std::set<Doing> doings(const Config& config) {
    std::set<Doing> all;
    for (const Config::ProvisionAccount& account : config.accounts) {
        all.insert({account.bank, fx::BankOperation::Remit, account.currency});
        if (account.currency.code() != "CNY") all.insert({account.bank, fx::BankOperation::Deal, account.currency});
    }
    return all;
}

/// "2 h 05 min", "12 min".
std::string in_words(std::chrono::microseconds left) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(left).count();
    const std::string rest = std::to_string(minutes % 60) + " min";
    if (minutes < 60) return rest;
    return std::to_string(minutes / 60) + " h " + (minutes % 60 < 10 ? "0" : "") + rest;
}

std::string minute_in_shanghai(Instant instant) {
    const std::string text = shanghai_14(instant);
    return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + " " + text.substr(8, 2) + ":" +
           text.substr(10, 2);
}

struct Standing {
    Doing doing;
    const fx::CutOff* line = nullptr;  // of the tenor that is open, else the last of the day
    std::optional<fx::OpenUntil> open;
    std::string fault;  // why it cannot be told
};

std::vector<Standing> standings(const Config& config, const fx::BankHours& hours, Instant now) {
    std::vector<Standing> all;
    for (const Doing& doing : doings(config)) {
        Standing standing{doing, nullptr, std::nullopt, ""};
        const auto open = hours.open_until(doing.bank, doing.operation, doing.currency, fx::Tenor::Today, now);
        if (open) {
            standing.open = *open;
        } else {
            standing.fault = open.error().english();
        }
        for (const fx::CutOff* line : hours.cut_offs().of_day(doing.bank, doing.operation, doing.currency, now)) {
            if (standing.open && line->tenor > standing.open->tenor) break;
            standing.line = line;
        }
        all.push_back(std::move(standing));
    }
    return all;
}

void print_table(const std::vector<Standing>& all, Instant now, std::ostream& out) {
    using Align = TextTable::Align;
    TextTable table({{"Bank"},
                     {"Does"},
                     {"Currency"},
                     {"Until"},
                     {"Its clock"},
                     {"In Shanghai"},
                     {"Left", Align::Right},
                     {"Tenor"},
                     {"Value date"}});
    std::set<std::string> faults;
    for (const Standing& each : all) {
        const bool has_time = each.line != nullptr && each.line->time.has_value();
        std::vector<std::string> cells{
            each.doing.bank, std::string(to_text(each.doing.operation)), std::string(each.doing.currency.code()),
            has_time ? each.line->time->text() : "-", each.line == nullptr ? "-" : each.line->zone.name()};
        if (each.open) {
            cells.insert(cells.end(), {minute_in_shanghai(each.open->cut_off), in_words(each.open->cut_off - now),
                                       std::string(to_text(each.open->tenor)), each.open->value_date.text()});
        } else {
            cells.insert(cells.end(), {each.fault.empty() ? "no more today" : "not known", "-", "-", "-"});
        }
        if (!each.fault.empty()) faults.insert(each.fault);
        table.add(std::move(cells));
    }
    out << table.text();
    for (const std::string& fault : faults) out << fault << '\n';
}

void print_json(const std::vector<Standing>& all, std::ostream& out) {
    http::JsonWriter json;
    json.open_array();
    for (const Standing& each : all) {
        json.open_object().field("bank", each.doing.bank).field("operation", to_text(each.doing.operation));
        json.field("currency", each.doing.currency.code());
        if (each.line != nullptr && each.line->time) json.field("time", each.line->time->text());
        if (each.line != nullptr) json.field("zone", each.line->zone.name());
        json.field("open", each.open.has_value());
        if (each.open) {
            json.field("cut_off", rfc3339(each.open->cut_off)).field("tenor", to_text(each.open->tenor));
            json.field("value_date", each.open->value_date.text());
        }
        if (!each.fault.empty()) json.field("fault", each.fault);
        json.close_object();
    }
    json.close_array();
    out << json.take() << '\n';
}

struct CutOffOptions {
    ConfigSource source;
    std::string at;
    bool as_json = false;
};

int run_cut_offs(const CutOffOptions& options) {
    const Result<Config> config = load_config(options.source.file, options.source.overrides);
    if (!config) return complain(config.error()), 2;
    Result<Tables> tables = Tables::read(table_directory(options.source.file));
    if (!tables) return complain(tables.error()), 2;
    Instant now = SystemClock().now();
    if (!options.at.empty()) {
        const Result<Instant> at = parse_rfc3339(options.at);
        if (!at) return complain(at.error()), 2;
        now = *at;
    }
    const fx::ValueDates value_dates(std::move(tables->calendars));
    const fx::BankHours hours(value_dates, std::move(tables->cut_offs));
    print_cut_offs(*config, hours, now, options.as_json, std::cout);
    return 0;
}

}  // namespace

Status check_bank_hours(const Config& config, const fx::CutOffs& cut_offs) {
    for (const Doing& doing : doings(config)) {
        if (!cut_offs.of_day(doing.bank, doing.operation, doing.currency, Instant{}).empty()) continue;
        return Error(fx::cut_off_error::kCutOffMissing, {{"operation", std::string(to_text(doing.operation))},
                                                         {"currency", std::string(doing.currency.code())},
                                                         {"bank", doing.bank}});
    }
    return Done{};
}

void print_cut_offs(const Config& config, const fx::BankHours& hours, Instant now, bool as_json, std::ostream& out) {
    const std::vector<Standing> all = standings(config, hours, now);
    if (as_json) {
        print_json(all, out);
    } else {
        print_table(all, now, out);
    }
}

void add_desk_jobs(CommandLine& line) {
    const auto options = std::make_shared<CutOffOptions>();
    CLI::App& cut_offs = line.add("cut-offs", "Until when each bank deals and remits, and for which value date",
                                  [options] { return run_cut_offs(*options); });
    CommandLine::add_source(cut_offs, options->source);
    cut_offs.add_option("--at", options->at, "Instead of now: 2026-11-20T08:00:00Z");
    cut_offs.add_flag("--json", options->as_json, "For scripts");
}

}  // namespace huiqiao::app
