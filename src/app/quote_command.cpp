#include "src/app/quote_command.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/app/app.h"
#include "src/app/desk_jobs.h"
#include "src/app/desk_wishes.h"
#include "src/app/house.h"
#include "src/app/quote_sources.h"
#include "src/app/text_table.h"
#include "src/flow/decision.h"

namespace huiqiao::app {

namespace {

struct QuoteOptions {
    ConfigSource source;
    std::string currency;
    std::string cny;
    std::string foreign;
    bool as_json = false;
};

/// The amount and its side, as they were typed.
Result<Money> wanted(const QuoteOptions& options, Currency currency) {
    return options.foreign.empty() ? amount_wanted(Currency::known("CNY"), options.cny)
                                   : amount_wanted(currency, options.foreign);
}

/// Of one that can be taken, how much worse it is than the best; of the best nothing.
std::string why_not(const fx::Offer& offer, const fx::Offer& best, const Money& fixed) {
    if (offer.unfit != fx::Unfit::No) return std::string(fx::to_text(offer.unfit));
    const Money behind = fx::behind(offer, best, fixed);
    if (behind.is_zero()) return "";
    const bool pays_more = behind.currency().code() == "CNY";
    return (pays_more ? "costs " : "buys ") + flow::amount_with_currency(behind) + (pays_more ? " more" : " less");
}

int run_quote(const QuoteOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    const Result<Currency> currency = foreign_currency(options.currency);
    if (!currency) return complain(currency.error()), 2;
    const Result<Money> fixed = wanted(options, *currency);
    if (!fixed) return complain(fixed.error()), 2;
    const Instant now = house->clock->now();
    App::Parts& parts = house->app->parts();
    const flow::QuoteSources sources = quote_sources(house->config, parts.ledger, parts.bank_hours);
    std::map<std::string, std::vector<fx::Offer>> by_currency;
    parts.database.read(
        [&](db::Reader& reader) { by_currency = flow::offers_now(reader, sources, *fixed, *currency, now); });
    const std::vector<fx::Offer>& offers = by_currency[std::string(currency->code())];
    if (options.as_json) {
        http::JsonWriter json;
        json.open_array();
        write_offers(json, offers, *fixed, now);
        std::cout << json.close_array().take() << '\n';
        return 0;
    }
    const std::string amount = flow::amount_with_currency(*fixed);
    const std::string minute = minute_in_shanghai(now);
    const std::string code(currency->code());
    const bool is_cost = !options.foreign.empty();
    say(std::cout,
        (is_cost ? "What " + amount + " costs in CNY, " : "What " + amount + " buys of " + code + ", ") + minute +
            " in Shanghai",
        (is_cost ? "买入 " + amount + " 所需人民币，上海时间 " : amount + " 可买入 " + code + "，上海时间 ") + minute);
    std::cout << '\n';
    print_offers(offers, *fixed, now, std::cout);
    return 0;
}

}  // namespace

void print_offers(std::span<const fx::Offer> offers, const Money& fixed, Instant now, std::ostream& out) {
    if (offers.empty()) {
        say_not_quoted(out, "this currency", "该币种");
        return;
    }
    using Align = TextTable::Align;
    const std::string code(offers.front().quote.currency().code());
    TextTable table({{"", ""},
                     {"Bank", "银行"},
                     {"CNY for one " + code, "1 " + code + " 合人民币", Align::Right},
                     {"Above mid, bp", "高于买卖中间价 bp", Align::Right},
                     {"Fee, CNY", "费用 CNY", Align::Right},
                     {"Pays, CNY", "支付 CNY", Align::Right},
                     {"Buys", "买得", Align::Right},
                     {"All-in rate", "综合汇率", Align::Right},
                     {"Age", "时长", Align::Right},
                     {"Valid for", "尚有效", Align::Right},
                     {"Not taken because", "未选用原因"}});
    int place = 0;
    for (const fx::Offer& offer : offers) {
        const fx::Quote& quote = offer.quote;
        table.add({offer.unfit == fx::Unfit::No ? std::to_string(++place) : "-", quote.bank, quote.bank_rate.per_one(),
                   fx::above_mid_bp(quote), offer.fee.text(), offer.cny.text(),
                   flow::amount_with_currency(offer.foreign), fx::all_in_rate(offer),
                   age_in_words(now - quote.received_at), left_in_words(quote, now),
                   why_not(offer, offers.front(), fixed)});
    }
    out << table.text();
}

void write_offers(http::JsonWriter& json, std::span<const fx::Offer> offers, const Money& fixed, Instant now) {
    for (const fx::Offer& offer : offers) {
        const fx::Quote& quote = offer.quote;
        json.open_object().field("currency", quote.currency().code()).field("bank", quote.bank);
        json.field("quote_id", quote.id).field("bank_rate", quote.bank_rate.per_one());
        json.field("mid", quote.mid.per_one()).field("above_mid_bp", fx::above_mid_bp(quote)).field("fee", offer.fee);
        json.field("pays", offer.cny).field("buys", offer.foreign).field("all_in_rate", fx::all_in_rate(offer));
        json.field("received_at", quote.received_at).field("valid_until", quote.valid_until);
        json.field("age_ms", std::int64_t{(now - quote.received_at).count() / 1000});
        if (offer.unfit != fx::Unfit::No) {
            json.field("unfit", fx::to_text(offer.unfit));
        } else {
            json.field("behind_best", fx::behind(offer, offers.front(), fixed));
        }
        json.close_object();
    }
}

void add_quote_command(CommandLine& line) {
    const auto options = std::make_shared<QuoteOptions>();
    CLI::App& quote = line.add("quote", "What each bank offers for one amount now, CNY or foreign currency fixed",
                               [options] { return run_quote(*options); });
    CommandLine::add_source(quote, options->source);
    quote.add_option("--currency", options->currency, "What is bought: USD")->required();
    CLI::Option_group* amount = quote.add_option_group("amount", "Which side is fixed");
    amount->add_option("--cny", options->cny, "The CNY that are paid, the bank's fee included");
    amount->add_option("--foreign", options->foreign, "The foreign currency that is bought");
    amount->require_option(1);
    quote.add_flag("--json", options->as_json, "For scripts");
}

}  // namespace huiqiao::app
