// Deals: the purchase's answers, and what a dealt one does to the books and to the orders. Booked is what the bank
// reports (FX-07); what it took or gave beyond the order and the locked rate is in dispute, with a work item.

#include <algorithm>
#include <array>

#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/convert_parts.h"
#include "src/flow/deal_shares.h"
#include "src/flow/decision.h"
#include "src/flow/doubtful_deal.h"
#include "src/flow/exposure_counting.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

namespace {

using fx::PurchaseEvent;

/// What the whole deal does to the books: dealt, disputed, allocated, borne.
std::vector<ledger::Draft> drafts_of(const PurchaseInHand& in_hand, const fx::Deal& deal, const fx::JudgedDeal& judged,
                                     const postings::Event& event) {
    const std::string& id = in_hand.purchase.id;
    std::vector<ledger::Draft> drafts{
        postings::purchase_dealt(event, id, in_hand.purchase.bank, deal.cny, deal.foreign)};
    if (judged.surplus_foreign.is_positive())
        drafts.push_back(postings::surplus_suspended(event, id, judged.surplus_foreign));
    if (judged.surplus_cny.is_positive())
        drafts.push_back(postings::excess_cost_suspended(event, id, judged.surplus_cny));
    std::set<std::string> holds;
    for (const fx::PurchaseLine& line : in_hand.lines) holds.insert(line.hold_id);
    for (ledger::Draft& draft : drafts_of_shares(in_hand, event)) {
        if (draft.fact.kind == kAllocatedEntry) draft.uses_holds.assign(holds.begin(), holds.end());
        drafts.push_back(std::move(draft));
    }
    return drafts;
}

/// The CNY leg will take what was dealt, no more and no less: the hold on the provision account says so.
void hold_for_leg(db::Group& group, const ConvertParts& parts, fx::Purchase& purchase, const Money& cny) {
    if (cny == purchase.cny || purchase.provision_hold.empty()) return;
    if (!cny.is_positive()) {
        parts.ledger.release(group, std::span(&purchase.provision_hold, 1));
        purchase.provision_hold.clear();
        return;
    }
    if (cny < purchase.cny) {  // the deal is a fact, so its money stays held even while payouts are stopped
        sometimes("a bank fills a part");
        purchase.provision_hold = parts.ledger.reduce_hold(group, purchase.provision_hold, cny);
        return;
    }
    sometimes("a bank fills more than was ordered");
    // An over-fill: what is beyond the order is held if it is there, and then both are one hold. Else the first stays:
    // the leg is booked all the same, since facts are never refused.
    const ledger::Account payer = ledger::provision(purchase.cny_account, cny.currency());
    const auto raised =
        raise_hold(group, parts, purchase.provision_hold, purchase.cny, {payer, cny, "purchase", purchase.id});
    if (raised) purchase.provision_hold = *raised;
}

void expect_legs(db::Group& group, const fx::Purchase& purchase, const fx::Deal& deal) {
    const auto leg = [&](const std::string& account, bool credit, const Money& amount) {
        return fx::PurchaseLeg{.purchase_id = purchase.id,
                               .bank = purchase.bank,
                               .reference = purchase.reference,
                               .account = account,
                               .credit = credit,
                               .amount = amount,
                               .value_date = deal.value_date,
                               .settled_by = "",
                               .settled_at = {}};
    };
    const std::vector<fx::PurchaseLeg> legs{leg(purchase.cny_account, false, deal.cny),
                                            leg(purchase.foreign_account, true, deal.foreign)};
    fx::PurchaseStore::save_legs(group.tx, legs);
}

class PurchaseHandler final : public calls::AnswerHandler {
 public:
    explicit PurchaseHandler(const ConvertParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view operation() const override { return "fx.purchase"; }

    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override {
        return parts_.bank(call.counterparty).write(fx::AskPurchase{call.reference});
    }
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool of_query) const override {
        fx::PurchaseReading reading = parts_.bank(call.counterparty).read_purchase(call.reference, answer, of_query);
        InstructionAnswer told = reading.answer;
        return calls::Reading{{std::move(told)}, std::move(reading)};
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading&) override {
        found_.put(call.id, PurchaseRows::find(reader, call.instructions.at(0).subject_id));
    }
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading&) override {
        found_.get(call.id).claim(claims, parts_);
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        found_.get(call.id).lock(locks, parts_);
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override {
        const std::string& purchase_id = call.instructions.at(0).subject_id;
        if (const auto* told = std::any_cast<fx::PurchaseReading>(&reading.details);
            told != nullptr && !told->doubled.empty()) {
            several_deals(group, PurchaseInHand::load(group.tx, purchase_id).purchase, told->doubled);
        }
        for (const calls::Moved& one : moved) {
            PurchaseInHand in_hand = PurchaseInHand::load(group.tx, purchase_id);
            switch (one.to) {
                case calls::InstructionOutcome::Confirmed: confirm(group, in_hand, reading, call.id); break;
                case calls::InstructionOutcome::Rejected:
                case calls::InstructionOutcome::Withdrawn: reject(group, in_hand, one); break;
                case calls::InstructionOutcome::Accepted: move(group, in_hand, PurchaseEvent::Accepted); break;
                case calls::InstructionOutcome::Unknown: move(group, in_hand, PurchaseEvent::Unsure); break;
                case calls::InstructionOutcome::Open:
                case calls::InstructionOutcome::Escalated: break;
            }
        }
    }

    void finish(db::Group&) override { found_.clear(); }

    /// Reference 8.1: 1, 5, 15, 30 minutes, an hour, then a person; the first query comes sooner, since banks answer
    /// deals at once.
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override {
        constexpr std::array kAfter{10, 60, 300, 900, 1800, 3600, 3600, 3600};
        if (queries >= static_cast<int>(kAfter.size())) return std::nullopt;
        return std::chrono::seconds(kAfter.at(static_cast<std::size_t>(queries)));
    }

 private:
    static void move(db::Group& group, PurchaseInHand& in_hand, PurchaseEvent event) {
        const auto to = fx::next(in_hand.purchase.state, event);
        if (!to) return;
        in_hand.purchase.state = *to;
        fx::PurchaseStore::save(group.tx, in_hand.purchase);
    }

    void reject(db::Group& group, PurchaseInHand& in_hand, const calls::Moved& moved) const {
        const auto to = fx::next(in_hand.purchase.state, PurchaseEvent::Rejected);
        if (!to) return;
        sometimes("a purchase is rejected");
        if (fx::is_held(in_hand.lock)) {
            give_back(group, parts_, in_hand, *to);
            return draw_refused(group, parts_, in_hand.lock.id, moved);
        }
        // Whatever the bank's reason, a purchase's own lock is not used a second time.
        if (const auto lock_state = fx::next(in_hand.lock.state, fx::LockEvent::TooLate)) {
            in_hand.lock.state = *lock_state;
            fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
        }
        give_back(group, parts_, in_hand, *to);
    }

    /// Two persons who confirm without the bank's figures confirm the order as it was placed, at the locked rate.
    static fx::Deal as_ordered(const PurchaseInHand& in_hand) {
        const fx::Purchase& purchase = in_hand.purchase;
        const bool cny_fixed = purchase.fixed_side == fx::FixedSide::Cny;
        const Result<Money> floating = convert(cny_fixed ? purchase.cny : purchase.foreign, in_hand.lock.rate,
                                               cny_fixed ? Rounding::Down : Rounding::HalfUp);
        if (!floating) throw LogicError(floating.error().english());
        return fx::Deal{"", cny_fixed ? purchase.cny : *floating, cny_fixed ? *floating : purchase.foreign,
                        in_hand.lock.rate, in_hand.lock.value_date};
    }

    void confirm(db::Group& group, PurchaseInHand& in_hand, const calls::Reading& reading,
                 const std::string& call_id) const {
        const auto* told = std::any_cast<fx::PurchaseReading>(&reading.details);
        if (in_hand.purchase.deal) {
            if (told == nullptr || !told->deal || told->deal->bank_reference == in_hand.purchase.deal->bank_reference)
                return;
            sometimes("a second deal of one purchase");
            return second_deal(group, in_hand.purchase, *told->deal);
        }
        const bool has_figures = told != nullptr && told->deal && !is_planted(Bug::DealAsOrdered);
        fx::Deal deal = has_figures ? *told->deal : as_ordered(in_hand);
        if (deal.foreign.currency() != in_hand.purchase.currency) return other_currency(group, in_hand, deal);
        if (deal.bank_reference.empty()) deal.bank_reference = "confirmed:" + in_hand.purchase.reference;
        book_deal(group, parts_, in_hand, deal, call_id);
    }

    /// XCT-06: an answer in another currency says nothing of this purchase; its money stays held until a person looks.
    void other_currency(db::Group& group, PurchaseInHand& in_hand, const fx::Deal& deal) const {
        move(group, in_hand, PurchaseEvent::Unsure);
        const std::string& id = in_hand.purchase.id;
        parts_.work_items.open(
            group, operators::NewWorkItem{"deal_currency_differs", "purchase", id,
                                          "Purchase " + id + " of " + std::string(in_hand.purchase.currency.code()) +
                                              " was answered by a deal for " + amount_with_currency(deal.foreign) + ".",
                                          "购汇 " + id + "（" + std::string(in_hand.purchase.currency.code()) +
                                              "）收到的成交币种不符：" + amount_with_currency(deal.foreign) + "。"});
    }

    /// FX-08: nothing is booked until the statement shows what the bank really did; payouts of the currency stop.
    void second_deal(db::Group& group, const fx::Purchase& purchase, const fx::Deal& deal) const {
        parts_.ledger.stop_payouts(group, purchase.currency, "second deal of purchase " + purchase.id);
        parts_.work_items.open(
            group, operators::NewWorkItem{"second_deal", "purchase", purchase.id,
                                          "Purchase " + purchase.id + " was confirmed by deal " +
                                              purchase.deal->bank_reference + " and again by deal " +
                                              deal.bank_reference + ".",
                                          "购汇 " + purchase.id + " 已由交易 " + purchase.deal->bank_reference +
                                              " 确认，又被交易 " + deal.bank_reference + " 确认。"});
    }

    /// FX-08: which of them stands, the statement decides; until then none is booked and payouts of the currency stop.
    void several_deals(db::Group& group, const fx::Purchase& purchase, const std::string& deals) const {
        parts_.ledger.stop_payouts(group, purchase.currency, "several deals of purchase " + purchase.id);
        parts_.work_items.open(
            group,
            operators::NewWorkItem{"several_deals", "purchase", purchase.id,
                                   "The bank's list shows several deals of purchase " + purchase.id + ": " + deals +
                                       ". None is booked from that list.",
                                   "银行列表显示购汇 " + purchase.id + " 有多笔交易：" + deals + "。未据此入账。"});
    }

    const ConvertParts& parts_;
    FoundRows found_;
};

/// All of it, so that no line gets anything.
fx::JudgedDeal in_dispute(PurchaseInHand& in_hand, const fx::Deal& deal) {
    fx::JudgedDeal judged{deal.cny, deal.foreign, Money::zero(deal.cny.currency()),
                          Money::zero(deal.foreign.currency()), false};
    dispute_whole(in_hand, judged);
    return judged;
}

/// What the deal is judged by. Without a lock that is the bank's rate of the moment, unless it is worse than the one
/// that was compared by more than the tolerance: then the orders pay what was compared (FX-07, FX-09).
const Rate& agreed_rate(const ConvertParts& parts, const PurchaseInHand& in_hand, const fx::Deal& deal) {
    if (parts.has_locks(in_hand.purchase.bank)) return in_hand.lock.rate;
    return is_worse(deal.rate, in_hand.lock.rate, parts.settings.lock_tolerance_bp) ? in_hand.lock.rate : deal.rate;
}

fx::JudgedDeal shared(const ConvertParts& parts, PurchaseInHand& in_hand, const fx::Deal& deal) {
    const Result<fx::JudgedDeal> read = fx::judge(in_hand.purchase, agreed_rate(parts, in_hand, deal), deal);
    if (!read) throw LogicError(read.error().english());
    fx::JudgedDeal judged = *read;
    share_deal(parts, in_hand, judged, deal.rate);
    return judged;
}

/// Booked as the bank says, and told: the legs will come on another day than they were wanted for.
void check_value_date(db::Group& group, const ConvertParts& parts, const PurchaseInHand& in_hand,
                      const fx::Deal& deal) {
    const Date wanted = in_hand.lock.value_date;
    if (deal.value_date == wanted) return;
    const std::string& id = in_hand.purchase.id;
    parts.work_items.open(group,
                          operators::NewWorkItem{"deal_value_date_differs", "purchase", id,
                                                 "Deal " + deal.bank_reference + " of purchase " + id + " counts on " +
                                                     deal.value_date.text() + " instead of " + wanted.text() + ".",
                                                 "购汇 " + id + " 的交易 " + deal.bank_reference + " 起息日为 " +
                                                     deal.value_date.text() + "，而非 " + wanted.text() + "。"});
}

}  // namespace

void book_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::Deal& deal,
               const std::string& request_id) {
    const auto state = fx::next(in_hand.purchase.state, PurchaseEvent::Dealt);
    if (!state) {
        // A rejection or withdrawal that was proved, and now a deal: the fact stays with the statement and a person.
        parts.work_items.open(
            group, operators::NewWorkItem{
                       "deal_after_rejection", "purchase", in_hand.purchase.id,
                       "Purchase " + in_hand.purchase.id + " is " + std::string(fx::to_text(in_hand.purchase.state)) +
                           ", yet the bank reports deal " + deal.bank_reference + ".",
                       "购汇 " + in_hand.purchase.id + " 状态为 " + std::string(fx::to_text(in_hand.purchase.state)) +
                           "，银行却报告交易 " + deal.bank_reference + "。"});
        return;
    }
    in_hand.load_orders(group.tx);
    const bool is_held_back = is_doubtful(parts, in_hand, deal);
    fx::JudgedDeal judged = is_held_back ? in_dispute(in_hand, deal) : shared(parts, in_hand, deal);

    const postings::Event event{.source_type = "purchase",
                                .source_id = in_hand.purchase.id,
                                .occurred_at = group.now,
                                .value_date = deal.value_date,
                                .actor = "system",
                                .request_id = request_id};
    const std::vector<ledger::Draft> drafts = drafts_of(in_hand, deal, judged, event);
    note_overdrawn(group, parts.ledger.post(group, drafts));
    if (judged.cny.is_zero()) {  // nothing allocated, so no entry has used the merchants' holds up
        std::set<std::string> holds;
        for (const fx::PurchaseLine& line : in_hand.lines) holds.insert(line.hold_id);
        parts.ledger.release(group, std::vector<std::string>(holds.begin(), holds.end()));
    }
    hold_for_leg(group, parts, in_hand.purchase, deal.cny);

    in_hand.purchase.state = *state;
    in_hand.purchase.deal = deal;
    in_hand.purchase.dealt_at = group.now;
    fx::PurchaseStore::save(group.tx, in_hand.purchase);
    fx::PurchaseStore::save_lines(group.tx, in_hand.lines);
    expect_legs(group, in_hand.purchase, deal);
    ExposureCounting counting;
    counting.dealt(deal);
    counting.write(group);
    draw_dealt(group, parts, in_hand, deal);
    if (const auto lock_state = fx::next(in_hand.lock.state, fx::LockEvent::Dealt);
        lock_state && !fx::is_held(in_hand.lock)) {
        in_hand.lock.state = *lock_state;
        fx::QuoteStore::save_lock(group.tx, in_hand.lock, std::nullopt);
    }
    if (!fx::is_held(in_hand.lock)) close_expiring(group, parts, in_hand.lock, "dealt");
    if (is_held_back) hold_for_persons(group, parts, in_hand, deal);
    give_shares(group, in_hand);
    check_value_date(group, parts, in_hand, deal);
    if (judged.differs()) {
        const std::string cny = amount_with_currency(judged.surplus_cny);
        const std::string foreign = amount_with_currency(judged.surplus_foreign);
        parts.work_items.open(
            group, operators::NewWorkItem{"deal_differs", "purchase", in_hand.purchase.id,
                                          "Deal " + deal.bank_reference + " of purchase " + in_hand.purchase.id +
                                              " took " + cny + " more than was locked, and gave " + foreign +
                                              " more; both are in dispute.",
                                          "购汇 " + in_hand.purchase.id + " 的交易 " + deal.bank_reference +
                                              " 较锁定条件多收 " + cny + "，多付 " + foreign + "，均列为争议。"});
    }
}

std::unique_ptr<calls::AnswerHandler> make_purchase_handler(const ConvertParts& parts) {
    return std::make_unique<PurchaseHandler>(parts);
}

}  // namespace huiqiao::flow
