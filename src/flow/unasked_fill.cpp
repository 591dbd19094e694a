#include "src/flow/unasked_fill.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/purchase_store.h"
#include "src/base/sometimes.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

constexpr std::size_t kLongestReference = 35;
constexpr std::ptrdiff_t kMostWaiting = 1000;

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
    return money ? std::string(money->currency().code()) + " " + money->text() : "?";
}

struct NoteFill final : db::Item {
    explicit NoteFill(UnaskedFill what) : fill(std::move(what)) {}
    UnaskedFill fill;
};

class NoteWork final : public db::Work {
 public:
    NoteWork(const ledger::Ledger& ledger, const std::vector<std::string>& accounts,
             std::span<const std::shared_ptr<db::Item>> items)
        : ledger_(ledger), accounts_(accounts) {
        for (const auto& item : items) fills_.push_back(&static_cast<const NoteFill&>(*item).fill);
    }

    void find(db::Reader& reader) override {
        by_reference_.clear();
        std::vector<std::string> legs;
        for (const UnaskedFill* fill : fills_) {
            if (!may_be_ours(fill->reference)) continue;
            for (const std::string& account : accounts_) legs.push_back(fx::leg_id(fill->reference, account));
        }
        for (const fx::PurchaseLeg& leg : fx::PurchaseStore::legs(reader, legs))
            by_reference_.emplace(leg.reference, leg.purchase_id);
    }
    void lock(db::Locks& locks) override {
        for (const auto& [reference, purchase] : by_reference_) locks.add(fx::kPurchaseLock, purchase);
    }
    void run(db::Group& group) override {
        for (const UnaskedFill* fill : fills_) {
            const auto known = by_reference_.find(fill->reference);
            if (known == by_reference_.end()) {
                tell(group, *fill, shown(fill->reference), "none of ours", "并非我方订单");
                continue;
            }
            const fx::Purchase purchase = fx::PurchaseStore::find(group.tx, known->second).value();
            if (is_asked_for(purchase.state) || is_that_deal(*fill, purchase)) continue;
            sometimes("a fill behind a deal that was read");
            const std::string stands = purchase.deal ? "deal " + shown(purchase.deal->bank_reference) + " of " +
                                                           amount_text(purchase.deal->foreign) + " for " +
                                                           amount_text(purchase.deal->cny)
                                                     : std::string(to_text(purchase.state));
            ledger_.stop_payouts(group, purchase.currency, "unasked fill of purchase " + purchase.id);
            tell(group, *fill, purchase.id, "booked: " + stands, "已入账：" + stands);
        }
    }

 private:
    /// Its order is out, and the answer to it or to the next query tells all that was dealt.
    static bool is_asked_for(fx::PurchaseState state) {
        return fx::is_open(state) && state != fx::PurchaseState::Locking;
    }

    static bool is_that_deal(const UnaskedFill& fill, const fx::Purchase& purchase) {
        if (!purchase.deal || !fill.dealt_in_all || fill.deal_reference != purchase.deal->bank_reference) return false;
        const Money& ours = fill.dealt_in_all->currency() == purchase.deal->cny.currency() ? purchase.deal->cny
                                                                                           : purchase.deal->foreign;
        // A report sent again says what was dealt by then: never more than the whole.
        return fill.dealt_in_all->currency() == ours.currency() && *fill.dealt_in_all <= ours;
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
    std::vector<const UnaskedFill*> fills_;
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

int UnaskedFills::step(std::vector<UnaskedFill> came) {
    waiting_.insert(waiting_.end(), std::make_move_iterator(came.begin()), std::make_move_iterator(came.end()));
    // While the database cannot be written, a bank that repeats itself does not fill the memory; the first are kept.
    if (std::ssize(waiting_) > kMostWaiting) waiting_.erase(waiting_.begin() + kMostWaiting, waiting_.end());
    if (waiting_.empty()) return 0;
    std::vector<std::shared_ptr<db::Item>> items;
    for (const UnaskedFill& fill : waiting_) items.push_back(std::make_shared<NoteFill>(fill));
    const std::vector<Status> written = queue_.run(*note_, items);
    std::vector<UnaskedFill> left;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!written[i].ok()) left.push_back(std::move(waiting_[i]));
    }
    const auto done = static_cast<int>(items.size() - left.size());
    waiting_ = std::move(left);
    return done;
}

}  // namespace huiqiao::flow
