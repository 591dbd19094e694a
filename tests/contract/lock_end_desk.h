#pragma once
// Ends of held locks before their time, end to end on a real database: the desk of held locks, with what a bank lets be
// ended, a dealer who asks and a second person who decides. EndDesk d(database); d.held("1000.00"); d.priced(lock,
// way);

#include "adapters/sandbox/bank/lock_end_rows.h"
#include "adapters/sandbox_bank/lock_end_adapter.h"
#include "fx/lock_end_store.h"
#include "fx/roll_done_store.h"
#include "src/flow/lock_ends.h"
#include "tests/contract/held_lock_desk.h"

namespace convert_desk {

using fx::EndCost;
using fx::EndWay;
using fx::LockEnd;
using fx::LockEndState;

inline Money cny(std::string_view amount) {
    return money("CNY", amount);
}
inline EndCost pays(const Money& amount) {
    return {amount, cny("0.00")};
}

struct EndDesk : LockDesk {
    explicit EndDesk(TestDatabase& on,
                     fx::LockEndTraits traits = {.can_cancel = true, .can_close_out = true, .can_roll = true})
        : LockDesk(on), end_port(signature, traits) {
        handlers.add(ends.cost_handler());
        handlers.add(ends.end_handler());
        desk.database.write([](db::Tx& tx) {
            operators::Operator who;
            who.id = who.name = "opr_dealer_too";
            who.person_id = "person_opr_dealer";
            who.role = operators::Role::Confirmer;
            operators::OperatorStore::insert(tx, who);
        });
    }

    flow::ConvertSettings with_ends() {
        flow::ConvertSettings with = settings();
        with.banks.at("sandbox-bank").ends = &end_port;
        return with;
    }
    /// So much of what customers paid in is ours.
    void earn(const std::string& amount) {
        deposit("house", amount);
        desk.collect("house", amount);
        desk.post({flow::postings::fee_taken(desk.event("house"), "house", cny(amount))});
    }
    /// A lock over so much, promised, for which an order waits that is kept back.
    std::string held_for(const std::string& amount) {
        show_rates();
        kept_back = order("m1", "USD", amount);
        const std::string lock = taken(cny(amount));
        keep_back(kept_back);
        run_calls();
        REQUIRE(row(lock).lock.state == fx::LockState::Locked);
        return lock;
    }
    /// In their order.
    std::vector<fx::Purchase> purchases_of(const std::string& order_id) {
        std::vector<fx::Purchase> all;
        const std::vector<fx::PurchaseLine> lines = lines_of(order_id);
        desk.database.read([&](db::Reader& reader) {
            for (const fx::PurchaseLine& line : lines)
                all.push_back(fx::PurchaseStore::find(reader, line.purchase_id).value());
        });
        return all;
    }
    /// At another rate than it was, in our books and in the bank's.
    void promised_at(const std::string& lock_id, const std::string& per_one) {
        const fx::Lock lock = row(lock_id).lock;
        const Rate rate = Rate::parse(lock.rate.base(), lock.rate.quote(), 100, hundredfold(per_one)).value();
        desk.database.write([&](db::Tx& tx) {
            fx::Lock moved = lock;
            moved.rate = rate;
            fx::QuoteStore::save_lock(tx, moved, lock.expires_at - 20s);
        });
        bank_books.write([&](db::Tx& tx) {
            tx.execute({"UPDATE fx_lock_given SET price_e4 = :p1 WHERE reference = :p2"},
                       {rate.rate_e10() / 10'000, lock.reference});
        });
    }
    static std::string hundredfold(const std::string& per_one) {  // "7.0000" -> "700.00"
        return per_one.substr(0, 1) + per_one.substr(2, 2) + "." + per_one.substr(4);
    }
    /// Something else wants what the account has, but for so much beside what is held for the lock.
    void hold_all_but(const Money& of_lock, const Money& whole) {
        const Money free = desk.balance(payer()).available();
        REQUIRE(desk.hold({{payer(), free - (whole - of_lock), "test", "other"}}).ok());
    }
    /// Everything that can be done at this instant.
    void settle() {
        for (int round = 0; round < 200; ++round) {
            bank.due(desk.clock.now());
            const int done = convert.step(desk.clock.now()) + ends.step(desk.clock.now()) + worker->step();
            if (done == 0 && worker->under_way() == 0) return;
        }
        FAIL("it does not come to rest");
    }
    void pass(std::chrono::seconds by) {
        desk.clock.advance(by);
        settle();
    }

    std::shared_ptr<flow::AskLockEnd> ask(const std::string& lock, EndWay how, bool is_look = false,
                                          const std::string& by = "opr_dealer") {
        auto item = std::make_shared<flow::AskLockEnd>();
        item->operator_id = by;
        item->lock_id = lock;
        item->way = how;
        item->is_look = is_look;
        if (how == EndWay::Roll) item->until = roll_until.value_or(desk.clock.now() + 10min);
        REQUIRE(desk.queue->run(ends.ask(), item).ok());
        return item;
    }
    std::string refused_ask(const std::string& lock, EndWay how, const std::string& by = "opr_dealer") {
        const auto item = ask(lock, how, false, by);
        return item->error ? std::string(item->error->code->text) : "asked";
    }
    /// Its id.
    std::string asked(const std::string& lock, EndWay how) {
        const auto item = ask(lock, how);
        REQUIRE_MESSAGE(item->asked.has_value(), (item->error ? item->error->english() : ""));
        return item->asked->id;
    }
    LockEnd priced(const std::string& lock, EndWay how) {
        const std::string id = asked(lock, how);
        run_calls();
        const LockEnd now = end(id);
        REQUIRE(now.state == LockEndState::Priced);
        return now;
    }
    std::string decide(const std::string& end_id, std::optional<EndCost> confirmed,
                       const std::string& by = "opr_checker", const std::optional<std::string>& rate = std::nullopt) {
        auto item = std::make_shared<flow::DecideLockEnd>();
        item->operator_id = by;
        item->end_id = end_id;
        item->confirmed = std::move(confirmed);
        item->reason = "not wanted";
        const auto to = end_to(end_id);
        item->rate = rate.value_or(to ? to->rate.per_one() : "");
        REQUIRE(desk.queue->run(ends.decide(), item).ok());
        return item->error ? std::string(item->error->code->text) : "decided";
    }
    std::optional<fx::LockTerms> end_to(const std::string& id) {
        std::optional<LockEnd> found;
        desk.database.read([&](db::Reader& reader) { found = fx::LockEndStore::find(reader, id); });
        return found ? found->to : std::nullopt;
    }
    std::optional<fx::LockTerms> done_terms(const std::string& id) {
        std::optional<fx::LockTerms> found;
        desk.database.read([&](db::Reader& reader) { found = fx::RollDoneStore::find(reader, id); });
        return found;
    }
    LockEnd end(const std::string& id) {
        std::optional<LockEnd> found;
        desk.database.read([&](db::Reader& reader) { found = fx::LockEndStore::find(reader, id); });
        REQUIRE(found.has_value());
        return *found;
    }
    /// What the bank's own books say of ends: those that it did.
    std::vector<bank::EndRow> ends_at_bank() {
        std::vector<bank::EndRow> all;
        bank_books.read([&](db::Reader& reader) { all = bank::all_ends(reader); });
        std::erase_if(all, [](const bank::EndRow& one) { return one.status == "rejected"; });
        return all;
    }
    std::vector<flow::TakenLine> offer_ends() {
        const auto item = std::make_shared<LinesItem>();
        item->lines = statement({"sb-cny"});
        REQUIRE(desk.queue->run(end_lines, item).ok());
        return item->taken;
    }
    Money own_result() { return booked(ledger::single(ledger::AccountKind::FxResult, currency("CNY"))); }
    Money owed_to_bank() { return booked(ledger::fx_payable("sandbox-bank", currency("CNY"))); }
    [[nodiscard]] std::size_t ends_sent() const { return client.count("POST /v1/fx/lock-ends"); }
    [[nodiscard]] std::size_t costs_sent() const { return client.count("POST /v1/fx/lock-end-costs"); }

    std::string kept_back;
    std::optional<Instant> roll_until;  // else ten minutes from the asking
    sandbox_bank::SandboxLockEnds end_port;
    flow::LockEnds ends{desk.database, *desk.queue, desk.books, call_rows, value_dates, with_ends()};
    flow::LockEndLines end_taker{desk.books};
    LinesOperation end_lines{end_taker};
};

}  // namespace convert_desk
