// Liveness and the last account: what is neither final nor in a queue that a person sees; and, when nothing is, whether
// everybody's books say the same.

#include <algorithm>

#include "src/flow/reconcile.h"
#include "tests/sim/broken.h"
#include "tests/sim/judge.h"

namespace huiqiao::testing::sim {

namespace {

constexpr const char* kQueue = "SELECT subject_id FROM work_item WHERE open_key IS NOT NULL";
constexpr db::Select kOpenOrders{
    "SELECT id, state, payout_currency FROM orders WHERE state NOT IN ('completed', 'expired', 'cancelled', "
    "'refunded') ORDER BY id",
    "ttt"};
/// What an order's way leads through: a work item of any of these is the order's.
constexpr const char* kWay =
    "SELECT o.id || ' ' || o.id FROM orders o UNION SELECT order_id || ' ' || id FROM payment "
    "UNION SELECT order_id || ' ' || reference FROM payment "
    "UNION SELECT order_id || ' ' || remittance_id FROM remittance_allocation "
    "UNION SELECT order_id || ' ' || purchase_id FROM purchase_allocation "
    "UNION SELECT a.order_id || ' ' || d.id FROM purchase_allocation a JOIN phone_deal d "
    "ON d.purchase_id = a.purchase_id";
constexpr const char* kOpenPhoneDeals =
    "SELECT 'phone deal ' || id || ' is ' || state FROM phone_deal WHERE state IN ('recorded', 'overdue', 'differs')";
constexpr const char* kInstructionsOf =
    "SELECT subject_id || ' ' || id FROM instruction WHERE operation IN ('remittance.pay', 'fx.purchase', 'fx.lock', "
    "'channel.order')";
constexpr const char* kStopped = "SELECT currency FROM payout_stop";
constexpr const char* kRefusedRates =
    "SELECT subject_id FROM work_item WHERE kind = 'rate_refused' AND open_key IS NOT NULL";
/// Currencies of which so little waits that a bank's charge would take it whole: told to a person.
constexpr const char* kBelowDeals =
    "SELECT subject_id FROM work_item WHERE kind = 'orders_below_deals' AND open_key IS NOT NULL";
/// Currencies whose provision account is short: a person was told of what own funds owe, or a debit that nobody can
/// explain yet stands in the list of suspense, or what left one bank has not come to the other.
constexpr const char* kShort =
    "SELECT subject_id FROM work_item WHERE kind = 'own_funds_owed' AND open_key IS NOT NULL UNION "
    "SELECT 'CNY' FROM work_item WHERE kind IN ('transfer_not_arrived', 'cny_at_silent_bank') AND open_key IS NOT NULL "
    "UNION "
    "SELECT currency FROM account WHERE kind = 'suspense_debit' AND balance_minor > 0";
constexpr const char* kProvisions = "SELECT owner, balance_minor FROM account WHERE kind = 'provision'";
/// A declaration's message that was taken has done its part: receipts decide, and the declaration is looked at itself.
constexpr const char* kOpenInstructions =
    "SELECT i.operation || ' ' || i.reference || ' is ' || i.outcome || ', its call ' || c.state FROM instruction i "
    "JOIN external_call c ON c.id = i.call_id WHERE i.operation IN ('remittance.pay', 'fx.purchase', 'fx.lock', "
    "'customs.declare', 'channel.order') AND (i.outcome IN ('open', 'unknown') OR (i.outcome = 'accepted' AND "
    "i.operation <> 'customs.declare') OR (i.outcome = "
    "'escalated' AND NOT EXISTS (SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND w.subject_id = i.id))) "
    "ORDER BY i.id";
constexpr const char* kOpenLocks =
    "SELECT 'lock ' || l.reference || ' is ' || l.state FROM fx_lock l JOIN fx_held_lock h ON h.id = l.id "
    "WHERE l.state IN ('requested', 'unknown', 'locked')";
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
/// The bank tells every line once the faults are over: then each day adds up, and nobody is left with one that does
/// not.
constexpr const char* kDoubtfulDays =
    "SELECT 'statement day ' || d.id || ' does not add up after ' || d.tries || ' more readings' FROM statement_doubt "
    "d "
    "WHERE d.due_at IS NOT NULL OR EXISTS (SELECT 1 FROM work_item w WHERE w.open_key IS NOT NULL AND w.subject_id = "
    "d.id) ORDER BY d.id";
/// A payment that is paid at the channel and not settled to the bank is the channel's, until its next working day.
constexpr const char* kUnsettled =
    "SELECT 'trade ' || reference || ' is not settled' FROM trade WHERE state = 'SUCCESS' AND settled_on = 0";
constexpr const char* kPaidThere = "SELECT reference FROM trade WHERE state = 'SUCCESS' ORDER BY reference";
constexpr const char* kBooked = "SELECT reference FROM payment WHERE state IN ('succeeded', 'disputed')";
constexpr const char* kTroubles = "SELECT kind FROM work_item WHERE open_key IS NOT NULL";

}  // namespace

/// The person who was told of the day still is.
bool Judge::is_of_a_day_given_up(const std::string& sentence) const {
    return std::any_of(world_.given_up().begin(), world_.given_up().end(),
                       [&](const std::string& day) { return sentence.starts_with("statement day " + day + " "); });
}

/// Any bank's account in CNY, or in that currency.
bool Judge::waits_for_a_line(const std::string& currency) const {
    return std::any_of(world_.given_up().begin(), world_.given_up().end(), [&](const std::string& day) {
        const std::string account = day.substr(0, day.find('|'));
        return std::any_of(world_.banks().begin(), world_.banks().end(), [&](const SimBank& bank) {
            return account == bank.cny_account() || (!currency.empty() && account == bank.account_of(currency));
        });
    });
}

std::vector<std::string> Judge::unfinished() {
    TestDesk& desk = world_.desk();
    std::vector<std::string> all;
    if (!world_.all_sent()) all.emplace_back("a platform has not been answered");
    for (std::string& each : open_orders()) all.push_back(std::move(each));
    for (std::string& each : lines_to_come()) all.push_back(std::move(each));
    for (const char* sql : {kOpenInstructions, kOpenLocks, kOpenPhoneDeals, kOpenEvents, kOpenNotices,
                            kOpenDeclarations, kOpenLines, kDoubtfulDays}) {
        for (std::string& each : desk.texts(sql)) {
            if (!is_of_a_day_given_up(each)) all.push_back(std::move(each));
        }
    }
    const std::vector<std::string> booked = desk.texts(kBooked);
    const std::set<std::string> known(booked.begin(), booked.end());
    desk.sandbox().books("sandbox-pay").read([&](db::Reader& reader) {
        const db::Found unsettled = reader.select({kUnsettled, "t"});
        for (std::size_t row = 0; row < unsettled.size(); ++row) all.push_back(unsettled.text(row, 0));
        const db::Found paid = reader.select({kPaidThere, "t"});
        for (std::size_t row = 0; row < paid.size(); ++row) {
            if (!known.contains(paid.text(row, 0)))
                all.push_back("trade " + paid.text(row, 0) + " is paid there and not booked here");
        }
    });
    return all;
}

/// Orders that are not final, and for which no work item and no stopped currency stands.
std::vector<std::string> Judge::open_orders() {
    TestDesk& desk = world_.desk();
    std::vector<std::string> all;
    db::Found open;
    desk.parts().database.read([&](db::Reader& reader) { open = reader.select(kOpenOrders); });
    if (open.empty()) return all;
    const auto set_of = [&](const char* sql) {
        const std::vector<std::string> rows = desk.texts(sql);
        return std::set<std::string>(rows.begin(), rows.end());
    };
    const std::set<std::string> queue = set_of(kQueue);
    const std::set<std::string> stopped = set_of(kStopped);
    const std::set<std::string> rates = set_of(kRefusedRates);
    const std::set<std::string> short_of = set_of(kShort);
    const std::set<std::string> below = set_of(kBelowDeals);
    const auto apart = [](const std::string& row) {
        return std::pair{row.substr(0, row.find(' ')), row.substr(row.find(' ') + 1)};
    };
    std::multimap<std::string, std::string> leads_to;
    for (const std::string& row : desk.texts(kInstructionsOf)) leads_to.insert(apart(row));
    std::set<std::string> is_seen;
    for (const std::string& row : desk.texts(kWay)) {
        const auto [order, through] = apart(row);
        bool seen = queue.contains(through);
        const auto [first, last] = leads_to.equal_range(through);
        for (auto at = first; at != last; ++at) seen = seen || queue.contains(at->second);
        if (seen) is_seen.insert(order);
    }
    for (std::size_t row = 0; row < open.size(); ++row) {
        const std::string& currency = open.text(row, 2);
        bool seen = is_seen.contains(open.text(row, 0)) || stopped.contains(currency) || stopped.contains("CNY") ||
                    short_of.contains(currency) || short_of.contains("CNY") ||
                    (open.text(row, 1) == "funded" && below.contains(currency));
        for (const std::string& board : rates) seen = seen || board.find(currency) != std::string::npos;
        if (!seen && !waits_for_a_line(currency))
            all.push_back("order " + open.text(row, 0) + " is " + open.text(row, 1));
    }
    return all;
}

/// Provision accounts of which the bank has another balance than we, and no person was told of that account: their last
/// lines are read at the next asking.
std::vector<std::string> Judge::lines_to_come() {
    TestDesk& desk = world_.desk();
    std::map<std::string, std::int64_t> ours;
    desk.parts().database.read([&](db::Reader& reader) {
        const db::Found found = reader.select({kProvisions, "ti"});
        for (std::size_t row = 0; row < found.size(); ++row) ours[found.text(row, 0)] = found.integer(row, 1);
    });
    const std::vector<std::string> told = desk.texts("SELECT account FROM reconciliation_break WHERE state = 'open'");
    std::vector<std::string> all;
    for (const auto& [account, minor] : balances_at_banks()) {
        const auto here = ours.find(account);
        const bool is_told = std::find(told.begin(), told.end(), account) != told.end();
        if (here != ours.end() && here->second != minor && !is_told)
            all.push_back("the bank has another balance of " + account);
    }
    return all;
}

std::map<std::string, std::int64_t> Judge::balances_at_banks() {
    std::map<std::string, std::int64_t> theirs;
    for (const SimBank& bank : world_.banks()) {
        world_.desk().sandbox().books(bank.name).read([&](db::Reader& reader) {
            const db::Found found = reader.select({"SELECT account, balance_minor FROM bank_account", "ti"});
            for (std::size_t row = 0; row < found.size(); ++row) theirs[found.text(row, 0)] = found.integer(row, 1);
        });
    }
    return theirs;
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
    const std::map<std::string, std::int64_t> theirs = balances_at_banks();
    for (const flow::AccountProof& proof : reconciled->proofs) {
        const bool is_seen = std::any_of(reconciled->open.begin(), reconciled->open.end(),
                                         [&](const auto& each) { return each.account == proof.account; });
        if (proof.ours.minor() != theirs.at(proof.account) && !is_seen)
            throw Broken("provision account " + proof.account + " has " + proof.ours.text() + " here and " +
                         std::to_string(theirs.at(proof.account)) +
                         " (minor units) at the bank, and there is no break");
    }
}

/// NTF-02, NTF-07: each paid trade is booked once, as what it was. I11: each paid order that must be is declared.
void Judge::facts_at_the_end() {
    TestDesk& desk = world_.desk();
    std::int64_t paid = 0;
    desk.sandbox().books("sandbox-pay").read([&](db::Reader& reader) {
        paid = reader.select({"SELECT COALESCE(SUM(paid_minor), 0) FROM trade WHERE state = 'SUCCESS'", "i"})
                   .integer(0, 0);
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
    if (undeclared != 0)
        throw Broken(std::to_string(undeclared) + " paid orders that must be declared have no declaration");
    // I18: each event was told, or waits where a person sees it.
    for (const std::string& event : desk.texts("SELECT id FROM event WHERE state = 'delivered' ORDER BY id")) {
        if (!world_.heard().contains(event))
            throw Broken("event " + event + " counts as told, and no platform heard it");
    }
    // I20: who bought stands in nothing that is shown.
    for (const char* shown : {"SELECT text_en || text_zh FROM work_item", "SELECT payload FROM event",
                              "SELECT text_en || text_zh FROM reconciliation_break"}) {
        for (const std::string& text : desk.texts(shown)) {
            for (const std::string& personal : world_.personal()) {
                if (text.find(personal) != std::string::npos) throw Broken("a buyer is named in: " + text);
            }
        }
    }
    const std::int64_t suspense =
        desk.number("SELECT COUNT(*) FROM account WHERE kind IN ('suspense', 'suspense_debit') AND balance_minor <> 0");
    if (suspense != 0 && desk.texts(kTroubles).empty()) throw Broken("money is in suspense, and no person is told");
}

}  // namespace huiqiao::testing::sim
