#include "src/flow/provision_transfer_exit.h"

#include "src/flow/provision_transfer.h"
#include "src/flow/remit_parts.h"
#include "src/flow/watch_transfers.h"
#include "src/operators/work_item.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {

namespace {

using remittance::Remittance;
using remittance::State;

/// What a line of one of its two accounts means.
enum class Meaning { Left, Arrived, CameBack, TakenBack };

Meaning meaning_of(const OwnExit& exit) {
    const bool is_payer = exit.account == exit.transfer.bank_account;
    if (is_payer) return exit.is_debit ? Meaning::Left : Meaning::CameBack;
    return exit.is_debit ? Meaning::TakenBack : Meaning::Arrived;
}

ProvisionTransfer row_of(db::Reader& reader, const Remittance& one) {
    std::optional<ProvisionTransfer> row = ProvisionTransfers::find(reader, one.id);
    if (!row) throw LogicError("transfer " + one.id + " has no row of its own");
    return std::move(*row);
}

struct Reason {
    std::string en;
    std::string zh;
};

Reason more_than(const char* en, const char* zh, const Money& most) {
    return {std::string(en) + amount_with_currency(most), std::string(zh) + amount_with_currency(most)};
}

std::optional<Reason> why_not(const Suspended& item, const OwnExit& exit, const ProvisionTransfer& row) {
    const Remittance& one = exit.transfer;
    if (item.entry.source_type != "statement_line") return Reason{"it is no line of a statement", "并非对账单流水"};
    const bool is_its_account = exit.account == one.bank_account || exit.account == one.payee_id;
    if (!is_its_account || item.amount.currency() != one.amount.currency())
        return Reason{"it was booked on another account", "入账账户不同"};
    // Its message may not have left yet, and would leave after this.
    if (one.state == State::Ordered) return Reason{"nothing is known of it at the bank yet", "银行尚无该划转的消息"};
    switch (meaning_of(exit)) {
        case Meaning::Left:
            if (row.left + item.amount > one.amount)
                return more_than("of what was ordered there is left only ", "所发指令中尚未划出的仅为 ",
                                 one.amount - row.left);
            return std::nullopt;
        case Meaning::CameBack:
            if (row.returned + item.amount > row.left)
                return more_than("of what left only this can come back: ", "可退回的金额仅为 ",
                                 row.left - row.returned);
            return std::nullopt;
        case Meaning::Arrived:
            if (row.arrived + item.amount > one.amount)
                return more_than("of what was ordered there is still to come only ", "所发指令中尚未到账的仅为 ",
                                 one.amount - row.arrived);
            return std::nullopt;
        case Meaning::TakenBack:
            if (item.amount > row.arrived) return more_than("what came in was only ", "已到账的仅为 ", row.arrived);
            return std::nullopt;
    }
    throw LogicError("a line of a transfer without a meaning");
}

bool ends_hold(const Remittance& one, const ProvisionTransfer& row) {
    return row.left.is_zero() && row.is_open && one.state != State::Rejected && !one.provision_hold.empty();
}

void end_matters(db::Group& group, const ProvisionTransfer& row, const std::string& note) {
    if (row.is_open) return;
    operators::WorkItems().close(group, kTransferNotArrived, row.remittance_id, note);
    operators::WorkItems().close(group, "transfer_differs", row.remittance_id, note);
}

}  // namespace

Status plan_between(db::Reader& reader, const Suspended& item, const OwnExit& exit, const postings::Event& event,
                    Plan& plan) {
    const Remittance& one = exit.transfer;
    const ProvisionTransfer row = row_of(reader, one);
    if (auto why = why_not(item, exit, row)) {
        return Error(own_transfer_error::kNotOfIt, {{"amount", amount_with_currency(item.amount)},
                                                    {"transfer", one.id},
                                                    {"why", std::move(why->en)},
                                                    {"why_zh", std::move(why->zh)}});
    }
    const ledger::Account under_way = ledger::transfer(item.amount.currency());
    ledger::Draft entry = exit.is_debit ? postings::debit_explained(event, under_way, item.amount)
                                        : postings::credit_explained(event, under_way, item.amount);
    const Meaning meaning = meaning_of(exit);
    if (meaning == Meaning::Left && ends_hold(one, row)) entry.uses_holds.push_back(one.provision_hold);
    plan.entries.push_back(std::move(entry));
    const std::string by = amount_with_currency(item.amount) + " of " + amount_with_currency(one.amount);
    plan.changes.push_back({one.id, "on its way: " + amount_with_currency(row.on_its_way()),
                            (meaning == Meaning::Left       ? "left " + exit.account + ": "
                             : meaning == Meaning::Arrived  ? "arrived in " + exit.account + ": "
                             : meaning == Meaning::CameBack ? "came back to " + exit.account + ": "
                                                            : "taken back from " + exit.account + ": ") +
                                by});
    return Done{};
}

void settle_between(db::Group& group, OwnExit& exit, const std::string& note) {
    Remittance& one = exit.transfer;
    ProvisionTransfer row = row_of(group.tx, one);
    switch (meaning_of(exit)) {
        case Meaning::Left:
            row.left += exit.amount;
            one.debited += exit.amount;
            one.state = State::Confirmed;
            confirm_instructions(group, one, note);
            operators::WorkItems().close(group, "transfer_rejected", one.id, note);
            break;
        case Meaning::Arrived: row.arrived += exit.amount; break;
        case Meaning::CameBack:
            row.returned += exit.amount;
            one.returned += exit.amount;
            row.since = group.now;
            break;
        case Meaning::TakenBack: row.arrived -= exit.amount; break;
    }
    row.settle();
    ProvisionTransfers::save(group.tx, row);
    remittance::RemittanceStore().update(group.tx, std::span(&one, 1));
    end_matters(group, row, note);
}

namespace {

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kCharge = "charge";
constexpr std::string_view kLoss = "loss";
constexpr std::string_view kExcess = "excess";
constexpr std::string_view kNotExecuted = "not_executed";
constexpr std::array<std::string_view, 4> kOutcomes{kCharge, kLoss, kExcess, kNotExecuted};

struct Wish {
    std::string remittance_id;
    std::string as;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    return {json.text("remittance_id", kId), json.choice("as", kOutcomes), read_grounds(json)};
}

struct SettlePlan final : Plan {
    std::optional<Remittance> transfer;
    std::string as;
};

std::optional<Remittance> transfer_of(db::Reader& reader, const std::string& id) {
    auto found = remittance::RemittanceStore().load(reader, std::span(&id, 1));
    const auto at = found.find(id);
    if (at == found.end() || at->second.kind != remittance::Kind::Transfer) return std::nullopt;
    return std::move(at->second);
}

std::optional<Reason> why_not(const std::string& as, const Remittance& one, const ProvisionTransfer& row) {
    if (!row.is_open) return Reason{"it has come to its end", "该划转已结束"};
    if (as == kNotExecuted) {
        if (!row.left.is_zero() || !row.arrived.is_zero())
            return Reason{"a statement shows that it was executed", "对账单显示其已执行"};
        // Anything less is asked of the bank, and resolve_instruction ends it.
        if (one.state != State::Confirmed) return Reason{"the bank has not said that it is done", "银行尚未确认执行"};
        return std::nullopt;
    }
    if (!row.left.is_positive()) return Reason{"it has not left the paying account", "尚未从付款账户划出"};
    const Money on_its_way = row.on_its_way();
    if (as == kExcess && !on_its_way.is_negative())
        return Reason{"no more came in than left", "到账金额并未超过划出金额"};
    if (as != kExcess && !on_its_way.is_positive()) return Reason{"nothing of it is on its way", "没有在途金额"};
    return std::nullopt;
}

class SettleTransfer final : public PlannedDecision {
 public:
    using PlannedDecision::PlannedDecision;
    [[nodiscard]] std::string_view action() const override { return "settle_transfer"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter out;
        out.open_object().field("remittance_id", wish.remittance_id).field("as", wish.as);
        write_grounds(out, wish.grounds);
        return out.close_object().take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& asked) const override {
        Touched touched;
        const std::string id = read_back(asked, read_wish).remittance_id;
        if (transfer_of(reader, id)) touch_own(reader, id, touched);
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& asked,
                                                     const postings::Event& event) const override {
        const Wish wish = read_back(asked, read_wish);
        auto plan = std::make_unique<SettlePlan>();
        plan->transfer = transfer_of(reader, wish.remittance_id);
        if (!plan->transfer) return Error(own_transfer_error::kNoTransfer, {{"transfer", wish.remittance_id}});
        plan->as = wish.as;
        plan->subject_id = wish.remittance_id;
        const ProvisionTransfer row = row_of(reader, *plan->transfer);
        if (auto why = why_not(wish.as, *plan->transfer, row)) {
            return Error(
                transfer_error::kNothingToSettle,
                {{"transfer", wish.remittance_id}, {"why", std::move(why->en)}, {"why_zh", std::move(why->zh)}});
        }
        const Money rest = row.on_its_way();
        if (wish.as == kNotExecuted) {
            plan->changes.push_back({wish.remittance_id, "ordered, held", "not executed: its hold is free"});
            return std::unique_ptr<Plan>(std::move(plan));
        }
        plan->changes.push_back({wish.remittance_id, "on its way: " + amount_with_currency(rest),
                                 "settled as " + wish.as + ": " + amount_with_currency(rest)});
        const Money none = Money::zero(rest.currency());
        plan->entries.push_back(wish.as == kCharge ? postings::transfer_charge_borne(event, rest)
                                : wish.as == kLoss ? postings::transfer_given_up(event, rest)
                                                   : postings::transfer_excess_suspended(event, none - rest));
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& planned) const override {
        auto& plan = static_cast<SettlePlan&>(planned);
        Remittance& one = *plan.transfer;
        if (plan.as == kNotExecuted) {
            one.state = State::Rejected;
            one.reason_code = "not executed";
            reject_transfer(group, ledger(), one);
            remittance::RemittanceStore().update(group.tx, std::span(&one, 1));
        } else {
            ProvisionTransfer row = row_of(group.tx, one);
            row.settled += row.on_its_way();
            row.settle();
            ProvisionTransfers::save(group.tx, row);
        }
        end_matters(group, row_of(group.tx, one), closing_note(released));
    }
};

}  // namespace

std::unique_ptr<Decision> make_settle_transfer(const ledger::Ledger& ledger) {
    return std::make_unique<SettleTransfer>(ledger);
}

}  // namespace huiqiao::flow
