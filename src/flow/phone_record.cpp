// A call is recorded: checked against calendars, mid and what was recorded before; then money and orders are kept for
// it, in one COMMIT.

#include <algorithm>
#include <array>

#include "src/flow/agreed_price.h"
#include "src/flow/keep_offers.h"
#include "src/flow/phone_parts.h"
#include "src/ledger/available.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

class RecordWork final : public db::Work {
 public:
    RecordWork(const PhoneParts& parts, std::vector<RecordPhone*> items) : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        merchants_.clear();
        order_ids_.clear();
        agreed_ = {};
        for (const RecordPhone* item : items_) {
            std::vector<std::string> ids;
            if (accounts_of(item->call) != nullptr) {
                ids = orders::OrderStore::waiting(reader, orders::Waiting::Convert, item->call.currency(),
                                                  kMostPhoneOrders);
            }
            FoundCandidates waiting = FoundCandidates::of(reader, ids);
            merchants_.merge(waiting.merchants);
            agreed_.find(reader, waiting.quoted);
            order_ids_.push_back(std::move(ids));
        }
    }
    void claim(db::Claims& claims) override {
        for (const std::string& merchant : merchants_) claims.add(fx::kRestClaim, merchant, "record_phone");
        for (const std::string& board : boards()) claims.add(fx::kBoardClaim, board, "");
        for (const ledger::Account& account : accounts()) parts_.convert.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::vector<std::string>& ids : order_ids_)
            for (const std::string& id : ids) locks.add(orders::kOrderLock, id);
        // Two records of one bank and currency come one after the other, so that the second one sees the first.
        for (const std::string& board : boards()) locks.add(fx::kBoardLock, board);
        agreed_.lock(locks);
        for (const std::string& merchant : merchants_) locks.add(fx::kRestLock, merchant);
        for (const ledger::Account& account : accounts()) parts_.convert.ledger.lock(locks, account);
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            RecordPhone& item = *items_[i];
            if (item.skipped) continue;
            item.error.reset();
            item.deal.reset();
            const Status done = record(group, item, order_ids_[i]);
            if (!done) item.error = done.error();
            keep_word(group, item);
        }
    }

 private:
    /// What was said on the telephone stands at the bank, whatever we take of it: of a call that is refused, what was
    /// told is kept with the reason until the same call is recorded, or a person has spoken with the bank. Not of one
    /// that was recorded before, of somebody who may not record, or at a bank that is not ours.
    void keep_word(db::Group& group, const RecordPhone& item) const {
        const std::string subject = item.call.bank + "|" + item.call.recording;
        const operators::WorkItems& work_items = parts_.convert.work_items;
        if (!item.error) return work_items.close(group, kPhoneDealRefused, subject, "recorded as " + item.deal->id);
        const ErrorCode* why = item.error->code;
        if (why == &operators::operators_error::kMayNotMake || why == &phone_error::kNoBank) return;
        const fx::PhoneCall& call = item.call;
        const bool is_like_another = why == &phone_error::kTwice || why == &phone_error::kSameCall;
        if (is_like_another && is_of_recorded(group, call)) return;
        const std::string told = std::string(call.currency().code()) + "/CNY " + call.price.text() + " (" +
                                 std::to_string(call.price.unit_base()) + "), " + amount_with_currency(call.amount) +
                                 ", " + call.value_date.text() + ", " + rfc3339(call.called_at) + ", " + call.recording;
        const operators::NewWorkItem word{
            std::string(kPhoneDealRefused), "phone_call", subject,
            item.operator_id + " told a deal on the telephone with " + call.bank + " (" + told +
                "), and it was not recorded: " + item.error->english() +
                " The bank may have dealt: call it. Closed by itself when the call of that recording is recorded.",
            item.operator_id + " 申报与 " + call.bank + " 的电话交易（" + told + "），未予记录：" +
                item.error->chinese() + "银行可能已成交：请致电核实。该录音的通话获得记录后自动关闭。"};
        work_items.open(group, word);
        work_items.retell(group, word);  // what was told last counts
    }

    /// Told by the same recording as a deal that stands.
    static bool is_of_recorded(db::Group& group, const fx::PhoneCall& call) {
        const auto around = fx::PhoneDealStore::called_between(group.tx, call.bank, call.called_at - fx::kCallMayBeOld,
                                                               call.called_at + fx::kCallMayBeOld);
        return std::any_of(around.begin(), around.end(), [&](const fx::PhoneDeal& deal) {
            return deal.state != fx::PhoneDealState::NotDealt && deal.call.recording == call.recording;
        });
    }

    static std::string board_of(const fx::PhoneCall& call) { return fx::board_id(call.bank, call.currency()); }

    /// The bank's own, and those whose quotes are kept beside the deal.
    [[nodiscard]] std::set<std::string> boards() const {
        std::set<std::string> boards;
        for (const RecordPhone* item : items_) {
            boards.insert(board_of(item->call));
            for (std::string& board : boards_of(parts_.convert, item->call.currency())) boards.insert(std::move(board));
        }
        return boards;
    }
    [[nodiscard]] const ConvertSettings::BankAccounts* accounts_of(const fx::PhoneCall& call) const {
        const auto bank = parts_.convert.settings.banks.find(call.bank);
        if (bank == parts_.convert.settings.banks.end()) return nullptr;
        return bank->second.foreign.contains(std::string(call.currency().code())) ? &bank->second : nullptr;
    }
    [[nodiscard]] std::vector<ledger::Account> accounts() const {
        std::vector<ledger::Account> accounts;
        for (const std::string& merchant : merchants_) accounts.push_back(ledger::merchant(merchant, cny_));
        std::set<std::string> payers;
        for (const RecordPhone* item : items_)
            if (const auto* bank = accounts_of(item->call)) payers.insert(bank->cny);
        for (const std::string& payer : payers) accounts.push_back(ledger::provision(payer, cny_));
        return accounts;
    }

    /// Value dates of a deal on the day of the call; none where nobody deals on it. The calendar's error where it does
    /// not tell of any.
    [[nodiscard]] Result<std::vector<Date>> value_dates_of(const fx::PhoneCall& call) const {
        std::vector<Date> dates;
        const Date day = Date::in_shanghai(call.called_at);
        const Result<bool> may_deal = parts_.convert.value_dates.may_deal(day);
        if (!may_deal) return may_deal.error();
        if (!*may_deal) return dates;
        for (const fx::Tenor tenor : {fx::Tenor::Today, fx::Tenor::Tomorrow, fx::Tenor::Spot}) {
            const Result<Date> date = parts_.convert.value_dates.value_date(call.currency(), cny_, day, tenor);
            if (!date && dates.empty()) return date.error();
            if (date && std::find(dates.begin(), dates.end(), *date) == dates.end()) dates.push_back(*date);
        }
        return dates;
    }

    /// The bank's own mid, else another one's: a bank on the telephone shows no board.
    [[nodiscard]] std::optional<Rate> mid_of(db::Reader& reader, const fx::PhoneCall& call) const {
        std::vector<std::string> ids{board_of(call)};
        for (const auto& [name, bank] : parts_.convert.settings.banks) {
            const std::string id = fx::board_id(name, call.currency());
            if (id != ids.front()) ids.push_back(id);
        }
        std::optional<Rate> mid;
        for (const fx::Board& board : fx::QuoteStore::boards(reader, ids)) {
            if (!board.good_mid) continue;
            if (board.id == ids.front()) return board.good_mid;
            if (!mid) mid = board.good_mid;
        }
        return mid;
    }

    Status check(db::Group& group, const RecordPhone& item) const {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        if (!who || who->state != operators::OperatorState::Active || who->role != operators::Role::Dealer)
            return Error(operators::operators_error::kMayNotMake);
        const fx::PhoneCall& call = item.call;
        if (accounts_of(call) == nullptr) {
            return Error(phone_error::kNoBank,
                         {{"bank", call.bank}, {"currency", std::string(call.currency().code())}});
        }
        const Result<std::vector<Date>> value_dates = value_dates_of(call);
        if (!value_dates) return value_dates.error();
        if (const Status fits = fx::check_call(call, *value_dates, group.now); !fits) return fits;
        if (const Status near =
                fx::check_price(call.price, mid_of(group.tx, call), parts_.convert.settings.max_move_bp);
            !near) {
            return near;
        }
        return check_is_new(group, item);
    }

    /// Neither the same call again, nor of the size of one that the teller does not name. What was recorded may be a
    /// day old, and the first teller may have taken its time for another.
    static Status check_is_new(db::Group& group, const RecordPhone& item) {
        const fx::PhoneCall& call = item.call;
        std::optional<Error> twice;
        for (const fx::PhoneDeal& earlier : fx::PhoneDealStore::called_between(
                 group.tx, call.bank, call.called_at - fx::kCallMayBeOld, call.called_at + fx::kCallMayBeOld)) {
            if (earlier.state == fx::PhoneDealState::NotDealt) continue;
            const std::vector<std::pair<std::string, std::string>> which{
                {"maker", earlier.maker}, {"deal", earlier.id}, {"called", rfc3339(earlier.call.called_at)}};
            if (fx::is_same_call(earlier.call, call)) return Error(phone_error::kSameCall, which);
            const bool is_named =
                std::find(item.another_than.begin(), item.another_than.end(), earlier.id) != item.another_than.end();
            if (!twice && !is_named && fx::is_same_size(earlier.call, call)) twice = Error(phone_error::kTwice, which);
        }
        if (twice) return *twice;
        return Done{};
    }

    /// First paid first; the last order puts in what is still wanted. An order whose money is not there now is passed
    /// over; one whose agreed price is over, or is not met, goes back to be looked at. How many those are.
    std::size_t put_in(db::Group& group, const std::vector<std::string>& order_ids, const Money& cost,
                       PurchaseInHand& in_hand) const {
        const std::vector<ledger::Account> all = accounts();
        const std::map<std::string, ledger::Balance> balances = parts_.convert.ledger.balances(group.tx, all);
        Money free_at_bank = ledger::available(balances, ledger::provision(in_hand.purchase.cny_account, cny_));
        std::map<std::string, Money> free_of_merchant;
        std::vector<orders::Order> candidates = orders::OrderStore::load(group.tx, order_ids);
        const AgreedPrices::ByOrder unmet = agreed_.not_met(group, candidates, in_hand.lock.rate);
        std::vector<orders::Order> looked_at_again;
        for (orders::Order& order : candidates) {
            const Money wanted = std::min(order.amounts.convertible(), cost - in_hand.purchase.cny);
            if (cost == in_hand.purchase.cny) break;
            if (orders::waiting_of(order) != orders::Waiting::Convert || !wanted.is_positive()) continue;
            const auto free = free_of_merchant
                                  .try_emplace(order.merchant_id,
                                               ledger::available(balances, ledger::merchant(order.merchant_id, cny_)))
                                  .first;
            if (wanted > free->second || wanted > free_at_bank) continue;
            // What was agreed on may still be had elsewhere: such an order takes no part in this call.
            if (const auto agreed = unmet.find(order.id); agreed != unmet.end()) {
                if (agreed->second.is_over) looked_at_again.push_back(std::move(order));
                continue;
            }
            free->second -= wanted;
            free_at_bank -= wanted;
            in_hand.put_in(std::move(order), wanted, Money::zero(cny_));
        }
        const std::size_t count = looked_at_again.size();
        agreed_.look_again(group, std::move(looked_at_again), unmet, in_hand.purchase.bank);
        return count;
    }

    PurchaseInHand opened(db::Group& group, const fx::PhoneCall& call, const fx::PhoneAmounts& amounts) const {
        const ConvertSettings::BankAccounts& bank = *accounts_of(call);
        PurchaseInHand in_hand{fx::Purchase{.id = group.ids.next("pur"),
                                            .bank = call.bank,
                                            .lock_id = group.ids.next("fxl"),
                                            .reference = group.ids.random_reference("FP"),
                                            .currency = call.currency(),
                                            .fixed_side = call.fixed_side(),
                                            .cny = Money::zero(cny_),
                                            .foreign = amounts.foreign,
                                            .state = fx::PurchaseState::Locking,
                                            .cny_account = bank.cny,
                                            .foreign_account = bank.foreign.at(std::string(call.currency().code())),
                                            .deal = std::nullopt,
                                            .provision_hold = "",
                                            .created_at = group.now,
                                            .dealt_at = {}},
                               fx::Lock{.id = "",
                                        .quote_id = "",
                                        .purchase_id = "",
                                        .bank = call.bank,
                                        .reference = group.ids.random_reference("FL"),
                                        .bank_reference = "",
                                        .rate = call.price,
                                        .fixed_side = call.fixed_side(),
                                        .amount = call.amount,
                                        .value_date = call.value_date,
                                        .requested_at = group.now,
                                        .expires_at = call.expires_at,
                                        .state = fx::LockState::Requested},
                               {},
                               {}};
        in_hand.lock.id = in_hand.purchase.lock_id;
        in_hand.lock.purchase_id = in_hand.purchase.id;
        return in_hand;
    }

    Status record(db::Group& group, RecordPhone& item, const std::vector<std::string>& order_ids) {
        if (const Status fits = check(group, item); !fits) return fits;
        const fx::PhoneAmounts amounts = fx::amounts_of(item.call).value();
        PurchaseInHand in_hand = opened(group, item.call, amounts);
        const std::size_t priced_again = put_in(group, order_ids, amounts.cny, in_hand);
        if (in_hand.purchase.cny < amounts.cny && priced_again > 0)
            return Error(phone_error::kPriceOver, {{"count", std::to_string(priced_again)}});
        if (in_hand.purchase.cny < amounts.cny) {
            return Error(phone_error::kNotCollected,
                         {{"cost", amounts.cny.text()}, {"free", in_hand.purchase.cny.text()}});
        }
        if (const Status held = hold_put_in(group, parts_.convert, in_hand); !held) return held;
        std::vector<OrderChange> changes;
        for (std::size_t i = 0; i < in_hand.lines.size(); ++i) {
            in_hand.orders[i].amounts.converting += in_hand.lines[i].put_in;
            changes.push_back({&in_hand.orders[i], ""});
        }
        fx::PurchaseStore::insert(group.tx, in_hand.purchase, in_hand.lines);
        fx::QuoteStore::insert_lock(group.tx, in_hand.lock, in_hand.lock.expires_at);
        keep_offers(group, parts_.convert, in_hand.purchase.id, in_hand.purchase.currency, amounts.cny,
                    in_hand.purchase.cny_account);
        save_orders(group, changes);
        fx::PhoneDeal deal{.id = group.ids.next("phd"),
                           .purchase_id = in_hand.purchase.id,
                           .state = fx::PhoneDealState::Recorded,
                           .maker = item.operator_id,
                           .checker = "",
                           .call = item.call,
                           .amounts = amounts,
                           .slip = std::nullopt,
                           .recorded_at = group.now,
                           .decided_at = {}};
        deal.call.dealer = parts_.sealer.seal({"phone_deal", deal.id, "dealer"}, item.call.dealer);
        fx::PhoneDealStore::insert(group.tx, deal);
        item.deal = std::move(deal);
        item.reference = in_hand.purchase.reference;
        return Done{};
    }

    const PhoneParts& parts_;
    std::vector<RecordPhone*> items_;
    std::vector<std::vector<std::string>> order_ids_;  // by item
    std::set<std::string> merchants_;
    AgreedPrices agreed_;
    Currency cny_ = Currency::known("CNY");
};

}  // namespace

std::unique_ptr<db::Operation> make_record_phone(const PhoneParts& parts) {
    return std::make_unique<OperationOf<RecordWork, RecordPhone, PhoneParts>>(parts, "record_phone_deal");
}

}  // namespace huiqiao::flow
