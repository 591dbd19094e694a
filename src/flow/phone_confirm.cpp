// The slip of a telephone deal is entered by another person: dealt where it is what was recorded, else in dispute.

#include "src/base/planted.h"
#include "src/flow/phone_parts.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

class ConfirmWork final : public db::Work {
 public:
    ConfirmWork(const PhoneParts& parts, std::vector<ConfirmPhone*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        rows_.clear();
        for (const ConfirmPhone* item : items_) {
            const auto deal = fx::PhoneDealStore::find(reader, item->deal_id);
            rows_.push_back(deal ? std::optional(PurchaseRows::find(reader, deal->purchase_id)) : std::nullopt);
        }
    }
    void claim(db::Claims& claims) override {
        for (const auto& rows : rows_)
            if (rows) rows->claim(claims, parts_.convert);
    }
    void lock(db::Locks& locks) override {
        for (const auto& rows : rows_) {
            if (!rows) continue;
            rows->lock(locks, parts_.convert);
            // A slip's number is entered once a bank and currency at a time.
            locks.add(fx::kBoardLock, fx::board_id(rows->bank, rows->currency));
        }
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            ConfirmPhone& item = *items_[i];
            if (item.skipped) continue;
            item.error.reset();
            item.deal.reset();
            const Status done =
                rows_[i] ? confirm(group, item) : Error(phone_error::kNoPhoneDeal, {{"deal", item.deal_id}});
            if (!done) item.error = done.error();
        }
    }

 private:
    Status check(db::Group& group, const ConfirmPhone& item, const fx::PhoneDeal& deal) const {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        const bool is_anybody = is_planted(Bug::ConfirmedByDealer);
        if (!who || who->state != operators::OperatorState::Active ||
            (who->role != operators::Role::Confirmer && !is_anybody))
            return Error(operators::operators_error::kMayNotCheck);
        const auto maker = operators::OperatorStore::find(group.tx, deal.maker);
        if (!maker) throw LogicError("operator " + deal.maker + " is gone");
        if (maker->person_id == who->person_id && !is_anybody) return Error(operators::operators_error::kSamePerson);
        if (deal.state != fx::PhoneDealState::Recorded && deal.state != fx::PhoneDealState::Overdue) {
            return Error(phone_error::kNotAwaited, {{"deal", deal.id}, {"state", std::string(to_text(deal.state))}});
        }
        const fx::PhoneSlip& slip = item.slip;
        const Currency cny = Currency::known("CNY");
        const Currency currency = deal.call.currency();
        const bool is_of_pair = slip.price.base() == currency && slip.price.quote() == cny &&
                                slip.cny.currency() == cny && slip.foreign.currency() == currency;
        if (!is_of_pair || !slip.cny.is_positive() || !slip.foreign.is_positive())
            return Error(phone_error::kSlipCurrency, {{"currency", std::string(currency.code())}});
        const std::string taken = fx::PhoneDealStore::of_slip(group.tx, deal.call.bank, slip.number);
        if (taken.empty()) return Done{};
        return Error(phone_error::kSlipTaken, {{"number", slip.number}, {"bank", deal.call.bank}, {"deal", taken}});
    }

    Status confirm(db::Group& group, ConfirmPhone& item) {
        std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::find(group.tx, item.deal_id);
        if (!deal) throw LogicError("phone deal " + item.deal_id + " is gone");
        if (const Status fits = check(group, item, *deal); !fits) return fits;
        std::vector<fx::SlipDifference> different = fx::differences(*deal, item.slip);
        if (is_planted(Bug::SlipNotCompared)) different.clear();
        deal->checker = item.operator_id;
        deal->slip = item.slip;
        deal->decided_at = group.now;
        PurchaseInHand in_hand = PurchaseInHand::load(group.tx, deal->purchase_id);
        parts_.convert.work_items.close(group, kPhoneDealOverdue, deal->id, "its slip came");
        if (different.empty()) {
            deal->state = fx::PhoneDealState::Dealt;
            fx::PhoneDealStore::save(group.tx, *deal);
            deal_by_slip(group, parts_.convert, in_hand, item.slip, item.request_id);
        } else {
            deal->state = fx::PhoneDealState::Differs;
            fx::PhoneDealStore::save(group.tx, *deal);
            dispute(group, *deal, in_hand, different);
        }
        item.deal = std::move(deal);
        item.reference = in_hand.purchase.reference;
        return Done{};
    }

    /// The bank may have dealt as the slip says, so nothing lapses by itself any more.
    void dispute(db::Group& group, const fx::PhoneDeal& deal, PurchaseInHand& in_hand,
                 const std::vector<fx::SlipDifference>& different) const {
        keep_held(group, in_hand);
        std::string all;
        std::string all_zh;
        for (const fx::SlipDifference& each : different) {
            all += (all.empty() ? "" : "; ") + each.english;
            all_zh += (all_zh.empty() ? "" : "；") + each.chinese;
        }
        parts_.convert.work_items.open(
            group, operators::NewWorkItem{std::string(kPhoneDealDiffers), "phone_deal", deal.id,
                                          "Record and slip of phone deal " + deal.id + " at " + deal.call.bank +
                                              " differ: " + all + ". Nothing is dealt until two persons settle it.",
                                          "电话交易 " + deal.id + "（" + deal.call.bank + "）的记录与成交单不符：" +
                                              all_zh + "。须由两人处理后方可成交。"});
    }

    const PhoneParts& parts_;
    std::vector<ConfirmPhone*> items_;
    std::vector<std::optional<PurchaseRows>> rows_;  // by item
};

}  // namespace

std::unique_ptr<db::Operation> make_confirm_phone(const PhoneParts& parts) {
    return std::make_unique<OperationOf<ConfirmWork, ConfirmPhone, PhoneParts>>(parts, "confirm_phone_deal");
}

}  // namespace huiqiao::flow
