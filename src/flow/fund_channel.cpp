#include "src/flow/fund_channel.h"

#include "src/base/earliest_id.h"
#include "src/flow/fund_channel_parts.h"
#include "src/orders/payment_store.h"
#include "src/reconciliation/settlement_store.h"

namespace huiqiao::flow {

using reconciliation::SettlementStore;

class ChannelFunding::Impl {
 public:
    explicit Impl(ChannelParts parts)
        : parts_(std::move(parts)),
          ask_(make_ask_files(parts_)),
          late_(make_book_late(parts_)),
          fund_(make_fund_orders(parts_)),
          handler_(make_settlement_handler(parts_)),
          deposits_(make_deposit_lines(parts_)) {}

    int request(Instant now) {
        constexpr int kDaysAtOnce = 31;
        auto item = std::make_shared<AskFilesItem>();
        const Date today = Date::in_shanghai(now);
        parts_.database.look([&](db::Reader& reader) {
            const auto last = SettlementStore::last_day(reader, parts_.settings.channel);
            Date next = last ? last->plus_days(1) : parts_.settings.first_day;
            for (; next < today && item->new_days.size() < kDaysAtOnce; next = next.plus_days(1)) {
                item->new_days.push_back(next);
                note_owed(reader, {parts_.settings.channel, next, 0, {}}, today, item->owed);
            }
            for (const auto& day : SettlementStore::days_due(reader, now, kDaysAtOnce)) {
                item->due.push_back(day.id());
                note_owed(reader, day, today, item->owed);
            }
        });
        if (item->new_days.empty() && item->due.empty()) return 0;
        return parts_.queue.run(*ask_, item).ok() ? item->prepared : 0;
    }

    int book_late(Instant now) {
        constexpr int kBatchesAtOnce = 100;
        auto item = std::make_shared<LateBatchesItem>();
        parts_.database.look(
            [&](db::Reader& reader) { item->ids = SettlementStore::batches_due(reader, now, kBatchesAtOnce); });
        if (item->ids.empty()) return 0;
        return parts_.queue.run(*late_, item).ok() ? item->booked : 0;
    }

    int fund(Instant now) {
        auto item = std::make_shared<FundOrdersItem>();
        parts_.database.look([&](db::Reader& reader) {
            item->ids = SettlementStore::payments_due(reader, now, static_cast<int>(parts_.settings.payments_a_group));
        });
        if (item->ids.empty()) return 0;
        item->weight = item->ids.size();
        return parts_.queue.run(*fund_, item).ok() ? item->taken : 0;
    }

    calls::AnswerHandler& handler() { return *handler_; }
    LineTaker& deposits() { return *deposits_; }

 private:
    /// Also a day that is too old when it is first looked at is given up.
    void note_owed(db::Reader& reader, const reconciliation::SettlementDay& day, Date today,
                   std::set<std::string>& owed) const {
        if (parts_.settings.gives_up(day.day, today) && is_owed(reader, day)) owed.insert(day.id());
    }

    /// Whether a payment that came on that day is in no batch. Payments are made at most kLongestWait before they come.
    bool is_owed(db::Reader& reader, const reconciliation::SettlementDay& day) const {
        constexpr int kLongestWait = 4;  // days; an order is open for three at most
        constexpr int kPage = 500;
        std::string after = earliest_id("pay", day.day.plus_days(-kLongestWait).at_shanghai(0));
        const std::string before = earliest_id("pay", day.day.plus_days(1).at_shanghai(0));
        for (;;) {
            const std::vector<orders::Payment> page = orders::PaymentStore().between(reader, after, before, kPage);
            std::vector<std::string> ids;
            for (const orders::Payment& payment : page) {
                if (payment.channel == day.channel && payment.received.is_positive() &&
                    Date::in_shanghai(payment.paid_at) == day.day)
                    ids.push_back(reconciliation::SettlementPayment::id_of(day.channel, payment.reference));
            }
            if (SettlementStore::payments(reader, ids).size() < ids.size()) return true;
            if (page.size() < kPage) return false;
            after = page.back().id;
        }
    }

    ChannelParts parts_;
    std::unique_ptr<db::Operation> ask_;
    std::unique_ptr<db::Operation> late_;
    std::unique_ptr<db::Operation> fund_;
    std::unique_ptr<calls::AnswerHandler> handler_;
    std::unique_ptr<LineTaker> deposits_;
};

ChannelFunding::ChannelFunding(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                               const calls::Calls& calls, const orders::ChannelSettlements& channel,
                               ChannelFundingSettings settings)
    : impl_(std::make_unique<Impl>(ChannelParts{database, queue, ledger, calls, channel, std::move(settings)})) {}
ChannelFunding::~ChannelFunding() = default;

calls::AnswerHandler& ChannelFunding::settlement_handler() {
    return impl_->handler();
}
LineTaker& ChannelFunding::deposit_lines() {
    return impl_->deposits();
}
int ChannelFunding::request_files(Instant now) {
    return impl_->request(now);
}
int ChannelFunding::book_late_batches(Instant now) {
    return impl_->book_late(now);
}
int ChannelFunding::fund_orders(Instant now) {
    return impl_->fund(now);
}

}  // namespace huiqiao::flow
