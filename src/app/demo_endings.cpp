#include "src/app/demo_endings.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "src/orders/payment_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::app {

namespace {

constexpr int kMostRemittances = 1000;

std::string listed(const std::vector<orders::Order>& met) {
    std::string text;
    for (const orders::Order& order : met)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", order.platform_order_no, orders::to_text(order.state));
    return text;
}

}  // namespace

std::vector<DemoFault> DemoEndings::of(const DemoResult& result, bool books_are_proved) {
    std::vector<DemoFault> faults;
    house_.app->parts().database.read([&](db::Reader& reader) {
        reader_ = &reader;
        for (const DemoInjected& injected : result.injected) faults.push_back(ending_of(injected));
        reader_ = nullptr;
    });
    faults.push_back({"batch_sent_again",
                      "A platform sends its whole batch again with the same key. 平台以相同幂等键重发整批订单",
                      result.replay_was_equal ? "It got the same answer byte by byte, and no second order."
                                              : "The two answers differ.",
                      result.replay_was_equal});
    faults.push_back({"kill_9",
                      fmt::format("The service is killed {} times in mid-run. 服务两次被强制杀死", result.kills),
                      books_are_proved ? "It went on where it stood: the books are proved, and the bank's say the same."
                                       : "The books are not proved; see below.",
                      books_are_proved});
    return faults;
}

DemoFault DemoEndings::ending_of(const DemoInjected& injected) {
    DemoFault fault{injected.fault, injected.what, "", false};
    const int took = static_cast<int>(injected.took.size());
    if (took != injected.wanted) {
        fault.ending = fmt::format("It took place {} times instead of {}.", took, injected.wanted);
        return fault;
    }
    if (injected.counterparty == "bank")
        return injected.fault.starts_with("fx_") || injected.what.starts_with("The bank deals")
                   ? purchases_ended(std::move(fault))
                   : remittances_ended(std::move(fault), injected);
    const std::vector<orders::Order> met = orders_met(injected);
    if (met.empty()) {
        fault.ending = "It met no order of ours.";
        return fault;
    }
    if (injected.counterparty == "customs")
        return declarations_ended(std::move(fault), met, injected.fault == "reject" ? "rejected" : "accepted");
    return injected.fault == "paid_wrong_amount" ? amiss_ended(std::move(fault), met)
                                                 : payments_ended(std::move(fault), met);
}

std::vector<orders::Order> DemoEndings::orders_met(const DemoInjected& injected) {
    std::vector<std::string> references;
    std::vector<std::string> numbers;
    for (const DemoTook& took : injected.took) {
        for (const auto& [name, value] : took.about) {
            if (name == "reference") references.push_back(value);
            if (name == "order_no") numbers.push_back(value);
        }
    }
    std::vector<std::string> ids;
    for (const orders::Payment& payment : orders::PaymentStore().of_references(*reader_, references))
        ids.push_back(payment.order_id);
    std::vector<orders::Order> met = orders::OrderStore::load(*reader_, ids);
    for (const parties::Platform& platform : parties::PartyStore::all_platforms(*reader_)) {
        for (const std::string& number : numbers) {
            if (auto order = orders::OrderStore::by_number(*reader_, platform.id, number)) met.push_back(*order);
        }
    }
    return met;
}

DemoFault DemoEndings::payments_ended(DemoFault fault, const std::vector<orders::Order>& met) {
    fault.as_it_must = std::all_of(met.begin(), met.end(), [](const orders::Order& order) {
        return order.amounts.paid == order.amounts.due && !order.expired;
    });
    fault.ending =
        fmt::format("{}: {}.", fault.as_it_must ? "Each was paid exactly once" : "Not each was paid", listed(met));
    return fault;
}

DemoFault DemoEndings::amiss_ended(DemoFault fault, const std::vector<orders::Order>& met) {
    const Currency cny = Currency::known("CNY");
    const std::vector<ledger::Account> accounts{ledger::suspense(cny)};
    const auto balances = house_.app->parts().ledger.balances(*reader_, accounts);
    const auto at = balances.find(accounts.front().id());
    const Money suspended = at == balances.end() ? Money::zero(cny) : at->second.booked;
    fault.as_it_must = suspended.is_positive() && met.front().amounts.paid.is_zero();
    fault.ending = fmt::format("CNY {} stands in suspense and waits for a person; {}.", suspended.text(), listed(met));
    return fault;
}

DemoFault DemoEndings::declarations_ended(DemoFault fault, const std::vector<orders::Order>& met,
                                          std::string_view state) {
    fault.as_it_must = std::all_of(met.begin(), met.end(),
                                   [&](const orders::Order& order) { return order.declaration_state == state; });
    std::string text;
    for (const orders::Order& order : met)
        text += fmt::format("{}{}: declaration {}", text.empty() ? "" : ", ", order.platform_order_no,
                            order.declaration_state);
    fault.ending = text + (state == "rejected" ? "; a person corrects it." : ".");
    return fault;
}

DemoFault DemoEndings::remittances_ended(DemoFault fault, const DemoInjected& injected) {
    int rejected = 0;
    int confirmed = 0;
    int open = 0;
    for (const remittance::Remittance& each : remittance::RemittanceStore().list(*reader_, "", "", kMostRemittances)) {
        if (each.state == remittance::State::Confirmed)
            ++confirmed;
        else if (each.state == remittance::State::Rejected)
            ++rejected;
        else
            ++open;
    }
    fault.as_it_must = open == 0 && (injected.fault != "reject" || rejected == injected.wanted);
    fault.ending = fmt::format("Of all remittances {} are confirmed, {} rejected, {} open; none was sent twice.",
                               confirmed, rejected, open);
    if (injected.fault == "reject") fault.ending += " The rejected money is the merchant's again, and its orders wait.";
    return fault;
}

DemoFault DemoEndings::purchases_ended(DemoFault fault) {
    std::size_t waiting = 0;
    for (const char* code : {"USD", "EUR", "HKD", "GBP", "JPY", "KWD"})
        waiting += orders::OrderStore::waiting(*reader_, orders::Waiting::Convert, Currency::known(code), 1).size();
    fault.as_it_must = waiting == 0;
    fault.ending = waiting == 0 ? "Every order's currency was bought once."
                                : "Orders still wait for their currency.";
    return fault;
}

}  // namespace huiqiao::app
