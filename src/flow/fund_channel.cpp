#include "src/flow/fund_channel.h"

#include "src/flow/fund_channel_parts.h"
#include "src/reconciliation/settlement_store.h"

namespace huiqiao::flow {

using reconciliation::SettlementStore;

class ChannelFunding::Impl {
 public:
    explicit Impl(ChannelParts parts)
        : parts_(std::move(parts)),
          ask_(make_ask_files(parts_)),
          fund_(make_fund_orders(parts_)),
          handler_(make_settlement_handler(parts_)),
          deposits_(make_deposit_lines(parts_)) {}

    int request(Instant now) {
        constexpr int kDaysAtOnce = 31;
        auto item = std::make_shared<AskFilesItem>();
        const Date today = Date::in_shanghai(now);
        parts_.database.read([&](db::Reader& reader) {
            const auto last = SettlementStore::last_day(reader, parts_.settings.channel);
            Date next = last ? last->plus_days(1) : parts_.settings.first_day;
            for (; next < today && item->new_days.size() < kDaysAtOnce; next = next.plus_days(1))
                item->new_days.push_back(next);
            for (const auto& day : SettlementStore::days_due(reader, now, kDaysAtOnce)) item->due.push_back(day.id());
        });
        if (item->new_days.empty() && item->due.empty()) return 0;
        return parts_.queue.run(*ask_, item).ok() ? item->prepared : 0;
    }

    int fund(Instant now) {
        auto item = std::make_shared<FundOrdersItem>();
        parts_.database.read([&](db::Reader& reader) {
            item->ids = SettlementStore::payments_due(reader, now, static_cast<int>(parts_.settings.payments_a_group));
        });
        if (item->ids.empty()) return 0;
        item->weight = item->ids.size();
        return parts_.queue.run(*fund_, item).ok() ? item->taken : 0;
    }

    calls::AnswerHandler& handler() { return *handler_; }
    LineTaker& deposits() { return *deposits_; }

 private:
    ChannelParts parts_;
    std::unique_ptr<db::Operation> ask_;
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
int ChannelFunding::fund_orders(Instant now) {
    return impl_->fund(now);
}

}  // namespace huiqiao::flow
