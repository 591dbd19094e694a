// The house's own rows: entries, balances, holds, orders, instructions.

#include "tests/sim/judge.h"

#include "src/calls/states.h"
#include "src/db/business_day.h"
#include "src/flow/exposure.h"
#include "tests/sim/bank_requests.h"
#include "tests/sim/broken.h"

namespace huiqiao::testing::sim {

namespace {

constexpr db::Select kGroups{"SELECT COALESCE(SUM(group_no), 0) FROM writer_slot", "i"};
constexpr db::Select kSlots{"SELECT number, seq FROM writer_slot ORDER BY number", "ii"};
constexpr db::Select kEntries{
    "SELECT id, seq, kind, business_date, booked_at, source_type || ' ' || source_id FROM journal_entry "
    "WHERE slot = :p1 AND seq > :p2 ORDER BY seq",
    "titiit"};
constexpr db::Select kPostings{
    "SELECT p.account_id, p.direction, p.amount_minor, p.currency, a.side, a.normal FROM posting p "
    "JOIN account a ON a.id = p.account_id WHERE p.entry_id = :p1",
    "ttitt"
    "t"};
constexpr db::Select kAccounts{"SELECT id, balance_minor, held_minor, guarded FROM account ORDER BY id", "tiii"};
constexpr db::Select kHeld{
    "SELECT open_account_id, SUM(amount_minor) FROM hold WHERE open_account_id IS NOT NULL GROUP BY open_account_id",
    "ti"};
constexpr db::Select kStopped{"SELECT currency FROM payout_stop", "t"};
constexpr db::Select kOverdrawn{
    "SELECT subject_id FROM work_item WHERE kind = 'account_overdrawn' AND open_key IS NOT NULL", "t"};
/// An order's rest is below zero by what of its merchant's other orders was carried into its purchases.
constexpr db::Select kBadOrders{
    "SELECT id || ' (' || payout || ', ' || state || '): due ' || due_minor || ', paid ' || paid_minor || ', funded ' "
    "|| funded_minor || ', fee ' || fee_minor || ', refunding ' || refunding_minor || ', refunded ' || refunded_minor "
    "|| ', converting ' || converting_minor || ', converted ' || converted_minor || ', rest ' || rest_minor || "
    "', bought ' || bought_minor || ', remitting ' || remitting_minor || ', remitted ' || remitted_minor FROM orders "
    "WHERE paid_minor < 0 OR funded_minor < 0 OR fee_minor < 0 OR converting_minor < 0 OR converted_minor < 0 OR "
    "rest_minor < -(SELECT COALESCE(SUM(a.carried_minor), 0) FROM purchase_allocation a WHERE a.order_id = orders.id) "
    "OR "
    "bought_minor < 0 OR remitting_minor < 0 OR remitted_minor < 0 OR funded_minor > paid_minor OR "
    "fee_minor + refunding_minor + refunded_minor + converting_minor + converted_minor + rest_minor > funded_minor OR "
    "(payout = 'fx' AND remitting_minor + remitted_minor > bought_minor) OR "
    "(payout <> 'fx' AND fee_minor + refunding_minor + refunded_minor + remitting_minor + remitted_minor > "
    "funded_minor)",
    "t"};
constexpr db::Select kInstructions{
    "SELECT id, outcome, operation, reference FROM instruction WHERE operation IN ('remittance.pay', 'fx.purchase', "
    "'fx.lock', 'customs.declare', 'channel.order')",
    "tttt"};
constexpr db::Select kTwoSlots{
    "SELECT operation || ' of ' || subject_id || ' part ' || part_no FROM instruction WHERE outcome NOT IN "
    "('rejected', 'withdrawn') AND operation IN ('remittance.pay', 'fx.purchase', 'fx.lock', 'customs.declare', "
    "'channel.order') GROUP BY operation, subject_kind, subject_id, part_no HAVING COUNT(*) > 1",
    "t"};
constexpr db::Select kSendingCalls{
    "SELECT reference FROM external_call WHERE state = 'sending' AND operation = :p1 ORDER BY id", "t"};
constexpr db::Select kPriceStandsUntil{
    "SELECT l.expires_at FROM purchase p JOIN fx_lock l ON l.id = p.lock_id WHERE p.reference = :p1", "i"};
constexpr db::Select kOrderNumbers{"SELECT platform_id || '|' || platform_order_no, id FROM orders", "tt"};

/// Whether one outcome leads to the other along the table, in one move or several: a turn may hold several groups.
bool leads_to(calls::InstructionOutcome from, calls::InstructionOutcome to) {
    if (from == to || calls::may_move(from, to)) return true;
    for (const calls::InstructionOutcome between : calls::kOutcomes) {
        if (between != from && calls::may_move(from, between) && calls::may_move(between, to)) return true;
    }
    return from == calls::InstructionOutcome::Open && to != calls::InstructionOutcome::Open;
}

calls::InstructionOutcome outcome_of(const std::string& text) {
    for (const calls::InstructionOutcome outcome : calls::kOutcomes) {
        if (calls::to_text(outcome) == text) return outcome;
    }
    throw Broken("an instruction has the outcome " + text);
}

}  // namespace

Judge::Judge(World& world) : world_(world) {}

bool Judge::look() {
    TestDesk& desk = world_.desk();
    bool is_changed = false;
    newly_settled_.clear();
    news_ = false;
    desk.parts().database.read([&](db::Reader& ours) {
        const std::int64_t groups = ours.select(kGroups).integer(0, 0);
        is_changed = groups != groups_seen_;
        groups_seen_ = groups;
        if (!is_changed) return;
        new_entries(ours);
        accounts(ours);
        orders(ours);
        instructions(ours);
        acknowledged(ours);
        if (!news_) return;
        banks(ours);
        desk.sandbox().books("sandbox-pay").read([&](db::Reader& theirs) { channel(ours, theirs); });
        desk.sandbox().books("single-window").read([&](db::Reader& theirs) { customs(ours, theirs); });
    });
    return is_changed;
}

void Judge::new_entries(db::Reader& reader) {
    const db::Found slots = reader.select(kSlots);
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
        std::int64_t& last = last_seq_[slots.integer(slot, 0)];
        if (slots.integer(slot, 1) < last)
            throw Broken("slot " + std::to_string(slots.integer(slot, 0)) + " went back from entry " +
                         std::to_string(last) + " to " + std::to_string(slots.integer(slot, 1)));
        if (slots.integer(slot, 1) == last) continue;
        const db::Found entries = reader.select(kEntries, {slots.integer(slot, 0), last});
        for (std::size_t row = 0; row < entries.size(); ++row) {
            if (entries.integer(row, 1) != ++last)
                throw Broken("entry " + std::to_string(last) + " of its slot is missing");
            one_entry(reader, entries, row);
        }
    }
}

void Judge::one_entry(db::Reader& reader, const db::Found& entries, std::size_t row) {
    const std::string what = entries.text(row, 2) + " " + entries.text(row, 0) + " (" + entries.text(row, 5) + ")";
    world_.desk().note("entry " + what);
    news_ = true;
    // A date is open until it is closed, soon after its midnight in Shanghai.
    const Date date = Date::of_number(static_cast<int>(entries.integer(row, 3)));
    const Date booked_on = Date::in_shanghai(from_us(entries.integer(row, 4)));
    const std::optional<Date> open = db::open_business_date(reader);
    if (open && date > *open)
        throw Broken("entry " + what + " has the business date " + date.text() + ", open is " + open->text());
    if (date > booked_on)
        throw Broken("entry " + what + " has the business date " + date.text() + ", and was booked on " +
                     booked_on.text());
    std::map<std::pair<std::string, std::string>, std::int64_t> sides;
    const db::Found postings = reader.select(kPostings, {entries.text(row, 0)});
    for (std::size_t i = 0; i < postings.size(); ++i) {
        const std::int64_t amount = postings.integer(i, 2);
        const std::string& direction = postings.text(i, 1);
        if (amount <= 0) throw Broken("entry " + what + " has a posting of " + std::to_string(amount));
        sides[{postings.text(i, 3), postings.text(i, 4)}] += direction == "debit" ? amount : -amount;
        sums_[postings.text(i, 0)] += direction == postings.text(i, 5) ? amount : -amount;
    }
    if (postings.empty()) throw Broken("entry " + what + " has no postings");
    for (const auto& [side, difference] : sides) {
        if (difference != 0)
            throw Broken("entry " + what + ": debits and credits in " + side.first + " on the " + side.second +
                         " side differ by " + std::to_string(difference));
    }
}

void Judge::accounts(db::Reader& reader) {
    std::map<std::string, std::int64_t> held;
    const db::Found holds = reader.select(kHeld);
    for (std::size_t row = 0; row < holds.size(); ++row) held[holds.text(row, 0)] = holds.integer(row, 1);
    const db::Found accounts = reader.select(kAccounts);
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        const std::string& id = accounts.text(row, 0);
        const std::int64_t balance = accounts.integer(row, 1);
        if (balance != sums_[id])
            throw Broken("account " + id + " has " + std::to_string(balance) + ", its postings sum to " +
                         std::to_string(sums_[id]));
        if (accounts.integer(row, 2) != held[id])
            throw Broken("account " + id + " holds " + std::to_string(accounts.integer(row, 2)) +
                         ", its open holds sum to " + std::to_string(held[id]));
        if (accounts.integer(row, 3) == 0 || balance >= 0) continue;
        const std::string currency = id.substr(id.rfind(':') + 1);
        bool is_told = false;
        const db::Found stopped = reader.select(kStopped);
        for (std::size_t i = 0; i < stopped.size(); ++i) is_told = is_told || stopped.text(i, 0) == currency;
        const db::Found seen = reader.select(kOverdrawn);
        for (std::size_t i = 0; i < seen.size(); ++i) is_told = is_told || seen.text(i, 0) == id;
        if (!is_told)
            throw Broken("account " + id + " is at " + std::to_string(balance) +
                         ", and neither are payouts stopped nor is a person told");
    }
}

void Judge::orders(db::Reader& reader) {
    const db::Found bad = reader.select(kBadOrders);
    if (!bad.empty()) throw Broken("an order's amounts cannot be: " + bad.text(0, 0));
}

void Judge::instructions(db::Reader& reader) {
    const db::Found rows = reader.select(kInstructions);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        Standing& known = instructions_[rows.text(row, 0)];
        const std::string& outcome = rows.text(row, 1);
        if (known.outcome == outcome) continue;
        const std::string what = rows.text(row, 2) + " " + rows.text(row, 3);
        if (!known.outcome.empty() && !leads_to(outcome_of(known.outcome), outcome_of(outcome)))
            throw Broken("instruction " + what + " went from " + known.outcome + " to " + outcome);
        known = {outcome, rows.text(row, 2), rows.text(row, 3)};
        newly_settled_.push_back(known);
        news_ = true;
        world_.desk().note("instruction " + what + " " + outcome);
    }
    if (newly_settled_.empty()) return;
    const db::Found twice = reader.select(kTwoSlots);
    if (!twice.empty()) throw Broken("two attempts stand for " + twice.text(0, 0));
}

void Judge::acknowledged(db::Reader& reader) {
    if (acknowledged_.size() == world_.acknowledged().size()) return;
    acknowledged_ = world_.acknowledged();
    std::map<std::string, std::string> ours;
    const db::Found rows = reader.select(kOrderNumbers);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!ours.emplace(rows.text(row, 0), rows.text(row, 1)).second)
            throw Broken("two orders have the number " + rows.text(row, 0));
    }
    for (const auto& [number, id] : acknowledged_) {
        if (ours[number] != id)
            throw Broken("order " + number + " was acknowledged as " + id + ", and is " +
                         (ours[number].empty() ? "not here" : ours[number]));
    }
}

void Judge::look_at(const http::OutgoingRequest& request, SimulatedClient::Network fate) {
    const std::string operation(binding_operation(request));
    if (operation.empty()) return;
    std::string reference;
    Instant over{};
    world_.desk().parts().database.read([&](db::Reader& reader) {
        const db::Found sending = reader.select(kSendingCalls, {operation});
        for (std::size_t row = 0; row < sending.size(); ++row) {
            if (is_made_under(request, sending.text(row, 0))) reference = sending.text(row, 0);
        }
        if (!is_deal_without_lock(request)) return;
        const db::Found price = reader.select(kPriceStandsUntil, {reference});
        if (!price.empty()) over = from_us(price.integer(0, 0));
    });
    if (reference.empty()) throw Broken("a request of " + operation + " left, and no committed row says so (XCT-02)");
    if (is_deal_without_lock(request) && over <= world_.desk().clock().now())
        throw Broken("an order to deal without a lock, " + reference + ", left after its price was over at " +
                     rfc3339(over) + " (FX-03)");
    if (fate == SimulatedClient::Network::Refused) return;
    if (!told_.insert(reference).second)
        throw Broken(operation + " " + reference + " was sent again, though it may have arrived before (PAY-01)");
}

void Judge::each_day() {
    const ledger::VerifyReport report = world_.desk().verify();
    if (!report.is_good()) throw Broken("the proof of the books fails: " + report.text_english());
    exposure();
}

void Judge::exposure() {
    world_.desk().parts().database.read([&](db::Reader& reader) {
        for (const Error& error : flow::exposure_recount(reader)) throw Broken("FX: " + error.english());
    });
}

}  // namespace huiqiao::testing::sim
