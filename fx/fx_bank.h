#pragma once
// The port to a bank that sells foreign currency against CNY. Pure: our types to bytes and back; the calls room sends.
// What is not on a bank's explicit list of answers is Unknown, and so is any answer whose signature, reference,
// amounts or currency do not agree with what was asked; "not found" to a query too (XCT-06, XCT-07).
// A bank without locks deals at the rate of the moment. There a LockOrder opens the deal's record, by part 0 of the
// purchase's reference, DetailRounds follow it in their order, by part 1 and on, and the PurchaseOrder deals: until
// then nothing binds anybody.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fx/purchase.h"
#include "fx/quote.h"
#include "src/base/exchange.h"

namespace huiqiao::fx {

struct AskRates {
    std::string reference;  // ours, of this asking
};
struct LockOrder {
    std::string reference;  // without locks: part_reference(of the purchase, 0)
    Rate rate;              // the quoted one; the bank may refuse it as stale
    std::string quote_reference;
    FixedSide fixed_side;
    Money amount;  // of the fixed side
    Date value_date;
    std::string cny_account = {};  // these three are of the deal's record, for a bank without locks
    std::string foreign_account = {};
    int details = 0;  // that will follow
};
/// What the deal is made up of; amounts are of the fixed side, and all rounds together are the deal's amount.
struct DetailRound {
    struct Row {
        int line_no = 0;
        Money amount;
    };
    std::string reference;         // part_reference(of the purchase, round)
    std::string record_reference;  // the bank's, of the opened record
    int round = 1;
    int all_rows = 0;  // of all rounds
    std::vector<Row> rows;
};
struct AskLock {
    std::string reference;
};
struct PurchaseOrder {
    std::string reference;
    std::string lock_reference;  // the bank's, of the lock or of the opened record
    FixedSide fixed_side;
    Money amount;  // of the fixed side
    Currency foreign;
    std::string cny_account;  // ours at this bank: debited, credited
    std::string foreign_account;
    Date value_date;
    std::optional<Rate> rate = std::nullopt;  // the locked one, for a bank that wants it named again
};
struct AskPurchase {
    std::string reference;
};
using Message = std::variant<AskRates, LockOrder, DetailRound, AskLock, PurchaseOrder, AskPurchase>;

struct RatesReading {
    InstructionAnswer answer;  // Confirmed with lines, or Unknown
    std::vector<BoardLine> lines;
};
struct LockReading {
    InstructionAnswer answer;
    std::optional<Rate> rate;  // with Confirmed, where the bank has locks
    Instant expires_at{};
};
struct PurchaseReading {
    InstructionAnswer answer;  // Confirmed: amount is what was bought
    std::optional<Deal> deal;  // with Confirmed
    std::string doubled = {};  // the deals that a query found under one reference, where there are several: Unknown
};

struct FxBankTraits {
    bool deals_cny_fixed = true;
    std::chrono::seconds longest_lock{};  // no lock of this bank lives longer; without locks: to open a deal's record
    bool has_locks = true;                // else it deals at the rate of the moment
    std::chrono::seconds rates_last{};    // how long its rates may be gone by; 0: each says until when
    bool draws_in_parts = false;          // several purchases may be dealt by one lock, up to its amount
    int details_a_round = 0;              // the most; 0: it wants no details before the deal
    std::string_view reference_prefix = "FP";  // of a purchase's reference
};

/// "EXB…-2": of a step before the deal.
inline std::string part_reference(const std::string& purchase_reference, int part) {
    return purchase_reference + "-" + std::to_string(part);
}

class FxBank {
 public:
    virtual ~FxBank() = default;
    [[nodiscard]] virtual FxBankTraits traits() const = 0;
    [[nodiscard]] virtual WireRequest write(const Message& message) const = 0;
    [[nodiscard]] virtual RatesReading read_rates(const std::string& reference, const WireAnswer& answer) const = 0;
    /// The answer to LockOrder or DetailRound; of_query: to AskLock.
    [[nodiscard]] virtual LockReading read_lock(const std::string& reference, const WireAnswer& answer,
                                                bool of_query) const = 0;
    /// The answer to PurchaseOrder; of_query: to AskPurchase.
    [[nodiscard]] virtual PurchaseReading read_purchase(const std::string& reference, const WireAnswer& answer,
                                                        bool of_query) const = 0;
};

}  // namespace huiqiao::fx
