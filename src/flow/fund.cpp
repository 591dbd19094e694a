#include "src/flow/fund.h"

#include <algorithm>

#include "src/flow/fund_parts.h"

namespace huiqiao::flow {

class Fund::Impl {
 public:
    explicit Impl(FundParts parts)
        : parts_(std::move(parts)),
          request_(make_request_statements(parts_)),
          book_(make_book_lines(parts_)),
          handler_(make_statement_handler(parts_)) {}

    int request(Instant now) {
        std::vector<std::string> names;
        for (const ProvisionAccount& account : parts_.settings.accounts) names.push_back(account.name);
        bool due = false;
        parts_.database.read([&](db::Reader& reader) {
            const auto places = reconciliation::StatementStore::places(reader, names);
            due = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                const auto place = places.find(name);
                return place == places.end() || (place->second.due_at && *place->second.due_at <= now);
            });
            due = due || !reconciliation::StatementStore::doubts_due(reader, now, 1).empty();
        });
        if (!due) return 0;
        auto item = std::make_shared<RequestItem>();
        return parts_.queue.run(*request_, item).ok() ? item->prepared : 0;
    }

    int book(Instant now) {
        auto item = std::make_shared<BookItem>();
        parts_.database.read([&](db::Reader& reader) {
            item->keys =
                reconciliation::StatementStore::lines_due(reader, now, static_cast<int>(parts_.settings.lines_a_group));
        });
        if (item->keys.empty()) return 0;
        item->weight = item->keys.size();
        return parts_.queue.run(*book_, item).ok() ? item->booked : 0;
    }

    calls::AnswerHandler& handler() { return *handler_; }

 private:
    FundParts parts_;
    std::unique_ptr<db::Operation> request_;
    std::unique_ptr<db::Operation> book_;
    std::unique_ptr<calls::AnswerHandler> handler_;
};

Fund::Fund(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
           AccountBanks banks, std::vector<LineTaker*> takers, FundSettings settings)
    : impl_(std::make_unique<Impl>(
          FundParts{database, queue, ledger, calls, std::move(banks), std::move(takers), std::move(settings)})) {}
Fund::~Fund() = default;

calls::AnswerHandler& Fund::statement_handler() {
    return impl_->handler();
}
int Fund::request_statements(Instant now) {
    return impl_->request(now);
}
int Fund::book_lines(Instant now) {
    return impl_->book(now);
}
int Fund::step(Instant now) {
    return request_statements(now) + book_lines(now);
}

}  // namespace huiqiao::flow
