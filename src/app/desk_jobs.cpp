#include "src/app/desk_jobs.h"

#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <iostream>
#include <set>

#include "fx/quote_store.h"
#include "fx/rate_history.h"
#include "src/app/app.h"
#include "src/app/desk_wishes.h"
#include "src/app/exposure_command.h"
#include "src/app/house.h"
#include "src/app/lock_commands.h"
#include "src/app/quote_command.h"
#include "src/app/quote_sources.h"
#include "src/app/rate_chart.h"
#include "src/app/rates_import.h"
#include "src/app/refresh.h"
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
        const bool deals = std::none_of(config.banks.begin(), config.banks.end(), [&](const Config::Bank& bank) {
            return bank.name == account.bank && !bank.is_dealing();
        });
        if (deals && account.currency.code() != "CNY")
            all.insert({account.bank, fx::BankOperation::Deal, account.currency});
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

struct Standing {
    Doing doing;
    const fx::CutOff* line = nullptr;  // of the tenor that is open, else the last of the day
    std::optional<fx::OpenUntil> open;
    std::optional<Error> fault;  // why it cannot be told
    std::string why_closed;      // where nothing is open
};

/// "T+1": how many days on which CNY moves lie between today and the value date. A cut-off's own tenor tells less: days
/// off of the other currency stand between.
std::string tenor_of(const fx::BankHours& hours, const fx::OpenUntil& open, Date today) {
    int days = 0;
    for (Date day = today; day < open.value_date; ++days) {
        const Result<Date> next = hours.next_open_day(Currency::known("CNY"), day);
        if (!next) return std::string(to_text(open.tenor));
        day = *next;
    }
    return "T+" + std::to_string(days);
}

std::string tenor_of(const fx::BankHours& hours, const Standing& standing, Instant now) {
    return tenor_of(hours, *standing.open,
                    standing.line != nullptr ? standing.line->zone.date_at(now) : Date::in_shanghai(now));
}

const char* weekday_of(Instant now) {
    constexpr std::array kNames{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    return kNames.at(std::chrono::weekday(Date::in_shanghai(now).days()).c_encoding());
}

const char* weekday_zh(Instant now) {
    constexpr std::array kNames{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"};
    return kNames.at(std::chrono::weekday(Date::in_shanghai(now).days()).c_encoding());
}

/// A day off, with the next day that is none; else the hour.
std::string why_closed(const fx::BankHours& hours, const Doing& doing, Instant now) {
    const Currency asked = doing.operation == fx::BankOperation::Deal ? Currency::known("CNY") : doing.currency;
    const Date today = Date::in_shanghai(now);
    const Result<Date> from_today = hours.next_open_day(asked, today.plus_days(-1));
    if (!from_today) return "not known";
    if (*from_today == today) return "no more today";
    return "day off, next " + from_today->text();
}

std::vector<Standing> standings(const Config& config, const fx::BankHours& hours, Instant now) {
    std::vector<Standing> all;
    for (const Doing& doing : doings(config)) {
        Standing standing{doing, nullptr, std::nullopt, std::nullopt, ""};
        const auto open = hours.open_until(doing.bank, doing.operation, doing.currency, fx::Tenor::Today, now);
        if (open) {
            standing.open = *open;
        } else {
            standing.fault = open.error();
        }
        for (const fx::CutOff* line : hours.cut_offs().of_day(doing.bank, doing.operation, doing.currency, now)) {
            if (standing.open && line->tenor > standing.open->tenor) break;
            standing.line = line;
        }
        if (!standing.open) standing.why_closed = why_closed(hours, doing, now);
        all.push_back(std::move(standing));
    }
    return all;
}

void print_table(const fx::BankHours& hours, const std::vector<Standing>& all, Instant now, std::ostream& out) {
    using Align = TextTable::Align;
    TextTable table({{"Bank", "银行"},
                     {"Does", "办理"},
                     {"Currency", "币种"},
                     {"Until", "截止"},
                     {"Its clock", "银行时区"},
                     {"In Shanghai", "上海时间"},
                     {"Left", "剩余", Align::Right},
                     {"Tenor", "期限"},
                     {"Value date", "起息日"}});
    const std::string minute = minute_in_shanghai(now);
    say(out, "As of " + minute + " in Shanghai, a " + weekday_of(now), "上海时间 " + minute + "，" + weekday_zh(now));
    out << '\n';
    std::map<std::string, std::string> faults;  // in English and in Chinese
    for (const Standing& each : all) {
        const bool has_time = each.line != nullptr && each.line->time.has_value();
        std::vector<std::string> cells{
            each.doing.bank, std::string(to_text(each.doing.operation)), std::string(each.doing.currency.code()),
            has_time ? each.line->time->text() : "-", each.line == nullptr ? "-" : each.line->zone.name()};
        if (each.open) {
            cells.insert(cells.end(), {minute_in_shanghai(each.open->cut_off), in_words(each.open->cut_off - now),
                                       tenor_of(hours, each, now), each.open->value_date.text()});
        } else {
            cells.insert(cells.end(), {each.fault ? "not known" : each.why_closed, "-", "-", "-"});
        }
        if (each.fault) faults.emplace(each.fault->english(), each.fault->chinese());
        table.add(std::move(cells));
    }
    out << table.text();
    // T+1 of what comes in today (src/flow/buying_deadline.h).
    const Result<Date> day = hours.next_working_day(Date::in_shanghai(now));
    if (!day) faults.emplace(day.error().english(), day.error().chinese());
    for (const auto& [english, chinese] : faults) say(out, english, chinese);
    if (!day) return;
    say(out, "\nCNY that comes in today must be bought with by the end of " + day->text() + " (T+1).",
        "今日到账的人民币应于 " + day->text() + "（T+1）结束前完成购汇。");
}

void print_json(const fx::BankHours& hours, const std::vector<Standing>& all, Instant now, std::ostream& out) {
    http::JsonWriter json;
    json.open_array();
    for (const Standing& each : all) {
        json.open_object().field("bank", each.doing.bank).field("operation", to_text(each.doing.operation));
        json.field("currency", each.doing.currency.code());
        if (each.line != nullptr && each.line->time) json.field("time", each.line->time->text());
        if (each.line != nullptr) json.field("zone", each.line->zone.name());
        json.field("open", each.open.has_value());
        if (each.open) {
            json.field("cut_off", rfc3339(each.open->cut_off)).field("tenor", tenor_of(hours, each, now));
            json.field("value_date", each.open->value_date.text());
        }
        if (each.fault) json.field("fault", each.fault->english());
        json.close_object();
    }
    json.close_array();
    out << json.take() << '\n';
}

struct RatesOptions {
    ConfigSource source;
    std::string cny = "100000.00";
    std::string currency;
    std::string chart;  // file to write
    std::string date;
    std::string import;  // file to read
    bool refused = false;
    std::string before;  // a refused quote's id
    bool watch = false;
    bool as_json = false;
};

constexpr std::size_t kRefusedShown = 100;

int show_refused(House& house, const std::string& before) {
    std::vector<fx::Quote> refused;
    bool is_known = true;
    house.app->parts().database.read([&](db::Reader& reader) {
        if (!before.empty()) is_known = !fx::QuoteStore::quotes(reader, std::span(&before, 1)).empty();
        refused = fx::QuoteStore::refused(reader, before.empty() ? "quo~" : before, int{kRefusedShown});
    });
    if (!is_known) return complain(Error(desk_error::kNoQuote, {{"quote", before}})), 1;
    print_refused(refused, std::cout);
    if (refused.size() == kRefusedShown)
        say(std::cout, "Those before them: huiqiao rates --refused --before " + refused.back().id,
            "更早的报价加 --before 查看。");
    return 0;
}

int write_chart(House& house, const flow::QuoteSources& sources, const RatesOptions& options,
                const std::optional<Currency>& currency) {
    if (!currency) {
        complain(Error(desk_error::kChartOfOne, {{"option", "--currency USD"}}));
        return 2;
    }
    const Result<Date> date =
        options.date.empty() ? Result<Date>(Date::in_shanghai(house.clock->now())) : Date::parse(options.date);
    if (!date) return complain(date.error()), 2;
    const fx::RateStretch stretch{*currency, date->at_shanghai(0), date->plus_days(1).at_shanghai(0)};
    std::vector<fx::RatePoint> points;
    house.app->parts().database.read([&](db::Reader& reader) { points = fx::rate_history(reader, stretch); });
    std::erase_if(points, [&](const fx::RatePoint& point) { return !flow::counts(sources, point.bank, *currency); });
    if (points.empty()) {
        complain(Error(desk_error::kNoQuotes, {{"currency", options.currency}, {"date", date->text()}}));
        return 1;
    }
    std::ofstream out(options.chart);
    out << rate_chart_svg(stretch, points);
    out.flush();
    if (!out) {
        complain(Error(desk_error::kNotWritten, {{"file", options.chart}}));
        return 1;
    }
    const std::string drawn = std::to_string(points.size());
    say(std::cout, drawn + " quotes drawn to " + options.chart + ".",
        "已将 " + drawn + " 个报价绘入 " + options.chart + "。");
    const std::string pair = std::string(currency->code()) + "/CNY";
    TextTable table({{"Bank", "银行"},
                     {"Open, " + pair, "开盘 " + pair, TextTable::Align::Right},
                     {"High, " + pair, "最高 " + pair, TextTable::Align::Right},
                     {"Low, " + pair, "最低 " + pair, TextTable::Align::Right},
                     {"Close, " + pair, "收盘 " + pair, TextTable::Align::Right},
                     {"Quotes", "报价数", TextTable::Align::Right}});
    for (const auto& [bank, candle] : fx::candles(points)) {
        table.add({bank, candle.open.per_one(), candle.high.per_one(), candle.low.per_one(), candle.close.per_one(),
                   std::to_string(candle.quotes)});
    }
    std::cout << table.text();
    return 0;
}

int run_rates(const RatesOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    if (!options.import.empty()) return import_rates(*house, options.import);
    if (options.refused) return show_refused(*house, options.before);
    const Result<Money> cny = amount_wanted(Currency::known("CNY"), options.cny);
    if (!cny) return complain(cny.error()), 2;
    std::optional<Currency> only;
    if (!options.currency.empty()) {
        const Result<Currency> currency = foreign_currency(options.currency);
        if (!currency) return complain(currency.error()), 2;
        only = *currency;
    }
    const flow::QuoteSources sources =
        quote_sources(house->config, house->app->parts().ledger, house->app->parts().bank_hours);
    if (!options.chart.empty()) return write_chart(*house, sources, options, only);
    do {
        const Instant now = house->clock->now();
        std::map<std::string, std::vector<fx::Offer>> by_currency;
        house->app->parts().database.read(
            [&](db::Reader& reader) { by_currency = flow::offers_now(reader, sources, *cny, only, now); });
        if (options.as_json) {
            http::JsonWriter json;
            json.open_array();
            for (const auto& [code, offers] : by_currency) write_offers(json, offers, *cny, now);
            std::cout << json.close_array().take() << '\n';
            continue;
        }
        begin_showing(options.watch);
        const std::string minute = minute_in_shanghai(now);
        say(std::cout, "What CNY " + cny->text() + " buys, " + minute + " in Shanghai",
            "人民币 " + cny->text() + " 可买得，上海时间 " + minute);
        for (const auto& [code, offers] : by_currency) {
            std::cout << '\n';
            print_offers(offers, *cny, now, std::cout);
        }
        if (by_currency.empty()) say_not_quoted(std::cout, options.currency, only ? " " + options.currency + " " : "");
    } while (shows_anew(options.watch));
    return 0;
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
    Instant now = make_clock(*config)->now();
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

void add_rates(CommandLine& line) {
    const auto options = std::make_shared<RatesOptions>();
    CLI::App& rates = line.add("rates", "Banks' rates side by side, or a day of them as a chart",
                               [options] { return run_rates(*options); });
    CommandLine::add_source(rates, options->source);
    rates.add_option("--cny", options->cny, "The amount that is compared")->capture_default_str();
    rates.add_option("--currency", options->currency, "One currency alone");
    CLI::Option* json = rates.add_flag("--json", options->as_json, "For scripts");
    CLI::Option* watch = rates.add_flag("--watch", options->watch, "Show it anew every two seconds, until Ctrl-C");
    CLI::Option* chart = rates.add_option("--chart", options->chart,
                                          "Write the day's selling rates of --currency to this SVG file instead");
    chart->excludes(json)->excludes(watch);
    CLI::Option* import =
        rates.add_option("--import", options->import, "Take in central parity or a bank's public board from this file");
    import->excludes(json)->excludes(watch)->excludes(chart);
    CLI::Option* refused = rates.add_flag("--refused", options->refused, "The quotes that were refused last, and why")
                               ->excludes(json)
                               ->excludes(watch)
                               ->excludes(chart)
                               ->excludes(import);
    rates.add_option("--before", options->before, "Those that were refused before this quote (its id)")->needs(refused);
    rates.add_option("--date", options->date, "The chart's day; today where it is left out")->needs(chart);
}

}  // namespace

std::string second_in_shanghai(Instant instant) {
    return minute_in_shanghai(instant) + ":" + shanghai_14(instant).substr(12, 2);
}

std::string minute_in_shanghai(Instant instant) {
    const std::string text = shanghai_14(instant);
    return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + " " + text.substr(8, 2) + ":" +
           text.substr(10, 2);
}

void say_not_quoted(std::ostream& out, const std::string& english, const std::string& chinese) {
    say(out,
        "No bank has quoted" + (english.empty() ? "" : " " + english) +
            " yet. A running service asks those whose hours it is (huiqiao cut-offs).",
        "尚无银行报出" + chinese + "价格。服务运行时向营业中的银行询价（营业时间见 huiqiao cut-offs）。");
}

std::string age_in_words(std::chrono::microseconds age) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
    return seconds < 60 ? std::to_string(seconds) + " s" : in_words(age);
}

std::string time_in_words(std::chrono::microseconds left) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left).count();
    return seconds <= 120 ? std::to_string(seconds) + " s" : in_words(left);
}

std::string left_in_words(const fx::Quote& quote, Instant now) {
    return quote.valid_until > now ? age_in_words(quote.valid_until - now) : "over";
}

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
        print_json(hours, all, now, out);
    } else {
        print_table(hours, all, now, out);
    }
}

void add_desk_jobs(CommandLine& line) {
    add_rates(line);
    add_quote_command(line);
    add_lock_commands(line);
    add_exposure(line);
    const auto options = std::make_shared<CutOffOptions>();
    CLI::App& cut_offs = line.add("cut-offs", "Until when each bank deals and remits, and for which value date",
                                  [options] { return run_cut_offs(*options); });
    CommandLine::add_source(cut_offs, options->source);
    cut_offs.add_option("--at", options->at, "Instead of now: 2026-11-20T08:00:00Z");
    cut_offs.add_flag("--json", options->as_json, "For scripts");
}

}  // namespace huiqiao::app
