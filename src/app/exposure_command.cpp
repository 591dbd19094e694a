#include "src/app/exposure_command.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/api/exposure_routes.h"
#include "src/app/desk_jobs.h"
#include "src/app/desk_wishes.h"
#include "src/app/house.h"
#include "src/app/refresh.h"
#include "src/app/text_table.h"
#include "src/flow/exposure.h"

namespace huiqiao::app {

namespace {

using fx::Figure;

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
        const Result<Currency> currency = foreign_currency(options.currency);
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
            continue;
        }
        begin_showing(options.watch);
        const std::string minute = minute_in_shanghai(wish->at.value_or(now));
        say(std::cout, "Exposure, " + minute + " in Shanghai", "敞口，上海时间 " + minute);
        std::cout << '\n';
        print_exposure(all, wish->only, std::cout);
    } while (shows_anew(options.watch));
    return 0;
}

using Align = TextTable::Align;

/// Ordered = paid + to be paid; paid = all that follows it.
void print_cny_side(std::span<const fx::CurrencyExposure> exposure, std::ostream& out) {
    TextTable table({{"CNY for", "人民币，付款币种"},
                     {"Ordered", "下单", Align::Right},
                     {"To be paid", "待付款", Align::Right},
                     {"Paid", "已付款", Align::Right},
                     {"Fees", "费用", Align::Right},
                     {"Refunded", "退款", Align::Right},
                     {"To buy", "待购", Align::Right},
                     {"In purchases", "购汇中", Align::Right},
                     {"Spent", "已用于购汇", Align::Right},
                     {"Rests", "尾款", Align::Right}});
    for (const fx::CurrencyExposure& one : exposure) {
        const Money refunded = one.of(Figure::Refunding) + one.of(Figure::Refunded);
        table.add({std::string(one.currency.code()), one.of(Figure::Ordered).text(), one.to_be_paid().text(),
                   one.of(Figure::Collected).text(), one.of(Figure::Fees).text(), refunded.text(),
                   one.open_cny().text(), one.of(Figure::Converting).text(), one.of(Figure::Converted).text(),
                   one.of(Figure::Rest).text()});
    }
    out << table.text();
}

/// Bought = allocated + not allocated; allocated = all that follows it.
void print_foreign_side(std::span<const fx::CurrencyExposure> exposure, std::ostream& out) {
    TextTable table({{"Currency", "币种"},
                     {"Value date", "起息日"},
                     {"Locked, CNY", "已锁 CNY", Align::Right},
                     {"Locked", "已锁", Align::Right},
                     {"Bought", "已购", Align::Right},
                     {"Not allocated", "未分配", Align::Right},
                     {"Allocated", "已分配", Align::Right},
                     {"To remit", "待汇", Align::Right},
                     {"Being remitted", "汇出中", Align::Right},
                     {"Remitted", "已汇出", Align::Right}});
    for (const fx::CurrencyExposure& one : exposure) {
        table.add({std::string(one.currency.code()), "all", one.locked_cny().text(), one.locked().text(),
                   one.of(Figure::Dealt).text(), one.unallocated().text(), one.of(Figure::Allocated).text(),
                   one.open().text(), one.of(Figure::Remitting).text(), one.of(Figure::Remitted).text()});
        for (const fx::ValueDateExposure& line : one.value_dates) {
            table.add({"", line.value_date.text(), line.locked_cny.text(), line.locked.text(), line.bought.text(),
                       (line.bought - line.allocated).text(), line.allocated.text(), "", "", ""});
        }
    }
    out << table.text();
}

}  // namespace

void print_exposure(std::span<const fx::CurrencyExposure> exposure, const std::optional<Currency>& only,
                    std::ostream& out) {
    if (exposure.empty()) {
        const std::string code(only ? only->code() : "");
        say(out, "No order is to be paid out in " + (only ? code : "a foreign currency") + ".",
            "没有须以" + (only ? " " + code + " " : "外币") + "付出的订单。");
        return;
    }
    print_cny_side(exposure, out);
    out << '\n';
    print_foreign_side(exposure, out);
}

void add_exposure(CommandLine& line) {
    const auto options = std::make_shared<ExposureOptions>();
    CLI::App& exposure = line.add("exposure", "What is still to be bought and sent, by currency and value date",
                                  [options] { return run_exposure(*options); });
    exposure.footer(
        std::string(
            "In CNY: ordered = paid + to be paid (below zero by what was paid in part for orders that expired); paid "
            "(the channel confirmed it; it need not be at the bank yet) = fees + refunded + to buy + in purchases (not "
            "dealt yet) + spent + rests (left over by rounding).\n"
            "In the currency: bought = allocated + not allocated (more than was ordered, or at another rate); "
            "allocated = to remit + being remitted (ordered at a bank, not debited yet) + remitted. A value date "
            "stands beneath until both its legs are settled.\n"
            "Locked: purchases that are not dealt yet, and what is not drawn of the locks that a dealer took, from the "
            "bank's promise on; one that is only asked for, or whose outcome is unknown, is not promised. To buy is "
            "not less for such a lock.\n") +
        "人民币：下单 = 已付款 + 待付款（过期订单的部分付款使其可为负）；已付款（渠道已确认，未必已到账）= 费用 + 退款 "
        "+ "
        "待购 + 购汇中（尚未成交）+ 已用于购汇 + 尾款（取整所余）。\n"
        "外币：已购 = 已分配 + 未分配（多成交或以其他汇率成交）；已分配 = 待汇 + 汇出中（已向银行发出，尚未扣账）+ "
        "已汇出。起息日逐一列出，直至两边交割完毕。\n"
        "已锁：尚未成交的购汇，以及交易员锁汇中尚未使用的部分（自银行承诺之时起；仅在请求中或结果不明的不计）。待购不因"
        "此类锁汇而减少。");
    CommandLine::add_source(exposure, options->source);
    CLI::Option* watch = exposure.add_flag("--watch", options->watch, "Show it anew every two seconds, until Ctrl-C");
    exposure.add_flag("--json", options->as_json, "For scripts")->excludes(watch);
    exposure.add_option("--at", options->at, "Instead of now: 2026-11-20T08:00:00Z")->excludes(watch);
    exposure.add_option("--currency", options->currency, "One currency alone");
}

}  // namespace huiqiao::app
