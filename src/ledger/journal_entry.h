#pragma once
// A journal entry before it is booked: what happened, and debits and credits that balance in each currency and on each
// side, or it cannot be made. Entries are never changed and never deleted; a mistake is corrected by its reversal.

#include <span>
#include <string>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"
#include "src/ledger/account.h"

namespace huiqiao::ledger {

struct Posting {
    Account account;
    Direction direction;
    Money amount;  // positive
};

inline Posting debit(Account account, Money amount) {
    return {std::move(account), Direction::Debit, amount};
}
inline Posting credit(Account account, Money amount) {
    return {std::move(account), Direction::Credit, amount};
}

/// The fact that an entry books: unique for ever, so that booking it again changes nothing. The source is the fact's
/// own row (a payment, a deal, a statement line), never the noun above it.
struct Fact {
    std::string source_type;  // "payment", "statement_line" …
    std::string source_id;
    std::string kind;  // "collected", "leg_settled" …

    /// source_type|source_id|kind: the unique key.
    [[nodiscard]] std::string text() const;
};

struct Draft {
    Fact fact;
    Instant occurred_at{};  // when it happened outside, as told
    Date value_date;
    std::string actor;                    // "system", an operator's or a platform's id
    std::string request_id;               // of the request or call that brought it
    std::vector<Posting> postings;        // zero amounts are left out by whoever makes it
    std::vector<std::string> uses_holds;  // open holds that this entry uses up
    std::string reverses;                 // entry id, or empty
    std::string reason;                   // reason code of a correction, or empty
};

/// Throws LogicError with the numbers where the draft does not balance per currency and side, has a posting that is not
/// positive, or fewer than two.
void check_balanced(const Draft& draft, const Chart& chart);

}  // namespace huiqiao::ledger
