#pragma once
// The port to a bank that lets what is left of a lock be ended before its time. Pure: our types to bytes and back. To
// ask the cost binds nobody. To end it by that cost's reference binds both, and is good for once. What is not on the
// bank's explicit list of answers is Unknown, and so is an answer whose signature, reference or currency do not agree
// with what was asked; "not found" to a query too. A bank that cannot do it has no such port.

#include <optional>
#include <string>
#include <variant>

#include "fx/lock_end.h"
#include "src/base/exchange.h"

namespace huiqiao::fx {

struct AskEndCost {
    std::string reference;       // ours, of this asking
    std::string lock_reference;  // the bank's
    EndWay way = EndWay::Cancel;
    Money amount;                       // all that is left, of the lock's fixed side
    std::string cny_account;            // ours at this bank
    std::optional<Instant> until = {};  // of a roll
};
struct QueryEndCost {
    std::string reference;
};
struct OrderEnd {
    std::string reference;             // ours, of the end
    std::string offer_reference;       // the bank's, of the cost that is taken
    EndCost cost;                      // named again, so that no other one is taken
    std::optional<LockTerms> to = {};  // of a roll, likewise
};
struct QueryEnd {
    std::string reference;
};
using LockEndMessage = std::variant<AskEndCost, QueryEndCost, OrderEnd, QueryEnd>;

struct EndCostReading {
    InstructionAnswer answer;  // Confirmed with a cost, RejectedFinal where the bank does not end it so, or Unknown
    EndCost cost;              // these two with Confirmed
    Instant stands_until{};
    std::optional<LockTerms> to = {};  // of a roll
};
struct EndReading {
    InstructionAnswer answer;          // Confirmed: what was left is ended
    std::optional<EndCost> charged;    // with Confirmed
    std::optional<LockTerms> to = {};  // with Confirmed, of a roll
};

class LockEndBank {
 public:
    virtual ~LockEndBank() = default;
    [[nodiscard]] virtual LockEndTraits traits() const = 0;
    [[nodiscard]] virtual WireRequest write(const LockEndMessage& message) const = 0;
    /// The answer to AskEndCost or QueryEndCost.
    [[nodiscard]] virtual EndCostReading read_cost(const std::string& reference, const WireAnswer& answer) const = 0;
    /// The answer to OrderEnd or QueryEnd.
    [[nodiscard]] virtual EndReading read_end(const std::string& reference, const WireAnswer& answer) const = 0;
};

}  // namespace huiqiao::fx
