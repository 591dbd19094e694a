// Two persons settle a telephone deal: its slip, which is not what was recorded, says what was dealt; or the slip was
// entered wrongly, and the right one is awaited; or the bank did not deal, which also ends a deal without a slip.

#include <array>

#include "fx/word_of_bank.h"

#include "src/flow/phone_parts.h"
#include "src/flow/touch_purchase.h"

namespace huiqiao::flow {

namespace {

constexpr std::string_view kAsSlip = "as_slip";
constexpr std::string_view kSlipWrong = "slip_wrong";
constexpr std::string_view kNotDealt = "not_dealt";
constexpr std::array<std::string_view, 3> kOutcomes{kAsSlip, kSlipWrong, kNotDealt};
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
    std::string outcome;
    SettlePlan(fx::PhoneDeal which, std::string as) : deal(std::move(which)), outcome(std::move(as)) {}
};

std::string figures(const Money& cny, const Money& foreign, const Rate& price, Date value_date) {
    return amount_with_currency(foreign) + " for " + amount_with_currency(cny) + " at " + price.per_one() + ", value " +
           value_date.text();
}

std::string becomes(const fx::PhoneDeal& deal, const std::string& outcome) {
    if (outcome == kNotDealt)
        return "not dealt: " + amount_with_currency(deal.amounts.cny) + " of its orders is free again";
    const fx::PhoneSlip& slip = deal.slip.value();
    const std::string said = figures(slip.cny, slip.foreign, slip.price, slip.value_date);
    return outcome == kAsSlip ? "dealt: " + said
                              : "another slip is awaited; entered wrongly: " + slip.number + ", " + said;
}

/// What two persons say was dealt is shared by it, so its own figures must agree.
Status check_figures(const fx::PhoneSlip& slip) {
    if (fx::agrees({slip.number, slip.cny, slip.foreign, slip.price, slip.value_date})) return Done{};
    return Error(phone_error::kSlipDisagrees, {{"number", slip.number},
                                               {"foreign", amount_with_currency(slip.foreign)},
                                               {"cny", amount_with_currency(slip.cny)},
                                               {"price", slip.price.per_one()}});
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
        const auto deal = fx::PhoneDealStore::find(reader, read_back<Wish>(asked, read_wish).deal_id);
        return deal ? touch_purchase(reader, deal->purchase_id) : Touched{};
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& asked,
                                                     const postings::Event&) const override {
        const Wish wish = read_back<Wish>(asked, read_wish);
        std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::find(reader, wish.deal_id);
        if (!deal) return Error(phone_error::kNoPhoneDeal, {{"deal", wish.deal_id}});
        const bool differs = deal->state == fx::PhoneDealState::Differs && deal->slip;
        const bool is_unproved = deal->state == fx::PhoneDealState::Overdue && wish.outcome == kNotDealt;
        if (!differs && !is_unproved) {
            return Error(phone_error::kNothingToSettle,
                         {{"deal", deal->id}, {"state", std::string(to_text(deal->state))}});
        }
        if (wish.outcome == kAsSlip) {
            if (const Status whole = check_figures(*deal->slip); !whole) return whole.error();
        }
        auto plan = std::make_unique<SettlePlan>(*std::move(deal), wish.outcome);
        const fx::PhoneDeal& it = plan->deal;
        plan->subject_id = it.id;
        const std::string recorded =
            "recorded: " + figures(it.amounts.cny, it.amounts.foreign, it.call.price, it.call.value_date);
        plan->changes.push_back({it.id, recorded, becomes(it, wish.outcome)});
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& plan) const override {
        auto& settled = static_cast<SettlePlan&>(plan);
        fx::PhoneDeal& deal = settled.deal;
        PurchaseInHand in_hand = PurchaseInHand::load(group.tx, deal.purchase_id);
        parts_.convert.work_items.close(group, kPhoneDealDiffers, deal.id, closing_note(released));
        if (settled.outcome == kSlipWrong) {
            deal.slip.reset();
            deal.checker.clear();
            await_slip_anew(group, parts_.convert, deal, in_hand);
            return;
        }
        parts_.convert.work_items.close(group, kPhoneDealOverdue, deal.id, closing_note(released));
        const bool is_dealt = settled.outcome == kAsSlip;
        deal.state = is_dealt ? fx::PhoneDealState::Dealt : fx::PhoneDealState::NotDealt;
        deal.decided_at = group.now;
        fx::PhoneDealStore::save(group.tx, deal);
        if (is_dealt) {
            deal_by_slip(group, parts_.convert, in_hand, deal.slip.value(), released.request_id);
        } else {
            drop_phone_deal(group, parts_.convert, in_hand, fx::LockEvent::Rejected);
        }
    }

 private:
    const PhoneParts& parts_;
};

}  // namespace

std::unique_ptr<Decision> make_settle_phone(const PhoneParts& parts, const ledger::Ledger& ledger) {
    return std::make_unique<SettlePhone>(parts, ledger);
}

}  // namespace huiqiao::flow
