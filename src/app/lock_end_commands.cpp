#include "src/app/lock_end_commands.h"

#include <CLI/CLI.hpp>

#include <array>
#include <iostream>

#include "fx/lock_end_store.h"
#include "fx/lock_view.h"
#include "fx/quote_store.h"
#include "fx/roll_done_store.h"
#include "src/api/lock_end_routes.h"
#include "src/app/lock_end_tables.h"
#include "src/app/sign.h"
#include "src/base/encoding.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

namespace {

constexpr int kShown = 50;

struct EndsOptions {
    ConfigSource source;
    std::string id;
    bool as_json = false;
};

/// Of a lock that is over there is nothing to be kept either.
void keep_no_more(LockEndsSeen& seen) {
    if (fx::is_live(seen.lock.state)) return;
    for (flow::EndChoice& choice : seen.choices) {
        if (choice.way) continue;
        choice.why_not =
            Error(flow::lock_end_error::kLockOver,
                  {{"lock", seen.lock.id}, {"bank", seen.lock.bank}, {"state", std::string(to_text(seen.lock.state))}});
    }
}

/// nullopt: there is no such lock. No choices: it is not a held one.
std::optional<LockEndsSeen> ends_seen(House& house, const std::string& lock_id) {
    std::optional<LockEndsSeen> seen;
    const Instant now = house.clock->now();
    house.app->parts().database.read([&](db::Reader& reader) {
        seen.reset();
        std::optional<fx::Lock> lock = fx::QuoteStore::lock(reader, lock_id);
        if (!lock) return;
        seen = LockEndsSeen{.lock = std::move(*lock),
                            .choices = house.app->parts().lock_ends.choices(reader, lock_id, now),
                            .ends = fx::LockEndStore::of_lock(reader, lock_id, kShown)};
        keep_no_more(*seen);
        for (const fx::LockEnd& end : seen->ends) {
            if (end.way != fx::EndWay::Roll || end.state != fx::LockEndState::Done) continue;
            if (const auto done = fx::RollDoneStore::find(reader, end.id)) seen->done.emplace(end.id, *done);
        }
    });
    return seen;
}

int run_ends(const EndsOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    const std::optional<LockEndsSeen> seen = ends_seen(*house, options.id);
    if (!seen) return complain(Error(fx::lock_error::kNoLock, {{"lock", options.id}})), 1;
    const fx::Lock& lock = seen->lock;
    if (seen->choices.empty()) {
        return complain(Error(flow::lock_end_error::kNotHeld,
                              {{"lock", lock.id}, {"purchase", lock.purchase_id}, {"bank", lock.bank}})),
               1;
    }
    if (!options.as_json) {
        print_choices(*seen, house->clock->now(), std::cout);
        print_asked(*seen, std::cout);
        return 0;
    }
    http::JsonWriter json;
    json.open_object().field("lock_id", options.id).key("choices");
    api::write_end_choices(json, seen->choices);
    json.key("ends").open_array();
    for (const fx::LockEnd& end : seen->ends) api::write_lock_end(json, end);
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
    if (const auto seen = ends_seen(house, lock_id)) print_choices(*seen, house.clock->now(), out);
}

void add_end_commands(CLI::App& lock, std::function<int()>& chosen) {
    add_ends(lock, chosen);
    const auto [end, asked] =
        step<EndOptions>(lock, chosen, "end",
                         "Print the signed call of a dealer who has the bank name the cost of ending a lock", run_end);
    end->add_option("id", asked->id, "fxl_...")->required();
    end->add_option("--by", asked->by, "cancel, close_out (or close-out) or roll")
        ->required()
        ->check(CLI::IsMember({"cancel", "close_out", "close-out", "roll"}));
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
