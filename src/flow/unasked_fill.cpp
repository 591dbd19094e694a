#include "src/flow/unasked_fill.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/purchase_store.h"
#include "src/base/sometimes.h"
#include "src/calls/calls.h"
#include "src/flow/decision.h"
#include "src/flow/tell.h"
#include "src/flow/unasked_fill_store.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

constexpr std::size_t kLongestReference = 35;
constexpr std::size_t kMostUnwritten = 1000;
constexpr Watched kNotKept{kFillsNotKept, ""};  // only a person closes it
constexpr std::chrono::seconds kLookAgain{30};
constexpr int kAtOnce = 100;
constexpr std::size_t kShownBanks = 20;
constexpr int kShownOfOne = 5;  // fills of one order, in the words of its work item

/// What the bank sent back may be anything; ours are letters, digits and dashes.
bool may_be_ours(const std::string& reference) {
    return !reference.empty() && reference.size() <= kLongestReference &&
           std::all_of(reference.begin(), reference.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

/// As a row and a text for persons take it: printable ASCII, short.
std::string shown(std::string text) {
    text.resize(std::min<std::size_t>(text.size(), 60));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < 0x21 || c > 0x7E; }, '?');
    return text;
}

std::string amount_text(const std::optional<Money>& money) {
    return money ? amount_with_currency(*money) : "?";
}

/// " Sessions of: A, B.", or nothing where none is known.
std::string listed(const char* before, const std::set<std::string>& banks, const char* between, const char* behind) {
    std::string text;
    for (const std::string& bank : banks) text += (text.empty() ? before : between) + bank;
    return text.empty() ? text : text + behind;
}

operators::NewWorkItem matter_of(const LostFills& lost) {
    const std::string from = rfc3339(lost.from);
    const std::string to = rfc3339(lost.to);
    const std::string count = std::to_string(lost.count);
    return {std::string(kFillsNotKept), "fix", from,
            "Between " + from + " and " + to + " banks reported " + count +
                " fills over FIX that nobody awaited and that could not be kept: more came than the memory takes, or "
                "the database could not be written." +
                listed(" Sessions of: ", lost.banks, ", ", ".") +
                " Nothing of them was booked, and nothing else tells of them: ask each bank over FIX for its deals of "
                "that time, and compare with the purchases and its statement.",
            "自 " + from + " 至 " + to + "，银行经 FIX 报告了 " + count +
                " 笔无人等待的成交，因数量过多或数据库无法写入而未能保留。" + listed("会话：", lost.banks, "、", "。") +
                "未据此入账，别处亦无记录：请向各 FIX 银行索取该时段的成交清单，与购汇及对账单核对。"};
}

/// Two reports that say the same of the same deal are one fill.
StoredFill stored(const UnaskedFill& fill, Instant now) {
    StoredFill row{"", shown(fill.reference), shown(fill.deal_reference), fill.dealt_in_all, FillState::Waiting, now};
    row.key = row.reference + "|" + row.deal_reference + "|" + amount_text(row.dealt_in_all);
    return row;
}

}  // namespace

struct UnaskedFills::NoteFill final : db::Item {
    explicit NoteFill(StoredFill row) : fill(std::move(row)) {}
    StoredFill fill;
    bool went_on = false;  // answer
};

class UnaskedFills::NoteWork final : public db::Work {
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
    void claim(db::Claims& claims) override {
        for (const NoteFill* item : items_) UnaskedFillStore::claim(claims, item->fill);
    }
    void lock(db::Locks& locks) override {
        for (const auto& [reference, purchase] : by_reference_) locks.add(fx::kPurchaseLock, purchase);
        for (const NoteFill* item : items_) locks.add(kUnaskedFillLock, item->fill.key);
    }
    void run(db::Group& group) override {
        std::vector<std::string> keys;
        for (NoteFill* item : items_) {
            item->went_on = false;
            keys.push_back(item->fill.key);
        }
        std::map<std::string, StoredFill> rows;
        for (StoredFill& row : UnaskedFillStore::load(group.tx, keys)) rows.emplace(row.key, std::move(row));
        for (NoteFill* item : items_) {
            StoredFill& row = rows.at(item->fill.key);
            const FillState from = row.state;
            if (from != FillState::Over) look_at(group, row);
            item->went_on = row.state != from;
        }
    }

 private:
    void look_at(db::Group& group, StoredFill& row) {
        const auto known = by_reference_.find(row.reference);
        if (known == by_reference_.end()) {
            if (row.state == FillState::Waiting)
                return tell(group, row, row.reference, "it is no order of ours", "并非我方订单");
            return end_closed(group, row, row.reference);
        }
        const fx::Purchase purchase = fx::PurchaseStore::find(group.tx, known->second).value();
        if (is_that_deal(row, purchase)) return end(group, row, purchase.id);
        if (row.state == FillState::Told) return end_closed(group, row, purchase.id);
        if (is_asked_for(purchase.state)) {
            if (!is_for_persons(group, purchase)) return;
            sometimes("a fill of a purchase that persons decide on");
            return tell(group, row, purchase.id,
                        "two persons are to say what became of that purchase: here is what the bank says",
                        "该购汇待两人认定，此即银行的说法");
        }
        sometimes("a fill behind a deal that was read");
        ledger_.stop_payouts(group, purchase.currency, "unasked fill of purchase " + purchase.id);
        tell_of(group, row, purchase);
    }

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

    static bool is_that_deal(const StoredFill& fill, const fx::Purchase& purchase) {
        if (!purchase.deal || !fill.dealt_in_all) return false;
        // Two persons confirmed it without the bank's number: the amounts alone tell.
        const bool has_number = !purchase.deal->bank_reference.starts_with("confirmed:");
        if (has_number && fill.deal_reference != shown(purchase.deal->bank_reference)) return false;
        const Money& ours = fill.dealt_in_all->currency() == purchase.deal->cny.currency() ? purchase.deal->cny
                                                                                           : purchase.deal->foreign;
        // A report sent again says what was dealt by then: never more than the whole.
        return fill.dealt_in_all->currency() == ours.currency() && *fill.dealt_in_all <= ours;
    }

    static void save(db::Group& group, StoredFill& row, FillState state) {
        row.state = state;
        UnaskedFillStore::save(group.tx, std::span(&row, 1));
    }

    /// What is booked says the same. The work item goes with the last fill of its order that was told.
    static void end(db::Group& group, StoredFill& row, const std::string& subject) {
        const bool was_told = row.state == FillState::Told;
        save(group, row, FillState::Over);
        if (was_told && UnaskedFillStore::told(group.tx, row.reference, 1).empty())
            operators::WorkItems().close(group, kUnaskedFill, subject, "what is booked says the same");
    }

    /// A person looked at it.
    static void end_closed(db::Group& group, StoredFill& row, const std::string& subject) {
        if (!operators::WorkItems().find_open(group.tx, kUnaskedFill, subject)) save(group, row, FillState::Over);
    }

    static void tell_of(db::Group& group, StoredFill& row, const fx::Purchase& purchase) {
        if (!purchase.deal) {
            const std::string state(to_text(purchase.state));
            return tell(group, row, purchase.id,
                        "the purchase is " + state + " here, and its orders may have been bought for elsewhere",
                        "该购汇在我方为 " + state + "，其订单可能已另行购汇");
        }
        const std::string number = shown(purchase.deal->bank_reference);
        const std::string foreign = amount_text(purchase.deal->foreign);
        const std::string cny = amount_text(purchase.deal->cny);
        tell(group, row, purchase.id, "booked is deal " + number + " of " + foreign + " for " + cny,
             "已入账的是交易 " + number + "：" + cny + " 购 " + foreign);
    }

    /// One work item an order, which names each of its fills.
    static void tell(db::Group& group, StoredFill& row, const std::string& subject, const std::string& stands_en,
                     const std::string& stands_zh) {
        save(group, row, FillState::Told);
        std::string fills_en;
        std::string fills_zh;
        for (const StoredFill& each : UnaskedFillStore::told(group.tx, row.reference, kShownOfOne)) {
            const std::string sum = amount_text(each.dealt_in_all);
            fills_en += (fills_en.empty() ? "deal " : "; deal ") + each.deal_reference + ", " + sum + " in all";
            fills_zh += (fills_zh.empty() ? "交易 " : "；交易 ") + each.deal_reference + "，累计 " + sum;
        }
        const operators::NewWorkItem matter{std::string(kUnaskedFill), "purchase", subject,
                                            "The bank reports a fill of order " + row.reference +
                                                " that nobody awaited: " + fills_en + "; " + stands_en +
                                                ". Nothing of it was booked: ask the bank what it dealt, and "
                                                "compare with its statement.",
                                            "银行报告订单 " + row.reference + " 有未预期的成交：" + fills_zh + "；" +
                                                stands_zh + "。未据此入账：请向银行核实成交情况，并与其对账单核对。"};
        const operators::WorkItems work_items;
        if (work_items.find_open(group.tx, kUnaskedFill, subject)) return work_items.retell(group, matter);
        work_items.open(group, matter);
    }

    const ledger::Ledger& ledger_;
    const std::vector<std::string>& accounts_;
    std::vector<NoteFill*> items_;
    std::map<std::string, std::string> by_reference_;  // ours -> purchase
};

class UnaskedFills::NoteOperation final : public db::Operation {
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

UnaskedFills::UnaskedFills(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                           std::vector<std::string> cny_accounts)
    : database_(database),
      queue_(queue),
      note_(std::make_unique<NoteOperation>(ledger, std::move(cny_accounts))),
      tell_(std::make_unique<Tell>(kNotKept, "tell_fills_not_kept")) {}

UnaskedFills::~UnaskedFills() = default;

void LostFills::add(const LostFills& more) {
    if (more.count == 0) return;
    from = count == 0 ? more.from : std::min(from, more.from);
    to = count == 0 ? more.to : std::max(to, more.to);
    count += more.count;
    for (const std::string& bank : more.banks)
        if (!bank.empty() && banks.size() < kShownBanks) banks.insert(shown(bank));
}

int UnaskedFills::step(CameFills came, Instant now) {
    lost_.add(came.lost);
    // It came behind the last step, whose time is all that is known of it.
    const Instant since = stepped_at_ == Instant{} ? now : std::min(stepped_at_, now);
    stepped_at_ = now;
    for (UnaskedFill& fill : came.fills) {
        // While the database cannot be written, a bank that repeats itself does not fill the memory; the first are
        // kept.
        if (unwritten_.size() < kMostUnwritten) {
            unwritten_.push_back(std::move(fill));
        } else {
            lost_.add({1, since, now, {fill.bank}});
        }
    }
    int done = 0;
    if (!unwritten_.empty()) {
        std::vector<std::shared_ptr<NoteFill>> items;
        for (const UnaskedFill& fill : unwritten_) items.push_back(std::make_shared<NoteFill>(stored(fill, now)));
        std::vector<UnaskedFill> left;
        const std::vector<bool> written = note(items);
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!written[i]) left.push_back(std::move(unwritten_[i]));
            done += written[i] && items[i]->went_on ? 1 : 0;
        }
        unwritten_ = std::move(left);
    }
    if (lost_.count > 0) done += tell_lost();
    // A clock that was set back: looks again.
    if (now >= looked_at_ && now < looked_at_ + kLookAgain) return done;
    looked_at_ = now;
    return done + look_again();
}

/// One work item while it is open: a flood that goes on opens no other.
int UnaskedFills::tell_lost() {
    bool is_open = false;
    if (told_.count > 0) {
        const std::string subject = rfc3339(told_.from);
        database_.look([&](db::Reader& reader) {
            is_open = operators::WorkItems().find_open(reader, kFillsNotKept, subject).has_value();
        });
    }
    LostFills all = is_open ? told_ : LostFills{};
    all.add(lost_);
    // Its subject is the time that was told first.
    if (is_open) all.from = told_.from;
    const auto item = std::make_shared<Tidings>();
    (is_open ? item->changed : item->opened).push_back(matter_of(all));
    if (!queue_.run(*tell_, item)) return 0;
    told_ = std::move(all);
    lost_ = {};
    return 1;
}

int UnaskedFills::look_again() {
    std::vector<StoredFill> open;
    database_.look([&](db::Reader& reader) { open = UnaskedFillStore::open(reader, behind_, kAtOnce); });
    behind_ = open.size() < kAtOnce ? "" : open.back().key;
    std::vector<std::shared_ptr<NoteFill>> items;
    for (StoredFill& row : open) items.push_back(std::make_shared<NoteFill>(std::move(row)));
    const std::vector<bool> written = note(items);
    int done = 0;
    for (std::size_t i = 0; i < items.size(); ++i) done += written[i] && items[i]->went_on ? 1 : 0;
    return done;
}

/// Which of them could be written.
std::vector<bool> UnaskedFills::note(const std::vector<std::shared_ptr<NoteFill>>& items) {
    if (items.empty()) return {};
    const std::vector<std::shared_ptr<db::Item>> given(items.begin(), items.end());
    std::vector<bool> written;
    for (const Status& each : queue_.run(*note_, given)) written.push_back(each.ok());
    return written;
}

}  // namespace huiqiao::flow
