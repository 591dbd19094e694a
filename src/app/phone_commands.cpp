#include "src/app/phone_commands.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "fx/phone_deal_store.h"
#include "fx/purchase_store.h"
#include "fx/quote_store.h"
#include "src/api/phone_json.h"
#include "src/app/desk_jobs.h"
#include "src/app/house.h"
#include "src/app/quote_command.h"
#include "src/app/sign.h"
#include "src/app/text_table.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

namespace {

constexpr int kShown = 50;

/// "" for 1 and 100: else the sentence about it, in both languages.
std::string wrong_units(const std::string& typed) {
    if (typed == "1" || typed == "100") return "";
    const Error error(fx::phone_error::kUnit, {{"unit", typed}});
    return error.english() + '\n' + error.chinese();
}

/// As they are typed; the service says what is wrong with them.
struct PriceOptions {
    std::string pair;
    std::string price;
    int unit_base = 0;
    std::string value_date;
};

struct RecordOptions {
    SignOptions sign;
    PriceOptions price;
    std::string bank;
    std::string dealer;
    std::string called_at;
    std::string currency;
    std::string amount;
    std::string expires_at;
    std::string recording;
    std::vector<std::string> another_than;
};

struct ConfirmOptions {
    SignOptions sign;
    PriceOptions price;
    std::string id;
    std::string number;
    std::string cny;
    std::string foreign;
};

const char* waits_for(fx::PhoneDealState state) {
    switch (state) {
        case fx::PhoneDealState::Recorded: return "a second person with the slip";
        case fx::PhoneDealState::Differs: return "two persons: propose settle_phone_deal";
        case fx::PhoneDealState::Overdue: return "the slip, or two persons: propose settle_phone_deal";
        case fx::PhoneDealState::Dealt:
        case fx::PhoneDealState::NotDealt: return "";
    }
    throw LogicError("state of a phone deal out of range");
}

const char* waits_for_zh(fx::PhoneDealState state) {
    switch (state) {
        case fx::PhoneDealState::Recorded: return "第二人录入成交单";
        case fx::PhoneDealState::Differs: return "两人处理：发起 settle_phone_deal";
        case fx::PhoneDealState::Overdue: return "成交单，或由两人处理：发起 settle_phone_deal";
        case fx::PhoneDealState::Dealt:
        case fx::PhoneDealState::NotDealt: return "";
    }
    throw LogicError("state of a phone deal out of range");
}

struct ListOptions {
    ConfigSource source;
    bool as_json = false;
};

struct ShowOptions {
    ConfigSource source;
    std::string id;
    bool as_json = false;
};

void write_money(http::JsonWriter& json, const char* name, const std::string& currency, const std::string& amount) {
    json.key(name).open_object().field("currency", currency).field("amount", amount).close_object();
}

void write_price(http::JsonWriter& json, const PriceOptions& price) {
    json.field("pair", price.pair)
        .field("price", price.price)
        .field("unit_base", price.unit_base)
        .field("value_date", price.value_date);
}

int run_record(RecordOptions options) {
    http::JsonWriter json;
    json.open_object().field("bank", options.bank).field("dealer", options.dealer);
    json.field("called_at", options.called_at);
    write_price(json, options.price);
    write_money(json, "amount", options.currency, options.amount);
    json.field("expires_at", options.expires_at).field("recording", options.recording);
    if (!options.another_than.empty()) {
        json.key("another_deal").open_array();
        for (const std::string& deal : options.another_than) json.value(deal);
        json.close_array();
    }
    json.close_object();
    return print_signed_post(std::move(options.sign), "/v1/ops/phone-deals", json.take());
}

int run_confirm(ConfirmOptions options) {
    http::JsonWriter json;
    json.open_object().field("slip_number", options.number);
    write_price(json, options.price);
    write_money(json, "cny", "CNY", options.cny);
    write_money(json, "foreign", options.price.pair.substr(0, 3), options.foreign);
    json.close_object();
    return print_signed_post(std::move(options.sign), "/v1/ops/phone-deals/" + options.id + "/confirm", json.take());
}

int run_show(const ShowOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    std::optional<fx::PhoneDeal> deal;
    std::optional<fx::Purchase> purchase;
    std::optional<fx::QuoteStore::KeptOffers> compared;
    house->app->parts().database.read([&](db::Reader& reader) {
        deal = fx::PhoneDealStore::find(reader, options.id);
        if (!deal) return;
        purchase = fx::PurchaseStore::find(reader, deal->purchase_id);
        compared = fx::QuoteStore::offers(reader, deal->purchase_id);
    });
    if (!deal) return complain(Error(flow::phone_error::kNoPhoneDeal, {{"deal", options.id}})), 1;
    const std::string reference = purchase ? purchase->reference : "";
    const std::string dealer = house->app->parts().phone.dealer_of(*deal);
    if (!options.as_json) {
        print_phone_deal(*deal, reference, dealer, std::cout);
        if (!compared) return 0;
        std::cout << '\n';
        say(std::cout, "What other banks showed when it was recorded:", "记录时其他银行的报价：");
        print_offers(compared->offers, compared->cny, deal->recorded_at, std::cout);
        return 0;
    }
    http::JsonWriter json;
    api::write_phone_deal(json, *deal, reference, dealer);
    std::cout << json.take() << '\n';
    return 0;
}

int run_list(const ListOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    std::vector<fx::PhoneDeal> deals;
    house->app->parts().database.read(
        [&](db::Reader& reader) { deals = fx::PhoneDealStore::list(reader, "", kShown); });
    if (!options.as_json) {
        print_phone_deals(deals, std::cout);
        return 0;
    }
    http::JsonWriter json;
    json.open_array();
    for (const fx::PhoneDeal& deal : deals) {
        json.open_object()
            .field("id", deal.id)
            .field("state", to_text(deal.state))
            .field("bank", deal.call.bank)
            .field("called_at", deal.call.called_at)
            .field("price", deal.call.price.per_one())
            .field("cny", deal.amounts.cny)
            .field("foreign", deal.amounts.foreign)
            .field("value_date", deal.call.value_date.text())
            .field("expires_at", deal.call.expires_at)
            .field("purchase_id", deal.purchase_id)
            .field("maker", deal.maker)
            .field("waits_for", waits_for(deal.state))
            .close_object();
    }
    std::cout << json.close_array().take() << '\n';
    return 0;
}

void add_price(CLI::App& command, PriceOptions& price) {
    command.add_option("--pair", price.pair, "USD/CNY")->required();
    command.add_option("--price", price.price, "CNY, as it was said")->required();
    command.add_option("--per", price.unit_base, "1 or 100: for how many units it was said")
        ->required()
        ->check(CLI::Validator(wrong_units, ""));
    command.add_option("--value-date", price.value_date, "2026-11-24")->required();
}

/// Of `phone`: runs where its name was given.
CLI::App& add_step(CLI::App& phone, std::function<int()>& chosen, const char* name, const char* description,
                   std::function<int()> run) {
    CLI::App* step = phone.add_subcommand(name, description);
    step->callback([&chosen, run = std::move(run)] { chosen = run; });
    return *step;
}

void add_record(CLI::App& phone, std::function<int()>& chosen) {
    const auto options = std::make_shared<RecordOptions>();
    CLI::App& record = add_step(phone, chosen, "record", "Print the signed call of a dealer who records a call",
                                [options] { return run_record(*options); });
    record.add_option("--bank", options->bank, "As the configuration names it")->required();
    record.add_option("--dealer", options->dealer, "The dealer's name at the bank; stored sealed")->required();
    record.add_option("--called-at", options->called_at, "2026-11-20T02:14:05Z")->required();
    add_price(record, options->price);
    record.add_option("--currency", options->currency, "Of the amount that is fixed: CNY, or what is bought")
        ->required();
    record.add_option("--amount", options->amount, "10000.00")->required();
    record.add_option("--expires-at", options->expires_at, "Until when the bank keeps its word")->required();
    record.add_option("--recording", options->recording, "Where the call can be heard again")->required();
    record.add_option(
        "--another-deal", options->another_than,
        "phd_..., which it is not: the bank dealt in that size on that day before, and said so when asked");
    add_signer(record, options->sign);
}

void add_confirm(CLI::App& phone, std::function<int()>& chosen) {
    const auto options = std::make_shared<ConfirmOptions>();
    CLI::App& confirm = add_step(phone, chosen, "confirm",
                                 "Print the signed call of a second person (confirmer) who has the bank's slip",
                                 [options] { return run_confirm(*options); });
    confirm.add_option("id", options->id, "phd_...")->required();
    confirm.add_option("--slip", options->number, "The slip's own number")->required();
    add_price(confirm, options->price);
    confirm.add_option("--cny", options->cny, "What the bank takes")->required();
    confirm.add_option("--foreign", options->foreign, "What the bank gives")->required();
    add_signer(confirm, options->sign);
}

void add_list(CLI::App& phone, std::function<int()>& chosen) {
    const auto options = std::make_shared<ListOptions>();
    CLI::App& list = add_step(phone, chosen, "list", "The latest deals on the telephone, and who is waited for",
                              [options] { return run_list(*options); });
    CommandLine::add_source(list, options->source);
    list.add_flag("--json", options->as_json, "For scripts");
}

void add_show(CLI::App& phone, std::function<int()>& chosen) {
    const auto options = std::make_shared<ShowOptions>();
    CLI::App& show = add_step(phone, chosen, "show", "One deal: what was recorded, the slip, and where they differ",
                              [options] { return run_show(*options); });
    CommandLine::add_source(show, options->source);
    show.add_option("id", options->id, "phd_...")->required();
    show.add_flag("--json", options->as_json, "For scripts");
}

std::string price_text(const Rate& price) {
    return price.text() + (price.unit_base() == 1 ? "" : " / " + std::to_string(price.unit_base()));
}

}  // namespace

void print_phone_deals(std::span<const fx::PhoneDeal> deals, std::ostream& out) {
    if (deals.empty()) {
        say(out, "No deal was made on the telephone.", "没有电话交易。");
        return;
    }
    using Align = TextTable::Align;
    TextTable table({{"Deal", "交易"},
                     {"Bank", "银行"},
                     {"Called, Shanghai", "通话时间（上海）"},
                     {"Price", "价格", Align::Right},
                     {"CNY", "人民币", Align::Right},
                     {"Buys", "买得", Align::Right},
                     {"Value date", "起息日"},
                     {"Good until, Shanghai", "有效至（上海）"},
                     {"State", "状态"},
                     {"Maker", "制单人"},
                     {"Waits for", "等待"}});
    for (const fx::PhoneDeal& deal : deals) {
        table.add({deal.id, deal.call.bank, minute_in_shanghai(deal.call.called_at), deal.call.price.per_one(),
                   deal.amounts.cny.text(),
                   std::string(deal.call.currency().code()) + " " + deal.amounts.foreign.text(),
                   deal.call.value_date.text(), minute_in_shanghai(deal.call.expires_at),
                   std::string(to_text(deal.state)), deal.maker, waits_for(deal.state)});
    }
    out << table.text();
}

void print_phone_deal(const fx::PhoneDeal& deal, const std::string& reference, const std::string& dealer,
                      std::ostream& out) {
    const fx::PhoneCall& call = deal.call;
    const auto& slip = deal.slip;
    TextTable table({{deal.id, "电话交易"}, {"", ""}, {"Recorded", "记录"}, {"On the slip", "成交单"}});
    const auto row = [&](const std::string& english, const char* chinese, const std::string& recorded,
                         const std::string& on_slip = "") {
        if (!recorded.empty() || !on_slip.empty()) table.add({english, chinese, recorded, on_slip});
    };
    const auto if_there = [&](const auto& told) { return slip ? std::string(told(*slip)) : std::string(); };
    const std::string code(call.currency().code());
    row("State", "状态", std::string(to_text(deal.state)));
    row("Bank", "银行", call.bank);
    row("Dealer there", "银行交易员", dealer);
    row("Called, Shanghai", "通话时间（上海）", minute_in_shanghai(call.called_at));
    row("Good until, Shanghai", "有效至（上海）", minute_in_shanghai(call.expires_at));
    row("Recording", "录音", call.recording);
    row("Slip", "成交单号", "", if_there([](const fx::PhoneSlip& it) { return it.number; }));
    row("Price, " + code + "/CNY", "价格", price_text(call.price),
        if_there([](const fx::PhoneSlip& it) { return price_text(it.price); }));
    row("CNY", "人民币", deal.amounts.cny.text(), if_there([](const fx::PhoneSlip& it) { return it.cny.text(); }));
    row("Buys, " + code, "买得", deal.amounts.foreign.text(),
        if_there([](const fx::PhoneSlip& it) { return it.foreign.text(); }));
    row("Fixed side", "固定一方", std::string(to_text(call.fixed_side())));
    row("Value date", "起息日", call.value_date.text(),
        if_there([](const fx::PhoneSlip& it) { return it.value_date.text(); }));
    row("Recorded by, Shanghai", "制单人（上海）", deal.maker + ", " + minute_in_shanghai(deal.recorded_at));
    row("Slip by", "复核人", "", deal.checker);
    row("Decided, Shanghai", "定案（上海）", deal.decided_at == Instant{} ? "" : minute_in_shanghai(deal.decided_at));
    row("Purchase", "购汇", deal.purchase_id);
    row("Reference", "参考号", reference);
    out << table.text();
    const auto differences = slip ? fx::differences(deal, *slip) : std::vector<fx::SlipDifference>();
    if (!differences.empty()) {
        out << '\n';
        say(out, "Record and slip differ:", "记录与成交单不符：");
        for (const fx::SlipDifference& each : differences) say(out, "- " + each.english, "- " + each.chinese);
    }
    if (*waits_for(deal.state) == '\0') return;
    out << '\n';
    say(out, "It waits for " + std::string(waits_for(deal.state)) + ".",
        "等待" + std::string(waits_for_zh(deal.state)) + "。");
}

void add_phone_commands(CommandLine& line) {
    const auto chosen = std::make_shared<std::function<int()>>();
    CLI::App& phone = line.add("phone", "Deals on the telephone: record, confirm, list, show",
                               [chosen] { return *chosen ? (*chosen)() : 2; });
    phone.require_subcommand(1);
    add_record(phone, *chosen);
    add_confirm(phone, *chosen);
    add_list(phone, *chosen);
    add_show(phone, *chosen);
}

}  // namespace huiqiao::app
