#pragma once
// Two dollar orders of one merchant, declared goods, through whole days with faults injected at the counterparties:
// what became of them is told in the words of order_states(), work items and accounts.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/test_desk.h"

namespace huiqiao::testing {

inline std::vector<SampleOrder> two_dollar_orders() {
    std::vector<SampleOrder> orders;
    for (const SampleOrder& order : sample_orders()) {
        if (order.payout_kind == "fx" && order.payout_currency == "USD" && orders.size() < 2) orders.push_back(order);
    }
    return orders;
}

inline void live_with(TestDesk& desk, const std::string& counterparty, const std::string& fault, int days = 3) {
    desk.fault(counterparty, fault);
    desk.submit(two_dollar_orders());
    desk.live_days(days);
    const std::size_t begins = fault.find(":\"") + 2;
    INFO(fault);
    CHECK(desk.happened(counterparty, fault.substr(begins, fault.find('"', begins) - begins)) > 0);
    desk.check_books();
}

/// Kinds of the open work items, sorted: "duplicate_payout remittance".
inline std::vector<std::string> open_work(TestDesk& desk) {
    return desk.texts("SELECT kind || ' ' || subject_kind FROM work_item WHERE state <> 'closed' ORDER BY 1");
}

/// Minor units of all accounts of a kind in a currency.
inline std::int64_t balance(TestDesk& desk, const std::string& kind, const std::string& currency) {
    return desk.number("SELECT COALESCE(SUM(balance_minor), 0) FROM account WHERE kind = '" + kind +
                       "' AND currency = '" + currency + "'");
}

inline std::int64_t calls_of(TestDesk& desk, const std::string& beginning) {
    return std::count_if(desk.calls().begin(), desk.calls().end(),
                         [&](const std::string& call) { return call.starts_with(beginning); });
}

}  // namespace huiqiao::testing
