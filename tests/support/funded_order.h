#pragma once
// An order that came in over the API, and whose money a test says is at the bank.

#include "src/flow/postings.h"
#include "src/flow/save_orders.h"
#include "tests/support/api_desk.h"
#include "tests/support/ledger_desk.h"

namespace huiqiao::testing {

/// An order of mch_1 whose CNY 219.00 is at the bank.
inline void funded_order(ApiDesk& desk, const std::string& number) {
    const std::string id = desk.order(number);
    const Money cny = money("CNY", "219.00");
    const flow::postings::Event event{.source_type = "test",
                                      .source_id = id,
                                      .occurred_at = desk.clock.now(),
                                      .value_date = Date::in_shanghai(desk.clock.now())};
    const std::vector<ledger::Draft> drafts{
        flow::postings::collected(event, "ch", "mch_1", cny),
        flow::postings::channel_settled(event, "sb-cny", "ch", cny, Money::zero(cny.currency()))};
    BookOperation books(desk.books);
    auto item = std::make_shared<BookItem>();
    item->accounts = accounts_of(drafts);
    item->run = [&](db::Group& group) {
        desk.books.post(group, drafts);
        orders::Order order = *orders::OrderStore::find(group.tx, id);
        order.amounts.paid = order.amounts.funded = cny;
        const flow::OrderChange change{&order, ""};
        flow::save_orders(group, std::span(&change, 1));
    };
    REQUIRE(desk.queue->run(books, item).ok());
}

}  // namespace huiqiao::testing
