#include "src/flow/phone.h"

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

bool is_in_dispute(db::Reader& reader, const std::string& purchase_id) {
    const auto deal = fx::PhoneDealStore::of_purchase(reader, purchase_id);
    return deal && deal->state == fx::PhoneDealState::Differs;
}

void note_lapsed(db::Group& group, const ConvertParts& parts, const std::string& purchase_id) {
    std::optional<fx::PhoneDeal> deal = fx::PhoneDealStore::of_purchase(group.tx, purchase_id);
    if (!deal || deal->state != fx::PhoneDealState::Recorded) return;
    deal->state = fx::PhoneDealState::Lapsed;
    deal->decided_at = group.now;
    fx::PhoneDealStore::save(group.tx, *deal);
    const std::string what = amount_with_currency(deal->amounts.foreign) + " for " +
                             amount_with_currency(deal->amounts.cny) + " at " + deal->call.bank;
    parts.work_items.open(
        group,
        operators::NewWorkItem{
            std::string(kPhoneDealLapsed), "phone_deal", deal->id,
            "Phone deal " + deal->id + ", " + what + ", was confirmed by nobody until " +
                rfc3339(deal->call.expires_at) + ". Its orders are free again. Ask the bank whether its deal stands.",
            "电话交易 " + deal->id + "（" + deal->call.bank + "，" + amount_with_currency(deal->amounts.foreign) +
                "，" + amount_with_currency(deal->amounts.cny) + "）至 " + rfc3339(deal->call.expires_at) +
                " 无人确认，订单已释放。请向银行核实该交易是否仍然有效。"});
}

}  // namespace huiqiao::flow
