#include "src/app/lock_commands.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/app/desk_jobs.h"
#include "src/app/house.h"
#include "src/app/text_table.h"
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
    house->app->parts().database.read([&](db::Reader& reader) { lock = api::lock_seen(reader, options.id); });
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
    return 0;
}

}  // namespace

void print_locks(std::span<const api::LockSeen> locks, Instant now, std::chrono::seconds margin, std::ostream& out) {
    if (locks.empty()) {
        say(out, "No bank was asked for a lock.", "尚未向银行申请锁价。");
        return;
    }
    using Align = TextTable::Align;
    TextTable table({{"Lock", "锁价"},
                     {"Bank", "银行"},
                     {"State", "状态"},
                     {"Rate", "汇率", Align::Right},
                     {"Amount", "金额", Align::Right},
                     {"Used", "已用", Align::Right},
                     {"Left", "剩余", Align::Right},
                     {"Time left", "剩余时间", Align::Right},
                     {"Value date", "起息日"},
                     {"Purchase", "购汇"},
                     {"It is", "购汇状态"}});
    for (const api::LockSeen& seen : locks) {
        const fx::LockUse use = fx::use_of(seen.lock, seen.purchase, now, margin);
        const std::string time = fx::is_live(seen.lock.state) ? std::to_string(use.time_left.count()) + " s" : "";
        table.add({seen.lock.id, seen.lock.bank, std::string(to_text(seen.lock.state)),
                   std::string(seen.lock.rate.base().code()) + " " + seen.lock.rate.per_one(),
                   flow::amount_with_currency(seen.lock.amount), use.used.text(), use.left.text(), time,
                   seen.lock.value_date.text(), seen.purchase.id, std::string(to_text(seen.purchase.state))});
    }
    out << table.text();
}

void print_allocations(const api::LockSeen& lock, std::ostream& out) {
    using Align = TextTable::Align;
    TextTable table({{"Order", "订单"},
                     {"Put in, CNY", "投入 CNY", Align::Right},
                     {"Paid, CNY", "支付 CNY", Align::Right},
                     {"Got", "所得", Align::Right}});
    for (const fx::PurchaseLine& line : lock.lines)
        table.add({line.order_id, line.put_in.text(), line.cny.text(), flow::amount_with_currency(line.foreign)});
    out << table.text();
}

void add_lock_commands(CommandLine& line) {
    const auto chosen = std::make_shared<std::function<int()>>();
    CLI::App& lock = line.add("lock", "Banks' promises: list, show", [chosen] { return *chosen ? (*chosen)() : 2; });
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
}

}  // namespace huiqiao::app
