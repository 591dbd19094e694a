#pragma once
// The sandbox bank's foreign exchange in JSON, as we write and read it: pure mapping, no signature and no judgement.
// Prices are CNY for "unit" (1 or 100) of the currency, from the bank's view: it buys at buying and sells at selling.
//   GET  /v1/fx/rates?request=R
//   {"request","board","rates":[{"currency","unit","buying","mid","selling","tradable","valid_until"}]} POST
//   /v1/fx/locks {"reference","currency","unit","rate","board","fixed_side","amount":{…},"value_date"} GET
//   /v1/fx/locks/{reference}        both answer
//   {"reference","status","lock","currency","unit","rate","expires_at","code","text"} POST /v1/fx/purchases
//   {"reference","lock","fixed_side","amount":{…},"currency","cny_account","foreign_account","value_date"} GET
//   /v1/fx/purchases/{reference}    both answer
//   {"reference","status","deal","cny":{…},"foreign":{…},"unit","rate","value_date","code","text"}

#include <optional>
#include <string>
#include <vector>

#include "fx/fx_bank.h"

namespace huiqiao::sandbox_bank {

WireRequest write_fx(const fx::Message& message);

struct FxBoard {
    std::string request;  // echoed
    std::vector<fx::BoardLine> lines;
};
/// nullopt where it is not a whole board of distinct currencies, each price readable.
std::optional<FxBoard> read_fx_board(const std::string& body);

struct FxLockAnswer {
    std::string reference;
    std::string status;  // "locked", "rejected"
    std::string lock;
    std::optional<Rate> rate;
    std::optional<Instant> expires_at;
    std::string code;
    std::string text;
};
std::optional<FxLockAnswer> read_fx_lock(const std::string& body);

struct FxPurchaseAnswer {
    std::string reference;
    std::string status;            // "dealt", "processing", "rejected"
    std::optional<fx::Deal> deal;  // with "dealt"
    std::string code;
    std::string text;
};
std::optional<FxPurchaseAnswer> read_fx_purchase(const std::string& body);

}  // namespace huiqiao::sandbox_bank
