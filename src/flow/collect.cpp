#include "src/flow/collect.h"

#include <algorithm>
#include <map>

#include "src/base/crash_point.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/flow/collect_answers.h"
#include "src/flow/collect_facts.h"
#include "src/flow/collect_notices.h"
#include "src/flow/notice_store.h"

namespace huiqiao::flow {

namespace {

/// One payment to be queried.
struct QueryItem final : db::Item {
    std::string payment_id;
    bool prepared = false;
};

class QueryWork final : public db::Work {
 public:
    QueryWork(std::span<const std::shared_ptr<db::Item>> items, const CollectParts& parts) : parts_(parts) {
        for (const auto& item : items) items_.push_back(static_cast<QueryItem*>(item.get()));
    }
    void lock(db::Locks& locks) override {
        for (const QueryItem* item : items_) locks.add(orders::kPaymentLock, item->payment_id);
    }
    void run(db::Group& group) override {
        std::map<std::string, QueryItem*> by_id;
        std::vector<std::string> ids;
        for (QueryItem* item : items_) {
            item->prepared = false;
            if (by_id.emplace(item->payment_id, item).second) ids.push_back(item->payment_id);
        }
        const orders::PaymentStore store;
        // Checked again under the locks: another process may have asked since.
        const std::vector<std::string> due = store.still_due(group.tx, ids, group.now);
        std::vector<orders::Payment> payments = store.load(group.tx, due);
        std::vector<calls::NewCall> queries;
        std::vector<orders::PaymentStore::Change> changes;
        for (orders::Payment& payment : payments) {
            // A failed one is due only where its money was settled all the same.
            std::optional<Instant> next;
            if (!is_money_known(payment.state)) {
                queries.push_back(query_call(parts_, payment));
                next = orders::next_query(payment.created_at, payment.polls, group.now);
                by_id.at(payment.id)->prepared = true;
            }
            changes.push_back({&payment, next});
        }
        parts_.calls.prepare(group, queries);
        store.save(group, changes);
    }

 private:
    const CollectParts& parts_;
    std::vector<QueryItem*> items_;
};

class QueryPayments final : public db::Operation {
 public:
    explicit QueryPayments(const CollectParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view name() const override { return "query_payments"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<QueryWork>(items, parts_);
    }

 private:
    const CollectParts& parts_;
};

}  // namespace

class Collect::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, IdSource& ids, const ledger::Ledger& ledger,
         const calls::Calls& calls, const crypto::Sealer& sealer, const operators::WorkItems& work_items,
         CloseTrades trades, CollectSettings settings)
        : database_(database),
          queue_(queue),
          ids_(ids),
          sealer_(sealer),
          trades_(std::move(trades)),
          settings_(settings),
          parts_{ledger, calls, work_items, trades_, settings_, counters_},
          store_notices_(counters_, fresh_),
          process_notices_(parts_),
          put_off_notices_(parts_),
          query_payments_(parts_),
          order_answers_(parts_, ChannelOperation::Order),
          query_answers_(parts_, ChannelOperation::Query),
          close_answers_(parts_, ChannelOperation::Close) {}

    Result<std::shared_ptr<NoticeItem>> check_notice(std::string_view channel, const orders::WireHeaders& headers,
                                                     std::string_view body) {
        const orders::CollectionChannel* port = parts_.port(channel);
        if (port == nullptr)
            return Error(collect_error::kUnknownChannel, {{"channel", std::string(channel.substr(0, 60))}});
        auto read = port->read_notice(headers, body);
        if (!read.ok() && read.error().code == &orders::channel_error::kForgedNotice) {
            ++counters_.forged;
            return read.error();
        }
        auto item = std::make_shared<NoticeItem>();
        item->id = ids_.next("ntc");
        item->channel = channel;
        item->content_key = item->channel + "|" + hex(crypto::sha256(body));
        item->sealed = sealer_.seal({"notice", item->id, "raw"}, encode_notice(headers, body));
        if (read.ok()) item->notice = *std::move(read);
        return item;
    }

    int process_notices(Instant now) {
        std::vector<std::shared_ptr<db::Item>> items;
        database_.look([&](db::Reader& reader) {
            std::vector<std::shared_ptr<ProcessItem>> from_rows;
            for (DueNotice& due : NoticeStore::due(reader, now, settings_.notices_a_step)) {
                auto item = std::make_shared<ProcessItem>();
                item->notice_id = std::move(due.id);
                item->channel = std::move(due.channel);
                if (!fresh_.take(*item)) from_rows.push_back(item);
                items.push_back(std::move(item));
            }
            read_rows(reader, from_rows);
        });
        if (items.empty()) return 0;
        const std::vector<Status> outcomes = queue_.run(process_notices_, items);
        std::vector<std::shared_ptr<db::Item>> failed;
        for (std::size_t at = 0; at < items.size(); ++at) {
            // Whatever else went wrong says nothing of the notice: the next step finds it again.
            if (!outcomes[at] && outcomes[at].error().code->group == ErrorGroup::Internal) failed.push_back(items[at]);
        }
        if (!failed.empty()) queue_.run(put_off_notices_, failed);
        crash_point("collect.processed");
        return count_done(outcomes);
    }

    int query_due(Instant now) {
        std::vector<std::string> ids;
        database_.look([&](db::Reader& reader) {
            ids = orders::PaymentStore().due_for_query(reader, now, settings_.queries_a_step);
        });
        std::vector<std::shared_ptr<db::Item>> items;
        for (std::string& id : ids) {
            auto item = std::make_shared<QueryItem>();
            item->payment_id = std::move(id);
            items.push_back(std::move(item));
        }
        if (items.empty()) return 0;
        return count_done(queue_.run(query_payments_, items));
    }

    db::WriteQueue& queue() { return queue_; }
    StoreNotices& store_notices() { return store_notices_; }
    CollectAnswers& order_answers() { return order_answers_; }
    CollectAnswers& query_answers() { return query_answers_; }
    CollectAnswers& close_answers() { return close_answers_; }
    [[nodiscard]] const CollectCounters& counters() const { return counters_; }

 private:
    /// As they were taken in: their seal is opened, and what they say is read as if they came now.
    void read_rows(db::Reader& reader, std::span<const std::shared_ptr<ProcessItem>> items) const {
        std::vector<std::string> ids;
        for (const auto& item : items) ids.push_back(item->notice_id);
        const auto sealed = NoticeStore::sealed(reader, ids);
        for (const auto& item : items) {
            const auto text = sealer_.open({"notice", item->notice_id, "raw"}, sealed.at(item->notice_id));
            const orders::CollectionChannel* port = parts_.port(item->channel);
            if (!text.ok() || port == nullptr) continue;
            const auto [headers, body] = decode_notice(*text);
            auto read = port->read_notice(headers, body);
            if (read.ok()) item->notice = *std::move(read);
        }
    }

    static int count_done(const std::vector<Status>& outcomes) {
        return static_cast<int>(
            std::count_if(outcomes.begin(), outcomes.end(), [](const Status& each) { return each.ok(); }));
    }

    db::Database& database_;
    db::WriteQueue& queue_;
    IdSource& ids_;
    const crypto::Sealer& sealer_;
    CloseTrades trades_;
    CollectSettings settings_;
    CollectCounters counters_;
    CollectParts parts_;
    FreshNotices fresh_;
    StoreNotices store_notices_;
    ProcessNotices process_notices_;
    PutOffNotices put_off_notices_;
    QueryPayments query_payments_;
    CollectAnswers order_answers_;
    CollectAnswers query_answers_;
    CollectAnswers close_answers_;
};

Collect::Collect(db::Database& database, db::WriteQueue& queue, IdSource& ids, const ledger::Ledger& ledger,
                 const calls::Calls& calls, const crypto::Sealer& sealer, const operators::WorkItems& work_items,
                 CloseTrades trades, CollectSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ids, ledger, calls, sealer, work_items, std::move(trades),
                                   settings)) {}
Collect::~Collect() = default;

Result<std::shared_ptr<NoticeItem>> Collect::check_notice(std::string_view channel, const orders::WireHeaders& headers,
                                                          std::string_view body) {
    return impl_->check_notice(channel, headers, body);
}
db::Operation& Collect::store_notice() {
    return impl_->store_notices();
}

Status Collect::take_notice(std::string_view channel, const orders::WireHeaders& headers, std::string_view body) {
    auto item = check_notice(channel, headers, body);
    if (!item.ok()) return item.error();
    return impl_->queue().run(store_notice(), *item);
}

calls::AnswerHandler& Collect::order_handler() {
    return impl_->order_answers();
}
calls::AnswerHandler& Collect::query_handler() {
    return impl_->query_answers();
}
calls::AnswerHandler& Collect::close_handler() {
    return impl_->close_answers();
}
int Collect::process_notices(Instant now) {
    return impl_->process_notices(now);
}
int Collect::query_due(Instant now) {
    return impl_->query_due(now);
}
const CollectCounters& Collect::counters() const {
    return impl_->counters();
}

}  // namespace huiqiao::flow
