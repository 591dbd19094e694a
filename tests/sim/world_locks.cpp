// Locks that the desk holds: while orders of a currency wait for their conversion, a dealer has a bank promise a rate
// for all that they collected, for a part of it, or for a round amount of the currency; at times for more than there
// is, which the house must refuse. What the lock is used for is the house's own affair: purchases draw on it.

#include <algorithm>

#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

constexpr const char* kDealer = "opr_maker";
constexpr const char* kGivesLocks = "sandbox-bank";  // deals by REST

}  // namespace

/// In the house's own turn, just before it buys. A death in there is the house's.
void World::dealers_lock() {
    if (weather_.is_healed() || desk_->clock().now() != desk_->clock().true_now()) return;
    const std::vector<std::string> waiting = desk_->texts(
        "SELECT payout_currency || ' ' || SUM(funded_minor - fee_minor - refunding_minor - refunded_minor - "
        "converting_minor - converted_minor - rest_minor) FROM orders WHERE payout = 'fx' AND funded_minor > 0 AND "
        "hold_reason = '' GROUP BY payout_currency ORDER BY payout_currency");
    for (const std::string& row : waiting) {
        const std::string currency = row.substr(0, row.find(' '));
        const std::int64_t collected = std::stoll(row.substr(row.find(' ') + 1));
        if (collected < 100 || random_.below(3) == 0) continue;
        // Mostly one that gives locks to hold; at times one that gives none.
        const bool any = random_.below(8) == 0;
        std::vector<const SimBank*> sellers;
        for (const SimBank& bank : banks_) {
            const bool sells =
                std::find(bank.currencies.begin(), bank.currencies.end(), currency) != bank.currencies.end();
            if (sells && (any || bank.deals == kGivesLocks)) sellers.push_back(&bank);
        }
        if (sellers.empty()) continue;
        take_lock(*sellers.at(random_.below(sellers.size())), currency, collected);
    }
}

void World::take_lock(const SimBank& bank, const std::string& currency, std::int64_t collected) {
    const Currency foreign = Currency::known(currency);
    Money amount = Money::of_minor(Currency::known("CNY"), collected);
    switch (random_.below(4)) {
        case 0: amount = Money::of_minor(amount.currency(), std::max<std::int64_t>(1, collected / 2)); break;
        case 1: amount = Money::of_minor(foreign, static_cast<std::int64_t>(1 + random_.below(200'000))); break;
        case 2: amount += Money::of_minor(amount.currency(), 1); break;
        default: break;
    }
    const http::Response answer = desk_->send_as_operator(
        kDealer, http::Method::Post, "/v1/ops/locks",
        R"({"bank":")" + bank.name + R"(","currency":")" + currency + R"(","amount":{"currency":")" +
            std::string(amount.currency().code()) + R"(","amount":")" + amount.text() + R"("}})");
    desk_->note(std::string(kDealer) + " /v1/ops/locks answered " + std::to_string(answer.status) + " " + answer.body);
    if (answer.status == 503 || answer.status == 409 || answer.status == 422) return;
    if (answer.status != 201) throw Broken("a lock was answered " + std::to_string(answer.status) + ": " + answer.body);
    if (amount.currency().code() == "CNY" && amount.minor() > collected)
        throw Broken("a lock over " + amount.text() + " was taken, and " + std::to_string(collected) + " fen wait");
}

}  // namespace huiqiao::testing::sim
