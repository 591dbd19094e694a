#include "src/flow/collect_notices.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "src/base/crash_point.h"
#include "src/base/sometimes.h"
#include "src/calls/wire_text.h"
#include "src/flow/notice_store.h"

namespace huiqiao::flow {

namespace {

class StoreWork final : public db::Work {
 public:
    StoreWork(std::span<const std::shared_ptr<db::Item>> items, CollectCounters& counters, FreshNotices& fresh)
        : counters_(counters), fresh_(fresh) {
        for (const auto& item : items) items_.push_back(static_cast<NoticeItem*>(item.get()));
    }
    void claim(db::Claims& claims) override {
        for (const NoticeItem* item : items_) claims.add(kNoticeClaim, item->content_key, item->id);
    }
    void run(db::Group& group) override {
        std::vector<RawNotice> fresh;
        for (NoticeItem* item : items_) {
            item->is_new = group.claims.owner(kNoticeClaim, item->content_key) == item->id;
            if (!item->is_new) continue;
            Notice notice{item->id, item->channel, NoticeState::Received, "", "", 0, group.now, group.now};
            fresh.push_back({std::move(notice), item->sealed});
        }
        NoticeStore::insert(group.tx, fresh);
        crash_point("collect.storing");
    }
    void committed() override {
        for (const NoticeItem* item : items_) {
            ++(item->is_new ? counters_.stored : counters_.repeated);
            if (item->is_new) fresh_.keep(*item);
        }
    }

 private:
    CollectCounters& counters_;
    FreshNotices& fresh_;
    std::vector<NoticeItem*> items_;
};

void move(Notice& notice, NoticeState to) {
    if (!may_move(notice.state, to)) throw LogicError("notice " + notice.id + " is done already");
    notice.state = to;
}

operators::NewWorkItem held_notice(const Notice& notice, std::string_view why, std::string_view why_zh) {
    return {"notice_held", "notice", notice.id,
            "A genuine notice of " + notice.channel + " needs a look: " + std::string(why) + ".",
            notice.channel + " 的一条真实通知需人工查看：" + std::string(why_zh) + "。"};
}

class PutOffWork final : public db::Work {
 public:
    PutOffWork(std::span<const std::shared_ptr<db::Item>> items, const CollectParts& parts) : parts_(parts) {
        for (const auto& item : items) ids_.push_back(static_cast<ProcessItem*>(item.get())->notice_id);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : ids_) locks.add(kNoticeLock, id);
    }
    void run(db::Group& group) override {
        held_ = 0;
        std::vector<Notice> notices = NoticeStore::load(group.tx, ids_);
        std::vector<const Notice*> changed;
        std::vector<operators::NewWorkItem> work_items;
        for (Notice& notice : notices) {
            // Checked again under the lock: another process may have done what this one could not.
            if (!notice.due_at || *notice.due_at > group.now) continue;
            changed.push_back(&notice);
            if (++notice.tries < parts_.settings.failed_tries) {
                notice.due_at = group.now + parts_.settings.parked_pause;
                continue;
            }
            notice.due_at.reset();
            move(notice, NoticeState::Held);
            ++held_;
            work_items.push_back(held_notice(notice, "processing it fails again and again", "多次处理均失败"));
        }
        NoticeStore::save(group.tx, changed);
        parts_.work_items.open(group, work_items);
    }
    void committed() override { parts_.counters.held += held_; }

 private:
    const CollectParts& parts_;
    std::vector<std::string> ids_;
    std::uint64_t held_ = 0;
};

class ProcessWork final : public db::Work {
 public:
    ProcessWork(std::span<const std::shared_ptr<db::Item>> items, const CollectParts& parts) : parts_(parts) {
        for (const auto& item : items) items_.push_back(static_cast<ProcessItem*>(item.get()));
    }

    void find(db::Reader& reader) override {
        std::vector<std::string> references;
        for (const ProcessItem* item : items_) {
            if (item->notice) references.push_back(item->notice->payment.reference);
        }
        std::sort(references.begin(), references.end());
        references.erase(std::unique(references.begin(), references.end()), references.end());
        for (orders::PaymentPlace& payment : orders::PaymentStore::places_of_references(reader, references)) {
            std::string reference = payment.reference;
            payments_.emplace(std::move(reference), std::move(payment));
        }
    }
    void claim(db::Claims& claims) override {
        Accounts seen;
        for (const auto& [reference, payment] : payments_) {
            if (seen.insert(accounts_of(payment)).second) claim_payment(parts_, claims, payment);
        }
    }
    void lock(db::Locks& locks) override {
        for (const ProcessItem* item : items_) locks.add(kNoticeLock, item->notice_id);
        Accounts seen;
        for (const auto& [reference, payment] : payments_) {
            lock_payment(parts_, locks, payment, seen.insert(accounts_of(payment)).second);
        }
    }

    void run(db::Group& group) override {
        std::vector<std::string> ids;
        for (const ProcessItem* item : items_) ids.push_back(item->notice_id);
        std::vector<Notice> notices = NoticeStore::load(group.tx, ids);
        std::unordered_map<std::string_view, Notice*> by_id;
        for (Notice& notice : notices) by_id.emplace(notice.id, &notice);

        std::vector<ChannelFact> facts;
        std::vector<Notice*> of_facts;
        std::vector<const Notice*> changed;
        for (const ProcessItem* item : items_) {
            Notice& notice = *by_id.at(item->notice_id);
            // Checked again under the lock: another process may have taken it up.
            if (!notice.due_at || *notice.due_at > group.now) continue;
            changed.push_back(&notice);
            ++notice.tries;
            notice.due_at.reset();
            if (!item->notice) {
                hold(notice, "it cannot be read", "无法解析");
                continue;
            }
            notice.event_id = item->notice->event_id;
            const auto place = payments_.find(item->notice->payment.reference);
            const bool of_channel = place != payments_.end() && place->second.channel == item->channel;
            if (!of_channel || item->notice->kind != orders::NoticeKind::Payment) {
                park(group, notice,
                     of_channel ? "it speaks of a refund" : "it speaks of a payment that we do not know");
                continue;
            }
            notice.payment_id = place->second.id;
            facts.push_back({.payment_id = place->second.id, .said = item->notice->payment, .request_id = notice.id});
            of_facts.push_back(&notice);
        }
        const std::vector<FactEffect> effects = apply_facts(group, parts_, facts);
        for (std::size_t at = 0; at < effects.size(); ++at) move(*of_facts[at], state_after(effects[at]));
        NoticeStore::save(group.tx, changed);
        parts_.work_items.open(group, work_items_);
        crash_point("collect.processing");
    }

 private:
    /// What decides which accounts a payment touches: payments of one merchant share theirs.
    using Accounts = std::set<std::tuple<std::string_view, std::string_view, Currency>>;
    static Accounts::value_type accounts_of(const orders::PaymentPlace& payment) {
        return {payment.channel, payment.merchant_id, payment.currency};
    }

    static NoticeState state_after(FactEffect effect) {
        switch (effect) {
            case FactEffect::Nothing:
            case FactEffect::Repeated: return NoticeState::Repeated;
            case FactEffect::Moved:
            case FactEffect::Booked:
            case FactEffect::Suspended: return NoticeState::Applied;
            case FactEffect::NeedsQuery: return NoticeState::Queried;
        }
        throw LogicError("unnamed effect");
    }

    void hold(Notice& notice, std::string_view why, std::string_view why_zh) {
        move(notice, NoticeState::Held);
        ++parts_.counters.held;
        work_items_.push_back(held_notice(notice, why, why_zh));
    }

    /// What it depends on may come later (NTF-06); after a day a person looks.
    void park(db::Group& group, Notice& notice, std::string_view why) {
        if (group.now - notice.received_at >= parts_.settings.parked_for) {
            sometimes("a notice parked for a day");
            return hold(notice, std::string(why) + " and what it needs has not come", "所依据的业务一直未出现");
        }
        sometimes("a notice of what is not here yet");
        move(notice, NoticeState::Parked);
        notice.due_at = group.now + parts_.settings.parked_pause;
        ++parts_.counters.parked;
    }

    const CollectParts& parts_;
    std::vector<ProcessItem*> items_;
    std::unordered_map<std::string, orders::PaymentPlace> payments_;  // by reference
    std::vector<operators::NewWorkItem> work_items_;
};

}  // namespace

void FreshNotices::keep(const NoticeItem& stored) {
    const std::scoped_lock lock(mutex_);
    if (by_id_.size() >= kMost) by_id_.erase(by_id_.begin());
    by_id_.insert_or_assign(stored.id, stored.notice);
}

bool FreshNotices::take(ProcessItem& item) {
    const std::scoped_lock lock(mutex_);
    auto kept = by_id_.extract(item.notice_id);
    if (kept.empty()) return false;
    item.notice = std::move(kept.mapped());
    return true;
}

std::string encode_notice(const orders::WireHeaders& headers, std::string_view body) {
    return calls::encode(WireRequest{"POST", "/", headers, std::string(body)});
}

std::pair<orders::WireHeaders, std::string> decode_notice(std::string_view text) {
    WireRequest request = calls::decode_request(text);
    return {std::move(request.headers), std::move(request.body)};
}

std::unique_ptr<db::Work> StoreNotices::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<StoreWork>(items, counters_, fresh_);
}

std::unique_ptr<db::Work> ProcessNotices::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ProcessWork>(items, parts_);
}

std::unique_ptr<db::Work> PutOffNotices::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<PutOffWork>(items, parts_);
}

}  // namespace huiqiao::flow
