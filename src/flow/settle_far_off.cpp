#include "src/flow/settle_far_off.h"

#include <algorithm>
#include <array>

#include "src/base/sometimes.h"
#include "src/flow/deal_shares.h"
#include "src/flow/exposure_counting.h"
#include "src/flow/far_off_matter.h"
#include "src/flow/order_hold.h"
#include "src/flow/touch_purchase.h"
#include "src/ledger/available.h"

namespace huiqiao::flow {

namespace {

using namespace far_off_error;

constexpr std::string_view kStands = "stands";
constexpr std::string_view kVoid = "void";
constexpr std::array<std::string_view, 2> kOutcomes{kStands, kVoid};
constexpr http::TextRule kId{1, 64, false, true};
constexpr http::TextRule kBankWord{1, 64, false, false};
constexpr std::string_view kDealDiffers = "deal_differs";

struct Wish {
    std::string purchase_id;
    std::string outcome;
    std::string bank_word;  // by which its letter or message is found again
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    return {json.text("purchase_id", kId), json.choice("outcome", kOutcomes), json.text("bank_word", kBankWord),
            read_grounds(json)};
}

struct FarOffPlan final : Plan {
    FarOffPlan(FarOffMatter open, PurchaseInHand rows) : matter(std::move(open)), in_hand(std::move(rows)) {}

    FarOffMatter matter;
    PurchaseInHand in_hand;
    std::vector<fx::PurchaseLeg> legs;
    std::vector<std::size_t> held;         // places of orders that it holds
    std::optional<fx::JudgedDeal> judged;  // where it stands
};

std::string figures(const Money& foreign, const Money& cny) {
    return amount_with_currency(foreign) + ", " + amount_with_currency(cny);
}

std::string count_of(std::size_t orders) {
    return std::to_string(orders) + (orders == 1 ? " order" : " orders");
}

/// Which orders it holds, and how many of them another matter holds on.
std::size_t find_held(db::Reader& reader, FarOffPlan& plan) {
    const std::string& id = plan.in_hand.purchase.id;
    std::vector<std::string> ids;
    for (const orders::Order& order : plan.in_hand.orders) ids.push_back(order.id);
    std::set<std::string> held;
    std::set<std::string> by_others;
    for (const HeldOrder& row : HeldOrders::find(reader, ids))
        (row.subject_id == id ? held : by_others).insert(row.order_id);
    std::size_t both = 0;
    for (std::size_t i = 0; i < plan.in_hand.orders.size(); ++i) {
        const std::string& order = plan.in_hand.orders[i].id;
        if (!held.contains(order)) continue;
        plan.held.push_back(i);
        if (by_others.contains(order)) ++both;
    }
    return both;
}

/// The bank has the CNY of a deal that it annulled: whoever had its orders bought for anew would spend others'.
bool is_paid(const FarOffPlan& plan) {
    return !plan.judged && std::any_of(plan.legs.begin(), plan.legs.end(), [](const fx::PurchaseLeg& leg) {
        return !leg.credit && !leg.settled_by.empty();
    });
}

/// Both amounts out of suspense, back to the purchase's position.
void take_out(FarOffPlan& plan, std::string_view why, const postings::Event& event) {
    for (const Suspended* item : {&plan.matter.foreign, &plan.matter.cny}) {
        plan.entries.push_back(ledger::reversal_of(item->entry, why, event.actor, event.occurred_at, event.value_date));
        plan.entries.back().request_id = event.request_id;
    }
}

/// Each order as it was when it had put in. It may have been bought for by another purchase since, or paid back.
Status put_in_again(PurchaseInHand& in_hand) {
    for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
        fx::PurchaseLine& line = in_hand.lines[i];
        orders::Order& order = in_hand.orders[i];
        const Money has = order.amounts.convertible();
        if (order.cancelled || has < line.put_in) {
            return Error(kCannotTake, {{"purchase", in_hand.purchase.id},
                                       {"order", order.id},
                                       {"put_in", amount_with_currency(line.put_in)},
                                       {"has", amount_with_currency(has)}});
        }
        order.amounts.converting += line.put_in;
        line.back = Money::zero(line.back.currency());
    }
    return Done{};
}

Status check_merchants(db::Reader& reader, const ledger::Ledger& ledger, const PurchaseInHand& in_hand) {
    std::map<std::string, Money> wanted;
    std::vector<ledger::Account> accounts;
    for (const fx::PurchaseLine& line : in_hand.lines) {
        const auto sum = wanted.emplace(line.merchant_id, line.cny);
        if (!sum.second) sum.first->second += line.cny;
        if (sum.second) accounts.push_back(ledger::merchant(line.merchant_id, line.cny.currency()));
    }
    const auto balances = ledger.balances(reader, accounts);
    for (const auto& [merchant, amount] : wanted) {
        const Money has = ledger::available(balances, ledger::merchant(merchant, amount.currency()));
        if (has < amount) {
            return Error(kMerchantCannotPay, {{"purchase", in_hand.purchase.id},
                                              {"merchant", merchant},
                                              {"wanted", amount_with_currency(amount)},
                                              {"has", amount_with_currency(has)}});
        }
    }
    return Done{};
}

/// Shared at its own price where that is the better one, since the bank meant it. A price worse than was agreed is no
/// more its orders' to bear than of any deal (FX-07): they pay what was agreed. What is beyond stays in dispute.
Status plan_stands(db::Reader& reader, const ConvertParts& parts, const postings::Event& event, FarOffPlan& plan) {
    PurchaseInHand& in_hand = plan.in_hand;
    const fx::Deal& deal = in_hand.purchase.deal.value();
    if (Status whole = put_in_again(in_hand); !whole) return whole;
    // As of any deal: a bank without locks deals at the rate of the moment.
    const int tolerance_bp = parts.has_locks(in_hand.purchase.bank) ? 0 : parts.settings.lock_tolerance_bp;
    const Rate& price = is_worse(deal.rate, in_hand.lock.rate, tolerance_bp) ? in_hand.lock.rate : deal.rate;
    const Result<fx::JudgedDeal> judged = fx::judge(in_hand.purchase, price, deal);
    if (!judged) return judged.error();
    plan.judged = *judged;
    share_deal(parts, in_hand, *plan.judged, deal.rate);
    if (Status paid = check_merchants(reader, parts.ledger, in_hand); !paid) return paid;
    take_out(plan, "the deal stands", event);
    // The deal's own entries are the purchase's, as of a deal that is shared when it is booked.
    postings::Event of_deal = event;
    of_deal.source_type = "purchase";
    of_deal.source_id = in_hand.purchase.id;
    if (plan.judged->surplus_foreign.is_positive()) {
        plan.entries.push_back(postings::surplus_suspended(of_deal, in_hand.purchase.id, plan.judged->surplus_foreign));
        plan.entries.back().fact.kind = kSurplusLeft;
    }
    if (plan.judged->surplus_cny.is_positive()) {
        plan.entries.push_back(postings::excess_cost_suspended(of_deal, in_hand.purchase.id, plan.judged->surplus_cny));
        plan.entries.back().fact.kind = kExcessCostLeft;
    }
    for (ledger::Draft& draft : drafts_of_shares(in_hand, of_deal)) plan.entries.push_back(std::move(draft));
    return Done{};
}

void plan_void(db::Reader& reader, const postings::Event& event, FarOffPlan& plan) {
    const fx::Purchase& purchase = plan.in_hand.purchase;
    take_out(plan, "the bank annulled the deal", event);
    const auto dealt = ledger::find_entry(reader, ledger::Fact{"purchase", purchase.id, "dealt"});
    if (!dealt) throw LogicError("the deal of purchase " + purchase.id + " has no entry");
    plan.entries.push_back(
        ledger::reversal_of(*dealt, "the bank annulled the deal", event.actor, event.occurred_at, event.value_date));
    plan.entries.back().request_id = event.request_id;
    postings::Event of_deal = event;
    of_deal.source_type = "purchase";
    of_deal.source_id = purchase.id;
    for (const fx::PurchaseLeg& leg : plan.legs) {
        const std::string what = "leg of " + amount_with_currency(leg.amount) + " on " + leg.account;
        if (leg.settled_by.empty()) {
            plan.changes.push_back({purchase.id, what + " due", what + " not awaited any more"});
            continue;
        }
        plan.changes.push_back({purchase.id, what + (leg.credit ? " received" : " paid"),
                                what + (leg.credit ? " to go back to the bank" : " to come back from the bank")});
        plan.entries.push_back(leg.credit ? postings::received_leg_to_go_back(of_deal, leg.bank, leg.amount)
                                          : postings::paid_leg_to_come_back(of_deal, leg.bank, leg.amount));
    }
}

std::string becomes(const FarOffPlan& plan, const Wish& wish, std::size_t held_on) {
    std::string text;
    if (plan.judged) {
        text = "stands by the bank's word " + wish.bank_word + ": " + figures(plan.judged->foreign, plan.judged->cny) +
               " to " + count_of(plan.in_hand.orders.size());
        if (plan.judged->differs())
            text += "; in dispute: " + figures(plan.judged->surplus_foreign, plan.judged->surplus_cny);
    } else {
        text = "annulled by the bank's word " + wish.bank_word + ": " +
               amount_with_currency(plan.in_hand.purchase.cny) + " of " + count_of(plan.in_hand.orders.size()) +
               " is to be bought with anew";
    }
    if (is_paid(plan))
        return text + " once the bank has paid it back; until then on hold: " + count_of(plan.held.size());
    return text + "; released: " + count_of(plan.held.size()) + ", of which another matter holds on " +
           std::to_string(held_on);
}

class SettleFarOff final : public PlannedDecision {
 public:
    explicit SettleFarOff(const ConvertParts& parts) : PlannedDecision(parts.ledger), parts_(parts) {}
    [[nodiscard]] std::string_view action() const override { return "settle_far_off_deal"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter content;
        content.open_object()
            .field("purchase_id", wish.purchase_id)
            .field("outcome", wish.outcome)
            .field("bank_word", wish.bank_word);
        write_grounds(content, wish.grounds);
        content.close_object();
        return content.take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& asked) const override {
        const std::string id = read_back<Wish>(asked, read_wish).purchase_id;
        if (!fx::PurchaseStore::find(reader, id)) return {};
        Touched touched = touch_purchase(reader, id);
        if (auto item = parts_.work_items.find_open(reader, orders::kHeldDeal, id))
            touched.work_item_ids.push_back(*std::move(item));
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& asked,
                                                     const postings::Event& event) const override {
        const Wish wish = read_back<Wish>(asked, read_wish);
        Result<FarOffMatter> matter = far_off_matter(reader, wish.purchase_id);
        if (!matter) return matter.error();
        auto plan =
            std::make_unique<FarOffPlan>(std::move(matter).value(), PurchaseInHand::load(reader, wish.purchase_id));
        plan->subject_id = wish.purchase_id;
        const fx::Purchase& purchase = plan->in_hand.purchase;
        plan->in_hand.load_orders(reader);
        plan->legs = fx::PurchaseStore::legs(
            reader, std::vector<std::string>{fx::leg_id(purchase.reference, purchase.cny_account),
                                             fx::leg_id(purchase.reference, purchase.foreign_account)});
        const std::size_t held_on = find_held(reader, *plan);
        if (wish.outcome == kStands) {
            if (const Status shared = plan_stands(reader, parts_, event, *plan); !shared) return shared.error();
        } else {
            plan_void(reader, event, *plan);
        }
        const fx::Deal& deal = purchase.deal.value();
        const std::string stood = "far off, in suspense: deal " + deal.bank_reference + " at " + purchase.bank + ", " +
                                  figures(deal.foreign, deal.cny) + " at " + deal.rate.per_one();
        plan->changes.insert(plan->changes.begin(), {purchase.id, stood, becomes(*plan, wish, held_on)});
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& planned) const override {
        auto& plan = static_cast<FarOffPlan&>(planned);
        SuspenseStore::settle(group, plan.matter.cny, released.approval_id);
        SuspenseStore::settle(group, plan.matter.foreign, released.approval_id);
        std::vector<orders::Order*> held;
        for (const std::size_t place : plan.held) held.push_back(&plan.in_hand.orders[place]);
        if (!is_paid(plan)) let_go(group, plan.in_hand.purchase.id, held);
        const std::string note = closing_note(released);
        parts_.work_items.close(group, kDealDiffers, plan.in_hand.purchase.id, note);
        // Where its orders stay on hold, persons go on seeing why.
        if (!is_paid(plan)) parts_.work_items.close(group, orders::kHeldDeal, plan.in_hand.purchase.id, note);
        if (plan.judged) {
            serve(group, plan);
        } else {
            annul(group, plan);
        }
    }

 private:
    void serve(db::Group& group, FarOffPlan& plan) const {
        sometimes("a deal far off what was agreed stands");
        const fx::Purchase& purchase = plan.in_hand.purchase;
        fx::PurchaseStore::save(group.tx, purchase);  // what of it is allocated is the exposure's too
        fx::PurchaseStore::save_lines(group.tx, plan.in_hand.lines);
        give_shares(group, plan.in_hand);
        if (!plan.judged->differs()) return;
        const std::string beyond = figures(plan.judged->surplus_foreign, plan.judged->surplus_cny);
        parts_.work_items.open(
            group, operators::NewWorkItem{std::string(kDealDiffers), "purchase", purchase.id,
                                          "Deal " + purchase.deal->bank_reference + " of purchase " + purchase.id +
                                              " stands and is more than was ordered; in dispute: " + beyond + ".",
                                          "购汇 " + purchase.id + " 的交易 " + purchase.deal->bank_reference +
                                              " 有效，但超出所下指令，争议金额：" + beyond + "。"});
    }

    void annul(db::Group& group, FarOffPlan& plan) const {
        sometimes("a bank annuls a deal");
        fx::Purchase& purchase = plan.in_hand.purchase;
        const auto annulled = fx::next(purchase.state, fx::PurchaseEvent::Annulled);
        if (!annulled) throw LogicError("purchase " + purchase.id + " cannot be annulled");
        purchase.state = *annulled;
        if (!purchase.over_at) purchase.over_at = group.now;
        if (!purchase.provision_hold.empty()) parts_.ledger.release(group, std::span(&purchase.provision_hold, 1));
        purchase.provision_hold.clear();
        fx::PurchaseStore::save(group.tx, purchase);
        ExposureCounting counting;
        counting.annulled(purchase.deal.value());
        counting.write(group);
        std::vector<OrderChange> changes;
        for (orders::Order& order : plan.in_hand.orders) changes.push_back({&order, ""});
        save_orders(group, changes);
        tell_legs(group, plan);
    }

    void tell_legs(db::Group& group, const FarOffPlan& plan) const {
        std::string paid;
        std::string paid_zh;
        for (const fx::PurchaseLeg& leg : plan.legs) {
            if (leg.settled_by.empty()) continue;
            const std::string amount = amount_with_currency(leg.amount) + " (" + leg.account + ")";
            paid +=
                (paid.empty() ? "" : ", ") + amount + (leg.credit ? " goes back to the bank" : " is owed by the bank");
            paid_zh += (paid_zh.empty() ? "" : "，") + amount + (leg.credit ? " 应退还银行" : " 应由银行退还");
        }
        if (paid.empty()) return;
        sometimes("a bank annuls a deal of which a leg had settled");
        const fx::Purchase& purchase = plan.in_hand.purchase;
        const std::string& deal = purchase.deal->bank_reference;
        parts_.work_items.open(
            group,
            operators::NewWorkItem{
                std::string(kAnnulledLeg), "purchase", purchase.id,
                purchase.bank + " annulled deal " + deal + " of purchase " + purchase.id +
                    " after it had settled: " + paid +
                    ". It stands in suspense. When the statement shows it back, explain the debit as recalled "
                    "(explain_debit); this item is closed with the last of it.",
                purchase.bank + " 撤销了购汇 " + purchase.id + " 的交易 " + deal + "，而其已交割：" + paid_zh +
                    "。款项挂账。待流水显示退回后，请以 explain_debit 的 recalled 处理；全部处理后本事项关闭。"});
        if (!is_paid(plan)) return;
        parts_.work_items.retell(
            group, operators::NewWorkItem{std::string(orders::kHeldDeal), "purchase", purchase.id,
                                          purchase.bank + " annulled deal " + deal + " of purchase " + purchase.id +
                                              " and has its CNY: its orders stay on hold until that is back, or given "
                                              "up. Then release them (release_order), and they are bought for anew.",
                                          purchase.bank + " 撤销了购汇 " + purchase.id + " 的交易 " + deal +
                                              "，人民币尚未退回：相关订单继续暂停，待退回或由我方承担后，请以 "
                                              "release_order 放行，订单随即重新购汇。"});
    }

    const ConvertParts& parts_;
};

}  // namespace

std::unique_ptr<Decision> make_settle_far_off(const ConvertParts& parts) {
    return std::make_unique<SettleFarOff>(parts);
}

}  // namespace huiqiao::flow
