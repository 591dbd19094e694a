#include "src/app/lock_commands.h"

#include <CLI/CLI.hpp>

#include <array>
#include <iostream>

#include "fx/desk.h"
#include "fx/quote_store.h"
#include "src/api/lock_awaited.h"
#include "src/app/desk_jobs.h"
#include "src/app/house.h"
#include "src/app/lock_end_commands.h"
#include "src/app/quote_command.h"
#include "src/app/sign.h"
#include "src/app/text_table.h"
#include "src/base/encoding.h"
#include "src/crypto/system_random.h"
#include "src/flow/convert.h"
#include "src/flow/decision.h"

namespace huiqiao::app {

namespace {

constexpr int kShown = 50;

struct LockOptions {
    ConfigSource source;
    std::string id;
    bool as_json = false;
};

std::chrono::seconds margin() {
    return flow::ConvertSettings{}.lock_needs;
}

int run_list(const LockOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    const Instant now = house->clock->now();
    std::vector<api::LockSeen> locks;
    house->app->parts().database.read([&](db::Reader& reader) { locks = api::locks_seen(reader, "", kShown); });
    if (!options.as_json) {
        print_locks(locks, now, margin(), std::cout);
        return 0;
    }
    http::JsonWriter json;
    json.open_array();
    for (const api::LockSeen& lock : locks) api::write_lock(json, lock, false, now, margin());
    std::cout << json.close_array().take() << '\n';
    return 0;
}

int run_show(const LockOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    const Instant now = house->clock->now();
    std::optional<api::LockSeen> lock;
    std::optional<fx::QuoteStore::KeptOffers> compared;
    house->app->parts().database.read([&](db::Reader& reader) {
        lock = api::lock_seen(reader, options.id);
        if (lock) compared = fx::QuoteStore::offers(reader, lock->held ? options.id : lock->lock.purchase_id);
    });
    if (!lock) return complain(Error(fx::lock_error::kNoLock, {{"lock", options.id}})), 1;
    if (options.as_json) {
        http::JsonWriter json;
        api::write_lock(json, *lock, true, now, margin());
        std::cout << json.take() << '\n';
        return 0;
    }
    print_locks(std::span(&*lock, 1), now, margin(), std::cout);
    std::cout << '\n';
    print_allocations(*lock, std::cout);
    if (compared) {
        std::cout << '\n';
        say(std::cout, "Compared when it was asked for:", "请求时比较过的报价：");
        print_offers(compared->offers, compared->cny, lock->lock.requested_at, std::cout);
    }
    if (lock->held && fx::is_live(lock->lock.state)) {
        std::cout << '\n';
        print_ends(*house, options.id, std::cout);
    }
    return 0;
}

std::string time_left(const fx::Lock& lock, const fx::LockUse& use) {
    if (api::is_awaited(lock)) return "not promised yet";
    return fx::is_live(lock.state) ? time_in_words(use.time_left) : "";
}

/// A price that was agreed on the telephone is not unknown: it waits for its slip, or for two persons (phone show).
std::string state_of(const api::LockSeen& seen) {
    const bool is_open = fx::is_asked_for(seen.lock.state) && !seen.phone_deal_id.empty();
    return is_open ? "open by telephone" : std::string(to_text(seen.lock.state));
}

/// Of a lock that purchases draw on; one that is a purchase's own has that purchase beside it.
std::string drawn_on(const api::LockSeen& seen, const fx::LockUse& use) {
    if (!seen.held) return "";
    const std::string drawn = use.used.is_zero() ? "nothing drawn" : "drawn on by purchases";
    if (!fx::is_live(seen.lock.state)) return drawn;
    if (!seen.held->end_id.empty()) return drawn + "; frozen by " + seen.held->end_id;
    return use.used.is_zero() && seen.lock.state == fx::LockState::Locked ? "free to be drawn on" : drawn;
}

struct TakeOptions {
    SignOptions sign;
    std::string bank;
    std::string currency;
    std::string cny;
    std::string foreign;
    std::vector<std::string> another_than;
    bool dry_run = false;
    bool as_json = false;
};

/// The amount and its side, as they were typed.
Result<flow::LockWish> wish_of(const TakeOptions& options) {
    if (options.cny.empty() == options.foreign.empty()) return Error(fx::lock_error::kOneSide);
    const Result<Currency> currency = Currency::find(options.currency);
    if (!currency) return currency.error();
    const Result<Money> amount = options.foreign.empty() ? Money::parse(Currency::known("CNY"), options.cny)
                                                         : Money::parse(*currency, options.foreign);
    if (!amount) return amount.error();
    return flow::LockWish{options.bank, *currency, *amount};
}

int show_offer(const TakeOptions& options, const flow::LockWish& wish) {
    const auto house = House::open({options.sign.config_file, options.sign.overrides}, false);
    if (house == nullptr) return 2;
    const Instant now = house->clock->now();
    std::optional<Result<flow::LockOffer>> offer;
    house->app->parts().database.read(
        [&](db::Reader& reader) { offer.emplace(house->app->parts().held_locks.offer(reader, wish, now)); });
    if (!*offer) return complain(offer->error()), 1;
    if (options.as_json) {
        http::JsonWriter json;
        api::write_lock_offer(json, wish, **offer);
        std::cout << json.take() << '\n';
        return 0;
    }
    print_lock_offer(wish, **offer, std::cout);
    return 0;
}

int run_take(TakeOptions options) {
    const auto tables = std::filesystem::path(options.sign.config_file).parent_path();
    if (const Status installed = install_currencies(tables); !installed) return complain(installed.error()), 2;
    const Result<flow::LockWish> wish = wish_of(options);
    if (!wish) return complain(wish.error()), 2;
    if (options.dry_run) return show_offer(options, *wish);
    http::JsonWriter json;
    json.open_object().field("bank", wish->bank).field("currency", wish->currency.code()).field("amount", wish->amount);
    if (!options.another_than.empty()) {
        json.key("another_lock").open_array();
        for (const std::string& lock : options.another_than) json.value(lock);
        json.close_array();
    }
    json.close_object();
    // Each line that is printed is one lock, however often it is sent.
    std::array<std::uint8_t, 16> key{};
    crypto::SystemRandom random;
    random.fill(key);
    options.sign.command.idempotency_key = hex(key);
    return print_signed_post(std::move(options.sign), "/v1/ops/locks", json.take());
}

void add_take(CLI::App& lock, std::function<int()>& chosen) {
    const auto options = std::make_shared<TakeOptions>();
    CLI::App* take = lock.add_subcommand(
        "take", "Print the signed call of a dealer who has a bank promise a rate; --dry-run: what it would cost");
    take->callback([&chosen, options] {
        if (!options->dry_run && options->sign.key_file.empty()) throw CLI::RequiredError("--key");
        if (!options->dry_run && options->sign.key_id.empty()) throw CLI::RequiredError("--key-id");
        chosen = [options] { return run_take(*options); };
    });
    take->add_option("--bank", options->bank, "As the configuration names it")->required();
    take->add_option("--currency", options->currency, "What is bought")->required();
    take->add_option("--cny", options->cny, "What is spent");
    take->add_option("--foreign", options->foreign, "What is bought; one of the two");
    take->add_option("--another", options->another_than,
                     "fxl_..., which it is not: one of the same bank, amount and value date that still stands");
    take->add_flag("--dry-run", options->dry_run, "Rate and cost by the bank's latest price; nobody is asked");
    take->add_flag("--json", options->as_json, "For scripts, with --dry-run");
    add_signer(*take, options->sign);
    for (const char* name : {"--key", "--key-id"}) take->get_option(name)->required(false);  // not to see its cost
}

}  // namespace

void print_lock_offer(const flow::LockWish& wish, const flow::LockOffer& offer, std::ostream& out) {
    using Align = TextTable::Align;
    const std::string code(wish.currency.code());
    TextTable table({{"Bank", "银行"},
                     {"CNY for one " + code, "1 " + code + " 合人民币", Align::Right},
                     {"Above mid, bp", "高于买卖中间价 bp", Align::Right},
                     {"Holds, CNY", "冻结 CNY", Align::Right},
                     {"Buys", "购得", Align::Right},
                     {"Fee, CNY", "手续费 CNY", Align::Right},
                     {"Funded, CNY", "已到账 CNY", Align::Right},
                     {"Free, CNY", "可用 CNY", Align::Right},
                     {"Value date", "起息日"},
                     {"Price stands", "报价剩余时间", Align::Right}});
    table.add({wish.bank, offer.quote.bank_rate.per_one(), fx::above_mid_bp(offer.quote), offer.cny.text(),
               flow::amount_with_currency(offer.foreign), offer.fee.text(), offer.collected.text(), offer.free.text(),
               offer.value_date.text(), time_in_words(offer.quote_left)});
    out << table.text();
}

void print_locks(std::span<const api::LockSeen> locks, Instant now, std::chrono::seconds margin, std::ostream& out) {
    if (locks.empty()) {
        say(out, "No bank was asked for a lock.", "尚未向银行申请锁汇。");
        return;
    }
    using Align = TextTable::Align;
    TextTable table({{"Lock", "锁汇"},
                     {"Bank", "银行"},
                     {"State", "状态"},
                     {"Currency", "币种"},
                     {"Rate, CNY for one", "汇率（每单位合人民币）", Align::Right},
                     {"Amount", "金额", Align::Right},
                     {"Used", "已用", Align::Right},
                     {"Left", "剩余", Align::Right},
                     {"Over, not used", "已结束未用", Align::Right},
                     {"Time left", "剩余时间", Align::Right},
                     {"Value date", "起息日"},
                     {"Drawn on", "使用情况"},
                     {"Purchase", "购汇"},
                     {"Purchase's state", "购汇状态"}});
    for (const api::LockSeen& seen : locks) {
        const fx::LockUse use = api::use_of(seen, now, margin);
        table.add({seen.lock.id, seen.lock.bank, state_of(seen), std::string(seen.lock.rate.base().code()),
                   seen.lock.rate.per_one(), flow::amount_with_currency(seen.lock.amount), use.used.text(),
                   use.left.text(), (seen.lock.amount - use.used - use.left).text(), time_left(seen.lock, use),
                   seen.lock.value_date.text(), drawn_on(seen, use), seen.purchase ? seen.purchase->id : "",
                   seen.purchase ? std::string(to_text(seen.purchase->state)) : ""});
    }
    out << table.text();
}

void print_allocations(const api::LockSeen& lock, std::ostream& out) {
    using Align = TextTable::Align;
    TextTable table({{"Purchase", "购汇"},
                     {"Order", "订单"},
                     {"Put in, CNY", "投入 CNY", Align::Right},
                     {"Paid, CNY", "支付 CNY", Align::Right},
                     {"Got", "所得", Align::Right}});
    for (const fx::PurchaseLine& line : lock.lines)
        table.add({line.purchase_id, line.order_id, line.put_in.text(), line.cny.text(),
                   flow::amount_with_currency(line.foreign)});
    out << table.text();
}

void add_lock_commands(CommandLine& line) {
    const auto chosen = std::make_shared<std::function<int()>>();
    CLI::App& lock = line.add("lock", "Banks' promises: list, show, take, ends, end, confirm, refuse",
                              [chosen] { return *chosen ? (*chosen)() : 2; });
    lock.require_subcommand(1);
    const auto add = [&](const char* name, const char* description, int (*run)(const LockOptions&)) {
        const auto options = std::make_shared<LockOptions>();
        CLI::App* step = lock.add_subcommand(name, description);
        step->callback([chosen, options, run] { *chosen = [options, run] { return run(*options); }; });
        CommandLine::add_source(*step, options->source);
        step->add_flag("--json", options->as_json, "For scripts");
        return std::pair(step, options);
    };
    add("list", "The latest locks: how much is used and left, and for how long", run_list);
    const auto [show, options] = add("show", "One lock, and what each order put in and got", run_show);
    show->add_option("id", options->id, "fxl_...")->required();
    add_take(lock, *chosen);
    add_end_commands(lock, *chosen);
}

}  // namespace huiqiao::app
