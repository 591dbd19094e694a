#include "tests/sim/world.h"

#include <algorithm>

#include "src/base/calendar.h"
#include "tests/sim/bank_requests.h"
#include "tests/sim/broken.h"
#include "tests/sim/counterparty_faults.h"
#include "tests/sim/spread.h"

namespace huiqiao::testing::sim {

namespace {

using namespace std::chrono_literals;
using Network = SimulatedClient::Network;

constexpr int kWorkingDaysOfFaults = 2;  // after the first: money that came on one goes out on the next
constexpr int kMostTurns = 400;          // at one instant; more is a house that never comes to rest
constexpr std::uint64_t kOrdersArriveWithin_s = 30 * 3600;
constexpr std::int64_t kThreeDays_s = 3 * 86'400;

/// A working Tuesday, the eve of a weekend, or, more seldom since it is long, the eve of a long holiday.
Date first_day(Random& random) {
    constexpr int kDays[] = {20260512, 20260512, 20260512, 20260512, 20260515, 20260515, 20260515, 20260929};
    return Date::of_number(kDays[random.below(std::size(kDays))]);
}

/// A house that asks every minute, one that asks a few times an hour, and one whose bank wants to be left alone. With
/// several banks there are more accounts to ask for.
std::vector<std::string> polls(Random& random, bool is_one_bank) {
    constexpr std::pair<const char*, const char*> kEvery[] = {{"60", "300"}, {"1200", "1800"}, {"3600", "7200"}};
    const std::uint64_t draw = random.below(std::size(kEvery));
    const auto& [statements, files] = kEvery[is_one_bank || draw != 0 ? draw : 1];
    return {std::string("polls.statements_s=") + statements, std::string("polls.settlement_files_s=") + files};
}

/// A seed deals in two foreign currencies: fewer statements to fetch, so more seeds in an hour.
std::vector<std::string> foreign_currencies(Random& random) {
    constexpr const char* kForeign[] = {"USD", "EUR", "GBP", "HKD", "JPY", "KWD"};
    const std::uint64_t first = random.below(std::size(kForeign));
    const std::uint64_t second = (first + 1 + random.below(std::size(kForeign) - 1)) % std::size(kForeign);
    return {kForeign[first], kForeign[second]};
}

/// The day on which the first orders' money has come.
Date second_day(Date first) {
    return Calendar::parse(app::read_text("config/calendars/CNY.csv").value()).value().after(first, 1).value();
}

DeskSettings desk_settings(const SimSettings& settings, Random& random, std::vector<SimBank>& banks, bool& phones,
                           bool& locks, StoreFaults& store, std::function<void(const std::string&)> on_note) {
    DeskSettings desk;
    desk.seed = settings.seed;
    desk.first_day = first_day(random);
    const std::vector<std::string> foreign = foreign_currencies(random);
    banks = draw_banks(random, foreign);
    desk.bank = banks.front().hours;
    desk.currencies.insert(foreign.begin(), foreign.end());
    desk.currencies.emplace("CNY");
    for (const SimBank& bank : banks) desk.banks.insert(bank.name);
    phones = random.below(3) == 0;
    desk.cut_offs = cut_offs_of(banks, phones ? std::optional(second_day(desk.first_day)) : std::nullopt);
    desk.buyer_pays_after.reset();
    desk.overrides = polls(random, banks.size() == 1);
    for (std::string& each : overrides_of(banks)) desk.overrides.push_back(std::move(each));
    // Else nothing would be known of prices on a day without orders.
    if (phones) desk.overrides.emplace_back("fx.ask_every_s=7200");
    locks = !phones && random.below(4) != 0;
    if (locks) {
        desk.overrides.emplace_back(random.below(2) == 0 ? "fx.held_locks=first" : "fx.held_locks=best");
        // Orders gather for a while, by prices that are known: there is something to lock a rate for.
        desk.overrides.emplace_back("fx.gather_s=900");
        desk.overrides.emplace_back("fx.ask_every_s=90");
    }
    desk.prepared = true;
    desk.around_writer = [&store](std::unique_ptr<db::Connection> connection) {
        return failing(std::move(connection), store);
    };
    desk.on_note = std::move(on_note);
    return desk;
}

/// Of an order's buyer: what stands in these fields.
void note_personal(const std::string& json, std::set<std::string>& into) {
    const std::size_t buyer = json.find("\"buyer\"");
    for (const char* field : {"\"name\"", "\"identity_number\"", "\"phone\""}) {
        const std::size_t at = json.find(field, buyer);
        if (buyer == std::string::npos || at == std::string::npos) continue;
        const std::size_t open = json.find('"', json.find(':', at)) + 1;
        into.insert(json.substr(open, json.find('"', open) - open));
    }
}

/// The sample's order as a platform's n-th of that kind: its number is its own.
std::string with_number_of_its_own(std::string json, std::size_t round) {
    if (round == 0) return json;
    const std::size_t name = json.find("\"platform_order_no\"");
    const std::size_t open = json.find('"', json.find(':', name));
    return json.insert(json.find('"', open + 1), "-" + std::to_string(round));
}

}  // namespace

World::World(const SimSettings& settings, Weather& weather, std::function<void(const std::string&)> on_note)
    : weather_(weather), random_(settings.seed * 31 + 7) {
    DeskSettings desk = desk_settings(settings, random_, banks_, phones_, locks_, *this, std::move(on_note));
    const std::set<std::string> currencies_of_the_seed = desk.currencies;
    desk_ = std::make_unique<TestDesk>(std::move(desk));
    for (const SimBank& bank : banks_) desk_->note("bank " + bank.name + " deals by " + bank.deals);
    started_ = desk_->clock().true_now();
    day_ = Date::in_shanghai(started_);
    operators_next_ = started_;
    plan_orders(settings.orders, currencies_of_the_seed);
    desk_->network() = [this](const http::OutgoingRequest& request) { return fate_of(request); };
    desk_->acknowledgement_lost = [this] { return weather_.strikes(FaultKind::NoticeAnswerLost); };
    desk_->webhook = [this](const http::Request& request) { return take_webhook(request); };
    desk_->before = [this](const std::string& worker) {
        if (locks_ && worker == "convert") dealers_lock();
    };
    desk_->dies_at = [this](std::string_view point) { return dies_at(point); };
}

void World::plan_orders(int orders, const std::set<std::string>& currencies_of_the_seed) {
    const auto& sample = sample_orders();
    std::vector<std::size_t> turns;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (sample[i].payout_currency.empty() || currencies_of_the_seed.contains(sample[i].payout_currency))
            turns.push_back(i);
    }
    for (std::size_t i = turns.size() - 1; i > 0; --i) std::swap(turns[i], turns[random_.below(i + 1)]);
    // A platform sends what it has once in a while: few batches of several orders, some of one.
    std::map<std::pair<std::string, std::int64_t>, std::string> bodies;
    for (std::size_t i = 0; i < static_cast<std::size_t>(orders); ++i) {
        const SampleOrder& order = sample[turns[i % turns.size()]];
        note_personal(order.json, personal_);
        auto slot = static_cast<std::int64_t>(random_.below(8) * random_.below(kOrdersArriveWithin_s / 7));
        // What the first day's money buys is bought before any bank but the first has been given some: banks compete
        // for what comes later.
        if (banks_.size() > 1 && i % 2 == 1) slot += 24 * 3600;
        std::string& body = bodies[{order.platform_id, slot / 3600 * 3600}];
        body += (body.empty() ? "" : ",") + with_number_of_its_own(order.json, i / turns.size());
    }
    for (const auto& [where, body] : bodies) {
        batches_.push_back({started_ + std::chrono::seconds(where.second), where.first, "{\"orders\":[" + body + "]}",
                            "batch-of-the-sim-" + std::to_string(batches_.size()), ""});
    }
}

void World::live_through_faults() {
    const Calendar calendar = Calendar::parse(app::read_text("config/calendars/CNY.csv").value()).value();
    const Date last = calendar.after(day_, kWorkingDaysOfFaults).value();
    const Instant end = last.plus_days(1).at_shanghai(9);
    while (desk_->clock().true_now() < end) {
        // Small steps and large ones, so that neighbours in time are met and the days are soon over; larger still while
        // banks and buyers sleep.
        const bool is_small = random_.below(2) == 0;
        step(is_small             ? log_uniform(random_.below(1'000'000), 1, 120)
             : is_awake(calendar) ? log_uniform(random_.below(1'000'000), 900, 7200)
                                  : log_uniform(random_.below(1'000'000), 3600, 14'400));
    }
}

bool World::is_awake(const Calendar& calendar) const {
    const Instant now = desk_->clock().true_now();
    const Date today = Date::in_shanghai(now);
    return calendar.is_working_day(today).value() && now >= today.at_shanghai(8) && now < today.at_shanghai(22);
}

void World::live_on() {
    step(log_uniform(random_.below(1'000'000), 1800, 14'400));
}

void World::step(std::chrono::seconds by) {
    desk_->clock().advance(by);
    const Instant now = desk_->clock().true_now();
    if (clock_right_at_ && now >= *clock_right_at_) {
        desk_->clock().set_wrong_by(0s);
        clock_right_at_.reset();
    }
    if (!clock_right_at_ && weather_.strikes(FaultKind::ClockJump)) {
        const auto by_s = log_uniform(weather_.below(FaultKind::ClockJump, 1'000'000), 2, 86'400);
        const bool back = weather_.below(FaultKind::ClockJump, 2) == 1;
        desk_->clock().set_wrong_by(back ? -by_s : by_s);
        clock_right_at_ = now + log_uniform(weather_.below(FaultKind::ClockJump, 1'000'000), 5, 3600);
        desk_->note("the clock jumps by " + std::to_string(back ? -by_s.count() : by_s.count()) + " s");
    }
    order_counterparty_faults();
    send_batches();
    settle();
    bool acted = buyers_act();
    acted = close_day() || acted;
    if (now >= operators_next_) {
        acted = dealers_act() || acted;
        acted = decide_escalated() || acted;
        operators_next_ = now + log_uniform(random_.below(1'000'000), 1800, 14'400);
    }
    if (acted) settle();
}

void World::settle() {
    // A turn in which nobody did anything changed nothing: another would be the same.
    for (int turns = 0, did = 1; did != 0; ++turns) {
        if (turns == kMostTurns) throw Broken("the house does not come to rest at " + rfc3339(desk_->clock().now()));
        did = desk_->turn();
        if (did != 0) look();
    }
}

bool World::dies_at(std::string_view point) {
    if (point.starts_with("migrations.")) return false;
    if (point == kBetweenStatements) return true;  // drawn there
    if (point == kHouseAnswered && weather_.strikes(FaultKind::CrashAfterAnswer)) return true;
    if (weather_.strikes(FaultKind::Pause)) {
        const auto by = log_uniform(weather_.below(FaultKind::Pause, 1'000'000), 1, 7200);
        desk_->note("paused at " + std::string(point) + " for " + std::to_string(by.count()) + " s");
        desk_->clock().advance(by);
    }
    return weather_.strikes(FaultKind::Crash);
}

SimulatedClient::Fate World::fate_of(const http::OutgoingRequest& request) {
    const SimulatedClient::Fate fate = drawn_fate(request);
    on_send(request, fate.how);
    return fate;
}

SimulatedClient::Fate World::drawn_fate(const http::OutgoingRequest& request) {
    const Instant now = desk_->clock().true_now();
    const bool is_session = is_over_fix(request);
    if (is_session && request.body.empty()) return Network::Fine;  // asks nobody
    const auto clog = clogged_.find(request.base_url);
    if (clog != clogged_.end() && now < clog->second) return Network::Lost;
    if (weather_.strikes(FaultKind::Clog)) {
        clogged_[request.base_url] = now + log_uniform(weather_.below(FaultKind::Clog, 1'000'000), 5, 7200);
        return Network::Lost;
    }
    if (weather_.strikes(FaultKind::Refused)) return Network::Refused;
    if (weather_.strikes(FaultKind::RequestLost)) return Network::Lost;
    if (weather_.strikes(FaultKind::AnswerLost))
        return weather_.below(FaultKind::AnswerLost, 2) == 0 ? Network::AnswerLost : Network::Hangs;
    if (weather_.strikes(FaultKind::AnswerLate))
        return {Network::Late, log_uniform(weather_.below(FaultKind::AnswerLate, 1'000'000), 1, 60)};
    // A FIX session drops what has a wrong checksum, and takes a number once.
    if (weather_.strikes(FaultKind::AnswerGarbled)) return is_session ? Network::Hangs : Network::Garbled;
    if (weather_.strikes(FaultKind::RequestTwice)) return is_session ? Network::Fine : Network::Twice;
    return Network::Fine;
}

std::string World::who_does(FaultKind kind, std::string_view counterparty) {
    if (counterparty != kOfABank) return std::string(counterparty);
    std::vector<std::string> doers;
    for (const SimBank& bank : banks_) {
        if (does(bank, kind, banks_.size())) doers.push_back(bank.name);
    }
    return doers.empty() ? "" : doers[weather_.below(kind, doers.size())];
}

std::vector<std::string> World::counterparties() const {
    std::vector<std::string> all{"sandbox-pay", "single-window"};
    for (const SimBank& bank : banks_) all.push_back(bank.name);
    return all;
}

void World::order_counterparty_faults() {
    for (const CounterpartyFault& fault : kCounterpartyFaults) {
        if (weather_.is_healed() || !weather_.strikes(fault.kind)) continue;
        // Counted when they take place, not when they are ordered.
        weather_.note_happened(fault.kind, -1);
        const std::string who = who_does(fault.kind, fault.counterparty);
        if (who.empty()) continue;
        std::string with;
        if (!fault.delay.empty()) {
            const auto late = log_uniform(weather_.below(fault.kind, 1'000'000), 30, kThreeDays_s);
            with = R"(,"with":{"delay_s":")" + std::to_string(late.count()) + R"("})";
        }
        desk_->note("ordered of " + who + ": " + std::string(fault.name));
        desk_->fault(who, R"({"fault":")" + std::string(fault.name) + R"(","count":)" +
                              std::to_string(1 + weather_.below(fault.kind, 3)) + with + "}");
    }
}

void World::count_counterparty_faults() {
    for (const std::string& counterparty : counterparties()) {
        const http::Json json = desk_->ask(counterparty, http::Method::Get, "/admin/faults");
        const bool is_bank = counterparty != "sandbox-pay" && counterparty != "single-window";
        std::size_t seen = 0;
        for (const http::JsonValue& each : json.root().find("happened")->items()) {
            if (++seen <= counted_[counterparty]) continue;
            const std::string_view name = each.find("fault")->text();
            for (const CounterpartyFault& fault : kCounterpartyFaults) {
                const bool is_its = is_bank ? fault.counterparty == kOfABank : fault.counterparty == counterparty;
                if (is_its && fault.name == name) weather_.note_happened(fault.kind, 1);
            }
            if (name == "duplicate_payout")
                paid_twice_.insert(std::string(each.find("about")->find("reference")->text()));
        }
        counted_[counterparty] = seen;
    }
}

void World::heal() {
    count_counterparty_faults();
    weather_.heal();
    for (const std::string& day :
         desk_->texts("SELECT d.id FROM statement_doubt d WHERE d.due_at IS NULL AND EXISTS (SELECT 1 FROM work_item w "
                      "WHERE w.open_key IS NOT NULL AND w.subject_id = d.id) ORDER BY d.id"))
        given_up_.insert(day);
    for (const std::string& counterparty : counterparties())
        static_cast<void>(desk_->ask(counterparty, http::Method::Delete, "/admin/faults"));
    counted_.clear();
    clogged_.clear();
    store_down_by_ = StoreFault::None;
    clock_right_at_.reset();
    desk_->clock().set_wrong_by(0s);
    desk_->note("all faults end");
}

std::int64_t World::lived_seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(desk_->clock().true_now() - started_).count();
}

}  // namespace huiqiao::testing::sim
