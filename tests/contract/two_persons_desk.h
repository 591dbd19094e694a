#pragma once
// Verbs of two persons on the books of a bank: Desk d(database); d.two.settle("explain_debit", debit_as(entry,
// "given_up")).

#include "src/flow/explain_debit.h"
#include "src/flow/held_order_store.h"
#include "src/flow/provision_transfer_exit.h"
#include "src/flow/release_order.h"
#include "src/flow/resolve_suspense.h"
#include "src/flow/suspense_store.h"
#include "tests/contract/bank_desk.h"
#include "tests/support/two_persons.h"

namespace two_persons_desk {

using namespace huiqiao;
using namespace huiqiao::testing;
using bank_desk::BankDesk;
using remittance::State;

inline const ledger::Account kProvision = ledger::provision("sb-usd", Currency::known("USD"));
inline const ledger::Account kMerchant = ledger::merchant("m1", Currency::known("USD"));
inline const ledger::Account kRemitting = ledger::remitting("sb-usd", Currency::known("USD"));
inline const ledger::Account kSuspense = ledger::suspense(Currency::known("USD"));
inline const ledger::Account kSuspenseDebit = ledger::suspense_debit(Currency::known("USD"));

struct Desk : BankDesk {
    explicit Desk(TestDatabase& on) : BankDesk(on) {
        REQUIRE(desk.run({},
                         [&](db::Group& group) {
                             parties::Merchant merchant;
                             merchant.id = "m1";
                             merchant.platform_id = "plt_1";
                             merchant.name = "Merchant";
                             parties::PartyStore::insert_merchants(group.tx, std::span(&merchant, 1));
                         })
                    .ok());
    }

    /// What stands in suspense, oldest first.
    std::vector<flow::Suspended> suspended() {
        std::vector<flow::Suspended> found;
        desk.database.read([&](db::Reader& reader) { found = flow::SuspenseStore::open(reader, "", 100); });
        return found;
    }
    std::string only_suspended(bool is_debit) {
        std::string id;
        for (const flow::Suspended& item : suspended()) {
            if (item.is_debit() != is_debit) continue;
            REQUIRE(id.empty());
            id = item.entry.id;
        }
        REQUIRE(!id.empty());
        return id;
    }
    /// A stranger's money arrives at the bank and stands in suspense; its entry.
    std::string stray_credit(const char* amount) {
        const http::Response answer = post("/internal/deposits", http::JsonWriter()
                                                                     .open_object()
                                                                     .field("deposit_id", std::string("S") + amount)
                                                                     .field("account", "sb-usd")
                                                                     .field("amount", money("USD", amount))
                                                                     .field("reference", std::string("S") + amount)
                                                                     .field("narrative", "in")
                                                                     .close_object()
                                                                     .take());
        REQUIRE(answer.status == 200);
        advance(std::chrono::minutes(2));
        return suspended().back().entry.id;
    }
    /// A line that the bank is said to have booked: no more than our own books of it.
    std::string stray_debit(const char* amount) {
        flow::postings::Event event = desk.event("sb-usd|X1");
        event.source_type = "statement_line";
        return desk.post({flow::postings::debit_suspended(event, "sb-usd", money("USD", amount))})
            .entries.at(0)
            .entry_id;
    }
    /// As the statement's reader leaves a line whose reference it knew.
    void name_line(const std::string& key, const std::string& remittance, const std::string& entry) {
        desk.database.write([&](db::Tx& tx) {
            tx.execute(
                {"INSERT INTO statement_line (id, account, currency, booked_on, value_date, state, subject_kind, "
                 "subject_id, entry_id) VALUES "
                 "(:p1, 'sb-usd', 'USD', 20260520, 20260520, 'booked', 'remittance', :p2, :p3)"},
                {key, remittance, entry});
        });
    }
    void deposit_own(const char* account, const char* amount) {
        const http::Response answer = post("/internal/deposits", http::JsonWriter()
                                                                     .open_object()
                                                                     .field("deposit_id", std::string("O") + amount)
                                                                     .field("account", account)
                                                                     .field("amount", money("USD", amount))
                                                                     .field("reference", "OWN")
                                                                     .field("narrative", "in")
                                                                     .close_object()
                                                                     .take());
        REQUIRE_MESSAGE(answer.status == 200, answer.body);
    }
    int waiting(const std::string& kind) {
        int count = 0;
        desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100)) count += item.kind == kind ? 1 : 0;
        });
        return count;
    }
    bool proves_itself() { return desk.verify().is_good(); }

    flow::ReleaseOrder release_order{desk.books};
    flow::ResolveSuspense resolve_suspense{desk.books};
    flow::ExplainDebit explain_debit{desk.books};
    std::unique_ptr<flow::Decision> own_transfer = remit.own_transfer();
    std::unique_ptr<flow::Decision> settle_transfer = flow::make_settle_transfer(desk.books);
    calls::Resolve resolve{handlers, escalations};
    TwoPersons two{desk.database,
                   *desk.queue,
                   resolve,
                   desk.books,
                   {&release_order, &resolve_suspense, &explain_debit, own_transfer.get(), settle_transfer.get()}};
};

inline std::string ids(const std::string& order, const char* outcome = "released") {
    return R"("order_ids":[")" + order + R"("],"outcome":")" + outcome + "\"";
}
inline std::string debit_as(const std::string& entry, const std::string& as, const std::string& subject = "") {
    return R"("entry_id":")" + entry + R"(","as":")" + as + "\"" +
           (subject.empty() ? "" : R"(,"subject_id":")" + subject + "\"");
}

}  // namespace two_persons_desk
