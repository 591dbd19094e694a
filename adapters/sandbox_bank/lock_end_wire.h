#pragma once
// Ends of locks at the sandbox bank in JSON, as we write and read them: pure mapping, no signature and no judgement.
// Amounts are in CNY, none below zero: what the customer pays, and what he gets.
//   POST /v1/fx/lock-end-costs {"reference","lock","way","amount":{…},"cny_account"[,"until"]}
//   GET  /v1/fx/lock-end-costs/{reference}   both answer
//   {"reference","status","offer","pays":{…},"gets":{…},"stands_until","code","text"}
//   POST /v1/fx/lock-ends {"reference","offer","pays":{…},"gets":{…}}
//   GET  /v1/fx/lock-ends/{reference}        both answer
//   {"reference","status","end","pays":{…},"gets":{…},"code","text"}
// Of a roll ("way":"roll") both answers, and the order to end, tell what the lock promises then:
//   "currency","unit","rate","expires_at","value_date"

#include <optional>
#include <string>

#include "fx/lock_end_bank.h"

namespace huiqiao::sandbox_bank {

WireRequest write_lock_end(const fx::LockEndMessage& message);

struct LockEndAnswer {
    std::string reference;
    std::string status;                   // "offered", "ended", "processing", "rejected"
    std::string number;                   // the bank's, of the offer or of the end
    std::optional<fx::EndCost> cost;      // with "offered" and "ended"
    std::optional<Instant> stands_until;  // with "offered"
    std::optional<fx::LockTerms> to;      // of a roll, likewise
    std::string code;
    std::string text;
};
/// nullopt where it cannot be read, or its cost is none: another currency than CNY, or both sides of it.
std::optional<LockEndAnswer> read_lock_end(const std::string& body);

}  // namespace huiqiao::sandbox_bank
