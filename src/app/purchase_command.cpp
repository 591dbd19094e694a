#include "src/app/purchase_command.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

#include "fx/purchase_list_store.h"
#include "fx/purchase_store.h"
#include "src/app/desk_jobs.h"
#include "src/app/desk_wishes.h"
#include "src/app/house.h"
#include "src/app/quote_command.h"
#include "src/app/refresh.h"
#include "src/app/text_table.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

using Align = TextTable::Align;

constexpr int kMost = 1000;

struct PurchaseOptions {
    ConfigSource source;
    std::string id;
    std::string bank;
    int limit = 20;
    bool watch = false;
    bool as_json = false;
};

void write_purchase(http::JsonWriter& json, const fx::Purchase& purchase) {
    json.open_object()
        .field("id", purchase.id)
        .field("state", to_text(purchase.state))
        .field("bank", purchase.bank)
        .field("currency", purchase.currency.code())
        .field("fixed_side", to_text(purchase.fixed_side))
        .field("cny", purchase.cny)
        .field("foreign", purchase.foreign)
        .field("lock_id", purchase.lock_id)
        .field("reference", purchase.reference)
        .field("created_at", purchase.created_at);
    if (purchase.deal) {
        const fx::Deal& deal = *purchase.deal;
        json.key("deal").open_object().field("bank_reference", deal.bank_reference);
        json.field("cny", deal.cny).field("foreign", deal.foreign).field("rate", deal.rate.per_one());
        json.field("value_date", deal.value_date.text()).field("dealt_at", purchase.dealt_at).close_object();
    }
    if (purchase.over_at) json.field("over_at", *purchase.over_at);
}

void write_view(http::JsonWriter& json, const PurchaseView& view) {
    write_purchase(json, view.purchase);
    if (const auto& deal = view.purchase.deal; deal && view.allocated) {
        const fx::Allocated& allocated = *view.allocated;
        json.key("allocated").open_object().field("cny", allocated.cny).field("foreign", allocated.foreign);
        json.close_object().key("to_be_allocated").open_object();
        json.field("cny", deal->cny - allocated.cny).field("foreign", deal->foreign - allocated.foreign);
        json.close_object();
    }
    json.key("orders").open_array();
    for (const fx::PurchaseLine& line : view.lines) {
        json.open_object().field("order_id", line.order_id).field("merchant_id", line.merchant_id);
        json.field("put_in", line.put_in).field("cny", line.cny).field("foreign", line.foreign);
        json.field("rest", line.rest).field("back", line.back).field("borne", line.borne).close_object();
    }
    json.close_array().key("legs").open_array();
    for (const fx::PurchaseLeg& leg : view.legs) {
        json.open_object().field("account", leg.account).field("amount", leg.amount);
        json.field("value_date", leg.value_date.text()).field("settled", !leg.settled_by.empty()).close_object();
    }
    json.close_array().close_object();
}

std::optional<PurchaseView> view_of(db::Reader& reader, const std::string& id) {
    std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, id);
    if (!purchase) return std::nullopt;
    std::optional<fx::Allocated> allocated;  // of an annulled deal nothing is, or is to be
    if (purchase->state != fx::PurchaseState::Annulled) allocated = fx::allocated_of(reader, *purchase);
    PurchaseView view{*std::move(purchase), fx::PurchaseStore::lines(reader, id), {}, {}, std::move(allocated)};
    const std::vector<std::string> legs{fx::leg_id(view.purchase.reference, view.purchase.cny_account),
                                        fx::leg_id(view.purchase.reference, view.purchase.foreign_account)};
    view.legs = fx::PurchaseStore::legs(reader, legs);
    if (auto kept = fx::QuoteStore::offers(reader, id)) view.offers = std::move(kept->offers);
    return view;
}

/// Shows once, or anew until a signal; what `show` answers is the exit code.
int shown(const PurchaseOptions& options, const std::function<int(House&)>& show) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    do {
        begin_showing(options.watch);
        if (const int code = show(*house); code != 0) return code;
    } while (shows_anew(options.watch));
    return 0;
}

int run_list(const PurchaseOptions& options) {
    return shown(options, [&](House& house) {
        if (const Status known = check_bank_is_known(house.config, options.bank); !known) {
            complain(known.error());
            return 2;
        }
        std::vector<fx::Purchase> purchases;
        std::vector<flow::Buying> to_buy;
        house.app->parts().database.read([&](db::Reader& reader) {
            to_buy = house.app->parts().watch_buying.waiting(reader, house.clock->now());
            purchases = fx::PurchaseStore::load(reader, fx::newest_purchases(reader, options.bank, options.limit));
        });
        std::sort(purchases.begin(), purchases.end(),
                  [](const fx::Purchase& a, const fx::Purchase& b) { return a.id > b.id; });
        if (!options.as_json) {
            print_purchases(purchases, std::cout);
            print_deadlines(to_buy, house.clock->now(), std::cout);
            return 0;
        }
        http::JsonWriter json;
        json.open_array();
        for (const fx::Purchase& purchase : purchases) {
            write_purchase(json, purchase);
            json.close_object();
        }
        std::cout << json.close_array().take() << '\n';
        return 0;
    });
}

int run_show(const PurchaseOptions& options) {
    return shown(options, [&](House& house) {
        std::optional<PurchaseView> view;
        house.app->parts().database.read([&](db::Reader& reader) { view = view_of(reader, options.id); });
        if (!view) {
            complain(Error(purchase_error::kNoPurchase, {{"purchase", options.id}}));
            return 1;
        }
        if (!options.as_json) {
            print_purchase(*view, std::cout);
            return 0;
        }
        http::JsonWriter json;
        write_view(json, *view);
        std::cout << json.take() << '\n';
        return 0;
    });
}

/// What was bought, and how far it stands with the orders: what does not is in dispute (FX-07), or was settled by two
/// persons since.
TextTable shares(const fx::Deal& deal, const fx::Allocated& allocated) {
    TextTable table({{"Of the deal", "成交金额"}, {"CNY", "人民币", Align::Right}, {"Foreign", "外币", Align::Right}});
    const auto add = [&](const char* what, const Money& cny, const Money& foreign) {
        table.add({what, cny.text(), std::string(foreign.currency().code()) + " " + foreign.text()});
    };
    add("bought", deal.cny, deal.foreign);
    add("allocated", allocated.cny, allocated.foreign);
    add("beyond its orders", deal.cny - allocated.cny, deal.foreign - allocated.foreign);
    return table;
}

void add_shared(CLI::App& step, PurchaseOptions& options) {
    CommandLine::add_source(step, options.source);
    CLI::Option* watch = step.add_flag("--watch", options.watch, "Show it anew every two seconds, until Ctrl-C");
    step.add_flag("--json", options.as_json, "For scripts")->excludes(watch);
}

}  // namespace

void print_purchases(std::span<const fx::Purchase> purchases, std::ostream& out) {
    if (purchases.empty()) {
        say(out, "Nothing was bought yet.", "尚无购汇。");
        return;
    }
    TextTable table({{"Purchase", "购汇"},
                     {"State", "状态"},
                     {"Bank", "银行"},
                     {"CNY", "人民币", Align::Right},
                     {"Ordered", "所订", Align::Right},
                     {"Dealt, CNY", "成交 CNY", Align::Right},
                     {"Bought", "购得", Align::Right},
                     {"Rate", "汇率", Align::Right},
                     {"Value date", "起息日"},
                     {"Since, Shanghai", "开立（上海）"}});
    for (const fx::Purchase& purchase : purchases) {
        const auto& deal = purchase.deal;
        table.add({purchase.id, std::string(to_text(purchase.state)), purchase.bank, purchase.cny.text(),
                   std::string(purchase.currency.code()) + " " + purchase.foreign.text(), deal ? deal->cny.text() : "-",
                   deal ? deal->foreign.text() : "-", deal ? deal->rate.per_one() : "-",
                   deal ? deal->value_date.text() : "-", minute_in_shanghai(purchase.created_at)});
    }
    out << table.text();
}

void print_deadlines(std::span<const flow::Buying> waiting, Instant now, std::ostream& out) {
    if (waiting.empty()) return;
    TextTable table({{"To be bought", "待购"},
                     {"CNY funded on", "人民币到账日"},
                     {"By the end of", "截止日"},
                     {"Last cut-off, Shanghai", "最晚截止（上海）"},
                     {"Left", "剩余", Align::Right}});
    for (const flow::Buying& each : waiting) {
        const auto& deadline = each.deadline;
        const bool has_cut_off = deadline && deadline->last_cut_off;
        const bool is_over = !deadline || deadline->ahead({}) <= now;
        table.add({std::string(each.what.currency.code()), each.what.since.text(),
                   deadline ? deadline->day.text() : "not known",
                   has_cut_off ? minute_in_shanghai(*deadline->last_cut_off) : "-",
                   is_over ? "over" : age_in_words(deadline->ahead({}) - now)});
    }
    out << '\n' << table.text();
}

void print_purchase(const PurchaseView& view, std::ostream& out) {
    print_purchases(std::span(&view.purchase, 1), out);
    TextTable orders({{"Order", "订单"},
                      {"Merchant", "商户"},
                      {"Put in, CNY", "投入 CNY", Align::Right},
                      {"Spent, CNY", "支付 CNY", Align::Right},
                      {"Got", "所得", Align::Right},
                      {"Rest, CNY", "剩余 CNY", Align::Right},
                      {"Back, CNY", "退回 CNY", Align::Right},
                      {"Borne, CNY", "承担 CNY", Align::Right}});
    for (const fx::PurchaseLine& line : view.lines) {
        orders.add({line.order_id, line.merchant_id, line.put_in.text(), line.cny.text(), line.foreign.text(),
                    line.rest.text(), line.back.text(), line.borne.text()});
    }
    out << '\n' << orders.text();
    if (view.purchase.deal && view.allocated) out << '\n' << shares(*view.purchase.deal, *view.allocated).text();
    TextTable legs({{"Leg on", "交割账户"},
                    {"Direction", "方向"},
                    {"Amount", "金额", Align::Right},
                    {"Value date", "起息日"},
                    {"Settled, Shanghai", "结清（上海）"}});
    for (const fx::PurchaseLeg& leg : view.legs) {
        const bool is_dealt = leg.amount.is_positive();
        legs.add({leg.account, leg.credit ? "in" : "out",
                  std::string(leg.amount.currency().code()) + " " + (is_dealt ? leg.amount.text() : "-"),
                  is_dealt ? leg.value_date.text() : "-",
                  leg.settled_by.empty() ? "-" : minute_in_shanghai(leg.settled_at)});
    }
    out << '\n' << legs.text();
    if (view.offers.empty()) return;
    out << '\n';
    say(out, "Compared when it was opened:", "开立时比较过的报价：");
    print_offers(view.offers, view.offers.front().cny, view.purchase.created_at, out);
}

void add_purchase_command(CommandLine& line) {
    const auto chosen = std::make_shared<std::function<int()>>();
    CLI::App& purchase = line.add("purchase", "Purchases of foreign currency: list, show",
                                  [chosen] { return *chosen ? (*chosen)() : 2; });
    purchase.require_subcommand(1);
    const auto listed = std::make_shared<PurchaseOptions>();
    CLI::App* list = purchase.add_subcommand("list", "The newest purchases, and how far each has come");
    list->callback([chosen, listed] { *chosen = [listed] { return run_list(*listed); }; });
    add_shared(*list, *listed);
    list->add_option("--bank", listed->bank, "Of one bank alone");
    list->add_option("--limit", listed->limit, "How many")->check(CLI::Range(1, kMost))->capture_default_str();
    const auto one = std::make_shared<PurchaseOptions>();
    CLI::App* show = purchase.add_subcommand("show", "One purchase: its orders, its legs, the offers compared for it");
    show->callback([chosen, one] { *chosen = [one] { return run_show(*one); }; });
    add_shared(*show, *one);
    show->add_option("id", one->id, "pur_...")->required();
}

}  // namespace huiqiao::app
