#include "src/app/lock_end_commands.h"

#include <CLI/CLI.hpp>

#include <array>
#include <iostream>

#include "fx/lock_end_store.h"
#include "fx/lock_view.h"
#include "fx/quote_store.h"
#include "src/api/lock_end_routes.h"
#include "src/app/desk_jobs.h"
#include "src/app/sign.h"
#include "src/app/text_table.h"
#include "src/base/encoding.h"
#include "src/crypto/system_random.h"
#include "src/flow/decision.h"

namespace huiqiao::app {

namespace {

constexpr int kShown = 50;

struct EndsOptions {
    ConfigSource source;
    std::string id;
    bool as_json = false;
};

std::vector<flow::EndChoice> choices_of(House& house, const std::string& lock_id) {
    std::vector<flow::EndChoice> all;
    const Instant now = house.clock->now();
    house.app->parts().database.read(
        [&](db::Reader& reader) { all = house.app->parts().lock_ends.choices(reader, lock_id, now); });
    return all;
}

/// What it costs now, as far as the bank has said so: a cost that is over is none.
std::string cost_now(const flow::EndChoice& choice, Instant now) {
    if (!choice.way) return "0.00";
    const std::optional<fx::LockEnd>& latest = choice.latest;
    if (!latest) return "";
    const bool is_done = latest->state == fx::LockEndState::Done;
    if (!is_done && (latest->offer_reference.empty() || latest->stands_until <= now)) return "";
    const fx::EndCost& cost = is_done ? latest->charged : latest->cost;
    return (cost.we_get - cost.we_pay).text();
}

/// Of a roll that was priced.
std::string terms_now(const flow::EndChoice& choice) {
    if (!choice.latest || !choice.latest->to) return "";
    return choice.latest->to->rate.per_one() + ", " + rfc3339(choice.latest->to->expires_at);
}

/// What was asked before, newest first: who, when, at what cost, and of a roll both rates.
void print_asked(const std::vector<fx::LockEnd>& ends, std::ostream& out) {
    if (ends.empty()) return;
    using Align = TextTable::Align;
    TextTable table({{"Asked", "询价时间"},
                     {"End", "申请"},
                     {"By", "方式"},
                     {"Amount", "金额", Align::Right},
                     {"It is", "状态"},
                     {"Result, CNY", "损益 CNY", Align::Right},
                     {"Rate before", "原汇率", Align::Right},
                     {"Rate after", "新汇率", Align::Right},
                     {"Dealer", "交易员"},
                     {"Second person", "复核员"}});
    for (const fx::LockEnd& end : ends) {
        const bool is_done = end.state == fx::LockEndState::Done;
        const fx::EndCost& cost = is_done ? end.charged : end.cost;
        table.add(
            {rfc3339(end.asked_at), end.id, std::string(to_text(end.way)), flow::amount_with_currency(end.amount),
             std::string(to_text(end.state)), end.offer_reference.empty() ? "" : (cost.we_get - cost.we_pay).text(),
             end.from ? end.from->rate.per_one() : "", end.to ? end.to->rate.per_one() : "", end.maker, end.checker});
    }
    out << '\n' << table.text();
}

int run_ends(const EndsOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    const std::vector<flow::EndChoice> all = choices_of(*house, options.id);
    std::vector<fx::LockEnd> ends;
    std::optional<fx::Lock> lock;
    house->app->parts().database.read([&](db::Reader& reader) {
        ends = fx::LockEndStore::of_lock(reader, options.id, kShown);
        lock = fx::QuoteStore::lock(reader, options.id);
    });
    if (!lock) return complain(Error(fx::lock_error::kNoLock, {{"lock", options.id}})), 1;
    if (all.empty()) {
        return complain(Error(flow::lock_end_error::kNotHeld,
                              {{"lock", lock->id}, {"purchase", lock->purchase_id}, {"bank", lock->bank}})),
               1;
    }
    if (!options.as_json) {
        print_ends(*house, options.id, std::cout);
        print_asked(ends, std::cout);
        return 0;
    }
    http::JsonWriter json;
    json.open_object().field("lock_id", options.id).key("choices");
    api::write_end_choices(json, all);
    json.key("ends").open_array();
    for (const fx::LockEnd& end : ends) api::write_lock_end(json, end);
    std::cout << json.close_array().close_object().take() << '\n';
    return 0;
}

struct EndOptions {
    SignOptions sign;
    std::string id;
    std::string by;
    std::string until;
    bool is_look = false;
};

int run_end(EndOptions options) {
    http::JsonWriter json;
    json.open_object().field("by", options.by == "close-out" ? "close_out" : options.by);
    if (options.is_look) json.field("only_look", true);
    if (!options.until.empty()) json.field("until", options.until);
    json.close_object();
    // Each line that is printed asks once, however often it is sent.
    std::array<std::uint8_t, 16> key{};
    crypto::SystemRandom random;
    random.fill(key);
    options.sign.command.idempotency_key = hex(key);
    return print_signed_post(std::move(options.sign), "/v1/ops/locks/" + options.id + "/ends", json.take());
}

struct DecideOptions {
    SignOptions sign;
    std::string id;
    std::string pays = "0.00";
    std::string gets = "0.00";
    std::string rate;
    std::string reason;
};

void write_cny(http::JsonWriter& json, const char* name, const std::string& amount) {
    json.key(name).open_object().field("currency", "CNY").field("amount", amount).close_object();
}

int run_confirm(DecideOptions options) {
    http::JsonWriter json;
    json.open_object();
    write_cny(json, "we_pay", options.pays);
    write_cny(json, "we_get", options.gets);
    if (!options.rate.empty()) json.field("rate", options.rate);
    json.close_object();
    return print_signed_post(std::move(options.sign), "/v1/ops/lock-ends/" + options.id + "/confirm", json.take());
}

int run_refuse(DecideOptions options) {
    http::JsonWriter json;
    json.open_object().field("reason", options.reason).close_object();
    return print_signed_post(std::move(options.sign), "/v1/ops/lock-ends/" + options.id + "/refuse", json.take());
}

template <class Options>
std::pair<CLI::App*, std::shared_ptr<Options>> step(CLI::App& lock, std::function<int()>& chosen, const char* name,
                                                    const char* description, int (*run)(Options)) {
    const auto options = std::make_shared<Options>();
    CLI::App* one = lock.add_subcommand(name, description);
    one->callback([&chosen, options, run] { chosen = [options, run] { return run(*options); }; });
    return {one, options};
}

void add_ends(CLI::App& lock, std::function<int()>& chosen) {
    const auto options = std::make_shared<EndsOptions>();
    CLI::App* ends = lock.add_subcommand(
        "ends", "What may be done with what is left of a lock, side by side, each with its cost where it was asked");
    ends->callback([&chosen, options] { chosen = [options] { return run_ends(*options); }; });
    CommandLine::add_source(*ends, options->source);
    ends->add_option("id", options->id, "fxl_...")->required();
    ends->add_flag("--json", options->as_json, "For scripts");
}

}  // namespace

void print_ends(House& house, const std::string& lock_id, std::ostream& out) {
    using Align = TextTable::Align;
    const Instant now = house.clock->now();
    const std::vector<flow::EndChoice> all = choices_of(house, lock_id);
    TextTable table({{"Choice", "选择"},
                     {"Costs or brings us, CNY", "我方损益 CNY", Align::Right},
                     {"New rate, until", "新汇率，有效至"},
                     {"Stands until", "有效至"},
                     {"Asked as", "申请"},
                     {"It is", "状态"},
                     {"Can be asked for", "可申请"}});
    for (const flow::EndChoice& choice : all) {
        const std::optional<fx::LockEnd>& latest = choice.latest;
        const bool is_standing = latest && latest->state == fx::LockEndState::Priced && latest->stands_until > now;
        table.add({choice.way ? std::string(to_text(*choice.way)) : "keep", cost_now(choice, now), terms_now(choice),
                   is_standing ? rfc3339(latest->stands_until) : "", latest ? latest->id : "",
                   latest ? std::string(to_text(latest->state)) + (latest->is_look ? ", only looked at" : "") : "",
                   choice.why_not ? "no" : "yes"});
    }
    out << table.text() << '\n';
    say(out,
        "Kept, the rest may be drawn on until the lock's end, and lapses then; whether the bank charges for it is in "
        "its "
        "agreement.",
        "保留：剩余部分在到期前仍可使用，到期后失效；银行是否收费见协议。");
    for (const flow::EndChoice& choice : all)
        if (choice.why_not) say(out, choice.why_not->english(), choice.why_not->chinese());
}

void add_end_commands(CLI::App& lock, std::function<int()>& chosen) {
    add_ends(lock, chosen);
    const auto [end, asked] =
        step<EndOptions>(lock, chosen, "end",
                         "Print the signed call of a dealer who has the bank name the cost of ending a lock", run_end);
    end->add_option("id", asked->id, "fxl_...")->required();
    end->add_option("--by", asked->by, "cancel, close-out or roll")
        ->required()
        ->check(CLI::IsMember({"cancel", "close-out", "roll"}));
    end->add_option("--until", asked->until, "2026-11-20T06:00:00Z: of a roll, until when");
    end->add_flag("--look", asked->is_look, "Only to see the cost; nobody can confirm it");
    add_signer(*end, asked->sign);
    const auto [confirm, taken] = step<DecideOptions>(
        lock, chosen, "confirm", "Print the signed call of a second person (confirmer) who takes the cost of an end",
        run_confirm);
    confirm->add_option("id", taken->id, "lke_...")->required();
    confirm->add_option("--pays", taken->pays, "CNY that we pay, as it was named; 0.00 where left out");
    confirm->add_option("--gets", taken->gets, "CNY that we get, as it was named; 0.00 where left out");
    confirm->add_option("--rate", taken->rate, "Of a roll: the new rate, CNY for one unit, as it was named");
    add_signer(*confirm, taken->sign);
    const auto [refuse, left] = step<DecideOptions>(
        lock, chosen, "refuse", "Print the signed call of a second person (confirmer) who leaves the lock as it is",
        run_refuse);
    refuse->add_option("id", left->id, "lke_...")->required();
    refuse->add_option("--reason", left->reason, "At least three characters")->required();
    add_signer(*refuse, left->sign);
}

}  // namespace huiqiao::app
