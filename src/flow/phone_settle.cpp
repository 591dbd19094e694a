// Two persons settle a telephone deal whose slip is not what was recorded: it was dealt as the slip says, or not at
// all.

#include <array>

#include "src/flow/phone_parts.h"

namespace huiqiao::flow {

namespace {

constexpr std::string_view kAsSlip = "as_slip";
constexpr std::array<std::string_view, 2> kOutcomes{kAsSlip, "not_dealt"};
constexpr http::TextRule kId{1, 64, false, true};

struct Wish {
    std::string deal_id;
    std::string outcome;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    return {json.text("phone_deal_id", kId), json.choice("outcome", kOutcomes), read_grounds(json)};
}

struct SettlePlan final : Plan {
    fx::PhoneDeal deal;
    bool as_slip;
    SettlePlan(fx::PhoneDeal which, bool is_dealt) : deal(std::move(which)), as_slip(is_dealt) {}
};

std::string figures(const Money& cny, const Money& foreign, const Rate& price, Date value_date) {
    return amount_with_currency(foreign) + " for " + amount_with_currency(cny) + " at " + price.per_one() + ", value " +
           value_date.text();
}

class SettlePhone final : public PlannedDecision {
 public:
    SettlePhone(const PhoneParts& parts, const ledger::Ledger& ledger) : PlannedDecision(ledger), parts_(parts) {}
    [[nodiscard]] std::string_view action() const override { return "settle_phone_deal"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter content;
        content.open_object().field("phone_deal_id", wish.deal_id).field("outcome", wish.outcome);
        write_grounds(content, wish.grounds);
        content.close_object();
        return content.take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& asked) const override {
        Touched touched;
        const auto deal = fx::PhoneDealStore::find(reader, read_back<Wish>(asked, read_wish).deal_id);
        if (!deal) return touched;
        const PurchaseRows rows = PurchaseRows::find(reader, deal->purchase_id);
        touched.accounts = rows.accounts();
        for (const std::string& order : rows.order_ids) touched.row(orders::kOrderLock, order);
        touched.row(fx::kLockLock, rows.lock_id);
        touched.row(fx::kPurchaseLock, rows.purchase_id);
        for (const std::string& merchant : rows.merchants) touched.row(fx::kRestLock, merchant);
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& asked,
                                                     const postings::Event&) const override {
        const Wish wish = read_back<Wish>(asked, read_wish);
        std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::find(reader, wish.deal_id);
        if (!deal) return Error(phone_error::kNoPhoneDeal, {{"deal", wish.deal_id}});
        if (deal->state != fx::PhoneDealState::Differs || !deal->slip) {
            return Error(phone_error::kNothingToSettle,
                         {{"deal", deal->id}, {"state", std::string(to_text(deal->state))}});
        }
        auto plan = std::make_unique<SettlePlan>(*std::move(deal), wish.outcome == kAsSlip);
        const fx::PhoneDeal& it = plan->deal;
        plan->subject_id = it.id;
        const std::string recorded =
            "recorded: " + figures(it.amounts.cny, it.amounts.foreign, it.call.price, it.call.value_date);
        plan->changes.push_back(
            {it.id, recorded,
             plan->as_slip ? "dealt: " + figures(it.slip->cny, it.slip->foreign, it.slip->price, it.slip->value_date)
                           : "not dealt: " + amount_with_currency(it.amounts.cny) + " of its orders is free again"});
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& plan) const override {
        auto& settled = static_cast<SettlePlan&>(plan);
        fx::PhoneDeal& deal = settled.deal;
        PurchaseInHand in_hand = PurchaseInHand::load(group.tx, deal.purchase_id);
        deal.state = settled.as_slip ? fx::PhoneDealState::Dealt : fx::PhoneDealState::NotDealt;
        deal.decided_at = group.now;
        fx::PhoneDealStore::save(group.tx, deal);
        if (settled.as_slip) {
            deal_by_slip(group, parts_.convert, in_hand, *deal.slip, released.request_id);
        } else {
            drop_phone_deal(group, parts_.convert, in_hand, fx::LockEvent::Rejected);
        }
        parts_.convert.work_items.close(group, kPhoneDealDiffers, deal.id, closing_note(released));
    }

 private:
    const PhoneParts& parts_;
};

}  // namespace

std::unique_ptr<Decision> make_settle_phone(const PhoneParts& parts, const ledger::Ledger& ledger) {
    return std::make_unique<SettlePhone>(parts, ledger);
}

}  // namespace huiqiao::flow
