#pragma once
// Paying merchants' payees: all that waits of one merchant, payee and account becomes one remittance, with a hold on
// the provision account (only money that is really there is remitted), the entry "ordered", and one pain.001 for many
// remittances, in one COMMIT. Foreign currency, CNY abroad and payouts at home alike. An order that is bought in parts
// is paid once, when all of it is bought; what was bought is paid by itself only where the rest cannot be bought for a
// day. Then the bank's answers, and the statement's lines: debit, second debit, return, charge. An unknown remittance
// is only queried (PAY-01); an order whose payout was rejected or came back is flagged, so that it is paid again only
// when a person says so.

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fx/cut_offs.h"
#include "src/calls/answer_handler.h"
#include "src/calls/calls.h"
#include "src/flow/bank_ports.h"
#include "src/flow/decision.h"
#include "src/flow/line_taker.h"
#include "src/flow/provision_account.h"
#include "src/ledger/ledger.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

struct RemitSettings {
    const fx::BankHours* hours = nullptr;        // outlives it; absent: payments go out at any hour, dated today
    std::vector<ProvisionAccount> accounts;      // which of a currency pays: src/flow/paying_account.h
    std::vector<ProvisionAccount> own_accounts;  // the institution's own money at banks
    /// By provision account in CNY: what it is topped up to, from the account that buyers' money comes into.
    std::map<std::string, Money> keep;
    std::string keep_from;
    std::set<std::string> by_phone;             // banks that deal on the telephone only
    std::map<std::string, Money> largest_deal;  // by bank, in CNY; one that is not here deals in any amount
    std::chrono::seconds look_at_levels{1};
    remittance::Party debtor;  // the institution, as payees' banks see it
    std::string debtor_bank_bic;
    remittance::ChargeBearer charges = remittance::ChargeBearer::Shared;
    std::size_t orders_a_group = 500;
    std::size_t payments_a_message = 50;
    std::chrono::seconds part_may_wait{std::chrono::hours(24)};  // a bought part for the rest of its order
    /// After how long an accepted or unknown message is queried, one after another; then two persons decide.
    std::vector<std::chrono::seconds> queries{
        std::chrono::seconds(30), std::chrono::minutes(1), std::chrono::minutes(5), std::chrono::minutes(15),
        std::chrono::minutes(30), std::chrono::hours(1),   std::chrono::hours(6),   std::chrono::hours(24),
        std::chrono::hours(24),   std::chrono::hours(24)};
};

/// What remit's parts share.
struct RemitParts {
    db::Database& database;
    db::WriteQueue& queue;
    const ledger::Ledger& ledger;
    const calls::Calls& calls;
    const parties::PartyStore& parties;
    RemittanceBanks banks;
    RemitSettings settings;

    /// In the order of the settings.
    [[nodiscard]] std::vector<ProvisionAccount> accounts_in(Currency currency) const;
    /// On which the account's bank carries out what is ordered now: a day that the currency is open. nullopt: its
    /// cut-offs are over, or cannot be told; nothing is ordered.
    [[nodiscard]] std::optional<Date> execution_date(const ProvisionAccount& account, Instant now) const;
    /// The same for what two persons released: past the cut-offs, the currency's next open day.
    [[nodiscard]] Date own_transfer_date(const ProvisionAccount& account, Instant now) const;
};

class Remit {
 public:
    explicit Remit(RemitParts parts);
    ~Remit();

    /// Orders what waits, one group a currency; none in a currency whose payouts are stopped. How many remittances were
    /// made. Where nothing could be, that currency is left alone for a second.
    int step(Instant now);
    /// To be registered with the call worker: operation "remittance.pay".
    [[nodiscard]] calls::AnswerHandler& pay_handler();
    /// For Fund: lines that carry a remittance's reference.
    [[nodiscard]] LineTaker& statement_lines();
    /// Tops up the accounts that are below their level. How many transfers were ordered.
    int keep_levels(Instant now);
    /// own_transfer, by two persons: own funds into a provision account, or what was earned out of it.
    [[nodiscard]] std::unique_ptr<Decision> own_transfer() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::flow
