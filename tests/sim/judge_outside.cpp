// What bank, channel and customs have in their books, against ours: they are right about money and declarations.

#include "src/ledger/account.h"
#include "tests/sim/broken.h"
#include "tests/sim/judge.h"

namespace huiqiao::testing::sim {

namespace {

constexpr db::Select kBankNet{
    "SELECT end_to_end, SUM(CASE WHEN is_credit = 1 THEN -amount_minor ELSE amount_minor END) FROM bank_entry WHERE "
    "booking_key LIKE 'payment:%' OR booking_key LIKE 'return:%' GROUP BY end_to_end ORDER BY end_to_end",
    "ti"};
constexpr db::Select kRemittances{"SELECT reference, amount_minor, id FROM remittance", "tit"};
constexpr db::Select kPaidForOrders{
    "SELECT a.order_id, a.amount_minor, r.reference, CASE WHEN o.payout = 'fx' THEN o.bought_minor ELSE "
    "o.funded_minor - o.fee_minor END FROM remittance_allocation a JOIN remittance r ON r.id = a.remittance_id "
    "JOIN orders o ON o.id = a.order_id ORDER BY a.id",
    "titi"};
constexpr db::Select kPaymentStatus{"SELECT status FROM bank_payment WHERE end_to_end = :p1", "t"};
constexpr db::Select kDealStatus{"SELECT status FROM fx_deal WHERE reference = :p1", "t"};
constexpr db::Select kPaidPayments{"SELECT reference, received_minor, order_id FROM payment WHERE state = 'succeeded'",
                                   "tit"};
constexpr db::Select kTrade{"SELECT state, paid_minor FROM trade WHERE reference = :p1", "ti"};
constexpr db::Select kDeclaredTwice{
    "SELECT order_id FROM document WHERE state IN ('stored', 'waiting') GROUP BY order_id HAVING COUNT(*) > 1", "t"};
constexpr db::Select kAcceptedHere{
    "SELECT d.pay_code || '|' || d.serial, d.amount_minor, o.paid_minor FROM declaration d JOIN orders o ON "
    "o.id = d.order_id WHERE d.state = 'accepted' AND o.payout <> 'none'",
    "tii"};
constexpr db::Select kDocument{"SELECT state, amount FROM document WHERE id = :p1", "tt"};

/// Of "947.1" and "947" too, as customs takes amounts.
std::int64_t fen_of(const std::string& text) {
    const std::size_t point = text.find('.');
    std::string digits = text.substr(0, point);
    std::string cents = point == std::string::npos ? "" : text.substr(point + 1);
    cents.resize(2, '0');
    return std::stoll(digits + cents);
}

}  // namespace

void Judge::banks(db::Reader& ours) {
    // Whichever bank paid it: what went out twice, went out twice.
    std::map<std::string, std::int64_t> net;
    for (const SimBank& bank : world_.banks()) {
        world_.desk().sandbox().books(bank.name).read([&](db::Reader& theirs) {
            const db::Found debits = theirs.select(kBankNet);
            for (std::size_t row = 0; row < debits.size(); ++row) net[debits.text(row, 0)] += debits.integer(row, 1);
        });
    }
    std::map<std::string, std::int64_t> wanted;
    const db::Found remittances = ours.select(kRemittances);
    for (std::size_t row = 0; row < remittances.size(); ++row)
        wanted[remittances.text(row, 0)] = remittances.integer(row, 1);
    for (const auto& [reference, minor] : net) {
        const auto ordered = wanted.find(reference);
        if (ordered == wanted.end())
            throw Broken("the bank paid " + std::to_string(minor) + " for " + reference + ", which we do not know");
        if (minor <= ordered->second) continue;
        world_.count_counterparty_faults();
        if (!world_.paid_twice_by_the_bank().contains(reference))
            throw Broken("the bank paid " + std::to_string(minor) + " for " + reference + ", which is of " +
                         std::to_string(ordered->second));
    }
    // One order's money leaves once, whatever references it left under.
    std::map<std::string, std::int64_t> paid;
    const db::Found allocations = ours.select(kPaidForOrders);
    for (std::size_t row = 0; row < allocations.size(); ++row) {
        const auto at = net.find(allocations.text(row, 2));
        // What came back less a charge was not paid.
        if (at == net.end() || at->second * 2 <= wanted[at->first]) continue;
        std::int64_t& sum = paid[allocations.text(row, 0)];
        sum += allocations.integer(row, 1);
        if (sum > allocations.integer(row, 3))
            throw Broken("for order " + allocations.text(row, 0) + " the bank paid " + std::to_string(sum) +
                         ", there was " + std::to_string(allocations.integer(row, 3)));
    }
    confirmed_by_a_bank();
}

void Judge::confirmed_by_a_bank() {
    for (const Standing& one : newly_settled_) {
        const bool is_payment = one.operation == "remittance.pay";
        if (!is_payment && one.operation != "fx.purchase") continue;
        const std::string status =
            world_.in_a_banks_books(is_payment ? kPaymentStatus : kDealStatus, one.reference).value_or("unknown to it");
        const bool is_done = status == (is_payment ? "ACSC" : "dealt");
        const bool is_under_way = status == "ACSP" || status == "processing";
        if ((one.outcome == "confirmed" && !is_done) || (one.outcome == "rejected" && (is_done || is_under_way)))
            throw Broken(one.operation + " " + one.reference + " stands here as " + one.outcome +
                         ", in the bank's books it is " + status);
    }
}

void Judge::channel(db::Reader& ours, db::Reader& theirs) {
    const db::Found payments = ours.select(kPaidPayments);
    for (std::size_t row = 0; row < payments.size(); ++row) {
        const db::Found trade = theirs.select(kTrade, {payments.text(row, 0)});
        if (trade.empty() || trade.text(0, 0) != "SUCCESS" || trade.integer(0, 1) != payments.integer(row, 1))
            throw Broken("payment " + payments.text(row, 0) + " of order " + payments.text(row, 2) + " counts as " +
                         std::to_string(payments.integer(row, 1)) + ", at the channel it is " +
                         (trade.empty() ? "unknown" : trade.text(0, 0) + " " + std::to_string(trade.integer(0, 1))));
    }
}

void Judge::customs(db::Reader& ours, db::Reader& theirs) {
    const db::Found twice = theirs.select(kDeclaredTwice);
    if (!twice.empty()) throw Broken("customs has two payment orders of " + twice.text(0, 0));
    const db::Found accepted = ours.select(kAcceptedHere);
    for (std::size_t row = 0; row < accepted.size(); ++row) {
        const db::Found document = theirs.select(kDocument, {accepted.text(row, 0)});
        if (document.empty() || document.text(0, 0) != "stored")
            throw Broken("declaration " + accepted.text(row, 0) + " counts as accepted, at customs it is " +
                         (document.empty() ? std::string("unknown") : document.text(0, 0)));
        if (fen_of(document.text(0, 1)) != accepted.integer(row, 2))
            throw Broken("declaration " + accepted.text(row, 0) + " says " + document.text(0, 1) + ", paid was " +
                         std::to_string(accepted.integer(row, 2)) + " fen");
    }
}

}  // namespace huiqiao::testing::sim
