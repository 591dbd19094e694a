#include "src/flow/lock_end_settle.h"

#include <array>

#include "fx/lock_end_settled_store.h"
#include "fx/quote_store.h"
#include "src/flow/lock_end_parts.h"
#include "src/flow/lock_end_postings.h"
#include "src/flow/suspense_matters.h"
#include "src/flow/suspense_store.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::flow {

namespace {

using ledger::AccountKind;

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kOtherwise = "settled_otherwise";
constexpr std::string_view kNothing = "nothing_comes";
constexpr std::array<std::string_view, 2> kOutcomes{kOtherwise, kNothing};

struct Wish {
    std::string end_id;
    std::string outcome;
    std::string entry_id;  // that put the line into suspense; only of one that was settled otherwise
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    Wish wish{json.text("end_id", kId), json.choice("outcome", kOutcomes), "", {}};
    if (wish.outcome == kOtherwise) wish.entry_id = json.text("entry_id", kId);
    wish.grounds = read_grounds(json);
    return wish;
}

struct SettlePlan final : Plan {
    fx::LockEnd end;
    fx::LockEndLinesSum lines;  // what came, and is booked from now on
    std::optional<Suspended> item;
    explicit SettlePlan(fx::LockEnd which) : end(std::move(which)) {}
};

Error refused(const std::string& end_id, std::string why, std::string why_zh) {
    return Error(lock_end_error::kNothingToSettle,
                 {{"end", end_id}, {"why", std::move(why)}, {"why_zh", std::move(why_zh)}});
}

std::string words_of(const fx::LockEndLinesSum& lines) {
    return "taken " + amount_with_currency(lines.taken) + ", paid " + amount_with_currency(lines.paid);
}

/// A line under its reference that nobody settled: it is the one to settle by.
std::string in_suspense(db::Reader& reader, const std::string& end_id) {
    for (const std::string& entry : reconciliation::StatementStore::entries_of(reader, end_id))
        if (SuspenseStore::find(reader, entry)) return entry;
    return "";
}

class SettleLockEnd final : public PlannedDecision {
 public:
    using PlannedDecision::PlannedDecision;
    [[nodiscard]] std::string_view action() const override { return "settle_lock_end"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter out;
        out.open_object().field("end_id", wish.end_id).field("outcome", wish.outcome);
        if (!wish.entry_id.empty()) out.field("entry_id", wish.entry_id);
        write_grounds(out, wish.grounds);
        return out.close_object().take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& asked) const override {
        const Wish wish = read_back(asked, read_wish);
        Touched touched;
        const std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, wish.end_id);
        if (!end) return touched;
        const Currency cny = Currency::known("CNY");
        touched.row(fx::kLockLock, end->lock_id);
        touched.accounts = {ledger::provision(end->cny_account, cny), ledger::fx_payable(end->bank, cny),
                            ledger::fx_receivable(end->bank, cny)};
        for (const AccountKind kind : {AccountKind::DueFromOwn, AccountKind::DueToOwn, AccountKind::FxResult,
                                       AccountKind::DueToCustomers, AccountKind::DueFromCustomers})
            touched.accounts.push_back(ledger::single(kind, cny));
        if (wish.entry_id.empty()) return touched;
        if (const Result<Suspended> item = SuspenseStore::find(reader, wish.entry_id))
            touched.accounts.push_back(item->account);
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& asked,
                                                     const postings::Event& event) const override {
        const Wish wish = read_back(asked, read_wish);
        std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, wish.end_id);
        if (!end) return Error(lock_end_error::kNoEnd, {{"end", wish.end_id}});
        if (end->state != fx::LockEndState::Done)
            return refused(wish.end_id, "the bank has not done it", "银行尚未执行");
        auto plan = std::make_unique<SettlePlan>(*std::move(end));
        plan->subject_id = wish.end_id;
        const Status planned = wish.outcome == kNothing ? plan_nothing(reader, event, *plan)
                                                        : plan_line(reader, wish.entry_id, event, *plan);
        if (!planned) return planned.error();
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& planned) const override {
        auto& plan = static_cast<SettlePlan&>(planned);
        const std::string note = closing_note(released);
        fx::LockEndSettledStore::save(group.tx, {plan.end.id, plan.lines, released.approval_id, group.now});
        // Of several lines the first one stays named.
        const std::string by = !plan.item                      ? released.approval_id
                               : fx::is_on_statement(plan.end) ? plan.end.settled_by
                                                               : plan.item->entry.source_id;
        settle_end(group, ledger(), plan.end, by, note);
        if (!plan.item) return;
        SuspenseStore::settle(group, *plan.item, released.approval_id);
        close_matters(group, *plan.item, note);
    }

 private:
    /// What its bank's word booked is turned round, entry by entry.
    static Status plan_nothing(db::Reader& reader, const postings::Event& event, SettlePlan& plan) {
        const fx::LockEnd& end = plan.end;
        if (!fx::is_line_awaited(end)) return refused(end.id, "no line of it is awaited", "不再等待其流水");
        if (const std::string entry = in_suspense(reader, end.id); !entry.empty()) {
            return refused(end.id, "entry " + entry + " put a line under its reference into suspense",
                           "分录 " + entry + " 已将带其参考号的流水挂账");
        }
        for (const std::string_view kind : {"lock_ended_at_cost", "lock_ended_at_gain"}) {
            const auto booked =
                ledger::find_entry(reader, ledger::Fact{std::string(kEndSubject), end.id, std::string(kind)});
            if (!booked) continue;
            plan.entries.push_back(
                ledger::reversal_of(*booked, "nothing_comes", event.actor, event.occurred_at, event.value_date));
            plan.entries.back().request_id = event.request_id;
        }
        if (plan.entries.empty()) throw LogicError("end " + end.id + " awaits a line and was never booked");
        plan.changes.push_back({end.id, "its line due: " + cost_in_words(end.charged), "nothing comes"});
        return Done{};
    }

    /// The line closes what is owed by its amount, and what is booked for the end becomes what came in all.
    static Status plan_line(db::Reader& reader, const std::string& entry_id, const postings::Event& event,
                            SettlePlan& plan) {
        const fx::LockEnd& end = plan.end;
        Result<Suspended> item = SuspenseStore::find(reader, entry_id);
        if (!item) return item.error();
        if (item->entry.source_type != "statement_line")
            return refused(end.id, "entry " + entry_id + " is no line of a statement",
                           "分录 " + entry_id + " 并非对账单流水");
        if (item->owner_of(AccountKind::Provision) != end.cny_account ||
            item->amount.currency() != end.charged.we_pay.currency())
            return refused(end.id, "entry " + entry_id + " was booked on another account",
                           "分录 " + entry_id + " 的入账账户不同");
        const std::optional<fx::LockEndSettled> settled = fx::LockEndSettledStore::find(reader, end.id);
        const fx::LockEndLinesSum booked = fx::booked_for(end, settled);
        plan.lines = fx::came_for(end, settled);
        (item->is_debit() ? plan.lines.taken : plan.lines.paid) += item->amount;
        plan.changes.push_back({end.id, "booked: " + words_of(booked), "came: " + words_of(plan.lines)});
        adjust(end, booked, event, plan);
        const Currency cny = item->amount.currency();
        plan.entries.push_back(
            item->is_debit() ? postings::debit_explained(event, ledger::fx_payable(end.bank, cny), item->amount)
                             : postings::credit_explained(event, ledger::fx_receivable(end.bank, cny), item->amount));
        plan.item = std::move(item).value();
        return Done{};
    }

    static void adjust(const fx::LockEnd& end, const fx::LockEndLinesSum& booked, const postings::Event& event,
                       SettlePlan& plan) {
        const Money cost = plan.lines.taken - booked.taken;
        const Money gain = plan.lines.paid - booked.paid;
        if (cost.is_positive()) plan.entries.push_back(postings::lock_ended_at_cost(event, end.bank, cost));
        if (cost.is_negative()) plan.entries.push_back(postings::lock_end_cost_lowered(event, end.bank, -cost));
        if (gain.is_positive()) plan.entries.push_back(postings::lock_ended_at_gain(event, end.bank, gain));
        if (gain.is_negative()) plan.entries.push_back(postings::lock_end_gain_lowered(event, end.bank, -gain));
    }
};

}  // namespace

std::unique_ptr<Decision> make_settle_lock_end(const ledger::Ledger& ledger) {
    return std::make_unique<SettleLockEnd>(ledger);
}

}  // namespace huiqiao::flow
