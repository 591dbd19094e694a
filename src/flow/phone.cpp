#include "src/flow/phone.h"

#include "src/base/planted.h"
#include "src/flow/phone_parts.h"

namespace huiqiao::flow {

class PhoneDeals::Impl {
 public:
    Impl(ConvertParts convert, const crypto::Sealer& sealer)
        : parts{std::move(convert), sealer}, record(make_record_phone(parts)), confirm(make_confirm_phone(parts)) {}

    PhoneParts parts;
    std::unique_ptr<db::Operation> record;
    std::unique_ptr<db::Operation> confirm;
};

PhoneDeals::PhoneDeals(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                       const calls::Calls& calls, const crypto::Sealer& sealer, const fx::ValueDates& value_dates,
                       ConvertSettings settings)
    : impl_(std::make_unique<Impl>(ConvertParts{database, queue, ledger, calls, value_dates, std::move(settings), {}},
                                   sealer)) {}
PhoneDeals::~PhoneDeals() = default;

db::Operation& PhoneDeals::record() {
    return *impl_->record;
}
db::Operation& PhoneDeals::confirm() {
    return *impl_->confirm;
}
std::unique_ptr<Decision> PhoneDeals::settle(const ledger::Ledger& ledger) const {
    return make_settle_phone(impl_->parts, ledger);
}
std::string PhoneDeals::dealer_of(const fx::PhoneDeal& deal) const {
    const Result<std::string> name = impl_->parts.sealer.open({"phone_deal", deal.id, "dealer"}, deal.call.dealer);
    return name ? *name : std::string();
}

void deal_by_slip(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::PhoneSlip& slip,
                  const std::string& request_id) {
    const auto locked = fx::next(in_hand.lock.state, fx::LockEvent::Confirmed);
    const auto ordered = fx::next(in_hand.purchase.state, fx::PurchaseEvent::LockHeld);
    if (!locked || !ordered) throw LogicError("purchase " + in_hand.purchase.id + " awaits no slip");
    in_hand.lock.state = *locked;
    in_hand.lock.rate = slip.price;
    in_hand.lock.bank_reference = slip.number;
    in_hand.purchase.state = *ordered;
    // A slip of another bank's day does not hide the deal: what it says is what was dealt.
    book_deal(group, parts, in_hand, {slip.number, slip.cny, slip.foreign, slip.price, slip.value_date}, request_id);
}

void drop_phone_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, fx::LockEvent event) {
    const auto lost = fx::next(in_hand.lock.state, event);
    const auto withdrawn = fx::next(in_hand.purchase.state, fx::PurchaseEvent::LockLost);
    if (!lost || !withdrawn) throw LogicError("purchase " + in_hand.purchase.id + " awaits no slip");
    in_hand.lock.state = *lost;
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
    give_back(group, parts, in_hand, *withdrawn);
}

void keep_held(db::Group& group, PurchaseInHand& in_hand) {
    if (const auto unsure = fx::next(in_hand.lock.state, fx::LockEvent::Unsure)) in_hand.lock.state = *unsure;
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
}

void await_slip(db::Group& group, const ConvertParts& parts, fx::PhoneDeal& deal, PurchaseInHand& in_hand) {
    deal.state = fx::PhoneDealState::Overdue;
    deal.decided_at = group.now;
    fx::PhoneDealStore::save(group.tx, deal);
    keep_held(group, in_hand);
    const std::string foreign = amount_with_currency(deal.amounts.foreign);
    const std::string cny = amount_with_currency(deal.amounts.cny);
    parts.work_items.open(
        group,
        operators::NewWorkItem{
            std::string(kPhoneDealOverdue), "phone_deal", deal.id,
            "Phone deal " + deal.id + ", " + foreign + " for " + cny + " at " + deal.call.bank +
                ", has no slip, and the bank's word was good until " + rfc3339(deal.call.expires_at) +
                ". Its money stays held: ask the bank for the slip, or have two persons say that it did not deal.",
            "电话交易 " + deal.id + "（" + deal.call.bank + "，" + foreign + "，" + cny +
                "）尚无成交单，银行报价有效至 " + rfc3339(deal.call.expires_at) +
                "。资金仍冻结：请向银行索取成交单，或由两人确认未成交。"});
}

void await_slip_anew(db::Group& group, const ConvertParts& parts, fx::PhoneDeal& deal, PurchaseInHand& in_hand) {
    if (deal.call.expires_at <= group.now) return await_slip(group, parts, deal, in_hand);
    deal.state = fx::PhoneDealState::Recorded;
    deal.decided_at = Instant{};
    fx::PhoneDealStore::save(group.tx, deal);
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, deal.call.expires_at);
}

bool is_phone_deal_kept(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand) {
    std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::of_purchase(group.tx, in_hand.purchase.id);
    if (deal && is_planted(Bug::PhoneDealLapses)) return false;
    if (deal && deal->state == fx::PhoneDealState::Recorded) await_slip(group, parts, *deal, in_hand);
    return deal.has_value();
}

}  // namespace huiqiao::flow
