#pragma once
// The sandbox bank over HTTP: accounts book, deposits, payments by pain.001, statements by camt.053, and further parts
// (foreign exchange) that are handed in. It keeps its books in a SQLite file of its own, is idempotent by the sender's
// references, verifies the sender's signature on /v1 and signs its answers there
// (adapters/sandbox_bank/bank_signature.h says how; both sides are written apart). Faults of every route: outage (503),
// timeout_after_effect (done, not answered), timeout_before_effect; of payments: reject, duplicate_payout,
// return_next_day, lost_status, late_status, seen_late (taken in, not answered, and not found by queries for delay_s,
// by default half an hour), wrong_echo; of statements: statement_line_missing, statement_line_twice,
// statement_balance_wrong (of an account and day; with opening_minor, closing_minor).
// What it pays to an account that another bank of the sandbox keeps is sent there as a deposit (fault transfer_lost:
// never sent).
//   POST /internal/deposits   {"deposit_id","account","amount":{…},"reference","narrative"}: another counterparty pays
//   in POST /admin/faults, GET /admin/faults, GET /admin/books, POST /admin/accounts {"account","currency"} POST
//   /v1/payments (pain.001), GET /v1/payments/{message id}, GET /v1/accounts/{account}/statement?date=&after=

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/part.h"
#include "adapters/sandbox/counterparty.h"
#include "src/crypto/signing_key.h"

namespace huiqiao::sandbox::bank {

struct BankSettings {
    std::vector<std::pair<std::string, std::string>> accounts;  // ("sb-usd", "USD"), opened at start
    std::map<std::string, std::string> elsewhere;   // accounts that other banks of the sandbox keep, by bank
    std::optional<crypto::VerifyKey> customer_key;  // none: requests are not verified (tests of other rooms)
    std::string customer_id;                        // as the sender names itself
    std::optional<crypto::SigningKey> bank_key;     // none: answers are not signed
    int cut_off_hour = 23;                          // Shanghai; a payment that comes later executes on the next day
    int cut_off_minute = 0;
    std::chrono::seconds execute_after{0};  // from receipt of a payment to its execution
};

class Bank final : public Counterparty {
 public:
    /// `books` is the bank's own file; tables are made where they are absent.
    Bank(db::Database& books, BankSettings settings, std::vector<std::unique_ptr<BankPart>> more_parts, Instant now);
    ~Bank() override;

    http::Response answer(const http::Request& request, Instant now) override;
    std::vector<Sending> due(Instant now) override;
    void sent(const std::string& id, const http::Outcome& outcome, Instant now) override;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::sandbox::bank
