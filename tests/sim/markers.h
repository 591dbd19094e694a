#pragma once
// The rare paths that the product names by sometimes(), so that a run can say which of them it never took. A test holds
// this list against the sources.

#include <string_view>

namespace huiqiao::testing::sim {

inline constexpr std::string_view kMarkers[] = {
    "a COMMIT of which nobody can tell",
    "a COMMIT without an answer had taken effect",
    "a COMMIT without an answer had taken no effect",
    "a bank answers of another payment than was sent",
    "a bank corrects a closed day",
    "a bank fills a part",
    "a bank fills more than was ordered",
    "a bank names another payee",
    "a bank takes a charge",
    "a break is explained",
    "a break is overdue",
    "a break opens",
    "a call is delivered that was told undelivered",
    "a cancel that comes too late",
    "a debit that was not ordered",
    "a group that the database does not take",
    "a line that fits nothing",
    "a lock at a worse rate",
    "a lock that came too late to use",
    "a notice of what is not here yet",
    "a notice parked for a day",
    "a payment that met its close",
    "a payout comes back",
    "a payout is rejected",
    "a price that no longer stands when the bank could deal",
    "a purchase is rejected",
    "a rate that is refused",
    "a receipt of nothing that we declared",
    "a second bank reference",
    "a second deal of one purchase",
    "a second word on a payment that is booked",
    "a statement day adds up when it is read again",
    "a statement leaves a line out",
    "a trade that was placed after its order had ended is closed",
    "a transfer between provision accounts comes back",
    "a transfer between provision accounts is executed otherwise than ordered",
    "a transfer between provision accounts is rejected",
    "an account goes below zero by a fact",
    "an answer after the epoch moved on",
    "an answer contradicts what stands",
    "an order to deal that could not leave in time",
    "an outcome stays unknown",
    "an own transfer comes back",
    "an own transfer is executed otherwise than ordered",
    "money after expiry or cancel",
    "money settled before its payment is known",
    "proved that nothing left",
    "the channel tells otherwise than before",
    "the lease of a call that moves money ran out",
    "the lease of a resendable call ran out",
    "two persons decide",
    "woke too late to send",
};

}  // namespace huiqiao::testing::sim
