#include "src/flow/unasked_fill.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/purchase_store.h"
#include "src/base/sometimes.h"
#include "src/calls/calls.h"
#include "src/flow/decision.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

constexpr std::size_t kLongestReference = 35;
constexpr std::ptrdiff_t kMostWaiting = 1000;
constexpr std::chrono::seconds kLookAgain{30};

/// What the bank sent back may be anything; ours are letters, digits and dashes.
bool may_be_ours(const std::string& reference) {
    return !reference.empty() && reference.size() <= kLongestReference &&
           std::all_of(reference.begin(), reference.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

/// As a text for persons takes it: printable ASCII, short.
std::string shown(std::string text) {
    text.resize(std::min<std::size_t>(text.size(), 60));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < 0x21 || c > 0x7E; }, '?');
    return text;
}

std::string amount_text(const std::optional<Money>& money) {
    return money ? amount_with_currency(*money) : "?";
}

struct NoteFill final : db::Item {
    explicit NoteFill(UnaskedFill what) : fill(std::move(what)) {}
    UnaskedFill fill;
    bool waits = false;  // answer: for what the bank says when it is asked
};

class NoteWork final : public db::Work {
 public:
    NoteWork(const ledger::Ledger& ledger, const std::vector<std::string>& accounts,
             std::span<const std::shared_ptr<db::Item>> items)
        : ledger_(ledger), accounts_(accounts) {
        for (const auto& item : items) items_.push_back(&static_cast<NoteFill&>(*item));
    }

    void find(db::Reader& reader) override {
        by_reference_.clear();
        std::vector<std::string> legs;
        for (const NoteFill* item : items_) {
            const std::string& reference = item->fill.reference;
            if (!may_be_ours(reference)) continue;
            for (const std::string& account : accounts_) legs.push_back(fx::leg_id(reference, account));
        }
        for (const fx::PurchaseLeg& leg : fx::PurchaseStore::legs(reader, legs))
            by_reference_.emplace(leg.reference, leg.purchase_id);
    }
    void lock(db::Locks& locks) override {
        for (const auto& [reference, purchase] : by_reference_) locks.add(fx::kPurchaseLock, purchase);
    }
    void run(db::Group& group) override {
        for (NoteFill* item : items_) {
            const UnaskedFill& fill = item->fill;
            item->waits = false;
            const auto known = by_reference_.find(fill.reference);
            if (known == by_reference_.end()) {
                tell(group, fill, shown(fill.reference), "it is no order of ours", "并非我方订单");
                continue;
            }
            const fx::Purchase purchase = fx::PurchaseStore::find(group.tx, known->second).value();
            if (is_asked_for(purchase.state)) {
                item->waits = !is_for_persons(group, purchase);
                if (item->waits) continue;
                sometimes("a fill of a purchase that persons decide on");
                tell(group, fill, purchase.id,
                     "two persons are to say what became of that purchase: here is what the bank says",
                     "该购汇待两人认定，此即银行的说法");
                continue;
            }
            if (is_that_deal(fill, purchase)) continue;
            sometimes("a fill behind a deal that was read");
            ledger_.stop_payouts(group, purchase.currency, "unasked fill of purchase " + purchase.id);
            tell_of(group, fill, purchase);
        }
    }

 private:
    /// Its order is out, and the answer to it or to the next query tells all that was dealt.
    static bool is_asked_for(fx::PurchaseState state) {
        return fx::is_open(state) && state != fx::PurchaseState::Locking;
    }

    /// Nobody asks the bank any more.
    static bool is_for_persons(db::Group& group, const fx::Purchase& purchase) {
        const std::vector<calls::InstructionRow> rows =
            calls::Calls::instructions(group.tx, "fx.purchase", "purchase", std::span(&purchase.id, 1));
        return std::any_of(rows.begin(), rows.end(), [](const calls::InstructionRow& row) {
            return row.instruction.outcome == calls::InstructionOutcome::Escalated;
        });
    }

    static bool is_that_deal(const UnaskedFill& fill, const fx::Purchase& purchase) {
        if (!purchase.deal || !fill.dealt_in_all) return false;
        // Two persons confirmed it without the bank's number: the amounts alone tell.
        const bool has_number = !purchase.deal->bank_reference.starts_with("confirmed:");
        if (has_number && fill.deal_reference != purchase.deal->bank_reference) return false;
        const Money& ours = fill.dealt_in_all->currency() == purchase.deal->cny.currency() ? purchase.deal->cny
                                                                                           : purchase.deal->foreign;
        // A report sent again says what was dealt by then: never more than the whole.
        return fill.dealt_in_all->currency() == ours.currency() && *fill.dealt_in_all <= ours;
    }

    void tell_of(db::Group& group, const UnaskedFill& fill, const fx::Purchase& purchase) const {
        if (!purchase.deal) {
            const std::string state(to_text(purchase.state));
            return tell(group, fill, purchase.id,
                        "the purchase is " + state + " here, and its orders may have been bought for elsewhere",
                        "该购汇在我方为 " + state + "，其订单可能已另行购汇");
        }
        const std::string number = shown(purchase.deal->bank_reference);
        const std::string foreign = amount_text(purchase.deal->foreign);
        const std::string cny = amount_text(purchase.deal->cny);
        tell(group, fill, purchase.id, "booked is deal " + number + " of " + foreign + " for " + cny,
             "已入账的是交易 " + number + "：" + cny + " 购 " + foreign);
    }

    void tell(db::Group& group, const UnaskedFill& fill, const std::string& subject, const std::string& stands_en,
              const std::string& stands_zh) const {
        const std::string deal = shown(fill.deal_reference);
        const std::string sum = amount_text(fill.dealt_in_all);
        operators::WorkItems().open(
            group, operators::NewWorkItem{
                       std::string(kUnaskedFill), "purchase", subject,
                       "The bank reports a fill of order " + shown(fill.reference) + " that nobody awaited: deal " +
                           deal + ", " + sum + " in all; " + stands_en +
                           ". Nothing of it was booked: ask the bank what it dealt, and "
                           "compare with its statement.",
                       "银行报告订单 " + shown(fill.reference) + " 有未预期的成交：交易 " + deal + "，累计 " + sum +
                           "；" + stands_zh + "。未据此入账：请向银行核实成交情况，并与其对账单核对。"});
    }

    const ledger::Ledger& ledger_;
    const std::vector<std::string>& accounts_;
    std::vector<NoteFill*> items_;
    std::map<std::string, std::string> by_reference_;  // ours -> purchase
};

class NoteOperation final : public db::Operation {
 public:
    NoteOperation(const ledger::Ledger& ledger, std::vector<std::string> accounts)
        : ledger_(ledger), accounts_(std::move(accounts)) {}
    [[nodiscard]] std::string_view name() const override { return "note_unasked_fill"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<NoteWork>(ledger_, accounts_, items);
    }

 private:
    const ledger::Ledger& ledger_;
    std::vector<std::string> accounts_;
};

}  // namespace

UnaskedFills::UnaskedFills(db::WriteQueue& queue, const ledger::Ledger& ledger, std::vector<std::string> cny_accounts)
    : queue_(queue), note_(std::make_unique<NoteOperation>(ledger, std::move(cny_accounts))) {}

UnaskedFills::~UnaskedFills() = default;

int UnaskedFills::step(std::vector<UnaskedFill> came, Instant now) {
    if (waiting_.empty() && came.empty()) return 0;
    if (came.empty() && now < looked_at_ + kLookAgain && now >= looked_at_) return 0;
    looked_at_ = now;
    waiting_.insert(waiting_.end(), std::make_move_iterator(came.begin()), std::make_move_iterator(came.end()));
    // While the database cannot be written, a bank that repeats itself does not fill the memory; the first are kept.
    if (std::ssize(waiting_) > kMostWaiting) waiting_.erase(waiting_.begin() + kMostWaiting, waiting_.end());
    std::vector<std::shared_ptr<NoteFill>> items;
    for (UnaskedFill& fill : waiting_) items.push_back(std::make_shared<NoteFill>(std::move(fill)));
    const std::vector<std::shared_ptr<db::Item>> given(items.begin(), items.end());
    const std::vector<Status> written = queue_.run(*note_, given);
    waiting_.clear();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!written[i].ok() || items[i]->waits) waiting_.push_back(std::move(items[i]->fill));
    }
    return static_cast<int>(items.size() - waiting_.size());
}

}  // namespace huiqiao::flow
