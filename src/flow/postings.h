#pragma once
// Which accounts each event debits and credits, and nothing else: one pure function a row of the books' table
// (architecture section 6). Each returns a draft that balances per currency and side; zero amounts are left out.
// Amounts are positive in the direction that the name says. Whoever books adds uses_holds.

#include <span>
#include <string>

#include "src/ledger/journal_entry.h"

namespace huiqiao::flow::postings {

using ledger::Draft;

/// What an entry books: the fact's own row and when it happened. The kind of the fact is the function's.
struct Event {
    std::string source_type;  // "payment", "statement_line", "purchase", "remittance", "refund" …
    std::string source_id;
    Instant occurred_at{};
    Date value_date{};
    std::string actor = "system";
    std::string request_id{};
};

struct MerchantAmount {
    std::string merchant;
    Money amount;
};

/// A line of a purchase's (or a sale's) allocation.
struct AllocationLine {
    std::string merchant;
    Money cny;
    Money foreign;
};

// Collecting.
Draft collected(const Event&, const std::string& channel, const std::string& merchant, Money amount);
/// gross = what the batch's payments sum to; cost = what the channel kept, for the present ours.
/// The bank's credit is gross - cost; LogicError where that is negative.
Draft channel_settled(const Event&, const std::string& provision, const std::string& channel, Money gross, Money cost);
/// The same where the bank's credit went to suspense before the batch was known.
Draft channel_settled_late(const Event&, const std::string& channel, Money gross, Money cost);
/// The cost of a payment whose money is the merchant's, where he bears it.
Draft channel_cost_passed_on(const Event&, const std::string& merchant, Money cost);
Draft fee_taken(const Event&, const std::string& merchant, Money fee);
Draft fee_given_back(const Event&, const std::string& merchant, Money fee);
Draft channel_cost_given_back(const Event&, const std::string& channel, Money cost);

// Between customers' money and ours, and between our accounts.
Draft bridges_set_off(const Event&, Money smaller);
Draft swept_out(const Event&, const std::string& provision, const std::string& own_bank, Money amount);
Draft topped_up(const Event&, const std::string& provision, const std::string& own_bank, Money amount);
/// A transfer of ours came back: earned, or owed, again. The charge on a sweep's way back was taken from own money.
Draft sweep_returned(const Event&, const std::string& provision, const std::string& own_bank, Money net, Money charge);
Draft top_up_returned(const Event&, const std::string& provision, const std::string& own_bank, Money amount);
/// Out of suspense: own money that came in. owed: what it pays of own funds' debt; surplus: ours, among customers'
/// money.
Draft own_money_arrived(const Event&, const std::string& own_bank, Money owed, Money surplus);
/// Out of suspense_debit: money that went to the own account. earned: what was ours; excess: owed by own funds now.
Draft own_money_left(const Event&, const std::string& own_bank, Money earned, Money excess);
Draft transfer_left(const Event&, const std::string& provision, Money amount);
Draft transfer_arrived(const Event&, const std::string& provision, Money amount);
/// Back in the account that it left, less a charge on the way, which is ours.
Draft transfer_returned(const Event&, const std::string& provision, Money net, Money charge);
/// What left one account of ours and will not come into the other, borne by us: a charge of a bank on the way, or a
/// loss.
Draft transfer_charge_borne(const Event&, Money charge);
Draft transfer_given_up(const Event&, Money amount);
/// More came in than left: nobody's yet.
Draft transfer_excess_suspended(const Event&, Money amount);

// Foreign exchange. A sale is the mirror of a purchase and uses the same position accounts.
Draft purchase_dealt(const Event&, const std::string& purchase, const std::string& bank, Money cny, Money foreign);
Draft sale_dealt(const Event&, const std::string& purchase, const std::string& bank, Money cny, Money foreign);
/// The leg that we pay (CNY of a purchase, foreign of a sale), on the bank's word.
Draft paid_leg_settled(const Event&, const std::string& bank, const std::string& provision, Money amount);
/// The leg that we receive (foreign of a purchase, CNY of a sale), on the bank's word.
Draft received_leg_settled(const Event&, const std::string& bank, const std::string& provision, Money amount);
Draft purchase_allocated(const Event&, const std::string& purchase, std::span<const AllocationLine> lines);
Draft sale_allocated(const Event&, const std::string& purchase, std::span<const AllocationLine> lines);
/// A refund after conversion, netted into the next purchase: its line with the sign turned.
Draft refund_netted(const Event&, const std::string& purchase, const AllocationLine& line);
/// CNY that a promised line costs above what its order holds, borne by own funds.
Draft shortfall_borne(const Event&, const std::string& purchase, Money cny);
/// More foreign currency than was asked for (over-fill, other rate, second deal).
Draft surplus_suspended(const Event&, const std::string& purchase, Money foreign);
/// More CNY than was asked for.
Draft excess_cost_suspended(const Event&, const std::string& purchase, Money cny);
/// A deal that its bank annulled, reversed after a leg had settled: what the bank took it owes, what it gave is the
/// bank's; and that it took the latter back, where its debit stood in suspense_debit.
Draft paid_leg_to_come_back(const Event&, const std::string& bank, Money amount);
Draft received_leg_to_go_back(const Event&, const std::string& bank, Money amount);
Draft received_leg_went_back(const Event&, Money amount);
/// What was left of a lock was ended before its time; what that costs or brings is ours. Its leg settles as a deal's.
Draft lock_ended_at_cost(const Event&, const std::string& bank, Money cost);
Draft lock_ended_at_gain(const Event&, const std::string& bank, Money gain);

// Remittances: foreign, CNY and domestic payouts alike.
Draft remittance_ordered(const Event&, const std::string& merchant, const std::string& provision, Money amount);
/// One entry for a remittance of several merchants' money, where a bank's payment joins them.
Draft remittance_ordered(const Event&, std::span<const MerchantAmount> payers, const std::string& provision);
Draft remittance_debited(const Event&, const std::string& provision, Money amount);
Draft remittance_rejected(const Event&, const std::string& merchant, const std::string& provision, Money amount);
Draft remittance_moved(const Event&, const std::string& from_provision, const std::string& to_provision, Money amount);
/// Charges by who bears them and where the bank took them.
Draft charge_borne_by_us(const Event&, const std::string& provision, Money charge);
Draft charge_borne_by_merchant(const Event&, const std::string& merchant, const std::string& provision, Money charge);
Draft charge_at_own_bank(const Event&, const std::string& own_bank, Money charge);
/// net = what came back; charge_we_bear may be zero (then the merchant gets the net only).
Draft remittance_returned(const Event&, const std::string& provision, const std::string& merchant, Money net,
                          Money charge_we_bear);

// Refunds to buyers.
Draft refund_accepted(const Event&, const std::string& merchant, const std::string& channel, Money amount);
Draft refund_paid(const Event&, const std::string& channel, Money amount);
Draft refund_rejected(const Event&, const std::string& merchant, const std::string& channel, Money amount);
Draft refund_bounced(const Event&, const std::string& channel, Money amount);
Draft channel_funded(const Event&, const std::string& channel, const std::string& provision, Money amount);

// What nobody can explain yet.
Draft credit_suspended(const Event&, const std::string& provision, Money amount);
Draft channel_credit_suspended(const Event&, const std::string& channel, Money amount);
Draft suspense_revived(const Event&, const std::string& merchant, Money amount);
/// explained_as: an fx_receivable or the transfer account; LogicError for any other.
Draft credit_explained(const Event&, const ledger::Account& explained_as, Money amount);
Draft suspense_to_channel(const Event&, const std::string& channel, Money amount);
Draft suspense_to_bank(const Event&, const std::string& provision, Money amount);
Draft debit_suspended(const Event&, const std::string& provision, Money amount);
/// explained_as: a remitting, fx_payable, refunding, merchant or the transfer account; LogicError for any other.
Draft debit_explained(const Event&, const ledger::Account& explained_as, Money amount);
Draft debit_recalled(const Event&, const std::string& provision, Money amount);
Draft debit_given_up(const Event&, Money amount);

/// A merchant's part of what a deal gave, or took, beyond its order; positive.
struct DifferenceShare {
    std::string merchant;
    Money amount;
};
/// What a deal bought beyond its order is the customers'. At least one share.
Draft deal_gain_shared(const Event&, std::span<const DifferenceShare> shares);
/// What it took beyond: the merchants' shares, and what own funds bear; not nothing of both.
Draft deal_loss_shared(const Event&, std::span<const DifferenceShare> shares, Money own);

}  // namespace huiqiao::flow::postings
