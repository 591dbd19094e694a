#pragma once
// A remittance: one payment instruction to a bank for one payee of one merchant in one currency; it carries many
// orders, through its allocations, whose sum is its amount. Or one between accounts of ours (top-up, sweep, transfer), which pays
// no order. Its reference is random, unique for ever, and never used
// for a second one. Its outcome is the instruction's (src/calls); what the bank's statement says of it stands beside
// it, since a debit, a second debit and a return are facts of their own and never change the outcome.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::remittance {

enum class Kind {
    Foreign,  // foreign currency abroad
    CnyAbroad,
    Domestic,  // CNY at home
    TopUp,     // own funds into a provision account; merchant_id is empty, payee_id names that account
    Sweep,     // what was earned out of a provision account; payee_id names the own account
    Transfer,  // customers' money to another provision account, which payee_id names
};

/// Between customers' money and the institution's.
constexpr bool is_own_funds(Kind kind) {
    return kind == Kind::TopUp || kind == Kind::Sweep;
}
/// Between accounts of ours: no merchant's money, no order.
constexpr bool is_own(Kind kind) {
    return is_own_funds(kind) || kind == Kind::Transfer;
}

enum class State {
    Ordered,    // the call is prepared; nothing of it is known
    Accepted,   // the bank has it
    Confirmed,  // the bank says it is done, or its statement shows the debit
    Rejected,   // proved: it will not be executed; its entry is reversed
    Unknown,    // sent, and nobody knows: only queried
};

std::string_view to_text(Kind kind);
std::string_view to_text(State state);
Kind kind_from_text(std::string_view text);
State state_from_text(std::string_view text);

struct Remittance {
    std::string id;
    Kind kind = Kind::Foreign;
    std::string merchant_id;
    std::string payee_id;
    std::string bank_account;  // provision account that pays: "sb-usd"
    Money amount;
    std::string reference;        // EndToEndId at the bank
    std::string batch_reference;  // of the message that carries it
    std::string uetr;
    State state = State::Ordered;
    std::string their_reference;
    std::string reason_code;  // theirs, of a rejection or return
    std::string provision_hold;
    Money debited;   // by statement lines
    Money returned;  // by statement lines, gross of charges
    Instant created_at{};
};

struct Allocation {
    std::string remittance_id;
    std::string order_id;
    Money amount;
};

}  // namespace huiqiao::remittance
