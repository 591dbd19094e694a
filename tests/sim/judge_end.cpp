// Liveness and the last account: what is neither final nor in a queue that a person sees; and, when nothing is, whether
// everybody's books say the same.

#include "src/flow/reconcile.h"
#include "tests/sim/broken.h"
#include "tests/sim/judge.h"

namespace huiqiao::testing::sim {

namespace {

constexpr const char* kQueue =
    "SELECT subject_id FROM work_item WHERE open_key IS NOT NULL UNION SELECT id FROM orders WHERE id IN "
    "(SELECT order_id FROM payment WHERE id IN (SELECT subject_id FROM work_item WHERE open_key IS NOT NULL))";
/// Orders that wait for something which a person sees: a payment, a remittance, a purchase, a stopped currency.
constexpr const char* kOpenOrders =
    "SELECT o.id || ' is ' || o.state FROM orders o WHERE o.state NOT IN ('completed', 'expired', 'cancelled', "
    "'refunded') AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND (w.subject_id = o.id "
    "OR w.subject_id IN (SELECT p.id FROM payment p WHERE p.order_id = o.id) "
    "OR w.subject_id IN (SELECT p.reference FROM payment p WHERE p.order_id = o.id) "
    "OR w.subject_id IN (SELECT a.remittance_id FROM remittance_allocation a WHERE a.order_id = o.id) "
    "OR w.subject_id IN (SELECT a.purchase_id FROM purchase_allocation a WHERE a.order_id = o.id) "
    "OR w.subject_id IN (SELECT i.id FROM instruction i WHERE i.subject_id IN "
    "(SELECT a.remittance_id FROM remittance_allocation a WHERE a.order_id = o.id UNION "
    "SELECT a.purchase_id FROM purchase_allocation a WHERE a.order_id = o.id UNION "
    "SELECT p.id FROM payment p WHERE p.order_id = o.id)) "
    "OR (w.kind = 'rate_refused' AND w.subject_id LIKE '%' || o.payout_currency || '%'))) "
    "AND NOT EXISTS (SELECT 1 FROM payout_stop s WHERE s.currency IN (o.payout_currency, 'CNY')) ORDER BY o.id";
constexpr const char* kOpenInstructions =
    "SELECT i.operation || ' ' || i.reference || ' is ' || i.outcome || ', its call ' || c.state FROM instruction i "
    "JOIN external_call c ON c.id = i.call_id WHERE i.operation IN ('remittance.pay', 'fx.purchase', 'fx.lock', "
    "'customs.declare', 'channel.order') AND (i.outcome IN ('open', 'accepted', 'unknown') OR (i.outcome = "
    "'escalated' AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND w.subject_id = i.id))) "
    "ORDER BY i.id";
constexpr const char* kOpenEvents =
    "SELECT 'event ' || id || ' is ' || state FROM event WHERE state = 'due' ORDER BY id LIMIT 5";
constexpr const char* kOpenNotices =
    "SELECT 'notice ' || id || ' is ' || state FROM notice WHERE state IN ('received', 'parked') ORDER BY id";
constexpr const char* kOpenDeclarations =
    "SELECT 'declaration ' || d.id || ' is ' || d.state FROM declaration d WHERE d.state <> 'accepted' AND NOT EXISTS "
    "(SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND w.subject_id = d.id) ORDER BY d.id";
constexpr const char* kOpenLines =
    "SELECT 'statement line ' || l.id || ' is ' || l.state FROM statement_line l WHERE l.state <> 'booked' AND NOT "
    "EXISTS (SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND w.subject_id = l.id) ORDER BY l.id";
/// A payment that is paid at the channel and not settled to the bank is the channel's, until its next working day.
constexpr const char* kUnsettled =
    "SELECT 'trade ' || reference || ' is not settled' FROM trade WHERE state = 'SUCCESS' AND settled_on = 0";
constexpr const char* kTroubles = "SELECT kind FROM work_item WHERE open_key IS NOT NULL";

constexpr const char* kLostMoney =
    "SELECT 'trade ' || reference FROM trade WHERE state = 'SUCCESS'";

}  // namespace

std::vector<std::string> Judge::unfinished() {
    TestDesk& desk = world_.desk();
    std::vector<std::string> all;
    if (!world_.all_sent()) all.emplace_back("a platform has not been answered");
    for (const char* sql : {kOpenOrders, kOpenInstructions, kOpenEvents, kOpenNotices, kOpenDeclarations, kOpenLines}) {
        for (std::string& each : desk.texts(sql)) all.push_back(std::move(each));
    }
    desk.sandbox().books("sandbox-pay").read([&](db::Reader& reader) {
        const db::Found found = reader.select({kUnsettled, "t"});
        for (std::size_t row = 0; row < found.size(); ++row) all.push_back(found.text(row, 0));
    });
    return all;
}

void Judge::at_the_end() {
    each_day();
    balances_at_the_end();
    facts_at_the_end();
}

/// REC-02 by their books: our provision accounts are what the bank has; what the channel keeps of ours is zero.
void Judge::balances_at_the_end() {
    TestDesk& desk = world_.desk();
    const auto reconciled = desk.parts().reconcile.run();
    if (!reconciled) throw Broken("nothing can be reconciled: " + reconciled.error().english());
    std::map<std::string, std::int64_t> theirs;
    desk.sandbox().books("sandbox-bank").read([&](db::Reader& reader) {
        const db::Found found = reader.select({"SELECT account, balance_minor FROM bank_account", "ti"});
        for (std::size_t row = 0; row < found.size(); ++row) theirs[found.text(row, 0)] = found.integer(row, 1);
    });
    for (const flow::AccountProof& proof : reconciled->proofs) {
        const bool is_seen = !reconciled->open.empty();
        if (proof.ours.minor() != theirs[proof.account] && !is_seen)
            throw Broken("provision account " + proof.account + " has " + proof.ours.text() + " here and " +
                         std::to_string(theirs[proof.account]) + " (minor units) at the bank, and there is no break");
    }
}

/// NTF-02, NTF-07: each paid trade is booked once, as what it was. I11: each paid order that must be is declared.
void Judge::facts_at_the_end() {
    TestDesk& desk = world_.desk();
    std::int64_t paid = 0;
    desk.sandbox().books("sandbox-pay").read([&](db::Reader& reader) {
        paid = reader.select({"SELECT COALESCE(SUM(paid_minor), 0) FROM trade WHERE state = 'SUCCESS'", "i"}).integer(0, 0);
    });
    const std::int64_t collected = desk.number(
        "SELECT COALESCE(SUM(CASE WHEN p.direction = 'debit' THEN p.amount_minor ELSE 0 END), 0) FROM posting p JOIN "
        "account a ON a.id = p.account_id WHERE a.kind = 'clearing'");
    if (collected != paid)
        throw Broken("buyers paid " + std::to_string(paid) + " (minor units) at the channel, booked were " +
                     std::to_string(collected));
    const std::int64_t undeclared = desk.number(
        "SELECT COUNT(*) FROM orders o WHERE o.trade IN ('goods_9610', 'goods_1210') AND o.state NOT IN "
        "('created', 'awaiting_payment', 'expired', 'cancelled') AND NOT EXISTS (SELECT 1 FROM declaration d WHERE "
        "d.order_id = o.id) AND o.hold_reason = ''");
    if (undeclared != 0) throw Broken(std::to_string(undeclared) + " paid orders that must be declared have no declaration");
    const std::int64_t suspense = desk.number(
        "SELECT COUNT(*) FROM account WHERE kind IN ('suspense', 'suspense_debit') AND balance_minor <> 0");
    if (suspense != 0 && desk.texts(kTroubles).empty())
        throw Broken("money is in suspense, and no person is told");
}

}  // namespace huiqiao::testing::sim
