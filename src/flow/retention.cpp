#include "src/flow/retention.h"

#include <string>
#include <vector>

#include "fx/exposure_store.h"
#include "fx/held_lock_left_store.h"
#include "fx/kept_offer_store.h"
#include "fx/platform_quote_store.h"
#include "fx/quote_store.h"
#include "src/calls/forget_reads.h"
#include "src/events/event.h"
#include "src/flow/notice_store.h"
#include "src/operators/approval.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

/// One kind of rows as the walk sees them.
class Retention::Shelf {
 public:
    explicit Shelf(std::chrono::hours age) : age_(age) {}
    virtual ~Shelf() = default;

    struct Row {
        std::string id;
        std::string of;  // the row that is locked for it
        Instant written{};
        bool may_go = false;
        Instant over_at{};  // where its age counts from later than it was written
    };
    virtual std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const = 0;
    virtual void lock(db::Locks& locks, const std::vector<Row>& rows) const = 0;
    /// Of locked rows those that may still go.
    virtual int forget(db::Tx& tx, const std::vector<Row>& rows) const = 0;
    [[nodiscard]] std::chrono::hours age() const { return age_; }

 protected:
    static std::vector<std::string> ids_of(const std::vector<Row>& rows) {
        std::vector<std::string> ids;
        for (const Row& row : rows) ids.push_back(row.id);
        return ids;
    }

 private:
    std::chrono::hours age_;
};

namespace {

class Polls final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const calls::PassingAnswer& answer : calls::passing_answers(reader, after_id, limit))
            rows.push_back({answer.id, answer.call_id, answer.received_at, true, {}});
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        calls::lock_reads(locks, answers_of(rows));
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return calls::forget_reads(tx, answers_of(rows));
    }

 private:
    static std::vector<calls::PassingAnswer> answers_of(const std::vector<Row>& rows) {
        std::vector<calls::PassingAnswer> answers;
        for (const Row& row : rows) answers.push_back({row.id, row.of, row.written});
        return answers;
    }
};

class Events final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const events::EventStore::Told& told : events::EventStore::after(reader, after_id, limit)) {
            const bool over =
                told.state == events::DeliveryState::Delivered || told.state == events::DeliveryState::NotWanted;
            rows.push_back({told.id, told.id, told.created_at, over, {}});
        }
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) locks.add(events::kEventLock, row.id);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return events::EventStore::forget(tx, ids_of(rows));
    }
};

class Notices final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const Notice& notice : NoticeStore::after(reader, after_id, limit)) {
            const bool over = notice.state == NoticeState::Applied || notice.state == NoticeState::Repeated ||
                              notice.state == NoticeState::Queried;
            rows.push_back({notice.id, notice.id, notice.received_at, over, {}});
        }
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) locks.add(kNoticeLock, row.id);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return NoticeStore::forget(tx, ids_of(rows));
    }
};

/// Before the banks' quotes: one that a platform was shown speaks of the bank's behind it.
class PlatformQuotes final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const fx::PlatformQuotes::Kept& quote : fx::PlatformQuotes::after(reader, after_id, limit))
            rows.push_back({quote.id, quote.id, quote.created_at, quote.is_unused, quote.expires_at});
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) locks.add(fx::kPlatformQuoteLock, row.id);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return fx::PlatformQuotes::forget(tx, ids_of(rows));
    }
};

class Quotes final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const fx::QuoteStore::Kept& quote : fx::QuoteStore::after(reader, after_id, limit))
            rows.push_back({quote.id, quote.board_id, quote.received_at, !quote.is_spoken_of, {}});
        return rows;
    }
    /// A quote is taken, and spoken of anew, only under its board's lock.
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) locks.add(fx::kBoardLock, row.of);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return fx::QuoteStore::forget(tx, ids_of(rows));
    }
};

class WorkItems final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const operators::WorkItem& item : operators::WorkItems().after(reader, after_id, limit)) {
            const bool is_closed = item.state == operators::WorkItemState::Closed;
            rows.push_back({item.id, item.id, item.opened_at, is_closed, item.closed_at});
        }
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) operators::WorkItems().lock(locks, row.id);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return operators::WorkItems().forget(tx, ids_of(rows));
    }
};

/// What was used stays beside what it did. The others are over a day after they were asked for.
class Approvals final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const operators::Approval& one : operators::Approvals::after(reader, after_id, limit))
            rows.push_back({one.id, one.id, one.made_at, one.state != operators::ApprovalState::Used, {}});
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>& rows) const override {
        for (const Row& row : rows) operators::Approvals::lock(locks, row.id);
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        return operators::Approvals::forget(tx, ids_of(rows));
    }
};

/// Running totals: the row that stood at the oldest instant that is kept stays, and all behind it, so that every later
/// instant is told as before. None that goes is between two that stay, so the walk has no place to remember.
class Exposures final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string&, int limit) const override {
        std::vector<Row> rows;
        for (const fx::ExposureStore::Replaced& one : fx::ExposureStore::replaced(reader, limit))
            rows.push_back({one.series_id, std::string(fx::kExposureKept), one.replaced_at, true, {}});
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>&) const override {
        locks.add(fx::kExposureKeptLock, std::string(fx::kExposureKept));
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        std::vector<fx::ExposureStore::Replaced> replaced;
        for (const Row& row : rows) replaced.push_back({row.id, row.written});
        return fx::ExposureStore::forget(tx, replaced);
    }
};

/// Row by row, a lock's oldest first. Nothing can be told any more of instants at which it was not over yet.
class LeftOfLocks final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const fx::HeldLockLeftStore::Kept& one : fx::HeldLockLeftStore::after(reader, after_id, limit))
            rows.push_back({one.id, std::string(fx::kExposureKept), one.booked_at, true, one.over_at});
        return rows;
    }
    void lock(db::Locks& locks, const std::vector<Row>&) const override {
        locks.add(fx::kExposureKeptLock, std::string(fx::kExposureKept));
    }
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        std::vector<fx::HeldLockLeftStore::Kept> kept;
        for (const Row& row : rows) kept.push_back({row.id, row.written, row.over_at});
        return fx::HeldLockLeftStore::forget(tx, kept);
    }
};

/// Written once, with what it stands beside, and changed by nobody: there is nothing to lock.
class Offers final : public Retention::Shelf {
 public:
    using Shelf::Shelf;
    std::vector<Row> after(db::Reader& reader, const std::string& after_id, int limit) const override {
        std::vector<Row> rows;
        for (const fx::KeptOffers::Comparison& one : fx::KeptOffers::after(reader, after_id, limit))
            rows.push_back({one.id, one.made_of, one.made_at, true, {}});
        return rows;
    }
    void lock(db::Locks&, const std::vector<Row>&) const override {}
    int forget(db::Tx& tx, const std::vector<Row>& rows) const override {
        std::vector<std::string> made_of;
        for (const Row& row : rows) made_of.push_back(row.of);
        return fx::KeptOffers::forget(tx, made_of);
    }
};

struct ForgetItem final : db::Item {
    const Retention::Shelf* shelf = nullptr;
    std::vector<Retention::Shelf::Row> old;
    int gone = 0;
};

class ForgetWork final : public db::Work {
 public:
    explicit ForgetWork(ForgetItem& item) : item_(item) {}
    void lock(db::Locks& locks) override { item_.shelf->lock(locks, item_.old); }
    void run(db::Group& group) override { item_.gone = item_.shelf->forget(group.tx, item_.old); }

 private:
    ForgetItem& item_;
};

}  // namespace

class Retention::Forget final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "retention"; }
    /// One group at a time is under way, so there is one item.
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<ForgetWork>(static_cast<ForgetItem&>(*items.front()));
    }
};

std::string_view to_text(Retention::Kind kind) {
    switch (kind) {
        case Retention::Kind::Poll: return "poll";
        case Retention::Kind::Event: return "event";
        case Retention::Kind::Notice: return "notice";
        case Retention::Kind::PlatformQuote: return "platform_quote";
        case Retention::Kind::Quote: return "quote";
        case Retention::Kind::WorkItem: return "work_item";
        case Retention::Kind::Approval: return "approval";
        case Retention::Kind::Exposure: return "exposure";
        case Retention::Kind::LeftOfLock: return "left_of_lock";
        case Retention::Kind::Offers: return "offers";
    }
    throw LogicError("unnamed kind of row");
}

Retention::Retention(db::Database& database, db::WriteQueue& queue, RetentionSettings settings)
    : database_(database), queue_(queue), forget_(std::make_unique<Forget>()) {
    walks_[0].shelf = std::make_unique<Polls>(settings.polls);
    walks_[1].shelf = std::make_unique<Events>(settings.events);
    walks_[2].shelf = std::make_unique<Notices>(settings.notices);
    walks_[3].shelf = std::make_unique<PlatformQuotes>(settings.quotes);
    walks_[4].shelf = std::make_unique<Quotes>(settings.quotes);
    walks_[5].shelf = std::make_unique<WorkItems>(settings.work_items);
    walks_[6].shelf = std::make_unique<Approvals>(settings.work_items);
    walks_[7].shelf = std::make_unique<Exposures>(settings.exposure);
    walks_[8].shelf = std::make_unique<LeftOfLocks>(settings.exposure);
    walks_[9].shelf = std::make_unique<Offers>(settings.offers);
}

Retention::~Retention() = default;

int Retention::step(Instant now) {
    for (Walk& walk : walks_) {
        if (now < walk.not_before) continue;
        if (const int gone = step(walk, now); gone > 0) return gone;
    }
    return 0;
}

/// A walk goes on from row to row; at its end, or at the first row that is too young, it rests and begins anew, so that
/// what had to stay is looked at again.
int Retention::step(Walk& walk, Instant now) {
    std::vector<Shelf::Row> page;
    database_.look([&](db::Reader& reader) { page = walk.shelf->after(reader, walk.after_id, kAtMost); });
    auto item = std::make_shared<ForgetItem>();
    item->shelf = walk.shelf.get();
    bool ends = page.size() < static_cast<std::size_t>(kAtMost);
    std::string last = walk.after_id;
    for (Shelf::Row& row : page) {
        if (now - row.written < walk.shelf->age()) {
            ends = true;
            break;
        }
        last = row.id;
        if (row.may_go && now - row.over_at >= walk.shelf->age()) item->old.push_back(std::move(row));
    }
    if (!item->old.empty()) {
        item->weight = item->old.size();
        if (!queue_.run(*forget_, item)) return 0;  // tried again from the same place
    }
    walk.after_id = ends ? "" : last;
    if (ends) walk.not_before = now + kPause;
    walk.forgotten += static_cast<std::uint64_t>(item->gone);
    return item->gone;
}

std::uint64_t Retention::forgotten(Kind kind) const {
    return walks_.at(static_cast<std::size_t>(kind)).forgotten.load();
}

}  // namespace huiqiao::flow
