#pragma once
// The port to a bank that sells foreign currency against CNY. Pure: our types to bytes and back; the calls room sends.
// What is not on a bank's explicit list of answers is Unknown, and so is any answer whose signature, reference,
// amounts or currency do not agree with what was asked; "not found" to a query too (XCT-06, XCT-07).

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
    std::string reference;
    Rate rate;  // the quoted one; the bank may refuse it as stale
    std::string quote_reference;
    FixedSide fixed_side;
    Money amount;  // of the fixed side
    Date value_date;
};
struct AskLock {
    std::string reference;
};
struct PurchaseOrder {
    std::string reference;
    std::string lock_reference;  // the bank's
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
using Message = std::variant<AskRates, LockOrder, AskLock, PurchaseOrder, AskPurchase>;

struct RatesReading {
    InstructionAnswer answer;  // Confirmed with lines, or Unknown
    std::vector<BoardLine> lines;
};
struct LockReading {
    InstructionAnswer answer;
    std::optional<Rate> rate;  // with Confirmed
    Instant expires_at{};
};
struct PurchaseReading {
    InstructionAnswer answer;  // Confirmed: amount is what was bought
    std::optional<Deal> deal;  // with Confirmed
};

struct FxBankTraits {
    bool deals_cny_fixed = true;
    std::chrono::seconds longest_lock{};  // no lock of this bank lives longer
};

class FxBank {
 public:
    virtual ~FxBank() = default;
    [[nodiscard]] virtual FxBankTraits traits() const = 0;
    [[nodiscard]] virtual WireRequest write(const Message& message) const = 0;
    [[nodiscard]] virtual RatesReading read_rates(const std::string& reference, const WireAnswer& answer) const = 0;
    /// of_query: the answer is to AskLock or AskPurchase.
    [[nodiscard]] virtual LockReading read_lock(const std::string& reference, const WireAnswer& answer,
                                                bool of_query) const = 0;
    [[nodiscard]] virtual PurchaseReading read_purchase(const std::string& reference, const WireAnswer& answer,
                                                        bool of_query) const = 0;
};

}  // namespace huiqiao::fx
