#include "src/flow/own_transfer.h"

#include <algorithm>
#include <array>

#include "fx/lock_end_store.h"
#include "src/flow/between_ours.h"
#include "src/flow/can_pay.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/remit_parts.h"

namespace huiqiao::flow {

namespace {

using namespace own_transfer_error;
using ledger::AccountKind;
using reconciliation::StatementLine;
using remittance::Kind;
using remittance::Remittance;

constexpr http::TextRule kName{1, 34, false, true};
constexpr std::string_view kTopUp = "top_up";
constexpr std::array<std::string_view, 2> kDirections{kTopUp, "sweep"};

struct Wish {
    std::string direction;
    std::string provision_account;
    std::string own_account;
    std::optional<Money> amount;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    return {json.choice("direction", kDirections), json.text("provision_account", kName),
            json.text("own_account", kName), json.positive_money("amount"), read_grounds(json)};
}

struct TransferPlan final : Plan {
    std::optional<Remittance> remittance;  // without id and references
    std::string bank;
};

AccountKind bridge_of(Kind kind) {
    return kind == Kind::TopUp ? AccountKind::DueFromOwn : AccountKind::DueToOwn;
}

Kind opposite(Kind kind) {
    return kind == Kind::TopUp ? Kind::Sweep : Kind::TopUp;
}

Money booked_on(db::Reader& reader, const ledger::Ledger& ledger, const ledger::Account& account) {
    const auto balances = ledger.balances(reader, std::span(&account, 1));
    const auto at = balances.find(account.id());
    return at == balances.end() ? Money::zero(account.currency) : at->second.booked;
}

class OwnTransfer final : public PlannedDecision {
 public:
    explicit OwnTransfer(const RemitParts& parts) : PlannedDecision(parts.ledger), parts_(parts) {}

    [[nodiscard]] std::string_view action() const override { return "own_transfer"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter out;
        out.open_object().field("direction", wish.direction).field("provision_account", wish.provision_account);
        out.field("own_account", wish.own_account).field("amount", wish.amount);
        write_grounds(out, wish.grounds);
        return out.close_object().take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader&, const std::string& text) const override {
        const Wish wish = read_back(text, read_wish);
        const Currency currency = wish.amount->currency();
        Touched touched;
        if (find_account(parts_.settings.accounts, wish.provision_account, currency) == nullptr) return touched;
        if (find_account(parts_.settings.own_accounts, wish.own_account, currency) == nullptr) return touched;
        const Kind kind = wish.direction == kTopUp ? Kind::TopUp : Kind::Sweep;
        touched.accounts = {ledger::provision(wish.provision_account, currency),
                            ledger::single(bridge_of(kind), currency),
                            ledger::single(bridge_of(opposite(kind)), currency)};
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& text,
                                                     const postings::Event& event) const override {
        const Wish wish = read_back(text, read_wish);
        const Currency currency = wish.amount->currency();
        const std::string code(currency.code());
        const ProvisionAccount* provision = find_account(parts_.settings.accounts, wish.provision_account, currency);
        const ProvisionAccount* own = find_account(parts_.settings.own_accounts, wish.own_account, currency);
        if (provision == nullptr)
            return Error(kNoAccount, {{"what", "provision"},
                                      {"what_zh", "备付金账户"},
                                      {"account", wish.provision_account},
                                      {"currency", code}});
        if (own == nullptr)
            return Error(
                kNoAccount,
                {{"what", "own"}, {"what_zh", "自有资金账户"}, {"account", wish.own_account}, {"currency", code}});
        const bool is_top_up = wish.direction == kTopUp;
        auto plan = std::make_unique<TransferPlan>();
        plan->remittance = is_top_up ? new_remittance(Kind::TopUp, own->name, provision->name, *wish.amount)
                                     : new_remittance(Kind::Sweep, provision->name, own->name, *wish.amount);
        plan->bank = is_top_up ? own->bank : provision->bank;
        const Remittance& one = *plan->remittance;
        // Net of the other bridge, which the day's close sets off against this one.
        const Money owed = booked_on(reader, ledger(), ledger::single(bridge_of(one.kind), currency)) -
                           booked_on(reader, ledger(), ledger::single(bridge_of(opposite(one.kind)), currency)) -
                           OwnTransfers::under_way(reader, one.kind, currency) - promised(reader, one);
        if (one.amount > owed) {
            return Error(kNotOwed,
                         {{"amount", amount_with_currency(one.amount)}, {"owed", amount_with_currency(owed)}});
        }
        if (const Status free = may_leave(reader, one); !free) return free.error();
        plan->subject_id = provision->name;
        // Without the balance: it moves with every order, and what is owed is compared again under lock.
        plan->changes.push_back({provision->name, is_top_up ? "owed by own funds" : "earned and not swept",
                                 "asked of the bank: " + one.bank_account + " pays " + one.payee_id + " " +
                                     amount_with_currency(one.amount)});
        plan->later.push_back(own_entry(event, one));
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released&, Plan& planned) const override {
        auto& plan = static_cast<TransferPlan&>(planned);
        Remittance& one = *plan.remittance;
        name_between_ours(group, one);
        if (one.kind == Kind::Sweep) {
            const ledger::HoldRequest held{ledger::provision(one.bank_account, one.amount.currency()), one.amount,
                                           std::string(kRemittanceSubject), one.id};
            one.provision_hold = ledger().hold(group, std::span(&held, 1)).value().front();
        }
        const calls::NewCall call =
            pay_between_ours(group, parts_, plan.bank, parts_.own_transfer_date(account_of(one), group.now), one);
        remittance::RemittanceStore().insert(group.tx, std::span(&one, 1), {});
        OwnTransfers::add(group.tx, one);
        parts_.calls.prepare(group, std::span(&call, 1));
    }

 private:
    /// What ends of locks that two persons confirmed take of what is ours, and did not yet, and what banks owe us for
    /// others: no sweep takes that.
    static Money promised(db::Reader& reader, const Remittance& one) {
        const bool is_of_it = one.kind == Kind::Sweep && one.amount.currency().code() == "CNY";
        return is_of_it ? fx::LockEndStore::promised(reader) + fx::LockEndStore::not_paid(reader)
                        : Money::zero(one.amount.currency());
    }

    /// A sweep is an intent on customers' money: only what is really free, and never while payouts are stopped.
    [[nodiscard]] Status may_leave(db::Reader& reader, const Remittance& one) const {
        if (one.kind == Kind::TopUp) return Done{};
        const Currency currency = one.amount.currency();
        const auto stops = ledger().stopped_payouts(reader);
        if (const auto stop = stops.find(std::string(currency.code())); stop != stops.end()) {
            return Error(ledger::ledger_error::kPayoutsStopped, {{"currency", stop->first}, {"reason", stop->second}});
        }
        const ledger::Account account = ledger::provision(one.bank_account, currency);
        const auto balances = ledger().balances(reader, std::span(&account, 1));
        return can_pay(balances, account, one.amount);
    }

    /// Whose bank carries the transfer out.
    [[nodiscard]] const ProvisionAccount& account_of(const Remittance& one) const {
        const auto& accounts = one.kind == Kind::TopUp ? parts_.settings.own_accounts : parts_.settings.accounts;
        return *find_account(accounts, one.bank_account, one.amount.currency());
    }

    const RemitParts& parts_;
};

}  // namespace

std::unique_ptr<Decision> make_own_transfer(const RemitParts& parts) {
    return std::make_unique<OwnTransfer>(parts);
}

}  // namespace huiqiao::flow
